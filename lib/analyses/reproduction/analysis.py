"""What all published studies together trained, and for how long."""

from pathlib import Path

import pandas as pd

from ...book.report.results import OF_CHAPTERS, Results, results_if_any, with_run_seed

STUDIES = {
    "": "VGG_SVHN of a few epochs, trained again and again",
    "full_scale": "VGG_SVHN as in the paper",
    "chapters/width_and_length": "The same with fewer channels or epochs",
    "chapters/converged": "Networks trained to the end, and one stopped early",
    "chapters/grounded": "Tests of metrics with a known answer",
    "chapters/prunings": "Ways to prune",
    "chapters/icpram2020": "The authors' paper on Conv-4",
    "chapters/icann2020": "Loss landscapes",
    "chapters/wacv2020": "Structures of sparse networks",
    "chapters/at_init": "Pruning at initialisation",
}
"""Folder of a study in that of the main one -> what a table calls it."""

IDENTITY = ["experiment", "train_seed", "run_seed", "analysis", "seconds", "revision"]
"""What tells a job from all others; studies that need the same job do it once."""

ALL_STUDIES = "All"

NO_SEED = -1
"""The run_seed of a job that trains a complete network."""


def jobs_of(study: Results) -> pd.DataFrame:
    """The jobs of a study.

    Returns:
        Index `IDENTITY`; columns `hours` of one core without a GPU, `gpu_hours` of a
        job on a GPU, which others may have shared, and `networks` that the job trained.
    """
    known = {"analysis": "", "other_seed": None}
    jobs = pd.DataFrame([known | job for job in study.provenance["jobs"]])
    jobs = with_run_seed(jobs).fillna({"run_seed": NO_SEED})
    threads = jobs.device.str.extract(r"(\d+) threads", expand=False).astype(float).fillna(1)
    on_gpu = jobs.get("gpu_memory", pd.Series(float("nan"), jobs.index)).notna()
    trained = study.performance.fillna({"run_seed": NO_SEED})
    by_run = trained.groupby(["experiment", "train_seed", "run_seed"]).size()
    runs = pd.MultiIndex.from_frame(jobs[["experiment", "train_seed", "run_seed"]])
    networks = by_run.reindex(runs, fill_value=0).to_numpy() * (jobs.analysis == "").to_numpy()
    identity = {
        "hours": (jobs.seconds * threads / 3600).mask(on_gpu, 0),
        "gpu_hours": (jobs.seconds / 3600).where(on_gpu, 0),
        "networks": networks,
    }
    return jobs[IDENTITY].assign(**identity).set_index(IDENTITY)


def computing_time(results: Path | str) -> pd.DataFrame:
    """Networks that the published studies trained, and the time that they took.

    A job that two studies have in common counts for the first of them.

    Args:
        results: folder of the main study, or of a chapter of it.

    Returns:
        A row for each study that is there, and the sum; columns `Networks`, `Jobs`,
        `Hours`, `On a GPU`.
    """
    main = Path(results)
    if main.parent.name == OF_CHAPTERS:
        main = main.parent.parent
    rows, counted = {}, set()
    for folder in STUDIES:
        study = results_if_any(main / folder)
        if not study.provenance["jobs"]:
            continue
        jobs = jobs_of(study)
        new = jobs[~jobs.index.isin(counted)]
        counted |= set(jobs.index)
        rows[STUDIES[folder]] = {
            "Networks": int(new.networks.sum()),
            "Jobs": len(new),
            "Hours": float(new.hours.sum()),
            "On a GPU": float(new.gpu_hours.sum()),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("Study")
    table.loc[ALL_STUDIES] = table.sum()
    return table.astype({"Networks": int, "Jobs": int})
