"""A route with what holds it, a finding, and an amendment as rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from pmlint.finding import Finding
from pmlint.model import Route
from pmlint.model.dates import parse_date
from pmlint.model.proof import Amendment
from pmlint.project.holds import Hold
from pmlint.project.settings import SettingAmendment
from pmlint.tables.cells import Row, as_json, free_key, named, placed, text

Change = Amendment | SettingAmendment


def route_rows(route: Route, name: str, holds: Iterable[Hold]) -> Iterator[Row]:
    """Every row of a route: what it is, its controls and tools, and what holds it."""
    holding = list(holds)
    opened = [hold for hold in holding if hold.kind == "action"]
    deadline = min((hold.deadline for hold in opened if hold.deadline), default=None)
    yield Row(
        "routes",
        (
            name,
            route.file,
            text(route.title),
            text(route.owner),
            text(route.state),
            bool(route.raised),
            text(route.autonomy),
            route.mapped,
            route.runs,
            bool(holding),
            len(opened),
            deadline,
        ),
    )
    for control, id in named(route.controls):
        texts = (text(control.layer), text(control.guards), text(control.description))
        yield Row("route_controls", (name, id, *texts))
    for mode, tools in (("read", route.read_tools), ("write", route.write_tools)):
        for tool in dict.fromkeys(tools):
            yield Row("route_tools", (name, mode, tool))
    yield from amendment_rows(route.amendments, "route", name, "")
    yield from hold_rows(name, holding)


def hold_rows(name: str, holds: Iterable[Hold]) -> Iterator[Row]:
    """What holds a route, of this repository or of another one."""
    times: Counter[tuple[str, str, str]] = Counter()
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    for hold in holds:
        of = (hold.postmortem, hold.kind)
        times[*of, hold.subject] += 1
        # A route may lack two drills, or answers for two windows of its budget.
        subject = hold.subject
        if subject in taken[of]:
            subject = free_key(subject, times[*of, subject], taken[of])
        taken[of].add(subject)
        where = (*of, subject)
        yield Row(
            "holds",
            (name, *where, text(hold.owner), hold.deadline, hold.reason, hold.release),
        )


def problem_row(n: int, finding: Finding, *, baseline: bool, demanded_by: str) -> Row:
    """A finding of the check as a row; ``demanded_by`` is the repository or the organisation."""
    name, _, inside = finding.subject.partition("#")
    return Row(
        "problems",
        (
            n,
            finding.code,
            str(finding.level),
            finding.path,
            finding.span.row,
            finding.span.column,
            finding.pointer,
            text(name),
            text(inside),
            finding.message,
            bool(finding.waived),
            baseline,
            demanded_by,
        ),
    )


def amendment_row(kind: str, record: str, subject: str, n: int, change: Change) -> Row:
    """An approved change of a record, or of the configuration."""
    on = change.on if isinstance(change.on, date) else parse_date(change.on)
    texts = (text(change.reason), text(change.approved_by))
    values = (as_json(change.before), as_json(change.after))
    return Row("amendments", (kind, record, subject, n, on, text(change.field), *values, *texts))


def amendment_rows(
    amendments: Iterable[Amendment], kind: str, record: str, subject: str
) -> Iterator[Row]:
    """The approved changes of a record, in its order."""
    for n, amendment in placed(amendments):
        yield amendment_row(kind, record, subject, n, amendment)
