# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The images
#
# **What do the networks look at?**
#
# They look at pictures of 32×32 pixels, each with one of ten labels.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown, display

from lib.book.report.format import plain
from lib.book.report.names import enumerate_words
from lib.book.report.results import load_results
from lib.data import load_dataset

study = load_results(results)
digits = load_dataset("digits", "datasets")

# %% [markdown]
# ## The data of this book

# %% tags=["remove-input"]
described = {}
for name in study.experiments:
    setting = study.settings(name)
    text = (
        f"{setting['dataset_description']} Networks are trained on {setting['train_images']:,} of these "
        f"images, and compared on {setting['probe_images']:,} {setting['probe_split']} images."
    )
    described.setdefault(text, []).append(study.network(name))
for text, names in described.items():
    display(Markdown(f"**{plain(enumerate_words(names))}.** {plain(text)}"))

# %% [markdown]
# ## Pictures to look at
#
# The *small handwritten digits* {cite}`alpaydin1998optical` come with scikit-learn and need no download,
# so the profile `smoke` uses them, and so do the examples below. They are grey: all three channels are
# equal. Each is enlarged from 8×8 to 32×32 pixels, so that the paper's networks fit. These are the first
# three training images of each class.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-samples", "caption": "Small handwritten digits, three training images of each class."}}
import base64
import io

from IPython.display import HTML
from PIL import Image


def picture(pixels, side=44):
    """An image as a part of the page, larger than it is. The digits are grey: one channel will do."""
    file = io.BytesIO()
    # stored without compression, so that the bytes do not depend on what compresses
    Image.fromarray(pixels[0].numpy()).save(file, "png", compress_level=0)
    data = base64.b64encode(file.getvalue()).decode()
    source = f"data:image/png;base64,{data}"
    return f'<img src="{source}" width="{side}" height="{side}" alt="" style="margin:0"/>'


def strips(rows, label):
    """Rows of pictures with captions, side by side where there is room."""
    width = 47 * max(map(len, rows.values()))
    cells = "".join(
        f'<div><div style="font-size:.82rem">{caption}</div>'
        '<div style="display:flex;flex-wrap:wrap;gap:3px">'
        f"{''.join(map(picture, images))}</div></div>"
        for caption, images in rows.items()
    )
    grid = f"display:grid;gap:.6rem 1.2rem;grid-template-columns:repeat(auto-fill,minmax(min({width}px,100%),1fr))"
    return HTML(
        f'<div class="panels" role="img" aria-label="{label}" style="{grid};text-align:left">{cells}</div>'
    )


pixels, labels = digits.train.pixels, digits.train.labels
strips(
    {name: pixels[labels == i][:3] for i, name in enumerate(digits.classes)},
    "Three training images of each class of the small handwritten digits",
)

# %% [markdown]
# The classes are about equally large, so a network that always gives the same answer is right about one
# time in ten.

# %% tags=["hide-input"]
import pandas as pd

from lib.book.report.tables import Table

counts = pd.DataFrame(
    {"Training": labels.bincount(), "Test": digits.test.labels.bincount()},
    index=digits.classes,
)
counts.loc["all"] = counts.sum()
rows = [(name, *(f"{number:,}" for number in row)) for name, *row in counts.itertuples()]
Table(["Class", *counts], rows, numeric=list(counts))

# %% [markdown]
# The file is ordered roughly by writer, and its last images are the test split. So most test digits come
# from writers that the network has never seen.
#
# ## The data of the paper
#
# The paper has two data sets (section 4.1). Both hold colour photographs of 32×32 pixels in ten classes.
# They may be used for research, but they are not ours to hand on, so this page shows none of them. The
# profiles `laptop` and `paper` use them.
#
# **CIFAR-10** {cite}`krizhevsky2009learning` has 60,000 images: 50,000 to train on and 10,000 to
# test on. Six classes are animals, four are means of transport.
#
# **SVHN** {cite}`netzer2011reading` has 99,289 images of house numbers: 73,257 to train on and 26,032 to
# test on. The class is the digit in the middle. Other digits may stand beside it as distractors. The site
# offers 531,131 more, easier ones. This study leaves them out.
#
# ## Augmentation
#
# Each time a network trains on an image, the image is first changed a little, at random. The paper names
# four such changes for CIFAR-10: crop, horizontal flip, affine map and cut-out
# {cite}`devries2017improved`. It does not say how strong these changes are, and names none for SVHN. Here the
# affine map is a rotation and a shift. The table gives the strength of each step and its source:

# %% tags=["hide-input"]
from lib.data import Augmentation
from lib.study.paper import DECLARED, PAPER

augmentation = PAPER["vgg16_bn"].recipe.augmentation
attributes = {
    "crop": "crop",
    "flip": "flip",
    "rotation": "degrees",
    "shift": "translate",
    "cut-out": "cutout",
}
steps = {
    name: Augmentation(**{attribute: getattr(augmentation, attribute)})
    for name, attribute in attributes.items()
}
declared = DECLARED["vgg16_bn"]
rows = [
    (name, str(step), declared[f"recipe.augmentation.{attributes[name]}"].source)
    for name, step in steps.items()
]
Table(["Step", "What it does", "Source"], rows, cards=True)

# %% [markdown]
# "The authors' public code" is the branch `master` of {cite:t}`ansuini2020code`. The figure shows what
# each step does to one image, with five random draws in each row.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-augmentation", "caption": "A training image, and five random copies after each step of the paper's augmentation for CIFAR-10."}}
import torch

from lib.data import augment
from lib.seeds import generator

original = digits.train.pixels[7:8]
rows = {"as it is": original}
for name, step in {**steps, "all together": augmentation}.items():
    random = generator("cpu", "augmentation on a page", name)
    five = original.repeat(5, 1, 1, 1)
    # in float64, so that no rounding to whole values depends on the machine
    copies = augment(five, step, digits.mean, random, dtype=torch.float64)
    caption = name if name == "all together" else str(step)
    rows[caption] = copies.round().clamp(0, 255).to(torch.uint8)
strips(
    rows, "A training image as it is, then five random copies after each step of the augmentation"
)

# %% [markdown]
# What a crop or a shift moves in from outside is black. A cut-out has the mean colour of the data.
# The last row is what a network gets to see.
#
# The mirror image of a cat is a cat, but the mirror image of a 7 is not a digit. So each data set needs
# its own augmentation. {doc}`methods` lists what was done to the images of this book, under
# *augmentation*.
#
# **Images for testing and for comparing are never augmented.** Otherwise two networks would be compared
# on two different inputs.
