"""Tartaglione et al. (ICANN 2020): where gradual pruning ends; minima, and what neurons say."""

EXPERIMENTS = tuple(
    f"{network}{way}"
    for network in ("lenet5", "resnet32")
    for way in ("", "_one_shot", "_one_shot_long")
)
