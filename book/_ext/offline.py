"""Nothing in the built pages refers to another host: drop the one script that would."""

from __future__ import annotations

from typing import Any


def _mentions_thebe(script: Any) -> bool:
    inline = getattr(script, "attributes", {}).get("body") or ""
    return "thebe" in str(getattr(script, "filename", script) or "") or "THEBE_JS_URL" in inline


def drop_thebe(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Thebe (live code) loads itself from a content delivery network; the book has no live code."""
    scripts = context.get("script_files", [])
    context["script_files"] = [script for script in scripts if not _mentions_thebe(script)]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once. Late priority: the scripts must have been added by then."""
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
