"""The page on validity, on results that have everything, a part, or nothing that it asks for."""

import ast

import jupytext
import pandas as pd
import pytest

from lib import ROOT
from lib.report import rank_correlation
from lib.report.results import load_results

from .made_up import write_results

NOT_MEASURED = "Not measured in this study"


def execute(folder):
    """The names of the page, and what it says: the text of each value in which a cell ends."""
    names, texts = {"display": lambda *values: texts.extend(map(text_of, values))}, []
    for cell in jupytext.read(ROOT / "notebooks" / "validity.py").cells:
        if cell.cell_type != "code":
            continue
        source = cell.source.replace('results = "results"', f"results = {str(folder)!r}")
        source = source.replace("import Markdown, display", "import Markdown")
        *body, last = ast.parse(source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(body, []), "validity", "exec"), names)
            texts.append(
                text_of(eval(compile(ast.Expression(last.value), "validity", "eval"), names))
            )
        else:
            exec(compile(ast.Module([*body, last], []), "validity", "exec"), names)
    return names, texts


def text_of(value):
    html = getattr(value, "_repr_html_", None)
    return html() if html else getattr(value, "data", "")


def with_outputs_and_pairs(folder):
    """What `made_up` lacks is added to VGG_SVHN: pairs of layers, and a metric of the outputs."""
    write_results(folder, controls=["independent"], also=["gap", "channels"])
    whole = load_results(folder)
    file = folder / "similarity" / "vgg_svhn.parquet"
    rows = pd.read_parquet(file)
    out = rows[(rows.kind == "out") & (rows.metric == "cosine")]
    pd.concat([rows, out.assign(metric="agreement")]).to_parquet(file, index=False)
    pairs_of_layers(whole).to_parquet(folder / "identification.parquet", index=False)
    return folder


def pairs_of_layers(results):
    """Every layer like itself by CKA, the more unlike another the further away it is."""
    layers = results.similarity[results.similarity.experiment == "vgg_svhn"]
    layers = layers[["layer", "kind", "depth"]].drop_duplicates()
    pairs = layers.merge(layers, how="cross", suffixes=("_x", "_y"))
    pairs = pairs.assign(
        experiment="vgg_svhn_independent",
        train_seed=0,
        other_seed=1,
        metric="cka",
        reshape="flat",
        value=1 - abs(pairs.depth_x - pairs.depth_y) / 20,
    )
    return pd.concat([pairs, pairs.assign(reshape="channels")])


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """Names and texts where one network of three has outputs and pairs of layers."""
    return execute(with_outputs_and_pairs(tmp_path_factory.mktemp("part") / "results"))


@pytest.fixture(scope="module")
def without_pairs(folder):
    """Names and texts where no network has any of it."""
    return execute(folder)


def test_the_page_runs_with_outputs_and_with_pairs_of_layers(part):
    names, _ = part
    found = names["identification"].accuracies(names["study"], "vgg_svhn")
    assert (found.found == 1).all()
    assert rank_correlation.measured(names["study"], "vgg_svhn", "disagreement")
    assert not rank_correlation.measured(names["study"], "vgg16_bn", "disagreement")


def test_the_page_runs_without_pairs_of_layers(without_pairs):
    names, _ = without_pairs
    assert names["identification"].accuracies(names["study"], "vgg_svhn").empty


def test_what_a_part_of_the_study_lacks_is_said_once(part):
    texts = [text for text in part[1] if NOT_MEASURED in text]
    assert [text.count(NOT_MEASURED) for text in texts if "of independently trained" in text] == [1]
    assert [text.count(NOT_MEASURED) for text in texts if "how often pruned" in text] == [1]
    # the places of single heatmaps in the network that was measured
    rest = [text for text in texts if text.startswith("<div")]
    assert len(texts) == 2 + len(rest) == 3
    assert "VGG16_BN" not in rest[0]


def test_a_page_without_pairs_of_layers_says_so_in_each_of_its_places(without_pairs):
    """In the statement, the answer in short, the table and the figure."""
    texts = [text for text in without_pairs[1] if NOT_MEASURED in text and "how often" not in text]
    assert len(texts) == 4
    assert all(text.count(NOT_MEASURED) == 1 for text in texts)


def test_the_tables_on_top_come_before_the_complete_ones(part):
    tables = [text for text in part[1] if "<table" in text]
    heads = [text.partition("</th>")[0].rpartition(">")[2] for text in tables]
    assert heads == [
        "Found, same size",
        "VGG_SVHN",
        "Over the iterations, with",
        "Step by step, with",
        *["VGG16_BN, accuracy gap", "VGG_SVHN, accuracy gap", "VGG_SVHN, output disagreement"],
        "ResNet_fast, accuracy gap",
    ]


def test_what_is_folded_is_tagged_so():
    """Complete tables cost the reader nothing; code is never shown with them."""
    cells = jupytext.read(ROOT / "notebooks" / "validity.py").cells
    long = [cell for cell in cells if "_tables.complete" in cell.source or "every_" in cell.source]
    assert len(long) == 3
    for cell in long:
        assert set(cell.metadata["tags"]) == {"remove-input", "hide-output"}
        assert cell.metadata["mystnb"]["code_prompt_show"].startswith("Show ")
