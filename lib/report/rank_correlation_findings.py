"""Does a metric follow what the network does? The sentences, in Markdown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .layerwise import signed
from .names import METRICS, count, enumerate_words
from .rank_correlation import (
    ITERATION,
    OUTPUTS,
    TARGETS,
    about,
    heading,
    measured,
    summary,
    targets_measured,
)
from .rank_correlation_tables import ranged
from .results import Results
from .validity import NOT_MEASURED, PAPER_CELLS, phrase

ALIKE = 0.05
"""Rank correlations that differ by no more say the same."""


def statement(results: Results) -> str:
    """What the change of function is for each network, and what is missing."""
    missing, other = [], []
    for name in results.experiments:
        network = results.network(name)
        if not measured(results, name, "disagreement"):
            missing.append(network)
        elif about(results, name, "disagreement") != OUTPUTS["agreement"]:
            other.append(network)
    sentences = []
    if other:
        sentences.append(
            f"The agreement of the classes was not recorded for {enumerate_words(other)}: the "
            "Jensen-Shannon divergence of the predictions stands in its place."
        )
    if missing:
        sentences.append(
            "**Not measured in this study:** how often pruned and complete networks disagree, of "
            f"{enumerate_words(missing)}. Add `agreement` to the experiment's `output_metrics`, "
            "and run `make book`."
        )
    if not sentences:
        return "Accuracy gap and output disagreement were recorded for every network."
    return "\n\n".join(sentences)


def against_the_number(results: Results) -> str:
    """Whether any metric has another rank correlation than the iteration's number."""
    cases = _cases(results)
    if cases.empty:
        return NOT_MEASURED
    cases = cases[cases.rho.notna() & cases.number.notna()]
    if cases.empty:
        return "Over the iterations, nothing changes: there is nothing to rank."
    further = (cases.rho - cases.number).round(9)
    if abs(further).max() <= ALIKE:
        distance = max(np.ceil(100 * abs(further).max()), 1) / 100
        return (
            "Over the iterations, no metric says more than the number of the iteration: each of "
            f"the {count(len(cases), 'rank correlation')} is within {distance:.2f} of that of the "
            "number."
        )
    best, above = cases.loc[further.idxmax()], int((further > ALIKE).sum())
    text = (
        f"Over the iterations, {above or 'none'} of "
        f"{count(len(cases), 'rank correlation')} {'is' if above < 2 else 'are'} more than "
        f"{ALIKE} above that of the iteration's number"
    )
    if above:
        text += (
            f"; the furthest is that of {phrase(*best.cell)}, {signed(best.rho)} where the number "
            f"has {signed(best.number)} ({best.place})"
        )
    return f"{text}."


def beyond(results: Results) -> str:
    """How much is left to judge once the number of the iteration is taken out."""
    cases = _cases(results)
    if cases.empty:
        return NOT_MEASURED
    judged = cases[cases.beyond_runs > cases.number_runs / 2]
    every = count(len(cases), "case")
    if judged.empty:
        return (
            f"Beyond the iteration, none of {every} can be judged: in most runs, a metric ranks "
            "the iterations as their numbers do."
        )
    above = judged[judged.beyond_low > 0]
    text = f"Beyond the iteration, {len(judged)} of {every} can be judged. "
    if above.empty:
        return f"{text}In none of them does the range lie above 0."
    best = above.loc[above.beyond.idxmax()]
    return (
        f"{text}The range lies above 0 in {len(above)}; the highest is that of "
        f"{phrase(*best.cell)}, {ranged(best, 'beyond')} ({best.place})."
    )


def _cases(results: Results) -> pd.DataFrame:
    """A row for each metric on each reshape, network and target, with what the number has."""
    frames = []
    for experiment, target in targets_measured(results):
        frame = summary(results, experiment, target)
        metrics = frame.drop(ITERATION)
        frames.append(
            metrics.assign(
                cell=list(metrics.index),
                place=heading(results, experiment, target),
                number=frame.rho[ITERATION],
                number_runs=frame.rho_runs[ITERATION],
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def finding(results: Results, experiment: str) -> str:
    """Which of the paper's metrics go with each target step by step, a sentence for each."""
    known = [target for target in TARGETS if measured(results, experiment, target)]
    if not known:
        return f"**{results.network(experiment)}.** {NOT_MEASURED}"
    sentences = [
        _step_by_step(summary(results, experiment, target), about(results, experiment, target))
        for target in known
    ]
    return f"**{results.network(experiment)}.** {' '.join(sentences)}"


def _step_by_step(frame: pd.DataFrame, target: str) -> str:
    own = frame[frame.index.isin(PAPER_CELLS) & frame.steps.notna()]
    if own.empty:
        return f"No metric can be judged by the steps of the {target}."
    after, against = own[own.steps_low > 0], own[own.steps_high < 0]
    if after.empty:
        text = f"None of the paper's metrics follows the steps of the {target}"
    else:
        verb = "follows" if len(after) == 1 else "follow"
        text = f"{_named(after)} {verb} the steps of the {target}"
    if len(against):
        text += f"; {_named(against)} {'runs' if len(against) == 1 else 'run'} against them"
    return f"{text}."


def _named(frame: pd.DataFrame) -> str:
    return enumerate_words(
        [f"{METRICS[metric]} ({signed(row.steps)})" for (metric, _), row in frame.iterrows()]
    )
