"""An experiment with its data, and the networks that it builds, on one device."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from ..data import Dataset, Images, load_dataset, normalise
from ..models import build_model
from ..pruning import Evidence
from ..seeds import generator
from . import log
from .experiment import PRECISIONS, Experiment


def choose_device(name: str) -> torch.device:
    """A device by PyTorch's name; "auto" takes the first GPU if there is one."""
    torch.backends.cudnn.benchmark = True  # tries its algorithms once for each size
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"device {name!r} is not available here ({error}); use 'auto', 'cpu' or 'cuda'"
        ) from error
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)  # to the current one belong streams and graphs
    return device


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16; to imitate it takes many times as long."""
    if device.type != "cpu":
        return True
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


@dataclass(frozen=True)
class PreparedExperiment:
    """An experiment with its data on a device.

    Attributes:
        experiment: the declaration.
        dataset: its images, already cut to `classes` and `train_images`.
        checksum: SHA-256 of the data set before it was cut.
        device: where everything is computed.
    """

    experiment: Experiment
    dataset: Dataset
    checksum: str
    device: torch.device

    @classmethod
    def load(
        cls, experiment: Experiment, data_folder: str | Path, device: str
    ) -> PreparedExperiment:
        """Read the data and move it to the device."""
        where = choose_device(device)
        dataset = load_dataset(experiment.dataset, data_folder)
        checksum = dataset.sha256()
        if experiment.classes:
            dataset = dataset.of_classes(experiment.classes)
        if experiment.train_images is not None:
            wanted, available = experiment.train_images, len(dataset.train)
            if wanted > available:
                raise ValueError(
                    f"{experiment.name} trains on {wanted:,} images, but {dataset.name} has "
                    f"{available:,}: lower train_images"
                )
            dataset = replace(dataset, train=dataset.train.take(slice(wanted)))
        return cls(experiment, dataset.to(where), checksum, where)

    def new_network(self, *seed: int | str) -> nn.Module:
        """An untrained network; the same seed gives the same one on every machine.

        A complete network is trained from the one whose only seed is the train_seed.
        """
        network = build_model(
            self.experiment.model,
            num_classes=len(self.dataset.classes),
            width=self.experiment.width,
            in_channels=self.dataset.train.shape[0],
            image_size=self.dataset.train.shape[-1],
            generator=generator("cpu", "initial weights", *seed),
        )
        # convolutions are faster with the channels last; float64 ones are not
        dtype = PRECISIONS[self.experiment.precision]
        layout = torch.contiguous_format if dtype == torch.float64 else torch.channels_last
        return network.to(self.device, dtype, memory_format=layout)

    @cached_property
    def precision(self) -> str:
        """Of the training: as declared, but float32 if bfloat16 would only be imitated."""
        declared = self.experiment.precision
        if declared == "bfloat16" and not has_bfloat16(self.device):
            log.warning("warning: this processor imitates bfloat16, so float32 is used instead")
            return "float32"
        return declared

    @property
    def autocast(self) -> bool:
        """Whether to compute in bfloat16 where it is safe."""
        return self.precision == "bfloat16"

    def evidence(self, *seed: int | str) -> Evidence:
        """Training images, never augmented, for pruning scores that look at any."""
        source = generator("cpu", "evidence", *seed)
        order = torch.randperm(len(self.dataset.train), generator=source)
        chosen = order[: self.experiment.pruning.scoring_images].to(self.device)
        pixels, labels = self.inputs(self.dataset.train, chosen)
        return Evidence(pixels, labels, source)

    def probe_images(self) -> Tensor:
        """The inputs on which representations are compared: (n, c, h, w), never augmented."""
        probe = self.experiment.probe
        split: Images = getattr(self.dataset, probe.split)
        if probe.images > len(split):
            raise ValueError(
                f"{self.experiment.name} probes with {probe.images:,} images, but the "
                f"{probe.split} split of {self.dataset.name} has {len(split):,}: lower probe.images"
            )
        order = torch.randperm(len(split), generator=generator("cpu", "probe", probe.seed))
        return self.inputs(split, order[: probe.images].sort().values.to(self.device))[0]

    def inputs(self, split: Images, chosen: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Some images of a split as the network takes them, never augmented, and their labels."""
        seen = split.take(chosen)
        dtype = PRECISIONS[self.experiment.precision]
        return normalise(seen.pixels, self.dataset.mean, self.dataset.std, dtype), seen.labels
