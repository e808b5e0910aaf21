"""Figures become pages: templates of the package, autoescaped, with one place for safe HTML."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

from pmlint import __version__
from pmlint.report import figures
from pmlint.report.bodies import body_html, is_safe_address
from pmlint.report.figures import OwnerLine, ReportData, ReportRow
from pmlint.report.lanes import WIDTH, Lane, Stretch, lanes, scale
from pmlint.report.names import page_names
from pmlint.report.words import between, counted, duration, late

_KEY = (
    ("early", "start to warning"),
    ("warned", "warning to impact"),
    ("harm", "impact to containment"),
    ("after", "containment to restart"),
    ("bound", "known in part"),
)
_STACK = (
    ("very_late", "harm", "over 30 days late"),
    ("late", "warned", "late"),
    ("soon", "after", "due within 14 days"),
    ("later", "early", "later"),
)
_SPACE = 3
"""Units of ground between two parts of a bar: neighbours then need no contrast to each other."""


class PageNames(NamedTuple):
    """The names of pages, by id or handle."""

    postmortems: Mapping[str, str]
    routes: Mapping[str, str]
    owners: Mapping[str, str]


class SiteSettings(NamedTuple):
    """What a site is called, where it will lie (empty: unknown), and the limit of its pictures in
    seconds.
    """

    title: str
    base_url: str
    limit: int


SitePage = tuple[str, str]
"""A path below the site's folder, and the text of the page."""


def render(
    data: ReportData, site: SiteSettings, body_of: Callable[[str], str]
) -> Iterator[SitePage]:
    """Every page of a site. ``body_of`` gives the Markdown of a postmortem's file."""
    context = _context(data, site)
    environment = _environment(context)
    yield "index.html", _index(environment, data, context)
    yield from _postmortem_pages(environment, data, context, body_of)
    yield from _route_pages(environment, data, context)
    yield from _owner_pages(environment, data, context)


def names_of(data: ReportData) -> PageNames:
    """The names of all pages."""
    handles = {action["owner"] for action in data.rows["actions"] if action["owner"]}
    handles |= {route["owner"] for route in data.rows["routes"] if route["owner"]}
    return PageNames(
        page_names(review["postmortem"] for review in data.rows["postmortems"]),
        page_names(route["route"] for route in data.rows["routes"]),
        page_names(handles),
    )


class _Context(NamedTuple):
    site: SiteSettings
    data: ReportData
    names: PageNames
    lanes: dict[str, Lane]
    by_postmortem: Mapping[str, Mapping[str, list[ReportRow]]]


def _context(data: ReportData, site: SiteSettings) -> _Context:
    found = lanes(data.rows["clocks"], data.rows["gaps"], site.limit)
    parts: dict[str, dict[str, list[ReportRow]]] = {}
    for table in (
        "clocks timeline agent_path evidence findings failed_controls control_findings actions "
        "action_findings conditions links"
    ).split():
        grouped: dict[str, list[ReportRow]] = defaultdict(list)
        for row in data.rows[table]:
            grouped[row["postmortem"]].append(row)
        parts[table] = grouped
    return _Context(site, data, names_of(data), {lane.postmortem: lane for lane in found}, parts)


def _environment(context: _Context) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pmlint.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    assert environment.loader is not None
    # The policy of the page allows this one style element by its digest, and nothing else.
    style = environment.loader.get_source(environment, "style.css")[0].strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals.update(
        site=context.site,
        data=context.data,
        names=context.names,
        version=__version__,
        style=Markup(style),  # the package's own file, which no repository writes
        style_hash=f"sha256-{digest}",
        width=WIDTH,
        scale=scale(),
        late=late,
        said=_said,
        address=_address,
    )
    return environment


def _index(environment: jinja2.Environment, data: ReportData, context: _Context) -> str:
    sentence, good = figures.verdict(data)
    owners = figures.owner_lines(data)
    taxonomies = Counter((row["list"], row["id"]) for row in data.rows["taxonomy"])
    opened = sorted(data.of("actions", open=True), key=_by_deadline)
    return environment.get_template("index.html.j2").render(
        up="",
        sentence=sentence,
        good=good,
        tiles=figures.tiles(data),
        routes=figures.route_lines(data),
        owners=owners,
        most=max((line.total for line in owners), default=1),
        stack=_stack,
        oldest=opened,
        lanes=list(context.lanes.values()),
        key=_KEY,
        limit=duration(context.site.limit),
        repeats=figures.repeats(data),
        quarters=figures.quarters(data),
        weak=figures.weakly_answered(data),
        taxonomies=sorted(taxonomies.items(), key=lambda one: (-one[1], one[0])),
        unknown=figures.unknown_lines(data),
    )


def _postmortem_pages(
    environment: jinja2.Environment,
    data: ReportData,
    context: _Context,
    body_of: Callable[[str], str],
) -> Iterator[SitePage]:
    reviews = sorted(
        data.rows["postmortems"],
        key=lambda one: (one["opened"] is not None, one["opened"], one["postmortem"]),
        reverse=True,
    )
    gaps = {gap["postmortem"]: gap for gap in data.rows["gaps"]}
    text = environment.get_template("postmortems.html.j2").render(
        up="../", reviews=reviews, gap_of=lambda id: _gap_words(gaps.get(id))
    )
    yield "postmortems/index.html", text
    template = environment.get_template("postmortem.html.j2")
    changes: dict[str, list[ReportRow]] = defaultdict(list)
    for change in data.rows["amendments"]:
        if change["kind"] in ("postmortem", "action", "condition"):
            changes[change["record"]].append(change)
    for review in reviews:
        id = review["postmortem"]
        parts = {name: grouped.get(id, []) for name, grouped in context.by_postmortem.items()}
        body = body_of(review["file"]) if review["readable"] else ""
        text = template.render(
            up="../",
            review=review,
            lane=context.lanes.get(id, Lane(id, (), (), "unknown", False, "")),
            links=parts["links"],
            clocks=parts["clocks"],
            timeline=parts["timeline"],
            path=parts["agent_path"],
            findings=[_answered(finding, parts) for finding in parts["findings"]],
            conditions=parts["conditions"],
            signed=json.loads(review["signoff_by"] or "[]"),
            amendments=changes[id],
            evidence=parts["evidence"],
            body=Markup(body_html(body)) if body.strip() else "",
        )
        yield f"postmortems/{context.names.postmortems[id]}.html", text


def _route_pages(
    environment: jinja2.Environment, data: ReportData, context: _Context
) -> Iterator[SitePage]:
    lines = figures.route_lines(data)
    yield (
        "routes/index.html",
        environment.get_template("routes.html.j2").render(up="../", routes=lines),
    )
    template = environment.get_template("route.html.j2")
    linked: dict[str, set[str]] = defaultdict(set)
    for link in data.rows["links"]:
        linked[link["route"]].add(link["postmortem"])
    failed = data.rows["failed_controls"]
    for line in lines:
        id = line.route["route"]
        controls = [
            {
                **control,
                "failed": sum(
                    one["control"] == control["control"] and one["postmortem"] in linked[id]
                    for one in failed
                ),
            }
            for control in data.of("route_controls", route=id)
        ]
        text = template.render(
            up="../",
            route=line.route,
            line=line,
            holds=data.of("holds", route=id),
            controls=controls,
            tools=data.of("route_tools", route=id),
            links=data.of("links", route=id),
        )
        yield f"routes/{context.names.routes[id]}.html", text


def _owner_pages(
    environment: jinja2.Environment, data: ReportData, context: _Context
) -> Iterator[SitePage]:
    yield "owners/index.html", environment.get_template("owners.html.j2").render(up="../")
    template = environment.get_template("owner.html.j2")
    for handle, name in context.names.owners.items():
        actions = sorted(data.of("actions", open=True, owner=handle), key=_by_deadline)
        text = template.render(
            up="../", owner=handle, actions=actions, routes=data.of("routes", owner=handle)
        )
        yield f"owners/{name}.html", text


def _answered(finding: ReportRow, parts: Mapping[str, list[ReportRow]]) -> dict[str, Any]:
    """A finding with its failed controls and the actions that answer it."""
    id = finding["finding"]
    places = {link["n"] for link in parts["control_findings"] if link["finding"] == id}
    answers = {link["action"] for link in parts["action_findings"] if link["finding"] == id}
    return {
        **finding,
        "controls": [one for one in parts["failed_controls"] if one["n"] in places],
        "actions": [one for one in parts["actions"] if one["action"] in answers],
    }


def _stack(line: OwnerLine, most: int) -> list[Stretch]:
    """The parts of an owner's bar; all bars share the scale of the longest."""
    x, parts = 0.0, []
    for field, kind, words in _STACK:
        number = getattr(line, field)
        if number:
            width = round(WIDTH * number / most, 1)
            parts.append(
                Stretch(x, max(width - _SPACE, 1), kind, f"{counted(number, 'action')} {words}")
            )
            x = round(x + width, 1)
    return parts


def _said(clock: ReportRow) -> str:
    """A clock or a time in words."""
    if clock["moment"]:
        return str(clock["moment"].strftime("%Y-%m-%dT%H:%M:%SZ"))
    bounds = [
        f"{words} {clock[name]}"
        for name, words in (("not_before", "not before"), ("not_after", "not after"))
        if clock[name]
    ]
    if not bounds and clock["earliest"] and clock["latest"]:
        middle = clock["earliest"] + (clock["latest"] - clock["earliest"]) / 2
        return str(middle.date().isoformat())  # a bare day: both bounds on that day
    reason = f"unknown: {clock['unknown']}" if clock["unknown"] else "not set"
    return "; ".join([reason, *bounds])


def _address(address: str) -> str:
    """An address as a link where it is safe, else as text."""
    if not is_safe_address(address):
        return str(escape(address)) if isinstance(address, Markup) else address
    return Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(address)


def _gap_words(gap: ReportRow | None) -> str:
    if gap is None:
        return "unknown"
    return between(gap["warning_to_containment_min"], gap["warning_to_containment_max"])


def _by_deadline(action: ReportRow) -> tuple[bool, Any, str, str]:
    deadline = action["deadline"]
    return (deadline is None, deadline or 0, action["postmortem"], action["action"])
