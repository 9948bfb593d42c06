"""The benchmark tables say what was measured, and nothing that was not."""

import pandas as pd
import pytest

from benchmarks import plain
from lib.report import benchmarks

TABLES = {
    "similarity": benchmarks.speed_table,
    "peers": benchmarks.peer_table,
    "training": benchmarks.training_table,
    "precision": benchmarks.precision_table,
}


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Write made-up measurements; the tables read them."""
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    return lambda name, rows: pd.DataFrame(rows).to_csv(tmp_path / f"{name}.csv", index=False)


@pytest.mark.parametrize("name", TABLES)
def test_the_published_measurements_are_shown(name):
    assert len(TABLES[name]().rows) > 2


def test_every_plain_alternative_has_a_name_for_the_reader():
    functions = {name for name in vars(plain) if "_by_" in name}
    assert set(benchmarks.PLAIN) == functions


def test_speed(measured):
    row = {
        "metric": "cka", "n": 3000, "p": 8192, "complete side cached": True,
        "alternative": "cka_by_gram", "seconds": 0.5, "alternative seconds": 1.25,
        "ratio": 2.5, "ratio min": 2.25, "ratio max": 2.75, "MiB": 10.2,
        "alternative MiB": 1234.5, "difference": 3e-15,
    }  # fmt: skip
    measured("similarity", [row])
    assert benchmarks.speed_table().rows == (
        ("CKA", "3,000 x 8,192 *", "numpy Gram matrices", "0.50", "1.25", "2.5 (2.2 to 2.8)",
         "10 / 1,234", "3e-15"),
    )  # fmt: skip


def peer(name, metric="cka", data="tall", difference=1e-9, note=""):
    return {
        "metric": metric, "peer": name, "data": data, "ours": 0.5, "theirs": 0.5 + difference,
        "difference": difference, "same definition": not note, "note": note,
    }  # fmt: skip


def test_peers_count_where_they_mean_the_same_and_gave_a_number(measured):
    rows = [
        peer("a", difference=1e-9),
        peer("a", data="wide", difference=2e-8),
        peer("b", difference=1e-12),
        peer("b", data="degenerate", difference=0.3),
        peer("other", difference=0.1, note="squares it"),
        peer("absent", difference=float("nan")),
    ]
    measured("peers", rows)
    assert benchmarks.peer_table().rows == (("CKA", "2", "b, a", "2e-08"),)
    assert benchmarks.difference_table().rows == (("other", "CKA", "squares it", "0.500", "0.600"),)


def test_training_and_precision(measured):
    speed = {"images/s": 90.4, "ratio": 3.0, "ratio min": 2.9, "ratio max": 3.1}
    row = {"network": "vgg16_bn", "width": 0.25, "plain images/s": 30}
    for precision in ("float32", "bfloat16"):
        row |= {f"{precision} {name}": value for name, value in speed.items()}
    measured("training", [row])
    assert benchmarks.training_table().rows[0] == (
        "VGG16_BN", "0.25", "float32", "90", "30", "3.0 (2.9 to 3.1)"
    )  # fmt: skip
    runs = [("float32", 0.5), ("float32", 0.52), ("bfloat16", 0.49), ("bfloat16", 0.49)]
    measured(
        "precision",
        [{"network": "vgg_svhn", "precision": p, "accuracy": a} for p, a in runs],
    )
    assert benchmarks.precision_table().rows == (
        ("VGG_SVHN", "float32", "2", "51.00%", "1.41%"),
        ("VGG_SVHN", "bfloat16", "2", "49.00%", "0.00%"),
    )


def test_seconds_of_the_layers(measured):
    rows = [("forward", 5, 5), ("conv", 60, 20), ("out", 30, 10)]
    measured("layers", [dict(zip(("layer", "first", "second"), row, strict=True)) for row in rows])
    found = benchmarks.layer_seconds()
    assert (found["first"], found["second"], found["forward"]) == (90, 30, 10)
    assert (found["first_share"], found["second_share"]) == (0.1, 0.25)
