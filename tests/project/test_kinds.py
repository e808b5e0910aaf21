"""One object a kind of document: what exists is where it says, and a new kind is one object and one
schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from pmlint.check.engine import check_tree
from pmlint.model import schema
from pmlint.model.resources import read_json
from pmlint.parsing.document import DocumentName
from pmlint.parsing.tree import WorkTree
from pmlint.project import kinds
from pmlint.project.configuration import load
from pmlint.project.kinds import KINDS, DocumentKind, kind_at
from pmlint.project.settings import Settings

TEMPLATES = Path(kinds.__file__).parents[1] / "init" / "templates"
SETTINGS = Settings(exclude=("routes/old",), routes=("routes", "services/*/routes"))


def test_every_kind_has_its_name_its_schema_its_setting_and_its_template() -> None:
    assert tuple(kind.name for kind in KINDS) == get_args(DocumentName)
    for kind in KINDS:
        assert read_json(f"{kind.name}.json")["description"]
        assert kind.places(Settings()) == kind.default
        assert kind.setting is None or kind.setting in Settings._fields
        assert not kind.template or (TEMPLATES / kind.template).is_file()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("postmortems/PM-2026-001.md", "postmortem"),
        ("postmortems/a.yaml", ""),
        ("routes/a.yaml", "route"),
        ("routes/a.yml", "route"),
        ("services/x/routes/a.yml", "route"),
        ("routes/old/a.yml", ""),
        ("routes/a.md", ""),
        ("people.yaml", "people"),
        ("people.yml", ""),
        ("policies/a.yaml", "policy"),
        ("policies2/a.yaml", ""),
        ("README.md", ""),
    ],
)
def test_the_kind_of_a_file_is_by_its_place(path: str, name: str) -> None:
    kind = kind_at(path, SETTINGS)
    assert (kind.name if kind else "") == name


def test_what_others_are_judged_by_is_never_excluded() -> None:
    settings = Settings(exclude=("policies", "people.yaml", "routes"))
    found = [
        kind_at(path, settings) for path in ("policies/a.yaml", "people.yaml", "routes/a.yaml")
    ]
    assert [kind and kind.name for kind in found] == ["policy", "people", None]


@pytest.fixture
def runbooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kind that is made of one object and one schema."""
    runbook = DocumentKind("runbook", None, ("runbooks",), (".yaml",), "runbook")  # type: ignore[arg-type]
    shape = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}},
        "additionalProperties": False,
    }
    shape["$defs"] = {}
    monkeypatch.setattr(kinds, "KINDS", (*KINDS, runbook))
    known = schema.read_json
    monkeypatch.setattr(
        schema,
        "read_json",
        lambda name: json.loads(json.dumps(shape)) if name == "runbook.json" else known(name),
    )
    yield
    for cached in (schema.schema, schema._fits, schema.reference):
        cached.cache_clear()


@pytest.mark.usefixtures("runbooks")
def test_a_new_kind_is_found_read_and_held_to_its_shape(tmp_path: Path) -> None:
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "a.yaml").write_text("id: a\n")
    (tmp_path / "runbooks" / "b.yaml").write_text("id: b\nid: c\n")
    (tmp_path / "runbooks" / "c.yaml").write_text("titel: c\n")
    (tmp_path / "runbooks" / "d.yaml").write_text("id: [\n")
    (tmp_path / "runbooks" / "e.txt").write_text("no document\n")
    tree = WorkTree(str(tmp_path))
    settings = load(tree)
    found = check_tree(tree, settings, date(2026, 10, 15)).report.findings
    assert {(one.path, one.code, one.span.row) for one in found} == {
        ("runbooks/b.yaml", "syntax", 2),
        ("runbooks/c.yaml", "schema", 1),
        ("runbooks/d.yaml", "syntax", found[-1].span.row),
    }
    kind = kind_at("runbooks/a.yaml", settings)
    assert kind is not None
    assert kind.name == "runbook"
    assert kinds.folders(settings) == (
        *(folder for one in KINDS if not one.is_one_file for folder in one.default),
        "runbooks",
    )
