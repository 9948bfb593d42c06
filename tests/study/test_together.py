"""Experiments take the place of published ones only where they belong to those beside them."""

import shutil

import pytest

from lib.commands.collect import collect
from lib.commands.publish import check_together, publish
from lib.declared import declared_study
from lib.integrity import load_json, load_parts, seal
from lib.repository import published_results

from .made_up_jobs import pretend, provenance, with_seeds

BASE, CONTROL, OTHER = "vgg_svhn", "vgg_svhn_half_trained_as_long", "resnet32"
CHAPTER = "wacv2020"
NAMES = (BASE, OTHER, CONTROL)


def made_up(folder, names=NAMES, seeds=(0, 1), **changes):
    """The results of a study of some experiments."""
    study = with_seeds(declared_study("laptop", folder, names, CHAPTER), train_seeds=seeds)
    for job in study.jobs():
        pretend(job, revision="0" * 40, **changes)
    return collect(study)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The results of a study of all, which no test changes."""
    return made_up(tmp_path_factory.mktemp("whole"))


def edit(folder, change):
    """Change the provenance of one experiment."""
    content = load_json(folder / "provenance.json")
    change(content)
    seal(folder, content)


def test_a_study_published_in_parts_is_the_one_published_at_once(tmp_path, whole):
    for part, names in (("first", (OTHER,)), ("second", (BASE, CONTROL))):
        publish(made_up(tmp_path / part, names), tmp_path)
    assert provenance(tmp_path / published_results(CHAPTER)) == provenance(whole)


def test_other_data_another_profile_and_another_chapter_are_refused(tmp_path):
    published = load_parts(made_up(tmp_path / "published", (OTHER, "conv4")))
    new = made_up(tmp_path / "new", (OTHER,), dataset_sha256="1" * 64)
    with pytest.raises(ValueError, match="published conv4, which has other data: .* the folder"):
        check_together(load_parts(new), published)
    new = made_up(tmp_path / "another", (BASE,))
    for fact in ("chapter", "profile"):
        edit(new / BASE, lambda content, fact=fact: content.update({fact: "smoke"}))
        with pytest.raises(ValueError, match=f"which has other .*{fact}"):
            check_together(load_parts(new), published)


@pytest.mark.parametrize("alone", [BASE, CONTROL])
def test_a_network_and_its_variants_are_published_together(whole, alone):
    published, fresh = load_parts(whole), load_parts(whole)
    check_together(fresh, published)
    other = CONTROL if alone == BASE else BASE
    del fresh[other]
    with pytest.raises(ValueError, match=f"^{alone} .* {other}, which has other originals"):
        check_together(fresh, published)
    del published[other]
    check_together(fresh, published)


def test_a_refused_study_changes_nothing(tmp_path, whole):
    results = shutil.copytree(whole, tmp_path / "book" / published_results(CHAPTER))
    new = made_up(tmp_path / "new", (CONTROL,), seeds=(0, 1, 2))
    with pytest.raises(ValueError, match=f"^{CONTROL} would be compared with the published {BASE}"):
        publish(new, tmp_path / "book")
    assert provenance(results) == provenance(whole)
    assert {path.name for path in results.iterdir()} == set(NAMES)
