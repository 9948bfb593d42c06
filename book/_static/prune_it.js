/* Prune it yourself: published numbers along one slider. Not on paper, and not without JavaScript. */
const METRICS = { svcca: "SVCCA", pwcca: "PWCCA", cka: "CKA", nbs: "NBS" };
const PANELS = [
  { line: "raw", other: "strangers", named: "strangers", look: "dotted", ticks: [0.4, 0.7, 1], ofLayers: [0.3, 0.6, 1] },
  { line: "relative", other: "control", named: "training-only control", look: "dashed", ticks: [0, 0.5, 1], ofLayers: [-0.5, 0, 0.5, 1] },
];
const LEFT = 30, RIGHT = 132, TOP = 20, ROW = 14; // pixels: margins, and a label in the right one

const share = (left) => `${+left.toPrecision(2)}`;
const percent = (accuracy) => `<b>${accuracy.toFixed(1)}\u00a0%</b>`;
const text = (words, x, y, look) => `<text x="${x}" y="${y + 4}" class="${look}">${words}</text>`;
const stroke = (x1, y1, x2, y2, look) => `<line x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}" class="${look}"/>`;
const dot = (x, y, look) => `<circle cx="${x}" cy="${y}" r="3.5" class="${look}"/>`;
const curve = (points, look) => `<polyline points="${points.join(" ")}" class="${look}"/>`;

/* Heights of labels: in the order of the heights wanted, none on another, none below the lowest. */
function apart(wanted, lowest) {
  const order = Object.keys(wanted).sort((a, b) => wanted[a] - wanted[b]), found = {};
  order.reduce((above, m) => (found[m] = Math.max(wanted[m], above + ROW)), -ROW);
  order.reduceRight((below, m) => (found[m] = Math.min(found[m], below - ROW)), lowest + ROW);
  return found;
}

/* What a panel shows: over the shares of weights left up to `at`, or over the layers at `at`. */
function picture(panel, course, { at, byLayer, both, width, height, grows }) {
  const end = width - RIGHT, bottom = height - (byLayer ? 56 : 20);
  const least = Math.min(...[panel.line, panel.other].flatMap((line) => Object.values(course[line]).flat(2)));
  const ticks = byLayer ? panel.ofLayers.filter((v, i, all) => !(all[i + 1] <= least)) : panel.ticks;
  const steps = byLayer ? course.layers.slice(1) : course.left.map(share), last = steps.length - 1;
  const here = byLayer ? last : at; // up to where the lines are strong
  const x = (i) => LEFT + ((end - LEFT) * i) / last;
  const y = (value) => bottom - ((bottom - TOP) * (value - ticks[0])) / (1 - ticks[0]);
  const values = (line, m) => (byLayer ? course[line][m].slice(1).map((stops) => stops[at]) : course[line][m][0]);

  const number = (v) => `${v}`.replace("-", "\u2212");
  const axes = ticks.map((v) => stroke(LEFT, y(v), end, y(v), v ? "" : "strangers") + text(number(v), LEFT - 6, y(v), "end"));
  if (byLayer) {
    const every = Math.ceil((steps.length * 12) / (end - LEFT)); // a name is 12 pixels high
    steps.forEach((name, i) => {
      if ((last - i) % every) return;
      axes.push(`<g transform="translate(${x(i)},${bottom + 6}) rotate(-90)">${text(name, 0, 0, "tick end")}</g>`);
    });
  } else {
    steps.forEach((name, i) => axes.push(text(name, x(i), bottom + 12, "tick middle")));
    axes.push(text("% of weights left", end + 22, bottom + 12, "tick"));
    axes.push(stroke(end + 68, 6, end + 92, 6, "key"));
    if (both) axes.push(stroke(end + 104, 6, end + 128, 6, `key ${panel.look}`));
  }

  const solid = [], second = [], dots = [], labels = [], spoken = [];
  const heights = Object.keys(METRICS).map((m) => [m, y(values(panel.line, m)[here])]);
  const rows = apart(Object.fromEntries(heights), bottom - 4);
  Object.entries(METRICS).forEach(([m, name], k) => {
    for (const [line, look, curves] of [[panel.line, "", solid], [panel.other, panel.look, second]]) {
      const points = values(line, m).map((value, i) => `${x(i)},${y(value)}`);
      curves.push(curve(points, `${m} ${look} ahead`), curve(points.slice(0, here + 1), `${m} ${look}`));
    }
    const [value, next] = [panel.line, panel.other].map((line) => values(line, m)[here]);
    labels.push(text(name, end + 16, rows[m], m));
    if (byLayer) {
      const first = values(panel.line, m)[0].toFixed(2);
      spoken.push(`${name} ${first} in ${steps[0]}, ${value.toFixed(2)} in ${steps[last]}`);
      return;
    }
    const side = x(at) + 5 * (k - 1.5), strangers = panel.other === "strangers" ? next : 0;
    dots.push(stroke(side, y(strangers), side, y(value), `${m} beyond`));
    if (both) dots.push(dot(side, y(next), `${m} hollow`));
    dots.push(dot(side, y(value), m));
    labels.push(text(value.toFixed(2), end + 92, rows[m], `${m} end`));
    if (both) labels.push(text(next.toFixed(2), end + 128, rows[m], `${m} end`));
    spoken.push(`${name} ${value.toFixed(2)}${both ? `, ${panel.named} ${next.toFixed(2)}` : ""}`);
  });
  const group = both ? `<g class="${grows ? "grows" : ""}">${second.join("")}</g>` : "";
  return { drawing: [...axes, ...solid, group, ...dots, ...labels].join(""), spoken: spoken.join("; ") };
}

function sentence(course, at, withControl) {
  if (!at) return `Nothing is pruned yet. Test accuracy: ${percent(course.accuracy[0])}.`;
  const range = (line) => {
    const all = Object.keys(METRICS).map((m) => course[line][m][0][at]);
    return `<b>${Math.min(...all).toFixed(2)}\u00a0to\u00a0${Math.max(...all).toFixed(2)}</b>`;
  };
  const similar = `Relative similarity: ${range("relative")} pruned, ${range("control")} training-only control.<br>`;
  return `${withControl ? similar : ""}Test accuracy: ${percent(course.accuracy[0])} before pruning,
    ${percent(course.accuracy[at])} now, ${percent(course.trained[at])} training-only control.`;
}

addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("prune-it");
  if (!root) return;
  const courses = JSON.parse(root.dataset.course);
  const sources = [...document.querySelectorAll("#fig-answer figcaption .external")].map((link) => link.outerHTML);
  const names = Object.keys(courses).map((name) => `<option>${name}</option>`);
  root.innerHTML = `
    <p class="network"><label>Network <select>${names.join("")}</select></label></p>
    <p class="buttons">
      <button type="button" aria-pressed="true"><span class="dashed">Training-only control</span></button>
      <button type="button" aria-pressed="false">Layers</button>
    </p>
    <figure class="raw">
      <figcaption>Raw similarity: <span class="solid">original</span>, <span class="dotted">strangers</span></figcaption><svg role="img"></svg>
    </figure>
    <figure class="relative">
      <figcaption>Relative similarity: strangers 0, identical 1</figcaption><svg role="img"></svg>
    </figure>
    <p class="weights"><input type="range" min="0" aria-label="Share of the weights left"><span></span></p>
    <p class="said"><span aria-live="polite"></span> Source: ${sources.join(", ")}.</p>`;
  const [select, slider, weights] = root.querySelectorAll("select, input, .weights span");
  const [longer, layers] = root.querySelectorAll("button");
  const svgs = root.querySelectorAll("svg"), said = root.querySelector(".said span");
  const phone = matchMedia("(max-width: 600px)");
  const isOn = (button) => button.getAttribute("aria-pressed") === "true";

  function draw(grows) {
    const course = courses[select.value], at = +slider.value, byLayer = isOn(layers);
    const height = (phone.matches ? 112 : 230) + (byLayer ? 36 : 0);
    PANELS.forEach((panel, k) => {
      const both = panel.other === "strangers" || isOn(longer), width = svgs[k].clientWidth;
      const { drawing, spoken } = picture(panel, course, { at, byLayer, both, width, height, grows: grows && k });
      svgs[k].innerHTML = drawing;
      svgs[k].setAttribute("height", height);
      svgs[k].setAttribute("aria-label", spoken);
    });
    root.classList.toggle("by-layer", byLayer);
    weights.textContent = `${share(course.left[at])} % left`;
    slider.setAttribute("aria-valuetext", `${share(course.left[at])} % of the weights left`);
    said.innerHTML = sentence(course, at, isOn(longer));
  }

  function restart() {
    slider.max = slider.value = courses[select.value].left.length - 1;
    draw();
  }
  function drag({ buttons, currentTarget: svg, pointerId, clientX }) {
    if (!buttons || isOn(layers)) return;
    svg.setPointerCapture(pointerId);
    const along = clientX - svg.getBoundingClientRect().left - LEFT;
    slider.value = Math.round((slider.max * along) / (svg.clientWidth - RIGHT - LEFT));
    draw();
  }
  for (const svg of svgs) svg.onpointerdown = svg.onpointermove = drag;
  for (const button of [longer, layers])
    button.onclick = () => {
      button.setAttribute("aria-pressed", !isOn(button));
      draw(button === longer);
    };
  select.onchange = restart;
  slider.oninput = () => draw();
  root.hidden = false;
  restart();
  new ResizeObserver(() => draw()).observe(svgs[0]);
});
