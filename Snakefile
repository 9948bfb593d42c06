"""The study as a graph of jobs. `make book` is the short way in; every rule is one command.

    snakemake --cores all book --config profile=smoke data=datasets
    snakemake --cores all study --config profile=smoke experiments="vgg_svhn vgg_svhn_one_shot"
    snakemake --cores all book --config profile=smoke partial=1
    snakemake --cores all study --config profile=smoke chapter=icpram2020
    snakemake --cores all study --config profile=paper gpus=2 --resources gpu=2
    snakemake --workflow-profile profiles/slurm study --config profile=paper on=CPU

What jobs and pages print goes to standard output, the engine's own messages to standard error.

A job is done when its folder says so (lib/study/study.py); its executed notebook is the log page
that Snakemake looks for. Engine code is not an input of the jobs: if an edit makes results stale,
the folder's name changes (lib/study/fingerprint.py).

Jobs on the longest chain start first, by the epochs that they train, so that all cores are busy to
the end.

The memory (MB), time (minutes) and GPUs of a rule are for a cluster (profiles/slurm), where jobs get
a GPU unless it is told `on=CPU`: what such jobs took on a GPU, or without one, with room to spare,
and as much again with each attempt (lib/commands/plan.py). On one machine, Snakemake heeds them only if
the command line gives limits. Each job locks its folder, and waits if another process has locked it:
a job that is started twice is done once.

With a chapter, the study is that of a companion paper, with tables of its own. `book` then executes
the pages that show the chapter, and all others are the published ones.

With `partial=1` no job is started: the tables and the book are those of the jobs that are done, in
a folder of their own. This works while the study is running.
"""

import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

from lib.book import execute
from lib.book.pages import notebook_pages
from lib.catalogue import declared_study
from lib.commands import invalidate_damaged_jobs
from lib.commands.collect import destination, result_files
from lib.commands.plan import measured, resources
from lib.imports import data_beside, needed_files
from lib.run_snakemake import engine_alone
from lib.study.job import Job
from lib.study.train import retraining_epochs

PYTHON = shlex.quote(sys.executable)  # not "python": the environment need not be activated
EXECUTE = f"{PYTHON} -m lib.book.execute"
DATA = config.get("data", "datasets")
THREADS = int(config.get("threads", 1))  # of a job
SHARED = int(config.get("gpus", 0))  # GPUs of this machine among which jobs are dealt
NAMES = str(config.get("experiments", "")).split()  # if empty, all of the chapter
CHAPTER = str(config.get("chapter", ""))
STUDY = declared_study(config.get("profile", "smoke"), config.get("folder"), NAMES or None, CHAPTER)
FOLDER = str(STUDY.folder)
PARTIAL = bool(config.get("partial", False))
DONE = [job for job in STUDY.jobs() if STUDY.is_done(job)] if PARTIAL else list(STUDY.jobs())
RESULTS = str(destination(STUDY, PARTIAL))
UNDONE = str(Path(RESULTS).with_name(invalidate_damaged_jobs.UNDONE))
PAGES = str(Path(RESULTS).with_name("pages"))
TABLES = [f"{RESULTS}/{name}" for name in result_files(DONE)]
SECTIONS = {page.name: page for page in notebook_pages(Path(), CHAPTER)}
PROSE = sorted(
    str(p)
    for p in Path("book").rglob("*")
    if p.is_file() and p.suffix != ".pyc" and p.stem not in SECTIONS
)
BENCHMARKS = sorted(map(str, Path("benchmarks").glob("*.csv")))


JOBS = {str(STUDY.page(job)): job for job in STUDY.jobs()}
GPUS = 0 if config.get("on") == "CPU" else 1  # of a job
TOOK = measured(STUDY.profile.name, gpu=GPUS > 0)


def weight(job):
    """The epochs that a job trains, or 1 if it trains none."""
    experiment = STUDY.experiment(job.experiment)
    if job.is_run and experiment.against == "pruned":
        return sum(retraining_epochs(experiment.pruning, experiment.recipe))
    return experiment.recipe.epochs if job.kind == "complete" else 1


URGENCY = {}  # weight of a job and of the longest chain of jobs that wait for it
for job in reversed(JOBS.values()):
    URGENCY[job] = URGENCY.get(job, 0) + weight(job)
    for other in STUDY.needs(job):
        URGENCY[other] = max(URGENCY.get(other, 0), URGENCY[job])
# jobs of a kind run side by side, so they are dealt out in turn
DEALT = {job: i for i, job in enumerate(sorted(JOBS.values(), key=lambda job: job.kind))}
RUN_SEEDS = {"p": "prune_seed", "o": "other_seed"}  # by how folders of jobs are named
LABELS = {page: f"[job {i} of {len(JOBS)}] " for i, page in enumerate(JOBS, start=1)}


def arguments(wildcards, output):
    job = JOBS[output[0]]
    given = {
        "profile": STUDY.profile.name,
        **job.parameters,
        "data": DATA,
        "device": f"cuda:{DEALT[job] % SHARED}" if SHARED else "auto",
        "folder": FOLDER,
        "fingerprint": wildcards.fingerprint,
        "wait": True,
    }
    words = [f"-p{name}={value}" for name, value in given.items()]
    return shlex.join([*words, "--show-output", "--label", LABELS[output[0]]])


def page_parameters(wildcards):
    page = SECTIONS[wildcards.section]
    given = {page.folders[CHAPTER]: RESULTS} | page.parameters
    return shlex.join(f"-p{name}={value}" for name, value in given.items())


def code_of_page(wildcards):
    """What the page imports, what its modules read, and what else is in a folder of its own."""
    source = SECTIONS[wildcards.section].source.resolve()
    files = needed_files([source, Path(execute.__file__)])
    own = source.parent.glob("*.py")
    return sorted({*files, *own, *data_beside(files)})


def rests_on(wildcards):
    """The pages that decide claims on which its sentences rest."""
    names = SECTIONS[wildcards.section].rests_on & SECTIONS.keys()
    return [f"{PAGES}/book/{name}.ipynb" for name in names]


def job_of(wildcards):
    seeds = {"train_seed": int(wildcards.train_seed)}
    if "run_seed" in wildcards.keys():
        seeds[RUN_SEEDS[wildcards.kind_of_seed]] = int(wildcards.run_seed)
    return Job(wildcards.experiment, **seeds, analysis=wildcards.get("analysis", ""))


def needed(wildcards):
    return [ancient(str(STUDY.page(other))) for other in STUDY.needs(job_of(wildcards))]


def requested(wildcards):
    return resources(job_of(wildcards), TOOK)


def urgency(wildcards):
    return URGENCY[job_of(wildcards)]


def minutes(wildcards, attempt):
    return requested(wildcards)["runtime"] * attempt


def memory(wildcards, attempt):
    return requested(wildcards)["mem_mb"] * attempt


def tables_of_pages(wildcards):
    """The tables, provided that they have all networks that the pages show."""
    wanted = STUDY.profile.of_chapter(CHAPTER) if CHAPTER else STUDY.profile.catalogue.paper
    absent = [name for name in wanted if f"{RESULTS}/{name}/similarity.parquet" not in TABLES]
    if absent:
        raise WorkflowError(
            f"The pages need all networks of the study, and there is no run of "
            f"{', '.join(absent)}. Ask for `study` to get the tables alone."
        )
    return TABLES


localrules:
    study,
    book,
    collect,
    stage,
    html,


onstart:
    # held until this process ends
    ALONE = engine_alone(Path(FOLDER, "partial" if PARTIAL else ""))


rule book:
    input:
        f"{PAGES}/_build/html/index.html",


rule study:
    input:
        TABLES,


rule complete:
    output:
        FOLDER + "/jobs/{experiment}/complete-{fingerprint}/t{train_seed,\\d+}/notebook.ipynb",
    params:
        given=arguments,
    priority: urgency
    threads: THREADS
    resources:
        gpu=GPUS,
        mem_mb=memory,
        runtime=minutes,
    shell:
        "{EXECUTE} notebooks/job.py {output:q} {params.given} -pthreads={threads} 2>&1"


use rule complete as run with:
    input:
        needed,
    output:
        FOLDER
        + "/jobs/{experiment}/run-{fingerprint}/t{train_seed,\\d+}-{kind_of_seed,[po]}{run_seed,\\d+}/notebook.ipynb",


use rule complete as analysis with:
    input:
        needed,
    output:
        FOLDER
        + "/jobs/{experiment}/{analysis,"
        + "|".join(STUDY.profile.catalogue.analyses)
        + "}-{fingerprint}/t{train_seed,\\d+}-{kind_of_seed,[po]}{run_seed,\\d+}/notebook.ipynb",


rule collect:
    input:
        [str(STUDY.marker(job)) for job in DONE] if PARTIAL else list(JOBS),
        UNDONE if Path(UNDONE).exists() else [],
    output:
        update(TABLES),  # the earlier ones stay until the new ones are complete
    shell:
        "{PYTHON} -m lib.commands.collect {STUDY.profile.name} {FOLDER:q}"
        + (" --partial" if PARTIAL else "")
        + (f" --chapter {CHAPTER}" if CHAPTER else "")
        + (" --experiments " + " ".join(map(shlex.quote, NAMES)) if NAMES else "")
        + " 2>&1"


rule section:
    input:
        tables_of_pages,
        code_of_page,
        rests_on,
        BENCHMARKS,
        source=lambda wildcards: SECTIONS[wildcards.section].source,
    output:
        PAGES + "/book/{section}.ipynb",
    params:
        given=page_parameters,
    shell:
        "{EXECUTE} {input.source} {output:q} {params.given} 2>&1"


rule stage:
    input:
        "_config.yml",
        "_toc.yml",
        PROSE,
        TABLES,
    output:
        touch(f"{PAGES}/.staged"),
    shell:
        f"{{PYTHON}} -m lib.book.pages {{RESULTS:q}} {{PAGES:q}} {' '.join(SECTIONS)}"
        + (f" --chapter {CHAPTER}" if CHAPTER else "")
        + " 2>&1"


rule html:
    input:
        f"{PAGES}/.staged",
        expand(PAGES + "/book/{section}.ipynb", section=SECTIONS),
    output:
        f"{PAGES}/_build/html/index.html",
    shell:
        "{PYTHON} -m lib.book.build {PAGES:q} 2>&1"
