"""The draft that an old review makes, and a ledger of what was found, taken and left.

1. What is not there stays ``TODO`` or ``{unknown: TODO}``: no layer, no severity and no class is
   chosen, and no clock is made of a sentence.
2. A cell with two people has no owner: an action has one.
3. The text of the old review stays below the front matter, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from pmlint.edit.skeleton import postmortem
from pmlint.edit.value import inline
from pmlint.importing.names import meaning
from pmlint.importing.reading import OldItem, OldReview, OldSection, OldTable, folded, shown
from pmlint.importing.times import TIME_AT_START, find_day, find_time, has_hour, has_utc
from pmlint.model.vocabulary import SEVERITIES

_HANDLE = re.compile(r"(?<![\w@/.])@[\w][\w.-]*")
_LABELLED = re.compile(r"[*_]*([^\W\d_][\w '-]{1,30}?)[*_]*\s*[:=][*_]*\s*(.+)")
_DUE = re.compile(
    r"\b(?:due|by|until|deadline|eta|bis|fällig(?: am)?|frist)\b[:\s]*", re.IGNORECASE
)
_OWNER = re.compile(
    r"\b(?:owner|assignee|assigned to|dri|verantwortlich)\s*:\s*([^,;)\]]+)", re.IGNORECASE
)
_URL = re.compile(r"https?://[^\s)>\]|]+")
_SEVERAL = re.compile(r"\s*(?:,|;|&|/|\band\b|\bund\b)\s*")
_EMPTY = frozenset({"", "-", "–", "—", "tbd", "n/a", "na", "none", "?", "todo", "unassigned", "."})


class ImportedAction(NamedTuple):
    """An action as the old review has it; a text is empty where it says nothing."""

    row: int
    title: str
    owner: str = ""
    deadline: str = ""
    status: str = ""
    done_when: str = ""
    issue: str = ""


class ImportedEvent(NamedTuple):
    """A row of a timeline: its moment or day (empty: unknown), and what happened."""

    row: int
    at: str
    event: str


class LedgerEntry(NamedTuple):
    """Something of the old review: its line, what it is, and what it was taken for, or why it was
    left.
    """

    row: int
    what: str
    became: str


class Imported(NamedTuple):
    """What could be read of an old review."""

    told: Mapping[str, object]
    actions: tuple[ImportedAction, ...]
    events: tuple[ImportedEvent, ...]
    found: tuple[LedgerEntry, ...]
    taken: tuple[LedgerEntry, ...]
    left: tuple[LedgerEntry, ...]

    @property
    def clocks(self) -> int:
        """How many clocks the old review names."""
        clocks = self.told.get("clocks")
        return len(clocks) if isinstance(clocks, dict) else 0


class _Sorted(NamedTuple):
    """A part of the review by what it means: ``kind`` is a name of ``sections``, or empty."""

    section: OldSection
    kind: str


def read_old(review: OldReview, handles: Mapping[str, str]) -> Imported:
    """What an old review says. ``handles`` has the handle of each known name, handle and address,
    in lower case.
    """
    parts = [_Sorted(section, _kind(section)) for section in review.sections]
    actions, action_notes = _actions(parts, handles)
    events = [event for part in parts if part.kind == "timeline" for event in _events(part.section)]
    told, taken, left = _facts(review, parts, handles)
    found = [
        LedgerEntry(part.section.row, f"section '{shown(part.section.path[-1])}'", part.kind)
        for part in parts
        if part.section.path
    ]
    taken += [LedgerEntry(action.row, action.title, "action") for action in actions]
    taken += [LedgerEntry(event.row, event.event, "event") for event in events]
    left += action_notes
    left += [
        LedgerEntry(part.section.row, f"section '{shown(part.section.path[-1])}'", "kept as text")
        for part in parts
        if part.section.path and not part.kind and part.section.text.strip()
    ]
    if review.invisible:
        left.append(LedgerEntry(1, f"{review.invisible} invisible characters", "removed"))
    if review.unread:
        left.append(LedgerEntry(1, "front matter", f"cannot be read: {review.unread}"))
    return Imported(told, tuple(actions), tuple(events), tuple(found), tuple(taken), tuple(left))


def _kind(section: OldSection) -> str:
    """What a section means: by its own heading, else by the nearest above it."""
    for title in reversed(section.path):
        if kind := meaning("sections", folded(title)):
            return kind
    return ""


# Actions ------------------------------------------------------------------------------------------


def _actions(
    parts: list[_Sorted], handles: Mapping[str, str]
) -> tuple[list[ImportedAction], list[LedgerEntry]]:
    found: list[ImportedAction] = []
    left: list[LedgerEntry] = []
    for part in parts:
        for table in part.section.tables:
            columns = _columns(table, is_certain=part.kind == "actions")
            for row, cells in table.rows if columns else ():
                action, notes = _of_cells(row, cells, columns, handles)
                found += [action] if action.title else []
                left += notes
        if part.kind == "actions":
            for item in part.section.items:
                action, notes = _of_item(item, handles)
                found += [action] if action.title else []
                left += notes
    return found, left


def _columns(table: OldTable, *, is_certain: bool) -> dict[str, int]:
    """The columns of a table of actions by their meaning; none where it is another table."""
    found: dict[str, int] = {}
    for number, name in enumerate(table.header):
        known = meaning("columns", shown(name))
        if known in ("title", "owner", "deadline", "status", "done_when", "issue"):
            found.setdefault(known, number)
        elif meaning("columns", shown(name)) == "time" or shown(name).casefold() == "when":
            found.setdefault("deadline", number)
    if "title" not in found and is_certain:
        # In a section of actions the first column without another meaning says what is to be done.
        free = [number for number in range(len(table.header)) if number not in found.values()]
        found |= {"title": free[0]} if free else {}
    has_people = "owner" in found
    return found if "title" in found and (is_certain or has_people) else {}


def _of_cells(
    row: int, cells: tuple[str, ...], columns: dict[str, int], handles: Mapping[str, str]
) -> tuple[ImportedAction, list[LedgerEntry]]:
    values = {name: cells[number] for name, number in columns.items() if number < len(cells)}
    values = {name: text for name, text in values.items() if shown(text).casefold() not in _EMPTY}
    left: list[LedgerEntry] = []
    owner = _owner(values.get("owner", ""), handles)
    deadline = find_day(values.get("deadline", ""))
    status = meaning("status", shown(values.get("status", "")))
    for name, is_read in (("owner", owner), ("deadline", deadline), ("status", status)):
        if name in values and not is_read:
            left.append(LedgerEntry(row, f"{name} '{shown(values[name])}'", _WHY[name]))
    action = ImportedAction(
        row,
        shown(values.get("title", "")),
        owner,
        deadline.isoformat() if deadline else "",
        status,
        shown(values.get("done_when", "")),
        _issue(values.get("issue", "")) or shown(values.get("issue", "")),
    )
    return action, left


_WHY = {
    "owner": "not one person",
    "deadline": "not one day",
    "status": "not a known status",
}


def _of_item(item: OldItem, handles: Mapping[str, str]) -> tuple[ImportedAction, list[LedgerEntry]]:
    """An item of a list: its text, and the owner and the day that it or a line below it names."""
    whole = "; ".join((item.text, *item.below))
    owner = _named_owner(item, handles)
    due = _DUE.search(whole)
    day = find_day(whole[due.end() :][:40]) if due else None
    left: list[LedgerEntry] = []
    if len(set(_HANDLE.findall(whole))) > 1 and not owner:
        left.append(LedgerEntry(item.row, f"owner of '{shown(item.text)}'", _WHY["owner"]))
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
    return action, left


def _named_owner(item: OldItem, handles: Mapping[str, str]) -> str:
    whole = "; ".join((item.text, *item.below))
    labelled = _OWNER.search(shown(whole))
    if labelled:
        return _owner(labelled[1], handles)
    named = list(dict.fromkeys(_HANDLE.findall(whole)))
    return named[0].rstrip(".") if len(named) == 1 else ""


def _owner(cell: str, handles: Mapping[str, str]) -> str:
    """The one person that a cell names; empty for nobody and for several."""
    text = shown(cell)
    people = [name for name in _SEVERAL.split(text) if name.casefold() not in _EMPTY]
    if len(people) != 1 or len(people[0]) > 60:
        return ""
    return handles.get(people[0].casefold().lstrip("@"), people[0])


def _issue(text: str) -> str:
    url = _URL.search(text)
    if url:
        return url[0].rstrip(".,;")
    name = re.search(r"(?<!\w)(?:#\d+|[A-Z][A-Z0-9]+-\d+)(?!\w)", shown(text))
    return name[0] if name else ""


# Timeline -----------------------------------------------------------------------------------------


def _events(section: OldSection) -> Iterator[ImportedEvent]:
    """The rows of a timeline. Its headings may name the day and the zone of all of them."""
    heading = " ".join(section.path)
    first = section.text.strip().split("\n")[0] if section.text.strip() else ""
    # A line before the rows, "2015-10-21 (all times UTC)", counts as the heading does.
    is_row = "|" in first or re.match(r"[-*+]\s|\d+[.)]\s", first) or TIME_AT_START.match(first)
    above = heading if is_row else f"{heading} {first}"
    day, is_utc = find_day(above), has_utc(above)
    for table in section.tables:
        yield from _event_rows(table, day, is_utc or has_utc(" ".join(table.header)))
    for item in section.items:
        if has_hour(item.text) or find_day(item.text):
            text = shown(" ".join((item.text, *item.below)))
            yield ImportedEvent(item.row, find_time(_head(item.text), day, is_utc), text)


def _head(text: str) -> str:
    """The beginning of a row, where its time is: an hour later in the sentence is another one."""
    return shown(text)[:40]


def _event_rows(table: OldTable, day: date | None, is_utc: bool) -> Iterator[ImportedEvent]:
    names = [shown(re.sub(r"\(.*\)", "", name)) for name in table.header]
    time = next((n for n, name in enumerate(names) if meaning("columns", name) == "time"), 0)
    for row, cells in table.rows:
        rest = [shown(cell) for number, cell in enumerate(cells) if number != time and cell]
        if time >= len(cells) or not rest:
            continue
        at = find_time(cells[time], day, is_utc)
        # An hour that is not in the moment stays in the text.
        said = "" if "T" in at or not has_hour(cells[time]) else f"{shown(cells[time])} "
        yield ImportedEvent(row, at, said + " · ".join(rest))


# Facts --------------------------------------------------------------------------------------------


def _facts(
    review: OldReview, parts: list[_Sorted], handles: Mapping[str, str]
) -> tuple[dict[str, object], list[LedgerEntry], list[LedgerEntry]]:
    """What the draft takes: of the front matter, of labelled lines, and of two sections."""
    told: dict[str, object] = {}
    taken: list[LedgerEntry] = []
    left: list[LedgerEntry] = []
    for key, value in review.front_matter.items():
        known = meaning("front_matter", str(key))
        if known and known not in told and (read := _value(known, value, handles)):
            told[known] = read
            taken.append(LedgerEntry(1, f"front matter '{key}'", known))
        else:
            left.append(LedgerEntry(1, f"front matter '{key}'", "kept nowhere: no field means it"))
    for row, name, value in _labels(parts):
        known = meaning("labels", name)
        if known and known not in told and (read := _value(known, value, handles)):
            told[known] = read
            taken.append(LedgerEntry(row, f"line '{name}'", known))
    clocks = _clocks(parts)
    if clocks:
        told["clocks"] = {name: at for name, (_, at) in clocks.items()}
        taken += [
            LedgerEntry(row, f"line '{name}'", f"clock {name}") for name, (row, _) in clocks.items()
        ]
    for kind, name in (("summary", "summary"), ("impact", "impact")):
        text = _paragraph(parts, kind)
        if text and name not in told:
            told[name] = {"description": text} if name == "impact" else text
    if "title" not in told:
        title = next((part.section.path[0] for part in parts if part.section.path), "")
        told |= {"title": shown(title)} if title and not meaning("sections", folded(title)) else {}
    return told, taken, left


def _value(known: str, value: object, handles: Mapping[str, str]) -> object:
    """A value of front matter for a field; None where it does not fit."""
    if known == "opened":
        day = find_day(str(value))
        return day
    if known == "authors":
        names = value if isinstance(value, list) else _SEVERAL.split(shown(str(value)))
        people = [_owner(str(name), handles) for name in names]
        return [name for name in people if name] or None
    if known == "routes":
        return None  # which of our routes a name of then means is for a person to say
    text = shown(str(value)) if isinstance(value, str) else ""
    if known == "severity":
        return text if text in SEVERITIES else None
    return text or None


def _labels(parts: list[_Sorted]) -> Iterator[tuple[int, str, str]]:
    """Lines such as ``**Date**: 2023-05-12``, everywhere but in timelines and actions."""
    for part in parts:
        if part.kind in ("timeline", "actions"):
            continue
        yield from _heading_label(part.section)
        for number, line in enumerate(part.section.text.split("\n")):
            match = _LABELLED.fullmatch(re.sub(r"^[-*+]\s+(?=[*_\w])", "", line.strip()))
            if match:
                yield part.section.row + number, match[1].strip(), match[2]
        for table in part.section.tables:
            for row, cells in table.rows:
                if len(cells) == 2:
                    yield row, shown(cells[0]), cells[1]


def _heading_label(section: OldSection) -> Iterator[tuple[int, str, str]]:
    """A heading that is a label: ``## Authors: ana, bo``, or ``## Date`` above the day."""
    title = section.path[-1] if section.path else ""
    name, colon, value = title.partition(":")
    if colon and value.strip():
        yield section.row, name.strip(), value
    first = next((line.strip() for line in section.text.split("\n") if line.strip()), "")
    if title and first:
        yield section.row, folded(title), first


def _clocks(parts: list[_Sorted]) -> dict[str, tuple[int, str]]:
    """The clocks that are named as such with a day or a moment: never of a sentence."""
    found: dict[str, tuple[int, str]] = {}
    for row, name, value in _labels(parts):
        clock = meaning("clocks", name)
        # A value of more words is a sentence, and what it means is for a person to say.
        if clock and len(value.split()) <= 5 and (at := find_time(value, None, False)):
            found.setdefault(clock, (row, at))
    return found


def _paragraph(parts: list[_Sorted], kind: str) -> str:
    """The first paragraph of a section, without lists and tables."""
    for part in parts:
        if part.kind != kind or not part.section.path:
            continue
        for block in re.split(r"\n[ \t]*\n", part.section.text.strip()):
            text = shown(block)
            if text and not re.match(r"[-*+|>#`<]|\d+[.)]\s", block.lstrip()):
                return text
    return ""


# The text -----------------------------------------------------------------------------------------


def render(name: str, today: date, review: OldReview, imported: Imported) -> str:
    """The text of the draft: our front matter, and below it the text of the old review."""
    told = dict(imported.told)
    opened = told.pop("opened", None)
    text = postmortem(name, opened if isinstance(opened, date) else today, told)
    if opened is None:
        text = text.replace(f"\nopened: {today.isoformat()}\n", "\nopened: TODO\n", 1)
    source = f"---\nid: {name}\nx-imported-from: {inline(review.file)}\n"
    text = text.replace(f"---\nid: {name}\n", source, 1)
    if imported.events:
        start, end = text.index("timeline:\n"), text.index("agent_path:")
        rows = "".join(map(_event_line, imported.events))
        text = f"{text[:start]}timeline:\n{rows}{text[end:]}"
    if imported.actions:
        start, end = text.index("actions:   #"), text.index("restart:\n")
        head = text[start : text.index("\n", start) + 1]
        rows = "".join(_action_lines(n, one) for n, one in enumerate(imported.actions, 1))
        text = text[:start] + head + rows + text[end:]
    body = review.body.strip("\n")
    return f"{text}\n{body}\n" if body else text


def _event_line(event: ImportedEvent) -> str:
    at = event.at or {"unknown": "TODO"}
    return f"  - {inline({'at': at, 'event': event.event})}\n"


def _action_lines(number: int, action: ImportedAction) -> str:
    fields: dict[str, Any] = {
        "id": f"A{number}",
        "title": action.title,
        "layer": "TODO",
        "findings": ["F1"],
        "owner": action.owner or "TODO",
        "deadline": action.deadline or "TODO",
        "done_when": action.done_when or "TODO",
    }
    fields |= {"status": action.status} if action.status else {}
    fields |= {"issue": action.issue} if action.issue else {}
    lines = [f"{name}: {inline(value)}" for name, value in fields.items()]
    return "  - " + "\n    ".join(lines) + "\n"
