"""Everything that a study can hold has a name and a style on the page."""

from lib.book.report import names, results, style
from lib.data import DATASETS
from lib.data_sets import DATASET_TITLES
from lib.metrics import METRICS
from lib.models import LAYER_KINDS, MODELS
from lib.study.paper import PAPER


def test_every_network_kind_and_data_set_has_a_name():
    assert set(names.NETWORK_TITLES) == set(MODELS)
    assert set(names.PAPER_NETWORKS) == set(PAPER)
    assert set(names.KINDS) == set(LAYER_KINDS) == set(style.KIND_COLOURS)
    assert set(DATASET_TITLES) == set(DATASETS)


def test_every_metric_of_a_figure_exists_and_has_the_paper_s_reshape():
    assert set(names.METRICS) == set(results.PAPER_RESHAPE) <= set(METRICS)
    assert all(METRICS[name].title == title for name, title in names.METRICS.items())
    assert set(style.METRIC_STYLES) <= set(names.METRICS)
    assert set(names.RESHAPES) >= set(results.PAPER_RESHAPE.values())
