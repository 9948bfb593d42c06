"""The package's face: what a declaration gives, and what is slow to import waits."""

import inspect
import pydoc
import subprocess
import sys

import pytest

import lib.metrics
from lib import ROOT
from lib.metrics import METRICS


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_says_how_it_is_called(name):
    """`help` shows what stands once in the declaration."""
    metric = METRICS[name]
    options = set(inspect.signature(metric).parameters) - {"x", "y"}
    for what in (*options, "Args:", "Returns:", "Raises:", "ValueError:"):
        assert what in metric.__doc__
    assert metric.__doc__.splitlines()[0] in pydoc.render_doc(metric)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'svca'"):
        _ = lib.metrics.svca


def test_torchmetrics_is_imported_only_for_those_who_use_it():
    code = (
        "import sys, lib.study, lib.report.values\n"
        "assert 'torchmetrics' not in sys.modules\n"
        "from lib.metrics import CKA\n"
        "assert 'torchmetrics' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
