"""One layer of one network, with each reshape that a metric may ask for."""

from torch import Tensor

from .inputs import as_tensor
from .representation import Representation


class LayerRepresentations:
    """One layer of one network on the probe images, with its `Representation` for each reshape.

    Wrap the complete network's layers once and compare them with all others: what
    depends on them alone is computed once.

    Args:
        data: `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16, bf16, fp32 or fp64.
        name: what errors call it.

    Attributes:
        one_shape: whether all reshapes give the same matrix, since there are no
            positions.

    Raises:
        ValueError: data that no metric accepts.
    """

    def __init__(self, data: object, *, name: str = "x") -> None:
        self.name = name
        self._data: Tensor | None = as_tensor(data, name)
        self.one_shape = self._data[0, :1].numel() == 1
        self._images = len(self._data)
        self._reshaped: dict[str, Representation] = {}

    def __len__(self) -> int:
        """Number of data points."""
        return self._images

    def reshaped(self, reshape: str) -> Representation:
        """The layer with this reshape.

        Raises:
            RuntimeError: after `detach`, for a reshape that was not used before.
        """
        if reshape not in self._reshaped:
            if self._data is None:
                raise RuntimeError(f"{self.name}: the data were detached; attach them again")
            self._reshaped[reshape] = Representation(self._data, reshape, name=self.name)
        return self._reshaped[reshape]

    def detach(self) -> None:
        """Let go of the data, keep all statistics computed so far."""
        self._data = None
        for representation in self._reshaped.values():
            representation.detach()

    def attach(self, data: object) -> None:
        """Give the same data again after `detach`.

        Raises:
            ValueError: if shape, dtype or device differ. The values aren't compared.
        """
        self._data = as_tensor(data, self.name)
        for representation in self._reshaped.values():
            representation.attach(self._data)
