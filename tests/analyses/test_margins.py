"""What half and twice the margin would decide: rows of published tables, once more from Parquet."""

import nbformat
import numpy as np
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


def similarities(run):
    """Mean over the hidden layers: {metric: pruned networks by complete ones}."""
    rows = pd.read_parquet(ROOT / f"results/chapters/converged/{run}/descent.parquet")
    rows = rows[(rows.iteration == 4) & (rows.kind != "out") & (rows.metric != "mean_cca")]
    means = rows.groupby(["metric", "train_seed", "other_seed"]).value.mean()
    return {metric: means[metric].unstack().to_numpy() for metric in means.index.unique("metric")}


def own_and_others(table):
    return np.array([np.diag(table).mean(), table[~np.eye(len(table), dtype=bool)].mean()])


def place(own, others):
    return (own - others) / (1 - others)


def places(run):
    """Index complete networks, columns metrics: pseudo-values of the place of means."""
    numbers = {}
    for metric, table in similarities(run).items():
        own, others = own_and_others(table)
        slope = np.array([1 / (1 - others), (own - 1) / (1 - others) ** 2])
        left_out = [np.delete(np.delete(table, i, 0), i, 1) for i in range(3)]
        moved = np.array([2 * (own_and_others(table) - own_and_others(x)) for x in left_out])
        numbers[metric] = place(own, others) + moved @ slope
    return pd.DataFrame(numbers)


def places_of_each(run):
    """Index complete networks, columns metrics: by their own strangers alone."""
    numbers = {}
    for metric, table in similarities(run).items():
        own = np.diag(table)
        numbers[metric] = place(own, (table.sum(1) - own) / 2)
    return pd.DataFrame(numbers)


def above(numbers, bound):
    half = STUDENT * numbers.std() / len(numbers) ** 0.5
    if numbers.mean() - half > bound:
        return "holds"
    return "does not hold" if numbers.mean() + half <= bound else "inconclusive"


def nearer(margin):
    """By NBS, VGG16_BN with 1.2 % of its weights is visibly closer to its original than to strangers (10,000 images)."""  # noqa: E501
    return above(places("vgg16_bn_few_images").nbs, margin)


def further(margin):
    """By SVCCA, ResNet_fast with 1.2 % of its weights is visibly further from its original than its training-only control is (10,000 images)."""  # noqa: E501
    alone = places("resnet_fast_few_images_trained_as_long")
    return above((alone - places("resnet_fast_few_images")).svcca, margin)


def agree(margin):
    """With 1.2 % of the weights left, the four relative similarities of each network lie within 0.1 of each other (VGG16_BN, 10,000 images)."""  # noqa: E501
    spread = places_of_each("vgg16_bn_few_images").agg(lambda x: x.max() - x.min(), axis=1)
    return "holds" if (spread < margin).all() else "does not hold"


@pytest.mark.parametrize(
    ("page", "decide"),
    [("is_it_pruning", nearer), ("is_it_pruning", further), ("contrast", agree)],
)
def test_verdicts_under_half_and_twice_the_margin(page, decide):
    verdicts = [decide(margin) for margin in (0.05, 0.1, 0.2)]
    assert published(page, decide.__doc__) == verdicts
    assert len(set(verdicts)) > 1
