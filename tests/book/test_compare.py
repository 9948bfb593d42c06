"""Networks and weights that people name, and the page on which they are compared."""

import pickle
import re

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch.nn.utils import prune

from lib.book import compare
from lib.book.networks import load_network

from ..pictures import write_pictures

NETS = """
import torch
from torch import nn

def complete(width=6):
    torch.manual_seed(0)
    first = nn.Conv2d(3, width, 5, 4)
    return nn.Sequential(first, nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 2))

def other():
    return nn.ModuleDict({"only": complete()})["only"][:3].append(nn.Flatten())

def number():
    return 3
"""


@pytest.fixture
def nets(tmp_path):
    (tmp_path / "nets.py").write_text(NETS)
    return tmp_path / "nets.py"


def test_weights_come_from_each_kind_of_file(nets, tmp_path):
    network = load_network(f"{nets}:complete")
    wanted = {name: tensor + 1 for name, tensor in network.state_dict().items()}
    network.load_state_dict(wanted)
    prune.l1_unstructured(network[0], "weight", 0.5)
    torch.save({"state_dict": torch.nn.DataParallel(network).state_dict()}, tmp_path / "b.pt")
    wanted["0.weight"] = network[0].weight.detach()
    save_file(wanted, tmp_path / "b.safetensors")
    for file in ("b.pt", "b.safetensors"):
        found = load_network(f"{nets}:complete", tmp_path / file).state_dict()
        assert found.keys() == wanted.keys()
        assert all(found[name].equal(wanted[name]) for name in wanted)


def test_a_named_network_has_as_many_classes_as_its_weights_in_whatever_order(tmp_path):
    network = torchvision.models.get_model("shufflenet_v2_x0_5", num_classes=3)
    save_file(network.state_dict(), tmp_path / "b.safetensors")
    prune.l1_unstructured(network.conv1[0], "weight", 0.5)
    torch.save(network.state_dict(), tmp_path / "b.pt")
    for file in ("b.pt", "b.safetensors"):
        assert load_network("shufflenet_v2_x0_5", tmp_path / file).fc.out_features == 3


@pytest.mark.parametrize(
    ("network", "content", "said"),
    [
        ("resnet19", None, "Did you mean 'resnet1.*file.py:function"),
        ("{nets}:complet", None, "Did you mean 'complete'"),
        ("{nets}:number", None, r"number\(\) gave int, want an nn.Module"),
        ("no.py:complete", None, "no.py is not there"),
        ("{nets}:complete", b"hello", "holds something else than weights"),
        ("{nets}:complete", pickle.dumps(print, 2), "might execute code.*state_dict"),
        ("{nets}:complete", {"epoch": 3}, "no tensors by name"),
        (
            "{nets}:complete",
            {"0.bias": torch.ones(9)},
            "not the weights of .*0.weight",
        ),
    ],
)
def test_what_is_no_network_or_no_weights_says_what_to_do(nets, tmp_path, network, content, said):
    weights = tmp_path / "weights.pt"
    if isinstance(content, bytes):
        weights.write_bytes(content)
        with pytest.raises(ValueError, match="no file of safetensors"):
            load_network(f"{nets}:complete", weights.rename(tmp_path / "x.safetensors"))
        weights.write_bytes(content)
    elif content:
        torch.save(content, weights)
    with pytest.raises((ValueError, TypeError, FileNotFoundError), match=said):
        load_network(network.format(nets=nets), weights if content else "")


@pytest.mark.parametrize(
    ("b", "said"),
    [
        ("complete", ["They answer alike|Both give one class", "No layer has changed much"]),
        ("other", ["Their answers cannot be compared", "closest layers", "no layers of the same"]),
    ],
)
def test_the_page_says_what_follows_and_stands_alone(nets, tmp_path, b, said):
    images = write_pictures(tmp_path / "pictures", each=30)
    given = {"a": f"{nets}:complete", "b": f"{nets}:{b}", "images": images, "size": 32, "cores": 1}
    words = [word for name, text in given.items() for word in ("-p", f"{name}={text}")]
    page = tmp_path / "page" / "page.html"
    assert compare.main([str(page), *words]) == 0
    text = page.read_text()
    for sentence in ("60 images of", "CKA", "How to cite", "aria-label", *said):
        assert re.search(sentence, text), sentence
    # nothing that a browser would fetch
    assert not re.search(r"""(src|href)=["'](?!data:|#)|url\((?!#)|@import""", text)
