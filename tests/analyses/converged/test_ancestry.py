"""Whether a metric finds the complete network that a pruned one comes from."""

import pandas as pd
import pytest

from lib.analyses.converged import ancestry
from lib.analyses.validity.tables import DESCENT
from lib.book.report.figure import PanelFigure

NAME = "vgg_svhn_converged"
LAYERS = ("conv1_1", "conv1_2", "conv2_1", "conv2_2")
RESHAPE = {"svcca": "channels", "pwcca": "channels", "cka": "flat", "nbs": "flat"}


def row(seed, other, layer, metric, value):
    where = {"layer": layer, "kind": "conv", "depth": LAYERS.index(layer)}
    of = {"experiment": NAME, "train_seed": seed, "prune_seed": 0, "iteration": 1}
    found = {"metric": metric, "reshape": RESHAPE[metric], "value": value}
    return of | {"other_seed": other} | where | found


class MadeUp:
    """Three networks; by SVCCA, each is nearest to its own complete one but in one layer."""

    experiments = (NAME,)

    def __init__(self):
        self.rows = DESCENT.tidy(
            row(seed, other, layer, metric, self.similarity(seed, other, layer, metric))
            for seed in range(3)
            for other in range(3)
            for layer in LAYERS
            for metric in RESHAPE
        )
        self.performance = pd.DataFrame(
            [
                {"experiment": NAME, "iteration": iteration, "prune_seed": 0, "remaining": left}
                for iteration, left in ((0, 1.0), (1, 0.33))
            ]
        )

    @staticmethod
    def similarity(seed, other, layer, metric):
        own = seed == other
        turned = metric == "svcca" and layer == LAYERS[-1]
        return 0.5 + 0.1 * (own != turned)

    def __contains__(self, name):
        return name == NAME

    def of(self, _, table):
        return self.performance if table == "performance" else self.rows

    def network(self, _):
        return "VGG_SVHN"


@pytest.fixture
def study(monkeypatch):
    left = pd.Series({1: 0.33})
    monkeypatch.setattr(ancestry.values, "remaining", lambda *_: left)
    return MadeUp()


def test_a_share_of_layers_is_found(study):
    assert ancestry.ancestor_found(study, NAME, "cka", 1).mean == 1
    assert ancestry.ancestor_found(study, NAME, "svcca", 1).mean == 3 / 4


def test_a_guess_is_a_third_and_everywhere_means_every_layer(study):
    found = ancestry.ancestry(study, [NAME, "not there"])
    verdicts = {decided.key: decided.verdict for decided in ancestry.decided_ancestry(found)}
    assert verdicts["ancestry-vgg-svhn-converged-1-svcca"] == "above 0"
    assert set(verdicts) == {f"ancestry-vgg-svhn-converged-1-{metric}" for metric in RESHAPE}
    everywhere = {decided.key: decided for decided in ancestry.decided_everywhere(found)}
    assert everywhere["ancestry-everywhere-pwcca"].verdict == "holds"
    assert everywhere["ancestry-everywhere-svcca"].verdict == "does not hold"
    assert "75 %" in everywhere["ancestry-everywhere-svcca"].measured


def test_they_are_shown_and_drawn_by_level(study):
    found = ancestry.ancestry(study, [NAME])
    shown = ancestry.ancestry_as_texts(study, found)
    assert shown.index.tolist() == [("VGG_SVHN", "33 %")]
    assert shown["SVCCA"].item().startswith("0.75")
    figure = PanelFigure("ancestry")
    ancestry.draw_ancestry(figure, study, found)
    [(title, axes)] = figure._panels
    assert title == "VGG_SVHN"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["33 %"]
