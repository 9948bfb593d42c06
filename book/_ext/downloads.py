"""The tables that a page reads, as CSV and as Parquet, under each of its figures."""

from __future__ import annotations

from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from docutils import nodes
from pyarrow import csv, parquet

from lib.book.pages import CHAPTERS, own_pages
from lib.book.report.names import NETWORK_TITLES, PAPER_NETWORKS, title
from lib.book.report.results import FULL_SCALE, OF_CHAPTERS, RESULTS, study_folders
from lib.integrity import load_sealed, within
from lib.table_schemas import SIMILARITY

EVERY = "*"
_TO_THE_END = f"{OF_CHAPTERS}/converged"
_BESIDE = ("performance", "density", "descent")
PAGES = {
    "accuracy": [
        *(f"{_TO_THE_END}/{table}" for table in ("density", "performance", "similarity_*")),
        f"{FULL_SCALE}/*",
    ],
    **{
        network: [f"{_TO_THE_END}/{table}" for table in (f"similarity_{network}", *_BESIDE)]
        for network in PAPER_NETWORKS
    },
    "controls": [f"{_TO_THE_END}/{table}" for table in ("similarity_*", "performance", "descent")],
    "contrast": [f"{_TO_THE_END}/similarity_*", f"{_TO_THE_END}/matrices"],
    "robustness": [
        f"{_TO_THE_END}/robustness",
        f"{_TO_THE_END}/similarity_*",
        f"{FULL_SCALE}/similarity_*",
        f"{OF_CHAPTERS}/width_and_length/similarity_*",
        f"{OF_CHAPTERS}/width_and_length/performance",
    ],
    "which_metric": [f"{_TO_THE_END}/similarity_*"],
    "validity": [
        f"{_TO_THE_END}/identification",
        f"{_TO_THE_END}/matching",
        f"{_TO_THE_END}/similarity_*",
    ],
    "fig-identification": [f"{_TO_THE_END}/identification"],
    "fig-found": [f"{_TO_THE_END}/identification"],
    "fig-matching": [f"{_TO_THE_END}/matching"],
    "function": [f"{_TO_THE_END}/gradients"],
    "claims": [f"{_TO_THE_END}/{table}" for table in ("similarity_*", "performance", "matrices")],
    **{
        chapter: [f"{OF_CHAPTERS}/{chapter}/*"]
        for chapter in CHAPTERS
        if chapter in own_pages(chapter)
    },
    "converged": [
        f"{_TO_THE_END}/similarity_*",
        *(f"{_TO_THE_END}/{table}" for table in (*_BESIDE, "decisions")),
    ],
    "fig-converged": [f"{_TO_THE_END}/similarity_*"],
    "fig-beyond": [f"{_TO_THE_END}/similarity_*"],
    "fig-converged-scale": [f"{_TO_THE_END}/similarity_*"],
    "fig-decisions": [f"{_TO_THE_END}/decisions"],
    "fig-ancestry": [f"{_TO_THE_END}/descent"],
    "run_it": [EVERY],
}
"""Page, or one of its figures -> patterns of the tables that it reads, from `results` on."""

MOST = 8
"""So many tables are named in one line."""


@cache
def tables(results: Path) -> dict[str, list[Path]]:
    """{name: its files} of all studies, one for each experiment.

    The similarities of one network are one table, and so are all rows of any other table.
    """
    found: dict[str, list[Path]] = {}
    for folder in study_folders(results):
        study = load_sealed(folder)
        for file in study["files"]:
            experiment, name = Path(file).parent.name, Path(file).stem
            if name == SIMILARITY.name:
                name = f"{name}_{study['experiments'][experiment]['model']}"
            name = (folder.relative_to(results) / name).as_posix()
            found.setdefault(name, []).append(within(folder, file))
    return found


def offered(results: Path, page: str, figure: str = "") -> list[str]:
    """Names of the tables of a page; a figure of one network has no similarities of another."""
    names = [
        name
        for pattern in PAGES.get(figure, PAGES[page])
        for name in tables(results)
        if fnmatch(name, pattern) and ("/" in pattern or "/" not in name or pattern == EVERY)
    ]
    networks = {name: name.partition(f"{SIMILARITY.name}_")[2] for name in names}
    own = {network for network in networks.values() if network.replace("_", "-") in figure} - {""}
    return [name for name in names if not own or networks[name] in {"", *own}]


def words(name: str, page: str) -> str:
    """`full_scale/similarity_vgg16_bn` as a reader of the page knows it."""
    folder, _, table = name.rpartition("/")
    study = Path(folder).name
    kind, _, network = table.partition(f"{SIMILARITY.name}_")
    what = kind.replace("_", " ") or f"{SIMILARITY.name} of {title(NETWORK_TITLES, network)}"
    return what + (f", {study.replace('_', ' ')}" if study not in {"", page} else "")


def link(app: Any, doctree: Any, page: str) -> None:
    """Offer the tables under each figure of a page, or at its end if it has none."""
    name = Path(page).name
    if app.builder.name != "html" or name not in PAGES:
        return
    results, to_root = Path(app.srcdir, RESULTS), "../" * page.count("/")
    figures = [figure for figure in doctree.findall(nodes.figure) if figure["ids"]]
    for place in figures or [doctree.next_node(nodes.section)]:
        items = []
        for table in offered(results, name, place["ids"][0]):
            item = nodes.inline("", f"{words(table, name)} (")
            for kind, between in (("CSV", ", "), ("Parquet", ")")):
                uri = f"{to_root}{RESULTS}/{table}.{kind.lower()}"
                item += [nodes.reference("", kind, refuri=uri), nodes.Text(between)]
            items.append(item)
        if len(items) > MOST:
            listed = [nodes.list_item("", nodes.paragraph("", "", item)) for item in items]
            place += nodes.bullet_list("", *listed, classes=["tables"])
            continue
        line = nodes.paragraph("", "Data: ")
        for item in items:
            line += [item, nodes.Text("; " if item is not items[-1] else ".")]
        if items:
            place += nodes.legend("", line) if isinstance(place, nodes.figure) else line


def write(app: Any, error: Exception | None) -> None:
    """Both forms of every table, into the folder that has its name in the repository."""
    if error is None and app.builder.name == "html":
        for name, files in tables(Path(app.srcdir, RESULTS)).items():
            rows = pa.concat_tables([parquet.read_table(file) for file in files])
            target = Path(app.outdir, RESULTS, f"{name}.csv")
            target.parent.mkdir(parents=True, exist_ok=True)
            csv.write_csv(rows, target)
            parquet.write_table(rows, target.with_suffix(".parquet"), compression="zstd")


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("doctree-resolved", link)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
