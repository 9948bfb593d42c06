"""A made-up main study, and the same numbers under the names of the chapter."""

from dataclasses import replace

import pytest

from lib.analyses.converged.studied_networks import CONVERGED_NETWORKS
from lib.book.report.results import load_results

from ...book.report.made_up import write_results

NAMES = {"vgg_svhn": CONVERGED_NETWORKS["vgg_svhn"]}
NAMES |= {
    f"vgg_svhn_{end}": f"{NAMES['vgg_svhn']}_{end}" for end in ("trained_as_long", "independent")
}


@pytest.fixture(scope="module")
def main_study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ended") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    return load_results(
        write_results(folder, controls=["trained_as_long", "independent"], runs=runs)
    )


@pytest.fixture(scope="module")
def ended(main_study):
    """The same numbers under the names of the chapter."""
    settings = main_study.provenance["experiments"]
    renamed = {
        new: settings[old] | {"base": NAMES[settings[old]["base"]]} for old, new in NAMES.items()
    }
    tables = {
        name: getattr(main_study, name).replace({"experiment": NAMES})
        for name in ("similarity", "performance")
    }
    return replace(
        main_study, **tables, provenance={**main_study.provenance, "experiments": renamed}
    )
