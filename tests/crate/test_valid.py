"""The crate of the published studies, judged by the validator of its profile: `make test-crate`.

The validator brings versions of other packages with it, so it has an environment of its own, with
neither PyTorch nor `lib`.
"""

import io
import json
from email.message import Message
from pathlib import Path
from types import SimpleNamespace
from urllib.response import addinfourl

import pytest

pytest.importorskip("rocrate_validator", reason="make test-crate has what judges the crate")
import rdflib._networking
from rocrate_validator.models import Severity
from rocrate_validator.services import ValidationSettings, validate
from rocrate_validator.utils.http import HttpRequester

ROOT = Path(__file__).parents[2]
CRATE = "ro-crate-metadata.json"

OF_SCHEMA_ORG = (
    *("CreateAction", "ComputerLanguage", "CreativeWork", "Dataset", "Organization"),
    *("PropertyValue", "SoftwareSourceCode", "about", "actionStatus", "additionalType", "agent"),
    *("author", "contentSize", "creator", "datePublished", "description", "encodingFormat"),
    *("exampleOfWork", "hasPart", "identifier", "instrument", "license", "mainEntity", "mentions"),
    *("name", "object", "programmingLanguage", "publisher", "result", "url", "value"),
    *("valueRequired", "version"),
)
TERMS = {
    **{term: f"http://schema.org/{term}" for term in OF_SCHEMA_ORG},
    "File": "http://schema.org/MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
    "FormalParameter": "https://bioschemas.org/FormalParameter",
    "input": "https://bioschemas.org/ComputationalWorkflow#input",
}
"""What the terms that we use mean in the context of RO-Crate 1.1, which is fetched elsewhere."""


@pytest.fixture
def offline(monkeypatch):
    """The context of RO-Crate comes from `TERMS`, so that nothing asks the network."""
    context = json.dumps({"@context": TERMS})
    header = Message()
    header["Content-Type"] = "application/ld+json"
    answer = SimpleNamespace(
        status_code=200, headers=header, text=context, json=lambda: json.loads(context)
    )
    monkeypatch.setattr(HttpRequester, "get", lambda *_, **__: answer, raising=False)
    monkeypatch.setattr(
        rdflib._networking,
        "urlopen",
        lambda request: addinfourl(io.BytesIO(context.encode()), header, request.full_url, 200),
    )


def issues(folder):
    """What the validator requires of a crate, and does not find there."""
    settings = ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="workflow-run-crate",
        requirement_severity=Severity.REQUIRED,
    )
    return [issue.message for issue in validate(settings).get_issues(Severity.REQUIRED)]


def test_the_crate_is_valid(offline):
    assert issues(ROOT) == []


def test_a_run_without_a_workflow_is_not(offline, tmp_path):
    described = json.loads((ROOT / CRATE).read_text(encoding="utf-8"))
    for entity in described["@graph"]:
        if entity["@type"] == "CreateAction":
            del entity["instrument"]
    (tmp_path / CRATE).write_text(json.dumps(described), encoding="utf-8")
    assert any("instrument" in issue for issue in issues(tmp_path))
