"""Tables in, one frame for each quantity out: means, intervals over networks, and texts of them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, special

from .. import ROOT
from ..scale import place

NETWORK = "train_seed"
"""The complete network: the unit of every interval."""

MARGIN = 0.1
"""How much of the way from other networks to identical ones counts as visible (`place`)."""

MATRIX = {"svcca": "channels", "pwcca": "channels", "cka": "flat", "nbs": "flat"}
"""The paper's metrics, and the matrix that each is given there."""

TITLES = {
    **{"vgg16_bn": "VGG16_BN", "vgg_svhn": "VGG_SVHN", "resnet_fast": "ResNet_fast"},
    **{"conv4": "Conv-4", "lenet5": "LeNet-5", "resnet32": "ResNet-32"},
    **{"complete": "complete", "trained_as_long": "training-only control", "pruned": "pruned"},
    **{"random_masks": "random masks", "untrained": "untrained"},
    **{"vgg16_bn_quarter": "VGG16_BN, ¼ wide", "resnet_fast_quarter": "ResNet_fast, ¼ wide"},
    **{"recipe": "paper's recipe", "recipe_four_steps": "recipe, four steps"},
    **{"few_images": "10,000 images"},
    **{"svcca": "SVCCA", "pwcca": "PWCCA", "cka": "CKA", "nbs": "NBS"},
    **{"network": "Network", "role": "Role", "metric": "Metric", "layer": "Layer"},
}
"""Name in the tables -> name for a reader, in the order of the paper; a page that has more of them
passes `TITLES | more` as `names`."""

PAIR = (NETWORK, "other_seed")
KEY = ["network", "regime", "role", "metric", "iteration", NETWORK, "layer"]
CAUTION = 2.0
"""Standard errors by which variances of layers are taken to differ more than they seem to: with
none, intervals of 18 layers of three networks hold together in 89 to 98 % of made-up studies, with
two in 94 to 99 % (`benchmarks/layer_coverage.csv`)."""
EQUAL = 1e-12  # sums of equal numbers differ by less, from one processor to another


def read(table: str, *results: Path | str, regime: str = "") -> pd.DataFrame:
    """The rows of all experiments of one or several studies, in forward order of the layers.

    Args:
        table: such as `similarity`, `descent`, `performance` or `decisions`.
        results: folders of results; a relative path starts at the repository root.
        regime: the only one whose rows are kept, without that column; all if empty.
    """
    files = [
        file for folder in results for file in sorted((ROOT / folder).glob(f"*/{table}.parquet"))
    ]
    if not files:
        where = " or ".join(map(str, results))
        raise FileNotFoundError(f"no {table}.parquet in {where}: `make study` writes them")
    rows = pd.concat(map(pd.read_parquet, files), ignore_index=True)
    if regime:
        rows = rows[rows.regime == regime].drop(columns="regime")
    return rows.sort_values("depth", kind="stable") if "depth" in rows else rows


def hidden(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of hidden layers, by the paper's metrics on the paper's matrices."""
    return rows[(rows.reshape == rows.metric.map(MATRIX)) & (rows.kind != "out")]


def by_network(rows: pd.DataFrame, column: str = "value") -> pd.Series:
    """One number for each complete network, and for all else that identifies a row.

    The mean over the runs of a network. Complete networks that were compared with each
    other have a pseudo-value each, since pairs that share a network depend on each other.
    The tables `descent` and `decisions` are for `own_and_others`.

    Returns:
        Index those of `KEY` that are columns, sorted, but for layers in forward order.
    """
    key = [name for name in KEY if name in rows]
    # an untrained network beside a complete one is no pair of complete ones
    pairs = rows.other_seed.notna() & (rows.get("role", "complete") != "untrained")
    numbers = [rows[~pairs].groupby(key, sort=False)[column].mean()]
    if pairs.any():
        between = rows[pairs].astype({"other_seed": rows[NETWORK].dtype})
        between = between.set_index([*key, "other_seed"])[column]
        numbers.append(pseudo_values(between).reorder_levels(key))
    return _sorted(pd.concat([part for part in numbers if len(part)]))


def _sorted(numbers: pd.Series) -> pd.Series:
    """By all levels but the layers, which stay in forward order."""
    levels = [name for name in numbers.index.names if name != "layer"]
    return numbers.sort_index(level=levels, sort_remaining=False)


def gains(performance: pd.DataFrame) -> pd.Series:
    """Test accuracy minus that of the complete network, in points, indexed as `by_network`."""
    accuracy = by_network(performance, "accuracy")
    complete = accuracy.xs(0, level="iteration")
    before = complete.reindex(accuracy.index.droplevel("iteration")).to_numpy()
    return 100 * (accuracy - before)


def weights_left(rows: pd.DataFrame) -> pd.Series:
    """How many weights each pruning leaves, such as `33 %`, from a table with `remaining`.

    By regime and network, as far as these are columns, and iteration.
    """
    pruned = rows[(rows.role == "pruned") & (rows.iteration > 0)]
    levels = [name for name in ("regime", "network", "iteration") if name in rows]
    left = pruned.groupby(levels).remaining
    return left.mean().map(lambda share: f"{significant(100 * share)} %")


def at_shares(rows: pd.DataFrame, left: pd.Series) -> pd.DataFrame:
    """The rows of some prunings, with the share of weights left in place of the iteration."""
    kept = rows.merge(left.rename("left").reset_index())
    return kept.assign(iteration=kept.left).drop(columns="left")


def own_and_others(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The same networks beside the complete one they come from, and beside those of other seeds.

    Two series, as of `by_network`, of the table `descent` or `decisions`.
    """
    key = [name for name in KEY if name in rows]
    beside = (rows.other_seed == rows[NETWORK]).map({True: "own", False: "others"})
    means = rows.groupby([*key, beside.rename("beside")], sort=False).value.mean()
    own, others = (_sorted(means.xs(whose, level="beside")) for whose in ("own", "others"))
    return own, others.reindex(own.index)


def own_and_expected(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """As `own_and_others`, with others such that networks are independent numbers of both.

    A complete network that is like all others lowers its own difference and raises those of the
    others, so that `own - others` scatters far too much. Where each network was compared with
    the complete ones of all, three or more, each has its pseudo-value of the jackknife that leaves
    it out on both sides, as an original and as a stranger. That of `own` is its own value; that of
    `others` is what an additive model of both sides, fitted to the strangers, expects in its
    place. Means over networks are those of `own_and_others`; elsewhere this is that. How often
    intervals cover: `benchmarks/place_coverage.csv`.
    """
    own, others = own_and_others(rows)
    key = list(own.index.names)
    strangers = rows[rows.other_seed != rows[NETWORK]]
    of_pruned = strangers.groupby(key).other_seed.agg(["min", "nunique"]).reindex(own.index)
    swapped = strangers.drop(columns=NETWORK).rename(columns={"other_seed": NETWORK})
    of_complete = swapped.groupby(key).value.mean().reindex(own.index)
    # networks that were compared with each other have the same first one
    first = np.minimum(of_pruned["min"], own.index.get_level_values(NETWORK)).rename("first")
    groups = [*(own.index.get_level_values(name) for name in key if name != NETWORK), first]
    n = others.groupby(groups).transform("size")
    crossed = ((of_pruned["nunique"] == n - 1) & (n > 2)).groupby(groups).transform("all")
    mean = others.groupby(groups).transform("mean")
    expected = ((n - 1) * (others + of_complete) - n * mean) / (n - 2).where(crossed)
    return own, expected.where(crossed, others)


def place_of_means(own: pd.Series, expected: pd.Series) -> pd.Series:
    """Relative similarity: `place` of the means over networks, as a number for each network.

    Pseudo-values, whose mean is the place of both means, and whose scatter is its scatter, to
    first order. The mean of the networks' own places is another number: it counts networks
    more whose strangers are more similar.

    Args:
        own, expected: of `own_and_expected`, or their means over layers.
    """
    levels = [name for name in own.index.names if name != NETWORK]
    both = pd.DataFrame({"own": own, "others": expected}).dropna()
    means = both.groupby(level=levels).transform("mean")
    whole, apart = place(means.own, means.others), both - means
    change = (apart.own - (1 - whole) * apart.others) / (1 - means.others)
    return (whole + change).reindex(own.index)


def mean_over(numbers: pd.Series, *levels: str) -> pd.Series:
    """The mean over levels of the index, such as `layer` or `NETWORK`; layers stay in order."""
    kept = [name for name in numbers.index.names if name not in levels]
    return _sorted(numbers.groupby(level=kept, sort=False).mean())


def minus(numbers: pd.Series, role: str, other: str) -> pd.Series:
    """Differences of two roles within each complete network; the layers stay in their order."""
    first = numbers.xs(role, level="role")
    return first - numbers.xs(other, level="role").reindex(first.index)


def pseudo_values(pairs: pd.Series) -> pd.Series:
    """One number for each network from numbers of pairs of networks; NaN if a pair has none.

    Their mean is that of the pairs (Tukey 1958), and its variance too (Arvesen 1969): means of
    each network's own pairs would differ far too little. Of two networks, one, under the first.

    Args:
        pairs: index `NETWORK`, `other_seed`, and all else that tells numbers apart.
    """
    others = [name for name in pairs.index.names if name not in PAIR]
    swapped = pairs.rename_axis(index=dict(zip(PAIR, reversed(PAIR), strict=True)))
    both = pd.concat([pairs, swapped.reorder_levels(pairs.index.names)])
    own = both.groupby([*others, NETWORK], sort=False).agg(["sum", "size"])
    of_all = own.groupby(others, sort=False)
    n, whole = of_all["size"].transform("size"), of_all.transform("sum") / 2  # each is there twice
    left_out = (whole["sum"] - own["sum"]) / (whole["size"] - own["size"])
    mean = whole["sum"] / whole["size"]
    values = (n * mean - (n - 1) * left_out).where(n > 2, mean)
    incomplete = pairs.isna().groupby(others).any().reindex(values.index.droplevel(NETWORK))
    return values.mask(incomplete.to_numpy())[(n > 2) | (of_all.cumcount() == 0)]


def intervals(numbers: pd.Series, lowest: float = -np.inf, highest: float = np.inf) -> pd.DataFrame:
    """Mean, Student's 95 % interval, and number of complete networks, for all else in the index.

    Where three or more networks agree, both ends are the mean, and `shown` and `Claims`
    count the networks; a single one, and two that agree, have no ends.

    Args:
        numbers: with `NETWORK` in the index; NaN is left out.
        lowest, highest: of the numbers that there can be, where the interval is cut off.

    Returns:
        Columns `mean`, `low`, `high`, `n`.
    """
    numbers = numbers.dropna()
    levels = [name for name in numbers.index.names if name != NETWORK]
    groups = numbers.groupby(level=levels, sort=False) if levels else numbers.groupby(lambda _: "")
    if numbers.empty:
        return pd.DataFrame([], groups.mean().index, ["mean", "low", "high", "n"], dtype=float)
    table = groups.agg(["mean", "std", "count", "min", "max"])
    n, agree = table["count"], table["max"] - table["min"] < EQUAL
    half = special.stdtrit(n - 1, 0.975) * table["std"] / np.sqrt(n)
    half = half.mask(agree & (n > 2), 0.0).mask(agree & (n < 3))
    low, high = ((table["mean"] + end).clip(lowest, highest) for end in (-half, half))
    return table[["mean"]].assign(low=low, high=high, n=n)


def of_layers(numbers: pd.Series) -> pd.DataFrame:
    """Intervals that hold for all layers of a network together, with 95 % (Bonferroni's level).

    Three networks say little about the variance of one layer, so each is drawn towards what
    is typical of all layers (Smyth 2004, sections 3 and 6.2). `numbers` has one for each
    network and layer.
    """
    levels = [name for name in numbers.index.names if name not in (NETWORK, "layer")]
    if levels:
        groups = numbers.groupby(level=levels, sort=False)
        tables = {key: of_layers(group.droplevel(levels)) for key, group in groups}
        return pd.concat(tables, names=levels)
    by_layer = numbers.unstack("layer", sort=False)
    n, layers = by_layer.shape
    mean, variance, own = by_layer.mean(), by_layer.var(ddof=1), n - 1
    half = pd.Series(np.nan, mean.index)
    if own:
        typical, prior = _typical(variance[variance > 0].to_numpy(), own)
        pooled = typical if np.isinf(prior) else (prior * typical + own * variance) / (prior + own)
        freedom = min(own + prior, own * layers)
        half = special.stdtrit(freedom, 1 - 0.025 / layers) * np.sqrt(pooled / n)
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half, "n": n})


def _typical(variance: np.ndarray, own: int) -> tuple[float, float]:
    """The typical variance of a layer, and for how many degrees of freedom it counts.

    By the moments of the logarithms; infinitely many where chance alone makes them differ.
    """
    if len(variance) < 2:
        return 0.0, 0.0
    logs = np.log(variance) - special.digamma(own / 2) + np.log(own / 2)
    spread = logs.var(ddof=1) * (1 + CAUTION * np.sqrt(2 / (len(variance) - 1)))
    excess = spread - special.polygamma(1, own / 2)
    if excess <= 0:
        return float(np.exp(logs.mean())), np.inf
    # the trigamma function falls from infinity to 0, so there is one root
    half = optimize.brentq(lambda x: special.polygamma(1, x) - excess, 1e-6, 1e8)
    return float(np.exp(logs.mean() + special.digamma(half) - np.log(half))), 2 * half


def shown(frame: pd.DataFrame, digits: int = 2, sign: bool = False) -> pd.Series:
    """`0.31 (0.28 to 0.34)` for each row of `intervals`; `1.00 (3 of 3)` where networks agree.

    An end that excludes 0 has more digits where it would look like 0.
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
    """With a true minus, no `-0.00`, and a dash for NaN; halves fall alike on every processor."""
    if np.isnan(value):
        return "\u2013"
    return f"{rounded(value, digits):{'+' if sign else ''}.{digits}f}".replace("-", "\u2212")


def rounded(value: float, digits: int) -> float:
    """Halves fall alike: processors differ beyond the ten digits that it is rounded to first."""
    return round(round(float(value), 10), digits) + 0.0


def significant(value: float, digits: int = 2) -> str:
    """With so many significant digits, such as `0.012` or `3e-08`, as `number` rounds."""
    return f"{float(f'{value:.10g}'):.{digits}g}"


def span(numbers: pd.Series, digits: int = 2) -> str:
    """`0.16 to 0.39`: the smallest and the largest."""
    return f"{number(numbers.min(), digits)} to {number(numbers.max(), digits)}"


def count(true: pd.Series) -> str:
    """`2 of 3`: how many of them are."""
    return f"{true.sum():.0f} of {len(true)}"


def in_order(labels: pd.Index, names: Mapping[str, str] = TITLES) -> list:
    """Different labels in the order of `names`, then all others in their own."""
    known = [name for name in names if name in labels]
    return known + [label for label in labels.unique() if label not in names]


def titled(
    table: pd.DataFrame | pd.Series, names: Mapping[str, str] = TITLES
) -> pd.DataFrame | pd.Series:
    """The same with the names, and in the order, that a reader knows."""
    for axis, labels in enumerate(table.axes):
        table = table.sort_index(
            axis=axis, key=lambda x: x.map(in_order(x, names).index), kind="stable"
        )
        table = table.rename(lambda name: names.get(name, name), axis=axis)
        table = table.rename_axis([names.get(name, name) for name in labels.names], axis=axis)
    if table.ndim == 2 and table.index.nlevels == 1:
        table = table.rename_axis(index=None, columns=table.index.name)  # one line of heads
    return table
