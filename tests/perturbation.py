"""Execute published pages as another processor would, or on other numbers.

Usage: python -m pytest -p tests.perturbation --nbval --nbval-current-env book/*.ipynb

A plug-in of pytest. Before the first cell of a page it moves, each by another random share, all
floats that the page will read from tables, and all that functions will give in which processors
differ: transcendental ones and linear algebra of NumPy, those of `scipy.special`, and what PyTorch
hands to Python. By the last digits, the default, every output must stay; by what a reader can see,
such as `--move-tables 0.01`, every page that shows such numbers must fail.
"""

import sys
from collections import Counter
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

LAST_DIGITS = 1e-15
"""Four to nine units in the last place."""

SETTINGS = ["radius", "width"]
"""Floats of tables that were chosen, not computed."""

TRANSCENDENTAL = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "hypot", "cbrt"),
    *("sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "power", "float_power"),
)
LINEAR = ("svd", "eigh", "eigvalsh", "qr", "solve", "inv", "lstsq", "norm")


def pytest_addoption(parser):
    group = parser.getgroup("perturbation", "What pages compute with is moved")
    for name, what in {"tables": "floats of tables", "functions": "results of functions"}.items():
        words = f"the largest share by which {what} are moved; {LAST_DIGITS:g} by default"
        group.addoption(f"--move-{name}", type=float, default=LAST_DIGITS, help=words)
    group.addoption("--move-seed", type=int, default=0, help="of the shares")


def pytest_configure(config):
    from nbval.plugin import IPyNbFile

    option, start = config.option, IPyNbFile.setup
    sizes = f"{option.move_tables}, {option.move_functions}, {option.move_seed}"
    code = f"__import__('tests.perturbation').perturbation.move({sizes})"

    def start_and_move(page):
        start(page)
        reply = page.kernel.kc.execute_interactive(code, store_history=False, allow_stdin=False)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))

    IPyNbFile.setup = start_and_move


def pytest_terminal_summary(terminalreporter):
    """How many cells of each page fail."""
    cells = Counter(), Counter()
    for outcome, ran in enumerate(("passed", "failed")):
        reports = [r for r in terminalreporter.getreports(ran) if ".ipynb::" in r.nodeid]
        cells[outcome].update(report.nodeid.partition("::")[0] for report in reports)
    for page in sorted(cells[0] | cells[1]):
        of_all = cells[0][page] + cells[1][page]
        terminalreporter.write_line(f"{page}: {cells[1][page]} of {of_all} cells fail")


def move(tables: float, functions: float, seed: int) -> None:
    """Move what this process will read and compute, each number by a share of up to these."""
    rng = np.random.default_rng(seed)
    if functions:
        # before other packages take functions from there
        for module, names in ((np, TRANSCENDENTAL), (np.linalg, LINEAR)):
            for name in names:
                setattr(module, name, _Moved(getattr(module, name), functions, rng))

    import pandas as pd
    from scipy import special

    if functions:
        for name, function in list(vars(special).items()):
            if isinstance(function, np.ufunc):
                setattr(special, name, _Moved(function, functions, rng))
        sys.meta_path.insert(0, _OfPyTorch(functions, rng))

    def moving(read: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
        def moved(*values: Any, **options: Any) -> pd.DataFrame:
            table = read(*values, **options)
            for name in table.select_dtypes("float").columns.difference(SETTINGS):
                table[name] *= _factors(table[name], tables, rng)
            return table

        return moved

    pd.read_parquet, pd.read_csv = moving(pd.read_parquet), moving(pd.read_csv)
    write = pd.DataFrame.to_csv

    def compare(table: pd.DataFrame, path: Path, **options: Any) -> None:
        if write(table, **options) != Path(path).read_text(encoding="utf-8"):
            raise AssertionError(f"{path} would become another one")

    pd.DataFrame.to_csv = compare  # what a page has published is an output, and stays as it is


class _OfPyTorch(MetaPathFinder):
    """Moves what PyTorch hands to Python where a page imports it, which takes seconds."""

    def __init__(self, size: float, rng: np.random.Generator):
        self.size, self.rng = size, rng

    def find_spec(self, name: str, *_: Any) -> Any:
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        execute = spec.loader.exec_module

        def execute_and_move(torch: Any) -> None:
            execute(torch)
            item = _Moved(torch.Tensor.item, self.size, self.rng)
            torch.Tensor.item = lambda tensor: item(tensor)  # a method, which `item` itself is not

        spec.loader.exec_module = execute_and_move
        return spec


class _Moved:
    """A function whose results are moved, as far as they are floats."""

    def __init__(self, function: Callable, size: float, rng: np.random.Generator):
        self.function, self.size, self.rng = function, size, rng

    def __call__(self, *values: Any, **options: Any) -> Any:
        results = self.function(*values, **options)
        if isinstance(results, tuple):
            return getattr(results, "_make", tuple)(self._move(result) for result in results)
        return self._move(results)

    def _move(self, result: Any) -> Any:
        if isinstance(result, float) or getattr(result, "dtype", None) in (np.float32, np.float64):
            result *= _factors(result, self.size, self.rng)  # in place, for the sake of `out=`
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)


def _factors(numbers: Any, size: float, rng: np.random.Generator) -> Any:
    """Random ones near 1, which differ from it by up to a size."""
    return 1 + rng.uniform(-size, size, np.shape(numbers))
