"""What figures draw is what the frames hold."""

import matplotlib.pyplot as plt
import pandas as pd

from lib.report import NETWORK, draw_course, draw_intervals, draw_levels, intervals


def test_what_is_drawn_is_what_the_frame_has():
    index = pd.MultiIndex.from_product(
        [["cka", "svcca"], [1, 2], range(3)], names=["metric", "iteration", NETWORK]
    )
    frame = intervals(pd.Series(range(12), index, dtype=float))
    _, (first, second, third) = plt.subplots(1, 3)
    draw_course(first, frame, by="metric", left=pd.Series(["33 %", "11 %"], [1, 2]))
    lines = {line.get_label(): list(line.get_ydata()) for line in first.get_lines()}
    assert lines == {"SVCCA": [7, 10], "CKA": [1, 4]}
    assert [tick.get_text() for tick in first.get_xticklabels()] == ["33 %", "11 %"]
    draw_intervals(second, frame, by="metric")
    assert [list(line.get_xdata()) for line in second.get_lines()] == [[7, 10], [1, 4]]
    layers = [f"conv{i}" for i in range(45)]
    draw_levels(third, pd.DataFrame([range(45)] * 2, [1, 2], layers))
    named = [tick.get_text() for tick in third.get_xticklabels()]
    assert named[-1] == "conv44"
    assert len(named) <= 20
    plt.close("all")
