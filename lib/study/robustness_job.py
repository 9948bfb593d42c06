"""The job that reads the similarities of kept networks again, in other ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from ..metrics import Representation, cka, mean_cca, nbs, svcca, without_leading_components
from ..metrics.inputs import DegenerateError
from ..metrics.metric import Pair
from ..models import record, recorded_layers
from ..tables import ROBUSTNESS
from .analyses import Robustness
from .checkpoints import Checkpoints
from .comparison import Comparison
from .complete_job import load_complete
from .files import save_table
from .measure import Clock, key
from .networks import load_network
from .progress import log
from .setting import Setting
from .study import Job, Study

METRICS = ("mean_cca", "svcca", "pwcca", "cka", "cka_debiased", "nbs")


def read_again(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """All readings of one run; leaves the table of robustness.

    Raises:
        FileNotFoundError: the run kept no such network.
    """
    analysis = study.analysis(job)
    run = Job(job.experiment, job.train_seed, job.prune_seed)
    complete = load_complete(study, run, setting)
    networks = {i: load_network(study, run, setting, i) for i in analysis.iterations}
    checkpoints = Checkpoints(folder, study.identity(job) | setting.identity)
    saved = checkpoints.load() or {}
    clock, rows, done = (
        Clock(saved.get("seconds", 0.0)),
        saved.get("rows", []),
        saved.get("done", []),
    )
    for name, reading in _readings(analysis, setting, complete, networks).items():
        if name in done:
            continue
        log.info("reading %s", name)
        rows += [{**key(run, row.pop("iteration")), **row} for row in reading()]
        done.append(name)
        checkpoints.save({"rows": rows, "done": done, "seconds": clock()})
    save_table(folder / "robustness.parquet", ROBUSTNESS.tidy(rows))
    return clock.earlier


Reading = Callable[[], Iterator[dict]]


def _readings(
    analysis: Robustness, setting: Setting, complete: nn.Module, networks: dict[int, nn.Module]
) -> dict[str, Reading]:
    """name -> what yields its rows; one checkpoint each."""
    probe = setting.experiment.probe
    probes = {
        **{("images", str(n)): replace(probe, images=n) for n in analysis.images},
        **{("draw", str(seed)): replace(probe, seed=seed) for seed in analysis.draws},
        **{("split", split): replace(probe, split=split) for split in analysis.splits},
    }
    found: dict[str, Reading] = {}
    for (axis, value), other in probes.items():
        there = len(getattr(setting.dataset, other.split))
        if other.images > there:
            log.info("%s %s left out: there are %d images", axis, value, there)
            continue
        metrics = METRICS if other.images <= analysis.nbs_images else METRICS[:-1]
        changed = replace(setting, experiment=replace(setting.experiment, probe=other))
        found[f"{axis} {value}"] = partial(
            _compared, axis, value, changed, metrics, complete, networks
        )
    for name in analysis.precisions:
        found[f"precision {name}"] = partial(_in_precision, name, setting, complete, networks)
    found["same outputs"] = partial(_of_the_same_outputs, analysis, setting, complete, networks)
    return found


def _in_precision(
    name: str, setting: Setting, complete: nn.Module, networks: dict[int, nn.Module]
) -> Iterator[dict]:
    dtype = getattr(torch, name)

    def cast(network: nn.Module) -> nn.Module:
        other = setting.new_network(0)
        other.load_state_dict(network.state_dict())
        return other.to(dtype)

    others = {iteration: cast(network) for iteration, network in networks.items()}
    return _compared("precision", name, setting, METRICS, cast(complete), others, dtype)


def _compared(
    axis: str,
    value: str,
    setting: Setting,
    metrics: tuple[str, ...],
    complete: nn.Module,
    networks: dict[int, nn.Module],
    dtype: torch.dtype | None = None,
) -> Iterator[dict]:
    """The plain comparisons of all networks in one setting, without null or other reshapes."""
    plain = {"metrics": metrics, "output_metrics": (), "also": (), "dimensions": False}
    experiment = replace(setting.experiment, **plain, permutations=0)
    comparison = Comparison(complete, replace(setting, experiment=experiment), dtype=dtype)
    for iteration, network in networks.items():
        for row in comparison.rows(network):
            kept = ("layer", "kind", "depth", "metric", "reshape", "value", "null_mean")
            head = {"iteration": iteration, "axis": axis, "setting": value}
            yield head | {name: row[name] for name in kept}


def _of_the_same_outputs(
    analysis: Robustness, setting: Setting, complete: nn.Module, networks: dict[int, nn.Module]
) -> Iterator[dict]:
    """What is another function of the representations that the experiment records anyway."""
    images, order = setting.probe_images(), recorded_layers(complete)
    for depth, (layer, kind) in enumerate(order):
        x = record(complete, images, [layer])[layer]
        sides = {name: Representation(x, name) for name in ("channels", "flat", "gap")}
        fewer = {k: without_leading_components(x, k) for k in analysis.leading}
        for iteration, network in networks.items():
            y = record(network, images, [layer])[layer]
            pairs = {
                name: Pair(side, Representation(y, name, name="y")) for name, side in sides.items()
            }
            here = {"iteration": iteration, "layer": layer, "kind": kind, "depth": depth}
            for row in _functions(analysis, pairs):
                yield here | row
            for k, of_x in fewer.items():
                of_y = without_leading_components(y, k)
                for name, metric in (("cka", cka), ("nbs", nbs)):
                    value = _defined(metric, of_x, of_y)
                    yield here | _row("leading", str(k), name, "flat", value)


def _functions(analysis: Robustness, pairs: dict[str, Pair]) -> Iterator[dict]:
    channels = pairs["channels"]
    for threshold in analysis.thresholds:
        value = _defined(svcca.of_pair, channels, threshold=threshold)
        yield _row("threshold", str(threshold), "svcca", "channels", value)
    for mean in ("plain", "sum98"):
        value = _defined(mean_cca.of_pair, channels, mean=mean)
        yield _row("mean", mean, "mean_cca", "channels", value)
        value = _defined(svcca.of_pair, channels, mean=mean)
        yield _row("mean", mean, "svcca", "channels", value)
    for reshape in ("flat", "gap"):
        for name, debiased in (("biased", False), ("debiased", True)):
            value = _defined(cka.of_pair, pairs[reshape], debiased=debiased)
            yield _row("debiased", name, "cka", reshape, value)


def _row(axis: str, value: str, metric: str, reshape: str, number: float) -> dict:
    names = {"axis": axis, "setting": value, "metric": metric, "reshape": reshape}
    return names | {"value": number, "null_mean": math.nan}


def _defined(metric: Callable[..., float], *arguments: object, **options: object) -> float:
    try:
        return metric(*arguments, **options)
    except DegenerateError:
        return math.nan
