"""Describe the published studies for catalogues: `ro-crate-metadata.json` and `codemeta.json`.

Usage: python -m lib.commands.describe

The first is an RO-Crate of the profile Workflow Run Crate: the workflow, and each published study
as a run of it, with its parameters, its data and its tables. The second says what the software is.
Both follow from `CITATION.cff`, `pyproject.toml` and the provenance of the tables, and `publish`
writes them anew.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .. import ROOT
from ..atomic_files import write_atomically
from ..book.pages import CHAPTERS, pages_of
from ..book.report.results import FULL_SCALE, published_results
from ..data_sets import DATASET_TITLES
from ..integrity import load_parts, load_study
from ..interruption import run_command_line
from ..table_schemas import UNDESCRIBED

CRATE, CODEMETA = "ro-crate-metadata.json", "codemeta.json"

WORKFLOW = "Snakefile"
_RO_CRATE = "https://w3id.org/ro/crate/1.1"
_WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    _WORKFLOW_CRATE: "Workflow RO-Crate",
}
_BIOSCHEMAS = "https://bioschemas.org/profiles"
_LICENCE = "https://spdx.org/licenses/MIT"

_PARAMETERS = {
    "profile": "the scale: how wide networks are, and how many images and epochs they get",
    "chapter": "which study: empty for that of the paper, or the name of another one",
}

Entity = dict[str, Any]


def crate(root: Path = ROOT) -> dict[str, Any]:
    """The RO-Crate of the repository and of all published studies, as JSON-LD."""
    facts = _facts(root)
    studies = {
        chapter: load_study(root / published_results(chapter))
        for chapter in ("", *CHAPTERS, FULL_SCALE)
        if load_parts(root / published_results(chapter))
    }
    folders = [entity for chapter in studies for entity in _folders(chapter, studies[chapter])]
    data = _data_sets(list(studies.values()))
    runs = [_run(chapter, provenance) for chapter, provenance in studies.items()]
    top = {
        "@id": "./",
        "@type": "Dataset",
        "name": facts["title"],
        "description": facts["description"],
        "license": _at(_LICENCE),
        "datePublished": facts["date"],
        "author": _at("#authors"),
        "publisher": _at("#authors"),
        "conformsTo": [_at(profile) for profile in _PROFILES],
        "mainEntity": _at(WORKFLOW),
        "hasPart": [_at(WORKFLOW), _at("README.md"), *(_at(folder["@id"]) for folder in folders)],
        "mentions": [_at(run["@id"]) for run in runs],
    }
    graph = [
        _descriptor(),
        top,
        *_workflow(facts),
        *_context(),
        *folders,
        *data.values(),
        *(_value(*each) for each in _chosen(studies)),
        *runs,
    ]
    return {"@context": f"{_RO_CRATE}/context", "@graph": graph}


def codemeta(root: Path = ROOT) -> dict[str, Any]:
    """What CodeMeta 3.0 asks of a software, as JSON-LD."""
    facts = _facts(root)
    described = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": facts["name"],
        "description": facts["description"],
        "version": facts["version"],
        "dateModified": facts["date"],
        "license": _LICENCE,
        "programmingLanguage": {"@type": "ComputerLanguage", "name": "Python"},
        "runtimePlatform": f"Python {facts['python']}",
        "operatingSystem": ["Linux", "macOS"],
        "keywords": facts["keywords"],
        "softwareRequirements": facts["requirements"],
        "author": [{"@type": "Organization", "name": facts["authors"]}],
        "referencePublication": facts["papers"],
        "readme": "README.md",
    }
    return described | ({"codeRepository": facts["address"]} if facts["address"] else {})


def describe_studies(root: Path = ROOT) -> None:
    """Write both files, each as a whole."""
    for name, content in ((CRATE, crate(root)), (CODEMETA, codemeta(root))):
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        write_atomically(root / name, lambda part, text=text: part.write_text(text, "utf-8"))


def _facts(root: Path) -> dict[str, Any]:
    """What other files say of the software, so that it stands nowhere twice."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    address = citation["repository-code"]
    return {
        "name": project["name"],
        "description": project["description"],
        "version": project["version"],
        "python": project["requires-python"],
        "keywords": project["keywords"],
        "requirements": project["dependencies"],
        "title": citation["title"],
        "date": str(citation["date-released"]),
        "authors": citation["authors"][0]["name"],
        "papers": [
            {"@type": "ScholarlyArticle", "name": paper["title"]}
            for paper in citation["references"]
        ],
        "address": "" if "/OWNER/" in address else address,
    }


def _at(identifier: str) -> Entity:
    return {"@id": identifier}


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": _at("./"),
        "conformsTo": [_at(_RO_CRATE), _at(_WORKFLOW_CRATE)],
    }


def _workflow(facts: dict[str, Any]) -> Iterator[Entity]:
    yield {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": facts["name"],
        "description": facts["description"],
        "version": facts["version"],
        "encodingFormat": "text/plain",
        "conformsTo": _at(f"{_BIOSCHEMAS}/ComputationalWorkflow/1.0-RELEASE"),
        "license": _at(_LICENCE),
        "creator": _at("#authors"),
        "programmingLanguage": _at("#snakemake"),
        "input": [_at(f"#{name}") for name in _PARAMETERS],
    }
    for name, about in _PARAMETERS.items():
        yield {
            "@id": f"#{name}",
            "@type": "FormalParameter",
            "conformsTo": _at(f"{_BIOSCHEMAS}/FormalParameter/1.0-RELEASE"),
            "name": name,
            "description": about,
            "additionalType": "Text",
            "valueRequired": name == "profile",
        }
    yield {"@id": "#authors", "@type": "Organization", "name": facts["authors"]}
    yield {
        "@id": "README.md",
        "@type": "File",
        "about": _at("./"),
        "name": "README",
        "encodingFormat": "text/markdown",
    }


def _context() -> Iterator[Entity]:
    """Entities that others refer to by their addresses."""
    yield {
        "@id": "#snakemake",
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "identifier": _at("https://w3id.org/workflowhub/workflow-ro-crate#snakemake"),
        "url": _at("https://snakemake.readthedocs.io"),
    }
    yield {
        "@id": _LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": "Use, copy, change and share it; keep the notice; there is no warranty.",
    }
    for address, name in _PROFILES.items():
        version = address.rpartition("/")[2]
        yield {"@id": address, "@type": "CreativeWork", "name": name, "version": version}


def _folders(chapter: str, provenance: dict[str, Any]) -> Iterator[Entity]:
    for name in provenance["experiments"]:
        yield {
            "@id": _folder(chapter, name),
            "@type": "Dataset",
            "name": name,
            "description": f"{_title(chapter)}: tables of one experiment, and provenance.json, "
            "which job made what, from which revision",
        }


def _folder(chapter: str, experiment: str) -> str:
    return f"{(published_results(chapter) / experiment).as_posix()}/"


def _title(chapter: str) -> str:
    names = {"": "the study of the paper", FULL_SCALE: "networks at the paper's own scale"}
    return names.get(chapter, f"the study of the page {pages_of(chapter)[0]}")


def _data_sets(studies: list[dict[str, Any]]) -> dict[str, Entity]:
    """The images that the networks of all studies saw, by the beginning of their SHA-256.

    The first description that says where they come from counts.
    """
    data: dict[str, Entity] = {}
    for provenance in studies:
        for experiment in provenance["experiments"].values():
            entity = {
                "@id": _data_set(experiment),
                "@type": "Dataset",
                "name": DATASET_TITLES[experiment["dataset"]],
                "description": experiment["dataset_description"],
                "identifier": f"sha256:{experiment['dataset_sha256']}",
            }
            if UNDESCRIBED in data.setdefault(entity["@id"], entity)["description"]:
                data[entity["@id"]] = entity
    return data


def _data_set(experiment: dict[str, Any]) -> str:
    return f"#images-{experiment['dataset_sha256'][:12]}"


def _chosen(studies: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """The values of the parameters of all runs, each once."""
    pairs = (
        (name, provenance[name])
        for provenance in studies.values()
        for name in _PARAMETERS
        if provenance[name]
    )
    return list(dict.fromkeys(pairs))


def _value(name: str, value: str) -> Entity:
    return {
        "@id": f"#{name}-{value}",
        "@type": "PropertyValue",
        "name": name,
        "value": value,
        "exampleOfWork": _at(f"#{name}"),
    }


def _run(chapter: str, provenance: dict[str, Any]) -> Entity:
    """A study as a run of the workflow."""
    hours = sum(job.get("seconds") or 0 for job in provenance["jobs"]) / 3600
    devices = " and ".join(sorted({job["device"] for job in provenance["jobs"]}))
    revisions = len({job["revision"] for job in provenance["jobs"]})
    chosen = [f"#{name}-{provenance[name]}" for name in _PARAMETERS if provenance[name]]
    data = dict.fromkeys(map(_data_set, provenance["experiments"].values()))
    return {
        "@id": f"#run-{chapter or 'paper'}",
        "@type": "CreateAction",
        "name": f"Run of {_title(chapter)}",
        "description": f"{len(provenance['jobs'])} jobs of {revisions} revisions, {hours:.1f} "
        f"hours in all on {devices}; the folders of its experiments have each",
        "instrument": _at(WORKFLOW),
        "agent": _at("#authors"),
        "actionStatus": "http://schema.org/CompletedActionStatus",
        "object": [*map(_at, (*data, *chosen))],
        "result": [_at(_folder(chapter, name)) for name in provenance["experiments"]],
    }


def main() -> int:
    describe_studies()
    return 0


if __name__ == "__main__":
    run_command_line(main)
