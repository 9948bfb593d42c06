"""How similar are two networks, layer by layer, or two saved arrays?

  compare  two networks: a table, JSON, or a page with figures and conclusions
  damage   which metric would notice damage to your network: JSON, or a page
  gate     whether a build differs from its reference by more than harmless changes do
  metrics  two saved arrays, by several metrics, each with its interval and its null
  null     what one similarity would be if the rows of one array were shuffled

`pruned-representations COMMAND --help` shows examples of each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from enum import IntEnum
from glob import glob
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .interruption import STOPPED, ending_in_order, held_back, run_command_line
from .program_help import (
    COMPARE_HELP,
    DAMAGE_HELP,
    EXIT,
    GATE_HELP,
    METRICS_HELP,
    NAME,
    NULL_HELP,
)
from .program_options import add_arrays, add_networks

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


SECONDS_TO_STOP = 5.0
"""Seconds after Ctrl-C, in which what makes a page should end by itself; then it is killed."""


class Status(IntEnum):
    """How the program ends, see `EXIT`."""

    DONE = 0
    NOTHING = DIFFERS = 1
    WRONG = 2
    UNREAD = 141


# What takes seconds to import is imported where it is needed: help comes at once.


def run_compare(given: argparse.Namespace) -> int:
    """Compare two networks: a table, or a page."""
    only_table = ("metrics", "reshapes", "pairs", "device", "json")
    if given.html:
        if wrong := [f"--{name}" for name in only_table if getattr(given, name)]:
            raise ValueError(f"{', '.join(wrong)}: with --html the page decides this")
        return make_page(given)
    if given.classes:
        raise ValueError("--classes: goes with --html, which shows the answers that are right")
    from .compare import compare_networks
    from .compare.user_networks import load_user_network, named_layers, prepare_torch

    prepare_torch(given.cores)
    networks = [
        load_user_network(given.a, given.a_weights),
        load_user_network(given.b, given.b_weights),
    ]
    sides = named_layers(given.layers)
    layers = tuple(sides) if len(sides) > 1 else (sides or [None])[0]
    asked = {name: getattr(given, name) for name in only_table[:3] if getattr(given, name)}
    table = compare_networks(
        *networks,
        given.images,
        layers,
        **asked,
        device=given.device,
        permutations=given.permutations or 0,
        image_size=given.size,
        say=complain,
    )
    return report(table, ["layer_x", "layer_y"], given.json, **table.attrs)


def run_gate(given: argparse.Namespace) -> int:
    """Whether a build differs from its reference by more than harmless changes do."""
    from .compare.gate import assert_similar, harmless_similarities, similarities_to
    from .compare.user_networks import load_user_network, named_layers, prepare_torch

    prepare_torch(given.cores)
    reference = load_user_network(given.a, given.a_weights)
    build = load_user_network(given.b, given.b_weights)
    sides = named_layers(given.layers)
    if len(sides) > 1:
        raise ValueError("--layers: a gate compares layers of the same name, give one list")
    options = {"layers": (sides or [None])[0], "image_size": given.size, "metric": given.metric}
    if not sides:  # a quantised build has fused some of those of the reference
        options["layers"] = [*similarities_to(reference, build, given.images, **options).index]
    rule = {"at_least": given.at_least}
    if given.harmless and given.harmless.endswith(".csv"):
        rule |= {"harmless": given.harmless, "level": given.level}
    elif given.harmless:
        files = sorted(glob(given.harmless))
        if not files:
            raise ValueError(f"--harmless: no file is named {given.harmless}")
        versions = {file: load_user_network(given.a, file) for file in files}
        harmless = harmless_similarities(reference, versions, given.images, **options)
        rule |= {"harmless": harmless, "level": given.level}
    try:
        assert_similar(reference, build, given.images, **rule, **options)
    except AssertionError as differs:
        print(differs)
        return Status.DIFFERS
    where = ", ".join(options["layers"])
    print(f"the build does not differ from its reference by more than is allowed, at {where}")
    return Status.DONE


def run_metrics(given: argparse.Namespace) -> int:
    """Compare two saved arrays by several metrics."""
    import pandas as pd

    from .did_you_mean import check
    from .metrics import METRICS, LayerRepresentations
    from .metrics.compare import DEFAULT_METRICS, rows_of_pair
    from .metrics.metric import Pair
    from .metrics.orders import check_permutations, random_orders

    check_permutations(given.permutations, given.seed)
    metrics = given.metrics or DEFAULT_METRICS
    for metric in metrics:
        check("metric", metric, METRICS)
        if given.reshape:
            check(f"reshape of {metric}", given.reshape, METRICS[metric].reshapes)
    x, y, matched = read_arrays(given)
    sides = LayerRepresentations(x, name=given.x), LayerRepresentations(y, name=given.y)
    orders = random_orders(len(x), given.permutations, given.seed)
    rows = []
    for metric in metrics:
        reshape = given.reshape or METRICS[metric].reshape
        pair = Pair(*(side.reshaped(reshape) for side in sides))
        rows += rows_of_pair([metric], reshape, pair, orders, notes=True, level=given.level)
    return report(pd.DataFrame(rows), ["metric"], given.json, images=len(x), rows_are=matched)


def run_null(given: argparse.Namespace) -> int:
    """The null of one similarity of two saved arrays."""
    from .did_you_mean import lookup
    from .metrics import METRICS, LayerRepresentations, permutation_null

    reshape = given.reshape or lookup("metric", given.metric, METRICS).reshape
    x, y, matched = read_arrays(given)
    sides = [
        LayerRepresentations(array, name=file).reshaped(reshape)
        for array, file in ((x, given.x), (y, given.y))
    ]
    of = permutation_null(*sides, given.metric, reshape, given.permutations, given.seed)
    names = ("value", "mean", "sd", "skewness", "p_value", "exact")
    facts = {"metric": given.metric} | {name: getattr(of, name) for name in names}
    facts |= {"alpha": given.alpha, "threshold": of.threshold(given.alpha)}
    if given.json:
        facts = {name: None if value != value else value for name, value in facts.items()}
        print(json.dumps({"images": len(x), "rows_are": matched, **facts}, indent=1))
    else:
        print("\n".join(f"{name:10}{value}" for name, value in facts.items()))
    return Status.DONE


def read_arrays(given: argparse.Namespace) -> tuple[np.ndarray, np.ndarray, str]:
    """Both arrays, row by row of the same things; how rows were matched is said."""
    from .compare.saved_arrays import load_array, match_rows

    x, y, matched = match_rows(load_array(given.x), load_array(given.y))
    complain(matched)
    return x, y, matched


def run_damage(given: argparse.Namespace) -> int:
    """Which metric would notice damage to a network: JSON, or a page."""
    if given.html:
        return make_page(given)
    return run_in_repository("commands.damage", json.dumps(parameters_of(given)))


def make_page(given: argparse.Namespace) -> int:
    """Make the page of a command, of which each option is a parameter."""
    parameters = parameters_of(given)
    words = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    return run_in_repository("book.standalone", given.command, given.html, *words)


def parameters_of(given: argparse.Namespace) -> dict[str, object]:
    """The options of a command that are parameters of its page."""
    names = ("a", "b", "a_weights", "b_weights", "images", "classes", "layers", "size", "cores")
    parameters = {name: getattr(given, name) for name in names if hasattr(given, name)}
    if isinstance(parameters["a_weights"], list):  # the shell, or a pattern, has named several
        parameters["a_weights"] = " ".join(parameters["a_weights"])
    if getattr(given, "permutations", None) is not None:
        parameters["permutations"] = given.permutations
    return parameters


def run_in_repository(module: str, *arguments: str) -> int:
    """Run a module of the repository, which the installed package does not have.

    Raises:
        ValueError: it is not there.
    """
    package = __package__
    if not find_spec(f"{package}.book"):
        raise ValueError(
            "this is made where the repository is, not where only the package is installed: "
            "clone it, `make install`, and .venv/bin/python -m lib.program ..."
        )
    with held_back():
        process = subprocess.Popen([sys.executable, "-m", f"{package}.{module}", *arguments])
    try:
        with ending_in_order():
            return process.wait()
    except KeyboardInterrupt:  # it has heard the same, and says so itself
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            complain("stopped")
        return STOPPED


def report(table: pd.DataFrame, index: list[str], as_json: bool, **about: object) -> int:
    """Print rows of numbers; those that are missing are counted."""
    missing = int(table.value.isna().sum())
    if as_json:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        print(json.dumps(about | {"rows": rows}, indent=1, allow_nan=False))
    elif index == ["metric"]:
        shown = ["metric", "reshape", "value", "ci_low", "ci_high", "null_mean", "p_value"]
        print(table[shown].to_string(index=False, float_format="{:.4f}".format))
    else:
        values = table.pivot_table("value", index, ["metric", "reshape"], sort=False, dropna=False)
        print(values.dropna(how="all").to_string(float_format="{:.3f}".format))
    if missing and not as_json:
        complain(f"{missing} of {len(table)} values are missing; the notes in --json say why")
    elif index == ["metric"] and not as_json and table[["ci_low", "p_value"]].isna().any(axis=None):
        complain("NaN: no interval, or no null; the notes in --json say why")
    return Status.NOTHING if missing == len(table) else Status.DONE


def complain(text: str) -> None:
    """Say something that is no result."""
    print(text, file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    whole = argparse.ArgumentParser(
        NAME, description=__doc__, epilog=EXIT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        first, _, rest = text.strip().partition("\n\nexample")
        added = commands.add_parser(
            name,
            description=first,
            epilog=f"example{rest}\n".format(name=NAME) + EXIT,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(run=run)
        return added

    add_networks(
        command("compare", run_compare, COMPARE_HELP),
        command("damage", run_damage, DAMAGE_HELP),
        command("gate", run_gate, GATE_HELP),
    )
    add_arrays(command("metrics", run_metrics, METRICS_HELP), command("null", run_null, NULL_HELP))
    return whole


def main(arguments: list[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        status = given.run(given)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # nothing is left to say, nor must a gate look as if it were passed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.UNREAD
    except (ValueError, TypeError, OSError, MemoryError) as error:
        complain(f"{NAME} {given.command}: {error}")
        return Status.WRONG


if __name__ == "__main__":
    run_command_line(main, in_order=False)
