/* SVCCA, PWCCA, CKA and NBS of two layers, as lib.metrics defines them: values agree to 1e-3.

   A layer is { images, channels, side, values }, see alive_network.js. Matrices are { rows, columns, values }, row by
   row. What only depends on one layer is kept in it. */
function metricsLibrary() {
  const EPS = 2 ** -52;
  const EPS_OF_DATA = 2 ** -23;
  const SLACK = 1e-12;

  const zeros = (rows, columns) => ({ rows, columns, values: new Float64Array(rows * columns) });
  const row = (matrix, i) => matrix.values.subarray(i * matrix.columns, (i + 1) * matrix.columns);
  const norm = (values) => Math.sqrt(dot(values, values));

  function sum(values) {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[i];
    return total;
  }

  function dot(a, b) {
    let total = 0;
    for (let i = 0; i < a.length; i++) total += a[i] * b[i];
    return total;
  }

  /* to += factor * from */
  function add(to, factor, from) {
    for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
  }

  /* a bᵀ, two rows of each at a time, which halves the reading; only one half of it if both are the same. */
  function product(a, b) {
    const result = zeros(a.rows, b.rows);
    const [{ columns: size, values: x }, { values: y }] = [a, b];
    for (let i = 0; i < a.rows; i += 2)
      for (let j = a === b ? i : 0; j < b.rows; j += 2) {
        const i2 = Math.min(i + 1, a.rows - 1);
        const j2 = Math.min(j + 1, b.rows - 1);
        const upper = x.subarray(i * size, (i + 1) * size);
        const lower = x.subarray(i2 * size, (i2 + 1) * size);
        const left = y.subarray(j * size, (j + 1) * size);
        const next = y.subarray(j2 * size, (j2 + 1) * size);
        let both = 0;
        let right = 0;
        let below = 0;
        let diagonal = 0;
        for (let at = 0; at < size; at++) {
          both += upper[at] * left[at];
          right += upper[at] * next[at];
          below += lower[at] * left[at];
          diagonal += lower[at] * next[at];
        }
        result.values[i * b.rows + j] = both;
        result.values[i * b.rows + j2] = right;
        result.values[i2 * b.rows + j] = below;
        result.values[i2 * b.rows + j2] = diagonal;
      }
    if (a === b) for (let i = 0; i < a.rows; i++) for (let j = 0; j < i; j++) row(result, i)[j] = row(result, j)[i];
    return result;
  }

  function transposed(matrix) {
    const result = zeros(matrix.columns, matrix.rows);
    for (let i = 0; i < matrix.rows; i++)
      for (let j = 0; j < matrix.columns; j++) row(result, j)[i] = row(matrix, i)[j];
    return result;
  }

  /* Eigenvalues of a symmetric matrix, and eigenvectors as rows, in no order: Householder's tridiagonal form, then
     implicit QR steps (Golub and Van Loan, 8.3). */
  function eigen(symmetric, vectors = null) {
    const size = symmetric.rows;
    const a = { ...symmetric, values: symmetric.values.slice() };
    const diagonal = new Float64Array(size);
    const beside = new Float64Array(size);
    if (vectors) for (let i = 0; i < size; i++) vectors.values[i * size + i] = 1;
    for (let k = 0; k < size - 2; k++) beside[k] = reflect(a, k, vectors);
    if (size > 1) beside[size - 2] = a.values[(size - 1) * size + size - 2];
    for (let i = 0; i < size; i++) diagonal[i] = a.values[i * size + i];
    const small = (i) => Math.abs(beside[i]) <= EPS * (Math.abs(diagonal[i]) + Math.abs(diagonal[i + 1]));
    for (let high = size - 1; high > 0; ) {
      if (small(high - 1)) {
        high--;
        continue;
      }
      let low = high - 1;
      while (low > 0 && !small(low - 1)) low--;
      chase(diagonal, beside, low, high, vectors);
    }
    return diagonal;
  }

  /* One Householder reflection: column k of `a` becomes 0 below its subdiagonal, which is returned. */
  function reflect(a, k, vectors) {
    const size = a.rows;
    const v = new Float64Array(size);
    for (let i = k + 1; i < size; i++) v[i] = a.values[i * size + k];
    const length = norm(v);
    if (length === 0) return 0;
    const subdiagonal = v[k + 1] > 0 ? -length : length;
    v[k + 1] -= subdiagonal;
    const beta = 2 / dot(v, v);
    const w = new Float64Array(size);
    for (let i = k + 1; i < size; i++) w[i] = beta * dot(row(a, i), v);
    add(w, (-beta / 2) * dot(w, v), v);
    for (let i = k + 1; i < size; i++) {
      add(row(a, i), -v[i], w);
      add(row(a, i), -w[i], v);
    }
    if (vectors) {
      const along = new Float64Array(size);
      for (let i = k + 1; i < size; i++) add(along, beta * v[i], row(vectors, i));
      for (let i = k + 1; i < size; i++) add(row(vectors, i), -v[i], along);
    }
    return subdiagonal;
  }

  /* One implicit QR step with Wilkinson's shift on rows low to high of a tridiagonal matrix. */
  function chase(diagonal, beside, low, high, vectors) {
    const half = (diagonal[high - 1] - diagonal[high]) / 2;
    const last = beside[high - 1];
    const shift = diagonal[high] - last ** 2 / (half + (half < 0 ? -1 : 1) * Math.hypot(half, last));
    let [x, z] = [diagonal[low] - shift, beside[low]];
    for (let k = low; k < high; k++) {
      const r = Math.hypot(x, z);
      const [c, s] = r === 0 ? [1, 0] : [x / r, z / r];
      if (k > low) beside[k - 1] = r;
      const [a, b, d] = [diagonal[k], beside[k], diagonal[k + 1]];
      diagonal[k] = c * c * a + 2 * c * s * b + s * s * d;
      diagonal[k + 1] = s * s * a - 2 * c * s * b + c * c * d;
      beside[k] = c * s * (d - a) + (c * c - s * s) * b;
      if (k < high - 1) {
        [x, z] = [beside[k], s * beside[k + 1]];
        beside[k + 1] *= c;
      }
      if (!vectors) continue;
      const [upper, lower] = [row(vectors, k), row(vectors, k + 1)];
      for (let i = 0; i < upper.length; i++) {
        const kept = upper[i];
        upper[i] = c * kept + s * lower[i];
        lower[i] = c * lower[i] - s * kept;
      }
    }
  }

  /* [{ value, vector }] of a symmetric matrix, the largest value first. */
  function spectrum(symmetric) {
    const vectors = zeros(symmetric.rows, symmetric.rows);
    const values = eigen(symmetric, vectors);
    return Array.from(values, (value, i) => ({ value, vector: row(vectors, i) })).sort((a, b) => b.value - a.value);
  }

  /* --- CCA: a row is a position of an image, a column a channel --- */

  /* One row for each channel, centred: its values at all positions of all images, which are taken in an order. */
  function channels(x, order = null) {
    if (!order && x.rows) return x.rows;
    const area = x.side ** 2;
    const result = { ...zeros(x.channels, x.images * area), means: new Float64Array(x.channels) };
    for (let channel = 0; channel < x.channels; channel++) {
      const to = row(result, channel);
      for (let image = 0; image < x.images; image++) {
        const start = ((order ? order[image] : image) * x.channels + channel) * area;
        for (let at = 0; at < area; at++) to[image * area + at] = x.values[start + at];
      }
      const mean = sum(to) / to.length;
      for (let at = 0; at < to.length; at++) to[at] -= mean;
      result.means[channel] = mean;
    }
    if (!order) x.rows = result;
    return result;
  }

  /* The scatter of the channels that vary; `live` are their numbers. */
  function scatter(x) {
    if (x.scatter) return x.scatter;
    const rows = channels(x);
    const all = product(rows, rows);
    const varies = (i) => row(all, i)[i] / rows.columns > (8 * EPS * rows.means[i]) ** 2;
    const live = Array.from({ length: x.channels }, (_, i) => i).filter(varies);
    x.scatter = { ...chosen(all, live, live), live };
    return x.scatter;
  }

  function chosen(matrix, rows, columns) {
    const result = zeros(rows.length, columns.length);
    rows.forEach((i, to) => columns.forEach((j, at) => (row(result, to)[at] = row(matrix, i)[j])));
    return result;
  }

  function asRows(vectors, columns) {
    const result = zeros(vectors.length, columns);
    vectors.forEach((vector, i) => row(result, i).set(vector));
    return result;
  }

  /* Up to here, eigenvalues are rounding of the data or of their second moments. */
  function noiseFloor(length, mean, size) {
    return EPS * (64 * length + 32 * Math.sqrt(size) * mean) + (8 * EPS_OF_DATA) ** 2 * mean;
  }

  /* Rows that make orthonormal columns of everything but rounding; channels are scaled to unit variance first. */
  function whitening(x) {
    if (x.whitening) return x.whitening;
    const { rows: size, values } = scatter(x);
    const scale = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(values[i * size + i]));
    const correlation = zeros(size, size);
    correlation.values.set(values.map((value, at) => value * scale[Math.floor(at / size)] * scale[at % size]));
    const floor = noiseFloor(norm(correlation.values), 1, size);
    const kept = spectrum(correlation).filter(({ value }) => value > floor);
    x.whitening = asRows(
      kept.map(({ value, vector }) => vector.map((entry, i) => (entry * scale[i]) / Math.sqrt(value))),
      size,
    );
    return x.whitening;
  }

  /* The fewest leading principal directions that have this share of the variance, as such rows. */
  function principal(x, share) {
    const of = scatter(x);
    x.principal ??= spectrum(of);
    const total = sum(x.principal.map(({ value }) => Math.max(value, 0)));
    let [kept, reached] = [0, 0];
    do reached += Math.max(x.principal[kept++].value, 0) / total;
    while (reached < share - SLACK && kept < x.principal.length);
    const trace = sum(x.principal.map(({ value }) => value));
    const floor = noiseFloor(norm(of.values), trace / of.rows, of.rows);
    if (x.principal[kept - 1].value <= floor) return whitening(x);
    return asRows(
      x.principal.slice(0, kept).map(({ value, vector }) => vector.map((entry) => entry / Math.sqrt(value))),
      of.rows,
    );
  }

  /* Canonical correlations, the largest first, and their directions in the first basis. NaN where so many directions
     span any data. */
  function canonical(x, y, cross, basisX, basisY) {
    const freedom = x.images * x.side ** 2 - 1;
    if (!basisX.rows || !basisY.rows || Math.max(basisX.rows, basisY.rows) >= freedom) return null;
    const between = chosen(cross, scatter(x).live, scatter(y).live);
    const inner = product(product(basisX, transposed(between)), basisY);
    return spectrum(product(inner, inner))
      .slice(0, Math.min(basisX.rows, basisY.rows))
      .map(({ value, vector }) => ({ correlation: Math.sqrt(Math.min(Math.max(value, 0), 1)), vector }));
  }

  function svcca(x, y, cross, share) {
    const found = canonical(x, y, cross, principal(x, share), principal(y, share));
    return found ? sum(found.map(({ correlation }) => correlation)) / found.length : NaN;
  }

  /* Weighted by how much of the channels of x each direction has. */
  function pwcca(x, y, cross) {
    const basis = whitening(x);
    const found = canonical(x, y, cross, basis, whitening(y));
    if (!found) return NaN;
    const directions = product(asRows(found.map(({ vector }) => vector), basis.rows), transposed(basis));
    const loadings = product(directions, scatter(x));
    const weights = found.map((_, i) => sum(row(loadings, i).map(Math.abs)));
    return dot(weights, found.map(({ correlation }) => correlation)) / sum(weights);
  }

  /* --- CKA and NBS: a row is an image, a column an output of the layer --- */

  /* The centred Gram matrix of the images. */
  function gram(x) {
    if (x.gram) return x.gram;
    const size = x.images;
    const outputs = { rows: size, columns: x.values.length / size, values: x.values };
    const result = product(outputs, outputs);
    const means = Float64Array.from({ length: size }, (_, i) => sum(row(result, i)) / size);
    const mean = sum(means) / size;
    result.values.forEach((_, at) => (result.values[at] += mean - means[Math.floor(at / size)] - means[at % size]));
    result.norm = norm(result.values);
    result.trace = sum(Array.from({ length: size }, (_, i) => result.values[i * size + i]));
    x.gram = result;
    return result;
  }

  const reordered = (matrix, order) => (order ? { ...matrix, ...chosen(matrix, order, order) } : matrix);

  function cka(x, y, order) {
    const [k, l] = [gram(x), reordered(gram(y), order)];
    return dot(k.values, l.values) / (k.norm * l.norm);
  }

  /* The mean of CKA over all orders of the images, exactly. */
  function ckaNull(x, y) {
    const [k, l] = [gram(x), gram(y)];
    return (k.trace * l.trace) / ((x.images - 1) * k.norm * l.norm);
  }

  /* Fᵀ of a factor with F Fᵀ the Gram matrix, by Cholesky; a pivot that is only rounding gives a column of 0. */
  function factor(x) {
    if (x.factor) return x.factor;
    const k = gram(x);
    const size = k.rows;
    const result = zeros(size, size);
    for (let j = 0; j < size; j++) {
      const before = row(result, j).subarray(0, j);
      const pivot = k.values[j * size + j] - dot(before, before);
      if (pivot <= (1e-12 * k.trace) / size) continue;
      const root = Math.sqrt(pivot);
      for (let i = j; i < size; i++)
        row(result, i)[j] = (k.values[i * size + j] - dot(before, row(result, i))) / root;
    }
    x.factor = transposed(result);
    return x.factor;
  }

  /* tr((K^½ L K^½)^½) / √(tr K tr L), from any factor of K. */
  function nbs(x, y, order) {
    const [k, l, f] = [gram(x), reordered(gram(y), order), factor(x)];
    const values = eigen(product(f, product(f, l)));
    return sum(values.map((value) => Math.sqrt(Math.max(value, 0)))) / Math.sqrt(k.trace * l.trace);
  }

  /* All four of two layers; NaN where a metric is not defined, as of a layer that says nothing. */
  function compare(x, y, share, order = null) {
    if (!scatter(x).rows || !scatter(y).rows) return { svcca: NaN, pwcca: NaN, cka: NaN, nbs: NaN };
    const cross = product(channels(x), channels(y, order));
    const ofChannels = { svcca: svcca(x, y, cross, share), pwcca: pwcca(x, y, cross) };
    return { ...ofChannels, cka: cka(x, y, order), nbs: nbs(x, y, order) };
  }

  return { compare, ckaNull };
}

if (typeof module !== "undefined") module.exports = metricsLibrary();
