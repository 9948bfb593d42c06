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
# # Methods
#
# **What exactly is compared with what?**
#
# Five steps lead from images to the figures of this book. They follow section 4 of
# {cite:t}`ansuini2020investigating`.
#
# 1. **Train.** A convolutional network learns to classify images. This is the *complete* network.
# 2. **Prune.** The weights of smallest magnitude are set to zero, over all convolutions together, and the
#    network is trained again with its whole learning-rate schedule. This is repeated. Each repetition is
#    an *iteration*, the whole sequence a *run*. Runs that start from the same complete network differ
#    only in the order of the images and in their augmentation. The method is iterative magnitude pruning
#    {cite}`han2015learning` with learning-rate rewinding {cite}`renda2020comparing`.
# 3. **Record.** The complete and the pruned networks see the same probe images. The output of each
#    layer for all these images is the layer's *representation*.
# 4. **Compare.** Each layer of a pruned network is compared with the same layer of the complete
#    one, by several similarity metrics.
# 5. **Average.** The figures show means over the complete networks, mostly of one run each.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_wide_networks
from lib.analyses.methods import analysis, sources
from lib.analyses.methods import image_tables as images
from lib.analyses.methods.schematic import schematic
from lib.book.findings import Decided, record
from lib.book.report import recipes
from lib.book.report.networks import layer_table
from lib.book.report.page import glue
from lib.catalogue import CATALOGUE
from lib.data import load_dataset
from lib.study.paper import PAPER

# %% [markdown]
# ## Data and scale

# %%
study = open_wide_networks(results)
width = {name: study.settings(name)["width"] for name in study.experiments}

# %% [markdown]
# (images)=
# ## Images
#
# The paper has two data sets (section 4.1), both of colour photographs of 32×32 pixels in ten classes. **CIFAR-10**
# {cite}`krizhevsky2009learning` has 50,000 images to train on and 10,000 to test on: six classes are animals, four are
# means of transport. **SVHN** {cite}`netzer2011reading` has 73,257 and 26,032 images of house numbers; the class is
# the digit in the middle. They may be used for research, but they are not ours to hand on, so this book shows none of
# them. The profile `smoke` uses the *small handwritten digits* {cite}`alpaydin1998optical` that come with
# scikit-learn, each enlarged from 8×8 to 32×32 pixels.

# %%
images.of_study(study)

# %% [markdown]
# The files do not say which of the official images they hold.
#
# Each time a network of the paper trains on an image of CIFAR-10, the image is first changed a little, at random: by
# crop, horizontal flip, affine map and cut-out {cite}`devries2017improved`. How strong they are is not said, and for SVHN
# none is named. Networks that are trained to the end see their images unchanged. The folded table gives the strength of
# each step at full scale and its source, the figure what each step does to one digit.

# %% tags=["hide-output"]
augmentation = PAPER["vgg16_bn"].recipe.augmentation
steps = images.steps_of(augmentation)
images.steps_table(steps, "vgg16_bn")

# %% [markdown]
# :::{figure-title} fig-augmentation
# What augmentation makes of an image
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-augmentation", "caption": "A training image of the small handwritten digits, and five random copies after each step of the paper's augmentation for CIFAR-10. The last row is what a network gets to see."}}
digits = load_dataset("digits", "datasets")
original = digits.train.pixels[7:8]
every_step = {**steps, images.TOGETHER: augmentation}
copies = images.random_copies(original, every_step, digits.mean)
label = "A training image as it is, then five random copies after each step of the augmentation"
images.strips({"as it is": original, **copies}, label)

# %% [markdown]
# ## Metrics
#
# A metric takes two representations of the same $n$ images and returns a number from 0 to 1. One means
# identical, up to changes that the metric ignores. {doc}`similarity_metrics` has the equations and
# computes each by hand; {doc}`what_a_value_means` shows how to read a value.
#
# **The CCA family** looks for the directions in which two representations agree best. Each position
# of each image is one observation, so $n$ images with $c$ channels of $h \times w$ positions become
# a matrix of $nhw$ rows and $c$ columns.
#
# - *SVCCA* {cite}`raghu2017svcca` first keeps the principal directions that carry 99 % of the
#   variance, then takes the mean canonical correlation {cite}`hotelling1936relations`.
# - *PWCCA* {cite}`morcos2018insights` weighs the correlations by how much of the layer their
#   directions carry.
#
# **The kernel family** asks whether the same pairs of images are close in both representations.
# Each image is one observation with $chw$ features, and the Gram matrix holds their inner products.
#
# - *CKA* {cite}`kornblith2019similarity` is the cosine of the two centred Gram matrices.
# - *NBS* {cite}`tang2020similarity` is their fidelity. The paper's equation 7 is misprinted
#   ({ref}`why <misprint>`), so the book follows the definition of its source.
#
# A fifth metric, the *cosine*, serves the output layers only ({ref}`more <answers>`).
#
# **Nulls.** Two unrelated representations seldom get a 0. So each similarity after the last
# iteration has a *null* beside it: the mean value for the same two representations when the images of one
# of them are shuffled.
#
# ## Networks
#
# The figures and the tables show the recorded layers in forward order. A box is as high as its maps and as wide as
# its channels, on logarithmic scales. Dashed boxes are not recorded. Convolutions are recorded after batch
# normalisation and ReLU, sums of residual blocks after the addition, outputs before softmax (paper, section 5.2).
# "Output" gives channels, height and width.

# %% [markdown]
# ### VGG16_BN
#
# :::{figure-title} fig-network-vgg16-bn
# VGG16_BN, from the image to the answer
# :::

# %% mystnb={"figure": {"name": "fig-network-vgg16-bn", "caption": "VGG16_BN (paper, Fig. 1), at the width that this book computes with."}}
schematic("vgg16_bn", width["vgg16_bn"])

# %% tags=["hide-output"]
layer_table("vgg16_bn", width["vgg16_bn"])

# %% [markdown]
# ### VGG_SVHN
#
# :::{figure-title} fig-network-vgg-svhn
# VGG_SVHN, from the image to the answer
# :::

# %% mystnb={"figure": {"name": "fig-network-vgg-svhn", "caption": "VGG_SVHN (paper, Fig. 2), at the width that this book computes with."}}
schematic("vgg_svhn", width["vgg_svhn"])

# %% tags=["hide-output"]
layer_table("vgg_svhn", width["vgg_svhn"])

# %% [markdown]
# ### ResNet_fast
#
# :::{figure-title} fig-network-resnet-fast
# ResNet_fast, from the image to the answer
# :::

# %% mystnb={"figure": {"name": "fig-network-resnet-fast", "caption": "ResNet_fast (paper, Fig. 3), at the width that this book computes with. Two connections skip a residual block each."}}
schematic("resnet_fast", width["resnet_fast"])

# %% tags=["hide-output"]
layer_table("resnet_fast", width["resnet_fast"])

# %% [markdown]
# ## Controls and variants
#
# If a pruned network differs from its complete one, the reason may also be that it was trained for longer, or that it
# has fewer weights, no matter which. Controls tell these causes apart. Variants prune in other ways, and each runs on
# every network ({doc}`run_it`).

# %% tags=["hide-output"]
analysis.variants(study, CATALOGUE.ways)

# %% [markdown]
# ## Hyperparameters
#
# Every value has a source: the paper, where it gives the value; otherwise the code or papers that it builds on;
# otherwise our own choice. The tables show what this study sets differently from one at full scale, and why. The
# other values are folded below each table. "The authors' public code" is the branch `master` of
# {cite:t}`ansuini2020code`.

# %% [markdown]
# ### Hyperparameters of VGG16_BN

# %% tags=["hide-output"]
recipes.deviations(study, "vgg16_bn")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg16_bn")

# %% [markdown]
# ### Hyperparameters of VGG_SVHN

# %% tags=["hide-output"]
recipes.deviations(study, "vgg_svhn")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "vgg_svhn")

# %% [markdown]
# ### Hyperparameters of ResNet_fast

# %% tags=["hide-output"]
recipes.deviations(study, "resnet_fast")

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show what is as at full scale", "code_prompt_hide": "Hide what is as at full scale"}
recipes.kept(study, "resnet_fast")

# %% [markdown]
# ### What is the same at every scale
#
# The initial weights and the normalisation of the images are the same at every scale. The paper specifies
# neither.

# %%
sources.fixed_values()

# %% [markdown]
# ## What the sources do differently
#
# The paper leaves details to its references and to its authors' code, which do not always agree with it, nor with each
# other. The differences that we know of; where a later branch of the code corrects something, the table says so:

# %% tags=["hide-output"]
sources.source_differences(study)

# %% [markdown]
# ## The trust coefficient of LARS
#
# LARS scales the step of each layer to the norm of its weights, and the *trust coefficient* sets the
# ratio of the two. The paper gives no value. Ours was the best of three when it was declared.
#
# :::{finding}
# :expects: methods-trust = the best
# With one more value tried since then, none is better than ours.
# :::

# %% tags=["hide-output"]
tried = analysis.tried_trusts()
ours = analysis.trust_of(study)
below, verdict = analysis.judge_trust(tried, ours)
record(Decided("methods-trust", "how far our trust coefficient is below the best", below, verdict))
analysis.trust_table(tried, ours)

# %%
scale = tried.iloc[0]
glue(trust_epochs=int(scale.epochs), trust_images=f"{scale.images:,}")
glue(trust_held_out=f"{scale.held_out:,}", trust_width=f"{scale.width:g}")

# %% [markdown]
# The networks have {glue:text}`trust_width:s` of the width and were trained for {glue:text}`trust_epochs` epochs on
# {glue:text}`trust_images:s` images. The accuracy is that on {glue:text}`trust_held_out:s` other training images, so
# no test image was looked at. `python -m benchmarks.trust` repeats the choice.
#
# ## Precision
#
# Training computes in float32, or in bfloat16 where that is chosen; weights and updates are float32 in
# both. To see whether it matters, networks with the same seeds were trained both ways on the small
# handwritten digits.
#
# :::{finding}
# :expects: methods-precision-vgg16-bn = lower; methods-precision-{vgg-svhn,resnet-fast} = undecided
# It hardly matters: bfloat16 costs VGG16_BN {glue:text}`bfloat16_costs:s` points of accuracy, and the
# two others show no difference.
# :::

# %% tags=["hide-output"]
effects = analysis.precision_effects()
for network, effect in effects.items():
    key = f"methods-precision-{network.lower().replace('_', '-')}"
    words = f"{network}: accuracy with bfloat16, less that with float32, in points"
    difference = effect["difference"]
    record(Decided(key, words, difference.text(1), analysis.judge_precision(difference)))
glue(bfloat16_costs=f"{-effects['VGG16_BN']['difference'].mean:.1f}")
analysis.precision_table(effects)

# %% [markdown]
# Means over the seeds, with their 95 % intervals. The difference is taken seed by seed.
#
# {doc}`run_it` says how fast training is, and what the jobs of this book took.
#
# ## Seeds
#
# Every random number comes from a generator whose seed is derived from its purpose. `train_seed` decides the initial
# weights, and the order and augmentation of the images when the complete network is trained. `train_seed` and
# `prune_seed` together decide the order and augmentation of the images in a run, for each iteration and epoch. The
# seeds are hashes of these names (SHA-256), so they are independent, and none depends on what was drawn before. So a
# training that was stopped resumes as if nothing had happened. On a CPU the same number of threads gives the same
# bits; {doc}`run_it` says what a GPU needs for that.
#
# ## Exercises
#
# **1.** A network has 100,000 weights in its convolutions. How many are left after ten iterations, and after twenty?
#
# :::{dropdown} Answer
# Each leaves four fifths, so 10.7 % or about 10,700 after ten, and 1.15 % or about 1,150 after twenty.
# :::
#
# **2.** 500 images pass a layer with 64 channels of 8×8 positions. What is the shape of the matrix that the CCA
# family takes, and of the one that CKA takes?
#
# :::{dropdown} Answer
# 32,000 rows and 64 columns, since each position is an observation; and 500 rows with 4,096 columns, since each image
# is one.
# :::
