"""The networks of a study as files: complete, the same ones, and refused if they are damaged."""

import functools
import http.server
import json
import shutil
import threading
from unittest.mock import patch

import pandas as pd
import pytest
import torch
from torchvision.transforms import Normalize

from lib import zoo
from lib.catalogue import PROFILES
from lib.commands import export_networks as command
from lib.commands.collect import collect
from lib.commands.export_networks import export_networks
from lib.commands.verify_zoo import PUBLISHED_ROWS, main, verify
from lib.integrity import DamagedError, load_json, save_json, seal
from lib.pruning import Mask
from lib.study.job import Job
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.stored_networks import load_complete, load_mask, load_network
from lib.study.study import Study

from .conftest import PROFILE

NAME = "vgg_svhn"


@pytest.fixture(scope="module")
def exported(tmp_path_factory, finished):
    """A study whose networks and tables were written. Tests that change a file get a copy."""
    study = Study(PROFILE, tmp_path_factory.mktemp("zoo") / "study")
    shutil.copytree(finished, study.folder)
    export_networks(study)
    with patch.dict(PROFILES, {PROFILE.name: PROFILE}):
        collect(study)
    return study


@pytest.fixture
def folder(exported, tmp_path, monkeypatch):
    """The zoo, beside the tables of its study."""
    monkeypatch.setitem(PROFILES, PROFILE.name, PROFILE)
    for name in ("zoo", "results"):
        shutil.copytree(exported.results.with_name(name), tmp_path / "copy" / name)
    return tmp_path / "copy" / "zoo"


@pytest.fixture(scope="module")
def setting(exported):
    return PreparedExperiment.load(exported.experiment(NAME), "", "cpu")


def test_every_network_of_every_run_is_there_and_says_what_it_is(folder):
    networks = zoo.Zoo(folder).networks
    assert len(networks) == 1 + 2 * 3
    assert list(networks.iteration) == [0, 1, 2, 3, 1, 2, 3]
    assert networks.remaining.round(3).tolist() == [1.0, 0.8, 0.64, 0.512, 0.8, 0.64, 0.512]
    assert networks.accuracy.between(0, 1).all()
    assert set(networks.file) | {f"{NAME}/seed-0-run-{run}-masks.safetensors" for run in (0, 1)} | {
        f"{NAME}/README.md"
    } == set(zoo.Zoo(folder).files)


def test_a_network_gives_the_outputs_that_it_gave_in_the_study(exported, folder, setting):
    images = setting.dataset.test.pixels[:8]
    inputs = Normalize(*zoo.Zoo(folder).normalisation(NAME))(images / 255)
    assert torch.allclose(inputs, setting.inputs(setting.dataset.test, slice(8))[0], atol=1e-6)
    run = Job(NAME, 0, 1)
    own = load_network(exported, run, setting, 2).eval()
    network = zoo.load(NAME, 0, 2, prune_seed=1, source=folder)
    assert not network.training
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, own.state_dict()[name])
    assert torch.allclose(network(inputs), own(inputs), atol=1e-5)
    complete = load_complete(exported, Job(NAME, 0), setting).eval()
    assert torch.allclose(zoo.load(NAME, source=folder)(inputs), complete(inputs), atol=1e-5)


def test_masks_are_those_of_the_run(exported, folder):
    for iteration in (1, 3):
        mask = zoo.Zoo(folder).load_mask(NAME, 0, iteration, prune_seed=1)
        own = load_mask(exported, Job(NAME, 0, 1), iteration)
        assert mask.jaccard(own) == 1
        assert mask.survivors == own.survivors
    assert zoo.Zoo(folder).load_mask(NAME, 0, 0).remaining == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("vgg_svnh",), "Did you mean 'vgg_svhn'"),
        ((NAME, 1), "no vgg_svhn with train_seed 1; there is 0"),
        ((NAME, 0, 4), "no vgg_svhn with iteration 4; there is 1, 2, 3"),
    ],
)
def test_a_network_that_is_not_there(folder, given, said):
    with pytest.raises(ValueError, match=said):
        zoo.load(*given, source=folder)


def test_a_damaged_file_is_not_loaded(folder):
    [path] = folder.glob("*/seed-0-run-0-iteration-03.safetensors")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    zoo.load(NAME, 0, 2, source=folder)
    with pytest.raises(DamagedError, match="iteration-03.* is damaged"):
        zoo.load(NAME, 0, 3, source=folder)


def test_without_a_source_it_says_what_to_do(tmp_path):
    with pytest.raises(ValueError, match="make zoo"):
        zoo.load(NAME)
    with pytest.raises(ValueError, match=r"has no zoo.json"):
        zoo.load(NAME, source=tmp_path)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that prints nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture
def address(folder, tmp_path, monkeypatch):
    """The zoo on a server, and an empty folder for what is downloaded."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_from_an_address_a_file_is_downloaded_once_and_compared(folder, address):
    own = zoo.Zoo(folder).load(NAME, 0, 3).state_dict()
    for name, tensor in zoo.Zoo(address).load(NAME, 0, 3).state_dict().items():
        assert torch.equal(tensor, own[name])
    [path] = folder.glob("*/seed-0-run-0-iteration-03.safetensors")
    path.unlink()
    zoo.load(NAME, 0, 3, source=address)
    [other] = folder.glob("*/seed-0-run-0-iteration-02.safetensors")
    other.write_bytes(b"another file")
    with pytest.raises(DamagedError, match="Remove it, and it is downloaded again"):
        zoo.load(NAME, 0, 2, source=address)


def test_an_address_without_a_zoo(address, folder):
    (folder / zoo.INDEX).unlink()
    with pytest.raises(OSError, match=r"zoo.json could not be downloaded"):
        zoo.load(NAME, source=address)


def test_masks_that_are_not_nested_are_refused():
    first = Mask({"weight": torch.tensor([True, False])})
    second = Mask({"weight": torch.tensor([False, True])})
    assert zoo.times_survived([first, first])["weight"].tolist() == [2, 0]
    with pytest.raises(ValueError, match="mask of iteration 2 is not nested"):
        zoo.times_survived([first, second])
    with pytest.raises(ValueError, match="do not fit into a byte"):
        zoo.times_survived([first] * 256)


def test_jobs_that_are_missing(trained):
    trained.marker(Job(NAME, 0, 1)).unlink()
    with pytest.raises(FileNotFoundError, match="1 jobs are not done.*PARTIAL=1"):
        export_networks(trained)
    assert set(zoo.Zoo(export_networks(trained, partial=True)).networks.prune_seed) == {-1, 0}


def test_an_export_that_fails_leaves_the_older_one(trained, monkeypatch):
    folder = export_networks(trained)
    before = zoo.Zoo(folder).networks

    def differs(*_):
        raise AssertionError("not as the study has kept it")

    monkeypatch.setattr(command, "_same", differs)
    with pytest.raises(AssertionError, match="not as the study has kept it"):
        export_networks(trained)
    pd.testing.assert_frame_equal(zoo.Zoo(folder).networks, before)


def test_an_older_export_is_replaced(trained):
    folder = export_networks(trained)
    (folder / "left over").touch()
    assert export_networks(trained) == folder
    assert not (folder / "left over").exists()


def test_others_may_read_what_is_written(folder):
    assert all(file.stat().st_mode & 0o044 == 0o044 for file in folder.rglob("*.*"))


def test_a_card_has_the_networks_and_what_loads_one(folder):
    card = (folder / NAME / "README.md").read_text(encoding="utf-8")
    assert card.count("\n| 0 | ") == 1 + 2 * 3
    assert f'zoo.load("{NAME}", seed=0, iteration=3' in card
    assert "| dataset | digits | svhn |" in card
    assert "$" not in card


def test_published_numbers_are_computed_again_from_the_files(folder, capsys):
    table = verify(folder, "")
    assert len(table) == 2 + PUBLISHED_ROWS
    assert table.agrees.all()
    assert main([str(folder), "--data", ""]) == 0
    assert "all agree" in capsys.readouterr().out


def test_numbers_that_differ_are_named(folder, capsys):
    index = load_json(folder / zoo.INDEX)
    for network in index["networks"]:
        network["accuracy"] -= 0.01
    save_json(folder / zoo.INDEX, {k: v for k, v in index.items() if k != "sha256"})
    wrong = verify(folder, "").query("not agrees")
    assert wrong.what.tolist() == ["accuracy"]
    assert main([str(folder), "--data", ""]) == 1
    assert "SOME DIFFER" in capsys.readouterr().out


def test_results_of_another_profile_are_refused(folder, tmp_path):
    other = tmp_path / "other"
    (other / NAME).mkdir(parents=True)
    facts = {"profile": "laptop", "place": 0, "experiments": {}, "jobs": [], "missing": []}
    seal(other / NAME, facts)
    with pytest.raises(ValueError, match=r"'test', but .* is of 'laptop'"):
        verify(folder, "", other)


def test_the_header_of_a_file_says_what_it_is(folder):
    from safetensors import safe_open

    [path] = folder.glob("*/seed-0-run-0-iteration-01.safetensors")
    with safe_open(path, "pt") as file:
        facts = {name: json.loads(text) for name, text in file.metadata().items()}
    row = zoo.Zoo(folder).networks.query("iteration == 1 and prune_seed == 0").iloc[0]
    assert pd.Series(facts)[["experiment", "iteration", "accuracy"]].tolist() == [
        NAME,
        1,
        row.accuracy,
    ]
