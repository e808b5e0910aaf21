"""The figures of a fleet: ``python -m bench.fleet [--repositories N] [--dask]``.

Generated repositories, by addresses of files. Printed: whether one machine, shards and a Dask
cluster of programs of its own give the same rows; what a second run takes against the first; CPU
above git and check; memory of the driver for a tenth and for all of them; what 10,000 and 100,000
would take.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import fleet_world
from bench.measure import Failed
from bench.stage import Outcome, Stage

_NOW = "2026-10-15"
_FETCHED_KB = 188
_ASKED_S = 0.3
"""What a repository takes of the network: kB of the first run, by docs/spec/fleet.md, and seconds of
one `git ls-remote`, of which eight run at a time.
"""
_PATIENCE = 300
"""Seconds that a cluster of this machine may take to start."""
_TIMES = ("fetch_s", "check_s", "judged_at")


class FleetRun(NamedTuple):
    """What a run took: seconds of the clock, of all its processes, and the driver's peak in KiB."""

    wall: float
    cpu: float
    peak: int


def run(listing: Path, store: Path, *more: str) -> FleetRun:
    """Run a fleet as a program of its own."""
    words = [
        "fleet",
        "run",
        str(listing),
        "-o",
        str(store),
        "--allow-file",
        "-j",
        "2",
        "--now",
        _NOW,
        *more,
    ]
    code = (
        "import atexit, resource, sys; sys.argv[0] = 'pmlint'\n"
        "atexit.register(lambda: print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))\n"
        "from pmlint.cli import main; main()"
    )
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak = int(re.findall(r"PEAK (\d+)", done.stdout)[-1])
    return FleetRun(time.monotonic() - start, cpu, peak)


def rows(store: Path) -> str:
    """Every row of a store without times, sorted, as text."""
    from pmlint.fleet.batches import all_tables
    from pmlint.tables.writers.parquet import stored_rows

    found = []
    for batch in store.glob("batch=*"):
        for table in all_tables():
            for row in stored_rows(str(batch / f"{table.name}.parquet")):
                kept = {name: value for name, value in row.items() if name not in _TIMES}
                found.append(json.dumps([table.name, kept], default=str))
    return "\n".join(sorted(found))


def work_alone(listing: Path) -> float:
    """Seconds of CPU of git and check of all repositories, one after another in one program: what a
    fleet adds to that is its own. What starting that program takes is not counted.
    """
    code = (
        "import resource, sys\n"
        "from pmlint.fleet.judging import judge_repository\n"
        "from pmlint.fleet.listing import read_list\n"
        "from pmlint.fleet.task import FleetTask\n"
        "def cpu():\n"
        "    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN\n"
        "    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, who))\n"
        "listed = read_list(open(sys.argv[1]).read(), sys.argv[1], allow_file=True)\n"
        "tasks = [FleetTask(one, 120, 256, sys.argv[2]) for one in listed]\n"
        # The first one loads schemas and policies, as each worker of a fleet does.
        "judge_repository(tasks[0]); before = cpu()\n"
        "for task in tasks: judge_repository(task)\n"
        "print(cpu() - before)"
    )
    words = [sys.executable, "-c", code, str(listing), _NOW]
    return float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


class FleetFigures(NamedTuple):
    """CPU of a first run against git and check alone, of a second run against the first, and the
    last of the first runs.
    """

    above: float
    again: float
    first: FleetRun


def measured(listing: Path, folder: Path, rounds: int) -> FleetFigures:
    """The median of so many rounds, in each of which one follows the other: a machine that is busy
    is as busy for both.
    """
    above, again = [], []
    for number in range(rounds):
        store = folder / f"store-{number}"
        first = run(listing, store)
        above.append(first.cpu / work_alone(listing))
        again.append(run(listing, store).cpu / first.cpu)
    return FleetFigures(median(above), median(again), first)


def suite(stage: Stage) -> Outcome:
    """Three repositories for ten documents asked for: CPU above git and check, a second run, and
    the memory of the driver with a tenth of them.
    """
    # 300, as the contract has them: with 100 the start of the program was most of a second run.
    number = max(10, stage.documents * 3 // 10)
    folder = stage.folder / "fleet"
    listing = fleet_world.write(folder / "world", number)
    tenth = folder / "tenth.jsonl"
    tenth.write_text("".join(listing.read_text().splitlines(keepends=True)[: number // 10]))
    try:
        found = measured(listing, folder, stage.few)
        small = run(tenth, folder / "tenth")
    except subprocess.CalledProcessError as error:
        raise Failed(f"the fleet left with exit code {error.returncode}: {error.stderr}") from None
    figures = {
        "fleet-above": found.above,
        "fleet-again": found.again,
        "fleet-memory": found.first.peak / small.peak,
    }
    notes = [
        f"{number} repositories: {found.first.cpu:.1f} s of CPU with two processes; the driver took "
        f"{found.first.peak / 1024:.0f} MiB, and {small.peak / 1024:.0f} for a tenth"
    ]
    return Outcome(figures=figures, notes=notes)


def estimated(first: FleetRun, measured: int, stored: int, number: int) -> str:
    """What a fleet of so many repositories takes, on paper, from a run over ``measured`` of them
    and the bytes of its store: as a row of the table in docs/guides/many-repositories.md.
    """
    each = first.cpu / measured
    cells = (
        f"{number:,}",
        f"{number:,} × {each:.3f} s = {number * each / 3600:.1f} h",
        f"{number * each / 8 / 60:.0f} min",
        f"{number * _FETCHED_KB / 1e6:.1f} GB",
        f"{number * _ASKED_S / 8 / 60:.0f} min",
        f"{number * stored / measured / 1e6:.0f} MB",
    )
    return f"| {' | '.join(cells)} |"


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A Dask scheduler and two workers as programs; the address."""
    from distributed import Client

    file = folder / "scheduler.json"
    words = ["--scheduler-file", str(file), "--no-dashboard"]
    kept = ["--local-directory", str(folder / "dask")]
    with (
        _dask(folder, "scheduler", "--port", "0", *words) as scheduler,
        _dask(folder, "worker", "--nthreads", "1", "--nworkers", "2", *words, *kept),
    ):
        # The workers wait for the file, too.
        while not file.exists() or not file.read_text():
            if scheduler.poll() is not None:
                raise Failed(f"the scheduler left with exit code {scheduler.returncode}")
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        with Client(address, timeout=_PATIENCE) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(2, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        yield address.replace("tcp://", "dask://")


@contextmanager
def _dask(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, which is ended with the programs that it started."""
    program = subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--figures", action="store_true", help="without shards and clusters")
    parser.add_argument("--dask", action="store_true", help="also on a cluster of this machine")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pmlint-bench-") as place:
        folder = Path(place)
        listing = fleet_world.write(folder / "world", options.repositories)
        found = measured(listing, folder, options.rounds)
        first = found.first
        print(
            f"first run: {first.wall:.1f} s wall, {first.cpu:.1f} s CPU, driver {first.peak / 1024:.0f} MiB"
        )
        print(f"CPU against git and check alone: {found.above:.3f}")
        print(f"CPU of a second run against the first: {found.again:.4f}")
        stored = sum(file.stat().st_size for file in (folder / "store-0").rglob("*.parquet"))
        for number in (10_000, 100_000):
            print(estimated(first, options.repositories, stored, number))
        tenth = folder / "tenth.jsonl"
        tenth.write_text(
            "".join(listing.read_text().splitlines(keepends=True)[: options.repositories // 10])
        )
        small = run(tenth, folder / "tenth")
        print(
            f"driver with a tenth: {small.peak / 1024:.0f} MiB, all against it {first.peak / small.peak:.2f}"
        )
        if options.figures:
            return
        run(listing, folder / "local")
        for number in range(1, 9):
            run(listing, folder / "shards", "--shard", f"{number}/8")
        print(f"8 shards give the same rows: {rows(folder / 'shards') == rows(folder / 'local')}")
        if options.dask:
            with cluster(folder) as address:
                run(listing, folder / "dask", "--executor", address)
            print(f"dask gives the same rows: {rows(folder / 'dask') == rows(folder / 'local')}")


if __name__ == "__main__":
    main()
