"""The program: what it prints, what it refuses, and with which status it ends."""

import json
import re
import sys
from subprocess import CompletedProcess

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from lib import compare_networks, harmless_similarities, make_variables, program
from lib.compare.images import Files
from lib.compare.user_networks import load_user_network
from lib.metrics import METRICS, jackknife_interval, permutation_null

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
def ran(monkeypatch, capsys):
    """What `main` prints and says, and its exit status."""
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")

    def run(*words):
        try:
            status = program.main([str(word) for word in words])
        except SystemExit as stop:
            status = stop.code
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def arrays(tmp_path):
    """Two representations of 120 images, whose rows come in other orders with ids."""
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 5))
    y = x @ random.normal(size=(5, 4)) + random.normal(size=(120, 4))
    ids = np.array([f"image {i}" for i in range(120)])
    order = random.permutation(120)[:110]
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", y)
    np.save(tmp_path / "short.npy", y[:110])
    np.savez(tmp_path / "x.npz", x=x, ids=ids)
    np.savez(tmp_path / "y.npz", x=y[order], ids=ids[order])
    np.savez(tmp_path / "others.npz", x=y, ids=np.arange(120))
    np.savez(tmp_path / "twice.npz", x=y, ids=np.r_[ids[:119], ids[:1]])
    np.savez(tmp_path / "both.npz", one=x, other=y)
    np.savez(tmp_path / "constant.npz", x=np.ones((120, 3)), ids=ids)
    np.savez(tmp_path / "objects.npz", x=y, ids=ids.astype(object))
    (tmp_path / "text.npy").write_text("1 2 3")
    return tmp_path, x[np.sort(order)], y[np.sort(order)]


def test_rows_are_matched_by_their_ids(ran, arrays):
    folder, x, y = arrays
    files = folder / "x.npz", folder / "y.npz"
    asked = "--metrics", "cka_debiased", "svcca", "--permutations", 20, "--json"
    status, printed, said = ran("metrics", *files, *asked)
    found = json.loads(printed)
    assert (status, found["images"]) == (0, 110)
    assert said.strip() == found["rows_are"] == "110 rows, matched by their ids; 10 and 0 left out"
    for row in found["rows"]:
        assert row["value"] == pytest.approx(METRICS[row["metric"]](x, y), abs=1e-12)
    interval = jackknife_interval(x, y, "cka_debiased")
    assert found["rows"][0]["ci_low"] == pytest.approx(interval.low, abs=1e-9)
    assert found["rows"][1]["ci_low"] is None
    assert "110 images, want 400" in found["rows"][1]["ci_note"]


def test_without_ids_the_order_counts_and_that_is_said(ran, arrays):
    folder, *_ = arrays
    status, printed, said = ran("metrics", folder / "x.npy", folder / "y.npy")
    value = METRICS["cka"](np.load(folder / "x.npy"), np.load(folder / "y.npy"))
    assert status == 0
    assert f"{value:.4f}" in printed
    assert "in the order of the files, which have no ids" in said


@pytest.mark.parametrize("as_index", [False, True])
def test_parquet_has_a_column_for_each_feature(ran, arrays, as_index):
    folder, x, y = arrays
    for name in "xy":
        of_numpy = np.load(folder / f"{name}.npz")
        table = pd.DataFrame(of_numpy["x"]).add_prefix("feature ").assign(ids=of_numpy["ids"])
        table = table.set_index("ids") if as_index else table
        table.to_parquet(folder / f"{name}.parquet")
    found = ran("metrics", folder / "x.parquet", folder / "y.npz", "--metrics", "cka", "--json")
    again = ran("metrics", folder / "x.npz", folder / "y.parquet", "--metrics", "cka", "--json")
    assert found == again
    assert "110 rows, matched by their ids; 10 and 0 left out" in found[2]
    assert json.loads(found[1])["rows"][0]["value"] == pytest.approx(METRICS["cka"](x, y))


def test_parquet_that_is_none_or_has_texts_is_refused(ran, arrays, monkeypatch):
    folder, x, _ = arrays
    pd.DataFrame(x).astype(str).add_prefix("c").to_parquet(folder / "x.parquet")
    status, _, said = ran("metrics", folder / "x.parquet", folder / "x.parquet")
    assert (status, "column c0 holds no numbers" in said) == (2, True)
    (folder / "x.parquet").write_text("1 2 3")
    status, _, said = ran("metrics", folder / "x.parquet", folder / "x.parquet")
    assert (status, "x.parquet is no whole Parquet file" in said) == (2, True)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "fastparquet", None)
    status, _, said = ran("metrics", folder / "x.parquet", folder / "x.parquet")
    assert (status, "pip install pyarrow" in said) == (2, True)


def test_the_null_is_that_of_the_library(ran, arrays):
    folder, x, y = arrays
    status, printed, _ = ran("null", folder / "x.npz", folder / "y.npz", "--alpha", 0.01, "--json")
    found, null = json.loads(printed), permutation_null(x, y)
    assert status == 0
    for name in ("value", "mean", "sd", "skewness", "p_value"):
        assert found[name] == pytest.approx(getattr(null, name), rel=1e-9)
    assert found["threshold"] == pytest.approx(null.threshold(0.01), rel=1e-9)


WRONG = {
    "120 rows and .*short.npy 110: save ids": ("x.npy", "short.npy"),
    "y.npz has ids and .*x.npy has none": ("x.npy", "y.npz"),
    "share no ids, such as image 0 and 0": ("x.npz", "others.npz"),
    "id image 0 stands for 2 rows": ("x.npz", "twice.npz"),
    "has one, other, want x": ("x.npz", "both.npz"),
    "objects.npz is no whole file of numbers": ("x.npz", "objects.npz"),
    "text.npy is no whole file of numbers": ("x.npy", "text.npy"),
    "none.npy is not there": ("x.npy", "none.npy"),
    "Did you mean 'cka'": ("x.npy", "y.npy", "--metrics", "ckaa"),
    "level: got 95.0, want a share between 0 and 1": ("x.npy", "y.npy", "--level", "95"),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_cannot_be_compared_is_refused(ran, arrays, message):
    files, words = WRONG[message][:2], WRONG[message][2:]
    status, printed, said = ran("metrics", *(arrays[0] / file for file in files), *words)
    assert (status, printed) == (program.Status.WRONG, "")
    assert re.search(message, said)


def test_without_a_single_number_the_status_says_so(ran, arrays):
    status, printed, _ = ran("metrics", arrays[0] / "x.npz", arrays[0] / "constant.npz", "--json")
    assert status == program.Status.NOTHING
    rows = json.loads(printed)["rows"]
    assert all("without variance" in row["note"] for row in rows)
    assert all("without variance" in row["ci_note"] for row in rows)
    assert {(row["value"], row["ci_low"], row["ci_high"]) for row in rows} == {(None, None, None)}


def test_the_table_has_a_row_for_what_is_not_defined(ran, arrays):
    files = arrays[0] / "x.npz", arrays[0] / "constant.npz"
    status, printed, said = ran("metrics", *files, "--metrics", "cka")
    assert status == program.Status.NOTHING
    assert printed.split()[-7:] == ["cka", "flat", *["NaN"] * 5]
    assert "1 of 1 values are missing" in said


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
    status, _, said = ran(*same, "--harmless", tmp_path / "bad*.pt")
    assert status == program.Status.WRONG
    assert "no file is named" in said


@pytest.mark.parametrize("target", ["compare", "damage"])
def test_make_asks_the_program_for_the_same_page(ran, target, monkeypatch):
    started = []
    monkeypatch.setattr(
        program.subprocess, "run", lambda words: started.append(words) or CompletedProcess(words, 3)
    )
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
