"""The table of metrics on matrices other than the paper's."""

from dataclasses import replace

import pandas as pd

from ...book.report.results import Results
from ...table_schemas import RUN, SIMILARITY

FURTHER_MATRICES = replace(SIMILARITY, name="matrices", by_experiment=False)
"""The rows of the table of similarity, and further ones that say what each metric gives on the
other matrices; with the dimensions of the layers."""


def with_matrices(study: Results) -> Results:
    """A study whose table of similarity has the rows of `FURTHER_MATRICES` as well.

    Networks that were compared once more have the rows of that comparison alone.
    """
    further = study.table(FURTHER_MATRICES)
    if further.empty:
        return study
    compared = pd.MultiIndex.from_frame(further[[*RUN]]).unique()
    once_more = pd.MultiIndex.from_frame(study.similarity[[*RUN]]).isin(compared)
    rows = pd.concat([study.similarity[~once_more], further], ignore_index=True)
    return replace(study, similarity=rows)
