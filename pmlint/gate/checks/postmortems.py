"""Postmortems, field by field (docs/spec/gate.md, 4): what the table has rows for.

1. A postmortem whose file is gone, or whose id is another one, is removed.
2. A draft is compared only by the rows that bind a draft; what is new by the rows with ``new``.
3. ``held`` is a postmortem that blocks a route on the base; ``named`` one that a route names.
4. An accepted postmortem has no error of `check` that it did not have on the base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pmlint.finding import Finding, Level
from pmlint.gate.case import Case
from pmlint.gate.checks.closings import closing_refusals
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.returning import is_on_the_way, waits_for_replay
from pmlint.gate.checks.signoffs import outrun_refusals, signoff_refusals
from pmlint.gate.checks.stage_demands import CODE as STAGE_LOOSENED
from pmlint.gate.checks.stage_demands import stage_demand_refusals
from pmlint.gate.checks.wording import message
from pmlint.gate.comparison import Comparison, FieldChange
from pmlint.gate.naming import lost_names
from pmlint.gate.proofs.closing import Closing
from pmlint.gate.reading import comes_left_out
from pmlint.gate.refusal import Lack, Refusal, as_argument, shown
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Read
from pmlint.gate.transitions import TransitionRow
from pmlint.model import Postmortem
from pmlint.parsing.source import Malformed
from pmlint.project.holds import Hold, land

_ASKED_ELSEWHERE = ("link-removed", STAGE_LOOSENED)
"""A link may be in the route as well: `links` asks both sides. Stages are compared by which of them
a route has passed: `stage_demands`.
"""


class Pair(NamedTuple):
    """A postmortem on the base, where it is there, and in the merge result."""

    before: Postmortem | None
    after: Postmortem

    @property
    def is_draft(self) -> bool:
        """Whether the base has it as a draft, which binds by few rows."""
        return self.before is not None and self.before.status in ("draft", "")


def postmortem_refusals(case: Case, settled: Settled) -> Iterator[Refusal]:
    """Everything that is refused of postmortems whose files the change touches."""
    for name, (before, after) in case.pairs.items():
        yield from _of(case, settled, name, before, after)
    yield from _twins(case)


def _of(
    case: Case, settled: Settled, name: str, before: Read | None, after: Read | None
) -> Iterator[Refusal]:
    if isinstance(after, Malformed):
        path = next(
            path for path in case.merged.files if case.merged.read(path) is after or name in path
        )
        if before is not None or not comes_left_out(case.merged, path):
            yield _unreadable(path, name, after)
        return
    if after is None:
        # another file may have the id: then that one is what it became
        left = case.version(case.merged, name)
        if isinstance(left, Postmortem) and isinstance(before, Postmortem):
            yield from judged(case, settled, Pair(before, left))
        elif _is_needed(case, settled, name, before):
            yield from _removed(case, name)
        return
    # one that only the base cannot read is repaired by this change, and counts as new
    yield from judged(case, settled, Pair(None if isinstance(before, Malformed) else before, after))


def _is_needed(case: Case, settled: Settled, name: str, before: Read | None) -> bool:
    """Whether a postmortem of the base may not go."""
    if settled.blocks(name) or case.is_named(name) or isinstance(before, Malformed):
        return True
    return before is not None and is_on_the_way(case, before, case.routes_of(name))


def judged(case: Case, settled: Settled, pair: Pair) -> Iterator[Refusal]:
    """What is refused of one postmortem."""
    before, after = pair
    rows = case.table.rows("postmortem")
    changes = Comparison(case.table, rows).changes(
        before.data if before else {}, after.data, fresh=before is None
    )
    found = [one for change in changes for one in _change(case, settled, pair, change)]
    yield from (one for one in found if isinstance(one, Refusal))
    proofs = [one for one in found if isinstance(one, FieldChange)]
    yield from closing_refusals(case, settled, before, after, proofs)
    if before is not None and not pair.is_draft:
        yield from stage_demand_refusals(case, before, after, changes)
    if before is not None:
        yield from outrun_refusals(case, before, after)
        yield from _broken(case, settled, before, after)
    yield from _demanded(case, before, after)


def _change(
    case: Case, settled: Settled, pair: Pair, change: FieldChange
) -> Iterator[Refusal | FieldChange]:
    """What is refused of a change, and the changes that only a proof frees, itself or in it."""
    lack: Lack | None = None
    asked = change.loosens and _is_asked(case, settled, pair, change.row)
    if change.row.code in _ASKED_ELSEWHERE:
        return
    if _is_found(pair, change):
        return
    if asked and change.row.frees == "proof":
        yield change
    elif asked and change.row.frees == "sign-off":
        yield from signoff_refusals(case, settled, pair.before, pair.after, change)
    elif asked and change.row.frees == "settling":
        yield from _closed_early(case, settled, pair, change)
    elif asked:
        lack = lack_of(change, case.approvals, _interested(pair, change), case.today.latest)
        if lack is not None:
            yield _refusal(pair, change, lack)
    covered = asked and change.row.frees in ("amendment", "approval")
    # an approved removal takes its parts along; a refused one is said once
    if lack is None and not covered:
        for part in change.inner:
            yield from _change(case, settled, pair, part)


def _is_found(pair: Pair, change: FieldChange) -> bool:
    """Whether a kind of evidence that was declared missing is there now: nothing is promised of it
    any more.
    """
    if change.row.field != "evidence.*.action" or change.after is not None:
        return False
    evidence = pair.after.data.get("evidence")
    kind = change.base_at[1] if len(change.base_at) > 1 else ""
    return (
        isinstance(evidence, dict) and bool(evidence.get(kind)) and isinstance(evidence[kind], list)
    )


def _is_asked(case: Case, settled: Settled, pair: Pair, row: TransitionRow) -> bool:
    """Whether a row is asked of a change that weakens; of what is new each such row is."""
    if pair.before is None:
        return True
    if pair.is_draft and not row.drafts:
        return False
    name = pair.before.id
    if row.when == "always":
        return True
    return settled.blocks(name) or _is_replayed(case, pair, row)


def _is_replayed(case: Case, pair: Pair, row: TransitionRow) -> bool:
    """Whether a row is about a replay that a route which is not back still has to show."""
    if row.code != "replay-removed" or pair.before is None:
        return False
    return waits_for_replay(case, pair.before, case.routes_of(pair.before.id))


def _interested(pair: Pair, change: FieldChange) -> tuple[str, ...]:
    """Who may not approve: authors, and the owners, old and new, of what moves."""
    people: dict[str, None] = {}
    for side in filter(None, pair):
        people.update(dict.fromkeys(side.authors))
        for action in side.actions:
            if action.id == change.part and change.at[:1] == ("actions",):
                people[action.owner] = None
    return tuple(people)


def _refusal(pair: Pair, change: FieldChange, lack: Lack) -> Refusal:
    after = pair.after
    name = pair.before.id if pair.before is not None else after.id
    part = change.part
    code = change.row.code
    action = part or str(change.after if isinstance(change.after, str) else "")
    values = {
        "postmortem": name,
        "action": action,
        "condition": part,
        "subject": part or name,
        "route": str(change.before),
        "field": change.name,
        "from": shown(change.before),
        "to": as_argument(change.after),
        "name": change.name.rpartition(".")[2],
        "lost": ", ".join(lost_names(change.before, change.after)) or shown(change.before),
        "path": after.file,
    }
    return Refusal(
        code,
        message(part or name, change, lack),
        after.file,
        change.at,
        subject=f"{name}#{part}" if part else name,
        field=change.row.field,
        before=change.before,
        after=change.after,
        values=values,
        help=change.row.help,
    )


def _closed_early(
    case: Case, settled: Settled, pair: Pair, change: FieldChange
) -> Iterator[Refusal]:
    """A review that is closed before it is settled for each of its routes."""
    after = pair.after
    hold = first_open(case, settled, pair)
    if hold is not None:
        about = f"{hold.subject}: " if hold.subject else ""
        refusal = _refusal(pair, change, Lack(f", but {about}{hold.reason}"))
        yield refusal._replace(
            message=f"{after.id} is closed, but {about}{hold.reason}",
            values={**refusal.values, "release": hold.release},
        )


def first_open(case: Case, settled: Settled, pair: Pair) -> Hold | None:
    """What is not settled in the merge result, for any of the routes."""
    after = pair.after
    for route in case.routes_of(after.id) or ("",):
        for hold in settled.written(case.merged, after, route):
            return hold
    old = {action.id: action for action in pair.before.actions} if pair.before else {}
    for action in after.actions:
        known = old.get(action.id)
        if action.status != "done" or settled.follows_restart(action, after):
            continue
        lack = None
        if known is not None and known.data == action.data:
            lack = case.proofs.not_there(action, case.proofs.in_result)
        else:
            closing = Closing(after, pair.before, known, action)
            lack = case.proofs.lacking(closing, case.proofs.in_result)
        if lack is not None:
            release = land(after, action)
            return Hold(after.id, "action", action.id, action.owner, None, lack.reason, release)
    return None


def _broken(
    case: Case, settled: Settled, before: Postmortem, after: Postmortem
) -> Iterator[Refusal]:
    """Errors of an accepted postmortem that it did not have on the base."""
    if before.status not in ("accepted", "closed"):
        return
    if not case.table.rows("postmortem").fact("(check)").asks("added"):
        return
    known = case.errors(case.base, before, before)
    found = list(new_errors(known, case.errors(case.merged, after, before)))
    # Last, because it looks each proof up: to find the first of 100,000 commits takes git longer
    # than all else that the gate does.
    if not found or not settled.blocks(before.id):
        return
    for finding in found:
        yield Refusal(
            "no-longer-passes",
            f"{finding.subject or after.id}: {finding.code}: {finding.message}",
            finding.path,
            span=finding.span,
            subject=finding.subject,
            values={"path": finding.path},
        )


def new_errors(before: Sequence[Finding], after: Sequence[Finding]) -> Iterator[Finding]:
    """The errors that the base has not. A rule that speaks of a record already may speak of it
    again. Of wrong shapes each place counts, and one that moved stands for one that was there: else
    one wrong value would allow every other.
    """
    spoken = {(one.code, one.subject) for one in before if one.code != "schema"}
    shapes = {(one.subject, one.pointer) for one in after if one.code == "schema"}
    known = {(one.subject, one.pointer) for one in before if one.code == "schema"}
    moved = Counter(subject for subject, _ in known - shapes)
    for one in after:
        if one.code != "schema":
            if (one.code, one.subject) not in spoken:
                yield one
        elif (one.subject, one.pointer) not in known:
            if moved[one.subject]:
                moved[one.subject] -= 1
            else:
                yield one


def broken_by_evidence(case: Case, settled: Settled, read: Postmortem) -> Iterator[Refusal]:
    """Errors of a postmortem that stays as it is while files that it names change."""
    yield from _broken(case, settled, read, read)


def _demanded(case: Case, before: Postmortem | None, after: Postmortem) -> Iterator[Refusal]:
    """What the policies about changes say."""
    if not case.table.rows("postmortem").fact("(change policies)").asks("changed"):
        return
    found = case.policies.change(before.data if before else None, after.data)
    for policy, problem in found:
        if policy.level is Level.ERROR:
            yield Refusal(
                policy.id,
                f"{after.id}: {problem.message}",
                after.file,
                problem.at,
                subject=after.id,
                help=problem.help or policy.fix,
            )


def _removed(case: Case, name: str) -> Iterator[Refusal]:
    """A postmortem whose file was removed, or has another id now."""
    rows = case.table.rows("postmortem")
    path = next((path for path, _ in case.base.versions(name)), "")
    now = case.merged.read(path) if path in case.merged.files else None
    is_renumbered = isinstance(now, Postmortem)
    row = rows.field("id") if is_renumbered else rows.fact(".")
    if not row.asks("changed" if is_renumbered else "removed"):
        return
    yield Refusal(
        row.code,
        f"{name} was removed or has another id, and ids are never reused",
        path,
        now.at / "id" if isinstance(now, Postmortem) else None,
        side="" if is_renumbered else "base",
        subject=name,
        field=row.field,
        before=name if is_renumbered else None,
        after=now.id if isinstance(now, Postmortem) else None,
        values={"postmortem": name, "path": path},
    )


def _unreadable(path: str, name: str, problem: Malformed) -> Refusal:
    return Refusal(
        "unreadable-file",
        f"{path}: {problem.message}",
        path,
        span=problem.span,
        subject=name,
        help=problem.help,
        values={"path": path},
    )


def _twins(case: Case) -> Iterator[Refusal]:
    """Ids that are in two files of the merge result, where the change touches one of them."""
    is_asked = case.table.rows("postmortem").fact("(twin)").asks("added")
    for name, (_, after) in case.pairs.items():
        if not isinstance(after, Postmortem):
            continue
        files = [
            path
            for path, read in case.merged.versions(name)
            if isinstance(read, Postmortem) and read.id == name
        ]
        if len(files) > 1 and is_asked:
            known = {
                path for path, read in case.base.versions(name) if isinstance(read, Postmortem)
            }
            added = next((path for path in files if path not in known), files[-1])
            other = next(path for path in files if path != added)
            yield Refusal(
                "duplicate-postmortem",
                f"{name} is the id of two files: {other} and {added}",
                added,
                Postmortem({}).at / "id",
                subject=name,
                field="id",
                values={"postmortem": name},
            )
