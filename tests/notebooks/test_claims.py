"""The paper's sentences, decided by made-up curves whose shape is known."""

import pandas as pd
import pytest

from lib.report import NETWORK, at_the_end, over
from lib.repository import ROOT
from notebooks.claims import analysis

SEEDS = (0, 1, 2)
NAMES = ["network", "regime", "metric", "iteration", NETWORK, "layer"]


def curves(*lines, network="vgg16_bn", metric="cka", regime="few_images"):
    """Curves after the first, second, ... pruning, slightly different in each network."""
    rows = {
        (network, regime, metric, i, seed, f"conv{layer}"): value + seed / 1000
        for i, line in enumerate(lines, 1)
        for seed in SEEDS
        for layer, value in enumerate(line)
    }
    return pd.Series(rows).rename_axis(NAMES)


@pytest.mark.parametrize(
    ("statistic", "line", "expected"),
    [
        (analysis.recovery, [0.9, 0.4, 0.7], 0.3),
        (analysis.drop, [0.9, 0.4, 0.7], 0.2),
        (analysis.plateau, [0.9, 0.88, 0.86, 0.5], 0.75),
        (analysis.unevenness, [1, 3, 3, 2], 1.5),
        (analysis.slowing, [0.9, 0.7, 0.6], 0.5),
    ],
)
def test_a_curve_has_the_shape_that_was_put_into_it(statistic, line, expected):
    assert over(at_the_end(curves(line)), statistic).tolist() == pytest.approx(
        [expected] * 3, abs=0.001
    )


def test_the_end_is_that_of_each_regime():
    both = pd.concat([curves([0.9], [0.8]), curves([0.9], [0.7], [0.6], regime="recipe")])
    assert at_the_end(both).groupby("regime").min().to_dict() == pytest.approx(
        {"few_images": 0.8, "recipe": 0.6}
    )


def test_the_same_weights_left_are_found_at_either_pace():
    left = pd.Series({("few_images", 1): 0.33, ("few_images", 2): 0.11, ("recipe", 2): 0.64})
    left = left.rename_axis(["regime", "iteration"])
    both = pd.concat([curves([0.9], [0.8]), curves([0.7], [0.6], regime="recipe")])
    kept = analysis.with_left(both, left, 0.3, 0.7).round(1)
    assert sorted(set(kept)) == [0.6, 0.9]


def test_metrics_and_networks_are_compared():
    two = pd.concat([curves([1, 2, 3, 4]), curves([4, 3, 2, 0], metric="nbs")])
    end = at_the_end(two)
    assert analysis.beyond(over(end, "max"), "cka").tolist() == pytest.approx([0] * 3)
    assert analysis.lead(end, "conv0").tolist() == pytest.approx([1] * 3 + [-4] * 3)
    other = at_the_end(curves([1, 2, 3, 4, 5, 6], network="resnet_fast"))
    both = pd.concat([analysis.pick(end, "metric", "cka"), other])
    assert (
        analysis.recalls(both, "resnet_fast", "vgg16_bn")["few_images", "cka"].tolist() == [1] * 3
    )


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.9, "holds"), (0.72, "missed narrowly"), (0.6, "does not hold")]
)
def test_a_deviation_that_no_figure_shows_refutes_nothing(tmp_path, value, verdict):
    claims = analysis.PaperClaims("claims", tmp_path)
    found = at_the_end(curves([value])).droplevel("layer")
    claims.says(found, "cka-bound")  # above 0.75
    assert claims.verdicts("regime").few_images["cka-bound"] == verdict
    assert claims.verdicts(margin=20)["cka-bound"] == (
        "holds" if value > 0.75 else "missed narrowly"
    )
    (cell,) = claims.papers_table({"few_images": "Few"}).query("Few != '\u2013'").Few
    assert cell.startswith(f"{verdict}: {value + 0.001:.3f}")


def test_a_claim_on_the_cost_of_pruning_is_inconclusive_at_another_pace(tmp_path):
    claims = analysis.PaperClaims("claims", tmp_path)
    for regime in ("few_images", "recipe_four_steps"):
        lost = curves([-3.0], network="resnet_fast", regime=regime)
        lost = at_the_end(lost).droplevel(["layer", "metric"])
        claims.says(lost, "resnet_fast-comparable")
    table = claims.table()
    assert table.verdict["resnet_fast-comparable-few_images"] == "does not hold"
    row = table.loc["resnet_fast-comparable-recipe_four_steps"]
    assert row.verdict == "inconclusive"
    assert row.measured.endswith("n = 3, not at the paper's pace")
    assert row.p == ""


def test_the_published_table_has_all_rules_of_each_sentence():
    rules = pd.read_csv(ROOT / "notebooks/claims/paper.csv").key.str.partition(":")[0]
    keys = pd.read_csv(ROOT / "book/claims/claims.csv", index_col="key").measured
    measured = keys.str.split("; ").str.len()
    for sentence, many in rules.value_counts().items():
        own = measured.index.str.fullmatch(f"{sentence}-.*")
        others = [x for x in rules.unique() if x.startswith(f"{sentence}-")]
        own &= ~measured.index.str.startswith(tuple(f"{x}-" for x in others))
        assert own.any()
        assert set(measured[own]) == {many}
