"""How similar are pruned and unpruned convolutional networks, layer by layer?

The packages, in the order in which the data flows: `data`, `models`, `training`, `pruning` and
`metrics`; `compare`, which compares any two networks; `study`, which composes them into resumable
jobs; `book`, which decides claims, draws figures and lays out the pages, all from the tables of
results; `analyses`, a folder for each question of the study and for each companion paper.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository root: notebooks are executed from several folders, so paths start here."""


def __getattr__(name: str) -> object:
    # imported when it is first needed: PyTorch takes seconds
    if name == "compare_networks":
        from .compare import compare_networks

        return compare_networks
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
