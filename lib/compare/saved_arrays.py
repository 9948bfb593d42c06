"""Representations in files of NumPy or Parquet, whose rows are matched by their ids."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np


class SavedArray(NamedTuple):
    """A representation from a file."""

    file: str
    x: np.ndarray  # (n, p) or (n, c, h, w)
    ids: np.ndarray | None  # (n,) what each row is of, if the file says so


def load_array(file: str | Path) -> SavedArray:
    """A representation that was saved; nothing in the file is executed.

    Args:
        file: `.npy`, or `.npz` with `x`, or a single array, and perhaps `ids` `(n,)`; or
            `.parquet` with a column for each feature, and perhaps a column or an index `ids`.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it holds something else, or ids that are not one for each row.
    """
    if not Path(file).is_file():
        raise FileNotFoundError(f"{file} is not there: give a file of numpy.save or numpy.savez")
    arrays = (_of_parquet if Path(file).suffix == ".parquet" else _of_numpy)(file)
    ids = arrays.pop("ids", None)
    x = arrays.get("x", next(iter(arrays.values())) if len(arrays) == 1 else None)
    if x is None:
        has = ", ".join(arrays) or "nothing else"
        raise ValueError(f"{file} has {has}, want x: numpy.savez(file, x=x, ids=ids)")
    if ids is not None:
        _check_ids(str(file), x, ids)
    return SavedArray(str(file), x, ids)


def _of_numpy(file: str | Path) -> dict[str, np.ndarray]:
    try:
        given = np.load(file, allow_pickle=False)
        return {"x": given} if isinstance(given, np.ndarray) else dict(given)
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{file} is no whole file of numbers: numpy.save(file, x), or numpy.savez(file, x=x, "
            f"ids=ids) with ids that are numbers or texts ({error})"
        ) from error


def _of_parquet(file: str | Path) -> dict[str, np.ndarray]:
    import pandas as pd  # takes a while

    try:
        table = pd.read_parquet(file)
    except ImportError as error:
        raise ValueError(
            f"{file}: to read Parquet, pandas needs another package: pip install pyarrow"
        ) from error
    except (ValueError, OSError) as error:  # which one, depends on the package that reads it
        raise ValueError(f"{file} is no whole Parquet file ({error})") from error
    if table.index.name == "ids":
        table = table.reset_index()
    arrays = {"ids": table.pop("ids").to_numpy()} if "ids" in table else {}
    if texts := [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]:
        raise ValueError(
            f"{file}: column {texts[0]} holds no numbers; want a column for each feature, and "
            "ids, if there are any, in one that is called ids"
        )
    return arrays | {"x": table.to_numpy()}


def _check_ids(file: str, x: np.ndarray, ids: np.ndarray) -> None:
    if ids.shape != x.shape[:1]:
        raise ValueError(f"{file}: ids of shape {ids.shape}, want one for each of {len(x)} rows")
    names, counts = np.unique(ids, return_counts=True)
    if len(names) < len(ids):
        twice = names[counts.argmax()]
        raise ValueError(
            f"{file}: id {twice} stands for {counts.max()} rows, want one row for each"
        )


def match_rows(a: SavedArray, b: SavedArray) -> tuple[np.ndarray, np.ndarray, str]:
    """Both representations of the same things, in the order of the first.

    Returns:
        x and y, and what is to be said of the rows.

    Raises:
        ValueError: only one has ids, they share none, or there are none and the rows are not as
            many.
    """
    if a.ids is None and b.ids is None:
        if len(a.x) != len(b.x):
            raise ValueError(
                f"{a.file} has {len(a.x):,} rows and {b.file} {len(b.x):,}: save ids with both, "
                "numpy.savez(file, x=x, ids=ids), so that rows can be matched"
            )
        return a.x, b.x, f"{len(a.x):,} rows, in the order of the files, which have no ids"
    for with_ids, without in ((a, b), (b, a)):
        if without.ids is None:
            raise ValueError(
                f"{with_ids.file} has ids and {without.file} has none, so that nothing says which "
                "rows belong together: save ids with both, or with neither"
            )
    shared, rows_a, rows_b = np.intersect1d(a.ids, b.ids, assume_unique=True, return_indices=True)
    if not len(shared):
        raise ValueError(f"{a.file} and {b.file} share no ids, such as {a.ids[0]} and {b.ids[0]}")
    only = len(a.ids) - len(shared), len(b.ids) - len(shared)
    said = f"{len(shared):,} rows, matched by their ids; {only[0]:,} and {only[1]:,} left out"
    order = rows_a.argsort()  # that of the first file
    return a.x[rows_a[order]], b.x[rows_b[order]], said
