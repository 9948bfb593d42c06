"""The bootstrap from blocks of moments against resampled data."""

import numpy as np
import pytest
import torch

from lib.metrics import METRICS, bootstrap, cka, svcca

from .data import related

BY_MOMENTS = [name for name, entry in METRICS.items() if entry.by_moments]


@pytest.mark.parametrize("name", BY_MOMENTS)
@pytest.mark.parametrize("shape", [(40, 4), (40, 4, 2, 2)])
def test_one_sample_is_the_metric_of_the_drawn_images(name, shape):
    x, y = related(0, shape, shape)
    ends = bootstrap(x + 1e4, y, metric=name, reshape="channels", resamples=1, blocks=40, seed=3)
    drawn = torch.randint(40, (40,), generator=torch.Generator().manual_seed(3)).numpy()
    wanted = METRICS[name](x[drawn], y[drawn], reshape="channels")
    assert ends == pytest.approx((wanted, wanted), rel=1e-9)


def test_ragged_blocks():
    x, y = related(1, (41, 4), (41, 3))
    ends = bootstrap(x, y, metric="cka", resamples=1, blocks=3, seed=4)
    parts = np.split(np.arange(41), [14, 27])
    drawn = torch.randint(3, (3,), generator=torch.Generator().manual_seed(4)).tolist()
    images = np.concatenate([parts[block] for block in drawn])
    assert ends == pytest.approx([cka(x[images], y[images])] * 2, rel=1e-9)


def test_interval_holds_the_value_of_more_data():
    x, y = related(2, (4000, 5), (4000, 5))
    truth = svcca(x, y)
    held = 0
    for start in range(0, 4000, 400):
        part = slice(start, start + 400)
        low, high = bootstrap(x[part], y[part], level=0.9, blocks=100, seed=start)
        held += low <= truth <= high
        assert 0 < high - low < 0.2
    assert 5 <= held <= 10


def test_wider_level_gives_wider_interval():
    x, y = related(3, (100, 4), (100, 4))
    low, high = bootstrap(x, y, level=0.5)
    lower, higher = bootstrap(x, y, level=0.99)
    assert lower < low < high < higher


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "rsa"}, r"^metric: got 'rsa', want one of 'mean_cca'"),
        ({"level": 95}, r"^level: got 95"),
        ({"blocks": 21}, r"^blocks: got 21, want 2 to 20"),
        ({"resamples": 0}, r"^resamples: got 0"),
        ({"metric": "cka", "reshape": "flat"}, r"^x, y: got 1600 \+ 1600 columns .* 'gap'"),
        ({"metric": "mean_cca", "reshape": "gap"}, r"^x: 19 directions of 20 rows"),
    ],
)
def test_bad_options(options, message):
    x, y = related(4, (20, 100, 4, 4), (20, 100, 4, 4))
    with pytest.raises(ValueError, match=message):
        bootstrap(x, y, **{"metric": "cka", "reshape": "channels", "blocks": 5} | options)
