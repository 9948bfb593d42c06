"""The pages for those who run the study are correct: commands, names, messages, code.

Python blocks are executed exactly as they are on the page, in order, in one namespace.
"""

import re
import shlex
from importlib.util import find_spec
from inspect import signature

import jupytext
import pandas as pd
import pytest

from lib import ROOT
from lib.book.execute import declared_parameters, read_parameters
from lib.book.report import values
from lib.book.report.results import load_results, published_results
from lib.catalogue import CATALOGUE, PROFILES, declared_study
from lib.integrity import load_study
from lib.make_variables import TARGETS
from lib.study.job import Job
from lib.study.jobs import run_job

from ..pictures import write_pictures

PAGES = ("run_it", "your_own")
WITH_COMMANDS = ("run_it",)
NOTEBOOKS = ("your_own",)
AT_THE_ROOT = ("README", "CONTRIBUTING")


def text(page):
    if page in NOTEBOOKS:
        source = (ROOT / "notebooks" / page / "page.py").read_text(encoding="utf-8")
        return re.sub("^# ?", "", source, flags=re.M)
    folder = ROOT if page in AT_THE_ROOT else ROOT / "book"
    return (folder / f"{page}.md").read_text(encoding="utf-8")


def blocks(page, language, part=""):
    """The code blocks of a page, or of the part with this title, without their fences."""
    whole = text(page)
    if part:
        # a part is a section, or what unfolds
        found = re.search(
            rf"^(?:##+|::::{{dropdown}}) {part}\n(.*?)^(?:##|::::$)", whole, flags=re.M | re.S
        )
        whole = found[1]
    return re.findall(rf"^```{language}\n(.*?)^```$", whole, flags=re.M | re.S)


def commands(page):
    """Every command of the shell blocks as words, lines joined as by a shell, without comments."""
    lines = "".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def settings(words):
    """The words that are NAME=value."""
    return dict(word.split("=", 1) for word in words if "=" in word)


def execute(page, part=""):
    """Execute the Python blocks of a page or a part in one namespace, and return it."""
    namespace = {}
    for number, block in enumerate(blocks(page, "python", part), start=1):
        exec(compile(block, f"{page}.md, block {number}", "exec"), namespace)
    return namespace


def job_of(study, words):
    """The job of a command that executes its notebook, which is checked."""
    at = words.index("lib.book.execute") + 1
    known = declared_parameters(jupytext.read(ROOT / words[at]))
    given = dict(word.removeprefix("-p").split("=", 1) for word in words[at + 2 :])
    values = read_parameters(given, known)
    assert values.pop("profile") == study.profile.name
    job = Job(**values)
    assert words[at] == f"notebooks/job_{job.kind}.py"
    assert words[at + 1] == str(study.page(job))
    return job


@pytest.fixture
def called(monkeypatch):
    """(study, job) of all jobs that a page does by hand, which are only noted."""
    jobs = []
    monkeypatch.setattr("lib.study.jobs.run_job", lambda study, job: jobs.append((study, job)))
    return jobs


@pytest.mark.parametrize("page", [*WITH_COMMANDS, *AT_THE_ROOT])
def test_every_make_command_is_valid(page):
    makefile = (ROOT / "Makefile").read_text()
    targets = dict.fromkeys(re.findall(r"^([a-z-]+):", makefile, flags=re.M), ()) | TARGETS
    found = [words[1:] for words in commands(page) if words[:1] == ["make"]]
    assert found
    for words in found:
        [target] = (word for word in words if "=" not in word)
        given = settings(words)
        assert set(given) <= set(targets[target])
        profile = PROFILES[given.get("PROFILE", "smoke")]
        for name in given.get("EXPERIMENTS", "").split():
            profile.experiment(name)
    inline = set(re.findall(r"`make ([a-z-]+)", text(page)))
    assert inline <= set(targets)


def test_every_job_given_by_hand_is_one_of_its_study(called):
    [by_hand] = blocks("run_it", "python", "One job by hand")
    exec(by_hand, {})
    assert {job.kind for _, job in called} == {"complete", "run", "analysis"}
    assert all(job in study.jobs() for study, job in called)


@pytest.mark.parametrize("kind", ["complete", "run", "analysis"])
def test_the_notebook_of_a_job_does_one_that_is_declared_unless_it_is_told_another(kind):
    known = declared_parameters(jupytext.read(ROOT / "notebooks" / f"job_{kind}.py"))
    assert known.pop("other_seed", -1) < 0  # none: the run prunes
    job = Job(**{name: known[name] for name in signature(Job).parameters if name in known})
    assert job.kind == kind
    of_chapters = [declared_study(known["profile"], chapter=name) for name in CATALOGUE.chapters]
    studies = [declared_study(known["profile"]), *of_chapters]
    assert any(job in study.jobs() for study in studies)


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_every_module_that_is_run_exists_with_its_options(page):
    for words in commands(page):
        if "-m" not in words:
            continue
        module, *arguments = words[words.index("-m") + 1 :]
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
        for argument in arguments:
            assert not argument.startswith("--") or f'"{argument}"' in source, words


@pytest.mark.parametrize("page", [*PAGES, *AT_THE_ROOT])
def test_every_file_and_module_that_a_page_names_exists(page):
    pattern = r"`((?:lib|notebooks|results|tests|benchmarks|book)/[\w/.]+|[A-Z]\w+\.md)`"
    linked = re.findall(r"\]\(([^)#:]+)\)", text(page)) if page in AT_THE_ROOT else []
    assert bool(linked) == (page in AT_THE_ROOT)
    for path in (*linked, *re.findall(pattern, text(page))):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"`(?:python -m )?((?:lib|benchmarks)(?:\.[a-z_]+)+)`", text(page)):
        assert find_spec(name), name


def test_the_arguments_that_the_page_lists_exist():
    names = re.findall(r'^\| `([a-z]+)=".+?"` \|', text("run_it"), flags=re.M)
    assert {"data", "device"} == set(names) <= set(signature(run_job).parameters)


def test_the_waves_of_commands_are_the_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = execute("run_it", "Another scheduler, or none")["study"]
    done, names = set(), sorted(path.name for path in tmp_path.iterdir())
    assert names == ["wave_1.txt", "wave_2.txt", "wave_3.txt"]  # those that the page submits
    for name in names:
        lines = (tmp_path / name).read_text().splitlines()
        jobs = [job_of(study, shlex.split(line)) for line in lines]
        assert all(set(study.needs(job)) <= done for job in jobs)
        done |= set(jobs)
    assert done == set(study.jobs())


def test_the_three_lines_of_the_page_on_ones_own_networks_compare(tmp_path, monkeypatch):
    write_pictures(tmp_path / "images" / "test", 40, ("cats", "dogs"))
    monkeypatch.chdir(tmp_path)
    similar = execute("your_own")["similar"]
    assert similar.metric.unique().tolist() == ["svcca", "pwcca", "cka", "nbs"]
    assert similar.query("metric == 'cka'").value.notna().all()


def test_a_number_is_followed_to_its_origin_as_the_page_says(monkeypatch, capsys, called):
    monkeypatch.chdir(ROOT)
    found = execute("run_it", "One number, traced back in five steps")
    results = published_results("converged")
    last = values.curves(load_results(results), "vgg16_bn_wide", "svcca").iloc[-1].drop("out")
    number = pytest.approx(last.min(), abs=1e-12)
    assert (found["layer"], found["number"]) == (last.idxmin(), number)
    assert pd.api.types.is_integer(found["row"].prune_seed)
    job = found["job"]
    assert re.fullmatch(r"[0-9a-f]{40}", job["revision"])
    assert job["revision"] in capsys.readouterr().out
    # the jobs that repeat it are of the published study
    profile = load_study(ROOT / results)["profile"]
    assert {study.profile.name for study, _ in called} == {profile}
    assert {study.chapter for study, _ in called} == {"converged"}
    assert called[-1][1] == Job(job["experiment"], job["train_seed"], job["prune_seed"])
