"""A study with what each metric gives on each matrix."""

from dataclasses import replace

import pandas as pd

from ...book.report.results import Results
from ...table_schemas import RUN
from .tables import FURTHER_MATRICES


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
