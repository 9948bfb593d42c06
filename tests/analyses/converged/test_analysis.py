"""The tables of networks that are trained to the end, in a made-up study."""

import pandas as pd
import pytest

from lib.analyses.contrast import one_scale
from lib.analyses.converged import analysis, strangers
from lib.book.claims import estimate
from lib.book.claims.calibrated import position
from lib.book.report.figure import LayerFigure, PanelFigure
from lib.book.report.format import number
from lib.book.report.results import load_results
from lib.book.report.statistics import interval

from ...book.report.made_up import write_results

SVHN = "vgg_svhn"
RUNS = [(0, 0), (1, 0), (2, 0)]
ITERATIONS = 5


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("converged") / "results"
    controls = ["trained_as_long", "independent"]
    whole = load_results(write_results(folder, controls=controls, runs=RUNS))
    settings = whole.provenance["experiments"]
    own = {name: setting for name, setting in settings.items() if name.startswith(SVHN)}
    return whole.__class__(
        whole.folder,
        whole.similarity,
        whole.performance,
        {**whole.provenance, "experiments": own},
    )


def test_accuracies_are_those_of_each_network_after_each_training_and_pruning(study):
    table = analysis.accuracy_of_each(study)
    rows = study.performance.query("experiment == @SVHN and train_seed == 0")
    complete = rows[rows.iteration == 0].accuracy.item()
    last = rows[rows.iteration == ITERATIONS].accuracy.item()
    assert table.index.tolist()[0] == ("VGG_SVHN", 0)
    assert table.Complete.iloc[0] == f"{100 * complete:.1f} %"
    assert table["33 % left"].iloc[0] == f"{100 * last:.1f} %"
    assert table["Trained 2\u00d7"].notna().any()


def test_figures_show_networks_trained_to_the_end_and_tables_name_the_others(study, monkeypatch):
    assert analysis.networks_shown(study) == []
    monkeypatch.setitem(analysis.CONVERGED_NETWORKS, SVHN, SVHN)
    assert analysis.networks_shown(study) == [SVHN]
    assert analysis.network_name(study, SVHN) == "VGG_SVHN"
    monkeypatch.setitem(analysis.NAMES, SVHN, "slim")
    assert analysis.network_name(study, SVHN) == "VGG_SVHN, slim"


def test_every_line_of_the_figure_is_drawn(study):
    figure = LayerFigure("converged", (), iterations=analysis.prunings(study))
    analysis.draw(figure, study, SVHN)
    for words in ("trained as long as the last", "trained independently"):
        assert words in repr(figure)


def test_what_pruning_adds_is_drawn_level_by_level(study, monkeypatch):
    monkeypatch.setitem(analysis.CONVERGED_NETWORKS, SVHN, SVHN)
    figure = PanelFigure("beyond")
    analysis.draw_beyond(figure, study)
    [(title, axes)] = figure._panels
    assert title == "VGG_SVHN"
    assert [label.get_text() for label in axes.get_yticklabels()][-1] == "33 %"
    svcca = next(line for line in axes.get_lines() if line.get_label() == "SVCCA")
    expected = analysis.added_by_pruning(study, SVHN).svcca.map(lambda cell: cell.mean)
    assert list(svcca.get_xdata()) == pytest.approx(list(expected))


def test_beyond_training_is_the_difference_at_the_same_iteration(study):
    table = analysis.added_by_pruning(study, SVHN)
    assert list(table.index) == [*range(1, ITERATIONS + 1)]
    accuracy = study.performance.pivot_table(
        "accuracy", ["experiment", "iteration"], "train_seed", aggfunc="mean"
    )
    apart = accuracy.loc[SVHN, 3] - accuracy.loc[f"{SVHN}_trained_as_long", 3]
    assert table.accuracy[3].mean == pytest.approx(100 * apart.mean())
    shown = analysis.beyond_as_texts(study)
    assert shown.index[-1] == ("VGG_SVHN", "33 %")
    assert shown.iloc[-1]["Layers further by SVCCA"].endswith(" of 11")


def test_each_level_each_metric_and_each_layer_is_decided_once(study):
    decided = analysis.decided_beside(study)
    keys = [comparison.key for comparison in decided]
    assert len(set(keys)) == len(keys)
    levels = {f"vgg-svhn-level-{i}-{m}" for i in range(1, 6) for m in ("svcca", "cka")}
    assert levels | {"vgg-svhn-depth-cka", "vgg-svhn-later"} <= set(keys)


def test_depth_is_correlated_by_ranks(study, monkeypatch):
    layers = ["first", "second", "third"]
    apart = pd.DataFrame([[0.0, -1, -9], [0.3, -0.2, -0.1], [5, 4, 3]], columns=layers)
    monkeypatch.setattr(analysis.beside, "layer_differences", lambda *_: apart)
    [by_svcca, _] = analysis.decided_depth(study, SVHN, 1)
    assert by_svcca.measured.startswith("\u22120.833")  # of -1, -0.5 and -1
    assert by_svcca.verdict == "below 0"


@pytest.mark.parametrize(
    ("decide", "declared", "name"),
    [
        (analysis.decided_twins, ("SLIM_NETWORKS", "UNDERTRAINED_NETWORKS"), "twins"),
        (analysis.decided_width, ("CONVERGED_NETWORKS", "SLIM_NETWORKS"), "width"),
    ],
)
def test_pairs_are_compared_by_what_pruning_adds_to_each(
    study, monkeypatch, decide, declared, name
):
    added = {"a": pd.Series([-0.5, -0.4, -0.3]), "b": pd.Series([-0.1, 0.0, 0.1])}
    monkeypatch.setattr(analysis, "added_at_the_end", lambda _, network, metric: added[network])
    for networks, network in zip(declared, "ab", strict=True):
        monkeypatch.setattr(analysis, networks, {SVHN: network})
    assert decide(study) == []
    monkeypatch.setattr(analysis.Results, "experiments", ["a", "b"])
    [by_svcca, _] = decide(study)
    assert (by_svcca.key, by_svcca.verdict) == (f"vgg-svhn-{name}-svcca", "below 0")
    assert by_svcca.measured.startswith("\u22120.400 (")


def test_what_pruning_adds_is_a_mean_over_hidden_layers(study):
    table = analysis.added_by_pruning(study, SVHN)
    own = analysis.added_at_the_end(study, SVHN, "cka")
    assert own.mean() == pytest.approx(table.cka.iloc[-1].mean)


def test_numbers_of_sentences_are_those_of_the_tables(study):
    glued = analysis.glued(study)
    table = analysis.added_by_pruning(study, SVHN)
    assert glued[f"{SVHN}_further_cka"] == table["cka", "further"].iloc[-1]
    assert glued[f"{SVHN}_lost_cka"] == number(-table.cka.iloc[-1].mean, 2)
    assert glued[f"{SVHN}_layers"] == 11
    assert glued["last_left"] == "33 %"


def test_places_are_named_by_how_long_networks_were_trained(study, monkeypatch):
    monkeypatch.setitem(analysis.NAMES, SVHN, "stopped early")
    places = one_scale.places_on_scale(study)
    assert strangers.places_of_all(places, study).index[0] == ("VGG_SVHN, stopped early", "SVCCA")


def test_the_first_page_has_the_closest_network():
    on_scale = {("a", "svcca"): 1.1, ("a", "cka"): 0.9, ("b", "svcca"): 1.0, ("b", "cka"): 1.25}
    places = pd.DataFrame({"place": {key: interval([one, one]) for key, one in on_scale.items()}})
    assert strangers.most_left(places) == "25 %"
    assert strangers.most_left(strangers.places_of(places, ["a"])) == "10 %"


def test_training_alone_has_a_place_on_the_scale_as_pruning_has(study, monkeypatch):
    monkeypatch.setitem(analysis.CONVERGED_NETWORKS, SVHN, SVHN)
    by_svcca, by_cka = strangers.decided_of_training_alone(study)
    assert by_svcca.key == "vgg-svhn-place-trained-as-long-svcca"
    assert by_cka.key == "vgg-svhn-place-trained-as-long-cka"
    pruned = one_scale.places_on_scale(study).place[SVHN, "cka"]
    alone = estimate(position(SVHN, "cka", control="_trained_as_long").numbers, study)
    assert alone.mean > pruned.mean  # as they were made up
    assert by_cka.measured.startswith(alone.text(3))
    assert by_cka.verdict == "closer"
