"""Each metric has the invariances that it declares, and a counterexample to all others."""

import numpy as np
import pytest

from lib.metrics import METRICS, Invariances

from .data import related

RNG = np.random.default_rng


def rotation(p):
    return np.linalg.qr(RNG(1).standard_normal((p, p)))[0]


CHANGES = {
    "permutation": lambda x: x[:, RNG(2).permutation(x.shape[1])],
    "orthogonal": lambda x: x @ rotation(x.shape[1]),
    "invertible": lambda x: x @ rotation(x.shape[1]) @ np.diag(np.logspace(0, 1.5, x.shape[1])),
    "scale": lambda x: 7.3 * x,
    "translation": lambda x: x + 2 * RNG(3).standard_normal(x.shape[1]),
    "dead_columns": lambda x: np.hstack([x[:, :2], np.full((len(x), 2), 0.3), x[:, 2:]]),
}
# These are tried with p above n as well; the others need more rows than columns.
ANY_SHAPE = {"cka", "cka_debiased", "nbs", "procrustes", "rsa", "knn_overlap"}


def cases(name):
    yield (related(0, (60, 6), (60, 6)) if name == "cosine" else related(0, (60, 5), (60, 9)))
    if name != "cosine":
        yield related(1, (500, 5), (500, 9))
    if name in ANY_SHAPE:
        yield related(2, (50, 70), (50, 9))
        yield related(3, (50, 70), (50, 90))


def changes(name, change):
    """By how much the metric changes when x or y is changed."""
    for x, y in cases(name):
        value = METRICS[name](x, y)
        for changed in ((CHANGES[change](x), y), (x, CHANGES[change](y))):
            try:
                yield abs(METRICS[name](*changed) - value)
            except ValueError as error:
                assert "entries are compared one by one" in str(error)  # noqa: PT017
                yield np.inf


@pytest.mark.parametrize(
    "change", [name for name in Invariances.__dataclass_fields__ if name != "symmetric"]
)
@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_invariant_where_it_says_so_and_nowhere_else(name, change):
    if getattr(METRICS[name].invariances, change):
        assert max(changes(name, change)) < 1e-9
    else:
        assert max(changes(name, change)) > 1e-4


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_symmetric_if_it_says_so(name):
    pairs = [*cases(name), related(4, (60, 6), (60, 6))]
    differences = [abs(METRICS[name](x, y) - METRICS[name](y, x)) for x, y in pairs]
    if METRICS[name].invariances.symmetric:
        assert max(differences) < 1e-9
    else:
        assert max(differences) > 1e-4
