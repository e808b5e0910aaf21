"""Fixes for what has exactly one right answer: a handle without ``@``, a date or a moment in
another form, an id that is missing.

They are found from the findings and the values at their pointers, so that no rule needs to know how
text is edited.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from itertools import accumulate

from pmlint.edit import Change, apply, changed_at_once, edit_of
from pmlint.edit.edits import node_at
from pmlint.edit.value import inline
from pmlint.errors import UsageError
from pmlint.finding import Edit, Finding, Fix
from pmlint.model import CLOCKS
from pmlint.model.forms import iso_date, money, rfc_moment
from pmlint.model.owners import PERSON_FIELDS
from pmlint.model.remedies import QUOTES, TIME_HELP
from pmlint.model.saying import is_hollow
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed, Source
from pmlint.place import Path
from pmlint.project.kinds import read_record
from pmlint.project.repositories import SEPARATOR
from pmlint.rules.facts.foreign_name import ID_ALONE

HANDLES = PERSON_FIELDS | {"handle"}
DATES = frozenset(("opened", "deadline", "on", "until", "done_on", "met_on"))
MOMENTS = frozenset(("at", "not_before", "not_after", *CLOCKS))
IDS: dict[tuple[str | int, ...], str] = {
    ("findings",): "F",
    ("actions",): "A",
    ("restart", "conditions"): "R",
}
"""The lists whose items have ids, and the letter of these."""
MOST_READ = 1_000_000
"""How many characters are read to see which changes of one file are possible."""


def attach(
    findings: Iterable[Finding], source_of: Callable[[str], Source | None]
) -> tuple[Finding, ...]:
    """The findings, each with the fix that it has by itself or that its value allows; ``source_of``
    gives the text of a file.
    """
    found = tuple(findings)
    answers = cache(lambda file: _Answers(_document(source_of(file))))
    # Only files with a finding that a value may answer are read again: for all of them a document
    # with a finding cost 1.29 times a clean one, now 1.12.
    open_ones = {
        finding
        for finding in found
        if finding.pointer and finding.fix is None and _answerable(finding)
    }
    for finding in found:
        if finding in open_ones:
            answers(finding.path).note(finding)
    return tuple(
        finding._replace(fix=answers(finding.path).fix(finding))
        if finding in open_ones
        else finding
        for finding in found
    )


def _answerable(finding: Finding) -> bool:
    """Whether a value may answer a finding, without reading the file again: of people, where a
    handle is near.

    The other rules speak of dates and moments that have their right form.
    """
    if finding.code == "unknown-person":
        return "'@" in finding.help
    return finding.code == "schema" or finding.help.startswith(ID_ALONE)


def fixed(source: Source, findings: Iterable[Finding]) -> str:
    """The text of a file with the fixes of its findings; a fix that overlaps one before it waits
    for the next run.
    """
    chosen: list[Edit] = []
    for finding in findings:
        edits = finding.fix.edits if finding.fix is not None and finding.path == source.file else ()
        # A fix is made whole or not at all: half of one may be another mistake.
        if not any(_overlap(edit, other) for edit in edits for other in _neighbours(chosen, edit)):
            for edit in edits:
                insort(chosen, edit)
    return apply(source.text, chosen)


def _neighbours(chosen: list[Edit], edit: Edit) -> list[Edit]:
    """Those of edits in order that may overlap another one: they don't overlap each other."""
    at = bisect_left(chosen, edit)
    return chosen[max(0, at - 1) : at + 1]


def _overlap(one: Edit, other: Edit) -> bool:
    # Two that begin at one place overlap even where both only add: which comes first would decide
    # what is read.
    return one.start == other.start or (one.start < other.end and other.start < one.end)


class _Answers:
    """The changes that answer findings of one file.

    They are tried together: to read the file again for each takes too long.
    """

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self.noted: dict[Finding, tuple[Change, str]] = {}
        self.ids: dict[Path, list[str]] = {}
        self.mappings: dict[Finding, Fix] = {}

    def note(self, finding: Finding) -> None:
        """Note what would answer a finding."""
        if self.document is None:
            return
        pointer = finding.pointer or ""
        if finding.message.endswith(" has no 'id'"):  # its place is the id that is not there
            pointer = pointer.removesuffix("/id")
        at, value = _value(self.document.data, pointer)
        if isinstance(value, dict):
            change, title = self.new_id(finding, at, value), "add"
        else:
            change, title = self.other_value(finding, at, value), "write"
            mapping = _mapping(finding, at, value)
            node = node_at(self.document, at) if mapping else None
            if node is not None:
                text = inline(mapping)
                edits = (Edit(node.start, node.end, text),)
                self.mappings[finding] = Fix(f"write {text}", edits)
        if change is not None:
            self.noted[finding] = change, title

    def fix(self, finding: Finding) -> Fix | None:
        """The fix of a finding; None where there is none, or where the text can't take it."""
        if finding in self.mappings:
            return self.mappings[finding]
        change, title = self.noted.get(finding, (None, ""))
        if self.document is None or change is None or change not in self.possible:
            return None
        return Fix(f"{title} '{change.value}'", (edit_of(self.document, change),))

    def other_value(self, finding: Finding, at: Path, value: object) -> Change | None:
        """What must replace a value, where there is no doubt about it."""
        assert self.document is not None
        if isinstance(value, int) and at[-1:] and at[-1] in DATES:
            day = iso_date(str(value))  # 20260914 is a number to YAML
            return Change(at, day) if day else None
        if not isinstance(value, str):
            node = node_at(self.document, at)
            if finding.code != "schema" or finding.help != QUOTES or node is None:
                return None
            # as it is written: 1_000 and 0123 are other texts than the numbers they may be
            return Change(at, self.document.source.text[node.start : node.end])
        right = _right(finding, at, value)
        return Change(at, right) if right is not None and right != value else None

    @cached_property
    def possible(self) -> frozenset[Change]:
        """The changes that the text can take: all at once, or, where one of them is impossible, by
        halves, as long as that is quick.
        """
        assert self.document is not None
        room = MOST_READ
        found: list[Change] = []
        # By halves: one impossible change among a thousand costs some twenty readings instead of a
        # thousand.
        pending = [list(dict.fromkeys(change for change, _ in self.noted.values()))]
        while pending and room > 0:
            some = pending.pop(0)
            room -= len(self.document.source.text)
            try:
                changed_at_once(self.document, some)
                found += some
            except UsageError:
                half = len(some) // 2
                pending += [some[:half], some[half:]] if half else []
        return frozenset(found)

    def new_id(self, finding: Finding, at: Path, item: dict[str, object]) -> Change | None:
        """The next free id of a list for an item that has none; those before it in the list that
        have none come first.
        """
        letter = IDS.get(tuple(at[:-1]))
        if (
            letter is None
            or finding.code != "schema"
            or "id" in item
            or not finding.message.endswith(" has no 'id'")
        ):
            return None
        above, number = Path(at[:-1]), at[-1]
        assert self.document is not None
        assert isinstance(number, int)
        # All at once for a list: two items without an id must not get the same one.
        if above not in self.ids:
            self.ids[above] = _free_ids(_value(self.document.data, above.pointer)[1], letter)
        return Change(at / "id", self.ids[above][number], first=True)


def _free_ids(items: object, letter: str) -> list[str]:
    """For each item of a list the id that it gets if it has none."""
    assert isinstance(items, list)
    ids = [one.get("id") if isinstance(one, dict) else "" for one in items]
    highest = max(
        (
            # Nine digits at most: Python refuses to read numbers of more than 4,300, and a hostile
            # id may have more.
            int(one[1:])
            for one in ids
            if isinstance(one, str) and re.fullmatch(f"{letter}[0-9]{{1,9}}", one)
        ),
        default=0,
    )
    missing = accumulate((one is None for one in ids), initial=0)
    return [f"{letter}{highest + 1 + before}" for before in missing]


def _document(source: Source | None) -> Document | None:
    """A file as the strict reader sees it; None for what it can't read and for files of other
    platforms.
    """
    # A foreign registry is another platform's file, which is never edited.
    if source is None or not source.file.endswith((".md", ".yaml", ".yml")):
        return None
    try:
        return read_record(source)
    except Malformed:
        return None


def _value(data: object, pointer: str) -> tuple[Path, object]:
    """The value at a JSON Pointer and its path; None where there is nothing."""
    at = Path()
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        # `isdecimal`, because "²" is a digit to Python and no number.
        if isinstance(data, list) and name.isdecimal() and int(name) < len(data):
            at, data = at / int(name), data[int(name)]
        elif isinstance(data, dict) and name in data:
            at, data = at / name, data[name]
        else:
            return at, None
    return at, data


def _right(finding: Finding, at: Path, value: str) -> str | None:
    """The right value in the place of a text, where there is no doubt about it."""
    name = at[-1]
    if finding.help.startswith(ID_ALONE):
        return value.partition(SEPARATOR)[2]
    if finding.code == "schema" and repr(value) not in finding.message:  # it speaks of the key
        return None
    if name in DATES:
        return iso_date(value)
    if name in MOMENTS:
        return rfc_moment(value) or iso_date(value)
    if name in HANDLES or at[-2:-1] == ("authors",):
        known = finding.code == "schema" or (
            finding.code == "unknown-person" and f"'@{value}'" in finding.help
        )
        # A name with blanks is a person's and no handle; nobody but the author knows the handle to
        # it.
        return f"@{value}" if known and re.fullmatch(r"[A-Za-z0-9][\w.-]*", value) else None
    return None


def _mapping(finding: Finding, at: Path, value: object) -> dict[str, object] | None:
    """The mapping that a text means: an amount with its currency, or a time that nobody knows
    better (``December 2025``).
    """
    if finding.code != "schema" or not isinstance(value, str):
        return None
    if at[-1:] == ("cost",) and (found := money(value)):
        return {"amount": found[0], "currency": found[1]}
    # what begins like a date is a typing error, and not a word for a time
    # Three letters, so that "10h" and "5pm" stay with whoever wrote them.
    is_words = bool(re.search(r"[^\W\d_]{3,}", value)) and not re.match(r"\d{4}-", value)
    # {unknown: unknown} would be the next finding: it says nothing.
    is_words = is_words and not is_hollow(value)
    return {"unknown": value} if finding.help == TIME_HELP and is_words else None
