"""Everything that executed pages say in numbers, as one table, and two such tables side by side.

    python -m benchmarks.dump_pages dump book before.csv
    python -m benchmarks.dump_pages compare before.csv after.csv map.csv

A row is one value: its page, its kind (glued, decided, cell, text), its name, the value, and the
verdict of what was decided. A page that is rewritten must have the same numbers under other
names; the map says which: columns `page`, `old` (kind and name), `new_page`, `new`. Texts are
equal if their numbers are, in order, to the last digit shown: words may change, and numbers at the
end may be missing on one side (the count of networks). To be deleted with the rewrite.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup, Tag

GLUED = "application/papermill.record/"
DECIDED = f"{GLUED}application/vnd.pruned-representations.decided+json"
COLUMNS = ["page", "kind", "name", "value", "verdict"]
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")

Row = tuple[str, str, str, str]  # kind, name, value, verdict


def rows_of(page: Path) -> Iterator[Row]:
    """The values of an executed notebook, in its order; names may occur twice."""
    tables = 0
    for number, cell in enumerate(json.loads(page.read_text(encoding="utf-8"))["cells"]):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for fields in data.get(DECIDED, []):
                yield "decided", fields["key"], fields["measured"], fields["verdict"]
            if DECIDED in data:
                continue
            glued = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
            data = {kind.removeprefix(GLUED): _joined(text) for kind, text in data.items()}
            html = BeautifulSoup(data.get("text/html", ""), "html.parser")
            found = html.find_all("table")
            for table in found:
                tables += 1
                for name, value in cells(table):
                    yield "cell", f"{glued or f'table {tables}'}: {name}", value, ""
            text = data.get("text/plain") or _joined(output.get("text", ""))
            # a table has its cells; numbers of a drawing stand in its alternative text
            if glued and not found:
                yield "glued", glued, text.strip("'"), ""
            elif not found and NUMBER.search(text) and not text.startswith("<"):
                for i, line in enumerate(text.splitlines()):
                    yield "text", f"cell {number}, line {i}", line, ""


def _joined(text: object) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def cells(table: Tag) -> Iterator[tuple[str, str]]:
    """(row | column, text) of a table; a row is named by as many leading cells as tell it apart."""
    heads = table.thead.find_all("tr") if table.thead else []
    header = [" ".join(filter(None, column)) for column in zip(*_grid(heads), strict=True)]
    body = _grid([row for row in table.find_all("tr") if row not in heads])
    width = max(map(len, body), default=0)
    header += [""] * (width - len(header))
    told_apart = [n for n in range(1, width) if len({*map(tuple, _heads(body, n))}) == len(body)]
    named = (told_apart or [1])[0]
    for row in body:
        for column, text in list(zip(header, row, strict=False))[named:]:
            yield f"{' | '.join(row[:named])} | {column}", text


def _heads(body: list[list[str]], n: int) -> list[list[str]]:
    return [row[:n] for row in body]


def _grid(rows: list[Tag]) -> list[list[str]]:
    """Texts by row and column; a cell that spans several is repeated in each."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for i, row in enumerate(rows):
        column = 0
        for cell in row.find_all(["th", "td"]):
            while column in grid[i]:
                column += 1
            text = " ".join(cell.get_text(" ").split())
            for down in range(int(cell.get("rowspan", 1))):
                for right in range(int(cell.get("colspan", 1))):
                    if i + down < len(grid):
                        grid[i + down][column + right] = text
    return [[row[column] for column in sorted(row)] for row in grid]


def dump(pages: Path) -> pd.DataFrame:
    """All pages of a folder, and the claims beside them: columns `COLUMNS`."""
    rows = [(page.stem, *row) for page in sorted(pages.glob("*.ipynb")) for row in rows_of(page)]
    for file in sorted(pages.glob("claims/*.csv")):
        claims = pd.read_csv(file, dtype=str, keep_default_na=False)
        rows += [(file.stem, "decided", *c) for c in claims[["key", "measured", "verdict"]].values]
    seen: Counter = Counter()
    unique = []
    for page, kind, name, value, verdict in rows:
        seen[page, kind, name] += 1
        again = seen[page, kind, name]
        unique.append((page, kind, name if again == 1 else f"{name} #{again}", value, verdict))
    return pd.DataFrame(unique, columns=COLUMNS)


def same(old: str, new: str) -> bool:
    """Whether two texts have the same numbers in order, as far as both have any."""
    texts = [text.replace("\u2212", "-").replace("+", "") for text in (old, new)]
    numbers = [NUMBER.findall(text) for text in texts]
    return bool(numbers[0]) and all(a == b for a, b in zip(*numbers, strict=False))


def compare(before: pd.DataFrame, after: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Each row of the map with both values, both verdicts, and whether the numbers are equal."""
    old, new = (
        table.assign(where=table.kind + " " + table.name).drop_duplicates(["page", "where"])
        for table in (before, after)
    )
    both = names.merge(old, "left", left_on=["page", "old"], right_on=["page", "where"])
    both = both.merge(
        new, "left", left_on=["new_page", "new"], right_on=["page", "where"], suffixes=("", "_new")
    )
    missing = both.value.isna() | both.value_new.isna()
    equal = pd.Series(map(same, both.value.map(str), both.value_new.map(str)))
    both["result"] = equal.map({True: "equal", False: "differs"}).mask(missing, "missing")
    return both[["old", "new", "value", "value_new", "verdict", "verdict_new", "result"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["dump", "compare"])
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args()
    if given.what == "dump":
        pages, target = given.files
        dump(pages).to_csv(target, index=False)
        return
    tables = [pd.read_csv(file, dtype=str, keep_default_na=False) for file in given.files]
    result = compare(*tables)
    print(result.to_string())
    print(result.result.value_counts().to_string())


if __name__ == "__main__":
    main()
