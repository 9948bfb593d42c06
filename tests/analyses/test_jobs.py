"""Analyses of saved networks: each number is its definition on the same images."""

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from torch import nn

from lib.data import normalise
from lib.declared import CATALOGUE, PROFILES, declared_study
from lib.metrics import METRICS, cka, nbs, permutation_null, svcca
from lib.metrics.inputs import DegenerateError
from lib.metrics.metric import Pair
from lib.metrics.representation import Representation
from lib.models import record_layers, recorded_layers
from lib.pruning import Pruning
from lib.study.experiment import Experiment
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.study import Job, Study
from lib.study.task import Task, load_complete, load_mask, load_network
from lib.study.work import run_job
from notebooks.accuracy.job import Decisions
from notebooks.icann2020.hessian import top_eigenvalues
from notebooks.icann2020.loss import Loss
from notebooks.icann2020.psp_entropy import SignCounts
from notebooks.is_it_pruning.job import DescentOfConverged
from notebooks.what_a_value_means.job import Robustness
from notebooks.what_a_value_means.leading import without_leading_components
from notebooks.which_metric.gradients import record_with_gradients, with_gradients
from notebooks.which_metric.gradients_job import Gradients, kernels
from notebooks.which_metric.identification_job import Identification
from notebooks.which_metric.matching import own_channels
from notebooks.which_metric.matching_job import Matching
from notebooks.which_metric.stitching_job import Stitching, channel_map, mapped, with_layer
from notebooks.zeros.job import FOUR, FURTHER, Zeros, cka_rbf
from notebooks.zeros.layers_job import Directions, OnChannels, directions

from ..study.conftest import TINY, OneExperiment

pytestmark = pytest.mark.usefixtures("quick_jobs")

NAME, PAIRS = "vgg_svhn_few_images", "vgg_svhn_few_images_independent"
ANALYSED = replace(
    TINY,
    name=NAME,
    classes=(),
    pruning=Pruning(2),
    metrics=Experiment.metrics,
    prune_seeds=(0,),
)
READINGS = Robustness((2,), (20, 30, 1000), nbs_images=20, draws=(0, 1), leading=(0, 1))


def here(analysis):
    """The same analysis, of the chapter of this study."""
    return type(f"{analysis.__name__}Here", (analysis,), {"chapter": "converged"})


DECLARED = {
    "robustness": {NAME: READINGS},
    "identification": {PAIRS: Identification(metrics=("cka",), images=30)},
    "matching": dict.fromkeys((NAME, PAIRS), Matching()),
    "gradients": dict.fromkeys((NAME, PAIRS), Gradients((2,), 20)),
    "descent": {NAME: DescentOfConverged((2,), seeds=(0, 1))},
    "decisions": {NAME: Decisions((2,), seeds=(0, 1))},
    "stitching": {NAME: here(Stitching)((2,), seeds=(0, 1), fitted_on=40, tested_on=50)},
    "directions": {NAME: here(Directions)((2,), (0, 1))},
    "on_channels": {NAME: here(OnChannels)((2,), (0, 1))},
    "zeros": {NAME: here(Zeros)((1, 2), (0, 1), metrics=(*FOUR, *FURTHER), permutations=2)},
}


class WithAnalyses(OneExperiment):
    def experiment(self, name):
        pairs = {"name": PAIRS, "train_seeds": (0, 1), "against": "complete"}
        return {NAME: ANALYSED, PAIRS: replace(ANALYSED, **pairs)}[name]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    catalogue = replace(CATALOGUE, analyses={name: {"test": of} for name, of in DECLARED.items()})
    profile = WithAnalyses(name="test", description="", catalogue=catalogue)
    study = Study(profile, tmp_path_factory.mktemp("study"), [NAME, PAIRS], "converged")
    for job in study.jobs():
        run_job(job, device="cpu")
    return study


@pytest.fixture(scope="module")
def setting(study):
    return PreparedExperiment.load(ANALYSED, "", "cpu")


def read(study, analysis, name=NAME, **seed):
    job = Job(name, 0, analysis=analysis, study=study, **(seed or {"prune_seed": 0}))
    return job.table(analysis or "similarity")


@pytest.fixture(scope="module")
def readings(study):
    return read(study, "robustness")


@pytest.fixture(scope="module")
def networks(study, setting):
    """The original, another original, and the first one after its second pruning."""
    own, other = (load_complete(study.job(f"{NAME} t{seed}"), setting) for seed in (0, 1))
    return own, other, load_network(study.job(f"{NAME} t0-p0"), setting, 2)[0]


def recorded(networks, setting, layer):
    return [record_layers(x, setting.probe_images(), [layer])[layer] for x in networks]


@pytest.fixture(scope="module")
def outputs(networks, setting):
    """The first convolution of the original, and after the second pruning."""
    own, _, pruned = recorded(networks, setting, "conv1_1")
    return own, pruned


def one(readings, axis, setting, metric, reshape=None):
    rows = readings.query("layer == 'conv1_1' and iteration == 2 and axis == @axis")
    rows = rows[(rows.setting == setting) & (rows.metric == metric)]
    return (rows if reshape is None else rows[rows.reshape == reshape]).value.item()


def test_with_the_settings_of_the_study_the_analysis_repeats_its_numbers(study, readings):
    """So the saved network is the one that was compared."""
    all_metrics = ["mean_cca", "svcca", "pwcca", "cka", "nbs"]
    own = {("draw", "0"): all_metrics, ("split", "test"): all_metrics, ("mean", "plain"): ["svcca"]}
    own |= {("precision", "float32"): all_metrics, ("threshold", "0.99"): ["svcca"]}
    table = read(study, "")
    for (axis, value), metrics in own.items():
        rows = readings[(readings.axis == axis) & (readings.setting == value)]
        rows = rows[rows.metric.isin(metrics)]
        both = rows.merge(table, on=["iteration", "layer", "metric", "reshape"])
        assert len(both) == len(rows) > 0
        assert both.value_x.to_numpy() == pytest.approx(both.value_y.to_numpy(), nan_ok=True)


def test_each_setting_of_robustness_changes_one_choice(readings, outputs):
    x, y = outputs
    assert one(readings, "threshold", "0.9", "svcca") == pytest.approx(svcca(x, y, threshold=0.9))
    assert one(readings, "mean", "sum98", "svcca") == pytest.approx(svcca(x, y, mean="sum98"))
    debiased = one(readings, "debiased", "debiased", "cka", "flat")
    assert debiased == pytest.approx(cka(x, y, debiased=True))
    gap = one(readings, "debiased", "biased", "cka", "gap")
    assert gap == pytest.approx(cka(x, y, reshape="gap"))
    fewer = without_leading_components(x, 1), without_leading_components(y, 1)
    assert one(readings, "leading", "1", "cka") == pytest.approx(cka(*fewer))
    assert one(readings, "leading", "0", "nbs") == pytest.approx(nbs(x, y))
    base = one(readings, "draw", "0", "cka")
    assert one(readings, "precision", "float64", "cka") == pytest.approx(base, abs=1e-4)
    for axis, value in (("precision", "bfloat16"), ("draw", "1"), ("split", "train")):
        assert 0 < abs(one(readings, axis, value, "cka") - base) < 0.3
    # what the data or NBS cannot have is left out
    sizes = readings[readings.axis == "images"]
    assert set(sizes.setting) == {"20", "30"}
    assert set(sizes[sizes.metric == "nbs"].setting) == {"20"}


def test_the_leading_singular_values_are_removed_and_the_others_unchanged():
    x = torch.randn(10, 3, 4, 4, dtype=torch.float64) + 5
    flat = x.flatten(1)
    before = torch.linalg.svdvals(flat - flat.mean(0))
    for k in (0, 1, 3):
        after = torch.linalg.svdvals(without_leading_components(x, k))
        kept = len(before) - k
        assert after[:kept].numpy() == pytest.approx(before[k:].numpy(), abs=1e-9)
        assert after[kept:].numpy() == pytest.approx(0, abs=1e-9)


def test_identification_compares_all_pairs_of_layers(study, setting, networks):
    table = read(study, "identification", PAIRS, other_seed=1)
    hidden = [name for name, kind in recorded_layers(networks[0]) if kind != "out"]
    flat, channels = (table[table.reshape == name] for name in ("flat", "channels"))
    assert len(flat) == (len(hidden) + 1) ** 2
    assert set(channels[channels.layer_x == "conv1_1"].layer_y) == {"conv1_1", "conv1_2"}
    x, y = (record_layers(each, setting.probe_images()[:30], hidden) for each in networks[:2])
    for rows, layers, expected in (
        (flat, ("conv2_1", "pool3"), cka(x["conv2_1"], y["pool3"])),
        (channels, ("conv1_1", "conv1_2"), cka(x["conv1_1"], y["conv1_2"], reshape="channels")),
    ):
        row = rows[(rows.layer_x == layers[0]) & (rows.layer_y == layers[1])]
        assert row.value.item() == pytest.approx(expected)
    three = replace(ANALYSED, train_seeds=(0, 1, 2), against="complete")
    pairs = [tuple(run.values()) for run in Identification().runs(three)]
    assert pairs == [(0, 1), (0, 2), (1, 2)]
    assert Identification(pairs=1).runs(three) == [{"train_seed": 0, "other_seed": 1}]


def test_matching_and_gradients_compare_with_the_original(study, setting, networks, outputs):
    own, other = read(study, "matching"), read(study, "matching", PAIRS, other_seed=1)
    assert (set(own.iteration), set(other.iteration)) == ({1, 2}, {0})
    assert "out" not in {*own.layer}
    row = own[(own.iteration == 2) & (own.layer == "conv1_1")].iloc[0]
    assert row.own == pytest.approx(own_channels(*outputs))
    assert own.own.mean() > 0.5 > other.own.mean()

    images, labels = setting.inputs(setting.dataset.test, slice(20))
    complete, independent, pruned = networks
    for name, seed, iterations, network in (
        (NAME, {"prune_seed": 0}, [2], pruned),
        (PAIRS, {"other_seed": 1}, [0], independent),
    ):
        table = read(study, "gradients", name, **seed)
        assert table.iteration.unique().tolist() == iterations
        rows = table[(table.iteration == iterations[-1]) & (table.layer == "conv2_1")]
        found = rows[rows.metric == "cka"].set_index("kernel").value
        layer = ["conv2_1"]
        both = [
            record_with_gradients(each, images, labels, layer)["conv2_1"]
            for each in (complete, network)
        ]
        assert found["representation"] == pytest.approx(cka(*(x for x, _ in both)))
        with_them = cka(*(with_gradients(*each) for each in both))
        assert found["with gradients"] == pytest.approx(with_them)
        unit = cka(*(with_gradients(*each, unit=True) for each in both))
        assert found["with unit gradients"] == pytest.approx(unit)
    flat = torch.zeros_like(both[0][1])  # of a layer that is gone
    assert list(kernels(both[0][0], flat)) == ["representation"]


def test_descent_and_decisions_compare_with_the_original_and_with_strangers(
    study, setting, networks
):
    descent, decisions = read(study, "descent"), read(study, "decisions")
    own = descent[descent.other_seed == 0]
    both = own.merge(read(study, ""), on=["iteration", "layer", "metric", "reshape"])
    assert len(both) == len(own) > 0
    assert both.value_x.to_numpy() == pytest.approx(both.value_y.to_numpy(), nan_ok=True)

    own, other, pruned = recorded(networks, setting, "pool2")
    rows = descent.query("layer == 'pool2' and metric == 'cka'").set_index("other_seed").value
    assert rows[0] == pytest.approx(cka(own, pruned))
    assert rows[1] == pytest.approx(cka(other, pruned))

    rows = read(study, "on_channels").query("layer == 'pool2'").set_index(["metric", "other_seed"])
    assert set(rows.reshape) == {"channels"}
    for at, complete in enumerate((own, other)):
        for name in ("cka", "nbs"):
            expected = METRICS[name](complete, pruned, reshape="channels")
            assert rows.value[name, at] == pytest.approx(expected)

    images, labels = setting.inputs(setting.dataset.test, slice(None))
    own, other, pruned = (record_layers(x, images, ["out"])["out"].argmax(1) for x in networks)
    for iteration, network, originals in ((2, pruned, (own, other)), (0, own, (None, other))):
        rows = (
            decisions[decisions.iteration == iteration].set_index(["quantity", "other_seed"]).value
        )
        assert rows["accuracy", 0] == pytest.approx((network == labels).double().mean().item())
        for seed, complete in enumerate(originals):
            if complete is not None:
                share = (network != complete).double().mean().item()
                assert rows["flipped", seed] == pytest.approx(share)


def test_zeros_are_similarities_to_networks_that_share_less_and_less(study, setting, networks):
    table = read(study, "zeros")
    descent = read(study, "descent").merge(
        table.query("against == 'complete'"), on=["iteration", "other_seed", "layer", "metric"]
    )
    assert len(descent) == 5 * 2 * table.layer.nunique()
    assert descent.value_x.to_numpy() == pytest.approx(descent.value_y.to_numpy(), nan_ok=True)

    stranger = load_network(study.job(f"{NAME} t1-p0"), setting, 2)[0]
    own, other, pruned, alike = recorded((*networks, stranger), setting, "pool2")
    values = table.query("layer == 'pool2'").set_index(["against", "iteration", "other_seed"])
    for at, x, y in (
        (("complete", 2, 0), own, pruned),
        (("complete", 2, 1), other, pruned),
        (("complete", 0, 1), other, own),
        (("pruned", 2, 1), alike, pruned),
    ):
        found = values.loc[at].set_index("metric").value
        assert set(found.index) == {*FOUR, *FURTHER}
        for name in {*FOUR, *FURTHER} - {"cka_rbf"}:
            assert found[name] == pytest.approx(METRICS[name](x, y), nan_ok=True), name
        assert found.cka_rbf == pytest.approx(by_definition(x, y))
    assert set(table[table.against == "complete"].groupby("iteration").other_seed.nunique()) == {
        1,
        2,
    }
    shuffled = values.loc[("shuffled", 2, 0)].set_index("metric").value
    assert set(shuffled.index) == set(FOUR)
    exact = permutation_null(own, pruned, "cka", permutations=20).mean
    assert shuffled.cka == pytest.approx(exact)


def test_directions_are_principal_components_and_what_a_regression_explains_of_them(
    study, setting, networks
):
    x = torch.randn(200, 3, dtype=torch.float64)
    noise = torch.randn(200, 2, dtype=torch.float64)
    for inputs in (x, x @ torch.randn(3, 4, dtype=torch.float64)):  # the second is of rank 3
        y = torch.cat([5 * x[:, :1] + noise[:, :1], noise[:, 1:]], 1)
        shares, kept = directions(inputs, y)
        components = PCA().fit(y.numpy())
        assert shares.numpy() == pytest.approx(components.explained_variance_ratio_)
        for i, score in enumerate(components.transform(y.numpy()).T):
            explained = LinearRegression().fit(x.numpy(), score).score(x.numpy(), score)
            assert kept[i].item() == pytest.approx(explained)
    maps = torch.randn(20, 2, 3, 3, dtype=torch.float64)
    assert directions(maps, maps)[1].numpy() == pytest.approx(1)

    table = read(study, "directions").query("layer == 'pool2'")
    *complete, pruned = recorded(networks, setting, "pool2")
    for seed, other in enumerate(complete):
        rows = table[table.other_seed == seed]
        shares, kept = directions(pruned, other)
        assert rows.variance.to_numpy() == pytest.approx(shares.numpy())
        assert rows.kept.to_numpy() == pytest.approx(kept.numpy())


def by_definition(x, y):
    """CKA with Gaussian kernels of 0.8 of the median distance, by centring matrices."""
    centred = []
    for layer in (x, y):
        flat = layer.flatten(1).double()
        away = torch.pdist(flat)
        squared = torch.zeros(len(flat), len(flat), dtype=torch.float64)
        squared[*torch.triu_indices(len(flat), len(flat), 1)] = away.square()
        kernel = torch.exp(-(squared + squared.T) / (2 * (0.8 * away.median()) ** 2))
        centre = torch.eye(len(flat), dtype=torch.float64) - 1 / len(flat)
        centred.append(centre @ kernel @ centre)
    k, m = centred
    return ((k @ m).trace() / ((k @ k).trace() * (m @ m).trace()).sqrt()).item()


def test_cka_with_gaussian_kernels_is_1_for_rotated_and_scaled_copies():
    x = torch.randn(30, 5, dtype=torch.float64)
    turned = 3 * x @ torch.linalg.qr(torch.randn(5, 5, dtype=torch.float64)).Q + 1
    for y, expected in ((turned, 1), (x.square(), by_definition(x, x.square()))):
        pair = Pair(Representation(x, "flat"), Representation(y, "flat"))
        assert cka_rbf(pair) == pytest.approx(expected)
    mostly_equal = Representation(torch.eye(30, 5), "flat")
    with pytest.raises(DegenerateError, match="half of the distances"):
        cka_rbf(Pair(Representation(x, "flat"), mostly_equal))


def test_a_layer_of_the_pruned_network_takes_the_place_of_one_of_another(study, setting, networks):
    table = read(study, "stitching").set_index(["other_seed", "layer", "map"]).agreement
    data, pruned = setting.dataset, networks[2]
    fit, test = (setting.inputs(*of)[0] for of in ((data.train, slice(40)), (data.test, slice(50))))
    for seed, name in product((0, 1), ("conv1_2", "conv2_1", "conv3_1")):
        network = networks[seed].eval()
        x, y, given = (
            record_layers(each, images, [name])[name].double()
            for each, images in ((pruned, fit), (network, fit), (pruned, test))
        )
        flat = [layer.permute(0, 2, 3, 1).reshape(-1, layer.shape[1]) for layer in (x, y)]
        ones = torch.ones(len(flat[0]), 1, dtype=torch.float64)
        affine = torch.linalg.lstsq(torch.cat([flat[0], ones], 1), flat[1], driver="gelsd").solution
        given = torch.einsum("nchw,cd->ndhw", given, affine[:-1]) + affine[-1].view(-1, 1, 1)
        answers = with_layer(network, name, given.float(), test)
        with torch.no_grad():
            usual = network(test)
        same = (answers.argmax(1) == usual.argmax(1)).float().mean().item()
        assert table[seed, name, "linear"] == pytest.approx(same)


def test_each_map_undoes_what_its_metrics_ignore():
    x = torch.randn(50, 4, 3, 3, dtype=torch.float64)
    rotation = torch.linalg.qr(torch.randn(4, 4, dtype=torch.float64)).Q
    anything = torch.randn(4, 4, dtype=torch.float64)
    for kind, matrix, undone in (
        ("linear", anything, True),
        ("linear", rotation, True),
        ("rotation", 3 * rotation, True),
        ("rotation", anything, False),
    ):
        y = torch.einsum("nchw,cd->ndhw", x, matrix) + 2
        found = mapped(x, *channel_map(x, y, kind))
        assert torch.allclose(found, y) == undone


@pytest.mark.parametrize("name", PROFILES)
def test_strangers_are_the_originals_of_all_declared_seeds(name):
    study = declared_study(name, experiments=())
    for analysis in ("descent", "decisions", "on_channels", "zeros"):
        for experiment, declared in CATALOGUE.analyses[analysis].get(name, {}).items():
            assert set(PROFILES[name].experiment(experiment).train_seeds) <= set(declared.seeds)
            run = study.job(f"{experiment} t4-p0")
            others = replace(declared, seeds=(1, 3, 4)).others(run)
            complete = [other.name for other in others if not other.is_run]
            assert complete == [f"{experiment} t1", f"{experiment} t3"]


MINIMUM, CHANCE = "lenet5_one_shot", "vgg_svhn_random_to_collapse"


@pytest.fixture(scope="module")
def minima(tmp_path_factory):
    return done(tmp_path_factory.mktemp("minima"), "icann2020", MINIMUM)


def done(folder, chapter, name, **pruning):
    study = declared_study("tiny", folder, [name], chapter)
    for each, e in study.experiments.items():
        unread = {"metrics": ("cka",), "output_metrics": (), "also": (), "permutations": 0}
        study.experiments[each] = replace(e, **unread, pruning=replace(e.pruning, **pruning))
    for job in study.jobs():
        run_job(job, device="cpu")
    return study


def of(study, name, analysis):
    return study.job(f"{name} t0-p0 {analysis}").table(analysis)


def two_networks(minima):
    run = minima.job(f"{MINIMUM} t0-p0")
    setting = PreparedExperiment.load(run.declared_experiment, "", "cpu")
    return setting, (load_complete(run, setting), load_network(run, setting, 1)[0])


def potentials_of(network, images):
    """The inputs of the ReLUs, in the order of the calls."""
    found = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_pre_hook(
                lambda _, given, name=name: found.update({name: given[0]})
            )
    with torch.no_grad():
        network.eval()(images)
    return found


def test_entropy_of_the_complete_and_of_the_pruned_network(minima):
    table = of(minima, MINIMUM, "potentials")
    setting, networks = two_networks(minima)
    data, few = setting.dataset, setting.dataset.test.take(slice(50))
    images = normalise(few.pixels, data.mean, data.std, torch.float64)
    for iteration, network in enumerate(networks):
        rows = table[table.iteration == iteration].sort_values("depth")
        potentials = potentials_of(network, images)
        assert rows.layer.tolist() == list(potentials)
        for row, values in zip(rows.itertuples(), potentials.values(), strict=True):
            signs = SignCounts(10)
            signs.update(values, few.labels)
            assert row.entropy == pytest.approx(signs.entropy().mean().item(), abs=1e-12)
            assert row.mixed == pytest.approx(signs.mixed_entropy().mean().item(), abs=1e-12)
            assert row.neurons == len(signs.entropy())


def test_curvature_in_the_space_of_the_survivors(minima):
    table = of(minima, MINIMUM, "landscape")
    setting, (_, pruned) = two_networks(minima)
    images, labels = setting.inputs(setting.dataset.train, slice(8))
    kept = load_mask(minima.job(f"{MINIMUM} t0-p0"), 1).kept
    rows = table[table.iteration == 1].set_index("quantity")
    wanted = top_eigenvalues(Loss(pruned, images, labels, kept)).item()
    assert rows.value["eigenvalue"] == pytest.approx(wanted, rel=1e-9)
    assert rows.error["trace"] > 0
    loss = nn.functional.cross_entropy(pruned.eval()(images), labels).item()
    still = rows[(rows.index == "loss") & (rows.radius == 0)]
    assert still.value.tolist() == pytest.approx([loss] * 2)
    up = rows[rows.index == "increase"].set_index("radius")
    assert (up.error > 0).all()
    along = rows[rows.index == "loss"].groupby("radius").value.mean()
    for radius, value in up.value.items():
        assert value == pytest.approx((along[radius] + along[-radius]) / 2 - loss)


def test_an_interrupted_analysis_resumes_with_the_next_network(minima, monkeypatch):
    job, before = minima.job(f"{MINIMUM} t0-p0 potentials"), of(minima, MINIMUM, "potentials")
    job.marker.unlink()
    load, seen = Task.pruned, []

    def stopped(task, iteration):
        seen.append(iteration)
        if seen == [0, 1]:
            raise KeyboardInterrupt
        return load(task, iteration)

    monkeypatch.setattr(Task, "pruned", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_job(job, device="cpu")
    run_job(job, device="cpu")
    assert seen == [0, 1, 1]
    pd.testing.assert_frame_equal(of(minima, MINIMUM, "potentials"), before)


def test_a_network_without_paths_is_constant(tmp_path):
    study = done(tmp_path, "at_init", CHANCE, levels=(0.1, 0.001))
    table = of(study, CHANCE, "collapse").set_index("iteration")
    assert table.paths.is_monotonic_decreasing
    assert (table.constant[0], table.paths[2], table.constant[2]) == (False, 0, True)
    setting = PreparedExperiment.load(study.experiment(CHANCE), "", "cpu")
    labels = setting.dataset.test.labels
    assert set(table.majority) == {labels.bincount().max().item() / len(labels)}
