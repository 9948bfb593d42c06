"""Validation of the metrics' input."""

import math
import warnings

import numpy as np
import torch
from torch import Tensor

RESHAPES = ("channels", "flat", "gap")
"""Reshapes of maps, (n, c, h, w), to a matrix: see `as_matrix`."""

WANTED = "a numpy array or torch tensor of floats, of shape (n, p) or (n, c, h, w)"


class DegenerateError(ValueError):
    """The input is valid, but the quantity is not defined for it."""


def as_tensor(value: object, name: str) -> Tensor:
    """A representation as a detached tensor that shares its memory.

    Raises:
        ValueError: not `(n, p)` or `(n, c, h, w)`, not finite floats, fewer than two rows.
    """
    if isinstance(value, np.ndarray):
        tensor = _from_numpy(value, name)
    elif isinstance(value, Tensor):
        tensor = value.detach()
    else:
        raise ValueError(f"{name}: got {type(value).__name__}, want {WANTED}")
    if tensor.layout != torch.strided:
        raise ValueError(f"{name}: got a tensor of layout {tensor.layout}, want a dense one")
    if tensor.dtype not in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        raise ValueError(f"{name}: got dtype {tensor.dtype}, want a float of 16, 32 or 64 bits")
    shape = tuple(tensor.shape)
    if tensor.ndim not in (2, 4):
        raise ValueError(f"{name}: got shape {shape}, want (n, p) or (n, c, h, w)")
    if tensor.numel() == 0:
        raise ValueError(f"{name}: got shape {shape}, which is empty; want n >= 2 and p >= 1")
    if shape[0] < 2:
        raise ValueError(f"{name}: got shape {shape}, one data point; want n >= 2")
    low, high = torch.aminmax(tensor)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name}: got NaN or infinite values, want finite ones")
    return tensor


def _from_numpy(value: np.ndarray, name: str) -> Tensor:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name}: got a masked array, want one whose values all count")
    if value.dtype.kind != "f" or value.dtype.itemsize > 8:
        raise ValueError(f"{name}: got dtype {value.dtype}, want a float of 16, 32 or 64 bits")
    if not value.dtype.isnative or any(stride < 0 for stride in value.strides):
        value = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("="))
    with warnings.catch_warnings():
        # torch warns that it could write to a read-only array. Nothing here writes.
        warnings.filterwarnings("ignore", message=".*not writable.*")
        return torch.from_numpy(value)


def check_same_points(
    x: tuple[int, ...], y: tuple[int, ...], reshape: str, names: tuple[str, str]
) -> None:
    """Refuse two shapes with different numbers of data points or, for `"channels"`, positions."""
    if x[0] != y[0]:
        raise ValueError(f"{names[1]}: got {y[0]} data points, want {x[0]} as in {names[0]}")
    if positions(x, reshape) != positions(y, reshape):
        raise ValueError(
            f"{names[1]}: got shape {y}, want the spatial size of {names[0]}, whose shape is {x}; "
            "reshape='gap' or 'flat' compares maps of different sizes"
        )


def positions(shape: tuple[int, ...], reshape: str) -> tuple[int, int]:
    """Height and width that the rows run over; (1, 1) where a row is a data point."""
    return (shape[2], shape[3]) if len(shape) == 4 and reshape == "channels" else (1, 1)


def with_float64(tensor: Tensor) -> Tensor:
    """The tensor on a device that has float64, the CPU if its own doesn't."""
    return tensor.to("cpu") if tensor.device.type == "mps" else tensor


def as_matrix(tensor: Tensor, reshape: str) -> Tensor:
    """Rows and columns of a tensor, with as few copies as possible; the mean of `"gap"` is
    float64."""
    if tensor.ndim == 2:
        return tensor
    if reshape == "gap":
        return tensor.mean((2, 3), dtype=torch.float64)
    # Column by column, so that the values of a map stay contiguous: that copies faster.
    return tensor.transpose(0, 1).flatten(1).T if reshape == "channels" else tensor.flatten(1)
