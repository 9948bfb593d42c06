"""The job that compares each layer of a complete network with each layer of another one."""

from __future__ import annotations

from pathlib import Path

from ..metrics import LayerRepresentations, compare
from ..models import record, recorded_layers
from ..tables import IDENTIFICATION
from .complete_job import load_complete
from .files import save_table
from .progress import log
from .setting import Setting
from .study import Job, Study


def compare_all_layers(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """All pairs of layers of two complete networks; leaves the table of identification.

    On channels a row is a position, so that only maps of the same size can be compared there.
    """
    analysis = study.analysis(job)
    images = setting.probe_images()[: analysis.images]
    networks = [
        load_complete(study, Job(job.experiment, seed), setting)
        for seed in (job.train_seed, job.prune_seed)
    ]
    layers = recorded_layers(networks[0])
    names = [name for name, _ in layers]
    outputs = [record(network, images, names) for network in networks]
    sizes = {name: (*output.shape[2:],) or (1, 1) for name, output in outputs[0].items()}
    sides = [
        {name: LayerRepresentations(output, name=name) for name, output in of.items()}
        for of in outputs
    ]
    rows = []
    for depth_x, (x, kind_x) in enumerate(layers):
        log.info("layer %d of %d, %s", depth_x + 1, len(layers), x)
        for depth_y, (y, kind_y) in enumerate(layers):
            reshapes = [r for r in analysis.reshapes if r != "channels" or sizes[x] == sizes[y]]
            found = compare(sides[0][x], sides[1][y], metrics=analysis.metrics, reshapes=reshapes)
            rows += [
                {
                    "experiment": job.experiment,
                    "train_seed": job.train_seed,
                    "other_seed": job.prune_seed,
                    "layer_x": x,
                    "layer_y": y,
                    "depth_x": depth_x,
                    "depth_y": depth_y,
                    "kind_x": kind_x,
                    "kind_y": kind_y,
                    **{column: row[column] for column in ("metric", "reshape", "value")},
                }
                for row in found
            ]
    save_table(folder / "identification.parquet", IDENTIFICATION.tidy(rows))
    return 0.0
