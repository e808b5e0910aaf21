"""What the pages say in figures, from the rows of the tables and from nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Literal, NamedTuple

from pmlint.model.counting import count
from pmlint.project.days import is_within
from pmlint.project.holds import bare_handle
from pmlint.report.words import duration
from pmlint.tables.cells import Row
from pmlint.tables.collect import TableRow, by_table

_KINDS = ("review", "action", "condition", "sign-off")
"""The order in which a team has to settle what holds a route; other kinds come behind."""
_SOON = 30
"""Days: a waiver that ends within them is somebody's work of this month."""


class ReportData(NamedTuple):
    """The rows of all tables by name, each a mapping of its columns, and the day of the report."""

    rows: Mapping[str, tuple[TableRow, ...]]
    today: date

    def of(self, table: str, **wanted: object) -> list[TableRow]:
        """The rows of a table whose columns have these values."""
        return [
            row
            for row in self.rows[table]
            if all(row[name] == value for name, value in wanted.items())
        ]


class FirstSentence(NamedTuple):
    """The sentence at the top: ``good`` where nothing runs while held and nothing is late,
    ``empty`` where there is nothing to judge yet, or not all that would have to be judged.
    """

    sentence: str
    tone: Literal["good", "bad", "empty"]


class Tile(NamedTuple):
    """One figure at the top: its number, its words, and the part of the page it leads to; ``note``
    says of how many it is known.
    """

    figure: str
    words: str
    target: str
    is_bad: bool = False
    note: str = ""


class RouteLine(NamedTuple):
    """A route in the table of routes; ``counts`` says by what it is held."""

    route: TableRow
    counts: str
    runs_while_held: bool


class OwnerLine(NamedTuple):
    """How many open actions an owner has, from the latest to those that are not due."""

    owner: str
    very_late: int
    late: int
    soon: int
    later: int

    @property
    def total(self) -> int:
        """All open actions."""
        return self.very_late + self.late + self.soon + self.later


class QuarterLine(NamedTuple):
    """The actions of the reviews that were opened in a quarter, by strength of their layers."""

    quarter: str
    stronger: int
    intermediate: int
    weaker: int


class TaxonomyLine(NamedTuple):
    """An entry of a list of others, and how often postmortems refer to it; ``name`` may be
    empty.
    """

    list: str
    id: str
    name: str
    times: int


class Unknown(NamedTuple):
    """Something that a postmortem does not know, in words."""

    postmortem: str
    words: str


class UnknownLine(NamedTuple):
    """A kind of what is not known, how often that is, and each of them where it is listed."""

    words: str
    number: int
    entries: tuple[Unknown, ...]


def data_of(rows: Iterable[Row], today: date) -> ReportData:
    """The rows of a snapshot by table."""
    found = by_table(rows)
    return ReportData({name: tuple(entries) for name, entries in found.items()}, today)


def verdict(data: ReportData, not_given: Sequence[str] = ()) -> FirstSentence:
    """The sentence at the top. ``not_given`` are the repositories of which nobody knows here what
    they hold.
    """
    routes, reviews = data.rows["routes"], data.rows["postmortems"]
    held, running = data.of("routes", held=True), data.of("routes", held=True, runs=True)
    overdue, unread = data.of("actions", overdue=True), data.of("postmortems", readable=False)
    if not routes and not reviews:
        return FirstSentence("There is no route and no postmortem yet.", "empty")
    parts = []
    if running:
        verb = "runs" if len(running) == 1 else "run"
        parts.append(f"{count(len(running), 'route')} {verb} while held")
    else:
        parts.append("No route runs while held" if routes else "There is no route yet")
    if routes:
        parts.append(f"{len(held):,} of {len(routes):,} {'is' if len(held) == 1 else 'are'} held")
    verb = "is" if len(overdue) == 1 else "are"
    number = count(len(overdue), "action") if overdue else "no action"
    parts.append(f"{number} {verb if overdue else 'is'} overdue")
    # What they ask for is in none of the figures, so the sentence must not be green.
    if unread:
        parts.append(f"{count(len(unread), 'document')} cannot be read")
    if not_given:
        others = count(len(not_given), "other repository", "other repositories")
        parts.append(f"what {others} may hold is not known")
    sentence = "; ".join(parts) + "."
    if running or overdue or unread:
        return FirstSentence(sentence, "bad")
    return FirstSentence(sentence, "good" if routes and not not_given else "empty")


def tiles(data: ReportData) -> list[Tile]:
    """The six figures at the top."""
    routes = data.rows["routes"]
    held, running = data.of("routes", held=True), data.of("routes", held=True, runs=True)
    opened, overdue = data.of("actions", open=True), data.of("actions", overdue=True)
    gaps = [gap["warning_to_containment"] for gap in data.rows["gaps"]]
    known = [gap for gap in gaps if gap is not None]
    middle = duration(int(median(known))) if known else "unknown"
    again = repeated(data)
    return [
        # To be held is no alarm: the tool does its work, as the sentence above the tiles says.
        Tile(f"{len(held):,} of {len(routes):,}", "routes held", "routes"),
        Tile(f"{len(running):,}", "running while held", "routes", bool(running)),
        Tile(f"{len(opened):,}", f"open action{'' if len(opened) == 1 else 's'}", "actions"),
        Tile(f"{len(overdue):,}", "overdue", "actions", bool(overdue)),
        Tile(
            middle,
            "warning to containment",
            "incidents",
            note=f"median, known for {len(known):,} of {len(gaps):,}",
        ),
        Tile(
            f"{len(again):,}",
            f"route{'' if len(again) == 1 else 's'} with a repeat",
            "repeats",
            bool(again),
            note="a class of failure came back" if again else "",
        ),
    ]


def route_lines(data: ReportData) -> list[RouteLine]:
    """The routes: running while held first, then held by oldest deadline, then free."""
    by_route: dict[str, Counter[str]] = defaultdict(Counter)
    for hold in data.rows["holds"]:
        by_route[hold["route"]][hold["kind"]] += 1
    lines = [
        RouteLine(route, _counts(by_route[route["route"]]), route["held"] and route["runs"])
        for route in data.rows["routes"]
    ]
    return sorted(lines, key=_route_order)


def owners(data: ReportData) -> dict[str, tuple[str, ...]]:
    """Whoever owns an action or a route, each with all spellings of the handle; the one that is
    written most often comes first, and is shown.
    """
    times = Counter(row["owner"] for table in ("actions", "routes") for row in data.rows[table])
    del times[None]
    # '@Maria' and '@maria' are one account to a forge, and one person to all verbs.
    found: dict[str, list[str]] = defaultdict(list)
    for handle in sorted(times, key=lambda handle: (-times[handle], handle)):
        found[bare_handle(handle)].append(handle)
    return {handles[0]: tuple(handles) for handles in found.values()}


def owner_lines(data: ReportData) -> list[OwnerLine]:
    """The owners of open actions, the worst first."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    shown = {handle: name for name, handles in owners(data).items() for handle in handles}
    for action in data.of("actions", open=True):
        name = shown.get(action["owner"], "nobody")
        found[name][_due(action["deadline"], data.today)] += 1
    lines = [
        OwnerLine(owner, counts["very late"], counts["late"], counts["soon"], counts["later"])
        for owner, counts in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.very_late, -line.late, -line.total, line.owner))


def failures(data: ReportData) -> dict[str, dict[str, tuple[str, ...]]]:
    """The postmortems of each class of failure on each route: by route, then by class."""
    classes: dict[str, set[str]] = defaultdict(set)
    for finding in data.rows["findings"]:
        if finding["class"]:
            classes[finding["postmortem"]].add(finding["class"])
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for link in data.rows["links"]:
        for failure in classes[link["postmortem"]]:
            found[link["route"]][failure].add(link["postmortem"])
    return {
        route: {failure: tuple(sorted(names)) for failure, names in sorted(by_class.items())}
        for route, by_class in sorted(found.items())
    }


def repeated(data: ReportData) -> list[str]:
    """The routes on which a class of failure came back."""
    return [
        route
        for route, by_class in failures(data).items()
        if any(len(names) > 1 for names in by_class.values())
    ]


def quarters(data: ReportData) -> list[QuarterLine]:
    """The answers by quarter of the review."""
    opened = {review["postmortem"]: review["opened"] for review in data.rows["postmortems"]}
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for action in data.rows["actions"]:
        day = opened.get(action["postmortem"])
        found[quarter_of(day) if day else "unknown"][action["strength"]] += 1
    return [
        QuarterLine(name, found[name][2], found[name][1], found[name][0]) for name in sorted(found)
    ]


def weakly_answered(data: ReportData) -> list[TableRow]:
    """Findings that are answered by weaker layers alone."""
    strength = {
        (action["postmortem"], action["action"]): action["strength"]
        for action in data.rows["actions"]
    }
    best: dict[tuple[str, str], int] = {}
    for link in data.rows["action_findings"]:
        key = link["postmortem"], link["finding"]
        best[key] = max(best.get(key, 0), strength.get((link["postmortem"], link["action"]), 0))
    return [
        finding
        for finding in data.rows["findings"]
        if best.get((finding["postmortem"], finding["finding"])) == 0
    ]


def taxonomies(data: ReportData) -> list[TaxonomyLine]:
    """How often each entry of a list of others is referred to, the most frequent first."""
    times = Counter((row["list"], row["id"]) for row in data.rows["taxonomy"])
    names = {(row["list"], row["id"]): row["name"] or "" for row in data.rows["taxonomy"]}
    lines = [
        TaxonomyLine(list, id, names[list, id], number) for (list, id), number in times.items()
    ]
    return sorted(lines, key=lambda line: (-line.times, line.list, line.id))


def unknown_lines(data: ReportData) -> list[UnknownLine]:
    """What is not known, each with how often and, where somebody owes it, by whom and until when.
    Nothing for what is known everywhere.
    """
    reviews = data.rows["postmortems"]
    clocks = [row for row in data.rows["clocks"] if row["clock"] != "restart"]
    nowhere = [row for row in clocks if row["earliest"] is None and row["latest"] is None]
    costs = [row for row in reviews if row["readable"] and row["cost"] is None]
    lines = [
        UnknownLine("clocks without a moment or a bound", len(nowhere), ()),
        UnknownLine("costs of postmortems", len(costs), ()),
        _line("kinds of evidence that are declared missing", _missing_evidence(data)),
        _line(f"waivers that end within {_SOON} days", _ending_waivers(data)),
        _line("documents that cannot be read", _unreadable(data)),
    ]
    return [line for line in lines if line.number]


def quarter_of(day: date) -> str:
    """``2026 Q3``."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def _line(words: str, entries: list[Unknown]) -> UnknownLine:
    return UnknownLine(words, len(entries), tuple(entries))


def _missing_evidence(data: ReportData) -> list[Unknown]:
    actions = {(row["postmortem"], row["action"]): row for row in data.rows["actions"]}
    found = []
    for row in data.rows["evidence"]:
        if row["n"] != 0:
            continue
        owed = actions.get((row["postmortem"], row["action"]))
        words = f"{row['kind'].replace('_', ' ')}: {row['missing']}"
        if owed is not None:
            until = f" until {owed['deadline'].isoformat()}" if owed["deadline"] else ""
            words += f"; {owed['owner'] or 'nobody'} captures it{until} ({owed['action']})"
        found.append(Unknown(row["postmortem"], words))
    return found


def _unreadable(data: ReportData) -> list[Unknown]:
    """The documents that cannot be read, each with the place and the words of why."""
    places = {
        problem[
            "file"
        ]: f"{problem['file']}:{problem['row']}:{problem['col']}: {problem['message']}"
        # The first finding of a file wins: what comes later may follow from it.
        for problem in reversed(data.rows["problems"])
    }
    return [
        Unknown(row["postmortem"], places.get(row["file"]) or row["file"])
        for row in data.of("postmortems", readable=False)
    ]


def _ending_waivers(data: ReportData) -> list[Unknown]:
    return [
        Unknown(row["postmortem"], f"{row['rule']}, until {row['until'].isoformat()}")
        for row in data.rows["waivers"]
        if is_within(_SOON, data.today, row["until"]) and row["until"] >= data.today
    ]


def _counts(kinds: Counter[str]) -> str:
    """``1 review, 3 actions``: what is settled first comes first, and no kind is left out."""
    known = [kind for kind in _KINDS if kinds[kind]]
    others = sorted(kind for kind in kinds if kind not in _KINDS)
    return ", ".join(count(kinds[kind], kind) for kind in (*known, *others))


def _route_order(line: RouteLine) -> tuple[bool, bool, date, str]:
    route = line.route
    deadline = route["oldest_deadline"] or date.max
    return (not line.runs_while_held, not route["held"], deadline, route["route"])


def _due(deadline: date | None, today: date) -> str:
    days = (today - deadline).days if deadline else -10_000
    if days > 0:
        return "very late" if days > 30 else "late"
    return "soon" if days >= -14 else "later"
