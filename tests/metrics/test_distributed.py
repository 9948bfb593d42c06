"""Images split over processes give the number that one process with all of them gives.

Within 1e-12, relative; where NBS is near 1 or data lie far from 0, as far as one process itself is
exact. Also where processes have few images, other ones in kind, or none.
"""

import numpy as np
import pytest
import torch
import torch.distributed as dist

from lib.metrics import (
    CKA,
    METRICS,
    NBS,
    PWCCA,
    SVCCA,
    Cosine,
    MeanCCA,
    MinibatchCKA,
    compare,
)
from lib.metrics.catalogue import CATALOGUE
from lib.metrics.distributed import compare_split, gather_images

from .data import related
from .processes import in_processes

pytestmark = pytest.mark.skipif(
    not (dist.is_available() and dist.is_gloo_available()), reason="PyTorch was built without gloo"
)

ROWS = 90
FORMS = (MeanCCA, SVCCA, PWCCA, CKA, NBS, Cosine, MinibatchCKA)
SPLITS = {
    2: {"even": (45, 45), "uneven": (83, 7), "all on the first": (90, 0), "none": (0, 90)},
    3: {"even": (30, 30, 30), "uneven": (70, 1, 19), "all on one": (0, 90, 0)},
}
OF_DIRECTIONS = ("mean_cca", "mean_cca_sum98", "svcca", "svcca_sum98", "linear_regression")
BY_GRAM = sorted(name for name, entry in CATALOGUE.items() if entry.by_gram)
TOLERANCE = 1e-12


def narrow():
    """Maps with few channels; images are sorted, so the processes' means lie far apart."""
    x, y = (torch.from_numpy(side) for side in related(0, (ROWS, 5, 2, 2), (ROWS, 5, 2, 2)))
    drift = torch.linspace(-30, 50, ROWS, dtype=torch.float64)[:, None, None, None]
    return x + drift * torch.tensor([1.0, 0, 0, 0, 2])[:, None, None], y - 3 * drift


def wide():
    """More features than images, and not the same number on both sides."""
    x, y = (torch.from_numpy(side) for side in related(1, (ROWS, 12, 4, 4), (ROWS, 9, 4, 4)))
    return x + 20, y - torch.arange(ROWS)[:, None, None, None]


def narrow_and_wide():
    """More features than images, but few directions, so that canonical correlations mean one."""
    x, y = (torch.from_numpy(side) for side in related(2, (ROWS, 8), (ROWS, 8)))
    turned = torch.from_numpy(np.random.default_rng(3).standard_normal((8, 200)))
    return x @ turned, y @ turned.flip(0)


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
    """All values of a process, for all splits."""
    found = {}
    for name, sizes in SPLITS[world].items():
        x, y = (part(side, sizes, rank) for side in narrow())
        for form in FORMS:
            metric = fed(form(), x, y)
            before = {state: value.clone() for state, value in metric.metric_state.items()}
            found[name, form.__name__] = metric.compute().item()
            assert all(torch.equal(metric.metric_state[s], v) for s, v in before.items())
        wide_x, wide_y = (part(side, sizes, rank) for side in wide())
        found[name, "by gram"] = compare_split(wide_x, wide_y, metrics=BY_GRAM)
        few = (part(side, sizes, rank) for side in narrow_and_wide())
        found[name, "few directions"] = compare_split(*few, metrics=OF_DIRECTIONS)
        none = len(x) == 0
        found[name, "half"] = compare_split(
            None if none else wide_x.half(), None if none else wide_y.float(), reshape="gap"
        )
        found[name, "images"] = gather_images(None if none else x)
    return found


@pytest.fixture(scope="module", params=sorted(SPLITS), ids=lambda world: f"{world} processes")
def processes(request, tmp_path_factory):
    world = request.param
    return SPLITS[world], in_processes(world, everything, tmp_path_factory.mktemp("processes"))


@pytest.mark.parametrize("form", [form for form in FORMS if form is not MinibatchCKA])
def test_sums_of_all_processes_give_the_number_of_one(processes, form):
    splits, found = processes
    wanted = fed(form(), *narrow(), ROWS).compute().item()
    for name in splits:
        for values in found:
            assert values[name, form.__name__] == pytest.approx(wanted, rel=TOLERANCE), name


def test_minibatches_of_all_processes_count_the_same(processes):
    splits, found = processes
    for name, sizes in splits.items():
        one = MinibatchCKA()
        for rank in range(len(sizes)):
            fed(one, *(part(side, sizes, rank) for side in narrow()))
        for values in found:
            assert values[name, "MinibatchCKA"] == pytest.approx(one.compute().item(), rel=1e-12)


@pytest.mark.parametrize("metric", BY_GRAM)
def test_gram_matrices_of_all_processes_give_the_number_of_one(processes, metric):
    splits, found = processes
    (row,) = compare(*wide(), metrics=(metric,), reshapes=("flat",))
    for name in splits:
        for values in found:
            value = values[name, "by gram"][metric]
            assert value == pytest.approx(row["value"], rel=1e-11, nan_ok=True), name


@pytest.mark.parametrize("metric", OF_DIRECTIONS)
def test_so_do_correlations_of_few_directions(processes, metric):
    splits, found = processes
    wanted = METRICS[metric](*narrow_and_wide(), reshape="flat")
    assert 0.2 < wanted < 0.99
    for name in splits:
        for values in found:
            assert values[name, "few directions"][metric] == pytest.approx(wanted, rel=1e-10)


def test_every_process_gets_the_same_digits(processes):
    splits, found = processes
    for name in splits:
        for form in FORMS:
            assert len({values[name, form.__name__] for values in found}) == 1
        assert len({repr(values[name, "by gram"]) for values in found}) == 1


def test_lower_precision_counts_as_in_one_process(processes):
    splits, found = processes
    x, y = wide()
    rows = compare(x.half(), y.float(), metrics=("cka", "nbs"), reshapes=("gap",))
    for name in splits:
        for row in rows:
            value = found[0][name, "half"][row["metric"]]
            assert value == pytest.approx(row["value"], rel=1e-9)


def test_gathered_images_come_in_the_order_of_the_processes(processes):
    splits, found = processes
    for name in splits:
        for values in found:
            assert torch.equal(values[name, "images"], narrow()[0])


def mistakes(rank, world):
    """What each process is told when one of them, or all, are wrong."""
    x, y = (part(side, (45, 45), rank) for side in narrow())

    def told(work):
        try:
            work()
        except ValueError as error:
            return str(error)
        return "nothing"

    columns = slice(None, 3 if rank else None)
    metric = fed(CKA(reshape="channels"), x[:, columns], y[:, columns])
    return {
        "columns": told(metric.compute),
        "nothing yet": told(SVCCA().compute),
        "nan": told(lambda: compare_split(x * (np.nan if rank else 1), y)),
        "shapes": told(lambda: gather_images(x[:, columns])),
        "none": told(lambda: gather_images(None)),
        "one": told(lambda: gather_images(x[:1] if rank else None)),
        "counts": told(lambda: compare_split(x, y[rank:])),
        "pwcca": told(lambda: compare_split(x, y, metrics=("pwcca",))),
        "outputs": told(lambda: compare_split(x, y, metrics=("agreement",))),
        "channels": told(lambda: compare_split(x, y, reshape="channels")),
        "still alive": told(lambda: compare_split(x, y)),
        "constant": repr(compare_split(x * 0, y)),
    }


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    return in_processes(2, mistakes, tmp_path_factory.mktemp("mistakes"))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("columns", "states of the shapes [(3,), (5,)] on different processes, want one shape"),
        ("nothing yet", "x, y: got no batches yet"),
        ("nan", "process 1: x: got NaN or infinite values"),
        ("shapes", "data: got images of these shapes and types on the processes: ((3, 2, 2)"),
        ("none", "data: got images of these shapes and types on the processes: none"),
        ("one", "data: got one data point on all processes"),
        ("counts", "y: got [45, 44] data points on the processes, want [45, 45] as in x"),
        ("pwcca", "metrics: got 'pwcca', which needs all numbers of all images"),
        ("outputs", "compare what gather_images gives"),
        ("channels", "use the accumulating metrics, such as SVCCA()"),
        ("still alive", "nothing"),
        ("constant", "{'cka': nan, 'nbs': nan}"),
    ],
)
def test_an_error_of_one_process_is_told_to_all(messages, mistake, message):
    for told in messages:
        assert message in told[mistake]
