"""Which trust coefficient should LARS have? ResNet_fast trained with several, on held-out images.

    python -m benchmarks.trust [--profile laptop] [--images N] [--seeds N] [--out TABLE.csv]
    python -m benchmarks.trust --profile paper --device cuda --seeds 3

The paper trains ResNet_fast with LARS and does not give the trust coefficient: how long
a step may be, relative to the norm of a layer's weights. Here complete networks are
trained with each of `TRUSTS` and the same seeds. The last 5,000 training images are
held out; the test images are not used.

The rule: the trust with the highest mean accuracy on the held-out images is the best, of
equal ones the smallest. It is compared with the one that the study declares
(`notebooks/shared/paper.py`).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import pandas as pd

from lib.seeds import derive_seed
from lib.study.declarations import Value, Values
from lib.study.experiment import Experiment, with_values
from lib.study.prepared_experiment import PreparedExperiment
from lib.training import Training, evaluate
from notebooks.shared.paper import PAPER
from notebooks.shared.sizes import REGRESSION, laptop, tiny

PATH = "recipe.optimiser.trust"
SIZES: dict[str, Values] = {
    "laptop": laptop(0.25, 40_000, 5, 0.8)
    | {"recipe.batch_size": Value(256, "more steps in each of the few epochs")},
    "paper": {},
    "tiny": tiny(0.0625) | {PATH: Value(0.1, REGRESSION)},
}
"""Profile -> what changes in the paper's ResNet_fast."""
TRUSTS = (0.001, 0.003, 0.01, 0.03)
HELD_OUT = 5000


def declared(profile: str) -> Experiment:
    changes = {path: change.value for path, change in SIZES[profile].items()}
    return with_values(PAPER["resnet_fast"], changes)


def measure(
    setting: PreparedExperiment,
    trust: float,
    seed: int,
    images: int | None = None,
    held_out: int = HELD_OUT,
) -> dict:
    """Train one complete network on the first images; its accuracy is that on the held-out last.

    `images` are how many to train on; None for all that are not held out.
    """
    experiment, data = with_values(setting.experiment, {PATH: trust}), setting.dataset
    left = len(data.train) - held_out
    used = left if images is None else images
    if not 0 < used <= left:
        raise ValueError(f"{left:,} images are not held out: {used:,} cannot be trained on")
    train, rest = data.train.take(slice(used)), data.train.take(slice(left, None))
    network = setting.new_network(seed)
    training = Training(
        network,
        replace(data, train=train),
        experiment.recipe,
        derive_seed("complete", seed),
        autocast=setting.autocast,
    )
    while not training.finished:
        training.run_epoch()
    accuracy, _ = evaluate(network, rest, data)
    return {
        "trust": trust,
        "seed": seed,
        "accuracy": accuracy,
        "images": used,
        "held_out": held_out,
        "epochs": experiment.recipe.epochs,
        "width": experiment.width,
        "dataset": data.name,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="laptop", choices=SIZES)
    parser.add_argument("--trusts", type=float, nargs="+", default=TRUSTS)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--images", type=int, help="to train on; all but the held-out ones if none")
    parser.add_argument("--held-out", type=int, default=HELD_OUT)
    parser.add_argument("--data", default="datasets")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    experiment = declared(given.profile)
    setting, rows = PreparedExperiment.load(experiment, given.data, given.device), []
    for seed in range(given.seeds):
        for trust in given.trusts:
            rows.append(measure(setting, trust, seed, given.images, given.held_out))
            print(f"trust {trust:g}, seed {seed}: {rows[-1]['accuracy']:.2%}", flush=True)
            table = pd.DataFrame(rows)
            if given.out:
                table.to_csv(given.out, index=False, float_format="%.6g")
    accuracies = table.groupby("trust")["accuracy"].agg(["mean", "min", "max"])
    print(accuracies.to_string())
    print(f"best: {accuracies['mean'].idxmax():g}; declared: {experiment.recipe.optimiser.trust:g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
