"""Networks trained to the end beside undertrained ones: accuracies, curves, and what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from ...book.claims.engine import Outcome
from ...book.findings import Decided
from ...book.report import values
from ...book.report.figure import INDEPENDENT, TRAINED_ON, LayerFigure
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.style import LAST
from ..contrast import one_scale
from ..each_network import beside
from ..each_network.analysis import DISAGREEING, compared_iteration
from ..frames import frame_of
from .experiments import BASES, CONTROLS, CONVERGED, UNDERTRAINED

REGIMES = {"trained to the end": CONVERGED, "undertrained": UNDERTRAINED}
"""What a regime is called -> {the paper's network: its experiment}."""

RULES = {
    "trained-enough": "One more training adds less than half a point",
    "costs": "Pruned to the end it is less accurate than trained as long",
    "adds-svcca": "By SVCCA, pruning takes it further than training does",
    "adds-cka": "By CKA, pruning takes it further than training does",
    "u-svcca": 'SVCCA forms a "U"',
    "u-cka": 'CKA forms a "U"',
}
"""End of a claim's key -> the claim in a few words."""


def networks_of(study: Results, regime: Mapping[str, str]) -> Results:
    """The study as if it had the networks of one regime alone, and their controls."""
    names = [name + end for name in regime.values() for end in ("", *(f"_{c}" for c in CONTROLS))]
    declared = study.provenance["experiments"]
    kept = {name: settings for name, settings in declared.items() if name in names}
    return replace(study, provenance={**study.provenance, "experiments": kept})


def accuracy_of_each(study: Results) -> pd.DataFrame:
    """Accuracy of each complete network, and of what became of it, as texts.

    Returns:
        Index network, regime and seed; after the complete network's own training, after one more
        whole training, after as many as pruning takes, and pruned to the end.
    """
    rows = {}
    for regime, experiments in REGIMES.items():
        for name in experiments.values():
            pruned = _by_seed(study, name)
            alone = _by_seed(study, f"{name}_trained_on")
            for seed in pruned.columns:
                rows[study.network(name), regime, int(seed)] = {
                    "Complete": percent(pruned[seed][0], 1),
                    "Once more": percent(alone[seed][1], 1),
                    "Trained as long": percent(alone[seed].iloc[-1], 1),
                    "Pruned to the end": percent(pruned[seed].iloc[-1], 1),
                }
    return frame_of(rows, "Network", "Regime", "Seed")


def _by_seed(study: Results, experiment: str) -> pd.DataFrame:
    """Test accuracy: index iteration, columns complete networks."""
    rows = study.of(experiment, "performance")
    return rows.groupby(["iteration", "train_seed"]).accuracy.mean().unstack()


def draw(figure: LayerFigure, study: Results, network: str) -> None:
    """A row of a figure: pruned to the end, trained as long, and independent, by each metric."""
    for metric in DISAGREEING:
        axes = figure.panel(METRICS[metric], order=values.layers(study, network))
        null = values.null(study, network, metric)
        figure.draw_null(axes, null, "null: images shuffled, \u00b1 2 sd")
        alone = values.curves(study, f"{network}_trained_on", metric).iloc[-1]
        figure.draw(axes, alone, "trained as long, never pruned", **TRAINED_ON)
        independent = values.control(study, network, "independent", metric)
        figure.draw(axes, independent, "trained independently", **INDEPENDENT)
        pruned = values.curves(study, network, metric).iloc[-1]
        figure.draw(axes, pruned, "pruned to the end", color=LAST, linewidth=2)


def verdicts(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Each rule in both regimes: index network and rule, a column for each regime, texts."""
    by_key = {outcome.claim.key: outcome for outcome in outcomes}
    rows = {}
    for base in BASES:
        for end, words in RULES.items():
            rows[base, words] = {
                regime: _decided(by_key[f"{experiments[base]}-{end}"])
                for regime, experiments in REGIMES.items()
            }
    return frame_of(rows, "Network", "Claim")


def _decided(outcome: Outcome) -> str:
    return f"{outcome.verdict}: {outcome.nearest.interval.text(sign=True)}"


def decided_beside(study: Results) -> list[Decided]:
    """Where pruned networks stand on one scale, and by layer and on average beside controls."""
    found = one_scale.decided_places(one_scale.places_on_scale(study), study)
    for network in study.experiments:
        when = compared_iteration(study, network)
        counts = beside.layer_counts(study, network, when)
        found += beside.decided_layers(counts, network)
        found += beside.decided_means(study, network, when)
    return found


def layers_beside(study: Results) -> pd.DataFrame:
    """How many layers are closer than in each control, at equal accuracy and at the end."""
    tables = {}
    for network in study.experiments:
        last = int(values.remaining(study, network).index[-1])
        for words, when in (
            ("equal accuracy", compared_iteration(study, network)),
            ("the end", last),
        ):
            counts = beside.layer_counts(study, network, when)
            tables[study.network(network), words] = beside.shown_counts(counts)
    return pd.concat(tables, names=["Network", "At"])


def means_beside(study: Results) -> pd.DataFrame:
    """Means over the hidden layers at equal accuracy, and differences from controls, as texts."""
    tables = {}
    for regime, experiments in REGIMES.items():
        for network in experiments.values():
            when = compared_iteration(study, network)
            tables[study.network(network), regime] = beside.beside_controls(study, network, when)
    return pd.concat(tables, names=["Network", "Regime"])
