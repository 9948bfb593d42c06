/* A cloud of points and a copy of it that the reader changes: what each metric says of the two.

   A point is an image, and its two coordinates are the channels of a layer. The metrics are those of lib.metrics for
   two columns, where singular values and eigenvectors have a closed form. */
function cloudLibrary() {
  /* Uniform numbers in [0, 1), the same ones for a seed. */
  function random(seed) {
    let state = seed + 1;
    return () => (state = (state * 16807) % 2147483647) / 2147483647;
  }

  /* Normal numbers, by Box and Muller. */
  function normal(draw) {
    return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  }

  /* Points that lie along one direction more than along the other. */
  function cloud(size) {
    const draw = random(4);
    return Array.from({ length: size }, () => [1.6 * normal(draw), normal(draw)]);
  }

  /* The copy: its second axis stretched, turned, enlarged, with noise, some points in the place of others. */
  function changed(points, { stretch, turn, size, noise, exchanged }) {
    const draw = random(9);
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const moved = points.map(([x, y]) => [
      size * (cos * x - sin * stretch * y + noise * normal(draw)),
      size * (sin * x + cos * stretch * y + noise * normal(draw)),
    ]);
    const count = Math.round(exchanged * points.length);
    return moved.map((point, i) => (i < count ? moved[(i + 1) % count] : point));
  }

  /* Of two centred matrices with two columns each: xᵀy, as [[a, b], [c, d]]. */
  function product(x, y) {
    const entry = (i, j) => x.reduce((sum, point, n) => sum + point[i] * y[n][j], 0);
    return [0, 1].map((i) => [0, 1].map((j) => entry(i, j)));
  }

  const times = (a, b) => a.map((row) => [0, 1].map((j) => row[0] * b[0][j] + row[1] * b[1][j]));
  const transposed = ([[a, b], [c, d]]) => [[a, c], [b, d]];
  const square = ([[a, b], [c, d]]) => a * a + b * b + c * c + d * d;
  const trace = ([[a], [, d]]) => a + d;
  /* The sum of the singular values. */
  const nuclear = (m) => Math.sqrt(square(m) + 2 * Math.abs(m[0][0] * m[1][1] - m[0][1] * m[1][0]));

  /* Eigenvalues of a symmetric matrix, the larger one first, and eigenvectors as columns. */
  function eigen([[a, b], [, d]]) {
    const angle = Math.atan2(2 * b, a - d) / 2;
    const half = Math.hypot((a - d) / 2, b);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return { values: [(a + d) / 2 + half, (a + d) / 2 - half], vectors: [[cos, -sin], [sin, cos]] };
  }

  /* SVCCA (99 % of the variance), PWCCA with weights from the first cloud, CKA and NBS. */
  function compare(first, second) {
    const [x, y] = [first, second].map((points) => {
      const mean = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
      return points.map((point) => [point[0] - mean[0], point[1] - mean[1]]);
    });
    const [xx, yy, xy] = [product(x, x), product(y, y), product(x, y)];
    const [of_x, of_y] = [eigen(xx), eigen(yy)];
    // inner products of the principal directions, each of length 1
    const between = times(times(transposed(of_x.vectors), xy), of_y.vectors).map((row, i) =>
      row.map((entry, j) => entry / Math.sqrt(of_x.values[i] * of_y.values[j])),
    );
    const [rows, columns] = [of_x, of_y].map(({ values: [most, least] }) => (most >= 0.99 * (most + least) ? 1 : 2));
    const kept = between.map((row, i) => row.map((entry, j) => (i < rows && j < columns ? entry : 0)));
    const left = eigen(times(between, transposed(between)));
    const correlations = left.values.map((value) => Math.sqrt(Math.max(value, 0)));
    // xᵀz, a column for each canonical vector z
    const lengths = of_x.values.map(Math.sqrt);
    const along = times(of_x.vectors, left.vectors.map((row, i) => row.map((entry) => lengths[i] * entry)));
    const weights = [0, 1].map((i) => Math.abs(along[0][i]) + Math.abs(along[1][i]));
    return {
      svcca: nuclear(kept) / Math.min(rows, columns),
      pwcca: (weights[0] * correlations[0] + weights[1] * correlations[1]) / (weights[0] + weights[1]),
      cka: square(xy) / Math.sqrt(square(xx) * square(yy)),
      nbs: nuclear(xy) / Math.sqrt(trace(xx) * trace(yy)),
    };
  }

  /* Each point has the colour of its place in the first cloud, so one sees where it went. */
  function dots(points) {
    const dot = ([x, y], i) => {
      const hue = Math.round((360 * i) / points.length);
      return `<circle cx="${x.toFixed(2)}" cy="${(-y).toFixed(2)}" r="0.16" fill="hsl(${hue} 60% 50%)"></circle>`;
    };
    return points.map(dot).join("");
  }

  const OPENING = { turn: Math.PI / 6, stretch: 3, size: 0.5, noise: 0, exchanged: 0 };

  /* The page as it opens, for who has no JavaScript: node -p 'require("./cloud.js").still()' > cloud.svg */
  function still() {
    const points = cloud(40);
    const copy = changed(points, OPENING);
    const values = Object.entries(compare(points, copy)).map(([name, value]) => `${name.toUpperCase()} ${value.toFixed(2)}`);
    const side = (shown, at) => `<g transform="translate(${at} 0)">${dots(shown)}</g>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-6 -6 24 13" font-family="sans-serif" font-size="0.8">
<rect x="-6" y="-6" width="24" height="13" fill="#fff"/>
${side(points, 0)}
${side(copy, 12)}
<text x="6" y="6.4" text-anchor="middle">${values.join("   ")}</text>
</svg>`;
  }

  return { cloud, changed, compare, dots, still };
}

if (typeof module !== "undefined") module.exports = cloudLibrary();
else
  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("cloud");
    if (!place) return;
    place.hidden = false;
    const library = cloudLibrary();
    const still = { points: 40, turn: 0, stretch: 1, size: 1, noise: 0, exchanged: 0 };
    const field = (name) => place.querySelector(`[name=${name}]`);
    const value = (name) => Number(field(name).value);
    const words = {
      points: (x) => `${x}`,
      turn: (x) => `${x}°`,
      stretch: (x) => `× ${x}`,
      size: (x) => `× ${x}`,
      noise: (x) => `${x}`,
      exchanged: (x) => `${x} %`,
    };

    function ask() {
      for (const name in words) place.querySelector(`output[for=cloud-${name}]`).textContent = words[name](value(name));
      const points = library.cloud(value("points"));
      const copy = library.changed(points, {
        turn: (value("turn") * Math.PI) / 180,
        stretch: value("stretch"),
        size: value("size"),
        noise: value("noise"),
        exchanged: value("exchanged") / 100,
      });
      [points, copy].forEach((shown, which) => (place.querySelectorAll("svg")[which].innerHTML = library.dots(shown)));
      for (const [name, number] of Object.entries(library.compare(points, copy))) {
        const cell = place.querySelector(`td[data-metric=${name}]`);
        cell.textContent = Number.isFinite(number) ? number.toFixed(3) : "not defined";
        cell.style.setProperty("--share", `${100 * Math.max(number, 0) || 0}%`);
      }
    }

    for (const name in words) field(name).addEventListener("input", ask);
    field("reset").addEventListener("click", () => {
      for (const name in still) field(name).value = still[name];
      ask();
    });
    ask();
  });
