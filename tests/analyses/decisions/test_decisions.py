"""What networks decide: the rows of a study, and what is decided and shown from them."""

import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from lib.analyses.converged.claims import IN_CLAIMS
from lib.analyses.decisions import analysis, job
from lib.analyses.decisions.analysis import OTHERS, OWN, PRUNED, statistic
from lib.analyses.decisions.calibration import error_consistency
from lib.analyses.decisions.claims import CLAIMS
from lib.analyses.decisions.decision_rows import (
    CALIBRATION_SCORES,
    answers,
    decisions_beside,
    decisions_of,
)
from lib.analyses.decisions.tables import DECISIONS
from lib.book.claims.quantity import Missing
from lib.book.report.figure import PanelFigure
from lib.book.report.results import Results
from lib.catalogue import declared_study
from lib.study.job import Job
from lib.study.jobs import run_job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.stored_networks import load_complete, load_network

from ...book.claims.verdicts import verdicts_of
from ...book.claims.worlds import World, curve

NETWORK = "vgg16_bn_converged"
RUNS = [(0, 0), (1, 0), (2, 0)]


@pytest.fixture(scope="module")
def logits():
    return torch.randn(300, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.fixture(scope="module")
def labels():
    return torch.randint(0, 5, (300,), generator=torch.Generator().manual_seed(1))


def test_a_network_alone_has_each_score_with_and_without_a_temperature(logits, labels):
    found = dict(decisions_of(logits, labels))
    assert set(found) == {
        *("accuracy", "temperature"),
        *(f"{score}{end}" for score in CALIBRATION_SCORES for end in ("", "_scaled")),
    }
    assert found["log_loss"] == pytest.approx(F.cross_entropy(logits, labels).item())
    assert found["log_loss_scaled"] < found["log_loss"]  # they are noise, and too sure of it


def test_two_networks_are_told_apart_by_their_classes_alone(logits, labels):
    same = dict(decisions_beside(logits, 2 * logits, labels))
    assert same == pytest.approx({"flipped": 0, "error_consistency": 1})
    other = dict(decisions_beside(logits, logits.roll(1, 1), labels))
    assert other["flipped"] == 1


def test_a_study_sets_each_network_beside_its_own_complete_one_and_those_of_other_seeds(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(job.DECLARED, "tiny", {NETWORK: job.Decisions((2,))})
    study = declared_study("tiny", tmp_path, [NETWORK], "converged")
    for each in study.jobs():
        run_job(study, each, device="cpu")
    setting = PreparedExperiment.load(study.experiment(NETWORK), "", "cpu")
    seeds = setting.experiment.train_seeds
    own = Job(NETWORK, seeds[0], 0)
    rows = pd.read_parquet(
        study.job_folder(Job(NETWORK, seeds[0], 0, "decisions")) / "decisions.parquet"
    )
    assert set(rows.iteration) == {0, 2}
    beside = rows[(rows.quantity == "error_consistency") & (rows.iteration == 2)]
    pruned = answers(load_network(study, own, setting, 2), setting)
    labels = setting.dataset.test.labels
    for row in beside.itertuples():
        other = answers(load_complete(study, Job(NETWORK, row.other_seed), setting), setting)
        assert row.value == pytest.approx(error_consistency(pruned, other, labels))
    assert set(beside.other_seed) == {0, 1, 2}


def decisions(numbers):
    """Rows of {(experiment, iteration, quantity, whose): value}, for each of `RUNS`."""
    rows = [
        {
            "experiment": experiment,
            "train_seed": seed,
            "prune_seed": 0,
            "iteration": iteration,
            "other_seed": seed if whose == OWN else (seed + 1) % 3,
            "quantity": quantity,
            "value": value + seed / 1000,
        }
        for (experiment, iteration, quantity, whose), value in numbers.items()
        for seed, _ in RUNS
    ]
    return DECISIONS.tidy(rows)


def world(own=0.5, others=0.3, alone=0.7, calibration=0.2):
    """Networks of two kinds that err and are sure like this, after each of 20 iterations."""
    numbers = {}
    names = [name for name in IN_CLAIMS for name in (name, f"{name}_trained_as_long")]
    for network in IN_CLAIMS:
        numbers[network, 0, "error_consistency", OTHERS] = 0.3
        for iteration in range(1, 21):
            numbers |= {
                (network, iteration, "error_consistency", OWN): own + (20 - iteration) / 100,
                (network, iteration, "error_consistency", OTHERS): others,
                (f"{network}_trained_as_long", iteration, "error_consistency", OWN): alone,
            }
            for quantity in (*analysis.CALIBRATION.values(), "flipped"):
                numbers[network, iteration, quantity, OWN] = calibration
                numbers[f"{network}_trained_as_long", iteration, quantity, OWN] = 0.1
    curves = {(name, "svcca", ""): curve(out=0.5) for name in names}
    results = World(curves, dict.fromkeys(names, lambda _: 0.0)).results()
    return results.having(DECISIONS, decisions(numbers))


test_every_claim = verdicts_of(
    CLAIMS,
    like=lambda _: world(),
    unlike=lambda _: world(own=0.2, alone=0.1, calibration=0.05),
    without=lambda _: world().having(DECISIONS, DECISIONS.tidy()),
)


@pytest.fixture
def study(monkeypatch):
    monkeypatch.setattr(Results, "experiments", [NETWORK])
    return world()


def test_numbers_are_means_over_the_other_complete_networks(study):
    rows = study.table(DECISIONS)
    more = rows[(rows.other_seed != rows.train_seed) & (rows.iteration == 20)]
    more = more.assign(other_seed=(more.train_seed + 2) % 3, value=more.value + 0.2)
    both = study.having(DECISIONS, pd.concat([rows, more]))
    found = statistic(both, NETWORK, "error_consistency", 20, OTHERS)
    assert found.tolist() == pytest.approx([0.4, 0.401, 0.402])
    with pytest.raises(Missing, match="no decisions of .* at iteration 21"):
        statistic(study, NETWORK, "error_consistency", 21)


def test_an_interval_between_complete_networks_takes_each_pair_once(study):
    rows = study.table(DECISIONS)
    rows = rows[(rows.iteration == 0)]
    again = rows.assign(train_seed=rows.other_seed, other_seed=rows.train_seed)
    pairs = study.having(DECISIONS, pd.concat([rows, again]))
    found = analysis.between_complete(pairs, NETWORK, "error_consistency")
    assert (found.mean, found.n) == (pytest.approx(0.301), 3)


def test_tables_have_a_row_for_each_level_and_comparison(study):
    errors = analysis.errors_as_texts(study)
    assert errors.index[0][0].endswith(", slim")
    assert len(errors) == 20 * len(analysis.ERROR_LINES)
    last = errors.xs(PRUNED, level="Compared").iloc[-1]
    assert last["Error consistency"].startswith("0.50 (")
    calibration = analysis.calibration_as_texts(study)
    assert calibration.shape == (20 * 2, len(analysis.CALIBRATION))


def test_networks_without_decisions_are_left_out(study):
    assert analysis.with_decisions(study) == [NETWORK]
    assert analysis.with_decisions(study.having(DECISIONS, DECISIONS.tidy())) == []


def test_a_line_is_drawn_for_each_comparison_from_many_weights_to_few(study):
    figure = PanelFigure("decisions")
    axes = figure.panel("Errors")
    analysis.draw_by_level(axes, study, NETWORK, "error_consistency")
    assert axes.get_legend_handles_labels()[1] == list(analysis.ERROR_LINES)
    pruned = axes.lines[0].get_ydata()
    assert (pruned[0], pruned[-1]) == (pytest.approx(0.691), pytest.approx(0.501))
