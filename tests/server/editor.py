"""A repository with one postmortem and one route, and a document of it with a cursor in it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pmlint.cli.project import find
from pmlint.output.columns import utf16
from pmlint.server.draft import Draft, kind_of
from pmlint.server.positions import Units
from pmlint.server.view import View

BASE = Path(__file__).parents[1] / "cases" / "base"
POSTMORTEM = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
CURSOR = "‸"
TODAY = date(2026, 10, 15)


class Typed(NamedTuple):
    """A document as it stands in the editor, the repository, and where the cursor is."""

    draft: Draft
    view: View
    offset: int


def repository(root: Path) -> Path:
    """The valid repository, in a folder of its own."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    (root / "pmlint.toml").touch()
    return root


def typed(root: Path, old: str, new: str, file: str = POSTMORTEM, measure: Units = utf16) -> Typed:
    """The document with one text replaced by another that has a cursor (``‸``) in it; nothing is
    saved.
    """
    before = (root / file).read_text(encoding="utf-8")
    assert before.count(old), old
    text = before.replace(old, new, 1)
    offset = text.find(CURSOR)
    text = text.replace(CURSOR, "")
    project = find(str(root))
    return Typed(
        Draft(file, text, kind_of(file, project.settings), measure),
        View(project, {file: text}, TODAY),
        offset,
    )
