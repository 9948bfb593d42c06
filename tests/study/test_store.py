"""The merged tables are small, and rounding leaves enough digits."""

import numpy as np
import pandas as pd
import pytest

from lib import ROOT
from lib.commands.collect import BITS, rounded, write
from lib.table_schemas import SIMILARITY

MEBIBYTE = 2**20
NAME = "vgg_svhn_recipe"


@pytest.fixture(scope="module")
def similarities():
    """Of VGG_SVHN by the paper's recipe: three complete networks, each pruned 20 times."""
    return pd.read_parquet(ROOT / "results/chapters/by_recipe" / NAME / "similarity.parquet")


def test_the_similarities_of_a_network_fit_a_file_far_below_a_mebibyte(tmp_path, similarities):
    (tmp_path / NAME).mkdir()
    write(tmp_path / NAME, SIMILARITY, similarities)
    written = tmp_path / NAME / "similarity.parquet"
    assert written.stat().st_size < 0.2 * MEBIBYTE
    similarities.to_parquet(tmp_path / "plain.parquet")
    assert written.stat().st_size < (tmp_path / "plain.parquet").stat().st_size / 2
    pd.testing.assert_frame_equal(pd.read_parquet(written), similarities)


def test_rounding_keeps_six_digits_of_small_numbers_too():
    numbers = pd.Series(
        np.random.default_rng(0).random(1000) * 10.0 ** np.arange(-9, 1).repeat(100)
    )
    error = (rounded(numbers) / numbers - 1).abs()
    assert 2.0 ** -(BITS + 1) < error.max() <= 2.0**-BITS < 1e-6


def test_rounding_leaves_the_ends_of_the_scale_and_missing_values_alone():
    numbers = pd.Series([0, 1, 0.5, np.nan, 1 - 1e-9])
    assert rounded(numbers).tolist()[:3] == [0, 1, 0.5]
    assert np.isnan(rounded(numbers)[3])
    assert rounded(numbers)[4] == 1
    once = rounded(pd.Series(np.random.default_rng(0).random(100)))
    assert rounded(once).equals(once)


def test_no_row_is_written_twice(tmp_path, similarities):
    rows = similarities[:10]
    with pytest.raises(ValueError, match="a row of similarity is there twice, by experiment"):
        write(tmp_path, SIMILARITY, pd.concat([rows, rows[3:4]]))
