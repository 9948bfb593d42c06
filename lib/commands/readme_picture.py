"""Draw the picture with which the README opens: the first figure for a talk, from published tables.

Usage: python -m lib.commands.readme_picture

Publishing draws it anew.
"""

from pathlib import Path

from .. import ROOT
from ..analyses.talk.slides import described, slide, write_slide
from ..book.report.results import load_results, published_results

PICTURE = Path("book/_static/answer.svg")

MESSAGE = "Pruned to a hundredth, networks are hardly closer than strangers"
"""Its title, as on the page `introduction`, where verdicts guard it."""


def draw_readme_picture(path: Path, root: Path = ROOT) -> str:
    """Write the picture, and return what it shows in words and numbers, for who cannot see it.

    Args:
        path: of the SVG.
        root: the repository with the published tables.
    """
    figure = slide("scale", MESSAGE, load_results(root / published_results("converged")))
    write_slide(figure, path)
    return described(figure)


if __name__ == "__main__":
    print(draw_readme_picture(ROOT / PICTURE))
