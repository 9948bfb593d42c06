"""Networks and weights that people name, and the page on which they are compared."""

import pickle
import re
import shlex
import sys
import tempfile
from dataclasses import replace

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch.nn.utils import prune

import lib.data
from lib.book import standalone
from lib.book.execute import ExecutionError
from lib.compare.user_networks import load_user_network
from lib.data import load_dataset
from lib.repository import ROOT
from notebooks.your_own import networks

from ..pages import as_html, run_notebook
from ..pictures import write_pictures

NETS = """
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.utils import prune

from beside import WIDTH

def complete(width=WIDTH):
    torch.manual_seed(0)
    first = nn.Conv2d(3, width, 5, 4)
    return nn.Sequential(first, nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 2))

def other():
    names = ("stem", "relu", "pool", "flat")
    return nn.Sequential(OrderedDict(zip(names, [*complete()[:3], nn.Flatten()])))

def pruned():
    network = complete()
    prune.l1_unstructured(network[0], "weight", 0.5)
    return nn.DataParallel(network)

class Wrapper(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.register_buffer("scale", torch.tensor(2.0))
        self.net = net

    def forward(self, x):
        return self.net(self.scale * x)

def wrapped():
    return Wrapper(complete())

class Undo(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.full((3, 1, 1), 0.5))

    def forward(self, x):
        return x + self.mean

def undone():
    return nn.Sequential(Undo(), complete())

def with_head():
    network = Wrapper(complete())
    network.head = nn.Linear(3, 3)
    return network

def dead():
    network = complete()
    network[0].weight.data.zero_()
    return network

def number():
    return 3
"""


def write_nets(folder):
    (folder / "nets.py").write_text(NETS)
    (folder / "beside.py").write_text("WIDTH = 6")
    return folder / "nets.py"


@pytest.fixture
def nets(tmp_path):
    return write_nets(tmp_path)


def test_weights_come_from_each_kind_of_file(nets, tmp_path):
    network = load_user_network(f"{nets}:complete")
    wanted = {name: tensor + 1 for name, tensor in network.state_dict().items()}
    network.load_state_dict(wanted)
    prune.l1_unstructured(network[0], "weight", 0.5)
    torch.save({"state_dict": torch.nn.DataParallel(network).state_dict()}, tmp_path / "b.pt")
    wanted["0.weight"] = network[0].weight.detach()
    save_file(wanted, tmp_path / "b.safetensors")
    for file in ("b.pt", "b.safetensors"):
        found = load_user_network(f"{nets}:complete", tmp_path / file).state_dict()
        assert found.keys() == wanted.keys()
        assert all(found[name].equal(wanted[name]) for name in wanted)


def test_weights_saved_without_a_wrapper_are_those_of_what_it_wraps(nets, tmp_path):
    network = load_user_network(f"{nets}:complete")
    wanted = {name: tensor + 1 for name, tensor in network.state_dict().items()}
    torch.save(wanted, tmp_path / "bare.pt")
    found = load_user_network(f"{nets}:wrapped", tmp_path / "bare.pt").state_dict()
    assert found["scale"] == 2
    assert all(found[f"net.{name}"].equal(wanted[name]) for name in wanted)
    found = load_user_network(f"{nets}:undone", tmp_path / "bare.pt").state_dict()
    assert found["0.mean"].eq(0.5).all()
    assert all(found[f"1.{name}"].equal(wanted[name]) for name in wanted)
    torch.save(load_user_network(f"{nets}:wrapped").state_dict(), tmp_path / "whole.pt")
    load_user_network(f"{nets}:wrapped", tmp_path / "whole.pt")
    with pytest.raises(
        ValueError, match=r"bare.pt does not fit .*missing in the file are head.bias, head.weight"
    ):
        load_user_network(f"{nets}:with_head", tmp_path / "bare.pt")  # whose head would stay fresh


NAMES = {
    "a prefix of another program": lambda state: {f"model.{n}": t for n, t in state.items()},
    "compiled in parallel": lambda state: {f"module._orig_mod.{n}": t for n, t in state.items()},
    "an average": lambda state: (
        {"n_averaged": torch.tensor(3)} | {f"module.{n}": t for n, t in state.items()}
    ),
    "sparse": lambda state: {n: t.to_sparse() for n, t in state.items()},
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_weights_may_have_what_programs_put_before_them(nets, tmp_path, name):
    network = load_user_network(f"{nets}:complete")
    wanted = {name: tensor + 1 for name, tensor in network.state_dict().items()}
    torch.save({"epoch": 3, "state_dict": NAMES[name](wanted)}, tmp_path / "b.ckpt")
    found = load_user_network(f"{nets}:complete", tmp_path / "b.ckpt").state_dict()
    assert all(found[name].equal(wanted[name]) for name in wanted)


def test_of_several_sets_of_weights_one_is_named(nets, tmp_path):
    state = load_user_network(f"{nets}:complete").state_dict()
    ema = {name: tensor + 1 for name, tensor in state.items()}
    torch.save({"model": state, "ema": {"shadow": ema}, "optimizer": {0: state}}, tmp_path / "b.pt")
    with pytest.raises(ValueError, match=r"b.pt has model, ema.shadow: name one, .*b.pt:model"):
        load_user_network(f"{nets}:complete", tmp_path / "b.pt")
    found = load_user_network(f"{nets}:complete", f"{tmp_path}/b.pt:ema.shadow").state_dict()
    assert all(found[name].equal(ema[name]) for name in ema)


def test_a_network_takes_its_own_names_as_they_are(tmp_path):
    (tmp_path / "nets.py").write_text(
        "from torch import nn\n\ndef net():\n"
        "    return nn.ModuleDict({'module': nn.Linear(2, 2), 'weight': nn.Linear(2, 3)})\n"
    )
    network = load_user_network(f"{tmp_path}/nets.py:net")
    torch.save(network.state_dict(), tmp_path / "b.pt")
    found = load_user_network(f"{tmp_path}/nets.py:net", tmp_path / "b.pt").state_dict()
    assert all(found[name].equal(tensor) for name, tensor in network.state_dict().items())


def test_a_named_network_has_as_many_classes_as_its_weights_in_whatever_order(tmp_path):
    network = torchvision.models.get_model("shufflenet_v2_x0_5", num_classes=3)
    save_file(network.state_dict(), tmp_path / "b.safetensors")
    prune.l1_unstructured(network.conv1[0], "weight", 0.5)
    torch.save(network.state_dict(), tmp_path / "b.pt")
    for file in ("b.pt", "b.safetensors"):
        assert load_user_network("shufflenet_v2_x0_5", tmp_path / file).fc.out_features == 3


def test_weights_may_lack_the_counters_of_batches_as_old_and_converted_files_do(tmp_path):
    state = torchvision.models.get_model("shufflenet_v2_x0_5", num_classes=3).state_dict()
    state = {name: one + 1 for name, one in state.items() if "num_batches" not in name}
    torch.save({f"model.{name}": one for name, one in state.items()}, tmp_path / "b.pt")
    found = load_user_network("shufflenet_v2_x0_5", tmp_path / "b.pt").state_dict()
    assert all(found[name].equal(tensor) for name, tensor in state.items())


@pytest.mark.parametrize(
    ("network", "content", "said"),
    [
        ("resnet19", None, "Did you mean 'resnet1.*file.py:function"),
        ("{nets}:complet", None, "Did you mean 'complete'"),
        ("{nets}:number", None, r"number\(\) gave int, want an nn.Module"),
        ("no.py:complete", None, "no.py, FileNotFoundError"),
        ("{nets}:complete", pickle.dumps(print, 2), "might execute code.*state_dict"),
        ("{nets}:complete", {"epoch": 3}, "no tensors by name"),
        ("{nets}:complete", {"0.bias": torch.ones(9)}, "does not fit .*0.weight"),
    ],
)
def test_what_is_no_network_or_no_weights_says_what_to_do(nets, tmp_path, network, content, said):
    weights = tmp_path / "weights.pt"
    if isinstance(content, bytes):
        weights.write_bytes(content)
    elif content:
        torch.save(content, weights)
    with pytest.raises((ValueError, TypeError, FileNotFoundError), match=said):
        load_user_network(network.format(nets=nets), weights if content else "")


def test_a_mistyped_name_of_weights_is_no_file():
    with pytest.raises(ValueError, match="weights of resnet18 'default'. Did you mean 'DEFAULT'"):
        load_user_network("resnet18", "default")


WRONG = {
    "import torch\nx = {}['a']\n": "line 2, KeyError: 'a'",
    "def net():\n    inside()\n\ndef inside():\n    return 1 / 0\n": "line 5, ZeroDivisionError",
    "from beside import absent\n": "line 1, ImportError",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_fails_inside_a_users_file_is_told_with_its_line(tmp_path, text):
    file = tmp_path / "nets.py"
    file.write_text(text)
    (tmp_path / "beside.py").touch()
    with pytest.raises(ValueError, match=f"^{file}, {WRONG[text]}") as error:
        load_user_network(f"{file}:net")
    assert "\n" not in str(error.value)


SOURCE = ROOT / "notebooks" / "your_own" / "compare.py"


@pytest.fixture(scope="module")
def parameters(tmp_path_factory):
    """All that the page is given, apart from the network with which `complete` is compared."""
    folder = tmp_path_factory.mktemp("to compare")
    images = write_pictures(folder / "pictures", each=30)
    given = {"a": f"{write_nets(folder)}:complete", "images": str(images)}
    given["strangers"] = ""
    return given | {"size": 32, "cores": 1}


def assert_shows(page, *wanted):
    text = as_html(page["displayed"])
    for part in (">60<", "CKA", *wanted):
        assert re.search(part, text), part


@pytest.mark.parametrize(
    ("b", "layers", "wanted", "drawn"),
    [
        ("pruned", "0 4; 4 0", r"(?s)>4<.*>0<", True),
        ("dead", "", ">\u2013<", False),
    ],
)
def test_other_networks_and_layers_are_shown_as_they_are(parameters, b, layers, wanted, drawn):
    given = parameters | {"b": parameters["a"].replace("complete", b), "layers": layers}
    page = run_notebook(SOURCE, given)
    assert_shows(page, wanted)
    assert ("axes" in page) == drawn


def test_the_page_has_the_notes_of_values_that_are_defined(parameters, capsys):
    same = {"b": parameters["a"], "strangers": shlex.quote(parameters["a"])}
    assert_shows(run_notebook(SOURCE, parameters | same), ">1.00")
    said = capsys.readouterr().out
    assert re.search("\nSVCCA, .* of 1, 2, 4: no relative", said)
    assert "\nOne of the strangers is a itself" in said


def test_without_networks_the_page_shows_an_example_with_a_stranger(monkeypatch):
    digits = load_dataset("digits", "")
    train, test = digits.train.take(slice(200)), digits.test.take(slice(100))
    for module in (lib.data, networks):
        monkeypatch.setattr(
            module, "load_dataset", lambda *_: replace(digits, train=train, test=test)
        )
    page = run_notebook(SOURCE, {"permutations": 2})
    assert page["others"]
    assert page["similar"].relative.notna().all()
    assert re.search("complete<.*pruned<.*:stranger<.*digits", as_html(page["displayed"]), re.S)


def test_a_page_replaces_no_file(tmp_path):
    page = tmp_path / "notes.html"
    page.write_text("mine")
    with pytest.raises(ValueError, match=f"{page} is there already"):
        standalone.main([str(SOURCE), str(page)])
    assert [file.read_text() for file in tmp_path.iterdir()] == ["mine"]


def test_a_comparison_that_fails_leaves_how_far_it_came_beside_its_page_alone(
    tmp_path, monkeypatch
):
    source = tmp_path / "source.py"
    source.write_text("# %%\n1 / 0\n")
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    page = tmp_path / "pages" / "page.html"
    with pytest.raises(ExecutionError, match=str(page.with_suffix(".failed.ipynb"))):
        standalone.main([str(source), str(page)])
    assert [*page.parent.iterdir()] == [page.with_suffix(".failed.ipynb")]
    assert [*(tmp_path / "scratch").iterdir()] == []


def test_two_files_may_import_modules_of_one_name(tmp_path):
    text = "import parts\nfrom torch import nn\nnet = lambda: nn.Conv2d(3, parts.CHANNELS, 3)"
    for channels in (4, 8):
        folder = tmp_path / str(channels)
        folder.mkdir()
        (folder / "parts.py").write_text(f"CHANNELS = {channels}")
        (folder / "nets.py").write_text(text)
        assert load_user_network(f"{folder}/nets.py:net").out_channels == channels
    assert "parts" not in sys.modules
    assert str(folder) not in sys.path
