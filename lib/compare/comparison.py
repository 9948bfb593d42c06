"""An original, compared layer by layer with any number of other networks."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from tqdm import tqdm

from ..atomic_files import write_atomically
from ..did_you_mean import check
from ..metrics import LayerRepresentations
from ..metrics.compare import DEFAULT_METRICS, by_reshape, pair_of_layers, rows_of_pair
from ..metrics.groups import check_permutations, group_labels, read_groups, repeats_note
from ..models.module_outputs import Forward, tensors_in
from ..models.recording import concatenated, fitting
from ..scale import relative_to_each
from ..validation import integer
from .images import Batches
from .network import ComparedNetwork, Layer, digest

if TYPE_CHECKING:
    import pandas as pd

MOST_LAYERS = {"same": 32, "all": 12}
"""Most layers of a network in the default choice; there are as many pairs, or the square of
this."""

FEW, HIGH = 3, 0.95
"""With fewer strangers, or a higher similarity of theirs, the relative similarity is uncertain."""

NUMBERS = (
    "value",
    "null_mean",
    "null_sd",
    "p_value",
    "rank_x",
    "rank_y",
    "dead_x",
    "dead_y",
    "id_x",
)
"""What a row has of a row of `lib.metrics.compare`, besides its notes."""

PAIRED = "layers={name in a: name in b}"


class Comparison:
    """An original whose statistics are kept, to be compared with several networks.

    Statistics of strangers are kept as well. Outputs are kept if those of all layers fit into
    `memory`; if not, layers are taken in groups that fit, and networks run once for each group.

    Args:
        original: the network a of `compare_networks`, which has all arguments but these:
        also: reshapes in addition to those of each metric.
        output_metrics: metrics of the output alone.
        dimensions: whether rows have `id_x`, as in `lib.metrics.compare`.

    Attributes:
        said: the message about the images and the layers.
        images: their number, once there are rows.
    """

    def __init__(
        self,
        original: nn.Module,
        images: object,
        layers: Mapping[str, str | Sequence[str]] | Sequence[str] | None = None,
        metrics: Sequence[str] = DEFAULT_METRICS,
        pairs: str = "same",
        device: torch.device | str | None = None,
        batch_size: int = 64,
        *,
        reshapes: Sequence[str] | None = None,
        permutations: int = 0,
        seed: int = 0,
        groups: object = None,
        memory: int = 2 << 30,
        image_size: int = 224,
        forward: Forward | None = None,
        say: Callable[[str], object] | None = print,
        level: None = None,
        also: Sequence[str] = (),
        output_metrics: Sequence[str] = (),
        dimensions: bool = False,
    ) -> None:
        metrics, reshapes, layers = (
            [given] if isinstance(given, str) else given for given in (metrics, reshapes, layers)
        )
        check("pairs", pairs, MOST_LAYERS)
        if level is not None:
            raise ValueError(
                f"level: got {level}, but intervals over images, which only CKA had, are no longer "
                "computed; p-values and strangers say how sure a value is"
            )
        self.metrics = by_reshape(metrics, reshapes, also)
        self.of_output = by_reshape([*metrics, *output_metrics], reshapes, also)
        if not self.metrics:
            raise ValueError(
                f"metrics: got {list(metrics)}, none of which can be computed with "
                f"reshapes={reshapes}; change one of the two"
            )
        check_permutations(permutations, seed)
        self.memory = integer("memory", memory, 1)
        self.labels, self.groups, self.repeated = group_labels(groups), None, ""
        self.choice, self.say, self.dimensions = pairs, say, dimensions
        self.inference = {"permutations": permutations, "seed": seed}
        self.original = ComparedNetwork(original, "a", device, forward)
        self.batches = Batches(images, batch_size, image_size, memory, forward is not None)
        if self.labels is not None and self.batches.shuffled:
            raise ValueError(
                "groups: belong to images in their order, but the loader takes another one each "
                "time; give it shuffle=False"
            )
        self.said, self.images, self.silent = self.batches.description, 0, say is None
        self.strangers: dict[int, ComparedNetwork] = {}
        self.attached: set[Layer] = set()  # those of a and of strangers whose outputs are kept
        with self.original.placed():
            self.original.look_at(self.batches.first)
            if forward:
                self.batches.size = self.original.rows
            self.named = None if layers is None else _named(layers, pairs)
            if self.named is None:
                self.layers = self._proposed(self.original)
            else:
                self.layers = [*map(self.original.layer, dict.fromkeys(x for x, _ in self.named))]
            self.original.trace = None

    def rows(
        self,
        network: nn.Module,
        strangers: Sequence[nn.Module] = (),
        label: str = "b",
        **inference: int,
    ) -> list[dict]:
        """The rows of `compare_networks` for one network, and the strangers beside it.

        Args:
            label: what the progress bar calls the network.
            inference: `permutations` and `seed`, if they differ from network to network.
        """
        network_b = self._network(network, "b")
        networks = [self.original]
        for i, stranger in enumerate(strangers, 1):
            known = self._network(stranger, f"stranger {i}")
            known = self.strangers.setdefault(id(known.network), known)
            if same := [n.label for n in (*networks, network_b) if n.network is known.network]:
                raise ValueError(f"stranger {i}: is {same[0]} itself; want another network")
            networks.append(known)
        networks.append(network_b)
        with ExitStack() as stack:
            bar = tqdm(desc=label, delay=2, leave=False, disable=self.silent)
            self.bar = stack.enter_context(bar)
            for one in networks:
                stack.enter_context(one.placed())
                one.look_at(self.batches.first)
            pairs = self._pairs(network_b)
            of_pairs = [(*(one.layer(x.name) for one in networks[:-1]), y) for x, y in pairs]
            for one in networks:
                one.trace = None  # which holds the outputs of all modules
            if 0 < len(strangers) < FEW:
                self._add(
                    f"strangers: {len(strangers)}; in the median, one more moves the relative "
                    "similarity by 0.001 to 0.02. A stranger trained less than `a` raises it."
                )
            if self.say and self.said:
                self.say(self.said)
                self.say = None
            rows = [*self._rows(networks, of_pairs, self.inference | inference)]
        if all(math.isnan(row["rank_x"]) for row in rows):
            raise ValueError(rows[0]["note"])  # no pair has been compared
        return rows

    def table(
        self,
        network: nn.Module,
        strangers: Sequence[nn.Module] = (),
        label: str = "b",
        folder: str | Path | None = None,
    ) -> pd.DataFrame:
        """The table of `compare_networks`, kept in a folder if there is one."""
        import pandas as pd  # takes a while

        if folder is None:
            table = pd.DataFrame(self.rows(network, strangers, label)).drop(columns="id_x")
            table.attrs = {"images": self.images, "layers": self.said}
            return table
        file = Path(folder) / f"{label.replace(' ', '_')}_{self.key(network, strangers)}.csv"
        if not file.exists():
            table = self.table(network, strangers, label)
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, lambda part: table.to_csv(part, index=False, na_rep="nan"))
        texts = {"layer_x": str, "layer_y": str}  # which may look like numbers
        return pd.read_csv(file, dtype=texts, keep_default_na=False, na_values=["nan"])

    def key(self, network: nn.Module, strangers: Sequence[nn.Module]) -> str:
        """A digest of all that decides the rows of these networks; of their code, what their
        modules give for the images at the start."""
        of_networks = []
        named = {"a": self.original.network, "b": network}
        named |= {f"stranger {i}": stranger for i, stranger in enumerate(strangers, 1)}
        for label, one in named.items():
            known = self._network(one, label)
            with known.placed():
                known.look_at(self.batches.first)
            given = digest(call.tensor for call in known.trace.calls.values())
            of_networks.append((known.weights(), given))
        if self.original.forward:
            of_images = [digest(tensors_in(batch)) for batch in self.batches]
        else:
            of_images = self.batches.contents
            self.images = len(of_images)
        names = [layer.name for layer in self.layers]
        asked = (self.of_output, names, self.named, self.choice, self.labels, self.inference)
        text = repr((of_networks, of_images, asked))
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def _network(self, network: nn.Module, label: str) -> ComparedNetwork:
        return ComparedNetwork(network, label, self.original.device, self.original.forward)

    def _add(self, line: str) -> None:
        """Add a line to the message."""
        if line not in self.said:
            self.said = f"{self.said}\n{line}".lstrip()

    def _proposed(self, network: ComparedNetwork) -> list[Layer]:
        """The layers that a network declares, or its main parts; the message says which."""
        layers, why = dict(getattr(network.network, "recorded_layers", ())), "which it declares"
        if not layers:
            layers = network.trace.parts(network.rows, MOST_LAYERS[self.choice])
            why = f"its main parts, {MOST_LAYERS[self.choice]} at most"
        if not layers:
            raise ValueError(
                f"layers: no module of {network.label} gives floats for each image, with images "
                "first; name what to compare, layers=[...], or have the network return such a "
                "tensor"
            )
        self._add(
            f"{network.label}: {len(layers)} layers, {why}: {_listed(layers)}. layers=[...] names "
            "others, as in named_modules()."
        )
        return [network.layer(*layer) for layer in layers.items()]

    def _pairs(self, network: ComparedNetwork) -> list[tuple[Layer, Layer]]:
        """Pairs of layers of the original and of this network."""
        of_a = {layer.name: layer for layer in self.layers}
        if self.named is not None:
            try:
                return [(of_a[x], network.layer(y)) for x, y in dict.fromkeys(self.named)]
            except ValueError as error:
                reason = str(error).rstrip(".")
                raise ValueError(f"{reason}. To pair layers of other names: {PAIRED}") from error
        if self.choice == "all":
            return [*product(self.layers, self._proposed(network))]
        has = network.trace.calls
        if not (common := [layer for layer in self.layers if layer.name in has]):
            raise ValueError(
                f"layers: b has none of {_listed(of_a)}, but {_listed(has)}; say which pairs, "
                f'{PAIRED}, or take pairs="all"'
            )
        if left_out := [name for name in of_a if name not in has]:
            self._add(
                f"b: has no layers of the names {', '.join(left_out)}. "
                'pairs="all" compares layers whatever their names.'
            )
        return [(layer, network.layer(layer.name)) for layer in common]

    def _rows(
        self,
        networks: Sequence[ComparedNetwork],
        pairs: Sequence[tuple[Layer, ...]],
        inference: Mapping[str, object],
    ) -> Iterator[dict]:
        """The rows of pairs: layers of the original, of each stranger, and of the network."""
        most = len(self.batches) * self.batches.size  # if all are as large as the first
        needs = {layers: {layer: layer.bytes(most) for layer in layers} for layers in pairs}
        ours = {layer for *of_kept, _ in pairs for layer in of_kept}
        keeps = sum(layer.bytes_kept(most) for layer in ours) <= self.memory
        groups = fitting(needs, self.memory)
        self.bar.total = len(groups) * len(self.batches) + len(pairs)
        for group in groups:
            if (size := sum(needs[group[0]].values())) > self.memory:
                x, *_, y = group[0]
                reason = (
                    f"{x.title} and {y.title} need {size / 2**20:,.1f} MiB for {most:,} images, "
                    "more than memory allows; raise memory, or take fewer images"
                )
                y.side = ValueError(reason)
            else:
                self._read(networks, group)
            uses = Counter(layers[-1] for layers in group)
            for layers in group:
                self.bar.update()
                yield from self._of_pair(layers, inference)
                uses[layers[-1]] -= 1
                if not uses[layers[-1]]:
                    layers[-1].side = None  # each layer of the network goes when it is done
            if len(groups) > 1:
                for layer in self.attached:
                    if keeps:
                        layer.side.detach()
                    else:
                        layer.side = None
                self.attached.clear()

    def _read(
        self, networks: Sequence[ComparedNetwork], pairs: Sequence[tuple[Layer, ...]]
    ) -> None:
        """Read the layers of these pairs, in one pass over the images."""
        columns = [dict.fromkeys(layers) for layers in zip(*pairs, strict=True)]
        wanted = [[layer for layer in layers if layer not in self.attached] for layers in columns]

        def outputs() -> Iterator[dict[Layer, Tensor]]:
            for batch in self.batches:
                found: dict[Layer, Tensor] = {}
                for network, layers in zip(networks, wanted, strict=True):
                    if layers:
                        found |= network.outputs(batch, layers)
                self.bar.update()
                yield found

        for layer, data in concatenated(outputs()).items():
            self.images = len(data)
            try:
                if isinstance(layer.side, LayerRepresentations):
                    layer.side.attach(data)
                else:
                    layer.side = LayerRepresentations(data, name=layer.title)
            except ValueError as error:
                layer.side = error
                continue
            if layer not in columns[-1]:
                self.attached.add(layer)
        self.groups = read_groups(self.labels, self.images)
        if self.labels is None and self.batches.different is not None:
            self.repeated = repeats_note(self.images, self.batches.different)

    def _of_pair(self, layers: Sequence[Layer], inference: Mapping[str, object]) -> Iterator[dict]:
        """The rows of a layer of the original and one of the network, with those of strangers."""
        x, *others, y = layers
        more = {"dimensions": self.dimensions, "groups": self.groups, "repeated": self.repeated}
        for reshape, metrics in (self.of_output if x.kind == "out" else self.metrics).items():
            found = _found(metrics, reshape, x.side, y.side, inference | more)
            beside = [_found(metrics, reshape, one.side, y.side, {}) for one in others]
            for row, *of_strangers in zip(found, *beside, strict=True):
                row = _row(x, y, reshape, row)
                yield _with_strangers(row, of_strangers) if others else row


def _found(
    metrics: Sequence[str],
    reshape: str,
    x: LayerRepresentations | ValueError | None,
    y: LayerRepresentations | ValueError,
    inference: Mapping[str, object],
) -> list[dict]:
    """The rows of `lib.metrics.compare`; without numbers, and with the reason, if there is one."""
    try:
        for side in (x, y):
            if isinstance(side, ValueError):
                raise side
        return rows_of_pair(metrics, reshape, pair_of_layers(x, y, reshape), **inference)
    except ValueError as error:
        return [{"metric": metric, "value": math.nan, "note": str(error)} for metric in metrics]


def _row(x: Layer, y: Layer, reshape: str, row: Mapping[str, object]) -> dict:
    """A row of the table, from one of the metrics."""
    notes = [row["note"]]
    if x.name == y.name and x.notes == y.notes:
        notes += [f"{x.name} of a and b: {note}" for note in x.notes]
    else:
        notes += [f"{layer.title}: {note}" for layer in (x, y) for note in layer.notes]
    return {
        "layer_x": x.name,
        "layer_y": y.name,
        "kind": x.kind,
        "layout_x": x.layout,
        "layout_y": y.layout,
        "metric": row["metric"],
        "reshape": reshape,
        **{name: row.get(name, math.nan) for name in NUMBERS},
        "note": "; ".join(filter(None, notes)),
    }


def _with_strangers(row: dict, of_strangers: Sequence[Mapping]) -> dict:
    """The row of a, with its relative similarity and the values of strangers."""
    values = [other["value"] for other in of_strangers]
    relative, note = [math.nan] * 3, ""
    if not math.isnan(row["value"]):
        try:
            if missing := [one["note"] for one in of_strangers if math.isnan(one["value"])]:
                raise ValueError(missing[0])
            relative = relative_to_each(row["value"], values)
            if fmean(values) > HIGH:
                note = f"strangers above {HIGH} leave the relative similarity little room"
        except ValueError as error:
            note = f"no relative similarity: {error}"
    row["note"] = "; ".join(filter(None, (row["note"], note)))
    row |= zip(("relative", "relative_low", "relative_high"), relative, strict=True)
    return row | {f"stranger_{i}": value for i, value in enumerate(values, start=1)}


def _named(asked: Sequence | Mapping, pairs: str) -> list[tuple[str, str]]:
    """Pairs of names of layers; `module@last` states where a layer has its channels."""
    if isinstance(asked, Mapping):
        if pairs == "all":
            raise ValueError('layers: {a: b} names the pairs; leave out pairs="all"')
        named = []
        for x, ys in asked.items():
            named += [(str(x), str(y)) for y in (ys if isinstance(ys, list | tuple) else [ys])]
    else:
        asked = [str(name) for name in asked]
        named = [*product(asked, asked)] if pairs == "all" else [(name, name) for name in asked]
    if not named:
        raise ValueError("layers: got none; give one name at least, or leave out layers=")
    for x, y in named:
        if y.startswith("(n, "):
            where = "first" if y.startswith("(n, c") else "last"
            raise ValueError(f"layers: got the layout {y}; write {x + '@' + where!r} instead")
    return named


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name or "its output" for name in names)
