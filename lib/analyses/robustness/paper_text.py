"""The numbers in the paper's text beside the lowest layers and the outputs of our networks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...book.findings import Decided
from ...book.report import values
from ...book.report.format import number
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results

NEAR = 0.1
"""A lowest value that is no further from the paper's counts as near."""


@dataclass(frozen=True)
class InTheText:
    """What the paper's text says of a network in one metric (sections 5.2, 5.3 and 7).

    Attributes:
        lowest: of all hidden layers, or a bound for it; NaN where the text has no number.
        words: where, or what it says instead.
        output: of the output layer.
    """

    lowest: float = math.nan
    words: str = "no number"
    output: str = "no number"


_TWO_BOTTOMS = InTheText(words="no number; bottoms in the third and the fourth block")

IN_THE_TEXT = {
    ("vgg16_bn", "svcca"): InTheText(0.35, "0.35, around the third block", "above 0.9"),
    ("vgg16_bn", "pwcca"): InTheText(0.32, "0.32, around the third block", "above 0.9"),
    ("vgg16_bn", "cka"): InTheText(0.75, "never below 0.75", "0.77 to 0.95"),
    ("vgg16_bn", "nbs"): InTheText(
        0.7, "0.7, at the third pooling or just behind it", "down to about 0.9"
    ),
    ("vgg_svhn", "svcca"): _TWO_BOTTOMS,
    ("vgg_svhn", "pwcca"): _TWO_BOTTOMS,
    ("vgg_svhn", "cka"): InTheText(0.75, "never below 0.75; a bowl in the third block"),
    ("vgg_svhn", "nbs"): InTheText(words="no number; as CKA, without the bowl"),
    ("resnet_fast", "svcca"): InTheText(0.40, "above 0.40, at the third convolution"),
    ("resnet_fast", "pwcca"): InTheText(0.45, "above 0.45, at the third convolution"),
    ("resnet_fast", "cka"): InTheText(0.9, '"hardly touching the 0.90 mark"'),
    ("resnet_fast", "nbs"): InTheText(0.82, "0.82, at the second residual block"),
}
"""(network, metric) -> what the paper's text says of it."""


def lowest_layer(study: Results, experiment: str, metric: str) -> tuple[str, float]:
    """The hidden layer that is lowest in any iteration, and its value there."""
    hidden = values.hidden(study, experiment)
    least = values.curves(study, experiment, metric)[hidden].min()
    return least.idxmin(), float(least.min())


def beside_the_text(scales: Mapping[str, Results]) -> pd.DataFrame:
    """The paper's text beside our lowest hidden layer and our range of the output.

    Args:
        scales: {head of its columns: results}.

    Returns:
        Texts; a row for each network and metric.
    """
    rows = {}
    for (name, metric), paper in IN_THE_TEXT.items():
        row = {"Lowest hidden layer, paper": paper.words}
        outputs = {"Output, paper": paper.output}
        for scale, study in scales.items():
            if name in study:
                layer, value = lowest_layer(study, name, metric)
                output = values.curves(study, name, metric).iloc[:, -1]
                row[f"Lowest hidden layer, {scale}"] = f"{number(value)} at {layer}"
                outputs[f"Output, {scale}"] = f"{number(output.min())} to {number(output.max())}"
        rows[f"{PAPER_NETWORKS[name]}, {METRICS[metric]}"] = row | outputs
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")
    return table.fillna("not measured")


def far_from_the_text(study: Results) -> pd.Series:
    """How far our lowest hidden layer lies from the paper's number, where the text has one.

    Returns:
        Index (network, metric).
    """
    distances = {
        (name, metric): abs(lowest_layer(study, name, metric)[1] - paper.lowest)
        for (name, metric), paper in IN_THE_TEXT.items()
        if name in study and not math.isnan(paper.lowest)
    }
    return pd.Series(distances, dtype=float)


def near_the_text(study: Results) -> Decided:
    """Whether our networks come near most of the numbers in the paper's text."""
    far = far_from_the_text(study)
    near = int((far <= NEAR).sum())
    verdict = "holds" if near > len(far) / 2 else "does not hold"
    return Decided(
        "full-scale-near-the-text",
        f"the lowest hidden layer lies within {NEAR} of the paper's number, in most cases",
        f"in {near} of {len(far)} cases",
        verdict if len(far) else "not measured",
    )
