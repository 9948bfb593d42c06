"""What a study is started with: the variables of `make`, Snakemake's settings, those of jobs."""

import os
import re
import shlex
import subprocess
import sys
from collections import Counter

import pytest

from lib.book.pages import notebook_pages
from lib.commands import start
from lib.commands.plan import UNMEASURED, measured, resources
from lib.commands.settings import command_line, study_of
from lib.declared import declared_study
from lib.integrity import DamagedError
from lib.repository import ROOT

from .conftest import outside_make
from .damage import damage
from .made_up import write_results

NAME = "resnet_fast_few_images_trained_as_long"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("study --cores=-2", "argument --cores: must be an integer of at least 1, got '-2'"),
        ("book --engine slurm --gpus 2", "on a cluster, edit profiles/slurm/config.yaml"),
        ("book --gpus 1 --on CPU", "and --on CPU for none"),
        ("publish --partial 1", "use it with `make study` or `make book`"),
    ],
)
def test_settings_that_do_not_exist_or_contradict_each_other_are_refused(capsys, given, reason):
    with pytest.raises(SystemExit):
        start.main(given.split())
    assert reason in capsys.readouterr().err


def test_a_book_needs_all_experiments_of_its_chapter():
    with pytest.raises(ValueError, match="19 of 20 have no run, such as vgg16_bn_quarter_few_im"):
        start.main(["book", "--experiments", "vgg_svhn_few_images"])


def test_a_book_says_first_which_pages_the_profile_cannot_make(capsys):
    start.understood(["book", "--chapter=by_recipe"])
    said = capsys.readouterr().err
    assert "left out: accuracy: the profile smoke has no decisions of by_recipe\n" in said
    assert "methods" not in said
    for given in (["--chapter=by_recipe", "--profile=paper"], ["--chapter=converged"]):
        start.understood(["book", *given])
        assert not capsys.readouterr().err


@pytest.fixture
def make(tmp_path):
    """Runs `make` in an environment whose Python prints what it is given, and has all installed."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("""#!/bin/sh\nprintf '%s\\n' "$@"\n""")
    python.chmod(0o755)

    def make(*words, **exported):
        command = ["make", f"VENV={tmp_path}", "-o", f"{tmp_path}/.installed", *words]
        return subprocess.run(
            command, cwd=ROOT, env=outside_make() | exported, capture_output=True, text=True
        )

    return make


@pytest.mark.parametrize("text", ["", "it's a # b", '"`a`";\\b'])
def test_a_variable_of_make_reaches_the_program_and_no_shell_reads_it(make, text):
    # for a cluster, what submits jobs to it is not installed for a plan
    done = make("plan", f"DATA={text}", "ENGINE=slurm", "PROFIL=tiny")
    program, *given = done.stdout.splitlines()[1:]
    assert program == "lib.commands.start"
    assert {*given} == {"plan", f"--data={text}", "--engine=slurm", "--profil=tiny"}
    assert f"-pa={text}" in make("compare", f"A={text}").stdout.splitlines()
    done = make("verify", "ROW=--iteration 2", f"DATA={text}")
    assert done.stdout.splitlines()[-3:] == [text or "datasets", "--iteration", "2"]


@pytest.mark.parametrize(
    ("target", "name"),
    [("compare", "A"), ("plan", "EXPERIMENTS"), ("verify", "ROW"), ("test", "X"), ("plan", "VENV")],
)
def test_a_value_that_make_would_expand_is_refused_before_it_does(make, tmp_path, target, name):
    value = f"$(shell touch {tmp_path}/expanded)"
    for given in ([f"{name}={value}"], [f"{name}={value}", "GIVEN="]):
        done = make(target, *given)
        assert f"{name}={value}: make would expand the `$`" in done.stderr
    assert not (tmp_path / "expanded").exists()


def test_two_comparisons_of_one_second_have_pages_of_their_own(make):
    pages = [make("compare").stdout.splitlines()[3] for _ in range(3)]
    assert all(re.fullmatch(r"_build/compare/[\d-]+\.html", page) for page in pages)
    assert len({*pages}) == 3


def test_no_command_reads_what_a_shell_has_exported(make):
    done = make("verify", DATA="/exported", CHAPTER="exported", ROW="exported")
    assert done.returncode == 0
    assert "exported" not in done.stdout
    assert make("plan", ENGINE="exported", DATA="/exported").stdout.splitlines()[-1] == "plan"


@pytest.mark.parametrize("given", ["verify CHAPTR=by_recipe", "verify PROFILE=laptop", "test X="])
def test_a_variable_that_no_program_would_see_is_refused_by_make(given):
    done = subprocess.run(["make", "-n", *given.split()], cwd=ROOT, capture_output=True, text=True)
    target, variable = re.match(r"(\w+) (\w+)", given).groups()
    assert done.returncode
    assert f"make {target} reads no {variable}" in done.stderr


DATA = 'a # {b}\'s "c"'
PLACES = {
    "two GPUs": ("resnet_fast_few_images", ["--cores=2", "--gpus=2"]),
    "a cluster": ("resnet_fast_quarter_few_images", ["--engine=slurm", "--on=CPU"]),
}
"""A network of which jobs of the profile `laptop` were measured, and where they ran."""


@pytest.fixture(scope="module", params=PLACES)
def dry_run(request, tmp_path_factory):
    """Settings, their study, and what Snakemake prints about each job that it would start."""
    if request.param == "a cluster":
        pytest.importorskip("snakemake_executor_plugin_slurm")
    network, place = PLACES[request.param]
    asked = ["--profile=laptop", f"--experiments={network} {network}_independent", *place]
    asked += ["--threads=2", f"--data={DATA}", f"--folder={tmp_path_factory.mktemp('study')}"]
    given = command_line().parse_args(asked)
    # the profile leaves out the rules and what they would do
    loud = ["--dry-run", "--printshellcmds", "--quiet", "progress"]
    command = [sys.executable, "-m", "snakemake", *start.words("book", given), *loud]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return given, study_of(given), done.stdout + done.stderr


def test_snakemake_understands_what_it_is_told_and_tells_it_to_jobs(dry_run):
    given, study, printed = dry_run
    lines = [shlex.split(line) for line in printed.splitlines() if "notebooks/job.py" in line]
    assert all(f"-pdata={DATA}" in line for line in lines)
    processes = [", ".join(job.name for job in jobs) for jobs in study.processes()]
    words = [word for line in lines for word in line]
    assert {*words} >= {f"-pjobs={names}" for names in processes}
    assert len(lines) == len(processes)
    devices = Counter(word for word in words if word.startswith("-pdevice="))
    gpus = {f"-pdevice=cuda:{number}" for number in range(given.gpus)}
    assert {*devices} == (gpus or {"-pdevice=cpu"})
    assert max(devices.values()) - min(devices.values()) <= 1


def test_a_scheduler_is_told_what_such_jobs_took_and_with_which_to_begin(dry_run):
    given, study, printed = dry_run
    took = measured("laptop", gpu=given.gpus > 0)
    priorities, processes = {}, study.processes()
    assert max(map(len, processes)) > 1
    for jobs in processes:
        page = re.escape(f"output: {jobs[0].page}")
        said = rf"{page}\n(?: .*\n)*? +priority: (\d+)\n(?: .*\n)*? +resources: (.*)\n"
        [(priority, of_job)] = re.findall(said, printed)
        asked = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+),", of_job)}
        wanted = resources(jobs, took)
        assert wanted != UNMEASURED
        assert {name: asked[name] for name in wanted} == wanted
        assert asked.get("gpu", 0) == bool(given.gpus)
        priorities[jobs[0]] = int(priority)
    ordered = sorted(processes, key=lambda jobs: priorities[jobs[0]], reverse=True)
    kinds = [(jobs[0].kind, len(jobs)) for jobs in ordered]
    # what others wait for, and then what takes longest
    assert kinds == sorted(kinds, key=lambda of: (of[0] != "complete", of[0] != "run", -of[1]))


def test_a_page_depends_on_its_folder_and_the_library_and_begins_early_if_others_rest_on_it(
    dry_run,
):
    _, _, printed = dry_run
    page = r"input: (.*)\n +output: \S*/book/what_a_value_means.ipynb"
    [asked] = re.findall(page, printed)
    for name in ("notebooks/what_a_value_means/leading.py", "lib/report/claims.py"):
        assert name in asked.split(", ")
    first = re.findall(r"output: \S*/book/(\w+).ipynb\n(?: .*\n)*? +priority: 1\n", printed)
    assert "zeros" in first
    assert {*first} == {name for page in notebook_pages() for name in page.rests_on}


STARTS = """
import os, sys
from lib.commands import start
from lib.interruption import run_command_line
sys.executable = "./python"
for home, cache in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    os.environ["HOME"], os.environ["XDG_CACHE_HOME"] = home, cache
    if not cache:
        del os.environ["XDG_CACHE_HOME"]
    start.run([])
os.mkdir(".snakemake", 0o555)
run_command_line(lambda: start.main(["study", "--profile=tiny", "--folder=study"]))
"""
# root may write everywhere, unless it is told not to
AS_USER = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []


def test_a_cache_is_replaced_if_it_cannot_be_written_and_a_study_ends_where_nothing_can(tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\necho ${XDG_CACHE_HOME-none}\n")
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "file").touch()
    (tmp_path / "home" / ".cache").mkdir(parents=True)
    (tmp_path / "shut" / ".cache").mkdir(parents=True)
    (tmp_path / "shut").chmod(0)
    (tmp_path / "cache").mkdir()
    (tmp_path / "full" / "snakemake").mkdir(parents=True)
    (tmp_path / "full" / "snakemake").chmod(0o555)
    home, file, shut, cache, full = (
        str(tmp_path / name) for name in ("home", "file", "shut", "cache", "full")
    )
    snakemakes = tmp_path / ".snakemake"
    own = str(snakemakes / "cache")
    gets = {(home, ""): "none", (file, ""): own, (shut, ""): own, (shut, cache): cache}
    gets |= {(home, shut): own, (home, full): own, ("~", ""): own}
    given = [word for case in gets for word in case]
    done = subprocess.run(
        [*AS_USER, sys.executable, "-c", STARTS, *given],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    (tmp_path / "shut").chmod(0o755)
    assert done.stdout.split() == [*gets.values()], done.stderr
    said = f"Snakemake may not write in {snakemakes}: work in a copy of {tmp_path}\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_jobs_that_fail_say_why_and_the_others_go_on(tmp_path, capfd):
    study = declared_study("laptop", tmp_path / "study", [NAME], "converged")
    failing = [job for job in study.jobs() if job.kind == "complete" and job.train_seed > 0]
    assert len(failing) == 2
    for jobs in study.processes():
        if jobs[0].train_seed == 0:  # they seem to be done, since two show as much as three
            for job in jobs:
                job.folder.mkdir(parents=True)
                job.marker.touch()
            jobs[0].page.touch()
    # one after the other
    asked = ["--profile", "laptop", "--experiments", NAME, "--data", "/nowhere", "--cores", "1"]
    assert start.main(["study", *asked, "--folder", str(study.folder)]) == 1
    said, errors = capfd.readouterr()
    reason = "failed: DataUnavailableError: there is no folder /nowhere"
    for job in failing:
        assert re.search(f"^{job.name}: {reason}", said, re.M)
    assert errors.splitlines()[-1] == "not finished: the same command resumes from here"
    assert "Traceback" not in errors


def test_a_plan_counts_and_begins_nothing(tmp_path, capfd):
    asked = ["--profile", "tiny", "--chapter", "out_of_sample", "--experiments", "lenet5"]
    assert start.main(["plan", *asked, "--folder", str(tmp_path / "study")]) == 0
    resolved, _, left = capfd.readouterr().out.partition("\n\n")
    assert resolved.startswith("lenet5 in tiny:")
    assert left.startswith("tiny: 0 of 2 jobs are done")
    assert not (tmp_path / "study").exists()


def test_a_study_whose_tables_were_damaged_since_does_not_end_well(tmp_path, monkeypatch):
    monkeypatch.setattr(start, "run", lambda *_: 0)  # Snakemake looks at times alone
    given, study = start.understood(["study", "--folder", str(tmp_path)])
    write_results(study.results)
    table = study.results / "vgg_svhn" / "performance.parquet"
    assert start.work(given, study, lock=0) == 0
    damage(table)
    with pytest.raises(DamagedError, match=f"^{table} is damaged"):
        start.work(given, study, lock=0)


def test_what_was_merged_before_is_not_published_with_the_experiments_asked_for(
    tmp_path, monkeypatch
):
    published = []
    monkeypatch.setattr(start, "run", lambda *_: 0)  # with nothing to do
    monkeypatch.setattr(
        "lib.commands.publish.publish", lambda _, experiments: published.extend(experiments)
    )
    asked = ["publish", "--experiments", "vgg_svhn_few_images", "--folder", str(tmp_path)]
    assert start.work(*start.understood(asked), lock=0) == 0
    assert published == ["vgg_svhn_few_images"]
