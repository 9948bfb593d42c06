"""Does a build differ from its reference by more than harmless changes do? A gate for tests.

    harmless_similarities(reference, versions, images).to_csv("harmless.csv")   # once
    assert_similar(reference, build, images, "harmless.csv")                    # in each test

A change of one network is judged by changes that are known to do no harm. Each is
measured by the layer that changed most, in units of what is usual for that layer, so
all layers together raise a false alarm in at most the given share of harmless builds.
That holds exactly, whatever the metric, if the build and the versions are exchangeable:
made alike, by other seeds, machines or exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from ..metrics import METRICS
from ..metrics.jackknife import check_level
from .network_comparison import compare_networks

if TYPE_CHECKING:
    import pandas as pd

_METRIC, _RESHAPE = "nbs", "channels"
"""What notices damage to networks of this study in as many tests as any other choice."""

_ROUNDING = 1e-9
"""Similarities that differ by less are the same."""


@dataclass(frozen=True)
class GateVerdict:
    """How a build compares with harmless versions.

    Attributes:
        layer: the one that changed most, in units of what is usual for it.
        similarity: of that layer, build and reference.
        least: what harmless versions still reach there; below it the build differs.
        p_value: the share of versions that change as much, the build counted among them.
        level: above which p-value the build passes.
        versions: how many harmless ones there were.
        layers: `similarity` and `least` of all layers.
    """

    layer: str
    similarity: float
    least: float
    p_value: float
    level: float
    versions: int
    layers: pd.DataFrame

    @property
    def passes(self) -> bool:
        return self.p_value > self.level

    def __str__(self) -> str:
        return (
            f"{self.layer}: similarity {self.similarity:.4f}, where harmless versions keep "
            f"{self.least:.4f} (p = {self.p_value:.3g} beside {self.versions} versions; a build "
            f"passes above {self.level:g})"
        )


def similarities_to(
    reference: nn.Module,
    network: nn.Module,
    images: object,
    *,
    metric: str = _METRIC,
    reshape: str | None = _RESHAPE,
    **options: object,
) -> pd.Series:
    """Similarity of each layer of two networks.

    Args:
        reference, network, images: as for `compare_networks`.
        metric: a key of `lib.metrics.METRICS`.
        reshape: of maps; None for the metric's default.
        options: others of `compare_networks`, such as `layers` or `forward`.

    Returns:
        Index layer; NaN where it is undefined.

    Raises:
        TypeError, ValueError, OSError: as `compare_networks`.
    """
    reshapes = None if reshape is None else [reshape]
    asked = {"metrics": [metric], "reshapes": reshapes, "level": None, "say": None}
    table = compare_networks(reference, network, images, **asked, **options)
    return table.set_index("layer_x").value.rename_axis("layer")


def harmless_similarities(
    reference: nn.Module,
    versions: Iterable[nn.Module] | Mapping[str, nn.Module],
    images: object,
    **options: object,
) -> pd.DataFrame:
    """Similarity of each layer of a reference and of versions that are known to do no harm.

    Args:
        reference: the network that builds are compared with.
        versions: made as a good build is made; 19 or more for a level of 0.05.
        images: as for `compare_networks`; it gets them anew for each version.
        options: as for `similarities_to`.

    Returns:
        Index layer, a column for each version, named by its key or its number. `to_csv`
        keeps it in a file for `assert_similar`.

    Raises:
        TypeError, ValueError, OSError: as `compare_networks`.
    """
    import pandas as pd  # takes a while

    named = versions if isinstance(versions, Mapping) else dict(enumerate(versions))
    options = {"kept": {}, **options}
    columns = {
        name: similarities_to(reference, version, images, **options)
        for name, version in named.items()
    }
    return pd.DataFrame(columns)


def judge_build(build: pd.Series, harmless: pd.DataFrame, level: float = 0.05) -> GateVerdict:
    """Whether a build changed more than harmless versions do.

    The change of a layer is 1 minus its similarity, divided by the median over the
    versions and the build; that of a network is its largest. The p-value is the share
    of networks, the build counted among them, that changed at least as much as the
    build.

    Args:
        build: similarity of each layer with the reference, of `similarities_to`.
        harmless: of `harmless_similarities`, with the same metric.
        level: the share of harmless builds that may be stopped.

    Raises:
        ValueError: other layers, too few versions for this level, or a version without
            a value.
    """
    import pandas as pd

    check_level(level)
    # in a CSV file, layers that are called 0, 1, … become numbers
    harmless = harmless.set_axis(harmless.index.map(str))
    _check_versions(build, harmless, level)
    every = harmless.reindex(build.index).assign(build=build.fillna(-np.inf))
    change = 1 - every
    change = change.where(change > _ROUNDING, 0)
    # the build is counted among the versions here too, so that none of them is told apart
    usual = change.median(axis=1).clip(lower=_ROUNDING)
    relative = change.div(usual, axis=0)
    largest = relative.max()
    p_value = float((largest >= largest["build"]).mean())
    worst = relative["build"].idxmax()
    allowed = np.sort(largest.drop("build"))[::-1][_alarms(len(every.columns), level)]
    layers = pd.DataFrame({"similarity": build, "least": 1 - allowed * usual})
    return GateVerdict(
        layer=str(worst),
        similarity=float(build[worst]),
        least=float(layers.least[worst]),
        p_value=p_value,
        level=level,
        versions=len(harmless.columns),
        layers=layers,
    )


def _alarms(networks: int, level: float) -> int:
    """How many of so many networks may be stopped, the build among them, less the build itself."""
    return int(np.floor(level * networks + _ROUNDING)) - 1


def _check_versions(build: pd.Series, harmless: pd.DataFrame, level: float) -> None:
    missing = sorted(set(build.index) ^ set(harmless.index))
    if missing:
        raise ValueError(
            f"harmless: its layers differ from those of the build at {', '.join(missing)}; want "
            "the same layers=... for both"
        )
    needed = int(np.ceil(1 / level - _ROUNDING)) - 1
    if len(harmless.columns) < needed:
        raise ValueError(
            f"harmless: got {len(harmless.columns)} versions, want at least {needed} for a level "
            f"of {level:g}; give more of them, or level={1 / (len(harmless.columns) + 1):.2g}"
        )
    undefined = harmless.index[harmless.isna().any(axis=1)]
    if len(undefined):
        raise ValueError(
            f"harmless: the similarity of {undefined[0]} is undefined in a version; leave this "
            "layer out with layers=..."
        )


def assert_similar(
    reference: nn.Module,
    build: nn.Module,
    images: object,
    harmless: pd.DataFrame | str | Path | None = None,
    *,
    at_least: float | None = None,
    level: float = 0.05,
    **options: object,
) -> None:
    """Fail if a build differs from its reference; for pytest, or any other tests.

    Args:
        reference, build: the networks.
        images: as for `compare_networks`.
        harmless: of `harmless_similarities`, or a CSV file of it; the build may differ
            as much as these versions do.
        at_least: without `harmless`, the similarity that each layer must have.
        level: as for `judge_build`.
        options: as for `similarities_to`; the same that gave `harmless`.

    Raises:
        AssertionError: it differs; the message names metric, layer, similarity and what
            was wanted.
        ValueError: neither `harmless` nor `at_least`, or both; no such similarity; a
            file that is no such table; or as `judge_build`.
        OSError: no such file.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    if (harmless is None) == (at_least is None):
        raise ValueError("want either harmless=harmless_similarities(...) or at_least=0.99")
    if at_least is not None and not at_least <= 1:
        raise ValueError(f"at_least: got {at_least}, want a similarity of 1 or less, such as 0.99")
    if isinstance(harmless, str | Path):
        harmless = _read_harmless(harmless)
    similarities = similarities_to(reference, build, images, **options)
    differs = f"the build differs from its reference by {_measure(**options)} at"
    if harmless is not None:
        verdict = judge_build(similarities, harmless, level)
        if not verdict.passes:
            raise AssertionError(f"{differs} {verdict}")
        return
    low = similarities[~(similarities >= at_least)]
    if len(low):
        worst = low.index[low.fillna(-np.inf).argmin()]
        raise AssertionError(
            f"{differs} {worst}: similarity {similarities[worst]:.4f}, want at least {at_least:g}; "
            f"so do {len(low)} of {len(similarities)} layers"
        )


def _measure(metric: str = _METRIC, reshape: str | None = _RESHAPE, **options: object) -> str:
    """What similarity is measured by, in words."""
    declared = METRICS[metric]
    return f"{declared.title} ({reshape or declared.reshape})"


def _read_harmless(file: str | Path) -> pd.DataFrame:
    import pandas as pd

    if not Path(file).is_file():
        raise FileNotFoundError(
            f"harmless: {file} is no file; write one by harmless_similarities(...).to_csv(file)"
        )
    try:
        # names of layers may look like numbers, or like none
        as_written = {"dtype": {"layer": str}, "keep_default_na": False, "na_values": [""]}
        table = pd.read_csv(file, **as_written)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"harmless: {file} is no table of similarities: {error}") from error
    of_versions = table.drop(columns="layer", errors="ignore")
    if "layer" not in table or of_versions.select_dtypes(exclude="number").size:
        raise ValueError(
            f"harmless: {file} is no table of similarities; write one by "
            "harmless_similarities(...).to_csv(file)"
        )
    return table.fillna({"layer": ""}).set_index("layer")
