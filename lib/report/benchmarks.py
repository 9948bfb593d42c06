"""Where the measurements of the benchmarks lie."""

from .. import ROOT

FOLDER = ROOT / "benchmarks"
