"""The two kinds of jobs: train a complete network, and prune it again and again.

Each may be stopped at any moment and started again with the same call: it goes on after the last
whole epoch, and ends with the result it would have had without the interruption.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from torch import nn

from ..pruning import Mask, prune
from ..seeds import derive_seed
from ..training import Training, evaluate
from .comparison import Comparison
from .files import load_tensors, save_json, save_table, save_tensors
from .progress import Progress, log, logging_to
from .provenance import environment
from .setting import Setting
from .study import Job, Study
from .tables import PERFORMANCE, SIMILARITY, tidy

WEIGHTS = "weights.pt"
CHECKPOINT = "checkpoint.pt"
LOG = "log.txt"


def run_job(
    study: Study,
    job: Job,
    data: str | Path = "datasets",
    device: str = "auto",
    fingerprint: str = "",
) -> Path:
    """Do one job, or what is left of it.

    Args:
        study: where the job belongs.
        job: one of `study.jobs()`, or the same with seeds of your own.
        data: the data folder.
        device: "auto", or a device by PyTorch's name.
        fingerprint: what the caller takes the job's fingerprint to be; empty for no opinion.

    Returns:
        The job's folder, with its tables, its log and `provenance.json`.

    Raises:
        FileNotFoundError: a run whose complete network is not there yet.
        RuntimeError: another process is at the same job, or the fingerprint is another one,
            since declarations or code were edited while the study was running.
        ValueError, DataUnavailableError: the experiment does not fit the data or the machine.
        DivergedError: the loss is no longer a number.
    """
    if fingerprint and fingerprint != study.fingerprint(job):
        raise RuntimeError(
            "the study's declarations or its code were edited while it was running: start it again"
        )
    folder = study.job_folder(job)
    with _alone(folder), logging_to(folder / LOG):
        if study.is_done(job):
            log.info("%s is done already: %s", job, folder)
            return folder
        if job.is_run and not study.is_done(job.complete):
            raise FileNotFoundError(
                f"{job} starts from its complete network, which is not there yet: "
                f"do the job ({job.complete}) first"
            )
        log.info("%s, in %s", job, folder)
        started = time.monotonic()
        setting = Setting.load(study.experiment(job.experiment), data, device)
        earlier = (_run if job.is_run else _complete)(study, job, setting, folder)
        seconds = earlier + time.monotonic() - started
        save_json(study.marker(job), _provenance(study, job, setting, seconds))
        (folder / CHECKPOINT).unlink(missing_ok=True)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the job's folder, so that no second process writes to it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield
    except Timeout:
        raise RuntimeError(
            f"another process is at the job in {folder}; wait for it, or stop it first"
        ) from None


def _complete(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Train the complete network; returns the seconds that earlier processes spent on it."""
    network = setting.new_network(job.train_seed)
    seed = derive_seed("complete", job.train_seed)
    training = Training(network, setting.dataset, setting.experiment.recipe, seed)
    saved = _resume(folder)
    if saved:
        training.load_state_dict(saved["training"])
    earlier = saved.get("seconds", 0.0)
    clock = _Clock(earlier)
    progress = Progress(training.recipe.epochs, training.epochs_done)
    spent = saved.get("training_seconds", 0.0)
    train_loss = saved.get("train_loss", 0.0)
    while not training.finished:
        began = time.monotonic()
        train_loss = _epoch(training, setting, progress, "complete")
        spent += time.monotonic() - began
        content = {
            "training": training.state_dict(),
            "train_loss": train_loss,
            "training_seconds": spent,
            "seconds": clock(),
        }
        save_tensors(folder / CHECKPOINT, content)
    row = _performance(job, setting, network, None, 0, train_loss, spent)
    save_tensors(folder / WEIGHTS, network.state_dict())
    save_table(folder / "performance.parquet", tidy([row], PERFORMANCE))
    return earlier


def load_complete(study: Study, job: Job, setting: Setting) -> nn.Module:
    """The trained complete network that a job starts from, on the setting's device.

    Raises:
        ValueError: its file is damaged.
    """
    network = setting.new_network(job.train_seed)
    network.load_state_dict(load_tensors(study.job_folder(job.complete) / WEIGHTS))
    return network


def _run(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """Prune, train again, compare, and so on; returns the seconds of earlier processes."""
    experiment = setting.experiment
    recipe, pruning = experiment.recipe, experiment.pruning
    network = load_complete(study, job, setting)
    comparison = Comparison(load_complete(study, job, setting), setting)

    saved = _resume(folder)
    earlier = saved.get("seconds", 0.0)
    clock = _Clock(earlier)
    similarity: list[dict] = saved.get("similarity", [])
    performance: list[dict] = saved.get("performance", [])
    spent = saved.get("training_seconds", 0.0)
    train_loss = saved.get("train_loss", 0.0)
    mask = Mask.complete(network)
    if saved:
        mask = Mask({name: kept.to(setting.device) for name, kept in saved["mask"].items()})
    first = saved.get("iteration", 1)
    done = (first - 1) * recipe.epochs + (saved["training"]["epochs_done"] if saved else 0)
    progress = Progress(pruning.iterations * recipe.epochs, done)

    for iteration in range(first, pruning.iterations + 1):
        resumed = saved and iteration == first
        if not resumed:
            mask = prune(network, mask, pruning)
            spent = 0.0
        seed = derive_seed("run", job.train_seed, job.prune_seed, iteration)
        training = Training(network, setting.dataset, recipe, seed, mask.keeper(network))
        if resumed:
            training.load_state_dict(saved["training"])
        while not training.finished:
            began = time.monotonic()
            label = f"iteration {iteration}/{pruning.iterations}, {mask.remaining:.1%} remaining"
            train_loss = _epoch(training, setting, progress, label)
            spent += time.monotonic() - began
            content = {
                "iteration": iteration,
                "training": training.state_dict(),
                "mask": mask.state_dict(),
                "train_loss": train_loss,
                "training_seconds": spent,
                "similarity": similarity,
                "performance": performance,
                "seconds": clock(),
            }
            save_tensors(folder / CHECKPOINT, content)
        performance.append(_performance(job, setting, network, mask, iteration, train_loss, spent))
        where = {
            "experiment": experiment.name,
            "train_seed": job.train_seed,
            "prune_seed": job.prune_seed,
            "iteration": iteration,
            "remaining": mask.remaining,
        }
        seed = derive_seed("null", job.train_seed, job.prune_seed, iteration)
        similarity.extend(where | row for row in comparison.rows(network, seed))

    save_table(folder / "similarity.parquet", tidy(similarity, SIMILARITY))
    save_table(folder / "performance.parquet", tidy(performance, PERFORMANCE))
    return earlier


def _resume(folder: Path) -> dict:
    """The last checkpoint, or an empty dict."""
    path = folder / CHECKPOINT
    if not path.exists():
        return {}
    saved = load_tensors(path)
    log.info("going on after epoch %d of %s", saved["training"]["epochs_done"], path)
    return saved


class _Clock:
    """Seconds of work, those of earlier processes included."""

    def __init__(self, earlier: float):
        self.earlier = earlier
        self.start = time.monotonic()

    def __call__(self) -> float:
        return self.earlier + time.monotonic() - self.start


def _epoch(training: Training, setting: Setting, progress: Progress, label: str) -> float:
    """Train for one epoch, log it with the test accuracy, and return the training loss."""
    epoch = training.run_epoch()
    accuracy, _ = evaluate(training.model, setting.dataset.test, setting.dataset)
    progress.step(
        f"{label}, epoch {epoch.number}/{training.recipe.epochs}, learning rate from "
        f"{epoch.learning_rate:.3g}, loss {epoch.loss:.4f}, test accuracy {accuracy:.2%}"
    )
    return epoch.loss


def _performance(
    job: Job,
    setting: Setting,
    network: nn.Module,
    mask: Mask | None,
    iteration: int,
    train_loss: float,
    seconds: float,
) -> dict:
    accuracy, loss = evaluate(network, setting.dataset.test, setting.dataset)
    parameters = sum(p.numel() for p in network.parameters())
    removed = 0 if mask is None else mask.size - mask.survivors
    return {
        "experiment": job.experiment,
        "train_seed": job.train_seed,
        "prune_seed": job.prune_seed,
        "iteration": iteration,
        "remaining": 1.0 if mask is None else mask.remaining,
        "remaining_all": 1 - removed / parameters,
        "accuracy": accuracy,
        "loss": loss,
        "train_loss": train_loss,
        "epochs": setting.experiment.recipe.epochs,
        "seconds": seconds,
    }


def _provenance(study: Study, job: Job, setting: Setting, seconds: float) -> dict:
    return {
        "profile": study.profile.name,
        "experiment": job.experiment,
        "train_seed": job.train_seed,
        "prune_seed": job.prune_seed,
        "seconds": round(seconds, 1),
        "dataset": setting.dataset.name,
        "dataset_description": setting.dataset.description,
        "dataset_sha256": setting.checksum,
        "train_images": len(setting.dataset.train),
        "test_images": len(setting.dataset.test),
        **environment(setting.device),
    }
