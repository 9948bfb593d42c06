"""One side of a comparison: the data, and everything that depends on this side only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property

import torch
from torch import Tensor

from .gram import centred_gram
from .inputs import RESHAPES, DegenerateError, as_matrix, as_tensor, check_choice, with_float64
from .moments import Moments
from .sides import GramSide, ScatterSide
from .values import EPS

# Elements of a float64 block: it should fit a CPU's cache, and fill a GPU.
BLOCK = {"cpu": 1 << 18, "cuda": 1 << 25}
FEWEST = 256


class Representation:
    """A representation as a matrix of rows and columns, with its statistics.

    Everything is computed when first asked for, in float64, in blocks, and kept. So a network
    that is compared with many others should be wrapped once.

    Args:
        data: `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16, bf16, fp32 or fp64.
        reshape: `"channels"` `(n·h·w, c)`, `"flat"` `(n, c·h·w)` or `"gap"` `(n, c)`, the spatial
            mean. All the same for `(n, p)`.
        name: what errors call it.

    Raises:
        ValueError: data that no metric accepts; an unknown reshape.
    """

    def __init__(self, data: object, reshape: str, *, name: str = "x") -> None:
        check_choice(reshape, RESHAPES, "reshape")
        tensor = as_tensor(data, name)
        self.name = name
        self.reshape = reshape
        self.shape = tuple(tensor.shape)
        self.dtype = tensor.dtype
        self.device = tensor.device
        self.memory: dict[str, object] = {}
        self._data: Tensor | None = self._prepare(tensor)

    def __repr__(self) -> str:
        kind = str(self.dtype).removeprefix("torch.")
        return f"Representation({self.name}: {self.shape} {kind} on {self.device}, {self.reshape})"

    @property
    def data(self) -> Tensor:
        """The tensor as given, or its spatial mean.

        Raises:
            RuntimeError: after `detach`.
        """
        if self._data is None:
            raise RuntimeError(f"{self.name}: the data were detached; attach them again")
        return self._data

    def detach(self) -> None:
        """Let go of the data, keep what was computed of them."""
        self._data = None

    def attach(self, data: object) -> None:
        """Give the same data again after `detach`.

        Raises:
            ValueError: if shape, dtype or device differ. The values aren't compared.
        """
        tensor = as_tensor(data, self.name)
        got = (tuple(tensor.shape), tensor.dtype, tensor.device)
        want = (self.shape, self.dtype, self.device)
        if got != want:
            raise ValueError(f"{self.name}: got data of {got}, want those detached, of {want}")
        self._data = self._prepare(tensor)

    @property
    def images(self) -> int:
        """Number of data points n."""
        return self.shape[0]

    @property
    def spatial(self) -> tuple[int, int]:
        """Height and width that the rows run over; (1, 1) where a row is a data point."""
        is_map = len(self.shape) == 4 and self.reshape == "channels"
        return (self.shape[2], self.shape[3]) if is_map else (1, 1)

    @property
    def rows(self) -> int:
        return self.images * self.spatial[0] * self.spatial[1]

    @property
    def columns(self) -> int:
        return math.prod(self.shape[1:]) if self.reshape == "flat" else self.shape[1]

    @property
    def dead(self) -> int:
        """Number of columns without any variance."""
        if isinstance(self.side, ScatterSide):
            return self.columns - self.side.width
        return self.columns - self._live_count

    @property
    def rank(self) -> int:
        """Number of directions whose variance isn't rounding noise."""
        return self.side.rank

    @property
    def participation_ratio(self) -> float:
        """Effective number of directions, (tr K)² / ‖K‖², between 1 and the rank."""
        return (self.side.trace / self.side.norm) ** 2

    @property
    def eps(self) -> float:
        """Relative rounding of the data."""
        return torch.finfo(self.dtype).eps

    @cached_property
    def side(self) -> ScatterSide | GramSide:
        """The cheaper of the two statistics: scatter `(p, p)` or Gram `(n, n)`.

        Raises:
            DegenerateError: a ValueError, if no column has any variance.
        """
        if self._by_columns:
            side = ScatterSide(Moments.of(self._row_blocks()), self.eps)
            empty = side.width == 0
        else:
            side = GramSide(centred_gram(self._column_blocks()), self.eps)
            empty = side.trace == 0
        if empty:
            raise DegenerateError(self._constant)
        return side

    @cached_property
    def row_norms(self) -> Tensor:
        """Squared norms of the centred rows `(rows,)`: the diagonal of the Gram matrix."""
        if isinstance(self.side, GramSide):
            return self.side.gram.diagonal()
        blocks = self.coordinates(self.image_blocks())
        return torch.cat([block.square().sum(1) for block in blocks])

    def coordinates(self, images: Iterable[slice | Tensor]) -> Iterator[Tensor]:
        """Coordinates `(rows of these images, width)` of sets of images, float64; see `sides`.

        No set may be larger than the first. Each block is overwritten by the next.
        """
        if isinstance(self.side, GramSide):
            per_image = self.side.coordinates.unflatten(0, (self.images, -1))
            yield from (per_image[block].flatten(0, 1) for block in images)
            return
        mean, buffer = self.side.mean[self.side.live], None
        for block in map(self._matrix, images):
            live = block if len(mean) == block.shape[1] else block[:, self.side.live]
            if buffer is None:
                buffer = mean.new_empty(live.shape)
            yield torch.sub(live, mean, out=buffer[: len(live)])

    @property
    def factor(self) -> tuple[Tensor, float]:
        """A thin factor `F` of the Gram matrix and its lift c: `F Fᵀ = K + c/n·11ᵀ`."""
        if isinstance(self.side, GramSide):
            return self.side.root
        return next(self.coordinates([slice(None)])), 0.0

    def raw(self, images: slice | Tensor) -> Tensor:
        """Uncentred rows of these images with all columns, float64."""
        block = self._as_matrix(self.data[images]).to(torch.float64)
        return block if self._scale == 1 else block * self._scale

    @cached_property
    def raw_norm(self) -> float:
        """Frobenius norm of the uncentred data.

        Raises:
            DegenerateError: without variance.
        """
        self.check_variance()
        blocks = (self.raw(images) for images in self.image_blocks(fewest=1))
        return math.hypot(*(torch.linalg.vector_norm(block).item() for block in blocks))

    def check_variance(self) -> None:
        """Refuse data without variance.

        Raises:
            DegenerateError: a ValueError, if all columns are constant.
        """
        first = self._as_matrix(self.data[:1])[0]
        blocks = (self._as_matrix(self.data[images]) for images in self.image_blocks())
        if not any((block != first).any() for block in blocks):
            raise DegenerateError(self._constant)

    def loadings(self, basis: Tensor) -> Tensor:
        """Inner products `(columns with variance, k)` of the features with a basis."""
        if isinstance(self.side, ScatterSide):
            return self.side.loadings(basis)
        vectors = self.side.coordinates @ basis
        # The vectors are orthogonal to 1, so the features needn't be centred, only shifted.
        return torch.cat(
            [(block - block[0].to(torch.float64)).T @ vectors for block in self._column_blocks()]
        )

    def image_blocks(self, fewest: int = FEWEST) -> Iterator[slice]:
        """Slices of the images, each of so few that a float64 copy is small.

        Args:
            fewest: rows that a block has at least, since products of a few rows are slow.
        """
        per_image = self.spatial[0] * self.spatial[1]
        rows = max(self._block_elements // self.columns, fewest)
        step = max(rows // per_image, 1)
        return (slice(start, start + step) for start in range(0, self.images, step))

    @property
    def _constant(self) -> str:
        return f"{self.name}: got shape {self.shape} without variance, want a column that varies"

    @property
    def _block_elements(self) -> int:
        return BLOCK.get(self.device.type, BLOCK["cpu"])

    @property
    def _by_columns(self) -> bool:
        return self._live_count <= self.rows

    @property
    def _live_count(self) -> int:
        return self.columns if self._live is None else int(self._live.sum())

    @cached_property
    def _live(self) -> Tensor | None:
        """Which columns aren't constant. None: not looked at, since p <= n whatever it is."""
        if self.columns <= self.rows:
            return None
        first = self._as_matrix(self.data[:1])[0]
        live = torch.zeros_like(first, dtype=torch.bool)
        for block in self.image_blocks():
            live |= (self._as_matrix(self.data[block]) != first).any(0)
            if live.all():
                break
        return live

    @cached_property
    def _scale(self) -> float:
        """A power of two that keeps the fourth powers of the data within float64."""
        exponent = self.data.abs().max().log2().round().item() if self.eps == EPS else 0
        return 2.0**-exponent if 64 < abs(exponent) < math.inf else 1.0

    def _prepare(self, tensor: Tensor) -> Tensor:
        tensor = with_float64(tensor)
        return as_matrix(tensor, "gap") if self.reshape == "gap" else tensor

    def _as_matrix(self, block: Tensor) -> Tensor:
        return as_matrix(block, self.reshape)

    def _matrix(self, images: slice | Tensor) -> Tensor:
        block = self._as_matrix(self.data[images])
        if self._live is not None and not self._live.all():
            block = block[:, self._live]
        return block if self._scale == 1 else block * self._scale

    def _row_blocks(self) -> Iterator[Tensor]:
        return (self._matrix(images) for images in self.image_blocks())

    def _column_blocks(self) -> Iterator[Tensor]:
        width = self.columns // self.shape[1]
        step = max(self._block_elements // self.rows, FEWEST) // width or 1
        for start in range(0, self.shape[1], step):
            block = self._as_matrix(self.data[:, start : start + step])
            live = self._live[start * width : (start + step) * width]
            block = block if live.all() else block[:, live]
            yield block if self._scale == 1 else block * self._scale
