"""Similarity of the outputs, on made-up results."""

import dataclasses

import pandas as pd
import pytest

from lib.analyses.output_layers.analysis import (
    beside_half_as_wide,
    fit_decided,
    outputs,
    same_class_table,
)
from lib.analyses.output_layers.claims import SAME_CLASS
from lib.book.claims.decided import decide


def with_slim(study, loss, similarity):
    """A study with VGG_SVHN half as wide: its loss and its similarity differ by so much."""
    known = study.provenance["experiments"]
    slim = {"vgg_svhn_slim": known["vgg_svhn"] | {"base": "vgg_svhn"}}
    rows = study.similarity[study.similarity.experiment == "vgg_svhn"]
    performance = study.performance[study.performance.experiment == "vgg_svhn"]
    rows = rows.assign(experiment="vgg_svhn_slim", value=rows.value + similarity)
    performance = performance.assign(
        experiment="vgg_svhn_slim", train_loss=performance.train_loss + loss
    )
    return dataclasses.replace(
        study,
        provenance={**study.provenance, "experiments": known | slim},
        similarity=pd.concat([study.similarity, rows]),
        performance=pd.concat([study.performance, performance]),
    )


def thinner(study):
    """The same with a fifth of the weights left, so that the later networks count as sparse."""
    rows = study.similarity.assign(remaining=study.similarity.remaining / 5)
    performance = study.performance.assign(remaining=study.performance.remaining / 5)
    return dataclasses.replace(study, similarity=rows, performance=performance)


def test_only_the_output_layer_counts(results):
    rows = results.similarity
    changed = rows.assign(value=rows.value.where(rows.kind == "out", 0))
    other = dataclasses.replace(results, similarity=changed)
    pd.testing.assert_frame_equal(outputs(results, "vgg16_bn"), outputs(other, "vgg16_bn"))


@pytest.mark.parametrize(
    ("loss", "similarity", "verdict"),
    [(0.1, 0.01, "holds"), (-0.1, -0.01, "holds"), (0.1, -0.01, "does not hold")],
)
def test_the_lower_loss_should_have_the_less_similar_outputs(results, loss, similarity, verdict):
    study = thinner(with_slim(results, loss, similarity))
    assert beside_half_as_wide(study).loc["vgg_svhn"].iloc[0] == pytest.approx(-loss)
    assert {name: said for name, (_, said) in fit_decided(study).items()} == {"vgg_svhn": verdict}


def test_what_was_not_counted_is_not_measured(results):
    assert same_class_table(results).isna().all(axis=None)
    assert {decide(claim, results).verdict for claim in SAME_CLASS} == {"not measured"}
    assert fit_decided(results) == {}
