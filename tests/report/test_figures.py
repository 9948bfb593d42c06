"""What no page shows: the axis of a network of many layers."""

import matplotlib.pyplot as plt
import pandas as pd

from lib.report import name_layers


def test_of_many_layers_every_second_or_third_is_named_and_the_last_one_always():
    axes = plt.figure().add_subplot()
    name_layers(axes, pd.Index([f"conv{i}" for i in range(45)]))
    named = [tick.get_text() for tick in axes.get_xticklabels()]
    assert named[-1] == "conv44"
    assert len(named) <= 20
    plt.close("all")
