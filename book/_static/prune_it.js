/* Prune it yourself: one slider through published numbers. Without it, the still figure stands alone. */
addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("prune-it");
  if (!root) return;
  const courses = JSON.parse(root.dataset.course);
  const metrics = { svcca: "SVCCA", pwcca: "PWCCA", cka: "CKA", nbs: "NBS" };
  const W = 320, L = 30, R = 238, T = 12;
  const phone = matchMedia("(max-width: 600px)");
  let H, B; // the first screen of a phone has room for the question, the answer and both panels
  root.innerHTML =
    `<p><label>Network <select>${Object.keys(courses).map((n) => `<option>${n}</option>`).join("")}</select></label>
     <label>Weights left <input type="range" min="0" step="1"> <output></output></label></p>
     <div class="panels"><figure><figcaption>Raw similarity to the complete network</figcaption><svg role="img"></svg></figure>
     <figure><figcaption>From a stranger (0) to identical (1)</figcaption><svg role="img"></svg></figure></div>
     <p class="said" aria-live="polite"></p>`;
  const [select, slider, output] = root.querySelectorAll("select, input, output");
  const svgs = root.querySelectorAll("svg"), said = root.querySelector(".said");
  const y = (v) => B - (B - T) * Math.max(0, v);
  function apart(values) { // labels side by side, not on one another
    const order = Object.keys(values).sort((a, b) => values[b] - values[a]);
    let last = -99;
    return Object.fromEntries(order.map((m) => [m, (last = Math.max(y(values[m]), last + 13))]));
  }
  function draw() {
    const course = courses[select.value], n = course.left.length, at = +slider.value;
    const x = (i) => L + ((R - L) * i) / (n - 1);
    output.textContent = `${+course.left[at].toPrecision(2)} %`;
    ["raw", "place"].forEach((what, k) => {
      [H, B] = phone.matches ? [100 + 28 * k, 88] : [190, 150];
      const now = {}, parts = [0, 0.5, 1].map((v) =>
        `<line x1="${L}" x2="${R}" y1="${y(v)}" y2="${y(v)}" class="grid"/><text x="2" y="${y(v) + 4}">${v}</text>`);
      for (const m in metrics) {
        const points = course[`${what} ${m}`].map((v, i) => [x(i), y(v)]);
        now[m] = course[`${what} ${m}`][at];
        parts.push(`<polyline class="${m} ahead" points="${points.join(" ")}"/>`);
        parts.push(`<polyline class="${m}" points="${points.slice(0, at + 1).join(" ")}"/>`);
        parts.push(`<circle class="${m}" cx="${points[at][0]}" cy="${points[at][1]}" r="4"/>`);
      }
      const where = apart(now);
      for (const m in metrics)
        parts.push(`<text class="${m}" x="${x(at) > 170 ? R + 6 : x(at) + 8}" y="${where[m] + 4}">${now[m].toFixed(2)} ${metrics[m]}</text>`);
      svgs[k].setAttribute("viewBox", `0 0 ${W} ${H}`);
      svgs[k].innerHTML = parts.join("");
      svgs[k].setAttribute("aria-label", Object.keys(metrics).map((m) => `${metrics[m]} ${now[m].toFixed(2)}`).join(", "));
    });
    said.textContent = `Accuracy ${course.accuracy[at].toFixed(1)} %; trained as long, not pruned: ${course.alone[at].toFixed(1)} %.`;
  }
  function restart() {
    slider.max = courses[select.value].left.length - 1;
    slider.value = slider.max;
    draw();
  }
  select.onchange = restart;
  slider.oninput = phone.onchange = draw;
  root.hidden = false;
  document.body.classList.add("prunes-itself");
  restart();
});
