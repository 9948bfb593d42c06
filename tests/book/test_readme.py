"""The README opens as the book does: its sentences are guarded there, its picture drawn anew."""

import re

import nbformat
import pytest

from lib import ROOT
from lib.commands.readme_picture import MESSAGE, PICTURE, draw_readme_picture


def flat(text):
    """Without line breaks, the marks of comments and roles."""
    return " ".join(re.sub(r"^#( |$)", "", text, flags=re.M).split())


def with_numbers(text):
    """The page's slots filled with what the page `converged` has computed."""
    outputs = [
        output
        for cell in nbformat.read(ROOT / "book" / "converged.ipynb", as_version=4).cells
        for output in cell.get("outputs", ())
    ]
    for output in outputs:
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        slot = f"{{glue:text}}`converged.ipynb::{name}:s`"
        if slot in text:
            [number] = output["data"].values()
            text = text.replace(slot, number.strip("'"))
    return text


README = flat((ROOT / "README.md").read_text(encoding="utf-8"))
FRONT = with_numbers(flat((ROOT / "notebooks" / "index.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("**Hardly more alike than strangers.**", "from other random weights"),
        ("**Yet most of its accuracy is left.**", "points less accurate"),
        ("**It rests on**", "by further training alone"),
        ("By PWCCA each layer still shows", "which network it comes from"),
        ("SVCCA and CKA, whose raw values", "disagree on ResNet_fast alone"),
    ],
)
def test_the_readme_says_what_the_front_page_says(begins, ends):
    (said,) = re.findall(f"{re.escape(begins)}.*?{re.escape(ends)}", README)
    assert said in FRONT


def test_the_picture_is_that_of_the_published_tables(tmp_path):
    drawn = tmp_path / "answer.svg"
    shown = draw_readme_picture(drawn)
    assert drawn.read_bytes() == (ROOT / PICTURE).read_bytes()
    assert f"![{MESSAGE}. {shown}]({PICTURE.as_posix()})" in README


def test_its_title_is_guarded():
    (guarded,) = re.findall(
        r"^# :::\{figure-title\}\n# :expects: .+\n# (.+)\n# :::$",
        (ROOT / "notebooks" / "index.py").read_text(encoding="utf-8"),
        flags=re.M,
    )
    assert guarded == MESSAGE
