"""The table of what networks decide."""

from ...table_schemas import RUN, TableSchema

DECISIONS = TableSchema(
    "decisions",
    RUN | {"other_seed": "int64", "quantity": "str", "value": "float64"},
    key=(*RUN, "quantity"),
    measured=("value",),
)
"""A row is one number of a network's decisions on all test images.

Of the network alone, where `other_seed` is its own `train_seed`: "accuracy";
"log_loss", "brier_score" and "calibration_error"; the best "temperature"; and the three
again under "log_loss_scaled" and so on, for probabilities with a temperature. Beside
the complete network of `other_seed`: "flipped", the share of images with another class,
and "error_consistency".
"""
