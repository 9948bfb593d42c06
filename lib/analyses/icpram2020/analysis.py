"""Tasks of growing complexity: the tables of the page on ICPRAM 2020."""

import pandas as pd

from ...book import claims
from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED, Outcome
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided
from ...book.report import values
from ...book.report.format import Table
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import Interval
from .claims import HIDDEN_READING, RATE, TASKS

EVERY_TASK = {**TASKS, RATE: "all ten, rate rewound"}
"""experiment -> its task, and what was rewound if not the weights."""


def at_end(study: Results, experiment: str, metric: str, column: str = "value") -> pd.Series:
    """A metric in each hidden layer after the last iteration, mean over the runs.

    Args:
        column: "value", or "null_mean" for what shuffled images give.

    Returns:
        Index layer, in forward order.
    """
    last = values.curves(study, experiment, metric, column=column).iloc[-1]
    return last[values.hidden(study, experiment)]


def of_tasks(study: Results) -> pd.DataFrame:
    """Accuracy in percent and SVCCA of the parts of the network, a row for each task measured."""
    rows = {}
    for experiment in filter(study.__contains__, EVERY_TASK):
        accuracy = 100 * values.accuracy(study, experiment)["mean"]
        svcca = values.by_run(study, experiment, "svcca")
        lowest = at_end(study, experiment, "svcca").idxmin()
        rows[EVERY_TASK[experiment]] = {
            "Complete, %": accuracy.iloc[0],
            "Pruned, %": accuracy.iloc[-1],
            "First": svcca["conv1_1"].mean(),
            "Middle": svcca[["conv1_2", "conv2_1", "conv2_2"]].min(axis=1).mean(),
            "Hidden connected": svcca[["fc1", "fc2"]].mean(axis=1).mean(),
            "Output": svcca["out"].mean(),
            "Lowest at": lowest,
            "Null": values.null(study, experiment, "svcca")["mean"][lowest],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Task")


def computed_where(study: Results) -> pd.DataFrame:
    """Device, PyTorch and revision of the code behind each task; several where they differ."""
    jobs = pd.DataFrame(study.provenance["jobs"])
    jobs = jobs[jobs.experiment.isin(EVERY_TASK)]
    known = pd.DataFrame(
        {
            "Task": jobs.experiment.map(EVERY_TASK),
            "Device": jobs.device.str.replace("1 threads", "1 thread"),
            "PyTorch": [versions["torch"] for versions in jobs.versions],
            "Revision": jobs.revision.str[:7],
        }
    )
    return known.groupby("Task", sort=False).agg(lambda answers: ", ".join(answers.unique()))


def computed_alike(places: pd.DataFrame) -> list[Decided]:
    """Whether all tasks have the same device, the same PyTorch, and the same code."""
    return [
        Decided(
            f"icpram2020-same-{column.lower()}",
            f"All tasks were computed with the same {column}",
            ", ".join(answers.unique()),
            HOLDS if answers.nunique() == 1 else FAILS,
        )
        for column, answers in places.items()
    ]


def two_ways(study: Results, ways: dict[str, str]) -> pd.DataFrame:
    """Means over the hidden layers of two experiments, and the layer in which they differ most.

    Args:
        ways: what was rewound -> experiment, of two.

    Returns:
        No rows where one of the two was not measured.
    """
    rows = {}
    if not all(name in study for name in ways.values()):
        return pd.DataFrame()
    for metric in PAPER_METRICS:
        lines = {words: at_end(study, name, metric) for words, name in ways.items()}
        first, second = lines.values()
        apart = (first - second).abs()
        means = {words.capitalize(): line.mean() for words, line in lines.items()}
        rows[METRICS[metric]] = {**means, "Furthest apart at": apart.idxmax(), "By": apart.max()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric")


def beside_strangers(study: Results, compared: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """Means over the hidden layers after the last iteration, by each metric.

    Args:
        compared: head of a row -> (experiment, column of the similarity table).

    Returns:
        A row for each experiment that was measured.
    """
    rows = {
        words: {
            METRICS[metric]: at_end(study, name, metric, column).mean() for metric in PAPER_METRICS
        }
        for words, (name, column) in compared.items()
        if name in study
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis("Compared with the complete network")


def two_readings(study: Results, outcomes: list[Outcome]) -> Table:
    """The claims on the fully-connected layer, if it is the output and if it is a hidden one."""
    declared = {outcome.claim.key: outcome for outcome in outcomes}
    rows = []
    for hidden in claims.evaluate(study, HIDDEN_READING):
        output = declared[hidden.claim.key]
        both = [each.nearest for each in (output, hidden)]
        cells = [f"{each.measured}: {each.qualified_verdict}" for each in both]
        rows.append((output.claim.statement, *cells))
    header = ("Claim", "The output layer", "The hidden fully-connected layers")
    return Table(header, rows, cards=True)


def pivot_verdict(nearer: Interval) -> str:
    """Whether a pruned network's output is nearer than that of another complete network."""
    if pd.isna(nearer.low):
        return NOT_MEASURED
    return "nearer" if nearer.low > 0 else "not measurably nearer"
