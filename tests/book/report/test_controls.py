"""The controls of pruning: made-up ones are equal in every layer, so that all means are known."""

import dataclasses

import numpy as np
import pytest

from ...pages import run_page
from .made_up import CONTROLS, write_results

CONTROL_LINES = {
    "trained as long, never pruned": 0.905,
    "random masks, as sparse in each layer": 0.605,
    "another complete network, trained independently": 0.51,
    "a network that was never trained": 0.305,
}
"""Line of the figure -> mean over its runs, which are a hundredth apart."""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page's names, where VGG_SVHN has all four controls."""
    folder = tmp_path_factory.mktemp("controls") / "results"
    return run_page("controls", write_results(folder, controls=CONTROLS))


def with_values(study, change):
    """The study with other similarities."""
    rows = study.similarity
    return dataclasses.replace(study, similarity=rows.assign(value=change(rows)))


def test_the_page_runs_with_all_some_and_no_controls(page, folder, tmp_path):
    some = run_page("controls", write_results(tmp_path, controls=["trained_on"]))
    none = run_page("controls", folder)
    pruned = page["PRUNED"]
    assert list(page["measured"]("vgg_svhn")) == [pruned, *CONTROL_LINES]
    assert list(some["measured"]("vgg_svhn")) == [pruned, *list(CONTROL_LINES)[:1]]
    assert list(none["measured"]("vgg_svhn")) == [pruned]
    missing = some["means"]("vgg_svhn").rows[2]
    assert missing[1:] == ("-", "-", "-", "-", "not measured here")
    assert none["accuracies"]("vgg_svhn").rows[-1][1:] == ("-", "-", "not measured here")


def test_the_means_are_over_runs_after_the_last_iteration_and_hidden_layers(page, on):
    """Neither the output layer nor earlier iterations count."""
    study = page["study"]
    other = with_values(
        study,
        lambda rows: rows.value.mask(rows.kind == "out", 0.0).mask(
            (rows.experiment == "vgg_svhn_random_masks") & (rows.iteration < 5), 0.1
        ),
    )
    for each in (study, other):
        found = on(each, "over_hidden_layers", "vgg_svhn").groupby(level=["line", "metric"]).mean()
        for line, value in CONTROL_LINES.items():
            np.testing.assert_allclose(found[line], value)
        assert found[page["NULL"], "svcca"] == pytest.approx(0.05)


def test_shares_of_the_way_from_the_null_to_independent_networks(page, on, folder):
    values = {"vgg_svhn": 0.81, "vgg_svhn_independent": 0.51, "vgg_svhn_untrained": 0.05}
    study = with_values(page["study"], lambda rows: rows.experiment.map(values).fillna(rows.value))
    rows = {row[0]: row[1:] for row in on(study, "shares", "vgg_svhn").rows}
    assert set(rows) == {page["PRUNED"], *CONTROL_LINES} - {page["INDEPENDENTLY"]}
    # the null is 0.05; with one pruned network there is no interval
    assert rows[page["PRUNED"]][0] == "1.65"  # 0.76 / 0.46
    assert rows["a network that was never trained"][0] == "0.00"
    none = run_page("controls", folder)["shares"]("vgg_svhn")
    assert none._repr_html_() == "<p>No independent networks were compared here.</p>"
