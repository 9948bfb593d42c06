"""Claims: the rules that decide them, and what the results say.

`engine` decides. Rules are made of what `selection`, `runs`, `vocabulary` and `gains`
have. The claims themselves are data of the analyses: the main paper's are in
`lib/analyses/main_paper`.
"""

from .decided import Outcome, decide, evaluate, headline
from .engine import Claim, estimate
from .show import Claims, counts, table
