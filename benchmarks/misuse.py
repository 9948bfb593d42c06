"""What people are told who mistype or misunderstand: `make` and the library, sixty times each.

    python -m benchmarks.misuse [--out TABLE.csv]

Each misuse must end with an error of at most two lines, none of them a traceback, that quotes what
was given or names the argument. Nothing may be started or written. The table has every message.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from lib import ROOT, metrics
from lib.book.publish import publish
from lib.data import Augmentation, DataUnavailableError, load_dataset
from lib.models import build_model, record
from lib.pruning import FineTune, Mask, Pruning, WeightRewind, prune
from lib.report.results import load_results
from lib.study import Job, Study, changed, collect, load_profile, run_job
from lib.study.experiment import Probe
from lib.study.recompute import Row, recompute
from lib.training import Recipe

NAME, NUMBER = "EXPERIMENTS=vgg_svhn", "CORES=2"
OF_MAKE = {
    "study": [
        *("CORES=0", "CORES=-1", "CORES=two", "CORES=", "CORES=1.5", "CORES=99999999"),
        *("THREADS=0", "THREADS=-2", "THREADS=", "THREADS=x"),
        *("GPUS=x", "GPUS=-1", "GPUS=1,2", "GPUS=2 JOBS_PER_GPU=0", "GPUS=1 JOBS_PER_GPU=x"),
        *("JOBS_PER_GPU=2", "PROFILE=", "PROFILE=Laptop", "PROFILE=tinyy", "PROFILE='tiny laptop'"),
        *("CHAPTER=wacv", "CHAPTER='wacv2020 icann2020'", "CHAPTER=WACV2020"),
        *("ENGINE=slurmm", "ENGINE=", "ENGINE=slurm ON=toaster", "ON=CPU"),
        *("ENGINE=slurm CORES=2", "ENGINE=slurm GPUS=2", "ENGINE=slurm JOBS_PER_GPU=2"),
        *("EXPERIMENT=vgg_svhn", "EXPERIMENTS=vgg_svnh", "EXPERIMENTS='a;b'", "EXPERIMENTS='../x'"),
        """EXPERIMENTS='vgg_svhn"; touch x; echo "'""",
        *("EXPERIMENTS='$(touch x)'", "EXPERIMENTS=vgg_svhn,vgg16_bn"),
        *("PARTIAL=off", "PARTIAL=2", "partial=1", "profile=tinyy", "Data=x", "DATA="),
        *("ROW=--layer", "NAME=vgg_svhn", "CHAPTER=wacv2020 EXPERIMENTS=vgg16_bn_slim"),
    ],
    "plan": ["ON=CPU", "CORES=3", "PROFILE=paperr", "EXPERIMENTS=lenet"],
    "verify": ["", "ROW='--layer conv1_1'", """ROW="--layer 'conv" """, "PROFILE=laptop"],
    "slice": ["", "NAME=lenet5", "NAME=vgg_svhn,vgg16_bn"],
    "test": ["PROFILE=tiny"],
}
"""target -> what is written after it."""


def of_the_library(folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """(what is called, the call)."""
    x, maps = np.random.default_rng(0).standard_normal((30, 4)), np.zeros((10, 3, 4, 4))
    model, images = build_model("vgg_svhn", width=0.1), torch.rand(2, 3, 32, 32)
    paper, tiny = load_profile("paper").experiment("vgg_svhn"), Study("tiny", folder / "tiny")
    rows = Row(Job("vgg_svhn", 0, 0), 3, "conv1_1", "svcca", "channels")
    small = {name: np.zeros((4, 16, 16, 3), np.uint8) for name in ("x_train", "x_test")}
    np.savez(folder / "svhn.npz", **small, y_train=np.arange(4), y_test=np.arange(4))
    (folder / "cifar10.npz").write_bytes(b"PK not a zip")
    yield from {
        "cka of integers": lambda: metrics.cka(x.astype(int), x),
        "cka of different n": lambda: metrics.cka(x, x[:20]),
        "cka of NaN": lambda: metrics.cka(np.where(x > 2, np.nan, x), x),
        "cka of a constant": lambda: metrics.cka(x, np.ones_like(x)),
        "cka of a masked array": lambda: metrics.cka(np.ma.masked_less(x, 0), x),
        "cka of a list": lambda: metrics.cka(x.tolist(), x),
        "cka of one row": lambda: metrics.cka(x[:1], x[:1]),
        "cka of a vector": lambda: metrics.cka(x[:, 0], x[:, 0]),
        "cka on another reshape": lambda: metrics.cka(maps + 1, maps, reshape="chanels"),
        "CCA of too few rows": lambda: metrics.mean_cca(x[:5], x[:5, ::-1]),
        "svcca of other sizes": lambda: metrics.svcca(maps + 1, maps[..., :2]),
        "cosine of other shapes": lambda: metrics.cosine(x, x[:, :2]),
        "knn of too many": lambda: metrics.knn_overlap(x, x, neighbours=30),
        "debiased cka of 3": lambda: metrics.cka(x[:3], x[:3], debiased=True),
        "model unknown": lambda: build_model("vgg16"),
        "model of width 0": lambda: build_model("vgg_svhn", width=0),
        "model of width NaN": lambda: build_model("vgg_svhn", width=float("nan")),
        "model of one class": lambda: build_model("vgg_svhn", 1),
        "model of 2.5 classes": lambda: build_model("vgg_svhn", 2.5),
        "model without channels": lambda: build_model("vgg_svhn", in_channels=0),
        "record nothing": lambda: record(model, images, []),
        "record no image": lambda: record(model, images[:0], ["out"]),
        "record an unknown layer": lambda: record(model, images, ["conv9"]),
        "LeNet-5 of 28 pixels": lambda: build_model("lenet5")(torch.rand(2, 3, 28, 28)),
        "data unknown": lambda: load_dataset("cifar", folder),
        "data damaged": lambda: load_dataset("cifar10", folder),
        "data of 16 pixels": lambda: load_dataset("svhn", folder),
        "augmentation by -1": lambda: Augmentation(crop=-1),
        "recipe of 0 epochs": lambda: Recipe(0, 10, paper.recipe.optimiser, paper.recipe.schedule),
        "pruning 1.5 times": lambda: Pruning(iterations=1.5),
        "pruning never": lambda: Pruning(iterations=0),
        "pruning all": lambda: Pruning(fraction=1.0),
        "pruning to a level of 0": lambda: Pruning(levels=(0.5, 0.0)),
        "pruning back up": lambda: Pruning(levels=(0.5, 0.8)),
        "pruning by a mistyped score": lambda: Pruning(score="magnitud"),
        "pruning in a mistyped scope": lambda: Pruning(scope="globl"),
        "pruning in rounds without levels": lambda: Pruning(rounds=3),
        "fine-tuning at rate 0": lambda: FineTune(3, 0.0),
        "rewinding to before the start": lambda: WeightRewind(-1),
        "pruning in iteration 0": lambda: prune(model, Mask.complete(model), Pruning(), 0),
        "pruning without evidence": lambda: prune(
            model, Mask.complete(model), Pruning(score="synflow")
        ),
        "a job of seed '0'": lambda: Job("vgg_svhn", "0"),
        "a job of seed -1": lambda: Job("vgg_svhn", -1),
        "a job without a name": lambda: Job(None, 0),
        "a run before its network": lambda: run_job(tiny, Job("vgg_svhn", 0, 0), device="cpu"),
        "a job not declared": lambda: run_job(tiny, Job("lenet55", 0), device="cpu"),
        "a profile unknown": lambda: load_profile("smok"),
        "a study of a mistyped experiment": lambda: Study("tiny", folder, ["vgg_svnh"]),
        "a name that is a path": lambda: changed(paper, "name", "../../x"),
        "a width of -1": lambda: changed(paper, "width", -1.0),
        "-5 images": lambda: changed(paper, "train_images", -5),
        "a hyperparameter unknown": lambda: changed(paper, "recipe.epoch", 3),
        "a hyperparameter of another type": lambda: changed(paper, "recipe.epochs", "3"),
        "the same seed twice": lambda: changed(paper, "prune_seeds", (1, 1)),
        "a probe of one image": lambda: Probe(images=1),
        "a probe of no split": lambda: Probe(split="validation"),
        "a merge of nothing": lambda: collect.collect(tiny),
        "results that are not there": lambda: load_results(folder / "nowhere"),
        "publishing nothing": lambda: publish(folder / "nowhere"),
        "verifying nothing": lambda: recompute(folder, rows, folder, "cpu"),
        "a device unknown": lambda: run_job(tiny, Job("vgg_svhn", 0), device="gpu"),
    }.items()


def told_by_make() -> Iterator[dict]:
    for target, variables in OF_MAKE.items():
        for given in variables:
            done = subprocess.run(
                f"make {target} {given}",
                shell=True,
                cwd=ROOT,
                env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")},
                capture_output=True,
                text=True,
            )
            said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
            yield {"misuse": f"make {target} {given}", "ends": done.returncode, "said": said}


def told_by_the_library(folder: Path) -> Iterator[dict]:
    for what, call in of_the_library(folder):
        try:
            call()
            said, ends = [], "nothing"
        except (ValueError, TypeError, RuntimeError, OSError, DataUnavailableError) as error:
            said, ends = str(error).splitlines(), type(error).__name__
        except Exception as error:  # a misuse that ends in some error is what is looked for
            said, ends = str(error).splitlines(), f"UNCLEAR {type(error).__name__}"
        yield {"misuse": what, "ends": ends, "said": said}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="write the table to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = [*told_by_make(), *told_by_the_library(Path(scratch))]
    table = pd.DataFrame(rows)
    table["clear"] = [
        0 < len(row["said"]) <= 2
        and row["ends"] not in (0, "nothing")
        and "UNCLEAR" not in str(row["ends"])
        and not any("Traceback" in line for line in row["said"])
        for row in rows
    ]
    table["said"] = table.said.map("\n".join)
    for row in table.itertuples():
        print(f"{'' if row.clear else 'NOT CLEAR: '}{row.misuse}\n    {row.ends}: {row.said}")
    print(f"{table.clear.sum()} of {len(table)} misuses end with a clear error")
    if given.out:
        table.to_csv(given.out, index=False)
    return 0 if table.clear.all() else 1


if __name__ == "__main__":
    sys.exit(main())
