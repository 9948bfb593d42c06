"""What the page says of a network, decided from the table of tests passed."""

import pandas as pd

from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED
from ...book.findings import Decided
from ...book.report.results import Results
from .detection import RULE_READINGS, most_images, of_most_images


def all_on_one_matrix(table: pd.DataFrame, matrix: str) -> bool:
    """Whether every metric notices more in time on a matrix than any does on another."""
    matrices = table.in_time.groupby("reshape").agg(["min", "max"])
    if matrix not in matrices.index or len(matrices) < 2:
        return False
    return bool(matrices["min"][matrix] > matrices["max"].drop(matrix).max())


def detection_decided(study: Results, network: str) -> list[Decided]:
    """What the page says of a network: who passes most tests, and whether the matrix matters."""
    comparisons = []
    for reading in RULE_READINGS:
        key = f"detection-{{}}-{reading.replace(' ', '-')}-{network}"
        table = of_most_images(study, network, reading)
        every = (table.in_time == table.costly) & (table.costly > 0)
        best = table.in_time.max() if len(table) else 0
        nbs = table.in_time[table.index.isin([(most_images(study, network), "nbs", "channels")])]
        tests = {
            "nbs": ("NBS on channels passes as many tests as any", set(nbs) == {best} and best > 0),
            "channels": (
                "every metric passes more tests on channels than any does on another matrix",
                all_on_one_matrix(table, "channels"),
            ),
            "all": ("most combinations of metric and matrix pass all", every.mean() > 0.5),
            "any": ("a combination of metric and matrix passes all", every.any()),
        }
        measured = f"{every.sum()} of {len(table)} combinations pass all; at most {best} are passed"
        for name, (words, holds) in tests.items():
            verdict = (HOLDS if holds else FAILS) if len(table) else NOT_MEASURED
            comparisons.append(
                Decided(key.format(name), f"{words}, {RULE_READINGS[reading]}", measured, verdict)
            )
    return comparisons
