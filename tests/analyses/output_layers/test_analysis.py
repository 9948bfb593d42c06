"""Similarity of the outputs, on made-up results."""

import dataclasses

import pandas as pd

from lib.analyses.output_layers.analysis import outputs, same_class_table
from lib.analyses.output_layers.claims import SAME_CLASS
from lib.book.claims.engine import decide


def test_only_the_output_layer_counts(results):
    rows = results.similarity
    changed = rows.assign(value=rows.value.where(rows.kind == "out", 0))
    other = dataclasses.replace(results, similarity=changed)
    pd.testing.assert_frame_equal(outputs(results, "vgg16_bn"), outputs(other, "vgg16_bn"))


def test_what_was_not_counted_is_not_measured(results):
    assert same_class_table(results).isna().all(axis=None)
    assert {decide(claim, results).verdict for claim in SAME_CLASS} == {"not measured"}
