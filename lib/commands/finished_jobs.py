"""The jobs of a study that are done, and what the provenance of their tables says of them."""

from ..integrity import OF_A_JOB
from ..study.checkpoints import Checkpoint
from ..study.job import Job
from ..study.study import TRAINED, Study
from ..table_schemas import SIMILARITY

UNFINISHED = "unfinished"
"""What the provenance of a run that was stopped, or is under way, says: the iterations so far."""

_OF_A_JOB = (
    *(*OF_A_JOB, "seconds", "memory", "gpu_memory"),
    *("device", "revision", "versions", TRAINED, "revisions", UNFINISHED),
)


class FinishedJobs:
    """The finished and the missing jobs of a study, at one moment.

    Args:
        study: the study.
        partial: whether to take from unfinished runs the iterations that are compared.

    Attributes:
        missing: the jobs that are not done, in the study's order.
        unfinished: {run: {table: its rows so far}} of missing ones, if they are taken.
        provenance: {job: its provenance} of what is done or taken, in the study's order.
        experiments: {name: experiment} of those with such a run.

    Raises:
        DamagedError: a job's provenance is not what it wrote, or it started from other
            networks than those that are there now.
    """

    def __init__(self, study: Study, partial: bool = False):
        self.study = study
        self.missing: list[Job] = []
        self.unfinished: dict[Job, dict[str, list[dict]]] = {}
        self.provenance: dict[Job, dict] = {}
        for job in study.jobs():
            if study.is_done(job):
                study.check_needs(job)
                self.provenance[job] = study.read_provenance(job)
                continue
            self.missing.append(job)
            if partial and job.is_run and (so_far := compared_so_far(study, job)):
                self.provenance[job], self.unfinished[job] = so_far
        self.experiments = {n: e for n, e in study.experiments.items() if self.runs(n)}

    def of(self, experiment: str) -> list[Job]:
        """Its own jobs that are done or taken."""
        return [job for job in self.provenance if job.experiment == experiment]

    def runs(self, experiment: str) -> list[Job]:
        return [job for job in self.of(experiment) if job.is_run]

    def complete(self, experiment: str) -> list[Job]:
        """Those of the complete networks that its runs compare, in the order of their seeds."""
        declared, runs = self.experiments[experiment], self.runs(experiment)
        seeds = {run.train_seed for run in runs}
        if declared.against == "complete":  # their other_seed is the train_seed of another one
            seeds |= {run.other_seed for run in runs}
        compared = (seed for seed in declared.train_seeds if seed in seeds)
        return [self.study.complete(Job(experiment, seed)) for seed in compared]


def compared_so_far(study: Study, run: Job) -> tuple[dict, dict[str, list[dict]]] | None:
    """What the last checkpoint of an unfinished run has of the iterations that are compared.

    Returns:
        Its provenance, which says how many those are, and the rows of each table; None
        where there are none.
    """
    checkpoint = Checkpoint(study.job_folder(run), {}).look() or {}
    about, rows = checkpoint.get("about", {}), checkpoint.get("rows", {})
    if about.get("fingerprint") != study.fingerprint(run) or not rows.get(SIMILARITY.name):
        return None
    compared = {row["iteration"] for row in rows[SIMILARITY.name]}
    so_far = {
        name: [row for row in found if row["iteration"] in compared] for name, found in rows.items()
    }
    seconds = {"seconds": round(checkpoint["seconds"], 1), "files": {}}
    return about | seconds | {UNFINISHED: len(compared)}, so_far


def _of_experiment(done: FinishedJobs, name: str) -> dict:
    """What the provenance says of an experiment.

    Raises:
        ValueError: its jobs saw different data.
    """
    profile, experiment = done.study.profile, done.experiments[name]
    jobs = [done.provenance[job] for job in done.of(name) + done.complete(name)]
    for fact in (data := ("dataset_sha256", "train_images", "test_images")):
        if len(values := {job[fact] for job in jobs}) > 1:
            raise ValueError(f"the jobs of {name} saw different data: {fact} is {values}")
    variant = profile.catalogue.variants.get(name)
    return {
        "base": variant.base if variant else name,
        **{field: getattr(experiment, field) for field in ("against", "model", "width", "dataset")},
        **{fact: jobs[0][fact] for fact in ("dataset_description", *data)},
        "iterations": experiment.pruning.iterations,
        "runs": [list(run.seeds) for run in done.runs(name)],
        "hyperparameters": profile.hyperparameters(name),
    }


def provenance_of(done: FinishedJobs, name: str) -> dict:
    """What the `provenance.json` of an experiment says, apart from the files.

    One without a finished run has a provenance as well, which says what is missing.

    Raises:
        ValueError: the jobs of the experiment saw different data.
    """
    study = done.study
    declared = [*study.profile.of_chapter(study.chapter), *study.experiments]
    runs = [job for job in study.jobs() if job.experiment == name and job.is_run]
    # a complete network that several experiments start from is named by each
    concerned = {needed for run in runs for needed in study.needs(run)}
    concerned |= {job for job in study.jobs() if job.experiment == name}
    return {
        "profile": study.profile.name,
        "chapter": study.chapter,
        "description": study.profile.description,
        "place": declared.index(name),
        "experiments": {name: _of_experiment(done, name)} if name in done.experiments else {},
        "jobs": [
            {fact: said[fact] for fact in _OF_A_JOB if fact in said}
            for job, said in done.provenance.items()
            if job in concerned
        ],
        "missing": [str(job) for job in done.missing if job in concerned],
    }
