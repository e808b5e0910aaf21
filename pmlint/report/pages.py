"""What stands on each page: a template and its values, all from the rows of the tables."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from pmlint.model.counting import count
from pmlint.report import figures, over_time
from pmlint.report.bodies import addresses
from pmlint.report.figures import OwnerLine, ReportData
from pmlint.report.history import HistoryDay
from pmlint.report.lanes import WIDTH, Lane, Stretch, lanes
from pmlint.report.matrix import repeat_matrix
from pmlint.report.names import PageNames
from pmlint.report.options import SiteOptions
from pmlint.report.words import duration, gap_words
from pmlint.tables.collect import TableRow
from pmlint.tables.postmortem_rows import CLOCKS

_KEY = (
    ("early", "start to warning"),
    ("warned", "warning to impact"),
    ("harm", "impact to containment"),
    ("after", "containment to restart"),
    ("bound", "known in part"),
)


class StackPart(NamedTuple):
    """A column of the open actions by owner, and its colour in the bar: ``field`` of an
    `OwnerLine`, ``kind`` as the lanes have them.
    """

    field: str
    kind: str
    head: str
    is_late: bool = False


_STACK = (
    StackPart("very_late", "harm", "Over 30 days late", is_late=True),
    StackPart("late", "warned", "1 to 30 days late", is_late=True),
    StackPart("soon", "after", "Due within 14 days"),
    StackPart("later", "early", "Later"),
)
_SPACE = 3
"""Units of ground between two parts of a bar: neighbours then need no contrast to each other."""
ROWS = 25
"""Rows of a table of the index; more are on a page of their own, or are counted."""
_OLDEST = 50
_OF_POSTMORTEM = (
    "clocks timeline agent_path evidence findings failed_controls control_findings actions "
    "action_findings proofs conditions links"
).split()


class SitePage(NamedTuple):
    """A page: its path below the site's folder, its template, and what the template says."""

    path: str
    template: str
    values: Mapping[str, Any]


class Contents(NamedTuple):
    """Everything that pages are made from. ``body_of`` gives the HTML of a body by the id of its
    postmortem; ``history`` is empty where nobody asked for it. ``not_given`` are the repositories
    that may hold routes here, and whose ledgers nobody gave.
    """

    site: SiteOptions
    data: ReportData
    names: PageNames
    body_of: Callable[[str], str]
    history: tuple[HistoryDay, ...] = ()
    not_given: tuple[str, ...] = ()


def pages(contents: Contents) -> Iterator[SitePage]:
    """Every page of a site, the index first."""
    data = contents.data
    found = lanes(data, contents.site.limit)
    yield SitePage("index.html", "index.html.j2", _index(contents, found))
    yield from _postmortem_pages(contents, {lane.postmortem: lane for lane in found})
    yield from _route_pages(contents)
    yield from _owner_pages(contents)


def _index(contents: Contents, found: list[Lane]) -> dict[str, Any]:
    data, limit = contents.data, contents.site.limit
    owners = figures.owner_lines(data)
    routes = figures.route_lines(data)
    # In a long table a free route is a number, because only what is held asks for something.
    shown = [line for line in routes if line.route["held"]] if len(routes) > ROWS else routes
    return {
        "verdict": figures.verdict(data, contents.not_given),
        "tiles": figures.tiles(data),
        "routes": shown[:ROWS],
        "more_routes": len(routes) - len(shown[:ROWS]),
        "free_routes": len(routes) - len(shown),
        "owners": owners[:ROWS],
        "more_owners": len(owners) - len(owners[:ROWS]),
        "parts": _STACK,
        "stack": _stack,
        "oldest": sorted(data.of("actions", open=True), key=_by_deadline)[:_OLDEST],
        "lanes": found[:ROWS],
        "titles": _titles(data),
        "more_lanes": len(found) - len(found[:ROWS]),
        "key": _KEY,
        "limit": duration(limit),
        "gaps": over_time.gap_chart(data, limit),
        "repeats": repeat_matrix(data),
        "rows": ROWS,
        "quarters": figures.quarters(data),
        "weak": len(figures.weakly_answered(data)),
        "history": over_time.history_charts(contents.history),
        "taxonomies": figures.taxonomies(data),
        "unknown": figures.unknown_lines(data),
        "not_given": contents.not_given,
    }


def _postmortem_pages(contents: Contents, found: Mapping[str, Lane]) -> Iterator[SitePage]:
    data, names = contents.data, contents.names
    reviews = sorted(
        data.rows["postmortems"],
        key=lambda one: (one["opened"] is not None, one["opened"], one["postmortem"]),
        reverse=True,
    )
    gaps = {gap["postmortem"]: gap for gap in data.rows["gaps"]}
    values = {
        "reviews": reviews,
        "gap_of": lambda id: gap_words(gaps[id]) if id in gaps else "unknown",
    }
    yield SitePage("postmortems/index.html", "postmortems.html.j2", values)
    grouped = {table: _by(data.rows[table], "postmortem") for table in _OF_POSTMORTEM}
    changes = _by(
        (row for row in data.rows["amendments"] if row["kind"] not in ("route", "configuration")),
        "record",
    )
    # By file: a document that cannot be read has no id in its findings.
    problems = _by(data.rows["problems"], "file")
    for review in reviews:
        id = review["postmortem"]
        parts = {table: rows.get(id, []) for table, rows in grouped.items()}
        html = contents.body_of(id) if review["readable"] else ""
        values = {
            "review": review,
            "authors": json.loads(review["authors"] or "[]"),
            "lane": found.get(id, Lane(id, (), (), (), "unknown", False, "")),
            "links": parts["links"],
            "clocks": sorted(parts["clocks"], key=lambda one: CLOCKS.index(one["clock"])),
            "timeline": parts["timeline"],
            "path": parts["agent_path"],
            "findings": [_answered(finding, parts) for finding in parts["findings"]],
            "unlinked": _unlinked(parts),
            "conditions": [_proven(one, "condition", parts) for one in parts["conditions"]],
            "signed": json.loads(review["signoff_by"] or "[]"),
            "amendments": changes.get(id, []),
            "evidence": parts["evidence"],
            "problems": problems.get(review["file"], []) if not review["readable"] else [],
            # The one place for HTML that came from a repository: nh3 returned it.
            "body": Markup(html),
            "sources": addresses(html),
        }
        yield SitePage(f"postmortems/{names.postmortems[id]}.html", "postmortem.html.j2", values)


def _route_pages(contents: Contents) -> Iterator[SitePage]:
    data, names = contents.data, contents.names
    lines = figures.route_lines(data)
    own = {line.route["route"] for line in lines}
    # A route of another repository has no row of its own, and no page.
    elsewhere = [hold for hold in data.rows["holds"] if hold["route"] not in own]
    values = {"routes": lines, "elsewhere": elsewhere}
    yield SitePage("routes/index.html", "routes.html.j2", values)
    tables = ("holds", "route_controls", "route_tools", "links")
    grouped = {table: _by(data.rows[table], "route") for table in tables}
    titles, subjects, failures = _titles(data), _subjects(data), figures.failures(data)
    failed = Counter((one["postmortem"], one["control"]) for one in data.rows["failed_controls"])
    for line in lines:
        id = line.route["route"]
        parts = {table: rows.get(id, []) for table, rows in grouped.items()}
        linked = {link["postmortem"] for link in parts["links"]}
        controls = [
            {**control, "failed": sum(failed[name, control["control"]] for name in linked)}
            for control in parts["route_controls"]
        ]
        values = {
            "route": line.route,
            "line": line,
            "holds": parts["holds"],
            "titles": titles,
            "subjects": subjects,
            "controls": controls,
            "tools": parts["route_tools"],
            "failures": failures.get(id, {}),
            "links": parts["links"],
        }
        yield SitePage(f"routes/{names.routes[id]}.html", "route.html.j2", values)


def _owner_pages(contents: Contents) -> Iterator[SitePage]:
    data = contents.data
    if contents.site.hides_people:
        return
    lines = figures.owner_lines(data)
    busy = {line.owner for line in lines}
    people = figures.owners(data)
    idle = sorted(people.keys() - busy)
    values = {"owners": lines, "idle": idle, "parts": _STACK, "stack": _stack}
    yield SitePage("owners/index.html", "owners.html.j2", values)
    wanted = (
        data.of("actions", open=True),
        data.of("holds", kind="sign-off"),
        data.rows["routes"],
    )
    tables = [_by(rows, "owner") for rows in wanted]
    for shown, handles in people.items():
        theirs = [[row for handle in handles for row in rows.get(handle, [])] for rows in tables]
        opened, to_sign, owned = theirs
        values = {
            "owner": shown,
            "actions": sorted(opened, key=_by_deadline),
            "to_sign": to_sign,
            "routes": owned,
        }
        yield SitePage(f"owners/{contents.names.owners[shown]}.html", "owner.html.j2", values)


def _by(rows: Any, column: str) -> dict[str, list[TableRow]]:
    """Rows by the value of a column, in their order."""
    found: dict[str, list[TableRow]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def _titles(data: ReportData) -> dict[str, str]:
    """The title of each postmortem; empty where it has none, or is not of this repository."""
    return defaultdict(
        str, {one["postmortem"]: one["title"] or "" for one in data.rows["postmortems"]}
    )


def _subjects(data: ReportData) -> dict[tuple[str, str, str], str]:
    """What an action or condition says, by its postmortem, kind and id."""
    found = defaultdict[tuple[str, str, str], str](str)
    for kind, table, said in (("action", "actions", "title"), ("condition", "conditions", "text")):
        for row in data.rows[table]:
            found[row["postmortem"], kind, row[kind]] = row[said] or ""
    return found


def _answered(finding: TableRow, parts: Mapping[str, list[TableRow]]) -> dict[str, Any]:
    """A finding with its failed controls and the actions that answer it."""
    id = finding["finding"]
    places = {link["n"] for link in parts["control_findings"] if link["finding"] == id}
    answers = {link["action"] for link in parts["action_findings"] if link["finding"] == id}
    return {
        **finding,
        "controls": [one for one in parts["failed_controls"] if one["n"] in places],
        "actions": [
            _proven(one, "action", parts) for one in parts["actions"] if one["action"] in answers
        ],
    }


def _unlinked(parts: Mapping[str, list[TableRow]]) -> dict[str, Any]:
    """Failed controls and actions that name no finding of their postmortem: they count and may
    hold a route, so the page must not lose them.
    """
    known = {finding["finding"] for finding in parts["findings"]}
    places = {link["n"] for link in parts["control_findings"] if link["finding"] in known}
    answers = {link["action"] for link in parts["action_findings"] if link["finding"] in known}
    return {
        "controls": [one for one in parts["failed_controls"] if one["n"] not in places],
        "actions": [
            _proven(one, "action", parts)
            for one in parts["actions"]
            if one["action"] not in answers
        ],
    }


def _proven(row: TableRow, kind: str, parts: Mapping[str, list[TableRow]]) -> dict[str, Any]:
    """An action or condition with its proofs."""
    wanted = (kind, row[kind])
    proofs = [one for one in parts["proofs"] if (one["kind"], one["subject"]) == wanted]
    return {**row, "proofs": proofs}


def _stack(line: OwnerLine, most: int) -> list[Stretch]:
    """The parts of an owner's bar; all bars share the scale of the longest."""
    x, parts = 0.0, []
    for part in _STACK:
        number = getattr(line, part.field)
        if number:
            width = round(WIDTH * number / most, 1)
            title = f"{count(number, 'action')} {part.head.lower()}"
            parts.append(Stretch(x, max(width - _SPACE, 1), part.kind, title))
            x = round(x + width, 1)
    return parts


def _by_deadline(action: TableRow) -> tuple[bool, Any, str, str]:
    deadline = action["deadline"]
    return (deadline is None, deadline or 0, action["postmortem"], action["action"])
