"""The variables of `make`, each read once, here, before anything is installed or started.

Usage: python -m lib.make_variables [--check] TARGET [TARGET ...]

Make passes variables in the environment, and MAKEFLAGS says which of them were on its
command line. With `--check` they are only checked, which needs no package. Without it,
the command of the target is executed as well; no shell reads what was given.
"""

import argparse
import json
import os
import re
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from . import ROOT
from .did_you_mean import check
from .interruption import run_command_line
from .make_values import Parser, integer_between, names, one_of, path, switch, words
from .study.shared_gpu import jobs_that_fit

OF_MAKE = ("PYTHON", "VENV", "SHELL", "OMP_NUM_THREADS")
"""Variables that the Makefile itself uses."""

STUDY = ("PROFILE", "CHAPTER", "EXPERIMENTS")
OF_RUNS = (*STUDY, "DATA", "CORES", "THREADS", "GPUS", "JOBS_PER_GPU", "ENGINE", "ON")
TARGETS = {
    "study": (*OF_RUNS, "PARTIAL"),
    "book": (*OF_RUNS, "PARTIAL"),
    "publish": OF_RUNS,
    "plan": STUDY,
    "verify": ("DATA", "CHAPTER", "ROW"),
    "slice": ("NAME", "DATA"),
    "compare": (
        "A",
        "B",
        "STRANGERS",
        "A_WEIGHTS",
        "B_WEIGHTS",
        "IMAGES",
        "LAYERS",
        "SIZE",
        "CORES",
    ),
    "test-wheel": ("VERSIONS",),
}
"""target -> the variables that it reads; any other target reads none."""

MOST_AT_ONCE = 1024
"""No machine has more cores, and so many processes would fill the memory of any."""

LARGEST = 4096
"""A side of an image, in pixels: a network's first layer makes gigabytes of a larger one."""


CHAPTERS = sorted(path.name for path in ROOT.glob("results/chapters/*"))
ENGINES = sorted({path.name for path in ROOT.glob("profiles/*")} - {"default"})

VARIABLES: dict[str, tuple[str, Callable[[str], object]]] = {
    "PROFILE": ("smoke", one_of("smoke", "laptop", "paper", "tiny")),
    "CHAPTER": ("converged", one_of("", *CHAPTERS)),  # empty: the main study
    "EXPERIMENTS": ("", names),
    "DATA": ("datasets", path),
    "CORES": ("all", integer_between(1, MOST_AT_ONCE, "all")),
    "THREADS": ("1", integer_between(1, MOST_AT_ONCE)),
    "GPUS": ("0", integer_between(0, MOST_AT_ONCE, "")),
    "JOBS_PER_GPU": ("0", integer_between(0, MOST_AT_ONCE)),  # 0: as many as fit
    "ENGINE": ("local", one_of("local", *ENGINES)),
    "ON": ("", one_of("", "CPU", "GPU")),
    "PARTIAL": ("", switch),
    "VERSIONS": ("lowest-direct", one_of("lowest-direct", "lowest", "highest")),
    **dict.fromkeys(("A", "B"), ("resnet18", str)),
    "STRANGERS": ("", str),
    **dict.fromkeys(("A_WEIGHTS", "B_WEIGHTS", "LAYERS"), ("", str)),
    "IMAGES": ("images", path),
    "SIZE": ("224", integer_between(8, LARGEST)),
    "NAME": ("resnet_fast", one_of("resnet_fast", "vgg16_bn", "vgg_svhn")),
    "ROW": (
        "--experiment vgg_svhn --train-seed 0 --prune-seed 0 --iteration 1 --layer conv3_1 "
        "--metric svcca",
        words,
    ),
}
"""name -> its default, as text, and what reads a text."""


def read(target: str, environ: Mapping[str, str]) -> argparse.Namespace:
    """The variables of a target.

    Args:
        target: a goal of the Makefile.
        environ: the environment as make sets it.

    Returns:
        The variables that the target reads, each as an attribute.

    Raises:
        ValueError: a variable on the command line that the target does not read, a
            value out of range, or values that exclude each other.
    """
    wanted = TARGETS.get(target, ())
    _, _, given = f" {environ.get('MAKEFLAGS', '')}".partition(" -- ")
    for word in re.findall(r"(?:\\.|[^\s\\])+", given):  # make writes spaces as "\ "
        name = word.partition("=")[0].rstrip(":?+!")
        if name not in (*VARIABLES, *OF_MAKE):
            raise ValueError(f"unknown variable {name!r}: `make help` has those that there are")
        if name not in (*wanted, *OF_MAKE):
            takes = ", ".join(wanted) or "no variable"
            raise ValueError(f"`make {target}` does not read {name}; it reads {takes}")
        if "$" in word.replace("$$$$", ""):  # make doubles each
            raise ValueError(f"{name}: make takes what follows a $ for a name of its own: write $$")
    parser = Parser(add_help=False, allow_abbrev=False)
    for name in wanted:
        default, parse = VARIABLES[name]
        parser.add_argument(f"--{name}", type=parse, default=default)
    variables = parser.parse_args(
        [f"--{name}={environ[name]}" for name in wanted if name in environ]
    )
    if "ENGINE" not in wanted:
        return variables
    if variables.ENGINE == "local" and variables.ON:
        raise ValueError("ON says where a cluster's jobs run: it goes with ENGINE=slurm")
    for name in ("CORES", "GPUS", "JOBS_PER_GPU"):
        if variables.ENGINE != "local" and environ.get(name):
            where = f"profiles/{variables.ENGINE}/config.yaml"
            raise ValueError(f"{name} is for one machine; {where} says what a job gets")
    if environ.get("JOBS_PER_GPU") and not variables.GPUS:
        raise ValueError("JOBS_PER_GPU goes with GPUS, the number of GPUs that the jobs share")
    return variables


def snakemake(target: str, given: argparse.Namespace) -> list[str]:
    """The arguments of Snakemake for `study` or `book`."""
    each = given.JOBS_PER_GPU or jobs_that_fit() if given.GPUS else 0
    at_once = (given.GPUS or 0) * each
    names = ("PROFILE", "CHAPTER", "DATA", "GPUS", "PARTIAL", "ON", "THREADS")
    config = {name.lower(): getattr(given, name) for name in names}
    config["experiments"] = " ".join(given.EXPERIMENTS)
    how = ["--workflow-profile", f"profiles/{given.ENGINE}"]
    return [
        *(["--resources", f"gpu={at_once}"] if at_once else []),
        # Snakemake reads each value as YAML, of which JSON is a part; quotes at its ends it strips
        *["--config", *(f"{name}= {json.dumps(text)} " for name, text in config.items() if text)],
        *(["--cores", str(given.CORES)] if given.ENGINE == "local" else how),
        target,
    ]


def study(given: argparse.Namespace) -> list[str]:
    """The arguments that say which study, for `lib.commands.invalidate_damaged_jobs`."""
    of = ["--chapter", given.CHAPTER] if given.CHAPTER else []
    of += ["--experiments", *given.EXPERIMENTS] if given.EXPERIMENTS else []
    return [given.PROFILE, *of, *(["--partial"] if getattr(given, "PARTIAL", False) else [])]


def folder(given: argparse.Namespace) -> Path:
    """Where one process works at a time: the folder of all jobs, or of tables without any."""
    return ROOT / "_build" / given.PROFILE / ("partial" if given.PARTIAL else "")


def page_command(given: argparse.Namespace) -> tuple[list[str], str]:
    """As `command`, for the page on networks from elsewhere."""
    parameters = {name.lower(): getattr(given, name) for name in TARGETS["compare"]}
    sides = (parameters[name] for name in ("a", "a_weights", "b", "b_weights"))
    names = "-".join(re.findall(r"\w+", " ".join(Path(side).name for side in sides)))
    # other layers or images are another page, the same on more cores is not
    asked = zlib.crc32(repr([parameters[name] for name in parameters if name != "cores"]).encode())
    page = ROOT / "_build" / "compare" / f"{names}-{asked:08x}.html"
    parameters["cores"] = 0 if given.CORES == "all" else given.CORES
    words = [f"-p{name}={text}" for name, text in parameters.items()]
    source = "notebooks/your_own/page.py"
    return ["lib.book.standalone", source, str(page), *words], f"The page: file://{page}"


def command(target: str, given: argparse.Namespace) -> tuple[list[str], str]:
    """What to execute, a module and its arguments; and what to say when it has succeeded."""
    chapter = f"/chapters/{given.CHAPTER}" if getattr(given, "CHAPTER", "") else ""
    if target == "verify":
        results = f"results{chapter or '/chapters/prunings'}"  # which has small networks
        return ["lib.commands.recompute", results, "--data", given.DATA, *given.ROW], ""
    if target == "slice":
        of = ("", "_trained_as_long", "_independent")
        experiments = [f"{given.NAME}_by_recipe{role}" for role in of]
        return ["benchmarks.slices", *experiments, "--data", given.DATA], ""
    if target == "compare":
        return page_command(given)
    if target == "publish":
        return ["lib.commands.publish", f"_build/{given.PROFILE}{chapter}/results"], ""
    place = Path(f"{ROOT}/_build/{given.PROFILE}{chapter}", "partial" if given.PARTIAL else "")
    book = f"The book: file://{place}/pages/_build/html/index.html"
    made = book if target == "book" else f"The tables: {place}/results"
    return ["snakemake", *snakemake(target, given)], made


def planned(given: argparse.Namespace) -> str:
    """How far a study is."""
    from .catalogue import declared_study
    from .commands import plan

    return plan.text(declared_study(given.PROFILE, None, given.EXPERIMENTS or None, given.CHAPTER))


def goals() -> set[str]:
    """The targets of the Makefile that are no files."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {*TARGETS, *re.findall(r"^([a-z][a-z-]*):(?!=)", rules, re.MULTILINE)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.make_variables", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    asked = parser.parse_args(arguments)
    try:
        for target in asked.targets:
            if "/" not in target:  # any other is a file
                check("target", target, sorted(goals()))
            given = read(target, os.environ)
            if asked.check:
                continue
            if target == "plan":
                print(planned(given))
            else:
                from .run_snakemake import run_module, start

                module, made = command(target, given)
                if module[0] == "snakemake":
                    is_local = given.ENGINE == "local"
                    failed = start(study(given), module[1:], folder(given), quiet=is_local)
                else:
                    failed = run_module(module)
                if failed:
                    return failed
                print(made, end="\n" if made else "")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    run_command_line(main, in_order=False)
