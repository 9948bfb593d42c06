"""The networks of a finished study as files: complete ones, and all that pruning made of them.

    network = zoo.load("vgg_svhn", seed=0, iteration=12, source="path/to/zoo")
    mask = zoo.Zoo("path/to/zoo").load_mask("vgg_svhn", seed=0, iteration=12)

`make zoo` writes such a folder. Each network is a file of safetensors, which holds of
prunable weights those that are left. One more file a run says how many iterations each
weight survived: masks are nested, so that one byte a weight holds all of them. No file
is executed, and none is read whose SHA-256 is not that in `zoo.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from .atomic_files import write_atomically
from .did_you_mean import lookup
from .integrity import check_digest, load_json, within
from .models import build_model
from .pruning import Mask

INDEX = "zoo.json"
"""The file that a zoo is read from: its networks, and the SHA-256 of all other files."""

ADDRESS = ""
"""Where the published networks lie: a folder, or the address of one. No release has one yet."""

MOST_ITERATIONS = 255
"""How often a weight survives is kept in a byte."""


class Zoo:
    """The networks in a folder, or behind an address.

    Args:
        source: a folder that `make zoo` wrote, or its address, from `https://` on. Files of an
            address are kept in PyTorch's hub folder, and downloaded once.

    Attributes:
        networks: a row for each: `experiment`, `train_seed`, `prune_seed` (-1 for a
            complete network, of which iteration is 0), `iteration`, `remaining`
            (fraction of the prunable weights), `accuracy` (on the test images, in [0,
            1]), `loss`, and their `file`.
        experiments: {name: architecture, data and recipe of its networks}.

    Raises:
        ValueError: no source, or one that is no zoo.
        DamagedError: the index is not what was written.
        OSError: it cannot be read or downloaded.
    """

    def __init__(self, source: str | Path = ADDRESS):
        if not str(source):
            raise ValueError(
                "no release of these networks has an address yet: make them with `make zoo` and "
                "give the folder, as in source='_build/laptop/zoo'"
            )
        self.address = str(source).rstrip("/") if "://" in str(source) else ""
        self.folder = _cache(self.address) if self.address else Path(source)
        if self.address:
            _download(f"{self.address}/{INDEX}", self.folder / INDEX)
        if not (self.folder / INDEX).is_file():
            raise ValueError(f"{self.folder} has no {INDEX}: `make zoo` writes such a folder")
        index = load_json(self.folder / INDEX)
        self.files: dict[str, str] = index["files"]
        self.experiments: dict[str, dict[str, Any]] = index["experiments"]
        self.study = {name: index[name] for name in ("profile", "chapter")}
        self.networks = pd.DataFrame(index["networks"])

    def load(
        self, name: str, seed: int = 0, iteration: int = 0, *, prune_seed: int = 0
    ) -> nn.Module:
        """A network on the CPU, in evaluation mode, its pruned weights at exactly 0.

        Args:
            name: of the experiment, such as "vgg_svhn".
            seed: the train seed of its complete network.
            iteration: of pruning, from 1 on; 0 for the complete network.
            prune_seed: that of the run; it does not matter for a complete network.

        Raises:
            ValueError: there is no such network; the message says which there are.
            DamagedError: the file is not what was written.
        """
        row = self._row(name, seed, iteration, prune_seed)
        state = load_file(self.file(row.file))
        if iteration:
            for parameter, kept in self.mask_of(row).kept.items():
                weights = torch.zeros(kept.shape, dtype=state[parameter].dtype)
                weights[kept] = state[parameter]
                state[parameter] = weights
        network = build_model(**self.experiments[name]["network"])
        network.to(next(t.dtype for t in state.values() if t.is_floating_point()))
        network.load_state_dict(state)
        return network.eval()

    def load_mask(
        self, name: str, seed: int = 0, iteration: int = 1, *, prune_seed: int = 0
    ) -> Mask:
        """Which weights are left after an iteration: all of them, after 0.

        Arguments and errors are those of `load`.
        """
        if iteration == 0:
            return Mask.complete(self.load(name, seed))
        return self.mask_of(self._row(name, seed, iteration, prune_seed))

    def mask_of(self, row: pd.Series) -> Mask:
        """The mask of a row of `networks` whose iteration is not 0."""
        survived = load_file(self.file(masks_file(row.experiment, row.train_seed, row.prune_seed)))
        return Mask({name: times >= row.iteration for name, times in survived.items()})

    def normalisation(self, name: str) -> tuple[list[float], list[float]]:
        """Mean and standard deviation of each channel, of images with values in [0, 1].

        `torchvision.transforms.Normalize` takes them and makes the inputs of these
        networks.
        """
        data = lookup("experiment", name, self.experiments)["data"]
        return data["mean"], data["std"]

    def file(self, name: str) -> Path:
        """The path of a file of the zoo, downloaded if need be and compared with its digest."""
        path = within(self.folder, name)
        if self.address and not path.is_file():
            _download(f"{self.address}/{name}", path)
        again = f"Remove it, and it is downloaded again from {self.address}."
        check_digest(path, self.files.get(name), again if self.address else "Copy it again.")
        return path

    def _row(self, name: str, seed: int, iteration: int, prune_seed: int) -> pd.Series:
        lookup("experiment", name, self.experiments)
        wanted = {
            "experiment": name,
            "train_seed": seed,
            "prune_seed": prune_seed if iteration else -1,
            "iteration": iteration,
        }
        rows = self.networks
        for column, value in wanted.items():
            matching = rows[rows[column] == value]
            if matching.empty:
                known = ", ".join(map(str, sorted(set(rows[column]))))
                raise ValueError(f"there is no {name} with {column} {value}; there is {known}")
            rows = matching
        return rows.iloc[0]


def load(
    name: str,
    seed: int = 0,
    iteration: int = 0,
    *,
    prune_seed: int = 0,
    source: str | Path = ADDRESS,
) -> nn.Module:
    """A network of a zoo, ready to use; arguments and errors as for `Zoo` and `Zoo.load`."""
    return Zoo(source).load(name, seed, iteration, prune_seed=prune_seed)


def network_file(name: str, train_seed: int, prune_seed: int, iteration: int) -> str:
    """Where a network lies in a zoo; `prune_seed` is -1 for a complete network."""
    if iteration == 0:
        return f"{name}/seed-{train_seed}.safetensors"
    return f"{name}/seed-{train_seed}-run-{prune_seed}-iteration-{iteration:02}.safetensors"


def masks_file(name: str, train_seed: int, prune_seed: int) -> str:
    """Where the masks of a run lie in a zoo."""
    return f"{name}/seed-{train_seed}-run-{prune_seed}-masks.safetensors"


def write_network(
    path: Path, state: Mapping[str, torch.Tensor], about: Mapping[str, object]
) -> None:
    """A state dictionary as safetensors, atomically, with facts about it in the header."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    facts = {name: json.dumps(value) for name, value in about.items()}

    def write(part: Path) -> None:
        save_file(tensors, part, facts)
        part.chmod(0o644)  # others are to read it, which safetensors does not let them

    write_atomically(path, write)


def packed_state(network: nn.Module, mask: Mask) -> dict[str, torch.Tensor]:
    """The state of a network, of whose prunable weights only those are kept that are left."""
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    return state | {name: state[name][kept] for name, kept in mask.kept.items()}


def times_survived(masks: list[Mask]) -> dict[str, torch.Tensor]:
    """How many iterations each weight survived, as bytes.

    Args:
        masks: those of iterations 1, 2, …, each nested in the one before.

    Raises:
        ValueError: one is not, or there are more than `MOST_ITERATIONS`.
    """
    if len(masks) > MOST_ITERATIONS:
        raise ValueError(f"{len(masks)} iterations do not fit into a byte: keep {MOST_ITERATIONS}")
    for number, (mask, before) in enumerate(zip(masks[1:], masks, strict=False), 2):
        if not mask.is_nested_in(before):
            raise ValueError(f"the mask of iteration {number} is not nested in the one before")
    return {name: sum(mask.kept[name].to(torch.uint8) for mask in masks) for name in masks[0].kept}


def _cache(address: str) -> Path:
    place = address.partition("://")[2].replace("/", "_").replace(":", "_")
    return Path(torch.hub.get_dir()) / "pruned-representations" / place


def _download(url: str, path: Path) -> None:
    """A file of an address, atomically; OSError says which one could not be had."""
    try:
        with urlopen(url) as answer:
            content = answer.read()
    except OSError as error:
        raise OSError(f"{url} could not be downloaded: {error}") from error
    write_atomically(path, lambda part: part.write_bytes(content))
