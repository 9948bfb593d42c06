"""Make a study's results those of the published book.

Usage: python -m lib.commands.publish RESULTS [--merge | --add]

With `--merge` the experiments in RESULTS replace the published ones of the same names,
and all others stay. With `--add` the published runs of other complete networks stay as
well.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext

from .. import ROOT
from ..book.execute import ExecutionError, declared_parameters, execute
from ..book.pages import notebook_pages
from ..book.report.results import FULL_SCALE, OF_CHAPTERS, load_results, published_results
from ..catalogue import CATALOGUE
from ..command_parser import CommandParser
from ..integrity import PROVENANCE, load_sealed, within
from ..interruption import run_command_line
from ..study.code_revision import DIRTY
from ..study.job import Job
from ..study.study import TRAINED
from .describe import describe_studies
from .merge import merge
from .readme_picture import PICTURE, draw_readme_picture

SCRATCH = ".publish-"
BESIDE = (OF_CHAPTERS, FULL_SCALE)
"""Folders that lie among the main study's tables, and hold the tables of other studies."""


def publish(results: Path, root: Path = ROOT, merging: bool = False, add: bool = False) -> None:
    """Put tables where the book reads them, and execute the pages that read them into `book/`.

    Tables and pages of other chapters stay as they are. Networks at the paper's scale
    get a folder of their own, beside the tables of the main study.

    Args:
        results: a folder with a study's merged tables; its provenance names the chapter.
        merging: keep published experiments that are not in `results`.
        add: keep also, of experiments in both, the published runs of other complete
            networks.

    Raises:
        ResultsError: `results` cannot be read as a results folder; nothing is changed
            then.
        ValueError: its jobs come from code that was not committed, or it cannot be
            merged with what is published, such as what an interruption has left;
            nothing is changed then.
        ExecutionError: a notebook failed.
    """
    study = load_results(results.resolve())
    load_sealed(results)
    for table in CATALOGUE.analysis_tables:  # which only some pages read
        study.table(table)
    provenance = study.provenance
    chapter = provenance.get("chapter", "")
    full_scale = not chapter and not provenance["scaled_down"]
    published = root / published_results(FULL_SCALE if full_scale else chapter)
    if results.resolve() != published.resolve():
        _check_committed(provenance)
        published.mkdir(parents=True, exist_ok=True)
        for left in published.glob(f"{SCRATCH}*"):  # by a process that was killed
            shutil.rmtree(left)
        with TemporaryDirectory(prefix=SCRATCH, dir=published) as scratch:
            new = Path(scratch) / "results"
            if (merging or add) and _has_tables(published):
                merge(published, results, new, add)
            else:
                for file in (*provenance["files"], PROVENANCE):
                    (new / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(within(results, file), new / file)
            load_results(new)
            _replace(published, new)
    for page in notebook_pages(root, chapter):
        if full_scale and FULL_SCALE not in declared_parameters(jupytext.read(page.source)):
            continue
        execute(page.source, root / "book" / f"{page.name}.ipynb", page.parameters)


def _check_committed(provenance: dict) -> None:
    """Refuse a study whose numbers could not be traced to their code."""
    which = ("experiment", "train_seed", "prune_seed", "analysis", "other_seed")
    uncommitted = [
        str(Job(**{part: job[part] for part in which if part in job}))
        for job in provenance["jobs"]
        if any(run.get("revision", "").endswith(DIRTY) for run in (job, job.get(TRAINED, {})))
    ]
    if uncommitted:
        raise ValueError(
            f"{len(uncommitted)} of {len(provenance['jobs'])} jobs ran on code that was not "
            f"committed, so nobody could find it again: {'; '.join(uncommitted)}. Commit, delete "
            "the folders of these jobs, and run them again; then publish."
        )


def _tables(published: Path) -> list[Path]:
    """The published files of a study; those of the studies that lie among them are not its own."""
    files = (path for path in published.rglob("*") if path.is_file())
    return [path for path in files if path.relative_to(published).parts[0] not in BESIDE]


def _has_tables(published: Path) -> bool:
    """Whether there are tables to merge with; False where there are none at all.

    Raises:
        ValueError: there are some, but not the provenance, which is written last.
    """
    if (published / PROVENANCE).exists():
        return True
    if _tables(published):
        raise ValueError(
            f"{published} has tables but no {PROVENANCE}: publishing was interrupted there, and "
            "merging would remove what is left of them. Restore them (`git restore results`), then "
            "publish again"
        )
    return False


def _replace(published: Path, new: Path) -> None:
    """Move the new files in, the provenance last: an interruption leaves none, which shows."""
    (published / PROVENANCE).unlink(missing_ok=True)
    files = [path.relative_to(new) for path in new.rglob("*") if path.is_file()]
    for path in _tables(published):
        if new not in path.parents:
            path.unlink()
    for file in sorted(files, key=lambda file: file.name == PROVENANCE):
        (published / file).parent.mkdir(parents=True, exist_ok=True)
        os.replace(new / file, published / file)


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("lib.commands.publish", __doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--merge", action="store_true", help="other experiments stay")
    parser.add_argument("--add", action="store_true", help="other complete networks stay as well")
    given = parser.parse_args(arguments)
    try:
        publish(given.results, ROOT, given.merge, given.add)
        describe_studies()
        draw_readme_picture(ROOT / PICTURE)
    except (ExecutionError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    run_command_line(main)
