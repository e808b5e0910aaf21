"""Hiding people, for a site that is published: each handle becomes ``person 3``.

It is done to the rows, before any figure or page is made, so no page can forget it, and to the HTML
of the bodies. What is found is what somebody would read (`pmlint.report.reading`):

- a handle of a row or of the people file behind an ``@``, however the two are written;
- without its ``@`` inside a path or an address, where a text of ours has it as a value, before the
  name of a host, and behind a word as ``user=``;
- a handle of the people file in an id, which then is another one everywhere;
- a mail address, also of nobody who is known;
- a name of the people file (`pmlint.report.called`).

Other names that somebody wrote in a sentence can't be found; the index says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, NamedTuple

from pmlint.model.people import Person
from pmlint.report.called import (
    CalledForm,
    Form,
    handle_form,
    id_form,
    key_of,
    local_part,
    name_forms,
    unbroken_form,
)
from pmlint.report.figures import ReportData
from pmlint.report.reading import ReadText, Tags, parts_with, tags_of, words_of
from pmlint.tables.collect import TableRow

_HANDLES = (
    "owner",
    "approved_by",
    "verified_by",
    "cancelled_by",
    "withdrawn_by",
    "older_by",
)
_LISTS = ("authors", "signoff_by")
"""Columns that hold handles as a list in JSON."""
_PATHS = ("file", "path", "place", "evidence")
"""Columns that hold a path, which needs no slash to be one."""
_DOCUMENTS = ("postmortem", "route", "record", "earlier")
_IDS = (
    *_DOCUMENTS,
    *("action", "finding", "condition", "subject", "control", "class", "list", "id", "rule"),
)
"""Columns that hold an id. A team's handle may be the first word of its routes, and is not hidden
there."""
_MADE = {
    "problems": ("message",),
    "holds": ("reason", "release"),
    "actions": ("open_reason",),
    "amendments": ("before", "after"),
}
"""Columns by table whose text is not the author's: they may hold a handle without its ``@``."""
_MAIL = re.compile(
    r"""@*(?:"[^"\n]{1,64}"|[\w.+'-]+)(?:@|\s?[\[({]\s?at\s?[\])}]\s?)"""
    r"[\w-]+(?:(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)[\w-]+)*"
    r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?)[a-z][\w-]+"
)
_DOTTED = re.compile(r"\s?[\[({]\s?(at|dot)\s?[\])}]\s?")
_ADDRESS = re.compile(r"""[^\s"'<>()\[\]]*[/\\][^\s"'<>()\[\]]*""")
"""A path or an address: what has a slash, up to the next blank, quote or bracket."""
_SIGN = re.compile(r"""@(?P<between>[\s\\_(\[{"'|:]{0,4})$""")
_MEANT = re.compile(
    # A mention of Jira, one of Slack, and what a log or a form says before a handle.
    r"""(?:\[~|@\w{1,12}\||\b(?:user(?:name)?|login|owner|assignee|author|actor|reviewer|approver"""
    r"""|committer|reporter|cc)["']?\s{0,2}[:=]\s{0,2}["']?)$"""
)
_LOOKED_BACK = 24
"""Letters before a handle that may say that it is one."""
_QUOTED = re.compile(r"""'[^'\s]*'|"[^"\s]*\"""")
"""A value in a text of ours: what has a blank is a sentence of somebody."""
_LINK = re.compile(r'(<a) href="([^"]*)"[^>]*')
_STRANGER = "a mail address"


class _Context(NamedTuple):
    """Where a text is from: one that pmlint made, one that is a path or an id as a whole."""

    is_made: bool = False
    is_path: bool = False
    is_id: bool = False


_PROSE = _Context()


class HiddenPart(NamedTuple):
    """A part of a text, by its folded letters, and what is shown in its place."""

    start: int
    end: int
    shown: str


class KnownPeople:
    """Everybody who has to be hidden, by what they are called, and the number that each has."""

    def __init__(self, handles: Iterable[str], people: Iterable[Person]) -> None:
        entries = [one for one in people if one.handle or one.name or one.email]
        # What an entry is called first is who it is, and the rest are other words for it.
        self._aliases = {
            key_of(alias): key_of(one.handle or one.name or one.email)
            for one in entries
            for alias in (one.name, one.email, local_part(one.email, one.name))
            if alias
        }
        self._labels: dict[str, str] = {}
        # Handles that somebody writes without their sign are found so in what pmlint says.
        self._bare: set[str] = set()
        for handle in (*handles, *(one.handle or one.name or one.email for one in entries)):
            key = self._person(handle)
            if key:
                self._labels.setdefault(key, f"person {len(self._labels) + 1}")
                if not handle.strip().startswith("@"):
                    self._bare.add(key)
        persons = [one for one in entries if one.kind == "person"]
        self._persons = {key_of(one.handle) for one in persons}
        self._ids: dict[str, str] = {}
        # Who owns an action under a name of two words has no handle to be found by.
        names = {key_of(one.name) for one in persons} | {key for key in self._labels if " " in key}
        self._unbroken = [
            (key, form) for key in sorted(names, key=len) if (form := unbroken_form(key))
        ]
        called = [
            *chain.from_iterable(map(handle_form, {*self._labels, *self._aliases})),
            *chain.from_iterable(map(name_forms, names)),
        ]
        self._forms: dict[str, list[CalledForm]] = {}
        self._add(called)

    def rename(self, ids: Iterable[str]) -> None:
        """Hide ids of documents that name somebody, also where a text has them."""
        found = {id: self.hide(id, _Context(is_id=True)) for id in dict.fromkeys(ids)}
        self._ids = {key_of(id): shown for id, shown in found.items() if shown != id}
        self._add(chain.from_iterable(map(id_form, self._ids)))

    def has(self, handle: str) -> bool:
        """Whether a text as a whole is the handle, name or address of somebody."""
        return self._person(handle) in self._labels

    def label(self, handle: str) -> str:
        """What is shown for a handle; the handle itself where it names nobody."""
        return self._labels.get(self._person(handle), handle)

    def hide(self, text: str, context: _Context = _PROSE) -> str:
        """A text without people."""
        return self._read(self._read(text, Tags.AS_TEXT, context), Tags.AS_ON_A_PAGE, context)

    def hide_html(self, html: str) -> str:
        """A body of `body_html` without people. A link that names one is text."""
        html = _LINK.sub(self._link, html)
        # Twice, because `<td>@maria</td><td>` and `<b>@</b>maria` both name her.
        html = self._read(html, Tags.AS_BREAKS, _PROSE)
        return self._read(html, Tags.AS_ON_A_PAGE, _PROSE)

    def _person(self, handle: str) -> str:
        key = key_of(handle)
        return self._aliases.get(key, key)

    def _link(self, match: re.Match[str]) -> str:
        named = self.hide(match[2], _Context(is_path=True)) != match[2]
        return match[1] if named else match[0]

    def _read(self, text: str, tags: Tags, context: _Context) -> str:
        read = ReadText(text, tags)
        parts, end = [], 0
        for part in self._parts(read, context):
            first, last = read.written(part.start, part.end)
            # An entity may say letters of two parts; what is hidden already is not hidden again.
            if first < end:
                continue
            kept = "" if tags is Tags.AS_TEXT else tags_of(text[first:last])
            parts += [text[end:first], kept, part.shown]
            end = last
        return "".join([*parts, text[end:]])

    def _parts(self, read: ReadText, context: _Context) -> list[HiddenPart]:
        """The parts to hide in the order of the text, none within another."""
        found = [*self._mails(read.letters), *self._called(read, context)]
        kept: list[HiddenPart] = []
        for part in sorted(found, key=lambda part: (part.start, -part.end)):
            if not kept or part.start >= kept[-1].end:
                kept.append(part)
        return kept

    def _mails(self, letters: str) -> Iterator[HiddenPart]:
        # Most texts have neither, and the pattern tries at every letter.
        if "@" not in letters and not _DOTTED.search(letters):
            return
        for match in _MAIL.finditer(letters):
            address = _DOTTED.sub(_sign_of, match[0].lstrip("@"))
            # A remote of git has the form of an address and names nobody.
            if not address.startswith("git@"):
                person = self._labels.get(self._aliases.get(address, ""), _STRANGER)
                yield HiddenPart(*match.span(), person)

    def _add(self, forms: Iterable[CalledForm]) -> None:
        for one in forms:
            self._forms.setdefault(one.first, []).append(one)
        for found in self._forms.values():
            # The longest first, and of two a handle: its sign is hidden with it.
            found.sort(key=lambda one: (-len(one.key), one.form is not Form.HANDLE, one.key))

    def _called(self, read: ReadText, context: _Context) -> Iterator[HiddenPart]:
        letters = read.letters
        for key, unbroken in self._unbroken:
            for match in unbroken.finditer(letters):
                yield HiddenPart(*match.span(), self.label(key))
        words = [word for word in words_of(letters) if word[0] in self._forms]
        if not words:
            return
        paths = _paths(letters, context)
        for word in words:
            place = _Place(read, context, word.start() in paths)
            matches = (
                (one, found)
                for one in self._forms[word[0]]
                if (found := one.pattern.match(letters, word.start()))
            )
            parts = (self._part(place, one, found) for one, found in matches)
            yield from islice(filter(None, parts), 1)

    def _part(self, place: _Place, one: CalledForm, match: re.Match[str]) -> HiddenPart | None:
        """A form that was found, if it means a person there."""
        start, end = match.span()
        rest = place.read.letters[end : end + 2]
        if one.form is Form.HANDLE:
            return self._handle(place, one.key, match)
        if one.form is Form.ID:
            ends = not re.match(r"[-_]?[^\W_]", rest)
            return HiddenPart(start, end, self._ids[one.key]) if ends else None
        # Germans put an s behind a name without a sign between.
        if re.match(r"(?!s(?![^\W_]))[^\W_]", rest):
            return None
        if one.form is Form.JOINED:
            return HiddenPart(start, end, self.label(one.key)) if place.is_path else None
        # 'Mark' is a name and 'mark' is not; of two words nobody asks.
        first = place.read.text[place.read.written(start, start + 1)[0]]
        is_name = " " in one.key or first.isupper()
        return HiddenPart(start, end, self.label(one.key)) if is_name else None

    def _handle(self, place: _Place, key: str, match: re.Match[str]) -> HiddenPart | None:
        letters, context, (start, end) = place.read.letters, place.context, match.span()
        if not _ends(letters, end, is_path=place.is_path or context.is_id):
            return None
        shown, before = self.label(key), letters[max(0, start - _LOOKED_BACK) : start]
        sign = _SIGN.search(before)
        if sign is not None:
            between = sign["between"]
            return HiddenPart(start - len(between) - 1, end, f"{between.strip()}{shown}")
        # In our own sentences she is called as somebody wrote her, at times without a sign.
        is_bare = context.is_made and key in self._bare and before[-1:] != "-"
        is_part_of_id = context.is_id and key in self._persons
        is_login = re.match(r"@[^\W_]", letters[end : end + 2]) or _MEANT.search(before)
        if place.is_path or is_bare or is_part_of_id or is_login:
            return HiddenPart(start, end, shown)
        return None


class _Place(NamedTuple):
    """Where a form was found: in which text, and whether inside a path."""

    read: ReadText
    context: _Context
    is_path: bool


def hide_people(data: ReportData, people: Iterable[Person]) -> tuple[ReportData, KnownPeople]:
    """The rows without people, and what does the same to other texts. ``people`` are those of the
    people file; those of the rows come first, numbered by first appearance.
    """
    known = KnownPeople(_handles(data), people)
    known.rename(
        row[name]
        for entries in data.rows.values()
        for row in entries
        for name in _DOCUMENTS
        if row.get(name)
    )
    rows = {
        table: tuple(_hidden(table, row, known) for row in entries)
        for table, entries in data.rows.items()
    }
    return data._replace(rows=rows), known


def _handles(data: ReportData) -> Iterator[str]:
    for entries in data.rows.values():
        for row in entries:
            yield from (row[name] for name in _HANDLES if row.get(name))
            for name in _LISTS:
                yield from json.loads(row.get(name) or "[]")


def _hidden(table: str, row: TableRow, known: KnownPeople) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not isinstance(value, str) or not value:
            found[name] = value
        elif name in _LISTS:
            found[name] = json.dumps([known.label(handle) for handle in json.loads(value)])
        elif name in _HANDLES or ((table, name) == ("problems", "subject") and known.has(value)):
            found[name] = known.label(value)
        else:
            is_made = name in _MADE.get(table, ())
            context = _Context(is_made, is_path=name in _PATHS, is_id=name in _IDS)
            found[name] = known.hide(value, context)
    return found


def _paths(letters: str, context: _Context) -> Container[int]:
    """The places of letters where a handle means somebody without its sign."""
    if context.is_path:
        return range(len(letters))
    found = parts_with(letters, _ADDRESS)
    return found | parts_with(letters, _QUOTED) if context.is_made else found


def _ends(letters: str, end: int, *, is_path: bool) -> bool:
    """Whether a handle ends there: ``@anna-lee`` is not ``@anna``, and ``anna-lee.json`` is a file
    of hers.
    """
    rest = letters[end : end + 2]
    if is_path:
        return not rest[:1].isalnum()
    return not re.match(r"[^\W_]|[-_][^\W_]", rest)


def _sign_of(match: re.Match[str]) -> str:
    return "@" if match[1] == "at" else "."
