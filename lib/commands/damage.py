"""Print as JSON which metric would notice damage to a network.

    python -m lib.commands.damage '{"a": "nets.py:mine", "a_weights": "*.pt", "images": "photos"}'

It is what `pruned-representations damage --json` runs. The parameters are those of
`judge_metrics`.
"""

import json
import sys

from ..analyses.damage.judge import judge_metrics
from ..interruption import run_command_line
from ..program_help import NAME


def main(arguments: list[str] | None = None) -> int:
    (parameters,) = sys.argv[1:] if arguments is None else arguments
    try:
        judged = judge_metrics(**json.loads(parameters))
    except (ValueError, TypeError, OSError) as error:
        print(f"{NAME} damage: {error}", file=sys.stderr)
        return 2
    print(json.dumps(judged, indent=1, allow_nan=False))
    return 0


if __name__ == "__main__":
    run_command_line(main, in_order=False)
