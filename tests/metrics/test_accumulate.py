"""The torchmetrics form: any batching gives the same number as all data at once."""

import pickle

import numpy as np
import pytest
import torch

from lib import metrics
from lib.metrics import CKA, NBS, PWCCA, SVCCA, Cosine, MeanCCA, MinibatchCKA, cka, mean_cca, svcca

from .data import related

MOMENTS = {getattr(metrics, m.accumulating): m for m in metrics.METRICS.values() if m.accumulating}
FORMS = MOMENTS | {Cosine: metrics.cosine}
EVERY = pytest.mark.parametrize("form", FORMS)
RAGGED = (7, 1, 23, 2, 17, 10)


def tensors(seed, shape, dtype=torch.float64):
    return tuple(torch.from_numpy(side).to(dtype) for side in related(seed, shape, shape))


def fed(metric, x, y, sizes=RAGGED):
    for batch_x, batch_y in zip(x.split(sizes), y.split(sizes), strict=True):
        metric.update(batch_x, batch_y)
    return metric


@EVERY
@pytest.mark.parametrize("shape", [(60, 5), (60, 4, 3, 3)])
def test_ragged_batches(form, shape):
    x, y = tensors(0, shape)
    value = fed(form(), x, y).compute()
    assert value.item() == pytest.approx(FORMS[form](x, y), rel=1e-11)
    assert value.dtype == torch.float64


@pytest.mark.parametrize("form", MOMENTS)
@pytest.mark.parametrize("reshape", ["channels", "flat", "gap"])
def test_reshapes(form, reshape):
    x, y = tensors(1, (60, 3, 2, 2))
    value = fed(form(reshape=reshape), x, y).compute().item()
    assert value == pytest.approx(FORMS[form](x, y, reshape=reshape), rel=1e-11)


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        (MeanCCA(mean="sum98"), lambda x, y: mean_cca(x, y, mean="sum98")),
        (SVCCA(threshold=0.8), lambda x, y: svcca(x, y, threshold=0.8)),
        (SVCCA(mean="sum98"), lambda x, y: svcca(x, y, mean="sum98")),
    ],
    ids=["mean_cca sum98", "svcca 0.8", "svcca sum98"],
)
def test_options(metric, wanted):
    x, y = tensors(2, (60, 9))
    assert fed(metric, x, y).compute().item() == pytest.approx(wanted(x, y), rel=1e-11)


@EVERY
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_lower_precision(form, dtype):
    x, y = tensors(3, (60, 5), dtype)
    assert fed(form(), x, y).compute().item() == pytest.approx(FORMS[form](x, y), rel=1e-11)


@pytest.mark.parametrize("form", MOMENTS)
def test_far_from_zero_with_dead_columns_and_duplicates(form):
    x, y = tensors(4, (60, 5))
    x = torch.cat([x, x[:, :2], torch.full((60, 2), 0.1)], 1) + 1e6
    near = x - 1e6
    assert fed(form(), x, y - 3e5).compute().item() == pytest.approx(FORMS[form](near, y), rel=1e-9)


def test_batches_around_different_means():
    x, y = tensors(5, (60, 5))
    drift = torch.repeat_interleave(
        torch.tensor([0.0, 1e6, -1e3, 1e-3, 1e6, 0.0]), torch.tensor(RAGGED)
    )
    x = x + drift[:, None] * torch.tensor([1, 0, 0, 0, 0])
    assert fed(CKA(), x, y).compute().item() == pytest.approx(cka(x, y), rel=1e-10)
    assert fed(MeanCCA(), x, y).compute().item() == pytest.approx(mean_cca(x, y), rel=1e-10)


@EVERY
def test_states_of_workers_are_merged(form):
    x, y = tensors(6, (60, 5))
    left = fed(form(), x[:33] + 1e5, y[:33], (30, 3))
    right = fed(form(), x[33:] + 1e5, y[33:], (20, 7))
    left.merge_state(right)
    assert left.compute().item() == pytest.approx(FORMS[form](x + 1e5, y), rel=1e-10)


@EVERY
def test_forward_gives_the_batch_and_accumulates(form):
    x, y = tensors(7, (60, 5))
    metric = form()
    for rows in (slice(0, 25), slice(25, 60)):
        assert metric(x[rows], y[rows]).item() == pytest.approx(
            FORMS[form](x[rows], y[rows]), rel=1e-11
        )
    assert metric.compute().item() == pytest.approx(FORMS[form](x, y), rel=1e-11)


def loaded(metric):
    other = type(metric)()
    other.load_state_dict(metric.state_dict())
    return other


@EVERY
@pytest.mark.parametrize(
    "copied", [lambda m: pickle.loads(pickle.dumps(m)), lambda m: m.clone().to("cpu"), loaded]
)
def test_copies_can_be_updated_further(form, copied):
    x, y = tensors(9, (60, 5))
    metric = copied(fed(form(), x[:40], y[:40], (40,)))
    metric.update(x[40:], y[40:])
    assert metric.compute().item() == pytest.approx(FORMS[form](x, y), rel=1e-11)


@EVERY
def test_bad_batches_are_refused(form):
    x, y = tensors(11, (20, 5))
    metric = form()
    with pytest.raises(ValueError, match=r"^y: got 19 data points, want 20"):
        metric.update(x, y[:19])
    with pytest.raises(ValueError, match=r"^x: got NaN"):
        metric.update(x * np.nan, y)
    with pytest.raises(ValueError, match=r"^y: got NoneType"):
        metric.update(x, None)


def test_errors_on_too_many_columns_and_on_other_positions_name_the_alternatives():
    x, y = tensors(13, (20, 3, 4, 4))
    with pytest.raises(ValueError, match=r"^x, y: got 48 \+ 48 columns .* 'gap', or MinibatchCKA"):
        NBS(max_columns=95).update(x, y)
    with pytest.raises(ValueError, match=r"^y: got shape .*reshape='gap' or 'flat'"):
        SVCCA().update(x, y[..., :2])
    with pytest.raises(ValueError, match=r"^y: got shape .*reshape='gap' or 'flat'"):
        SVCCA().update(x, y.reshape(20, 3, 2, 8))


@pytest.mark.filterwarnings("ignore:The ``compute`` method")
def test_without_batches_there_is_no_value():
    with pytest.raises(ValueError, match=r"^x, y: got no batches yet"):
        PWCCA().compute()


def test_data_without_variance_or_with_too_few_rows_are_refused():
    x, y = tensors(14, (20, 5))
    for form in (CKA, Cosine):
        with pytest.raises(ValueError, match=r"^y: got .* want"):
            fed(form(), x, y * 0, (20,)).compute()
    with pytest.raises(ValueError, match=r"^y: got shape .* without variance"):
        MinibatchCKA().update(x, y * 0)
    with pytest.raises(ValueError, match=r"^x: got 3 rows, want n >= 4"):
        MinibatchCKA().update(x[:3], y[:3])


@pytest.mark.parametrize("reshape", ["channels", "flat", "gap"])
def test_minibatch_cka_of_one_batch_is_debiased_cka(reshape):
    x, y = tensors(15, (30, 3, 2, 2))
    metric = MinibatchCKA(reshape=reshape)
    metric.update(x, y)
    assert metric.compute().item() == pytest.approx(cka(x, y, reshape=reshape, debiased=True))


@pytest.mark.parametrize("size", [16, 50])
def test_minibatch_cka_is_not_biased(size):
    """Half of the columns in common; averages of biased CKA would give more than 0.6."""
    rng = np.random.default_rng(16)
    shared, a, b = torch.from_numpy(rng.standard_normal((3, 4000, 16)))
    x, y = torch.cat([shared, a], 1), torch.cat([shared, b], 1)
    metric = fed(MinibatchCKA(), x, y, size)
    assert metric.compute().item() == pytest.approx(0.5, abs=0.02)


def test_a_metric_can_be_merged_while_empty_and_after_it_gave_a_value():
    x, y = tensors(18, (60, 5))
    merged, other = CKA(), fed(CKA(), x[40:], y[40:], (20,))
    merged.merge_state(fed(CKA(), x[:40], y[:40], (40,)))
    assert merged.compute().item() == pytest.approx(cka(x[:40], y[:40]), rel=1e-11)
    merged.merge_state(other.metric_state)
    assert merged.compute().item() == pytest.approx(cka(x, y), rel=1e-11)


def test_merging_other_layers_is_refused():
    x, y = tensors(19, (20, 5, 2, 2))
    metric = fed(CKA("channels"), x, y, (20,))
    for one in (slice(1), slice(3)):
        with pytest.raises(ValueError, match=r"^x, y: got 5 \+ \d columns, want 5 \+ 5"):
            metric.merge_state(fed(CKA("channels"), x, y[:, one], (20,)))
    with pytest.raises(ValueError, match=r"^incoming_state: got reshape='gap', want 'channels'"):
        metric.merge_state(fed(CKA("gap"), x, y, (20,)))


def graded(seed, faintest):
    """As wide as it is long, with directions that get fainter and fainter, all columns alike."""
    draw = torch.Generator().manual_seed(seed)
    rows, mixing = (torch.randn(700, 300, generator=draw).double() for _ in range(2))
    spread = torch.logspace(0, faintest, 300, dtype=torch.float64)
    return rows * spread @ torch.linalg.qr(mixing[:300]).Q


@pytest.mark.parametrize("form", [MeanCCA, PWCCA])
def test_directions_that_sums_do_not_resolve_are_refused_and_no_bug_of_ours(form):
    x, y = graded(0, -12), graded(1, -12)
    assert 0 < FORMS[form](x, y) < 1
    with pytest.raises(ValueError, match=r"^x, y: the faintest directions .* use all data"):
        fed(form(), x, y, (14,) * 50).compute()
    assert fed(SVCCA(), x, y, (14,) * 50).compute().item() == pytest.approx(svcca(x, y), rel=1e-9)
    x, y = graded(0, -4), graded(1, -4)
    found = fed(form(), x, y, (14,) * 50).compute().item()
    assert found == pytest.approx(FORMS[form](x, y), rel=1e-5)
