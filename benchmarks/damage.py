"""What becomes of a study whose files are damaged, lost, exchanged, or whose processes are killed.

    python -m benchmarks.damage flips [--flips 400] [--out TABLE.csv]
    python -m benchmarks.damage harms [--out TABLE.csv]
    python -m benchmarks.damage kills [--kills 40]
    python -m benchmarks.damage cost

A small study in float64 is done first: two complete networks, a run of each, an analysis.

`flips` turns one random bit of a file of each kind, and reads the file as the study does: it is an
error, or the same content, or silently another one. `harms` deletes, truncates or exchanges a file
of each kind before a run starts, while it is stopped, or after the study, and starts the study: it
ends with the same tables, or with an error of so many lines. `kills` sends SIGKILL to all processes
at random moments until the study is done, and compares its tables. `cost` says which part of the
time of its jobs goes into digests; jobs of real studies compute longer on files of the same sizes.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from lib import ROOT, sealed
from lib.chapters.robustness.tables import ROBUSTNESS
from lib.data import load_dataset
from lib.report.results import load_results
from lib.study import Job, Study, run_job
from lib.study.checkpoints import Checkpoint
from lib.study.mend import mend
from lib.study.networks import load_complete, load_mask, load_network, load_rewind_point
from lib.study.setting import Setting

NAMES = ("vgg_svhn", "vgg_svhn_late_reset")
RUN = Job("vgg_svhn_late_reset", 0, 0)
OTHER = Job("vgg_svhn", 0, 0)
PROFILE = "tiny"
NO_SECONDS = {"seconds"}
START = """
import sys
from pathlib import Path
from lib.start import start
folder, names, *targets = sys.argv[1:]
config = ["--config", "profile=tiny", f"folder={folder}", f"experiments={names}"]
about = ["tiny", folder, "--experiments", *names.split()]
sys.exit(start(about, [*(targets or ["study"]), "--cores", "2", *config], Path(folder)))
"""


def study_in(folder: Path) -> Study:
    return Study(PROFILE, folder, NAMES)


def begin(folder: Path, *targets: str) -> subprocess.Popen:
    """`make study` in this folder, in a group of processes of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", START, str(folder), " ".join(NAMES), *targets],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def make(folder: Path, *targets: str) -> tuple[int, str]:
    process = begin(folder, *targets)
    output, _ = process.communicate()
    return process.returncode, output


def tables(folder: Path) -> dict[str, bytes]:
    """All numbers of a study but how long it took."""
    found = {}
    for file in sorted((folder / "results").rglob("*.parquet")):
        rows = pd.read_parquet(file)
        rows = rows.drop(columns=NO_SECONDS & set(rows))
        found[file.name] = rows.to_csv().encode()
    return found


def flip(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    bit = chance.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def readers(study: Study, data: Path) -> Iterator[tuple[str, Path, Callable[[], object]]]:
    """(kind of file, an example, what the study reads from it)."""
    setting = Setting.load(study.experiment(RUN.experiment), "", "cpu")
    complete, folder = study.complete(RUN), study.job_folder(RUN)
    there = study.job_folder(complete)

    def state(network: object) -> dict:
        return {name: weights.numpy() for name, weights in network.state_dict().items()}

    def checkpoint() -> object:
        found = Checkpoint(folder, study.identity(RUN) | setting.identity).load()
        if found is None:
            raise ValueError("checkpoint.pt is damaged: the job begins anew")
        return found

    def results() -> object:
        found = load_results(study.results)
        rows = (found.similarity, found.performance, found.table(ROBUSTNESS))
        return [table.to_csv() for table in rows] + [found.provenance]

    yield (
        "complete network",
        there / "weights.pt",
        lambda: state(load_complete(study, RUN, setting)),
    )
    yield (
        "rewind point",
        there / "rewind.pt",
        lambda: {
            name: weights.numpy()
            for name, weights in load_rewind_point(study, RUN, setting).items()
        },
    )
    yield (
        "network of a run",
        folder / "networks" / "01.pt",
        lambda: state(load_network(study, RUN, setting, 1)),
    )
    yield "mask of a run", folder / "networks" / "02.pt", lambda: load_mask(study, RUN, 2).packed()
    for name in ("similarity", "performance", "density"):
        yield (
            f"job's {name}",
            folder / f"{name}.parquet",
            lambda name=name: pd.read_parquet(study.kept(RUN, f"{name}.parquet")).to_csv(),
        )
    yield "job's provenance", study.marker(RUN), lambda: study.read_provenance(RUN)
    yield "checkpoint", folder / "checkpoint.pt", checkpoint
    for name in ("similarity/vgg_svhn", "performance", "robustness"):
        yield f"merged {name.partition('/')[0]}", study.results / f"{name}.parquet", results
    yield "merged provenance", study.results / sealed.PROVENANCE, results
    yield "data", data / "svhn.npz", lambda: load_dataset("svhn", data).sha256()


def flips(folder: Path, number: int) -> pd.DataFrame:
    """A row for each kind of file: how many flips were noticed, had no effect, were silent."""
    code, output = make(folder)
    assert code == 0, output
    study, data = study_in(folder), folder / "data"
    data.mkdir()
    chance = np.random.default_rng(0)
    arrays = {}
    for split in ("train", "test"):
        arrays[f"x_{split}"] = chance.integers(0, 256, (20, 32, 32, 3), dtype=np.uint8)
        arrays[f"y_{split}"] = np.arange(20) % 10
    np.savez(data / "svhn.npz", **arrays)
    stopped = stop_at_checkpoint(folder.with_name("stopped"))
    shutil.copy(
        study_in(stopped).job_folder(RUN) / "checkpoint.pt", study.job_folder(RUN) / "checkpoint.pt"
    )
    rows = []
    for kind, path, read in readers(study, data):
        whole, right, found = path.read_bytes(), repr(read()), Counter()
        generator = random.Random(kind)
        for _ in range(number):
            flip(path, generator)
            try:
                found["no effect" if repr(read()) == right else "silent"] += 1
            except (ValueError, OSError) as error:
                found["noticed" if str(path) in str(error) or path.name in str(error) else "?"] += 1
            path.write_bytes(whole)
        rows.append({"kind": kind, "bytes": len(whole), "flips": number, **found})
        print(rows[-1], flush=True)
    return pd.DataFrame(rows).fillna(0)


def stop_at_checkpoint(folder: Path) -> Path:
    """A study whose run was killed after its first iteration."""
    process = begin(folder)
    study = study_in(folder)
    while (
        not (study.job_folder(RUN) / "networks" / "01.pt").exists()
        or not (study.job_folder(RUN) / "checkpoint.pt").exists()
    ):
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return folder


def truncate(path: Path, _: Path | None) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def delete(path: Path, _: Path | None) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def exchange(path: Path, other: Path | None) -> None:
    path.write_bytes(other.read_bytes())


HARMS = {"deleted": delete, "truncated": truncate, "exchanged": exchange}


def victims(study: Study, moment: str) -> Iterator[tuple[str, Path, Path | None]]:
    """(kind, file, another file of the same kind) at a moment; None where there is no other."""
    mine, others = study.job_folder(RUN), study.job_folder(OTHER)
    complete, other = (study.job_folder(study.complete(job)) for job in (RUN, OTHER))
    for name in ("weights.pt", "performance.parquet", "provenance.json", "notebook.ipynb"):
        yield f"complete: {name}", complete / name, other / name
    yield "complete: rewind.pt", complete / "rewind.pt", complete / "weights.pt"
    yield "complete: folder", complete, None
    if moment == "before":
        return
    yield "run: network", mine / "networks" / "01.pt", complete / "weights.pt"
    if moment == "stopped":
        yield "run: checkpoint.pt", mine / "checkpoint.pt", complete / "weights.pt"
        return
    for name in ("similarity.parquet", "density.parquet", "provenance.json", "notebook.ipynb"):
        yield f"run: {name}", mine / name, others / name
    yield "run: networks", mine / "networks", None
    yield "run: folder", mine, None
    for name in ("performance.parquet", "density.parquet", "provenance.json"):
        there = others / name
        yield f"results: {name}", study.results / name, there
    yield "results: folder", study.results, None


def harms(scratch: Path) -> pd.DataFrame:
    """A row for each moment, kind of file and harm: how a start of the study ends."""
    after = scratch / "after"
    code, output = make(after)
    assert code == 0, output
    right = tables(after)
    before = scratch / "before"
    study = study_in(before)
    pages = [str(study.page(job)) for job in study.jobs() if job.kind == "complete"]
    code, output = make(before, *pages)
    assert code == 0, output
    prepared = {"before": before, "stopped": stop_at_checkpoint(scratch / "stopped")}
    rows = []
    for moment, source in (prepared | {"after": after}).items():
        for kind, path, other in list(victims(study_in(source), moment)):
            for harm, do in HARMS.items():
                if (other is None or path.is_dir()) and harm != "deleted":
                    continue
                copy = scratch / "copy"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(source, copy)
                here = copy / path.relative_to(source)
                do(here, other and copy / other.relative_to(source))
                starts, said = 0, ""
                while starts < 3:
                    code, output = make(copy)
                    starts += 1
                    if code == 0:
                        break
                    said = said or output
                same = code == 0 and tables(copy) == right
                lines = [line for line in said.splitlines() if "] " not in line[:20]]
                how = {"starts": starts, "lines": len(lines), "same tables": same}
                rows.append({"moment": moment, "file": kind, "harm": harm, **how})
                print(rows[-1], said[:300] if said else "", flush=True)
    return pd.DataFrame(rows)


def kills(scratch: Path, number: int) -> pd.DataFrame:
    """A row for each study: after how many kills it was done, and whether its tables are right."""
    code, output = make(scratch / "right")
    assert code == 0, output
    right, chance, done, rows = tables(scratch / "right"), random.Random(0), 0, []
    while done < number:
        folder = scratch / f"killed-{len(rows)}"
        mine = 0
        while True:
            process = begin(folder)
            try:
                process.wait(chance.uniform(4, 40) if done < number else None)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                done, mine = done + 1, mine + 1
                continue
            break
        assert process.returncode == 0, process.stdout.read()
        rows.append({"kills": mine, "same tables": tables(folder) == right})
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def cost(folder: Path) -> pd.DataFrame:
    """Seconds of the jobs, of digests within them, and of the look at the start of a study."""
    spent, study = 0.0, study_in(folder)
    compute = sealed.digest

    def timed(path: Path) -> str:
        nonlocal spent
        began = time.perf_counter()
        try:
            return compute(path)
        finally:
            spent += time.perf_counter() - began

    for module in list(sys.modules.values()):
        if getattr(module, "digest", None) is compute:
            module.digest = timed
    began = time.perf_counter()
    for job in study.jobs():
        run_job(study, job, device="cpu")
    jobs = time.perf_counter() - began
    in_jobs, began = spent, time.perf_counter()
    assert list(mend(study)) == []
    look = time.perf_counter() - began
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    row = {"MB": size / 1e6, "jobs, s": jobs, "digests in jobs, %": 100 * in_jobs / jobs}
    return pd.DataFrame([row | {"look at the start, %": 100 * look / jobs}]).round(3)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("flips", "harms", "kills", "cost"))
    parser.add_argument("--flips", type=int, default=400)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--out", type=Path, help="write the table to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = {
            "flips": lambda: flips(Path(scratch, "study"), given.flips),
            "harms": lambda: harms(Path(scratch)),
            "kills": lambda: kills(Path(scratch), given.kills),
            "cost": lambda: cost(Path(scratch, "study")),
        }[given.what]()
    print(found.to_string())
    if given.out:
        found.to_csv(given.out, index=False)


if __name__ == "__main__":
    main()
