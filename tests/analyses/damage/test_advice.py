"""Each sentence about metrics is chosen by its rule."""

import numpy as np
import pandas as pd
import pytest

from lib.analyses.damage import advice
from lib.analyses.damage.notice import Notice

CELLS = pd.MultiIndex.from_tuples([("cka", "flat"), ("nbs", "flat")], names=["metric", "reshape"])


def judged(cka, nbs, harm, known=True):
    """The smallest sizes of noise and of a shift that both metrics notice, and that do harm."""
    smallest = pd.DataFrame([cka, nbs], CELLS, ["noise", "shift"], dtype=float)
    harm = pd.Series(harm, ["noise", "shift"], dtype=float)
    return Notice(20, 0.05, smallest, harm, known)


@pytest.mark.parametrize(
    ("notice", "sentences"),
    [
        (judged([1, 1], [1, 1], [1, 1], known=False), ["What does harm is not known"]),
        (judged([1, 1], [1, 1], [np.inf, np.inf]), ["No damage of these sizes does harm"]),
        (judged([2, 1], [2, 1], [1, np.inf]), ["Trust no metric to warn you here"]),
        (
            judged([1, np.inf], [2, 1], [1, np.inf]),
            [
                "Take CKA on *flat*.** Kinds of damage noticed by the time it costs a point of "
                "accuracy on these images: 1 of 1. Noticed though they do no harm: 0 of 1.",
                "Not NBS on *flat*.** Noticed in time: 0 of 1.",
            ],
        ),
        (
            judged([1, 2], [1, 2], [1, 1]),
            ["Take CKA, NBS on *flat*", "No metric notices in time:** some images shifted"],
        ),
    ],
)
def test_metrics_are_advised_by_what_they_notice_in_time(notice, sentences):
    found = list(advice.about_metrics(notice, labelled=True))
    assert len(found) == len(sentences)
    assert all(part in sentence for part, sentence in zip(sentences, found, strict=True))


def test_harm_is_another_answer_where_there_are_no_labels():
    [sentence] = advice.about_metrics(judged([1, 1], [1, 1], [np.inf] * 2), labelled=False)
    assert "the network gives another class to 1 % of these images" in sentence
