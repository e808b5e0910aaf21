"""The formats of docs/spec/adopt.md: each is mapped on a file of our own, and the real gate judges
five edits of it in a real repository.

A file of this folder is one format: it is also what `docs/guides/formats.md` shows (`python
docs/render_formats.py`).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.model import Route
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.registry import read_routes
from pmlint.project.registry.widening import narrower, wider
from tests.git_folder import GitFolder
from tests.yaml_file import read_yaml

BASE = Path(__file__).parents[2] / "cases" / "base"
FORMATS = {file.stem: read_yaml(file) for file in sorted(Path(__file__).parent.glob("*.yaml"))}
EXPECTED = {"on": 1, "wider": 1, "weaker": 1, "narrower": 0, "unrelated": 0, "other": 0}
"""What the gate answers for each kind of edit: 1 is refused, 0 allowed."""
ROUTE = """\
id: {route}
title: A desk
owner: "@maria"
state: paused
restart: false
autonomy: suggest
controls: [{{id: refund-approval, layer: approval-gate, guards: prevent, description: "a person approves above 50 EUR"}}]
postmortems: [PM-2026-001]
"""


def git(root: Path, *words: str) -> None:
    GitFolder(root).git(*words)


def repository(root: Path, known: dict[str, Any]) -> None:
    """A repository with the file of a format, its mapping, and an open postmortem of its route."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    (root / "routes" / "refund-triage.yaml").unlink()
    (root / "routes" / f"{known['route']}.yaml").write_text(ROUTE.format(route=known["route"]))
    postmortem = root / "postmortems" / "PM-2026-001-refunds.md"
    postmortem.write_text(postmortem.read_text().replace("refund-triage", known["route"]))
    for path, text in {**known["files"], "pyproject.toml": known["mapping"]}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    for words in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("commit", "-q", "-m", "base"),
        ("switch", "-q", "-c", "change"),
    ):
        git(root, *words)


def change(root: Path, known: dict[str, Any], edit: dict[str, Any]) -> None:
    """Make one edit and commit it."""
    path = root / edit.get("file", next(iter(known["files"])))
    if "from" in edit:
        old, new = (str(edit[name]).replace("\\n", "\n") for name in ("from", "to"))
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"the file has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit["to"], encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


def edits() -> Iterator[Any]:
    for name, known in FORMATS.items():
        for kind in known["edits"]:
            yield pytest.param(name, kind, id=f"{name}-{kind}")


@pytest.mark.parametrize(("name", "kind"), list(edits()))
def test_the_comparison_sees_an_edit(name: str, kind: str, tmp_path: Path) -> None:
    """What the table says of an edit, without the gate: a flag that rises, a field that gets wider
    or narrower.
    """
    known = FORMATS[name]
    repository(tmp_path, known)
    before = mapped(tmp_path, known["route"])
    change(tmp_path, known, known["edits"][kind])
    after = mapped(tmp_path, known["route"])
    restored = [*risen(before, after), *widened(before, after)]
    assert bool(restored) == bool(EXPECTED[kind]), restored


def mapped(root: Path, name: str) -> list[Route]:
    tree = WorkTree(str(root))
    return [
        route for route in read_routes(tree, load(tree)).routes if route.mapped and route.id == name
    ]


def pairs(before: list[Route], after: list[Route]) -> Iterator[tuple[Route | None, Route]]:
    """Each place with the least trusted one of its source."""
    for route in after:
        assert route.entry is not None
        same = [
            other
            for other in before
            if other.entry is not None and other.entry.source == route.entry.source
        ]
        yield min(same, key=lambda other: len(other.raised), default=None), route


def risen(before: list[Route], after: list[Route]) -> list[str]:
    found = []
    for old, new in pairs(before, after):
        was = {flag.name: flag.state for flag in old.flags} if old else {}
        found += [
            flag.name
            for flag in new.flags
            if flag.state != "down" and was.get(flag.name) != flag.state
        ]
    return found


def widened(before: list[Route], after: list[Route]) -> list[str]:
    found = []
    for old, new in pairs(before, after):
        if old is not None:
            moves = [wider(one, other) for one, other in zip(old.trusted, new.trusted, strict=True)]
            moves += [
                narrower(one, other) for one, other in zip(old.guarded, new.guarded, strict=True)
            ]
            found += [move.text for move in moves if move is not None]
    return found


def test_the_guide_shows_these_formats() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "docs/render_formats.py", "--check"], cwd=root, check=False
    )
    assert done.returncode == 0, "run: python docs/render_formats.py"


@pytest.mark.parametrize(("name", "kind"), list(edits()))
def test_the_gate_judges_an_edit(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = FORMATS[name]
    repository(tmp_path, known)
    change(tmp_path, known, known["edits"][kind])
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        commands, ["gate", "--base", "main", "--head", "change", "--now", "2026-10-15"]
    )
    assert done.exit_code == EXPECTED[kind], done.output


@pytest.mark.parametrize("name", FORMATS)
def test_the_check_is_green(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = FORMATS[name]
    repository(tmp_path, known)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        commands, ["check", "--no-cache", "--output-format", "concise", "--now", "2026-10-15"]
    )
    codes = [
        line.split(": ")[1].split(" ")[1]
        for line in done.stdout.splitlines()
        if ": " in line and not line.startswith("All clean")
    ]
    # Of a platform that has only "being there", the held route is there so that widening can be
    # shown.
    assert codes == (["restart-with-open-actions"] if known.get("running") else []), done.stdout
