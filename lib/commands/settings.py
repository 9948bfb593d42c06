"""The settings of a study: variables of `make`, options of programs, `--config` of Snakemake."""

import argparse
from collections.abc import Mapping
from typing import Any

from ..declared import CATALOGUE, PROFILES, declared_study
from ..repository import ROOT
from ..study.study import Study

ENGINES = sorted({path.name for path in ROOT.glob("profiles/*")} - {"default"})


def number(text: str, least: int = 0) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"must be an integer of at least {least}, got {text!r}")
    return int(text)


def positive(text: str) -> int:
    return number(text, least=1)


def positive_or_all(text: str) -> str:
    return text if text == "all" else str(positive(text))


def command_line(program: str = "make") -> argparse.ArgumentParser:
    """The one place that names the settings, their defaults and their choices."""
    usage = "make {study,book,plan,publish} [NAME=value ...], see `make help`"
    parser = argparse.ArgumentParser(program, usage, allow_abbrev=False)
    parser.add_argument("--profile", default="smoke", choices=PROFILES)
    parser.add_argument("--chapter", default="converged", choices=CATALOGUE.chapters)
    parser.add_argument("--experiments", default="", help="run only these")
    parser.add_argument("--folder", help="of the study; _build/PROFILE by default")
    parser.add_argument("--data", default="datasets", help="the folder of images")
    parser.add_argument("--partial", default="0", choices=["0", "1"], help="1: start no job")
    parser.add_argument(
        "--cores", default="all", type=positive_or_all, help="cores of this machine to use"
    )
    parser.add_argument("--threads", default=1, type=positive, help="threads of each job")
    parser.add_argument("--gpus", default=0, type=number, help="GPUs of this machine to use")
    parser.add_argument("--jobs_per_gpu", default=1, type=positive, help="jobs that share a GPU")
    parser.add_argument("--engine", default="local", choices=["local", *ENGINES])
    parser.add_argument("--on", default="GPU", choices=["GPU", "CPU"], help="device of the jobs")
    return parser


def from_config(config: Mapping[str, Any]) -> argparse.Namespace:
    """The settings that `--config` of Snakemake gave, and the defaults of all others."""
    return command_line().parse_args([f"--{name}={value}" for name, value in config.items()])


def given_settings(given: argparse.Namespace) -> dict[str, Any]:
    """The settings that differ from the defaults; the others need not be passed on."""
    defaults = vars(command_line().parse_args([]))
    return {name: value for name in defaults if (value := getattr(given, name)) != defaults[name]}


def study_of(given: argparse.Namespace) -> Study:
    """The study that the settings name; errors as for `lib.study.study.Study`."""
    names = given.experiments.split() or None
    return declared_study(given.profile, given.folder, names, given.chapter)
