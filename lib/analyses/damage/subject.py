"""What is damaged: versions of a trained network, some of its layers, and images."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

import torch
from torch import Tensor, nn

from ...book.report.format import Table, count
from ...compare.compared_network import unwrapped
from ...compare.images import FileBatches, Files
from ...compare.network_comparison import BATCH_SIZE
from ...compare.trace import trace_calls
from ...compare.user_networks import load_user_network
from ...did_you_mean import lookup
from ...models import record_layers

FEWEST_VERSIONS = 6
IMAGES_AT_LEAST, IMAGES_AT_MOST = 10, 256
OUTPUT_MEMORY = 4 << 30
"""Bytes for what the layers give for all images, in both of two versions."""


@dataclass(frozen=True)
class Subject:
    """A network, the layers of it to damage, and the images to see it by.

    Attributes:
        given: the network, as for `load_user_network`.
        versions: files of weights, in the order of the numbers in their names.
        layers: those to damage.
        weighted: all layers that have weights.
        folder: of the images.
        files: of the images that are taken.
        present: files of all images.
        size: of the images.
        probe: (n, c, h, w) the images.
    """

    given: str
    versions: Sequence[str]
    layers: Sequence[str]
    weighted: Sequence[str]
    folder: str
    files: Sequence[Path]
    present: Sequence[Path]
    size: int
    probe: Tensor

    def version(self, number: int) -> nn.Module:
        """The network with the weights of a version, on the device of the images."""
        network = load_user_network(self.given, self.versions[number])
        return unwrapped(network).to(self.probe.device)

    def seen(
        self, network: nn.Module, layers: Sequence[str]
    ) -> tuple[dict[str, Tensor], Tensor | None]:
        """What layers give for the images, and a score for each class, if the output is that."""
        outputs = record_layers(network, self.probe, [*layers, ""], BATCH_SIZE)
        scores = outputs.pop("").cpu()
        return outputs, scores if scores.ndim == 2 else None


def by_numbers(file: str) -> list[int | str]:
    """What sorts `epoch9.pt` before `epoch10.pt`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", file)]


def find_versions(patterns: str) -> list[str]:
    """The files of weights that match patterns with blanks between them, in order.

    Raises:
        ValueError: they are too few.
    """
    files = {file for pattern in patterns.split() for file in glob(pattern)}
    if len(files) < FEWEST_VERSIONS:
        raise ValueError(
            f"A_WEIGHTS: {count(len(files), 'file')} found by {patterns!r}, want "
            f"{FEWEST_VERSIONS} or more: versions of one trained network, such as the checkpoints "
            "of its last epochs. Consecutive ones must differ by a change that does no harm"
        )
    return sorted(files, key=by_numbers)


def weighted_layers(network: nn.Module) -> list[str]:
    """The modules that have a matrix or a kernel of their own."""
    return [
        name
        for name, module in network.named_modules()
        if any(weight.ndim > 1 for weight in module.parameters(recurse=False))
    ]


def maps_of(network: nn.Module, sample: Tensor) -> dict[str, Tensor]:
    """{layer: its maps (c, h, w) for the first image}, of layers that are called once."""
    return {
        name: call.output[0]
        for name, call in trace_calls(network, sample).items()
        if call.output.ndim == 4 and call.channels != "last"
    }


def choose_layers(
    network: nn.Module, given: str, maps: Mapping[str, Tensor], asked: str
) -> list[str]:
    """The layers to damage: those that are asked for, or an early, a middle and a late one.

    Args:
        given: what the network was called.
        maps: of `maps_of`.
        asked: names, with blanks or commas between them; may be empty.

    Raises:
        ValueError: an unknown layer, or one that cannot be damaged.
    """
    possible = [name for name in weighted_layers(network) if name in maps]
    modules = dict(network.named_modules())
    chosen = asked.replace(",", " ").split()
    for name in chosen:
        lookup("layer", name, modules)
        if name not in maps:
            raise ValueError(
                f"LAYERS: {name} does not give maps of channels, (n, c, h, w), in a single call, "
                "and only such layers can be damaged. These do: "
                f"{', '.join(possible) or 'none of this network'}"
            )
    if not possible:
        raise ValueError(
            f"A: no layer with weights of {given} gives maps of channels, (n, c, h, w)"
        )
    ends = [possible[0], possible[len(possible) // 2], possible[-1]]
    return chosen or list(dict.fromkeys(ends))


def choose_images(present: Sequence[Path], maps: Sequence[Tensor]) -> list[Path]:
    """Some of the images, evenly spread, as many as `IMAGES_AT_MOST` and `OUTPUT_MEMORY` allow.

    Args:
        present: files of all images.
        maps: what the chosen layers give for one image.
    """
    each = sum(output.numel() * output.element_size() for output in maps)
    most = max(min(IMAGES_AT_MOST, OUTPUT_MEMORY // (4 * each)), BATCH_SIZE // 2)
    files = present[:: -(-len(present) // most)]
    # whole batches, as a direction is that of a batch
    return files[: len(files) // BATCH_SIZE * BATCH_SIZE or None]


def prepare(given: str, weights: str, folder: str, layers: str, size: int) -> Subject:
    """What to damage, and the images to see it by.

    Args:
        given: the network, as for `load_user_network`.
        weights: patterns of the versions' files.
        folder: of the images.
        layers: as for `choose_layers`.
        size: of the images.

    Raises:
        ValueError: too few versions or images, images that the network does not take, or
            layers that cannot be damaged.
    """
    versions = find_versions(weights)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = unwrapped(load_user_network(given, versions[0])).to(device)
    dtype = next((weight.dtype for weight in network.parameters()), torch.float32)
    pictures = Files(folder, size)
    present = pictures.files
    if len(present) < IMAGES_AT_LEAST:
        number = count(len(present), "image")
        raise ValueError(f"IMAGES: {folder} has {number}, want at least {IMAGES_AT_LEAST}")
    sample = _read(pictures, present[:2]).to(device, dtype)
    try:
        maps = maps_of(network, sample)
    except RuntimeError as error:
        got, reason = tuple(sample.shape), " ".join(str(error).split())[:300]
        raise ValueError(
            f"A: {given} does not take images {got} of {dtype}: {reason}. SIZE is their height "
            f"and width, {size} here; networks quantised as a whole cannot be damaged"
        ) from error
    chosen = choose_layers(network, given, maps, layers)
    files = choose_images(present, [maps[name] for name in chosen])
    probe = _read(pictures, files).to(device, dtype)
    weighted = weighted_layers(network)
    return Subject(given, versions, chosen, weighted, folder, files, present, size, probe)


def _read(pictures: Files, files: Sequence[Path]) -> Tensor:
    pictures.files = files
    return torch.cat(list(FileBatches(pictures, BATCH_SIZE)))


def subject_table(subject: Subject) -> Table:
    """What is damaged, and what it is seen by."""
    first, last = (Path(subject.versions[end]).name for end in (0, -1))
    rows = [
        ("Network", subject.given),
        ("Versions", f"{len(subject.versions)}, from {first} to {last}"),
        ("Images", f"{len(subject.files)} of {len(subject.present):,} in {subject.folder}"),
        ("Cut to", f"{subject.size} \u00d7 {subject.size}"),
        ("Layers", ", ".join(subject.layers)),
    ]
    return Table(["Given", ""], rows, cards=True)
