"""Small networks that mix convolutions, linear layers and tokens, as people build them."""

import torch
from torch import nn


class Residual(nn.Module):
    """Adds its input to what modules make of it."""

    def __init__(self, *inside):
        super().__init__()
        self.inside = nn.Sequential(*inside)

    def forward(self, x):
        return x + self.inside(x)


class Squeeze(nn.Module):
    """Weights the channels by linear layers of their means."""

    def __init__(self, channels):
        super().__init__()
        self.weights = nn.Sequential(nn.Linear(channels, 4), nn.ReLU(), nn.Linear(4, channels))

    def forward(self, x):
        return x * self.weights(x.mean((2, 3))).sigmoid()[..., None, None]


class Excited(nn.Module):
    """A block with squeeze and excitation before its sum."""

    def __init__(self, channels):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels)
        self.squeeze, self.act = Squeeze(channels), nn.ReLU()

    def forward(self, x):
        return self.act(self.squeeze(self.norm(self.conv(x))) + x)


class Widened(nn.Module):
    """A block that changes the shape, and squeezes last."""

    def __init__(self, channels, wide):
        super().__init__()
        self.conv, self.squeeze = nn.Conv2d(channels, wide, 3, 2, 1), Squeeze(wide)

    def forward(self, x):
        return self.squeeze(self.conv(x).relu()) * 2


class ByTokens(nn.Module):
    """Maps, their positions as tokens, a module of tokens, maps again."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, x):
        tokens = self.inside(x.flatten(2).transpose(1, 2))
        return x + tokens.transpose(1, 2).unflatten(2, x.shape[2:])


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)

    def forward(self, x):
        y = self.norm(x)
        return x + self.attention(y, y, y)[0]


class ByVector(nn.Module):
    """Maps whose channels go last inside a block, without a module that says so."""

    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1)
        self.norm, self.mix = nn.LayerNorm(channels), nn.Linear(channels, channels)

    def forward(self, x):
        y = self.mix(self.norm(self.conv(x).movedim(1, -1))).relu()
        return x + y.movedim(-1, 1)


class ChannelsLast(nn.Module):
    """A block of maps (n, h, w, c), whose convolution wants channels first."""

    def __init__(self, channels):
        super().__init__()
        self.norm, self.mix = nn.LayerNorm(channels), nn.Linear(channels, channels)
        self.conv = nn.Conv2d(channels, channels, 3, 1, 1, groups=channels)

    def forward(self, x):
        y = self.conv(self.norm(x).movedim(-1, 1)).movedim(1, -1)
        return x + self.mix(y.relu())


class Halved(nn.Module):
    """A block of maps (n, h, w, c) that makes half as many positions."""

    def __init__(self, channels):
        super().__init__()
        self.reduce, self.mix = nn.Linear(4 * channels, channels), nn.Linear(channels, channels)

    def forward(self, x):
        n, h, w, c = x.shape
        parts = x.reshape(n, h // 2, 2, w // 2, 2, c).movedim(2, 3).flatten(3)
        x = self.reduce(parts)
        return x + self.mix(x).relu()


class ToLast(nn.Module):
    def forward(self, x):
        return x.movedim(1, -1)


class Along(nn.Module):
    """A residual block along one dimension, (n, c, t), that changes the shape."""

    def __init__(self, channels, wide):
        super().__init__()
        self.conv, self.short = nn.Conv1d(channels, wide, 3, 2, 1), nn.Conv1d(channels, wide, 1, 2)

    def forward(self, x):
        return self.conv(x).relu() + self.short(x)


class Mixer(nn.Module):
    """Mixes tokens by a linear layer of their places, then channels."""

    def __init__(self, tokens, width):
        super().__init__()
        self.places, self.channels = nn.Linear(tokens, tokens), nn.Linear(width, width)

    def forward(self, x):
        x = x + self.places(x.transpose(1, 2)).transpose(1, 2)
        return x + self.channels(x)


class Branches(nn.Module):
    """Two branches side by side in channels, one of which is weighted by linear layers."""

    def __init__(self, channels):
        super().__init__()
        self.left, self.right = nn.Conv2d(channels, 4, 1), nn.Conv2d(channels, 4, 3, 1, 1)
        self.squeeze = Squeeze(4)

    def forward(self, x):
        return torch.cat([self.left(x), self.squeeze(self.right(x))], 1)


class Global(nn.Module):
    """Adds to all positions a linear layer of their mean by learned weights."""

    def __init__(self, channels):
        super().__init__()
        self.weights, self.mix = nn.Conv2d(channels, 1, 1), nn.Linear(channels, channels)

    def forward(self, x):
        weights = self.weights(x).flatten(2).softmax(2)
        return x + self.mix((x.flatten(2) * weights).sum(2))[..., None, None]


class Tokens(nn.Module):
    def forward(self, x):
        return x.flatten(2).transpose(1, 2)


class Row(nn.Module):
    """The image as one dimension of 36 places with 3 channels."""

    def forward(self, x):
        return x.flatten(2)


class OwnNorm(nn.Module):
    """Normalises maps (n, c, h, w) by channels, with parameters of its own."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.normalized_shape = nn.Parameter(torch.rand(channels)), (channels,)

    def forward(self, x):
        return nn.functional.layer_norm(x.movedim(1, -1), self.normalized_shape).movedim(
            -1, 1
        ) * self.weight.view(-1, 1, 1)


class Ladder(nn.Module):
    """Down and up again, with what was there before beside it."""

    def __init__(self, channels):
        super().__init__()
        self.down = nn.Conv2d(channels, 2 * channels, 3, 2, 1)
        self.bottom = ByTokens(Mixer(9, 2 * channels))
        self.up = nn.ConvTranspose2d(2 * channels, channels, 2, 2)

    def forward(self, x):
        return torch.cat([x, self.up(self.bottom(self.down(x)))], 1)


class Dictionary(nn.Module):
    """A network that answers with a dictionary of maps and classes."""

    def __init__(self):
        super().__init__()
        self.stem, self.block = nn.Conv2d(3, 8, 3, 1, 1), Excited(8)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        maps = self.block(self.stem(x))
        return {"maps": maps, "classes": self.head(maps.mean((2, 3)))}


def with_head(*modules, channels):
    return nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 5))


def stem(channels=8):
    """Maps (n, 8, 6, 6) of images (n, 3, 6, 6)."""
    return nn.Conv2d(3, channels, 3, 1, 1)


MADE_UP = {
    "squeeze and excitation": lambda: with_head(stem(), Excited(8), Excited(8), channels=8),
    "as many channels as positions": lambda: with_head(stem(6), Excited(6), Excited(6), channels=6),
    "widened": lambda: with_head(stem(), Widened(8, 12), Widened(12, 9), channels=9),
    "tokens inside": lambda: with_head(stem(), ByTokens(nn.Linear(8, 8)), Excited(8), channels=8),
    "attention inside": lambda: with_head(stem(), ByTokens(Attention(8)), channels=8),
    "encoder inside": lambda: with_head(
        stem(),
        ByTokens(nn.TransformerEncoderLayer(8, 2, 16, 0, batch_first=True)),
        nn.Conv2d(8, 8, 1),
        channels=8,
    ),
    "vectors inside": lambda: with_head(stem(), ByVector(8), ByVector(8), channels=8),
    "vectors inside, sizes equal": lambda: with_head(stem(6), ByVector(6), channels=6),
    "branches": lambda: with_head(stem(), Branches(8), nn.GroupNorm(2, 8), channels=8),
    "global context": lambda: with_head(stem(), Global(8), nn.ReLU(), channels=8),
    "residual": lambda: with_head(stem(), Residual(nn.Conv2d(8, 8, 1), Squeeze(8)), channels=8),
    "own norm": lambda: with_head(stem(), OwnNorm(8), Excited(8), OwnNorm(8), channels=8),
    "ladder": lambda: with_head(stem(), Ladder(8), channels=16),
    "shuffled": lambda: with_head(stem(), nn.PixelUnshuffle(2), Excited(32), channels=32),
    "dictionary": Dictionary,
    "mixer": lambda: nn.Sequential(stem(), Tokens(), Mixer(36, 8), Mixer(36, 8), nn.LayerNorm(8)),
    "transformer": lambda: nn.Sequential(stem(), Tokens(), Attention(8), Attention(8)),
    "channels last": lambda: nn.Sequential(
        stem(), ToLast(), nn.Linear(8, 10), ChannelsLast(10), Halved(10), nn.GELU()
    ),
    "channels last, sizes equal": lambda: nn.Sequential(
        stem(), ToLast(), nn.LayerNorm(8), nn.Linear(8, 6), ChannelsLast(6), nn.GELU()
    ),
    "one dimension": lambda: nn.Sequential(Row(), nn.Conv1d(3, 8, 3), Along(8, 9), nn.GELU()),
    "residual in one dimension": lambda: nn.Sequential(
        Row(), nn.Conv1d(3, 8, 3), Residual(nn.Conv1d(8, 8, 3, 1, 1)), nn.BatchNorm1d(8)
    ),
}
"""Networks of images (n, 3, 6, 6), by name."""
