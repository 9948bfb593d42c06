"""The measured memory of a streamed comparison agrees with what is known of it."""

import pandas as pd

from benchmarks.streaming import main
from lib.models import build_model, recorded_layers


def test_a_row_for_each_number_of_images(tmp_path):
    out = tmp_path / "streaming.csv"
    options = ["--network", "vgg_svhn", "--size", "32", "--batch", "4", "--images", "4"]
    assert main([*options, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    layers = len(recorded_layers(build_model("vgg_svhn")))
    assert table["images"].tolist() == [4]
    assert (table["layers"] == layers).all()
    assert (table["numbers"] == 8 * layers).all()
    assert (table["peak MiB"] > 0).all()
    # the sums are kept, so the peak can't be below them
    assert (table["peak MiB"] > table["sums MiB"]).all()
