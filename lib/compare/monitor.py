"""Similarity to a reference network, followed while another network is trained or pruned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torch import nn

from ..atomic_files import write_atomically
from ..validation import integer
from .compared_network import unwrapped
from .images import refuse_iterator
from .network_comparison import compare_networks

if TYPE_CHECKING:
    import pandas as pd

TEXTS = ("layer_x", "layer_y", "kind", "metric", "reshape", "note", "ci_note")
"""Columns of words, which may be empty; names of layers may look like numbers."""


class SimilarityMonitor:
    """Follows how similar a network is to a reference, step by step::

        monitor = SimilarityMonitor(copy.deepcopy(network), images, file="similarity.csv")
        for epoch in range(epochs):
            train(network)
            monitor(network, step=epoch)

    What a training computes is the same with it and without: modes, buffers and random
    numbers are left as they are. Of `DistributedDataParallel`, `DataParallel` and
    `torch.compile` the network inside is followed, whose names its layers have; so one
    process of several may call the monitor alone. `monitor.lightning()` and
    `monitor.transformers()` are callbacks for the trainers of these packages, and do
    the same after each epoch, or every so many steps.

    Args:
        reference: the network to compare with. It must stay as it is, so of one that
            will be trained give a copy.
        images: as for `compare_networks`, and not an iterator, which is gone through
            once. Some hundreds take little of an epoch's time.
        layers: as for `compare_networks`; None chooses.
        file: a CSV file, written anew after each step. If there is one, its steps
            before the first one here are kept, so that an interrupted training goes on
            with it. None for no file.
        writer: gets a scalar `similarity/LAYER/METRIC/RESHAPE` for each number, by
            `add_scalar(tag, value, step)`, as a `SummaryWriter` of TensorBoard does;
            None for none.
        options: others of `compare_networks`, such as `metrics` or `forward`. Intervals
            are left out unless `level` is given.

    Raises:
        ValueError: images that come only once, or a file that is no table of a monitor.
    """

    def __init__(
        self,
        reference: nn.Module,
        images: object,
        layers: object = None,
        *,
        file: str | Path | None = None,
        writer: object = None,
        **options: object,
    ) -> None:
        refuse_iterator(images)
        self.reference, self.images, self.layers = reference, images, layers
        self.file, self.writer = Path(file) if file else None, writer
        self._options = {"level": None, "kept": {}, **options}
        self._earlier = _read(self.file) if self.file and self.file.exists() else None
        self._steps: dict[float, pd.DataFrame] = {}

    @property
    def table(self) -> pd.DataFrame:
        """All rows so far: `step`, and the columns of `compare_networks`."""
        import pandas as pd  # takes a while

        steps = [rows.assign(step=step) for step, rows in sorted(self._steps.items())]
        earlier = self._earlier
        if earlier is not None and self._steps:
            earlier = earlier[earlier.step < min(self._steps)]
        parts = [part for part in (earlier, *steps) if part is not None and len(part)]
        if not parts:
            return pd.DataFrame(columns=["step"])
        table = pd.concat(parts, ignore_index=True)
        return table[["step", *table.columns.drop("step")]]

    def __call__(self, network: nn.Module, step: float) -> pd.DataFrame:
        """Compare a network with the reference, and write down what is found.

        Args:
            network: as it is now.
            step: a number that says when; what was found for it before is replaced.

        Returns:
            the rows of this step, as `compare_networks` gives them.

        Raises:
            ValueError: the network is the reference itself; otherwise as for
                `compare_networks`.
            OSError: the file cannot be written; what was in it is still there.
        """
        if unwrapped(network) is unwrapped(self.reference):
            raise ValueError(
                "network: it is the reference itself, and always the same as that; give "
                "SimilarityMonitor a copy, copy.deepcopy(network), made before the training"
            )
        rows = compare_networks(self.reference, network, self.images, self.layers, **self._options)
        self._options["say"] = None  # which layers were chosen is said once
        self._steps[step] = rows
        if self.file:
            write_atomically(self.file, lambda part: self.table.to_csv(part, index=False))
        if self.writer is not None:
            for row in rows.dropna(subset="value").itertuples():
                tag = f"similarity/{row.layer_y}/{row.metric}/{row.reshape}"
                self.writer.add_scalar(tag, row.value, step)
        return rows

    def lightning(self, every: int | None = None) -> object:
        """A `Callback` of Lightning; its `step` is `trainer.global_step`.

        Args:
            every: compare after each so many of these steps; None for after each epoch.

        Raises:
            ImportError: neither `lightning` nor `pytorch_lightning` is installed.
            ValueError: `every` is no integer of 1 or more.
        """
        interval = _Interval(every)
        try:
            from lightning.pytorch import Callback
        except ImportError:
            from pytorch_lightning import Callback
        monitor = self

        class Follow(Callback):
            def on_train_batch_end(
                self, trainer: object, pl_module: nn.Module, *given: object
            ) -> None:
                if trainer.is_global_zero and interval.ends_at(trainer.global_step):
                    monitor(pl_module, trainer.global_step)

            def on_train_epoch_end(self, trainer: object, pl_module: nn.Module) -> None:
                if trainer.is_global_zero and not every:
                    monitor(pl_module, trainer.global_step)

        return Follow()

    def transformers(self, every: int | None = None) -> object:
        """A `TrainerCallback` of Hugging Face's transformers; its `step` is `state.global_step`.

        Args:
            every: compare after each so many of these steps; None for after each epoch.

        Raises:
            ImportError: `transformers` is not installed.
            ValueError: `every` is no integer of 1 or more.
        """
        interval = _Interval(every)
        from transformers import TrainerCallback

        monitor = self

        class Follow(TrainerCallback):
            def on_step_end(
                self, args: object, state: object, control: object, **given: object
            ) -> None:
                if state.is_world_process_zero and interval.ends_at(state.global_step):
                    monitor(given["model"], state.global_step)

            def on_epoch_end(
                self, args: object, state: object, control: object, **given: object
            ) -> None:
                if state.is_world_process_zero and not every:
                    monitor(given["model"], state.global_step)

        return Follow()


class _Interval:
    """Every so many steps, each once: with accumulated gradients several batches share a step."""

    def __init__(self, every: int | None) -> None:
        self.every = None if every is None else integer("every", every, 1)
        self._last = 0

    def ends_at(self, step: int) -> bool:
        ends = self.every is not None and step != self._last and step % self.every == 0
        self._last = step
        return ends


def _read(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=dict.fromkeys(TEXTS, str))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"file: {file} is no table of a monitor: {error}") from error
    if not {"step", "layer_x", "layer_y", "metric", "value"} <= set(table.columns):
        raise ValueError(
            f"file: {file} is no table of a monitor, its columns are {list(table.columns)}; "
            "give another name"
        )
    return table.fillna(dict.fromkeys(TEXTS, ""))
