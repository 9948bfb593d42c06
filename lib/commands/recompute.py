"""Compute one published number again and compare the two.

Usage: python -m lib.commands.recompute RESULTS --experiment vgg_svhn --train-seed 0 \\
           --prune-seed 0 --iteration 1 --layer conv2_1 --metric svcca [--reshape channels] \\
           [--column p_value] [--from-seeds]

The network of the row is taken from the study's folder if it was kept there. Otherwise,
or with `--from-seeds`, it is trained again: the complete network, then as many
iterations as it takes.
"""

import math
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, NoReturn

import pandas as pd
from scipy import stats

from .. import ROOT
from ..catalogue import declared_study
from ..command_parser import CommandParser
from ..data import DataUnavailableError
from ..integrity import check_digest, load_study
from ..interruption import run_command_line
from ..metrics import METRICS
from ..seeds import derive_seed
from ..study.comparison import Comparison
from ..study.experiment import Experiment, with_value
from ..study.job import Job
from ..study.jobs import run_job
from ..study.prepared_experiment import PreparedExperiment
from ..study.stored_networks import load_complete, load_network
from ..study.study import Study
from ..table_schemas import NULL, SIMILARITY
from ..training import DivergedError

ROUNDING = 2e-6
"""Published similarities have six digits; another processor rounds float64 differently."""

_FALSE_ALARMS = 0.01
"""In so many cases a network of another processor counts as different, though it is not."""


class Row(NamedTuple):
    """Which number of the similarity table: its run, its iteration, the other key
    columns, and the column in which it stands."""

    job: Job
    iteration: int
    layer: str
    metric: str
    reshape: str
    column: str = "value"


class Recomputed(NamedTuple):
    """A published number, and the same computed again from the network that `source` names.

    The two may be `tolerance` apart, for the reason `why`.
    """

    published: float
    recomputed: float
    source: str
    tolerance: float
    why: str

    @property
    def agrees(self) -> bool:
        return abs(self.published - self.recomputed) <= self.tolerance


def published_rows(results: Path, row: Row) -> pd.DataFrame:
    """The published rows of this cell in all runs of the experiment.

    Raises:
        ValueError: there are no results, or they are damaged; or the row is not among
            them, and the message says what there is.
    """
    file = f"{row.job.experiment}/{SIMILARITY.name}.parquet"
    provenance = load_study(results, "`git restore` it.", [row.job.experiment])
    check_digest(results / file, provenance["files"].get(file))
    table, wanted = pd.read_parquet(results / file), row._asdict()
    del wanted["job"], wanted["column"]
    for column, value in wanted.items():
        matching = table[table[column] == value]
        if matching.empty:
            known = ", ".join(map(str, dict.fromkeys(table[column])))
            raise ValueError(f"{results} has no row with {column} {value!r}; there is {known}")
        table = matching
    return table


def recompute(
    results: Path,
    row: Row,
    data: str | Path,
    device: str = "auto",
    from_seeds: bool = False,
    folder: Path | None = None,
) -> Recomputed:
    """Compute a published number again.

    Args:
        from_seeds: train again, even where the network was kept.
        folder: of the study that was published; `_build/<profile>` by default.

    Raises:
        ValueError: no such results or row; a comparison without pruning; other data.
        DataUnavailableError, DivergedError: as for `run_job`.
    """
    published, runs = _published(results, row)
    provenance = load_study(results)
    study = declared_study(provenance["profile"], folder)
    setting = _setting(study, row, data, device)
    expected = provenance["experiments"][row.job.experiment]["dataset_sha256"]
    if setting.checksum != expected:
        raise ValueError(
            f"the published numbers come from other data: SHA-256 {expected[:12]}..., here it is "
            f"{setting.checksum[:12]}..."
        )
    if study.is_done(row.job) and not from_seeds:
        value = _compare(study, row, setting)
        return Recomputed(published, value, "the kept network", ROUNDING, "six digits")
    with TemporaryDirectory(prefix="recompute-") as scratch:
        again = declared_study(provenance["profile"], scratch, [row.job.experiment])
        declared = again.experiments[row.job.experiment]
        for name, experiment in again.experiments.items():
            # with levels, the run may need the mask of any iteration of its base
            if experiment == declared or not declared.pruning.levels:
                again.experiments[name] = _shortened(experiment, row.iteration)
        for job in (*again.needs(row.job), row.job):
            run_job(again, job, data, device)
        value = _compare(again, row, setting)
    why = "training differs between processors: the spread of the published runs"
    return Recomputed(published, value, "the seeds", tolerance(runs), why)


def _published(results: Path, row: Row) -> tuple[float, pd.Series]:
    """The number to compute again, and that of all runs; logarithms of p-values.

    Raises:
        ValueError: no such row; a comparison without pruning.
    """
    if row.iteration < 1:
        raise ValueError(
            f"iteration {row.iteration} is a comparison without pruning, which is not computed "
            "again: choose a row of a pruned network"
        )
    rows = published_rows(results, row)
    of_run = rows[(rows.train_seed == row.job.train_seed) & (rows.prune_seed == row.job.prune_seed)]
    if of_run.empty:
        raise ValueError(f"{results} has no run ({row.job})")
    runs = rows[row.column].map(_log10) if row.column == "p_value" else rows[row.column]
    published = runs[of_run.index].item()
    if pd.isna(published):
        raise ValueError(f"{results} has no {row.column} there: it was not measured")
    return published, runs


def tolerance(runs: pd.Series) -> float:
    """How far another run may be from one of these: in `_FALSE_ALARMS` of all cases it is further.

    Student's prediction interval, of the difference of two runs. A single run has no
    spread, so all that is allowed is rounding.
    """
    if len(runs) < 2:
        return ROUNDING
    factor = stats.t.ppf(1 - _FALSE_ALARMS / 2, len(runs) - 1)
    return max(factor * math.sqrt(2) * runs.std(), ROUNDING)


def _shortened(experiment: Experiment, iteration: int) -> Experiment:
    """The experiment without the iterations after one, if it can do without them."""
    pruning = experiment.pruning
    # where all re-trainings but the last are short, it must not become the last
    last = min(iteration + (pruning.short is not None), pruning.iterations)
    if pruning.levels:
        return with_value(experiment, "pruning.levels", pruning.levels[:last])
    return with_value(experiment, "pruning.iterations", last)


def _setting(study: Study, row: Row, data: str | Path, device: str) -> PreparedExperiment:
    """The setting of the experiment with the metric and reshape of the row alone."""
    experiment = study.experiment(row.job.experiment)
    output = () if row.metric in experiment.metrics else (row.metric,)
    alone = {"metrics": (row.metric,), "output_metrics": output, "also": (row.reshape,)}
    alone |= {"dimensions": False} | ({"permutations": 0} if row.column == "value" else {})
    return PreparedExperiment.load(replace(experiment, **alone), data, device)


def _compare(study: Study, row: Row, setting: PreparedExperiment) -> float:
    comparison = Comparison(load_complete(study, row.job, setting), setting)
    network = load_network(study, row.job, setting, row.iteration)
    seed = derive_seed("null", row.job.train_seed, row.job.prune_seed, row.iteration)
    permutations = setting.experiment.permutations_at(row.iteration)
    value = next(
        similarity[row.column]
        for similarity in comparison.rows(network, seed, permutations)
        if (similarity["layer"], similarity["metric"], similarity["reshape"])
        == (row.layer, row.metric, row.reshape)
    )
    return _log10(value) if row.column == "p_value" else value


def _log10(p_value: float) -> float:
    """By which p-values are compared: those that matter are all nearly 0."""
    return math.log10(max(p_value, sys.float_info.min))


class _Parser(CommandParser):
    """Says what is wrong with a row in two lines, without the usage of a module."""

    def error(self, message: str) -> NoReturn:
        row = "--experiment NAME --train-seed N --prune-seed N --iteration N --layer NAME"
        self.exit(2, f'{message}\na row is {row} --metric NAME: make verify ROW="..."\n')


def main(arguments: list[str] | None = None) -> int:
    parser = _Parser("lib.commands.recompute", __doc__)
    parser.add_argument("results")
    parser.add_argument("--experiment", required=True)
    for name in ("train-seed", "prune-seed", "iteration"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--layer", required=True)
    parser.add_argument("--metric", required=True, choices=METRICS)
    parser.add_argument("--reshape", help="the paper's by default")
    parser.add_argument("--column", default="value", choices=("value", *NULL))
    parser.add_argument("--data", default="datasets", help="the data folder")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--from-seeds", action="store_true", help="train the network again")
    given = parser.parse_args(arguments)
    reshape = given.reshape or METRICS[given.metric].reshape
    try:
        job = Job(given.experiment, given.train_seed, given.prune_seed)
        row = Row(job, given.iteration, given.layer, given.metric, reshape, given.column)
        about = "" if row.column == "value" else f"{row.column} of "
        about = about.replace("p_value", "log10 of p_value")
        where = f"iteration {row.iteration}, {row.layer}"
        print(f"{job}, {where}, {about}{row.metric} on {row.reshape}")
        result = recompute(ROOT / given.results, row, given.data, given.device, given.from_seeds)
    except (ValueError, OSError, DataUnavailableError) as error:
        print(error, file=sys.stderr)
        return 1
    except DivergedError as error:
        print(f"the network could not be trained again: {error}", file=sys.stderr)
        return 1
    print(
        f"published {result.published:.6g}, recomputed {result.recomputed:.6g} from "
        f"{result.source}: {abs(result.published - result.recomputed):.1e} apart, of "
        f"{result.tolerance:.1e} allowed ({result.why})"
    )
    print("they agree" if result.agrees else "THEY DIFFER")
    return 0 if result.agrees else 1


if __name__ == "__main__":
    run_command_line(main)
