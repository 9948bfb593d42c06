# %% [markdown]
# # The method in one file
#
# **One file of plain PyTorch trains a network, prunes and retrains it eight times, and compares it with the original, as the paper
# does.** It leaves out strangers and a training-only control ({doc}`your_own`).
#
# With 17 % of its convolution weights left, the network classifies 96.8 % of the 500 test digits correctly; the original, which was
# trained less, 95.0 %. Similarity to the original (one network, no interval):
#
# | Layer | mean_cca | svcca | pwcca | cka | nbs |
# | --- | --- | --- | --- | --- | --- |
# | conv1_1 | 0.94 | 0.94 | 0.96 | 1.00 | 0.99 |
# | conv1_2 | 0.85 | 0.85 | 0.87 | 0.99 | 0.98 |
# | pool1 | 0.84 | 0.84 | 0.87 | 0.97 | 0.94 |
# | conv2_1 | 0.75 | 0.75 | 0.80 | 0.94 | 0.92 |
# | conv2_2 | 0.65 | 0.65 | 0.69 | 0.91 | 0.91 |
# | pool2 | 0.62 | 0.64 | 0.73 | 0.88 | 0.88 |
# | out | 0.85 | 0.93 | 0.93 | 0.89 | 0.94 |
#
# `notebooks/nano_imp/page.py` runs in under a minute. The recipe is the paper's for VGG_SVHN, with fewer epochs and prunings. The results
# equal those of this book's package, `lib`, to a millionth.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

BLOCKS = ((8, 8), (16, 16))  # channels of convolutions; each block ends in a max-pool
EPOCHS, BATCH, RATE = 5, 50, 0.1
MILESTONES = (2, 4)  # the rate is divided by ten before these epochs
ITERATIONS, FRACTION = 8, 0.2  # each removes this share of the weights left
TEST = 500  # images, the last ones
MEAN, STD = 5, 6  # of grey levels, roughly


# %% [markdown]
# ## Images and network
#
# A small VGG learns 1,297 digits of 8 × 8 pixels.


# %% tags=["hide-input"]
def digits():
    """(training images, their classes, test images, their classes)."""
    data = load_digits()
    images = (torch.tensor(data.images[:, None]) - MEAN) / STD
    classes = torch.tensor(data.target)
    return images[:-TEST], classes[:-TEST], images[-TEST:], classes[-TEST:]


def new_network(seed):
    """A network with random weights (He et al. 2015)."""
    network, inputs = nn.Sequential(), 1
    for i, block in enumerate(BLOCKS, start=1):
        for j, outputs in enumerate(block, start=1):
            weights = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            layer = nn.Sequential(weights, nn.BatchNorm2d(outputs), nn.ReLU())
            network.add_module(f"conv{i}_{j}", layer)
            inputs = outputs
        network.add_module(f"pool{i}", nn.MaxPool2d(2))
    network.add_module("mean", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()))
    network.add_module("out", nn.Linear(inputs, 10))
    network.double().out.bias.data.zero_()
    source = np.random.default_rng(seed)
    for weights in network.parameters():
        if weights.ndim > 1:
            scale = (2 / weights[0].numel()) ** 0.5
            weights.data = torch.tensor(scale * source.standard_normal(weights.shape))
    return network


# %% [markdown]
# ## Training


# %%
def orders(seed, iteration, n):
    """The order of n images in each epoch."""
    source = np.random.default_rng([seed, iteration])
    return [torch.tensor(source.permutation(n)) for _ in range(EPOCHS)]


def train(network, images, classes, order_of_epochs, masks):
    """Train in place, with the whole schedule of the learning rate."""
    options = {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-4, "fused": True}
    optimiser = torch.optim.SGD(network.parameters(), lr=RATE, **options)
    network.train()
    for epoch, order in enumerate(order_of_epochs):
        rate = RATE * 0.1 ** sum(epoch >= milestone for milestone in MILESTONES)
        optimiser.param_groups[0]["lr"] = rate
        for batch in order.split(BATCH):
            optimiser.zero_grad()
            F.cross_entropy(network(images[batch]), classes[batch]).backward()
            optimiser.step()
            keep_at_zero(network, optimiser, masks)


@torch.no_grad()
def keep_at_zero(network, optimiser, masks):
    for name, weights in prunable(network).items():
        weights.mul_(masks[name])
        optimiser.state[weights]["momentum_buffer"].mul_(masks[name])


@torch.no_grad()
def accuracy(network, images, classes):
    network.eval()
    return (network(images).argmax(1) == classes).double().mean().item()


# %% [markdown]
# ## Pruning
#
# The weights left keep their values, and the learning-rate schedule starts again (*learning-rate rewinding*).


# %%
def prunable(network):
    """{name: weights} of the convolutions."""
    return {name: m.weight for name, m in network.named_modules() if isinstance(m, nn.Conv2d)}


@torch.no_grad()
def prune(network, masks):
    """Remove the smallest weights left; returns the new masks."""
    sizes = {name: weights.abs() for name, weights in prunable(network).items()}
    left = torch.cat([sizes[name][mask.bool()] for name, mask in masks.items()])
    largest_removed = left.sort().values[round(FRACTION * len(left)) - 1]
    masks = {name: mask * (sizes[name] > largest_removed) for name, mask in masks.items()}
    for name, weights in prunable(network).items():
        weights.mul_(masks[name])
    return masks


# %% [markdown]
# ## Comparing representations
#
# A row is one position of an image for the CCA metrics, and a whole image for CKA and NBS ({ref}`more <matrices>`).


# %%
@torch.no_grad()
def representations(network, images):
    """{layer: (images, channels, height, width), the output: (images, classes)}."""
    network.eval()
    outputs, x = {}, images
    for name, layer in network.named_children():
        x = layer(x)
        outputs[name] = x.numpy()
    outputs.pop("mean")
    return outputs


def by_position(x):
    rows = x if x.ndim == 2 else x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    return rows - rows.mean(0)


def by_image(x):
    rows = x.reshape(len(x), -1)
    return rows - rows.mean(0)


# %% [markdown]
# {doc}`similarity_metrics` explains the metrics one by one. Canonical correlations are the singular values of `U.T @ V`, where `U` and `V`
# are orthonormal bases of the columns of the two matrices. The numerator of NBS is the sum of the singular values of `x.T @ y`.


# %%
def basis(x):
    """An orthonormal basis of the columns; constant or repeated ones add nothing to it."""
    sizes = np.linalg.norm(x, axis=0)
    alive = x[:, sizes > 1e-12 * sizes.max()]  # more than what rounding leaves
    u, s, _ = np.linalg.svd(alive / np.linalg.norm(alive, axis=0), full_matrices=False)
    return u[:, s > 1e-9 * s[0]]


def leading(x, share=0.99):
    """An orthonormal basis of the fewest leading directions with this share of variance."""
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    return u[:, : 1 + np.sum(np.cumsum(s**2) / np.sum(s**2) < share)]


def mean_cca(x, y):
    return np.linalg.svd(basis(x).T @ basis(y), compute_uv=False).mean()


def svcca(x, y):
    return np.linalg.svd(leading(x).T @ leading(y), compute_uv=False).mean()


def pwcca(x, y):
    left, correlations, _ = np.linalg.svd(basis(x).T @ basis(y), full_matrices=False)
    weights = np.abs(x.T @ basis(x) @ left).sum(0)
    return weights @ correlations / weights.sum()


def cka(x, y):
    among_x, among_y = x @ x.T, y @ y.T
    return np.sum(among_x * among_y) / (np.linalg.norm(among_x) * np.linalg.norm(among_y))


def nbs(x, y):
    fidelity = np.linalg.svd(x.T @ y, compute_uv=False).sum()
    return fidelity / (np.linalg.norm(x) * np.linalg.norm(y))


METRICS = {
    "mean_cca": (mean_cca, by_position),
    "svcca": (svcca, by_position),
    "pwcca": (pwcca, by_position),
    "cka": (cka, by_image),
    "nbs": (nbs, by_image),
}


def compare(original, pruned):
    """A row for each layer and metric of two `representations`."""
    return [
        {"layer": layer, "metric": name, "value": float(metric(form(x), form(pruned[layer])))}
        for layer, x in original.items()
        for name, (metric, form) in METRICS.items()
    ]


# %% [markdown]
# ## The whole study


# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what it prints", "code_prompt_hide": "Hide what it prints"}
def study(seed=0):
    """Two tables: accuracy after each iteration, and similarity of each layer to the original."""
    images, classes, test_images, test_classes = digits()
    network = new_network(seed)
    masks = {name: torch.ones_like(weights) for name, weights in prunable(network).items()}
    performance, similarity = [], []
    for iteration in range(ITERATIONS + 1):
        if iteration > 0:
            masks = prune(network, masks)
        train(network, images, classes, orders(seed, iteration, len(images)), masks)
        remaining = torch.cat([mask.flatten() for mask in masks.values()]).mean().item()
        key = {"iteration": iteration, "remaining": remaining}
        performance.append(key | {"accuracy": accuracy(network, test_images, test_classes)})
        outputs = representations(network, test_images)
        if iteration == 0:
            original = outputs
        else:
            similarity += [key | row for row in compare(original, outputs)]
    return pd.DataFrame(performance), pd.DataFrame(similarity)


if __name__ == "__main__":
    performance, similarity = study()
    print(performance.round(3).to_string(index=False))
    last = similarity[similarity.iteration == ITERATIONS]
    print(last.pivot_table("value", "layer", "metric", sort=False).round(2).to_string())


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-nano-imp", "caption": "Similarity of each layer to the same layer of the original, from the first iteration (light) to the last (dark)."}, "image": {"alt": "Five panels, one for each metric. From iteration to iteration the lines sink, most in the late hidden layers."}}
def draw(similarity):
    """A panel for each metric, a line for each iteration."""
    figure, axes = plt.subplots(3, 2, figsize=(5.5, 7), sharey=True, layout="constrained")
    axes[-1, -1].remove()
    for metric, axis in zip(METRICS, axes.flat, strict=False):
        rows = similarity[similarity.metric == metric]
        values = rows.pivot_table("value", "layer", "iteration", sort=False)
        values.plot(ax=axis, title=metric, colormap="viridis_r", legend=False, xlabel="")
        axis.set_xticks(range(len(values)), values.index, rotation=60)
        axis.set_ylim(0, 1)
    return figure


if __name__ == "__main__":
    draw(similarity)
    plt.show()
