"""What it takes to read a results folder of very many rows: all of it, or what one page needs.

    python -m benchmarks.store [--rows 1000000 10000000] [--experiments 20] [--out TABLE.csv]

A made-up similarity table is written as `collect` writes it, a file for each experiment, one after
the other. Then it is read in several ways, each in a fresh process: the time of the processor, the
most memory that the process had beyond what it began with, and the bytes on the disk of what it
must look at.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

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

    def whole(high: int) -> pd.Series:
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
            "rank_x": whole(64),
            "rank_y": whole(64),
            "dead_x": whole(2),
            "dead_y": whole(2),
            "pr_x": 64 * draws.random(rows),
            "pr_y": 64 * draws.random(rows),
            "id_x": np.full(rows, np.nan),
            "id_y": np.full(rows, np.nan),
        }
    )


def everything(folder: Path, name: str) -> int:
    """As `lib.report.results.load_results` does."""
    return len(pd.read_parquet(folder))


def one_file(folder: Path, name: str) -> int:
    """The file of one experiment."""
    return len(pd.read_parquet(folder / f"{name}.parquet"))


def filtered(folder: Path, name: str) -> int:
    """The whole folder as a data set, and the rows of one experiment."""
    found = ds.dataset(folder).to_table(filter=ds.field("experiment") == name)
    return len(found.to_pandas())


def needed(folder: Path, name: str) -> int:
    """Of one experiment's file, the rows of one metric and the columns of a heat map."""
    wanted = (ds.field("metric") == "cka") & (ds.field("reshape") == "flat")
    dataset = ds.dataset(folder / f"{name}.parquet")
    return len(dataset.to_table(columns=[*NEEDED], filter=wanted).to_pandas())


READINGS: dict[str, Callable[[Path, str], int]] = {
    "everything": everything,
    "one experiment, by a filter": filtered,
    "one experiment, its file": one_file,
    "one metric and five columns of it": needed,
}


def _read(reading: str, folder: Path, name: str, answer) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    rows = READINGS[reading](folder, name)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.send({"read": rows, TIME: seconds, "MiB": (peak - before) / 1024})


def measure(reading: str, folder: Path, name: str) -> dict:
    """One reading in a process of its own.

    Raises:
        RuntimeError: it failed, most likely for want of memory.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pandas", "pyarrow.dataset", "pyarrow.parquet"])
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_read, args=(reading, folder, name, there))
    process.start()
    there.close()
    try:
        found = here.recv()
    except EOFError:
        raise RuntimeError(f"reading {reading!r} failed: too little memory?") from None
    process.join()
    return found


def write(folder: Path, rows: int, experiments: int) -> dict:
    """The table as `collect` writes it, in a file for each experiment."""
    # only here: importing the study takes longer, and more memory, than reading a file
    from lib.study.store import MERGED

    similarity = next(table for table in MERGED if table.name == "similarity")
    spent = 0.0
    for number in range(experiments):
        table = made_up(f"experiment_{number:02}", rows // experiments, number)
        began = time.process_time()
        similarity.write(folder, table)
        spent += time.process_time() - began
    return {"read": rows, TIME: spent}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--experiments", type=int, default=20)
    parser.add_argument("--readings", nargs="+", default=list(READINGS), choices=READINGS)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    found = []
    for rows in given.rows:
        results = Path(tempfile.mkdtemp(prefix="store-"))
        try:
            writing = write(results, rows, given.experiments)
            folder = results / "similarity"
            files = sorted(folder.glob("*.parquet"))
            whole = sum(file.stat().st_size for file in files)
            found.append({"rows": rows, "what": "write", **writing, "MB on disk": whole / 1e6})
            print(pd.DataFrame(found[-1:]).to_string(index=False), flush=True)
            for reading in given.readings:
                row = measure(reading, folder, files[0].stem)
                size = whole if reading == "everything" else files[0].stat().st_size
                found.append({"rows": rows, "what": reading, **row, "MB on disk": size / 1e6})
                print(pd.DataFrame(found[-1:]).to_string(index=False), flush=True)
        finally:
            shutil.rmtree(results)
    if given.out:
        pd.DataFrame(found).to_csv(given.out, index=False, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())
