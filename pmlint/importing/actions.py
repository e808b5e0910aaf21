"""The actions of an old review: rows of tables, and items of lists below a heading of actions.

A cell with two people has no owner: an action has one. A line or a heading above some items is
their owner where it names a known person, because ``**Prevention**`` looks like ``**Ana**``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pmlint.importing.found import ImportedAction, LedgerEntry, ReviewPart
from pmlint.importing.names import meaning
from pmlint.importing.reading import OldItem, OldLine, OldSection, OldTable, shown
from pmlint.importing.times import find_day

_HANDLE = re.compile(r"(?<![\w@/.])@[\w][\w.-]*")
_DUE = re.compile(
    r"\b(?:due(?: date)?|by|until|deadline|eta|bis|fällig(?: am)?|frist|échéance|scadenza|entro"
    r"|plazo|prazo|fecha límite|termin)\b[:\s*_]*",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"\b(?:owner|assignee|assigned to|dri|responsible|verantwortlich|responsable|responsabile"
    r"|responsável|eigenaar|ansvarig)\s*:\s*([^,;)\]]+)",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s)>\]|]+")
_ISSUE = re.compile(r"(?<!\w)(?:#\d+|[A-Z][A-Z0-9]+-\d+)(?!\w)")
SEVERAL_PEOPLE = re.compile(r"\s*(?:,|;|&|/|\band\b|\bund\b|\bet\b|\by\b)\s*")
_EMPTY = frozenset({"", "-", "–", "—", "tbd", "n/a", "na", "none", "?", "todo", "unassigned", "."})
_LABEL = re.compile(r"(?:\*\*|__)(?P<bold>[^*_]+)(?:\*\*|__):?|(?P<plain>[^.!?:|]{1,60}):")
_WHY = {
    "owner": "not one person",
    "deadline": "not one day",
    "status": "not a known status",
}
_PROSE_HAS_NO_ROW = "kept as text: it has no list and no table"


class FoundActions(NamedTuple):
    """Actions, and what of their rows was left."""

    actions: tuple[ImportedAction, ...]
    left: tuple[LedgerEntry, ...]


def find_actions(parts: list[ReviewPart], handles: Mapping[str, str]) -> FoundActions:
    """The actions of all parts. ``handles`` has the handle of each known name, handle and address,
    in lower case.
    """
    found = [one for part in parts for one in _of_part(part, handles)]
    actions = [action for one in found for action in one.actions if action.title]
    return FoundActions(tuple(actions), tuple(entry for one in found for entry in one.left))


def _of_part(part: ReviewPart, handles: Mapping[str, str]) -> Iterator[FoundActions]:
    is_actions = part.kind == "actions"
    for table in part.section.tables:
        columns = _columns(table, is_certain=is_actions)
        for row, cells in table.rows if columns else ():
            yield _of_cells(row, cells, columns, handles)
    if not is_actions:
        return
    if part.is_own and part.section.prose and not (part.section.tables or part.section.items):
        yield FoundActions(
            (), (LedgerEntry(part.section.heading, part.heading, _PROSE_HAS_NO_ROW),)
        )
    labels = _labels(part.section)
    heading = "" if part.is_own else _known(part.section.path[-1], handles)
    for label in labels:
        if not _known(label.text, handles):
            left = LedgerEntry(label.row, f"line '{shown(label.text)}'", "not a known person")
            yield FoundActions((), (left,))
    for item in part.section.items:
        above = [label for label in labels if label.row < item.row]
        owner = _known(above[-1].text, handles) if above else heading
        yield from _of_item(item, owner, handles)


def _labels(section: OldSection) -> list[OldLine]:
    """The lines that are a label of the items below them, such as ``**Ana**``."""
    found: list[OldLine] = []
    for line in section.prose:
        match = _LABEL.fullmatch(line.text.strip())
        if match and any(line.row < item.row <= line.row + 2 for item in section.items):
            found.append(OldLine(line.row, match["bold"] or match["plain"]))
    return found


def _known(text: str, handles: Mapping[str, str]) -> str:
    """The handle of a known person; empty for every other text."""
    return handles.get(shown(text).strip(" :*_").casefold().lstrip("@"), "")


def _columns(table: OldTable, *, is_certain: bool) -> dict[str, int]:
    """The columns of a table of actions by their meaning; none where it is another table."""
    found: dict[str, int] = {}
    for number, name in enumerate(table.header):
        known = meaning("columns", shown(name))
        if known in ("title", "owner", "deadline", "status", "done_when", "issue"):
            found.setdefault(known, number)
        elif known == "time" or shown(name).casefold() == "when":
            found.setdefault("deadline", number)
    if "title" not in found and is_certain:
        # In a section of actions the first column without another meaning says what is to be done.
        free = [
            number
            for number, name in enumerate(table.header)
            if number not in found.values() and shown(name).casefold() not in ("#", "id", "no", "")
        ]
        found |= {"title": free[0]} if free else {}
    has_people = "owner" in found
    return found if "title" in found and (is_certain or has_people) else {}


def _of_cells(
    row: int, cells: tuple[str, ...], columns: dict[str, int], handles: Mapping[str, str]
) -> FoundActions:
    values = {name: cells[number] for name, number in columns.items() if number < len(cells)}
    values = {name: text for name, text in values.items() if shown(text).casefold() not in _EMPTY}
    owner = one_person(values.get("owner", ""), handles)
    deadline = find_day(values.get("deadline", ""))
    status = meaning("status", shown(values.get("status", "")))
    left = [
        LedgerEntry(row, f"{name} '{shown(values[name])}'", _WHY[name])
        for name, is_read in (("owner", owner), ("deadline", deadline), ("status", status))
        if name in values and not is_read
    ]
    action = ImportedAction(
        row,
        shown(values.get("title", "")),
        owner,
        deadline.isoformat() if deadline else "",
        status,
        shown(values.get("done_when", "")),
        _issue(values.get("issue", "")) or shown(values.get("issue", "")),
    )
    return FoundActions((action,), tuple(left))


def _of_item(item: OldItem, owner: str, handles: Mapping[str, str]) -> Iterator[FoundActions]:
    """The action of an item; of an item that is only a label those of the list below it."""
    nested = [line for line in item.below if line.is_item and not _is_field(line.text)]
    # "Prevention" above a list is a group, "Write a runbook" above its steps is an action.
    is_label = _LABEL.fullmatch(item.text) or len(item.text.split()) <= 2
    if is_label and nested:
        label = shown(item.text).rstrip(":")
        above = _known(label, handles)
        if not above:
            left = LedgerEntry(item.row, f"item '{label}'", "not a known person")
            yield FoundActions((), (left,))
        for line in nested:
            single = OldItem(line.row, line.text, (), line.is_ticked, line.row)
            yield _of_one(single, above or owner, handles)
        return
    yield _of_one(item, owner, handles)


def _is_field(text: str) -> bool:
    """Whether a line is a field of the item above it, such as ``Owner: ana``."""
    name, colon, _ = text.partition(":")
    return bool(colon) and bool(meaning("columns", shown(name)))


def _of_one(item: OldItem, above: str, handles: Mapping[str, str]) -> FoundActions:
    """An item of a list: its text, and the owner and the day that it or a line below it names."""
    whole = item.whole
    owner = _named_owner(item, handles)
    due = _DUE.search(whole)
    day = find_day(whole[due.end() :][:40]) if due else None
    left: list[LedgerEntry] = []
    if len(set(_HANDLE.findall(whole))) > 1 and not owner:
        left.append(LedgerEntry(item.row, f"owner of '{shown(item.text)}'", _WHY["owner"]))
    elif not owner:
        owner = above
    status = {None: "", True: "done", False: "open"}[item.is_ticked]
    action = ImportedAction(
        item.row,
        shown(item.text),
        owner,
        day.isoformat() if day else "",
        status,
        "",
        _issue(whole),
    )
    return FoundActions((action,), tuple(left))


def _named_owner(item: OldItem, handles: Mapping[str, str]) -> str:
    labelled = _OWNER.search(shown(item.whole))
    if labelled:
        return one_person(labelled[1], handles)
    named = list(dict.fromkeys(_HANDLE.findall(item.whole)))
    return named[0].rstrip(".") if len(named) == 1 else ""


def one_person(cell: str, handles: Mapping[str, str]) -> str:
    """The one person that a cell names; empty for nobody and for several."""
    # A line end in a cell separates people as a comma does.
    text = shown(re.sub(r"<br\s*/?>", ";", cell))
    people = [name for name in SEVERAL_PEOPLE.split(text) if name.casefold() not in _EMPTY]
    if len(people) != 1 or len(people[0]) > 60:
        return ""
    name = people[0].strip(" *_")
    return handles.get(name.casefold().lstrip("@"), name)


def _issue(text: str) -> str:
    url = _URL.search(text)
    if url:
        return url[0].rstrip(".,;")
    name = _ISSUE.search(shown(text))
    return name[0] if name else ""
