"""Similarity of the outputs, and whether it depends on how well the networks fit."""

import pandas as pd

from ...book.report import values
from ...book.report.format import number, percent
from ...book.report.names import METRICS, SCALES
from ...book.report.results import Results

_SHOWN = ("svcca", "pwcca", "cka", "nbs", "cosine")
SPARSER = 0.17
"""At most so many of the weights are left where the paper's CKA of the outputs changes no more."""

_BESIDE = {
    "": "Pruned",
    "_trained_on": "Trained as long",
    "_independent": "Independently trained",
}
"""End of an experiment's name -> what is compared with the complete network."""

AS_HERE = "as in this study"


def outputs(study: Results, experiment: str) -> pd.DataFrame:
    """Similarity on the output layer, mean over the runs: index iteration, columns metrics."""
    rows = pd.concat(values.rows(study, experiment, metric) for metric in _SHOWN)
    rows = rows[rows.kind == "out"]
    return rows.pivot_table("value", "iteration", "metric").reindex(columns=list(_SHOWN))


def same_class_table(study: Results) -> pd.DataFrame:
    """Share of the images to which two networks give the same class after the last iteration.

    Returns:
        Index the name of the network, columns those of `_BESIDE`; NaN where it was not counted.
    """
    rows = {}
    for experiment in study.experiments:
        shares = {head: values.same_class(study, experiment + end) for end, head in _BESIDE.items()}
        rows[study.network(experiment)] = {
            head: share.iloc[-1] if len(share) else float("nan") for head, share in shares.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Same class")


def ends(study: Results) -> pd.DataFrame:
    """The outputs after the first and after the last iteration, by the share of weights left."""
    rows = {}
    for experiment in study.experiments:
        curve = outputs(study, experiment)
        remaining = values.remaining(study, experiment)
        for iteration in curve.index[[0, -1]]:
            head = f"{study.network(experiment)}, {percent(remaining[iteration])} left"
            rows[head] = curve.loc[iteration]
    return pd.DataFrame(rows).T.rename(columns=METRICS).rename_axis("Network")


def every_point(study: Results, experiment: str) -> pd.DataFrame:
    """The outputs at each iteration, as a table of numbers."""
    table = outputs(study, experiment).rename(columns=METRICS)
    table.insert(0, "remaining %", 100 * values.remaining(study, experiment))
    return table.reset_index()


def fits(study: Results) -> pd.DataFrame:
    """Training loss, and similarity of the outputs of sparse networks, at each scale.

    Returns:
        Index network and scale. Columns `Loss, complete`, `Loss, pruned` (nats per image, last
        epoch, augmentation included) and the metrics, with at most `SPARSER` of the weights.
    """
    rows = {}
    for experiment in study.experiments:
        scales = {experiment: AS_HERE}
        for end, head in SCALES.items():
            scales[f"{experiment}_{end}"] = head.lower()
        for name, scale in scales.items():
            if name in (experiment, *study.variants):
                rows[f"{study.network(experiment)}, {scale}"] = _fit(study, name)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def _fit(study: Results, experiment: str) -> dict[str, float]:
    trained = study.of(experiment, "performance")
    pruned = trained[(trained.iteration > 0) & (trained.remaining <= SPARSER)]
    sparse = values.remaining(study, experiment) <= SPARSER
    return {
        "Loss, complete": trained[trained.iteration == 0].train_loss.mean(),
        "Loss, pruned": pruned.train_loss.mean(),
        **outputs(study, experiment)[sparse].mean().rename(METRICS),
    }


def beside_half_as_wide(study: Results) -> pd.DataFrame:
    """How the networks of the study differ from those half as wide in fit and in their outputs.

    Returns:
        Index experiment; columns `Loss, pruned`, `CKA`, `cosine`; no rows where none was trained.
    """
    table = fits(study)
    rows = {}
    for experiment in study.experiments:
        name = study.network(experiment)
        heads = [f"{name}, {AS_HERE}", f"{name}, {SCALES['slim'].lower()}"]
        if set(heads) <= set(table.index):
            here, slim = (table.loc[head] for head in heads)
            rows[experiment] = here - slim
    columns = ["Loss, pruned", METRICS["cka"], METRICS["cosine"]]
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)


def fit_decided(study: Results) -> dict[str, tuple[str, str]]:
    """Whether the network of lower loss has the less similar outputs, by CKA and by the cosine.

    Returns:
        {experiment: (what was measured, verdict)}.
    """
    found = {}
    for experiment, apart in beside_half_as_wide(study).iterrows():
        measured = ", ".join(f"{name} {number(value, 3, '+')}" for name, value in apart.items())
        loss, *similarities = apart
        signs = {bool(value * loss > 0) for value in similarities}
        verdict = "holds" if signs == {True} else "does not hold"
        found[experiment] = (measured, "not measured" if apart.isna().any() else verdict)
    return found
