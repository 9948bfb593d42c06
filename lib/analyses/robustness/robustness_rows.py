"""The similarities of a run, measured again in other ways."""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial

import torch
from torch import nn

from ...metrics import METRICS as FUNCTIONS
from ...metrics import Representation
from ...metrics.inputs import DegenerateError
from ...metrics.metric import Pair
from ...models import record_layers, recorded_layers
from ...study.analysis_plan import Rows
from ...study.comparison import Comparison
from ...study.prepared_experiment import PreparedExperiment
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_network
from .job import Robustness
from .leading import without_leading_components

_METRICS = ("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs")


def robustness_parts(plan: Robustness, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    setting, probe = task.setting, task.setting.experiment.probe
    networks = {0: load_complete(task.study, task.run, setting)}
    networks |= {i: load_network(task.study, task.run, setting, i) for i in plan.iterations}
    probes = {
        **{("images", str(n)): replace(probe, images=n) for n in plan.images},
        **{("draw", str(seed)): replace(probe, seed=seed) for seed in plan.draws},
        **{("split", split): replace(probe, split=split) for split in plan.splits},
    }
    for (axis, value), probe in probes.items():
        available = len(getattr(setting.dataset, probe.split))
        if probe.images > available:
            task.log("%s %s left out: there are %d images", axis, value, available)
            continue
        metrics = _METRICS if probe.images <= plan.nbs_images else _METRICS[:-1]
        changed = replace(setting, experiment=replace(setting.experiment, probe=probe))
        yield (
            f"{axis} {value}",
            partial(_compared, task, axis, value, changed, metrics, networks),
        )
    for name in plan.precisions:
        of = task, "precision", name, setting, _METRICS, networks, getattr(torch, name)
        yield f"precision {name}", partial(_compared, *of)
    yield "same outputs", partial(_of_the_same_outputs, plan, task, networks)


def _compared(
    task: RunningJob,
    axis: str,
    value: str,
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
    comparison = Comparison(complete, replace(setting, experiment=experiment), dtype=dtype)
    for iteration, network in pruned:
        for row in comparison.rows(network):
            kept = ("layer", "kind", "depth", "metric", "reshape", "value", "null_mean")
            head = task.key(iteration) | {"axis": axis, "setting": value}
            yield head | {name: row[name] for name in kept}


def _of_the_same_outputs(
    analysis: Robustness, task: RunningJob, networks: dict[int, nn.Module]
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
        value = FUNCTIONS[metric].of_pair(pair, **options)
    except DegenerateError:
        value = math.nan
    names = {"axis": axis, "setting": setting, "metric": metric, "reshape": pair.x.reshape}
    return names | {"value": value, "null_mean": math.nan}
