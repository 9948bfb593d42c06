"""The images of a study, how many there are, and how they are changed for training."""

import base64
import io
from collections.abc import Mapping, Sequence

import torch
from PIL import Image
from torch import Tensor

from ...book.report.format import Table
from ...book.report.panels import Drawing
from ...book.report.results import Results
from ...data import Augmentation, augment
from ...seeds import generator
from ...study.paper import HYPERPARAMETERS

SIDE, BETWEEN = 44, 3
"""Pixels of a picture on the page, and between two."""

AUGMENTATION_STEPS = {
    "crop": "crop",
    "flip": "flip",
    "rotation": "degrees",
    "shift": "translate",
    "cut-out": "cutout",
}
"""Step of an augmentation -> the attribute of `Augmentation` that gives its strength."""

TOGETHER = "all together"


def of_study(study: Results) -> Table:
    """For each network of a study: its images, and how many it is trained and compared on."""
    rows = []
    for name in study.experiments:
        setting = study.settings(name)
        rows.append(
            (
                study.network(name),
                setting["dataset_description"],
                f"{setting['train_images']:,}",
                f"{setting['probe_images']:,} ({setting['probe_split']})",
            )
        )
    header = ["Network", "Images", "Trained on", "Compared on"]
    return Table(header, rows, numeric=header[2:], cards=True)


def steps_of(augmentation: Augmentation) -> dict[str, Augmentation]:
    """Each step of an augmentation alone, under the keys of `AUGMENTATION_STEPS`."""
    return {
        name: Augmentation(**{attribute: getattr(augmentation, attribute)})
        for name, attribute in AUGMENTATION_STEPS.items()
    }


def steps_table(steps: Mapping[str, Augmentation], experiment: str) -> Table:
    """What each step does, and where its strength comes from.

    Args:
        steps: of `steps_of`.
        experiment: of the paper, whose augmentation it is.
    """
    declared = HYPERPARAMETERS[experiment]
    rows = []
    for name, step in steps.items():
        source = declared[f"recipe.augmentation.{AUGMENTATION_STEPS[name]}"].source
        rows.append((name, str(step), source))
    return Table(["Step", "What it does", "Source"], rows, cards=True)


def random_copies(
    original: Tensor, steps: Mapping[str, Augmentation], mean: Sequence[float], copies: int = 5
) -> dict[str, Tensor]:
    """Copies of an image after each step, each with a random draw of its own.

    Args:
        original: (1, c, h, w) uint8.
        steps: {name: augmentation}.
        mean: of the data, the colour of a cut-out.
        copies: of each step.

    Returns:
        {what the step does, `TOGETHER` for that of this name: (copies, c, h, w) uint8}
    """
    rows = {}
    for name, step in steps.items():
        random = generator("cpu", "augmentation on a page", name)
        same = original.repeat(copies, 1, 1, 1)
        # in float64, so that no rounding to whole values depends on the machine
        changed = augment(same, step, mean, random, dtype=torch.float64)
        caption = name if name == TOGETHER else str(step)
        rows[caption] = changed.round().clamp(0, 255).to(torch.uint8)
    return rows


def picture(pixels: Tensor) -> str:
    """An image (c, h, w) uint8 as a part of the page. It is grey: one channel will do."""
    file = io.BytesIO()
    # stored without compression, so that the bytes do not depend on what compresses
    Image.fromarray(pixels[0].numpy()).save(file, "png", compress_level=0)
    data = base64.b64encode(file.getvalue()).decode()
    source = f"data:image/png;base64,{data}"
    return f'<img src="{source}" width="{SIDE}" height="{SIDE}" alt="" style="margin:0"/>'


def strips(rows: Mapping[str, Tensor], label: str) -> Drawing:
    """Rows of pictures with captions, side by side where there is room.

    Args:
        rows: {caption: images (n, c, h, w) uint8}.
        label: what all of them show, for readers who cannot see it.
    """
    width = (SIDE + BETWEEN) * max(map(len, rows.values()))
    cells = "".join(
        f'<div><div style="font-size:.82rem">{caption}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:{BETWEEN}px">'
        f"{''.join(map(picture, images))}</div></div>"
        for caption, images in rows.items()
    )
    columns = f"repeat(auto-fill,minmax(min({width}px,100%),1fr))"
    style = f"display:grid;gap:.6rem 1.2rem;grid-template-columns:{columns};text-align:left"
    attributes = f'class="panels" role="img" aria-label="{label}" style="{style}"'
    return Drawing(f"<div {attributes}>{cells}</div>", label)
