"""What pruning may remove in networks of all kinds, and which layer gives the output."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import prune as masking
from torch.optim.swa_utils import AveragedModel

from lib.models import MODELS, build_model
from lib.pruning import SCORES, Evidence, Mask, Pruning, prunable_weights, prune, spared_weights


class HeadFirst(nn.Module):
    """Declares its layers in another order than it calls them; `check` hinders tracing."""

    def __init__(self, check=False):
        super().__init__()
        self.head = nn.Linear(16, 4)
        self.first, self.second = nn.Linear(8, 32), nn.Linear(32, 16)
        self.check = check

    def forward(self, x):
        if self.check and x.abs().max() > 1e6:
            raise ValueError("out of range")
        return self.head(self.second(self.first(x).relu()).relu()).log_softmax(1)


class TwoHeads(nn.Module):
    """An auxiliary head in training alone, declared last; two outputs in evaluation."""

    def __init__(self):
        super().__init__()
        self.body, self.box = nn.Linear(8, 16), nn.Linear(16, 4)
        self.classes, self.auxiliary = nn.Linear(16, 3), nn.Linear(16, 3)

    def forward(self, x):
        x = self.body(x).relu()
        found = {"box": self.box(x).exp(), "classes": self.classes(x).sigmoid()}
        return found | ({"auxiliary": self.auxiliary(x)} if self.training else {})


class Tied(nn.Module):
    """A language model: its output layer is the transposed embedding, used without a module."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.hidden, self.again = nn.Linear(8, 8), nn.Linear(8, 8)
        self.again.weight = self.hidden.weight

    def forward(self, tokens):
        x = self.again(self.hidden(self.embedding(tokens)).relu())
        return x @ self.embedding.weight.T


class Everything(nn.Module):
    """A layer of every kind, a bare parameter, and normalisation of two dimensions."""

    def __init__(self):
        super().__init__()
        self.embedding, self.bag = nn.Embedding(9, 4), nn.EmbeddingBag(9, 4)
        self.position = nn.Parameter(torch.randn(6, 4))
        self.conv1, self.conv2 = nn.Conv1d(4, 4, 1), nn.Conv2d(1, 1, 1)
        self.conv3 = nn.Conv3d(1, 1, 1)
        self.transposed = nn.ConvTranspose1d(4, 4, 1)
        self.norm = nn.LayerNorm((6, 4))
        self.lstm = nn.LSTM(4, 2, num_layers=2, bidirectional=True, batch_first=True)
        self.cell = nn.GRUCell(4, 4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=True, add_bias_kv=True)
        self.other = nn.MultiheadAttention(4, 2, kdim=3, vdim=5)
        self.bilinear = nn.Bilinear(4, 4, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, tokens):
        x = self.norm(self.embedding(tokens) + self.position)
        x = self.transposed(self.conv1(x.mT)).mT
        x, _ = self.lstm(x)
        x, _ = self.attention(x, x, x)
        return self.out(self.bilinear(x, x).mean(1))


def spared(model, **more):
    why = spared_weights(model, **more)
    return [name for name in why if why[name] == "gives the output"]


OF_LSTM = ["1.weight_ih_l0", "1.weight_hh_l0"]
X = torch.zeros(2, 8)
TOKENS = torch.zeros(2, 6, dtype=torch.long)


@pytest.mark.parametrize(
    ("make", "example", "names"),
    [
        (HeadFirst, X, ["head.weight"]),
        (TwoHeads, X, ["box.weight", "classes.weight"]),
        (Tied, TOKENS, ["embedding.weight"]),
        (Everything, TOKENS, ["out.weight"]),
        (lambda: nn.Sequential(nn.Conv1d(1, 2, 3), nn.Conv1d(2, 1, 3)), X[:, None], ["1.weight"]),
        (lambda: nn.Sequential(nn.Linear(8, 4), nn.LSTM(4, 4)), X, OF_LSTM),
    ],
)
@pytest.mark.parametrize("by", ["forward pass", "trace", "masked", "frozen"])
def test_the_layer_that_gives_the_output_is_spared_wherever_it_is_declared(
    make, example, names, by
):
    model = make().train()
    if by == "masked":
        layer, _, attribute = names[-1].partition(".")
        masking.l1_unstructured(model.get_submodule(layer), attribute, 1)
    if by == "frozen":
        model.requires_grad_(False)
    before, draws = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    found = spared(model, **({} if by == "trace" else {"example": example}))
    if by == "frozen" and make is TwoHeads:  # nothing says what leads where: the last one executed
        assert found == ["classes.weight"]
    else:
        assert found == names
    assert model.training
    assert all(module.training for module in model.modules())
    assert torch.equal(torch.get_rng_state(), draws)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


def test_examples_are_what_the_network_takes():
    class Sum(HeadFirst):
        def forward(self, x, also):
            return super().forward(x + also)

    for example in ((X, X), {"x": X, "also": X}):
        assert spared(Sum(check=True), example=example) == ["head.weight"]


def test_where_nothing_tells_the_output_layer_it_is_asked_for():
    model = HeadFirst(check=True)
    with pytest.raises(ValueError, match="which layer gives the output.*example=.*keep="):
        Mask.complete(model)
    assert list(Mask.complete(model, X).kept) == ["first.weight", "second.weight"]
    assert list(Mask.complete(model, keep=["head"]).kept) == ["first.weight", "second.weight"]
    del model.first, model.second
    model.conv = nn.Conv1d(1, 1, 1)
    assert list(Mask.complete(model).kept) == ["conv.weight"]  # the only linear layer


def test_what_is_kept_is_named_by_patterns_and_replaces_the_output_layer():
    model = HeadFirst()
    assert list(prunable_weights(model, keep=["first", "sec*"])) == ["head.weight"]
    assert list(prunable_weights(model, X, keep=["first.weight"])) == ["second.weight"]
    assert len(prunable_weights(model, keep=[])) == 3
    assert spared_weights(model, X, ["first"]) == {
        "head.weight": "gives the output",
        "first.weight": "kept",
    }
    with pytest.raises(ValueError, match="unknown layer to keep 'heads'. Did you mean 'head"):
        prunable_weights(model, keep=["heads"])
    with pytest.raises(TypeError, match="keep must be a list of names, got 'head'"):
        prunable_weights(model, keep="head")
    with pytest.raises(ValueError, match="nothing to prune"):
        prunable_weights(model, keep=["*"])
    tied = Tied()
    assert list(prunable_weights(tied, keep=["again"])) == ["embedding.weight"]


def test_all_weights_of_two_or_more_dimensions_are_prunable_or_named_as_left_out():
    model = Everything()
    with pytest.warns(
        UserWarning, match="not counted.* of no layer that is pruned: position, norm"
    ):
        mask = Mask.complete(model)
    left = spared_weights(model)
    assert left == {"out.weight": "gives the output"} | dict.fromkeys(
        ["position", "norm.weight", "norm.bias"], "of no layer that is pruned"
    )
    biases = ["attention.bias_k", "attention.bias_v"]
    wide = {name for name, p in model.named_parameters() if p.ndim > 1}
    assert set(mask.kept) | set(left) | set(biases) == wide
    assert not set(mask.kept) & {*left, *biases}
    pruned = prune(model, mask, Pruning(levels=(0.25,)))
    left = sum(int((w != 0).sum()) for w in prunable_weights(model).values())
    assert left == pruned.survivors == round(0.25 * mask.size)


@pytest.mark.parametrize("score", ["magnitude", "random"])
def test_a_weight_that_layers_share_is_counted_and_pruned_once(score):
    model = Tied()
    mask = Mask.complete(model)
    assert {name: kept.numel() for name, kept in mask.kept.items()} == {"hidden.weight": 64}
    evidence = Evidence(X, TOKENS, torch.Generator().manual_seed(0))
    mask = prune(model, mask, Pruning(levels=(0.5,), score=score), evidence=evidence)
    assert mask.survivors == int((model.again.weight != 0).sum()) == 32


@pytest.mark.parametrize("score", SCORES)
def test_a_mask_decides_what_is_scored_and_unused_weights_score_nothing(score):
    class Classes(TwoHeads):
        def forward(self, x):
            return super().forward(x)["classes"]

    model = Classes()
    mask = Mask.complete(model, keep=["body"])
    evidence = Evidence(torch.rand(4, 8), torch.zeros(4, dtype=torch.long), torch.Generator())
    scores = SCORES[score](model, evidence, mask.kept)
    assert list(scores) == ["box.weight", "classes.weight", "auxiliary.weight"]
    if score in ("gradient_weight", "synflow"):
        assert not scores["box.weight"].any()
        assert scores["classes.weight"].any()
    pruned = prune(model, mask, Pruning(levels=(0.5,), score=score), evidence=evidence)
    assert pruned.survivors == round(0.5 * mask.size)
    assert (model.body.weight != 0).all()


WRAPPERS = {
    "parallel": nn.DataParallel,
    "average": AveragedModel,
    "compiled": torch.compile,
    "both": lambda network: torch.compile(nn.DataParallel(network)),
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
def test_masks_fit_a_network_in_its_wrappers_and_alone(wrap):
    model = HeadFirst()
    wrapped = wrap(model)
    mask = Mask.complete(model)
    assert list(Mask.complete(wrapped).kept) == list(mask.kept) == list(Mask.of_zeros(wrapped).kept)
    pruned = prune(wrapped, mask, Pruning(levels=(0.5,)))
    assert Mask.of_zeros(wrapped).jaccard(pruned) == 1
    pruned.keeper(wrapped)
    pruned.apply_(model)
    assert Mask.of_zeros(model).jaccard(pruned) == 1


def test_masks_fit_where_a_part_is_compiled():
    model = HeadFirst()
    names = list(Mask.complete(model, keep=["head"]).kept)
    model.second = torch.compile(model.second)
    mask = Mask.complete(model, keep=["head"])
    assert list(mask.kept) == names
    prune(model, mask, Pruning(levels=(0.5,)))
    assert Mask.of_zeros(model, keep=["head"]).remaining == 0.5


def test_masks_are_taken_from_pytorchs_pruning():
    model = HeadFirst()
    parameters = [(model.first, "weight"), (model.second, "weight"), (model.head, "weight")]
    masking.global_unstructured(parameters, masking.L1Unstructured, amount=0.4)
    with torch.no_grad():
        model.first.weight_orig[0, 0] = 0  # a weight that happens to be zero isn't pruned
    mask = Mask.of_zeros(model)
    expected = {f"{n}.weight": getattr(model, n).weight_mask.bool() for n in ("first", "second")}
    assert mask.jaccard(Mask(expected)) == 1
    with pytest.raises(ValueError, match="first.weight is computed.*Mask.of_zeros takes its mask"):
        prune(model, mask, Pruning())
    for module, name in parameters:
        masking.remove(module, name)
    assert Mask.of_zeros(model).is_nested_in(mask)
    pruned = prune(model, mask, Pruning(fraction=0.5))
    assert pruned.is_nested_in(mask)
    assert pruned.survivors == mask.survivors - round(0.5 * mask.survivors)


def test_a_parametrised_weight_is_refused_unless_it_is_kept():
    model = HeadFirst()
    nn.utils.parametrizations.weight_norm(model.first)
    with pytest.raises(ValueError, match="first.weight is computed"):
        Mask.complete(model)
    assert list(Mask.complete(model, keep=["head", "first"]).kept) == ["second.weight"]
    with pytest.raises(ValueError, match="LazyModule"):
        Mask.complete(nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 2)))


@pytest.mark.parametrize("name", MODELS)
def test_the_networks_of_the_study_have_the_same_weights_in_the_same_order_as_ever(name):
    """Those of `nn.Conv2d` and `nn.Linear`, as they are defined, but for the last `nn.Linear`."""
    model = build_model(name, width=0.2)
    kinds = nn.Conv2d | nn.Linear
    layers = [n for n, module in model.named_modules() if isinstance(module, kinds)]
    linear = [n for n, module in model.named_modules() if isinstance(module, nn.Linear)]
    expected = [f"{layer}.weight" for layer in layers if layer != linear[-1]]
    image = torch.zeros(2, next(iter(model.parameters())).shape[1], 32, 32)
    assert list(prunable_weights(model)) == list(prunable_weights(model, image)) == expected
    assert spared_weights(model) == {f"{linear[-1]}.weight": "gives the output"}
    assert Mask.of_zeros(model).remaining == 1
