"""What leaves the site for other programs: calendars, a feed, a badge."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import icalendar

from pmlint.report.figures import ReportData
from pmlint.report.options import SiteOptions
from pmlint.tables.collect import TableRow

_ATOM = "http://www.w3.org/2005/Atom"
_MOST_ENTRIES = 50
_COLORS = {"red": "#b3261e", "orange": "#9a5b00", "green": "#1a6e33"}


def calendar(
    actions: Iterable[TableRow], today: date, site: SiteOptions, names: Mapping[str, str]
) -> bytes:
    """An all-day event for each open action with a deadline. ``names`` are those of the pages of
    postmortems, to which an event leads where the site has an address.
    """
    found = icalendar.Calendar()
    found.add("prodid", "-//pmlint//report//EN")
    found.add("version", "2.0")
    stamp = datetime.combine(today, time(0), UTC)
    for action in actions:
        if action["deadline"] is None:
            continue
        event = icalendar.Event()
        name = f"{action['postmortem']}-{action['action']}"
        # Two repositories may both have a PM-2026-001, and a reader may subscribe to both.
        event.add("uid", f"{name}@{site.repository or 'pmlint'}")
        # Not the time of the run: the same tree must give the same bytes.
        event.add("dtstamp", stamp)
        event.add("dtstart", action["deadline"])
        # Behind the last day of all there is none, and no end means that day (RFC 5545, 3.6.1).
        if action["deadline"] < date.max:
            event.add("dtend", action["deadline"] + timedelta(days=1))
        title = action["title"] or "no title"
        event.add("summary", f"{action['action']} of {action['postmortem']}: {title}")
        event.add("description", f"Owner: {action['owner'] or 'nobody'}")
        if site.base_url:
            event.add("url", f"{site.base_url}postmortems/{names[action['postmortem']]}.html")
        found.add_component(event)
    text: bytes = found.to_ical()
    return text


def feed(data: ReportData, title: str, base_url: str, names: Mapping[str, str]) -> bytes:
    """An Atom feed of the newest 50 postmortems; needs the address under which the site lies."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    reviews = sorted(
        (review for review in data.rows["postmortems"] if review["opened"]),
        key=lambda review: (review["opened"], review["postmortem"]),
        reverse=True,
    )[:_MOST_ENTRIES]
    newest = reviews[0]["opened"] if reviews else data.today
    _add(root, "id", base_url)
    _add(root, "title", title)
    _add(root, "updated", _day(newest))
    _link(root, f"{base_url}feed.xml", "self")
    for review in reviews:
        entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
        # A tag URI has the name of a host and no port (RFC 4151, 2.1).
        host = urlsplit(base_url).hostname
        page = names[review["postmortem"]]
        _add(entry, "id", f"tag:{host},{review['opened'].isoformat()}:{page}")
        _add(entry, "title", f"{review['postmortem']}: {review['title'] or 'no title'}")
        _add(entry, "updated", _day(review["opened"]))
        author = ElementTree.SubElement(entry, f"{{{_ATOM}}}author")
        _add(author, "name", "pmlint")
        _link(entry, f"{base_url}postmortems/{page}.html", "alternate")
        _add(entry, "summary", review["summary"] or "")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def badge(data: ReportData) -> tuple[str, str]:
    """The message and colour of the badge: red where a route runs while held, orange where one is
    held or something is late.
    """
    held = data.of("routes", held=True)
    message = f"{len(held)} of {len(data.rows['routes'])}"
    if any(route["runs"] for route in held):
        return message, "red"
    late = data.of("actions", overdue=True)
    return message, "orange" if held or late else "green"


def badge_json(data: ReportData) -> bytes:
    """The badge for shields.io."""
    message, color = badge(data)
    fields = {"schemaVersion": 1, "label": "routes held", "message": message, "color": color}
    return (json.dumps(fields) + "\n").encode()


def badge_svg(data: ReportData) -> bytes:
    """The badge as a picture that says the same."""
    message, color = badge(data)
    width = 84 + 7 * len(message)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" '
        f'aria-label="routes held: {message}"><title>routes held: {message}</title>'
        f'<rect width="{width}" height="20" rx="3" fill="#3b3b3b"/>'
        f'<rect x="80" width="{width - 80}" height="20" rx="3" fill="{_COLORS[color]}"/>'
        '<g fill="#ffffff" font-family="Verdana,sans-serif" font-size="11">'
        f'<text x="8" y="14">routes held</text><text x="86" y="14">{message}</text></g></svg>\n'
    ).encode()


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _writable(text)


def _link(parent: ElementTree.Element, address: str, rel: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", {"href": address, "rel": rel})


def _writable(text: str) -> str:
    """A text without the characters that XML 1.0 cannot hold."""
    return "".join(
        char for char in text if (char >= " " and char not in "\ufffe\uffff") or char in "\t\n"
    )


def _day(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
