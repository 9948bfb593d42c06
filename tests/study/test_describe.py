"""What catalogues read follows from the published studies, and names files that are there.

`make test-crate` has the crate judged by the validator of its profile.
"""

import json

from lib import ROOT
from lib.commands.describe import CODEMETA, CRATE, codemeta, crate, describe_studies


def test_both_files_are_those_that_follow_from_the_published_studies():
    for name, content in ((CRATE, crate()), (CODEMETA, codemeta())):
        assert json.loads((ROOT / name).read_text(encoding="utf-8")) == content


def test_every_file_and_every_reference_is_there():
    entities = {entity["@id"]: entity for entity in crate()["@graph"]}
    files = [name for name, entity in entities.items() if "File" in entity["@type"]]
    folders = [name for name in entities if name.startswith("results/")]
    assert len(folders) > 50
    assert all((ROOT / name).is_file() for name in files)
    assert all((ROOT / name).is_dir() for name in folders)
    for run in (entity for entity in entities.values() if entity["@type"] == "CreateAction"):
        referred = [run["instrument"], run["agent"], *run["object"], *run["result"]]
        assert all(reference["@id"] in entities for reference in referred)


def test_an_address_is_named_when_there_is_one(tmp_path):
    for name in ("pyproject.toml", "CITATION.cff"):
        text = (ROOT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/OWNER/", "/someone/"), encoding="utf-8")
    assert "codeRepository" not in codemeta()
    assert codemeta(tmp_path)["codeRepository"].startswith("https://github.com/someone/")


def test_they_are_written_whole(tmp_path):
    for name in ("pyproject.toml", "CITATION.cff"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    describe_studies(tmp_path)
    assert json.loads((tmp_path / CODEMETA).read_text(encoding="utf-8")) == codemeta(tmp_path)
    assert json.loads((tmp_path / CRATE).read_text(encoding="utf-8")) == crate(tmp_path)


def test_images_have_the_description_that_says_where_they_come_from():
    images = [entity for entity in crate()["@graph"] if entity["@id"].startswith("#images-")]
    assert len(images) == 2
    assert all("official" in entity["description"] for entity in images)
