"""The workflow of `pmlint init --replay`, its scripts run as they are: both runs of a real replay,
the statement, the signature.

Stand-ins: ``gh`` takes from a folder what a forge would give, ``sudo`` and ``unshare`` run what
they are given. ``sudo`` takes all of its input, as the code that is played may.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.gate.signing import verify_statement
from pmlint.init.texts import text
from pmlint.model import People
from pmlint.parsing.tree import WorkTree
from pmlint.project.people import known_people
from pmlint.project.settings import Settings
from tests.replay.world import FILE, ID, ReplayDesk

STAND_INS = {
    "sudo": '#!/bin/bash\nwhile [[ "$1" == -* ]]; do [ "$1" = -u ] && shift; shift; done\ncat > /dev/null\nexec "$@"\n',
    "unshare": '#!/bin/bash\n[ "$1 $2" = "--net --" ] || exit 9\nshift 2\nexec "$@"\n',
    "gh": '#!/bin/bash\nif [ "$1" = repo ]; then git clone --quiet --bare "$FORGE" "$4"; else cp -r "$RUNNER_TEMP/runs" "${@: -1}.new" && mv "${@: -1}.new/"* "${@: -1}/"; fi\n',
}


def steps(job: str) -> list[dict[str, Any]]:
    workflow: dict[str, Any] = yaml.safe_load(text("replay-workflow.yml"))
    found: list[dict[str, Any]] = workflow["jobs"][job]["steps"]
    return [step for step in found if "run" in step and "Install" not in step["name"]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReplayDesk:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    return ReplayDesk(root)


def run(desk: ReplayDesk, job: str, **more: str) -> subprocess.CompletedProcess[str]:
    """All scripts of a job in their order, the last one's answer; a script that fails ends it."""
    temporary = desk.root.parent / "temp"
    for folder in ("bin", "pmlint/bin", "played/bin", "runs"):
        (temporary / folder).mkdir(parents=True, exist_ok=True)
    for name, script in STAND_INS.items():
        (temporary / "bin" / name).write_text(script)
        (temporary / "bin" / name).chmod(0o755)
    for place in ("pmlint", "played"):
        python = temporary / place / "bin" / "python"
        if not python.exists():
            python.write_text(f'#!/bin/bash\nexec {sys.executable} "$@"\n')
            python.chmod(0o755)
    around = {
        "PATH": f"{temporary / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(temporary),
        "GITHUB_SHA": desk.git("rev-parse", "HEAD"),
        "GITHUB_RUN_ID": "1",
        "GITHUB_REPOSITORY": "acme/desk",
        "FORGE": str(desk.root),
        "USER": "runner",
        "HOME": str(temporary),
        "KEY": "",
        "MACHINE": "@ci-replays",
        **more,
    }
    done = subprocess.CompletedProcess[str]([], 0)
    for step in steps(job):
        where = temporary if "working-directory" in step else desk.root
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            words, cwd=where, env=around, capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            break
    return done


def statement(desk: ReplayDesk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((desk.root.parent / "temp" / "replays.json").read_text())
    return found


def test_the_incident_is_played_and_stated(desk: ReplayDesk) -> None:
    played = run(desk, "play")
    assert played.returncode == 0, played.stderr
    names = sorted(file.name for file in (desk.root.parent / "temp" / "runs").iterdir())
    assert names == [f"{ID}.green.xml", f"{ID}.red.xml"]
    done = run(desk, "state")
    assert done.returncode == 0, done.stderr
    (entry,) = statement(desk)["replays"]
    assert {half: entry[half]["predicate"]["result"] for half in ("red", "green")} == {
        "red": "FAILED",
        "green": "PASSED",
    }
    assert entry["red"]["subject"][0]["digest"]["gitCommit"] == desk.broken


def test_each_of_two_incidents_is_played(desk: ReplayDesk) -> None:
    second = FILE.replace("PM-2026-001", "PM-2026-002")
    desk.write(second, desk.read(FILE).replace("PM-2026-001", "PM-2026-002"))
    desk.commit("The incident has a second review")
    played = run(desk, "play")
    assert played.returncode == 0, played.stderr
    names = sorted(file.name for file in (desk.root.parent / "temp" / "runs").iterdir())
    assert names == [
        f"{name}.{half}.xml" for name in (ID, "PM-2026-002") for half in ("green", "red")
    ]


def test_the_statement_is_signed_by_the_machine(desk: ReplayDesk, tmp_path: Path) -> None:
    key = tmp_path / "machine"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True
    )
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    desk.write(
        "people.yaml",
        desk.read("people.yaml")
        + f'- {{handle: "@ci-replays", signs: [replays], allowed_signer: "{public}"}}\n',
    )
    desk.commit("A machine that signs")
    assert run(desk, "play").returncode == 0
    done = run(desk, "state", KEY=key.read_text())
    assert done.returncode == 0, done.stderr
    signed = statement(desk)
    people = known_people(WorkTree(str(desk.root)), Settings())
    assert isinstance(people, People)
    verify_statement(signed["statement"], signed["signature"], signed["by"], people, "replays")
    assert not (desk.root.parent / "temp" / "key").exists()


def test_a_replay_that_passes_on_broken_code_fails_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)
    desk = ReplayDesk(root, "def test_nothing():\n    assert True\n")
    assert run(desk, "play").returncode == 0
    done = run(desk, "state")
    assert (done.returncode, statement(desk)["replays"]) == (1, [])
    assert "red: 'test_nothing' passed at the broken commit" in done.stderr
