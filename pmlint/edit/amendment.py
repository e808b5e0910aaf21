"""A changed value with the decision behind it: the change, and the entry under ``amendments``.

The entry is ``{on, field, from, to, reason, approved_by}`` (docs/spec/format.md, *The other
fields*). Its ``field`` is the path below the record with ids in the place of brackets:
``deadline``, ``restart.conditions.R1.text``, ``authors.@dana``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pmlint.edit.change import Change
from pmlint.errors import UsageError
from pmlint.model.suggestions import nearest
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.strict_yaml import parse
from pmlint.place import Path

KEYS = ("id", "handle", "control", "absent", "sha256")
"""By what an element of a list is known, the first that it has (transitions.yaml, ``key``)."""
CODES: Mapping[str, str] = {
    "deadline": "deadline-moved",
    "owner": "owner-changed",
    "layer": "layer-changed",
    "done_when": "end-weakened",
    "title": "end-weakened",
    "place": "end-weakened",
    "text": "condition-changed",
    "severity": "severity-lowered",
    "status": "status-set-back",
    "authors": "author-removed",
    "routes": "link-removed",
    "controls": "control-changed",
}
"""The refusal of a change of a field whose amendment nobody eligible approved."""


class Decision(NamedTuple):
    """Why a value changes, who approved that, and the day it is written, ``2026-11-24``."""

    reason: str
    approved_by: str
    on: str


class Amended(NamedTuple):
    """One field that changes: its path, its name below the record, and its values; None where there
    is no value.

    ``before`` is the value of the base where the base has the record, because the gate compares
    with that; ``current`` is what the file has now. They differ where somebody changed the value
    first and has the decision recorded afterwards, as the help of a refusal says.
    """

    at: Path
    field: str
    before: object
    after: object
    current: object

    @property
    def code(self) -> str:
        """The code of the refusal where nobody eligible approved this."""
        first, _, _ = self.field.partition(".")
        return CODES.get(self.field.rpartition(".")[2], CODES.get(first, "facts-changed"))


def field_of(document: Document, record: Path, name: str) -> Path:
    """The path that a field's name means below a record: ids stand for positions in lists.

    Raises `UsageError` for a part of a list that does not exist. The last step may be missing.
    """
    at, data = record, _at(document.data, record)
    rest = name
    while rest:
        step, rest = _next_step(data, rest)
        if step is None:
            known = [_id(item) for item in data] if isinstance(data, list) else []
            # The first part, because the rest is a path below what is not there.
            near = nearest(rest.split(".")[0], known)
            listed = f"its entries are {', '.join(known)}" if known else "it has no entries"
            raise UsageError(
                f"there is no '{name}' here", file=document.source.file, help=near or listed
            )
        at = at / step
        data = _child(data, step)
    return at


def setting_to(document: Document, record: Path, name: str, text: str) -> Amended:
    """The field ``name`` gets the value that a text means; a text stays a text."""
    at = field_of(document, record, name)
    before = _at(document.data, at)
    return Amended(at, name, before, value_of(text, before), before)


def removing_of(
    document: Document, record: Path, name: str, base: Document | None, base_record: Path | None
) -> Amended:
    """The field ``name`` is removed.

    Raises `UsageError` where neither the document nor the base has it.
    """
    # Somebody may have removed it by hand before: then only the base knows what it was, and the
    # entry needs that value (docs/spec/gate.md, 4).
    for known, at in ((document, record), (base, base_record)):
        if known is None or at is None:
            continue
        try:
            found = field_of(known, at, name)
        except UsageError:
            continue
        value = _at(known.data, found)
        # null counts as absent to the gate, so removing it would be an entry from nothing to
        # nothing.
        if value is not None:
            current = value if known is document else None
            return Amended(found, name, value, None, current)
    raise UsageError(
        f"there is no '{name}' to remove",
        file=document.source.file,
        help="name a field of the record, such as routes.mail-desk",
    )


def with_base(amended: Amended, base: Document | None, record: Path | None) -> Amended:
    """The same change, from the value that the base has; ``record`` is None where it has none."""
    if base is None or record is None:
        return amended
    try:
        at = field_of(base, record, amended.field)
    except UsageError:
        return amended
    return amended._replace(before=_at(base.data, at))


def adding_to(document: Document, record: Path, name: str, text: str) -> Change:
    """A value more in the list ``name``, which is added where it is missing.

    Raises `UsageError` where the value is in the list already, or the field is not a list.
    """
    at = field_of(document, record, name)
    before = _at(document.data, at)
    if before is not None and not isinstance(before, list):
        raise UsageError(
            f"'{name}' is not a list", file=document.source.file, help=f"--set {name}=VALUE"
        )
    value = value_of(text, "")
    # Not silent: who adds what is there has misread the file.
    if isinstance(before, list) and value in before:
        raise UsageError(
            f"'{name}' already has '{text}'", file=document.source.file, help="nothing to add"
        )
    return Change(at, value, append=True)


def changes_of(amended: Amended, record: Path, decision: Decision | None) -> list[Change]:
    """The change of the value, where it is not made yet, and the entry that says who decided it.

    The entry goes in first: where the last entry of a list is removed, the list goes with it.
    """
    found = []
    if decision is not None:
        # Also where the value is changed already: the help of a refusal tells people to record what
        # they did.
        found.append(Change(record / "amendments", entry_of(amended, decision), append=True))
    if amended.current == amended.after:
        return found
    if amended.after is None:
        return [*found, Change(amended.at, remove=True)]
    return [*found, Change(amended.at, amended.after, whole=True)]


def entry_of(amended: Amended, decision: Decision) -> dict[str, object]:
    """The entry under ``amendments``."""
    return {
        "on": decision.on,
        "field": amended.field,
        "from": amended.before,
        "to": amended.after,
        "reason": decision.reason,
        "approved_by": decision.approved_by,
    }


def value_of(text: str, before: object) -> object:
    """The value that a text of the command line means: YAML, except where a text was before.

    So ``--set impact.customers=41`` is a number, and ``--title 2026`` stays a title.
    """
    if isinstance(before, str):
        return text
    try:
        parsed = parse(Source("", text))
    except Malformed:
        return text
    # What the strict reader refuses (`off`, `1_000`) was meant as a text; an empty value is not
    # null.
    is_text = bool(parsed.problems) or (parsed.data is None and text != "null")
    return text if is_text else parsed.data


def _next_step(data: Any, name: str) -> tuple[str | int | None, str]:
    """The step that the beginning of a name means, and the rest of the name.

    Ids may have dots (``mail.desk``), so the longest known one counts.
    """
    parts = name.split(".")
    if isinstance(data, list):
        known = {_id(item): number for number, item in enumerate(data)}
        # The longest first: of the routes `mail` and `mail.desk` the name `mail.desk.owner` means
        # the second.
        for length in range(len(parts), 0, -1):
            number = known.get(".".join(parts[:length]))
            if number is not None:
                return number, ".".join(parts[length:])
        return None, name
    return parts[0], ".".join(parts[1:])


def _id(item: object) -> str:
    if isinstance(item, dict):
        found = next((item[key] for key in KEYS if isinstance(item.get(key), str)), "")
        return str(found)
    return str(item)


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(str(step))
    return data[step] if isinstance(data, list) and isinstance(step, int) else None


def _at(data: Any, at: Path) -> Any:
    for step in at:
        data = _child(data, step)
    return data
