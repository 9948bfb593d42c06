"""Claims: the rules that decide them, and what the results say.

`engine` decides, and `show` shows. What a rule measures is a `quantity`: those of
similarities are in `vocabulary`, those of accuracies in `gains`. The claims themselves
are data of the analyses: the main paper's are in `lib/analyses/main_paper`.
"""

from .engine import Claim, Outcome, decide, evaluate
from .runs import estimate
from .show import Claims, counts, headline, table
