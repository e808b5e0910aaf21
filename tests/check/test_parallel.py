"""Two processes say what one says, whatever becomes of the second."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from pmlint.check import batch, engine
from pmlint.check.engine import check_tree
from pmlint.check.parallel import spread
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
TODAY = date(2026, 10, 15)
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is one process only")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten postmortems, of which each names a route or a postmortem that does not exist, a few break
    the schema, and one is no YAML.
    """
    monkeypatch.setattr(batch, "PART", 2)
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / FILE).read_text()
    for number in range(2, 11):
        new = text.replace("PM-2026-001", f"PM-2026-{number:03}").replace(
            "routes: [refund-triage]", f"routes: [refund-triag{number}]"
        )
        new = new.replace("status: ", "status: x") if number % 4 == 0 else new
        (tmp_path / f"postmortems/PM-2026-{number:03}-again.md").write_text(
            new if number != 7 else "---\na: [\n---\n"
        )
    return tmp_path


@pytest.mark.parametrize("jobs", [2, 3, 64, 0])
@pytest.mark.parametrize("name", ["text", "json", "sarif"])
def test_the_same_bytes(root: Path, jobs: int, name: str) -> None:
    one, many = (
        check_tree(WorkTree(str(root)), Settings(), TODAY, jobs=count) for count in (1, jobs)
    )
    assert len(one.report.findings) > 10
    assert render(name, many.report) == render(name, one.report)
    assert many.repository_index.postmortems == one.repository_index.postmortems


def test_what_another_process_found_clean_is_remembered(
    root: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(engine, "ENOUGH", 1)
    said = [
        render(
            "json",
            check_tree(
                WorkTree(str(root)), Settings(), TODAY, jobs=jobs, cache_of=str(root)
            ).report,
        )
        for jobs in (2, 2, 1)
    ]
    assert len(set(said)) == 1


def squares(numbers: Sequence[int]) -> list[int]:
    return [number * number for number in numbers]


@pytest.mark.parametrize("jobs", [1, 2, 3, 7, 99])
def test_parts_in_order(jobs: int) -> None:
    assert [square for part in spread(squares, range(20), jobs) for square in part] == squares(
        range(20)
    )


@pytest.mark.parametrize("how", ["raises", "is killed", "leaves"])
def test_a_process_that_fails_has_its_part_done_here(how: str) -> None:
    parent = os.getpid()

    def work(numbers: Sequence[int]) -> list[int]:
        if os.getpid() != parent:
            if how == "raises":
                raise KeyboardInterrupt
            if how == "is killed":
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(3)
        return squares(numbers)

    assert spread(work, range(5), 2) == [[0, 1, 4], [9, 16]]


def test_an_interrupted_run_leaves_no_process() -> None:
    parent = os.getpid()

    def work(numbers: Sequence[int]) -> None:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        spread(work, range(5), 2)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
