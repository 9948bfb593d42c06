"""Networks trained to the end, and then pruned, on the scale from strangers to identical ones."""

from collections.abc import Iterable

import pandas as pd

from ...book.claims import estimate
from ...book.claims.calibrated import position
from ...book.findings import Decided, compared
from ...book.report.figure import PanelFigure
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ..contrast import one_scale
from ..each_network.analysis import key
from ..frames import frame_of
from .analysis import network_name, networks_shown


def places_of(places: pd.DataFrame, networks: Iterable[str]) -> pd.DataFrame:
    """The rows of these networks, as far as there are any.

    Args:
        places: as `one_scale.places_on_scale` returns it.
    """
    return places[places.index.get_level_values(0).isin(list(networks))]


def draw_on_both_scales(figure: PanelFigure, places: pd.DataFrame, study: Results) -> None:
    """Raw values in one panel, beside strangers, and the same on the scale in another."""
    raw = figure.panel("Similarity to the unpruned network", left=0.24, height=0.6)
    one_scale.draw_strangers(raw, places)
    one_scale.draw_rows(raw, places, "raw", study)
    scale = figure.panel("The same, on one scale", left=0.24, height=0.6)
    one_scale.draw_rows(scale, places, "place", study)
    one_scale.draw_marks(scale)


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


def decided_of_training_alone(study: Results) -> list[Decided]:
    """Whether training alone takes networks as far as strangers are."""
    decided = []
    for network in networks_shown(study):
        for metric in one_scale.LOW_AND_HIGH:
            alone = position(network, metric, control="_trained_as_long")
            place = estimate(alone.numbers, study)
            words = f"{METRICS[metric]} after training as long without pruning, on the scale"
            name = key(network, "place", "trained", "as", "long", metric)
            decided.append(compared(name, words, place, one_scale.side_of_independent(place)))
    return decided


def decided_without_null(study: Results) -> list[Decided]:
    """Where pruned networks stand if similarities are not counted from their nulls."""
    decided = []
    for network in networks_shown(study):
        for metric in one_scale.LOW_AND_HIGH:
            place = estimate(position(network, metric, above_null=False).numbers, study)
            words = f"{METRICS[metric]} of pruned networks on the scale, counted from 0"
            name = key(network, "place", "raw", metric)
            decided.append(compared(name, words, place, one_scale.side_of_independent(place)))
    return decided


def most_left(places: pd.DataFrame) -> str:
    """How far the closest of these networks is on the way from strangers to identical networks."""
    return percent(max(place.mean for place in places.place) - 1)
