"""Every page runs on tables that it was not published on, or says which table is missing.

The tables are the published ones, with fewer networks, undefined numbers, or a table less.
"""

import re
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from lib import ROOT
from lib.book.pages import notebook_pages
from lib.integrity import published_results, study_folders
from lib.report import NETWORK, Claims, NotMeasuredError

from .pages import as_html, run_notebook

PAGES = [page for page in notebook_pages() if page.folders]
OF_RUNS = {"similarity", "performance", "density"}
"""The tables of all runs; all others are of analyses."""

OF_LAYERS = ["value", "null_mean", "own", "agreement", "id_x"]
READ = pd.read_parquet


def of_networks(rows, many):
    """The tables of a study of so many pruned networks, each with one stranger or more."""
    pruned = rows.experiment.str.endswith("_independent").map({True: max(many, 2), False: many})
    others = rows.get("other_seed", pd.Series(pd.NA, rows.index, "Int64")).fillna(0)
    return rows[(rows[NETWORK] < pruned) & (others < max(many, 2))]


def of_ten_prunings(rows):
    """As in the profile `smoke`, which prunes at the paper's pace half as far."""
    if {"radius", "entropy"} & set(rows):  # measured in the end, whenever that is
        return rows.assign(iteration=rows.iteration.clip(upper=10))
    return rows[rows.iteration <= 10] if "iteration" in rows else rows


def collapsed(rows):
    """As if some networks had collapsed: chance accuracy, and no similarity, which has no variance.

    Of network 0, one layer is dead; 1 and some whole kinds collapsed in the last pruning, 2 in the
    second half of the prunings.
    """
    rows = rows.copy()
    if "iteration" not in rows:
        return rows
    last, pruned = rows.iteration.max(), rows.iteration > 0
    kinds = rows.network.str.startswith("resnet") | rows.role.isin(["random", "one_shot"])
    gone = pruned & (rows.iteration == last) & (kinds | (rows[NETWORK] == 1))
    gone |= pruned & (rows.iteration > last / 2) & (rows[NETWORK] == 2)
    if "accuracy" in rows:
        rows.loc[gone, "accuracy"] = 0.1
    if "depth" in rows:
        layers = rows.depth.rank(method="dense")
        gone = (gone & (layers > 4)) | (pruned & (rows[NETWORK] == 0) & (layers == 3))
        rows.loc[gone, [name for name in OF_LAYERS if name in rows]] = float("nan")
    return rows


CONDITIONS = {
    "one network": lambda rows: of_networks(rows, 1),
    "two networks": lambda rows: of_networks(rows, 2),
    "ten prunings": of_ten_prunings,
    "collapsed": collapsed,
}


@cache
def changed(file, condition):
    return CONDITIONS[condition](READ(file))


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """Executes a page on changed tables; returns its variables, outputs, and what it glues."""

    def execute(page, condition, without=""):
        folders = {}
        for chapter, parameter in page.folders.items():
            folders[parameter] = tmp_path / "chapters" / chapter
            for file in (ROOT / published_results(chapter)).glob("*/*.*"):
                copy = folders[parameter] / file.parent.name / file.name
                copy.parent.mkdir(parents=True, exist_ok=True)
                if file.stem != without:
                    copy.symlink_to(file)
        glued = {}
        monkeypatch.setitem(
            sys.modules,
            "myst_nb",
            SimpleNamespace(glue=lambda name, value, display=True: glued.update({name: value})),
        )
        monkeypatch.setattr(
            pd, "read_parquet", lambda file: changed(Path(file).resolve(), condition).copy()
        )
        names = run_notebook(page.source, {name: str(path) for name, path in folders.items()})
        return names, names["displayed"], glued

    yield execute
    plt.close("all")


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs_on_other_tables(page, condition, executed):
    if condition == "ten prunings" and '"1.2 %"' in page.source.read_text(encoding="utf-8"):
        with pytest.raises(NotMeasuredError, match=r"shows 1\.2 %: `make study PROFILE=paper`"):
            executed(page, condition)
        return
    names, displayed, glued = executed(page, condition)
    texts = {name: str(value) for name, value in glued.items()}
    assert {name: text for name, text in texts.items() if re.search(r"\bnan\b", text, re.I)} == {}
    assert re.findall(r"<t[dh]>[^<]*\bnan\b", as_html(displayed), re.I) == []
    claims = [value.table() for value in names.values() if isinstance(value, Claims)]
    for table in claims:
        held = table[table.verdict == "holds"]
        assert not held.measured.str.contains(r"n = [012]\b").any()
        if condition in ("one network", "two networks"):
            # of several kinds of networks, or of settings of one measurement
            units = held.index.str.contains("-kind$|^moves-|^contrast-")
            assert list(held.index[~units]) == []


ANALYSES = {
    file.stem for study in study_folders(ROOT / "results") for file in study.glob("*/*.parquet")
} - OF_RUNS
READ_BY = [
    (page, table)
    for page in PAGES
    for table in sorted(ANALYSES)
    # a finding or a quantity of the same name is a key
    if re.search(f'"{table}"(?!:)', page.source.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "table"), READ_BY, ids=lambda of: getattr(of, "name", of))
def test_a_page_says_which_analysis_it_needs(page, table, executed):
    with pytest.raises(NotMeasuredError) as refused:
        executed(page, "one network", without=table)
    said = str(refused.value)
    assert f"no {table}.parquet in" in said
    assert re.search(rf"make study CHAPTER=({'|'.join(page.folders)})\b", said)
    assert "\n" not in said
