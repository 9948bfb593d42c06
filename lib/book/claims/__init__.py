"""Claims: the rules that decide them, and what the results say.

`engine` decides, `vocabulary` has what rules are made of, `paper` and `ours` are the claims as
data; those of a companion paper are in its folder in `lib/analyses`.
"""

from .engine import Claim, Outcome, decide, estimate, evaluate, headline, in_words, summary
from .ours import CHECKS, OURS
from .paper import PAPER
from .show import Claims, table
