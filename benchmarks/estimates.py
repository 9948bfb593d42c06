"""What a study would take, from what was measured of its parts: estimates, and named so.

Hours on two cores are images to train on by the images a second of `benchmarks.training`.
Hours on a GPU are those images by the seconds that pruning runs of the same network at the
paper's width took for one, comparing included; a slim network counts as a wide one, and no
allowance is made for jobs that shared the GPU. The disk is that of the networks that are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd
import torch

from lib import ROOT
from lib.catalogue import declared_study
from lib.integrity import load_sealed
from lib.models import build_model
from lib.study.experiment import Experiment
from lib.study.retraining_recipes import retraining_epochs
from lib.study.study import Study

IMAGES = {"cifar10": 50_000, "svhn": 73_257}
"""Training images of a data set as it is published."""

BYTES = 4
"""Of a weight as it is kept."""


HEADER = (
    *("`PROFILE=`", "What you get", "Hours, two cores", "Hours, one GPU", "A job's memory"),
    "Disk",
)
"""Of the table of profiles."""


def smoke_row() -> list[str]:
    """The profile that a newcomer runs."""
    what = "all pages, from slim networks on scikit-learn's digits"
    disk = f"{1000 * gigabytes(declared_study('smoke', ROOT)):.0f}\u00a0MB*"
    return ["`smoke`, the default", what, "minutes", "not needed", "1.5 GiB", disk]


def converged_row(jobs: pd.DataFrame, on_gpu: pd.Series) -> list[str]:
    """The networks that most pages show, of which a GPU trained two and two cores the others."""
    study = declared_study("laptop", ROOT, chapter="converged")
    on_cores = jobs[jobs.gpu_memory.isna()]
    measured = on_cores.seconds.sum() / 3600
    rest, all_on_gpu = hours(study, on_gpu, {*on_cores.experiment})
    return [
        "`laptop`, `CHAPTER=converged`",
        "this book's networks, trained to the end on 10,000 images",
        f"{measured / 2:.0f}, and {rest:.0f}* for wide VGG16_BN and ResNet_fast",
        f"{jobs.seconds.sum() / 3600 - measured:.1f} for these two, {all_on_gpu:.1f}* for all",
        _most_memory(jobs),
        f"{gigabytes(study):.1f}\u00a0GB*",
    ]


def laptop_row(jobs: pd.DataFrame, on_gpu: pd.Series) -> list[str]:
    """Slim networks at the paper's pace, of which one was measured."""
    study = declared_study("laptop", ROOT)
    on_cores, on_one_gpu = hours(study, on_gpu)
    return [
        "`laptop`",
        "slim networks of four or five epochs, pruned at the paper's pace",
        f"{jobs.seconds.sum() / 7200:.1f} for VGG_SVHN, {on_cores:.0f}* to train all",
        f"{on_one_gpu:.1f}*",
        _most_memory(jobs),
        f"{gigabytes(study):.1f}\u00a0GB*",
    ]


def paper_row(jobs: pd.DataFrame, on_gpu: pd.Series) -> list[str]:
    """The paper's networks, of which VGG_SVHN was measured on a third of its images."""
    study = declared_study("paper", ROOT)
    on_cores, on_one_gpu = hours(study, on_gpu)
    return [
        "`paper`",
        "the paper's networks, data and recipes, three complete networks each",
        f"{round(on_cores, -2):,.0f}* to train all, or {on_cores / 24:.0f} days",
        f"{round(on_one_gpu, -1):.0f}*",
        f"{_most_memory(jobs)} for VGG_SVHN",
        f"{gigabytes(study):.1f}\u00a0GB*",
    ]


def hours(study: Study, on_gpu: pd.Series, done: Collection[str] = ()) -> tuple[float, float]:
    """What all networks of a study would take, its analyses left out.

    Args:
        study: of a profile on real images.
        on_gpu: `gpu_seconds`.
        done: experiments that two cores have done, which are left out for them.

    Returns:
        Hours on two cores, of training alone, and hours on one GPU.
    """
    on_cores, on_one_gpu = 0.0, 0.0
    for experiment, is_run in _trainings(study):
        images = _epochs(experiment, is_run) * (
            experiment.train_images or IMAGES[experiment.dataset]
        )
        on_one_gpu += images * on_gpu[experiment.model]
        if experiment.name not in done:
            on_cores += images / _images_a_second(experiment)
    return on_cores / 3600, on_one_gpu / 3600


def gigabytes(study: Study) -> float:
    """Of the networks that a study keeps: weights that are left, and a bit for each of a mask."""
    kept = (
        _weights(experiment) * sum(_shares_kept(experiment, is_run))
        for experiment, is_run in _trainings(study)
    )
    return BYTES * sum(kept) / 1e9


def gpu_seconds(folders: list[Path]) -> pd.Series:
    """Network -> seconds for an image to train on, in pruning runs of the paper's width on a GPU.

    Args:
        folders: published results with such jobs.
    """
    rows = []
    for folder in folders:
        sealed = load_sealed(ROOT / folder)
        for job in sealed["jobs"]:
            settings = sealed["experiments"][job["experiment"]]
            is_run = job["prune_seed"] is not None and not job.get("analysis")
            trained = is_run and settings["against"] == "pruned"
            if trained and "gpu_memory" in job and settings["width"] == 1:
                images = settings["epochs"] * settings["iterations"] * settings["train_images"]
                rows.append((settings["model"], job["seconds"] / images))
    return pd.DataFrame(rows, columns=["model", "seconds"]).groupby("model").seconds.median()


def _trainings(study: Study) -> Iterator[tuple[Experiment, bool]]:
    """The experiment of each job that trains, and whether the job is a run."""
    for job in study.jobs():
        experiment = study.experiments[job.experiment]
        if not job.analysis and (experiment.against == "pruned" or not job.is_run):
            yield experiment, job.is_run


def _epochs(experiment: Experiment, is_run: bool) -> int:
    if not is_run:
        return experiment.recipe.epochs
    return sum(retraining_epochs(experiment.pruning, experiment.recipe))


def _images_a_second(experiment: Experiment) -> float:
    """On two cores; a width that was not measured counts as the next larger one."""
    table = pd.read_csv(ROOT / "benchmarks" / "training.csv").set_index(["network", "width"])
    widths = table.loc[experiment.model].index
    width = widths[widths >= experiment.width].min()
    return table[f"{experiment.precision} images/s"][experiment.model, width]


def _shares_kept(experiment: Experiment, is_run: bool) -> list[float]:
    """The share of the weights that each network of a job has, with its mask."""
    if not is_run:
        return [1.0]
    pruning = experiment.pruning
    steps = range(1, pruning.iterations + 1)
    left = pruning.levels or [(1 - pruning.fraction) ** step for step in steps]
    return [share + 1 / (8 * BYTES) for share in left]


def _weights(experiment: Experiment) -> int:
    with torch.device("meta"):
        network = build_model(experiment.model, width=experiment.width)
    return sum(weights.numel() for weights in network.parameters())


def _most_memory(jobs: pd.DataFrame) -> str:
    return f"{jobs.memory.max() / 1024:.1f} GiB"
