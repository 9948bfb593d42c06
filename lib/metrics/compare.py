"""Several metrics of one layer of two networks, each value with what is needed to judge it."""

import math
from collections.abc import Sequence
from contextlib import suppress
from statistics import fmean, stdev

from torch import Tensor

from ..did_you_mean import check
from .cca import ranks
from .geometry import intrinsic_dimension
from .groups import Groups, read_groups, repeats
from .inputs import RESHAPES, DegenerateError
from .jackknife import JackknifeInterval, check_level, jackknife_intervals
from .layer_representations import LayerRepresentations
from .metric import METRICS, Pair
from .null import FEWEST, cka_null_mean, exact_null, sampled_null
from .orders import check_permutations, random_orders
from .representation import Representation

DEFAULT_METRICS = ("svcca", "pwcca", "cka", "nbs")


def compare(
    x: object,
    y: object,
    *,
    metrics: str | Sequence[str] = DEFAULT_METRICS,
    reshapes: Sequence[str] | None = None,
    also: Sequence[str] = (),
    dimensions: bool = False,
    permutations: int = 0,
    seed: int = 0,
    samples: bool = False,
    groups: object = None,
) -> list[dict]:
    """Compare one layer of two networks by several metrics that share their statistics.

    Args:
        x: the complete network's layer, `(n, p)`, `(n, c, h, w)` or
            `LayerRepresentations`.
        y: the other network's layer.
        metrics: a name in `METRICS`, or several.
        reshapes: None for the default of each metric; else each metric is computed with
            all of them that make sense for it.
        also: reshapes in addition to these, for all metrics for which they make sense.
        dimensions: whether to estimate intrinsic dimensions, where a row is an image.
        permutations: how many random permutations of the images sample the null.
        seed: of the permutations.
        samples: whether a row also has `samples`, the values under the permutations.
            With one seed they are the same for all layers, so that a maximum over
            layers has a null too.
        groups: as for `permutation_null`; then no null has exact moments.

    Returns:
        a dict for each number, grouped by reshape: `metric`, `reshape`, `value`;
        `null_mean` and `null_sd`, over permutations of the images, and `p_value`, how
        likely a value this high is if the images of y are in random order; `rank_x`,
        `rank_y`, `dead_x`, `dead_y`, numbers of directions and of columns without
        variance; `pr_x`, `pr_y`, participation ratios; `id_x`, `id_y`, intrinsic
        dimensions. NaN stands for what isn't defined: CCA of n - 1 directions or more,
        any metric of data without variance, a null without permutations, its spread
        over fewer than two, a p-value of fewer than 20.

        Where `permutation_null` knows all moments, the null has these, if permutations
        are asked for. The mean of `cka` is exact where a row is an image, and needs
        none.

    Raises:
        ValueError: input that no metric accepts; unknown names.
    """
    if isinstance(metrics, str):
        metrics = (metrics,)
    for metric in metrics:
        check("metric", metric, METRICS)
    for reshape in (*(reshapes or ()), *also):
        check("reshape", reshape, RESHAPES)
    check_permutations(permutations, seed)
    layer_x, layer_y = _layer(x, "x"), _layer(y, "y")
    grouped = read_groups(groups, len(layer_x))
    orders = random_orders(len(layer_x), permutations, seed, grouped)
    by_reshape: dict[str, list[str]] = {}
    for metric in metrics:
        for reshape in dict.fromkeys((*(reshapes or (METRICS[metric].reshape,)), *also)):
            if reshape in METRICS[metric].reshapes:
                by_reshape.setdefault(reshape, []).append(metric)
    rows = []
    for reshape, names in by_reshape.items():
        pair = _pair(layer_x, layer_y, reshape)
        asked = names, reshape, pair, orders, dimensions, samples
        rows += rows_of_pair(*asked, groups=grouped)
    return rows


def rows_of_pair(
    metrics: Sequence[str],
    reshape: str,
    pair: Pair,
    orders: Sequence[Tensor] = (),
    dimensions: bool = False,
    keep_samples: bool = False,
    notes: bool = False,
    level: float | None = None,
    groups: Groups | None = None,
    repeated: str | None = "",
) -> list[dict]:
    """The rows of `compare` for one pair: all metrics share its cross-moment, and that
    of each permutation.

    Args:
        notes: a row also has `note`, why the value is NaN, or "", for a metric that
            these shapes are not for, too. And a null of which all moments are known
            needs no permutations.
        level: if there is one, a row also has `ci_low` and `ci_high`, as of
            `jackknife_interval`, and `ci_note`, why they are NaN, or "".
        groups: of images, which the orders keep together. Without any, `note` says
            where images repeat exactly, by these data, or what `repeated`
            knows of them; None if rows are no images.

    Raises:
        ValueError: a level that is not between 0 and 1.
    """
    if level is not None:
        check_level(level)
    values, reasons = _values(metrics, pair, notes)
    defined = [metric for metric in metrics if metric not in reasons]
    samples: dict[str, list[float]] = {metric: [] for metric in metrics}
    for order in orders if defined else ():
        permuted = pair.permuted(order)
        for metric in defined:
            samples[metric].append(METRICS[metric].of_pair(permuted))
    intervals = {}
    if level is not None:
        of_defined = {name: values[name] for name in defined}
        intervals = jackknife_intervals(pair, of_defined, level, groups)
    described = _description(pair.x, "x", dimensions) | _description(pair.y, "y", dimensions)
    rows = []
    for metric in metrics:
        row = {"metric": metric, "reshape": reshape, "value": values[metric]}
        exact = None if groups else notes and pair.x.attached
        null = _null(metric, pair, values[metric], samples[metric], exact)
        row |= dict(zip(("null_mean", "null_sd", "p_value"), null, strict=True)) | described
        row |= {"samples": samples[metric]} if keep_samples else {}
        if level is not None:
            row |= _interval_columns(intervals.get(metric), reasons.get(metric, ""))
        few = 0 < len(orders) < FEWEST and math.isnan(row["p_value"])
        why = f"no p_value: {len(orders)} permutations, want at least {FEWEST}" if few else ""
        if notes:
            caution = forced_correlations(metric, pair) if metric in defined else ""
            why = f"no null: {groups.too_few}" if groups and groups.too_few else why
            parts = caution, why, "" if groups or repeated is None else repeated or repeats(pair)
            row["note"] = reasons.get(metric) or "; ".join(filter(None, parts))
        rows.append(row)
    return rows


def _interval_columns(interval: JackknifeInterval | None, reason: str) -> dict[str, object]:
    """The interval of a value; that of a value which is not defined has no ends, for a reason."""
    if interval is None:
        return {"ci_low": math.nan, "ci_high": math.nan, "ci_note": reason}
    return {"ci_low": interval.low, "ci_high": interval.high, "ci_note": interval.note}


def _values(
    metrics: Sequence[str], pair: Pair, notes: bool
) -> tuple[dict[str, float], dict[str, str]]:
    """Each metric of a pair, NaN where it is not defined, and why it is not.

    Args:
        notes: whether shapes that a metric is not for are a reason, too, and no error.
    """
    values, reasons = {}, {}
    for metric in metrics:
        try:
            values[metric] = METRICS[metric].of_pair(pair)
        except ValueError as error:
            if not (notes or isinstance(error, DegenerateError)):
                raise
            values[metric], reasons[metric] = math.nan, str(error)
    return values, reasons


def forced_correlations(metric: str, pair: Pair) -> str:
    """What is to be said where some canonical correlations are 1 for any data, or ""."""
    if METRICS[metric].directions is not ranks and metric != "pwcca":
        return ""
    forced = pair.x.rank + pair.y.rank - (pair.x.rows - 1)
    if forced <= 0:
        return ""
    arbitrary = ", with arbitrary weights" if metric == "pwcca" else ""
    return f"{forced} correlations or more are 1 for any data of so few rows{arbitrary}"


def _pair(x: LayerRepresentations, y: LayerRepresentations, reshape: str) -> Pair:
    if x.one_shape and y.one_shape:
        reshape = "flat"  # so that all reshapes share their statistics
    return Pair(x.reshaped(reshape), y.reshaped(reshape))


def _description(side: Representation, name: str, dimensions: bool) -> dict:
    try:
        rank, dead, ratio = side.rank, side.dead, side.participation_ratio
    except DegenerateError:
        rank, dead, ratio = 0, side.columns, math.nan
    dimension = math.nan
    if dimensions and side.rows == side.images:
        with suppress(DegenerateError):
            dimension = intrinsic_dimension(side)
    facts = {"rank": rank, "dead": dead, "pr": ratio, "id": dimension}
    return {f"{key}_{name}": value for key, value in facts.items()}


def _layer(value: object, name: str) -> LayerRepresentations:
    return (
        value if isinstance(value, LayerRepresentations) else LayerRepresentations(value, name=name)
    )


def _null(
    metric: str, pair: Pair, value: float, samples: Sequence[float], exact: bool | None
) -> tuple[float, float, float]:
    """Mean, standard deviation and p-value of the null, NaN for what isn't known.

    Args:
        exact: whether exact moments are wanted without permutations; None for groups,
            which have none.
    """
    closed = exact is not None and not math.isnan(value)
    if closed and (samples or exact) and (null := exact_null(metric, pair, value)):
        return null.mean, null.sd, null.p_value
    if closed and metric == "cka" and pair.x.rows == pair.x.images:
        mean = cka_null_mean(pair)
    else:
        mean = fmean(samples) if samples else math.nan
    spread = stdev(samples) if len(samples) > 1 else math.nan
    enough = len(samples) >= FEWEST
    return mean, spread, sampled_null(value, samples).p_value if enough else math.nan
