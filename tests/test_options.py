"""What people may say to `make`, and what they are told otherwise."""

import os
import subprocess
import sys

import pytest

from lib import ROOT, options
from lib.study.chapters import CHAPTERS
from lib.study.costs import load_costs
from lib.study.profiles import PROFILES

WRONG = [
    ("study", {"CORES": "0"}, "CORES: must be an integer from 1 or all, got '0'"),
    ("study", {"CORES": "-1"}, "CORES: must be an integer"),
    ("study", {"CORES": "2.5"}, "CORES: must be an integer"),
    ("study", {"CORES": ""}, "CORES: must be an integer"),
    ("study", {"THREADS": ""}, "THREADS: must be an integer from 1, got ''"),
    ("study", {"THREADS": "-2"}, "THREADS: must be an integer"),
    ("study", {"THREADS": "two"}, "THREADS: must be an integer"),
    ("study", {"THREADS": "9999999"}, "THREADS: must be an integer"),
    ("study", {"GPUS": "x"}, "GPUS: must be an integer from 0, got 'x'"),
    ("study", {"GPUS": "2", "JOBS_PER_GPU": "0"}, "JOBS_PER_GPU: must be .* from 1 or auto"),
    ("study", {"JOBS_PER_GPU": "2"}, "JOBS_PER_GPU goes with GPUS"),
    ("study", {"GPUS": "0", "JOBS_PER_GPU": "2"}, "JOBS_PER_GPU goes with GPUS"),
    ("study", {"PROFILE": ""}, "PROFILE: unknown value ''"),
    ("study", {"PROFILE": "tinyy"}, "PROFILE: unknown value 'tinyy'. Did you mean 'tiny'"),
    ("study", {"PROFILE": "Laptop"}, "PROFILE: .* Did you mean 'laptop'"),
    ("plan", {"PROFILE": "tiny laptop"}, "PROFILE: unknown value 'tiny laptop'"),
    ("status", {"PROFILE": "../smoke"}, "PROFILE: unknown value"),
    ("study", {"CHAPTER": "wacv"}, "CHAPTER: .* Did you mean 'wacv2020'"),
    ("book", {"CHAPTER": "at_init wacv2020"}, "CHAPTER: unknown value"),
    ("study", {"ENGINE": "slurmm"}, "ENGINE: .* Did you mean 'slurm'"),
    ("study", {"ENGINE": ""}, "ENGINE: unknown value"),
    ("study", {"ENGINE": "slurm", "ON": "toaster"}, "ON: unknown value 'toaster'"),
    ("plan", {"ON": "cpu"}, "ON: .* Did you mean 'CPU'"),
    ("study", {"ON": "CPU"}, "goes with ENGINE=slurm"),
    ("study", {"ENGINE": "slurm", "GPUS": "2"}, "profiles/slurm/config.yaml says"),
    ("study", {"ENGINE": "slurm", "CORES": "2"}, "profiles/slurm/config.yaml says"),
    ("study", {"EXPERIMENTS": 'x"; touch y; echo "'}, "is not a name"),
    ("study", {"EXPERIMENTS": "vgg_svhn,resnet_fast"}, "separate names by spaces"),
    ("study", {"EXPERIMENTS": "../../x"}, "is not a name"),
    ("study", {"PARTIAL": "2"}, "PARTIAL: must be 1 or 0, got '2'"),
    ("study", {"PARTIAL": "off"}, "PARTIAL: must be 1 or 0"),
    ("study", {"DATA": ""}, "DATA: must be a folder"),
    ("slice", {"NAME": "vgg16"}, "NAME: .* Did you mean 'vgg16_bn'"),
    ("slice", {"NAME": ""}, "NAME: unknown value"),
    ("verify", {"ROW": "--layer 'conv"}, "No closing quotation"),
]
"""Target, variables, and what is said of them."""

FOREIGN = [
    ("study", "EXPERIMENT=vgg_svhn", "unknown variable 'EXPERIMENT'. Did you mean 'EXPERIMENTS'"),
    ("study", "profile=tinyy", "unknown variable 'profile'. Did you mean 'PROFILE'"),
    ("study", "PROFLIE=tiny", "Did you mean 'PROFILE'"),
    ("study", "ROW=--layer", "`make study` does not read ROW"),
    ("study", "NAME=vgg16_bn", "`make study` does not read NAME"),
    ("plan", "CORES=3", "`make plan` does not read CORES; it reads PROFILE, CHAPTER"),
    ("plan", "PARTIAL=1", "`make plan` does not read PARTIAL"),
    ("publish", "PARTIAL=1", "`make publish` does not read PARTIAL"),
    ("status", "DATA=x", "`make status` does not read DATA"),
    ("verify", "PROFILE=tiny", "`make verify` does not read PROFILE"),
    ("slice", "PROFILE=tiny", "`make slice` does not read PROFILE"),
    ("test", "PROFILE=tiny", "`make test` does not read PROFILE; it reads no variable"),
    ("install", "CORES=2", "`make install` does not read CORES"),
]
"""Target, a variable of the command line that it does not read, and what is said of it."""


@pytest.mark.parametrize(("target", "given", "said"), WRONG)
def test_values_that_cannot_be(target, given, said):
    with pytest.raises(ValueError, match=said) as error:
        options.read(target, given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("target", "word", "said"), FOREIGN)
def test_variables_that_a_target_does_not_read(target, word, said):
    with pytest.raises(ValueError, match=said):
        options.read(target, {"MAKEFLAGS": f" -- {word}"})


@pytest.mark.parametrize("word", ["", "0", "no", "false", "No"])
def test_off_is_off(word):
    assert not options.read("study", {"PARTIAL": word}).PARTIAL


@pytest.mark.parametrize("word", ["1", "yes", "true", "True"])
def test_on_is_on(word):
    assert options.read("study", {"PARTIAL": word}).PARTIAL


def test_what_is_there_to_choose_from():
    for name in PROFILES:
        assert name == options.read("plan", {"PROFILE": name}).PROFILE
    assert sorted(CHAPTERS) == options.CHAPTERS
    assert list(load_costs()) == options.DEVICES
    assert {name for read in options.TARGETS.values() for name in read} == set(options.VARIABLES)


def make(*words):
    """Where the environment is, so that nothing is installed."""
    command = ["make", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.installed", *words]
    environ = {name: text for name, text in os.environ.items() if name not in options.VARIABLES}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


@pytest.mark.parametrize("text", ["a b", "a # b", "it's", 'say "x"', "a$$b", "back\\slash"])
def test_make_hands_on_what_was_said(text):
    done = make("verify", "CHAPTER=none", f"DATA={text} PROFILE=x")
    assert done.stderr.splitlines()[0].startswith("CHAPTER: unknown value 'none'")


def test_an_error_has_two_lines_and_starts_nothing():
    done = make("study", "EXPERIMENT=vgg_svhn")
    assert done.returncode == 2
    said, of_make = done.stderr.splitlines()
    assert said.startswith("unknown variable 'EXPERIMENT'")
    assert "Error" in of_make
    assert not done.stdout


def test_no_shell_reads_what_was_said(tmp_path):
    bad = tmp_path / "bad"
    done = make("plan", f'EXPERIMENTS=x"; touch {bad}; echo "')
    assert done.returncode == 2
    assert not bad.exists()


def test_what_a_target_was_told_reaches_it():
    done = make("plan", "PROFILE=tiny", "EXPERIMENTS=vgg_svhn resnet_fast", "ON=CPU")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tiny, estimated for one core")
    assert "vgg16_bn" not in done.stdout
