"""The program on saved arrays: whose rows are matched, and what is refused."""

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from lib import ROOT, program
from lib.metrics import METRICS, jackknife_interval, permutation_null


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
    _save_wrong_arrays(tmp_path, x, ids)
    return tmp_path, x[np.sort(order)], y[np.sort(order)]


def _save_wrong_arrays(folder, x, ids):
    """Arrays of which one thing each is wrong."""
    holes = x.copy()
    holes[3, 2], holes[7] = np.nan, np.inf
    np.savez(folder / "holes.npz", x=holes, ids=ids)
    np.savez(folder / "id.npz", x=x, id=ids)
    np.savez(folder / "nameless.npz", x=x, ids=np.r_[np.arange(119.0), np.nan])
    np.save(folder / "number.npy", 3.0)
    (folder / "x.csv").write_text("a,b\n1,2\n")
    (folder / "folder.npz").mkdir()
    # a header of more rows than there is memory for
    whole = (folder / "x.npy").read_bytes()
    header = b"(120000000000, 5), }"
    padded = b"(120, 5), }".ljust(len(header))
    (folder / "huge.npy").write_bytes(whole.replace(padded, header))


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


NOT_CALLED_IDS = {
    "column": lambda table: table.assign(Ids=range(len(table))),
    "index": lambda table: table.set_index(pd.Index([f"{i}.png" for i in range(len(table))])),
    "shuffled": lambda table: table.sample(frac=1, random_state=0),
}


@pytest.mark.parametrize("case", NOT_CALLED_IDS)
def test_what_most_likely_are_ids_is_never_passed_over(ran, arrays, case):
    """The rows would be matched by their order, and the value would be that of strangers."""
    folder, *_ = arrays
    table = pd.DataFrame(np.load(folder / "y.npy")).add_prefix("feature ")
    NOT_CALLED_IDS[case](table).to_parquet(folder / "y.parquet")
    status, printed, said = ran("metrics", folder / "x.npy", folder / "y.parquet")
    assert (status, printed) == (program.Status.WRONG, "")
    assert re.search("y.parquet: .*call it ids", said)


@pytest.mark.parametrize("case", ["no id", "no rows"])
def test_parquet_without_some_ids_or_without_rows_is_refused(ran, arrays, case):
    folder, *_ = arrays
    saved = np.load(folder / "x.npz")
    table = pd.DataFrame(saved["x"]).add_prefix("feature ").assign(ids=saved["ids"])
    table.loc[4, "ids"] = None
    (table if case == "no id" else table[:0]).to_parquet(folder / "y.parquet")
    status, printed, said = ran("metrics", folder / "x.npz", folder / "y.parquet")
    assert (status, printed) == (program.Status.WRONG, "")
    wanted = "row 4 has no id" if case == "no id" else "share no ids, such as image 0 and none"
    assert wanted in said


def test_the_null_names_the_file_that_is_wrong(ran, arrays):
    folder, *_ = arrays
    np.save(folder / "whole.npy", np.ones((120, 3), int))
    status, printed, said = ran("null", folder / "x.npy", folder / "whole.npy")
    assert (status, printed) == (program.Status.WRONG, "")
    assert "whole.npy: got dtype int64" in said


def test_a_reader_that_has_seen_enough_gets_no_traceback(arrays):
    folder, *_ = arrays
    command = [sys.executable, "-m", "lib.program", "null", folder / "x.npy", folder / "y.npy"]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT}
    with subprocess.Popen([*map(str, command)], **pipe) as running:
        running.stdout.close()
        said = running.stderr.read().decode()
    assert running.returncode == program.Status.UNREAD
    assert said.splitlines() == ["120 rows, in the order of the files, which have no ids"]


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
    "holes.npz has NaN .* in 2 of 120 rows, the first of them row 3: leave": ("x.npz", "holes.npz"),
    "id.npz: id looks like ids; call it ids": ("id.npz", "y.npy"),
    "nameless.npz: row 119 has no id": ("nameless.npz", "x.npz"),
    "number.npy has a single number, want": ("number.npy", "y.npy"),
    "x.csv is no whole file of numbers .it holds objects, or no array.: numpy.save": (
        "x.csv",
        "y.npy",
    ),
    "folder.npz is a folder: give a file": ("folder.npz", "y.npy"),
    "huge.npy is no whole file of numbers": ("huge.npy", "y.npy"),
    "unknown reshape of rsa 'channels'. Known: flat, gap": (
        *("x.npy", "y.npy", "--metrics", "rsa", "--reshape", "channels"),
    ),
    "unknown metric 'kca'": ("x.npy", "y.npy", "--metrics", "kca", "--reshape", "flat"),
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
