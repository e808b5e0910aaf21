"""Examples of rules and policies as an author writes them.

An example is an overlay on the complete valid document; what is shown are the fields that it is
about, in full, under a comment with the file where more than one has a part in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pmlint.parsing.document import read_yaml
from pmlint.parsing.source import Source
from pmlint.parsing.written_yaml import written
from pmlint.policy.examples import overlay, valid

_REVIEW = "postmortems/PM-2026-001-refunds.md"
_ROUTE = "routes/refund-triage.yaml"
_CONFIGURATION = "pmlint.toml"
_AROUND = frozenset(("body", "edits", "file", "others", "platform", "route", "settings"))
"""What an example of a rule has beside the fields of its postmortem."""


def authored_rule(example: str) -> str:
    """The example of a rule, from the YAML in its docstring (`rules/rule.py`)."""
    changes = cast("dict[str, Any]", read_yaml(Source("example.yaml", example), "policy").data)
    files = dict(_platform(changes.get("platform")))
    if settings := changes.get("settings"):
        files[_CONFIGURATION] = _toml(settings)
    for review in (changes, *changes.get("others", ())):
        file = review.get("file", _REVIEW)
        # A second review in which nothing is changed is there for its id.
        shown = review if file == _REVIEW or "id" in review else {"id": valid("postmortem")["id"]}
        if text := _review(shown):
            files[file] = text
    if route := changes.get("route"):
        files[_ROUTE] = _laid("route", route)
    return _together(files)


def authored_policy(kind: str, example: Mapping[str, Any]) -> str:
    """An example of a policy for documents of a kind, ``postmortem`` or ``route``."""
    files = {}
    if settings := example.get("settings"):
        files[_CONFIGURATION] = _toml({"gate": settings})
    if base := example.get("base"):
        files[f"{_REVIEW} on the base"] = _laid(kind, base)
    if changes := example.get("set"):
        files[_REVIEW if kind == "postmortem" else _ROUTE] = _laid(kind, changes)
    return _together(files)


def _together(files: dict[str, str]) -> str:
    if len(files) == 1 and _CONFIGURATION not in files:
        [(name, text)] = files.items()
        return text if name == _REVIEW else f"# {name}\n{text}"
    return "\n".join(f"# {name}\n{text}" for name, text in files.items()) or "# as it is\n"


def _platform(platform: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """The route that another tool's file declares, and the setting that reads it."""
    if platform:
        source = _toml(platform["source"])
        yield _CONFIGURATION, f"[[registry]]\n{source}"
        yield platform["file"], "".join(written(*field) for field in platform["data"].items())


def _review(changes: dict[str, Any]) -> str:
    own = {name: value for name, value in changes.items() if name not in _AROUND}
    text = _laid("postmortem", own) + "".join(
        f"{line}\n" for line in changes.get("edits", {}).values()
    )
    if body := changes.get("body"):
        text += f"---\n{body}"
    return text


def _laid(kind: str, changes: dict[str, Any]) -> str:
    """The fields that are changed, in full; of a list the elements that are."""
    return "".join(_fields(overlay(valid(kind), changes), changes))


def _fields(document: dict[str, Any], changes: dict[str, Any]) -> Iterator[str]:
    for name, change in changes.items():
        if name not in document:
            yield f"# without '{name}'\n"
            continue
        value = document[name]
        if isinstance(value, list) and isinstance(change, list):
            # An element that is only its id says that the element of the valid document stays; a
            # list of nothing else is about what stays.
            parts = zip(value, change, strict=True)
            value = [item for item, part in parts if not _is_reference(part)] or value
        elif isinstance(value, dict) and isinstance(change, dict):
            gone = [f"# without '{name}.{key}'\n" for key in change if key not in value]
            yield "".join(gone)
            value = {key: value[key] for key in change if key in value}
        if value or value == change:
            yield written(name, value)


def _is_reference(part: object) -> bool:
    return isinstance(part, dict) and list(part) == ["id"]


def _toml(table: Mapping[str, Any]) -> str:
    """A table of the configuration: its values, then the tables in it. What JSON writes of a text,
    a number or a list of them is TOML.
    """
    plain = {name: value for name, value in table.items() if not isinstance(value, dict)}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in plain.items()]
    for name in table.keys() - plain.keys():
        lines.append(f"[{name}]\n{_toml(table[name])}")
    return "".join(lines)
