"""The file to copy for `make compare`: it trains and prunes on folders of images."""

from lib.pruning import Mask
from notebooks.your_own import nets

from ..pictures import write_pictures


def test_a_network_is_trained_once_and_pruned(tmp_path, monkeypatch):
    write_pictures(tmp_path / "images" / "train", each=4)
    monkeypatch.chdir(tmp_path)
    for name, value in {"EPOCHS": 1, "SIZE": 32, "LEVELS": (0.5,)}.items():
        monkeypatch.setattr(nets, name, value)
    pruned = nets.pruned()
    assert abs(Mask.of_zeros(pruned, keep=["fc"]).remaining - 0.5) < 1e-4
    assert [file.name for file in tmp_path.glob("*.pt")] == ["complete_0.pt"]
    complete = nets.complete()
    assert Mask.of_zeros(complete, keep=["fc"]).remaining == 1
