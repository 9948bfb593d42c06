"""How similar are pruned and unpruned convolutional networks, layer by layer?

The packages, in the order in which the data flows: `data`, `models`, `training`, `pruning`,
`metrics`, `study` (composes them into resumable jobs) and `report` (reads results only).
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository root: notebooks are executed from several folders, so paths start here."""
