"""The sources' differences that the page on reproduction counts; `notebooks/methods` shows them."""

from pathlib import Path

import pandas as pd

DIFFERENCES = pd.read_csv(Path(__file__).with_name("differences.csv"), dtype=str)
