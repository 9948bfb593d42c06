"""Costs add up, follow the prices, and no number of machines beats the longest chain."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lib.report import benchmarks, scaling_bill, scaling_shares, scaling_tables, scaling_words
from lib.report.panels import inline_svg
from lib.report.scaling import bought, estimate, makespan
from lib.report.scaling_machines import (
    CORES,
    OFFERS,
    SERVER,
    WORKSTATION,
    Anchor,
    Gpu,
    anchors,
    load_cores,
    machines,
)
from lib.report.scaling_work import IMAGENET, PAPER, load_works

from .made_up import run_page

PRICES = {CORES: 0.1, WORKSTATION: 0.5, SERVER: 3.5}


@pytest.fixture(scope="module")
def works():
    return load_works()


@pytest.fixture(scope="module")
def known(works):
    return machines(works)


@pytest.fixture
def one(works):
    """A job that can be counted on fingers."""
    return dataclasses.replace(
        works["vgg_svhn"],
        train_images=101, epochs=2, batch=10, operations=100, step_flop=3e9, forward_flop=1e9,
        complete=1, runs=3, iterations=4, probe_images=0, first_flop=5e9, further_flop=2e9,
    )  # fmt: skip


def gpu(peak=1e12, double=1e9, bandwidth=1e9):
    """It reaches half of its peak at best; at worst, 100 FLOP for each byte."""
    known = (Anchor("a", 50, 1, 100, 0.25), Anchor("b", 10, 1, 100, 0.1))
    return Gpu(peak, double, bandwidth, 1e9, known)


def test_the_plan_is_the_papers(works):
    assert [works[name].runs for name in PAPER] == [20, 5, 5]
    assert [works[name].trainings for name in PAPER] == [401, 101, 101]
    assert [works[name].comparisons for name in PAPER] == [400, 100, 100]


def test_work_by_hand(one):
    assert one.steps == 2 * 11  # the last batch of an epoch has one image
    assert one.training_flop == 2 * 101 * 3e9
    assert one.comparing_flop == 3 * 5e9 + 9 * 2e9


def test_disk_for_the_survivors_of_a_run(works):
    work = dataclasses.replace(
        works["vgg_svhn"], weights=8000, parameters=8000, fraction=0.5, iterations=3
    )
    assert work.kept_bytes == 4 * 8000 * (0.5 + 0.25 + 0.125) + 3 * 1000
    whole = works["vgg16_bn"]
    assert 4 < whole.kept_bytes / (4 * whole.parameters) < 5  # survivors below 4, masks, the rest


def test_a_gpu_between_its_best_and_its_worst():
    fast, slow = gpu().rates
    assert fast == pytest.approx(0.5e12)
    assert slow == pytest.approx(100 * 1e9)


def test_a_faster_memory_helps_the_worst_case_alone():
    np.testing.assert_allclose(gpu(bandwidth=3e9).rates / gpu().rates, [1, 3])
    np.testing.assert_allclose(gpu(peak=3e12).rates / gpu().rates, [3, 1])


def test_a_step_takes_the_longer_of_computing_and_launching(one):
    np.testing.assert_allclose(gpu().arithmetic(one), [30e9 / 0.5e12, 30e9 / 1e11])
    np.testing.assert_allclose(gpu().launching(one), [100 * 5e-6, 100 * 25e-6])
    np.testing.assert_allclose(gpu().training(one), 22 * gpu().arithmetic(one))
    tiny = dataclasses.replace(one, step_flop=1.0)
    np.testing.assert_allclose(gpu().training(tiny), 22 * gpu().launching(tiny))


def test_comparing_is_never_faster_than_the_peak_in_float64(known):
    for name in (SERVER, WORKSTATION):
        best, worst = known[name].comparing(known[name].double)
        assert best == 1
        assert worst > 1


def test_published_trainings_stay_below_the_peak(works):
    for anchor in anchors(works):
        assert 0.1 < anchor.utilisation < 0.6


def test_counts_and_times_of_the_cores_fit_together(works):
    """A rate above what two cores can do would mean that something was counted twice."""
    measured = pd.read_csv(benchmarks.FOLDER / "similarity.csv")
    gram = measured[(measured["alternative"] == "cka_by_gram") & (measured["p"] == 8192)].iloc[0]
    product = 2 * 2 * gram["n"] ** 2 * gram["p"] / gram["alternative seconds"]
    fast, slow = load_cores(works).double
    assert 0.2 * product < slow < fast < product


def test_the_time_of_the_cores_is_the_measured_one(works, known):
    measured = pd.read_csv(benchmarks.FOLDER / "training.csv").set_index(["network", "width"])
    rate = measured.loc[("resnet_fast", 1), "float32 images/s"]
    worst = known[CORES].training(works["resnet_fast"])[1]
    assert worst == pytest.approx(24 * 50_000 / rate)


def test_a_run_is_its_parts_and_the_total_is_all_of_them(one):
    each = estimate(one, "gpu", {"gpu": gpu()})
    np.testing.assert_allclose(each.run, 4 * each.training + each.first + 3 * each.further)
    np.testing.assert_allclose(each.total, each.training + 3 * each.run)
    np.testing.assert_allclose(each.training_all + each.comparing_all, each.total)
    np.testing.assert_allclose(each.first / each.further, 5 / 2)


def test_the_forward_passes_belong_to_the_comparison(one):
    with_images = dataclasses.replace(one, probe_images=101)
    without, within = (estimate(w, "gpu", {"gpu": gpu()}) for w in (one, with_images))
    # two networks see half as many images as a training, for a third of a step each
    np.testing.assert_allclose(within.further - without.further, without.training / 3)


@pytest.mark.parametrize("name", [CORES, WORKSTATION, SERVER])
def test_one_machine_does_everything_one_after_the_other(works, known, name):
    each = scaling_bill.estimates(works, name, known)
    np.testing.assert_allclose(makespan(each, 1), sum(one.total for one in each))


@pytest.mark.parametrize("number", [2, 3, 8, 30, 500])
def test_more_machines_are_bounded_by_the_chain_and_by_their_number(works, known, number):
    each = scaling_bill.estimates(works, SERVER, known)
    together = makespan(each, number)
    assert (together >= np.max([one.chain for one in each], axis=0) - 1e-6).all()
    assert (together >= sum(one.total for one in each) / number - 1e-6).all()
    assert (together <= makespan(each, number - 1) + 1e-6).all()


def test_as_many_machines_as_runs_leave_the_chain(works, known):
    each = estimate(works["vgg16_bn"], SERVER, known)
    np.testing.assert_allclose(makespan([each], 20), each.chain)


def test_bad_input_says_what_to_do(works, known):
    with pytest.raises(ValueError, match="unknown machine 'H20'. Did you mean 'H200'?"):
        estimate(works["vgg_svhn"], "H20", known)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        makespan([], 0)
    with pytest.raises(ValueError, match="H200 and H200 has none; give USD"):
        scaling_bill.bill(works, known, {CORES: 0.1, WORKSTATION: 0.5})


def test_a_price_changes_the_money_and_nothing_else(works, known):
    dear = scaling_bill.bill(works, known, {**PRICES, SERVER: 7.0})
    bills = scaling_bill.bill(works, known, PRICES)
    for offer, row in bills.items():
        for key, value in row.items():
            factor = 2 if key == "money" and offer[0] == SERVER else 1
            np.testing.assert_allclose(dear[offer][key], factor * value)


def test_the_bill_of_one_machine_is_the_sum_of_its_networks(works, known):
    bills = scaling_bill.bill(works, known, PRICES)
    assert list(bills) == list(OFFERS)
    for (name, number), row in bills.items():
        parts = sum(row[network] for network in PAPER)
        if number == 1:
            np.testing.assert_allclose(row["all"], parts)
        np.testing.assert_allclose(row["money"], number * PRICES[name] * row["all"])
        assert (row["all"] >= row["chain"]).all()


def test_ranges_are_ranges(works, known):
    for name in known:
        for network in works:
            each = estimate(works[network], name, known)
            for part in (each.training, each.first, each.further, each.total):
                assert 0 < part[0] <= part[1]


def test_hours_buy_what_fits_and_all_networks_before_more_runs(works, known):
    each = scaling_bill.estimates(works, SERVER, known)
    whole = sum(one.total for one in each)[1] / 3600
    assert bought(each, 0) == dict.fromkeys(PAPER, 0)
    assert bought(each, 1.001 * whole) == {name: works[name].runs for name in PAPER}
    runs = bought(each, 0.3 * whole)
    spent = sum(one.chain[1] + (runs[one.work.network] - 1) * one.run[1] for one in each)
    assert 0 < spent <= 0.3 * whole * 3600
    assert min(runs.values()) >= 1


def test_a_reduced_plan_prunes_as_far(works):
    work = works[IMAGENET]
    less = scaling_tables.reduced(work, iterations=5, epochs=30, runs=3)
    assert (1 - less.fraction) ** 5 == pytest.approx((1 - work.fraction) ** work.iterations)
    assert less.trainings == 16


@pytest.mark.parametrize(
    ("values", "text"),
    [((0.0123, 0.5), "0.012 to 0.5"), ((3.14, 31.4), "3.1 to 31"), ((1234, 1234.2), "1,234")],
)
def test_a_range_has_the_digits_that_count(values, text):
    assert scaling_words.span(np.array(values)) == text


def test_tables_show_the_numbers(works, known):
    rows = scaling_tables.work_table(works).rows
    assert rows[0][1] == "313"  # the 313 million of VGG16's convolutions on 32 x 32 pixels
    assert rows[-1][3:5] == ("603", "600")
    bill = {row[0]: row for row in scaling_tables.bill_table(works, known, PRICES).rows}
    assert list(bill) == [CORES, "one RTX 4090", "one H200", "8 H200"]
    room = scaling_tables.room_table(works).rows
    assert room[0][1] == "65,536"
    assert room[-1][1] == f"{256 * 56 * 56:,}"


def test_the_figure_shows_shares_and_says_them(works, known):
    panels = scaling_shares.figure(works, known)
    assert list(panels.figures) == [CORES, WORKSTATION, SERVER]
    for name, figure in panels.figures.items():
        shares = scaling_shares.comparing_shares(works, known, name)
        training, comparing = figure.axes[0].containers
        np.testing.assert_allclose(
            [a.get_width() + b.get_width() for a, b in zip(training, comparing, strict=True)], 1
        )
        np.testing.assert_allclose([bar.get_width() for bar in comparing], list(shares.values()))
        assert f"VGG_SVHN {100 * shares['vgg_svhn']:.0f} %" in panels.labels[name]
    svg = inline_svg(panels.figures[SERVER], "x", panels.labels[SERVER], panels.colours)
    assert all(f"fill: {colour}" not in svg for colour in scaling_shares.SHARES.values())


def test_the_sentences_follow_the_numbers(works, known):
    text = scaling_shares.dominating(works, known)
    assert "keep an H200 waiting" in text
    idle = {name: dataclasses.replace(work, operations=0) for name, work in works.items()}
    assert "waiting" not in scaling_shares.dominating(idle, known)
    assert "at most 30 machines" in scaling_shares.parallel(works, known)


def test_what_the_study_took_is_in_its_jobs(results):
    # 9 jobs of 12.5 s; per network, one complete training and 2 runs of 5, of 1.5 s each
    text = scaling_shares.own_study(results)
    assert "9 jobs; 44 % of it" in text


def test_the_page_runs_on_any_results_folder(folder):
    names = run_page("scaling", folder)
    assert names["study"].folder == folder


@pytest.mark.parametrize(("factor", "verdict"), [(0.5, "less"), (2, "more")])
def test_a_measurement_on_the_gpu_stands_beside_its_estimate(
    works, known, results, factor, verdict
):
    assert scaling_shares.measured(works, known, results).startswith("None of the networks")
    work = works["resnet_fast"]
    low, high = estimate(work, "H200", known).training
    seconds = (low if factor < 1 else high) * factor * 0.8
    mine = results.performance[results.performance.experiment == "resnet_fast"]
    setting = results.provenance["experiments"]["resnet_fast"] | {"train_images": 40_000}
    jobs = [{"experiment": "resnet_fast", "device": "NVIDIA H200"}]
    full = dataclasses.replace(
        results,
        similarity=results.similarity[results.similarity.experiment == "resnet_fast"],
        performance=mine.assign(seconds=seconds, epochs=work.epochs),
        provenance=results.provenance | {"jobs": jobs, "experiments": {"resnet_fast": setting}},
    )
    assert f", {verdict}, with a test" in scaling_shares.measured(works, known, full)
