"""How similar are pruned and unpruned convolutional networks, layer by layer?

Installed as `pruned_representations`, it has

- `compare_networks(a, b, images)`: the layers of any two networks, in one table;
- `compare_levels(original, levels, images)`: the same from level to level of pruning;
- `plot_layers(table)`, `plot_pairs(table)`, `plot_levels(table)`: pictures of such tables;
- `metrics`: `METRICS` and each metric as a function of two arrays, `compare`,
  `permutation_null`;
- `models`: `build_model`, `record_layers`, `recorded_layers`;
- `pruning`: `Pruning`, `Mask`, `prune`, `iterative_magnitude_pruning` and others;
- `data` and `training`; `study`, which composes all of these into resumable jobs;
- `report`, which decides claims and draws figures from tables of results, and `book`,
  which lays out the pages: these need the repository of the study.
"""

from .interruption import stop_while_importing

stop_while_importing(__name__)

__version__ = "0.1.0"
__all__ = ["compare_levels", "compare_networks", "plot_layers", "plot_levels", "plot_pairs"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    # imported when it is first needed: PyTorch takes seconds
    if name in __all__:
        from . import compare

        return getattr(compare, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
