"""What one would conclude from each reading: a "U", and the difference between metrics."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .robustness_axes import AXES
from .robustness_readings import Reading, Readings
from .style import VISIBLE

HALF = 0.5
"""What share of a "U" or of a contrast must be left for us to say that it remains."""

CONTRAST = ("cka", "svcca")
"""The second is subtracted from the first."""


@dataclass(frozen=True, eq=False)
class Quantity:
    """Something to conclude from, in each setting of an axis.

    Attributes:
        name: whose it is.
        values: index setting.
        base: the setting that the others are compared with.
    """

    name: str
    values: pd.Series
    base: str

    @property
    def there(self) -> bool:
        """Whether the base has enough of it for a reader of the figures to see."""
        return len(self.values) > 1 and abs(self.values.get(self.base, 0.0)) >= VISIBLE

    @property
    def remains(self) -> bool:
        """Whether every other setting keeps its sign and half of its size."""
        return bool((self.values.drop(self.base) / self.values[self.base] >= HALF).all())


def u(reading: Reading) -> Quantity:
    """The depth of the "U" of a reading."""
    return Quantity(reading.name, reading.depths.dropna(), reading.base)


def contrast(readings: Readings, axis: str, experiment: str) -> Quantity | None:
    """CKA minus SVCCA, each on the paper's reshape: the mean over the hidden layers.

    A metric that the axis does not vary stands as it is at the base of another axis.

    Returns:
        None if the axis varies neither, or one of them is nowhere.
    """
    sides = {name: readings.on_paper_reshape(axis, experiment, name) for name in CONTRAST}
    varied = [side for side in sides.values() if side is not None]
    if not varied:
        return None
    settings = [name for name in varied[0].common.index if name in varied[-1].common.index]
    frames = []
    for metric, side in sides.items():
        if side is not None:
            frames.append(side.common.loc[settings])
            continue
        side = _elsewhere(readings, experiment, metric, varied[0].iterations[1])
        if side is None:
            return None
        frames.append(pd.DataFrame([side.hidden.loc[side.base]] * len(settings), index=settings))
    cka, svcca = frames
    values = (cka - svcca).dropna(axis=1).mean(axis=1).dropna()
    return Quantity(varied[0].network, values, varied[0].base) if len(values) else None


def _elsewhere(readings: Readings, experiment: str, metric: str, iteration: int) -> Reading | None:
    for axis in AXES:
        reading = readings.on_paper_reshape(axis, experiment, metric)
        if reading is not None and reading.iterations[1] == iteration:
            return reading
    return None
