"""How much memory and disk a job takes, counted from its experiment."""

from __future__ import annotations

import math

from ..metrics.statistics import moment_bytes
from ..pruning import WeightRewind
from .analyses import Analysis, Identification, Robustness
from .comparison import MEMORY
from .experiment import Experiment, PassingProbe
from .streaming import BATCH
from .study import Job, Study
from .work import network

MEMORY_UNITS = ("process", "recorded", "largest", "gram", "batch")

TENSOR_BYTES = 400
"""What `torch.save` writes around the numbers of each tensor, about."""

ROW_BYTES = 40.0
"""Of a row of the similarity table: about 30 in the job's own file, 10 in the merged one."""


def memory_parts(study: Study, job: Job) -> dict[str, float]:
    """What of a job takes memory, in MiB; the `process` itself is 1."""
    experiment = study.experiment(job.experiment)
    parts = dict.fromkeys(MEMORY_UNITS, 0.0) | {"process": 1.0}
    trains = not job.analysis and (not job.is_run or experiment.against == "pruned")
    if trains:
        parts["batch"] = 4 * experiment.recipe.batch_size * network(experiment).values / 2**20
    if job.prune_seed is not None and job.analysis in ("", "robustness", "identification"):
        analysis = study.analysis(job) if job.analysis else None
        for name, size in largest_bytes(experiment, analysis).items():
            parts[name] = size / 2**20
    return parts


def table_bytes(study: Study, job: Job) -> float:
    """Disk for the rows of a run; what the other jobs leave is little."""
    experiment = study.experiment(job.experiment)
    if not job.is_run:
        return 0.0
    iterations = experiment.pruning.iterations if experiment.against == "pruned" else 1
    layers = len(network(experiment).shapes)
    return ROW_BYTES * iterations * layers * len(experiment.metrics) * (1 + len(experiment.also))


def kept_bytes(experiment: Experiment, kind: str) -> float:
    """Disk for the networks that a job keeps.

    Args:
        experiment: of the job.
        kind: "complete", "run" or "analysis".
    """
    one = network(experiment)
    around = TENSOR_BYTES * one.tensors
    whole = 4.0 * (one.weights + one.others) + around
    if kind == "complete":
        rewinds = isinstance(experiment.pruning.retraining, WeightRewind)
        return whole * (2 if rewinds and any(experiment.rewind_point) else 1)
    if kind != "run" or experiment.against != "pruned":
        return 0.0
    pruning = experiment.pruning
    left = pruning.levels or [(1 - pruning.fraction) ** k for k in range(1, pruning.iterations + 1)]
    masks = one.weights / 8
    return sum(4.0 * (one.weights * share + one.others) + masks + around for share in left)


def largest_bytes(experiment: Experiment, analysis: Analysis | None = None) -> dict[str, float]:
    """What takes memory in a comparison, in bytes: `recorded` outputs, the `largest`, `gram`s.

    Of images that go by, the sums take the place of what is recorded.

    Args:
        experiment: with the probe.
        analysis: that reads with other probes; None for a run.
    """
    n = experiment.probe.images
    if isinstance(analysis, Robustness):
        n = max([*analysis.images, n])
    if isinstance(analysis, Identification):
        n = analysis.images or n
    shapes = network(experiment).shapes
    sizes = [math.prod(shape) for shape in shapes]
    if isinstance(experiment.probe, PassingProbe):
        reshapes = 1 + len({*experiment.also} - {"channels"})
        sums = [float(moment_bytes(shape[0], shape[0])) for shape in shapes]
        return {
            "recorded": min(reshapes * sum(sums), MEMORY),
            "largest": 3 * 8.0 * BATCH * max(sizes),
            "gram": 3 * max(sums),
        }
    gram = max(min(n, size) for size in sizes)
    return {
        "recorded": min(4.0 * n * sum(sizes), MEMORY),
        "largest": 8.0 * n * max(sizes),
        "gram": 8.0 * gram**2,
    }
