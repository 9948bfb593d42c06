"""The table that a benchmark measures, row by row, if need be each in a process of its own."""

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import pandas as pd

Value = TypeVar("Value")


def apart(compute: Callable[..., Value], *given: object) -> Value:
    """What a function of a module returns, or raises, in a fresh process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(compute, *given).result()


def report(rows: Iterable[dict], out: str | None) -> None:
    """Print each row as soon as it is measured; then write all as CSV, if there is a file to."""
    table = []
    for row in rows:
        table.append(row)
        text = pd.DataFrame([row]).T.to_string(header=False, float_format="{:.4g}".format)
        print(text, "\n", flush=True)
    if out:
        pd.DataFrame(table).to_csv(out, index=False, float_format="%.4g")
