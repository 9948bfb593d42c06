"""What zeros are worth, in a made-up study whose surviving weights are known."""

import math

import pandas as pd
import pytest

from lib.analyses.beside_papers_recipe import networks_beside
from lib.analyses.zeros import analysis, timing
from lib.book.report.figure import PanelFigure
from lib.book.report.results import Results, load_results, results_if_any
from lib.table_schemas import DENSITY

from ...book.report.made_up import write_results

SVHN = "vgg_svhn"
FIRST = "conv1_1.conv.weight"
NOTHING = results_if_any("no such folder")


def counted(study):
    """The networks of a study alone whose layers were counted."""
    return [n for n in networks_beside(study, NOTHING) if analysis.were_counted(n)]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """In VGG_SVHN all weights of the first layer are left, and an eighth of all others."""
    folder = tmp_path_factory.mktemp("zeros") / "results"
    results = load_results(write_results(folder, runs=[(0, 0), (1, 0), (2, 0)]))
    rows = []
    for name, weight in analysis.prunable_weights(analysis.dense_network(results, SVHN)).items():
        size = weight.numel()
        left = size if name == FIRST else size // 8
        key = {"experiment": SVHN, "prune_seed": 0, "other_seed": None}
        key |= {"parameter": name, "weights": size}
        rows += [
            key | {"train_seed": seed, "iteration": iteration, "survivors": left}
            for seed in range(3)
            for iteration in range(1, 6)
        ]
    return results.having(DENSITY, DENSITY.tidy(rows))


def test_operations_count_each_layer_as_often_as_it_is_used(study):
    network = analysis.dense_network(study, SVHN)
    dense = analysis.multiply_adds(network)
    uses = analysis.weight_uses(network)
    rows = analysis.layers_left(study, SVHN).query("iteration == 1 and train_seed == 0")
    lost = sum((r.weights - r.survivors) * uses[r.parameter] for r in rows.itertuples())
    left = analysis.shares_left(study, SVHN)
    assert left.operations.nunique() == 1
    assert left.operations.iloc[0] == pytest.approx(1 - lost / dense)
    assert left.weights.iloc[0] == pytest.approx(rows.survivors.sum() / rows.weights.sum())
    # the first layer, whose maps are large, keeps its weights
    [network] = counted(study)
    decided = analysis.decided_operations(network)
    assert (decided.key, decided.verdict) == ("zeros-operations-vgg-svhn", "above 0")


def test_bytes_are_those_of_values_and_of_what_says_where_they_are(study):
    found = analysis.bytes_left(study, SVHN)
    network = analysis.dense_network(study, SVHN)
    prunable = sum(w.numel() for w in analysis.prunable_weights(network).values())
    others = found["dense"] - 4 * prunable
    rows = analysis.layers_left(study, SVHN).query("iteration == 5 and train_seed == 0")
    values = 4 * rows.survivors.sum() + others
    assert found["bits"] == pytest.approx(values + prunable / 8)
    ways = [math.comb(r.weights, r.survivors) for r in rows.itertuples()]
    assert found["entropy"] == pytest.approx(values + sum(map(math.log2, ways)) / 8)


def test_silent_channels_take_their_filters_and_what_reads_them(study):
    network = analysis.dense_network(study, SVHN)
    rows = study.similarity
    last = rows.experiment.eq(SVHN) & rows.layer.eq("conv4_1")
    channels = len(network.conv4_1.conv.weight)
    rows = rows.assign(dead_y=(last * channels / 2).astype(int), rank_x=channels, dead_x=0)
    half = Results(study.folder, rows, study.performance, study.provenance, study.changed)
    uses = analysis.weight_uses(network)
    taken = sum(network.get_parameter(n).numel() * uses[n] for n in list(uses)[-2:])
    cut = analysis.cuttable(half, SVHN)
    share = (channels // 2) / channels
    assert cut.mean == pytest.approx(share * taken / analysis.multiply_adds(network))
    [network] = counted(half)
    decided = analysis.decided_cut(network)
    assert (decided.key, decided.verdict) == ("zeros-cut-vgg-svhn", "below 0")
    [row] = analysis.channel_table([network]).to_dict("records")
    assert row["Most in"] == "conv4_1"
    # no network of this study was trained as long without pruning
    assert row["By training alone"] == "-"


def test_the_tables_have_a_row_for_each_network_whose_layers_were_counted(study):
    networks = counted(study)
    assert [network.experiment for network in networks] == [SVHN]
    assert analysis.at_the_end(networks)["Fewer multiply-adds"].str.endswith("\u00d7").all()
    assert len(analysis.size_table(networks)) == len(networks)


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [((0.8, 0.9), "holds"), ((0.8, 1), "holds at times"), ((1, 1), "does not hold")],
)
def test_a_network_is_faster_if_three_quarters_of_its_turns_are(ends, verdict):
    times = pd.DataFrame({"masked high": [*ends, math.nan]})
    assert timing.decided_faster(times, "masked").verdict == verdict


def test_some_of_the_cases_are_decided_apart():
    times = pd.DataFrame(
        {"device": ["processor", "A GPU"], "batch": 64, "width": 1.0, "masked high": [0.8, 1.2]}
    )
    verdicts = {among: timing.decided_faster(times, "masked", among) for among in timing.AMONG}
    assert {decided.key for decided in verdicts.values()} == {
        f"zeros-faster-masked-{among}" for among in timing.AMONG
    }
    assert verdicts["gpu"].measured == "in 0 of 1 cases"
    assert verdicts["batches"].measured == "in 1 of 2 cases"
    assert verdicts["slim"].verdict == "does not hold"  # there is none


def test_the_published_times_are_of_trained_networks_and_of_made_masks():
    times = timing.benchmark()
    assert times.groupby("network").networks.first().to_dict() == {
        "vgg16_bn_converged": "iteration 1, trained",
        "vgg16_bn_wide": "iteration 4, made for timing",
        "vgg_svhn": "iteration 10, made for timing",
        "resnet_fast_wide": "iteration 4, made for timing",
    }
    for table in (timing.time_table(times), timing.runtime_table(times)):
        assert len(table) == len(times)
        assert table.index[0] == "VGG16_BN, slim, iteration 1, trained, batch 1"
    assert timing.time_table(times).iloc[0]["Masked"].startswith(f"{times.masked[0]:.2f} (")


def test_times_on_a_gpu_have_the_columns_of_those_on_a_processor_without_onnx_runtime():
    times = timing.benchmark()
    on_gpu = timing.benchmark_on_gpu()
    without = [name for name in times if name.split()[0] not in ("runtime", "onnx")]
    assert list(on_gpu) == without
    shown = timing.time_table(on_gpu)
    assert "ONNX Runtime" not in shown
    assert shown.index[0] == "VGG16_BN, iteration 4, made for timing, batch 1"
    assert set(on_gpu.device) == {"NVIDIA H200"}  # as the page says
    everywhere = pd.concat([times, on_gpu])
    assert timing.decided_faster(everywhere, "onnx").measured == f"in 0 of {len(times)} cases"


def test_each_way_that_was_timed_has_a_mark_in_the_row_of_each_case():
    for times, ways in ((timing.benchmark(), 4), (timing.benchmark_on_gpu(), 3)):
        axes = PanelFigure("times").panel("Times", left=0.5)
        timing.draw_times(axes, times)
        marks, names = axes.get_legend_handles_labels()
        assert len(names) == ways
        assert set(marks[0].get_xdata()) <= set(times["masked"])
        rows = [label.get_text() for label in axes.get_yticklabels()]
        assert "ResNet_fast, batch 64" in rows
        assert len(set(rows)) == len(rows) == len(marks[0].get_xdata())
