"""All claims of the main paper, and what we add to them.

The rules of a claim follow the paper's words and stand in the module of its section;
what we add is in `control_claims`.
"""

from .accuracy_claims import ACCURACY_CLAIMS
from .control_claims import CONTROL_CHECKS, OUR_CONTROLS
from .discussion_claims import DISCUSSION
from .layer_claims import LAYERS_OF_NETWORKS

PAPER_CLAIMS = (*ACCURACY_CLAIMS, *LAYERS_OF_NETWORKS, *DISCUSSION)
"""All claims of the paper, section by section."""

EVERY_CLAIM = (*PAPER_CLAIMS, *OUR_CONTROLS, *CONTROL_CHECKS)
