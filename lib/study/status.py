"""How far a study is: what is done, what runs, what failed, what waits, and the time left.

Usage: python -m lib.study.status PROFILE [FOLDER] [--chapter NAME] [--experiments NAME ...]
           [--at-once N]

It only looks: nothing is started, locked or written, so it may be asked while jobs run.
"""

from __future__ import annotations

import sys
from collections import Counter

import pandas as pd

from .command import parser, study_of
from .outlook import Outlook
from .plan import aligned, duration, longest_chain, what
from .states import BLOCKED, DONE, ELSEWHERE, FAILED_STATE, RUNNING, STATES, STOPPED, states
from .study import Study

LISTED = (RUNNING, ELSEWHERE, FAILED_STATE, STOPPED)
"""The states of which the jobs are named, one by one."""

MOST = 10
"""So many of each are named."""


def text(study: Study, at_once: int | None = None) -> str:
    """The status as people read it.

    Args:
        study: which.
        at_once: jobs side by side in what is left; None for as many as run now, or one.
    """
    found = states(study)
    outlook = Outlook(study, found)
    counts = Counter(state.name for state in found.values())
    named = " ".join(filter(None, (study.profile.name, study.chapter)))
    lines = [f"{named}: {counts[DONE]:,} of {len(found):,} jobs are done.", ""]
    rows: dict[tuple[str, str], Counter] = {}
    left = {}
    for job, state in found.items():
        row = rows.setdefault((job.experiment, what(job)), Counter())
        row[state.name] += 1
        if state.name != DONE:
            left[job] = outlook.seconds(state)
            row["left"] += left[job]
    shown = [name for name in STATES if counts[name]]
    table = pd.DataFrame(
        [
            [
                *key,
                *(f"{row[name]:,}" if row[name] else "" for name in shown),
                duration(row["left"]),
            ]
            for key, row in rows.items()
        ],
        columns=["experiment", "what", *shown, "time left"],
    )
    total = sum(left.values())
    table.loc[len(table)] = ["all", "", *(f"{counts[name]:,}" for name in shown), duration(total)]
    lines += [aligned(table), ""]
    lines += [f"{name}: {STATES[name]}" for name in shown if name != DONE]
    for name in LISTED:
        jobs = [state for state in found.values() if state.name == name]
        lines += ["", f"{name}:"] if jobs else []
        lines += [
            f"  {state.job}" + (f"\n    {state.said}" * bool(state.said)) for state in jobs[:MOST]
        ]
        lines += [f"  and {len(jobs) - MOST:,} more"] if len(jobs) > MOST else []
    if not left:
        return "\n".join([*lines, "Nothing is left to do."])
    side = at_once or max(counts[RUNNING] + counts[ELSEWHERE], 1)
    chain = longest_chain(study, left)
    lines += [
        "",
        f"Time left: {duration(total)} of {outlook.device} in all. With {side:,} at once about "
        f"{duration(max(total / side, chain))}, and never less than {duration(chain)}.",
    ]
    if counts[DONE]:
        lines.append(
            f"The jobs that are done took {outlook.factor:.2f} times their estimates; the time "
            "left is corrected by that."
        )
    if counts[FAILED_STATE] or counts[BLOCKED]:
        lines.append("The same command tries again what failed, and what waits for it.")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    made = parser("status", __doc__)
    made.add_argument("--at-once", type=int, help="jobs side by side; as many as run now if none")
    given = made.parse_args(arguments)
    if given.at_once is not None and given.at_once < 1:
        made.error(f"--at-once must be at least 1, got {given.at_once}")
    try:
        print(text(study_of(given), given.at_once))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
