"""A published number can be computed again, and a wrong one is detected."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import lib.commands.recompute as module
from lib.commands.collect import collect
from lib.commands.recompute import Row, main, published_rows, recompute, tolerance
from lib.integrity import PROVENANCE, load_json, seal
from lib.study.experiment import with_value
from lib.study.job import Job
from lib.training import DivergedError

JOB = Job("vgg_svhn", 0, 1)
ROW = Row(JOB, 2, "conv2_1", "svcca", "channels")


@pytest.fixture
def published(trained):
    collect(trained)
    return trained


def kept(study):
    return recompute(study.results, ROW, "", "cpu", folder=study.folder)


def test_from_the_kept_network_it_is_the_same_to_the_published_digits(published):
    outcome = kept(published)
    assert outcome.agrees
    assert outcome.source == "the kept network"
    assert outcome.recomputed == pytest.approx(outcome.published, rel=1e-6)


@pytest.mark.parametrize("column", ["null_mean", "null_sd", "p_value"])
def test_what_is_said_of_the_null_is_computed_again_as_well(published, column):
    row = Row(JOB, 3, "conv2_1", "cka", "flat", column)
    outcome = recompute(published.results, row, "", "cpu", folder=published.folder)
    # p-values by their logarithms: 1e-7 in place of 1e-40 is not the same
    assert (outcome.published < -20) == (column == "p_value")
    assert outcome.agrees


def test_a_null_that_was_not_measured_is_said(published):
    row = Row(JOB, 2, "conv2_1", "svcca", "channels", "p_value")
    with pytest.raises(ValueError, match="has no p_value there: it was not measured"):
        recompute(published.results, row, "", "cpu", folder=published.folder)


def test_from_the_seeds_it_is_the_same_here_and_elsewhere_may_differ_as_runs_do(
    published,
):
    outcome = recompute(published.results, ROW, "", "cpu", from_seeds=True)
    assert outcome.source == "the seeds"
    assert outcome.recomputed == pytest.approx(outcome.published, rel=1e-6)
    rows = published_rows(published.results, ROW)
    assert len(rows) == 2
    assert outcome.tolerance == pytest.approx(63.6567 * abs(rows.value.diff().iloc[1]), rel=1e-5)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_another_processor_is_said_to_differ_in_one_of_a_hundred_cases_at_most(n):
    draws = np.random.default_rng(n).normal(size=(4000, n + 1))
    allowed = [tolerance(pd.Series(runs)) for runs in draws[:, :n]]
    differ = (abs(draws[:, n] - draws[:, 0]) > allowed).mean()
    assert 0.002 < differ < 0.013


def test_a_single_run_allows_for_rounding_alone():
    assert tolerance(pd.Series([0.5])) == 2e-6


def test_a_number_that_was_tampered_with_is_detected(published):
    file = published.results / "vgg_svhn" / "similarity.parquet"
    table = pd.read_parquet(file)
    cell = (table.layer == "conv2_1") & (table.metric == "svcca") & (table.iteration == 2)
    table.loc[cell & (table.reshape == "channels"), "value"] += 1e-4
    table.to_parquet(file)
    with pytest.raises(ValueError, match=r"similarity\.parquet is damaged"):
        kept(published)
    seal(file.parent, load_json(file.parent / PROVENANCE))
    assert not kept(published).agrees


def test_other_data_are_refused_before_anything_is_trained(published, monkeypatch):
    folder = published.results / "vgg_svhn"
    provenance = load_json(folder / PROVENANCE)
    provenance["experiments"]["vgg_svhn"]["dataset_sha256"] = "0" * 64
    seal(folder, provenance)
    monkeypatch.setattr(module, "run_job", lambda *given: pytest.fail("it was trained"))
    for from_seeds in (True, False):
        with pytest.raises(ValueError, match="come from other data: SHA-256 000000000000"):
            recompute(published.results, ROW, "", "cpu", from_seeds, published.folder)


def test_an_experiment_is_trained_as_far_as_the_row(study):
    whole = with_value(study.experiment("vgg_svhn"), "pruning.iterations", 4)
    listed = with_value(whole, "pruning.levels", (0.5, 0.2, 0.1))
    assert module._shortened(listed, 2).pruning.levels == (0.5, 0.2)
    assert module._shortened(whole, 2).pruning.iterations == 2
    # the last re-training is a long one, so another one follows those that are short
    short = with_value(whole, "pruning.short", 1)
    assert [module._shortened(short, n).pruning.iterations for n in (2, 4)] == [3, 4]


def arguments(study, **changes):
    given = {"experiment": "vgg_svhn", "train-seed": 0, "prune-seed": 1, "iteration": 1}
    given |= {"layer": "conv2_1", "metric": "cka"} | changes
    return [str(study.results), *(f"--{name}={value}" for name, value in given.items())]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "conv9"}, "no row with layer 'conv9'; there is conv1_1, conv1_2"),
        ({"iteration": 4}, "no row with iteration 4; there is 1, 2, 3"),
        ({"iteration": 0}, "iteration 0 is a comparison without pruning"),
        ({"prune-seed": 7}, "has no run .vgg_svhn, train seed 0, prune seed 7"),
    ],
)
def test_a_row_that_does_not_exist_is_refused_with_the_reason(published, capsys, change, message):
    assert main(arguments(published, **change)) == 1
    assert re.search(message, capsys.readouterr().err)


WRONG = {
    "nothing": (lambda row: [], "required: --experiment"),
    "one missing": (lambda row: row[:-1], "required: --metric"),
    "no number": (lambda row: [*row, "--iteration=x"], "--iteration: invalid int value: 'x'"),
    "unknown": (lambda row: [*row, "--seed=1"], "unrecognized arguments: --seed=1"),
    "a word": (lambda row: [*row, "conv1_1"], "unrecognized arguments: conv1_1"),
    "no value": (lambda row: [*row, "--layer"], "--layer: expected one argument"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_row_is_refused_in_two_lines_that_name_make(study, capsys, name):
    wrong, said = WRONG[name]
    results, *row = arguments(study)
    with pytest.raises(SystemExit) as ended:
        main([results, *wrong(row)])
    assert ended.value.code == 2
    reason, remedy = capsys.readouterr().err.splitlines()
    assert said in reason
    assert 'make verify ROW="' in remedy


def test_a_mistyped_metric_is_refused_with_a_list_of_the_known_ones(published, capsys):
    with pytest.raises(SystemExit):
        main(arguments(published, metric="ckka"))
    assert re.search("invalid choice: 'ckka' .*mean_cca", capsys.readouterr().err)


def test_the_command_prints_both_numbers_and_says_whether_they_agree(published, capsys):
    assert main([*arguments(published), "--from-seeds", "--device=cpu"]) == 0
    out = capsys.readouterr().out
    assert "vgg_svhn, train seed 0, prune seed 1, iteration 1, conv2_1, cka on flat" in out
    assert out.rstrip().endswith("they agree")


def test_a_training_that_diverges_is_said_in_a_line(published, capsys, monkeypatch):
    def diverge(*given):
        raise DivergedError("the loss is no longer a number at step 2 of 9")

    monkeypatch.setattr(module, "run_job", diverge)
    assert main([*arguments(published), "--from-seeds", "--device=cpu"]) == 1
    said = capsys.readouterr().err
    assert said == (
        "the network could not be trained again: the loss is no longer a number at step 2 of 9\n"
    )


def test_results_without_similarities_are_named(tmp_path, capsys):
    assert main(arguments(SimpleNamespace(results=tmp_path))) == 1
    assert "no folder of an experiment" in capsys.readouterr().err
