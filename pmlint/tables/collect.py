"""A tree becomes rows: the one place where documents become figures.

Rows come as documents are read, postmortems by id, so that what is kept of a document is only what
the index keeps. Each table's rows come in the order of its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import chain
from typing import NamedTuple

from pmlint import __version__
from pmlint.check.engine import check_tree
from pmlint.finding import Finding
from pmlint.model import Postmortem, Route
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.project.baseline import known, read_baseline
from pmlint.project.days import Today, exactly
from pmlint.project.holds import Hold
from pmlint.project.index import Index
from pmlint.project.repositories import is_foreign_name
from pmlint.project.settings import Settings
from pmlint.tables.dictionary import tables
from pmlint.tables.rows import (
    Row,
    amendment_row,
    hold_rows,
    postmortem_rows,
    problem_row,
    route_rows,
    unreadable_row,
)

SCHEMA = 1
Landed = Mapping[str, tuple[Hold, ...]]
"""What holds each route, by its id."""


class TableSource(NamedTuple):
    """What the rows are made from: a tree, the index of its documents, and its findings. ``landed``
    are the holds of each route after its proofs were looked up in git; None where nobody looked.
    ``commit`` is empty outside a repository, and in a report: two commits may have one tree.
    """

    tree: Tree
    documents: Index
    findings: tuple[Finding, ...]
    baseline: frozenset[object]
    settings: Settings
    today: Today
    commit: str = ""
    is_dirty: bool = False
    landed: Landed | None = None


def snapshot(tree: Tree, settings: Settings, today: date | Today) -> TableSource:
    """Judge a tree once. Raises `UsageError` where the configuration is wrong.

    The baseline is asked here and not by the check: what it has is a row, with its column set.
    """
    judged = check_tree(tree, settings._replace(baseline=""), today)
    entries = read_baseline(tree, settings.baseline)
    found = judged.report.findings
    return TableSource(tree, judged.repository_index, found, entries, settings, exactly(today))


def rows_of(facts: TableSource) -> Iterator[Row]:
    """Every row; those of one table in the order of its key."""
    amendments: list[Row] = list(_configured(facts))
    for row in chain(_postmortems(facts), _routes(facts)):
        # Their key begins with their kind, and documents bring several: they are few, and wait.
        if row.table == "amendments":
            amendments.append(row)
        else:
            yield row
    yield from sorted(amendments, key=_key)
    for n, finding in enumerate(facts.findings, start=1):
        in_baseline = not finding.waived and known(finding) in facts.baseline
        yield problem_row(n, finding, baseline=in_baseline)
    meta = {
        "commit": facts.commit or None,
        "dirty": str(facts.is_dirty).lower() if facts.commit else None,
        "now": facts.today.day.isoformat(),
        "pmlint": __version__,
        "proofs": "written" if facts.landed is None else "landed",
        "schema": str(SCHEMA),
    }
    yield from (Row("meta", (key, value)) for key, value in meta.items())


def _postmortems(facts: TableSource) -> Iterator[Row]:
    taken: dict[str, int] = {}
    reasons = _reasons(facts.landed or {})
    for one in sorted(facts.documents.postmortems, key=lambda one: (one.id, one.file)):
        taken[one.id] = taken.get(one.id, 0) + 1
        repeated = not one.id or taken[one.id] > 1
        name = f"{one.id}~{taken[one.id]}" if repeated else one.id
        # Read again, though the check has read it: 50,000 documents are not kept in memory.
        try:
            document = read_postmortem(decode(one.file, facts.tree.read(one.file)))
        except Malformed:
            yield unreadable_row(name, one.file)
            continue
        data = document.data
        if isinstance(data, dict):
            data = facts.settings.in_full(data)
        review = Postmortem(data, one.file, document.body)
        still = reasons.get(one.id, {})
        yield from sorted(postmortem_rows(review, name, facts.today.unended, still), key=_key)


def _reasons(landed: Landed) -> Mapping[str, Mapping[str, str]]:
    """Why actions are open that are written as done, by postmortem and action: what git says of
    their proofs.
    """
    found: dict[str, dict[str, str]] = {}
    for hold in chain.from_iterable(landed.values()):
        if hold.kind == "action":
            found.setdefault(hold.postmortem, {})[hold.subject] = hold.reason
    return found


def _configured(facts: TableSource) -> Iterator[Row]:
    """The amendments of the configuration."""
    for n, amendment in enumerate(facts.settings.amendments, start=1):
        yield amendment_row("configuration", "", "", n, amendment)


def _key(row: Row) -> tuple[object, ...]:
    """The table and key of a row, so that rows of one document sort as their tables do."""
    names, key = _columns()[row.table]
    values = dict(zip(names, row.values, strict=True))
    return (row.table, *(values[name] for name in key))


@cache
def _columns() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {table.name: (table.names, table.key) for table in tables()}


def _of_route(route: Route, name: str, holding: Iterable[Hold]) -> Iterable[Row]:
    return hold_rows(name, holding) if is_foreign_name(name) else route_rows(route, name, holding)


def _routes(facts: TableSource) -> Iterator[Row]:
    index = facts.documents
    taken: dict[str, int] = {}
    links = {route: set(names) for route, names in index.links().items()}
    # A route of another repository has no row of its own, and its holds are ours to say.
    elsewhere = [Route(id, "") for id in links if is_foreign_name(id)]
    for route in sorted((*index.routes, *elsewhere), key=lambda route: (route.id, route.file)):
        taken[route.id] = taken.get(route.id, 0) + 1
        name = route.id if taken[route.id] == 1 else f"{route.id}~{taken[route.id]}"
        written = index.held_by(route.id)
        holding = written if facts.landed is None else facts.landed.get(route.id, written)
        yield from sorted(_of_route(route, name, holding), key=_key)
    for id in sorted(links):
        places = [route for route in index.routes if route.id == id]
        for linked in sorted(links[id]):
            facts_of_one = index.postmortem_by_id.get(linked)
            in_route = any(linked in route.postmortems for route in places)
            in_postmortem = facts_of_one is not None and id in facts_of_one.routes
            resolved = bool(places) and facts_of_one is not None
            yield Row("links", (id, linked, in_route, in_postmortem, resolved))
