/* The page on which two networks run: a worker computes, the page asks and shows. */

/* What runs beside the page, and keeps what did not change. */
function work() {
  const networks = new Map();
  const runs = { complete: {}, pruned: {} };
  const layers = { complete: {}, pruned: {} };
  let [data, newest] = [null, 0];
  const otherMessages = () => new Promise((resolve) => setTimeout(resolve));
  const few = 24; // images that are run and compared quickly

  function decoded(iteration) {
    if (!networks.has(iteration)) networks.set(iteration, network.decoded(data, data.networks[iteration]));
    return networks.get(iteration);
  }

  const killsOf = (edits) => edits.filter(({ kind }) => kind === "kill");
  const versionsOf = (images, drawings) => Array.from({ length: images }, (_, place) => drawings[place]?.version ?? 0);

  /* The images that a network has not seen, or not as they are now. */
  function unseen(side, iteration, versions, kills) {
    const isKnown = runs[side].key === JSON.stringify([iteration, kills]);
    return [...versions.keys()].filter((place) => !isKnown || runs[side].seen[place] !== versions[place]);
  }

  /* A network's layers before any rotation. Only images that it has not seen are run. */
  function run(side, iteration, versions, drawn, kills) {
    const places = unseen(side, iteration, versions, kills);
    const key = JSON.stringify([iteration, kills]);
    if (runs[side].key !== key) runs[side] = { key, seen: [], plain: {}, milliseconds: 0 };
    const known = runs[side];
    if (!places.length) return known;
    const inputs = network.imagesAt(data, places, drawn);
    const start = performance.now();
    const fresh = network.forward(decoded(iteration), inputs, kills);
    known.milliseconds = (performance.now() - start) / places.length;
    for (const name in fresh)
      known.plain[name] = network.merged(known.plain[name], fresh[name], places, versions.length);
    for (const place of places) known.seen[place] = versions[place];
    return known;
  }

  /* All layers of one network. A killed channel is 0 for all later layers, too; a rotated layer is turned back before
     the next one reads it. */
  function represented(side, iteration, images, drawings, edits) {
    const versions = versionsOf(images, drawings);
    const key = JSON.stringify([iteration, versions, edits]);
    if (layers[side].key === key) return layers[side];
    const drawn = Object.fromEntries(Object.entries(drawings).map(([place, { pixels }]) => [place, pixels]));
    const known = run(side, iteration, versions, drawn, killsOf(edits));
    const plain = {};
    for (const name in known.plain) plain[name] = network.firstOf(known.plain[name], images);
    const accuracy = network.accuracy(plain.out, data.labels, (place) => !versions[place]);
    const outputs = { ...plain };
    for (const { kind, layer, seed } of edits)
      if (kind === "rotate") outputs[layer] = network.rotated(outputs[layer], seed);
    layers[side] = { key, plain, outputs, milliseconds: known.milliseconds, accuracy };
    return layers[side];
  }

  /* The channel that is most active over all images. */
  function strongest({ channels, side, values }) {
    const active = new Float64Array(channels);
    values.forEach((value, at) => (active[Math.floor(at / side ** 2) % channels] += Math.abs(value)));
    return active.indexOf(Math.max(...active));
  }

  /* What one sees of a network: maps of one image and its class, how well it does, and which channel can be killed. */
  function glimpse({ accuracy, milliseconds, outputs, plain }, layer, image) {
    const { channels, side, values } = outputs[layer];
    const size = channels * side ** 2;
    const maps = values.slice(image * size, (image + 1) * size);
    const answer = network.answer(plain.out, image);
    return { accuracy, answer, milliseconds, channels, side, values: maps, strongest: strongest(plain[layer]) };
  }

  /* Many images that both networks have yet to see keep the reader waiting: a few of them come first. */
  async function answer(asked) {
    const { iteration, images, edits, drawings, image } = asked;
    const versions = versionsOf(images, drawings);
    const missing = Object.entries({ complete: 0, pruned: iteration }).map(([side, of]) => {
      const kills = killsOf(edits.filter((edit) => edit.side === side));
      return unseen(side, of, versions, kills).length;
    });
    if (Math.max(...missing) > few && image < few) await compare({ ...asked, images: few }, true);
    await otherMessages();
    if (asked.number === newest) await compare(asked, false);
  }

  /* The chosen layer comes first: it is what the reader looks at. */
  async function compare({ number, iteration, images, cut, edits, drawings, layer, image }, isFirst) {
    const of = (side) => edits.filter((edit) => edit.side === side);
    const complete = represented("complete", 0, images, drawings, of("complete"));
    const sides = [complete, represented("pruned", iteration, images, drawings, of("pruned"))];
    postMessage({ number, images, facts: sides.map((side) => glimpse(side, layer, image)) });
    const shuffle = edits.findLast(({ kind }) => kind === "shuffle");
    const given = [shuffle ? network.shuffled(images, shuffle.seed) : null];
    const random = [1, 2, 3].map((seed) => network.shuffled(images, seed));
    const names = data.layers.map(({ name }) => name).sort((a, b) => (b === layer) - (a === layer));
    for (const orders of isFirst ? [given] : [given, random])
      for (const name of names) {
        await otherMessages();
        if (number !== newest) return;
        const [x, y] = sides.map(({ outputs }) => outputs[name]);
        const samples = orders.map((order) => metrics.compare(x, y, cut, order));
        const values = {};
        for (const metric in samples[0])
          values[metric] = samples.reduce((sum, sample) => sum + sample[metric], 0) / orders.length;
        if (orders === random) values.cka = metrics.ckaNull(x, y);
        const isLast = name === names.at(-1);
        postMessage({ number, name, isFirst, isNull: orders === random, isLast, values });
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
  const METRICS = ["svcca", "pwcca", "cka", "nbs"];
  const CHOSEN = ["iteration", "images", "cut", "image", "layer"];
  const field = (name) => place.querySelector(`[name=${name}]`);
  const value = (name) => Number(field(name).value);
  const code = `const network = (${networkLibrary})(); const metrics = (${metricsLibrary})(); (${work})();`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  worker.postMessage(ALIVE);
  const levels = networkLibrary().pixelsOf(ALIVE);
  const pad = drawingPad(document.getElementById("alive-pad"), ALIVE.side, drawn);
  const cells = new Map();
  let [edits, strongest, number, started, drawings] = [[], {}, 0, 0, 0];

  function addRow(name) {
    field("layer").add(new Option(name));
    const line = place.querySelector("tbody").insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    line.append(head);
    for (const metric of METRICS) {
      const cell = line.insertCell();
      cell.append(document.createElement("span"), " ", document.createElement("small"));
      cells.set(`${name} ${metric}`, cell);
    }
  }

  /* What an edit says of itself. */
  const words = {
    shuffle: () => "images shuffled",
    rotate: ({ side, layer }) => `${side} ${layer} rotated`,
    kill: ({ side, layer, channel }) => `${side} ${layer} without channel ${channel}`,
    draw: ({ image }) => `image ${image + 1} drawn`,
  };

  function showSettings() {
    field("image").max = value("images");
    const iteration = value("iteration");
    const left = `${(100 * ALIVE.networks[iteration].left).toFixed(1)} % of the weights left`;
    const texts = { iteration: `${iteration}: ${left}`, images: value("images"), cut: `${value("cut")} %` };
    for (const [name, text] of Object.entries({ ...texts, image: value("image") }))
      place.querySelector(`output[for=alive-${name}]`).textContent = text;
    field("undo").disabled = edits.length === 0;
    const said = edits.filter(({ isFirst = true }) => isFirst).map((edit) => words[edit.kind](edit));
    place.querySelector("#alive-edits").textContent = said.join("; ") || "nothing";
  }

  /* The newest pixels of each image that was drawn on, and which drawing they are. */
  function imagesDrawn() {
    const images = {};
    for (const { kind, image, pixels, version } of edits) if (kind === "draw") images[image] = { pixels, version };
    return images;
  }

  function ask() {
    showSettings();
    const drawn = imagesDrawn();
    const image = value("image") - 1;
    const area = ALIVE.side ** 2;
    pad.show(drawn[image]?.pixels ?? levels.subarray(image * area, (image + 1) * area));
    started = performance.now();
    place.dataset.state = "computing";
    delete place.dataset.first;
    const changes = edits.filter(({ kind }) => kind !== "draw");
    const chosen = { iteration: value("iteration"), images: value("images"), cut: value("cut") / 100, image };
    worker.postMessage({ number: ++number, ...chosen, edits: changes, drawings: drawn, layer: field("layer").value });
  }

  function edit(kind) {
    const side = kind === "shuffle" ? "images" : field("side").value;
    const channel = strongest[side];
    edits = [...edits, { kind, side, layer: field("layer").value, channel, seed: edits.length + 11 }];
    ask();
  }

  /* One stroke is one edit, which grows while it is drawn. */
  function drawn(pixels, isNewStroke) {
    const image = value("image") - 1;
    const isFirst = !edits.some((edit) => edit.kind === "draw" && edit.image === image);
    const stroke = { kind: "draw", side: "images", image, pixels, version: ++drawings, isFirst };
    if (!isNewStroke) stroke.isFirst = edits.at(-1).isFirst;
    edits = [...(isNewStroke ? edits : edits.slice(0, -1)), stroke];
    ask();
  }

  /* The channels of the chosen layer for the chosen image, the complete network's above the pruned one's. */
  function draw(facts) {
    const tile = 24;
    const { channels, side } = facts[0];
    const columns = Math.min(channels, 16);
    const rows = Math.ceil(channels / columns);
    const canvas = document.getElementById("alive-channels");
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
    const what = `${channels} channels of ${field("layer").value} for the chosen image`;
    canvas.setAttribute("aria-label", `${what}: complete network above, pruned network below`);
  }

  /* What has moved is told by all images, not by the few that come first. */
  function show({ name, isFirst, isNull, values }) {
    for (const [metric, value] of Object.entries(values)) {
      const cell = cells.get(`${name} ${metric}`);
      const [shown, below] = cell.children;
      const text = Number.isFinite(value) ? value.toFixed(3) : "not defined";
      if (isNull) below.textContent = `null ${text}`;
      else {
        if (!isFirst) {
          cell.classList.toggle("moved", (cell.dataset.before ?? text) !== text);
          cell.dataset.before = text;
        }
        shown.textContent = text;
        cell.style.setProperty("--share", `${100 * Math.max(value, 0) || 0}%`);
      }
    }
  }

  function showFacts({ facts, images }) {
    draw(facts);
    strongest = { complete: facts[0].strongest, pruned: facts[1].strongest };
    const [complete, pruned] = facts.map(
      ({ accuracy, milliseconds }) =>
        `${(100 * accuracy).toFixed(1)} % right, ${milliseconds.toFixed(1)} ms an image`,
    );
    const setting = `Iteration ${value("iteration")}, ${images} images, SVCCA of ${value("cut")} % of the variance.`;
    place.querySelector("caption").textContent = `${setting} Complete network: ${complete}. Pruned: ${pruned}.`;
    const [first, second] = facts.map(({ answer }) => `${answer.class} (${(100 * answer.probability).toFixed(0)} %)`);
    document.getElementById("alive-answers").textContent = `complete network ${first}, pruned ${second}`;
  }

  worker.onmessage = ({ data: said }) => {
    if (said.number !== number) return;
    if (said.facts) {
      showFacts(said);
      return;
    }
    show(said);
    const milliseconds = Math.round(performance.now() - started);
    place.dataset.first ??= milliseconds;
    if (said.isFirst || !said.isLast) return;
    place.dataset.state = said.isNull ? "complete" : "answered";
    if (!said.isNull) place.dataset.milliseconds = milliseconds;
  };

  field("iteration").max = ALIVE.networks.length - 1;
  for (const { name } of ALIVE.layers) addRow(name);
  field("layer").value = "conv2_2";
  for (const name of CHOSEN) field(name).addEventListener("input", ask);
  for (const kind of ["rotate", "kill", "shuffle"]) field(kind).addEventListener("click", () => edit(kind));
  field("wipe").addEventListener("click", () => drawn(new Uint8Array(ALIVE.side ** 2), true));
  field("undo").addEventListener("click", () => {
    edits = edits.slice(0, -1);
    ask();
  });
  ask();
});
