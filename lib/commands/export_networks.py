"""Write the networks of a study as files that others can load, each with a card: `make zoo`.

Usage: python -m lib.commands.export_networks PROFILE [FOLDER] [--chapter NAME]
           [--experiments NAME ...] [--partial] [--data FOLDER]

The files go to FOLDER/zoo, or for a chapter's study to FOLDER/chapters/NAME/zoo;
`lib.zoo` says what they are. Controls are left out, since most of them prune nothing.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pandas as pd
import torch

from .. import ROOT
from ..atomic_files import replace_folder
from ..book.report.format import Table
from ..data import DataUnavailableError
from ..integrity import digest, save_json
from ..interruption import run_command_line
from ..pruning import Mask
from ..study.job import Job
from ..study.prepared_experiment import PreparedExperiment
from ..study.stored_networks import load_complete, load_mask, load_network
from ..study.study import Study
from ..zoo import (
    INDEX,
    Zoo,
    masks_file,
    network_file,
    packed_state,
    times_survived,
    write_network,
)
from .finished_jobs import FinishedJobs
from .study_command import chosen_study, study_parser

_CARD = ROOT / "lib" / "commands" / "network_card.md"
_CONTROL = "control"


def zoo_folder(study: Study) -> Path:
    """The folder of a study's zoo."""
    return study.results.with_name("zoo")


def export_networks(study: Study, partial: bool = False, data: str | Path = "datasets") -> Path:
    """Write the networks of all finished runs, then compare each with what the study has kept.

    Args:
        study: a study that is done.
        partial: whether jobs may be missing; networks of finished runs are written.
        data: the data folder, since a network's shape depends on the images.

    Returns:
        The folder, which takes its name and the place of an older one when all was
        compared.

    Raises:
        FileNotFoundError: jobs are not done, or no run is.
        DamagedError: a network is not what its job wrote.
    """
    done = FinishedJobs(study)
    if done.missing and not partial:
        raise FileNotFoundError(
            f"{len(done.missing)} jobs are not done: finish the study, or take what there is "
            "(PARTIAL=1)"
        )
    names = [name for name in done.experiments if _is_shown(study, name)]
    if not names:
        raise FileNotFoundError("no run that prunes is finished, so there is no network to write")
    folder = zoo_folder(study)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    networks, experiments = [], {}
    for name in names:
        setting = PreparedExperiment.load(study.experiment(name), data, "cpu")
        experiments[name] = _about(study, name, setting, done)
        networks += _of_experiment(study, done, name, setting, part)
        _write_card(part / name / "README.md", name, experiments[name], networks)
    files = sorted(path for path in part.rglob("*") if path.is_file())
    index = {
        "profile": study.profile.name,
        "chapter": study.chapter,
        "experiments": experiments,
        "networks": networks,
        "files": {path.relative_to(part).as_posix(): digest(path) for path in files},
    }
    save_json(part / INDEX, index)
    _check(study, done, names, part, data)
    replace_folder(folder, part)
    return folder


def _is_shown(study: Study, name: str) -> bool:
    """Whether an experiment prunes: a control that does not is left out."""
    variant = study.profile.catalogue.variants.get(name)
    if study.experiment(name).against != "pruned":
        return False
    return variant is None or variant.kind != _CONTROL


def _of_experiment(
    study: Study, done: FinishedJobs, name: str, setting: PreparedExperiment, folder: Path
) -> Iterator[dict]:
    """Write the networks of an experiment; yields a row of the index for each."""
    for complete in done.complete(name):
        state = load_complete(study, complete, setting).state_dict()
        file = network_file(complete.experiment, complete.train_seed, -1, 0)
        row = _row(study, complete, 0) | {"experiment": name, "file": file}
        write_network(folder / file, state, row)
        yield row
    for run in done.runs(name):
        yield from _of_run(study, run, setting, folder)


def _of_run(study: Study, run: Job, setting: PreparedExperiment, folder: Path) -> Iterator[dict]:
    masks = []
    for iteration in range(1, setting.experiment.pruning.iterations + 1):
        network = load_network(study, run, setting, iteration)
        masks.append(load_mask(study, run, iteration))
        file = network_file(run.experiment, run.train_seed, run.prune_seed, iteration)
        row = _row(study, run, iteration) | {"file": file}
        write_network(folder / file, packed_state(network, masks[-1]), row)
        yield row
    survived = folder / masks_file(run.experiment, run.train_seed, run.prune_seed)
    write_network(survived, times_survived(masks), {"about": "iterations that a weight survived"})


def _row(study: Study, job: Job, iteration: int) -> dict:
    """What the index says of a network, apart from its file."""
    table = pd.read_parquet(study.kept(job, "performance.parquet"))
    reached = table[table.iteration == iteration].iloc[0]
    return {
        "experiment": job.experiment,
        "train_seed": job.train_seed,
        "prune_seed": -1 if job.prune_seed is None else job.prune_seed,
        "iteration": iteration,
        **{name: float(reached[name]) for name in ("remaining", "accuracy", "loss")},
        "revision": study.read_provenance(job)["revision"],
    }


def _about(study: Study, name: str, setting: PreparedExperiment, done: FinishedJobs) -> dict:
    """What the index says of an experiment."""
    experiment, dataset = setting.experiment, setting.dataset
    first = done.complete(name)[0]
    return {
        "model": experiment.model,
        "network": {
            "name": experiment.model,
            "num_classes": len(dataset.classes),
            "width": experiment.width,
            "in_channels": dataset.train.shape[0],
            "image_size": dataset.train.shape[-1],
        },
        "data": {
            "name": experiment.dataset,
            "description": done.provenance[first]["dataset_description"],
            "sha256": setting.checksum,
            "classes": list(dataset.classes),
            "mean": list(dataset.mean),
            "std": list(dataset.std),
            "training images": len(dataset.train),
            "test images": len(dataset.test),
        },
        "hyperparameters": study.profile.hyperparameters(name),
    }


def _write_card(path: Path, name: str, about: dict, networks: list[dict]) -> None:
    """The card of an experiment: its tables in the text of `network_card.md`."""
    of_experiment = pd.DataFrame(networks).query("experiment == @name")
    shown = pd.DataFrame(
        {
            "Seed": of_experiment.train_seed,
            "Run": of_experiment.prune_seed.where(of_experiment.iteration > 0, "").astype(str),
            "Iteration": of_experiment.iteration,
            "Weights left, %": 100 * of_experiment.remaining,
            "Accuracy, %": 100 * of_experiment.accuracy,
            "Loss": of_experiment.loss,
            "File": of_experiment.file,
        }
    )
    data = pd.Series(about["data"]).rename("Value").rename_axis("Data").astype(str).to_frame()
    recipe = pd.DataFrame(about["hyperparameters"])[["name", "value", "paper", "source"]]
    recipe.columns = ["Hyperparameter", "Value", "At full scale", "Source"]
    last = of_experiment.iloc[-1]
    text = Template(_CARD.read_text(encoding="utf-8")).substitute(
        name=name,
        networks=_markdown(shown.set_index("Seed")),
        data=_markdown(data),
        recipe=_markdown(recipe.astype(str).set_index("Hyperparameter")),
        seed=last.train_seed,
        iteration=last.iteration,
    )
    path.write_text(text, encoding="utf-8")


def _markdown(frame: pd.DataFrame) -> str:
    table = Table.of(frame)
    rows = [table.header, ["---"] * len(table.header), *table.rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _check(study: Study, done: FinishedJobs, names: list[str], folder: Path, data: str | Path):
    """Load each network as others do, and compare it with the one that the study has kept.

    Raises:
        AssertionError: a network or a mask differs.
    """
    zoo = Zoo(folder)
    for name in names:
        setting = PreparedExperiment.load(study.experiment(name), data, "cpu")
        for complete in done.complete(name):
            kept = load_complete(study, complete, setting)
            _same(zoo.load(name, complete.train_seed), kept, f"{complete}")
        for run in done.runs(name):
            for iteration in range(1, setting.experiment.pruning.iterations + 1):
                which = {"seed": run.train_seed, "iteration": iteration}
                which["prune_seed"] = run.prune_seed
                kept = load_network(study, run, setting, iteration)
                _same(zoo.load(name, **which), kept, f"{run}, iteration {iteration}")
                _same_mask(zoo.load_mask(name, **which), load_mask(study, run, iteration))


def _same(network: torch.nn.Module, kept: torch.nn.Module, what: str) -> None:
    state = kept.state_dict()
    for name, tensor in network.state_dict().items():
        if not torch.equal(tensor, state[name]):
            raise AssertionError(f"{what}: {name} is not as the study has kept it")


def _same_mask(mask: Mask, expected: Mask) -> None:
    for name, kept in mask.kept.items():
        if not torch.equal(kept, expected.kept[name]):
            raise AssertionError(f"the mask of {name} is not as the study has kept it")


def main(arguments: list[str] | None = None) -> int:
    parser = study_parser("export_networks", __doc__, "networks of finished runs alone")
    parser.add_argument("--data", default="datasets", help="the data folder")
    given = parser.parse_args(arguments)
    try:
        folder = export_networks(chosen_study(given), given.partial, given.data)
    except (ValueError, OSError, DataUnavailableError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(Zoo(folder).networks)} networks: {folder}")
    return 0


if __name__ == "__main__":
    run_command_line(main)
