"""The page on which a network of one's own is damaged, and what it says of the metrics."""

import json
import re

import pytest
import torch

from lib import program
from lib.book import standalone
from lib.commands import damage
from lib.compare.user_networks import load_user_network

from ..pictures import write_pictures
from .test_compare import write_nets


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """Ten versions of a network, whose weights change by a hundredth each time."""
    folder = tmp_path_factory.mktemp("damaged")
    network = load_user_network(f"{write_nets(folder)}:complete")
    torch.manual_seed(1)
    with torch.no_grad():
        for version in range(2, 12):  # of which `11` follows `9` by number alone
            for weight in network.parameters():
                weight += 0.01 * weight.std() * torch.randn_like(weight)
            torch.save(network.state_dict(), folder / f"epoch{version}.pt")
        for version in range(8):
            for weight in network.parameters():
                weight += 0.5 ** (version + 1) * weight.std() * torch.randn_like(weight)
            torch.save(network.state_dict(), folder / f"slower{version}.pt")
    images = write_pictures(folder / "pictures", each=30)
    return {"a": f"{folder}/nets.py:complete", "images": images, "size": 32, "cores": 1}


def run(given, page, **more):
    words = [word for name, text in {**given, **more}.items() for word in ("-p", f"{name}={text}")]
    return standalone.main(["damage", str(page), *words])


def shown(page):
    """The text of a page without its code."""
    return re.sub("<details>.*?</details>", "", page.read_text(), flags=re.DOTALL)


def test_the_page_says_which_metrics_notice_damage_in_time(given, tmp_path):
    page = tmp_path / "page.html"
    weights = f"{given['images'].parent}/epoch*.pt"
    assert run(given, page, a_weights=weights, layers="0 1") == 0
    text = shown(page)
    for sentence in (
        "10, from epoch2.pt to epoch11.pt",
        "60 of 60 in ",
        ">0, 1<",
        "8 harmless changes to compare with.* in 11 % of all cases.*Give 21 versions for 5 %",
        "The folders are not taken for the classes.*right on 50.0 % of the images",
    ):
        assert re.search(sentence, text), sentence
    rows = [re.findall("<t[dh][^>]*>(.*?)</t[dh]>", row) for row in text.split("<tr>")]
    cells = {tuple(row[:2]): row[2:] for row in rows if len(row) == 11}
    # channels that are set to zero: CCA of channels sees fewer of them than CKA does
    assert cells["CKA", "channels"][2] == "1/64"
    assert cells["mean CCA", "channels"][2] == "-"
    assert cells["What does harm", ""][-2:] == ["", ""]
    assert not re.search(r"""(src|href)=["'](?!data:|#)|url\((?!#)|@import""", text)


def test_json_has_the_numbers_of_the_page(given, capfd):
    weights = f"{given['images'].parent}/epoch*.pt"
    words = [given["a"], "--weights", weights, "--images", given["images"], "--layers", "0 1"]
    status = program.main(["damage", *map(str, words), "--size", "32", "--cores", "1", "--json"])
    assert status == 0
    judged = json.loads(capfd.readouterr().out)
    assert (len(judged["versions"]), judged["layers"], judged["images"]) == (10, ["0", "1"], 60)
    assert judged["accuracy"] is None  # the order of the folders is not that of the classes
    assert judged["level"] == pytest.approx(1 / 9)
    noticed = {(row["metric"], row["reshape"]): row for row in judged["noticed"]}
    assert noticed["cka", "channels"]["smallest"]["channels"] == 1 / 64
    assert noticed["mean_cca", "channels"]["smallest"]["channels"] is None
    in_time = [row["in_time"] for row in judged["noticed"]]
    assert in_time == sorted(in_time, reverse=True)
    assert any("in 11 % of all cases" in sentence for sentence in judged["says"])


def test_an_error_of_json_says_what_to_give(given, capfd):
    parameters = given | {"images": str(given["images"]), "a_weights": "none*.pt"}
    assert damage.main([json.dumps(parameters)]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert "none*.pt" in said.err


def test_images_without_classes_and_a_network_that_still_learned_are_told(given, tmp_path):
    page, folder = tmp_path / "page.html", given["images"].parent
    one_class = min(path for path in given["images"].iterdir() if path.is_dir())
    assert run(given, page, a_weights=f"{folder}/slower*.pt", layers="0", images=one_class) == 0
    text = shown(page)
    assert "The network was still learning." in text
    assert "a point of accuracy" not in text
    assert "another class to 1 % of these images" in text


def test_an_error_says_what_to_give_and_leaves_no_page(given, tmp_path, capsys):
    page, weights = tmp_path / "page.html", f"{given['images'].parent}/epoch*.pt"
    assert run(given, page, a_weights=weights, classes="level") == 1
    message = "CLASSES: 'level' must name each folder of .*: level upright"
    assert re.search(message, capsys.readouterr().err)
    assert not page.exists()
