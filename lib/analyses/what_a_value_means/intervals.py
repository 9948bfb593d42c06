"""How often the intervals of values cover, as `benchmarks.jackknife_coverage` found."""

import pandas as pd

from ... import ROOT
from ...book.report.format import Table, percent
from ...metrics import METRICS

NO_INTERVAL = "none"
"""Where no interval is given."""


def read_coverage() -> pd.DataFrame:
    """The committed table, a row for each metric, reshape, number of images and kind of data."""
    return pd.read_csv(ROOT / "benchmarks" / "jackknife_coverage.csv")


def pooled(coverage: pd.DataFrame) -> pd.DataFrame:
    """Over all kinds of data: in which share of samples an interval was given, and covered.

    Args:
        coverage: as of `read_coverage`.

    Returns:
        `given` and `covered`, shares of all samples and of the given ones, NaN where
        none was, and `intervals`, how many were given; by metric, reshape and images.
    """
    counts = coverage.assign(
        given=coverage.given * coverage.repeats,
        covered=(coverage.given * coverage.repeats * coverage.covered).fillna(0),
    )
    by = ["metric", "reshape", "images"]
    sums = counts.groupby(by, sort=False)[["given", "covered", "repeats"]].sum()
    covered = sums.covered / sums.given
    given = sums.given / sums.repeats
    return pd.DataFrame({"given": given, "covered": covered, "intervals": sums.given})


def coverage_table(coverage: pd.DataFrame) -> Table:
    """How often intervals of 95 % cover: metrics and reshapes (rows) by numbers of images."""
    shares = pooled(coverage)
    shown = pd.Series(
        [_cell(given, covered) for given, covered, _ in shares.to_numpy()], index=shares.index
    )
    wide = shown.unstack("images", fill_value="").reindex(shares.index.droplevel("images").unique())
    titles = {name: metric.title for name, metric in METRICS.items()}
    wide = wide.rename(index=titles, level="metric").rename_axis(["Metric", "Reshape"])
    wide.columns = [f"{images:,} images" for images in wide.columns]
    return Table.of(wide, numeric=[*wide.columns])


def _cell(given: float, covered: float) -> str:
    if given == 0:
        return NO_INTERVAL
    share, given_in = percent(covered, 1), percent(given)
    return share if given_in == percent(1) else f"{share} (given in {given_in})"
