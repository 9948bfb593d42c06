"""How long a study will still take: estimates, corrected by what its finished jobs took."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from .costs import Costs, device_kind, known_device
from .plan import what
from .states import DONE, State
from .study import Job, Study
from .work import whole


class Outlook:
    """The time left of a study.

    Each job that is done says how many times its estimate it took, on the device on which it ran.
    A job that is not done is corrected by the median of those that are most like it: of the same
    experiment and kind, else of the same kind, else of all.

    Args:
        study: which.
        states: of all of its jobs.

    Attributes:
        device: the kind of device on which most of the finished jobs ran; that of this machine if
            none is finished.
        factor: the median over all finished jobs; 1 if there is none.
    """

    def __init__(self, study: Study, states: Mapping[Job, State]):
        self._study = study
        ratios: dict[tuple[str, ...], list[float]] = {}
        devices: dict[str, Costs] = {}
        counts: dict[str, int] = {}
        self._there: dict[str, tuple[int, int]] = {}  # data set -> its images, as jobs saw them
        for job, state in states.items():
            if state.name != DONE:
                continue
            said = study.read_provenance(job)
            device = known_device(device_kind(said["device"]))
            counts[device] = counts.get(device, 0) + 1
            costs = devices.setdefault(device, Costs(study, device))
            experiment = study.experiment(job.experiment)
            there = whole(experiment, said["train_images"], said["test_images"])
            before = self._there.get(experiment.dataset, (0, 0))
            self._there[experiment.dataset] = tuple(map(max, there, before))
            ratio = said["seconds"] / costs.estimate(job, there).seconds
            for key in ((job.experiment, what(job)), (what(job),), ()):
                ratios.setdefault(key, []).append(ratio)
        self.device = max(counts, key=counts.__getitem__, default=None)
        self._costs = Costs(study, self.device)
        self.device = self._costs.device
        self._factors = {key: median(values) for key, values in ratios.items()}
        self.factor = self._factors.get((), 1.0)

    def seconds(self, state: State) -> float:
        """What is left of a job."""
        if state.name == DONE:
            return 0.0
        job = state.job
        if state.left is not None:
            return state.left
        keys = ((job.experiment, what(job)), (what(job),), ())
        factor = next((self._factors[key] for key in keys if key in self._factors), 1.0)
        there = self._there.get(self._study.experiment(job.experiment).dataset)
        return self._costs.estimate(job, there).seconds * factor
