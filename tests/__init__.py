"""The tests. Pages that they execute again have no progress bars, which differ each time."""

import os

os.environ.setdefault("TQDM_DISABLE", "1")
