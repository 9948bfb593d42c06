/* Your value: from similarities to the original and to strangers to relative similarity, and what one may say of it. */
{
  const form = document.getElementById("your-value");
  const fields = form.elements;

  /* 0 at strangers, 1 at the original; NaN where a field is empty or strangers are identical. */
  function relative(own, strangers) {
    const [a, b] = [own, strangers].map((name) => fields[name].valueAsNumber);
    return b < 1 && a <= 1 ? (a - b) / (1 - b) : NaN;
  }

  const text = (number) => number.toFixed(2).replace("-", "\u2212");

  function say(pruned, control) {
    if (Number.isNaN(pruned)) return "Needs the pruned network's similarity to its original, and to strangers: below 1, and at most 1.";
    const metric = fields.metric.value.trim() || "this metric";
    const said = [
      `By ${metric}, the pruned network has similarity ${fields.own.value} with its original and ${fields.strangers.value} with strangers: relative similarity ${text(pruned)}.`,
    ];
    if (pruned <= 0) said.push("It is no closer to its original than to strangers.");
    if (!Number.isNaN(control)) {
      said.push(`The training-only control has ${text(control)}.`);
      const difference = Number((control - pruned).toFixed(6)); // 0.5 - 0.4 is more than 0.1
      if (difference > 0.1) said.push("Pruning takes the network further from its original than training alone does.");
      else if (difference < -0.1) said.push("Training alone takes a network further from its original than pruning does.");
      else said.push("Training alone takes a network about as far from its original, to within 0.1.");
    }
    const strangers = fields.strangers.valueAsNumber;
    if (strangers > 0.95)
      said.push(`Doubt it: strangers are above 0.95, so an error of 0.01 in a similarity becomes one of ${text(0.01 / (1 - strangers))}.`);
    return said.join(" ");
  }

  form.oninput = () => {
    const [pruned, control] = [relative("own", "strangers"), relative("control_own", "control_strangers")];
    fields.relative.value = Number.isNaN(pruned) ? "" : text(pruned);
    fields.control_relative.value = Number.isNaN(control) ? "" : text(control);
    fields.sentence.value = say(pruned, control);
  };
  form.onsubmit = () => false;
  form.hidden = false;
  form.oninput();
}
