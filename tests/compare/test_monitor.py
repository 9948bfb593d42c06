"""Similarity while a network is trained: what is written down, and that training is left alone."""

import copy
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lib import SimilarityMonitor, compare_networks

LAYERS = ["0", "3"]


@pytest.fixture
def network():
    torch.manual_seed(0)
    body = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3)
    return nn.Sequential(*body, nn.Dropout(0.3), nn.Flatten(), nn.Linear(80, 3))


@pytest.fixture
def images():
    return torch.randn(60, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def train(network, images, monitor=None, epochs=3, first=0):
    """Some epochs of plain training; random numbers are those of dropout."""
    torch.manual_seed(7 + first)
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    labels = images.mean((1, 2, 3)).mul(20).long() % 3
    for epoch in range(first, first + epochs):
        F.cross_entropy(network(images), labels).backward()
        optimiser.step()
        optimiser.zero_grad()
        if monitor:
            monitor(network, step=epoch)


def test_each_step_is_the_comparison_of_the_network_as_it_was(network, images, tmp_path):
    reference, file = copy.deepcopy(network), tmp_path / "similarity.csv"
    monitor = SimilarityMonitor(reference, images, LAYERS, file=file)
    assert monitor.table.empty
    train(network, images, monitor)
    assert monitor.table.step.unique().tolist() == [0, 1, 2]
    last = compare_networks(reference, network, images, LAYERS, level=None, say=None)
    rows = monitor.table[monitor.table.step == 2].drop(columns="step").reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, last, check_dtype=False)
    written = SimilarityMonitor(reference, images, file=file).table
    pd.testing.assert_frame_equal(written, monitor.table, check_dtype=False)
    assert written.groupby("step").value.mean().is_monotonic_decreasing


def test_training_is_the_same_with_it_and_without(network, images):
    alone = copy.deepcopy(network)
    monitor = SimilarityMonitor(copy.deepcopy(network), images, LAYERS)
    train(network, images, monitor)
    train(alone, images)
    assert network.training
    for name, value in alone.state_dict().items():
        assert torch.equal(value, network.state_dict()[name]), name


def test_an_interrupted_training_goes_on_with_the_same_file(network, images, tmp_path):
    reference, file = copy.deepcopy(network), tmp_path / "similarity.csv"
    train(network, images, SimilarityMonitor(reference, images, LAYERS, file=file))
    before = pd.read_csv(file)
    # as from a checkpoint after the second epoch
    again = SimilarityMonitor(reference, images, LAYERS, file=file)
    assert len(again.table) == len(before)
    train(network, images, again, first=2)
    after = pd.read_csv(file)
    assert after.step.unique().tolist() == [0, 1, 2, 3, 4]
    pd.testing.assert_frame_equal(after[after.step < 2], before[before.step < 2])
    assert not after[after.step == 2].value.equals(before[before.step == 2].value)


def test_a_step_that_comes_again_is_replaced(network, images):
    monitor = SimilarityMonitor(copy.deepcopy(network), images, "0", metrics="cka")
    for _ in range(2):
        monitor(network, 1)
    assert len(monitor.table) == 1
    assert monitor.table.value.item() == pytest.approx(1)


def test_tensorboard_gets_a_scalar_for_each_number(network, images):
    found = {}
    writer = SimpleNamespace(add_scalar=lambda tag, value, step: found.update({tag: (value, step)}))
    monitor = SimilarityMonitor(
        copy.deepcopy(network), images, LAYERS, writer=writer, metrics=["cka", "nbs"]
    )
    rows = monitor(network, 5)
    assert set(found) == {
        f"similarity/{layer}/{m}/flat" for layer in LAYERS for m in ("cka", "nbs")
    }
    assert found["similarity/3/cka/flat"] == (rows.value.iloc[2], 5)


def test_the_choice_of_layers_is_said_once(network, images, capsys):
    monitor = SimilarityMonitor(copy.deepcopy(network), images, metrics="cka")
    for step in range(2):
        monitor(network, step)
    assert capsys.readouterr().out.count("For others, layers=") == 1


@pytest.mark.parametrize("wrap", [lambda network: network, nn.DataParallel], ids=["", "wrapped"])
def test_a_network_is_not_its_own_reference(network, images, wrap):
    with pytest.raises(ValueError, match=r"give SimilarityMonitor a copy, copy.deepcopy"):
        SimilarityMonitor(network, images)(wrap(network), 0)


def test_images_that_come_once_are_refused_before_a_training(network, images):
    with pytest.raises(ValueError, match="an iterator gives them only once"):
        SimilarityMonitor(network, iter(images.split(30)))


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "\x00\xff"])
def test_a_file_of_something_else_is_refused_and_kept(network, images, tmp_path, content):
    file = tmp_path / "notes.csv"
    file.write_text(content, encoding="latin-1")
    with pytest.raises(ValueError, match=r"notes.csv is no table of a monitor"):
        SimilarityMonitor(network, images, file=file)
    assert file.read_text(encoding="latin-1") == content


@pytest.mark.filterwarnings("ignore")  # of their own parts
@pytest.mark.parametrize(
    ("every", "accumulate", "steps"), [(None, 1, [6, 12]), (4, 1, [4, 8, 12]), (2, 3, [2, 4])]
)
def test_lightning_calls_it_after_each_epoch_or_so_many_steps(
    network, images, tmp_path, every, accumulate, steps
):
    package = pytest.importorskip("lightning.pytorch")
    reference = copy.deepcopy(network)

    class Module(package.LightningModule):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, batch):
            return self.network(batch)

        def training_step(self, batch, number):
            return self(batch[0]).square().mean()

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), 0.1)

    module = Module()
    monitor = SimilarityMonitor(copy.deepcopy(module), images, ["network.0", "network.3"])
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images), 10)
    trainer = package.Trainer(
        max_epochs=2,
        accelerator="cpu",
        callbacks=[monitor.lightning(every)],
        accumulate_grad_batches=accumulate,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        default_root_dir=tmp_path,
    )
    trainer.fit(module, batches)
    assert monitor.table.step.unique().tolist() == steps
    assert monitor.table.value.max() < 1
    assert not torch.equal(reference[0].weight, network[0].weight)


@pytest.mark.filterwarnings("ignore")  # of their own parts
@pytest.mark.parametrize(("every", "steps"), [(None, [2, 4]), (3, [3]), (1, [1, 2, 3, 4])])
def test_transformers_calls_it_after_each_epoch_or_so_many_steps(tmp_path, every, steps):
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    settings = transformers.ViTConfig(
        image_size=8,
        patch_size=4,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=3,
    )
    model = transformers.ViTForImageClassification(settings)
    pixels = torch.randn(24, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    rows = [{"pixel_values": image, "labels": i % 3} for i, image in enumerate(pixels)]
    monitor = SimilarityMonitor(copy.deepcopy(model), pixels, ["vit.layernorm"], metrics="cka")
    arguments = transformers.TrainingArguments(
        output_dir=str(tmp_path),
        num_train_epochs=2,
        per_device_train_batch_size=12,
        learning_rate=0.05,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = transformers.Trainer(
        model, arguments, train_dataset=rows, callbacks=[monitor.transformers(every)]
    )
    trainer.train()
    assert monitor.table.step.tolist() == steps
    assert monitor.table.value.max() < 1


def test_tensorboard_reads_what_its_writer_was_given(network, images, tmp_path):
    tensorboard = pytest.importorskip("torch.utils.tensorboard", exc_type=ImportError)
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    with tensorboard.SummaryWriter(str(tmp_path)) as writer:
        monitor = SimilarityMonitor(copy.deepcopy(network), images, LAYERS, writer=writer)
        train(network, images, monitor)
    written = events.EventAccumulator(str(tmp_path)).Reload()
    table = monitor.table
    assert len(written.Tags()["scalars"]) == len(table) / 3
    for row in table.itertuples():
        scalars = written.Scalars(f"similarity/{row.layer_y}/{row.metric}/{row.reshape}")
        assert scalars[row.step].step == row.step
        assert scalars[row.step].value == pytest.approx(row.value, rel=1e-6)  # of float32


@pytest.mark.parametrize("package", ["lightning", "transformers"])
@pytest.mark.parametrize("every", [0, 0.5])
def test_an_interval_is_an_integer_of_1_or_more(network, images, package, every):
    pytest.importorskip(package)
    with pytest.raises(ValueError, match="every: got 0.*, want an integer of 1 or more"):
        getattr(SimilarityMonitor(network, images), package)(every)
