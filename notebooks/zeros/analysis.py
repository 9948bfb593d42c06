"""Scales with different zeros, and what they say of answers.

A condition is a kind (network, regime and role) and an iteration. Tables have a row for each, and
a column for each metric; similarities are means over hidden layers.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from lib.report import (
    FEWEST,
    MATRIX,
    NETWORK,
    jackknife_intervals,
    original_and_strangers,
    relative_similarity,
    shares_of_variance,
    significant,
    spread,
)

COMPLETE = ["network", "regime"]  # whose complete networks stand beside each other
KIND = [*COMPLETE, "role"]
CONDITION = [*KIND, "iteration"]
UNPRUNED = [*COMPLETE, "metric", NETWORK]
SQUARED = ("cka_debiased", "cka_rbf", "mean_cca", "linear_regression", "rsa")
DISTANCES = ("knn_overlap", "procrustes")
"""Metrics that are 1 minus a squared distance, as the paper's four are, and 1 minus a distance."""

ZEROS = ("none", "shuffled", "unpruned", "strangers")
"""Names of zeros of the scale, as in the rules (`experiments`)."""

BOUNDS = {
    **dict.fromkeys(("correlation", "least", "at equal sparsity", "apart", "raw answers"), (-1, 1)),
    "metric": (0, 1),
    "line": (0, np.inf),
}
"""Measure -> the least and the largest number that there can be; others are differences."""

ROUNDING = 1e-9
"""Less is what the order of a sum changes."""

AT_EQUAL_SPARSITY = ("at equal sparsity", "metric", "below")
"""Measures of pruned networks that share their sparsity with others."""

Tables = dict[str, pd.DataFrame]
"""{zero: similarities on its scale}."""


def over_layers(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table `descent`, `similarity` or `zeros`: means over hidden layers.

    Columns `value`, and `null_mean` and `against` where there are any, and the networks compared.
    """
    pair = [*CONDITION, "metric", NETWORK, "other_seed", "against"]
    numbers = [name for name in ("value", "null_mean") if name in rows]
    hidden = rows[rows.kind != "out"]
    by_pair = hidden.groupby([name for name in pair if name in rows], dropna=False)
    return by_pair[numbers].mean().reset_index()


def published(descent: pd.DataFrame, similarity: pd.DataFrame) -> pd.DataFrame:
    """Similarity to the original, and each zero, from tables of a published study.

    Args:
        descent: by the paper's metrics, `over_layers`.
        similarity: of the same networks, their complete networks with each other among them.

    Returns:
        Columns `own` and the zeros; index of `CONDITION`, metric and complete network. The
        shuffled images are those of the last iteration, where alone they were measured.
    """
    own, strangers = original_and_strangers(descent)
    at_the_end = similarity.groupby(KIND).iteration.transform("max")
    last = similarity[(similarity.iteration == at_the_end) & (similarity.role != "complete")]
    shuffled = last.groupby([*KIND, "metric", NETWORK]).null_mean.mean()
    unpruned = similarity.query("role == 'complete' and iteration == 0")
    return _beside(own, strangers, shuffled, _of_each_pair(unpruned))


def measured(zeros: pd.DataFrame) -> pd.DataFrame:
    """The same from the table `zeros`, and the column `pruned strangers`.

    Args:
        zeros: `over_layers`.
    """
    complete = zeros.query("against == 'complete'")
    own, strangers = original_and_strangers(complete.query("iteration > 0"))
    of_network = [*CONDITION, "metric", NETWORK]
    shuffled = zeros.query("against == 'shuffled'").groupby(of_network).value.mean()
    unpruned = complete.query("iteration == 0")  # several ways to prune share them
    found = _beside(own, strangers, shuffled.droplevel("iteration"), _of_each_pair(unpruned))
    alike = zeros.query("against == 'pruned'").groupby(of_network).value.mean()
    return found.assign(**{"pruned strangers": alike.reindex(found.index)})


def _of_each_pair(rows: pd.DataFrame) -> pd.Series:
    """Of each complete network, its mean similarity to the others; each pair counts for both."""
    swapped = rows.assign(**{NETWORK: rows.other_seed, "other_seed": rows[NETWORK]})
    both = pd.concat([rows, swapped]).astype({NETWORK: "int64", "other_seed": "int64"})
    return both.groupby(UNPRUNED).value.mean()


def _beside(
    own: pd.Series, strangers: pd.Series, shuffled: pd.Series, unpruned: pd.Series
) -> pd.DataFrame:
    """All as columns, for each network of `own`."""
    frame = pd.DataFrame({"own": own, "none": 0.0, "strangers": strangers})
    for name, numbers in {"shuffled": shuffled, "unpruned": unpruned}.items():
        levels = list(numbers.index.names)
        at = pd.MultiIndex.from_arrays([own.index.get_level_values(x) for x in levels])
        frame[name] = numbers.reindex(at).to_numpy()
    order = [*CONDITION, "metric", NETWORK]
    return frame.reorder_levels(order).sort_index()


def on_scales(found: pd.DataFrame) -> Tables:
    """(own - zero) / (1 - zero) of each network, averaged over networks, for each zero.

    A condition, or a metric, that is undefined throughout is left out.
    """
    tables = {}
    for zero in found.columns.drop("own"):
        value = relative_similarity(found.own, found[zero])
        table = value.groupby([*CONDITION, "metric"]).mean().unstack("metric")
        tables[zero] = table.dropna(how="all").dropna(axis=1, how="all")
    return tables


def relative_answers(decisions: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Of each condition, relative answers, and the share of answers that are the original's.

    Both are means over networks; relative answers are (own - strangers) / (1 - strangers).
    """
    same = decisions.query("quantity == 'flipped' and iteration > 0")
    own, strangers = original_and_strangers(same.assign(value=1 - same.value))
    return tuple(
        each.groupby(CONDITION).mean() for each in (relative_similarity(own, strangers), own)
    )


def shares_at_equal_sparsity(table: pd.DataFrame) -> pd.Series:
    """Shares of the variance due to combination, metric, and interaction, at equal weights left.

    The sums of squares of each share of weights, around its own mean, are added up over
    shares of weights that two kinds or more have.

    Args:
        table: `iteration` in the index is the share of weights left.
    """
    shares = [rows for _, rows in table.groupby(level="iteration") if len(rows) > 1]
    parts = [shares_of_variance(x) * x.stack().var(ddof=0) * x.size for x in shares]
    parts = pd.DataFrame(parts, columns=["combination", "metric", "interaction"]).sum(min_count=1)
    return parts / parts.sum(min_count=1)


def correlation(table: pd.DataFrame, answers: pd.Series) -> float:
    """Pearson's correlation of the values of all metrics together with answers."""
    answered = answers.reindex(table.index).to_numpy()
    return float(np.corrcoef(table.to_numpy().ravel(), np.repeat(answered, table.shape[1]))[0, 1])


def of_each_metric(table: pd.DataFrame, answers: pd.Series) -> pd.Series:
    """The same of each metric alone."""
    return table.apply(lambda values: values.corr(answers))


def correlation_at_equal_sparsity(table: pd.DataFrame, answers: pd.Series) -> float:
    """The same of deviations from the mean over conditions and metrics of a share of weights.

    NaN where no two kinds have the same share.

    Args:
        table: `iteration` in the index is the share of weights left, which several kinds have.
    """
    shared = table[table.groupby(level="iteration").transform("size") > 1]
    if shared.empty:
        return np.nan
    centre = shared.mean(axis=1).groupby(level="iteration").transform("mean")
    answered = answers.reindex(shared.index)
    deviation = answered - answered.groupby(level="iteration").transform("mean")
    return correlation(shared.sub(centre, axis=0), deviation)


def line_errors(
    table: pd.DataFrame,
    answers: pd.Series,
    fitted_to: pd.DataFrame | None = None,
    answered: pd.Series | None = None,
) -> pd.DataFrame:
    """The mean absolute error of answers that a line predicts which was fitted to another metric.

    Args:
        table, answers: the conditions that are predicted.
        fitted_to, answered: those that the lines are fitted to; the same by default.

    Returns:
        A row for each metric that a line is fitted to, a column for each that it is used with; NaN
        where fewer than three conditions are defined.
    """
    fitted_to = table if fitted_to is None else fitted_to
    answered = answers if answered is None else answered
    x, y = fitted_to.to_numpy(), answered.reindex(fitted_to.index).to_numpy()
    here = answers.reindex(table.index).to_numpy()[:, None]
    errors = {}
    for i, metric in enumerate(fitted_to):
        defined = np.isfinite(x[:, i]) & np.isfinite(y)
        line = np.polyfit(x[defined, i], y[defined], 1) if defined.sum() > 2 else (np.nan, np.nan)
        missed = np.abs(np.polyval(line, table.to_numpy()) - here)
        errors[metric] = pd.DataFrame(missed, columns=table.columns).mean()
    return pd.DataFrame(errors).T


def exchanged(
    table: pd.DataFrame, statistic: Callable[[pd.DataFrame], float], draws: int = 500
) -> np.ndarray:
    """A statistic of tables whose values were dealt out anew among kinds.

    Each metric's numbers of one share of weights left change places by themselves, so that all
    metrics fall as they do, and agree on nothing else.
    """
    rng = np.random.default_rng(0)
    rows = table.groupby(level="iteration").indices.values()
    found = []
    for _ in range(draws):
        values = table.to_numpy().copy()
        for at in rows:
            values[at] = rng.permuted(values[at], axis=0)
        found.append(statistic(pd.DataFrame(values, table.index, table.columns)))
    return np.array(found)


def shares_left(performance: pd.DataFrame) -> pd.Series:
    """The share of weights left of each condition, as text such as `33 %`."""
    remaining = performance.query("iteration > 0").groupby(CONDITION).remaining.mean()
    return remaining.map(lambda share: f"{significant(100 * share)} %")


def at_shares_of_pruned(table: pd.DataFrame, left: pd.Series) -> pd.DataFrame:
    """The rows of pruned networks, with the share of weights left as `iteration`.

    Args:
        left: of `shares_left`.
    """
    pruned = table.drop(index="trained_as_long", level="role", errors="ignore")
    keys = [(*at[:-1], left[at]) for at in pruned.index]
    return pruned.set_axis(pd.MultiIndex.from_tuples(keys, names=CONDITION))


def measures(found: pd.DataFrame, decisions: pd.DataFrame, left: pd.Series) -> pd.Series:
    """What the rules (h) and (i) of `experiments` bound; index `measure`, `zero`.

    `correlation` with relative answers, of all metrics together; `least`, of one metric alone; `at
    equal sparsity`, of pruned networks; `raw answers`, with those; `line`, the largest error of
    `line_errors`; `metric`, the shares of the metric and of its interaction together, at equal
    sparsity. `beyond` is the correlation with strangers as zero minus that with another zero, and
    `below` the share with strangers minus that with another, over the conditions that both have.
    A condition in which a metric is undefined is left out.

    Args:
        found: of `published` or `measured`.
        left: of `shares_left`.
    """
    answers, raw = relative_answers(decisions)
    rows = {}
    tables = {zero: table.dropna() for zero, table in on_scales(found).items()}
    for zero, table in tables.items():
        pruned = at_shares_of_pruned(table, left)
        of_pruned = at_shares_of_pruned(answers.to_frame("same"), left).same
        rows["correlation", zero] = correlation(table, answers)
        rows["raw answers", zero] = correlation(table, raw)
        rows["least", zero] = of_each_metric(table, answers).min()
        rows["at equal sparsity", zero] = correlation_at_equal_sparsity(pruned, of_pruned)
        rows["line", zero] = line_errors(table, answers).to_numpy().max()
        rows["metric", zero] = 1 - shares_at_equal_sparsity(pruned).combination
    for zero, table in tables.items():
        if zero != "strangers":
            both = [x.loc[table.index.intersection(x.index)] for x in (tables["strangers"], table)]
            of_strangers, of_zero = (correlation(x, answers) for x in both)
            rows["beyond", zero] = of_strangers - of_zero
            shares = (shares_at_equal_sparsity(at_shares_of_pruned(x, left)) for x in both)
            of_strangers, of_zero = (1 - x.combination for x in shares)
            rows["below", zero] = of_strangers - of_zero
    return pd.Series(rows).rename_axis(["measure", "zero"]).sort_index()


def strangers_apart(pairs: pd.DataFrame, decisions: pd.DataFrame) -> float:
    """The correlation of relative similarity and relative answers that have different strangers.

    Similarity has one half of the strangers and answers have the other; the correlation is the mean
    of this and the reverse. A half of two strangers is one, of four the two next seeds. NaN where a
    network has one stranger alone, as two networks have. A condition in which a metric is undefined
    is left out.

    Args:
        pairs: similarities to complete networks after some pruning, `over_layers`.
    """
    if (pairs.groupby(COMPLETE)[NETWORK].nunique() < 3).any():
        return np.nan
    correlations = []
    for first in (True, False):
        own, strangers = original_and_strangers(_with_half(pairs, first))
        found = pd.DataFrame({"own": own, "strangers": strangers})
        table = on_scales(found.reorder_levels([*CONDITION, "metric", NETWORK]))["strangers"]
        answers, _ = relative_answers(_with_half(decisions, not first))
        correlations.append(correlation(table.dropna(), answers))
    return sum(correlations) / 2


def _with_half(rows: pd.DataFrame, first: bool) -> pd.DataFrame:
    """The rows beside the original, and beside one half of the strangers."""
    of_kind = rows.groupby(COMPLETE)
    networks = of_kind[NETWORK].transform("nunique")
    place, other = (of_kind[seed].rank(method="dense") for seed in (NETWORK, "other_seed"))
    after = (other - place) % networks
    in_first = after <= (networks - 1) // 2
    return rows[(after == 0) | (in_first == first)]


def of_unseen(
    rows: pd.DataFrame,
    decisions: pd.DataFrame,
    left: pd.Series,
    fitted_to: pd.DataFrame,
    answered: pd.Series,
) -> pd.Series:
    """`measures` of networks for which rules were written, and `apart`, of `strangers_apart`.

    Args:
        rows: the table `zeros`, `over_layers`, by the paper's metrics.
        left: of `shares_left`.
        fitted_to, answered: the conditions to which the lines of `line` are fitted.
    """
    found = measured(rows).drop(columns="pruned strangers")  # which decide nothing
    answers, _ = relative_answers(decisions)
    numbers = measures(found, decisions, left).drop("line", level="measure")
    defined = on_scales(found)["strangers"].dropna()
    errors = line_errors(defined, answers, fitted_to, answered)
    numbers["line", "strangers"] = errors.to_numpy().max()
    pairs = rows.query("against == 'complete' and iteration > 0")
    numbers["apart", "strangers"] = strangers_apart(pairs, decisions)
    return numbers


def beside_four(relative: pd.DataFrame) -> pd.DataFrame:
    """Where further metrics lie beside the paper's four, for the rule (j).

    Args:
        relative: a column for each metric.

    Returns:
        Columns (`outside`, metric), how far it lies outside the range of the four, and (`above`,
        metric), how far above the lowest of the four, negative below.
    """
    four, further = relative[list(MATRIX)], relative.drop(columns=list(MATRIX))
    lowest, highest = four.min(axis=1), four.max(axis=1)
    above = further.sub(lowest, axis=0)
    outside = (-above).clip(lower=0) + further.sub(highest, axis=0).clip(lower=0)
    return pd.concat({"outside": outside, "above": above}, axis=1)


def further_metrics(found: pd.DataFrame) -> pd.Series:
    """What the rule (j) bounds, mean over conditions; index `measure`, `metric`.

    `outside` and `above` are those of `beside_four`; `squared` is `outside` of `DISTANCES`, squared.

    Args:
        found: of `measured`, by all metrics.
    """
    values = found[["own", "strangers"]]
    distances, squares = values.index.isin(DISTANCES, level="metric"), values.copy()
    squares[distances] = 1 - (1 - values[distances]) ** 2
    beside, of_squares = (beside_four(on_scales(x)["strangers"]).mean() for x in (values, squares))
    parts = {
        "outside": beside["outside"],
        "above": beside["above"],
        "squared": of_squares["outside"].reindex(DISTANCES),
    }
    return pd.concat(parts, names=["measure", "metric"])


def disagreement(found: pd.DataFrame) -> pd.Series:
    """What the rule (k) bounds: how far the four metrics lie apart, mean over iterations.

    Args:
        found: of `measured`, of one network that has a control, by the paper's metrics.

    Returns:
        Index `measure`: `pruned`, `control`, and `beyond half`, the latter minus half the former.
    """
    apart = spread(on_scales(found[["own", "strangers"]])["strangers"].T).groupby("role").mean()
    pruned, control = (apart.get(role, np.nan) for role in ("pruned", "trained_as_long"))
    rows = {"pruned": pruned, "control": control, "beyond half": control - pruned / 2}
    return pd.Series(rows).rename_axis("measure")


def on_channels_alone(rows: pd.DataFrame, on_channels: pd.DataFrame) -> pd.Series:
    """What the rule (m) bounds: how far the four metrics lie apart, mean over iterations.

    Args:
        rows: the table `zeros`, `over_layers`, by the paper's metrics, of one network.
        on_channels: the table of this name, `over_layers`, of the same network.

    Returns:
        Index `measure`: `own matrices`, `one matrix`, and `beyond half`, the latter minus half the
        former.
    """
    theirs = rows.query("against == 'complete' and iteration > 0")
    alike = pd.concat([theirs[theirs.metric.map(MATRIX) == "channels"], on_channels])
    own_matrices, one_matrix = (
        disagreement(pd.DataFrame(dict(zip(("own", "strangers"), both, strict=True))))["pruned"]
        for both in map(original_and_strangers, (theirs, alike))
    )
    parts = {"own matrices": own_matrices, "one matrix": one_matrix}
    return pd.Series(parts | {"beyond half": one_matrix - own_matrices / 2}).rename_axis("measure")


def tilts(directions: pd.DataFrame, faintest: float = 1e-3) -> pd.Series:
    """The tilt of each layer of each network, as the rule (l) defines it.

    Args:
        directions: its table; at one place several strangers stand beside an original.
        faintest: the least variance that a direction has, as a share of its layer's.
    """
    key = [*CONDITION, NETWORK, "layer"]
    hidden = directions[directions.kind != "out"].assign(lost=lambda x: 1 - x.kept)
    is_original = hidden.other_seed == hidden[NETWORK]
    own = hidden[is_original].set_index([*key, "direction"])
    own = own[(own.variance >= faintest) & (own.lost > 0)]
    strangers = hidden[~is_original].groupby([*key, "direction"]).lost.mean()
    ratio = np.log(own.lost / strangers.reindex(own.index)).rename("ratio")
    both = pd.DataFrame({"ratio": ratio, "strength": np.log(own.variance)}).dropna()
    away = both - both.groupby(key).transform("mean")
    products = pd.DataFrame({"xy": away.ratio * away.strength, "xx": away.strength**2})
    sums = products.groupby(key).sum()
    return (sums.xy / sums.xx).where(sums.xx > 0)


def from_directions(directions: pd.DataFrame) -> pd.DataFrame:
    """Relative similarity by four metrics, as the means over directions of `expected` predict it.

    Args:
        directions: its table.

    Returns:
        Index of `CONDITION` and complete network; columns as of `expected`.
    """
    hidden = directions[directions.kind != "out"].assign(kept=lambda x: x.kept.clip(0, 1))
    pair = [*CONDITION, NETWORK, "other_seed"]
    predicted = {
        key: expected(layer.variance.to_numpy(), layer.kept.to_numpy())
        for key, layer in hidden.groupby([*pair, "layer"])
    }
    of_layers = pd.DataFrame(predicted).T.rename_axis([*pair, "layer"])
    means = of_layers.groupby(pair).mean()
    is_original = means.index.get_level_values(NETWORK) == means.index.get_level_values(pair[-1])
    own, strangers = (means[x].groupby(pair[:-1]).mean() for x in (is_original, ~is_original))
    return relative_similarity(own, strangers)


def decided(
    tables: dict[str, pd.DataFrame], of: Callable[[dict[str, pd.DataFrame]], pd.Series]
) -> pd.DataFrame:
    """Numbers with two intervals, as the rules want them.

    Args:
        tables: {name: rows}, `decisions` among them; a complete network, or a kind, is left out in
            all.
        of: the numbers, from the tables; the first level of their index is `measure`.

    Returns:
        Index `without` (`network` or `kind`), and that of the numbers; columns of
        `jackknife_intervals`.
    """
    whole, decisions = of(tables), tables["decisions"]
    networks = decisions[[*COMPLETE, NETWORK]].drop_duplicates()
    kinds = decisions[KIND].drop_duplicates()
    # of fewer there is no interval; and without one of two networks there are no strangers
    enough = networks.groupby(COMPLETE)[NETWORK].transform("size") >= FEWEST
    undefined = pd.Series(np.nan, whole.index)
    without = {"network": [], "kind": []}
    for (*complete, seed), defined in zip(networks.itertuples(index=False), enough, strict=True):
        rest = {name: _without(rows, *complete, seed) for name, rows in tables.items()}
        numbers = of(rest) if defined else undefined
        without["network"].append(numbers.rename(tuple(complete)))
    for kind in kinds.itertuples(index=False):
        rest = {
            name: rows[~pd.MultiIndex.from_frame(rows[KIND]).isin([tuple(kind)])]
            for name, rows in tables.items()
        }
        numbers = of(rest) if len(kinds) >= FEWEST else undefined
        without["kind"].append(numbers.rename(("all", "kinds")))
    frames = {}
    for what, series in without.items():
        each = pd.DataFrame(series)
        each.index = pd.MultiIndex.from_tuples(each.index)
        frames[what] = pd.concat(
            [_interval(whole[[number]], each[[number]]) for number in whole.index]
        )
    return pd.concat(frames, names=["without"])


def _interval(whole: pd.Series, each: pd.DataFrame) -> pd.DataFrame:
    """That of one number. At equal sparsity, controls and kinds that share none are no units."""
    measure = whole.index[0][0]
    moves = ~((each - whole).abs() < ROUNDING).all(axis=1)
    if measure in AT_EQUAL_SPARSITY and moves.any():
        each = each[moves]
    return jackknife_intervals(whole, each, *BOUNDS.get(measure, (-np.inf, np.inf)))


def _without(rows: pd.DataFrame, network: str, regime: str, seed: int) -> pd.DataFrame:
    """The rows in which one complete network is neither the original nor the other one."""
    of_kind = (rows.network == network) & (rows.regime == regime)
    return rows[~(of_kind & ((rows[NETWORK] == seed) | (rows.other_seed == seed).fillna(False)))]


def made_up(variances: np.ndarray, kept: np.ndarray, rows: int, seed: int) -> tuple:
    """Two representations, (rows, directions), of which the second keeps a part of the first.

    Args:
        variances: of the directions of both.
        kept: share of each direction's variance that the second one has from the first; the
            rest is replaced by as much noise.
    """
    rng = np.random.default_rng(seed)
    first, noise = rng.normal(size=(2, rows, len(variances)))
    second = np.sqrt(kept) * first + np.sqrt(1 - kept) * noise
    turned = np.linalg.qr(rng.normal(size=(len(variances),) * 2)).Q
    scale = np.sqrt(variances)
    return first * scale @ turned, second * scale @ turned


def expected(variances: np.ndarray, kept: np.ndarray) -> dict[str, float]:
    """What four metrics are for many rows of `made_up`: means over directions, with weights.

    The weight of a direction is its variance to the power of 0 (mean CCA, which SVCCA is among
    the leading directions), 1/2 (PWCCA), 1 (NBS) and 2 (CKA); CKA takes the mean of the share that
    is kept, and the others that of its square root, which is the correlation.
    """
    correlation = np.sqrt(kept)
    powers = {"mean_cca": 0, "pwcca": 0.5, "nbs": 1}
    means = {name: np.average(correlation, weights=variances**p) for name, p in powers.items()}
    return means | {"cka": np.average(kept, weights=variances**2)}


def lost_by(variances: np.ndarray, tilt: float, mean: float = 0.2) -> np.ndarray:
    """The share of each direction's variance that is replaced: in proportion to the variance to the
    power of `tilt`, with this mean, and at most 1."""
    lost = variances**tilt
    return np.minimum(mean * lost / lost.mean(), 1)


def dial(
    variances: np.ndarray, tilt: float, own: float = 0.2, strangers: float = 0.6
) -> dict[str, float]:
    """Relative similarity by four metrics, where pruning moved other directions than seeds did.

    Args:
        tilt: above 0 if the pruned network lost more of its strong directions, below 0 if more of
            its faint ones; strangers lost the same share of each.
        own, strangers: the share of variance that is replaced, mean over directions.
    """
    lost = lost_by(variances, tilt, own), np.full(len(variances), strangers)
    of_own, of_strangers = (expected(variances, 1 - x) for x in lost)
    return {name: float(relative_similarity(of_own[name], of_strangers[name])) for name in of_own}
