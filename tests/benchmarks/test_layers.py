"""All layers of a network are timed, beside its forward pass."""

import pandas as pd

from benchmarks.layers import main
from lib.models import build_model, recorded_layers


def test_every_recorded_layer_has_a_row(tmp_path, capsys):
    out = tmp_path / "layers.csv"
    options = ["--network", "vgg_svhn", "--images", "40", "--width", "0.05"]
    assert main([*options, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    names = [name for name, _ in recorded_layers(build_model("vgg_svhn", 10, 0.05))]
    assert table["layer"].tolist() == ["forward", *names]
    assert (table[["first", "second"]] > 0).all().all()
    said = capsys.readouterr().out
    assert "first comparison:" in said
    assert "two forward passes" in said
