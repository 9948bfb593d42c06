"""How many epochs until one more whole training adds nothing? Pilots, on held-out images.

    python -m benchmarks.convergence vgg16_bn --epochs 20 30 --peak 0.2 [--images N] [--seeds N]
        [--precision bfloat16] [--folder FOLDER] [--out TABLE.csv]

A complete network is trained by a schedule that rises for a quarter of the epochs and
falls for the rest; then by the same schedule once more, as iterative pruning would
train it again. The rule: a recipe is long enough if the second training raises the mean
accuracy over the networks by at most 0.5 points.

Accuracy is that of the last 5,000 training images, which are not trained on, so that
the recipe is chosen without the test images. What is trained goes on after the last
whole epoch if the same command is given again.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import torch

from lib.catalogue import load_profile
from lib.command_parser import CommandParser
from lib.data import Images
from lib.seeds import derive_seed
from lib.study.experiment import with_value
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.storage import save_tensors
from lib.training import PiecewiseLinear, Recipe, Training, evaluate

HELD_OUT = 5000
TRAININGS = 2


@dataclass(frozen=True)
class Pilot:
    """One network, trained twice by one schedule.

    Attributes:
        setting: the experiment with its data; held-out images are cut off already.
        held_out: images on which the accuracy is measured.
        recipe: of each training.
        seed: of initial weights, order and augmentation.
        state: where the progress is kept.
    """

    setting: PreparedExperiment
    held_out: Images
    recipe: Recipe
    seed: int
    state: Path

    def run(self) -> list[float]:
        """The accuracy on the held-out images after each training."""
        network = self.setting.new_network(self.seed)
        saved = torch.load(self.state) if self.state.exists() else {"accuracies": []}
        accuracies = list(saved["accuracies"])
        while len(accuracies) < TRAININGS:
            training = Training(
                network,
                self.setting.dataset,
                self.recipe,
                derive_seed("complete", self.seed, len(accuracies)),
                autocast=self.setting.autocast,
            )
            if "training" in saved:
                training.load_state_dict(saved["training"])
            accuracies.append(self._train(training, accuracies))
            saved = {}
        return accuracies

    def _train(self, training: Training, earlier: list[float]) -> float:
        accuracy = float("nan")
        while not training.finished:
            epoch = training.run_epoch()
            accuracy, _ = evaluate(training.model, self.held_out, self.setting.dataset)
            print(
                f"seed {self.seed}, training {len(earlier) + 1}, epoch {epoch.number}/"
                f"{self.recipe.epochs}: loss {epoch.loss:.3f}, accuracy {accuracy:.2%}",
                flush=True,
            )
            done = training.finished
            state = {"accuracies": [*earlier, accuracy] if done else earlier}
            # the weights from which the next training starts, or all that this one needs
            state["training"] = training.state_dict()
            if done:
                state["training"] = _at_the_start(training)
            save_tensors(self.state, state)
        return accuracy


def _at_the_start(training: Training) -> dict:
    """The state of a new training that starts from the weights of this one."""
    fresh = Training(training.model, training.dataset, training.recipe, training.seed)
    return fresh.state_dict()


def pilots(given: argparse.Namespace) -> list[tuple[int, Pilot]]:
    """(epochs, pilot) for each schedule and seed that was asked for."""
    experiment = load_profile(given.profile).experiment(given.experiment)
    if given.precision:
        experiment = with_value(experiment, "precision", given.precision)
    setting = PreparedExperiment.load(experiment, given.data, given.device)
    train = setting.dataset.train
    left = len(train) - given.held_out
    images = left if given.images is None else given.images
    if not 0 < images <= left:
        raise SystemExit(f"{left:,} images are not held out: {images:,} cannot be trained on")
    setting = replace(setting, dataset=replace(setting.dataset, train=train.take(slice(images))))
    held_out = train.take(slice(left, None))
    folder = Path(given.folder)
    folder.mkdir(parents=True, exist_ok=True)
    asked = []
    for epochs in given.epochs:
        rise_and_fall = PiecewiseLinear((0, epochs / 4, epochs), (0, given.peak, 0))
        recipe = replace(experiment.recipe, epochs=epochs, schedule=rise_and_fall)
        for seed in range(given.seeds):
            name = f"{experiment.name}-{epochs}-{given.peak:g}-{images}-{experiment.precision}"
            state = folder / f"{name}-{seed}.pt"
            asked.append((epochs, Pilot(setting, held_out, recipe, seed, state)))
    return asked


def main(arguments: list[str] | None = None) -> int:
    parser = CommandParser("benchmarks.convergence", __doc__)
    parser.add_argument("experiment")
    parser.add_argument("--epochs", type=int, nargs="+", required=True)
    parser.add_argument("--peak", type=float, required=True, help="the highest learning rate")
    parser.add_argument("--images", type=int, help="to train on; all that are not held out if none")
    parser.add_argument("--held-out", type=int, default=HELD_OUT)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--profile", default="laptop")
    parser.add_argument("--precision", help="float32 where a processor is slow in bfloat16")
    parser.add_argument("--data", default="datasets")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--folder", default="_build/convergence", help="of the progress")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    rows = []
    for epochs, pilot in pilots(given):
        first, second = pilot.run()
        rows.append(
            {
                "experiment": given.experiment,
                "epochs": epochs,
                "seed": pilot.seed,
                "accuracy": first,
                "again": second,
                "gain": 100 * (second - first),
                "images": len(pilot.setting.dataset.train),
                "peak": given.peak,
            }
        )
        if given.out:
            pd.DataFrame(rows).to_csv(given.out, index=False, float_format="%.6g")
    print(pd.DataFrame(rows).groupby("epochs")[["accuracy", "again", "gain"]].mean().to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
