"""Representations in files of NumPy or Parquet, whose rows are matched by their ids."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

LIKE_IDS = ("id", "ids")
"""What is called so is most likely ids, whatever its capitals."""


HOW_TO_SAVE = (
    "numpy.save(file, x), or numpy.savez(file, x=x, ids=ids) with ids that are numbers or texts, "
    "or table.to_parquet(file)"
)


class SavedArray(NamedTuple):
    """A representation from a file."""

    file: str
    x: np.ndarray  # (n, p) or (n, c, h, w)
    ids: np.ndarray | None  # (n,) what each row is of, if the file says so


def load_array(file: str | Path) -> SavedArray:
    """A representation that was saved; nothing in the file is executed.

    Args:
        file: `.npy`, or `.npz` with `x`, or a single array, and perhaps `ids` `(n,)`;
            or `.parquet` with a column for each feature, and perhaps a column or an
            index `ids`.

    Raises:
        FileNotFoundError: it is not there.
        ValueError: it holds something else, NaN or infinite values, ids that are not
            one for each row, or what looks like ids and is not called so.
    """
    file = Path(file)
    if not file.is_file():
        is_what = "is a folder" if file.is_dir() else "is not there"
        raise FileNotFoundError(f"{file} {is_what}: give a file of numpy.save or numpy.savez")
    arrays = (_of_parquet if file.suffix == ".parquet" else _of_numpy)(file)
    ids = arrays.pop("ids", None)
    _check_names(str(file), arrays)
    x = arrays.get("x", next(iter(arrays.values())) if len(arrays) == 1 else None)
    if x is None:
        has = ", ".join(arrays) or "no array of numbers"
        raise ValueError(f"{file} has {has}, want x: numpy.savez(file, x=x, ids=ids)")
    _check_rows(str(file), x)
    if ids is not None:
        _check_ids(str(file), x, ids)
    return SavedArray(str(file), x, ids)


def _of_numpy(file: str | Path) -> dict[str, np.ndarray]:
    try:
        given = np.load(file, allow_pickle=False)
        return {"x": given} if isinstance(given, np.ndarray) else dict(given)
    except (ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        # NumPy takes any text for objects, and advises to execute what is in the file
        reason = "it holds objects, or no array" if "allow_pickle" in str(error) else error
        raise ValueError(f"{file} is no whole file of numbers ({reason}): {HOW_TO_SAVE}") from error


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
    elif not table.index.equals(pd.RangeIndex(len(table))):
        raise ValueError(
            f"{file}: its index, such as {table.index[0]}, may say what each row is of: call it "
            "ids, or drop it by reset_index(drop=True) if the order of the rows counts"
        )
    arrays = {"ids": table.pop("ids").to_numpy()} if "ids" in table else {}
    if texts := [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]:
        raise ValueError(
            f"{file}: column {texts[0]} holds no numbers; want a column for each feature, and "
            "ids, if there are any, in one that is called ids"
        )
    _check_names(str(file), table)
    return arrays | {"x": table.to_numpy()}


def _check_names(file: str, names: Iterable[object]) -> None:
    """Refuse a column or an array that would not be taken for the ids that it most likely is."""
    for name in names:
        if str(name).lower() in LIKE_IDS:
            raise ValueError(
                f"{file}: {name} looks like ids; call it ids, so that rows are matched"
            )


def _check_rows(file: str, x: np.ndarray) -> None:
    """Refuse what has no rows, or rows with values that are not finite."""
    if not x.ndim:
        raise ValueError(f"{file} has a single number, want an array (n, p) or (n, c, h, w)")
    if x.dtype.kind != "f":
        return  # which the metrics refuse
    wrong = np.flatnonzero(~np.isfinite(x).all(tuple(range(1, x.ndim))))
    if len(wrong):
        raise ValueError(
            f"{file} has NaN or infinite values in {len(wrong):,} of {len(x):,} rows, the first of "
            f"them row {wrong[0]}: leave such rows out; with ids in both files, out of one will do"
        )


def _check_ids(file: str, x: np.ndarray, ids: np.ndarray) -> None:
    if ids.shape != x.shape[:1]:
        raise ValueError(f"{file}: ids of shape {ids.shape}, want one for each of {len(x)} rows")
    import pandas as pd  # takes a while

    missing = np.flatnonzero(pd.isna(ids))
    if len(missing):
        raise ValueError(f"{file}: row {missing[0]} has no id, want one for each row")
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
        ValueError: only one has ids, they share none, or there are none and the rows
            are not as many.
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
        such_as = " and ".join(str(ids[0]) if len(ids) else "none" for ids in (a.ids, b.ids))
        raise ValueError(
            f"{a.file} and {b.file} share no ids, such as {such_as}: give the same thing the same "
            "id in both"
        )
    only = len(a.ids) - len(shared), len(b.ids) - len(shared)
    summary = f"{len(shared):,} rows, matched by their ids; {only[0]:,} and {only[1]:,} left out"
    order = rows_a.argsort()  # that of the first file
    return a.x[rows_a[order]], b.x[rows_b[order]], summary
