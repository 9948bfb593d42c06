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
# # What a value means
#
# **What does a similarity of 0.6 mean?**
#
# That depends on four things.
#
# 1. **Which metric?** For the same two representations it may be {glue:text}`mean_cca:.2f` (mean CCA),
#    {glue:text}`cka:.2f` (CKA) or {glue:text}`nbs:.2f` (NBS).
# 2. **Which matrix?** The matrix of channels and that of whole images may disagree altogether
#    ({doc}`similarity_metrics`).
# 3. **How high is chance?** Compare the number with the null beside it, not with 0 ([below](#floors)).
# 4. **How many directions carry it?** Look at the rank, the dead channels and the participation ratio
#    ([below](#dead-channels)).
#
# :::{note}
# All data on this page are *synthetic*: random numbers from fixed seeds. No network was trained for
# it. The line at the head of the page is about the measured numbers in the other chapters.
# :::

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from numpy.linalg import norm, qr, svd

from lib import ROOT, metrics
from lib.book.report.format import interval, number
from lib.book.report.names import metric_titles
from lib.book.report.networks import describe
from lib.book.report.page import glue
from lib.book.report.tables import Table

TITLES = metric_titles()
images, shapes = 5000, dict(describe("vgg16_bn")["shape"])  # the paper's

# the two small representations of the page before this one
rng = np.random.default_rng(1)
n, p = 200, 6
x = rng.standard_normal((n, p)) * [1, 0.8, 0.6, 0.4, 0.06, 0.03]
y = x @ (np.eye(p) + 0.5 * rng.standard_normal((p, p))) + 0.3 * rng.standard_normal((n, p))


def centred(a):
    return a - a.mean(0)


def gram(a):
    return centred(a) @ centred(a).T


def rotation(columns):  # a random orthogonal matrix
    return qr(np.random.default_rng(2).standard_normal((columns, columns)))[0]


# %% tags=["remove-cell"]
glue(mean_cca=metrics.mean_cca(x, y), cka=metrics.cka(x, y), nbs=metrics.nbs(x, y))

# %% [markdown]
# ## Known answers
#
# A metric can be checked without trusting any code, on data whose similarity follows from theory.
#
# - **Some columns in common.** $x$ and $y$ share $k$ of $p$ independent columns. Then $k$ canonical
#   correlations are 1 and the others 0. Mean CCA, CKA and NBS should all be $k/p$.
# - **The same signal and noise.** $y = \cos\theta\, x + \sin\theta \cdot \text{noise}$. Then all
#   canonical correlations are $\cos\theta$. Mean CCA and NBS should be $\cos\theta$. CKA works with
#   squares: it should be $\cos^2\theta$.


# %%
def overlapping(shared, columns=16):
    a, other = np.random.default_rng(0).standard_normal((2, 5000, columns))
    return a, np.hstack([a[:, :shared], other[:, shared:]])


def at_angle(theta, rows=5000, columns=16):
    a, noise = np.random.default_rng(1).standard_normal((2, rows, columns))
    return a, np.cos(theta) * a + np.sin(theta) * noise


def measured(pairs):
    compared = {name: getattr(metrics, name) for name in ("mean_cca", "cka", "nbs")}
    return {name: [metric(*pair) for pair in pairs] for name, metric in compared.items()}


columns_shared, angles = np.arange(0, 17, 2), np.arange(0, 91, 10)
overlaps = measured([overlapping(shared) for shared in columns_shared])
mixtures = measured([at_angle(np.radians(angle)) for angle in angles])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-known-answers", "caption": "Synthetic data of 5,000 rows and 16 columns: what theory says (lines) and what the metrics give (points). First panel: both sides share some columns. Second panel: one side is the other with noise at an angle θ."}}
from lib.book.report.figure import PanelFigure
from lib.book.report.panels import line_swatch
from lib.book.report.style import INK, KIND_COLOURS, METRIC_STYLES

# Mean CCA is SVCCA where all directions have the same variance, and has its colour. Three points
# often share one place: they are open or small enough to be seen there together.
blue = METRIC_STYLES["svcca"]["color"]
open_circle = {"marker": "o", "markersize": 7.5, "markerfacecolor": "none", "markeredgewidth": 1.3}
looks = {
    "mean_cca": {"color": blue, **open_circle},
    "cka": {"color": METRIC_STYLES["cka"]["color"], "marker": "^", "markersize": 5},
    "nbs": {"color": METRIC_STYLES["nbs"]["color"], "marker": "D", "markersize": 3},
}
figure = PanelFigure("known-answers")


def draw_points(axes, places, found):
    for name, look in looks.items():
        axes.plot(places, found[name], linestyle="", label=TITLES[name], **look)
    axes.set_ylim(-0.02, 1.05)


axes = figure.panel("Some columns in common")
draw_points(axes, columns_shared, overlaps)
axes.plot([0, 16], [0, 1], color=INK, linewidth=0.9, label="theory")
axes.set_xlabel("columns in common, of 16")
axes.set_xticks(columns_shared[::2])

axes = figure.panel("The same signal and noise")
degrees = np.arange(91)
cosines = np.cos(np.radians(degrees))
axes.plot(degrees, cosines, color=INK, linewidth=0.9)
axes.plot(degrees, cosines**2, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
axes.text(55, 0.62, "cos θ", ha="left", color=INK)
axes.text(38, 0.42, "cos² θ", ha="right", color=INK)
draw_points(axes, angles, mixtures)
axes.set_xlabel("angle θ between signal and mixture")
axes.set_xticks([0, 30, 60, 90], ["0°", "30°", "60°", "90°"])

ring = f'<circle cx="13" cy="6" r="4.5" style="fill:none;stroke:{figure.colours[blue]}"/>'
figure.key("mean CCA", line_swatch("none", marker=ring))
figure

# %% tags=["remove-cell"]
at_60 = list(angles).index(60)
for name in ("mean_cca", "cka", "nbs"):
    glue(**{f"{name}_at_60": mixtures[name][at_60]})
for name in ("mean_cca", "nbs"):
    glue(**{f"{name}_unrelated": overlaps[name][0]})

# %% [markdown]
# In the first panel the three agree on *how much* is shared. In the second they disagree on *how
# closely* the two sides match. At 60° mean CCA gives {glue:text}`mean_cca_at_60:.2f`, NBS {glue:text}`nbs_at_60:.2f` and CKA
# {glue:text}`cka_at_60:.2f`. **With noise, CKA is lower than NBS by construction**, so a gap between the
# two says nothing by itself about the networks.
#
# At the points that should be 0, with nothing in common, mean CCA still gives
# {glue:text}`mean_cca_unrelated:.2f` and NBS {glue:text}`nbs_unrelated:.2f`. That is chance, and it can
# be much higher, as [the next section](#floors) shows.
#
# (floors)=
# ## How similar is what has nothing in common?
#
# Two unrelated representations do not get a 0, but the *null* of the metric. The table has it for the
# shapes of VGG16_BN and the paper's 5,000 images, from formulas, for random data in which all directions
# vary alike.


# %% tags=["hide-input"]
def cka_floor(n, p):
    return 1 / (1 + n / p)


def nbs_floor(n, p, points=4000):
    a = n / p
    end = (1 + np.sqrt(a)) ** 2
    u = (np.arange(points) + 0.5) * end / points
    psi = [np.roots([a**2, a**2 + 2 * a, 1 + 2 * a - t, 1]) for t in u**2]
    return 2 / np.pi * np.abs(np.imag(psi)).max(1).sum() * end / points


def cca_floor(n, p):  # with at least two rows for each column
    alpha = p / n
    phi = np.arccos(1 - 2 * alpha)
    return (np.sin(phi) - phi * np.cos(phi)) / (np.pi * alpha)


blocks = list(dict.fromkeys(shape for name, shape in shapes.items() if name.startswith("conv")))
floors = {}
for name, shape in [
    *((f"block\u00a0{i}", shape) for i, shape in enumerate(blocks, 1)),
    ("out", (10,)),
]:
    features, channels = int(np.prod(shape)), shape[0]
    floors[name] = {
        "Output": "×".join(map(str, shape)),
        "CKA": cka_floor(images, features),
        "NBS": nbs_floor(images, features),
        "CCA, n·h·w rows": cca_floor(images * features // channels, channels),
        "CCA, n rows": cca_floor(images, channels),
    }
Table.of(pd.DataFrame(floors).T.infer_objects().rename_axis("Layers"))

# %% [markdown]
# In the first blocks each image has many more features than there are images. Then almost any two Gram
# matrices look alike, and CKA and NBS are near 1 for pure noise. The CCA family works on $nhw$ rows and
# few columns, and its null is low. It is higher than it seems, though: neighbouring pixels are alike, so
# there are fewer independent rows than $nhw$. If all pixels of an image were alike, there would be only
# $n$. The last two columns are mean CCA at these two extremes.
#
# :::{admonition} Where the formulas come from
# :class: dropdown
#
# For $n$ rows and $p$ independent normal columns on each side, all in the limit of large sizes:
#
# - CKA tends to $1/(1 + n/p)$.
# - Mean CCA tends to $(\sin\varphi - \varphi\cos\varphi)/(\pi\alpha)$, where $\alpha = p/n$ and
#   $\cos\varphi = 1 - 2\alpha$. For small $\alpha$ that is $\frac{8}{3\pi}\sqrt\alpha$. It is the
#   mean of Wachter's law of canonical correlations {cite}`wachter1980limiting`.
# - NBS tends to $\frac{2}{\pi}\int |\operatorname{Im}\psi(u^2)|\,du$, where $\psi(t)$ is the complex
#   solution of $t\psi = (1+\psi)(1+\frac{n}{p}\psi)^2$. This is the mean singular value of a product
#   of two independent normal matrices.
# :::
#
# In real layers a few directions vary much, and the many others little. So for the next table, data are
# drawn whose eigenvalues fall more steeply from row to row. The ratio of features to images is that of the
# first block: {glue:text}`floor_rows:s` rows and {glue:text}`floor_columns:s` columns. The two sides are
# still unrelated.

# %% tags=["hide-input"]
rows = 400
features = rows * int(np.prod(blocks[0])) // images
pair = np.random.default_rng(4).standard_normal((2, rows, features))
spectra = {"all equal": 0, "1/√i": 0.5, "1/i": 1, "1/i√i": 1.5, "1/i²": 2}
found = {}
for name, exponent in spectra.items():
    a, b = pair * np.arange(1, features + 1) ** (-exponent / 2)
    lines = metrics.compare(a, b, metrics=["cka", "cka_debiased", "nbs"])
    of_cka, debiased, of_nbs = lines
    found[name] = {
        "PR": of_cka["pr_x"],
        "CKA": of_cka["value"],
        "exact mean": of_cka["null_mean"],
        "debiased": debiased["value"],
        "NBS": of_nbs["value"],
    }
spectrum = pd.DataFrame(found).T.rename_axis("Eigenvalues")
Table.of(spectrum, digits={"PR": 0, **dict.fromkeys(spectrum.columns[1:], 3)})

# %% tags=["remove-cell"]
glue(floor_rows=f"{rows:,}", floor_columns=f"{features:,}")
glue(cka_slow=found["1/i"]["CKA"], nbs_slow=found["1/i"]["NBS"])
glue(cka_flat_theory=cka_floor(rows, features), nbs_flat_theory=nbs_floor(rows, features))

# %% [markdown]
# The first row is what the formulas say: CKA {glue:text}`cka_flat_theory:.3f`, NBS
# {glue:text}`nbs_flat_theory:.3f`. Further down, the two diverge. *PR* is the participation ratio. As it
# falls, the null of CKA falls with it. That of NBS stays high much longer: with eigenvalues as $1/i$, CKA
# gives {glue:text}`cka_slow:.2f` and NBS {glue:text}`nbs_slow:.2f`. So on such data
# an NBS of that size may be nothing but chance, while a CKA of that size is not. Debiased CKA is 0 up to
# noise throughout.
#
# **The null of CKA needs no sampling.** Shuffle the images of one side in all possible ways. The
# mean of CKA over all of them is exactly
#
# $$\frac{\operatorname{tr}K \, \operatorname{tr}L}{(n-1)\,\|K\|_F\,\|L\|_F} =
# \frac{\sqrt{\text{PR}_K\,\text{PR}_L}}{n-1} .$$
#
# That is the column *exact mean* above. Here it is for $x$ and $y$, beside a thousand shuffles:


# %%
def p_said(p_value, least=1e-10):
    return f"below {least:.0e}" if p_value < least else f"= {p_value:.1g}"


k, m = gram(x), gram(y)
exact = np.trace(k) * np.trace(m) / ((n - 1) * norm(k) * norm(m))
null = metrics.permutation_null(x, y)
shuffles = [metrics.cka(x, rng.permutation(y)) for _ in range(1000)]
print(
    f"exact mean      by hand {exact:.3f}  library {null.mean:.3f}",
    f"1000 shuffles   by hand {np.mean(shuffles):.3f}",
    f"exact sd {null.sd:.4f}, of 1000 shuffles {np.std(shuffles):.4f}",
    f"exceeded by 5 %: {null.threshold(0.05):.3f}, of 1000 shuffles "
    f"{np.quantile(shuffles, 0.95):.3f}",
    f"CKA of x and y: {null.value:.3f}, p {p_said(null.p_value)}",
    sep="\n",
)

# %% [markdown]
# The spread and the skewness over all shuffles have closed forms as well {cite}`kaziaoual1995refined`. These
# three moments are exact. The tail is not: it is that of the Pearson type III law with the same moments
# {cite}`josse2008testing`, an approximation. So `permutation_null` says how likely a CKA this high is by
# chance, and shuffles nothing, but a tiny p-value is not an exact probability. It says that chance is no
# explanation, and not how improbable it is; this book shows it as "below 1e-10". The same holds for
# debiased CKA, for linear regression and for mean squared CCA. For all other metrics, and where a row is a
# position of an image, there is no closed form. There the images are shuffled, 200 times unless told
# otherwise.
#
# Beside the similarities after the last iteration, this book shows the mean over the shuffles as the *null*.
# For CKA where a row is an image, that mean is exact everywhere. Where there is no closed form, a sample of
# shuffles takes its place; {doc}`claims` says how many for each network. Whole images are
# shuffled, never pixels: the pixels of one image belong together.
#
# The same shuffles serve all layers of two networks, so the highest value among the layers has a null too.
# Whoever looks at all layers and picks the highest should compare it with that null, and not with the null
# of its own layer.
#
# (dead-channels)=
# ## Dead channels
#
# Pruning silences whole channels. A dead channel has no variance, so it has no direction and no
# correlation, and the code has to know that: a basis with one vector for each *column* invents directions
# for the dead ones, and these correlate only by accident. Here $x$ is rotated, then two of its columns
# are set to 0.


# %%
def blind_cca(x, y):
    basis_x, basis_y = qr(centred(x))[0], qr(centred(y))[0]
    return svd(basis_x.T @ basis_y, compute_uv=False).mean()


def with_dead(a, dead):
    return np.where(np.arange(a.shape[1]) < a.shape[1] - dead, a, 0)


pruned = with_dead(x @ rotation(p), dead=2)
print(
    f"blind to the rank {blind_cca(x, pruned):.3f}",
    f"aware of it       {metrics.mean_cca(x, pruned):.3f}",
    sep="\n",
)

# %% [markdown]
# Everything in the copy is also in $x$, so 1 is right. The figure shows more and more dead columns:
# first for a copy that is only rotated, then for one with noise as well, at an angle
# whose cosine is {glue:text}`noise_cosine:.1f`.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dead-channels", "caption": "Synthetic data of 2,000 rows and 64 columns: mean CCA of a representation and a rotated copy in which more and more columns are dead, without noise (first panel) and with noise (second). The thin line is what theory says of the directions that are left."}}
columns, dead = 64, np.arange(0, 49, 8)
cosine_of_noise = {"Nothing but a rotation": 1, "A rotation and noise": 0.8}
figure = PanelFigure("dead-channels")
last = {}
for title, truth in cosine_of_noise.items():
    a, mixture = at_angle(np.arccos(truth), 2000, columns)
    silenced = [with_dead(mixture @ rotation(columns), number) for number in dead]
    aware = [metrics.mean_cca(a, b) for b in silenced]
    blind = [blind_cca(a, b) for b in silenced]
    last[title] = aware[-1], blind[-1]
    axes = figure.panel(title)
    axes.axhline(truth, color=INK, linewidth=0.9)
    look = {"color": KIND_COLOURS["conv_res"], "marker": "o", "markersize": 4}
    axes.plot(dead, aware, label="aware of the rank (lib.metrics)", **look)
    look = {"color": KIND_COLOURS["pool"], "marker": "s", "markersize": 4, "linestyle": "--"}
    axes.plot(dead, blind, label="blind to the rank", **look)
    axes.set_ylim(0, 1.05)
    axes.set_xlabel(f"dead columns, of {columns}")
    axes.set_xticks(dead[::2])
figure

# %% tags=["remove-cell"]
aware, blind = last["Nothing but a rotation"]
glue(dead=int(dead[-1]), dead_of=columns, blind=blind, aware=aware)
glue(noise_cosine=cosine_of_noise["A rotation and noise"])

# %% [markdown]
# With {glue:text}`dead` of {glue:text}`dead_of` columns dead the blind version falls to
# {glue:text}`blind:.2f`, where the aware one gives {glue:text}`aware:.2f`. The more is pruned, the more
# channels die, so a blind CCA falls for no other reason than their number. `lib.metrics` is aware of the
# rank, and reports rank and dead channels beside each value.
#
# The mean is over the directions that are left. That some are lost shows only in the count of dead
# channels.
#
# (exactness)=
# ## Can the code be trusted?
#
# `lib.metrics` computes everything in float64, whatever it is given, from two statistics: the second
# moments of the columns, or the Gram matrix of the rows. That is fast, but it squares the condition
# number. Where a side has columns that nearly depend on each other, a second pass over the data
# restores the digits {cite}`yamamoto2015roundoff`.
#
# Other people's code gives the same numbers. Each metric was computed with all libraries that could be
# installed and define it in the same way, on two made-up, well-conditioned pairs:

# %% tags=["hide-output", "hide-input"]
peers = pd.read_csv(ROOT / "benchmarks" / "peers.csv")
same = peers[peers["same definition"] & (peers["data"] != "degenerate")]
rows = []
for metric, title in TITLES.items():
    differences = same[same["metric"] == metric].dropna(subset="difference")
    worst = differences.groupby("peer")["difference"].max().sort_values(kind="stable")
    if len(worst):
        rows.append((title, str(len(worst)), ", ".join(worst.index), f"{worst.max():.0e}"))
numeric = ["Libraries", "Differ by at most"]
Table(
    ["Metric", "Libraries", "Closest first", "Differ by at most"], rows, numeric=numeric, cards=True
)

# %% [markdown]
# Some libraries give other numbers under the same name. These are differences of definition, not of
# rounding; each was checked by computing the other definition directly.

# %% tags=["hide-output", "hide-input"]
columns = {
    "peer": "Library",
    "metric": "Metric",
    "note": "What it does",
    "ours": "Ours",
    "theirs": "Theirs",
}
other = peers[~peers["same definition"] & (peers["data"] == "tall")]
other = other.sort_values("peer", kind="stable").replace({"metric": TITLES})
Table.of(other[[*columns]].rename(columns=columns).set_index("Library"), digits=3, cards=True)

# %% [markdown]
# Dead channels, copies of columns and a large mean are another matter. There several libraries fail
# or give wrong numbers; `python -m benchmarks.peers` lists them.
#
# ## How long does it take?
#
# The table compares each metric with other code on two cores without a GPU, on the same float32 data, one
# after the other in the same run: *Seconds* and *MiB*, the memory besides the data, are ours and theirs.
# *Ratio* is the time of the alternative over ours (median, smallest and largest). A star means that the
# part that depends on the complete network alone had been computed already, as in a study after the first
# comparison. It was measured on 20 November 2026 with the code of that day. Where today's code differs, it is
# faster; `python -m benchmarks.similarity` measures it again.

# %% tags=["hide-input", "hide-output"]
plain = {
    "svcca_by_svd": "numpy SVD",
    "svcca_by_torch_svd": "torch SVD",
    "mean_cca_by_qr": "numpy QR",
    "pwcca_by_qr": "numpy QR",
    "cka_by_gram": "numpy Gram matrices",
    "cka_by_torch_float32": "torch Gram matrices, float32",
    "cka_by_trace": "numpy traces",
    "nbs_by_sqrtm": "scipy sqrtm",
    "nbs_by_eigh": "numpy eigh",
}
speed = pd.read_csv(ROOT / "benchmarks" / "similarity.csv")
rows = [
    (
        TITLES[row["metric"]],
        f"{row['n']:,} x {row['p']:,}" + (" *" if row["complete side cached"] else ""),
        plain.get(row["alternative"], row["alternative"]),
        f"{number(row['seconds'])} / {number(row['alternative seconds'])}",
        interval(row["ratio"], row["ratio min"], row["ratio max"], digits=1),
        f"{row['MiB']:,.0f} / {row['alternative MiB']:,.0f}",
        f"{row['difference']:.0e}",
    )
    for _, row in speed.iterrows()
]
header = ["Metric", "Size", "Beside", "Seconds", "Ratio", "MiB", "Differ by"]
Table(header, rows, numeric=header[-1:])

# %% tags=["remove-cell"]
layers = pd.read_csv(ROOT / "benchmarks" / "layers.csv")
forward = 2 * layers["first"][0]
first, second = layers[["first", "second"]][1:].sum()
glue(timed_layers=len(layers) - 1)
glue(seconds_first=f"{first:,.0f}", seconds_second=f"{second:,.0f}")
glue(seconds_forward=f"{forward:,.0f}", share_forward=f"{forward / (forward + second):.0%}")
plain_code = layers["plain"].sum()
glue(seconds_plain=f"{plain_code:,.0f}", times_plain=number(second / plain_code, 1))

nulls = pd.read_csv(ROOT / "benchmarks" / "nulls.csv")
clock = "processor ratio"
glue(null_images=f"{nulls['n'][0]:,}", null_columns=int(nulls["p"][0]))
glue(null_repeats=int(nulls["repeats"][0]), null_decisions=int(nulls["repeats"].sum()))
glue(null_same=int(nulls["same decisions"].sum()))

# %% [markdown]
# Where plain code is as fast, it computes the same products and nothing else can be saved: one CKA
# of two wide matrices is two Gram matrices. Plain code in float32 gains little here, and *Differ by*
# shows how many digits it loses.
#
# The exact null of CKA needs no shuffle. The package calibrated-similarity
# {cite}`groger2026aristotelian` makes 200 shuffles, for any similarity that it is given. The table has its processor time over that of `permutation_null`, for
# {glue:text}`null_images` images and {glue:text}`null_columns` columns (median, smallest and largest of
# {glue:text}`null_repeats`).

# %% tags=["hide-input"]
CKAS = {
    "of_images": "that of its documentation: products of images by images",
    "of_columns": "one without products of images by images",
}
ratios = [
    (
        CKAS[row["peer's CKA"]],
        row["data"],
        interval(row[clock], row[f"{clock} min"], row[f"{clock} max"], 0),
        str(row["peer's permutations"]),
    )
    for _, row in nulls.iterrows()
]
header = ["CKA that is shuffled", "Data", "Ratio", "Shuffles measured"]
Table(header, ratios, numeric=header[2:], cards=True)

# %% [markdown]
# The CKA of its documentation spends most of its time on products of images by images. One without them is
# cheaper where there are more images than columns, so only such a row compares the methods themselves.
# Where fewer shuffles were measured than are made, the time is extrapolated to all of them, since each
# costs the same.
#
# For related, faintly related and independent data, both come to the same decision at 5 % in
# {glue:text}`null_same` of {glue:text}`null_decisions` cases. `python -m benchmarks.nulls` measures it
# again.
#
# All metrics on all {glue:text}`timed_layers` layers of the full VGG16_BN with 5,000 images took
# {glue:text}`seconds_first:s` s on two cores for the first pair of networks and
# {glue:text}`seconds_second:s` s for each further one, measured on 22 November 2026. Two forward passes
# took {glue:text}`seconds_forward:s` s, {glue:text}`share_forward:s` of it all. One product of each
# layer's matrix with itself in float64, and its eigenvalues, take {glue:text}`seconds_plain:s` s by plain
# code in the same run. So all metrics together take {glue:text}`times_plain:s` times as long as what one
# of them needs, and much less could only be had with fewer digits or fewer images.
# `python -m benchmarks.layers --device cuda` measures it on a GPU, which has not been done.
