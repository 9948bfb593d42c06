"""Scales with different zeros, and what they say of answers.

A condition is a kind (network, regime and role) and an iteration. Tables have a row for each, and
a column for each metric; similarities are means over hidden layers.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from lib.report import (
    FEWEST,
    MATRIX,
    NETWORK,
    jackknife_intervals,
    original_and_strangers,
    relative_similarity,
    significant,
    spread,
)

COMPLETE = ["network", "regime"]  # whose complete networks stand beside each other
KIND = [*COMPLETE, "role"]
CONDITION = [*KIND, "iteration"]
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

AT_EQUAL_SPARSITY = ("at equal sparsity", "metric", "below")
"""Measures of pruned networks that share their sparsity with others."""

Tables = dict[str, pd.DataFrame]
"""{name: rows}: `zeros`, `over_layers`, by the paper's metrics, and `decisions`, of the same
networks."""

Scales = dict[str, pd.DataFrame]
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


def as_zeros(descent: pd.DataFrame, similarity: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table `zeros`, from tables of a published study.

    Args:
        descent: by the paper's metrics, `over_layers`.
        similarity: the same of the same networks, their complete networks with each other among
            them. Shuffled images were measured in the last iteration alone.
    """
    last = similarity.iteration == similarity.groupby(KIND).iteration.transform("max")
    shuffled = similarity[last & (similarity.role != "complete")]
    shuffled = shuffled.assign(value=shuffled.null_mean, against="shuffled")
    unpruned = similarity.query("role == 'complete' and iteration == 0")
    return pd.concat([pd.concat([descent, unpruned]).assign(against="complete"), shuffled])


def measured(zeros: pd.DataFrame) -> pd.DataFrame:
    """Similarity to the original, and each zero, of each network.

    Args:
        zeros: the table of this name, `over_layers`.

    Returns:
        Columns `own`, the zeros, and `pruned strangers`; index of `CONDITION`, metric and complete
        network. The shuffled images are those of the one iteration in which they were measured.
    """
    complete = zeros.query("against == 'complete'")
    own, strangers = original_and_strangers(complete.query("iteration > 0"))
    of_network = [*CONDITION, "metric", NETWORK]
    found = pd.DataFrame({"own": own, "none": 0.0, "strangers": strangers})
    alike = zeros.query("against == 'pruned'").groupby(of_network)
    shuffled = zeros.query("against == 'shuffled'").groupby([*KIND, "metric", NETWORK])
    others = {
        "shuffled": shuffled.value.mean(),
        "unpruned": _of_each_pair(complete.query("iteration == 0")),  # several kinds share them
        "pruned strangers": alike.value.mean(),
    }
    for name, numbers in others.items():
        levels = [found.index.get_level_values(level) for level in numbers.index.names]
        found[name] = numbers.reindex(pd.MultiIndex.from_arrays(levels)).to_numpy()
    return found.reorder_levels(of_network).sort_index()


def _of_each_pair(rows: pd.DataFrame) -> pd.Series:
    """Of each complete network, its mean similarity to the others; each pair counts for both."""
    swapped = rows.assign(**{NETWORK: rows.other_seed, "other_seed": rows[NETWORK]})
    both = pd.concat([rows, swapped]).astype({NETWORK: "int64"})
    return both.groupby([*COMPLETE, "metric", NETWORK]).value.mean()


def on_scales(found: pd.DataFrame) -> Scales:
    """(own - zero) / (1 - zero) of each network, averaged over networks, for each zero.

    A condition, or a metric, that is undefined throughout is left out.
    """
    scaled = found.drop(columns="own").apply(lambda zero: relative_similarity(found.own, zero))
    means = scaled.groupby([*CONDITION, "metric"]).mean().unstack("metric")
    return {zero: means[zero].dropna(how="all").dropna(axis=1, how="all") for zero in scaled}


def relative_answers(decisions: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Of each condition, relative answers, and the share of answers that are the original's.

    Both are means over networks; relative answers are (own - strangers) / (1 - strangers).
    """
    same = decisions.query("quantity == 'flipped' and iteration > 0")
    own, strangers = original_and_strangers(same.assign(value=1 - same.value))
    return tuple(
        each.groupby(CONDITION).mean() for each in (relative_similarity(own, strangers), own)
    )


def at_equal_sparsity(table: pd.DataFrame) -> pd.DataFrame:
    """Deviations from the mean of all numbers of the same share of weights left.

    Rows whose share no other row has, or in which a metric is undefined, are left out: iterations
    of one kind whose shares are written alike stay, as kinds do.

    Args:
        table: `iteration` in the index is the share of weights left.
    """
    defined = table.dropna()
    shared = defined[defined.index.get_level_values("iteration").duplicated(keep=False)]
    return shared.sub(shared.mean(axis=1).groupby(level="iteration").transform("mean"), axis=0)


def shares_at_equal_sparsity(table: pd.DataFrame) -> pd.Series:
    """Shares of the variance due to combination, metric, and interaction, at equal weights left.

    Sums of squares over those of `at_equal_sparsity`.
    """
    away = at_equal_sparsity(table)
    means = away.groupby(level="iteration").transform("mean")
    total = (away**2).to_numpy().sum()
    combination = (away.mean(axis=1) ** 2).sum() * away.shape[1]
    metric = (means**2).to_numpy().sum()
    parts = {"combination": combination, "metric": metric}
    return pd.Series(parts | {"interaction": total - combination - metric}) / total


def share_of_metrics(table: pd.DataFrame) -> float:
    """Of the variance at equal weights left, what the metric and its interaction explain."""
    return 1 - shares_at_equal_sparsity(table).combination


def correlation(table: pd.DataFrame, answers: pd.Series) -> float:
    """Pearson's correlation of the values of all metrics together with answers.

    NaN of fewer than two conditions.
    """
    if len(table) < 2:
        return np.nan
    answered = answers.reindex(table.index).to_numpy()
    return float(np.corrcoef(table.to_numpy().ravel(), np.repeat(answered, table.shape[1]))[0, 1])


def correlation_at_equal_sparsity(table: pd.DataFrame, answers: pd.Series) -> float:
    """`correlation` of deviations of both, `at_equal_sparsity`; NaN where no two kinds share one."""
    away = at_equal_sparsity(table)
    answered = at_equal_sparsity(answers.reindex(away.index).to_frame("same"))
    return correlation(away, answered.same)


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


def shares_left(performance: pd.DataFrame) -> pd.Series:
    """The share of weights left of each condition, as text such as `33 %`."""
    remaining = performance.query("iteration > 0").groupby(CONDITION).remaining.mean()
    return remaining.map(lambda share: f"{significant(100 * share)} %")


def at_shares_of_pruned(table: pd.DataFrame, left: pd.Series) -> pd.DataFrame:
    """The rows of pruned networks, with the share of weights left as `iteration`.

    Args:
        table: or a Series, with `CONDITION` as index.
        left: of `shares_left`.
    """
    pruned = table[table.index.get_level_values("role") != "trained_as_long"]
    kinds = [pruned.index.get_level_values(level) for level in KIND]
    return pruned.set_axis(
        pd.MultiIndex.from_arrays([*kinds, left.loc[pruned.index]], names=CONDITION)
    )


def defined_scales(tables: Tables) -> Scales:
    """`on_scales` for `ZEROS`, in conditions that are defined by all metrics.

    With each zero, these are conditions that are defined with strangers as zero, too.
    """
    scales = on_scales(measured(tables["zeros"]))
    scales = {zero: scales[zero].dropna() for zero in ZEROS}
    both = scales["strangers"].index
    return {zero: table[table.index.isin(both)] for zero, table in scales.items()}


def measures(
    tables: Tables, left: pd.Series, lines: tuple[Scales, pd.Series] | None = None
) -> pd.Series:
    """What the rules (h) and (i) of `experiments` bound; index `measure`, `zero`.

    `correlation` with relative answers, of all metrics together; `least`, of one metric alone; `at
    equal sparsity`, of pruned networks; `raw answers`, with those; `line`, the largest error of
    `line_errors`; `metric`, of `share_of_metrics`. `beyond` is the correlation with strangers as
    zero minus that with another zero, and `below` the share with strangers minus that with
    another, over the conditions of the latter.

    Args:
        left: of `shares_left`.
        lines: scales and relative answers of the conditions that lines are fitted to; these
            themselves by default.
    """
    answers, raw = relative_answers(tables["decisions"])
    scales = defined_scales(tables)
    fitted_to, answered = lines or (scales, answers)
    of_pruned = at_shares_of_pruned(answers, left)
    numbers = {}
    for zero, table in scales.items():
        pruned = at_shares_of_pruned(table, left)
        errors = line_errors(table, answers, fitted_to[zero], answered)
        numbers["correlation", zero] = correlation(table, answers)
        numbers["raw answers", zero] = correlation(table, raw)
        of_each = table.corrwith(answers) if len(table) > 1 else pd.Series(dtype=float)
        numbers["least", zero] = of_each.min()
        numbers["at equal sparsity", zero] = correlation_at_equal_sparsity(pruned, of_pruned)
        numbers["line", zero] = errors.max(skipna=False).max(skipna=False)
        numbers["metric", zero] = share_of_metrics(pruned)
        if zero != "strangers":
            strangers = scales["strangers"].loc[table.index]
            of_strangers = share_of_metrics(at_shares_of_pruned(strangers, left))
            beyond = correlation(strangers, answers) - numbers["correlation", zero]
            numbers["beyond", zero] = beyond
            numbers["below", zero] = of_strangers - numbers["metric", zero]
    return pd.Series(numbers).rename_axis(["measure", "zero"]).sort_index()


def strangers_apart(tables: Tables) -> float:
    """The correlation of relative similarity and relative answers that have different strangers.

    Similarity has one half of the strangers and answers have the other; the correlation is the mean
    of this and the reverse. A half of two strangers is one, of four the two next seeds. NaN where a
    network has one stranger alone, as two networks have. A condition in which a metric is undefined
    is left out.
    """
    pairs = tables["zeros"].query("against == 'complete' and iteration > 0")
    if (pairs.groupby(COMPLETE)[NETWORK].nunique() < 3).any():
        return np.nan
    correlations = []
    for first in (True, False):
        own, strangers = original_and_strangers(_with_half(pairs, first))
        found = pd.DataFrame({"own": own, "strangers": strangers})
        table = on_scales(found.reorder_levels([*CONDITION, "metric", NETWORK]))["strangers"]
        answers, _ = relative_answers(_with_half(tables["decisions"], not first))
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

    `outside` and `above` are those of `beside_four`; `squared` is `outside` of `DISTANCES`, squared
    (the means over layers are).

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


def on_channels_alone(zeros: pd.DataFrame, on_channels: pd.DataFrame) -> pd.Series:
    """What the rule (m) bounds: how far the four metrics lie apart, mean over iterations.

    Args:
        zeros: its table, `over_layers`, by the paper's metrics, of one network.
        on_channels: the table of this name, `over_layers`, of the same network.

    Returns:
        Index `measure`: `own matrices`, `one matrix`, and `beyond half`, the latter minus half the
        former.
    """
    alike = zeros[zeros.metric.map(MATRIX) == "channels"]
    alike = pd.concat([alike, on_channels.assign(against="complete")])
    own, one = (disagreement(measured(x))["pruned"] for x in (zeros, alike))
    numbers = {"own matrices": own, "one matrix": one, "beyond half": one - own / 2}
    return pd.Series(numbers).rename_axis("measure")


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


def sharing(tables: Tables, left: pd.Series) -> dict[str, set[tuple]]:
    """The units of numbers at equal sparsity: what shares a share of weights left with another kind.

    Args:
        left: of `shares_left`.

    Returns:
        {zero: kinds, networks with their regimes, and networks that have one}.
    """
    units = {}
    for zero, table in defined_scales(tables).items():
        conditions = at_equal_sparsity(at_shares_of_pruned(table, left)).index
        units[zero] = {at[:many] for at in conditions for many in (1, 2, 3)}
    return units


def decided(
    tables: Tables, of: Callable[[Tables], pd.Series], units_of: Mapping[str, set[tuple]]
) -> pd.DataFrame:
    """`leaving_out` a `network`, a `kind`, and an `architecture` where there are several: this is
    the first level of the index, `without`."""
    several = tables["decisions"].network.nunique() > 1
    ways = ("network", "kind", "architecture") if several else ("network", "kind")
    found = {without: leaving_out(without, tables, of, units_of) for without in ways}
    return pd.concat(found, names=["without"])


def leaving_out(
    without: str,
    tables: Tables,
    of: Callable[[Tables], pd.Series],
    units_of: Mapping[str, set[tuple]] | None = None,
) -> pd.DataFrame:
    """Numbers with intervals, by leaving out a complete network, a kind or an architecture at a time.

    There is no interval with fewer than three kinds or architectures, or if a kind has fewer than
    three complete networks: without one of two, there are no strangers.

    Args:
        without: `network`, `kind` or `architecture`, which is left out in all tables.
        tables: {name: rows}, `decisions` among them.
        of: the numbers, from the tables; the first level of their index is `measure`.
        units_of: of `sharing`, for numbers at equal sparsity, where the last level of the index is
            `zero`; all units by default.

    Returns:
        The index of the numbers; columns of `jackknife_intervals`.
    """
    whole = of(tables)
    if without == "network":
        units = list(_without_networks(tables))
        groups = [unit for unit, _ in units]
    else:
        units = list(_without_each({"kind": KIND, "architecture": ["network"]}[without], tables))
        groups = [("all", "units")] * len(units)
    enough = min(Counter(groups).values(), default=0) >= FEWEST
    numbers = [of(rest).reindex(whole.index) for _, rest in units] if enough else np.nan
    each = pd.DataFrame(numbers, pd.MultiIndex.from_tuples(groups, names=COMPLETE), whole.index)
    frames = []
    for number, measure in zip(whole.index, whole.index.get_level_values("measure"), strict=True):
        of_number = each[[number]]
        if units_of and measure in AT_EQUAL_SPARSITY:
            of_number = of_number[[unit in units_of[number[-1]] for unit, _ in units]]
        bounds = BOUNDS.get(measure, (-np.inf, np.inf))
        frames.append(jackknife_intervals(whole[[number]], of_number, *bounds))
    return pd.concat(frames)


def _without_networks(tables: Tables) -> Iterator[tuple[tuple, Tables]]:
    """Network and regime, and the tables without one complete network of these, in turn."""
    networks = tables["decisions"][[*COMPLETE, NETWORK]].drop_duplicates()
    for *complete, seed in networks.itertuples(index=False):
        rest = {name: _without(rows, *complete, seed) for name, rows in tables.items()}
        yield tuple(complete), rest


def _without(rows: pd.DataFrame, network: str, regime: str, seed: int) -> pd.DataFrame:
    """The rows in which one complete network is neither the original nor the other one."""
    of_kind = (rows.network == network) & (rows.regime == regime)
    return rows[~(of_kind & ((rows[NETWORK] == seed) | (rows.other_seed == seed).fillna(False)))]


def _without_each(columns: list[str], tables: Tables) -> Iterator[tuple[tuple, Tables]]:
    """What has one value in each of these columns, and the tables without it, in turn."""
    units = tables["decisions"][columns].drop_duplicates()
    for unit in units.itertuples(index=False, name=None):
        rest = {
            name: rows[(rows[columns] != list(unit)).any(axis=1)] for name, rows in tables.items()
        }
        yield unit, rest


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
