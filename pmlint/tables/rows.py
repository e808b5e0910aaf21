"""One postmortem, one route, one finding as rows. Values are plain: texts, numbers, truth values,
dates, moments in UTC; None is "not said".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import NamedTuple, TypeVar

from pmlint.finding import Finding
from pmlint.model import Postmortem, Route
from pmlint.model.dates import Interval, gap, parse_date, parse_interval
from pmlint.model.postmortem import Action, Amendment, Proof
from pmlint.model.resources import read_json
from pmlint.project.holds import Hold, may_follow_restart, open_reason
from pmlint.project.settings import SettingAmendment

Value = str | int | float | bool | date | datetime | None

GAPS = (
    ("route_start", "first_warning"),
    ("first_warning", "first_impact"),
    ("first_impact", "containment"),
    ("first_warning", "containment"),
    ("containment", "restart"),
)
"""The pairs of clocks whose distance is a column (docs/spec/tables.md, *gaps*)."""
CLOCKS = ("route_start", "first_warning", "first_impact", "containment", "restart")


Named = TypeVar("Named")
Change = Amendment | SettingAmendment


class Row(NamedTuple):
    """One row: the name of its table, and its values in the order of the columns."""

    table: str
    values: tuple[Value, ...]


class ReviewSource(NamedTuple):
    """What the rows of a postmortem are made from: its document, its id, made unique, the day, and
    why an action is open that is written as done, by its id.
    """

    review: Postmortem
    name: str
    today: date
    still_open: Mapping[str, str]


def postmortem_rows(source: ReviewSource, only: Container[str] | None = None) -> Iterator[Row]:
    """Every row that is made from a postmortem's own document, or those of the tables ``only``."""
    for tables, rows in _MADE:
        # What no table asks for is not made: `routes` over 600 documents took a quarter more.
        if only is None or any(table in only for table in tables):
            made = rows(source)
            yield from made if only is None else (row for row in made if row.table in only)


def _postmortem(source: ReviewSource) -> Iterator[Row]:
    yield Row("postmortems", (source.name, source.review.file, True, *_facts(source.review)))


def _clocks(source: ReviewSource) -> Iterator[Row]:
    clocks = source.review.clocks.data
    for clock in CLOCKS:
        yield Row("clocks", (source.name, clock, *_bounds(clocks.get(clock))))


def _gap(source: ReviewSource) -> Iterator[Row]:
    yield Row("gaps", (source.name, *_gaps(source.review)))


def _timeline(source: ReviewSource) -> Iterator[Row]:
    for n, event in enumerate(source.review.timeline, start=1):
        texts = (_text(event.event), _text(event.evidence))
        yield Row("timeline", (source.name, n, *_bounds(event.data.get("at")), *texts))


def _agent_path(source: ReviewSource) -> Iterator[Row]:
    for n, step in enumerate(source.review.agent_path, start=1):
        texts = (_text(step.step), _text(step.name), _text(step.note), _text(step.evidence))
        yield Row("agent_path", (source.name, n, *texts))


def _findings(source: ReviewSource) -> Iterator[Row]:
    for finding, id in _named(source.review.findings):
        said = (_text(finding.kind), _text(finding.statement))
        yield Row("findings", (source.name, id, *said))


def _actions(source: ReviewSource) -> Iterator[Row]:
    review = source.review
    for action, id in _named(review.actions):
        reason = open_reason(action, review) or source.still_open.get(action.id, "")
        yield from _action(action, id, review, source.name, source.today, reason)


def _conditions(source: ReviewSource) -> Iterator[Row]:
    for condition, id in _named(source.review.restart.conditions):
        met = (_text(condition.text), condition.met, condition.met_on)
        yield Row("conditions", (source.name, id, *met))
        yield from _proofs(condition.proof, source.name, "condition", id)
        yield from _amendments(condition.amendments, "condition", source.name, id)


def _amended(source: ReviewSource) -> Iterator[Row]:
    return _amendments(source.review.amendments, "postmortem", source.name, "")


def unreadable_row(name: str, file: str) -> Row:
    """The row of a postmortem that cannot be read: its id by its file's name, and nothing else."""
    return Row("postmortems", (name, file, False, *(None,) * 17))


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
            _text(route.title),
            _text(route.owner),
            _text(route.state),
            bool(route.raised),
            _text(route.autonomy),
            route.mapped,
            route.runs,
            bool(holding),
            len(opened),
            deadline,
        ),
    )
    for control, id in _named(route.controls):
        texts = (_text(control.layer), _text(control.guards), _text(control.description))
        yield Row("route_controls", (name, id, *texts))
    for mode, tools in (("read", route.read_tools), ("write", route.write_tools)):
        for tool in dict.fromkeys(tools):
            yield Row("route_tools", (name, mode, tool))
    yield from _amendments(route.amendments, "route", name, "")
    yield from hold_rows(name, holding)


def hold_rows(name: str, holds: Iterable[Hold]) -> Iterator[Row]:
    """What holds a route, of this repository or of another one."""
    for hold in holds:
        where = (hold.postmortem, hold.kind, hold.subject)
        yield Row(
            "holds",
            (name, *where, _text(hold.owner), hold.deadline, hold.reason, hold.release),
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
            _text(name),
            _text(inside),
            finding.message,
            bool(finding.waived),
            baseline,
            demanded_by,
        ),
    )


def _facts(review: Postmortem) -> tuple[Value, ...]:
    impact = review.impact.data
    customers, cost = impact.get("customers"), impact.get("cost")
    amount = cost.get("amount") if isinstance(cost, dict) else None
    signed = review.restart.signoffs
    days = [signoff.on for signoff in signed if signoff.on is not None]
    return (
        _text(review.title),
        _text(review.status),
        _text(review.severity),
        _text(review.trigger),
        review.opened,
        json.dumps(review.authors, ensure_ascii=False),
        _text(review.summary),
        _text(impact.get("description")),
        _whole(customers),
        _unknown(customers),
        _real(amount),
        _text(cost.get("currency")) if isinstance(cost, dict) else None,
        _unknown(cost),
        json.dumps([signoff.by for signoff in signed], ensure_ascii=False) if signed else None,
        max(days, default=None),
        _text(review.withdrawn.reason),
        _text(review.withdrawn.approved_by),
    )


def _bounds(value: object) -> tuple[Value, ...]:
    """A clock or the time of an event: moment, reason, bounds as written, earliest, latest."""
    interval = parse_interval(value) or Interval()
    fields = value if isinstance(value, dict) else {}
    # A day is an interval of 50 hours, so only a moment has equal ends.
    known = interval.earliest if interval.earliest == interval.latest else None
    return (
        known,
        _text(fields.get("unknown")),
        _text(fields.get("not_before")),
        _text(fields.get("not_after")),
        interval.earliest,
        interval.latest,
    )


def _gaps(review: Postmortem) -> Iterator[Value]:
    for first, second in GAPS:
        start, end = review.clocks.interval(first), review.clocks.interval(second)
        if start is None or end is None:
            yield from (None, None, None)
            continue
        apart = gap(start, end, may_be_negative=(first, second) == GAPS[1])
        yield apart.at_least if apart.at_least == apart.at_most else None
        yield apart.at_least
        yield apart.at_most


def _evidence(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for kind in review.evidence:
        if kind.missing:
            action = _text(kind.action)
            yield Row("evidence", (name, kind.kind, 0, None, None, None, kind.missing, action))
        for n, piece in enumerate(kind.pieces, start=1):
            texts = (_text(piece.path), _text(piece.uri), _text(piece.sha256))
            yield Row("evidence", (name, kind.kind, n, *texts, None, None))


def _controls(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for n, control in enumerate(review.failed_controls, start=1):
        risk = control.accepted_risk
        yield Row(
            "failed_controls",
            (
                name,
                n,
                _text(control.name),
                bool(control.absent),
                _text(control.expected),
                _text(control.why),
                _text(risk.reason),
                _text(risk.approved_by),
            ),
        )
        for finding in dict.fromkeys(control.findings):
            yield Row("control_findings", (name, n, finding, _text(control.name)))


def _action(
    action: Action, id: str, review: Postmortem, name: str, today: date, reason: str
) -> Iterator[Row]:
    late = bool(reason) and action.deadline is not None and action.deadline < today
    yield Row(
        "actions",
        (
            name,
            id,
            _text(action.title),
            _text(action.layer),
            action.strength,
            action.structural,
            _text(action.control),
            _text(action.owner),
            action.deadline,
            _text(action.done_when),
            _text(action.status),
            bool(reason),
            _text(reason),
            late,
            _text(action.verified_by),
            may_follow_restart(action, review),
            _text(action.cancelled.reason),
            _text(action.cancelled.approved_by),
            _text(action.place),
            action.done_on,
            _text(action.issue),
        ),
    )
    for finding in dict.fromkeys(action.findings):
        yield Row("action_findings", (name, id, finding))
    yield from _proofs(action.proof, name, "action", id)
    yield from _amendments(action.amendments, "action", name, id)


def _proofs(proofs: Iterable[Proof], name: str, kind: str, subject: str) -> Iterator[Row]:
    for n, proof in enumerate(proofs, start=1):
        older = proof.data.get("older")
        approval = older if isinstance(older, dict) else {}
        fields = ("commit", "path", "uri", "sha256", "blob", "repository")
        texts = tuple(_text(proof.data.get(field)) for field in fields)
        given = (_text(approval.get("reason")), _text(approval.get("approved_by")))
        yield Row("proofs", (name, kind, subject, n, *texts, *given))


def amendment_row(kind: str, record: str, subject: str, n: int, change: Change) -> Row:
    """An approved change of a record, or of the configuration."""
    on = change.on if isinstance(change.on, date) else parse_date(change.on)
    texts = (_text(change.reason), _text(change.approved_by))
    values = (_json(change.before), _json(change.after))
    return Row("amendments", (kind, record, subject, n, on, _text(change.field), *values, *texts))


def _amendments(
    amendments: Iterable[Amendment], kind: str, record: str, subject: str
) -> Iterator[Row]:
    for n, amendment in enumerate(amendments, start=1):
        yield amendment_row(kind, record, subject, n, amendment)


def _references(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for earlier in dict.fromkeys(review.recurrence_of):
        yield Row("recurrences", (name, earlier))
    for reference in dict.fromkeys(review.taxonomy):
        listed, _, id = reference.partition(":")
        yield Row("taxonomy", (name, listed, id, _taxonomy_names().get((listed, id))))
    for n, waiver in enumerate(review.waivers, start=1):
        texts = (_text(waiver.rule), _text(waiver.reason), _text(waiver.approved_by))
        yield Row("waivers", (name, n, *texts, waiver.until))


_MADE: tuple[tuple[tuple[str, ...], Callable[[ReviewSource], Iterator[Row]]], ...] = (
    (("postmortems",), _postmortem),
    (("clocks",), _clocks),
    (("gaps",), _gap),
    (("timeline",), _timeline),
    (("agent_path",), _agent_path),
    (("evidence",), _evidence),
    (("findings",), _findings),
    (("failed_controls", "control_findings"), _controls),
    (("actions", "action_findings", "proofs", "amendments"), _actions),
    (("conditions", "proofs", "amendments"), _conditions),
    (("amendments",), _amended),
    (("recurrences", "taxonomy", "waivers"), _references),
)
"""The tables of a postmortem, and what makes their rows."""


@cache
def _taxonomy_names() -> dict[tuple[str, str], str]:
    """The names that the lists of others give to their ids; a team's own lists have ids alone."""
    lists = {name: said for name, said in read_json("taxonomies.json").items() if name != "version"}
    return {
        (name, id): title
        for name, said in lists.items()
        for id, title in said.get("ids", {}).items()
        if title
    }


def _named(parts: Iterable[Named]) -> Iterator[tuple[Named, str]]:
    """Parts with their ids. One that is missing or taken gets its place behind it: nothing is lost,
    and the check says what is wrong.
    """
    taken: set[str] = set()
    for n, part in enumerate(parts, start=1):
        id = str(getattr(part, "id", ""))
        if not id or id in taken:
            id = f"{id}~{n}"
        taken.add(id)
        yield part, id


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _unknown(value: object) -> str | None:
    return _text(value.get("unknown")) if isinstance(value, dict) else None


def _whole(value: object) -> int | None:
    number = _real(value)
    return None if number is None else int(number)


def _real(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
