"""Every value of every closed list is described, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pmlint.model.schema import schema
from pmlint.place import Path as Place
from pmlint.server import fields

VALUES = json.loads((Path(fields.__file__).parent / "values.json").read_text(encoding="utf-8"))


def closed(part: object, name: str = "") -> Iterator[tuple[str, str]]:
    """The name of each field with a closed list, and each value of it."""
    if isinstance(part, list):
        for item in part:
            yield from closed(item, name)
    if isinstance(part, dict):
        yield from ((name, value) for value in part.get("enum", ()))
        for key, below in part.items():
            yield from closed(below, name if key in ("properties", "items", "$defs") else key)


def test_every_value_is_described() -> None:
    wanted = {pair for kind in ("postmortem", "route", "policy") for pair in closed(schema(kind))}  # type: ignore[arg-type]
    assert wanted == {(name, value) for name, values in VALUES.items() for value in values}


def test_fields_by_path() -> None:
    layer = fields.field("postmortem", Place(("actions", 3, "layer")))
    assert layer is not None
    assert "permissions" in layer["enum"]
    assert fields.field("postmortem", Place(("actions", "layer"))) is None
    assert fields.field("postmortem", Place(("nothing",))) is None
