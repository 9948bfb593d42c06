"""All pairs of some representations at once have the numbers of each pair alone."""

import pytest
import torch

from lib.metrics import METRICS, Representation, all_pairs
from lib.metrics.all_pairs import inner_products, share_inner_products
from lib.metrics.cka_nbs import inner_product
from lib.metrics.metric import Pair

ROWS = 30
WIDTHS = (4, 70, 12, 31, 200)


def sides(seed, widths=WIDTHS):
    draw = torch.Generator().manual_seed(seed)
    data = (torch.randn(ROWS, width, generator=draw, dtype=torch.float64) for width in widths)
    return [Representation(x * 10.0**i + 3, "flat") for i, x in enumerate(data)]


@pytest.mark.parametrize("elements", [1, 2000, 1 << 24])  # a row, some rows, all rows
def test_they_equal_the_loop(elements, monkeypatch):
    monkeypatch.setattr(all_pairs, "ENTRIES_AT_ONCE", elements)
    xs, ys = sides(0), sides(1, WIDTHS[:3])
    table = inner_products(xs, ys)
    for i, x in enumerate(xs):
        for j, y in enumerate(ys):
            assert table[i, j].item() == pytest.approx(inner_product(Pair(x, y)), rel=1e-12)


def test_pairs_know_them_only_where_that_is_less_work():
    xs, ys = sides(0), sides(1)
    constant = Representation(torch.ones(ROWS, 3), "flat")
    pairs = [Pair(x, y) for x in [*xs, constant] for y in ys]
    share_inner_products(pairs)
    assert [bool(pair.cache) for pair in pairs] == [True] * 25 + [False] * 5
    for pair in pairs[:25]:
        alone = METRICS["cka_debiased"].of_pair(Pair(pair.x, pair.y))
        assert METRICS["cka_debiased"].of_pair(pair) == pytest.approx(alone, abs=1e-12)
    few = [Pair(x, y) for x, y in zip(sides(0, (4, 4)), sides(1, (3, 3)), strict=True)]
    share_inner_products([*few, Pair(few[0].x, few[1].y)])
    assert not any(pair.cache for pair in few)
