"""The tables of the page on costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from .names import count, percent
from .scaling import bought, estimate
from .scaling_bill import HOUR, Machines, bill, estimates
from .scaling_machines import CORES, SERVER, WORKSTATION
from .scaling_words import machine, network, number, span
from .scaling_work import IMAGENET, PAPER, Work
from .tables import Table


def work_table(works: Mapping[str, Work]) -> Table:
    """What there is to do: trainings, comparisons, and the arithmetic in both."""
    rows = [
        (
            network(work.network),
            f"{work.forward_flop / 2e6:,.0f}",
            f"{work.train_images * work.epochs / 1e6:.1f}",
            f"{work.trainings:,}",
            f"{work.comparisons:,}",
            number(work.trainings * work.training_flop / 1e15),
            number(work.comparing_flop / 1e15),
        )
        for work in (works[name] for name in PAPER)
    ]
    every = [works[name] for name in PAPER]
    rows.append(
        (
            "all",
            "",
            "",
            f"{sum(work.trainings for work in every):,}",
            f"{sum(work.comparisons for work in every):,}",
            number(sum(work.trainings * work.training_flop for work in every) / 1e15),
            number(sum(work.comparing_flop for work in every) / 1e15),
        )
    )
    header = (
        "Network",
        "Million MAC an image",
        "Million images a training",
        "Trainings",
        "Comparisons",
        "PFLOP, training",
        "PFLOP, comparing",
    )
    return Table(header, rows, numeric=header[1:])


def anchor_table(known: Machines) -> Table:
    """Published trainings: how much of the peak, and of the memory, each made use of."""
    rows = [
        (
            anchor.name,
            f"{anchor.flop / anchor.seconds / 1e12:.0f}",
            f"{anchor.peak / 1e12:.0f}",
            percent(anchor.utilisation, 0),
            f"{anchor.intensity:.0f}",
        )
        for anchor in known[SERVER].anchors
    ]
    header = ("Training", "TFLOP/s", "Peak", "Share of the peak", "FLOP a byte")
    return Table(header, rows, numeric=header[1:])


def gpu_table(known: Machines) -> Table:
    """What the vendor says of each GPU, and the rates that the page takes."""
    rows = []
    for name in (SERVER, WORKSTATION):
        gpu = known[name]
        rows.append(
            (
                name,
                f"{gpu.peak / 1e12:,.0f}",
                number(gpu.double / 1e12),
                f"{gpu.bandwidth / 1e12:.1f}",
                f"{gpu.memory / 1e9:.0f}",
                span(gpu.rates[::-1], 1e-12),
            )
        )
    header = ("GPU", "bfloat16", "float64", "TB/s", "GB", "We take, TFLOP/s")
    return Table(header, rows, numeric=header[1:])


def step_table(works: Mapping[str, Work], known: Machines) -> Table:
    """Milliseconds of one training step on a GPU: to compute it, and to launch it."""
    rows = []
    for name in PAPER:
        for gpu in (SERVER, WORKSTATION):
            rows.append(
                (
                    f"{network(name)}, {gpu}",
                    str(works[name].batch),
                    f"{works[name].operations:,}",
                    span(known[gpu].arithmetic(works[name]), 1e3),
                    span(known[gpu].launching(works[name]), 1e3),
                )
            )
    header = ("Step", "Images", "Operations", "Arithmetic, ms", "Launching, ms")
    return Table(header, rows, numeric=header[1:])


def unit_table(works: Mapping[str, Work], known: Machines) -> Table:
    """One training, one comparison, one run, on each machine."""
    rows = []
    for name in PAPER:
        for which in (CORES, WORKSTATION, SERVER):
            each = estimate(works[name], which, known)
            rows.append(
                (
                    f"{network(name)}, {which}",
                    span(each.training, 1 / 60),
                    span(each.further, 1 / 60),
                    span(each.run, 1 / HOUR),
                )
            )
    header = ("On", "Training, min", "Comparison, min", "One run, h")
    return Table(header, rows, numeric=header[1:])


def bill_table(works: Mapping[str, Work], known: Machines, prices: Mapping[str, float]) -> Table:
    """`bill` as a table."""
    rows = [
        (
            machine(name, times),
            *(span(row[each]) for each in PAPER),
            span(row["all"]),
            span(row["money"]),
        )
        for (name, times), row in bill(works, known, prices).items()
    ]
    header = (
        "Hours on",
        *(network(name) for name in PAPER),
        "All",
        "USD",
    )
    return Table(header, rows, numeric=header[1:])


def room_table(works: Mapping[str, Work]) -> Table:
    """Memory for representations and disk for the networks that are kept."""
    rows = []
    for work in (works[name] for name in (*PAPER, IMAGENET)):
        rows.append(
            (
                network(work.network),
                f"{work.largest:,}",
                number(work.largest_bytes / 1e9),
                number(work.all_bytes / 1e9),
                number(8 * work.probe_images**2 / 1e9),
                number(work.kept_bytes / 1e9),
                f"{work.kept_bytes / (4 * work.parameters):.1f}",
                number(work.kept_bytes * work.runs / 1e9),
            )
        )
    header = (
        "Network",
        "Largest layer, numbers an image",
        "Largest layer, GB",
        "All layers, GB",
        "Gram matrix, GB",
        "Disk a run, GB",
        "In complete networks",
        "Disk in all, GB",
    )
    return Table(header, rows, numeric=header[1:])


def reduced(work: Work, iterations: int, epochs: int, runs: int) -> Work:
    """The same network pruned as far, with other iterations, lengths of training and runs."""
    left = (1 - work.fraction) ** work.iterations
    return dataclasses.replace(
        work,
        iterations=iterations,
        fraction=1 - left ** (1 / iterations),
        epochs=epochs,
        runs=runs,
    )


def imagenet_table(
    plans: Mapping[str, Work], known: Machines, prices: Mapping[str, float]
) -> Table:
    """Plans for a network of the size of ImageNet on H200s.

    Args:
        plans: what it is -> its work.
        known: name -> machine.
        prices: machine -> USD for an hour of one.
    """
    rows = []
    for about, work in plans.items():
        each = estimate(work, SERVER, known)
        rows.append(
            (
                about,
                f"{work.runs} x {work.iterations} x {work.epochs}",
                span(each.training, 1 / HOUR),
                percent(each.comparing_all.mean() / each.total.mean()),
                span(each.total, 1 / HOUR / 24),
                span(each.chain, 1 / HOUR / 24),
                span(each.total, prices[SERVER] / HOUR),
            )
        )
    header = (
        "Plan",
        "Runs x iterations x epochs",
        "Training, h",
        "Comparing",
        "One H200, days",
        "Longest chain, days",
        "USD",
    )
    return Table(header, rows, numeric=header[1:])


def plan_table(
    works: Mapping[str, Work],
    known: Machines,
    prices: Mapping[str, float],
    budgets: Sequence[float],
) -> Table:
    """What so many hours of an H200 buy, at worst: runs of each network."""
    each = estimates(works, SERVER, known)
    rows = []
    for hours in budgets:
        runs = bought(each, hours)
        rows.append(
            (
                count(hours, "hour"),
                number(hours * prices[SERVER]),
                *(f"{runs[name]} of {works[name].runs}" for name in PAPER),
            )
        )
    header = ("Of an H200", "USD", *(network(name) for name in PAPER))
    return Table(header, rows, numeric=header[1:])
