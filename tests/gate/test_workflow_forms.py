"""Jobs that run pmlint in other forms, and by other names: the rows of `workflow_forms.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pmlint.gate.workflows import workflow_changes
from pmlint.gate.workflows.systems import is_watched
from tests.gate import DATA
from tests.gate.said import SaidFile
from tests.gate.test_workflows import said_of
from tests.yaml_file import read_yaml

FORMS: list[dict[str, Any]] = read_yaml(DATA / "workflow_forms.yaml")
SAID = SaidFile("workflow_forms_said.json")


def said(files: Mapping[str, str], edits: Mapping[str, Any]) -> list[str]:
    """What is said of edits of some files."""
    assert all(map(is_watched, files))
    after = dict(files)
    for path, pairs in edits.items():
        for old, new in pairs.items():
            assert after[path].count(old) == 1, f"{path} has {old!r} not once"
            after[path] = after[path].replace(old, new)
    sides = ({path: text.encode() for path, text in side.items()} for side in (files, after))
    return [said_of(change) for change in workflow_changes(*sides)]


@pytest.mark.parametrize("form", FORMS, ids=[form["name"] for form in FORMS])
def test_what_weakens_is_seen_and_its_twin_is_free(form: dict[str, Any], update: bool) -> None:
    found = said(form["files"], form["edit"])
    assert found
    SAID.check(form["name"], found, update)
    twin = dict(form["twin"])
    assert said(twin.pop("files", form["files"]), twin) == []
