"""The jobs: what they write, what they leave alone, and that a stop changes nothing."""

import math
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
import torch

import lib.study.task as task
import lib.study.work as work
from lib.atomic_files import locked
from lib.commands.collect import collect
from lib.integrity import DamagedError, load_json, save_json
from lib.models import fitting, recorded_layers
from lib.pruning import WeightRewind
from lib.study import prepared_experiment
from lib.study.comparison import Comparison
from lib.study.experiment import with_values
from lib.study.prepared_experiment import PreparedExperiment, choose_device
from lib.study.study import Study
from lib.study.task import Task, load_complete, load_network
from lib.study.work import run_job
from lib.training import Training, evaluate

from ..damage import damage, follow
from .conftest import TINY

COMPLETE, RUN = "vgg_svhn t0", "vgg_svhn t0-p0"
NUMBERS = {"similarity": ["value", "null_mean"], "performance": ["accuracy", "remaining"]}


class StopHere(BaseException):
    """Raised somewhere in the middle of the work, as by Ctrl-C.

    What goes on then has another global random state: no draw may come from it.
    """


def tables(study, job):
    folder = study.job(job).folder
    names = "similarity", "performance"
    return tuple(pd.read_parquet(folder / f"{name}.parquet") for name in names)


@pytest.fixture
def done(trained):
    """The study with its complete network and its first run."""
    shutil.rmtree(trained.job("vgg_svhn t0-p1").folder)
    return trained


@pytest.fixture
def empty(done, tmp_path):
    """Another folder of the study, without any job."""
    return Study(done.profile, tmp_path / "other", [TINY.name])


@pytest.fixture
def other(done, empty):
    """Another folder of the study, with the complete network alone."""
    shutil.copytree(done.job(COMPLETE).folder, empty.job(COMPLETE).folder)
    return empty


def test_similarity_has_a_row_for_every_iteration_layer_and_metric(done):
    similarity, _ = tables(done, RUN)
    layers = recorded_layers(PreparedExperiment.load(TINY, "", "cpu").new_network(0))
    assert len(similarity) == 2 * (len(layers) * len(TINY.metrics) + 1)
    for _, rows in similarity.groupby("iteration"):
        found = rows.drop_duplicates("layer").sort_values("depth")
        assert list(zip(found.layer, found.kind, strict=True)) == layers
        assert found.depth.tolist() == list(range(len(layers)))
        assert set(rows[rows.layer == "out"].metric) == {*TINY.metrics, "cosine"}
    assert similarity.value.between(0, 1).all()
    last = similarity[similarity.iteration == 2]
    assert last.null_mean.between(0, 1).all()
    earlier = similarity[similarity.iteration < 2]
    assert earlier[earlier.metric == "svcca"].null_mean.isna().all()  # that of CKA needs no sample


def test_performance_follows_the_densities(done):
    _, performance = tables(done, RUN)
    assert performance.iteration.tolist() == [1, 2]
    assert performance.remaining.tolist() == pytest.approx([0.8, 0.64], abs=1e-3)
    complete = pd.read_parquet(done.job(COMPLETE).folder / "performance.parquet").iloc[0]
    assert (complete.iteration, complete.remaining) == (0, 1.0)
    assert complete.prune_seed is pd.NA


@pytest.mark.parametrize("imitated", [False, True])
def test_a_network_that_is_trained_in_bfloat16_is_tested_in_its_own_precision(
    study, monkeypatch, imitated
):
    experiment = with_values(TINY, {"precision": "bfloat16"})
    monkeypatch.setattr(prepared_experiment, "has_bfloat16", lambda _: not imitated)
    monkeypatch.setattr(type(study.profile), "experiment", lambda *_: experiment)
    study = Study(study.profile, study.folder, [TINY.name])
    run_job(study.job(COMPLETE), device="cpu")
    said = (study.job(COMPLETE).folder / "log.txt").read_text()
    assert ("so float32 is used instead" in said) is imitated
    used = study.job(COMPLETE).provenance()["precision"]
    assert used == ("float32" if imitated else "bfloat16")
    setting = PreparedExperiment.load(experiment, "", "cpu")
    network, data = load_complete(study.job(COMPLETE), setting), setting.dataset
    [row] = pd.read_parquet(study.job(COMPLETE).folder / "performance.parquet").itertuples()
    assert (row.accuracy, row.loss) == evaluate(network, data.test, data)


def test_runs_differ_by_their_seed_only(trained):
    first, second = (tables(trained, f"vgg_svhn t0-p{seed}")[0] for seed in (0, 1))
    assert not first.value.equals(second.value)
    # the first pruning is of the same complete network, before any seed matters
    one = [t[t.iteration == 1].remaining.unique().tolist() for t in (first, second)]
    assert one[0] == one[1]


def after(monkeypatch, target, name, count):
    """Make the named function raise at its call number `count`, after its work is done."""
    real, calls = getattr(target, name), []

    def counted(*args, **kwargs):
        result = real(*args, **kwargs)
        calls.append(1)
        if len(calls) == count:
            raise StopHere
        return result

    monkeypatch.setattr(target, name, counted)


@pytest.fixture
def checkpoint_each_epoch(monkeypatch):
    """However much of the time that takes."""
    monkeypatch.setattr(task, "CHECKPOINT_SHARE", math.inf)


def stopped_and_done(study, job, *stop):
    """Do a job that stops once, at the given call."""
    with pytest.MonkeyPatch.context() as patch:
        after(patch, *stop)
        with pytest.raises(StopHere):
            run_job(study.job(job), device="cpu")
    assert not study.job(job).is_done
    run_job(study.job(job), device="cpu")
    assert study.job(job).is_done
    assert not list(study.job(job).folder.glob("checkpoint*"))


@pytest.mark.usefixtures("checkpoint_each_epoch")
@pytest.mark.parametrize(
    "stop",
    [
        (Training, "run_epoch", 1),  # in the first epoch, before any checkpoint
        (Task, "save", 1),  # after the first checkpoint
        (Task, "save", 3),  # after the first comparison
        (Task, "save", 4),  # in the second iteration
        (Task, "save", 5),  # after the last epoch, before the last comparison
        (work, "prune", 2),  # pruned, not yet trained
        (Comparison, "rows", 2),  # before a comparison
        (task, "save_table", 1),  # between the tables
    ],
)
def test_a_run_that_is_stopped_anywhere_and_started_again_gives_the_same_tables(done, other, stop):
    stopped_and_done(other, RUN, *stop)
    mine, theirs = (s.job(COMPLETE).folder / "weights.pt" for s in (done, other))
    assert mine.read_bytes() == theirs.read_bytes()
    for mine, theirs in zip(tables(done, RUN), tables(other, RUN), strict=True):
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


def test_what_a_stopped_run_has_compared_is_in_the_tables_of_a_partial_study(
    done, other, monkeypatch
):
    with monkeypatch.context() as patch:
        after(patch, Training, "run_epoch", TINY.recipe.epochs + 1)
        with pytest.raises(StopHere):
            run_job(other.job(RUN), device="cpu")
    partial = collect(other, partial=True) / "vgg_svhn"
    whole = tables(done, RUN)
    for name, expected in zip(("similarity", "performance"), whole, strict=True):
        found = pd.read_parquet(partial / f"{name}.parquet").query("iteration > 0")
        assert found.iteration.unique() == [1]
        keys = [column for column in ("iteration", "layer", "metric", "reshape") if column in found]
        numbers = found.set_index(keys)[NUMBERS[name]]
        expected = expected.set_index(keys)[NUMBERS[name]].reindex(numbers.index)
        pd.testing.assert_frame_equal(numbers, expected, rtol=1e-5)  # they are rounded
    provenance = load_json(partial / "provenance.json")
    assert [job.get("unfinished") for job in provenance["jobs"]] == [None, 1]
    assert str(other.job(RUN)) in provenance["missing"]


def test_a_job_that_is_done_is_not_done_again(done, monkeypatch):
    monkeypatch.setattr(PreparedExperiment, "load", None)
    assert run_job(done.job(RUN)) == done.job(RUN).folder


def test_a_run_without_its_complete_network_says_what_to_do(study):
    with pytest.raises(DamagedError, match="provenance.json is missing.*complete network"):
        run_job(study.job(RUN), device="cpu")


def test_a_second_process_says_that_it_waits_and_repeats_nothing(study, caplog, monkeypatch):
    trained = []
    monkeypatch.setattr(work, "train_complete", lambda *_: trained.append(1))
    with ThreadPoolExecutor() as pool:
        with locked(study.job(COMPLETE).folder / ".lock", print):
            second = pool.submit(run_job, study.job(COMPLETE), device="cpu")
            while "waiting for another process" not in caplog.text:
                assert not second.done(), second.result()
                time.sleep(0.01)
            save_json(study.job(COMPLETE).marker, {})  # the first one is done
        assert second.result(timeout=1200) == study.job(COMPLETE).folder
    assert trained == []


def test_provenance_says_data_device_code_and_versions(done):
    provenance = done.job(RUN).provenance()
    assert provenance["dataset_sha256"] == PreparedExperiment.load(TINY, "", "cpu").checksum
    assert provenance["train_images"] == 96
    assert provenance["versions"]["torch"] == torch.__version__.split("+")[0]
    assert len(provenance["revision"]) >= 40
    assert provenance["seconds"] > 0
    assert 100 < provenance["memory"] < 100_000
    assert "gpu_memory" not in provenance


def test_what_there_is_not_is_refused_with_its_number_or_name():
    with pytest.raises(ValueError, match="trains on 5,000 images, but digits has 259"):
        PreparedExperiment.load(with_values(TINY, {"train_images": 5000}), "", "cpu")
    setting = PreparedExperiment.load(with_values(TINY, {"probe.images": 501}), "", "cpu")
    with pytest.raises(ValueError, match="probes with 501 images.*has 101"):
        setting.probe_images()
    with pytest.raises(ValueError, match="device 'gpu'"):
        choose_device("gpu")


def test_probe_images_are_plain_test_images():
    setting = PreparedExperiment.load(TINY, "", "cpu")
    images = setting.probe_images()
    assert images.shape == (40, 3, 32, 32)
    assert torch.equal(images, setting.probe_images())
    mean, std = setting.dataset.mean[0], setting.dataset.std[0]
    pixels = ((images * std + mean) * 255).round().to(torch.uint8).flatten(1)
    test = setting.dataset.test.pixels.flatten(1)
    assert all((row == test).all(1).any() for row in pixels)
    assert len(torch.unique(pixels, dim=0)) == 40


def test_layers_in_groups_give_the_same_rows(done, monkeypatch):
    setting = PreparedExperiment.load(with_values(TINY, {"metrics": ("cka",)}), "", "cpu")
    complete = load_complete(done.job(COMPLETE), setting)
    other = setting.new_network(5)
    number = []

    def counted(needs, memory):
        groups = fitting(needs, memory)
        number.append(len(groups))
        return groups

    monkeypatch.setattr("lib.compare.comparison.fitting", counted)
    whole = Comparison(complete, setting)
    monkeypatch.setattr("lib.study.comparison.MEMORY", 2 << 20)
    groups = Comparison(complete, setting)
    for _ in range(2):  # the second time from what was kept of the complete network
        one, many = (pd.DataFrame(c.rows(other, seed=1)) for c in (whole, groups))
        pd.testing.assert_frame_equal(one, many)
    assert number[::2] == [1, 1]
    assert number[1] == number[3] > 1


def test_a_point_that_the_training_does_not_reach_is_refused_before_it_starts(study):
    """Otherwise the runs would miss a file that no training ever writes."""
    study.experiments[TINY.name] = with_values(TINY, {"pruning.retraining": WeightRewind(1, 3)})
    reason = "goes back to epoch 1, step 3, but its training has 2 epochs of 3 steps"
    with pytest.raises(ValueError, match=reason):
        run_job(study.job(COMPLETE))
    assert "epoch 1/2" not in (study.job(COMPLETE).folder / "log.txt").read_text()


@pytest.mark.parametrize("name", ["weights.pt", "provenance.json"])
def test_what_a_run_starts_from_is_named_if_damaged_and_done_again_the_same(done, name):
    before, folder = tables(done, RUN), done.job(COMPLETE).folder
    shutil.rmtree(done.job(RUN).folder)
    (folder / name).write_bytes(b"")
    with pytest.raises(DamagedError, match=f"^{folder}/{name} is damaged") as error:
        run_job(done.job(RUN), device="cpu")
    assert follow(str(error.value)) == folder
    for job in (COMPLETE, RUN):
        run_job(done.job(job), device="cpu")
    for mine, theirs in zip(before, tables(done, RUN), strict=True):
        pd.testing.assert_frame_equal(mine, theirs, check_exact=True)


@pytest.mark.parametrize(("iteration", "wrong"), [(1, "damaged"), (3, "missing")])
def test_a_network_that_a_run_has_not_kept_as_it_was_is_named(done, iteration, wrong):
    setting, folder = PreparedExperiment.load(TINY, "", "cpu"), done.job(RUN).folder
    damage(folder / "networks/01.pt")
    with pytest.raises(DamagedError, match=f"networks/0{iteration}.pt is {wrong}") as error:
        load_network(done.job(RUN), setting, iteration)
    assert follow(str(error.value)) == folder
