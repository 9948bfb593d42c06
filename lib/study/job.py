"""One job of a study, by its name and seeds."""

from dataclasses import asdict, dataclass

from ..validation import check_types


@dataclass(frozen=True)
class Job:
    """One job: a complete network, a run that compares it with others, or an analysis of a run.

    Attributes:
        experiment: its name.
        train_seed: of the complete network.
        prune_seed: of the run; None for the complete network itself. Where complete
            networks are compared, it is the train_seed of the other one, and tables
            have it in this column.
        analysis: the name of an analysis of the networks of the run; empty for the run
            itself.

    Raises:
        TypeError, ValueError: a seed that is no integer from 0 on, a name that is no
            text.
    """

    experiment: str
    train_seed: int
    prune_seed: int | None = None
    analysis: str = ""

    def __post_init__(self):
        check_types(self, train_seed=0, prune_seed=0)

    @property
    def is_run(self) -> bool:
        return self.kind == "run"

    @property
    def kind(self) -> str:
        """ "complete", "run" or "analysis": its notebook is `notebooks/job_<kind>.py`."""
        if self.prune_seed is None:
            return "complete"
        return "analysis" if self.analysis else "run"

    @property
    def parameters(self) -> dict[str, str | int]:
        """The parameters of its notebook that identify the job."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    def __str__(self) -> str:
        part = "complete network" if self.prune_seed is None else f"prune seed {self.prune_seed}"
        named = (self.experiment, f"train seed {self.train_seed}", part, self.analysis)
        return ", ".join(filter(None, named))
