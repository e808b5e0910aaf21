"""What allows a loosening all the same (`schema/transitions.yaml`, ``frees``).

1. ``amendment``: one new entry, from the value on the base to the value in the merge result, with
   reason and day, approved by an eligible person; where approvals are asked for also an approval
   of this head, by that person.
2. ``approval``: where approvals are asked for, one at this head by an eligible person, whom the
   field may name; under ``recorded`` the field's own ``approved_by``, else an amendment.
3. ``nothing`` frees nothing, ``free`` asks nothing. ``proof``, ``sign-off``, ``settling``,
   ``same-records`` and ``two-changes`` are asked by the checks that know them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pmlint.gate.approvals import Approvals
from pmlint.gate.comparison import FieldChange
from pmlint.gate.refusal import Lack
from pmlint.gate.values import is_absent
from pmlint.model.dates import parse_date
from pmlint.project.plain import element_names

WITHOUT = Lack("without an approved amendment")


def lack_of(
    change: FieldChange, approvals: Approvals, interested: Iterable[str], today: date
) -> Lack | None:
    """Why a loosening is not freed; None where it is. ``interested`` may not approve it."""
    row = change.row
    frees = row.frees
    if row.recorded and not approvals.needed:
        frees = row.recorded
    people = tuple(interested)
    if frees == "free":
        return None
    if frees == "amendment":
        return amendment_lack(change, approvals, people, today)
    if frees == "approval":
        return approval_lack(change, approvals, people, today)
    return Lack("")


def amendment_lack(
    change: FieldChange, approvals: Approvals, interested: tuple[str, ...], today: date
) -> Lack | None:
    """Why no new entry under ``amendments`` allows a change."""
    found: Lack | None = None
    for entry in _new_entries(change):
        lack = _entry_lack(entry, change, approvals, interested, today)
        if lack is None:
            return None
        found = found or Lack(f", and its amendment does not count: {lack.reason}")
    return found or WITHOUT


def _new_entries(change: FieldChange) -> Iterator[Mapping[str, Any]]:
    """The entries that this change adds for its field, in each record around it."""
    for scope in change.scopes:
        known = _entries(scope.before)
        for entry in _entries(scope.after):
            if entry in known:
                known.remove(entry)  # one that was there twice is no new one
            elif entry.get("field") in _fields(scope.field, change):
                yield entry


def _entries(scope: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    written = scope.get("amendments")
    listed = written if isinstance(written, list) else []
    return [entry for entry in listed if isinstance(entry, Mapping)]


def _fields(field: str, change: FieldChange) -> tuple[str, ...]:
    """How an amendment may name a field: by its path; a part of an element without an id by its
    list.
    """
    inside = any(isinstance(step, int) for step in change.at[:-1]) and not change.part
    return (field, field.rpartition(".")[0]) if inside and "." in field else (field,)


def _entry_lack(
    entry: Mapping[str, Any],
    change: FieldChange,
    approvals: Approvals,
    interested: tuple[str, ...],
    today: date,
) -> Lack | None:
    said = _names(entry.get("from"), change.before) and _names(entry.get("to"), change.after)
    if not said:
        return Lack("it does not say from what to what the field moves")
    day = parse_date(str(entry.get("on") or ""))
    if is_absent(entry.get("reason")) or not str(entry["reason"]).strip() or day is None:
        return Lack("it has no reason or no day")
    if day > today:
        return Lack(f"its day {day} is still to come")
    by = entry.get("approved_by")
    by = by if isinstance(by, str) else ""
    return approvals.not_eligible(by, interested) or approvals.not_approved(interested, by=by)


def _names(said: object, value: object) -> bool:
    """Whether an amendment's ``from`` or ``to`` is a value: itself, an element by its text, null
    for one that is absent.
    """
    if said == value and isinstance(said, bool) == isinstance(value, bool):
        return True
    if is_absent(value):
        return said is None
    if isinstance(value, Mapping):
        return said in element_names(value)
    return False


def approval_lack(
    change: FieldChange, approvals: Approvals, interested: tuple[str, ...], today: date
) -> Lack | None:
    """Why nobody eligible approved a change."""
    own = _own_approval(change)
    if own is not None:
        return _named_lack(own, approvals, interested)
    if approvals.needed:
        lack = approvals.not_approved(interested)
        return None if lack is None else Lack(f", and {lack.reason}")
    return amendment_lack(change, approvals, interested, today)


def _own_approval(change: FieldChange) -> Mapping[str, Any] | None:
    """The field's own approval: in the value, or beside a status under the status' name; nothing
    where the field has none.
    """
    after = change.after
    if isinstance(after, Mapping) and {"approved_by", "reason"} & after.keys():
        return after
    if change.row.to in ("cancelled", "withdrawn") and change.scopes:
        beside = change.scopes[-1].after.get(change.row.to)
        return beside if isinstance(beside, Mapping) else {}
    return None


def _named_lack(
    own: Mapping[str, Any], approvals: Approvals, interested: tuple[str, ...]
) -> Lack | None:
    by = own.get("approved_by")
    by = by if isinstance(by, str) else ""
    if is_absent(own.get("reason")) or not str(own["reason"]).strip():
        return Lack("without a reason")
    lack = approvals.not_eligible(by, interested) or approvals.not_approved(interested, by=by)
    return None if lack is None else Lack(f", and {lack.reason}")
