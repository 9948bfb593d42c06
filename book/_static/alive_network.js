/* Runs a small VGG on a few images: convolutions over the weights that are left, and nothing else.

   Maps are { images, channels, side, values } with values of shape (images, channels, side, side) in one array, rounded
   to single precision as in Python: a channel that is constant there is constant here.
   The library is one function, so that the page can hand its text to a worker. */
function networkLibrary() {
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  function fromHalf(bits) {
    const sign = bits >> 15 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  /* The pixels of all images, from 0 to 255, one image of side x side after the other. */
  const pixelsOf = (data) => bytesOf(data.pixels);

  /* Images at some places as the networks take them: normalised, three equal channels. `drawn` has the pixels of those
     that are not the data's own, { place: pixels }. */
  function imagesAt(data, places, drawn = {}) {
    const { side, mean, std } = data;
    const area = side * side;
    const levels = pixelsOf(data);
    const values = new Float64Array(places.length * 3 * area);
    places.forEach((place, image) => {
      const pixels = drawn[place] ?? levels.subarray(place * area, (place + 1) * area);
      for (let at = 0; at < 3 * area; at++) values[image * 3 * area + at] = (pixels[at % area] / 255 - mean) / std;
    });
    return { images: places.length, channels: 3, side, values };
  }

  const imagesOf = (data, images) => imagesAt(data, Array.from({ length: images }, (_, place) => place));

  /* A network as it is kept: one bit for each weight, the weights that are left, scale and shift of each channel. */
  function decoded(data, kept) {
    const bits = bytesOf(kept.mask);
    const halves = new Uint16Array(bytesOf(kept.weights).buffer);
    const affine = new Float32Array(bytesOf(kept.affine).buffer);
    let [position, next, channel] = [0, 0, 0];
    return data.layers.map((layer) => {
      if (layer.kind === "pool") return layer;
      const fanIn = layer.inputs * (layer.kind === "conv" ? 9 : 1);
      const starts = [0];
      const [sources, weights] = [[], []];
      for (let out = 0; out < layer.outputs; out++) {
        for (let source = 0; source < fanIn; source++, position++) {
          if (!((bits[position >> 3] >> (7 - (position & 7))) & 1)) continue;
          sources.push(source);
          weights.push(fromHalf(halves[next++]) * affine[channel + out]);
        }
        starts.push(sources.length);
      }
      const shifts = affine.slice(channel + layer.outputs, channel + 2 * layer.outputs);
      channel += 2 * layer.outputs;
      return { ...layer, starts, sources: Int32Array.from(sources), weights: Float64Array.from(weights), shifts };
    });
  }

  /* With a border of zeros around each map, a weight multiplies one unbroken stretch of it. */
  function padded(values, start, channels, side) {
    const width = side + 2;
    const wide = new Float64Array(channels * width * width);
    for (let channel = 0; channel < channels; channel++)
      for (let row = 0; row < side; row++) {
        const from = start + (channel * side + row) * side;
        wide.set(values.subarray(from, from + side), (channel * width + row + 1) * width + 1);
      }
    return wide;
  }

  /* Four products in one pass over a map, which halves the reading; what is missing counts as 0. */
  function addFour(plane, first, last, wide, weights, places) {
    const [w0, w1 = 0, w2 = 0, w3 = 0] = weights;
    const [a0, a1 = 0, a2 = 0, a3 = 0] = places;
    for (let at = first; at <= last; at++)
      plane[at] += w0 * wide[at + a0] + w1 * wide[at + a1] + w2 * wide[at + a2] + w3 * wide[at + a3];
  }

  /* 3x3 convolution, scale and shift, ReLU: as many products as weights are left, four in one pass over the map. */
  function convolved(maps, layer) {
    const { images, channels, side } = maps;
    const width = side + 2;
    const area = side * side;
    const values = new Float64Array(images * layer.outputs * area);
    const plane = new Float64Array(width * width);
    const [first, last] = [width + 1, width * side + side];
    const { weights } = layer;
    const places = layer.sources.map((source) => {
      const [channel, place] = [Math.floor(source / 9), source % 9];
      return channel * width * width + (Math.floor(place / 3) - 1) * width + (place % 3) - 1;
    });
    for (let image = 0; image < images; image++) {
      const wide = padded(maps.values, image * channels * area, channels, side);
      for (let out = 0; out < layer.outputs; out++) {
        plane.fill(layer.shifts[out]);
        const end = layer.starts[out + 1];
        for (let tap = layer.starts[out]; tap < end; tap += 4) {
          const some = weights.subarray(tap, Math.min(tap + 4, end));
          addFour(plane, first, last, wide, some, places.subarray(tap, tap + 4));
        }
        let to = (image * layer.outputs + out) * area;
        for (let row = 1; row <= side; row++)
          for (let at = row * width + 1; at <= row * width + side; at++)
            values[to++] = Math.fround(Math.max(plane[at], 0));
      }
    }
    return { images, channels: layer.outputs, side, values };
  }

  /* The largest of each 2x2 square. */
  function pooled(maps) {
    const { images, channels, side } = maps;
    const half = side / 2;
    const from = maps.values;
    const values = new Float64Array(images * channels * half * half);
    let to = 0;
    for (let map = 0; map < images * channels; map++)
      for (let row = 0; row < half; row++)
        for (let column = 0; column < half; column++) {
          const at = (map * side + 2 * row) * side + 2 * column;
          const upper = Math.max(from[at], from[at + 1]);
          values[to++] = Math.max(upper, from[at + side], from[at + side + 1]);
        }
    return { images, channels, side: half, values };
  }

  /* The mean of each map, and one linear layer. */
  function logits(maps, layer) {
    const { images, channels, side } = maps;
    const area = side * side;
    const values = new Float64Array(images * layer.outputs);
    for (let image = 0; image < images; image++) {
      const means = Array.from({ length: channels }, (_, channel) => {
        const start = (image * channels + channel) * area;
        return maps.values.subarray(start, start + area).reduce((sum, value) => sum + value, 0) / area;
      });
      for (let out = 0; out < layer.outputs; out++) {
        let sum = layer.shifts[out];
        for (let tap = layer.starts[out]; tap < layer.starts[out + 1]; tap++)
          sum += layer.weights[tap] * means[layer.sources[tap]];
        values[image * layer.outputs + out] = Math.fround(sum);
      }
    }
    return { images, channels: layer.outputs, side: 1, values };
  }

  function kill(maps, channel) {
    const area = maps.side * maps.side;
    for (let image = 0; image < maps.images; image++) {
      const start = (image * maps.channels + channel) * area;
      maps.values.fill(0, start, start + area);
    }
  }

  /* {layer: maps} of all layers. What is `killed`, [{ layer, channel }], gives 0 to all layers after it. */
  function forward(network, images, killed = []) {
    const steps = { conv: convolved, pool: pooled, out: logits };
    const outputs = {};
    let maps = images;
    for (const layer of network) {
      maps = steps[layer.kind](maps, layer);
      for (const { layer: name, channel } of killed) if (name === layer.name) kill(maps, channel);
      outputs[layer.name] = maps;
    }
    return outputs;
  }

  /* The first images of maps. */
  function firstOf(maps, images) {
    return { ...maps, images, values: maps.values.subarray(0, (maps.values.length / maps.images) * images) };
  }

  /* Maps of at least so many images: those that are known, with new ones at their places. */
  function merged(known, fresh, places, images) {
    const size = fresh.values.length / fresh.images;
    const room = Math.max(images, known?.images ?? 0);
    const values = room === known?.images ? known.values : new Float64Array(room * size);
    if (known && values !== known.values) values.set(known.values);
    places.forEach((place, image) =>
      values.set(fresh.values.subarray(image * size, (image + 1) * size), place * size),
    );
    return { ...fresh, images: room, values };
  }

  /* The share of images whose class is the largest output, of those that have a label. */
  function accuracy(out, labels, isLabelled = () => true) {
    let [right, all] = [0, 0];
    for (let image = 0; image < out.images; image++) {
      if (!isLabelled(image)) continue;
      const scores = out.values.subarray(image * out.channels, (image + 1) * out.channels);
      if (scores.indexOf(Math.max(...scores)) === labels[image]) right++;
      all++;
    }
    return right / all;
  }

  /* The class of an image, and its probability by softmax. */
  function answer(out, image) {
    const scores = out.values.subarray(image * out.channels, (image + 1) * out.channels);
    const highest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
    return { class: scores.indexOf(highest), probability: 1 / total };
  }

  /* The same numbers on every machine: a linear congruential generator, uniform in [0, 1). */
  function random(seed) {
    let state = seed + 1;
    return () => (state = (state * 16807) % 2147483647) / 2147483647;
  }

  function shuffled(length, seed) {
    const order = Array.from({ length }, (_, i) => i);
    const draw = random(seed);
    for (let last = length - 1; last > 0; last--) {
      const other = Math.floor(draw() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }

  /* Orthonormal rows, by Gram and Schmidt from random ones. */
  function randomRotation(size, seed) {
    const draw = random(seed);
    const rows = [];
    while (rows.length < size) {
      const row = Array.from({ length: size }, () => draw() - 0.5);
      for (const before of rows) {
        const along = before.reduce((sum, value, i) => sum + value * row[i], 0);
        row.forEach((_, i) => (row[i] -= along * before[i]));
      }
      const norm = Math.hypot(...row);
      rows.push(row.map((value) => value / norm));
    }
    return rows;
  }

  /* The channels of maps, mixed by a rotation at each position. */
  function rotated(maps, seed) {
    const { images, channels, side } = maps;
    const area = side * side;
    const rotation = randomRotation(channels, seed);
    const values = new Float64Array(maps.values.length);
    for (let image = 0; image < images; image++)
      for (let out = 0; out < channels; out++) {
        const to = (image * channels + out) * area;
        for (let channel = 0; channel < channels; channel++) {
          const [from, weight] = [(image * channels + channel) * area, rotation[out][channel]];
          for (let at = 0; at < area; at++) values[to + at] += weight * maps.values[from + at];
        }
      }
    return { images, channels, side, values };
  }

  return { pixelsOf, imagesAt, imagesOf, decoded, forward, firstOf, merged, accuracy, answer, shuffled, rotated };
}

if (typeof module !== "undefined") module.exports = networkLibrary();
