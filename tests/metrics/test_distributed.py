"""Images split over processes give the same number as one process with all of them.

They agree to 1e-12, relative; also where a process has few images, very different ones, or none.
What divides by the channels' covariance agrees as far as rounding of this matrix lets it.
"""

import pytest
import torch
import torch.distributed as dist

from lib.metrics import CKA, NBS, PWCCA, SVCCA, Cosine, MeanCCA, MinibatchCKA

from .data import related
from .processes import in_processes

pytestmark = pytest.mark.skipif(
    not (dist.is_available() and dist.is_gloo_available()),
    reason="PyTorch was built without gloo",
)

ROWS = 90
FORMS = (MeanCCA, SVCCA, PWCCA, CKA, NBS, Cosine, MinibatchCKA)
SPLITS = {
    "even": (30, 30, 30),
    "uneven": (70, 1, 19),
    "all on the first": (90, 0, 0),
    "all on another": (0, 90, 0),
}
TOLERANCE = 1e-12
WHITENING = (MeanCCA, SVCCA, PWCCA)


def narrow():
    """Maps with few channels; a drift from image to image keeps the processes' means far apart."""
    x, y = (torch.from_numpy(side) for side in related(0, (ROWS, 5, 2, 2), (ROWS, 5, 2, 2)))
    drift = torch.linspace(-30, 50, ROWS, dtype=torch.float64)[:, None, None, None]
    return x + drift * torch.tensor([1.0, 0, 0, 0, 2])[:, None, None], y - 3 * drift


def tolerance(form):
    """Rounding a covariance moves its inverse by up to the condition number, relative to it."""
    if form not in WHITENING:
        return TOLERANCE
    rows = (side.movedim(1, -1).flatten(0, -2) for side in narrow())
    conditions = [torch.linalg.cond(torch.cov(side.T)).item() for side in rows]
    return torch.finfo(torch.float64).eps * max(conditions)


def part(data, sizes, rank):
    start = sum(sizes[:rank])
    return data[start : start + sizes[rank]]


def fed(metric, x, y, batch=11):
    fewest = 4 if isinstance(metric, MinibatchCKA) else 1
    for batch_x, batch_y in zip(x.split(batch), y.split(batch), strict=True):
        if len(batch_x) >= fewest:
            metric.update(batch_x, batch_y)
    return metric


def everything(rank, world):
    """All values in a process, for all splits, and its error messages about mistakes."""
    found = {}
    for name, sizes in SPLITS.items():
        x, y = (part(side, sizes, rank) for side in narrow())
        for form in FORMS:
            metric = fed(form(), x, y)
            before = {state: value.clone() for state, value in metric.metric_state.items()}
            found[name, form.__name__] = metric.compute().item()
            assert all(torch.equal(metric.metric_state[s], v) for s, v in before.items())
    return found, mistakes(rank)


def mistakes(rank):
    """The error messages in a process where one process, or each, makes a mistake."""
    x, y = (part(side, SPLITS["even"], rank) for side in narrow())

    def message(work):
        try:
            work()
        except ValueError as error:
            return str(error)
        return "nothing"

    columns = slice(None, 3 if rank == 2 else None)
    metric = fed(CKA(reshape="channels"), x[:, columns], y[:, columns])
    return message(metric.compute), message(SVCCA().compute)


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """(values, error messages about mistakes) of each process."""
    return in_processes(3, everything, tmp_path_factory.mktemp("processes"))


@pytest.mark.parametrize("form", FORMS)
def test_every_process_gets_the_number_of_one_with_all_images(processes, form):
    for name, sizes in SPLITS.items():
        one = form()
        if form is MinibatchCKA:  # its value depends on what a batch is
            for rank in range(len(sizes)):
                fed(one, *(part(side, sizes, rank) for side in narrow()))
        else:
            fed(one, *narrow(), ROWS)
        values = {values[name, form.__name__] for values, _ in processes}
        assert len(values) == 1, "the processes differ in some digits"
        assert values.pop() == pytest.approx(one.compute().item(), rel=tolerance(form)), name


def test_an_error_of_one_process_is_raised_in_all(processes):
    for _, (columns, nothing_yet) in processes:
        assert "x, y: got 3 + 3 columns, want 5 + 5 as the others" in columns
        assert "x, y: got no batches yet" in nothing_yet
