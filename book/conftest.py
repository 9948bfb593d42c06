"""Drawings are compared as drawings: processors differ in the last digit of a logarithm."""

import re

TOLERANCE = 0.05
"""Points: a twentieth of the least that one sees."""

# a number, but not one in a word or in a colour such as #0072b2
NUMBER = re.compile(r"(?<![\w#.])-?\d+(?:\.\d+)?(?:e[+-]\d+)?(?![\w.])")
NAME = re.compile(r'(?<= id=")[^"]+|(?<=url\(#)[^)]+|(?<=href="#)[^"]+')


def same_drawing(one: str, other: str) -> bool:
    """Whether two SVGs have the same elements and words, and numbers within `TOLERANCE`."""
    (words, numbers), (other_words, other_numbers) = map(_parts, (one, other))
    return words == other_words and all(
        abs(a - b) <= TOLERANCE for a, b in zip(numbers, other_numbers, strict=True)
    )


def _parts(svg: str) -> tuple[list[str], list[float]]:
    """All but the numbers in tags, and these. Names, which are digests, become their order."""
    names: dict[str, str] = {}
    svg = NAME.sub(lambda name: names.setdefault(name[0], f"name{len(names)}"), svg)
    words, numbers = [], []
    for part in svg.split("<"):
        tag, _, text = part.partition(">")
        words += [NUMBER.sub("#", tag), text]
        numbers += map(float, NUMBER.findall(tag))
    return words, numbers


def pytest_collection_modifyitems(items: list) -> None:
    """Let nbval take a drawing for the published one where it is the same."""
    for item in items:
        if hasattr(item, "compare_outputs"):
            item.compare_outputs = _as_drawings(item.compare_outputs)


def _as_drawings(compare):
    def compared(test, ref, *more):
        # published pages have no standard error either: progress, which a busy machine shows
        test = [new for new in test if new.get("name") != "stderr"]
        for new, published in zip(test, ref, strict=False):
            one, other = (out.get("data", {}).get("image/svg+xml") for out in (new, published))
            if one and other and same_drawing(one, other):
                new["data"]["image/svg+xml"] = other
        return compare(test, ref, *more)

    return compared
