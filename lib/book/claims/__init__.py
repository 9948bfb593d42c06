"""Claims: the rules that decide them, and what the results say.

`engine` decides. Rules are made of what `selection`, `runs`, `vocabulary` and `gains` have. The
claims themselves are data of the analyses: the main paper's are in `lib/analyses/main_paper`.
"""

from .engine import Claim, Outcome, decide, estimate, evaluate, headline
from .show import Claims, counts, table
