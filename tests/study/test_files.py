"""A file is written completely or not at all."""

import os

import pandas as pd
import pytest
import torch

from lib.study.files import load_tensors, save_json, save_table, save_tensors, write_atomically
from lib.tables import PERFORMANCE


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.json"
    save_json(path, {"old": 1})

    def broken(part):
        part.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, broken)
    assert os.listdir(tmp_path) == ["a.json"]
    assert '"old": 1' in path.read_text()


def test_a_file_appears_under_its_name_only_when_it_is_complete(tmp_path):
    path = tmp_path / "folder" / "a.bin"

    def watched(part):
        part.write_bytes(b"1234")
        assert not path.exists()
        assert part.parent == path.parent  # a rename is atomic only within one file system

    write_atomically(path, watched)
    assert path.read_bytes() == b"1234"


def test_tensors_and_plain_values_come_back(tmp_path):
    content = {"weights": torch.rand(3), "rows": [{"value": float("nan"), "layer": "out"}], "n": 1}
    save_tensors(tmp_path / "a.pt", content)
    back = load_tensors(tmp_path / "a.pt")
    assert torch.equal(back["weights"], content["weights"])
    assert back["rows"][0]["layer"] == "out"
    assert back["rows"][0]["value"] != back["rows"][0]["value"]


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"x" * 99])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    path = tmp_path / "a.pt"
    save_tensors(path, {"weights": torch.rand(100)})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"a\.pt is damaged.*Delete its folder"):
        load_tensors(path)


def test_a_missing_file_is_not_called_damaged(tmp_path):
    with pytest.raises(ValueError, match=r"rewind\.pt is not there.*Delete the folder"):
        load_tensors(tmp_path / "rewind.pt")


def test_a_checkpoint_with_code_in_it_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.system, ("true",))

    torch.save({"weights": Evil()}, tmp_path / "a.pt")
    with pytest.raises(ValueError, match="damaged, or not a file of this study"):
        load_tensors(tmp_path / "a.pt")


def row(**changes):
    values = dict.fromkeys(PERFORMANCE.columns, 1) | {"experiment": "a", "prune_seed": None}
    return values | changes


def test_tidy_tables_keep_their_columns_and_types_in_a_file(tmp_path):
    save_table(tmp_path / "a.parquet", PERFORMANCE.tidy([row(), row(prune_seed=3)]))
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert {name: str(kind) for name, kind in table.dtypes.items()} == PERFORMANCE.columns
    assert table.prune_seed.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "column"), [([row(extra=1)], "extra"), ([{"experiment": "a"}], "accuracy")]
)
def test_tidy_names_unknown_and_missing_columns(rows, column):
    with pytest.raises(ValueError, match=f"differ in .*{column}"):
        PERFORMANCE.tidy(rows)
