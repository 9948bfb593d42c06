"""Whether `lib.metrics` agrees with other people's code.

    python -m benchmarks.peers [--clones FOLDER] [--out TABLE.csv]

A peer is a package on PyPI, or a GitHub repository, owner/name, with a clone at FOLDER/name. None
is required: those that are not there are listed as not installed. Each has a small adapter, which
only translates conventions: transposed input, distances, padding. Where the peer's own definition
differs, a note says how. The exit status is 1 if a peer with the same definition gives another
number for well-conditioned data.

`benchmarks.nulls` compares p-values, thresholds and times of the null of CKA.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType
from unittest import mock

import numpy as np
import pandas as pd
import torch
from torch import from_numpy as tensor
from torch.utils.data import DataLoader, TensorDataset

from lib.metrics import METRICS, jackknife_interval, permutation_null

TOLERANCE = 1e-6
COLUMNS = ["metric", "peer", "version", "data", "ours", "theirs", "difference"]
COLUMNS += ["same definition", "error", "note"]
GOOD_CONDITION = ("tall", "wide")
# Metrics whose columns have a meaning of their own, and metrics for any number of columns.
OUTPUTS = ("cosine", "agreement", "jensen_shannon", "logit_cosine")
KERNELS = ("cka", "cka_debiased", "nbs", "procrustes", "rsa", "knn_overlap")
# Over all permutations of the images.
NULLS = {
    "mean of CKA's null": lambda x, y: permutation_null(x, y).mean,
    "sd of CKA's null": lambda x, y: permutation_null(x, y).sd,
    "skewness of CKA's null": lambda x, y: permutation_null(x, y).skewness,
}
# Ours has none where there are too few images.
INTERVALS = {"low end of CKA's 95 % interval": lambda x, y: jackknife_interval(x, y).low}
OURS = METRICS | NULLS | INTERVALS
# Where the modules of a repository are, if not at its top.
INSIDE = {"amzn/xfer": "nn_similarity_index"}


@dataclass(frozen=True)
class Peer:
    """A function in other people's code.

    Attributes:
        name: of the package on PyPI, or owner/name of the repository on GitHub.
        metric: what it is compared with, a name in `OURS`.
        module: what to import, at the call.
        similarity: of the module and two arrays `(n, p)` and `(n, q)`, which it may change.
        note: how its definition differs, empty if it does not.
    """

    name: str
    metric: str
    module: str
    similarity: Callable[[ModuleType, np.ndarray, np.ndarray], float]
    note: str = ""


@cache
def version(name: str, clones: Path) -> str:
    """Release or commit; empty if it is not installed."""
    git = ["git", "--git-dir", str(clones / name.split("/")[-1] / ".git"), "rev-parse", "HEAD"]
    try:
        if "/" not in name:
            return metadata.version(name)
        return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (metadata.PackageNotFoundError, subprocess.CalledProcessError, FileNotFoundError):
        return ""


def centred(x):
    return x - x.mean(0)


def unit(x):
    return centred(x) / np.linalg.norm(centred(x))


def padded(x, y):
    width = max(x.shape[1], y.shape[1])
    return [np.pad(side, ((0, 0), (0, width - side.shape[1]))) for side in (x, y)]


def turned(x):
    """The same up to a rotation, in which no column is constant."""
    draw = np.random.default_rng(0).standard_normal((x.shape[1], x.shape[1]))
    return x @ np.linalg.qr(draw)[0]


def narrow_first(x, y):
    """PWCCA takes its weights from the narrower side, most peers from the first one."""
    return (x, y) if x.shape[1] <= y.shape[1] else (y, x)


def tensors(x, y):
    return tensor(x), tensor(y)


def grams(x, y):
    return x @ x.T, y @ y.T


def softmax(x):
    return tensor(x).softmax(1).numpy()


def google_cca(m, x, y):
    return m.get_cca_similarity(x.T, y.T, verbose=False)


def google_weighted(m, x, y):
    """Their canonical directions, but the weights as published: eqs. 4 and 5 of our paper."""
    x, y = (centred(side) for side in narrow_first(x, y))
    answer = m.get_cca_similarity(x.T, y.T, compute_dirns=True, verbose=False)
    directions, correlations = answer["cca_dirns1"], answer["cca_coef1"]
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return np.average(correlations, weights=np.abs(directions @ x).sum(1))


def ding_pwcca(m, x, y):
    x, y = (centred(side).T for side in narrow_first(x, y))
    _, correlations, _, canonical, _ = m.cca_decomp(x, y)
    return 1 - m.pwcca_dist(x, correlations, canonical)


def netrep_cca(m, x, y):
    """The cosine between whitened sides of ranks p and q is Σρ / √(p q)."""
    p, q = (np.linalg.matrix_rank(centred(side)) for side in (x, y))
    return np.cos(m.LinearMetric(alpha=0.0).fit_score(x, y)) * np.sqrt(p * q) / min(p, q)


def sklearn_cca(m, x, y):
    k = min(x.shape[1], y.shape[1])
    pairs = m.CCA(k, max_iter=100_000, tol=1e-15).fit_transform(x, y)
    return np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(*(z.T for z in pairs), strict=True)])


def sklearn_svcca(m, x, y):
    x, y = (m.PCA(0.99, svd_solver="full").fit_transform(side) for side in (x, y))
    return sklearn_cca(import_module("sklearn.cross_decomposition"), x, y)


def sklearn_r2(m, x, y):
    r2_score = import_module("sklearn.metrics").r2_score
    return r2_score(y, m.LinearRegression().fit(x, y).predict(x), multioutput="variance_weighted")


def sklearn_knn(m, x, y):
    near = [m.NearestNeighbors(n_neighbors=10).fit(z).kneighbors()[1] for z in (x, y)]
    return np.mean([len({*a} & {*b}) / len({*a} | {*b}) for a, b in zip(*near, strict=True)])


def zullich_svcca(m, x, y):
    """As in their notebook, which takes the correlations from google/svcca."""
    x, y = (m.svd_reduction(tensor(side)).numpy() for side in (x, y))
    return google_cca(import_module("cca_core"), x, y)["mean"][0]


def zullich_nbs(m, x, y):
    """The terms that theirs returns, added up."""

    def eig(matrix):  # as it was before PyTorch 1.13
        return torch.view_as_real(torch.linalg.eigvals(matrix)), None

    with mock.patch.object(torch.Tensor, "eig", eig, create=True):
        return m.nbs(*tensors(*grams(centred(x), centred(y)))).sum()


def torch_cka(m, x, y, batches=1):
    """Theirs takes networks and float32 images; here the images are the representations."""
    images = [TensorDataset(side.float()) for side in tensors(x, y)]
    networks = [torch.nn.Sequential(torch.nn.Identity()) for _ in images]
    cka = m.CKA(*networks, "x", "y", model1_layers=["0"], model2_layers=["0"])
    cka.compare(*(DataLoader(side, batch_size=len(x) // batches) for side in images))
    return cka.export()["CKA"].item()


def rdms(m, x, y):
    return [m.calc_rdm(import_module("rsatoolbox.data").Dataset(side)) for side in (x, y)]


COEFF_RV = """
given <- commandArgs(trailingOnly = TRUE)
source(given[1])
sides <- lapply(given[2:3], function(file) as.matrix(read.table(file)))
cat(format(coeffRV(sides[[1]], sides[[2]])[[given[4]]], digits = 17))
"""


def coeff_rv(part, m, x, y):
    """A part of what coeffRV finds, by Rscript, which has to be there as well."""
    sources = (Path(folder, "R", "coeffRV.R") for folder in sys.path)
    source = next(path for path in sources if path.is_file())
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{side}" for side in "xy"]
        for file, side in zip(files, (x, y), strict=True):
            np.savetxt(file, side, fmt="%.17g")
        command = ["Rscript", "--vanilla", "-e", COEFF_RV, str(source), *files, part]
        return float(m.run(command, capture_output=True, text=True, check=True).stdout)


def of(name: str, module: str, *adapters: tuple) -> list[Peer]:
    """The peers in a module, from (metric, similarity) and (metric, similarity, note)."""
    return [Peer(name, metric, module, *rest) for metric, *rest in adapters]


# One line each where possible: this is a table.
# fmt: off
PEERS = [
    *of("google/svcca", "cca_core",
        ("mean_cca", lambda m, x, y: google_cca(m, x, y)["cca_coef1"].mean()),
        ("mean_squared_cca", lambda m, x, y: (google_cca(m, x, y)["cca_coef1"] ** 2).mean()),
        ("mean_cca_sum98", lambda m, x, y: google_cca(m, x, y)["mean"][0]),
        ("pwcca", google_weighted)),
    *of("google/svcca", "pwcca",
        ("pwcca", lambda m, x, y: m.compute_pwcca(*(z.T for z in narrow_first(x, y)))[0],
         "orthogonalises columns that are rotated but neither whitened nor centred, and weights by "
         "columns that are not centred")),
    *of("moskomule/anatome", "anatome.distance",
        ("mean_cca", lambda m, x, y: m.cca(*tensors(x, y), "svd")[2].mean()),
        ("svcca", lambda m, x, y: 1 - m.svcca_distance(*tensors(x, y), 0.99, "svd"),
         "cuts before centring, by singular values, not their squares, and one direction earlier"),
        ("pwcca", lambda m, x, y: 1 - m.pwcca_distance(*tensors(*narrow_first(x, y)), "svd"),
         "orthogonalises coefficients, not canonical vectors, and weights by the sum of absolute "
         "values of what they give, not centred"),
        ("cka", lambda m, x, y: 1 - m.linear_cka_distance(*tensors(x, y), False)),
        ("cka_debiased", lambda m, x, y: 1 - m.linear_cka_distance(*tensors(x, y), True)),
        ("nbs", lambda m, x, y: 1 - m.orthogonal_procrustes_distance(*tensors(x, y)))),
    *of("js-d/sim_metric", "dists.scoring",
        ("mean_cca", lambda m, x, y: m.mean_cca_corr(m.cca_decomp(centred(x).T, centred(y).T)[1])),
        ("pwcca", ding_pwcca),
        ("cka", lambda m, x, y: 1 - m.lin_cka_dist(centred(x).T, centred(y).T)),
        ("nbs", lambda m, x, y: 1 - m.procrustes(unit(x).T, unit(y).T) / 2)),
    *of("ahwillia/netrep", "netrep.metrics",
        ("mean_cca", netrep_cca),
        ("cka", lambda m, x, y: np.cos(m.LinearCKA().score(x, y))),
        ("nbs", lambda m, x, y: np.cos(m.LinearMetric().fit_score(x, y))),
        ("procrustes", lambda m, x, y: 1 - 2 / np.pi * m.LinearMetric().fit_score(x, y))),
    *of("mklabunde/resi", "repsim.measures",
        ("svcca", lambda m, x, y: m.SVCCA()(unit(x), unit(y), "nd")),
        ("svcca", lambda m, x, y: m.SVCCA()(x, y, "nd"),
         "compares the share of the variance with 0.99 times the variance, so that data with a sum "
         "of squares over 1.01 keep one direction"),
        ("cka", lambda m, x, y: m.CKA()(x, y, "nd")),
        ("nbs", lambda m, x, y:
         1 - m.OrthogonalProcrustesCenteredAndNormalized()(x, y, "nd") ** 2 / 2),
        ("procrustes", lambda m, x, y:
         1 - 2 / np.pi * m.OrthogonalAngularShapeMetricCentered()(x, y, "nd")),
        ("linear_regression", lambda m, x, y: m.LinearRegression()(y, x, "nd")),
        ("rsa", lambda m, x, y: m.RSA().sim_func(x, y, "nd", inner="euclidean"),
         "Spearman's correlation, not Pearson's"),
        ("knn_overlap", lambda m, x, y: m.JaccardSimilarity()(x, y, "nd", inner="euclidean")),
        ("knn_overlap", lambda m, x, y: m.JaccardSimilarity()(x, y, "nd"),
         "cosine distances, not Euclidean ones"),
        ("agreement", lambda m, x, y: 1 - m.Disagreement()(x, y)),
        ("jensen_shannon", lambda m, x, y: 1 - m.JSD()(x, y))),
    *of("amzn/xfer", "sim_indices",
        ("cka", lambda m, x, y: m.SimIndex().cka(*grams(x, y))),
        ("nbs", lambda m, x, y: m.SimIndex().nbs(*grams(x, y)))),
    *of("marcozullich/pruned_layer_similarity", "layer_sim.preprocessing",
        ("svcca_sum98", zullich_svcca)),
    *of("marcozullich/pruned_layer_similarity", "layer_sim.nn_comparison",
        ("cka", lambda m, x, y: m.cka(*tensors(*grams(centred(x), centred(y))))),
        ("cka", lambda m, x, y: m.cka(*tensors(*grams(x, y))),
         "subtracts the mean of each kernel column twice, and that of its row never"),
        ("nbs", zullich_nbs)),
    *of("statsmodels", "statsmodels.multivariate.cancorr",
        ("mean_cca", lambda m, x, y: m.CanCorr(x, y).cancorr.mean()),
        ("mean_squared_cca", lambda m, x, y: (m.CanCorr(x, y).cancorr ** 2).mean())),
    *of("cca-zoo", "cca_zoo.linear",
        ("mean_cca", lambda m, x, y: m.CCA(min(x.shape[1], y.shape[1])).fit([x, y]).score([x, y]))),
    *of("scikit-learn", "sklearn.cross_decomposition",
        ("mean_cca", sklearn_cca)),
    *of("scikit-learn", "sklearn.decomposition", ("svcca", sklearn_svcca)),
    *of("scikit-learn", "sklearn.linear_model",
        ("linear_regression", sklearn_r2)),
    *of("scikit-learn", "sklearn.neighbors",
        ("knn_overlap", sklearn_knn)),
    *of("scikit-learn", "sklearn.metrics",
        ("agreement", lambda m, x, y: m.accuracy_score(x.argmax(1), y.argmax(1))),
        ("cosine", lambda m, x, y: abs(m.pairwise.cosine_similarity([x.ravel()], [y.ravel()]))),
        ("logit_cosine", lambda m, x, y: 1 - m.pairwise.paired_cosine_distances(x, y).mean())),
    *of("scipy", "scipy.linalg",
        ("mean_squared_cca", lambda m, x, y:
         np.mean(np.cos(m.subspace_angles(centred(x), centred(y))) ** 2)),
        ("nbs", lambda m, x, y: m.orthogonal_procrustes(*padded(unit(x), unit(y)))[1])),
    *of("scipy", "scipy.spatial",
        ("nbs", lambda m, x, y: np.sqrt(1 - m.procrustes(*padded(x, y))[2])),
        ("rsa", lambda m, x, y: np.corrcoef(m.distance.pdist(x), m.distance.pdist(y))[0, 1]),
        ("cosine", lambda m, x, y: abs(1 - m.distance.cosine(x.ravel(), y.ravel()))),
        ("jensen_shannon", lambda m, x, y:
         1 - np.mean(m.distance.jensenshannon(softmax(x), softmax(y), 2, axis=1) ** 2))),
    *of("torchmetrics", "torchmetrics.functional.shape",
        ("nbs", lambda m, x, y:
         (1 - m.procrustes_disparity(*tensors(*np.stack(padded(x, y))[:, None]))).sqrt())),
    *of("torchmetrics", "torchmetrics.functional",
        ("agreement", lambda m, x, y:
         m.accuracy(tensor(x), tensor(y.argmax(1)), "multiclass", num_classes=x.shape[1])),
        ("logit_cosine", lambda m, x, y: m.cosine_similarity(*tensors(x, y), "mean"))),
    *of("torchmetrics", "torchmetrics.functional.regression",
        ("jensen_shannon", lambda m, x, y:
         1 - m.jensen_shannon_divergence(*tensors(softmax(x), softmax(y))) / np.log(2))),
    *of("rsatoolbox", "rsatoolbox.rdm",
        ("rsa", lambda m, x, y: m.compare(*map(m.sqrt_transform, rdms(m, x, y)), "corr")),
        ("rsa", lambda m, x, y: m.compare(*rdms(m, x, y), "corr"),
         "squared distances"),
        ("cka", lambda m, x, y: m.compare(*rdms(m, x, y), "cosine_cov")),
        ("nbs", lambda m, x, y: m.compare(*rdms(m, x, y), "bures"))),
    *of("husson/FactoMineR", "subprocess",
        ("cka", partial(coeff_rv, "rv")),
        ("mean of CKA's null", partial(coeff_rv, "mean")),
        ("sd of CKA's null", lambda m, x, y: coeff_rv("variance", m, x, y) ** 0.5),
        ("skewness of CKA's null", partial(coeff_rv, "skewness"))),
    *of("ckatorch", "ckatorch.core",
        ("cka", lambda m, x, y: m.cka_base(*tensors(x, y))),
        ("cka_debiased", lambda m, x, y: m.cka_base(*tensors(x, y), unbiased=True))),
    *of("pytorch-cka", "cka",
        ("cka_debiased", lambda m, x, y: m.cka_from_features(*tensors(x, y)))),
    *of("torch-cka", "torch_cka",
        ("cka_debiased", torch_cka),
        ("cka_debiased", partial(torch_cka, batches=10),
         "ten batches, over which it averages HSIC")),
    *of("shesha-geometry", "shesha.sim",
        ("cka", lambda m, x, y: m.cka_linear(x, y)),
        ("cka_debiased", lambda m, x, y: m.cka_debiased(x, y),
         "corrects the sums of Gram matrices without diagonals, but multiplies the matrices with "
         "theirs, so that nearly all of the bias remains"),
        ("low end of CKA's 95 % interval", lambda m, x, y:
         m.cka_linear(x, y, n_bootstrap_ci=200, seed=0)["ci_low"],
         "draws images with replacement, and two copies of an image are alike in both networks: "
         "the interval lies too high, with few images and many columns wholly above the value"),
        ("nbs", lambda m, x, y: m.procrustes_similarity(*map(turned, padded(x, y)))),
        ("rsa", lambda m, x, y: m.rdm_similarity(x, y, "euclidean", "pearson"))),
    *of("repsim", "repsim",
        ("cka", lambda m, x, y: m.cka([x, y], "linear")[0, 1])),
]
# fmt: on


def made_up() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Pairs of related representations, float64."""
    rng = np.random.default_rng(0)

    def related(n, p, q):
        common, mixing = rng.standard_normal((n, 20)), rng.standard_normal((20, p))
        mixings = mixing, mixing[:, :q] + rng.standard_normal((20, q)) / 2
        return [0.3 * common @ m + rng.standard_normal((n, m.shape[1])) / 2 for m in mixings]

    tall, wide, (x, y) = related(1500, 30, 24), related(200, 600, 600), related(1500, 30, 24)
    # dead channels, duplicate channels, and a mean that is large relative to the variance
    x[:, 3], x[:, 8], y[:, [5, 6]], y[:, 1] = 0, x[:, 7], 0, y[:, 2]
    return {"tall": tall, "wide": wide, "degenerate": (x + 1e3, y + 1e3)}


@contextmanager
def importable(clones: Path) -> Iterator[None]:
    before = list(sys.path)
    names = dict.fromkeys(peer.name for peer in PEERS if "/" in peer.name)
    # last, so that no clone's `utils` or `tests` hides an installed module
    sys.path.extend(str(clones / name.split("/")[1] / INSIDE.get(name, "")) for name in names)
    try:
        yield
    finally:
        sys.path[:] = before


def row(peer: Peer, data: str, x: np.ndarray, y: np.ndarray, clones: Path) -> tuple:
    """One row of the table."""
    installed, theirs, error = version(peer.name, clones), np.nan, ""
    if not installed:
        place = f"https://github.com/{peer.name}" if "/" in peer.name else f"{peer.name} on PyPI"
        error = f"not installed: {place}"
    else:
        try:
            with warnings.catch_warnings(action="ignore"):
                value = peer.similarity(import_module(peer.module), x.copy(), y.copy())
            theirs = np.asarray(value).item()
            error = "" if np.isfinite(theirs) else "not a number"
        except Exception as raised:  # an error of theirs is a result too
            error = f"{type(raised).__name__}: {raised}"
    ours = OURS[peer.metric](x, y)
    numbers = ours, theirs, abs(ours - theirs)
    return peer.metric, peer.name, installed, data, *numbers, not peer.note, error, peer.note


def table(clones: Path) -> pd.DataFrame:
    """One row for each metric, peer and data set."""
    rows = []
    with importable(clones):
        for data, (x, y) in made_up().items():
            for peer in PEERS:
                columns = min(x.shape[1], y.shape[1]) if peer.metric in OUTPUTS else None
                if data != "wide" or peer.metric in (*KERNELS, *NULLS, *INTERVALS):
                    rows.append(row(peer, data, x[:, :columns], y[:, :columns], clones))
    compared = pd.DataFrame(rows, columns=COLUMNS)
    return compared.sort_values("metric", kind="stable", ignore_index=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--clones", type=Path, default=Path(), help="where clones are")
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    compared = table(given.clones)
    print(compared.drop(columns=["version", "note"]).to_string(index=False))
    if given.out:
        compared.to_csv(given.out, index=False, float_format="%.10g")
    checked = compared["same definition"] & compared["data"].isin(GOOD_CONDITION)
    wrong = compared[checked & (compared["difference"] > TOLERANCE)]
    for bad in wrong.itertuples():
        print(f"{bad.peer}: {bad.metric} of {bad.data} data differs by {bad.difference:.2g}")
    return int(len(wrong) > 0)


if __name__ == "__main__":
    sys.exit(main())
