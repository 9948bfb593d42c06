"""The run: prune a complete network, train it again, compare the two, and repeat."""

from collections.abc import Iterator

from ..pruning import Mask
from ..seeds import derive_seed
from ..tables import DENSITY, PERFORMANCE, SIMILARITY
from .comparison import Comparison
from .earlier import take_networks
from .masks import next_mask, rewind
from .networks import load_complete, load_mask, load_network, save_network
from .retraining import retraining_recipe
from .task import Task
from .train import train


def prune_and_compare(task: Task) -> None:
    """Iterative pruning, with a comparison after each iteration.

    Writes the tables of similarity, performance and density, and the network of each iteration.
    """
    study, job, setting = task.study, task.job, task.setting
    pruning, recipe = setting.experiment.pruning, setting.experiment.recipe
    comparison = Comparison(load_complete(study, job, setting), setting)
    retrainings = [retraining_recipe(pruning, recipe, i + 1) for i in range(pruning.iterations)]
    task.expect(sum(recipe.epochs - start[0] for recipe, start in retrainings))

    task.trained = take_networks(task)
    first = task.saved.get("iteration", 1)  # or the one at which an earlier process stopped
    if first > 1:
        network = load_network(study, job, setting, first - 1, task.files)
        mask = load_mask(study, job, first - 1, task.files).to(setting.device)
    else:
        initial = pruning.start == "initial"
        network = (
            setting.new_network(job.train_seed) if initial else load_complete(study, job, setting)
        )
        mask = Mask.complete(network)

    for iteration in range(first, pruning.iterations + 1):
        if task.trained:
            network = load_network(study, job, setting, iteration, task.files)
            mask = load_mask(study, job, iteration, task.files)
        else:
            mask = next_mask(task, network, mask, iteration)
            rewind(task, network, mask, iteration)
            mask.apply_(network)
            trained = train(task, network, *retrainings[iteration - 1], iteration, mask)
            task.keep(save_network(task.folder, iteration, network, mask))
            task.add(PERFORMANCE, [trained])
            task.add(DENSITY, _densities(task.key(iteration), mask))
        seed = derive_seed("null", *task.seeds, iteration)
        rows = comparison.rows(network, seed, setting.experiment.permutations_at(iteration))
        key = task.key(iteration) | {"remaining": mask.remaining}
        task.add(SIMILARITY, (key | row for row in rows))
        if task.trained:
            task.log("iteration %d/%d compared", iteration, pruning.iterations)
            task.save(iteration=iteration + 1, trained=task.trained)
    task.write(SIMILARITY, PERFORMANCE, DENSITY)


def _densities(key: dict, mask: Mask) -> Iterator[dict]:
    for name, kept in mask.kept.items():
        counts = {"weights": kept.numel(), "survivors": int(kept.sum())}
        yield {**key, "parameter": name, **counts}
