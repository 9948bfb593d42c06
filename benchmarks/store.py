"""The cost of reading a results folder of very many rows: all of it, or what one page needs.

    python -m benchmarks.store [--rows 100000 ...] [--experiments 20] [--memory GIB] [--out CSV]

A made-up similarity table is written as `collect` writes it, a file for each experiment, one after
the other. Then it is read in several ways, each in a fresh process. Measured are processor time,
the most memory that the process had beyond what it began with, and the bytes on disk that it must
look at. A way that runs out of memory has no numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from lib import ROOT
from lib.report.results import load_results
from lib.sealed import seal
from lib.study.memory import peak
from lib.tables import PERFORMANCE
from lib.tables import SIMILARITY as TABLE

SIMILARITY = "similarity"
TIME = "processor seconds"
ITERATIONS = 20
LAYERS = tuple(f"conv{i}_{j}" for i in range(1, 5) for j in range(1, 4))
METRICS = ("cka", "mean_cca", "nbs", "pwcca", "svcca")
RESHAPES = ("channels", "flat", "gap")
NEEDED = ("train_seed", "prune_seed", "iteration", "layer", "value")
"""What a heat map shows."""


def made_up(name: str, rows: int, seed: int) -> pd.DataFrame:
    """The similarities of one experiment, in the order and with the types of the merged table."""
    columns = (ITERATIONS, len(LAYERS), len(RESHAPES), len(METRICS))
    runs = -(-rows // int(np.prod(columns)))
    index = np.indices((runs, *columns), dtype=np.int32).reshape(5, -1)[:, :rows]
    run, iteration, depth, reshape, metric = index
    draws = np.random.default_rng(seed)

    def words(codes: np.ndarray, names: tuple[str, ...]) -> pd.Series:
        return pd.Series(np.array(names, dtype=object)[codes], dtype="str")

    def integers(high: int) -> pd.Series:
        return pd.Series(draws.integers(high, size=rows), dtype="Int64")

    return pd.DataFrame(
        {
            "experiment": words(np.zeros(rows, dtype=np.int32), (name,)),
            "train_seed": (run % 5).astype(np.int64),
            "prune_seed": (run // 5).astype(np.int64),
            "iteration": iteration.astype(np.int64) + 1,
            "remaining": 0.8 ** (iteration + 1.0),
            "layer": words(depth, LAYERS),
            "kind": words(np.zeros(rows, dtype=np.int32), ("conv",)),
            "depth": depth.astype(np.int64),
            "metric": words(metric, METRICS),
            "reshape": words(reshape, RESHAPES),
            "value": draws.random(rows),
            "null_mean": draws.random(rows) / 1000,
            "null_sd": draws.random(rows) / 1e4,
            "p_value": draws.random(rows),
            "null_max": draws.random(rows),
            "rank_x": integers(64),
            "rank_y": integers(64),
            "dead_x": integers(2),
            "dead_y": integers(2),
            "pr_x": 64 * draws.random(rows),
            "pr_y": 64 * draws.random(rows),
            "id_x": np.full(rows, np.nan),
            "id_y": np.full(rows, np.nan),
        }
    )


def everything(folder: Path, name: str) -> int:
    """All experiments, checked, as a page reads them."""
    return len(load_results(folder).similarity)


def one_experiment(folder: Path, name: str) -> int:
    """One experiment, checked; the files of the others are not opened."""
    return len(load_results(folder, [name]).similarity)


def filtered(folder: Path, name: str) -> int:
    """The folder as one data set, filtered by experiment, unchecked."""
    found = ds.dataset(folder / SIMILARITY).to_table(filter=ds.field("experiment") == name)
    return len(found.to_pandas())


def needed(folder: Path, name: str) -> int:
    """Of one experiment's file, the rows of one metric and the columns of a heat map, unchecked."""
    wanted = (ds.field("metric") == "cka") & (ds.field("reshape") == "flat")
    dataset = ds.dataset(folder / SIMILARITY / f"{name}.parquet")
    return len(dataset.to_table(columns=[*NEEDED], filter=wanted).to_pandas())


READINGS: dict[str, Callable[[Path, str], int]] = {
    "everything": everything,
    "one experiment, by a filter": filtered,
    "one experiment": one_experiment,
    "one metric and five columns of it": needed,
}


def read(reading: str, folder: Path, name: str) -> dict:
    """One reading in this process."""
    before, began = peak(), time.process_time()
    rows = READINGS[reading](folder, name)
    return {"read": rows, TIME: time.process_time() - began, "MiB": peak() - before}


def measure(reading: str, folder: Path, name: str, memory: int) -> dict:
    """`read` in a process of its own; empty if that held more than so many bytes and was killed.

    Raises:
        RuntimeError: it failed otherwise.
    """
    command = [sys.executable, "-m", "benchmarks.store", "--read", reading, str(folder), name]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        while process.poll() is None:
            if held(process.pid) > memory:
                process.kill()
                return {}
            time.sleep(0.02)
        output, error = process.communicate()
    if process.returncode:
        raise RuntimeError(f"reading {reading!r} failed: {error}")
    return json.loads(output)


def held(process: int) -> int:
    """Bytes of memory that a process holds; 0 if it has ended."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def write(folder: Path, rows: int, experiments: int) -> dict:
    """A results folder, with its similarities as `collect` writes them."""
    # only here: importing the study takes longer, and more memory, than reading a file
    from lib.study.collect import write as save

    names = [f"experiment_{number:02}" for number in range(experiments)]
    spent = 0.0
    for number, name in enumerate(names):
        table = made_up(name, rows // experiments, number)
        began = time.process_time()
        save(folder, TABLE, table)
        spent += time.process_time() - began
    performance = pd.DataFrame(0.5, range(experiments), list(PERFORMANCE.columns))
    performance.assign(experiment=names).to_parquet(folder / "performance.parquet")
    provenance = {"profile": "made up", "scaled_down": True, "missing": []}
    provenance["experiments"] = {key: {} for key in names}
    seal(folder, provenance)
    return {"read": rows, TIME: spent}


def all_memory() -> float:
    """What this machine has, GiB."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10**k for k in range(5, 9)])
    parser.add_argument("--experiments", type=int, default=20)
    parser.add_argument("--readings", nargs="+", default=list(READINGS), choices=READINGS)
    parser.add_argument("--memory", type=float, default=0.8 * all_memory(), metavar="GIB")
    parser.add_argument("--out", help="write the table as CSV")
    parser.add_argument("--read", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.read:
        reading, folder, name = given.read
        print(json.dumps(read(reading, Path(folder), name)))
        return 0
    found: list[dict] = []

    def add(rows: int, what: str, size: int, row: dict) -> None:
        blank = {"read": None, TIME: None}
        found.append({"rows": rows, "what": what} | blank | row | {"MB on disk": size / 1e6})
        print(pd.DataFrame(found[-1:]).to_string(index=False), flush=True)

    memory = int(given.memory * 2**30)
    for rows in given.rows:
        folder = Path(tempfile.mkdtemp(prefix="store-"))
        try:
            writing = write(folder, rows, given.experiments)
            files = sorted((folder / SIMILARITY).glob("*.parquet"))
            total = sum(file.stat().st_size for file in files)
            add(rows, "write", total, writing)
            for reading in given.readings:
                size = total if reading == "everything" else files[0].stat().st_size
                add(rows, reading, size, measure(reading, folder, files[0].stem, memory))
        finally:
            shutil.rmtree(folder)
    if given.out:
        pd.DataFrame(found).to_csv(given.out, index=False, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())
