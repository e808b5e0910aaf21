"""The rows that are made from a postmortem's own document."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

from pmlint.model import Postmortem
from pmlint.model.dates import Interval, gap
from pmlint.model.postmortem import Action
from pmlint.model.proof import Proof
from pmlint.model.resources import read_json
from pmlint.project.holds import may_follow_restart, open_reason
from pmlint.tables.cells import Row, Value, named, placed, real, text, texts, unknown, whole
from pmlint.tables.record_rows import amendment_rows

GAPS = (
    ("route_start", "first_warning"),
    ("first_warning", "first_impact"),
    ("first_impact", "containment"),
    ("first_warning", "containment"),
    ("containment", "restart"),
)
"""The pairs of clocks whose distance is a column (docs/spec/tables.md, *gaps*)."""
CLOCKS = ("route_start", "first_warning", "first_impact", "containment", "restart")


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
    clocks = source.review.clocks
    for clock in CLOCKS:
        bounds = _bounds(clocks.data.get(clock), clocks.interval(clock))
        yield Row("clocks", (source.name, clock, *bounds))


def _gap(source: ReviewSource) -> Iterator[Row]:
    yield Row("gaps", (source.name, *_gaps(source.review)))


def _timeline(source: ReviewSource) -> Iterator[Row]:
    for n, event in placed(source.review.timeline):
        said = texts(event.data, "event", "evidence")
        bounds = _bounds(event.data.get("at"), event.interval)
        yield Row("timeline", (source.name, n, *bounds, *said))


def _agent_path(source: ReviewSource) -> Iterator[Row]:
    for n, step in placed(source.review.agent_path):
        said = texts(step.data, "step", "name", "note", "evidence")
        yield Row("agent_path", (source.name, n, *said))


def _findings(source: ReviewSource) -> Iterator[Row]:
    for finding, id in named(source.review.findings):
        yield Row("findings", (source.name, id, *texts(finding.data, "class", "statement")))


def _actions(source: ReviewSource) -> Iterator[Row]:
    review = source.review
    for action, id in named(review.actions):
        reason = open_reason(action, review) or source.still_open.get(action.id, "")
        yield from _action(action, id, review, source.name, source.today, reason)


def _conditions(source: ReviewSource) -> Iterator[Row]:
    for condition, id in named(source.review.restart.conditions):
        met = (text(condition.text), condition.met, condition.met_on)
        yield Row("conditions", (source.name, id, *met))
        yield from _proofs(condition.proof, source.name, "condition", id)
        yield from amendment_rows(condition.amendments, "condition", source.name, id)


def _amended(source: ReviewSource) -> Iterator[Row]:
    return amendment_rows(source.review.amendments, "postmortem", source.name, "")


def unreadable_row(name: str, file: str) -> Row:
    """The row of a postmortem that cannot be read: its id by its file's name, and nothing else."""
    return Row("postmortems", (name, file, False, *(None,) * 17))


def _facts(review: Postmortem) -> tuple[Value, ...]:
    impact = review.impact.data
    customers, cost = impact.get("customers"), impact.get("cost")
    amount = cost.get("amount") if isinstance(cost, dict) else None
    signed = review.restart.signoffs
    days = [signoff.on for signoff in signed if signoff.on is not None]
    signers = [signoff.by for signoff in signed if signoff.by]
    return (
        *texts(review.data, "title", "status", "severity", "trigger"),
        review.opened,
        json.dumps(review.authors, ensure_ascii=False),
        text(review.summary),
        text(impact.get("description")),
        whole(customers),
        unknown(customers),
        real(amount),
        text(cost.get("currency")) if isinstance(cost, dict) else None,
        unknown(cost),
        json.dumps(signers, ensure_ascii=False) if signers else None,
        max(days, default=None),
        text(review.withdrawn.reason),
        text(review.withdrawn.approved_by),
    )


def _bounds(value: object, interval: Interval | None) -> tuple[Value, ...]:
    """A clock or the time of an event: moment, reason, bounds as written, earliest, latest."""
    interval = interval or Interval()
    fields = value if isinstance(value, dict) else {}
    known = interval.earliest if interval.is_moment else None
    return (
        known,
        *texts(fields, "unknown", "not_before", "not_after"),
        interval.earliest,
        interval.latest,
    )


def _gaps(review: Postmortem) -> Iterator[Value]:
    known = {clock: review.clocks.interval(clock) for clock in CLOCKS}
    for first, second in GAPS:
        start, end = known[first], known[second]
        if start is None or end is None:
            yield from (None, None, None)
            continue
        apart = gap(start, end, may_be_negative=(first, second) == GAPS[1])
        # A day and a moment may leave 0 s alone, and the day still is not known to the second.
        yield apart.at_least if start.is_moment and end.is_moment else None
        yield apart.at_least
        yield apart.at_most


def _evidence(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for kind in review.evidence:
        if kind.missing:
            action = text(kind.action)
            yield Row("evidence", (name, kind.kind, 0, None, None, None, kind.missing, action))
        for n, piece in placed(kind.pieces):
            said = texts(piece.data, "path", "uri", "sha256")
            yield Row("evidence", (name, kind.kind, n, *said, None, None))


def _controls(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for n, control in placed(review.failed_controls):
        risk = control.accepted_risk
        yield Row(
            "failed_controls",
            (
                name,
                n,
                text(control.name),
                bool(control.absent),
                *texts(control.data, "expected", "why"),
                *texts(risk.data, "reason", "approved_by"),
            ),
        )
        for finding in dict.fromkeys(control.findings):
            yield Row("control_findings", (name, n, finding, text(control.name)))


def _action(
    action: Action, id: str, review: Postmortem, name: str, today: date, reason: str
) -> Iterator[Row]:
    late = bool(reason) and action.deadline is not None and action.deadline < today
    yield Row(
        "actions",
        (
            name,
            id,
            *texts(action.data, "title", "layer"),
            action.strength,
            action.structural,
            *texts(action.data, "control", "owner"),
            action.deadline,
            text(action.done_when),
            text(action.status),
            bool(reason),
            text(reason),
            late,
            text(action.verified_by),
            may_follow_restart(action, review),
            *texts(action.cancelled.data, "reason", "approved_by"),
            text(action.place),
            action.done_on,
            text(action.issue),
        ),
    )
    for finding in dict.fromkeys(action.findings):
        yield Row("action_findings", (name, id, finding))
    yield from _proofs(action.proof, name, "action", id)
    yield from amendment_rows(action.amendments, "action", name, id)


def _proofs(proofs: Iterable[Proof], name: str, kind: str, subject: str) -> Iterator[Row]:
    for n, proof in placed(proofs):
        older = proof.data.get("older")
        approval = older if isinstance(older, dict) else {}
        said = texts(proof.data, "commit", "path", "uri", "sha256", "blob", "repository")
        given = texts(approval, "reason", "approved_by")
        yield Row("proofs", (name, kind, subject, n, *said, *given))


def _references(source: ReviewSource) -> Iterator[Row]:
    review, name = source.review, source.name
    for earlier in dict.fromkeys(review.recurrence_of):
        yield Row("recurrences", (name, earlier))
    # 'mast' and 'mast:' are one key.
    for listed, id in dict.fromkeys(
        (listed, id) for listed, _, id in (one.partition(":") for one in review.taxonomy)
    ):
        yield Row("taxonomy", (name, listed, id, _taxonomy_names().get((listed, id))))
    for n, waiver in placed(review.waivers):
        said = texts(waiver.data, "rule", "reason", "approved_by")
        yield Row("waivers", (name, n, *said, waiver.until))


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
