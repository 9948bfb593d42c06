"""From tables of results to the numbers, figures and claims of a page.

    rows = hidden_layers(read("similarity", results))
    similar = by_network(rows)                     # a Series with a number for each network
    at_the_end = intervals(mean_over(similar, "layer")).xs(4, level="iteration")
    titled(as_text(at_the_end).unstack("metric"))    # a table for the reader
    draw_intervals(axes, at_the_end, by="metric")  # a figure
    claims.each("{network}-{metric}", "...", at_the_end, above=0)

A quantity is a Series with the complete network, `train_seed`, as one level of its index.
`intervals` computes mean, low, high and n from it; text, figures and claims take that frame.
"""

from ..scale import relative_similarity
from .claims import Claims, decide, glue, holm
from .curves import (
    over,
    rank_correlation,
    shares_of_variance,
    spearman,
    spread,
    trend,
    u_depth,
    welch_intervals,
)
from .figures import (
    COLOURS,
    MARKERS,
    STRONG,
    draw_course,
    draw_intervals,
    draw_levels,
    name_layers,
    use_style,
)
from .tables import (
    FEWEST,
    KEY,
    MARGIN,
    MATRIX,
    NETWORK,
    TITLES,
    NotMeasuredError,
    as_text,
    at_shares,
    at_the_end,
    by_network,
    count,
    gains,
    hidden_layers,
    intervals,
    jackknife_intervals,
    layer_intervals,
    mean_over,
    minus,
    number,
    original_and_expected,
    original_and_strangers,
    percent,
    pseudo_values,
    read,
    relative_similarity_of_means,
    reveals_original,
    significant,
    span,
    titled,
    weights_left,
)
