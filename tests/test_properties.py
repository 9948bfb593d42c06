"""Any input gives a result or an error of ours in two lines, and writes nothing anywhere."""

import io

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.compare.user_networks import load_weights
from lib.integrity import load_json, load_sealed
from lib.study.running_job import read_checkpoint, read_tensors

FEW = settings(
    max_examples=30,
    deadline=None,  # the machine may be busy
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def files(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def read(reader, *given):
    """What a reader gives; None where it refuses, for a reason in two lines at most."""
    try:
        return reader(*given)
    except ValueError as error:
        lines = str(error).splitlines()
    if not 0 < len(lines) <= 2:
        pytest.fail(f"{lines}")
    return None


@FEW
@given(text=st.binary(max_size=60))
def test_provenance(tmp_path, text):
    file = tmp_path / "results" / "a" / "provenance.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
    before = files(tmp_path)
    for reader, path in ((load_json, file), (load_sealed, file.parents[1])):
        assert read(reader, path) is None
    assert files(tmp_path) == before


@FEW
@given(
    content=st.binary(max_size=80),
    keep=st.floats(0, 1),
    suffix=st.sampled_from([".pt", ".safetensors"]),
)
def test_weights(tmp_path, content, keep, suffix):
    buffer = io.BytesIO()
    torch.save({"a": torch.ones(2)}, buffer)
    data = buffer.getvalue()[: int(keep * len(buffer.getvalue()))] + content
    file = tmp_path / f"a{suffix}"
    file.write_bytes(data)
    assert (read(load_weights, file) or {"a": 0}).keys() == {"a"}
    assert (read(read_tensors, file) or {"a": 0}).keys() == {"a"}
    (tmp_path / "checkpoint.pt").write_bytes(data)
    assert read_checkpoint(tmp_path) == {}
