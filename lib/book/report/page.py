"""What all pages share: a study and its scale at the head, findings, numbers for other pages."""

from pathlib import Path

import myst_nb
from IPython.display import Markdown, display

from ..pages import pages_of
from .format import plain
from .results import Results, load_results
from .scale import statement


def open_study(results: str | Path, *experiments: str) -> Results:
    """Load a study, and state on the page which data, scale and networks its numbers come from.

    Args:
        results: a results folder; a relative path starts at the repository root.
        experiments: those that the page is about; without any, the paper's own.

    Raises:
        ResultsError: the folder cannot be read, or an experiment is not in it.
    """
    study = load_results(results)
    for name in experiments:
        study.settings(name)
    chapter = study.provenance.get("chapter")
    address = f"{pages_of(chapter)[0]}.html#what-we-decided" if chapter else "methods.html"
    what_differs = f'<a href="{address}">what differs from the paper</a>'
    links = f'<a href="methods.html#images">The images</a>; {what_differs}'
    display(Markdown(f"*{plain(statement(study.provenance, *experiments))}* {links}."))
    return study


def glue(**values: float | str) -> None:
    """Keep values under their names, so that the prose of any page can show them.

    A float keeps six significant digits, which every processor gives alike.
    """
    for name, value in values.items():
        kept = float(f"{value:.6g}") if isinstance(value, float) else value
        myst_nb.glue(name, kept, display=False)
