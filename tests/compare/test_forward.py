"""Networks that take dicts, two inputs, graphs or padded sequences, compared by `forward=`."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lib import compare_networks
from lib.metrics import METRICS

VALUE = ("svcca", "cka", "nbs", "procrustes")
LENGTHS = [7, 3, 5, 7, 2, 6, 4, 7, 5, 6, 3, 7]


class Encoder(nn.Module):
    """A transformer's embedding, attention that skips padding, a linear layer, and a pooler."""

    def __init__(self, seed):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embed = nn.Embedding(20, 4)
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
            self.linear, self.pooler = nn.Linear(4, 4), nn.Linear(4, 3)
        self.double()

    def forward(self, input_ids, attention_mask):
        x = self.embed(input_ids)
        padding = attention_mask == 0
        x = x + self.attention(x, x, x, key_padding_mask=padding, need_weights=False)[0]
        return {"tokens": self.linear(x), "pooled": self.pooler(x[:, 0])}


def sentences(side="right"):
    ids = torch.randint(1, 20, (len(LENGTHS), max(LENGTHS)), generator=torch.manual_seed(0))
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
    mask = mask if side == "right" else mask.flip(1)
    return {"input_ids": torch.where(mask, ids, 0), "attention_mask": mask.long()}


NETWORKS = Encoder(0), Encoder(1)
BY_NAME = {"forward": lambda network, batch: network(**batch), "say": None}
MASK = {"mask": lambda batch: batch["attention_mask"]}
LAYERS = ["embed", "attention", "linear", "pooler"]


def unpadded(network, layer, batch):
    """What a layer gives for each sentence alone, without any padding: a list of (t, d)."""
    outputs = []

    def keep(module, args, output):
        outputs.append((output[0] if isinstance(output, tuple) else output)[0])

    handle = network.get_submodule(layer).register_forward_hook(keep)
    with torch.no_grad():
        for ids, mask in zip(*batch.values(), strict=True):
            ids = ids[mask > 0][None]
            network(ids, torch.ones_like(ids))
    handle.remove()
    return outputs


def taken(tokens, reshape):
    """A matrix of what sentences without padding give."""
    if reshape == "tokens":
        return torch.cat(tokens)
    return torch.stack([one[0] if reshape == "cls" else one.mean(0) for one in tokens])


# all outputs at once, or only their sums
@pytest.mark.parametrize(("side", "memory"), [("right", 1 << 30), ("left", 3000)])
def test_padding_is_left_out(side, memory):
    batch, reshapes = sentences(side), ("tokens", "mean", "cls")
    table = compare_networks(
        *NETWORKS,
        batch,
        LAYERS[:3],
        VALUE,
        reshapes=reshapes,
        batch_size=5,
        memory=memory,
        **BY_NAME,
        **MASK,
    )
    assert len(table) >= 9 * 3
    for row in table[~table.note.str.contains("raise memory")].itertuples():
        x, y = (unpadded(network, row.layer_x, batch) for network in NETWORKS)
        value = METRICS[row.metric](taken(x, row.reshape), taken(y, row.reshape))
        assert row.value == pytest.approx(value, abs=1e-10), row
    assert table.value.notna().sum() >= 9 * 2


def test_batches_may_be_padded_to_lengths_of_their_own():
    batch = sentences()
    each = [
        {name: part[i : i + 1, :t] for name, part in batch.items()} for i, t in enumerate(LENGTHS)
    ]
    asked = {"layers": LAYERS, "metrics": VALUE, **BY_NAME, **MASK}
    together, apart = (compare_networks(*NETWORKS, given, **asked) for given in (batch, each))
    pd.testing.assert_frame_equal(together, apart, atol=1e-12)
    with pytest.raises(
        ValueError, match=r"linear of a gives some of \(4, 3, 1\) after \(4, 7, 1\)"
    ):
        compare_networks(*NETWORKS, each, "linear", **BY_NAME)


def test_what_padding_leaves_undefined_is_said():
    table = compare_networks(
        *NETWORKS, sentences(), LAYERS, "cka", permutations=20, **BY_NAME, **MASK
    )
    assert table.reshape.tolist() == ["mean"] * 3 + ["flat"]
    assert table.value.notna().all()
    asked = {"reshapes": ["tokens", "flat"], "permutations": 20, **BY_NAME, **MASK}
    table = compare_networks(*NETWORKS, sentences(), "linear", "cka", **asked).set_index("reshape")
    assert table.note["flat"].endswith("take reshapes=['tokens', 'mean', 'cls']")
    assert math.isnan(table.value["flat"])
    assert math.isnan(table.null_mean["tokens"])
    assert table.note["tokens"] == table.ci_note["tokens"]
    assert table.note["tokens"].startswith("sequences differ in length")
    longer = {**asked, "mask": lambda batch: torch.ones(len(batch["input_ids"]), 9)}
    table = compare_networks(*NETWORKS, sentences(), "linear", "cka", **longer)
    assert table.note.str.startswith("mask: it is of another length than linear of a").all()


class Siamese(nn.Module):
    """The same branch for two images, and their distance by channel."""

    def __init__(self, seed):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.branch, self.out = nn.Conv2d(3, 4, 3).double(), nn.Linear(4, 2).double()

    def forward(self, left, right):
        return self.out((self.branch(left) - self.branch(right)).mean((2, 3)))


def test_a_network_of_two_inputs():
    left, right = torch.rand(2, 16, 3, 6, 6, generator=torch.manual_seed(0)).double()
    a, b = Siamese(0), Siamese(1)
    loader = DataLoader(TensorDataset(left, right), 6)
    table = compare_networks(
        a, b, loader, metrics="cka", forward=lambda net, two: net(*two), say=None
    )
    assert table.layer_x.tolist() == ["branch#1", "branch#2", "out"]
    with torch.no_grad():
        for layer, given in (("branch#1", left), ("branch#2", right)):
            value = METRICS["cka"](a.branch(given), b.branch(given))
            assert table.set_index("layer_x").value[layer] == pytest.approx(value, abs=1e-12)
    with pytest.raises(ValueError, match="more than one tensor: forward="):
        compare_networks(a, b, loader, say=None)


class GraphNetwork(nn.Module):
    """A layer of each node, and the mean over its neighbours."""

    def __init__(self, seed):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.linear = nn.Linear(5, 3).double()

    def forward(self, x, edges):
        source, target = edges
        hidden = self.linear(x)
        return torch.zeros_like(hidden).index_add(0, target, hidden[source])


def test_a_graph_is_one_batch_whose_rows_are_nodes():
    x = torch.rand(30, 5, generator=torch.manual_seed(0), dtype=torch.float64)
    edges = torch.randint(30, (2, 90), generator=torch.manual_seed(1))
    graph = SimpleNamespace(x=x, edges=edges)
    a, b = GraphNetwork(0), GraphNetwork(1)
    forward = {"forward": lambda network, graph: network(graph.x, graph.edges), "say": None}
    table = compare_networks(a, b, [graph], ["linear", ""], "cka", **forward)
    assert table.attrs["images"] == 30
    with torch.no_grad():
        value = METRICS["cka"](a(x, edges), b(x, edges))
    assert table.value[1] == pytest.approx(value, abs=1e-12)
    cut = {"forward": lambda network, batch: network(**batch), "say": None}
    with pytest.raises(ValueError, match=r"x with 30, edges with 2, .*\[batch\]"):
        compare_networks(a, b, {"x": x, "edges": edges}, **cut)


def test_layers_of_nodes_beside_an_answer_for_each_graph_say_what_forward_is_to_return():
    graph = SimpleNamespace(
        x=torch.rand(30, 5, generator=torch.manual_seed(0), dtype=torch.float64),
        edges=torch.randint(30, (2, 90), generator=torch.manual_seed(1)),
    )

    def pooled(network, graph):
        return network(graph.x, graph.edges).mean(0, keepdim=True)

    asked = {"layers": ["linear"], "metrics": "cka", "say": None}
    a, b = GraphNetwork(0), GraphNetwork(1)
    with pytest.raises(ValueError, match="as many as what forward returns has rows"):
        compare_networks(a, b, [graph], forward=pooled, **asked)
    table = compare_networks(
        a, b, [graph], forward=lambda network, graph: (graph.x, pooled(network, graph)), **asked
    )
    with torch.no_grad():
        value = METRICS["cka"](a.linear(graph.x), b.linear(graph.x))
    assert table.value.item() == pytest.approx(value, abs=1e-12)


def test_a_batch_in_place_of_batches_is_noticed():
    left, right = torch.rand(2, 16, 3, 6, 6, generator=torch.manual_seed(0)).double()
    networks, two = (Siamese(0), Siamese(1)), {"forward": lambda net, two: net(*two), "say": None}
    with pytest.raises(ValueError, match=r"If what was given is one batch, .* list: \[batch\]"):
        compare_networks(*networks, (left, right), **two)
    assert len(compare_networks(*networks, [(left, right)], metrics="cka", **two)) == 3


@pytest.mark.parametrize("values", [["a"] * 12, [[1, 2], [3]], [None] * 12])
def test_what_is_no_tensor_in_a_dict_is_named(values):
    with pytest.raises(ValueError, match="images: text in the dict is no tensor .*leave it out"):
        compare_networks(*NETWORKS, {**sentences(), "text": values}, **BY_NAME)


WRONG = {
    "forward: got str": {"forward": "net(**batch)"},
    "mask: got str": {"mask": "attention_mask"},
    "images: got dict": {"forward": None},
    "forward returns NoneType": {"forward": lambda network, batch: None},
    "forward returns a single number": {"forward": lambda network, batch: torch.tensor(1.0)},
    "a does not take a batch of dict with input_ids, attention_mask by forward": {
        "forward": lambda network, batch: network(batch)
    },
    "mask: fails for a batch of dict with input_ids": {"mask": lambda batch: batch["mask"]},
    r"mask: got shape \(12,\), want \(12, t\)": {"mask": lambda batch: torch.ones(12)},
    "sequence 0 of a batch is nothing but padding": {"mask": lambda batch: torch.zeros(12, 7)},
}


@pytest.mark.parametrize("message", WRONG)
def test_errors_say_what_to_do(message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare_networks(*NETWORKS, sentences(), **{**BY_NAME, **WRONG[message]})
