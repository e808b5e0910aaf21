"""A setting of the configuration, and the decision behind it under ``[[tool.pmlint.amendments]]``.

TOML is edited by lines: one setting changes, and every other byte stays. The result counts only
where it reads back as the configuration with that one change.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any

from pmlint.edit.amendment import Decision
from pmlint.edit.judged_files import FILES, value_on_base
from pmlint.errors import UsageError
from pmlint.git import GitTree
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.project.settings import Settings

# Only plain headers are read. A key in quotes or a table of tables is not found, and then `_set`
# refuses because the text does not read back.
_HEADER = re.compile(r"\s*\[(?P<name>[^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"\s*(?P<name>[\w.-]+)\s*=\s*")


Moved = Callable[[str, str], Sequence[tuple[object, object]]]
"""What was changed by hand at a name to what is written, from what to what."""


def amended_configuration(
    tree: Tree,
    settings: Settings,
    fields: Sequence[tuple[str, str]],
    decision: Decision | None,
    today: date,
    base: GitTree | None,
    moved: Moved,
) -> tuple[str, str, str]:
    """The configuration file with some settings changed: its path, its text before and after.

    Raises `UsageError` where there is no configuration, or a setting cannot be written.
    """
    file = settings.file
    if not file:
        raise UsageError("there is no configuration to amend", help="'pmlint init' writes it")
    before = text = _text(tree, file)
    # `pmlint.toml` has no other tool beside us, so its keys are at the top.
    prefix = ["tool", "pmlint"] if file == "pyproject.toml" else []
    # The gate compares with the base, and the help of its refusals is run after the value was
    # changed (docs/spec/gate.md, 4).
    on_base = _data(_text(base, file)) if base is not None and base.entry(file) else None
    for name, written in fields:
        path = [*prefix, *name.split(".")]
        by_hand = moved(name, written)
        if decision is not None and by_hand:
            for was, is_now in by_hand:
                text = _recorded(text, prefix, name, was, is_now, decision)
            continue
        if name.startswith(FILES):
            of_base = value_on_base(name, base, today)
            text = _decided(text, prefix, name, written, decision, of_base)
            continue
        value = _value(written)
        current = _at(_data(text), path)
        known = current if on_base is None else _at(on_base, path)
        if decision is None and current == value:
            raise UsageError(f"'{name}' is '{written}' already", file=file)
        if current != value:
            text = _set(file, text, path, value)
        if decision is not None:
            text = _recorded(text, prefix, name, known, value, decision)
    return file, before, text


def _decided(
    text: str, prefix: list[str], name: str, written: str, decision: Decision | None, known: object
) -> str:
    """The text with the decision about a file that the gate judges by."""
    if decision is None:
        raise UsageError(
            f"'{name}' is a file: only a decision about it is recorded here",
            help="add --reason REASON --approved-by HANDLE",
        )
    value = None if written == "null" else written
    return _recorded(text, prefix, name, known, value, decision)


def _set(file: str, text: str, path: list[str], value: object) -> str:
    """The text with one setting changed or added."""
    expected = deepcopy(_data(text))
    table: Any = expected
    for step in path[:-1]:
        table = table.setdefault(step, {})
        if not isinstance(table, dict):
            raise UsageError(
                f"'{step}' is a list, and only a decision about it is recorded here",
                file=file,
                help="change it there by hand, then record that: add --reason REASON --approved-by "
                "HANDLE",
            )
    table[path[-1]] = value
    found = _replaced(text, path, value) or _inserted(text, path, value)
    if _data(found) != expected:
        raise UsageError(
            f"'{path[-1]}' cannot be written here",
            file=file,
            help="set it by hand, then run the same command again to record the decision",
        )
    return found


def _replaced(text: str, path: list[str], value: object) -> str | None:
    """The text with another value at a key that is there; None where it is not."""
    lines = text.splitlines(keepends=True)
    table: list[str] = []
    for number, line in enumerate(lines):
        if header := _HEADER.fullmatch(line.rstrip("\r\n")):
            table = [part.strip() for part in header["name"].split(".")]
            continue
        key = _KEY.match(line)
        if key is None or [*table, *key["name"].split(".")] != path:
            continue
        # A value may go over several lines; the shortest that reads as TOML is the whole of it.
        for last in range(number + 1, len(lines) + 1):
            old = "".join(lines[number:last])[key.end() :]
            if _reads(old):
                end = _value_end(old)
                changed = line[: key.end()] + _written(value) + old[end:]
                return "".join((*lines[:number], changed, *lines[last:]))
    return None


def _inserted(text: str, path: list[str], value: object) -> str:
    """The text with a setting more: below the header of its table, or with a table of its own."""
    entry = f"{path[-1]} = {_written(value)}\n"
    # Before the first header: below one it would belong to that table.
    if len(path) == 1:
        return entry + text
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        header = _HEADER.fullmatch(line.rstrip("\r\n"))
        if header and [part.strip() for part in header["name"].split(".")] == path[:-1]:
            return "".join((*lines[:number], entry, *lines[number:]))
    return f"{_ended(text)}\n[{'.'.join(path[:-1])}]\n{entry}"


def _recorded(
    text: str, prefix: list[str], name: str, before: object, after: object, decision: Decision
) -> str:
    """The text with the decision at its end. TOML has no null: an absent value is left out."""
    entry = {
        "on": decision.on,
        "field": name,
        "from": before,
        "to": after,
        "reason": decision.reason,
        "approved_by": decision.approved_by,
    }
    lines = [f"{key} = {_written(value)}" for key, value in entry.items() if value is not None]
    table = ".".join([*prefix, "amendments"])
    return f"{_ended(text)}\n[[{table}]]\n" + "\n".join(lines) + "\n"


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else text + "\n"


def _value_end(old: str) -> int:
    """Where a value ends, before a comment that may follow on its line."""
    for mark in re.finditer("#", old):
        head = old[: mark.start()].rstrip()
        if head and _reads(head):
            return len(head)
    return len(old.rstrip())


def _reads(value: str) -> bool:
    try:
        tomllib.loads(f"x = {value}")
    except ValueError:
        return False
    return True


def _value(text: str) -> object:
    """The value that a text of the command line means: TOML, else the text itself."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except ValueError:
        return text


def _written(value: object) -> str:
    """A value in TOML, on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)} = {_written(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(tree: Tree, file: str) -> str:
    try:
        return decode(file, tree.read(file)).text
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def _data(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _at(data: Any, path: Sequence[str]) -> object:
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return data
