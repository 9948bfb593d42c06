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
from lib.analyses.data import analysis
from lib.book.report.results import load_results
from lib.data import load_dataset
from lib.study.paper import PAPER

# %% [markdown]
# ## The data of this book

# %%
study = load_results(results)
analysis.of_study(study)

# %% [markdown]
# ## Pictures to look at
#
# The *small handwritten digits* {cite}`alpaydin1998optical` come with scikit-learn and need no download,
# so the profile `smoke` uses them, and so do the examples below. They are grey: all three channels are
# equal. Each is enlarged from 8×8 to 32×32 pixels, so that the paper's networks fit. These are the first
# three training images of each class.

# %% mystnb={"figure": {"name": "fig-samples", "caption": "Small handwritten digits, three training images of each class."}}
digits = load_dataset("digits", "datasets")
pixels, labels = digits.train.pixels, digits.train.labels
samples = {name: pixels[labels == number][:3] for number, name in enumerate(digits.classes)}
label = "Three training images of each class of the small handwritten digits"
analysis.strips(samples, label)

# %% [markdown]
# The classes are about equally large, so a network that always gives the same answer is right about one
# time in ten.

# %%
analysis.class_sizes(digits)

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

# %%
augmentation = PAPER["vgg16_bn"].recipe.augmentation
steps = analysis.steps_of(augmentation)
analysis.steps_table(steps, "vgg16_bn")

# %% [markdown]
# "The authors' public code" is the branch `master` of {cite:t}`ansuini2020code`. The figure shows what
# each step does to one image, with five random draws in each row.

# %% mystnb={"figure": {"name": "fig-augmentation", "caption": "A training image, and five random copies after each step of the paper's augmentation for CIFAR-10."}}
original = pixels[7:8]
every_step = {**steps, analysis.TOGETHER: augmentation}
copies = analysis.random_copies(original, every_step, digits.mean)
label = "A training image as it is, then five random copies after each step of the augmentation"
analysis.strips({"as it is": original, **copies}, label)

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
