"""Recurrent layers that are given packed sequences, beside the same sequences one by one."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lib import compare_networks
from lib.metrics import METRICS

LENGTHS = torch.tensor([6, 3, 5, 6, 2, 4, 7, 3, 5, 7, 6, 3])
WIDTH = 8  # one position of which pads all sequences
MASK = torch.arange(WIDTH) < LENGTHS[:, None]
WORDS = torch.randint(1, 20, MASK.shape, generator=torch.manual_seed(0)) * MASK


class Reader(nn.Module):
    """Packs words for a recurrent layer, unpacks them for a tag of each, and classifies."""

    def __init__(self, seed, kind=nn.LSTM, batch_first=True):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.embed = nn.Embedding(20, 4)
            self.recurrent = kind(4, 5, batch_first=batch_first)
            self.tags, self.classes = nn.Linear(5, 4), nn.Linear(4, 3)
        self.double()

    def forward(self, words):
        packed = pack_padded_sequence(
            self.embed(words), (words > 0).sum(1).cpu(), batch_first=True, enforce_sorted=False
        )
        outputs, _ = pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        return self.classes(self.tags(outputs).sum(1))


def alone(network, layer):
    """What a layer gives for each sequence by itself: a list of (t, d)."""
    outputs = []

    def keep(module, args, output):
        outputs.append(output[0].data if isinstance(output, tuple) else output[0])

    handle = network.get_submodule(layer).register_forward_hook(keep)
    with torch.no_grad():
        for words, length in zip(WORDS, LENGTHS, strict=True):
            network(words[None, :length])
    handle.remove()
    return outputs


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("memory", [1 << 30, 3000], ids=["at once", "sums"])
def test_padding_is_left_out(kind, batch_first, memory):
    networks = [Reader(seed, kind, batch_first) for seed in (0, 1)]
    table = compare_networks(
        *networks,
        WORDS,
        metrics=["cka", "svcca"],
        reshapes=["tokens", "mean", "cls"],
        batch_size=5,  # the longest sequences of the first three and of the batches differ
        mask=lambda words: words > 0,
        memory=memory,
        level=None,
        say=None,
    )
    assert table.layer_x.unique().tolist() == ["embed", "recurrent", "tags", "classes"]
    of_tokens = table[(table.layer_x != "classes") & table.value.notna()]
    assert len(of_tokens) >= 6 * 3 - 6 * (memory < 1 << 20)
    for row in of_tokens.itertuples():
        x, y = (taken(alone(network, row.layer_x), row.reshape) for network in networks)
        assert row.value == pytest.approx(METRICS[row.metric](x, y), abs=1e-10), row


def taken(tokens, reshape):
    if reshape == "tokens":
        return torch.cat(tokens)
    return torch.stack([each[0] if reshape == "cls" else each.mean(0) for each in tokens])


def test_lengths_may_come_beside_the_words():
    networks = Reader(0), Reader(1)
    batches = [{"words": WORDS[at], "mask": MASK[at]} for at in torch.arange(12).split(5)]
    asked = {"layers": ["recurrent"], "metrics": "cka", "say": None}
    beside = compare_networks(
        *networks,
        batches,
        forward=lambda network, batch: network(batch["words"]),
        mask=lambda batch: batch["mask"],
        **asked,
    )
    inside = compare_networks(*networks, WORDS, mask=lambda words: words > 0, **asked)
    assert beside.value.item() == pytest.approx(inside.value.item(), abs=1e-12)


def test_without_a_mask_a_recurrent_layer_has_no_value_and_says_why():
    networks = Reader(0), Reader(1)
    table = compare_networks(*networks, WORDS, ["embed", "recurrent"], "cka", say=None)
    assert table.value.isna().tolist() == [False, True]
    assert table.note[1].startswith("recurrent of a: takes packed sequences; mask= says")
    with pytest.raises(ValueError, match=r"tags of a gives some of .* mask= say which tokens"):
        compare_networks(*networks, WORDS, "tags", "cka", batch_size=5, say=None)


def test_a_mask_of_other_sequences_is_refused():
    def later_tokens(words):
        return (words > 0) | (words.sum() != WORDS[:5].sum())

    with pytest.raises(ValueError, match="mask: has 8 positions for a batch .* a layer has 7"):
        compare_networks(
            Reader(0), Reader(1), WORDS, ["tags"], batch_size=5, mask=later_tokens, say=None
        )
