"""Whether layers of a pruned network work in its original, and better there than in strangers.

Stitching (Lenc and Vedaldi 2015; Csiszárik et al. 2021): a layer of the pruned network, mapped
linearly, takes the place of the same layer in a complete network. Its functional relative
similarity is `lib.scale.relative_similarity` of how often that network still gives its usual answer.

Rules
-----
They were committed after a look at five ways of pruning VGG_SVHN, where over all layers the rank
correlation of relative similarity with functional relative similarity was 0.85 by PWCCA, 0.83 by
NBS, 0.79 by SVCCA and 0.73 by CKA (linear map; agreement). They are decided by the four ways that
had not been compared with strangers by then: rewinding, fine-tuning, local pruning and filters,
at three shares of weights left, in all convolutions; for each of the two maps, with an interval
over complete networks.

(a) By each metric, the rank correlation is at least 0.7.
(b) That of PWCCA exceeds that of CKA.
(c) By each metric, mean relative similarity lies within 0.1 of the functional one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.task import Task
from lib.table_schemas import LAYER, RUN, TableSchema

DECIDING = tuple(f"vgg_svhn_{way}" for way in ("rewound", "fine_tune", "local", "filters"))
"""The experiments that decide the rules."""
MAPS = ("linear", "rotation")
TABLE = TableSchema(
    "stitching",
    RUN | {"other_seed": "int64"} | LAYER | {"map": "str", "agreement": "float64"},
    key=(*RUN, "depth", "layer", "map"),
    measured=("agreement",),
)
"""A row says what the complete network of `other_seed` answers if a layer of the pruned network,
mapped, takes the place of its own: `agreement` is the share of test images with its usual
answer."""


def channel_map(x: Tensor, y: Tensor, kind: str) -> tuple[Tensor, Tensor]:
    """The affine map of channels that takes one layer nearest to another, by least squares.

    Args:
        x, y: (n, c, h, w) and (n, d, h, w): two layers, on the same images.
        kind: `linear`, any linear map (Csiszárik et al. 2021), with the invariances of CCA;
            `rotation`, an orthogonal map and one scale, with those of CKA and NBS.

    Returns:
        (c, d) and (d,): the map's matrix and its offset, in float64.
    """
    x, y = (rows_of(layer).double() for layer in (x, y))
    x_mean, y_mean = x.mean(0), y.mean(0)
    x, y = x - x_mean, y - y_mean
    if kind == "linear":
        matrix = torch.linalg.pinv(x.T @ x, hermitian=True) @ (x.T @ y)  # there are dead channels
    else:
        left, singular, right = torch.linalg.svd(x.T @ y, full_matrices=False)
        matrix = left @ right * (singular.sum() / x.square().sum())
    return matrix, y_mean - x_mean @ matrix


def rows_of(layer: Tensor) -> Tensor:
    """(n, c, h, w) to (n·h·w, c): the channels matrix."""
    return layer.movedim(1, -1).flatten(0, -2)


def mapped(layer: Tensor, matrix: Tensor, offset: Tensor) -> Tensor:
    """A layer, (n, c, h, w), under a map of channels: (n, d, h, w)."""
    return F.conv2d(layer, matrix.T[:, :, None, None].to(layer), offset.to(layer))


@torch.no_grad()
def with_layer(network: nn.Module, name: str, layer: Tensor, images: Tensor) -> Tensor:
    """The network's outputs for images where a module returns the layer given."""
    hook = network.get_submodule(name).register_forward_hook(lambda *_: layer)
    try:
        return network.eval()(images)
    finally:
        hook.remove()


@dataclass(frozen=True)
class Stitching(WithStrangers):
    """Layers of pruned networks put into complete networks: their own one, and other seeds' ones.

    The map between the two is fitted on training images, and judged on test images.

    Attributes:
        fitted_on, tested_on: how many of them, from the first on.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "out_of_sample"
    fitted_on: int = 600
    tested_on: int = 2000

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for seed in self.original_first(task.job):
            yield f"complete network {seed}", self._rows(task, seed)

    def _rows(self, task: Task, seed: int) -> Iterator[dict]:
        target, data = task.complete(seed), task.setting.dataset
        fit = task.setting.inputs(data.train, slice(self.fitted_on))[0]
        test = task.setting.inputs(data.test, slice(self.tested_on))[0]
        layers = recorded_layers(target)
        depths = {name: depth for depth, (name, _) in enumerate(layers)}
        kinds = {name: kind for name, kind in layers if kind == "conv"}
        y = record_layers(target, fit, kinds)
        usual = record_layers(target, test, [layers[-1][0]])[layers[-1][0]]
        for iteration in task.iterations(self.iterations):
            network, _ = task.pruned(iteration)
            x, x_test = (record_layers(network, images, kinds) for images in (fit, test))
            key = task.key(iteration) | {"other_seed": seed}
            for name, kind in kinds.items():
                place = {"layer": name, "kind": kind, "depth": depths[name]}
                for how in MAPS:
                    layer = mapped(x_test[name], *channel_map(x[name], y[name], how))
                    answers = with_layer(target, name, layer, test)
                    same = (answers.argmax(1) == usual.argmax(1)).double().mean().item()
                    yield key | place | {"map": how, "agreement": same}
