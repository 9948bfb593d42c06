"""`make clean` removes what it names, says what that is, and asks."""

import fcntl
import os
import re
import subprocess
import sys

import pytest

from lib import ROOT, make_variables
from lib.clean import LOCK, clean


@pytest.fixture
def built(tmp_path):
    """Two studies in a folder of what was built."""
    for profile in ("tiny", "paper"):
        job = tmp_path / "_build" / profile / "jobs" / "vgg_svhn" / "run-0" / "t0-p0"
        job.mkdir(parents=True)
        (job / "provenance.json").write_text("x" * 2000)
    return tmp_path / "_build"


def test_the_studies_of_other_profiles_stay(built, monkeypatch, capsys):
    monkeypatch.setattr(make_variables, "ROOT", built.parent)
    assert (
        make_variables.clean_up(make_variables.read("clean", {"PROFILE": "tiny", "YES": "1"})) == 0
    )
    assert [path.name for path in built.iterdir()] == ["paper"]
    assert "tiny" in capsys.readouterr().out


def test_all_is_removed_only_where_nothing_is_named(built, monkeypatch):
    monkeypatch.setattr(make_variables, "ROOT", built.parent)
    assert make_variables.clean_up(make_variables.read("clean", {"YES": "1"})) == 0
    assert not built.exists()


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("n", False), ("", False)])
def test_it_says_what_is_lost_and_asks(built, capsys, answer, gone):
    assert clean(built / "paper", False, lambda _: answer) == (0 if gone else 1)
    assert "paper (2 kB)" in capsys.readouterr().out
    assert (built / "paper").exists() != gone


def test_nobody_to_ask(built, capsys):
    assert clean(built, False, None) == 1
    assert "YES=1" in capsys.readouterr().err
    assert (built / "paper").exists()


def test_what_is_at_work_is_not_removed(built, capsys):
    with (built / "tiny" / LOCK).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert clean(built, True, None) == 1
    assert "works in" in capsys.readouterr().err
    assert (built / "tiny").exists()


def test_a_link_is_not_followed(built, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(built)
    assert clean(link, True, None) == 1
    assert (built / "tiny").exists()


def goals():
    """What the Makefile itself says that it can make without a file."""
    rules = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    [phony] = re.findall(r"^\.PHONY: (.*)$", rules, re.MULTILINE)
    return sorted({*phony.replace("$(ASKED)", "").split(), *make_variables.TARGETS})


@pytest.mark.parametrize("goal", [*goals(), ".venv/.browser", ""])
def test_no_target_takes_a_variable_that_it_does_not_know(goal):
    """Nothing is executed: what make would do ends with the check."""
    command = ["make", f"PYTHON={sys.executable}", *filter(None, [goal]), "PROFIL=tiny"]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("unknown variable 'PROFIL'. Did you mean 'PROFILE'?")
    assert done.stdout == ""


def test_goals_are_all_known():
    assert set(goals()) == make_variables.goals()
    with pytest.raises(SystemExit):
        sys.exit(make_variables.main(["--check", "clen"]))
