"""The claims behind the first screen hold, fail and stay open where they should."""

from dataclasses import replace

import pandas as pd
import pytest

from lib.analyses.headline.claims import CALIBRATED, TRAINED_ENOUGH
from lib.book.claims.engine import FAILS, HOLDS, NOT_MEASURED, decide
from lib.book.report.results import load_results

from ...book.report.made_up import write_results


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = write_results(
        tmp_path_factory.mktemp("headline") / "results",
        runs=[(0, 0), (1, 0), (2, 0)],
        controls=["independent", "trained_as_long"],
    )
    return load_results(folder)


def claim(claims, key):
    [wanted] = [claim for claim in claims if claim.key == key]
    return wanted


@pytest.mark.parametrize(("cka", "verdict"), [(0.95, HOLDS), (0.99, FAILS)])
def test_metrics_agree_on_one_scale_where_both_are_at_independent_networks(study, cka, verdict):
    """SVCCA puts pruned networks where independent ones are, at 0.5; for CKA those are at 0.95."""
    table = study.similarity
    pruned, is_cka = table.experiment == "vgg_svhn", table.metric == "cka"
    value = (0.5 + 0.45 * is_cka).mask(is_cka & pruned, cka)
    changed = replace(study, similarity=table.assign(value=value))
    outcome = decide(claim(CALIBRATED, "vgg_svhn-one-scale-end"), changed)
    assert outcome.verdict == verdict
    assert decide(claim(CALIBRATED, "vgg16_bn-one-scale-end"), study).verdict == NOT_MEASURED


@pytest.mark.parametrize(("gain", "verdict"), [(0.004, HOLDS), (0.006, FAILS)])
def test_a_network_is_trained_enough_if_more_training_adds_little(study, gain, verdict):
    rows = study.performance
    again = rows[(rows.experiment == "vgg_svhn_trained_as_long") & (rows.iteration == 1)]
    runs = [again.assign(train_seed=seed, accuracy=0.9 + gain) for seed in (0, 1, 2)]
    complete = rows[(rows.experiment == "vgg_svhn") & (rows.iteration == 0)]
    own = complete.assign(experiment="vgg_svhn_trained_as_long", accuracy=0.9)
    changed = replace(study, performance=pd.concat([own, *runs], ignore_index=True))
    outcome = decide(claim(TRAINED_ENOUGH, "vgg_svhn-converged"), changed)
    assert outcome.verdict == verdict
