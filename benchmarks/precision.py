"""Does a training in bfloat16 end where one in float32 does? The same seeds, both precisions.

    python -m benchmarks.precision [--seeds N] [--profile smoke] [--data FOLDER] [--out TABLE.csv]

Each complete network of a profile is trained with several seeds in each precision. The
difference of the means is to be compared with the spread over seeds.
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd

from lib.catalogue import load_profile
from lib.seeds import derive_seed
from lib.study.experiment import with_value
from lib.study.paper import PAPER
from lib.study.prepared_experiment import PreparedExperiment
from lib.training import Training, evaluate

PRECISIONS = ("float32", "bfloat16")


def measure(profile: str, name: str, seed: int, precision: str, data: str, device: str) -> dict:
    """Train one complete network; its test accuracy is measured in float32."""
    experiment = with_value(load_profile(profile).experiment(name), "precision", precision)
    setting = PreparedExperiment.load(experiment, data, device)
    network = setting.new_network(seed)
    training = Training(
        network,
        setting.dataset,
        experiment.recipe,
        derive_seed("complete", seed),
        autocast=setting.autocast,
    )
    started = time.perf_counter()
    while not training.finished:
        training.run_epoch()
    seconds = time.perf_counter() - started
    accuracy, loss = evaluate(network, setting.dataset.test, setting.dataset)
    return {
        "network": name,
        "precision": precision,
        "seed": seed,
        "accuracy": accuracy,
        "loss": loss,
        "seconds": seconds,
        "profile": profile,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.precision", description=__doc__)
    parser.add_argument("--network", nargs="+", default=list(PAPER), choices=PAPER)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--profile", default="smoke")
    parser.add_argument("--data", default="datasets")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    rows = []
    for name in given.network:
        for seed in range(given.seeds):
            for precision in PRECISIONS:
                rows.append(measure(given.profile, name, seed, precision, given.data, given.device))
        table = pd.DataFrame(rows)
        accuracies = table[table["network"] == name].groupby("precision", sort=False)["accuracy"]
        print(name, accuracies.agg(["mean", "std", "count"]).to_string(), sep="\n", flush=True)
    if given.out:
        pd.DataFrame(rows).to_csv(given.out, index=False, float_format="%.6g")
    return 0


if __name__ == "__main__":
    sys.exit(main())
