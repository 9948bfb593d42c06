"""Networks that take dicts, two inputs or graphs, compared by `forward=`."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lib import compare_networks
from lib.metrics import METRICS

from .networks import seeded


class Encoder(nn.Module):
    """A transformer's embedding, attention that skips padding, and a pooler."""

    def __init__(self):
        super().__init__()
        self.embed, self.pooler = nn.Embedding(20, 4), nn.Linear(4, 3)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
        self.double()

    def forward(self, input_ids, attention_mask):
        x = self.embed(input_ids)
        padding = attention_mask == 0
        x = x + self.attention(x, x, x, key_padding_mask=padding, need_weights=False)[0]
        return {"tokens": x, "pooled": self.pooler(x[:, 0])}


def sentences(count=12):
    ids = torch.randint(1, 20, (count, 7), generator=torch.manual_seed(0))
    mask = torch.arange(7) < 2 + torch.arange(count)[:, None] % 6
    return {"input_ids": torch.where(mask, ids, 0), "attention_mask": mask.long()}


NETWORKS = [seeded(seed, Encoder) for seed in range(2)]
BY_NAME = {"forward": lambda network, batch: network(**batch), "say": None}


def test_a_dict_is_a_batch_and_so_is_each_in_a_list():
    whole = sentences()
    parts = [{name: rows[at : at + 4] for name, rows in whole.items()} for at in (0, 4, 8)]
    asked = {"layers": [":tokens", "pooler"], "reshapes": ["channels", "gap"], **BY_NAME}
    table = compare_networks(*NETWORKS, whole, metrics=["cka", "nbs"], **asked)
    with torch.no_grad():
        sides = [network(**whole)["tokens"] for network in NETWORKS]
    for row in table[table.layer_x == ":tokens"].itertuples():
        x, y = (one.flatten(0, 1) if row.reshape == "channels" else one.mean(1) for one in sides)
        assert row.value == pytest.approx(METRICS[row.metric](x, y), abs=1e-10), row
    again = compare_networks(*NETWORKS, parts, metrics=["cka", "nbs"], **asked)
    assert again.value.tolist() == pytest.approx(table.value.tolist(), abs=1e-12, nan_ok=True)
    longer = [parts[0], {name: rows[:, :5] for name, rows in parts[1].items()}]
    with pytest.raises(ValueError, match=r":tokens of a gives shape \(4, 5, 4\) .*, all of one sh"):
        compare_networks(*NETWORKS, longer, [":tokens"], **BY_NAME)


class Siamese(nn.Module):
    """The same branch for two images, and their distance by channel."""

    def __init__(self):
        super().__init__()
        self.branch, self.out = nn.Conv2d(3, 4, 3).double(), nn.Linear(4, 2).double()

    def forward(self, left, right):
        return self.out((self.branch(left) - self.branch(right)).mean((2, 3)))


def test_a_network_of_two_inputs():
    left, right = torch.rand(2, 16, 3, 6, 6, generator=torch.manual_seed(0)).double()
    a, b = seeded(0, Siamese), seeded(1, Siamese)
    loader = DataLoader(TensorDataset(left, right), 6)
    two = {"metrics": "cka", "forward": lambda net, two: net(*two), "say": None}
    table = compare_networks(a, b, loader, **two)
    assert table.layer_x.tolist() == ["branch", "out"]
    assert "branch of a and b: the first of 2 calls" in table.note[0]
    with torch.no_grad():
        value = METRICS["cka"](a.branch(left), b.branch(left))
    assert table.value[0] == pytest.approx(value, abs=1e-12)
    with pytest.raises(ValueError, match="more than one tensor, give forward="):
        compare_networks(a, b, loader, say=None)
    with pytest.raises(ValueError, match=r"one batch as \[batch\]"):
        compare_networks(a, b, (left, right), **two)
    single = compare_networks(a, b, [[left.float(), right.float()]], **two)  # cast to float64
    assert single.value.tolist() == pytest.approx(table.value.tolist(), abs=1e-6)


WRONG = {
    "forward: want an output with a row for each image, got NoneType": {
        "forward": lambda network, batch: None
    },
    "a does not take a batch of dict: .* missing 1 required": {
        "forward": lambda network, batch: network(batch)
    },
}


@pytest.mark.parametrize("message", WRONG)
def test_errors_say_what_to_do(message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare_networks(*NETWORKS, sentences(), **{**BY_NAME, **WRONG[message]})


def test_a_graph_is_one_batch_whose_rows_are_nodes():
    x = torch.rand(30, 5, generator=torch.manual_seed(0), dtype=torch.float64)
    graph, nodes = SimpleNamespace(x=x), [seeded(i, nn.Linear, 5, 3).double() for i in range(2)]
    asked = {"layers": [""], "metrics": "cka", "say": None}
    table = compare_networks(*nodes, [graph], forward=lambda net, one: net(one.x), **asked)
    assert table.attrs["images"] == 30
    with torch.no_grad():
        value = METRICS["cka"](*(net(x) for net in nodes))
    assert table.value.item() == pytest.approx(value, abs=1e-12)
    with pytest.raises(ValueError, match="want a row for each image, as forward returns"):
        compare_networks(
            *nodes, [graph], forward=lambda net, one: net(one.x).mean(0)[None], **asked
        )
