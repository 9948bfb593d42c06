"""By how much a choice moves a similarity."""

import numpy as np
import pandas as pd

from lib.report import hidden_layers

BASE = {"images": "as compared", "draw": "0", "split": "test", "threshold": "0.99", "mean": "plain"}
BASE |= {"debiased": "biased", "precision": "float32", "leading": "0"}
"""Choice -> the setting of the study."""


def settings(robustness: pd.DataFrame, images: int) -> pd.DataFrame:
    """Similarities of hidden layers by the paper's metrics, each setting beside that of the study.

    Args:
        images: on how many the study compares its networks.

    Returns:
        Index network, axis, metric, setting, layer; columns `value` and `base`, both
        after the last pruning, and `first`, that of the study after the first one.
    """
    key = ["network", "axis", "metric", "setting", "layer"]
    own = (robustness.axis == "images") & (robustness.setting == str(images))
    rows = hidden_layers(robustness.assign(setting=robustness.setting.mask(own, BASE["images"])))
    of_study = rows[rows.setting == rows.axis.map(BASE)].drop(columns="setting")
    end = rows[rows.iteration == rows.iteration.max()].set_index(key).value
    ends = {"base": of_study.iteration.max(), "first": of_study.iteration.min()}
    table = end.to_frame()
    for name, iteration in ends.items():
        chosen = of_study[of_study.iteration == iteration]
        values = chosen.set_index([*key[:3], "layer"]).value
        table = table.join(values.rename(name))
    return table.sort_index()


def moves(table: pd.DataFrame) -> pd.DataFrame:
    """By how much each choice of `settings` moves a similarity, mean over layers, where most.

    Returns:
        Index network, metric; columns the choices, and `pruning`: how far the metric moves
        from the first pruning to the last.
    """
    other = table[
        table.index.get_level_values("setting") != table.index.get_level_values("axis").map(BASE)
    ]
    moved = (other.value - other.base).abs()
    moved = moved.groupby(["network", "axis", "metric", "setting"]).mean()
    moved = moved.groupby(["network", "metric", "axis"]).max().unstack("axis")
    pruning = (table.base - table["first"]).abs()
    pruning = pruning.groupby(["network", "metric"]).mean().rename("pruning")
    return moved.reindex(columns=list(BASE)).join(pruning)


def contrast_left(table: pd.DataFrame) -> pd.DataFrame:
    """The least share of CKA minus SVCCA that a setting of a choice leaves, of `settings`.

    Over the layers that are defined in all settings; a metric that a choice does not vary
    is taken as in the study.

    Returns:
        Index network, columns the choices; 1 where nothing changes.
    """
    shares = {}
    for (network, axis), rows in table.groupby(level=["network", "axis"]):
        lines = rows.value.droplevel(["network", "axis"]).unstack("metric")
        of_study = table.base[network, "draw"].groupby(["metric", "layer"]).first()
        for metric in {"svcca", "cka"} - set(lines):
            lines[metric] = lines.index.get_level_values("layer").map(of_study[metric])
        gaps = (lines.cka - lines.svcca).unstack("setting").dropna(axis=1, how="all")
        gaps = gaps.dropna().mean()
        as_in_study = gaps.get(BASE[axis], np.nan)
        shares[network, axis] = (gaps / as_in_study).drop(BASE[axis], errors="ignore").min()
    left = pd.Series(shares).rename_axis(["network", "axis"]).unstack()
    return left.reindex(columns=list(BASE))
