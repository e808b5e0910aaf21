"""What may have been meant where a value is wrong: samples of what such fields hold, made of the
ids, handles, controls and days that the document names elsewhere.

A problem that some sample answers is not sure, and is not reported beside the value itself (see
`pmlint.check.gaps`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

from pmlint.check.gaps import Gap, value_at
from pmlint.finding import Problem
from pmlint.model.owners import PERSON_FIELDS
from pmlint.model.vocabulary import EVIDENCE_KINDS, LAYERS
from pmlint.place import Path, Where

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_ID = re.compile(r"\b[A-Z][0-9]{1,3}\b")
_HANDLE = re.compile(r"@[A-Za-z0-9][\w-]*")
_CONTROLS = ("control", "absent")
_PIECE = {"path": "a/file"}
_DIGEST = "0" * 64
_LAYERS = tuple(layer for layers in LAYERS.values() for layer in layers)
_HANDLES = 4
_IDS = 10
_DAYS = 4
"""So many ids and days of the document are tried in the place of one that is wrong."""


def gap_of(problem: Problem, data: object, text: str) -> list[Gap]:
    """The gaps that a problem of the schema makes, in the data of a document with this text.

    A misspelt key has the value of the field that it was meant for.
    """
    at = problem.at
    if not isinstance(at, Where):
        if problem.expected:
            return [Gap(at, problem.expected)]
        written = value_at(data, at)
        return [Gap(at, (*_samples(at, data, text), *_meanings(written, at, text)))]
    from pmlint.model.suggestions import meant_field  # only where something is wrong

    name = str(at.path[-1])
    # The misspelt field is what is written at the right one: 'deadlin' and no 'deadline' are one
    # fault.
    meant = meant_field(name, problem.expected)
    parent = Path(at.path[:-1])
    right = [Gap(parent / meant, (value_at(data, at.path),))] if meant else []
    return [Gap(at.path), *right]


def unwritten(at: Path, text: str) -> Gap:
    """The gap of a placeholder at ``at``, in a document with this text: nothing is known of what
    was meant but the kind of the field.
    """
    if at[-1:] and at[-1] in PERSON_FIELDS:
        return Gap(at, _handles(text))
    # Evidence that is missing names the action that will capture it.
    if at[:1] == ("evidence",) and at[-1:] == ("action",):
        return Gap(at, _ids(text))
    return Gap(at)


def linked(at: Path, data: object, text: str) -> Gap:
    """The gap of a link that leads nowhere: every id or control of the document may be meant."""
    return Gap(at, _controls(data) if at[-1:] == ("control",) else _ids(text))


def _meanings(written: object, at: Path, text: str) -> Iterator[object]:
    """What was meant by a value of the wrong type."""
    if isinstance(written, str):
        # 'findings: F1' was meant as the list with this one id.
        yield [written]
    elif isinstance(written, dict):
        yield [written]  # an entry without its dash
    elif isinstance(written, (int, float)):
        yield str(written)
    if at[-1:] == ("id",):
        # '1' for 'F1': what other places name is the id that they mean.
        yield from _ids(text)


def _samples(at: Path, data: object, text: str) -> tuple[object, ...]:
    """What a field holds, or an entry of a list where ``at`` ends in its number."""
    name = next((step for step in reversed(at) if isinstance(step, str)), "")
    is_entry = at[-1:] != (name,)
    if name in PERSON_FIELDS:
        return _handles(text)
    if name == "sha256":
        return (_DIGEST,)
    if at == ("evidence",):
        return ({kind: [_PIECE] for kind in EVIDENCE_KINDS},)
    if name == "proof" or at[:1] == ("evidence",):
        return _listed((_PIECE,), is_entry=is_entry)
    if name in _CONTROLS:
        return _controls(data)
    if name == "layer":
        return _LAYERS
    ids = _ids(text)
    if name == "failed_controls":
        failed = tuple({"control": one, "findings": list(ids)} for one in _controls(data))
        return _listed(failed, is_entry=is_entry)
    # Those of an action or a control are ids; those of the review are its findings.
    if name == "findings" and len(at) > 2:
        return _listed(ids, is_entry=is_entry)
    if name == "actions":
        return _listed(_actions(ids, _controls(data)), is_entry=is_entry)
    if name in ("findings", "conditions"):
        return _listed(tuple({"id": one} for one in ids), is_entry=is_entry)
    days = dict.fromkeys(_DAY.findall(text))
    return (*list(days)[:_DAYS], 1)


def _actions(ids: tuple[str, ...], controls: tuple[str, ...]) -> tuple[object, ...]:
    """Actions that answer every finding, one in each layer, each for a control by turns."""
    named = cycle(controls or ("",))
    return tuple(
        {"id": id, "findings": list(ids), "layer": layer, "control": control}
        for layer, id, control in zip(_LAYERS, cycle(ids or ("A1",)), named, strict=False)
    )


def _listed(entries: tuple[object, ...], *, is_entry: bool) -> tuple[object, ...]:
    """Each entry for the place of one, all of them for the place of their list."""
    return entries if is_entry else (list(entries),)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ID.findall(text)))[:_IDS]


def _controls(data: object) -> tuple[str, ...]:
    """The names of controls that failed or that an action repairs."""
    lists = (value_at(data, Path((name,))) for name in ("failed_controls", "actions"))
    parts = [part for found in lists if isinstance(found, list) for part in found]
    named = [part.get(key) for part in parts if isinstance(part, dict) for key in _CONTROLS]
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))[:_IDS]


def _handles(text: str) -> tuple[str, ...]:
    """Handles as elsewhere in the document, and one of nobody in it."""
    return (*list(dict.fromkeys(_HANDLE.findall(text)))[:_HANDLES], "@other")
