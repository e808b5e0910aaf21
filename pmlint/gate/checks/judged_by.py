"""What later changes are judged by: configuration, policies, people, baseline (docs/spec/gate.md,
4).

1. Settings are compared by what they amount to, defaults filled in, whichever file they stand in;
   policies by id, so that one that hides a shipped one is compared with it.
2. All of it is compared while any route is held; a policy that is added is not judged by it, and so
   never comes together with a restart.
3. Where records lie may move if the merge result, read by it, has every record of the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.gate.case import Case
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.wording import message
from pmlint.gate.comparison import Comparison, FieldChange, Scope
from pmlint.gate.reading import keeps_files
from pmlint.gate.refusal import Lack, Refusal, shown
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.gate.transitions import RecordRows
from pmlint.model import People, Postmortem
from pmlint.place import Path
from pmlint.policy.file import Policy
from pmlint.policy.folder import load_policies
from pmlint.project.baseline import read_baseline
from pmlint.project.configuration import load
from pmlint.project.people import read_people_file
from pmlint.project.settings import NAMES, Settings
from pmlint.rules import RULES

CODEOWNERS = "CODEOWNERS"
_SAID_OF_POLICIES = ("title", "message", "why", "fix", "at", "examples", "file")


class Judge:
    """What judges on the base and would judge in the merge result."""

    def __init__(self, case: Case, settled: Settled, *, restarts: bool) -> None:
        self.case = case
        self.settled = settled
        self.restarts = restarts
        self.after = load(case.merged.tree)
        self.scope = Scope(
            {"amendments": _amendments(case.settings)}, {"amendments": _amendments(self.after)}, ""
        )

    def refusals(self) -> Iterator[Refusal]:
        """Everything that the change weakens."""
        yield from self._settings()
        yield from self._policies()
        yield from self._baseline()
        yield from self._people()

    @property
    def _file(self) -> str:
        return self.after.file or self.case.settings.file or NAMES[1]

    # settings

    def _settings(self) -> Iterator[Refusal]:
        case = self.case
        rows = case.table.rows("configuration")
        if case.settings == self.after:
            return
        before = effective(case.settings, self.after, case)
        after = effective(self.after, case.settings, case)
        for change in Comparison(case.table, rows).changes(before, after):
            if change.row.frees == "same-records" and self._has_same_records:
                continue
            yield from self._judged(rows, change, self._file)

    @property
    def _has_same_records(self) -> bool:
        """Whether the merge result, read by its own settings, has every record of the base with
        its id, its owner and its links.
        """
        case = self.case
        try:
            theirs = Snapshot(case.merged.tree, self.after, Memory({}, {}))
            return _records(theirs) >= _records(case.base) and keeps_files(case.base, theirs)
        except UsageError:
            return False

    # policies

    def _policies(self) -> Iterator[Refusal]:
        case = self.case
        if not self._may_differ():
            return
        theirs = load_policies(case.merged.tree, self.after, case.today.unended)
        old = {policy.id: policy for policy in case.policies.policies}
        new = {policy.id: policy for policy in theirs.policies}
        rows = case.table.rows("policy")
        for name in sorted(old.keys() | new.keys()):
            yield from self._policy(rows, name, old.get(name), new.get(name))
        if self.restarts and _demands(old) != _demands(new):
            names = sorted(
                name for name in {*old, *new} if _demand(old.get(name)) != _demand(new.get(name))
            )
            first = new.get(names[0])
            own = first if first is not None and not first.shipped else None
            yield Refusal(
                "policies-and-restart",
                f"policy '{names[0]}' changes together with a restored route",
                own.file if own else self._file,
                Path() / "id" if own else None,
                subject=names[0],
                field=".",
            )

    def _may_differ(self) -> bool:
        case = self.case
        folders = {case.settings.policies, self.after.policies}
        return case.settings != self.after or any(
            case.base.identity(entry.path) != case.merged.identity(entry.path)
            for folder in folders
            for side in (case.base, case.merged)
            for entry in side.tree.walk(folder)
        )

    def _policy(
        self, rows: RecordRows, name: str, before: Policy | None, after: Policy | None
    ) -> Iterator[Refusal]:
        if before is None:
            return  # it demands more; with a restart it is refused as a whole
        if after is None:
            row = rows.fact(".")
            if name in self.after.rules and self.after.rules[name].off:
                return  # the setting that turns it off is refused by its own row
            change = FieldChange(row, "removed", name, None, Path(), Path(), (self.scope,))
            yield from self._judged(rows, change, before.file, name, side="base")
            return
        if _demand(before) == _demand(after):
            return
        spot = Comparison(self.case.table, rows)
        for change in spot.changes(_plain(before), _plain(after)):
            file = after.file if not after.shipped else before.file
            side = "base" if after.shipped and not before.shipped else ""
            yield from self._judged(rows, change, file, name, side=side)

    # the baseline

    def _baseline(self) -> Iterator[Refusal]:
        case = self.case
        before, file = case.settings.baseline, self.after.baseline
        # the setting may move, and another file with more in it is no way round
        if not file or case.base.identity(before) == case.merged.identity(file):
            return
        known = read_baseline(case.base.tree, before)
        row = next(row for row in case.table.rows("baseline").rows if row.field == "known[]")
        for entry in sorted(read_baseline(case.merged.tree, file) - known):
            text = " ".join(filter(None, entry))
            scope = self.scope._replace(field="baseline")
            blobs = (case.base.identity(before) or None, case.merged.identity(file) or None)
            change = FieldChange(row, "added", blobs[0], blobs[1], Path(), Path(), (scope,))
            if self._is_held and (lack := self._lack(change)):
                yield Refusal(
                    "baseline-grown",
                    f"{text} was added to the baseline{_spaced(lack)}",
                    file,
                    None,
                    subject=entry.postmortem,
                    field=row.field,
                    after=entry._asdict(),
                    values={"to": str(blobs[1]), "path": file},
                )

    # people

    def _people(self) -> Iterator[Refusal]:
        case = self.case
        file = case.merged.settings.people
        before = case.people
        found = read_people_file(case.merged.tree, case.merged.settings)
        after = found.people
        for finding in found.findings:
            if finding.code == "syntax":
                yield Refusal(
                    "unreadable-people",
                    f"{finding.path}: {finding.message}",
                    finding.path,
                    span=finding.span,
                    help=finding.help,
                    values={"path": finding.path},
                )
                return
        if before is None or case.repairs_people:
            return
        if after is None or not after.all or _kind(before) != _kind(after):
            yield from self._people_removed(before, after)
            return
        if case.base.identity(before.file) == case.merged.identity(after.file):
            return
        if _kind(before) == "codeowners":
            yield from self._owners(before, after)
            return
        rows = case.table.rows("people")
        old = [dict(person.data) for person in before.all]
        new = [dict(person.data) for person in after.all]
        for change in Comparison(case.table, rows).changes(old, new):
            yield from self._person(rows, change, file)
        yield from self._addresses(before, after, file)

    def _person(self, rows: RecordRows, change: FieldChange, file: str) -> Iterator[Refusal]:
        handle = change.part or str(change.before or change.after or "")
        scope = self.scope._replace(field=f"people.{handle}")
        own = change._replace(scopes=(scope,), inner=())
        if change.row.field.startswith("[]."):
            own = own._replace(
                scopes=(scope._replace(field=f"{scope.field}.{change.at[-1]}"), scope)
            )
        refused = list(self._judged(rows, own, file, handle))
        yield from refused
        free = change.row.recorded == "free" and not self.case.approvals.needed
        # who leaves takes a key along: that is asked by its own rows
        if not refused and (free or not change.loosens):
            for part in change.inner:
                yield from self._person(rows, part, file)

    def _addresses(self, before: People, after: People, file: str) -> Iterator[Refusal]:
        """Two handles that one address made one person, and no longer does."""
        row = self.case.table.rows("people").fact("(two handles with one address)")
        for one, other in _same_address(before) - _same_address(after):
            if one in after and other in after and self._is_held:
                scope = self.scope._replace(field=f"people.{one}.email")
                change = FieldChange(row, "removed", True, None, Path(), Path(), (scope,))
                if lack := self._lack(change):
                    yield Refusal(
                        row.code,
                        f"{one} and {other} no longer have one address{_spaced(lack)}",
                        file,
                        Path(),
                        subject=one,
                        field=row.field,
                        values={"handle": one, "to": "null"},
                    )

    def _people_removed(self, before: People, after: People | None) -> Iterator[Refusal]:
        code = _kind(before)
        row = self.case.table.rows(code).fact(".")
        tree = self.case.merged.tree
        if code == "codeowners" and tree.entry(before.file) is not None:
            row = self.case.table.rows(code).fact("(only persons)")
        scope = self.scope._replace(field="people")
        change = FieldChange(row, "removed", before.file, None, Path(), Path(), (scope,))
        if self._is_held and (lack := self._lack(change)):
            there = tree.entry(before.file) is not None
            yield Refusal(
                row.code,
                f"{before.file} no longer names the known people{_spaced(lack)}",
                before.file,
                None,
                side="" if there else "base",
                field=row.field,
                values={"path": before.file},
            )

    def _owners(self, before: People, after: People) -> Iterator[Refusal]:
        rows = self.case.table.rows("codeowners")
        old = {"owners": [person.handle for person in before.all]}
        new = {"owners": [person.handle for person in after.all]}
        for change in Comparison(self.case.table, rows).changes(old, new):
            yield from self._judged(rows, change, after.file, str(change.before or change.after))

    # one change

    @property
    def _is_held(self) -> bool:
        return self.restarts or self.settled.anything_held

    def _judged(
        self,
        rows: RecordRows,
        change: FieldChange,
        file: str,
        subject: str = "",
        *,
        side: Any = "",
    ) -> Iterator[Refusal]:
        lack: Lack | None = None
        asked = change.loosens and change.row.when not in ("never", "budget")
        if asked and (change.row.when == "always" or self._is_held):
            lack = self._lack(self._scoped(rows, change, subject))
        if lack is not None:
            yield self._refusal(change, lack, file, subject, side)
            return
        for part in change.inner:
            yield from self._judged(rows, part, file, subject, side=side)

    def _scoped(self, rows: RecordRows, change: FieldChange, subject: str) -> FieldChange:
        """The change with the records in which it may be approved: the configuration's own
        amendments.
        """
        if rows.name == "people":
            return change
        field = change.name
        if rows.name == "policy":
            field = ".".join(filter(None, ("policies", subject, field.lstrip("."))))
        return change._replace(scopes=(self.scope._replace(field=field),))

    def _lack(self, change: FieldChange) -> Lack | None:
        return lack_of(change, self.case.approvals, (), self.case.today.latest)

    def _refusal(
        self, change: FieldChange, lack: Lack, file: str, subject: str, side: Any
    ) -> Refusal:
        name = change.name or change.row.field
        return Refusal(
            change.row.code,
            message(subject or name, change, lack),
            file,
            change.at if file.endswith((".yaml", ".yml")) else None,
            span=None if file.endswith((".yaml", ".yml")) else self._line(file, change),
            side=side,
            subject=subject,
            field=change.row.field,
            before=change.before,
            after=change.after,
            values={
                "field": name,
                "policy": subject,
                "handle": subject,
                "path": file,
                "to": shown(change.after),
                "from": shown(change.before),
            },
        )

    def _line(self, file: str, change: FieldChange) -> Any:
        """The line of a setting: the last of its names that the file has."""
        from pmlint.gate.checks.lines import line_of

        return line_of(self.case.merged.tree, file, change.at)


def effective(settings: Settings, other: Settings, case: Case) -> dict[str, Any]:
    """What settings amount to, as the table's record: defaults filled in, levels by rule."""
    found = {
        name: _value(value)
        for name, value in settings._asdict().items()
        if name not in ("file", "rules", "amendments")
    }
    names = {*settings.rules, *other.rules}
    found["rules"] = {name: {"level": _level(name, settings, case)} for name in names}
    gate = found.get("gate")
    if isinstance(gate, dict):
        gate.pop("names_agents", None)
    found["amendments"] = _amendments(settings)
    return found


def _value(value: Any) -> Any:
    """A setting as plain data; what is empty is absent."""
    if hasattr(value, "_asdict"):
        return {name: _value(item) for name, item in value._asdict().items()}
    if isinstance(value, Level):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_value(item) for item in value] or None
    return None if value == "" else value


def _level(name: str, settings: Settings, case: Case) -> str:
    """The level of a rule or policy: what the configuration says, else its own."""
    said = settings.rules.get(name)
    if said is not None and said.off:
        return "off"
    if said is not None and said.level is not None:
        return str(said.level)
    own = {rule.id: rule.level for rule in RULES}
    own |= {policy.id: policy.level for policy in case.policies.policies}
    return str(own.get(name, Level.ERROR))


def _amendments(settings: Settings) -> list[Any]:
    """The amendments of a configuration, in the shape of those of a postmortem."""
    found = []
    for entry in getattr(settings, "amendments", ()):
        data = dict(entry._asdict()) if hasattr(entry, "_asdict") else dict(entry)
        if "before" in data:
            data["from"], data["to"] = data.pop("before"), data.pop("after")
        data["on"] = str(data.get("on") or "")
        found.append(data)
    return found


def _records(side: Snapshot) -> set[tuple[str, ...]]:
    """Every record of a tree: its id, its owner, its links; an unreadable one by its file."""
    found: set[tuple[str, ...]] = set()
    for path in side.files:
        read = side.read(path)
        if isinstance(read, Postmortem):
            found.add(("postmortem", read.id, *sorted(read.routes)))
        else:
            found.add(("unreadable", path))
    for route in side.registry.routes:
        found.add(("route", route.id, route.owner, *sorted(route.postmortems)))
    return found


def _plain(policy: Policy) -> dict[str, Any]:
    """A policy as the table's record."""
    return {
        "id": policy.id,
        "level": str(policy.level),
        "applies_to": policy.applies_to,
        "from": policy.binds_from,
        "since": policy.since.isoformat() if policy.since else None,
        "each": policy.each or None,
        "when": policy.when or None,
        "require": policy.require or None,
    }


def _demand(policy: Policy | None) -> object:
    return None if policy is None else _plain(policy)


def _demands(policies: Mapping[str, Policy]) -> dict[str, object]:
    return {name: _demand(policy) for name, policy in policies.items()}


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


def _spaced(lack: Lack) -> str:
    return lack.reason if lack.reason.startswith(",") else f" {lack.reason}".rstrip()
