/* What the cloud of points gives after some changes: the points of both sides, and the four metrics. */
const [, , scripts, changes] = process.argv;
const metrics = require(`${scripts}/alive_metrics.js`);
const library = require(`${scripts}/cloud.js`);
const still = { turn: 0, stretch: 1, size: 1, noise: 0, exchanged: 0 };
const seen = JSON.parse(changes).map(({ points, ...change }) => {
  const cloud = library.cloud(points);
  const copy = library.changed(cloud, { ...still, ...change });
  return { cloud, copy, values: metrics.compare(library.layer(cloud), library.layer(copy), 0.99) };
});
console.log(JSON.stringify(seen));
