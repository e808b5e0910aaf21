"""The people who may approve: who goes, whose key or address changes (docs/spec/gate.md, 4)."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.checks.judge import Judge
from pmlint.gate.comparison import Comparison, FieldChange
from pmlint.gate.refusal import Refusal, as_argument, cannot_be_read, spaced
from pmlint.gate.transitions import RecordRows, RowDirection
from pmlint.model import People
from pmlint.place import Path
from pmlint.project.people import read_people_file

CODEOWNERS = "CODEOWNERS"


def people_refusals(judge: Judge) -> Iterator[Refusal]:
    """What the change takes from the people who approve, and from what is known of them."""
    case = judge.case
    file = case.merged.settings.people
    before = case.people
    found = read_people_file(case.merged.tree, case.merged.settings)
    after = found.people
    for finding in found.findings:
        if finding.code == "syntax":
            yield cannot_be_read("unreadable-people", finding)
            return
    if before is None or case.repairs_people:
        return
    if after is None or not after.all or _kind(before) != _kind(after):
        yield from _people_removed(judge, before, after)
        return
    if case.base.identity(before.file) == case.merged.identity(after.file):
        return
    if _kind(before) == "codeowners":
        yield from _owners(judge, before, after)
        return
    rows = case.table.rows("people")
    old = [dict(person.data) for person in before.all]
    new = [dict(person.data) for person in after.all]
    for change in Comparison(case.table, rows).changes(old, new):
        yield from _person(judge, rows, change, file)
    yield from _addresses(judge, before, after, file)


def _person(judge: Judge, rows: RecordRows, change: FieldChange, file: str) -> Iterator[Refusal]:
    handle = change.part or str(change.before or change.after or "")
    # the entry of an amendment may also name the person as a whole
    names = (f"people.{change.name}", f"people.{handle}")
    scopes = tuple(judge.scope._replace(field=name) for name in names)
    refused = list(judge.refuse(rows, change._replace(scopes=scopes, inner=()), file, handle))
    if change.row.field == "*" and change.after is not None:
        # no verb writes about a people file that does not fit its schema
        way_out = f"take '{change.name.rpartition('.')[2]}' out: it is not a field of a person"
        refused = [refusal._replace(help=way_out) for refusal in refused]
    yield from refused
    free = change.row.recorded == "free" and not judge.case.approvals.needed
    # who leaves takes a key along: that is asked by its own rows
    if not refused and (free or not change.loosens):
        for part in change.inner:
            yield from _person(judge, rows, part, file)


def _addresses(judge: Judge, before: People, after: People, file: str) -> Iterator[Refusal]:
    """Two handles that one address made one person, and no longer does; and two persons of the base
    who become one, so that either may sign and verify as the other.
    """
    rows = judge.case.table.rows("people")
    old, new = _same_address(before), _same_address(after)
    parted, joined = "(two handles with one address)", "(two persons get one address)"
    changes: tuple[tuple[set[tuple[str, str]], str, RowDirection, str], ...] = (
        (old - new, parted, "removed", "no longer have one address"),
        (new - old, joined, "added", "get one address"),
    )
    for pairs, fact, direction, said in changes:
        row = rows.fact(fact)
        for pair in sorted(pairs):
            # Who comes or goes is asked by the rows of a person.
            if not all(handle in before and handle in after for handle in pair):
                continue
            # The one whose address is another now: its change is what somebody approves.
            moved = next(one for one in pair if _address(before, one) != _address(after, one))
            sides = _address(before, moved), _address(after, moved)
            scope = judge.scope._replace(field=f"people.{moved}.email")
            change = FieldChange(row, direction, *sides, Path(), Path(), (scope,))
            if change.loosens and judge.is_held and (lack := judge.lack(change)):
                yield Refusal(
                    row.code,
                    f"{pair[0]} and {pair[1]} {said}{spaced(lack)}",
                    file,
                    Path(),
                    subject=pair[0],
                    field=row.field,
                    values={"handle": f"{moved}.email", "to": as_argument(sides[1])},
                )


def _address(people: People, handle: str) -> str | None:
    person = people.find(handle)
    return person.email or None if person is not None else None


def _people_removed(judge: Judge, before: People, after: People | None) -> Iterator[Refusal]:
    code = _kind(before)
    row = judge.case.table.rows(code).fact(".")
    tree = judge.case.merged.tree
    if code == "codeowners" and tree.entry(before.file) is not None:
        row = judge.case.table.rows(code).fact("(only persons)")
    scope = judge.scope._replace(field="people")
    change = FieldChange(row, "removed", before.file, None, Path(), Path(), (scope,))
    if change.loosens and judge.is_held and (lack := judge.lack(change)):
        there = tree.entry(before.file) is not None
        yield Refusal(
            row.code,
            f"{before.file} no longer names the known people{spaced(lack)}",
            before.file,
            None,
            side="" if there else "base",
            field=row.field,
            values={"path": before.file},
        )


def _owners(judge: Judge, before: People, after: People) -> Iterator[Refusal]:
    rows = judge.case.table.rows("codeowners")
    old = {"owners": [person.handle for person in before.all]}
    new = {"owners": [person.handle for person in after.all]}
    for change in Comparison(judge.case.table, rows).changes(old, new):
        yield from judge.refuse(rows, change, after.file, str(change.before or change.after))


def _kind(people: People) -> str:
    return "codeowners" if people.file.rpartition("/")[2] == CODEOWNERS else "people"


def _same_address(people: People) -> set[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for person in people.all:
        if person.email:
            found.setdefault(person.email.casefold(), []).append(person.handle)
    return {
        (one, other)
        for handles in found.values()
        for at, one in enumerate(handles)
        for other in handles[at + 1 :]
    }
