"""What the cloud of points computes in the browser is what `lib.metrics` computes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from lib.metrics import METRICS
from lib.repository import ROOT

SCRIPTS = ROOT / "book" / "_static"
SHOWN = ("svcca", "pwcca", "cka", "nbs")
CLOUDS = [
    {"points": 40},
    {"points": 40, "turn": 1.0, "size": 0.5},
    {"points": 40, "stretch": 3},
    {"points": 100, "noise": 1.0, "turn": 0.3},
    {"points": 6, "exchanged": 1.0},
    {"points": 200, "exchanged": 0.5, "stretch": 0.2},
    {"points": 40, "stretch": 20},
]

if shutil.which("node") is None:
    pytest.skip("node is not installed, which runs the page's script", allow_module_level=True)


@pytest.fixture(scope="module")
def page():
    script = Path(__file__).with_name("cloud.js")
    command = ["node", script, SCRIPTS, json.dumps(CLOUDS)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_the_cloud_gives_what_the_library_gives(page):
    for seen in page["seen"]:
        x, y = (torch.tensor(seen[side], dtype=torch.float64) for side in ("cloud", "copy"))
        assert tuple(seen["values"]) == SHOWN
        for name, value in seen["values"].items():
            assert value == pytest.approx(METRICS[name](x, y), abs=1e-6), name


def test_the_still_picture_is_the_page_as_it_opens(page):
    assert (SCRIPTS / "cloud.svg").read_text(encoding="utf-8") == page["still"] + "\n"
