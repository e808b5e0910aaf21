"""What carries the tasks of a fleet: the pool, a Dask cluster, an executor of somebody else."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import fleet as bench_fleet
from pmlint.fleet import engines
from pmlint.fleet.listing import read_list
from pmlint.fleet.task import FleetTask
from tests.fleet import deadly
from tests.fleet.conftest import NOW, Fleet, rows


def test_an_executor_of_somebody_else(
    fleet: Fleet, judged: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_executor.py").write_text(
        "from concurrent.futures import ThreadPoolExecutor\ndef make(): return ThreadPoolExecutor(2)\nnumber = 7\ndef wrong(): return 7\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert fleet.run_in_pool("--executor", "own_executor:make")[0] == 0
    assert rows(fleet) == rows(judged)
    for text, says in (
        ("own_executor:missing", "cannot be imported"),
        ("no_such_module:make", "cannot be imported"),
        ("own_executor:number", "is not callable"),
        ("own_executor:wrong", "returned int, not an Executor"),
    ):
        code, said = fleet.run_in_pool("--executor", text, "--refresh")
        assert (code, says in said) == (2, True)


def test_a_dask_cluster_of_programs(fleet: Fleet, judged: Fleet, tmp_path: Path) -> None:
    with bench_fleet.cluster(tmp_path) as address:
        code, said = fleet.run_in_pool("--executor", address)
    assert code == 0, said
    assert rows(fleet) == rows(judged)


def test_no_scheduler_is_exit_2(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(engines, "_ANSWERS_WITHIN", 0.1)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and never listens
        address = f"dask://127.0.0.1:{silent.getsockname()[1]}"
        code, said = fleet.run_in_pool("--executor", address)
    assert (code, f"no scheduler answers at '{address}'" in said) == (2, True)


def test_a_task_that_kills_its_worker_takes_no_other_with_it(fleet: Fleet, tmp_path: Path) -> None:
    """Which one it was is found by trying each alone; three times, then its row says why."""
    listed = read_list(fleet.list.read_text(), "x", allow_file=True)
    tasks = [FleetTask(one, 60, 100, NOW) for one in listed]
    engine = engines.local_engine(2, str(tmp_path / "place"))
    results = engines.judge_all(tasks, engine._replace(carry_out=deadly.judge))
    found = {result.listed.name: result for result in results}
    assert len(found) == 6
    errors = {name: result.error for name, result in found.items() if result.error}
    assert errors == {"example.org/acme/repo-00002": "its worker died 3 times"}
    assert not (tmp_path / "place").exists()


def test_a_task_on_dask_works_in_the_folder_of_its_worker(
    fleet: Fleet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask deletes that folder when another worker starts after a kill; nobody deletes others."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(
        distributed, "get_worker", lambda: SimpleNamespace(local_directory=str(place))
    )
    monkeypatch.setattr(engines, "carry_out", lambda task: task)
    [one] = read_list(fleet.list.read_text().splitlines()[0], "x", allow_file=True)
    task = FleetTask(one, 60, 100, None)
    assert engines.carry_out_on_dask(task) == task._replace(place=str(place))
