"""What README, pages, CONTRIBUTING and `make help` print as commands and code, run in a clone.

A command is run in the environment of the tests and with no variable set. Readers supply files of
their own, which `clone` makes up. What would take hours, installs, or is run by continuous
integration is read as far as the program's own options; so is all that is in none of these tables.
"""

import importlib
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path
from runpy import run_path
from string import Template

import jupytext
import matplotlib as mpl
import numpy as np
import pytest
import torch
from torchvision.models import ResNet18_Weights, resnet18

from lib.commands import start
from lib.data import DataUnavailableError
from lib.repository import ROOT

from .pictures import write_pictures

RUN = {
    "git diff": (),
    "make help": (),
    ".venv/bin/python -m lib.book.execute notebooks/your_own/page.py mine.ipynb "
    "-p npz=mine.npz": (),
    ".venv/bin/ruff check --fix && .venv/bin/ruff format": (),
    ".venv/bin/python -m lib.commands.publish results/chapters/<chapter>": (
        "<chapter>",
        "wacv2020",
    ),
}
"""What is run: as it is printed, or with a few words changed: (a pattern, what takes its place)."""

COMPARISON = (
    "make compare A=resnet18 A_WEIGHTS=DEFAULT B=nets.py:pruned B_WEIGHTS=pruned.pt "
    "IMAGES=images/test"
)

WITHOUT_IMAGES = [
    "make verify",
    'make verify CHAPTER=by_recipe DATA=/path/to/data ROW="--experiment vgg_svhn_recipe '
    '--train-seed 1 --prune-seed 0 --iteration 20"',
]
"""What would train for hours on images that are downloaded: it ends where they are not there."""

ELSEWHERE = [
    # what another page shows of the same program, and `publish` of this one
    ".venv/bin/python -m lib.book.execute notebooks/<question>/page.py book/<question>.ipynb",
    # by tests/book/test_perturbation.py
    ".venv/bin/python -m pytest -p tests.perturbation --move-tables 0.01 --move-functions 0 "
    "-n auto --dist loadscope --nbval --nbval-current-env book/*.ipynb",
    # by tests/test_wheel.py, in an environment of its own
    "pip install",
    "pip install path/to/this/repository",
    # on a machine with a GPU
    "nvidia-cuda-mps-control -d",
    "echo quit | nvidia-cuda-mps-control",
]
"""What others run."""

TRIED = {*RUN, COMPARISON, *WITHOUT_IMAGES, *ELSEWHERE}

BLOCKS_ELSEWHERE = ("build_model(", ".exists()")
"""What stands in the blocks of Python that tests/test_wheel.py and test_your_own.py run."""

NETS = """
from torch import nn
from torch.nn.utils import prune
from torchvision.models import resnet18

def pruned():
    network = resnet18()
    prune.l1_unstructured(network.conv1, "weight", 0.5)
    return network

def encoder():
    network = resnet18()
    network.encoder = network.layer1
    return network

other = one = another = resnet18
"""

NAMES = """
import copy
from collections import OrderedDict
import torch
from torch import nn
from torch.nn import functional as F
from lib import compare_levels, compare_networks, plot_layers, plot_levels, plot_pairs
from lib.pruning import iterative_magnitude_pruning

def net(*names):
    return nn.Sequential(OrderedDict((name, nn.Linear(6, 6)) for name in names))

def maps():
    return nn.Sequential(OrderedDict(block=nn.Conv2d(3, 4, 3)))

a, c, d, network = (net("layer1", "fc", "head") for _ in range(4))
original, other, levels, train = a, c, [(0.5, d)], lambda network, mask: None
b, images, file = net("layer1", "fc", "encoder", "head"), torch.rand(40, 6), "weights.pt"
loader, accuracy = [(images, torch.arange(40) % 6)], lambda network: 1.0
similar = compare_networks(a, b, images, layers=["layer1", "fc"], metrics="cka")
"""
"""What the pieces of Python take from what surrounds them."""

CALL = "compare_networks(a, b, images, metrics='cka', {})"
PIECES = {
    "compare_networks(a, b, images)": "compare_networks(a, b, images, layers=['layer1'])",
    "compare_levels(original, levels, images)": "{}",
    'compare_levels(original, levels, images, folder="levels")': "{}",
    'layers=["layer1", "fc"]': CALL,
    'layers={"layer1": "encoder"}': CALL,
    'pairs="all"': CALL,
    "strangers=[c, d]": "compare_networks(a, network, images, metrics='cka', {})",
    "groups=[0, 0, 1, 1, ...]": CALL.replace("{}", "groups=[0, 0, 1, 1] * 10, layers=['fc']"),
    'layers=["block@last"]': "compare_networks(maps(), maps(), torch.rand(40, 3, 8, 8), {})",
    "plot_layers(similar)": "{}",
    'plot_pairs(similar).figure.savefig("pairs.pdf")': "{}",
    "torch.save(network.state_dict(), file)": "{}",
    "capturable = False": "class Network(nn.Module):\n    {}",
}
"""{a piece of Python in a sentence: the statement in which it is tried}."""

SOURCES = ["README.md", "CONTRIBUTING.md", "book/run_it.md", "book/look_up.md"]
SOURCES += ["notebooks/your_own/page.py", "notebooks/nano_imp/page.py"]
BLOCK = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile("[A-Z_]+=")
COMMAND = re.compile(r"make [\w.]|\.venv/bin/|python |pip |git |[A-Z_]+=.")


def prose(name):
    """The text that readers see of a source: of a notebook, what its cells of Markdown have."""
    if not name.endswith(".py"):
        return (ROOT / name).read_text()
    cells = jupytext.read(ROOT / name).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def one_line(text):
    return " ".join(re.sub(r"\\\n| +#.*", " ", text).split())


def spans():
    """What stands in backticks in sentences."""
    return [s for name in SOURCES for s in re.findall("`([^`]+)`", BLOCK.sub("", prose(name)))]


def blocks(language):
    return [text for name in SOURCES for of, text in BLOCK.findall(prose(name)) if of == language]


def printed():
    """{command on one line: as it is printed}."""
    lines = [line for block in blocks("sh") for line in re.split(r"(?<!\\)\n", block.strip())]
    found = lines + [span for span in spans() if COMMAND.match(span)]
    text = re.sub("^# ?", "", (ROOT / "Makefile").read_text().partition("\n\n")[0], flags=re.M)
    found += re.findall(r"(?:^|, |; )(make [\w-]+)", text, re.MULTILINE)
    found += re.findall(r'[A-Z_]+=(?:"[^"]*"|[^\s;,]+)', text)
    return {one_line(command): command for command in found}


PRINTED = printed()
COMPARE = jupytext.read(ROOT / "notebooks" / "your_own" / "compare.py")
COMPARED = set(re.findall(r"^(\w+) = ", COMPARE.cells[1].source, re.MULTILINE))


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone with what is not committed yet, this environment, and files of a reader's own."""
    folder = tmp_path_factory.mktemp("printed") / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    changes = subprocess.check_output(["git", "diff", "--binary", "HEAD"], cwd=ROOT)
    if changes:
        subprocess.run(["git", "apply"], cwd=folder, input=changes, check=True)
    (folder / ".venv").mkdir()
    for part in Path(sys.prefix).glob("[!.]*"):
        (folder / ".venv" / part.name).symlink_to(part)
    (folder / ".venv" / ".installed").touch()

    write_pictures(folder / "images", each=3, classes=("test",))
    write_pictures(folder / "folder", each=3, classes=("any",))
    (folder / "nets.py").write_text(NETS)
    weights = run_path(str(folder / "nets.py"))["pruned"]().state_dict()
    for name in ("b.pt", "pruned.pt"):
        torch.save(weights, folder / name)
    # where torchvision keeps what it has downloaded
    kept = folder / "home/.cache/torch/hub/checkpoints" / Path(ResNet18_Weights.DEFAULT.url).name
    kept.parent.mkdir(parents=True)
    torch.save(resnet18().state_dict(), kept)
    classes = np.arange(60) % 2
    pixels = (np.random.default_rng(0).random((60, 12, 9, 1)) * 200).astype(np.uint8)
    arrays = {"x_train": pixels[:40], "y_train": classes[:40]}
    np.savez(folder / "mine.npz", **arrays, x_test=pixels[40:], y_test=classes[40:])
    (folder / "bin").mkdir()
    (folder / "bin" / "chromium").write_text("#!/bin/sh\n")
    (folder / "bin" / "chromium").chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def shell(clone):
    """Does what readers type; gives exit status and output."""
    active = f"{sys.prefix}/bin"  # which readers need not have
    path = ":".join(part for part in os.environ["PATH"].split(":") if part != active)
    environ = {"PATH": f"{path}:{clone}/bin", "HOME": f"{clone}/home"}
    environ["OMP_NUM_THREADS"] = "1"  # as `make` has it: other tests take the other cores

    def shell(command):
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=clone,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    return shell


@pytest.mark.parametrize("command", RUN)
def test_a_command_does_what_is_printed(shell, command):
    changed = RUN[command]
    status, said = shell(re.sub(*changed, PRINTED[command]) if changed else PRINTED[command])
    assert status == 0, said


def test_a_comparison_leaves_a_page_that_stands_alone(shell, clone):
    status, said = shell(PRINTED[COMPARISON])
    assert status == 0, said
    (page,) = clone.glob("_build/compare/*.html")
    shown = re.sub("<details>.*?</details>", "", page.read_text(), flags=re.DOTALL)  # no code
    for part in ("How to read it", "CKA", '<svg role="img" aria-label="The similarity'):
        assert part in shown
    # nothing that a browser would fetch
    assert not re.search(r"""(src|href)=["'](?!data:|#)|url\((?!#)|@import""", page.read_text())


@pytest.mark.parametrize("command", WITHOUT_IMAGES)
def test_what_needs_images_asks_for_them_and_for_nothing_else(shell, clone, command):
    """Without the seconds that importing takes: a Python that prints what it is given."""
    python = clone / "given" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text("""#!/bin/sh\nprintf '%s\\n' "$@"\n""")
    python.chmod(0o755)
    data = "" if "DATA=" in command else " DATA=/path/to/data"
    status, said = shell(f"{PRINTED[command]}{data} VENV=given -o given/.installed")
    assert status == 0
    _, program, *words = said.splitlines()
    with pytest.raises(DataUnavailableError, match="there is no folder /path/to/data"):
        importlib.import_module(program).main(words)


@pytest.mark.parametrize("option", sorted(filter(OPTION.match, PRINTED)))
def test_an_option_is_one_of_a_comparison_or_of_a_study(option):
    name, value = shlex.split(option)[0].split("=", 1)
    for choice in value.split("|") if name.lower() not in COMPARED else ():
        start.understood(["study", f"--{name.lower()}={choice}"])


@pytest.mark.parametrize(
    "command",
    sorted(PRINTED.keys() - {*TRIED, *filter(OPTION.match, PRINTED)}),
)
def test_a_command_that_is_not_run_is_understood(shell, command, capsys):
    """`make` says what it would start, and that program reads its words; so do benchmarks."""
    line, said = command, dict(word.split("=", 1) for word in shlex.split(command) if "=" in word)
    if "make " in command:
        status, line = shell(command.replace("make", "make -n", 1))
        assert status == 0, line
        assert line.strip()
    if "lib.commands.start " in line:
        words = line.partition("lib.commands.start ")[2]
        start.understood(shlex.split(Template(words).substitute(said)))
    elif "your_own/compare.py" in line:
        assert {name.lower() for name in said} <= COMPARED
    elif "-m benchmarks." in line:
        module, *options = shlex.split(line.partition("-m ")[2])
        with pytest.raises(SystemExit, match="^0$"):
            importlib.import_module(module).main([*options, "--help"])
        described = re.findall(r"--[\w-]+", capsys.readouterr().out)
        assert {word for word in options if word.startswith("--")} <= {*described}
    else:
        assert "make " in command, "a program that nothing here starts"


def test_what_is_run_is_printed_somewhere():
    assert PRINTED.keys() >= TRIED


@pytest.mark.filterwarnings("ignore")
def test_python_that_is_printed_runs(clone, monkeypatch):
    """Blocks as they stand; after `NAMES`, pieces of sentences and the examples of functions."""
    wanted = {span for span in spans() if re.match(r"[a-z_.]+(\([a-z].*\)| ?= ?.+)", span)}
    assert wanted == PIECES.keys()
    pieces = "\n".join(PIECES[span].replace("{}", span) for span in PIECES)
    text = prose("book/look_up.md")
    names = re.findall(r"^\.\. auto(?:function|class):: (\S+)", text, re.MULTILINE)
    documents = "".join(f"{inspect.getdoc(pkgutil.resolve_name(name))}\n" for name in names)
    examples = re.findall(r"::\n\n((?: {4}.*\n|\n)+)", documents)
    assert examples
    whole = [block for block in blocks("python") if not any(of in block for of in BLOCKS_ELSEWHERE)]
    assert len(blocks("python")) == len(whole) + len(BLOCKS_ELSEWHERE)
    monkeypatch.chdir(clone)
    with mpl.rc_context({"backend": "agg"}):
        for program in whole + [f"{NAMES}\n{inspect.cleandoc(x)}" for x in (pieces, *examples)]:
            exec(program, {"__name__": "__main__"})  # each has names of its own
