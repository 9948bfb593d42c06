"""The similarities of kept networks, measured again in other ways."""

import math
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import ClassVar

import torch
from torch import nn

from lib.metrics import METRICS, Representation
from lib.metrics.inputs import DegenerateError
from lib.metrics.metric import Pair
from lib.models import record_layers, recorded_layers
from lib.study import log
from lib.study.analysis import Analysis
from lib.study.comparison import Comparison
from lib.study.experiment import Experiment, Probe
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.task import Task
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema
from notebooks.what_a_value_means.leading import without_leading_components

TABLE = TableSchema(
    "robustness",
    RUN | LAYER | {"axis": "str", "setting": "str"} | METRIC,
    key=(*RUN, "depth", "layer", "axis", "setting", "reshape", "metric"),
    measured=("value",),
)
"""A row says how similar one layer is when one choice, the `axis`, has another `setting`."""

_METRICS = ("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs")


@dataclass(frozen=True)
class Robustness(Analysis):
    """How far the similarities depend on the way in which they are measured.

    Each reading changes one thing and leaves the rest as the experiment has it.

    Attributes:
        iterations: whose networks are measured again.
        images: sizes of the probe.
        nbs_images: the largest probe for NBS, whose cost grows with the cube of its size.
        draws: seeds that draw other probe images, as many as in the experiment.
        splits: where the probe images come from.
        thresholds: shares of the variance that SVCCA keeps.
        leading: numbers of leading principal components to remove, on flat
            representations.
        precisions: of the forward passes, floating types of PyTorch.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...]
    images: tuple[int, ...] = (500, 1000, 2000, 5000, 10_000)
    nbs_images: int = 5000
    draws: tuple[int, ...] = (0, 1, 2, 3, 4)
    splits: tuple[str, ...] = ("test", "train")
    thresholds: tuple[float, ...] = (0.9, 0.95, 0.98, 0.99, 0.999)
    leading: tuple[int, ...] = (0, 1, 2, 5, 10)
    precisions: tuple[str, ...] = ("float64", "float32", "bfloat16")

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """The seeds of the one run that is measured again."""
        return super().runs(experiment)[:1]

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        setting, probe = task.setting, task.setting.experiment.probe
        networks = {i: task.pruned(i)[0] for i in (0, *self.iterations)}
        probes = {("images", str(n)): replace(probe, images=n) for n in self.images}
        probes |= {("draw", str(seed)): replace(probe, seed=seed) for seed in self.draws}
        probes |= {("split", split): replace(probe, split=split) for split in self.splits}

        @cache  # several axes have the choice of the experiment
        def on(probe: Probe) -> list[dict]:
            metrics = _METRICS if probe.images <= self.nbs_images else _METRICS[:-1]
            changed = replace(setting, experiment=replace(setting.experiment, probe=probe))
            return list(_compared(task, changed, metrics, networks))

        for (axis, value), probe in probes.items():
            available = len(getattr(setting.dataset, probe.split))
            if probe.images > available:
                log.info("%s %s left out: there are %d images", axis, value, available)
                continue
            yield f"{axis} {value}", _of_choice(axis, value, partial(on, probe))
        for name in self.precisions:
            cast = partial(_compared, task, setting, _METRICS, networks, getattr(torch, name))
            yield f"precision {name}", _of_choice("precision", name, cast)
        yield "same outputs", _of_the_same_outputs(self, task, networks)


def _of_choice(axis: str, setting: str, rows: Callable[[], Iterable[dict]]) -> Iterator[dict]:
    for row in rows():
        yield row | {"axis": axis, "setting": setting}


def _compared(
    task: Task,
    setting: PreparedExperiment,
    metrics: tuple[str, ...],
    networks: dict[int, nn.Module],
    dtype: torch.dtype | None = None,
) -> Iterator[dict]:
    """The plain comparisons of all networks with the complete one, 0, without null or
    other reshapes; all of them are cast to the precision, if there is one."""
    if dtype is not None:
        networks = {i: deepcopy(network).to(dtype) for i, network in networks.items()}
    (_, complete), *pruned = networks.items()
    plain = {"metrics": metrics, "output_metrics": (), "also": (), "dimensions": False}
    experiment = replace(setting.experiment, **plain, permutations=0)
    comparison = Comparison(complete, replace(setting, experiment=experiment))
    kept = ("layer", "kind", "depth", "metric", "reshape", "value")
    for iteration, network in pruned:
        for row in comparison.rows(network):
            yield task.key(iteration) | {name: row[name] for name in kept}


def _of_the_same_outputs(
    analysis: Robustness, task: Task, networks: dict[int, nn.Module]
) -> Iterator[dict]:
    """The readings that apply other functions to the representations of the experiment itself."""
    images, ((_, complete), *pruned) = task.setting.probe_images(), networks.items()
    for depth, (layer, kind) in enumerate(recorded_layers(complete)):
        x = record_layers(complete, images, [layer])[layer]
        sides = {name: Representation(x, name) for name in ("channels", "flat", "gap")}
        fewer = {
            k: Representation(without_leading_components(x, k), "flat") for k in analysis.leading
        }
        for iteration, network in pruned:
            y = record_layers(network, images, [layer])[layer]
            pairs = {
                name: Pair(side, Representation(y, name, name="y")) for name, side in sides.items()
            }
            of_layer = task.key(iteration) | {"layer": layer, "kind": kind, "depth": depth}
            for row in _functions(analysis, pairs):
                yield of_layer | row
            for k, of_x in fewer.items():
                of_y = Representation(without_leading_components(y, k), "flat", name="y")
                for name in ("cka", "nbs"):
                    yield of_layer | _row("leading", str(k), name, Pair(of_x, of_y))


def _functions(analysis: Robustness, pairs: dict[str, Pair]) -> Iterator[dict]:
    for share in analysis.thresholds:
        yield _row("threshold", str(share), "svcca", pairs["channels"], threshold=share)
    for mean in ("plain", "sum98"):
        for name in ("mean_cca", "svcca"):
            yield _row("mean", mean, name, pairs["channels"], mean=mean)
    for reshape in ("flat", "gap"):
        for value, debiased in (("biased", False), ("debiased", True)):
            yield _row("debiased", value, "cka", pairs[reshape], debiased=debiased)


def _row(axis: str, setting: str, metric: str, pair: Pair, **options: object) -> dict:
    try:
        value = METRICS[metric].of_pair(pair, **options)
    except DegenerateError:
        value = math.nan
    names = {"axis": axis, "setting": setting, "metric": metric, "reshape": pair.x.reshape}
    return names | {"value": value}
