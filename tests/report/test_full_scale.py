"""The same rules at two scales, on made-up worlds that differ where we say."""

import dataclasses

import pytest

from lib.claims import full_scale as both_scales
from lib.claims.engine import FAILS, HOLDS
from lib.report import full_scale
from lib.report.results import load_results

from .claim_world import PAPERS_WORLD, curve
from .made_up import write_results


def pairs(here, full, runs=3):
    found = both_scales.pairs(here.results(), full.results(runs))
    return {pair.here.claim.key: pair for pair in found}


def key_of(found, text):
    [key] = [k for k, pair in found.items() if text in pair.here.claim.statement]
    return key


@pytest.fixture
def slim():
    """A world in which NBS of ResNet_fast goes lower than the paper says."""
    low = curve(prep=0.97, res3_1=0.6, out=0.95)
    return PAPERS_WORLD.but(curves={("resnet_fast", "nbs", ""): low})


def test_a_claim_that_fails_for_the_scale_alone(slim):
    found = pairs(slim, PAPERS_WORLD)
    pair = found[key_of(found, "lowest NBS of ResNet_fast lies between")]
    assert (pair.here.verdict, pair.full.verdict) == (FAILS, HOLDS)
    assert pair.on_its_side
    [row] = both_scales.table([pair]).rows
    assert row[1] == "between 0.77 and 0.87"
    assert row[2].endswith(": does not")
    assert row[3].endswith(": holds")


def test_of_two_runs_only_the_side_is_told(slim):
    found = pairs(slim, PAPERS_WORLD, runs=2)
    key = key_of(found, "lowest NBS of ResNet_fast lies between")
    [row] = both_scales.table([found[key]]).rows
    assert row[3].endswith(", 2 runs: mean where the claim wants it")
    found = pairs(PAPERS_WORLD, slim, runs=2)
    [row] = both_scales.table([found[key]]).rows
    assert row[2].endswith(": holds")
    assert row[3].endswith(", 2 runs: mean not where the claim wants it")


def test_the_summary_counts_what_moved(slim):
    found = pairs(slim, PAPERS_WORLD)
    moved = [pair for pair in found.values() if pair.here.verdict == FAILS]
    stayed = [pair for pair in found.values() if pair.here.verdict == HOLDS]
    assert moved
    assert stayed
    assert all(pair.on_its_side for pair in moved)
    first, second = both_scales.summary(moved + stayed[:1]).splitlines()
    assert first.startswith(f"- Of {len(moved)} claim")
    assert f" {len(moved)} ha" in first
    assert second.startswith("- Of 1 claim that hold on the other pages, 1 has its mean")


def test_claims_of_networks_that_were_not_run_are_left_out():
    full = PAPERS_WORLD.results()
    only = full.similarity[full.similarity.experiment == "resnet_fast"]
    performance = full.performance[full.performance.experiment == "resnet_fast"]
    provenance = {"experiments": {"resnet_fast": full.provenance["experiments"]["resnet_fast"]}}
    alone = dataclasses.replace(
        full, similarity=only, performance=performance, provenance=full.provenance | provenance
    )
    found = both_scales.pairs(PAPERS_WORLD.results(), alone)
    assert found
    assert all("ResNet_fast" in pair.here.claim.statement for pair in found)


def test_accuracy_levels_and_cost_are_those_of_the_tables(tmp_path):
    here = load_results(write_results(tmp_path / "here"))
    full = load_results(write_results(tmp_path / "full", prune_seeds=1))
    rows = full_scale.accuracies(here, full).rows
    assert [row[0] for row in rows[:2]] == ["VGG16_BN, other pages", "VGG16_BN, full scale"]
    assert [row[-1] for row in rows[:2]] == ["2", "1"]
    table = full_scale.levels(here, full, "resnet_fast")
    assert table.header[1:3] == ("Mean, other pages", "Mean, full scale")
    values = full.similarities("resnet_fast")
    last = values[(values.metric == "cka") & (values.iteration == 5)]
    [row] = [row for row in table.rows if row[0] == "CKA"]
    assert row[2] == f"{last[last.kind != 'out'].value.mean():.2f}"
    assert row[6] == f"{last[last.kind == 'out'].value.mean():.2f}"
    assert full_scale.cost(full).startswith("A run took 0 minutes on cpu. An epoch took 0.75 s")
