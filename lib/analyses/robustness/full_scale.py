"""Networks of the paper's width beside slim ones."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pandas as pd

from ...book import claims
from ...book.claims import equal, readings
from ...book.claims.engine import NOT_MEASURED
from ...book.findings import Decided
from ...book.report import values
from ...book.report.figure import LayerFigure
from ...book.report.format import percent, signed
from ...book.report.names import METRICS, title
from ...book.report.results import Results
from ...book.report.scale import short_width
from ...book.report.statistics import Interval
from ...book.report.statistics import interval as over_networks
from ...data_sets import KNOWN
from ..accuracy.analysis import accuracy_summary
from ..contrast.analysis import at_scales
from ..each_network import directions
from ..main_paper.claims import OUR_CONTROLS, PAPER_CLAIMS

AT_FULL_SCALE, ON_OTHER_PAGES = "full scale", "other pages"
"""The two scales, as heads of columns."""


def change_of_accuracy(study: Results, experiment: str) -> float:
    """Percentage points of test accuracy by which pruning has changed the complete networks."""
    accuracy = 100 * values.accuracy(study, experiment)["mean"]
    return float(accuracy.iloc[-1] - accuracy.iloc[0])


def decided_accuracy_kept(full: Results, study: Results) -> list[Decided]:
    """Whether networks of the paper's scale keep their accuracy better, by the means alone."""
    found = []
    for name in full.experiments:
        there, here = change_of_accuracy(full, name), change_of_accuracy(study, name)
        found.append(
            Decided(
                f"full-scale-accuracy-{name.replace('_', '-')}",
                f"{full.network(name)} loses less accuracy by pruning at the paper's scale",
                f"{signed(there, 1)} points there, {signed(here, 1)} on the other pages",
                "higher" if there > here else "not higher",
            )
        )
    return found


def beyond_training_by_svcca(study: Results, experiment: str) -> Interval:
    """Similarity at the end of pruning, minus that after training alone."""
    last = int(values.remaining(study, experiment).index[-1])
    return equal.similarity(study, experiment, "svcca", last, minus="trained_on")


_BEYOND_TRAINING = {
    "directions": (
        "mean CCA of {} with lost directions as 0,",
        "mean_cca",
        directions.beyond_training,
    ),
    "training": ("SVCCA of {}", "svcca", beyond_training_by_svcca),
}
"""Part of a key -> of what networks, by which metric, and its difference from training alone."""


def adds_to_training(full: Results, study: Results) -> list[Decided]:
    """Whether pruning moves networks further than training alone, at each scale.

    By SVCCA, and by mean CCA where a direction that was lost counts as 0. A single network has no
    interval, so its mean decides. The margin is that of the slim networks, since no others were
    trained independently of each other.
    """
    found = []
    for (part, (words, metric, difference)), name in product(
        _BEYOND_TRAINING.items(), full.experiments
    ):
        margin = equal.margin(study, name, metric)
        about = f"{words.format(full.network(name))} at the end of pruning, minus that after"
        for scale, where in (("full", full), ("slim", study)):
            beyond = difference(where, name)
            key = f"full-scale-{part}-{name.replace('_', '-')}-{scale}"
            about_scale = f"{about} training alone, {scale} networks"
            measured = f"{signed(beyond.mean)} ({beyond.n})"
            found.append(Decided(key, about_scale, measured, by_its_mean(beyond, margin)))
    return found


def lost_directions(study: Results, full: Results) -> pd.DataFrame:
    """Mean CCA of pruned networks minus that after training alone, at each width, in two readings.

    Returns:
        A row for each network and width with a control; cells are texts, and differences have
        intervals over complete networks.
    """
    rows = {}
    for network in study.experiments:
        for width, (where, name) in at_scales(network, study, full).items():
            alone = f"{name}_trained_on"
            if alone in where.variants:
                left = directions.by_network(where, name, "value")
                usual = left - directions.by_network(where, alone, "value")
                rows[f"{study.network(network)}, {short_width(width)}"] = {
                    "Directions left, pruned": percent(directions.share_kept(where, name), 0),
                    "Left, trained as long": percent(directions.share_kept(where, alone), 0),
                    "Mean CCA": over_networks(usual.mean(axis="columns")).text(sign=True),
                    "Lost ones as 0": directions.beyond_training(where, name).text(sign=True),
                    "Networks": str(len(left)),
                }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, width")


def by_its_mean(difference: Interval, margin: float) -> str:
    """The verdict on a difference; that of a single network is decided by its mean."""
    if difference.n == 1:
        difference = Interval(difference.mean, difference.mean, difference.mean, 1)
    return equal.verdict(difference, margin)


def similarity_table(scales: Mapping[str, Results], full: Results) -> pd.DataFrame:
    """Mean similarity of the hidden layers at the end, after pruning and after training alone.

    Returns:
        A row for each network of the paper's scale, metric and scale.
    """
    rows = {}
    for name in full.experiments:
        hidden = values.hidden(full, name)
        for metric in ("svcca", "cka"):
            for scale, study in scales.items():
                alone = values.control(study, name, "trained_on", metric)
                pruned = values.curves(study, name, metric).iloc[-1]
                rows[f"{full.network(name)}, {METRICS[metric]}, {scale}"] = {
                    "Pruned": pruned[hidden].mean(),
                    "Trained as long": alone[hidden].mean(),
                }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def accuracies_at_both(scales: Mapping[str, Results], full: Results) -> pd.DataFrame:
    """Accuracies at each scale as texts; a row for each network of the paper's scale and scale."""
    rows = {}
    for name in full.experiments:
        for scale, study in scales.items():
            runs = study.settings(name)["runs"]
            rows[f"{full.network(name)}, {scale}"] = {
                **accuracy_summary(study, name),
                "Networks": len({train_seed for train_seed, _ in runs}),
                "Runs": len(runs),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def image_table(full: Results) -> pd.DataFrame:
    """How many images networks of the paper's scale were trained and compared on."""
    rows = {}
    for name in full.experiments:
        setting = full.settings(name)
        known = KNOWN.get(setting["dataset"])
        rows[full.network(name)] = {
            "Training images": f"{setting['train_images']:,}",
            "In the paper": f"{known.images[0]:,}" if known else "-",
            "Compared on": f"{setting['probe_images']:,}",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def draw_layers(figure: LayerFigure, full: Results, experiment: str, metric: str) -> None:
    """A metric over the layers, in a panel: a line for each iteration, and the null."""
    order = values.layers(full, experiment)
    axes = figure.panel(title(METRICS, metric), order=order)
    remaining = values.remaining(full, experiment)
    figure.draw_iterations(axes, values.curves(full, experiment, metric), remaining)
    figure.draw_null(axes, values.null(full, experiment, metric))


def claims_at_both(full: Results, study: Results) -> pd.DataFrame:
    """The claims that could be measured at both scales, as `readings.decide_again` returns them.

    Returns:
        One more column `side`: on which side of its bound the mean lies at the paper's scale.
    """
    at_full_scale = readings.SensitivityAnalysis(
        "Full scale", "the networks at the paper's scale", lambda _: full
    )
    here = claims.evaluate(study, (*PAPER_CLAIMS, *OUR_CONTROLS))
    pairs = readings.decide_again(study, here, [at_full_scale])
    pairs = pairs[(pairs.declared != NOT_MEASURED) & (pairs.verdict != NOT_MEASURED)]
    words = {True: "Mean on the claim's side", False: "Mean on the other side"}
    return pairs.assign(side=pairs.on_its_side.map(words))


def claim_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """What was measured of each claim at both scales, as texts.

    Args:
        pairs: as `claims_at_both` returns them.
    """
    table = pd.DataFrame(
        {
            "Claim": pairs.claim,
            "Asked for": pairs.bound,
            "Other pages": pairs.measured + ": " + pairs.declared.map(readings.CELLS),
            "Full scale": pairs.measured_so + ": " + pairs.verdict.map(readings.CELLS),
            "At full scale": pairs.side,
        }
    )
    return table.set_index("Claim")
