"""Streams that are closed, broken or full, and reports that can't be written: said, with exit code
2.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.world import COMMANDS, FILE, calm, environment, files, repository, run


def shell(folder: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash; ``pmlint`` in it is ours, and ``$?`` that of the first command."""
    line = words.replace("pmlint", f"{sys.executable} -m pmlint", 1) + "; exit ${PIPESTATUS[0]}"
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        "check",
        "check --output-format sarif",
        "routes",
        "actions",
        "rules",
        "rule vague-action",
        "check --diff",
    ],
)
def test_nobody_reads_what_is_said(words: str, tmp_path: Path) -> None:
    done = shell(repository(tmp_path), f"pmlint {words} | head -c 0")
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.parametrize("words", ["check", "routes", "check --diff", "schema route"])
@pytest.mark.parametrize(
    ("target", "reason"), [("/dev/full", "no space left on device"), ("&-", "not writable")]
)
def test_the_output_takes_nothing(words: str, target: str, reason: str, tmp_path: Path) -> None:
    done = shell(repository(tmp_path), f"pmlint {words} >{target}")
    assert (done.returncode, done.stderr) == (2, f"error: the output: {reason}\n")


def test_no_stream_at_all(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    before = files(folder)
    assert shell(folder, "pmlint check <&- >&- 2>&-").returncode == 2
    assert shell(folder, "pmlint check nothing <&- >&- 2>&-").returncode == 2
    assert files(folder) == before
    assert shell(folder, "pmlint check -o out.txt <&- >&- 2>&-").returncode == 1
    assert (folder / "out.txt").read_text().endswith("Found 1 error in 1 postmortem and 1 route\n")


def test_a_closed_input_is_an_empty_one(tmp_path: Path) -> None:
    done = shell(repository(tmp_path), f"pmlint check - --stdin-filename {FILE} <&-")
    assert "the file is empty" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("target", "reason"),
    [("routes", "is a directory"), ("people.yaml/out", "not a directory"), ("", "")],
)
@pytest.mark.parametrize("verb", ["check", "gate"])
def test_a_report_that_cannot_be_written(
    verb: str, target: str, reason: str, tmp_path: Path
) -> None:
    folder = repository(tmp_path)
    before = files(folder)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    done = run(folder, verb, "-o", target)
    calm(done)
    assert (done.returncode, done.stderr) == (
        (2, f"error: {target}: {reason}\n") if target else (done.returncode, "")
    )
    assert {
        name: data for name, data in files(folder).items() if not name.startswith(".git/")
    } == before


def test_the_folder_of_a_report_is_made(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    assert run(folder, "check", "-o", "no/such/out.txt").returncode == 1
    assert (
        (folder / "no" / "such" / "out.txt").read_text().endswith("in 1 postmortem and 1 route\n")
    )


def test_devices_links_and_pipes_are_written_through(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / "target").mkdir()
    (folder / "target" / "real.txt").write_text("old")
    (folder / "link.txt").symlink_to("target/real.txt")
    report = run(folder, "check").stdout
    assert run(folder, "check", "-o", "link.txt").returncode == 1
    assert (folder / "link.txt").is_symlink()
    assert (folder / "target" / "real.txt").read_text() == report
    assert run(folder, "check", "-o", "/dev/null").returncode == 1
    assert not os.path.isfile("/dev/null")
    assert run(folder, "check", "-o", "/dev/stdout").stdout == report
    shell(
        folder,
        "pmlint check -o >(cat >seen.txt; touch done.txt); while [ ! -e done.txt ]; do sleep 0.01; done",
    )
    assert (folder / "seen.txt").read_text() == report


def test_permissions_are_kept_and_new_files_get_those_that_are_usual(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / FILE).chmod(0o640)
    run(folder, *COMMANDS["fix"])
    assert (folder / FILE).stat().st_mode & 0o777 == 0o640
    run(folder, *COMMANDS["output"], preexec_fn=lambda: os.umask(0o027))
    assert (folder / "out.json").stat().st_mode & 0o777 == 0o640
