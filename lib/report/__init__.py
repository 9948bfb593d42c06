"""From tables of results to what a page says: one frame a quantity, and claims, and figures.

    rows = hidden(read("similarity", results))
    similar = by_network(rows)                     # a Series; the complete network is in its index
    at_the_end = intervals(mean_over(similar, "layer")).xs(4, level="iteration")
    titled(shown(at_the_end).unstack("metric"))    # a table for the reader
    draw_intervals(axes, at_the_end, by="metric")  # a figure
    claims.each("{network}-{metric}", "...", at_the_end, above=0)

A quantity is a Series with the complete network, `train_seed`, as one level of its index;
`intervals` makes mean, low, high and n of it, and all that follows takes that frame.
"""

from ..scale import place
from .claims import Claims, glue, holm, side
from .curves import (
    over,
    rank,
    rank_correlation,
    rank_in_order,
    shares_of_variance,
    spread,
    u_depth,
    unpaired,
)
from .figures import COLOURS, draw_course, draw_intervals, draw_levels, name_layers, use_style
from .tables import (
    KEY,
    MARGIN,
    MATRIX,
    NETWORK,
    TITLES,
    at_shares,
    by_network,
    count,
    gains,
    hidden,
    intervals,
    mean_over,
    minus,
    number,
    of_layers,
    own_and_expected,
    own_and_others,
    place_of_means,
    pseudo_values,
    read,
    shown,
    significant,
    span,
    titled,
    weights_left,
)
