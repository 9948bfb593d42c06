"""The table of metrics on matrices other than the paper's."""

from dataclasses import replace

from ...table_schemas import SIMILARITY

FURTHER_MATRICES = replace(SIMILARITY, name="matrices")
"""The rows of the table of similarity, and further ones that say what each metric gives
on the other matrices; with the dimensions of the layers."""
