"""Networks trained to the end, and then pruned, on the scale from strangers to identical ones."""

from collections.abc import Iterable

import pandas as pd

from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ..frames import frame_of
from .analysis import network_name


def places_of(places: pd.DataFrame, networks: Iterable[str]) -> pd.DataFrame:
    """The rows of these networks, as far as there are any.

    Args:
        places: as `one_scale.places_on_scale` returns it.
    """
    return places[places.index.get_level_values(0).isin(list(networks))]


def places_of_all(places: pd.DataFrame, study: Results) -> pd.DataFrame:
    """Where the most pruned networks stand between shuffled images and identical networks."""
    rows = {
        (network_name(study, network), METRICS[metric]): {
            "Raw value": row.raw.text(),
            "On the scale": row.place.text(),
        }
        for (network, metric), row in places.iterrows()
    }
    return frame_of(rows, "Network", "Metric")


def most_left(places: pd.DataFrame) -> str:
    """How far the closest of these networks is on the way from strangers to identical networks."""
    return percent(max(place.mean for place in places.place) - 1)
