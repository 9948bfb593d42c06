"""Images of a data set, and what augmentation makes of one of them."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from ..data import Augmentation, Dataset, Images, augment
from ..seeds import generator
from .names import DATASETS, count, title
from .tables import Table

SIDE = 44
"""Pixels that an image takes on the page, in each direction."""


@dataclass(frozen=True)
class Strips:
    """Rows of small images, each with its caption; they wrap where the page is narrow.

    Attributes:
        rows: caption -> images, (n, c, h, w) uint8.
        label: what the rows show, for those who do not see them.
        column: width of a row in pixels; rows stand side by side where there is room.
    """

    rows: Mapping[str, torch.Tensor]
    label: str
    column: int

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<div><div style="font-size:.82rem">{html.escape(caption)}</div>'
            '<div style="display:flex;flex-wrap:wrap;gap:3px">'
            f"{''.join(_image(image) for image in images)}</div></div>"
            for caption, images in self.rows.items()
        )
        return (
            f'<div class="panels" role="img" aria-label="{html.escape(self.label)}" '
            'style="display:grid;gap:.6rem 1.2rem;grid-template-columns:'
            f'repeat(auto-fill,minmax(min({self.column}px,100%),1fr))">{rows}</div>'
        )

    def __repr__(self) -> str:
        return self.label


def classes(dataset: Dataset, each: int = 3) -> Strips:
    """The first training images of each class.

    Args:
        dataset: at least so many images of each class.
        each: images of one class.
    """
    labels = dataset.train.labels
    rows = {
        name: dataset.train.pixels[(labels == i).nonzero().squeeze(1)[:each]]
        for i, name in enumerate(dataset.classes)
    }
    what = title(DATASETS, dataset.name)
    label = (
        f"{count(each, 'training image')} of each of the {len(rows)} classes of the {what}: "
        f"{', '.join(rows)}."
    )
    return Strips(rows, label, column=each * (SIDE + 3))


def steps(augmentation: Augmentation) -> dict[str, Augmentation]:
    """{name: augmentation} for each thing that it does, by itself, and for all together."""
    parts = {
        "crop": Augmentation(crop=augmentation.crop),
        "flip": Augmentation(flip=augmentation.flip),
        "rotation": Augmentation(degrees=augmentation.degrees),
        "shift": Augmentation(translate=augmentation.translate),
        "cut-out": Augmentation(cutout=augmentation.cutout),
    }
    used = {name: part for name, part in parts.items() if part != Augmentation()}
    return used | {"all together": augmentation}


def augmented(dataset: Dataset, augmentation: Augmentation, index: int, draws: int = 5) -> Strips:
    """One training image, and what each step of an augmentation makes of it.

    Args:
        dataset: where the image and the colour of the cut-out come from.
        augmentation: its steps are shown one by one, then all together.
        index: of the image among the training images.
        draws: copies in each row; each has its own random numbers.
    """
    pixels = dataset.train.pixels[index : index + 1]
    rows = {"as it is": pixels}
    for name, part in steps(augmentation).items():
        random = generator("cpu", "augmentation on a page", name)
        # in float64, so that no rounding to whole values depends on the machine
        copies = augment(
            pixels.repeat(draws, 1, 1, 1), part, dataset.mean, random, dtype=torch.float64
        )
        rows[_caption(name, part)] = copies.round().clamp(0, 255).to(torch.uint8)
    of_class = dataset.classes[int(dataset.train.labels[index])]
    label = (
        f"An image of the class {of_class} as it is, then {draws} random copies after each step "
        f"of the augmentation: {', '.join(list(rows)[1:])}."
    )
    return Strips(rows, label, column=draws * (SIDE + 3))


def counts(dataset: Dataset) -> Table:
    """Images of each class in each split, and in all."""
    rows = [
        (name, *(f"{int((split.labels == i).sum()):,}" for split in _splits(dataset)))
        for i, name in enumerate(dataset.classes)
    ]
    rows.append(("all", *(f"{len(split):,}" for split in _splits(dataset))))
    header = ("Class", "Training", "Test")
    return Table(header, rows, numeric=header[1:])


def augmentation_table(augmentation: Augmentation, sources: Mapping[str, str]) -> Table:
    """Each step, what it does, and where its size comes from.

    Args:
        augmentation: of a recipe.
        sources: {attribute of `Augmentation`: source}.
    """
    attributes = {
        "crop": "crop",
        "flip": "flip",
        "rotation": "degrees",
        "shift": "translate",
        "cut-out": "cutout",
    }
    rows = [
        (name, str(part), sources[attributes[name]])
        for name, part in steps(augmentation).items()
        if name in attributes
    ]
    return Table(("Step", "What it does", "Source"), rows, cards=True, nothing="There is none.")


def png(pixels: torch.Tensor) -> bytes:
    """An image file of (c, h, w) uint8 pixels, one or three channels; equal ones become one.

    The pixels are stored, not compressed: so the bytes are the same whatever compresses here.
    """
    if len(pixels) == 3 and bool((pixels == pixels[:1]).all()):
        pixels = pixels[:1]
    channels, height, width = pixels.shape
    lines = pixels.permute(1, 2, 0).reshape(height, width * channels).numpy()
    raw = b"".join(b"\0" + line.tobytes() for line in lines)
    blocks = [raw[i : i + 65535] for i in range(0, len(raw), 65535)]
    stored = b"".join(
        struct.pack("<BHH", block is blocks[-1], len(block), 65535 - len(block)) + block
        for block in blocks
    )
    data = b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(raw))
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    chunks = {b"IHDR": head, b"IDAT": data, b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks.items()
    )


def _image(pixels: torch.Tensor) -> str:
    text = base64.b64encode(png(pixels)).decode("ascii")
    return (
        f'<img src="data:image/png;base64,{text}" width="{SIDE}" height="{SIDE}" alt="" '
        'style="margin:0"/>'
    )


def _caption(name: str, part: Augmentation) -> str:
    return name if name == "all together" else str(part)


def _splits(dataset: Dataset) -> tuple[Images, Images]:
    return dataset.train, dataset.test
