"""Examples of policies as an author writes them: the fields of the valid document with the example
laid over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from pmlint.policy.examples import overlay, valid

WIDTH = 92
_PLAIN = re.compile(r"\d{4}-\d\d-\d\d(T[\d:]+(Z|[+-]\d\d:\d\d))?")


class _Notation(yaml.SafeDumper):
    """Days without quotes, handles with double ones, and lists set in below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if _PLAIN.fullmatch(text):
        return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)
    style = '"' if text.startswith("@") or ": " in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Notation.add_representer(str, _scalar)


def authored(kind: str, example: dict[str, Any]) -> str:
    """The fields that an example is about, in full; of a list the elements that it changes."""
    parts = []
    for title, name in (("# on the base\n", "base"), ("", "set")):
        changes = example.get(name, {})
        parts += [title] * bool(changes)
        parts += _fields(overlay(valid(kind), changes), changes)
    return "".join(parts) or "# the review as it is\n"


def _fields(document: dict[str, Any], changes: dict[str, Any]) -> Iterator[str]:
    for name, change in changes.items():
        if name not in document:
            yield f"# without '{name}'\n"
            continue
        value = document[name]
        if isinstance(value, list) and isinstance(change, list):
            value = [
                item for item, part in zip(value, change, strict=True) if not _is_reference(part)
            ]
        elif isinstance(value, dict) and isinstance(change, dict):
            for key in change.keys() - value.keys():
                yield f"# without '{name}.{key}'\n"
            value = {key: value[key] for key in change if key in value}
        if value or value == change:
            yield _written(name, value)


def _written(name: str, value: Any) -> str:
    # None asks for flow style in the innermost collections, which the field itself must not be.
    flow = None if isinstance(value, list | dict) and value else False
    options = {"sort_keys": False, "allow_unicode": True, "width": WIDTH}
    return yaml.dump({name: value}, Dumper=_Notation, default_flow_style=flow, **options)


def _is_reference(part: object) -> bool:
    """Whether an element of an example only says that the element of the valid document stays."""
    return isinstance(part, dict) and list(part) == ["id"]
