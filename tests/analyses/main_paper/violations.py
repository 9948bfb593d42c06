"""For each claim, what to change in the paper's world so that it does not hold."""

from __future__ import annotations

from functools import partial

from ...book.claims.worlds import Curve, at_once, backwards, curve, evenly, late, spike

PAPER_METRICS = ("svcca", "pwcca", "cka", "nbs")
NETWORKS = ("vgg16_bn", "vgg_svhn", "resnet_fast")


def _curves(experiment: str, *metrics: str, to: Curve, reshape: str = "") -> dict:
    return {"curves": {(experiment, metric, reshape): to for metric in metrics}}


def _points(experiment: str, metric: str, **points: float) -> dict:
    return _curves(experiment, metric, to=curve(**points))


_vgg, _svhn, _resnet = (partial(_points, network) for network in NETWORKS)

_LEFT_TO_LAST = {"conv1_1": 0.9, "pool5": 0.35, "out": 0.95}
_LOW_FRONT = {"conv1_1": 0.75, "pool2": 0.75, "conv3_1": 0.95, "pool5": 0.95, "out": 0.79}
_V = {"conv1_1": 0.9, "conv3_3": 0.35, "pool5": 0.7, "out": 0.95}
_HILL = {"conv1_1": 0.4, "conv3_3": 0.9, "pool5": 0.5, "out": 0.95}

VIOLATIONS: dict[str, dict] = {
    "vgg_svhn-accuracy-early": {"gains": {"vgg_svhn": lambda left: 0.5}},
    "accuracy-alike": {"gains": {"resnet_fast": lambda left: -spike(left)}},
    "vgg_svhn-accuracy-falls": {"gains": {"vgg_svhn": lambda left: -left}},
    "vgg16_bn-u-svcca": _vgg("svcca", **_LEFT_TO_LAST),
    "vgg16_bn-u-pwcca": _vgg("pwcca", **_LEFT_TO_LAST),
    "vgg16_bn-cca-bottom": _vgg("svcca", **_LEFT_TO_LAST),
    "vgg16_bn-cca-depth": _vgg("svcca", **(_V | {"conv3_3": 0.1})),
    "vgg16_bn-cca-near-output": _vgg("pwcca", **_LEFT_TO_LAST),
    "vgg16_bn-cca-output": _vgg("pwcca", **(_V | {"out": 0.7})),
    "vgg16_bn-cka-bound": _vgg("cka", conv1_1=0.97, out=0.5),
    "vgg16_bn-cka-depth": _vgg("cka", conv1_1=0.8, pool5=0.97, out=0.79),
    "vgg16_bn-cka-fan": _vgg("cka", **_LOW_FRONT),
    "vgg16_bn-cka-output": _vgg("cka", conv1_1=0.97, out=0.97),
    "vgg16_bn-cka-scatter": _vgg("cka", conv1_1=0.97, out=0.97),
    "vgg16_bn-cka-stacks": _curves("vgg16_bn", "cka", to=curve(evenly, conv1_1=0.97, out=0.6)),
    "vgg16_bn-cka-stack-at": _vgg("cka", conv1_1=0.97, out=0.5),
    "vgg16_bn-nbs-bound": _vgg("nbs", conv1_1=0.97, conv4_1=0.5, out=0.9),
    "vgg16_bn-nbs-fan": _vgg("nbs", **_LOW_FRONT),
    "vgg16_bn-nbs-bottom": _vgg("nbs", conv1_1=0.97, conv1_2=0.7, pool5=0.9),
    "vgg16_bn-nbs-depth": _vgg("nbs", conv1_1=0.97, conv4_1=0.5, out=0.9),
    "vgg16_bn-nbs-stacks": _curves("vgg16_bn", "nbs", to=curve(evenly, conv1_1=0.97, out=0.6)),
    "vgg16_bn-nbs-u": _vgg("nbs", conv1_1=0.97, pool5=0.75, out=0.91),
    "vgg16_bn-nbs-no-trend": _curves("vgg16_bn", "nbs", to=curve(conv1_1=0.97, pool5=0.8)),
    "vgg16_bn-nbs-output": _vgg("nbs", conv1_1=0.97, out=0.7),
    "vgg16_bn-nbs-stack-at": _vgg("nbs", conv1_1=0.97, out=0.7),
    "vgg_svhn-consistent": _curves("vgg16_bn", *PAPER_METRICS, to=curve(**_LEFT_TO_LAST)),
    "vgg_svhn-cca-two-bottoms": _svhn("svcca", conv1_1=0.9, pool4=0.5, out=0.9),
    "vgg_svhn-cca-no-recovery": _svhn("svcca", conv1_1=0.9, conv3_2=0.5, pool4=0.8, out=0.9),
    "vgg_svhn-cca-output": _svhn("pwcca", conv1_1=0.9, out=0.5),
    "vgg_svhn-cka-bowl": _svhn("cka", conv1_1=0.97, pool4=0.9, out=0.9),
    "vgg_svhn-nbs-like-cka": _svhn("nbs", conv1_1=0.9, pool4=0.97, out=0.9),
    "vgg_svhn-nbs-no-bowl": _svhn("nbs", conv1_1=0.97, pool2=0.95, conv3_2=0.7, conv4_1=0.95),
    "resnet_fast-cca-bottom": _resnet("svcca", prep=0.9, conv1=0.5, pool4=0.9),
    "resnet_fast-cca-weak-recovery": _resnet("pwcca", prep=0.9, conv3=0.5, pool4=0.9),
    "resnet_fast-cca-higher": _resnet("svcca", prep=0.9, conv3=0.2, pool4=0.3, out=0.9),
    "resnet_fast-svcca-bound": _resnet("svcca", prep=0.9, conv3=0.2, out=0.9),
    "resnet_fast-pwcca-bound": _resnet("pwcca", prep=0.9, conv3=0.42, out=0.9),
    "resnet_fast-cca-converges": _curves("resnet_fast", "svcca", to=curve(late, prep=0.5)),
    "resnet_fast-converges-most": _curves("resnet_fast", "svcca", to=curve(evenly, prep=0.5)),
    "resnet_fast-cka-bound": _resnet("cka", prep=0.8),
    "resnet_fast-cka-constant": _resnet("cka", prep=0.95, pool4=0.6),
    "resnet_fast-nbs-lowest": _resnet("nbs", prep=0.95),
    "resnet_fast-nbs-bottom": _resnet("nbs", prep=0.95, conv1=0.8, pool4=0.95),
    "resnet_fast-nbs-recovery": _resnet("nbs", prep=0.95, pool4=0.8, out=0.9),
    "rewinding-weights-or-rate": _curves("vgg16_bn_late_reset", "svcca", to=curve(conv1_1=0.3)),
    "nbs-later-vgg16_bn": _vgg("nbs", **_V),
    "nbs-later-vgg_svhn": _svhn("nbs", conv1_1=0.9, conv3_1=0.5, pool4=0.9, out=0.93),
    "nbs-later-resnet_fast": _resnet("nbs", prep=0.95, conv3=0.8, pool4=0.9),
    "nbs-higher": _vgg("nbs", conv1_1=0.2),
    "cka-plateaus": _svhn("cka", conv1_1=0.97, pool4=0.3),
    "cka-flatter": _svhn("cka", conv1_1=0.97, pool4=0.3),
    "dimension-interior": {"dimensions": {"vgg16_bn": curve(conv1_1=20, pool5=5)}},
    "dimension-not-nbs": {"dimensions": {"vgg16_bn": curve(conv1_1=5, conv4_1=20, pool5=6)}},
    "nbs-agrees": _svhn("nbs", conv1_1=0.4, pool4=0.9, out=0.93),
    "nbs-smaller-scale": _resnet("nbs", prep=0.97, conv3=0.4, out=0.9),
    "cosine-no-stack": _vgg("cosine", out=0.97),
    "cosine-starts-high": _curves("vgg16_bn", "cosine", to=curve(at_once, out=0.8)),
    "cosine-sinks": _vgg("cosine", out=0.97),
    "cosine-sinks-to": _vgg("cosine", out=0.5),
    "nbs-outputs": _vgg("nbs", out=0.8),
    "cosine-like-cka": _vgg("cosine", out=0.95),
    "cca-agree": _vgg("pwcca", **_HILL),
    "cka-depth": _svhn("cka", conv1_1=0.8, pool4=0.97),
    "cka-bound": _resnet("cka", prep=0.5),
}

GAINS = {
    "early": lambda left: -0.5,
    "peak": lambda left: float(left > 0.5),
    "decline": lambda left: float(left < 0.05),
    "comparable": lambda left: -5 * (left < 0.02),
}
for network in ("vgg16_bn", "resnet_fast"):
    trained = {"gains": {f"{network}_trained_as_long": lambda left: 9.0}}
    VIOLATIONS |= {f"{network}-accuracy-{k}": {"gains": {network: g}} for k, g in GAINS.items()}
    VIOLATIONS |= {f"{network}-accuracy-{k}-beyond-training": trained for k in ("early", "peak")}

for metric in PAPER_METRICS:
    VIOLATIONS |= {
        f"departure-{metric}": _curves("vgg_svhn", metric, to=curve(backwards, conv1_1=0.5)),
        f"vgg_svhn-random-masks-{metric}": _points("vgg_svhn_random_masks", metric, out=0.97),
        f"first-above-null-{metric}": {"nulls": {metric: 0.99}},
        f"all-above-null-{metric}": {"nulls": {metric: 0.9}},
    }
    for network in NETWORKS:
        VIOLATIONS |= {
            f"{network}-{control}-{metric}": _points(f"{network}_{control}", metric, out=0.99)
            for control in ("independent", "untrained")
        }
        VIOLATIONS[f"{network}-trained-as-long-{metric}"] = _points(
            f"{network}_trained_as_long", metric, out=0.1
        )

_UPSIDE_DOWN = {
    "vgg16_bn": curve(**_HILL),
    "vgg_svhn": curve(conv1_1=0.4, conv3_2=0.9, pool4=0.9),
    "resnet_fast": curve(prep=0.4, conv3=0.9, pool4=0.8),
}
for network, upside_down in _UPSIDE_DOWN.items():
    VIOLATIONS |= {
        f"{network}-channels-{metric}": _curves(network, metric, to=upside_down, reshape="channels")
        for metric in ("cka", "nbs")
    }
    VIOLATIONS |= {
        f"{network}-contrast-reshape": _curves(
            network, "cka", to=curve(out=0.97), reshape="channels"
        ),
        f"{network}-contrast-null": {"nulls": {"cka": 0.9}},
    }
