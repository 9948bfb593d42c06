"""The names of the cells of the grid, that of the main study first."""

PAPERS_CELL = "vgg_svhn"
NARROW_CELL = f"{PAPERS_CELL}_narrow"
SHORT_CELL = f"{PAPERS_CELL}_short"
NARROW_SHORT_CELL = f"{PAPERS_CELL}_narrow_short"
OTHER_CELLS = (NARROW_CELL, SHORT_CELL, NARROW_SHORT_CELL)
