"""A file is written completely or not at all."""

import io
import os
import subprocess
import sys
from contextlib import suppress

import pandas as pd
import pytest
import torch

from lib.atomic_files import write_atomically
from lib.compare.user_networks import load_weights
from lib.integrity import PROVENANCE, DamagedError, load_json, load_parts, save_json
from lib.repository import ROOT
from lib.study.task import read_checkpoint, read_tensors, save_table, save_tensors
from lib.table_schemas import PERFORMANCE

from .damage import flipped, write_anew
from .made_up import write_results

WRITES = """
import sys, time
from pathlib import Path
from lib.atomic_files import write_atomically

def slowly(part):
    part.write_bytes(b"12")
    print("half", flush=True)
    time.sleep(600)

write_atomically(Path(sys.argv[1]), slowly)
"""


def test_a_kill_keeps_the_earlier_file_and_the_next_process_removes_its_half(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"earlier")
    command = [sys.executable, "-c", WRITES, path]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writing:
        assert writing.stdout.readline() == b"half\n"
        writing.kill()
    assert path.read_bytes() == b"earlier"
    write_atomically(path, lambda part: part.write_bytes(b"new"))
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.bin", b"new")]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a full disk")
def test_a_full_disk_is_named_by_its_path_and_keeps_no_half_of_a_file(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"earlier")
    (tmp_path / ".a.bin.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match=f"No space left on device: '{path}'"):
        save_tensors(path, {"a": torch.zeros(2000)})
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"earlier"


def test_no_flipped_bit_changes_what_is_read_as_json(tmp_path):
    path = tmp_path / "a.json"
    said = {"files": {"a": "0"}, "seeds": [0, 1], "name": "a b", "seconds": 1.5, "none": None}
    save_json(path, said)
    content = path.read_bytes()
    for at in range(8 * len(content)):
        write_anew(path, flipped(content, at))
        with suppress(DamagedError):  # JSON does not heed every space
            assert load_json(path).items() >= said.items()


def test_half_a_file_and_what_is_none_is_refused_in_two_lines(tmp_path):
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer)
    halves = [buffer.getvalue()[:size] for size in range(0, len(buffer.getvalue()), 40)]
    for content in (b"{", b"[]", b"\xff", b"[" * 100_000, *halves):
        for reader, suffix in (
            (load_json, ".json"),
            (read_tensors, ".pt"),
            (load_weights, ".pt"),
            (load_weights, ".safetensors"),
        ):
            file = tmp_path / f"checkpoint{suffix}"
            file.write_bytes(content)
            with pytest.raises(ValueError, match=str(file)) as error:
                reader(file)
            assert str(error.value).count("\n") <= 1
        assert read_checkpoint(tmp_path) == {}


def test_tables_that_have_lost_their_provenance_are_missed(tmp_path):
    study = write_results(tmp_path / "study")
    lost = study / "vgg_svhn" / PROVENANCE
    lost.unlink()
    with pytest.raises(DamagedError, match=f"^{lost} is missing"):
        load_parts(study)


def row(**changes):
    values = dict.fromkeys(PERFORMANCE.columns, 1) | {"experiment": "a", "prune_seed": None}
    return values | changes


def test_tidy_tables_keep_their_columns_and_types_in_a_file(tmp_path):
    save_table(tmp_path / "a.parquet", PERFORMANCE.tidy([row(), row(prune_seed=3)]))
    table = pd.read_parquet(tmp_path / "a.parquet")
    assert {name: str(kind) for name, kind in table.dtypes.items()} == PERFORMANCE.columns
    assert table.prune_seed.isna().tolist() == [True, False]
    assert list(PERFORMANCE.tidy([row(extra=1)])) == list(PERFORMANCE.columns)
    with pytest.raises(ValueError, match="a row of performance lacks accuracy"):
        PERFORMANCE.tidy([{name: value for name, value in row().items() if name != "accuracy"}])
