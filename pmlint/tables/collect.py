"""A tree becomes rows: the one place where documents become figures.

Rows come as documents are read, postmortems by id, so that what is kept of a document is only what
the index keeps. Each table's rows come in the order of its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pmlint import __version__
from pmlint.finding import Finding
from pmlint.model import Postmortem, Route
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Entry, Tree
from pmlint.project.baseline import known
from pmlint.project.days import Today, exactly
from pmlint.project.files import postmortem_files
from pmlint.project.holds import Hold
from pmlint.project.index import Index, PostmortemFacts, facts_of, read_entry, unreadable
from pmlint.project.registry import read_routes
from pmlint.project.repositories import is_foreign_name
from pmlint.project.settings import Settings
from pmlint.tables.cells import Row, Value, free_key
from pmlint.tables.dictionary import tables
from pmlint.tables.kept import KeptRows
from pmlint.tables.postmortem_rows import ReviewSource, postmortem_rows, unreadable_row
from pmlint.tables.record_rows import amendment_row, hold_rows, problem_row, route_rows

if TYPE_CHECKING:
    # Verbs that print what documents say do not import the check, which takes 0.2 s to start.
    from pmlint.check.organisation import Demanded

SCHEMA = 1
TableRow = Mapping[str, Any]
"""A row by its columns."""
AnyDocument = TypeVar("AnyDocument", PostmortemFacts, Route)
_OF_ROUTES = frozenset(
    ("routes", "route_controls", "route_tools", "links", "holds", "problems", "meta")
)
"""The tables for which no postmortem is read again."""
_OWN = frozenset(table.name for table in tables() if table.parent == "postmortems")
"""The tables whose rows come from the text of a postmortem alone."""
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
    held_elsewhere: Landed = MappingProxyType({})
    """What ledgers of other repositories hold of each route."""
    kept: KeptRows | None = None
    """The rows of files that were made as they were read for the index or judged."""
    demanded: Demanded | None = None
    """What came of the organisation's demands, where there are any."""


def read(
    tree: Tree, settings: Settings, today: date | Today, only: Container[str] = ()
) -> TableSource:
    """What the documents of a tree say, without judging them: there are no problems.

    The rows of the tables ``only`` are kept: to read 1,000 documents again took `actions` 1.8 s in
    place of 0.8.

    Raises `UsageError` where the configuration is wrong.
    """
    day = exactly(today)
    kept = KeptRows()

    def read_facts(entry: Entry) -> PostmortemFacts:
        try:
            document = read_entry(tree, entry)
        except Malformed:
            return unreadable(entry.path, settings.ids)
        kept.keep(entry.path, document_rows(document, entry.path, settings, day, only=only))
        return facts_of(Postmortem(settings.as_judged(document.data), entry.path, document.body))

    files = postmortem_files(tree, settings)
    documents = Index(read_routes(tree, settings).routes, map(read_facts, files))
    return source_of(tree, documents, settings, day)._replace(kept=kept)


def source_of(tree: Tree, documents: Index, settings: Settings, today: date | Today) -> TableSource:
    """What the documents of an index say, which may be some of a tree."""
    return TableSource(tree, documents, (), frozenset(), settings, exactly(today))


def by_table(rows: Iterable[Row]) -> dict[str, list[TableRow]]:
    """The rows of each table, each by its columns."""
    found: dict[str, list[TableRow]] = {name: [] for name in _columns()}
    for row in rows:
        found[row.table].append(dict(zip(_columns()[row.table][0], row.values, strict=True)))
    return found


def rows_of(facts: TableSource, only: Container[str] | None = None) -> Iterator[Row]:
    """Every row, or those of the tables ``only``; those of one table in the order of its key.

    The name of a file need not be UTF-8: what no format could write is written out.
    """
    # A document is UTF-8, and its YAML cannot name half a character: what is not is a name. So its
    # own rows are not looked at, which took an eighth of the time of all rows.
    odd = {one.file for one in facts.documents.postmortems if encodable(one.file) != one.file}
    for row in _rows_of(facts, only):
        is_own = row.table in _OWN and not odd
        yield row if is_own or all(map(_is_ascii, row.values)) else _written_out(row)


def _is_ascii(value: Value) -> bool:
    # ASCII is known without a look at the characters, and most texts are.
    return not isinstance(value, str) or value.isascii()


def _written_out(row: Row) -> Row:
    values = (encodable(one) if isinstance(one, str) else one for one in row.values)
    return row._replace(values=tuple(values))


def encodable(text: str) -> str:
    """A text with what UTF-8 cannot hold written out: the name of a file may be any bytes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _rows_of(facts: TableSource, only: Container[str] | None) -> Iterator[Row]:
    if only is None:
        yield from _every_row(facts, _postmortems(facts))
        return
    # To read each postmortem is what takes the time, and the routes know what holds them.
    needs_postmortems = any(name in only for name in _columns() if name not in _OF_ROUTES)
    documents = _postmortems(facts) if needs_postmortems else ()
    yield from (row for row in _every_row(facts, documents) if row.table in only)


def _every_row(facts: TableSource, documents: Iterable[Row]) -> Iterator[Row]:
    amendments: list[Row] = list(_configured(facts))
    for row in chain(documents, _routes(facts)):
        # Their key begins with their kind, and documents bring several: they are few, and wait.
        if row.table == "amendments":
            amendments.append(row)
        else:
            yield row
    yield from sorted(amendments, key=_key)
    for n, finding in enumerate(facts.findings, start=1):
        # What the organisation demands no baseline of the repository sets aside.
        is_theirs = facts.demanded is not None and facts.demanded.asks_for(finding)
        in_baseline = not finding.waived and not is_theirs and known(finding) in facts.baseline
        by = "organisation" if is_theirs else "repository"
        yield problem_row(n, finding, baseline=in_baseline, demanded_by=by)
    for loosened in facts.demanded.loosened if facts.demanded else ():
        yield Row("loosened", tuple(loosened))
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
    reasons = _reasons(facts.landed or {})
    for name, one in _keyed(facts.documents.postmortems).items():
        still = reasons.get(one.id, {})
        # What git says of its proofs was not known when its rows were made.
        kept = facts.kept.rows(one.file) if facts.kept is not None and not still else None
        rows = _read_again(facts, one, still) if kept is None else kept
        # Few ids are taken or missing, and the rows of the others have their names already.
        own = rows if name == one.id else (_named(row, name) for row in rows)
        yield from sorted(own, key=_key)


def _read_again(
    facts: TableSource, one: PostmortemFacts, still: Mapping[str, str]
) -> Iterable[Row]:
    """The rows of a postmortem of which none were kept."""
    entry = facts.tree.entry(one.file)
    try:
        document = read_entry(facts.tree, entry or Entry(one.file, "file"))
    except Malformed:
        return (unreadable_row(one.id, one.file),)
    return document_rows(document, one.file, facts.settings, facts.today, still)


def document_rows(
    document: Document,
    file: str,
    settings: Settings,
    today: Today,
    still: Mapping[str, str] = MappingProxyType({}),
    only: Container[str] | None = None,
    review: Postmortem | None = None,
) -> Iterable[Row]:
    """The rows of a postmortem that was read, or those of the tables ``only``. ``still`` says why
    an action is open that is written as done, by its id. ``review`` is what was made of it already.
    """
    if review is None:
        review = Postmortem(settings.in_full(document.data), file, document.body)
    return postmortem_rows(ReviewSource(review, review.id, today.unended, still), only)


def _named(row: Row, name: str) -> Row:
    """A row of a postmortem under its key, which other documents of its id may have taken."""
    at = _columns()[row.table][0].index("record" if row.table == "amendments" else "postmortem")
    if row.values[at] == name:
        return row
    return row._replace(values=(*row.values[:at], name, *row.values[at + 1 :]))


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
    return row.table, _keys()[row.table](row.values)


@cache
def _keys() -> Mapping[str, Callable[[Sequence[Value]], object]]:
    places = {table: map(names.index, key) for table, (names, key) in _columns().items()}
    return {table: itemgetter(*found) for table, found in places.items()}


@cache
def _columns() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {table.name: (table.names, table.key) for table in tables()}


def _of_route(route: Route, name: str, holding: Iterable[Hold]) -> Iterable[Row]:
    return hold_rows(name, holding) if is_foreign_name(name) else route_rows(route, name, holding)


def named_routes(index: Index) -> dict[str, Route]:
    """The routes by their keys in the tables, in the order of their rows: several places of a
    platform's files are one id, and each has a row.
    """
    # A route of another repository has no row of its own, and its holds are ours to say.
    elsewhere = [Route(id, "") for id in index.links() if is_foreign_name(id)]
    return _keyed((*index.routes, *elsewhere))


def _keyed(documents: Iterable[AnyDocument]) -> dict[str, AnyDocument]:
    """Documents by their keys, in the order of the keys; those of one id count by their files."""
    found: dict[str, AnyDocument] = {}
    times: Counter[str] = Counter()
    for one in sorted(documents, key=lambda one: (one.id, one.file)):
        times[one.id] += 1
        found[free_key(one.id, times[one.id], found)] = one
    # `~` sorts behind letters and digits: PM-2026-001~2 comes after PM-2026-0010.
    return dict(sorted(found.items()))


def _routes(facts: TableSource) -> Iterator[Row]:
    index = facts.documents
    links = {route: set(names) for route, names in index.links().items()}
    for name, route in named_routes(index).items():
        written = index.held_by(route.id)
        holding = written if facts.landed is None else facts.landed.get(route.id, written)
        holding = (*holding, *facts.held_elsewhere.get(route.id, ()))
        yield from sorted(_of_route(route, name, holding), key=_key)
    for id in sorted(links):
        places = [route for route in index.routes if route.id == id]
        for linked in sorted(links[id]):
            facts_of_one = index.postmortem_by_id.get(linked)
            in_route = any(linked in route.postmortems for route in places)
            in_postmortem = facts_of_one is not None and id in facts_of_one.routes
            resolved = bool(places) and facts_of_one is not None
            yield Row("links", (id, linked, in_route, in_postmortem, resolved))
