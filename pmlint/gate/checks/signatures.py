"""Signatures of routes in ``signed_routes`` (docs/spec/gate.md, 6).

1. Each restart needs a new one, over the route's file in the merge result, all linked postmortems
   and its last day. What was signed before is not new, in whatever form its bytes come again.
2. One that is written must hold by then, also without a restart: the base would have it as used.
3. One that the base has shows who restored the route, and goes only with an approval.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.refusal import Refusal, spaced
from pmlint.gate.settled import Settled
from pmlint.gate.signing import (
    InvalidSignature,
    earlier_signoffs,
    require_signoff,
    require_unused,
    signoff_file,
)
from pmlint.model import Route
from pmlint.parsing.source import Malformed
from pmlint.place import Path
from pmlint.project.holds import Hold


def signature_refusals(case: Case, settled: Settled, scope: Scope) -> Iterator[Refusal]:
    """The signatures of signed routes that the change removes, and those it writes too early.

    ``scope`` holds the amendments of the configuration.
    """
    for name in case.settings.gate.signed_routes:
        file = signoff_file(name)
        before, after = case.base.identity(file), case.merged.identity(file)
        if before == after:
            continue
        own = scope._replace(field=f"signatures.{name}")
        if not after:
            yield from _removed(case, name, file, own)
        for route in case.merged.routes.get(name, ())[:1] if after else ():
            yield from _written(case, settled, route, file)


def _removed(case: Case, name: str, file: str, scope: Scope) -> Iterator[Refusal]:
    row = case.table.rows("signature").fact(".")
    blob = case.base.identity(file)
    change = FieldChange(row, "removed", blob, None, Path(), Path(), (scope,))
    # the route counts as held at all times: it is signed
    if not change.loosens:
        return
    lack = lack_of(change, case.approvals, (case.owner_of_record(name),), case.today.latest)
    if lack is not None:
        yield Refusal(
            row.code,
            f"{name}: its signature was removed{spaced(lack)}",
            file,
            side="base",
            subject=name,
            field=row.field,
            before=blob,
            help=f"restore {file}",
        )


def _written(case: Case, settled: Settled, route: Route, file: str) -> Iterator[Refusal]:
    row = case.table.rows("signature").unknown
    moved = "changed" if case.base.identity(file) else "added"
    holds = settled.restart_holds(route, frozenset((route.id,)))
    missing = signature_hold(case, route)
    help = missing.release if missing is not None else ""
    if holds:
        # to sign again ends nothing of what else is open
        help = f"take {file} out; {holds[0].release}; sign in the change that restores '{route.id}'"
    if missing is not None:
        holds.append(missing)
    if moved in row.loosens and row.when != "never" and holds:
        yield Refusal(
            row.code,
            f"{route.id}: its signature was {moved} while {holds[0].reason}",
            file,
            subject=route.id,
            field=row.field,
            after=case.merged.identity(file),
            values={"route": route.id, "owner": case.owner_of_record(route.id)},
            help=help,
            holds=tuple(holds),
        )


def signature_hold(case: Case, route: Route) -> Hold | None:
    """What the signature of a restart lacks."""
    owner = case.owner_of_record(route.id)
    try:
        _require(case, route, owner)
    except InvalidSignature as error:
        return Hold("", "sign-off", "", owner, None, str(error), _release(case, route.id, owner))
    return None


def _require(case: Case, route: Route, owner: str) -> None:
    """Raise `InvalidSignature` where a restart has no new signature of its owner."""
    file = signoff_file(route.id)
    text = _text(case, file)
    # one that the base has already was for an earlier restart
    if text is not None and case.base.identity(file) == case.merged.identity(file):
        raise InvalidSignature(f"{file} is used: it was on the base before")
    record = route._replace(owner=owner)
    registry = case.merged.tree.read(route.file)
    linked = case.linked([route.id])
    require_signoff(text, record, registry, linked, case.people, case.today.unended)
    earlier = earlier_signoffs(case.change.repository, case.change.base, route.id)
    require_unused(text or "", earlier, record, registry, case.people)


def _release(case: Case, route: str, owner: str) -> str:
    """How the owner of record comes to sign, who may have no key yet."""
    sign = f"let {owner or 'the owner'} run pmlint signoff {route} --key FILE"
    person = case.people.find(owner) if case.people is not None else None
    if person is None or not person.allowed_signer.strip():
        file = case.settings.people
        return (
            f"add the key of {owner} to {file} as 'allowed_signer' in a change of its own; {sign}"
        )
    return f"as the last step of this change {sign}"


def _text(case: Case, file: str) -> str | None:
    if case.merged.tree.entry(file) is None:
        return None
    try:
        return case.merged.tree.read(file).decode(errors="replace")
    except Malformed as error:
        raise InvalidSignature(f"{file}: {error.message}") from None
