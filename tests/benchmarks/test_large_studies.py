"""The page on large studies says what the tables say, and the plan is that of the code."""

import pandas as pd
import pytest

from benchmarks import jobs, large_studies
from benchmarks.pages import put
from lib.study import Study
from lib.study.costs import known_gpu
from lib.study.plan import duration, plan

from ..book.test_runner_pages import execute, text

PAGE = "large_studies"


@pytest.fixture(scope="module")
def parts():
    return large_studies.markdown()


def test_the_page_has_the_tables(parts):
    assert put(text(PAGE), parts, large_studies.BY) == text(PAGE)


def test_the_plan_is_that_of_the_command(parts):
    found = plan(Study("paper", "nowhere"), known_gpu())
    last = next(line for line in parts["plan"].splitlines() if line.startswith("| all "))
    cells = [cell.strip() for cell in last.split("|")]
    assert cells[3] == f"{found.jobs}"
    assert duration(found.seconds) in cells


def test_ratios_are_of_estimates_to_what_was_measured():
    measured = jobs.load().groupby("device").head(3)
    found = large_studies.compared(measured)
    assert found.ratio.to_numpy() == pytest.approx((found.estimate / found.seconds).to_numpy())
    assert len(found) == len(measured)
    slow = large_studies.compared(measured.assign(seconds=1e7))
    assert not slow.enough.any()


def test_the_page_names_the_estimates_that_are_far_off():
    found = large_studies.compared(jobs.load()).sort_values("ratio")
    worst, others = found.iloc[0], found.iloc[1:6]
    sisters = found[(found.experiment == worst.experiment) & (found.index != worst.name)].seconds
    said = " ".join(text(PAGE).split())
    assert f"took {worst.seconds:.0f} seconds" in said
    assert f"other seeds {sisters.min():.0f} to {sisters.max():.0f}" in said
    assert set(others.experiment) == {"resnet32"}
    assert others.prune_seed.isna().sum() == 3


def test_what_had_too_little_memory_is_said():
    rows = [
        {"rows": 10, "what": "write", "processor seconds": 1.0, "MB on disk": 2.0},
        {"rows": 10, "what": "everything", "processor seconds": None, "MB on disk": 2.0},
    ]
    said = large_studies._rows(pd.DataFrame(rows).assign(MiB=None))
    assert "| everything | too little memory |" in said
    assert "| write | 1 s |" in said


def test_the_block_reads_a_part_of_the_published_results(capsys):
    names = set(execute(PAGE)["study"].similarity.experiment)
    assert names == {"vgg_svhn", "vgg_svhn_random_masks"}
    assert "svcca" in capsys.readouterr().out
