"""The options of the program's commands."""

import argparse


def add_networks(
    comparing: argparse.ArgumentParser,
    damaging: argparse.ArgumentParser,
    gating: argparse.ArgumentParser,
) -> None:
    """Those of commands on networks."""
    for added in (comparing, damaging, gating):
        added.add_argument("a", metavar="A", help="a network")
        added.add_argument("--images", required=True, metavar="FOLDER", help="of images")
        added.add_argument("--size", type=int, default=224, help="of an image, in pixels (224)")
        added.add_argument("--cores", type=int, default=0, help="that compute; all")
    comparing.add_argument("--layers", default="", help="'fc1 fc2'; of A and of B: 'fc1; head'")
    for added in (damaging, gating):
        added.add_argument("--layers", default="", help="'layer1 layer2'")
    for added in (comparing, damaging):
        added.add_argument("--classes", default="", help="folders in the order of the outputs")
    for added in (comparing, gating):
        added.add_argument("b", metavar="B", help="another network")
        for side in "ab":
            added.add_argument(f"--{side}-weights", default="", metavar="FILE")
    _add_rule(gating)
    comparing.add_argument("--metrics", nargs="+", metavar="NAME", help="svcca pwcca cka nbs")
    comparing.add_argument("--reshapes", nargs="+", metavar="NAME", help="channels flat gap ...")
    comparing.add_argument("--pairs", choices=("same", "all"), help="of layers (same)")
    comparing.add_argument("--permutations", type=int, metavar="N", help="for the null (0)")
    comparing.add_argument("--device", help="such as cuda")
    output = comparing.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="each number, with null and notes")
    output.add_argument("--html", metavar="PAGE", help="with figures and conclusions")
    damaging.add_argument(
        "--weights",
        "--a-weights",
        dest="a_weights",
        required=True,
        nargs="+",
        metavar="PATTERN",
        help="files of its versions, in the order of the numbers in their names",
    )
    judged = damaging.add_mutually_exclusive_group(required=True)
    judged.add_argument("--json", action="store_true", help="what is noticed, and what does harm")
    judged.add_argument("--html", metavar="PAGE", help="to write")


def _add_rule(gating: argparse.ArgumentParser) -> None:
    """By which rule a build differs."""
    gating.add_argument("--metric", default="nbs", metavar="NAME", help="svcca pwcca cka nbs (nbs)")
    gating.add_argument("--level", type=float, default=0.05, help="of harmless builds that fail")
    rule = gating.add_mutually_exclusive_group(required=True)
    of_versions = "19 files of weights or more; or their similarities, one .csv file"
    rule.add_argument("--harmless", metavar="PATTERN", help=of_versions)
    rule.add_argument("--at-least", type=float, metavar="X", help="similarity of each layer")


def add_arrays(comparing: argparse.ArgumentParser, shuffling: argparse.ArgumentParser) -> None:
    """Those of commands on saved arrays."""
    for added in (comparing, shuffling):
        added.add_argument("x", metavar="X", help="a file of one representation")
        added.add_argument("y", metavar="Y", help="of the other")
        added.add_argument("--reshape", choices=("channels", "flat", "gap"))
        added.add_argument("--seed", type=int, default=0, help="of the permutations")
        added.add_argument("--json", action="store_true")
    comparing.add_argument("--metrics", nargs="+", metavar="NAME", help="svcca pwcca cka nbs")
    comparing.add_argument("--permutations", type=int, default=0, metavar="N", help="for the null")
    comparing.add_argument("--level", type=float, default=0.95, help="of the intervals (0.95)")
    shuffling.add_argument("--metric", default="cka", metavar="NAME")
    shuffling.add_argument("--permutations", type=int, default=200, metavar="N")
    shuffling.add_argument("--alpha", type=float, default=0.05, help="share above the threshold")
