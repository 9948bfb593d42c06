"""The package's face: everything it names is there, and what is slow to import waits."""

import subprocess
import sys

import pytest

import lib.metrics
from lib import ROOT


@pytest.mark.parametrize("name", lib.metrics.__all__)
def test_every_public_name_is_there(name):
    assert getattr(lib.metrics, name) is not None


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
