"""Tensors and tables of a job on disk."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import torch

from ..atomic_files import write_atomically
from ..integrity import DamagedError


def save_tensors(path: Path, content: dict) -> Path:
    """Tensors and plain values to a file, atomically; returns the path.

    The same content gives the same bytes, whatever the file is called while it is
    written.
    """

    archive = io.BytesIO()  # by a path, its name would go into it, and a full disk be no OSError
    torch.save(content, archive)
    write_atomically(path, lambda part: part.write_bytes(archive.getbuffer()))
    return path


def save_table(path: Path, table: pd.DataFrame) -> Path:
    """A table to a Parquet file, atomically; returns the path."""
    write_atomically(path, lambda part: table.to_parquet(part, index=False))
    return path


def read_whole(path: Path) -> dict:
    """What `torch.save` wrote, on the CPU and without executing any code from the file.

    PyTorch writes a zip archive with checksums, but reads it without checking them.

    Raises:
        DamagedError: the file cannot be read, or not all of it is what was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if wrong := archive.testzip():
                raise DamagedError(f"the checksum of {wrong} differs")
            # the bit that makes it a folder: PyTorch would give what happens to be in the memory
            if any(record.external_attr for record in archive.infolist()):
                raise DamagedError("it has records that PyTorch does not write")
        return torch.load(path, map_location="cpu", weights_only=True)
    except DamagedError:
        raise
    except OSError as error:  # a bad sector is damage too
        raise DamagedError(error.strerror) from error
    except Exception as error:  # the reader may fail in any way
        reason = " ".join(str(error).split())[:100]
        raise DamagedError(f"{type(error).__name__}: {reason}") from error
