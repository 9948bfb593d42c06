"""Debiased CKA of many pairs of layers, estimated batch by batch, so that no outputs are kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ..metrics.inputs import as_matrix

if TYPE_CHECKING:
    from .layer_pairs import LayerForm, LayerPair

MINIBATCH_CKA = "cka_minibatch"
"""What the table calls it, to tell it from `cka_debiased` of all images at once."""

MINIBATCH_FORMS = ("flat", "gap", "cls")
"""Those with one row an image."""

FEWEST_IN_BATCH = 4
"""Images, for an estimate without bias; a batch of fewer is left out."""

INTERVAL_BY_BATCHES = "estimated batch by batch; ask for cka_debiased"


class MinibatchEstimate:
    """The unbiased HSIC₁ of pairs of layers, summed up over batches.

    Nguyen et al. (2021), eqs. 2 and 3, as `lib.metrics.MinibatchCKA` has it for one
    pair. Here the Gram matrices of a batch are computed once a layer, and all their
    inner products are one product.

    Args:
        items: pairs of layers in the same form, with one row an image.
    """

    def __init__(self, items: Sequence[LayerPair]) -> None:
        self.items = items
        self.xs, self.ys = (
            list(dict.fromkeys(sides)) for sides in zip(*(i.sides for i in items), strict=True)
        )
        self._hsic: tuple[Tensor, Tensor, Tensor] | None = None  # of x and y, of x, and of y
        self._images: list[int] = []  # in each batch

    def add(self, outputs: Mapping[LayerForm, Tensor]) -> None:
        """Add what the layers of all items give for a batch of images."""
        images = len(outputs[self.xs[0]])
        self._images.append(images)
        if images < FEWEST_IN_BATCH:
            return
        of_x, of_y = (
            _grams([as_matrix(outputs[side], self.items[0].reshape) for side in sides])
            for sides in (self.xs, self.ys)
        )
        added = _hsic(of_x, of_y), _hsic(of_x), _hsic(of_y)
        before = self._hsic or (0, 0, 0)
        self._hsic = tuple(old + new for old, new in zip(before, added, strict=True))

    def rows(self, ci_note: str = INTERVAL_BY_BATCHES) -> Iterator[dict]:
        """A row for each item, whose note says how many batches there were.

        Args:
            ci_note: why there is no interval, or "".
        """
        few = [images for images in self._images if images < FEWEST_IN_BATCH]
        used = [images for images in self._images if images >= FEWEST_IN_BATCH]
        note = f"mean over {len(used)} batches of {max(used, default=0)} images"
        if few:
            note += f", without {sum(few)} in batches of fewer than {FEWEST_IN_BATCH}"
        values = self._values() if used else None
        for item in self.items:
            x, y = item.sides
            value = values[self.xs.index(x)][self.ys.index(y)] if used else math.nan
            why = "; in none of them do both layers vary" if math.isnan(value) else ""
            for row in item.rows():
                yield row | {"value": value, "note": note + why, "ci_note": ci_note}

    def _values(self) -> list[list[float]]:
        cross, own_x, own_y = self._hsic
        scales = own_x.clamp_min(0).outer(own_y.clamp_min(0)).sqrt()
        defined = scales > 0
        return (cross / scales).clamp(-1, 1).where(defined, math.nan).tolist()


def _grams(matrices: Sequence[Tensor]) -> Tensor:
    """Centred Gram matrices of a batch `(k, n, n)`, float64, of products in the precision given."""
    grams = torch.stack([_products(rows).to(torch.float64) for rows in matrices])
    means = grams.mean(1)
    return grams.sub_(means[:, None]).sub_(means[:, :, None]).add_(means.mean(1)[:, None, None])


def _products(rows: Tensor) -> Tensor:
    """Inner products `(n, n)` of rows from which the first one is taken, in their precision.

    So centring takes no large number from another one.
    """
    rows = rows.to(torch.promote_types(rows.dtype, torch.float32))
    shifted = rows - rows[0]
    return shifted @ shifted.T


def _hsic(of_x: Tensor, of_y: Tensor | None = None) -> Tensor:
    """HSIC₁ of centred Gram matrices `(k, n, n)` and `(l, n, n)`, each with each `(k, l)`; of one
    argument, each with itself `(k,)`.

    Song et al. (2012), eq. 5, as `lib.metrics.cka_nbs` has it.
    """
    n = of_x.shape[1]
    diagonals = [grams.diagonal(dim1=1, dim2=2) for grams in (of_x, of_x if of_y is None else of_y)]
    traces = [diagonal.sum(1) for diagonal in diagonals]
    if of_y is None:
        inner, along = of_x.square().sum((1, 2)), diagonals[0].square().sum(1)
        product = traces[0].square()
    else:
        inner, along = of_x.flatten(1) @ of_y.flatten(1).T, diagonals[0] @ diagonals[1].T
        product = traces[0].outer(traces[1])
    return (inner - along * n / (n - 2) + product / ((n - 1) * (n - 2))) / (n * (n - 3))
