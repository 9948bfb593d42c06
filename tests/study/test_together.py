"""Experiments take the place of published ones only where they belong to those beside them."""

import shutil

import pytest

from lib.catalogue import declared_study
from lib.commands.collect import collect
from lib.commands.publish import check_families, publish
from lib.integrity import load_json, load_parts, seal

from .made_up_jobs import pretend, provenance, with_seeds

BASE, CONTROL, OTHER = "vgg_svhn", "vgg_svhn_trained_as_long", "resnet_fast"
NAMES = (BASE, OTHER, CONTROL)


def made_up(folder, names=NAMES, seeds=(0, 1), **changes):
    """The results of a study of some experiments."""
    study = with_seeds(declared_study("laptop", folder, names), train_seeds=seeds)
    for job in study.jobs():
        pretend(study, job, **changes)
    return collect(study)


def edit(folder, change):
    """Change the provenance of one experiment."""
    content = load_json(folder / "provenance.json")
    change(content)
    seal(folder, content)


def put(new, published):
    """What `publish` does with folders."""
    check_families(published, load_parts(new))
    for folder in new.iterdir():
        shutil.rmtree(published / folder.name, ignore_errors=True)
        shutil.copytree(folder, published / folder.name)


def test_a_study_published_in_parts_is_the_one_published_at_once(tmp_path):
    whole = made_up(tmp_path / "whole")
    parts = made_up(tmp_path / "first", (OTHER,))
    put(made_up(tmp_path / "second", (BASE, CONTROL)), parts)
    assert provenance(parts) == provenance(whole)


def test_other_data_another_profile_and_another_chapter_are_refused(tmp_path):
    published = made_up(tmp_path / "published", (OTHER, "vgg16_bn"))
    new = made_up(tmp_path / "new", (OTHER,), dataset_sha256="1" * 64)
    with pytest.raises(ValueError, match="together: the SHA-256 of cifar10 .* delete the folder"):
        check_families(published, load_parts(new))
    new = made_up(tmp_path / "another", (BASE,))
    for fact, value in (("chapter", "laptop"), ("profile", "smoke")):
        edit(new / BASE, lambda content, fact=fact, value=value: content.update({fact: value}))
        with pytest.raises(ValueError, match=f"together: the {fact} is '.*' and '.*'"):
            check_families(published, load_parts(new))


@pytest.mark.parametrize("alone", [BASE, CONTROL])
def test_a_network_and_its_variants_are_published_together(tmp_path, alone):
    published, new = made_up(tmp_path / "published"), made_up(tmp_path / "new")
    check_families(published, load_parts(new))
    other = CONTROL if alone == BASE else BASE
    shutil.rmtree(new / other)
    with pytest.raises(ValueError, match=f"^{alone} would appear beside {other} of .*EXPERIMENTS"):
        check_families(published, load_parts(new))
    shutil.rmtree(published / other)
    check_families(published, load_parts(new))


def test_a_refused_study_changes_nothing(tmp_path):
    results = tmp_path / "book" / "results"
    shutil.copytree(made_up(tmp_path / "published"), results)
    before = provenance(results)
    new = made_up(tmp_path / "new", (CONTROL,), seeds=(0, 1, 2), revision="0" * 40)
    with pytest.raises(ValueError, match=f"^{CONTROL} would appear beside {BASE}"):
        publish(new, tmp_path / "book")
    assert provenance(results) == before
    assert {path.name for path in results.iterdir()} == set(NAMES)
