"""The names that declarations may use are those of what computes."""

from lib.metrics import METRICS
from lib.models import MODELS
from lib.pruning import SCORES
from lib.settings.known_names import METRIC_TITLES, MODEL_NAMES, SCORE_NAMES
from lib.study.experiment import PRECISIONS
from lib.study.prepared_experiment import WEIGHT_TYPES


def test_every_name_is_declared_once_and_has_something_that_computes():
    for names, computing in (
        (METRIC_TITLES, METRICS),
        (MODEL_NAMES, MODELS),
        (SCORE_NAMES, SCORES),
        (PRECISIONS, WEIGHT_TYPES),
    ):
        assert sorted(names) == sorted(computing)


def test_metrics_have_the_titles_and_the_order_in_which_they_are_declared():
    declared = [(name, metric.title) for name, metric in METRICS.items()]
    assert declared == list(METRIC_TITLES.items())
