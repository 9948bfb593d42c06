"""Networks at the paper's scale beside those of the other pages."""

from lib.report import full_scale
from lib.report.results import load_results

from .made_up import write_results


def test_accuracy_levels_and_cost_are_those_of_the_tables(tmp_path):
    here = load_results(write_results(tmp_path / "here"))
    full = load_results(write_results(tmp_path / "full", prune_seeds=1))
    rows = full_scale.accuracies(here, full).rows
    assert [row[0] for row in rows[:2]] == ["VGG16_BN, other pages", "VGG16_BN, full scale"]
    assert [row[-1] for row in rows[:2]] == ["2", "1"]
    table = full_scale.levels(here, full, "resnet_fast")
    assert table.header[1:3] == ("Mean, other pages", "Mean, full scale")
    values = full.similarities("resnet_fast")
    last = values[(values.metric == "cka") & (values.iteration == 5)]
    [row] = [row for row in table.rows if row[0] == "CKA"]
    assert row[2] == f"{last[last.kind != 'out'].value.mean():.2f}"
    assert row[6] == f"{last[last.kind == 'out'].value.mean():.2f}"
    assert full_scale.cost(full).startswith("A run took 0 minutes on cpu. An epoch took 0.75 s")
