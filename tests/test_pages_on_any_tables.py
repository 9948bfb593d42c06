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

from lib.book.pages import notebook_pages
from lib.integrity import study_folders
from lib.report import NETWORK, Claims, NotMeasuredError
from lib.repository import ROOT, published_results

from .pages import as_html, run_notebook

PAGES = [page for page in notebook_pages() if page.folders]
ANALYSES = {
    file.stem for study in study_folders(ROOT / "results") for file in study.glob("*/*.parquet")
} - {"similarity", "performance", "density"}  # which all runs have

ALIKE = ["local", "one_shot_midway", "random", "synflow_to_collapse"]
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


def collapsed(rows, chapter):
    """As if some networks had collapsed: chance accuracy, and no similarity, which has no variance.

    Of network 0, one layer is dead; 1 and some whole kinds collapsed in the last pruning, 2 in the
    second half of the prunings. Other networks, and ways to prune like those left, only take time.
    """
    rows = of_networks(rows[(chapter != "out_of_sample") | ~rows.role.isin(ALIKE)], 3).copy()
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


def few(rows, chapter):
    """One network, or two; pages that show both chapters meet both."""
    return of_networks(rows, 1 if chapter in ("converged", "at_init") else 2)


CONDITIONS = {
    "one network": lambda rows, chapter: of_networks(rows, 1),
    "two networks": lambda rows, chapter: of_networks(rows, 2),
    "few networks": few,
    "few networks, ten prunings": lambda rows, chapter: of_ten_prunings(few(rows, chapter)),
    "collapsed": collapsed,
}
SHOW_A_SHARE = [
    page
    for page in PAGES
    if page.name
    in ("accuracy", "contrast", "index", "is_it_pruning", "what_a_value_means", "zeros")
]
"""The pages that show 1.2 % of the weights, and so refuse networks that are pruned less."""

OF_FEW = {page: ["few networks, ten prunings"] for page in PAGES}
OF_FEW |= {page: ["few networks"] for page in SHOW_A_SHARE}
OF_FEW |= {page: ["one network", "two networks"] for page in PAGES if len(page.folders) == 1}
CASES = [(page, condition) for page, conditions in OF_FEW.items() for condition in conditions]


def named(value):
    return getattr(value, "name", value)


@cache
def changed(file, condition):
    return CONDITIONS[condition](READ(file), file.parts[-3])


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """Executes a page on changed tables; returns its variables, outputs, and what it glues."""

    def execute(page, condition, without=frozenset(), measure=None):
        folders = {}
        for chapter, parameter in page.folders.items():
            folders[parameter] = tmp_path / "chapters" / chapter
            for file in (ROOT / published_results(chapter)).glob("*/*.*"):
                if file.stem not in without:
                    link(file, tmp_path)
        glued = {}
        monkeypatch.setitem(
            sys.modules,
            "myst_nb",
            SimpleNamespace(glue=lambda name, value, display=True: glued.update({name: value})),
        )
        monkeypatch.setattr(
            pd, "read_parquet", lambda file: changed(Path(file).resolve(), condition).copy()
        )
        given = {name: str(path) for name, path in folders.items()}
        names = run_notebook(page.source, given, measure)
        return names, names["displayed"], glued

    yield execute
    plt.close("all")


def link(file, folder):
    """A published file, where a study in a folder would have it."""
    copy = folder.joinpath(*file.relative_to(ROOT / "results").parts)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.symlink_to(file)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_runs_on_networks_that_collapsed(page, executed):
    check(*executed(page, "collapsed"), few=False)


def check(names, displayed, glued, few):
    """No number is `nan`, and no claim rests on fewer than three networks."""
    texts = {name: str(value) for name, value in glued.items()}
    assert {name: text for name, text in texts.items() if re.search(r"\bnan\b", text, re.I)} == {}
    assert re.findall(r"<t[dh]>[^<]*\bnan\b", as_html(displayed), re.I) == []
    claims = [value.table() for value in names.values() if isinstance(value, Claims)]
    for table in claims:
        held = table[table.verdict == "holds"]
        assert not held.measured.str.contains(r"n = [012]\b").any()
        if few:
            # of several kinds of networks, of architectures, or of settings of one measurement
            units = held.index.str.contains("-kind$|-architecture$|^moves-|^contrast-")
            assert list(held.index[~units]) == []


@pytest.mark.parametrize(("page", "condition"), CASES, ids=named)
def test_a_page_runs_on_few_networks_and_says_which_analyses_it_needs(
    page, condition, executed, tmp_path
):
    named = []

    def measure(refused):
        table, *others = [name for name in ANALYSES if f"no {name}.parquet in" in str(refused)]
        assert (others, table in named) == ([], False)
        named.append(table)
        assert re.search(rf"make study CHAPTER=({'|'.join(page.folders)})\b", str(refused))
        assert "\n" not in str(refused)
        for chapter in page.folders:
            for file in (ROOT / published_results(chapter)).glob(f"*/{table}.parquet"):
                link(file, tmp_path)

    check(*executed(page, condition, ANALYSES, measure), few=True)
    source = page.source.read_text(encoding="utf-8")
    assert set(named) == {name for name in ANALYSES if re.search(f'"{name}"[^:]', source)}


@pytest.mark.parametrize("page", SHOW_A_SHARE, ids=named)
def test_a_page_says_how_far_networks_must_be_pruned(page, executed):
    with pytest.raises(NotMeasuredError, match=r"shows 1\.2 %: `make study PROFILE=paper`"):
        executed(page, "few networks, ten prunings")
