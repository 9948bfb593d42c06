"""The gate: how often it stops harmless builds, what it notices, and what it says."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import lib
from lib.compare.gate import assert_similar, harmless_similarities, judge_build, similarities_to

IMAGES = torch.randn(60, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def network(noise=0.0, seed=0):
    """A small network, with noise on its weights."""
    torch.manual_seed(0)
    made = nn.Sequential(
        nn.Conv2d(3, 6, 3),
        nn.ReLU(),
        nn.Conv2d(6, 5, 3),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(5, 4),
    )
    source = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in made.parameters():
            weights += noise * weights.std() * torch.randn(weights.shape, generator=source)
    return made


@pytest.fixture(scope="module")
def harmless():
    versions = {f"version {seed}": network(0.05, seed) for seed in range(1, 22)}
    return harmless_similarities(network(), versions, IMAGES)


def test_similarities_are_those_of_compare_networks():
    table = lib.compare_networks(
        network(), network(0.1, 1), IMAGES, metrics=["nbs"], reshapes=["channels"], say=None
    )
    own = similarities_to(network(), network(0.1, 1), IMAGES)
    assert own.to_dict() == dict(zip(table.layer_x, table.value, strict=True))


def test_of_harmless_versions_at_most_one_in_twenty_is_stopped(harmless):
    stopped = [
        not judge_build(harmless[version], harmless.drop(columns=version)).passes
        for version in harmless
    ]
    assert len(stopped) == 21
    assert sum(stopped) <= 1


def test_false_alarms_over_many_trials():
    """Similarities drawn at random: the share of stopped builds is that of the level."""
    rng = np.random.default_rng(0)
    layers = pd.Index(["first", "second", "third"], name="layer")
    stopped = 0
    for _ in range(400):
        # layers that go together, each with a scale of its own
        change = rng.exponential(size=(1, 20)) * rng.exponential(size=(3, 20))
        drawn = pd.DataFrame(1 - change * [[0.001], [0.01], [0.1]], layers)
        stopped += not judge_build(drawn[19], drawn.drop(columns=19)).passes
    assert stopped / 400 == pytest.approx(0.05, abs=0.033)  # three standard errors


def test_one_broken_layer_is_noticed_and_named(harmless):
    broken = network(0.05, 50)
    with torch.no_grad():
        broken[2].weight[:2] = 0
    message = (
        r"differs from its reference by NBS \(channels\) at \d: similarity 0\.\d+, where harmless "
        r"versions keep 0\.\d+ "
    )
    with pytest.raises(AssertionError, match=message) as raised:
        assert_similar(network(), broken, IMAGES, harmless)
    assert "beside 21 versions" in str(raised.value)
    assert_similar(network(), network(0.05, 51), IMAGES, harmless)


def test_a_layer_without_a_value_is_the_largest_change(harmless):
    build = harmless["version 1"].copy()
    build.iloc[1] = np.nan
    verdict = judge_build(build, harmless.drop(columns="version 1"))
    assert not verdict.passes
    assert verdict.layer == build.index[1]
    assert np.isnan(verdict.similarity)


def test_the_same_network_passes_and_so_it_does_beside_identical_versions(harmless):
    assert_similar(network(), network(), IMAGES, harmless)
    identical = harmless * 0 + 1
    assert judge_build(identical["version 1"], identical).passes
    slightly = identical["version 1"].copy()
    slightly.iloc[0] = 0.999
    assert not judge_build(slightly, identical).passes


def test_least_is_what_decides(harmless):
    """A build that changes one layer to just above or just below `least` passes or does not."""
    build = harmless.median(axis=1)
    layer = build.index[0]
    for _ in range(3):  # the usual change, and so the bound, depends a little on the build
        build[layer] = judge_build(build, harmless).layers.least[layer]
    for shift, passes in ((1e-4, True), (-1e-4, False)):
        near = build.copy()
        near[layer] += shift
        assert judge_build(near, harmless).passes == passes


def test_without_versions_each_layer_has_to_reach_a_similarity():
    assert_similar(network(), network(0.01, 1), IMAGES, at_least=0.9)
    options = {"metric": "cka", "reshape": None}
    message = r"by CKA \(flat\) at .* want at least 0.999; so do \d of \d layers"
    with pytest.raises(AssertionError, match=message):
        assert_similar(network(), network(0.3, 1), IMAGES, at_least=0.999, **options)


def test_versions_are_kept_as_a_file(tmp_path):
    """Layers may have names that look like other numbers, or like nothing at all."""

    def tenth(*given):
        return nn.Sequential(*[nn.Identity() for _ in range(10)], network(*given))

    layers, file = ["10.0", ""], tmp_path / "harmless.csv"
    versions = [tenth(0.05, seed) for seed in range(1, 22)]
    harmless_similarities(tenth(), versions, IMAGES, layers=layers).to_csv(file)
    build = tenth(0.05, 51)
    assert_similar(tenth(), build, IMAGES, file, layers=layers)
    nn.init.zeros_(build[10][0].weight[:3])
    with pytest.raises(AssertionError, match=r"10\.0: .* beside 21 versions"):
        assert_similar(tenth(), build, IMAGES, str(file), layers=layers)


def test_files_that_are_none_of_versions(tmp_path):
    for text in ("", "a,b\n1,2\n", "a\n1,2\n3,4,5\n"):
        (tmp_path / "other.csv").write_text(text)
        with pytest.raises(ValueError, match="harmless: .*other.csv is no table of similarities"):
            assert_similar(network(), network(), IMAGES, tmp_path / "other.csv")
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        assert_similar(network(), network(), IMAGES, tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "want either harmless"),
        ({"at_least": 0.9, "harmless": True}, "want either harmless"),
        ({"harmless": "few"}, "got 5 versions, want at least 19 .* or level=0.17"),
        ({"harmless": "undefined"}, "is undefined in a version; leave this layer out"),
        ({"harmless": True, "layers": ["0"]}, "its layers differ .* want the same layers"),
        ({"harmless": True, "level": 5}, "level: got 5"),
        ({"at_least": 0.9, "metric": "nsb"}, "Did you mean 'nbs'"),
    ],
)
def test_what_cannot_be_judged(harmless, given, said):
    undefined = harmless.copy()
    undefined.iloc[0, 0] = np.nan
    choices = {True: harmless, "few": harmless.iloc[:, :5], "undefined": undefined}
    given = given | ({"harmless": choices[given["harmless"]]} if "harmless" in given else {})
    with pytest.raises(ValueError, match=said):
        assert_similar(network(), network(0.05, 1), IMAGES, **given)


def test_networks_stay_as_they_were():
    reference, build = network(), network(0.05, 1).train()
    before = copy.deepcopy(build.state_dict())
    assert_similar(reference, build, IMAGES, at_least=0.1)
    assert build.training
    assert all(torch.equal(before[name], tensor) for name, tensor in build.state_dict().items())
