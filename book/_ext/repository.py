"""Version, address and citation of this repository, as `CITATION.cff` declares them, on pages."""

from __future__ import annotations

import re
from typing import Any

import yaml

from lib import ROOT
from lib.study.provenance import revision

NOTEBOOK = "notebooks/colab.ipynb"


def declared() -> dict[str, str]:
    """What pages may name in double braces: `version`, `repository`, `colab`, `citation`.

    While no address is declared, what would lead there says where to find it instead, or nothing.
    """
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    address, version = cited.get("repository-code", ""), str(cited["version"])
    authors = ", ".join(author["name"] for author in cited["authors"])
    year = cited["date-released"].year
    citation = f"{authors} ({year}). *{cited['title']}* Version {version}."
    if not address:
        here = "the one that this book was built from"
        return {"version": version, "repository": here, "colab": "", "citation": citation}
    path = address.removeprefix("https://")
    colab = f"https://colab.research.google.com/{path.replace('.com', '', 1)}/blob/main/{NOTEBOOK}"
    button = f"<a class='sd-btn sd-btn-outline-primary' href='{colab}'>Open in Colab</a>"
    link = f"<a href='{address}'>{path}</a>"
    return {
        "version": version,
        "repository": link,
        "colab": f"{button} does the same in a browser, on images that it fetches.",
        "citation": f"{citation} {link}",
    }


def declare(app: Any, config: Any) -> None:
    """Give pages the values to name, and all of them a footer with version and commit."""
    values = declared()
    commit = re.sub(r"\b([0-9a-f]{7})[0-9a-f]{33,}", r"\1", revision())
    address = f", of {values['repository']}" if "<a" in values["repository"] else ""
    footer = f"Version {values['version']}, commit {commit}{address}."
    config.html_theme_options["extra_footer"] = footer
    config.myst_substitutions = {**config.myst_substitutions, **values}


def setup(app: Any) -> dict[str, bool]:
    app.connect("config-inited", declare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
