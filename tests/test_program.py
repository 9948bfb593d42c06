"""The program: what it prints, what it refuses, and with which status it ends."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from lib import compare_networks, harmless_similarities, make_variables, program
from lib.commands import damage
from lib.compare.images import Files
from lib.compare.user_networks import load_user_network

NETS = """
from torch import nn
import torch

def first(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())

def second():
    return first(1)
"""


@pytest.fixture
def networks(tmp_path):
    """A file of networks, and a folder of images."""
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "images").mkdir()
    random = np.random.default_rng(0)
    for number in range(8):
        pixels = random.integers(0, 255, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{number}.png")
    return f"{tmp_path}/nets.py", f"{tmp_path}/images"


def test_networks_are_compared_as_by_the_library(ran, networks):
    file, folder = networks
    asked = "--images", folder, "--size", 16, "--cores", torch.get_num_threads()
    words = "compare", f"{file}:first", f"{file}:second", *asked, "--layers", "0; 1 0"
    status, printed, _ = ran(*words, "--metrics", "cka", "--json")
    found = {row["layer_y"]: row["value"] for row in json.loads(printed)["rows"]}
    a, b = (load_user_network(f"{file}:{name}") for name in ("first", "second"))
    pictures = torch.stack([*Files(folder, 16)])
    table = compare_networks(a, b, pictures, (["0"], ["1", "0"]), "cka", say=None)
    assert status == 0
    assert [*found.values()] == pytest.approx(table.value.tolist(), rel=1e-6)
    status, printed, said = ran(*words, "--html", "page.html", "--metrics", "cka")
    assert (status, printed) == (program.Status.WRONG, "")
    assert "--metrics: with --html the page decides" in said


def test_a_gate_stops_what_differs_from_harmless_versions(ran, networks, tmp_path):
    """Versions with a little noise on their weights; the other network has other weights."""
    file, folder = networks
    state = load_user_network(f"{file}:first").state_dict()
    for seed in range(19):
        source = torch.Generator().manual_seed(seed)
        noisy = {
            name: tensor + 0.01 * torch.randn(tensor.shape, generator=source)
            for name, tensor in state.items()
        }
        torch.save(noisy, tmp_path / f"good{seed:02}.pt")
    asked = "--images", folder, "--size", 8
    same = "gate", f"{file}:first", f"{file}:first", *asked
    other = "gate", f"{file}:first", f"{file}:second", *asked
    assert ran(*same, "--harmless", tmp_path / "good*.pt")[0] == program.Status.DONE
    status, printed, _ = ran(*other, "--harmless", tmp_path / "good*.pt")
    assert status == program.Status.DIFFERS == 1
    assert "beside 19 versions" in printed
    versions = {
        path.name: load_user_network(f"{file}:first", path) for path in tmp_path.glob("good*.pt")
    }
    reference = load_user_network(f"{file}:first")
    kept = harmless_similarities(reference, versions, folder, image_size=8)
    kept.to_csv(tmp_path / "good.csv")
    assert ran(*other, "--harmless", tmp_path / "good.csv")[:2] == (status, printed)
    assert ran(*other, "--at-least", 0.1)[0] == program.Status.DONE
    (tmp_path / "words.csv").write_text("layer,0\n0,alike\n")
    wrong = {
        "no file is named": ("--harmless", tmp_path / "bad*.pt"),
        "bad.csv is no file; write one by": ("--harmless", tmp_path / "bad.csv"),
        "words.csv is no table of similarities": ("--harmless", tmp_path / "words.csv"),
        "at_least: got 1.5, want a similarity of 1 or less": ("--at-least", 1.5),
        "at_least: got nan, want": ("--at-least", "nan"),
        "cores: got -1, want": ("--at-least", 0.1, "--cores", -1),
    }
    for message, words in wrong.items():
        status, printed, said = ran(*same, *words)
        assert (status, printed) == (program.Status.WRONG, "")
        assert message in said


FUSED = """
from collections import OrderedDict
from nets import first
from torch import nn

def fused():
    convolution, activation, pooling, flat = first()
    fused = nn.Sequential(convolution, activation)
    return nn.Sequential(OrderedDict({"0": fused, "2": pooling, "3": flat}))

def strict():
    class Strict(nn.Conv2d):
        def _load_from_state_dict(self, state, prefix, *_):
            state[prefix + "scale"]
    return nn.Sequential(Strict(3, 4, 3))
"""


def test_a_gate_takes_the_layers_that_a_build_still_has(ran, networks, tmp_path):
    """As of a quantised one, whose convolutions are fused with what follows them."""
    file, folder = networks
    (tmp_path / "fused.py").write_text(FUSED)
    state = load_user_network(f"{file}:first").state_dict()
    for seed in range(19):
        torch.save(state, tmp_path / f"good{seed:02}.pt")
    asked = "gate", f"{file}:first", f"{tmp_path}/fused.py:fused", "--images", folder, "--size", 8
    for rule in (("--harmless", tmp_path / "good*.pt"), ("--at-least", 0.99)):
        status, printed, said = ran(*asked, *rule)
        assert (status, said) == (program.Status.DONE, "")
        assert printed.endswith("by more than is allowed, at 2\n")


def test_damage_says_what_is_wrong_with_what_was_given(networks, tmp_path, capsys):
    file, folder = networks
    (tmp_path / "fused.py").write_text(FUSED)
    for number in range(8):
        Image.open(f"{folder}/{number}.png").save(f"{folder}/more{number}.png")
    for number in range(6):
        torch.save(load_user_network(f"{file}:first").state_dict(), tmp_path / f"{number}.pt")
    given = {"a": f"{file}:first", "a_weights": f"{tmp_path}/*.pt", "images": folder, "size": 8}
    for message, changes in {
        "want 6 or more": {"a_weights": f"{tmp_path}/0.pt"},
        "SIZE is their height and width, 1 here": {"size": 1},
        "it has no '0.scale'": {"a": f"{tmp_path}/fused.py:strict"},
    }.items():
        assert damage.main([json.dumps(given | changes)]) == program.Status.WRONG
        said = capsys.readouterr().err
        assert said.startswith(f"{program.NAME} damage: ")
        assert message in said
        assert said.count("\n") == 1


WRONG_NETWORKS = {
    "Did you mean 'DEFAULT'": ("resnet18", ("--a-weights", "DEFALT")),
    "images is a folder: give a file of weights": (None, ("--a-weights", "images")),
    "it has none": (None, ("--images", "empty")),
    "it is no folder": (None, ("--images", "nowhere")),
}


@pytest.mark.parametrize("message", WRONG_NETWORKS)
def test_networks_and_images_that_are_not_there_are_refused(ran, networks, message, monkeypatch):
    file, folder = networks
    monkeypatch.chdir(folder.removesuffix("/images"))
    (Path(folder).parent / "empty").mkdir()
    network, words = WRONG_NETWORKS[message]
    network = network or f"{file}:first"
    status, printed, said = ran("compare", network, network, "--images", folder, *words)
    assert (status, printed) == (program.Status.WRONG, "")
    assert message in said


@pytest.mark.parametrize("target", ["compare", "damage"])
def test_make_asks_the_program_for_the_same_page(ran, target, monkeypatch):
    started = []

    def start(words):
        started.append(words)
        return SimpleNamespace(wait=lambda: 3)

    monkeypatch.setattr(program.subprocess, "Popen", start)
    given = {"A": "nets.py:a", "A_WEIGHTS": "x y*.pt", "IMAGES": "-f", "CORES": "2", "SIZE": "32"}
    (module, *words), _ = make_variables.command(target, make_variables.read(target, given))
    assert module == "lib.program"
    assert ran(*words)[0] == 3
    executable, _, module, notebook, page, *parameters = started[0]
    assert (executable, module, notebook) == (sys.executable, "lib.book.standalone", target)
    assert page.endswith(".html")
    said = dict(word.split("=", 1) for word in parameters if word != "-p")
    assert (said["a"], said["a_weights"]) == ("nets.py:a", "x y*.pt")
    assert (said["images"], said["cores"], said["size"]) == ("-f", "2", "32")


def test_help_has_an_example_of_each_command(ran):
    for name in ("compare", "damage", "metrics", "null"):
        status, printed, _ = ran(name, "--help")
        assert status == 0
        assert f"{program.NAME} {name} " in printed.partition("example")[2]
        assert "exit status" in printed
    assert ran("--help")[0] == 0
    assert ran("compare", "resnet18")[0] == program.Status.WRONG
