"""Issuing a ledger: what the postmortems of one commit hold (docs/spec/fleet.md, *The ledger*).

Nothing is written where somebody could take silence for freedom: a postmortem that cannot be read
holds nobody knows what, and a shallow clone knows neither the sequence nor whether proofs landed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pmlint.errors import UsageError
from pmlint.gate.case import Case, GateChange
from pmlint.gate.ledgers.statement import Ledger, in_full
from pmlint.gate.settled import Settled
from pmlint.git import Repository
from pmlint.git.refs import Unjudged
from pmlint.model import Postmortem, Route
from pmlint.parsing.source import Malformed
from pmlint.project.days import at_moment
from pmlint.project.holds import Hold

_LOCAL, _FETCHED = "refs/heads/", "refs/remotes/origin/"


def issue_ledger(repository: Repository, ref: str, as_of: datetime) -> Ledger:
    """The ledger of HEAD, which must be the commit of ``ref``. Raises `UsageError` where nobody
    can tell what is held.
    """
    if repository.refs.is_shallow:
        raise Unjudged(
            "this clone is shallow, so proofs and the sequence cannot be found",
            help="git fetch --unshallow origin (in CI: fetch-depth: 0)",
            code="shallow-history",
        )
    commit = _commit_of(repository, ref)
    case = Case(GateChange(repository, commit, "", repository.tree(commit), at_moment(as_of)))
    if not case.settings.repository:
        raise UsageError(
            "'repository' is not set, so no route has a name that others know",
            file=case.settings.file,
            help='add repository = "host/owner/name" to the configuration',
        )
    for path in case.base.files:
        read = case.base.read(path)
        # Left out, its routes would be free over there (docs/decisions/0008-fails-closed.md).
        if isinstance(read, Malformed):
            raise UsageError(
                f"nobody knows what it holds: {read.message}",
                file=path,
                span=read.span,
                help="repair the file; 'pmlint check' lists what is wrong",
            )
    own = case.settings.repository
    routes = {in_full(own, route): holds for route, holds in _held(case)}
    return Ledger(own, ref, commit, len(repository.log.first_parents(commit)), as_of, routes)


def _commit_of(repository: Repository, ref: str) -> str:
    """The commit of a branch, which must be HEAD: a ledger of a side branch would free what the
    default branch holds.
    """
    head = repository.resolve("HEAD")
    # A CI that checks a commit out has no local branch, and the one that it fetched.
    places = (ref, ref.replace(_LOCAL, _FETCHED, 1))
    found = next(filter(None, map(repository.refs.find, places)), None)
    if found is None:
        raise UsageError(f"there is no branch '{ref}'", help="fetch it, or name another with --ref")
    if repository.resolve(found) != head:
        raise UsageError(
            f"HEAD is {head[:12]}, and {ref} is {found[:12]}",
            help=f"check {ref.removeprefix(_LOCAL)} out: a ledger is of the branch that counts",
        )
    return head


def _held(case: Case) -> Iterator[tuple[str, tuple[Hold, ...]]]:
    """Every route that a postmortem is linked to, from either side, with what holds it."""
    settled = Settled(case)
    names: set[str] = set()
    for path in case.base.files:
        read = case.base.read(path)
        if isinstance(read, Postmortem):
            names.update(read.routes)
    names.update(route for route in case.base.routes if case.linked([route]))
    for name in sorted(names):
        # A route elsewhere has no place here, and nothing of it is asked but its name.
        place = case.base.routes.get(name, [Route(name, "")])[0]
        yield name, tuple(settled.restart_holds(place, frozenset((name,))))
