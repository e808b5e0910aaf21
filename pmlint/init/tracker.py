"""Exports of trackers: the title, the text, the address and the moments of one issue or incident.

1. A shape is known by fields that no other tracker has together; what fits none, or more than one,
   is refused by name.
2. Nothing is guessed: no clock, severity or route is made of a tracker's own fields. Its moments
   become events of the timeline, its text stands below the front matter as it was written.
3. A postmortem is of one failure: an export of several is refused with their number.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pmlint.edit.skeleton import ReportedEvent, Typed
from pmlint.errors import UsageError
from pmlint.model.dates import parse_date, parse_moment

_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
"""Jira writes +0000 where RFC 3339 has +00:00."""
_LAST_DAY = 14
"""The most digits of milliseconds since 1970: the year 5138."""


class TrackerShape(NamedTuple):
    """How a tracker writes an issue: the fields that only it has, and where the others are, as
    paths with dots. ``moments`` are what happened to the issue, in our words, and ``noun`` what it
    is called there. ``named_moments`` is the list of moments that have their names beside them.
    """

    tracker: str
    noun: str
    marks: tuple[str, ...]
    title: str
    text: str
    number: str
    addresses: tuple[str, ...]
    moments: Mapping[str, str]
    named_moments: str = ""


class TrackedIssue(NamedTuple):
    """What an export says: its title, its text, its address, and its moments as events."""

    title: str
    text: str
    address: str
    events: tuple[ReportedEvent, ...]


_OPENED = {"created_at": "opened", "createdAt": "opened"}
_CLOSED = {"closed_at": "closed", "closedAt": "closed"}
SHAPES = (
    # Gitea and Forgejo answer as GitHub does. `gh` has the page under 'url', where the interface
    # has its own address, so 'html_url' goes first.
    TrackerShape(
        "GitHub", "issue", ("title", "body"),
        "title", "body", "number", ("html_url", "url"), _OPENED | _CLOSED,
    ),
    TrackerShape(
        "GitLab", "issue", ("title", "description", "iid"),
        "title", "description", "iid", ("web_url", "webUrl"), _OPENED | _CLOSED,
    ),
    TrackerShape(
        "Jira", "issue", ("key", "fields.summary"),
        "fields.summary", "fields.description", "key", (),
        {"fields.created": "opened", "fields.resolutiondate": "resolved"},
    ),
    TrackerShape(
        "Jira", "issue", ("Issue key", "Summary"),
        "Summary", "Description", "Issue key", (), {"Created": "opened", "Resolved": "resolved"},
    ),
    TrackerShape(
        "PagerDuty", "incident", ("incident_number", "title"),
        "title", "body.details", "incident_number", ("html_url",),
        {"created_at": "opened", "resolved_at": "resolved"},
    ),
    TrackerShape(
        "Linear", "issue", ("identifier", "title"),
        "title", "description", "identifier", ("url",),
        {"createdAt": "opened", "completedAt": "closed", "canceledAt": "cancelled"},
    ),
    TrackerShape(
        "Opsgenie", "incident", ("tinyId", "message"),
        "message", "description", "tinyId", ("links.web",), {"createdAt": "opened"},
    ),
    TrackerShape(
        "incident.io", "incident", ("reference", "name"),
        "name", "summary", "reference", ("permalink",),
        {"created_at": "opened"}, "incident_timestamp_values",
    ),
)  # fmt: skip
"""Three lines each instead of twelve; the order has no meaning."""
_WRAPPERS = ("data", "repository", "project", "issue", "issues", "nodes", "incident", "incidents")
"""What an interface puts around an issue."""


def is_export(text: str) -> bool:
    """Whether a text is meant as an export: JSON, or a table with the columns of Jira."""
    first = text.lstrip().split("\n", 1)[0]
    return first[:1] in ("{", "[") or ("Summary" in first and "Issue key" in first)


def read_export(text: str, file: str = "") -> TrackedIssue:
    """The one issue of an export. Raises `UsageError` for JSON that cannot be read, that no tracker
    writes, or that has several issues.
    """
    is_json = text.lstrip()[:1] in ("{", "[")
    try:
        record = _one(_json(text, file) if is_json else _table(text, file), file)
        shape = _shape(record, file)
        prose = _prose(_at(record, shape.text))
    except RecursionError:  # brackets in brackets, deeper than Python's own reader goes
        raise UsageError("the export is nested too deeply", file=file) from None
    addresses = (_text(record, path) for path in shape.addresses)
    number = _at(record, shape.number)
    return TrackedIssue(
        " ".join(_text(record, shape.title).split()),
        prose.replace("\r\n", "\n").strip(),
        next((one for one in addresses if one.startswith("https://")), ""),
        tuple(_events(shape, record, "" if number is None else str(number))),
    )


def _json(text: str, file: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except ValueError as error:  # also that of a duplicate key, and of a number of 5,000 digits
        raise UsageError(f"this JSON cannot be read: {error}", file=file) from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key '{next(key for key in keys if keys.count(key) > 1)}'")
    return found


def _table(text: str, file: str) -> object:
    """The rows of a table; of columns of one name, such as those for comments, the first counts."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        header, *rows = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UsageError(f"this table cannot be read: {error}", file=file) from None
    return [dict(zip(reversed(header), reversed(row), strict=False)) for row in rows if any(row)]


def _one(value: object, file: str) -> Mapping[str, Any]:
    """The one record in what an interface puts around it."""
    while True:
        if isinstance(value, list):
            if len(value) != 1:
                raise UsageError(
                    f"the export has {len(value)} issues, not one",
                    file=file,
                    help="export the one that the postmortem is about",
                )
            value = value[0]
        elif not isinstance(value, Mapping):
            return {}
        elif any(_fits(shape, value) for shape in SHAPES):
            return value
        else:
            inner = [value[name] for name in _WRAPPERS if isinstance(value.get(name), dict | list)]
            if len(inner) != 1:
                return value
            value = inner[0]


def _shape(record: Mapping[str, Any], file: str) -> TrackerShape:
    """The one tracker that writes such a record. Raises `UsageError` for none, or for several."""
    found = [shape for shape in SHAPES if _fits(shape, record)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(dict.fromkeys(shape.tracker for shape in found or SHAPES))
    if found:
        message, help = f"this export could be one of {names}", "save the text of the issue alone"
    else:
        message = "this is not an export of one issue that pmlint can read"
        help = f"it reads those of {names}; or save the text of the issue alone"
    raise UsageError(message, file=file, help=help)


def _fits(shape: TrackerShape, record: Mapping[str, Any]) -> bool:
    """Whether a record has the fields of a shape, with a title and a text that are texts."""
    written = _at(record, shape.text)
    is_text = written is None or isinstance(written, str) or _is_jira_text(written)
    has_marks = all(_at(record, mark) is not None or mark in record for mark in shape.marks)
    return has_marks and is_text and isinstance(_at(record, shape.title), str)


def _at(record: Mapping[str, Any], path: str) -> Any:
    """The value at a path of keys; None where there is none."""
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(record: Mapping[str, Any], path: str) -> str:
    value = _at(record, path)
    return value if isinstance(value, str) else ""


def _events(shape: TrackerShape, record: Mapping[str, Any], number: str) -> Iterator[ReportedEvent]:
    """The moments of the issue; one that is not in the form of a moment is kept as it is typed."""
    subject = f"{shape.noun} {number}" if number else f"the {shape.noun}"
    for path, what in shape.moments.items():
        if written := _text(record, path).strip():
            yield ReportedEvent(_time(written), f"{subject} was {what}")
    named = _at(record, shape.named_moments)
    for entry in named if isinstance(named, list) else ():
        # {"incident_timestamp": {"name": "Fixed at"}, "value": {"value": "2026-..."}}: a team
        # names its moments itself, and one that was not reached has no value.
        written = _text(entry, "value.value").strip()
        if written and (name := _text(entry, "incident_timestamp.name").strip()):
            yield ReportedEvent(_time(written), f"{subject}: {name}")


def _time(written: str) -> str | Typed:
    """A moment or a day in our form; anything else as it was typed."""
    at = _OFFSET.sub(r"\1:\2", written)
    is_time = parse_moment(at) is not None or parse_date(at) is not None
    return at if is_time else Typed(written)


def _is_jira_text(value: object) -> bool:
    """Whether a value is a text as Jira's interface 3 writes it: a tree of blocks."""
    return isinstance(value, Mapping) and value.get("type") == "doc"


def _prose(value: object) -> str:
    """A text as it is written, or the blocks of Jira's tree as paragraphs, headings and items."""
    if isinstance(value, str):
        return value
    return "\n\n".join(_blocks(value)) if isinstance(value, Mapping) else ""


def _blocks(node: Mapping[str, Any]) -> Iterator[str]:
    kind = node.get("type")
    children = _children(node)
    if kind in ("paragraph", "heading"):
        level = _at(node, "attrs.level") if kind == "heading" else None
        marks = "#" * level + " " if isinstance(level, int) else ""
        yield marks + "".join(map(_words, children))
    elif kind == "codeBlock":
        # Between fences, so that a comment of a script is not a heading of the review.
        yield f"```\n{''.join(map(_words, children))}\n```"
    elif kind in ("taskItem", "decisionItem"):
        # Unlike the items of other lists these have words in them, not paragraphs.
        yield "- " + "".join(map(_words, children))
    elif kind in ("blockCard", "embedCard"):
        yield _words(node)
    elif kind == "table":
        yield _table_of_blocks(children)
    else:
        for child in children:
            for block in _blocks(child):
                yield f"- {block}" if kind == "listItem" else block


def _children(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = node.get("content")
    return [one for one in content if isinstance(one, Mapping)] if content else []


def _table_of_blocks(rows: list[Mapping[str, Any]]) -> str:
    """A table of Jira as one of Markdown: there the actions of a review are."""
    lines = []
    for row in rows:
        cells = [" ".join(_blocks(cell)).replace("|", "\\|") for cell in _children(row)]
        lines.append(f"| {' | '.join(cell.replace(chr(10), ' ') for cell in cells)} |")
        if len(lines) == 1:
            lines.append("|---" * len(cells) + "|")
    return "\n".join(lines)


def _words(node: Mapping[str, Any]) -> str:
    """The text of an inline node: its words, the name of a mention, the address of a card."""
    if node.get("type") == "hardBreak":
        return "\n"
    if node.get("type") == "date":
        return _day(_text(node, "attrs.timestamp"))
    texts = (_text(node, path) for path in ("text", "attrs.text", "attrs.url"))
    words = next(filter(None, texts), "")
    marks = node.get("marks")
    links = [_text(one, "attrs.href") for one in marks if one] if isinstance(marks, list) else []
    address = next(filter(None, links), "")
    return f"[{words}]({address})" if address and address != words else words


def _day(milliseconds: str) -> str:
    """The day of a date that somebody picked: milliseconds since 1970, in a text."""
    if not milliseconds.isdecimal() or len(milliseconds) > _LAST_DAY:
        return milliseconds
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).date().isoformat()
