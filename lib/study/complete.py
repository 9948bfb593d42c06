"""The jobs without pruning: train a complete network, or compare it with an unrelated one."""

from ..seeds import derive_seed
from ..table_schemas import PERFORMANCE, SIMILARITY
from .comparison import Comparison
from .experiment import Experiment
from .job import Job
from .running_job import RunningJob
from .storage import save_tensors
from .stored_networks import REWIND, WEIGHTS, load_complete
from .train import performance, train


def train_complete(task: RunningJob) -> None:
    """Train the complete network.

    Writes its weights, its row of the performance table, and its state at the point
    that pruned networks go back to, if that isn't the start.

    Raises:
        ValueError: the training does not reach that point; nothing is trained then.
    """
    experiment = task.setting.experiment
    _check_rewind_point(experiment, len(task.setting.dataset.train))
    network = task.setting.new_network(task.job.train_seed)

    def keep(epoch: int, step: int) -> None:
        if (epoch, step) == experiment.rewind_point != (0, 0):
            task.keep(save_tensors(task.folder / REWIND, network.state_dict()))

    task.expect(experiment.recipe.epochs)
    task.add(PERFORMANCE, [train(task, network, experiment.recipe, before_step=keep)])
    task.keep(save_tensors(task.folder / WEIGHTS, network.state_dict()))
    task.write(PERFORMANCE)


def _check_rewind_point(experiment: Experiment, train_images: int) -> None:
    """Refuse a point to go back to that is not within the training; errors as `train_complete`."""
    epochs, steps = experiment.recipe.epochs, experiment.recipe.steps_in_epoch(train_images)
    epoch, step = experiment.rewind_point
    if epoch >= epochs or step >= steps:
        raise ValueError(
            f"{experiment.name} goes back to epoch {epoch}, step {step}, but its training has "
            f"{epochs} epochs of {steps} steps: lower pruning.retraining.epoch or .step"
        )


def compare_with_another(task: RunningJob) -> None:
    """Compare with an untrained network, or with the complete one of another train_seed.

    Writes the table of similarity, for iteration 0, and that of performance: a row for
    an untrained network, but none for a complete one, which has its row from the job
    that trained it.
    """
    study, job, setting = task.study, task.job, task.setting
    if setting.experiment.against == "untrained":
        network = setting.new_network("untrained", *task.seeds)
        task.add(PERFORMANCE, [performance(task, network)])
    else:
        network = load_complete(study, Job(job.experiment, job.other_seed), setting)
    comparison = Comparison(load_complete(study, job, setting), setting)
    seed = derive_seed("null", *task.seeds, 0)
    key = task.key(0) | {"remaining": 1.0}
    rows = comparison.rows(network, seed, setting.experiment.permutations_at(0))
    task.add(SIMILARITY, (key | row for row in rows))
    task.write(SIMILARITY, PERFORMANCE)
