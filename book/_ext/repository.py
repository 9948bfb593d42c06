"""Version and address of this repository, as `CITATION.cff` declares them, below every page."""

from __future__ import annotations

import re
from typing import Any

import yaml

from lib.repository import ROOT
from lib.study.provenance import revision


def declare(app: Any, config: Any) -> None:
    """Give all pages a footer with version and commit, and with the address if there is one."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    commit = re.sub(r"\b([0-9a-f]{7})[0-9a-f]{33,}", r"\1", revision())
    address = cited.get("repository-code", "")
    link = f", of <a href='{address}'>{address.removeprefix('https://')}</a>" if address else ""
    footer = f"Version {cited['version']}, commit {commit}{link}."
    config.html_theme_options["extra_footer"] = footer


def setup(app: Any) -> dict[str, bool]:
    app.connect("config-inited", declare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
