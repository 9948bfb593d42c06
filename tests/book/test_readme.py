"""The README opens as the book does: its sentences are guarded there, its picture drawn anew."""

import re

import pytest

from lib import ROOT
from lib.commands.readme_picture import MESSAGE, PICTURE, draw_readme_picture


def flat(text):
    """Without line breaks, the marks of comments and roles."""
    return " ".join(re.sub(r"^#( |$)", "", text, flags=re.M).split())


README = flat((ROOT / "README.md").read_text(encoding="utf-8"))
FRONT = flat((ROOT / "notebooks" / "index.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("Take most weights away", "do their layers still respond alike"),
        ("**Hardly more than a stranger's would.**", "trained from other random weights"),
        ("PWCCA each layer still shows", "does not mean *unrelated*"),
        ("SVCCA and CKA, whose raw values", "disagree on ResNet_fast alone"),
        ("weights abound: with a third of them left", "than training on changes it"),
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
        r"^:::\{talk-figure\} scale\n:expects: .+\n(.+)\n:::$",
        (ROOT / "book" / "introduction.md").read_text(encoding="utf-8"),
        flags=re.M,
    )
    assert guarded == MESSAGE
