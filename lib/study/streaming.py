"""How similar the layers of two networks are on images that don't fit into memory."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from ..data import Dataset, Images, StreamedImages, normalise
from ..metrics.compare import DEFAULT_METRICS
from ..metrics.statistics import moment_bytes
from ..models import record_batches, recorded_layers
from ..training import precision_of
from .comparison import MEMORY, fitting

BATCH = 32
"""Images in one forward pass by default."""


def compare_streamed(
    complete: nn.Module,
    other: nn.Module,
    images: Images | StreamedImages,
    dataset: Dataset,
    *,
    layers: Sequence[str] | None = None,
    metrics: Sequence[str] = DEFAULT_METRICS,
    reshapes: Sequence[str] = ("channels", "gap"),
    batch_size: int = BATCH,
    memory: int = MEMORY,
) -> Iterator[dict]:
    """Compare layers of two networks on a stream of images, in one pass if all sums fit `memory`.

    Otherwise the layers are divided into groups that fit, with a pass for each group. Memory:

    - sums, at most `memory`: `8 (p + q)²` bytes for each layer and reshape, where p and q are the
      columns of the two sides; a single layer is never divided;
    - the outputs of a group for one batch, of both networks, in their precision;
    - for the layer that is being added, its batch once more, and its sums three times more.

    None of it depends on the number of images. In a job of several processes (`torch.distributed`)
    each passes its part of the images, such as `images.take(slice(rank, None, processes))`, and all
    get the rows of all images. Each row is computed together, so all must ask for all rows.

    Args:
        complete: the complete network, on the images' device.
        images: on which to compare, `dataset.test` or a part of it; never augmented.
        dataset: where `mean` and `std` are taken from.
        layers: module names that both networks have; None for those that `complete` declares.
        metrics: names in `METRICS`, of metrics that second moments determine.
        reshapes: `"channels"`, `"gap"`, or `"flat"` for layers that are small enough.
        batch_size: images in one forward pass.
        memory: bytes that the sums may take at a time.

    Yields:
        layer, kind ("" where it isn't declared), depth, and what `lib.metrics.compare` gives,
        without permutations.

    Raises:
        ValueError: no layers, a name that is no module, or a metric that needs all images at once.
        RuntimeError: as `lib.models.record_batches`.
    """
    from ..metrics import StreamedComparison  # imports torchmetrics, which jobs do without

    declared = recorded_layers(complete) if layers is None else [(name, "") for name in layers]
    if not declared:
        raise ValueError("layers: got none, need names of modules that both networks have")
    kinds, depths = dict(declared), {name: depth for depth, (name, _) in enumerate(declared)}
    StreamedComparison(metrics)  # refuses unsuitable metrics before the first pass
    dtype, device = precision_of(complete), images.device
    blank = torch.zeros(2, *images.shape, dtype=dtype, device=device)
    shapes = [_outputs(network, blank, list(kinds)) for network in (complete, other)]
    sizes = {
        name: sum(moment_bytes(*(_columns(side[name], how) for side in shapes)) for how in reshapes)
        for name in kinds
    }
    del shapes
    # sums are float64, which Apple's GPUs lack
    where = "cpu" if device.type == "mps" else device
    for group in fitting(sizes, memory):
        sums = {
            (name, how): StreamedComparison(metrics, how).to(where)
            for name in group
            for how in reshapes
        }
        for pixels, _ in images.batches(batch_size):
            x = normalise(pixels, dataset.mean, dataset.std, dtype)
            of_x, of_y = (_outputs(network, x, group) for network in (complete, other))
            for name in group:
                layer_x, layer_y = of_x.pop(name), of_y.pop(name)
                for how in reshapes:
                    sums[name, how].update(layer_x, layer_y)
        for name, how in list(sums):
            for row in sums.pop((name, how)).compute():
                yield {"layer": name, "kind": kinds[name], "depth": depths[name], **row}


def _outputs(network: nn.Module, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
    """The recorded layers of one batch."""
    (outputs,) = record_batches(network, [x], layers)
    return outputs


def _columns(output: Tensor, reshape: str) -> int:
    return output[0].numel() if reshape == "flat" else output.shape[1]
