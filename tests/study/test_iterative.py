"""The study's loop, and iterative magnitude pruning over a training of one's own, are the same."""

from itertools import count

import torch

from lib.pruning import iterative_magnitude_pruning
from lib.seeds import derive_seed
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.task import load_complete, load_mask, load_network
from lib.training import Training

RUN = "vgg_svhn t0-p0"


def test_its_networks_are_those_of_a_run_to_the_last_bit(trained):
    run = trained.job(RUN)
    experiment = run.declared_experiment
    setting = PreparedExperiment.load(experiment, "", "cpu")
    numbers = count(1)

    def train(network, mask):
        seed = derive_seed("run", *run.seeds, next(numbers))
        training = Training(
            network,
            setting.dataset,
            experiment.recipe,
            seed,
            mask.keeper(network),
            autocast=setting.autocast,
        )
        while not training.finished:
            training.run_epoch()

    iterations = range(1, experiment.pruning.iterations + 1)
    masks = [load_mask(run, iteration) for iteration in iterations]
    network = load_complete(run, setting)
    levels = iterative_magnitude_pruning(network, train, [mask.remaining for mask in masks])
    for iteration, (_, _, mask) in zip(iterations, levels, strict=True):
        assert mask.jaccard(masks[iteration - 1]) == 1
        stored = load_network(run, setting, iteration)[0].state_dict()
        assert all(torch.equal(v, stored[name]) for name, v in network.state_dict().items())
