"""Made-up worlds in which the claims hold, and changes to them in which one does not.

A curve is what a metric gives after the last iteration: values at a few layers, straight lines
between them. All metrics start near 1; `pace` says how they get from there to the curve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lib.book.report.results import PAPER_RESHAPE, Results
from lib.models import MODELS, build_model, recorded_layers

ITERATIONS = 20
START = 0.98
NOISE = 0.0005


def soon(t: np.ndarray) -> np.ndarray:
    """Most of the way in the first iterations."""
    return 1 - (1 - t) ** 4


def sooner(t: np.ndarray) -> np.ndarray:
    return 1 - (1 - t) ** 8


def evenly(t: np.ndarray) -> np.ndarray:
    return t


def late(t: np.ndarray) -> np.ndarray:
    return t**3


def backwards(t: np.ndarray) -> np.ndarray:
    return 1 - t


def at_once(t: np.ndarray) -> np.ndarray:
    return np.ones_like(t)


@dataclass(frozen=True)
class Curve:
    """Values at some layers, and the pace at which they are reached."""

    points: Mapping[str, float]
    pace: Callable[[np.ndarray], np.ndarray] = soon

    def __hash__(self):
        return hash((tuple(self.points.items()), self.pace))


def curve(pace: Callable[[np.ndarray], np.ndarray] = soon, **points: float) -> Curve:
    return Curve(points, pace)


def _network(experiment: str) -> str:
    return next(name for name in MODELS if experiment.startswith(name))


@cache
def layers(experiment: str) -> tuple[tuple[str, str], ...]:
    return tuple(recorded_layers(build_model(_network(experiment), width=0.05)))


@dataclass(frozen=True)
class World:
    """What the tables say.

    Attributes:
        curves: (experiment, metric, reshape) -> curve; the reshape is empty for the paper's.
        gains: experiment -> fraction of the weights left -> accuracy minus the complete one's.
        nulls: metric -> mean of its null.
        dimensions: experiment -> intrinsic dimensions of the complete network.
    """

    curves: Mapping[tuple[str, str, str], Curve]
    gains: Mapping[str, Callable[[float], float]]
    nulls: Mapping[str, float] = field(default_factory=dict)
    dimensions: Mapping[str, Curve] = field(default_factory=dict)

    def but(self, **changes: Mapping[Any, Any]) -> World:
        """Another world: each mapping with some entries replaced."""
        return replace(self, **{name: getattr(self, name) | new for name, new in changes.items()})

    def results(self, networks: int = 3) -> Results:
        """The tables of this world, with a run of each of some complete networks."""
        blocks = [
            _block(*key, curve, self.nulls.get(key[1], 0.05), self.dimensions.get(key[0]), networks)
            for key, curve in self.curves.items()
        ]
        performance = pd.DataFrame(
            [
                row
                for experiment, gain in self.gains.items()
                for row in _performance(experiment, gain, networks)
            ]
        ).astype({"run_seed": "Int64"})
        names = dict.fromkeys([key[0] for key in self.curves] + list(self.gains))
        provenance = {
            "scaled_down": True,
            "experiments": {
                name: {
                    "base": _network(name),
                    "model": name,
                    "against": "complete" if name.endswith("_independent") else "pruned",
                }
                for name in names
            },
        }
        return Results(
            Path("made up"), pd.concat(blocks, ignore_index=True), performance, provenance
        )


def _seeds(experiment: str, networks: int) -> list[tuple[int, int]]:
    if experiment.endswith("_independent"):
        return [(0, 1), (0, 2), (1, 2)][:networks]
    return [(seed, 0) for seed in range(networks)]


@cache
def _block(
    experiment: str,
    metric: str,
    reshape: str,
    curve: Curve,
    null: float,
    dimensions: Curve | None,
    networks: int,
) -> pd.DataFrame:
    known = layers(experiment)
    names = [name for name, _ in known]
    still = experiment.endswith(("_independent", "_untrained"))
    iterations = np.array([0]) if still else np.arange(1, ITERATIONS + 1)
    pace = np.ones(1) if still else curve.pace(iterations / ITERATIONS)
    rng = np.random.default_rng(len(metric) + len(experiment))
    final = _interpolate(curve, names)
    dimension = _interpolate(dimensions, names) if dimensions else np.full(len(names), np.nan)
    parts = []
    for train, prune in _seeds(experiment, networks):
        value = START + np.outer(pace, final - START)
        value = np.clip(value + rng.normal(0, NOISE, value.shape), 0, 1)
        part = pd.DataFrame(
            {
                "iteration": np.repeat(iterations, len(names)),
                "remaining": np.repeat(0.8**iterations, len(names)),
                "layer": np.tile(names, len(iterations)),
                "kind": np.tile([kind for _, kind in known], len(iterations)),
                "depth": np.tile(np.arange(len(names)), len(iterations)),
                "value": value.ravel(),
                "id_x": np.tile(dimension, len(iterations)),
            }
        )
        parts.append(part.assign(train_seed=train, run_seed=prune))
    return pd.concat(parts).assign(
        experiment=experiment,
        metric=metric,
        reshape=reshape or PAPER_RESHAPE[metric],
        null_mean=null,
        null_sd=0.01,
        p_value=0.01,
        null_max=0.3,
    )


def _interpolate(curve: Curve, names: list[str]) -> np.ndarray:
    at = [names.index(name) for name in curve.points]
    return np.interp(range(len(names)), at, list(curve.points.values()))


def _performance(experiment: str, gain: Callable[[float], float], networks: int) -> list[dict]:
    rng = np.random.default_rng(0)
    rows = []
    for seed in range(networks):
        row = {"experiment": experiment, "train_seed": seed, "collapsed": ""}
        rows.append(row | {"run_seed": None, "iteration": 0, "remaining": 1.0, "accuracy": 0.9})
        for iteration in range(1, ITERATIONS + 1):
            left = 0.8**iteration
            accuracy = 0.9 + (gain(left) + rng.normal(0, 0.01)) / 100
            place = {"run_seed": 0, "iteration": iteration, "remaining": left}
            rows.append(row | place | {"accuracy": accuracy})
    return rows


_UPS = {"svcca": 0.0, "pwcca": 0.02}


def spike(left: float) -> float:
    return 1.0 if 0.08 < left < 0.13 else 0.5 if left > 0.13 else -0.3


def _paper() -> World:
    curves = {}
    for metric, up in _UPS.items():
        curves |= {
            ("vgg16_bn", metric, ""): curve(
                conv1_1=0.9 + up, conv3_3=0.35 + up, pool5=0.7 + up, out=0.95
            ),
            ("vgg_svhn", metric, ""): curve(
                conv1_1=0.9 + up,
                pool2=0.75 + up,
                conv3_1=0.47 + up,
                conv3_2=0.5 + up,
                pool3=0.6 + up,
                conv4_1=0.48 + up,
                pool4=0.49 + up,
                out=0.9,
            ),
            ("resnet_fast", metric, ""): curve(
                sooner, prep=0.9 + up, conv3=0.5 + up, pool4=0.55 + up, out=0.9
            ),
        }
    curves |= {
        ("vgg16_bn", "cka", ""): curve(conv1_1=0.97, pool2=0.95, pool5=0.8, out=0.79),
        ("vgg16_bn", "nbs", ""): curve(
            conv1_1=0.97, pool2=0.94, conv4_1=0.75, pool5=0.87, out=0.91
        ),
        ("vgg16_bn", "cosine", ""): curve(evenly, out=0.8),
        ("vgg_svhn", "cka", ""): curve(
            conv1_1=0.97, pool2=0.95, conv3_2=0.84, conv4_1=0.9, pool4=0.89, out=0.9
        ),
        ("vgg_svhn", "nbs", ""): curve(
            conv1_1=0.97, pool2=0.95, pool3=0.92, conv4_1=0.9, pool4=0.905, out=0.93
        ),
        ("resnet_fast", "cka", ""): curve(prep=0.94, pool4=0.92, out=0.91),
        ("resnet_fast", "nbs", ""): curve(prep=0.95, res3_2=0.82, pool4=0.85, out=0.9),
    }
    for network in ("vgg16_bn", "vgg_svhn", "resnet_fast"):
        for metric in ("cka", "nbs"):
            curves[network, metric, "channels"] = curves[network, "svcca", ""]
    controls = {"independent": 0.2, "untrained": 0.1, "random_masks": 0.3, "trained_as_long": 0.97}
    for network in ("vgg16_bn", "vgg_svhn", "resnet_fast"):
        for metric in ("svcca", "pwcca", "cka", "nbs"):
            for control, value in controls.items():
                curves[f"{network}_{control}", metric, ""] = curve(out=value)
        curves[f"{network}_trained_as_long", "cka", "channels"] = curve(out=0.97)
    curves["vgg16_bn_late_reset", "svcca", ""] = curves["vgg16_bn", "svcca", ""]
    gains = {
        "vgg16_bn": spike,
        "vgg_svhn": lambda left: 5 * np.log10(left),
        "resnet_fast": spike,
        "vgg16_bn_trained_as_long": lambda left: 0.2,
        "resnet_fast_trained_as_long": lambda left: 0.2,
    }
    return World(curves, gains, {}, {"vgg16_bn": curve(conv1_1=5, conv3_1=20, conv4_1=8, pool5=6)})


PAPERS_WORLD = _paper()
"""All claims hold here."""
