"""The pages of the companion papers: functions of a results folder, and of nothing else."""

import jupytext
import pytest

from lib import ROOT
from lib.report import values
from lib.report.format import signed
from lib.study.chapters import CHAPTERS

from .made_up import write_chapter


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("chapters")
    return {chapter: write_chapter(root / chapter, chapter) for chapter in CHAPTERS}


@pytest.fixture(scope="module")
def pages(folders):
    """{chapter: the variables of its page, executed on a made-up study}."""
    found = {}
    for chapter, folder in folders.items():
        source = ROOT / "notebooks" / f"{chapter}.py"
        default, names = f'results = "results/chapters/{chapter}"', {}
        cells = [cell for cell in jupytext.read(source).cells if cell.cell_type == "code"]
        assert sum(default in cell.source for cell in cells) == 1
        for cell in cells:
            text = cell.source.replace(default, f"results = {str(folder)!r}")
            exec(compile(text, str(source), "exec"), names)
        found[chapter] = names
    return found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_on_any_results_folder_of_its_own(chapter, pages, folders):
    assert pages[chapter]["study"].folder == folders[chapter]


def test_minima_are_those_of_the_most_pruned_networks(pages):
    rows = pages["icann2020"]["numbers"].loc["LeNet-5"]
    # the made-up eigenvalue is 10 and the number of iterations
    assert rows.Eigenvalue["complete network"] == "10.0"
    assert rows.Eigenvalue["pruned gradually"] == "14.0"
    assert rows.Eigenvalue["pruned at once"] == "11.0"
    assert rows.Increase["pruned at once"] == "0.020"


def test_tasks_are_read_after_the_last_iteration(pages):
    names = pages["icpram2020"]
    last = values.rows(names["study"], "conv4_two", "svcca")
    last = last[last.iteration == last.iteration.max()]
    means = last.groupby("layer").value.mean()
    row = names["tasks"].loc["two classes"]
    assert row["First"] == pytest.approx(means["conv1_1"])
    assert row["Hidden connected"] == pytest.approx((means["fc1"] + means["fc2"]) / 2)


def test_sparse_networks_are_read_at_the_level_of_half_of_the_iterations(pages):
    names = pages["wacv2020"]
    study, numbers = names["study"], names["overview"]
    rows = values.rows(study, "conv4", "svcca")
    rows = rows[(rows.iteration == 2) & (rows.kind != "out")]  # of 4
    row = numbers.loc["Conv-4", "pruned by magnitude"]
    assert row["SVCCA"] == pytest.approx(rows.groupby("layer").value.mean().mean())
    assert row["Left, %"] == pytest.approx(64)
    epochs = study.of("conv4", "performance").groupby("iteration").epochs.first()
    assert row["Epochs"] == epochs.loc[:2].sum() > numbers["Epochs"].iloc[1]
    assert numbers.loc[("Conv-4", "another complete network"), "Left, %"] == 100
    assert len(numbers) == 15


def test_each_step_down_the_structures_is_a_difference_of_networks_trained_alike(pages):
    names = pages["wacv2020"]
    rows = names["study"].performance
    last = rows[rows.prune_seed.notna() & (rows.iteration == 2)]  # of 2: half of a tiny study's
    mean = 100 * last.groupby("experiment").accuracy.mean()
    long = "Trained as long"
    assert names["trained"].loc[("Conv-4", "the masks of pruning"), long] == pytest.approx(
        mean["conv4_masks_again_long"]
    )
    away = mean["conv4_masks_again_long"] - mean["conv4_random_layerwise_long"]
    cell = names["steps"].loc[("Conv-4", "which weights of a layer"), long]
    assert cell.startswith(signed(away, 1))
    assert names["steps"].loc[("Conv-4", "the values"), "Rescaled"] == "-"


def test_similarity_beyond_chance_is_that_of_the_hidden_layers_above_the_null(pages):
    names = pages["wacv2020"]
    found = values.rows(names["study"], "conv4_masks_again", "svcca")
    found = found[(found.iteration == 1) & (found.kind != "out")]
    means = found.groupby("layer")[["value", "null_mean"]].mean()
    beyond = ((means.value - means.null_mean) / (1 - means.null_mean)).clip(lower=0)
    row = names["beyond_chance"].loc["Conv-4", "the same masks, new random values"]
    assert row["SVCCA: beyond"] == pytest.approx(beyond.mean())


def test_behind_an_empty_layer_nothing_is_compared(pages):
    names = pages["at_init"]
    rows = names["similarities"].loc["SynFlow"]
    # the made-up layers are empty from the fourth level on
    assert rows["CKA"].isna().tolist() == [False, False, False, True, True]
    assert names["table"]["Empty layers"].tolist()[:6] == [0, 0, 0, 0, 1, 1]


def test_a_count_that_stopped_is_a_lower_bound_and_has_the_spread_of_its_lines(pages):
    names = pages["at_init"]
    # the made-up lines have 450 and 460 regions
    assert names["table"]["Activation regions"].iloc[1] == "at least 455 \u00b1 5"
    assert names["table"]["Linear pieces"].iloc[1] == "at least 205 \u00b1 5"
    assert names["rho"].to_numpy() == pytest.approx(1)
    # both lines have lost as many, and two numbers that agree have no interval
    assert names["changes"].iloc[0] == "\u2212450"


def test_a_network_without_a_path_is_constant(pages):
    names = pages["at_init"]
    assert names["table"]["Constant"].tolist()[:6] == ["0 of 1", *["0 of 3"] * 3, *["3 of 3"] * 2]
    assert "random, constant: first" in repr(names["figure"])
    assert names["most"]["Scores"].tolist() == [3, 3, 3]


def test_a_panel_with_powers_of_ten_is_told_in_numbers(pages):
    assert "Activation regions. SynFlow: first 455" in repr(pages["at_init"]["figure"])
