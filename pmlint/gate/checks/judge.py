"""One change of what later changes are judged by, and who may make it (docs/spec/gate.md, 4)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from pmlint.gate.case import Case
from pmlint.gate.checks.effective import amendments
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.lines import line_of
from pmlint.gate.checks.wording import message
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.refusal import Lack, Refusal, as_argument, shown
from pmlint.gate.settled import Settled
from pmlint.gate.transitions import RecordRows
from pmlint.project.configuration import load
from pmlint.project.plain import element_name
from pmlint.project.settings import NAMES

_WITH_RECORDS = (
    "restore {field}, or move the records along: it is free where the merge result has every "
    "record of the base with its id, its owner and its links"
)
_FACTS = (
    *("gate.budgets", "gate.replays", "gate.drills", "runs.", "due.", "drills.", "replay."),
    *("[].signs", "[].allowed_signer"),
)
"""The rows of settings and people that decide which facts count."""


class Judge:
    """What judges on the base and would judge in the merge result."""

    def __init__(self, case: Case, settled: Settled, *, restarts: bool) -> None:
        self.case = case
        self.settled = settled
        self.restarts = restarts
        self.after = load(case.merged.tree)
        self.scope = Scope(
            {"amendments": amendments(case.settings)}, {"amendments": amendments(self.after)}, ""
        )

    @property
    def file(self) -> str:
        """The file that configures the merge result, or would."""
        return self.after.file or self.case.settings.file or NAMES[1]

    @property
    def is_held(self) -> bool:
        """Whether what judges is compared at all: a route is held, or restored by this change."""
        return self.restarts or self.settled.anything_held

    def asks_facts(self, change: FieldChange) -> bool:
        """Whether a setting decides which facts a route has to show, and the base asks for some.

        Compared at all times then: nobody can say here that no route is over its budget, and a
        mode that is turned off today asks nothing tomorrow (docs/spec/trust.md, *Budgets*).
        """
        gate = self.case.settings.gate
        is_on = gate.drills or (gate.budgets, gate.replays) != ("off", "off")
        return is_on and change.row.field.startswith(_FACTS)

    def refuse(
        self,
        rows: RecordRows,
        change: FieldChange,
        file: str,
        subject: str = "",
        *,
        side: Any = "",
    ) -> Iterator[Refusal]:
        """The refusals of one change of a file, or of what is inside it."""
        lack: Lack | None = None
        row = change.row
        asked = change.loosens and change.row.when not in ("never", "budget")
        if asked and (row.when == "always" or self.is_held or self.asks_facts(change)):
            lack = self.lack(self._scoped(rows, change, subject))
        if lack is not None:
            yield self._refusal(change, lack, file, subject, side)
            return
        is_free = row.recorded == "free" and not self.case.approvals.needed
        if asked and row.frees in ("amendment", "approval") and not is_free:
            return  # an approved removal takes its parts along
        for part in change.inner:
            yield from self.refuse(rows, part, file, subject, side=side)

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

    def lack(self, change: FieldChange) -> Lack | None:
        """Why nothing allows a change; nobody has a part in what judges."""
        return lack_of(change, self.case.approvals, (), self.case.today.latest)

    def _refusal(
        self, change: FieldChange, lack: Lack, file: str, subject: str, side: Any
    ) -> Refusal:
        name = change.name or change.row.field
        # A person's field is amended by its own name: people.@maria.email
        own = change.scopes[0].field if change.scopes else ""
        handle = own.removeprefix("people.") if own.startswith("people.") else subject
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
                "field": shlex.quote(name),
                "policy": ".".join(filter(None, (subject, change.name.lstrip(".")))),
                "handle": handle,
                "path": file,
                "to": as_argument(element_name(change.after)),
                "from": shown(change.before),
            },
            help=self._way_out(change),
        )

    def _way_out(self, change: FieldChange) -> str:
        """What to do where it is not that of the code."""
        if not self.after.file and self.case.settings.file:
            return f"restore {self.case.settings.file}"  # every setting of it went at once
        return _WITH_RECORDS if change.row.frees == "same-records" else ""

    def _line(self, file: str, change: FieldChange) -> Any:
        """The line of a setting: the last of its names that the file has."""
        return line_of(self.case.merged.tree, file, change.at)
