"""Several metrics of one layer of two networks, with nulls, ranks and notes for each value."""

import math
from collections.abc import Sequence
from contextlib import suppress
from statistics import fmean, stdev

from ..did_you_mean import check
from .geometry import intrinsic_dimension
from .groups import FEWEST, Groups, check_permutations, random_orders, read_groups, repeats
from .inputs import RESHAPES, DegenerateError
from .jackknife import interval_of_pair
from .metric import METRICS, Pair
from .null import cka_null_mean, exact_null, sampled_null
from .representation import LayerRepresentations, Representation

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
    groups: object = None,
) -> list[dict]:
    """Compare one layer of two networks by several metrics that share their statistics.

    Args:
        x, y: a layer of the complete network and one of another network, each `(n, p)`,
            `(n, c, h, w)` or `LayerRepresentations`.
        metrics: a name in `METRICS`, or several.
        reshapes: reshapes to use where the metric supports them; None for its default.
        also: reshapes in addition.
        dimensions: whether to estimate the intrinsic dimension of x, where a row is an image.
        permutations, seed: number of random permutations of the images from which the null is
            estimated. One is enough where `permutation_null` has exact moments; the null mean of
            `cka` needs none where a row is an image.
        groups: as for `permutation_null`; with groups, every null is estimated from permutations.

    Returns:
        a dict for each number, grouped by reshape: `metric`, `reshape`, `value`;
        `null_mean`, `null_sd` and `p_value` from `permutation_null`; `rank_x`, `rank_y`,
        `dead_x`, `dead_y`, numbers of directions and of columns without variance; `id_x`, the
        intrinsic dimension of x; `note`, the reason for a missing value or null, a caution, or "".
        NaN marks an undefined number: CCA with n - 1
        directions or more, any metric of data without variance, a null without permutations, its
        spread with fewer than two, its p-value with fewer than 20.

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
    layer_x, layer_y = (
        side if isinstance(side, LayerRepresentations) else LayerRepresentations(side, name=name)
        for side, name in ((x, "x"), (y, "y"))
    )
    grouped = read_groups(groups, layer_x.images)
    rows = []
    for reshape, names in by_reshape(metrics, reshapes, also).items():
        form = "flat" if layer_x.one_shape and layer_y.one_shape else reshape  # shared by all
        pair = Pair(layer_x.reshaped(form), layer_y.reshaped(form))
        more = {"dimensions": dimensions, "groups": grouped}
        rows += rows_of_pair(names, reshape, pair, permutations, seed, **more)
    return rows


def by_reshape(
    metrics: Sequence[str], reshapes: Sequence[str] | None, also: Sequence[str] = ()
) -> dict[str, list[str]]:
    """The metrics to compute for each reshape, from the arguments of `compare`."""
    found: dict[str, list[str]] = {}
    for metric in metrics:
        for reshape in dict.fromkeys((*(reshapes or (METRICS[metric].reshape,)), *also)):
            if reshape in METRICS[metric].reshapes:
                found.setdefault(reshape, []).append(metric)
    return found


def rows_of_pair(
    metrics: Sequence[str],
    reshape: str,
    pair: Pair,
    permutations: int = 0,
    seed: int = 0,
    *,
    dimensions: bool = False,
    level: float | None = None,
    groups: Groups | None = None,
    repeated: str = "",
) -> list[dict]:
    """The rows of `compare` for one pair, whose statistics all metrics share.

    With a `level`, a row also has `ci_low` and `ci_high` from `jackknife_interval`, and
    `ci_note`, the reason why they are NaN, or "". Without groups, `note` warns of exact duplicates
    among the images, found in these data or given as `repeated`.
    """
    values, reasons = {}, {}
    for metric in metrics:
        try:
            values[metric] = METRICS[metric].of_pair(pair)
        except ValueError as error:
            values[metric], reasons[metric] = math.nan, str(error)
    defined = {metric: value for metric, value in values.items() if metric not in reasons}
    nulls = {}
    if permutations and not groups:
        nulls = {metric: exact_null(metric, pair, value) for metric, value in defined.items()}
    sampled = [metric for metric in defined if not nulls.get(metric)]
    samples: dict[str, list[float]] = {metric: [] for metric in metrics}
    for order in random_orders(pair.x.images, permutations if sampled else 0, seed, groups):
        permuted = Pair(pair.x, pair.y, order)
        for metric in sampled:
            samples[metric].append(METRICS[metric].of_pair(permuted))
    if not groups and (permutations or level is not None):
        repeated = repeated or repeats(pair)
    by_images = pair.x.rows == pair.x.images and not groups
    described = _description(pair.x, "x") | _description(pair.y, "y") | {"id_x": math.nan}
    if dimensions and pair.x.rows == pair.x.images:
        with suppress(DegenerateError):
            described["id_x"] = intrinsic_dimension(pair.x)
    rows = []
    for metric, value in values.items():
        row = {"metric": metric, "reshape": reshape, "value": value}
        if null := nulls.get(metric):
            row |= {"null_mean": null.mean, "null_sd": null.sd, "p_value": null.p_value}
        else:
            row |= _sampled(value, samples[metric])
            if metric == "cka" and metric in defined and by_images:
                row["null_mean"] = cka_null_mean(pair)
        row |= described
        if level is not None:
            row |= {"ci_low": math.nan, "ci_high": math.nan, "ci_note": reasons.get(metric, "")}
            if metric in defined:
                found = interval_of_pair(metric, pair, value, level, groups)
                row |= {"ci_low": found.low, "ci_high": found.high, "ci_note": found.note}
        few = 0 < permutations < FEWEST and math.isnan(row["p_value"])
        why = f"no p_value: {permutations} permutations, want at least {FEWEST}" if few else ""
        if groups and groups.too_few:
            why = f"no null: {groups.too_few}"
        cautions = [*lost_directions(metric, pair), why, repeated] if metric in defined else []
        row["note"] = reasons.get(metric) or "; ".join(filter(None, cautions))
        rows.append(row)
    return rows


def lost_directions(metric: str, pair: Pair) -> list[str]:
    """Cautions for a metric that weights all directions equally: lost directions, and
    correlations that are 1 for any data."""
    if not METRICS[metric].all_directions:
        return []
    notes = []
    for side in (pair.x, pair.y):
        possible = min(side.rows - 1, side.columns - side.dead)
        if side.rank < possible:
            notes.append(
                f"{side.name}: {side.rank} of {possible} directions count; the others repeat "
                "columns, or spread so little beside the largest that they are rounding"
            )
    forced = pair.x.rank + pair.y.rank - (pair.x.rows - 1)
    if forced > 0:
        arbitrary = ", with arbitrary weights" if metric == "pwcca" else ""
        notes.append(f"{forced} correlations or more are 1 for any data of so few rows{arbitrary}")
    return notes


def _description(side: Representation, name: str) -> dict:
    try:
        rank, dead = side.rank, side.dead
    except DegenerateError:
        rank, dead = 0, side.columns
    return {f"rank_{name}": rank, f"dead_{name}": dead}


def _sampled(value: float, samples: Sequence[float]) -> dict[str, float]:
    """The null estimated from samples; NaN where they are too few."""
    return {
        "null_mean": fmean(samples) if samples else math.nan,
        "null_sd": stdev(samples) if len(samples) > 1 else math.nan,
        "p_value": sampled_null(value, samples).p_value if len(samples) >= FEWEST else math.nan,
    }
