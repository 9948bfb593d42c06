"""Two networks of one's own on the same images: their weights and their layers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from ... import compare_networks
from ...book.report.format import Table, count, percent
from ...book.report.format import interval_words as as_text
from ...book.report.names import METRICS
from ...compare.compared_network import unwrapped
from ...compare.images import FileBatches, Files
from ...compare.trace import Call, trace_calls
from ...compare.user_networks import load_user_network, named_layers
from ...models.module_outputs import evaluating, modules_of
from ..terminal import TimedSteps, TimeLeft


@dataclass(frozen=True)
class GivenNetwork:
    """A network as it was asked for: by its name, with weights from a file."""

    given: str
    weights: str
    module: nn.Module

    @property
    def fresh(self) -> bool:
        """Whether nothing gives it other weights than random ones."""
        return not self.weights and ":" not in self.given

    @property
    def dtype(self) -> torch.dtype:
        return next((p.dtype for p in self.module.parameters()), torch.float32)


Networks = Mapping[str, GivenNetwork]
"""`A` and `B`."""


def read_networks(given: Mapping[str, tuple[str, str]], steps: TimedSteps) -> Networks:
    """Networks by name.

    Args:
        given: {`A`: (network, weights), `B`: ...}, as for `load_user_network`.
    """
    networks = {}
    for name, (what, weights) in given.items():
        module = steps(f"read {name}", partial(load_user_network, what, weights))
        networks[name] = GivenNetwork(what, weights, unwrapped(module))
    return networks


def device_of(networks: Networks) -> str:
    """`cuda` where there is a GPU, unless a network is quantised: PyTorch has no kernels there."""
    modules = [module for network in networks.values() for module in network.module.modules()]
    quantised = any("quantized" in type(module).__module__ for module in modules)
    return "cuda" if torch.cuda.is_available() and not quantised else "cpu"


def weights_of(network: nn.Module) -> Iterator[Tensor]:
    """The weights as they count: what is masked as it is left, what is packed as it was."""
    for module in network.modules():
        names = [name for name, p in module.named_parameters(recurse=False) if p.ndim > 1]
        yield from (getattr(module, name.removesuffix("_orig")) for name in names)
        packed = getattr(module, "weight", None)
        if callable(packed):
            yield packed().dequantize()


def networks_table(networks: Networks) -> Table:
    """What each network is, where its weights come from, and how many of them are left."""
    rows = []
    for name, network in networks.items():
        weights = list(weights_of(network.module))
        total = sum(tensor.numel() for tensor in weights)
        left = sum(int(tensor.count_nonzero()) for tensor in weights)
        source = network.weights or "what the function gives it"
        if network.fresh:
            source = "fresh, not trained"
        share = percent(left / total if total else np.nan)
        rows.append([name, network.given, source, f"{total:,}", share])
    return Table(["Network", "What", "Weights from", "Weights", "Not zero"], rows, cards=True)


@dataclass(frozen=True)
class LayerTables:
    """Similarities of the layers of A and B, rows as of `compare_networks`.

    Attributes:
        every: all pairs, by CKA.
        same: layers with their counterparts, by four metrics; empty where they have none.
        counterparts: whether they have.
    """

    every: pd.DataFrame
    same: pd.DataFrame
    counterparts: bool

    @cached_property
    def names(self) -> list[str]:
        """The layers that have a counterpart, in forward order."""
        return list(dict.fromkeys(self.same.layer_x))

    @cached_property
    def by_metric(self) -> dict[str, pd.DataFrame]:
        """{metric: rows of `same` with the layers as their index}."""
        groups = self.same.groupby("metric", sort=False)
        return {metric: rows.set_index("layer_x") for metric, rows in groups}

    @cached_property
    def above(self) -> pd.DataFrame:
        """The way from shuffled images to equality, of each layer (rows) by each metric."""
        ways = {metric: way_from_null(rows) for metric, rows in self.by_metric.items()}
        return pd.DataFrame(ways, index=self.names, dtype=float)

    @cached_property
    def square(self) -> pd.DataFrame:
        """CKA of each layer of A (rows) with each of B (columns)."""
        return self.every.pivot_table("value", "layer_x", "layer_y", sort=False, dropna=False)

    @cached_property
    def sizes(self) -> pd.DataFrame:
        """Rank and dead channels of the layers with counterparts, a row for each."""
        by_channel = self.same.sort_values("reshape", key=lambda c: c == "flat", kind="stable")
        counted = ["rank_x", "rank_y", "dead_x", "dead_y"]
        return by_channel.groupby("layer_x")[counted].first().reindex(self.names)


def way_from_null(rows: pd.DataFrame) -> pd.Series:
    """1 for equal representations, 0 for what shuffled images give."""
    return (rows.value - rows.null_mean) / (1 - rows.null_mean)


def have_counterparts(networks: Networks) -> bool:
    """Whether most modules of A and B have the same names."""
    a, b = ({*modules_of(network.module)} for network in networks.values())
    return 2 * len(a & b) > len(a | b)


def compare_layers(
    networks: Networks,
    images: str,
    layers: str,
    size: int,
    permutations: int,
    device: str,
    steps: TimedSteps,
) -> LayerTables:
    """All pairs of layers by CKA; layers with their counterparts by four metrics.

    Args:
        images, permutations, device: as for `compare_networks`.
        layers: as for `named_layers`.
        size: of the images.
    """
    sides = named_layers(layers)
    modules = [network.module for network in networks.values()]
    how = {"device": device, "image_size": size, "say": None}
    compute: Callable[..., pd.DataFrame] = partial(compare_networks, *modules, images, **how)
    pairs = tuple(sides * 2 if len(sides) == 1 else sides) or None
    asked = {"metrics": ["cka"], "pairs": "all", "level": None}  # the figure shows no intervals
    by_cka = partial(compute, pairs, **asked, progress=TimeLeft())
    every = steps("all pairs of layers, by CKA", by_cka)
    counterparts = len(sides) == 1 or (not sides and have_counterparts(networks))
    if not counterparts:
        return LayerTables(every, every[:0], counterparts)
    one_list = sides[0] if sides else None
    by_four = partial(compute, one_list, permutations=permutations, progress=TimeLeft())
    same = steps("layers with their counterparts, by four metrics", by_four)
    return LayerTables(every, same, counterparts)


def trace_network(network: GivenNetwork, pictures: Files, device: str) -> dict[str, Call]:
    """The calls of a network's modules for two images, as `trace` gives them."""
    sample = next(iter(FileBatches(pictures, 2)))
    with evaluating(network.module):
        return trace_calls(network.module, sample.to(device, network.dtype))


def values_table(layers: LayerTables) -> Table:
    """Each value, with its interval where there is one: layers (rows) by metrics."""
    texts = {}
    for metric, rows in layers.by_metric.items():
        ends = rows.loc[layers.names, ["value", "ci_low", "ci_high"]]
        texts[METRICS[metric]] = [as_text(*row) for row in ends.itertuples(index=False)]
    shown = pd.DataFrame(texts, index=pd.Index(layers.names, name="Layer"))
    return Table.of(shown, numeric=[*texts])


def sizes_tables(layers: LayerTables) -> list[Table]:
    """Ranks and dead channels: one table of both networks, or one for each without counterparts."""
    if layers.counterparts:
        heads = ["Rank, A", "Rank, B", "Dead, A", "Dead, B"]
        return [Table.of(layers.sizes.set_axis(heads, axis=1).rename_axis("Layer"))]
    tables = []
    for side, name in (("x", "A"), ("y", "B")):
        counted = [f"rank_{side}", f"dead_{side}"]
        rows = layers.every.groupby(f"layer_{side}", sort=False)[counted].first()
        shown = rows.set_axis(["Rank", "Dead"], axis=1).rename_axis(f"Layer of {name}")
        tables.append(Table.of(shown))
    return tables


def times_table(steps: TimedSteps, device: str) -> Table:
    """What each step took, and on what."""
    cores = torch.get_num_threads()
    where = torch.cuda.get_device_name() if device == "cuda" else count(cores, "processor core")
    rows = [[step, f"{seconds:.1f} s"] for step, seconds in steps.seconds.items()]
    return Table([f"On {where}, with PyTorch {torch.__version__}", "Time"], rows, numeric=["Time"])


def chosen_layers(tables: LayerTables) -> str:
    """Which layers `compare_networks` chose, and why."""
    messages = [table.attrs.get("layers") for table in (tables.same, tables.every)]
    return "\n".join(dict.fromkeys(filter(None, messages)))
