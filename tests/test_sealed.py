"""A file is written completely or not at all."""

from contextlib import suppress

import pandas as pd
import pytest

from lib.sealed import DamagedError, load_json, save_json, write_atomically
from lib.study.files import save_table
from lib.tables import PERFORMANCE


def test_a_file_appears_under_its_name_only_when_it_is_complete(tmp_path):
    path = tmp_path / "folder" / "a.bin"

    def watched(part):
        part.write_bytes(b"1234")
        assert not path.exists()
        assert part.parent == path.parent  # a rename is atomic only within one file system

    write_atomically(path, watched)
    assert path.read_bytes() == b"1234"


def flipped(content, at):
    """With another bit at one place."""
    byte = content[at // 8] ^ 1 << at % 8
    return content[: at // 8] + bytes([byte]) + content[at // 8 + 1 :]


def test_no_flipped_bit_changes_what_is_read_as_json(tmp_path):
    path = tmp_path / "a.json"
    said = {"files": {"a": "0"}, "seeds": [0, 1], "name": "a b", "seconds": 1.5, "none": None}
    save_json(path, said)
    content = path.read_bytes()
    for at in range(8 * len(content)):
        path.unlink()  # some file systems flush what is written over an old file
        path.write_bytes(flipped(content, at))
        with suppress(DamagedError):  # JSON does not heed every space
            assert load_json(path).items() >= said.items()


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
