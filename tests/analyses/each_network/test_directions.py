"""Silent channels, in made-up studies where their numbers are known."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.each_network import directions
from lib.book.report.results import load_results

from ...book.report.made_up import write_results

SVHN, ON = "vgg_svhn", "vgg_svhn_trained_as_long"
CHANNELS, LAST, POOLED = 8, "conv4_1", "pool4"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """In pruned networks the last convolution has lost 6 of 8 channels, and what follows with it.

    Mean CCA is 0.5 at the ends of the hidden layers and 0.4 between them.
    """
    folder = tmp_path_factory.mktemp("directions") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    results = load_results(write_results(folder, runs=runs, controls=["trained_as_long"]))
    rows = results.similarity
    pruned = rows[rows.experiment.eq(SVHN)]
    ends = pruned.layer.isin(["conv1_1", LAST, POOLED])
    pruned = pruned.assign(value=0.4 + 0.1 * ends + 0.001 * pruned.train_seed)
    pruned = pruned.assign(rank_x=CHANNELS, rank_y=CHANNELS, dead_x=0, dead_y=0)
    trained_as_long = pruned.assign(experiment=ON)
    behind = pruned.layer.isin([LAST, POOLED])
    pruned = pruned.assign(rank_y=CHANNELS - 6 * behind, dead_y=6 * behind)
    return replace(results, similarity=pd.concat([pruned, trained_as_long]))


def test_a_silent_channel_is_counted_where_it_falls_silent(study):
    table = directions.silent_channels(study, SVHN)
    assert list(table.index) == [LAST]  # the pooling behind it loses the same channels
    row = table.loc[LAST]
    assert row["Channels"] == CHANNELS
    assert row["Silent, pruned"] == 6
    assert row["Silent, trained as long"] == row["Silent, complete"] == 0
    decided = directions.decided_silent(study, SVHN)
    assert decided.key == "vgg-svhn-silent"
    assert decided.measured == "6.00 (6.00 to 6.00) channels, 3 complete networks"
    assert decided.verdict == "above 0"


def test_a_lost_direction_counts_as_0_and_lowers_the_end_of_the_u(study):
    table = directions.silent_channels(study, SVHN)
    assert table["Mean CCA"][LAST] == pytest.approx(0.501)
    assert table["Lost directions as 0"][LAST] == pytest.approx(0.501 * 2 / 8)
    depths = directions.u_depths(study, SVHN)
    assert depths["left"].mean == pytest.approx(0.1)
    assert depths["all"].mean == pytest.approx(0)
    assert depths["difference"].mean == pytest.approx(-0.1)
    left, counted, difference = directions.decided_u(study, SVHN)
    assert (left.key, left.verdict) == ("vgg-svhn-u-left", "above 0")
    assert (counted.key, counted.verdict) == ("vgg-svhn-u-all", "undecided")
    assert (difference.key, difference.verdict) == ("vgg-svhn-u-difference", "below 0")


def test_a_complete_network_with_fewer_directions_loses_none(study):
    fewer = study.similarity.assign(rank_x=2)
    kept = directions.counting_lost(replace(study, similarity=fewer), SVHN)
    assert kept[LAST].tolist() == pytest.approx([0.5, 0.501, 0.502])


def test_without_the_control_the_comparison_is_not_measured(study):
    rows = study.similarity
    alone = replace(study, similarity=rows[rows.experiment != ON], provenance=without(study, ON))
    assert directions.decided_silent(alone, SVHN).verdict == "not measured"
    assert directions.silent_channels(alone, SVHN)["Silent, trained as long"].isna().all()


def without(study, experiment):
    kept = {name: of for name, of in study.provenance["experiments"].items() if name != experiment}
    return study.provenance | {"experiments": kept}
