/* A cloud of points and a copy of it that the reader changes: what each metric says of the two.

   A point is an image of a layer with two channels, { images, channels: 2, side: 1, values }. */
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

  const layer = (points) => ({ images: points.length, channels: 2, side: 1, values: Float64Array.from(points.flat()) });

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

  return { layer, cloud, changed };
}

if (typeof module !== "undefined") module.exports = cloudLibrary();
else
  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("cloud");
    if (!place) return;
    const library = cloudLibrary();
    const metrics = metricsLibrary();
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
      [points, copy].forEach((shown, which) => draw(place.querySelectorAll("svg")[which], shown));
      const found = metrics.compare(library.layer(points), library.layer(copy), 0.99);
      for (const [name, number] of Object.entries(found)) {
        const cell = place.querySelector(`td[data-metric=${name}]`);
        cell.textContent = Number.isFinite(number) ? number.toFixed(3) : "not defined";
        cell.style.setProperty("--share", `${100 * Math.max(number, 0) || 0}%`);
      }
    }

    /* Each point has the colour of its place in the first cloud, so one sees where it went. */
    function draw(svg, points) {
      const dots = points.map(([x, y], i) => {
        const hue = Math.round((360 * i) / points.length);
        return `<circle cx="${x.toFixed(2)}" cy="${(-y).toFixed(2)}" r="0.16" fill="hsl(${hue} 60% 50%)"></circle>`;
      });
      svg.innerHTML = dots.join("");
    }

    const copy = place.querySelectorAll("svg")[1];
    copy.addEventListener("pointerdown", (event) => copy.setPointerCapture(event.pointerId));
    copy.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      const box = copy.getBoundingClientRect();
      const [x, y] = [event.clientX - box.x - box.width / 2, box.y + box.height / 2 - event.clientY];
      field("turn").value = Math.round((Math.atan2(y, x) * 180) / Math.PI);
      ask();
    });
    for (const name in words) field(name).addEventListener("input", ask);
    field("reset").addEventListener("click", () => {
      for (const name in still) field(name).value = still[name];
      ask();
    });
    ask();
  });
