"""A published run can be done again, and a wrong number in its table is noticed."""

import numpy as np
import pandas as pd
import pytest

import lib.commands.verify as module
from lib.commands.collect import collect
from lib.commands.verify import KEY, main, recompute, tolerance, verdict
from lib.integrity import PROVENANCE, load_json, seal
from lib.study.study import Job

JOB = Job("vgg_svhn", 0, 1)


@pytest.fixture
def published(trained, monkeypatch):
    collect(trained)
    monkeypatch.setattr(module, "FOLDER", trained.folder / "verify")
    return trained


def again(study, iteration=None):
    return recompute(study.results, JOB, "", "cpu", iteration, module.FOLDER)


def test_a_run_that_is_done_again_has_the_published_table(published):
    rows = again(published)
    whole = published.job(JOB.name).table("similarity")
    assert sorted(rows.index) == sorted(whole.set_index(KEY).index)
    np.testing.assert_allclose(rows.recomputed, rows.published, rtol=1e-6)
    table, agree = verdict(rows)
    assert agree
    assert table.same_to_six_digits.tolist() == table.rows.tolist()
    assert tolerance(pd.Series([0.5])) == 2e-6  # a single run allows for rounding alone


def test_a_number_that_was_tampered_with_is_noticed(published):
    file = published.results / "vgg_svhn" / "similarity.parquet"
    table = pd.read_parquet(file)
    cell = (table.layer == "conv2_1") & (table.metric == "svcca") & (table.iteration == 1)
    table.loc[cell & (table.reshape == "channels"), "value"] += 1e-4
    table.to_parquet(file)
    with pytest.raises(ValueError, match=r"similarity\.parquet is damaged"):
        again(published)
    seal(file.parent, load_json(file.parent / PROVENANCE))
    rows = again(published, 1).query("layer == 'conv2_1' and metric == 'svcca'")
    assert rows.recomputed.item() == pytest.approx(rows.published.item() - 1e-4, abs=1e-6)
    assert not verdict(rows.assign(allowed=2e-6))[1]


def test_a_tenth_of_the_rows_may_differ_more_than_runs_do_and_none_may_be_missing():
    index = pd.MultiIndex.from_product([["cka"], range(10)], names=["metric", "layer"])
    rows = pd.DataFrame({"published": 0.5, "recomputed": 0.5, "allowed": 0.1}, index)
    for number, agree in ((0, True), (1, True), (2, False)):
        rows.iloc[:number, 1] = (0.7, np.nan)[:number]
        table, agreed = verdict(rows)
        assert (table.further_apart_than_runs.item(), agreed) == (number, agree)
    constant = rows[:1].assign(published=np.nan, recomputed=np.nan)
    assert verdict(constant)[1]


@pytest.mark.parametrize("n", [2, 5])
def test_another_processor_is_said_to_differ_in_one_of_a_hundred_cases_at_most(n):
    draws = np.random.default_rng(n).normal(size=(4000, n + 1))
    allowed = [tolerance(pd.Series(runs)) for runs in draws[:, :n]]
    differ = (abs(draws[:, n] - draws[:, 0]) > allowed).mean()
    assert 0.002 < differ < 0.013


def test_other_data_are_refused_before_anything_is_trained(published, monkeypatch):
    folder = published.results / "vgg_svhn"
    provenance = load_json(folder / PROVENANCE)
    provenance["experiments"]["vgg_svhn"]["dataset_sha256"] = "0" * 64
    seal(folder, provenance)
    monkeypatch.setattr(module, "run_job", lambda *given: pytest.fail("it was trained"))
    with pytest.raises(ValueError, match="come from other data: SHA-256 000000000000"):
        again(published)


def arguments(study, **changes):
    given = {"experiment": "vgg_svhn", "train-seed": 0, "prune-seed": 1, "iteration": 1} | changes
    return [str(study.results), "--device=cpu", *(f"--{name}={x}" for name, x in given.items())]


def test_a_row_that_does_not_exist_is_refused_with_the_reason(published):
    with pytest.raises(ValueError, match="unknown iteration '9'.* Known: 1, 2"):
        main(arguments(published, iteration=9))
    with pytest.raises(ValueError, match=r"has no run \(vgg_svhn, train seed 0, prune seed 7\)"):
        main(arguments(published, **{"prune-seed": 7}))


def test_a_chapter_without_results_is_named_with_those_that_have_some():
    given = "--experiment=vgg_svhn", "--train-seed=0", "--prune-seed=0"
    with pytest.raises(ValueError, match="unknown chapter 'convergd'. Did you mean 'converged'"):
        main(["results/chapters/convergd", *given])


def test_the_first_rows_are_done_again_without_what_comes_after(published, capsys):
    assert main(arguments(published)) == 0
    assert capsys.readouterr().out.rstrip().endswith("they agree")
    pages = module.FOLDER.glob("*/jobs/*/run-*/*/networks/*.pt")
    assert [page.name for page in pages] == ["01.pt"]
