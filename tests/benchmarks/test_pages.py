"""The pages say what the tables say, and the counts for large networks are the known ones."""

import math

import pytest

from benchmarks.pages import PAGES, on_imagenet, put, written
from lib.study.work import network, work

from ..book.test_runner_pages import text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_tables(page):
    assert written(page)[1] == text(page)


def test_a_page_without_a_marker_is_refused():
    with pytest.raises(ValueError, match="must have the lines <!-- layers: benchmarks.pages -->"):
        put("a page", {"layers": ""})


def test_the_networks_for_imagenet_are_the_known_ones():
    """Multiplications with additions, as torchvision's page gives them, are two operations."""
    small, large = (network(on_imagenet(name)) for name in ("resnet18", "resnet50"))
    assert small.flop == pytest.approx(2 * 1.81e9, rel=0.01)
    assert large.flop == pytest.approx(2 * 4.09e9, rel=0.01)
    assert max(map(math.prod, large.shapes)) == 64 * 112 * 112


def test_a_training_on_imagenet_is_three_passes_of_each_image_and_a_test():
    counted = work(on_imagenet("resnet50"), "complete")
    passes = 90 * 3 * 1_281_167 + 91 * 50_000
    assert counted["flop"] == passes * network(on_imagenet("resnet50")).flop
