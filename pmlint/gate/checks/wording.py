"""What a refusal says of a field that moved: subject, verb, what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.gate.comparison import FieldChange
from pmlint.gate.naming import lost_names
from pmlint.gate.refusal import Lack, Refusal, as_argument, shown
from pmlint.place import Path
from pmlint.project.plain import element_name

_WORDS: Mapping[str, str] = {
    "deadline": "the deadline",
    "owner": "the owner",
    "layer": "the layer",
    "status": "the status",
    "severity": "the severity",
    "done_when": "'done_when'",
    "state": "the state",
    "autonomy": "the autonomy",
    "restart": "the restart flag",
}


def fact(change: FieldChange) -> str:
    """What moved, as the beginning of a message: 'the deadline moves from A to B'."""
    what = noun(change)
    if change.row.by in ("names", "demand") and (lost := lost_names(change.before, change.after)):
        return f"{what} no longer names {', '.join(lost)}"
    if change.direction == "removed":
        what = f"{what} {shown_element(change.before)}" if _is_element(change) else what
        return f"{what} was removed"
    if change.direction == "added":
        what = f"{what} {shown_element(change.after)}" if _is_element(change) else what
        return f"{what} was added"
    if _is_long(change.before) or _is_long(change.after):
        return f"{what} was changed"
    return f"{what} moves from {shown(change.before)} to {shown(change.after)}"


def noun(change: FieldChange) -> str:
    """The field in words."""
    if change.row.field == ".":
        return "it"
    if change.row.field == "[]":
        return "the person"
    name = change.row.field.rpartition(".")[2]
    if "*" in name or name.endswith("{}"):
        name = str(next((step for step in reversed(change.at) if isinstance(step, str)), name))
    name = name.removesuffix("[]")
    return _WORDS.get(name, f"'{name}'")


def _is_element(change: FieldChange) -> bool:
    return change.row.field.endswith("[]")


def shown_element(value: object) -> str:
    """An element of a list as messages name it: by its id, else by its beginning."""
    return shown(element_name(value))


def _is_long(value: object) -> bool:
    return isinstance(value, Mapping | list) or (isinstance(value, str) and len(value) > 40)


def message(subject: str, change: FieldChange, lack: Lack) -> str:
    """A whole message: ``A2: the deadline moves from X to Y without an approved amendment``."""
    words = fact(change)
    end = lack.reason
    if end and not end.startswith(","):
        end = f" {end}"
    return f"{subject}: {words}{end}" if subject else f"{words}{end}"


def refusal_of(
    change: FieldChange, text: str, file: str, at: Path | None, subject: str, **values: str
) -> Refusal:
    """The refusal of a field that moved, by the code of its row; ``values`` fill its way out beside
    the field and what it was and is.
    """
    moved = {"from": shown(change.before), "to": as_argument(change.after), "field": change.name}
    return Refusal(
        change.row.code,
        text,
        file,
        at,
        subject=subject,
        field=change.row.field,
        before=change.before,
        after=change.after,
        values={**values, **moved},
    )
