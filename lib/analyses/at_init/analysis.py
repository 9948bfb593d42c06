"""How far networks can be pruned before training: accuracy, collapse, densities, similarity."""

import pandas as pd

from ...book.claims.engine import NOT_MEASURED
from ...book.findings import Decided
from ...book.report import values
from ...book.report.format import number, spread
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.style import VISIBLE
from ...book.report.values import RUN_COLUMNS
from ...table_schemas import DENSITY, TableSchema
from .tables import COLLAPSE

SCORE_EXPERIMENTS = {
    words: f"vgg_svhn_{words.lower()}_to_collapse" for words in ("SynFlow", "magnitude", "random")
}
"""What a score is called -> its experiment."""

SCORE_AND_LEVEL = ["Score", "iteration"]

FEW = 0.01
"""Of the weights left: where the scores are compared."""


def pruned_at_init(study: Results) -> pd.DataFrame:
    """A row for each network, complete ones included, with what became of it.

    Returns:
        Index score, iteration, train_seed, run_seed. Columns of the table of
        performance, and `empty`, the number of layers without a weight, and `constant`,
        whether all images get the same answer: a layer is empty, no path is left, or
        all outputs are equal.
    """
    index = [*SCORE_AND_LEVEL, *RUN_COLUMNS]
    networks = _of_scores(study, "performance").set_index(index)
    networks["empty"] = networks.collapsed.fillna("").str.count("[^,]+")
    # the complete network, iteration 0, belongs to no run
    fate = _of_scores(study, COLLAPSE).set_index(index).reindex(networks.index)
    networks["constant"] = networks["empty"].gt(0) | fate.paths.eq(0) | fate.constant.eq(True)
    return networks


def _of_scores(study: Results, table: str | TableSchema) -> pd.DataFrame:
    """The rows of one table of the study, with the score in front."""
    rows = {score: study.of(experiment, table) for score, experiment in SCORE_EXPERIMENTS.items()}
    return pd.concat(rows, names=["Score"]).reset_index("Score")


def by_level(study: Results) -> pd.DataFrame:
    """Each score at each level of pruning; iteration 0 is the complete network.

    Returns:
        Index score, iteration. Columns `left`, the fraction of the weights; `accuracy`,
        the mean over initial networks, and `sd`, their standard deviation; `empty`, the
        mean number of empty layers; `constant`, how many of the `networks` are.
    """
    each = pruned_at_init(study)
    levels = each.groupby(SCORE_AND_LEVEL, sort=False)
    accuracy = each.groupby([*SCORE_AND_LEVEL, "train_seed"], sort=False).accuracy.mean()
    over_networks = accuracy.groupby(SCORE_AND_LEVEL, sort=False)
    return pd.DataFrame(
        {
            "left": levels.remaining.mean(),
            "accuracy": over_networks.mean(),
            "sd": over_networks.std(),
            "empty": levels["empty"].mean(),
            "constant": levels.constant.sum(),
            "networks": levels.size(),
        }
    )


def pruned_levels(levels: pd.DataFrame) -> pd.DataFrame:
    """The levels of `by_level` without the complete networks."""
    return levels.drop(index=0, level="iteration")


def level_table(levels: pd.DataFrame) -> pd.DataFrame:
    """`by_level` as texts, in percent; the complete network, the same for all scores, once."""
    complete = levels.xs(0, level="iteration").iloc[:1].set_axis(["complete network"])
    shown = pd.concat([complete, pruned_levels(levels).droplevel("iteration")])
    accuracy = [
        spread(100 * mean, 100 * sd, 1) for mean, sd in zip(shown.accuracy, shown.sd, strict=True)
    ]
    constant = [
        f"{count:.0f} of {total}"
        for count, total in zip(shown.constant, shown.networks, strict=True)
    ]
    columns = {
        "Left, %": 100 * shown.left,
        "Accuracy, %": accuracy,
        "Empty layers": shown["empty"],
        "Constant": constant,
    }
    return pd.DataFrame(columns, index=shown.index.rename("Score"))


def accuracy_where_few_are_left(levels: pd.DataFrame) -> dict[str, str]:
    """{score: accuracy in percent} with about `FEW` of the weights left, a dash without one."""
    few = pruned_levels(levels)
    few = few[(few.left / FEW - 1).abs() < 0.05].droplevel("iteration").accuracy
    return {score: number(100 * few.get(score, float("nan")), 1) for score in SCORE_EXPERIMENTS}


def densities(study: Results, levels: pd.DataFrame) -> pd.DataFrame:
    """The share of each layer's weights that a score leaves, in percent, where few are left in all.

    Returns:
        Index the layer, a column for each score; no rows where no densities were kept.
    """
    table = study.table(DENSITY)
    columns = {}
    for score, experiment in SCORE_EXPERIMENTS.items():
        level = (pruned_levels(levels).left[score] - FEW).abs().idxmin()
        rows = table[(table.experiment == experiment) & (table.iteration == level)]
        sums = rows.groupby("parameter", sort=False)[["survivors", "weights"]].sum()
        columns[score] = 100 * sums.survivors / sums.weights
    shares = pd.DataFrame(columns).rename(index=lambda name: name.removesuffix(".conv.weight"))
    return shares.rename_axis("Layer")


def similarities(study: Results, levels: pd.DataFrame) -> pd.DataFrame:
    """SVCCA and CKA with the complete network, and their nulls, means over the hidden layers.

    Returns:
        Index score, iteration; NaN where a network is constant: behind the cut, all
        images give the same.
    """
    rows = {
        score: _similarities(study, experiment) for score, experiment in SCORE_EXPERIMENTS.items()
    }
    similar = pd.concat(rows, names=["Score"])
    below = pruned_levels(levels)
    similar = similar.mask(below.constant.gt(0).reindex(similar.index))
    similar.insert(0, "Left, %", 100 * below.left)
    return similar


def _similarities(study: Results, experiment: str) -> pd.DataFrame:
    hidden = values.hidden(study, experiment)
    columns = {}
    for metric in ("svcca", "cka"):
        for head, column in (("", "value"), (": null", "null_mean")):
            over_layers = values.curves(study, experiment, metric, column=column)[hidden]
            columns[METRICS[metric] + head] = over_layers.mean(axis=1)
    return pd.DataFrame(columns)


def course(table: pd.DataFrame, score: str, metric: str) -> Decided:
    """Whether a metric rises or falls as fewer weights are left.

    Args:
        table: of `similarities`.
        score: one of `SCORE_EXPERIMENTS`.
        metric: its title.
    """
    line = table.loc[score, metric].dropna()
    key = f"at-init-{metric}-{score}-course".lower()
    words = f"{metric} with {score}, with the most weights left and with the fewest"
    if len(line) < 2:
        return Decided(key, words, NOT_MEASURED, NOT_MEASURED)
    change = line.iloc[-1] - line.iloc[0]
    verdict = "about level"
    if abs(change) > VISIBLE:
        verdict = "rises" if change > 0 else "falls"
    return Decided(key, words, f"{number(line.iloc[0])}, {number(line.iloc[-1])}", verdict)
