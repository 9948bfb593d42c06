/* What the page computes of the data in a file, for all iterations that the file says what to expect of; and, if this
   is asked for, after changes that a reader can make. */
const [, , scripts, file, changes] = process.argv;
const network = require(`${scripts}/alive_network.js`);
const metrics = require(`${scripts}/alive_metrics.js`);
const data = require(file);
const complete = network.decoded(data, data.networks[0]);

function compared({ iteration, images }) {
  const inputs = network.imagesOf(data, images);
  const x = network.forward(complete, inputs);
  const y = network.forward(network.decoded(data, data.networks[iteration]), inputs);
  const accuracies = [x, y].map(({ out }) => network.accuracy(out, data.labels));
  const all = (change) => Object.fromEntries(Object.keys(x).map((layer) => [layer, change(x[layer], y[layer])]));
  const layers = all((a, b) => ({ ...metrics.compare(a, b, 0.99), null: metrics.ckaNull(a, b) }));
  if (!changes) return { accuracies, layers };
  return {
    accuracies,
    layers,
    pruned_rotated: all((a, b) => metrics.compare(a, network.rotated(b, 1), 0.99)),
    complete_rotated: all((a, b) => metrics.compare(network.rotated(a, 1), b, 0.99)),
    shuffled: all((a, b) => metrics.compare(a, b, 0.9, network.shuffled(images, 1))),
    order: network.shuffled(images, 1),
  };
}

console.log(JSON.stringify(data.expected.map(compared)));
