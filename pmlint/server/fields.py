"""What the schemas say of the field at a path: its description, its keys, its values; and what kind
of thing its value names.
"""

from __future__ import annotations

import json
from functools import cache
from os.path import dirname, join
from typing import Any

from pmlint.edit.fixes import HANDLES
from pmlint.model.schema import SchemaKind, schema
from pmlint.model.validator import resolved
from pmlint.place import Path
from pmlint.project.kinds import KINDS

_LINKS = {
    ("routes", "routes"): "route",
    ("failed_controls", "control"): "control",
    ("failed_controls", "findings"): "finding",
    ("actions", "control"): "failed control",
    ("actions", "findings"): "finding",
    ("evidence", "action"): "action",
    ("recurrence_of", "recurrence_of"): "postmortem",
    ("waivers", "rule"): "rule",
    ("taxonomy", "taxonomy"): "taxonomy",
    ("postmortems", "postmortems"): "postmortem",
}
"""What a text names, by the first and the last name of its path."""
_HOMES = {
    **{(kind.name, *kind.id_at): kind.word for kind in KINDS},
    ("postmortem", "findings", "id"): "finding",
    ("postmortem", "actions", "id"): "action",
    ("postmortem", "failed_controls", "control"): "failed control",
    ("postmortem", "failed_controls", "absent"): "failed control",
    ("route", "controls", "id"): "control",
}


def field(kind: SchemaKind, path: Path) -> dict[str, Any] | None:
    """The schema of what is at a path, None where the format has no such field."""
    whole = schema(kind)
    part: dict[str, Any] | None = whole
    for step in path:
        if part is None:
            return None
        part = _resolved(
            whole,
            part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step),
        )
    return part


def _resolved(whole: dict[str, Any], part: Any) -> dict[str, Any] | None:
    if not isinstance(part, dict):
        return None
    return dict(resolved(part, whole))


def types(part: dict[str, Any]) -> list[str]:
    """The JSON types that a field may have; empty for a closed list."""
    found = part.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def described(name: str, value: str) -> str:
    """What a value of a closed list means, in the field ``name``; empty where nothing says it."""
    return str(_descriptions().get(name, {}).get(value, ""))


@cache
def _descriptions() -> dict[str, dict[str, str]]:
    with open(join(dirname(__file__), "values.json"), encoding="utf-8") as file:
        found: dict[str, dict[str, str]] = json.load(file)
    return found


def names(path: Path) -> tuple[str, ...]:
    """The keys of a path, without the numbers of items."""
    return tuple(step for step in path if isinstance(step, str))


def link(kind: SchemaKind | None, path: Path) -> str:
    """What the text at a path names elsewhere: ``route``, ``control``, ``person`` ...; empty where
    it names nothing.
    """
    keys = names(path)
    if kind not in ("postmortem", "route") or not keys:
        return ""
    # By the last name, since people are named at a dozen places of the format.
    if keys[-1] in HANDLES or keys == ("authors",):
        return "person"
    # By the first and the last: between them are lists and mappings, which differ.
    return "file" if keys[-1] == "path" else _LINKS.get((keys[0], keys[-1]), "")


def home(kind: SchemaKind | None, path: Path) -> str:
    """What has its home at a path, so that others may name it: ``route`` at a route's ``id``; empty
    for anything else.
    """
    return _HOMES.get((kind or "", *names(path)), "")
