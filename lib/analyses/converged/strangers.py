"""Networks trained to the end, and then pruned, on the scale from strangers to identical ones."""

from collections.abc import Iterable

import pandas as pd

from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ..contrast.one_scale import LOW_AND_HIGH
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


def on_first_page(places: pd.DataFrame) -> dict[str, str]:
    """Two numbers of the answer, as texts.

    Returns:
        `most_left`: how far the closest of the most pruned networks is on the way from independent
        networks to identical ones; `apart_least`: by how much the two metrics' raw values differ
        at the least.
    """
    low, high = LOW_AND_HIGH
    raw = places.raw.map(lambda value: value.mean).unstack()
    apart = (raw[high] - raw[low]).min()
    closest = max(place.mean for place in places.place) - 1
    return {"most_left": percent(closest), "apart_least": number(apart, 2)}
