"""Claims: the rules that decide them, and what the results say.

`engine` decides, and `vocabulary` has what rules are made of. The claims themselves are data of the
analyses: those of the main paper are in `lib/analyses/main_paper`.
"""

from .engine import Claim, Outcome, decide, estimate, evaluate, headline, in_words, summary
from .show import Claims, counts, table
