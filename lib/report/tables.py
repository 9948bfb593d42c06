"""From tables to quantities: means, intervals over networks, and their text."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from ..repository import ROOT
from ..scale import relative_similarity

NETWORK = "train_seed"
"""The level of the complete network, which is the unit of every interval."""

MARGIN = 0.1
"""The relative similarity that counts as a visible difference."""

MATRIX = {"svcca": "channels", "pwcca": "channels", "cka": "flat", "nbs": "flat"}
"""The paper's metrics -> the reshape that it uses for each."""

TITLES = {
    "vgg16_bn": "VGG16_BN",
    "vgg_svhn": "VGG_SVHN",
    "resnet_fast": "ResNet_fast",
    "conv4": "Conv-4",
    "lenet5": "LeNet-5",
    "resnet32": "ResNet-32",
    "mlp": "MLP",
    "cifar10": "CIFAR-10",
    "svhn": "SVHN",
    "mnist28": "MNIST",
    "complete": "complete",
    "trained_as_long": "training-only control",
    "pruned": "pruned",
    "random_masks": "random masks",
    "untrained": "untrained",
    "vgg16_bn_quarter": "VGG16_BN, ¼ wide",
    "resnet_fast_quarter": "ResNet_fast, ¼ wide",
    "recipe": "paper's recipe",
    "recipe_four_steps": "recipe, four steps",
    "few_images": "10,000 images",
    "svcca": "SVCCA",
    "pwcca": "PWCCA",
    "cka": "CKA",
    "nbs": "NBS",
    "network": "Network",
    "role": "Role",
    "metric": "Metric",
    "layer": "Layer",
}
"""Name in the tables -> name for a reader, in the order of the paper; a page with further names
passes `TITLES | further` as `names`."""

PAIR = (NETWORK, "other_seed")
KEY = ["network", "regime", "role", "metric", "iteration", NETWORK, "layer"]
FEWEST = 3
"""The fewest complete networks that have an interval: with two, it would be 13 times their standard
error to either side, and with two that agree its width would be zero."""

CAUTION = 2.0
"""Standard errors added to the estimated scatter of the layers' variances. With none, intervals of
18 layers of three networks cover simultaneously in 89 to 98 % of simulated studies, with two in 94
to 99 % (`benchmarks/layer_coverage.csv`)."""
EQUAL = 1e-12  # sums of equal numbers differ by less between processors


class NotMeasuredError(LookupError):
    """A study has not measured what a page shows; the message says what measures it."""


def read(table: str, *results: Path | str, regime: str = "") -> pd.DataFrame:
    """The rows of one or several studies or experiments, in forward order of the layers.

    Args:
        table: such as `similarity`, `descent`, `performance` or `decisions`.
        results: folders of results, or of an experiment in one; a relative path starts at the
            repository root.
        regime: keep the rows of this regime, and drop the column; empty keeps all.

    Raises:
        NotMeasuredError: one of the folders does not have this table.
    """
    parts = []
    for folder in (ROOT / name for name in results):
        files = sorted([*folder.glob(f"{table}.parquet"), *folder.glob(f"*/{table}.parquet")])
        if not files:
            published = ROOT.glob(f"results/chapters/*/*/{table}.parquet")
            chapters = sorted({file.parts[-3] for file in published})
            own = next((name for name in chapters if name in folder.parts), "...")
            raise NotMeasuredError(
                f"no {table}.parquet in {folder}: the chapters with this table are "
                f"{', '.join(chapters)}, and `make study CHAPTER={own}` makes it"
            )
        parts += map(pd.read_parquet, files)
    rows = pd.concat(parts, ignore_index=True)
    if regime:
        rows = rows[rows.regime == regime].drop(columns="regime")
    return rows.sort_values("depth", kind="stable") if "depth" in rows else rows


def hidden_layers(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of hidden layers, by the paper's metrics on the paper's reshape of each."""
    return rows[(rows.reshape == rows.metric.map(MATRIX)) & (rows.kind != "out")]


def by_network(rows: pd.DataFrame, column: str = "value") -> pd.Series:
    """One number for each complete network, and for each other column of `KEY`.

    The mean over the runs of a network. Complete networks that were compared with each
    other get a pseudo-value each, since pairs that share a network are dependent.
    For the tables `descent` and `decisions` use `original_and_strangers`.

    Returns:
        Index: the columns of `KEY` in the table, sorted, with layers in forward order.
    """
    key = [name for name in KEY if name in rows]
    # a comparison of a complete network with an untrained one is no pair of complete networks
    pairs = rows.other_seed.notna() & (rows.get("role", "complete") != "untrained")
    numbers = [rows[~pairs].groupby(key, sort=False)[column].mean()]
    if pairs.any():
        between = rows[pairs].astype({"other_seed": rows[NETWORK].dtype})
        between = between.set_index([*key, "other_seed"])[column]
        numbers.append(pseudo_values(between).reorder_levels(key))
    return _sorted(pd.concat([part for part in numbers if len(part)] or numbers))


def _sorted(numbers: pd.Series) -> pd.Series:
    """Sorted by all levels except layers, which stay in forward order."""
    levels = [name for name in numbers.index.names if name != "layer"]
    return numbers.sort_index(level=levels, sort_remaining=False)


def gains(performance: pd.DataFrame) -> pd.Series:
    """Test accuracy minus that of the complete network, in points; index as of `by_network`."""
    accuracy = by_network(performance, "accuracy")
    complete = accuracy.xs(0, level="iteration")
    before = complete.reindex(accuracy.index.droplevel("iteration")).to_numpy()
    return 100 * (accuracy - before)


def weights_left(rows: pd.DataFrame, shares: Sequence[str] = ()) -> pd.Series:
    """The share of weights that each pruning leaves, as text such as `33 %`.

    Args:
        rows: a table with the column `remaining`.
        shares: keep these, of which the last is needed; empty keeps all.

    Returns:
        Index `iteration`, with `regime` and `network` if they are columns.

    Raises:
        NotMeasuredError: networks that were not pruned to the last of the shares.
    """
    pruned = rows[(rows.role == "pruned") & (rows.iteration > 0)]
    levels = [name for name in ("regime", "network", "iteration") if name in rows]
    left = pruned.groupby(levels).remaining
    left = left.mean().map(lambda share: f"{significant(100 * share)} %")
    if not shares:
        return left
    for case, there in left.groupby(levels[:-1]):
        if shares[-1] not in set(there):
            raise NotMeasuredError(
                f"{', '.join(case)}: the last pruning leaves {there.iloc[-1]} of the weights, and "
                f"this page shows {shares[-1]}: `make study PROFILE=paper` prunes so far"
            )
    return left[left.isin(shares)]


def at_shares(rows: pd.DataFrame, left: pd.Series) -> pd.DataFrame:
    """The rows of the iterations in `left`, with the share of weights left as `iteration`."""
    kept = rows.merge(left.rename("left").reset_index())
    return kept.assign(iteration=kept.left).drop(columns="left")


def at_the_end(numbers: pd.Series) -> pd.Series:
    """The numbers after the last pruning of each network and regime; the level `iteration` goes.

    Args:
        numbers: index `network`, `regime`, `iteration` and further levels.
    """
    index = numbers.index.to_frame(index=False)
    last = index.groupby(["network", "regime"]).iteration.transform("max")
    return numbers[(index.iteration == last).to_numpy()].droplevel("iteration")


def original_and_strangers(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The similarity of each network to its original, and its mean similarity to strangers.

    Args:
        rows: of the table `descent` or `decisions`.

    Returns:
        Two series, with the index of `by_network`.
    """
    key = [name for name in KEY if name in rows]
    is_original = rows.other_seed == rows[NETWORK]
    sides = [rows[is_original], rows[~is_original]]
    original, strangers = (_sorted(x.groupby(key, sort=False).value.mean()) for x in sides)
    return original, strangers.reindex(original.index)


def reveals_original(rows: pd.DataFrame) -> pd.Series:
    """1 where a network is more similar to its original than to each stranger, 0 elsewhere.

    Args:
        rows: of the table `descent`.

    Returns:
        The index of `by_network`; NaN where the similarity is undefined.
    """
    original, _ = original_and_strangers(rows)
    strangers = rows[rows.other_seed != rows[NETWORK]]
    nearest = strangers.groupby([name for name in KEY if name in rows]).value.max()
    reveals = original > nearest.reindex(original.index)
    return reveals.astype(float).where(original.notna())


def original_and_expected(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The similarity to the original, and what would be expected without a common origin.

    A complete network that resembles all others lowers the difference of its own pruned network
    and raises those of the others, so differences scatter far too much for an interval. If three or
    more pruned networks were each compared with the complete networks of all, and no similarity is
    undefined, each gets the pseudo-value of the jackknife that leaves it out both as an original
    and as a stranger. For the original that is the similarity itself; for strangers it is what an
    additive model of pruned and complete networks, fitted to the strangers, expects for the pair.
    Means over networks are those of `original_and_strangers`, which is also the result where
    networks are not crossed.
    Coverage of the intervals: `benchmarks/relative_coverage.csv`.
    """
    original, strangers = original_and_strangers(rows)
    index, key = original.index, list(original.index.names)
    pairs = rows[rows.other_seed != rows[NETWORK]]
    defined = pairs.other_seed.where(pairs.value.notna())
    of_pruned = pairs.assign(defined=defined).groupby(key)
    of_pruned = of_pruned.agg({"other_seed": "min", "defined": "nunique"}).reindex(index)
    swapped = pairs.drop(columns=NETWORK).rename(columns={"other_seed": NETWORK})
    of_complete = swapped.groupby(key).value.mean().reindex(index)
    # networks that were compared with each other share the first of them
    first = np.minimum(of_pruned.other_seed, index.get_level_values(NETWORK)).rename("first")
    groups = [*(index.get_level_values(name) for name in key if name != NETWORK), first]
    n = strangers.groupby(groups).transform("size")
    crossed = ((of_pruned.defined == n - 1) & (n > 2)).groupby(groups).transform("all")
    mean = strangers.groupby(groups).transform("mean")
    expected = ((n - 1) * (strangers + of_complete) - n * mean) / (n - 2).where(crossed)
    return original, expected.where(crossed, strangers)


def relative_similarity_of_means(original: pd.Series, expected: pd.Series) -> pd.Series:
    """Pseudo-values of relative similarity, one for each network.

    Their mean is the relative similarity of the means over networks, and their scatter is its
    scatter, to first order. (The mean of the networks' relative similarities differs: it gives
    more weight to networks whose strangers are more similar.)

    Args:
        original, expected: from `original_and_expected`, or their means over layers.
    """
    levels = [name for name in original.index.names if name != NETWORK]
    both = pd.DataFrame({"original": original, "expected": expected}).dropna()
    means = both.groupby(level=levels).transform("mean")
    relative, away = relative_similarity(means.original, means.expected), both - means
    change = (away.original - (1 - relative) * away.expected) / (1 - means.expected)
    return (relative + change).reindex(original.index)


def mean_over(numbers: pd.Series, *levels: str) -> pd.Series:
    """The mean over levels of the index, such as `layer` or `NETWORK`; layers stay in order."""
    kept = [name for name in numbers.index.names if name not in levels]
    return _sorted(numbers.groupby(level=kept, sort=False).mean())


def minus(numbers: pd.Series, role: str, other: str) -> pd.Series:
    """The first role minus the other, where a network has both; layers stay in order."""
    first, second = (numbers.xs(name, level="role") for name in (role, other))
    first = first[first.index.isin(second.index)]
    return first - second.reindex(first.index)


def pseudo_values(pairs: pd.Series) -> pd.Series:
    """The jackknife's pseudo-value of each network, from numbers of pairs of networks.

    Their mean is the mean of the pairs (Tukey 1958), and their variance gives its variance
    (Arvesen 1969); averages over each network's pairs would scatter far too little. NaN if a pair
    is NaN. Two networks have one value, at the first of them.

    Args:
        pairs: index `NETWORK`, `other_seed`, and any further levels, which stay.
    """
    levels = [name for name in pairs.index.names if name not in PAIR]
    swapped = pairs.rename_axis(index=dict(zip(PAIR, reversed(PAIR), strict=True)))
    both = pd.concat([pairs, swapped.reorder_levels(pairs.index.names)])
    one = both.groupby([*levels, NETWORK], sort=False).agg(["sum", "size"])  # pairs of a network
    groups = one.groupby(levels, sort=False)
    n = groups["size"].transform("size")
    all_pairs = groups.transform("sum") / 2  # each counts twice
    left_out = (all_pairs["sum"] - one["sum"]) / (all_pairs["size"] - one["size"])
    mean = all_pairs["sum"] / all_pairs["size"]
    values = (n * mean - (n - 1) * left_out).where(n > 2, mean)
    incomplete = pairs.isna().groupby(levels).any().reindex(values.index.droplevel(NETWORK))
    return values.mask(incomplete.to_numpy())[(n > 2) | (groups.cumcount() == 0)]


def intervals(numbers: pd.Series, lowest: float = -np.inf, highest: float = np.inf) -> pd.DataFrame:
    """Mean over complete networks, Student's 95 % interval, and the number of networks.

    Where the networks agree, both ends are the mean, and `as_text` and `Claims` count them; for
    fewer than `FEWEST`, both ends are NaN. A quantity that is undefined in all has no mean.

    Args:
        numbers: with `NETWORK` in the index; NaN does not count.
        lowest, highest: the range of the quantity, which clips the interval.

    Returns:
        Columns `mean`, `low`, `high`, `n`; index: the other levels.
    """
    levels = [name for name in numbers.index.names if name != NETWORK]
    groups = numbers.groupby(level=levels, sort=False) if levels else numbers.groupby(lambda _: "")
    if numbers.empty:
        return pd.DataFrame([], groups.mean().index, ["mean", "low", "high", "n"], dtype=float)
    mean, n, agree = groups.mean(), groups.count(), groups.max() - groups.min() < EQUAL
    half = special.stdtrit(n - 1, 0.975) * groups.std() / np.sqrt(n)
    half = half.mask(agree, 0.0).where(n >= FEWEST)
    low, high = ((mean + end).clip(lowest, highest) for end in (-half, half))
    return pd.DataFrame({"mean": mean, "low": low, "high": high, "n": n})


def jackknife_intervals(
    whole: pd.Series,
    each_without: pd.DataFrame,
    lowest: float | Sequence[float] = -np.inf,
    highest: float | Sequence[float] = np.inf,
) -> pd.DataFrame:
    """95 % intervals of numbers that are no means, from what they are without each unit.

    The jackknife's variance (Tukey 1958), which is that of the units of one group, summed over
    groups; Student's interval with Satterthwaite's degrees of freedom, around the number of all.

    Args:
        whole: the numbers of all units.
        each_without: a row for each unit that is left out, and a column for each number; the index
            is the group of the unit.
        lowest, highest: the range of each number, which cuts its interval off.

    Returns:
        The index of `whole`; columns `mean`, `low`, `high`, `n`, how many units there are, and
        `freedom`, the degrees of freedom. There are no ends if a group has fewer than three units.
    """
    groups = each_without.groupby(level=list(range(each_without.index.nlevels)))
    n = groups.size()
    variances = groups.var(ddof=0).mul(n - 1, axis=0)
    total = variances.sum(skipna=False)
    freedom = total**2 / (variances**2).div(n - 1, axis=0).sum()
    half = special.stdtrit(freedom, 0.975) * np.sqrt(total)
    agree = total < EQUAL**2  # as in `intervals`
    half = half.mask(agree, 0.0) if n.min() >= FEWEST else np.nan
    low, high = (whole - half).clip(lowest), (whole + half).clip(upper=highest)
    columns = {"mean": whole, "low": low, "high": high, "n": n.sum(), "freedom": freedom}
    return pd.DataFrame(columns)


def layer_intervals(numbers: pd.Series) -> pd.DataFrame:
    """Simultaneous 95 % intervals for all layers of a network (Bonferroni's correction).

    Three networks say little about the variance of one layer, so each variance is shrunk towards
    the typical one of all layers (Smyth 2004, sections 3 and 6.2). A layer that is undefined for
    some network has no mean and no interval. `numbers` has `NETWORK` and `layer` in its index.
    """
    levels = [name for name in numbers.index.names if name not in (NETWORK, "layer")]
    if levels:
        groups = numbers.groupby(level=levels, sort=False)
        tables = {key: layer_intervals(group.droplevel(levels)) for key, group in groups}
        return pd.concat(tables, names=levels)
    by_layer = numbers.unstack("layer", sort=False)
    n, layers = by_layer.shape
    mean, variance = by_layer.mean(skipna=False), by_layer.var(ddof=1, skipna=False)
    freedom = n - 1
    half = pd.Series(np.nan, mean.index)
    if n >= FEWEST:
        typical, prior = _typical(variance[variance > 0].to_numpy(), freedom)
        pooled = typical
        if np.isfinite(prior):
            pooled = (prior * typical + freedom * variance) / (prior + freedom)
        pooled_freedom = min(freedom + prior, freedom * layers)
        half = special.stdtrit(pooled_freedom, 1 - 0.025 / layers) * np.sqrt(pooled / n)
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half, "n": n})


def _typical(variance: np.ndarray, freedom: int) -> tuple[float, float]:
    """The typical variance of a layer, and the degrees of freedom that it counts for.

    By the moments of the logarithms; infinite if chance alone explains how variances differ.
    """
    if len(variance) < 2:
        return 0.0, 0.0
    logs = np.log(variance) - special.digamma(freedom / 2) + np.log(freedom / 2)
    spread = logs.var(ddof=1) * (1 + CAUTION * np.sqrt(2 / (len(variance) - 1)))
    excess = spread - special.polygamma(1, freedom / 2)
    if excess <= 0:
        return float(np.exp(logs.mean())), np.inf
    from scipy import optimize  # takes a moment

    # the trigamma function falls from infinity to 0, so the root is unique
    half = optimize.brentq(lambda x: special.polygamma(1, x) - excess, 1e-6, 1e8)
    return float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2 * half


def as_text(frame: pd.DataFrame, digits: int = 2, sign: bool = False) -> pd.Series:
    """`0.31 (0.28 to 0.34)` for each row of `intervals`; `1.00 (3 of 3)` where networks agree.

    An end that would round to 0 gets more digits if the interval excludes 0.
    """

    def text(mean: float, low: float, high: float, n: float) -> str:
        if np.isnan(low):
            return number(mean, digits, sign)
        if low == high:
            return f"{number(mean, digits, sign)} ({n:.0f} of {n:.0f})"
        finer = range(digits, digits + 3 if low * high > 0 else digits)
        fine = {x: next((d for d in finer if rounded(x, d)), digits) for x in (low, high)}
        ends = " to ".join(number(x, d, sign) for x, d in fine.items())
        return f"{number(mean, digits, sign)} ({ends})"

    texts = map(text, *(frame[name] for name in ("mean", "low", "high", "n")))
    return pd.Series(list(texts), frame.index, dtype=object)


def number(value: float, digits: int = 2, sign: bool = False) -> str:
    """Text with a true minus, no `-0.00`, and a dash for NaN, the same on every processor."""
    if np.isnan(value):
        return "\u2013"
    return f"{rounded(value, digits):{'+' if sign else ''}.{digits}f}".replace("-", "\u2212")


def rounded(value: float, digits: int) -> float:
    """Rounded to ten digits first, beyond which processors differ, so that ties agree."""
    return round(round(float(value), 10), digits) + 0.0


def significant(value: float, digits: int = 2) -> str:
    """Text with significant digits, such as `0.012` or `3e-08`, rounded as by `number`."""
    return f"{float(f'{value:.10g}'):.{digits}g}"


def percent(share: float, digits: int = 0) -> str:
    """`12 %`."""
    return f"{number(100 * share, digits)} %"


def span(numbers: pd.Series, digits: int = 2) -> str:
    """`0.16 to 0.39`: the smallest and the largest number."""
    return f"{number(numbers.min(), digits)} to {number(numbers.max(), digits)}"


def count(true: pd.Series) -> str:
    """`2 of 3`: how many values are true."""
    return f"{true.sum():.0f} of {len(true)}"


def in_order(labels: pd.Index, names: Mapping[str, str] = TITLES) -> list:
    """The unique labels, those of `names` first and in its order."""
    known = [name for name in names if name in labels]
    return known + [label for label in labels.unique() if label not in names]


def titled(
    table: pd.DataFrame | pd.Series, names: Mapping[str, str] = TITLES
) -> pd.DataFrame | pd.Series:
    """The table with row and column labels named and ordered as in `names`."""
    for axis, labels in enumerate(table.axes):
        table = table.sort_index(
            axis=axis, key=lambda x: x.map(in_order(x, names).index), kind="stable"
        )
        table = table.rename(lambda name: names.get(name, name), axis=axis)
        table = table.rename_axis([names.get(name, name) for name in labels.names], axis=axis)
    if table.ndim == 2 and table.index.nlevels == 1:
        table = table.rename_axis(index=None, columns=table.index.name)  # one line of heads
    return table
