"""How long all metrics take on all recorded layers of a network pair, and its forward passes.

    python -m benchmarks.layers [--network NAME] [--images N] [--permutations K] [--device cuda]
        [--out TABLE.csv]

A complete network is compared with two others. The first comparison computes what
depends on the complete network alone; the second reuses it, as all further comparisons
do. Beside them stands `plain`, the least that any code would take which knows no
shortcut: one product of a layer's matrix with itself, in float64, and the eigenvalues
of the smaller of the two that there are. The networks are untrained and the images are
noise: the time does not depend on that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import pandas as pd
import torch

from lib.metrics import METRICS, LayerRepresentations, compare
from lib.models import MODELS, build_model, record_layers, recorded_layers


def measure(
    network: str, images: int, device: str, width: float = 1.0, permutations: int = 0
) -> pd.DataFrame:
    """Seconds for each recorded layer: of the first comparison, of the second, and of `plain`.

    Args:
        network: a name in `lib.models.MODELS`.
        images: number of probe images.
        device: where networks and metrics run.
        width: of the network, relative to the full one.
        permutations: how many sample the nulls.

    Returns:
        A row for the forward pass of one network, `layer` "forward", and one for each
        layer.
    """
    torch.manual_seed(0)
    complete, *pruned = (build_model(network, 10, width).to(device) for _ in range(3))
    probe = torch.randn(images, 3, 32, 32, device=device)
    names = [name for name, _ in recorded_layers(complete)]
    record_layers(complete, probe[:100], names[-1:])  # libraries load and tune themselves here
    forward, _ = _timed(lambda: record_layers(complete, probe, names[-1:]), device)
    asked = {"metrics": [*METRICS], "permutations": permutations}
    rows = [{"layer": "forward", "first": forward, "second": forward}]
    for name in names:
        first, *rest = (record_layers(each, probe, [name])[name] for each in (complete, *pruned))
        kept = LayerRepresentations(first)
        times = [
            _timed(lambda kept=kept, output=output: compare(kept, output, **asked), device)
            for output in rest
        ]
        plain, _ = _timed(lambda output=rest[0]: _eigenvalues(output), device)
        undefined = [row["metric"] for row in times[0][1] if row["value"] != row["value"]]
        row = {"layer": name, "shape": "x".join(map(str, first.shape[1:]))}
        row |= {"first": times[0][0], "second": times[1][0], "plain": plain}
        rows.append(row | {"undefined": undefined})
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def _eigenvalues(output: torch.Tensor) -> torch.Tensor:
    """Of the Gram matrix of the images, or of the columns where these are fewer."""
    matrix = output.flatten(1)
    matrix = matrix if len(matrix) < matrix.shape[1] else matrix.T
    total = matrix.new_zeros(len(matrix), len(matrix), dtype=torch.float64)
    for part in matrix.split(1024, dim=1):  # a copy of all in float64 would be large
        part = part.double()
        total.addmm_(part, part.T)
    return torch.linalg.eigvalsh(total)


def _timed(function: Callable[[], object], device: str) -> tuple[float, object]:
    """Seconds until the device has finished, and the function's value."""
    wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    wait()
    start = time.perf_counter()
    value = function()
    wait()
    return time.perf_counter() - start, value


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.layers", description=__doc__)
    parser.add_argument("--network", default="vgg16_bn", choices=MODELS)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--permutations", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    table = measure(given.network, given.images, given.device, given.width, given.permutations)
    for column in ("first", "second"):
        forward, compared = 2 * table[column][0], table[column][1:].sum()
        print(
            f"{column} comparison: {compared:.1f} s for all layers; two forward passes "
            f"{forward:.1f} s, {forward / (forward + compared):.0%} of all; "
            f"{compared / table['plain'][1:].sum():.2f} times plain eigenvalues"
        )
    if given.out:
        table.to_csv(given.out, index=False, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())
