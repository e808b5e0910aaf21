"""Signatures of routes in ``signed_routes`` (docs/spec/gate.md, 6): each restart needs a new one,
over the route's file in the merge result, all linked postmortems and its last day.
"""

from __future__ import annotations

from pmlint.gate.case import Case
from pmlint.gate.signing import FOLDER, InvalidSignature, require_signoff
from pmlint.model import Route
from pmlint.parsing.source import Malformed
from pmlint.project.holds import Hold


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
