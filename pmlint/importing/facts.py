"""What a draft takes beside actions and events: of the front matter, of labelled lines such as
``**Date**: 2023-05-12``, of the name of the file, and the first paragraph of two sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from pmlint.importing.actions import SEVERAL_PEOPLE, one_person
from pmlint.importing.found import LedgerEntry, ReviewPart
from pmlint.importing.names import meaning
from pmlint.importing.reading import OldReview, OldSection, folded, shown
from pmlint.importing.times import day_of_file, find_day, find_time, only_day
from pmlint.model.vocabulary import SEVERITIES

_LABELLED = re.compile(r"[*_]*([^\W\d_][\w '()-]{0,30}?)[*_]*\s*[:=：][*_]*\s*(.+)")
_NO_FIELD = "kept as text: no field means it"


class OldLabel(NamedTuple):
    """A line ``name: value``."""

    row: int
    name: str
    value: str


class FoundFacts(NamedTuple):
    """The fields of the draft's front matter, and what was taken and left."""

    fields: dict[str, object]
    taken: list[LedgerEntry]
    left: list[LedgerEntry]


def find_facts(
    review: OldReview, parts: list[ReviewPart], handles: Mapping[str, str], today: date
) -> FoundFacts:
    """What the review says of itself. ``handles``: see `find_actions`."""
    facts = FoundFacts({}, [], [])
    labels = list(_labels(parts))
    steps = (
        _of_front_matter(review, handles, today),
        _of_labels(labels, handles, today),
        _of_names(review, parts, today),
    )
    for step in steps:
        for field, value, entry in step:
            if value is None:
                facts.left.append(entry)
            elif field not in facts.fields:
                facts.fields[field] = value
                facts.taken.append(entry)
    clocks = _clocks(labels)
    if clocks:
        facts.fields["clocks"] = {clock: at for clock, at, _ in clocks}
        facts.taken.extend(entry for _, _, entry in clocks)
    for kind, field in (("summary", "summary"), ("impact", "impact")):
        text = _paragraph(parts, kind)
        if text and field not in facts.fields:
            facts.fields[field] = {"description": text} if kind == "impact" else text
    return facts


_Found = tuple[str, object, LedgerEntry]
"""A field, its value (None: it was left), and the line of the ledger."""


def _of_front_matter(
    review: OldReview, handles: Mapping[str, str], today: date
) -> Iterator[_Found]:
    known: set[str] = set()
    for key, value in review.front_matter.items():
        field = meaning("front_matter", str(key))
        read = _value(field, value, handles, today) if field and field not in known else None
        what = f"front matter '{shown(str(key))}'"
        became = _NO_FIELD if read is None else field
        known |= {field} if read is not None else set()
        yield field, read, LedgerEntry(1, what, became)


def _of_labels(labels: list[OldLabel], handles: Mapping[str, str], today: date) -> Iterator[_Found]:
    for label in labels:
        field = meaning("labels", label.name)
        read = _value(field, label.value, handles, today) if field else None
        if read is not None:
            yield field, read, LedgerEntry(label.row, f"line '{shown(label.name)}'", field)


def _of_names(review: OldReview, parts: list[ReviewPart], today: date) -> Iterator[_Found]:
    """The title of the first heading, and the day in it or in the name of the file."""
    first = next((part for part in parts if part.section.path), None)
    title = first.section.path[0] if first else ""
    row = first.section.heading if first else 1
    if title and not meaning("sections", folded(title)):
        yield "title", shown(title), LedgerEntry(row, f"heading '{shown(title)}'", "title")
    name = review.file.rpartition("/")[2]
    for day, what in ((only_day(title), "first heading"), (day_of_file(name), "name of the file")):
        if day is not None and day > today:
            # A typing error of the year (2202) would make an id of that year.
            yield "opened", None, LedgerEntry(row, f"{day} in the {what}", "later than today")
        elif day is not None:
            yield "opened", day, LedgerEntry(row, f"{day} in the {what}", "opened")


def _value(field: str, value: object, handles: Mapping[str, str], today: date) -> object:
    """A value of the old review for a field; None where it does not fit."""
    if field == "opened":
        day = find_day(str(value))
        return day if day is not None and day <= today else None
    if field == "authors":
        names = value if isinstance(value, list) else SEVERAL_PEOPLE.split(shown(str(value)))
        people = [one_person(str(name), handles) for name in names]
        return [name for name in people if name] or None
    if field == "routes":
        return None  # which of our routes a name of then means is for a person to say
    text = shown(str(value)) if isinstance(value, str) else ""
    if field == "severity":
        return text if text in SEVERITIES else None
    return text or None


def _labels(parts: list[ReviewPart]) -> Iterator[OldLabel]:
    """Lines with a label, everywhere but in timelines and actions."""
    for part in parts:
        if part.kind in ("timeline", "actions"):
            continue
        section = part.section
        yield from _heading_label(section)
        lines = [(line.row, line.text) for line in section.prose]
        lines += [(item.row, item.text) for item in section.items]
        for row, text in sorted(lines):
            match = _LABELLED.fullmatch(text.strip().removeprefix("> "))
            if match:
                yield OldLabel(row, match[1].strip(), match[2])
        for table in section.tables:
            pairs = [(table.row, table.header), *table.rows]
            for row, cells in pairs:
                if len(cells) == 2:
                    yield OldLabel(row, shown(cells[0]), cells[1])


def _heading_label(section: OldSection) -> Iterator[OldLabel]:
    """A heading that is a label: ``## Authors: ana, bo``, or ``## Date`` above the day."""
    title = section.path[-1] if section.path else ""
    name, colon, value = title.partition(":")
    if colon and value.strip():
        yield OldLabel(section.heading, name.strip(), value)
    first = next((line.strip() for line in section.text.split("\n") if line.strip()), "")
    if title and first:
        yield OldLabel(section.heading, folded(title), first)


def _clocks(labels: list[OldLabel]) -> list[tuple[str, str, LedgerEntry]]:
    """The clocks that are named as such with a day or a moment: never of a sentence."""
    found: dict[str, tuple[str, str, LedgerEntry]] = {}
    for label in labels:
        clock = meaning("clocks", label.name)
        # A value of more words is a sentence, and what it means is for a person to say.
        if not clock or len(label.value.split()) > 5:
            continue
        at = find_time(label.value, None, "")
        if at:
            entry = LedgerEntry(label.row, f"line '{shown(label.name)}'", f"clock {clock}")
            found.setdefault(clock, (clock, at, entry))
    return list(found.values())


def _paragraph(parts: list[ReviewPart], kind: str) -> str:
    """The first paragraph of a section, without lists and tables."""
    for part in parts:
        if part.kind != kind or not part.section.path:
            continue
        for block in re.split(r"\n[ \t]*\n", part.section.text.strip()):
            text = shown(block)
            if text and not re.match(r"[-*+|>#`<]|\d+[.)]\s", block.lstrip()):
                return text
    return ""
