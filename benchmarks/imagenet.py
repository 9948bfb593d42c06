"""What ImageNet would take: counted work and memory, and hours on one GPU under stated rates.

    python -m benchmarks.imagenet [--out benchmarks] [--page book/large_data.md]

Writes `imagenet.csv`, a row for each network, and `imagenet_layers.csv`, a row for each recorded
layer. With `--page` it puts both, and what `benchmarks.processes` and `benchmarks.streaming`
measured, as tables between the page's markers. Nothing is computed but shapes and small examples,
so it takes seconds, and gives the same everywhere.

Times come from the counted FLOP and the rates that the page on costs derives for an H200: at best
the largest share of its peak that published trainings reached, at worst the least that they made
of each byte of their memory (`lib.report.scaling_machines`). Recording in full float32, and the
metrics in float64, run at best at their common peak, at worst as slowly as memory feeds
eigenproblems.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F

from lib.metrics import StreamedComparison
from lib.metrics.statistics import Moments, moment_bytes
from lib.models import LARGE, recorded_layers
from lib.models.large import build_large
from lib.pruning import prunable_weights
from lib.report.benchmarks import FOLDER
from lib.report.names import NETWORKS
from lib.report.scaling_machines import SERVER, Gpu, machines
from lib.report.scaling_work import load_works

from .costs import IMAGENET, SHRUNK, TRAIN_IMAGES, flop
from .pages import number, put, table

CLASSES, SIZE = 1000, 224
PROBE_IMAGES = 50_000
"""All validation images."""
ITERATIONS, FRACTION = 20, 0.2
BATCH = 32
"""Images in one forward pass of a comparison, the default of `compare_streamed`."""

HOUR, DAY = 3600, 86400


def empty_network(name: str) -> nn.Module:
    """A network that has shapes and no numbers."""
    with torch.device("meta"):
        return build_large(name, CLASSES, 1, 3)


def shapes(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """Recorded layer -> shape of one image's representation."""
    found: dict[str, tuple[int, ...]] = {}
    modules = dict(network.named_modules())

    def keeper(name: str) -> Callable[..., None]:
        return lambda module, given, output: found.update({name: tuple(output.shape[1:])})

    hooks = [
        modules[name].register_forward_hook(keeper(name)) for name, _ in recorded_layers(network)
    ]
    with torch.no_grad():
        network.eval()(torch.empty(1, 3, SIZE, SIZE, device="meta"))
    for hook in hooks:
        hook.remove()
    return found


@cache
def update_flop(rows: int, channels: int) -> float:
    """Of adding so many rows of two layers with as many channels to their sums."""
    both = torch.empty(rows, 2 * channels, dtype=torch.float64, device="meta")
    return flop(lambda: Moments.of([both]))


@cache
def solve_flop(channels: int) -> float:
    """Of all default metrics from the sums of two layers, counted at an eighth of the size."""
    small = max(channels // SHRUNK, 2)
    source = torch.Generator().manual_seed(0)
    x, y = torch.randn(2, 8 * small, small, generator=source, dtype=torch.float64)
    sums = StreamedComparison()
    sums.update(x, y)
    return (channels / small) ** 3 * flop(sums.compute)


def layer_rows(name: str, network: nn.Module) -> list[dict]:
    """What each recorded layer takes, compared with one of the same shape."""
    kinds = dict(recorded_layers(network))
    rows = []
    for layer, shape in shapes(network).items():
        channels, positions = shape[0], int(np.prod(shape[1:]))
        rows.append(
            {
                "network": name,
                "layer": layer,
                "kind": kinds[layer],
                "channels": channels,
                "positions": positions,
                "values": channels * positions,
                "sums bytes": moment_bytes(channels, channels),
                "flat sums bytes": moment_bytes(channels * positions, channels * positions),
                "channels FLOP": update_flop(positions, channels),
                "gap FLOP": update_flop(1, channels),
                "solve FLOP": solve_flop(channels),
            }
        )
    return rows


def network_row(name: str, network: nn.Module, layers: pd.DataFrame, gpu: Gpu) -> dict:
    """What training, pruning and comparing take; `best` and `worst` are of the rates."""
    image = torch.empty(1, 3, SIZE, SIZE, device="meta")
    label = torch.empty(1, dtype=torch.long, device="meta")
    weights = sum(weight.numel() for weight in prunable_weights(network).values())
    parameters = sum(weight.numel() for weight in network.parameters())
    forward = flop(lambda: network(image))
    step = flop(lambda: F.cross_entropy(network(image), label).backward())
    images, epochs = TRAIN_IMAGES["imagenet"], IMAGENET["epochs"]
    training = step * images * epochs / gpu.rates
    compared = {
        how: PROBE_IMAGES * layers[f"{how} FLOP"].sum() + layers["solve FLOP"].sum()
        for how in ("channels", "gap")
    }
    recording = 2 * PROBE_IMAGES * forward
    comparing = sum(gpu.comparing(work) for work in (recording, *compared.values()))
    left = [(1 - FRACTION) ** k for k in range(1, ITERATIONS + 1)]
    kept = sum(4 * weights * share + weights / 8 + 4 * (parameters - weights) for share in left)
    row = {
        "network": name,
        "parameters": parameters,
        "prunable weights": weights,
        "layers": len(layers),
        "forward FLOP": forward,
        "step FLOP": step,
        "training FLOP": step * images * epochs,
        "epochs": epochs,
        "train images": images,
        "probe images": PROBE_IMAGES,
        "iterations": ITERATIONS,
        "recording FLOP": recording,
        "channels FLOP": compared["channels"],
        "gap FLOP": compared["gap"],
        "sums bytes": 2 * layers["sums bytes"].sum(),
        "widest sums bytes": layers["sums bytes"].max(),
        "outputs bytes": 2 * 4 * BATCH * layers["values"].sum(),
        "at once bytes": 2 * 4 * PROBE_IMAGES * layers["values"].sum(),
        "largest flat sums bytes": layers["flat sums bytes"].max(),
        "kept bytes": kept,
        "utilisation": tuple(gpu.rates / gpu.peak),
        "images/s": tuple(gpu.rates / step),
        "training hours": tuple(training / HOUR),
        "comparing minutes": tuple(comparing / 60),
        "chain days": tuple(((1 + ITERATIONS) * training + ITERATIONS * comparing) / DAY),
    }
    spans = {key: value for key, value in row.items() if isinstance(value, tuple)}
    for key, (best, worst) in spans.items():
        del row[key]
        row |= {f"{key} best": best, f"{key} worst": worst}
    return row


def counted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of networks and that of layers."""
    gpu = machines(load_works())[SERVER]
    networks, layers = [], []
    for name in LARGE:
        network = empty_network(name)
        rows = pd.DataFrame(layer_rows(name, network))
        layers.append(rows)
        networks.append(network_row(name, network, rows, gpu))
    return pd.DataFrame(networks), pd.concat(layers, ignore_index=True)


def markdown(folder: Path) -> dict[str, str]:
    """Marker -> the Markdown that stands there on the page, from the written tables."""
    return {
        "networks": _networks(pd.read_csv(folder / "imagenet.csv")),
        "layers": _layers(pd.read_csv(folder / "imagenet_layers.csv")),
        "processes": _processes(pd.read_csv(folder / "processes.csv")),
        "streaming": _streaming(pd.read_csv(folder / "streaming.csv")),
    }


def _streaming(measured: pd.DataFrame) -> str:
    """What `benchmarks.streaming` found."""
    keys = ("images", "batch", "sums MiB", "outputs of a batch MiB", "outputs at once MiB")
    keys += ("peak MiB",)
    rows = [[number(row[key]) for key in keys] for _, row in measured.iterrows()]
    header = ("Images", "Batch", "Sums, MiB", "Outputs of a batch, MiB", "Of all at once, MiB")
    return table((*header, "Measured peak, MiB"), rows)


def _processes(measured: pd.DataFrame) -> str:
    """What `benchmarks.processes` found."""
    rows = [
        [
            NETWORKS[row["network"]],
            f"{row['width']:g}",
            f"{row['batch']}",
            number(row["one job images/s"]),
            number(row["side by side images/s"]),
            number(row["smaller batches images/s"]),
            f"{row['ratio']:.2f} ({row['ratio min']:.2f} to {row['ratio max']:.2f})",
        ]
        for _, row in measured.iterrows()
    ]
    header = (
        "Network",
        "Width",
        "Batch",
        "One job, images/s",
        "Two jobs",
        "Two, smaller batches",
        "One / two",
    )
    return table(header, rows)


def _networks(networks: pd.DataFrame) -> str:
    def span(row: pd.Series, key: str) -> str:
        low, high = sorted((row[f"{key} best"], row[f"{key} worst"]))
        return f"{number(low)} to {number(high)}"

    lines: dict[str, Callable[[pd.Series], str]] = {
        "Prunable weights": lambda r: f"{r['prunable weights']:,}",
        "Forward pass of an image, GFLOP": lambda r: number(r["forward FLOP"] / 1e9),
        "Training step of an image, GFLOP": lambda r: number(r["step FLOP"] / 1e9),
        "One training, EFLOP": lambda r: number(r["training FLOP"] / 1e18),
        "Recorded layers": lambda r: f"{r['layers']}",
        "Sums of all layers, both reshapes, GB": lambda r: number(r["sums bytes"] / 1e9),
        "Sums of the widest layer, one reshape, GB": lambda r: number(r["widest sums bytes"] / 1e9),
        f"Outputs of {BATCH} images, both networks, GB": lambda r: number(r["outputs bytes"] / 1e9),
        "Outputs of all images at once, TB": lambda r: number(r["at once bytes"] / 1e12),
        "Sums of the largest layer if flat, TB": lambda r: number(
            r["largest flat sums bytes"] / 1e12
        ),
        "Recording both networks, PFLOP": lambda r: number(r["recording FLOP"] / 1e15),
        "Metrics of channels, PFLOP in float64": lambda r: number(r["channels FLOP"] / 1e15),
        "Metrics of means (gap), PFLOP in float64": lambda r: number(r["gap FLOP"] / 1e15),
        "Share of the H200's peak, %": lambda r: span(r, "utilisation percent"),
        "Images a second in training": lambda r: span(r, "images/s"),
        "One training, hours": lambda r: span(r, "training hours"),
        "One comparison, minutes": lambda r: span(r, "comparing minutes"),
        f"Complete network and {ITERATIONS} iterations, days": lambda r: span(r, "chain days"),
        "Networks kept on disk, GB": lambda r: number(r["kept bytes"] / 1e9),
    }
    for side in ("best", "worst"):
        networks = networks.assign(
            **{f"utilisation percent {side}": 100 * networks[f"utilisation {side}"]}
        )
    rows = [row for _, row in networks.iterrows()]
    titles = ["ResNet-" + row["network"].removeprefix("resnet") for row in rows]
    return table(["", *titles], [[about, *map(say, rows)] for about, say in lines.items()])


def _layers(layers: pd.DataFrame) -> str:
    keys = ["channels", "positions", "sums bytes", "channels FLOP", "gap FLOP", "solve FLOP"]
    large = layers[layers["network"] == LARGE[-1]]
    rows = [
        [
            f"{len(group)}",
            f"`{group['layer'].iloc[0]}`",
            f"{channels:,}",
            f"{positions:,}",
            number(size / 1e6),
            number(update / 1e9),
            number(gap / 1e9),
            number(solve / 1e9),
        ]
        for (channels, positions, size, update, gap, solve), group in large.groupby(
            keys, sort=False
        )
    ]
    header = [
        *("Layers", "The first", "Channels", "Positions", "Sums, MB"),
        *("Channels, GFLOP an image", "Gap, GFLOP an image", "Metrics, GFLOP once"),
    ]
    return table(header, rows, words=2)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imagenet", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="of the two tables, as CSV")
    parser.add_argument("--page", type=Path, help="a page that gets them between its markers")
    given = parser.parse_args(arguments)
    networks, layers = counted()
    print(networks.T.to_string(header=False))
    networks.to_csv(given.out / "imagenet.csv", index=False, float_format="%.6g")
    layers.to_csv(given.out / "imagenet_layers.csv", index=False, float_format="%.6g")
    if given.page:
        text = put(
            given.page.read_text(encoding="utf-8"), markdown(given.out), "benchmarks.imagenet"
        )
        given.page.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
