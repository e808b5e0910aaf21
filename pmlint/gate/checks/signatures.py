"""Signatures of routes in ``signed_routes`` (docs/spec/gate.md, 6).

1. Each restart needs a new one, over the route's file in the merge result, all linked postmortems
   and its last day.
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
from pmlint.gate.signing import FOLDER, InvalidSignature, require_signoff
from pmlint.model import Route
from pmlint.parsing.source import Malformed
from pmlint.place import Path
from pmlint.project.holds import Hold


def signature_refusals(case: Case, settled: Settled, scope: Scope) -> Iterator[Refusal]:
    """The signatures of signed routes that the change removes, and those it writes too early.

    ``scope`` holds the amendments of the configuration.
    """
    for name in case.settings.gate.signed_routes:
        file = f"{FOLDER}/{name}.json"
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
            holds=tuple(holds),
        )


def signature_hold(case: Case, route: Route) -> Hold | None:
    """What the signature of a restart lacks."""
    file = f"{FOLDER}/{route.id}.json"
    owner = case.owner_of_record(route.id)
    release = (
        f"let {owner or 'the owner'} run pmlint signoff {route.id} --key FILE as the last step"
    )
    try:
        text = _text(case, file)
        # one that the base has already was for an earlier restart
        if text is not None and case.base.identity(file) == case.merged.identity(file):
            raise InvalidSignature(f"{file} is used: it was on the base before")
        record = route._replace(owner=owner)
        registry = case.merged.tree.read(route.file)
        linked = case.linked([route.id])
        require_signoff(text, record, registry, linked, case.people, case.today.unended)
    except InvalidSignature as error:
        return Hold("", "sign-off", "", owner, None, str(error), release)
    return None


def _text(case: Case, file: str) -> str | None:
    if case.merged.tree.entry(file) is None:
        return None
    try:
        return case.merged.tree.read(file).decode(errors="replace")
    except Malformed as error:
        raise InvalidSignature(f"{file}: {error.message}") from None
