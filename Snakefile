"""The study as a graph of jobs, which Snakemake runs: on some cores, on GPUs, or on a cluster.

    snakemake --cores all book --config profile=smoke chapter=converged data=datasets
    snakemake --cores 4 study --config chapter=icpram2020 experiments="conv4 conv4_two"
    snakemake --cores all study --config profile=paper chapter=by_recipe gpus=2 --resources gpu=4
    snakemake --workflow-profile profiles/slurm study --config chapter=converged on=CPU

`make book` says the same to it (lib/commands/start.py). A process does one job or several, and is
done when its executed notebook is there; what is left of it is done once the folder of one of its
jobs was removed. A job locks its folder, so one that is started twice is done once. An edit of code
that makes results stale changes the folder's name (lib/study/fingerprint.py). `partial=1` starts
no job: the tables are those that are there.
"""

import shlex
import sys
from pathlib import Path

from lib.book.pages import notebook_pages
from lib.commands.collect import destination, result_files
from lib.commands.plan import measured, resources
from lib.commands.settings import from_config, given_settings, study_of

PYTHON = shlex.quote(sys.executable)  # not "python": the environment need not be activated
EXECUTE = f"{PYTHON} -m lib.book.execute"
GIVEN = from_config(config)
SETTINGS = shlex.join(f"--{name}={value}" for name, value in given_settings(GIVEN).items())
STUDY = study_of(GIVEN)
FOLDER, CHAPTER = str(STUDY.folder), STUDY.chapter
PARTIAL = GIVEN.partial == "1"
GPUS = 0 if GIVEN.on == "CPU" else 1  # of a process
# the last of them begins first: one that others wait for, then one with most to do
ORDER = lambda jobs: (not jobs[0].analysis, not jobs[0].is_run, len(jobs))
PROCESSES = {str(jobs[0].page): jobs for jobs in sorted(STUDY.processes(), key=ORDER)}
PLACE = {jobs[0]: place for place, jobs in enumerate(PROCESSES.values(), start=1)}
PAGE_OF = {job: page for page, jobs in PROCESSES.items() for job in jobs}
TOOK = measured(STUDY.profile.name, gpu=GPUS > 0)

RESULTS = destination(STUDY, PARTIAL)
MERGED = [f"{RESULTS}/{name}" for name in result_files(STUDY.jobs())]
TABLES = [table for table in MERGED if Path(table).exists() or not PARTIAL]
PAGES = str(RESULTS.with_name("pages"))
LEFT_OUT = "failed" if PARTIAL else "unmeasured"  # pages
SECTIONS = {page.name: page for page in notebook_pages(Path(), CHAPTER)}
RESTED_ON = set().union(*(page.rests_on for page in SECTIONS.values()))
CODE = sorted(map(str, [*Path("lib").rglob("*.py"), *Path("benchmarks").glob("*.csv")]))
BOOK = [p for p in Path("book").rglob("*") if p.is_file() and p.suffix != ".pyc"]

# it would say that all is done of a process whose jobs have become more, or lost their folders
for page, jobs in PROCESSES.items():
    if not all(job.is_done for job in jobs):
        Path(page).unlink(missing_ok=True)


def notebook(kind):
    return f"{FOLDER}/jobs/{{experiment}}/{{work,{kind}-[0-9a-f]+}}/{{seeds}}/notebook.ipynb"


def jobs_of(wildcards):
    return PROCESSES[f"{FOLDER}/jobs/{'/'.join(wildcards)}/notebook.ipynb"]


def arguments(wildcards, output):
    jobs = PROCESSES[output[0]]
    number = PLACE[jobs[0]]
    given = {
        "profile": STUDY.profile.name,
        "jobs": ", ".join(job.name for job in jobs),
        "data": GIVEN.data,
        # processes are dealt among the GPUs of this machine
        "device": f"cuda:{number % GIVEN.gpus}" if GIVEN.gpus else "auto" if GPUS else "cpu",
        "folder": FOLDER,
    }
    words = [f"-p{name}={value}" for name, value in given.items()]
    return shlex.join([*words, "--show-output"])


def needed(wildcards):
    own = jobs_of(wildcards)
    others = {PAGE_OF[other] for job in own for other in job.needs if other not in own}
    return [ancient(page) for page in sorted(others)]


def beside_page(wildcards):
    """What is in its folder, and the pages whose claims its sentences rest on."""
    page = SECTIONS[wildcards.section]
    others = [f"{PAGES}/book/{name}.ipynb" for name in page.rests_on & SECTIONS.keys()]
    return sorted(map(str, page.source.parent.glob("*.*"))) + others


def page_and_parameters(wildcards):
    page = SECTIONS[wildcards.section]
    return shlex.join([str(page.source), f"-p{page.folders[CHAPTER]}={RESULTS}"])


localrules: study, collect, book


rule study:
    input: TABLES


# what a cluster is asked for is what such jobs took, with room to spare, and more with each attempt
rule complete:
    input: needed
    output: notebook("complete")
    params: given=arguments
    priority: lambda w: PLACE[jobs_of(w)[0]]
    threads: GIVEN.threads
    resources:
        gpu=GPUS,
        mem_mb=lambda w, attempt: attempt * resources(jobs_of(w), TOOK)["mem_mb"],
        runtime=lambda w, attempt: attempt * resources(jobs_of(w), TOOK)["runtime"],
    shell:
        "{EXECUTE} notebooks/job.py {output:q} {params.given} -pthreads={threads} 2>&1"


use rule complete as run with:
    output: notebook("run")


use rule complete as analysis with:
    output: notebook(f"({'|'.join(STUDY.profile.catalogue.analyses)})")


if not PARTIAL:

    rule collect:
        input: list(PROCESSES)
        output: update(TABLES)  # the earlier ones stay until the new ones are complete
        shell: "{PYTHON} -m lib.commands.collect {SETTINGS} 2>&1"


rule section:
    input: TABLES, CODE, beside_page
    output: PAGES + "/book/{section}.ipynb"
    params: given=page_and_parameters
    priority: lambda w: int(w.section in RESTED_ON)  # so that the first page waits for no other
    shell: "{EXECUTE} {params.given} --leave-out={LEFT_OUT} {output:q} 2>&1"


rule book:
    input:
        "_config.yml",
        "_toc.yml",
        [str(file) for file in BOOK if file.stem not in SECTIONS],
        TABLES,
        sections=expand(PAGES + "/book/{section}.ipynb", section=SECTIONS),
    output: f"{PAGES}/_build/html/index.html"
    shell: "{PYTHON} -m lib.book.build {PAGES:q} --chapter {CHAPTER} --results {RESULTS:q} 2>&1"
