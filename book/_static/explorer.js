/* The explorer: draws the chart of the page, and keeps its choices in the address and in a table. */
document.addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("explorer");
  if (!place) return;
  const spec = JSON.parse(document.getElementById("explorer-spec").textContent);
  const lines = Object.values(spec.datasets ?? { only: spec.data.values })[0];
  const always = new Set(["trained independently", "shuffled images"]);
  const names = spec.params.filter(({ bind }) => bind).map(({ name }) => name);
  const lists = ["Network", "Scale", "Metric", "Matrix"];
  const { color: ink, fontFamily: font } = getComputedStyle(document.body);
  const { view } = await vegaEmbed(place, spec, {
    actions: false,
    renderer: "svg",
    config: {
      background: null,
      font,
      axis: { labelColor: ink, titleColor: ink, labelFontSize: 11, titleFontSize: 12, titleFontWeight: "normal", gridOpacity: 0.3 },
      legend: { labelColor: ink, labelFontSize: 12 },
    },
  });

  const asked = new URLSearchParams(location.hash.slice(1));
  for (const name of names) {
    if (!asked.has(name)) continue;
    const value = asked.get(name);
    view.signal(name, name === "Iteration" ? Number(value) : value);
  }

  /* Of each list, only what was measured with the choices before it can be chosen. A metric comes with the matrix
     on which the paper computes it. */
  function settle(changed) {
    let left = lines.filter(({ line }) => line === "pruned");
    for (const name of lists) {
      const key = name.toLowerCase();
      const known = new Set(left.map((line) => line[key]));
      for (const option of place.querySelector(`select[name=${name}]`).options) option.disabled = !known.has(option.value);
      const usual = name === "Matrix" ? spec.usermeta.matrix[view.signal("Metric")] : [...known][0];
      if (!known.has(view.signal(name)) || (name === "Matrix" && changed === "Metric"))
        view.signal(name, known.has(usual) ? usual : [...known][0]);
      left = left.filter((line) => line[key] === view.signal(name));
    }
  }

  function say() {
    const chosen = Object.fromEntries(names.map((name) => [name, view.signal(name)]));
    history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
    // what does not depend on the iteration has one alone
    const shown = lines
      .filter((line) =>
        lists.every((name) => line[name.toLowerCase()] === chosen[name]),
      )
      .map((line) => ({ ...line, at: always.has(line.line) ? 0 : line.iteration.indexOf(Number(chosen.Iteration)) }))
      .filter(({ at }) => at >= 0);
    document.getElementById("explorer-said").textContent = shown.some(({ line }) => line === "pruned")
      ? ""
      : "This network was not pruned so far. Choose an earlier iteration.";
    const chart = place.querySelector("svg");
    chart.setAttribute("role", "img");
    chart.setAttribute(
      "aria-label",
      `${chosen.Metric} of ${chosen.Network} over the layers after iteration ${chosen.Iteration}; the table has the numbers`,
    );
    const table = document.createElement("table");
    table.className = "report";
    const head = table.createTHead().insertRow();
    for (const text of ["Layer", ...shown.map(({ line }) => line)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    (shown[0]?.layer ?? []).forEach((layer, i) => {
      const row = body.insertRow();
      for (const text of [layer, ...shown.map(({ value, at }) => value[at][i]?.toFixed(3) ?? "-")])
        row.insertCell().textContent = text;
    });
    document.getElementById("explorer-table").replaceChildren(table);
  }

  settle();
  await view.runAsync();
  for (const name of names)
    view.addSignalListener(name, () =>
      view.runAfter(() => {
        settle(name);
        view.runAsync().then(say);
      }),
    );
  say();
});
