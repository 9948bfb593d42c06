"""Several metrics of one layer of two networks, with nulls, ranks and notes for each value."""

import math
from collections.abc import Sequence
from contextlib import suppress

from ..did_you_mean import check
from .geometry import intrinsic_dimension
from .groups import FEWEST, Groups, check_permutations, read_groups, repeats
from .inputs import RESHAPES, DegenerateError
from .metric import METRICS, Pair
from .null import nulls_of_pair, sampled_null
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
            estimated. Where a row is an image, one is enough for the exact null of `cka`, and the
            exact null means that `permutation_null` names need none.
        groups: as for `permutation_null`; with groups, every null is estimated from permutations.

    Returns:
        a dict for each number, grouped by reshape: `metric`, `reshape`, `value`;
        `null_mean`, `null_sd` and `p_value` from `permutation_null`; `rank_x`, `rank_y`,
        `dead_x`, `dead_y`, numbers of directions and of columns without variance; `id_x`, the
        intrinsic dimension of x; `note`, the reason for a missing value or null, a caution, or "".
        NaN marks an undefined number: CCA with n - 1 directions or more, any metric of data
        without variance or with fewer rows than it needs, a null without permutations, its spread
        with fewer than two, its p-value with fewer than 20.

    Raises:
        ValueError: input that no metric accepts; unknown names.
    """
    metrics = (metrics,) if isinstance(metrics, str) else metrics
    asked = by_reshape(metrics, reshapes, also)
    check_permutations(permutations, seed)
    layer_x, layer_y = (
        side if isinstance(side, LayerRepresentations) else LayerRepresentations(side, name=name)
        for side, name in ((x, "x"), (y, "y"))
    )
    grouped = read_groups(groups, layer_x.images)
    rows = []
    for reshape, names in asked.items():
        pair = pair_of_layers(layer_x, layer_y, reshape)
        rows += rows_of_pair(
            names, reshape, pair, permutations, seed, dimensions=dimensions, groups=grouped
        )
    return rows


def by_reshape(
    metrics: Sequence[str], reshapes: Sequence[str] | None, also: Sequence[str] = ()
) -> dict[str, list[str]]:
    """The metrics to compute for each reshape, from the arguments of `compare`; a ValueError for an
    unknown name."""
    for reshape in (*(reshapes or ()), *also):
        check("reshape", reshape, RESHAPES)
    found: dict[str, list[str]] = {}
    for metric in metrics:
        check("metric", metric, METRICS)
        for reshape in dict.fromkeys((*(reshapes or (METRICS[metric].reshape,)), *also)):
            if reshape in METRICS[metric].reshapes:
                found.setdefault(reshape, []).append(metric)
    return found


def pair_of_layers(x: LayerRepresentations, y: LayerRepresentations, reshape: str) -> Pair:
    """A layer of two networks; without positions all reshapes are one, and share its statistics."""
    form = "flat" if x.one_shape and y.one_shape else reshape
    return Pair(x.reshaped(form), y.reshaped(form))


def rows_of_pair(
    metrics: Sequence[str],
    reshape: str,
    pair: Pair,
    permutations: int = 0,
    seed: int = 0,
    *,
    dimensions: bool = False,
    groups: Groups | None = None,
    repeated: str = "",
) -> list[dict]:
    """The rows of `compare` for one pair, whose statistics all metrics share.

    If there are nulls but no groups, `note` warns of images that repeat exactly. The warning is
    `repeated`, or, if that is empty, the one that `repeats` gives for these data.
    """
    values, reasons = {}, {}
    for metric in metrics:
        try:
            values[metric] = METRICS[metric].of_pair(pair)
        except ValueError as error:
            reasons[metric] = str(error)
    nulls = nulls_of_pair(values, pair, permutations, seed, groups)
    has_null = any(not math.isnan(null.mean) for null in nulls.values())
    warning = (repeated or repeats(pair)) if has_null and not groups else ""
    described = _description(pair.x, "x") | _description(pair.y, "y") | {"id_x": math.nan}
    if dimensions and pair.x.rows == pair.x.images:
        with suppress(DegenerateError):
            described["id_x"] = intrinsic_dimension(pair.x)
    few = 0 < permutations < FEWEST
    without = f"no p_value: {permutations} permutations, want at least {FEWEST}" if few else ""
    if groups and groups.too_few:
        without = f"no null: {groups.too_few}"
    rows = []
    for metric in dict.fromkeys(metrics):
        null = nulls.get(metric) or sampled_null(math.nan, ())
        row = {"metric": metric, "reshape": reshape, "value": null.value}
        row |= {"null_mean": null.mean, "null_sd": null.sd, "p_value": null.p_value} | described
        note = reasons.get(metric, "")
        if metric in values:
            no_null = without if math.isnan(null.p_value) else ""
            note = "; ".join(filter(None, [*lost_directions(metric, pair), no_null, warning]))
        rows.append(row | {"note": note})
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
