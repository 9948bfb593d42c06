"""What half and twice the margin would decide: rows of published tables, once more from Parquet."""

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from lib import ROOT

STUDENT = 4.302652729749464  # the 97.5 % quantile of Student's t with two degrees of freedom


def published(page, sentence):
    """The verdicts in the row of this sentence."""
    cells = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4).cells
    [cell] = [cell for cell in cells if cell.source == "claims.by_margin()"]
    rows = BeautifulSoup(cell.outputs[0].data["text/html"], "html.parser").find_all("tr")
    [row] = [row for row in rows if row.th.text == sentence]
    return [cell.text for cell in row.find_all("td")]


def places(run):
    """How far on the way from others to identical; index train_seed, columns the metrics."""
    rows = pd.read_parquet(ROOT / f"results/chapters/converged/{run}/descent.parquet")
    rows = rows[(rows.iteration == 4) & (rows.kind != "out") & (rows.metric != "mean_cca")]
    own = rows.other_seed == rows.train_seed
    own, others = (
        x.groupby(["train_seed", "metric"]).value.mean() for x in (rows[own], rows[~own])
    )
    return ((own - others) / (1 - others)).unstack()


def above(numbers, bound):
    half = STUDENT * numbers.std() / len(numbers) ** 0.5
    if numbers.mean() - half > bound:
        return "holds"
    return "does not hold" if numbers.mean() + half <= bound else "undecided"


def nearer(margin):
    """By NBS, VGG16_BN pruned to the end is nearer to its own by a tenth of the way or more."""
    return above(places("vgg16_bn_few_images").nbs, margin)


def further(margin):
    """By SVCCA, pruning to the end takes ResNet_fast a tenth of the way further than training does, or more."""  # noqa: E501
    alone = places("resnet_fast_few_images_trained_as_long")
    return above((alone - places("resnet_fast_few_images")).svcca, margin)


def agree(margin):
    """The four metrics place VGG16_BN (few images) within a tenth, in each network pruned to the end."""  # noqa: E501
    spread = places("vgg16_bn_few_images").agg(lambda x: x.max() - x.min(), axis=1)
    return "holds" if (spread < margin).all() else "does not hold"


@pytest.mark.parametrize(
    ("page", "decide"),
    [("is_it_pruning", nearer), ("is_it_pruning", further), ("contrast", agree)],
)
def test_verdicts_under_half_and_twice_the_margin(page, decide):
    verdicts = [decide(margin) for margin in (0.05, 0.1, 0.2)]
    assert published(page, decide.__doc__) == verdicts
    assert len(set(verdicts)) > 1
