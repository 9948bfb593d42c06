"""What do today's rules say of the first study? The column `today` of the files `first.csv`.

    python -m benchmarks.first_study [--write]

Between the first study and today's, rules have changed, the unit of every interval has become the
complete network, and networks were trained anew. Today's rules on the tables of that time, which
are in this repository's history, tell the last from the first two.

Without `--write` it is said where the files differ from what comes out, and nothing is written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from lib import ROOT
from lib.analyses.icpram2020 import claims as icpram2020
from lib.analyses.main_paper.claims import EVERY_CLAIM
from lib.analyses.wacv2020 import claims as wacv2020
from lib.book import claims
from lib.book.claims.engine import Claim
from lib.book.report.results import Results
from lib.integrity import PROVENANCE
from lib.tables import PERFORMANCE, SIMILARITY, TableSchema

REVISION = "a64898dff2fd9d92532168d03d6de3804bfbe813"
"""The last that has the tables of the first study."""

DECIDED: dict[str, tuple[tuple[Claim, ...], str]] = {
    "results": (EVERY_CLAIM, "lib/book/claims/first.csv"),
    **{
        f"results/chapters/{name}": (decided, f"lib/analyses/{name}/first.csv")
        for name, decided in (
            ("icpram2020", (*icpram2020.CLAIMS, *icpram2020.REMARK)),
            ("wacv2020", wacv2020.CLAIMS),
        )
    },
}
"""Folder of the tables then -> claims, and the file with what became of them."""


def load(folder: Path) -> Results:
    """The tables of that time, with NaN in the columns that came later."""

    def table(declared: TableSchema) -> pd.DataFrame:
        pattern = "/*.parquet" if declared.by_experiment else ".parquet"
        files = sorted(folder.glob(f"{declared.name}{pattern}"))
        rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
        return rows.reindex(columns=list(dict.fromkeys([*rows, *declared.columns])))

    provenance = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    return Results(folder, table(SIMILARITY), table(PERFORMANCE), {"files": {}} | provenance)


def today() -> dict[Path, pd.DataFrame]:
    """{file: what it says, with the verdicts of today's rules}.

    Raises:
        CalledProcessError: the history does not reach back so far, as in a shallow clone.
    """
    packed = subprocess.run(
        ["git", "archive", REVISION, "results"], cwd=ROOT, check=True, capture_output=True
    )
    found = {}
    with TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=BytesIO(packed.stdout)) as tar:
            tar.extractall(scratch, filter="data")
        for folder, (decided, file) in DECIDED.items():
            outcomes = claims.evaluate(load(Path(scratch) / folder), decided)
            verdicts = {outcome.claim.key: outcome.verdict for outcome in outcomes}
            said = pd.read_csv(ROOT / file, index_col="key", dtype=str)
            found[ROOT / file] = said.assign(today=said.index.map(verdicts))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_study", description=__doc__)
    parser.add_argument("--write", action="store_true", help="the files, where they differ")
    given = parser.parse_args(arguments)
    differ = 0
    for file, found in today().items():
        before = pd.read_csv(file, index_col="key", dtype=str)
        changed = found[before.today.ne(found.today)]
        differ += len(changed)
        print(f"{file.relative_to(ROOT)}: {len(found)} claims, {len(changed)} differ")
        print("".join(f"  {key}: {verdict}\n" for key, verdict in changed.today.items()), end="")
        if given.write:
            found.to_csv(file)
    return int(differ > 0 and not given.write)


if __name__ == "__main__":
    sys.exit(main())
