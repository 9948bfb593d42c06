"""What people may say to `make`, and what they are told otherwise."""

import os
import re
import subprocess
import sys

import jupytext
import pytest

from lib import ROOT, make_variables
from lib.book.execute import declared_parameters, read_parameters
from lib.catalogue import CATALOGUE, PROFILES

WRONG = [
    ("study", {"CORES": "0"}, "CORES: must be an integer from 1 to 1024 or all, got '0'"),
    ("study", {"THREADS": ""}, "THREADS: must be an integer from 1 to 1024, got ''"),
    ("study", {"THREADS": "9999999"}, "THREADS: must be an integer"),
    ("study", {"GPUS": "x"}, "GPUS: must be an integer from 0 to 1024, got 'x'"),
    ("study", {"JOBS_PER_GPU": "2"}, "JOBS_PER_GPU goes with GPUS"),
    ("study", {"PROFILE": "Laptop"}, "PROFILE: .* Did you mean 'laptop'"),
    ("plan", {"PROFILE": "tiny laptop"}, "PROFILE: unknown value 'tiny laptop'"),
    ("study", {"CHAPTER": "wacv"}, "CHAPTER: .* Did you mean 'wacv2020'"),
    ("study", {"ENGINE": "slurmm"}, "ENGINE: .* Did you mean 'slurm'"),
    ("study", {"ENGINE": "slurm", "ON": "cpu"}, "ON: .* Did you mean 'CPU'"),
    ("study", {"ON": "CPU"}, "goes with ENGINE=slurm"),
    ("study", {"ENGINE": "slurm", "GPUS": "2"}, "profiles/slurm/config.yaml says"),
    ("study", {"PARTIAL": "off"}, "PARTIAL: unknown value 'off'. .*Known: 0, 1"),
    ("study", {"DATA": ""}, "DATA: must be a folder"),
    ("verify", {"ROW": "--layer 'conv"}, "No closing quotation"),
    ("compare", {"SIZE": "7"}, "SIZE: must be an integer from 8 to 4096, got '7'"),
    ("compare", {"SIZE": "999999"}, "SIZE: must be an integer from 8 to 4096, got '999999'"),
    ("study", {"CORES": "999999"}, "CORES: must be an integer from 1 to 1024 or all"),
    ("study", {"EXPERIMENTS": "../../lib"}, "EXPERIMENTS: got '../../lib', want names of letters"),
    ("study", {"EXPERIMENTS": "--partial"}, "EXPERIMENTS: got '--partial', want names of letters"),
]
"""Target, variables, and what is said of them."""

FOREIGN = [
    ("study", "EXPERIMENT=vgg_svhn", "unknown variable 'EXPERIMENT'"),
    ("study", "profile=tinyy", "unknown variable 'profile'"),
    ("study", r"EXPERIMENTS=$$(touch\ x)", "EXPERIMENTS: make takes what follows a"),
    ("study", "ROW=--layer", "`make study` does not read ROW"),
    ("plan", "CORES=3", "`make plan` does not read CORES; it reads PROFILE, CHAPTER"),
    ("test", "PROFILE=tiny", "`make test` does not read PROFILE; it reads no variable"),
]
"""Target, a variable of the command line that it does not read, and what is said of it."""


@pytest.mark.parametrize(("target", "given", "said"), WRONG)
def test_values_that_cannot_be(target, given, said):
    with pytest.raises(ValueError, match=said) as error:
        make_variables.read(target, given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("target", "word", "said"), FOREIGN)
def test_variables_that_a_target_does_not_read(target, word, said):
    with pytest.raises(ValueError, match=said):
        make_variables.read(target, {"MAKEFLAGS": f" -- {word}"})


def test_on_is_on_and_off_is_off():
    found = [make_variables.read("study", {"PARTIAL": word}).PARTIAL for word in ("1", "", "0")]
    assert found == [True, False, False]


def test_what_is_there_to_choose_from():
    for name in PROFILES:
        assert name == make_variables.read("plan", {"PROFILE": name}).PROFILE
    assert sorted(CATALOGUE.chapters) == make_variables.CHAPTERS
    assert {name for read in make_variables.TARGETS.values() for name in read} == set(
        make_variables.VARIABLES
    )


def make(*words):
    """Where the environment is, so that nothing is installed."""
    command = ["make", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.installed", *words]
    outer = {*make_variables.VARIABLES, "MAKEFLAGS", "MAKELEVEL"}  # where make runs these tests
    environ = {name: text for name, text in os.environ.items() if name not in outer}
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)


@pytest.mark.parametrize("text", ["a b", "a # b", "it's", 'say "x"', "a$$b", "back\\slash"])
def test_make_hands_on_what_was_said(text):
    said = make("verify", "CHAPTER=none", f"DATA={text} PROFILE=x").stderr
    assert said.startswith("CHAPTER: unknown value 'none'")


def test_an_error_has_two_lines_and_no_shell_reads_what_was_said(tmp_path):
    bad = tmp_path / "bad"
    done = make("plan", f'EXPERIMENTS=x"; touch {bad}; echo "')
    assert (done.returncode, done.stdout) == (2, "")
    said, of_make = done.stderr.splitlines()
    assert said.startswith("EXPERIMENTS: got 'x\";', want names")
    assert "Error" in of_make
    assert not bad.exists()


def test_what_a_target_was_told_reaches_it():
    done = make("plan", "PROFILE=tiny", "CHAPTER=", "EXPERIMENTS=vgg_svhn resnet_fast")
    assert done.returncode == 0, done.stderr
    assert re.match(r"tiny: \d+ of \d+ jobs are done", done.stdout)
    assert "vgg16_bn" not in done.stdout


def test_each_question_about_two_networks_has_a_page_of_its_own():
    given = {"A": "nets.py:a", "B": "nets.py:b", "IMAGES": "x"}
    asked = [given, given | {"LAYERS": "fc"}, given | {"CORES": "1"}, given | {"SIZE": "32"}]
    pages = {
        make_variables.command("compare", make_variables.read("compare", one))[1] for one in asked
    }
    assert len(pages) == 3


@pytest.mark.parametrize("file", ["Makefile", "README.md", "notebooks/your_own/page.py"])
def test_that_a_users_file_is_executed_is_said_where_people_learn_of_it(file):
    text = (ROOT / file).read_text(encoding="utf-8").replace("\n#", "")
    said = r"nets\.py`?(, though,)? is executed|executes? `nets\.py`"
    assert re.search(said, " ".join(text.split()))


def test_what_was_given_are_the_parameters_of_the_page():
    given = {"A": "nets.py:a", "A_WEIGHTS": "x y.pt", "IMAGES": "-f", "CORES": "2", "SIZE": "32"}
    command, made = make_variables.command("compare", make_variables.read("compare", given))
    module, source, page, *words = command
    assert (module, source) == ("lib.book.standalone", "notebooks/your_own/page.py")
    assert made == f"The page: file://{page}"
    said = read_parameters(
        dict(word.removeprefix("-p").split("=", 1) for word in words),
        declared_parameters(jupytext.read(ROOT / source)),
    )
    assert (said["a"], said["a_weights"]) == ("nets.py:a", "x y.pt")
    assert (said["images"], said["cores"], said["size"]) == ("-f", 2, 32)
