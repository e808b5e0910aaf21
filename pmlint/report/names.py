"""Names of pages: an id cannot leave the folder, hide, or take the page of another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pmlint.report.figures import ReportData, owners

_LONGEST = 80
_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)
"""Names that Windows gives to devices, with any suffix behind them."""


def page_names(ids: Iterable[str]) -> dict[str, str]:
    """A name for each id, without suffix. Ids that fold to one name (case, Unicode NFC) get ``-2``,
    ``-3`` in the order of the ids.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    # 6,000 ids in letters that no name keeps all fold to one: each starts where the last one ended.
    numbers: dict[str, int] = {}
    for id in sorted(set(ids)):
        base = _safe(id)
        name = base
        while name.casefold() in taken:
            numbers[base.casefold()] = number = numbers.get(base.casefold(), 1) + 1
            name = f"{base[: _LONGEST - 6]}-{number}"
        taken.add(name.casefold())
        found[id] = name
    return found


def _safe(id: str) -> str:
    # macOS decomposes names: without NFC, "café" would be two pages on one system.
    normal = unicodedata.normalize("NFC", id.lstrip("@"))
    name = re.sub(r"[^A-Za-z0-9._-]", "-", normal)[:_LONGEST].strip(".")
    if not name or name.casefold() == "index":
        return f"{name}-1"
    stem, dot, rest = name.partition(".")
    # Windows looks at what comes before the first dot: "con.x-1" is a device as well.
    return f"{stem}-1{dot}{rest}" if stem.casefold() in _DEVICES else name


class PageNames(NamedTuple):
    """The names of pages, by id or handle, and those of the parts of a route's page, by class of
    failure.
    """

    postmortems: Mapping[str, str]
    routes: Mapping[str, str]
    owners: Mapping[str, str]
    classes: Mapping[str, str]


def names_of(data: ReportData, *, hides_people: bool = False) -> PageNames:
    """The names of all pages; owners have none where people are hidden."""
    spellings = owners(data)
    # A page for each person, to which every spelling of the handle leads.
    pages = {} if hides_people else page_names(spellings)
    return PageNames(
        page_names(review["postmortem"] for review in data.rows["postmortems"]),
        page_names(route["route"] for route in data.rows["routes"]),
        {handle: page for shown, page in pages.items() for handle in spellings[shown]},
        page_names(finding["class"] for finding in data.rows["findings"] if finding["class"]),
    )


def link_from(page: str, *, is_one_file: bool = False) -> Callable[[str], str]:
    """How a page of the site links to another one, both by their paths below its folder."""
    if is_one_file:
        return lambda path: f"#{anchor(path)}"
    up = "../" * page.count("/")
    return lambda path: f"{up}{path}"


def part_of(page: str, *, is_one_file: bool = False) -> Callable[[str], str]:
    """The id of a part of a page, to which ``page#part`` leads."""
    # No section has a colon in its id, so no part takes that of another page.
    return lambda part: f"{anchor(page)}:{part}" if is_one_file else part


def anchor(path: str) -> str:
    """The id of a page's section where all pages are one file: ``postmortems-PM-2026-005``, and of
    a part of it: ``routes-inbox:class-other``.
    """
    page, _, part = path.partition("#")
    section = page.removesuffix(".html").replace("/", "-")
    return f"{section}:{part}" if part else section
