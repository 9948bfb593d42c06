/* The page on which two networks run: a worker computes, the page asks and shows. */

/* What runs beside the page, and keeps what did not change. */
function work() {
  const networks = new Map();
  const layers = { complete: {}, pruned: {} };
  let [data, newest] = [null, 0];
  const otherMessages = () => new Promise((resolve) => setTimeout(resolve));

  function decoded(iteration) {
    if (!networks.has(iteration)) networks.set(iteration, network.decoded(data, data.networks[iteration]));
    return networks.get(iteration);
  }

  /* All layers of one network. A killed channel is 0 for all later layers, too; a rotated layer is turned back before
     the next one reads it. */
  function represented(side, iteration, images, edits) {
    const key = JSON.stringify([iteration, images, edits]);
    if (layers[side].key === key) return layers[side];
    const run = decoded(iteration);
    const inputs = network.imagesOf(data, images);
    const start = performance.now();
    const plain = network.forward(run, inputs, edits.filter(({ kind }) => kind === "kill"));
    const milliseconds = performance.now() - start;
    const accuracy = network.accuracy(plain.out, data.labels);
    const outputs = { ...plain };
    for (const { kind, layer, seed } of edits)
      if (kind === "rotate") outputs[layer] = network.rotated(outputs[layer], seed);
    layers[side] = { key, plain, outputs, milliseconds, accuracy };
    return layers[side];
  }

  /* The channel that is most active over all images. */
  function strongest({ channels, side, values }) {
    const active = new Float64Array(channels);
    values.forEach((value, at) => (active[Math.floor(at / side ** 2) % channels] += Math.abs(value)));
    return active.indexOf(Math.max(...active));
  }

  /* What one sees of a network: maps of the first image, how well it does, and which channel can be killed. */
  function glimpse({ accuracy, milliseconds, outputs, plain }, layer) {
    const { channels, side, values } = outputs[layer];
    const first = values.slice(0, channels * side ** 2);
    return { accuracy, milliseconds, channels, side, values: first, strongest: strongest(plain[layer]) };
  }

  async function answer({ number, iteration, images, cut, edits, layer }) {
    const of = (side) => edits.filter((edit) => edit.side === side);
    const complete = represented("complete", 0, images, of("complete"));
    const sides = [complete, represented("pruned", iteration, images, of("pruned"))];
    postMessage({ number, facts: sides.map((side) => glimpse(side, layer)) });
    const shuffle = of("images").at(-1);
    const given = [shuffle ? network.shuffled(images, shuffle.seed) : null];
    const random = [1, 2, 3].map((seed) => network.shuffled(images, seed));
    for (const orders of [given, random])
      for (const { name } of data.layers) {
        await otherMessages();
        if (number !== newest) return;
        const [x, y] = sides.map(({ outputs }) => outputs[name]);
        const samples = orders.map((order) => metrics.compare(x, y, cut, order));
        const values = {};
        for (const metric in samples[0])
          values[metric] = samples.reduce((sum, sample) => sum + sample[metric], 0) / orders.length;
        if (orders === random) values.cka = metrics.ckaNull(x, y);
        postMessage({ number, name, isNull: orders === random, isLast: name === data.layers.at(-1).name, values });
      }
  }

  onmessage = ({ data: said }) => {
    if (said.networks) data = said;
    else {
      newest = said.number;
      setTimeout(() => said.number === newest && answer(said));
    }
  };
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("alive");
  if (!place) return;
  const field = (name) => place.querySelector(`[name=${name}]`);
  const code = `const network = (${networkLibrary})(); const metrics = (${metricsLibrary})(); (${work})();`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  worker.postMessage(ALIVE);
  const cells = new Map();
  let [edits, strongest, number, started] = [[], {}, 0, 0];

  field("iteration").max = ALIVE.networks.length - 1;
  for (const { name } of ALIVE.layers) {
    field("layer").add(new Option(name));
    const line = place.querySelector("tbody").insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    line.append(head);
    for (const metric of ["svcca", "pwcca", "cka", "nbs"]) {
      const cell = line.insertCell();
      cell.append(document.createElement("span"), document.createElement("small"));
      cells.set(`${name} ${metric}`, cell);
    }
  }
  field("layer").value = "conv2_2";

  function ask() {
    const [iteration, images, cut] = ["iteration", "images", "cut"].map((name) => Number(field(name).value));
    const left = `${(100 * ALIVE.networks[iteration].left).toFixed(1)} % of the weights left`;
    for (const [name, text] of [["iteration", `${iteration}: ${left}`], ["images", images], ["cut", `${cut} %`]])
      place.querySelector(`output[for=alive-${name}]`).textContent = text;
    field("undo").disabled = edits.length === 0;
    const words = {
      shuffle: () => "images shuffled",
      rotate: ({ side, layer }) => `${side} ${layer} rotated`,
      kill: ({ side, layer, channel }) => `${side} ${layer} without channel ${channel}`,
    };
    const said = edits.map((edit) => words[edit.kind](edit));
    place.querySelector("#alive-edits").textContent = said.join("; ") || "nothing";
    started = performance.now();
    place.dataset.state = "computing";
    worker.postMessage({ number: ++number, iteration, images, cut: cut / 100, edits, layer: field("layer").value });
  }

  function edit(kind) {
    const side = kind === "shuffle" ? "images" : field("side").value;
    const channel = strongest[side];
    edits = [...edits, { kind, side, layer: field("layer").value, channel, seed: edits.length + 11 }];
    ask();
  }

  /* The channels of the chosen layer for the first image, the complete network's above the pruned one's. */
  function draw(facts) {
    const tile = 24;
    const { channels, side } = facts[0];
    const columns = Math.min(channels, 16);
    const rows = Math.ceil(channels / columns);
    const canvas = place.querySelector("canvas");
    canvas.width = columns * tile;
    canvas.height = (2 * rows + 0.5) * tile;
    const context = canvas.getContext("2d");
    const pixel = (tile - 2) / side;
    facts.forEach(({ values }, which) => {
      const highest = Math.max(...values.map(Math.abs)) || 1;
      values.forEach((value, at) => {
        const channel = Math.floor(at / side ** 2);
        const left = (channel % columns) * tile + (at % side) * pixel;
        const row = Math.floor(channel / columns) + which * (rows + 0.5);
        const level = (255 * Math.abs(value)) / highest;
        context.fillStyle = `rgb(${level} ${level} ${level})`;
        context.fillRect(left, row * tile + (Math.floor(at / side) % side) * pixel, pixel + 0.5, pixel + 0.5);
      });
    });
    const what = `${channels} channels of ${field("layer").value} for the first image`;
    canvas.setAttribute("aria-label", `${what}: complete network above, pruned network below`);
  }

  function show({ name, isNull, values }) {
    for (const [metric, value] of Object.entries(values)) {
      const cell = cells.get(`${name} ${metric}`);
      const [shown, below] = cell.children;
      const text = Number.isFinite(value) ? value.toFixed(3) : "not defined";
      if (isNull) below.textContent = `null ${text}`;
      else {
        cell.classList.toggle("moved", shown.textContent !== "" && shown.textContent !== text);
        shown.textContent = text;
        cell.style.setProperty("--share", `${100 * Math.max(value, 0) || 0}%`);
      }
    }
  }

  worker.onmessage = ({ data: said }) => {
    if (said.number !== number) return;
    if (said.facts) {
      draw(said.facts);
      strongest = { complete: said.facts[0].strongest, pruned: said.facts[1].strongest };
      const [complete, pruned] = said.facts.map(
        ({ accuracy, milliseconds }) => `${(100 * accuracy).toFixed(1)} % right in ${milliseconds.toFixed(0)} ms`,
      );
      const [iteration, images, cut] = ["iteration", "images", "cut"].map((name) => field(name).value);
      const setting = `Iteration ${iteration}, ${images} images, SVCCA of ${cut} % of the variance.`;
      place.querySelector("caption").textContent = `${setting} Complete network: ${complete}. Pruned: ${pruned}.`;
      return;
    }
    show(said);
    if (!said.isLast) return;
    place.dataset.state = said.isNull ? "complete" : "answered";
    if (!said.isNull) place.dataset.milliseconds = Math.round(performance.now() - started);
  };

  for (const name of ["iteration", "images", "cut", "layer"]) field(name).addEventListener("input", ask);
  for (const kind of ["rotate", "kill", "shuffle"]) field(kind).addEventListener("click", () => edit(kind));
  field("undo").addEventListener("click", () => {
    edits = edits.slice(0, -1);
    ask();
  });
  ask();
});
