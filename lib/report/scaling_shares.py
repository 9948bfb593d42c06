"""Where the hours of a study go: the figure and the sentences of the page on costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from .names import count, enumerate_words, percent
from .panels import Panels, box_swatch, legend_entry
from .results import Results
from .scaling import estimate, makespan
from .scaling_bill import HOUR, Machines, estimates
from .scaling_machines import CORES, LAUNCH, RESNET50_RATES, SERVER, WORKSTATION
from .scaling_words import machine, network, number, span
from .scaling_work import IMAGENET, PAPER, Work
from .style import METRIC_STYLES, page_colours, panel

SHARES = {
    "training": METRIC_STYLES["svcca"]["color"],
    "comparing": METRIC_STYLES["cka"]["color"],
}
"""What takes time -> colour of its bars."""


def comparing_shares(works: Mapping[str, Work], known: Machines, name: str) -> dict[str, float]:
    """Network -> share of its hours that comparing takes, halfway between best and worst."""
    return {
        one.work.network: float(one.comparing_all.mean() / one.total.mean())
        for one in estimates(works, name, known)
    }


def figure(works: Mapping[str, Work], known: Machines) -> Panels:
    """One panel for each machine: of each network's hours, how many train and how many compare."""
    figures, labels = {}, {}
    for name in (CORES, WORKSTATION, SERVER):
        shares = comparing_shares(works, known, name)
        figures[name] = _panel(name, shares)
        values = ", ".join(f"{network(each)} {percent(share, 0)}" for each, share in shares.items())
        labels[name] = f"{name}: share of the hours that comparing takes: {values}."
    colours = page_colours()
    legend = "".join(
        legend_entry(part, box_swatch([colours[colour]])) for part, colour in SHARES.items()
    )
    return Panels("costs", figures, labels, legend, colours)


def _panel(name: str, shares: Mapping[str, float]) -> Figure:
    figure, axes = panel(name, left=0.27, right=0.93)
    places = range(len(shares))
    comparing = np.array(list(shares.values()))
    parts = {"training": (0, 1 - comparing), "comparing": (1 - comparing, comparing)}
    for part, (left, width) in parts.items():
        axes.barh(places, width, left=left, height=0.6, color=SHARES[part], label=part)
    axes.set_yticks(places, [network(each) for each in shares])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_xlabel("share of the hours")
    return figure


def dominating(works: Mapping[str, Work], known: Machines) -> str:
    """What takes the time, machine by machine: a Markdown list."""
    lines = []
    for name in (CORES, WORKSTATION, SERVER):
        each = estimates(works, name, known)
        total = np.sum([one.total for one in each], axis=0).mean()
        dear = max(each, key=lambda one: one.total.mean())
        shares = comparing_shares(works, known, name)
        most = max(shares, key=lambda key: shares[key])
        lines.append(
            f"- **{machine(name, 1)}.** {network(dear.work.network)} takes "
            f"{percent(dear.total.mean() / total, 0)} of all hours. Comparing takes "
            f"{percent(sum(one.comparing_all for one in each).mean() / total, 0)} of them; most "
            f"for {network(most)}, with {percent(shares[most], 0)}."
        )
    null = [works[name].null_flop / works[name].further_flop for name in PAPER]
    lines.append(
        f"- **The null.** {percent(min(null), 0)} to {percent(max(null), 0)} of the arithmetic of "
        "a comparison is that of the random permutations. The paper has no null, and saves this."
    )
    waiting = [
        network(name)
        for name in PAPER
        if (known[SERVER].launching(works[name]) > known[SERVER].arithmetic(works[name])).any()
    ]
    if waiting:
        lines.append(
            f"- **Launching.** {enumerate_words(waiting)} may keep an H200 waiting for the "
            "processor. Then a faster GPU changes nothing. Several jobs side by side on one GPU, "
            "or launches recorded once and replayed (CUDA graphs), would fill the gaps."
        )
    return "\n".join(lines)


def parallel(works: Mapping[str, Work], known: Machines) -> str:
    """How far more machines help, in sentences."""
    each = estimates(works, SERVER, known)
    runs = sum(one.work.runs for one in each)
    chain, total = (
        np.max([one.chain for one in each], axis=0),
        np.sum([one.total for one in each], axis=0),
    )
    eight = makespan(each, 8)
    return (
        f"The iterations of a run follow each other; the runs need nothing of each other. So at "
        f"most {runs} machines have work at a time, and the longest chain remains: a complete "
        f"network and one run, {span(chain, 1 / HOUR)} hours on an H200. Eight H200 are "
        f"{span(np.sort(total / eight))} times as fast as one."
    )


def own_study(results: Results) -> str:
    """What the study of these pages took, and how much of it was training."""
    jobs = [job for job in results.provenance["jobs"] if job["experiment"] in results.experiments]
    rows = results.performance[results.performance.experiment.isin(results.experiments)]
    spent, training = sum(job["seconds"] for job in jobs), rows.seconds.sum()
    return (
        f"The study of these pages took {number(spent / HOUR)} hours of job time for the paper's "
        f"three experiments, in {count(len(jobs), 'job')}; {percent(training / spent, 0)} of it "
        "was training."
    )


def measured(works: Mapping[str, Work], known: Machines, full: Results) -> str:
    """What an estimate for an H200 turned out to be, in sentences.

    Args:
        works, known: of the estimates.
        full: networks at the paper's scale. Their complete networks were trained with a GPU to
            themselves.
    """
    lines = []
    for name in full.experiments:
        jobs = [job for job in full.provenance["jobs"] if job["experiment"] == name]
        if not all(SERVER in job["device"] for job in jobs):
            continue
        work, setting = works[name], full.provenance["experiments"][name]
        guessed = estimate(work, SERVER, known).training / (work.epochs * work.train_images)
        trained = full.performance[full.performance.experiment == name]
        complete = trained[trained.iteration == 0]
        seconds = (complete.seconds / complete.epochs).mean() / setting["train_images"]
        low, high = guessed
        verdict = "less" if seconds < low else "more" if seconds > high else "within the range"
        lines.append(
            f"The complete {network(name)} has been trained on one since. We expected "
            f"{span(guessed, 1e6)} microseconds an image; it took {number(seconds * 1e6)}, "
            f"{verdict}, with a test after each epoch."
        )
    return " ".join(lines) or "None of the networks has been trained on one yet."


def imagenet_sizes(works: Mapping[str, Work]) -> str:
    """What of the representations fits, and what to accumulate instead; sentences."""
    work = works[IMAGENET]
    speedup = RESNET50_RATES[8] / RESNET50_RATES[1]
    times = (
        work.training_flop
        * work.trainings
        / sum(works[name].training_flop * works[name].trainings for name in PAPER)
    )
    return (
        f"One training of ResNet-50 is {count(work.epochs, 'epoch')} of "
        f"{count(work.train_images, 'image')}. Its grid of {work.runs} runs has "
        f"{number(times)} times the arithmetic of the paper's whole grid.\n\n"
        f"The largest layer has {work.largest:,} numbers an image: "
        f"{number(work.largest_bytes / 1e9)} GB for {count(work.probe_images, 'image')}, and "
        f"{number(work.all_bytes / 1e9)} GB for all {work.layers} layers. So they can't all stay. "
        f"Even the smallest map has {work.narrowest_map:,} numbers, more than there are images. So "
        "the kernel metrics take the side of the Gram matrices, "
        f"{number(8 * work.probe_images**2 / 1e9)} GB each, whatever the layer. The CCA family "
        f"takes second moments of the channels, at most {work.widest:,} x {work.widest:,}, "
        f"{number(8 * work.widest**2 / 1e6)} MB. Both are sums: over blocks of columns, or over "
        "batches of images.\n\n"
        f"Training one network on eight GPUs at once is about {speedup:.1f} times as fast as on "
        "one (the A100s of the table above). That shortens the chain by as much, and costs "
        f"{percent(8 / speedup - 1, 0)} more."
    )


def eigen_share(known: Machines) -> str:
    """The slowest rate of comparing on an H200, of its peak in float64."""
    best, worst = known[SERVER].comparing(1.0)
    return percent(best / worst)


def launch_span() -> str:
    """The assumed time of one launch, in microseconds."""
    return span(LAUNCH, 1e6)
