"""Networks are compared where half of the prunings leave as many weights."""

import pandas as pd

from notebooks.wacv2020.analysis import at_half

LEFT = {
    "pruned": [1, 0.8, 0.64, 0.51, 0.41],
    "masks_again": [1, 0.64, 0.41],
    "masks_again_long": [1, 0.64, 0.64, 0.64],  # on one mask, the last training
    "trained_as_long": [1, 1, 1],
    "complete": [1],
}


def test_networks_are_compared_where_half_of_the_prunings_leave_as_many_weights():
    rows = [
        {"network": network, "role": role, "iteration": i, "remaining": left, "train_seed": seed}
        for network in ("a", "b")
        for role, course in LEFT.items()
        for i, left in enumerate(course)
        for seed in (0, 1)
        if network == "a" or i < 3  # pruned less far
    ]
    found = at_half(pd.DataFrame(rows)).groupby(["network", "role"]).iteration.unique()
    assert found["a"].map(list).to_dict() == {
        "complete": [0],
        "masks_again": [1],
        "masks_again_long": [3],
        "pruned": [2],
        "trained_as_long": [2],
    }
    assert list(found["b", "pruned"]) == [1]
    assert len(at_half(pd.DataFrame(rows))) == 2 * 2 * len(LEFT)
