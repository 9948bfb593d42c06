"""Pilots: the same schedule twice, on held-out images, and nothing lost when stopped."""

import pandas as pd
import pytest

from benchmarks import convergence
from lib.training import Training

GIVEN = ["vgg_svhn", "--profile", "tiny", "--peak", "0.05", "--held-out", "32", "--device", "cpu"]


def run(folder, *more):
    out = folder / "table.csv"
    given = [*GIVEN, "--epochs", "1", "2", "--folder", str(folder), "--out", str(out), *more]
    assert convergence.main(given) == 0
    return pd.read_csv(out)


def test_a_row_for_each_schedule_says_what_the_second_training_adds(tmp_path):
    table = run(tmp_path)
    assert table.epochs.tolist() == [1, 2]
    assert (table.images == 128 - 32).all()
    assert table.gain.tolist() == pytest.approx((100 * (table.again - table.accuracy)).tolist())


def test_what_was_stopped_ends_as_if_it_had_not_been(tmp_path, monkeypatch):
    whole = run(tmp_path / "whole")
    run_epoch, done = Training.run_epoch, []

    def stop_at_the_fourth(training):
        done.append(1)
        if len(done) == 4:
            raise KeyboardInterrupt
        return run_epoch(training)

    (tmp_path / "stopped").mkdir()
    monkeypatch.setattr(Training, "run_epoch", stop_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "stopped")
    monkeypatch.setattr(Training, "run_epoch", run_epoch)
    pd.testing.assert_frame_equal(run(tmp_path / "stopped"), whole)


def test_images_that_are_held_out_cannot_be_trained_as_long(tmp_path):
    with pytest.raises(SystemExit, match="96 images are not held out: 97 cannot"):
        run(tmp_path, "--images", "97")
