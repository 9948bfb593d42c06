"""The job that counts the linear regions of kept networks between test images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from ...data import normalise
from ...pruning import Mask
from ...seeds import generator
from ...study.kept_networks import ask_networks
from ...study.setting import Setting
from ...study.study import Job, Study
from ...tables import REGIONS
from .linear_regions import count_regions
from .sampled_regions import sample_regions


def count_linear_regions(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Regions along segments between test images, the same for all networks of an experiment."""
    analysis, data = study.analysis(job), setting.dataset
    order = torch.randperm(len(data.test), generator=generator("cpu", "segments"))
    chosen = order[: 2 * analysis.segments].to(setting.device)
    images = normalise(
        data.test.take(chosen).in_memory().pixels, data.mean, data.std, torch.float64
    )
    pairs = list(zip(images[::2], images[1::2], strict=True))

    def ask(network: nn.Module, mask: Mask) -> Iterator[dict]:
        for segment, (start, end) in enumerate(pairs):
            most = {"most_points": analysis.most_points}
            if analysis.share < 1:
                pieces = analysis.share, analysis.pieces
                found = sample_regions(network, start, end, *pieces, seed=segment, **most)
            else:
                found = count_regions(network, start, end, **most)
            yield {
                "segment": segment,
                "share": analysis.share,
                "regions": float(found.regions),
                "points": found.points,
                "exact": found.exact,
            }

    return ask_networks(study, job, setting, folder, REGIONS, ask)
