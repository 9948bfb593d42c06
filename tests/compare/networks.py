"""Small networks that mix convolutions, linear layers and tokens, as people build them."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F


def seeded(seed, make, *args, **kwargs):
    """The result of a class or function, by draws from this seed; PyTorch's generator stays."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make(*args, **kwargs)


def first_outputs(network, images, layers):
    """The first output of each layer, by plain hooks that copy."""
    found = {}

    def keep(module, args, output, name):
        if name not in found:
            found[name] = (output[0] if isinstance(output, tuple) else output).clone()

    hooks = [
        network.get_submodule(name).register_forward_hook(partial(keep, name=name))
        for name in layers
    ]
    with torch.no_grad():
        network.eval()(images.to(next(network.parameters()).dtype))
    for hook in hooks:
        hook.remove()
    return found


class Block(nn.Module):
    """A module with modules inside, which a function of both, `(block, x)`, calls."""

    def __init__(self, function, **inside):
        super().__init__()
        self.function = function
        for name, module in inside.items():
            setattr(self, name, module)

    def forward(self, x):
        return self.function(self, x)


def stem(channels=8):
    """Maps (n, channels, 6, 6) of images (n, 3, 6, 6)."""
    return nn.Conv2d(3, channels, 3, 1, 1)


def linear(width):
    return nn.Linear(width, width)


def squeeze(c):
    """Weights the channels by linear layers of their means."""
    weights = nn.Sequential(nn.Linear(c, 4), nn.ReLU(), nn.Linear(4, c))
    weigh = lambda block, x: x * block.weights(x.mean((2, 3))).sigmoid()[..., None, None]  # noqa: E731
    return Block(weigh, weights=weights)


def excited(c):
    """A block with squeeze and excitation before its sum."""
    inside = {"conv": nn.Conv2d(c, c, 3, 1, 1), "norm": nn.BatchNorm2d(c), "act": nn.ReLU()}
    return Block(lambda b, x: b.act(b.squeeze(b.norm(b.conv(x))) + x), **inside, squeeze=squeeze(c))


def by_vector(c):
    """Maps whose channels go last inside a block, without a module that says so."""

    def forward(block, x):
        return x + block.mix(block.norm(block.conv(x).movedim(1, -1))).relu().movedim(-1, 1)

    return Block(forward, conv=nn.Conv2d(c, c, 3, 1, 1), norm=nn.LayerNorm(c), mix=linear(c))


def channels_last(c):
    """A block of maps (n, h, w, c), whose convolution wants channels first."""

    def forward(block, x):
        y = block.conv(block.norm(x).movedim(-1, 1)).movedim(1, -1)
        return x + block.mix(y.relu())

    conv = nn.Conv2d(c, c, 3, 1, 1, groups=c)
    return Block(forward, norm=nn.LayerNorm(c), mix=linear(c), conv=conv)


def pooled_along(c, wide):
    """A block along one dimension that ends by a function, with half as many places."""
    conv = nn.Conv1d(c, wide, 3, 1, 1)
    return Block(lambda block, x: F.max_pool1d(block.conv(x).relu(), 2), conv=conv)


def with_head(*modules, channels=8):
    return nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 5))


def tokens():
    return Block(lambda _, x: x.flatten(2).transpose(1, 2))


def attention(width):
    inside = nn.MultiheadAttention(width, 2, batch_first=True)
    return Block(lambda block, x: x + block.inside(x, x, x)[0], inside=inside)


def to_last():
    return Block(lambda _, x: x.movedim(1, -1))


def row():
    """The image as one dimension of 36 places with 3 channels."""
    return Block(lambda _, x: x.flatten(2))


def lstm(width):
    return Block(lambda block, x: block.inside(x)[0], inside=nn.LSTM(8, width, batch_first=True))


MADE_UP = {
    "squeeze and excitation": lambda: with_head(stem(), excited(8), excited(8)),
    "vectors inside, sizes equal": lambda: with_head(stem(6), by_vector(6), channels=6),
    "recurrent": lambda: nn.Sequential(stem(), tokens(), lstm(7), nn.Flatten(), nn.Linear(252, 5)),
    "tokens, sizes equal": lambda: nn.Sequential(
        row(), nn.Conv1d(3, 8, 1, 5), nn.Tanh(), tokens(), lstm(8), attention(8)
    ),
    "channels last": lambda: nn.Sequential(
        stem(), to_last(), nn.Linear(8, 10), channels_last(10), nn.GELU()
    ),
    "channels last, sizes equal": lambda: nn.Sequential(
        stem(), to_last(), nn.LayerNorm(8), nn.Linear(8, 6), channels_last(6), nn.GELU()
    ),
    "pooled in one dimension": lambda: nn.Sequential(
        row(), pooled_along(3, 8), nn.Conv1d(8, 12, 1), nn.GLU(1), nn.Conv1d(6, 4, 3)
    ),
}
"""Networks of images (n, 3, 6, 6), by name."""
