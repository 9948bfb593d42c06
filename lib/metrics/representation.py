"""A representation, reshaped to a matrix, with all statistics of its data."""

import math
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property

import torch
from torch import Tensor

from ..did_you_mean import check
from .inputs import RESHAPES, DegenerateError, as_matrix, as_tensor, positions, with_float64
from .linalg import EPS, add_lower, mirrored, shifted
from .second_moments import Gram, Scatter

# Elements of a float64 block: it should fit a CPU's cache, and fill a GPU.
BLOCK_ELEMENTS = {"cpu": 1 << 18, "cuda": 1 << 25}
# Products of a few rows are slow.
FEWEST_ROWS = 256
# Each block of columns is one more pass over a Gram matrix.
FEWEST_COLUMNS = 1024


def rows_of_block(columns: int, device: torch.device) -> int:
    """Number of rows to process at a time, for a number of columns."""
    return max(BLOCK_ELEMENTS.get(device.type, BLOCK_ELEMENTS["cpu"]) // columns, FEWEST_ROWS)


class Representation:
    """A representation as a matrix of rows and columns, with its statistics.

    Statistics are computed in float64 and in blocks at their first use, and cached.

    Args:
        data: `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16, bf16, fp32 or fp64.
        reshape: `"channels"` `(n·h·w, c)`, `"flat"` `(n, c·h·w)` or `"gap"` `(n, c)`,
            the spatial mean. All the same for `(n, p)`.
        name: the name in error messages.

    Attributes:
        images: number of data points n.
        rows, columns: of the matrix.
        eps: relative rounding of the data.

    Raises:
        ValueError: data that no metric accepts; an unknown reshape.
    """

    _data: Tensor | None = None

    def __init__(self, data: object, reshape: str, *, name: str = "x") -> None:
        check("reshape", reshape, RESHAPES)
        tensor = as_tensor(data, name)
        self.name = name
        self.reshape = reshape
        self.shape = tuple(tensor.shape)
        self.images = len(tensor)
        self.rows = self.images * math.prod(positions(self.shape, reshape))
        self.columns = math.prod(self.shape[1:]) if reshape == "flat" else self.shape[1]
        self.eps = torch.finfo(tensor.dtype).eps
        self.device = tensor.device
        self.cache: dict[Hashable, object] = {}
        self.attach(tensor)

    @property
    def data(self) -> Tensor:
        """The tensor as given, or its spatial mean; a RuntimeError after `detach`."""
        if self._data is None:
            raise RuntimeError(f"{self.name}: the data were detached; attach them again")
        return self._data

    def detach(self) -> None:
        """Release the data, keep the statistics computed from them."""
        self._data = None

    def attach(self, tensor: Tensor) -> None:
        """Give the same data again after `detach`; that they are the same isn't checked."""
        tensor = with_float64(tensor)
        self._data = as_matrix(tensor, "gap") if self.reshape == "gap" else tensor

    @property
    def dead(self) -> int:
        """Number of columns without any variance."""
        by_columns = isinstance(self.statistic, Scatter)
        return self.columns - (self.statistic.width if by_columns else self._live_count)

    @property
    def rank(self) -> int:
        """Number of directions whose variance isn't rounding noise."""
        return self.statistic.rank

    @cached_property
    def rank_of_scaled(self) -> int:
        """`rank` of columns scaled alike, so that it doesn't depend on their units."""
        if isinstance(self.statistic, Scatter):
            return self.rank  # which scales them already
        return Gram.of(self._scaled_columns(), self.eps).rank

    @cached_property
    def statistic(self) -> Scatter | Gram:
        """The cheaper of the two statistics, scatter `(p, p)` or Gram `(n, n)`; a DegenerateError
        if no column has any variance."""
        if self._live_count > self.rows:
            statistic = Gram.of(self._column_blocks(), self.eps)
        else:
            statistic = Scatter.of(map(self._matrix, self.image_blocks()), self.eps)
        if statistic.trace == 0:
            raise DegenerateError(self._constant)
        return statistic

    @property
    def gram(self) -> Tensor:
        """Centred Gram matrix `(rows, rows)`."""
        if isinstance(self.statistic, Gram):
            return self.statistic.gram
        gram = self.statistic.mean.new_zeros(self.rows, self.rows)
        add_lower(gram, self.features)
        return mirrored(gram)

    @property
    def features(self) -> Tensor:
        """The coordinates of all rows at once `(rows, width)`."""
        return next(self.coordinates([slice(None)]))

    @cached_property
    def row_norms(self) -> Tensor:
        """Squared norms of the centred rows `(rows,)`, the diagonal of the Gram matrix."""
        if isinstance(self.statistic, Gram):
            return self.statistic.gram.diagonal()
        blocks = self.coordinates(self.image_blocks())
        return torch.cat([block.square().sum(1) for block in blocks])

    def coordinates(self, images: Iterable[slice | Tensor]) -> Iterator[Tensor]:
        """Coordinates `(rows of these images, width)` of sets of images, float64.

        See `second_moments` for the term. No set may be larger than the first, and each block
        overwrites the one before.
        """
        if isinstance(self.statistic, Gram):
            per_image = self.statistic.coordinates.unflatten(0, (self.images, -1))
            yield from (per_image[block].flatten(0, 1) for block in images)
            return
        mean, buffer = self.statistic.mean[self.statistic.live], None
        for block in map(self._matrix, images):
            live = block if len(mean) == block.shape[1] else block[:, self.statistic.live]
            if buffer is None:
                buffer = torch.empty_like(live, dtype=torch.float64)
            yield shifted(live, mean, buffer)

    @property
    def factor(self) -> tuple[Tensor, float]:
        """A thin factor `F` of the Gram matrix and its lift c: `F Fᵀ = K + c/n·11ᵀ`."""
        if isinstance(self.statistic, Gram):
            return self.statistic.root
        return self.features, 0.0

    def raw(self, images: slice | Tensor) -> Tensor:
        """Uncentred rows of these images with all columns, float64."""
        return self._scaled(as_matrix(self.data[images], self.reshape).to(torch.float64))

    def check_variance(self) -> None:
        """Refuse data of which all columns are constant, with a DegenerateError."""
        if not any(block.any() for block in self._differences()):
            raise DegenerateError(self._constant)

    def loadings(self, basis: Tensor) -> Tensor:
        """Inner products `(columns with variance, k)` of the features with a basis."""
        if isinstance(self.statistic, Scatter):
            return self.statistic.scatter @ basis
        vectors = self.statistic.coordinates @ basis
        # The vectors are orthogonal to 1, so the features needn't be centred, only shifted.
        return torch.cat(
            [(block - block[0].to(torch.float64)).T @ vectors for block in self._column_blocks()]
        )

    def image_blocks(self) -> Iterator[slice]:
        """Slices of the images, short enough for small float64 copies."""
        step = max(rows_of_block(self.columns, self.device) // (self.rows // self.images), 1)
        return (slice(start, start + step) for start in range(0, self.images, step))

    @property
    def _constant(self) -> str:
        return f"{self.name}: got shape {self.shape} without variance, want a column that varies"

    @property
    def _live_count(self) -> int:
        return self.columns if self._live is None else int(self._live.sum())

    @cached_property
    def _live(self) -> Tensor | None:
        """Mask of the columns that are not constant; None where p <= n, which does not need it."""
        if self.columns <= self.rows:
            return None
        live = torch.zeros(self.columns, dtype=torch.bool, device=self.data.device)
        for block in self._differences():
            live |= block.any(0)
            if live.all():
                break
        return live

    def _differences(self) -> Iterator[Tensor]:
        """Differences of the rows from the first row, block by block."""
        first = as_matrix(self.data[:1], self.reshape)[0]
        for images in self.image_blocks():
            yield as_matrix(self.data[images], self.reshape) != first

    @cached_property
    def _scale(self) -> float:
        """A power of two that keeps the fourth powers of the data within float64."""
        largest = torch.stack(torch.aminmax(self.data)).abs().max()  # without a copy of all
        exponent = largest.log2().round().item() if self.eps == EPS else 0
        return 2.0 ** min(-exponent, 1023) if 64 < abs(exponent) < math.inf else 1.0

    def _scaled(self, block: Tensor) -> Tensor:
        return block if self._scale == 1 else block * self._scale

    def _matrix(self, images: slice | Tensor) -> Tensor:
        block = as_matrix(self.data[images], self.reshape)
        if self._live is not None and not self._live.all():
            block = block[:, self._live]
        return self._scaled(block)

    def _column_blocks(self) -> Iterator[Tensor]:
        width = self.columns // self.shape[1]
        step = max(rows_of_block(self.rows, self.device), FEWEST_COLUMNS) // width or 1
        for start in range(0, self.shape[1], step):
            block = as_matrix(self.data[:, start : start + step], self.reshape)
            live = self._live[start * width : (start + step) * width]
            yield self._scaled(block if live.all() else block[:, live])

    def _scaled_columns(self) -> Iterator[Tensor]:
        """Centred columns of norm 1, block by block; 0 where a column varies only by rounding."""
        for block in self._column_blocks():
            mean = block.to(torch.float64).mean(0)
            centred = block - mean
            norms = torch.linalg.vector_norm(centred, dim=0)
            moves = norms > len(block) ** 0.5 * (8 * EPS * mean).abs()
            yield torch.where(moves, centred / norms, 0)


def as_representation(value: object, reshape: str, name: str) -> Representation:
    """The `Representation` of a metric's argument, which may be one of this reshape already."""
    if not isinstance(value, Representation):
        return Representation(value, reshape, name=name)
    if value.reshape != reshape:
        raise ValueError(
            f"{name}: got a Representation reshaped as {value.reshape!r}, want {reshape!r}"
        )
    return value


class LayerRepresentations:
    """One layer of one network, with its `Representation` for each reshape.

    Wrap the layers of the complete network once, and compare them with many others; their own
    statistics are then computed once.

    Args:
        data, name: as for `Representation`, whose errors are raised as well.

    Attributes:
        images: number of data points n.
        one_shape: whether all reshapes give the same matrix, since there are no positions.
    """

    def __init__(self, data: object, *, name: str = "x") -> None:
        self.name = name
        self._reshaped: dict[str, Representation] = {}
        self.attach(data)
        self.images = len(self._data)
        self.one_shape = self._data[0, :1].numel() == 1

    def reshaped(self, reshape: str) -> Representation:
        """The layer with this reshape; a RuntimeError after `detach`, for one not used before."""
        if reshape not in self._reshaped:
            if self._data is None:
                raise RuntimeError(f"{self.name}: the data were detached; attach them again")
            self._reshaped[reshape] = Representation(self._data, reshape, name=self.name)
        return self._reshaped[reshape]

    def detach(self) -> None:
        """Release the data, keep all statistics computed so far."""
        self._data: Tensor | None = None
        for representation in self._reshaped.values():
            representation.detach()

    def attach(self, data: object) -> None:
        """Give the same data again after `detach`; that they are the same isn't checked."""
        self._data = as_tensor(data, self.name)
        for representation in self._reshaped.values():
            representation.attach(self._data)
