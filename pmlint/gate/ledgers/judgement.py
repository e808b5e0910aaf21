"""Whether a ledger counts (docs/spec/fleet.md, *The ledger*), each reason with its code.

1. The base says whose ledger counts, of which branch, by which keys, how old, and for which of our
   routes. The key decides, not the name under ``by``.
2. Every file that is given is judged by the same table, whether it is required or not. One that
   does not count is unjudged, exit code 2: nobody knows what it would hold.
3. Nothing is fetched: a network and its tokens have no place inside a security control.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from pmlint.errors import UsageError
from pmlint.gate.ledgers.statement import Ledger, from_statement, in_full
from pmlint.gate.signing import LEDGER_NAMESPACE, InvalidSignature, verify_by_keys
from pmlint.gate.statements import HandedStatement, read_json_strictly
from pmlint.model.schema import check
from pmlint.model.suggestions import nearest
from pmlint.project.days import Clock
from pmlint.project.holds import Hold
from pmlint.project.patterns import covered_by_any, is_pattern
from pmlint.project.repositories import ForeignName
from pmlint.project.settings import LedgerSetting, Settings

LARGEST_LEDGER = 4 << 20
"""The most bytes of a ledger: ten postmortems take 13 kB."""
_AHEAD = timedelta(minutes=5)
"""How far the clock of another machine may be ahead of ours."""
LedgerCode = Literal[
    "ledger-missing",
    "ledger-unsigned",
    "ledger-wrong-source",
    "ledger-stale",
    "ledger-rolled-back",
    "ledger-silent",
]


class UnusableLedger(Exception):
    """Why a ledger does not count; ``repository`` is the entry of the base that it was meant for,
    empty where nobody can tell; ``help`` the way out where it is not that of the code.
    """

    def __init__(
        self, code: LedgerCode, message: str, repository: str = "", help: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.repository = repository
        self.help = help


class JudgedLedgers(NamedTuple):
    """The ledgers that count, and why others do not."""

    accepted: tuple[Ledger, ...] = ()
    problems: tuple[UnusableLedger, ...] = ()

    def find(self, repository: str) -> Ledger | None:
        """The ledger of a repository, where one counts."""
        return next((one for one in self.accepted if one.repository == repository), None)


def judge_ledgers(
    handed: Iterable[HandedStatement], settings: Settings, clock: Clock
) -> JudgedLedgers:
    """Judge every ledger that was given, and name those that are required and were not."""
    accepted: dict[str, Ledger] = {}
    problems: list[UnusableLedger] = []
    meant: set[str] = set()
    for file in handed:
        # One that does not count leaves the others: all that is wrong is said at once.
        try:
            ledger = read_ledger(file, settings, clock)
            if ledger.repository in meant:
                raise _wrong(ledger.repository, f"'{file.file}': a second ledger of it was given")
            accepted[ledger.repository] = ledger
            meant.add(ledger.repository)
        except UnusableLedger as error:
            problems.append(error)
            meant.add(error.repository)
    problems += _not_given(settings, meant)
    return JudgedLedgers(tuple(accepted.values()), tuple(problems))


def _not_given(settings: Settings, meant: set[str]) -> Iterator[UnusableLedger]:
    for entry in settings.ledgers:
        if not entry.required or entry.repository in meant:
            continue
        if not settings.repository:
            yield _nameless(settings, entry)
        else:
            message = f"the ledger of {entry.repository} is required, and none was given"
            yield UnusableLedger("ledger-missing", message, entry.repository)


def read_ledger(file: HandedStatement, settings: Settings, clock: Clock) -> Ledger:
    """The ledger of a file, if it counts. Raises `UnusableLedger` for the first reason why not."""
    entry, data = _listed(file, settings)
    _require_signature(file, entry, data)
    try:
        ledger = from_statement(data["statement"])
    except ValueError as error:
        raise _wrong(entry.repository, f"'{file.file}': {error}") from None
    # A side branch may have closed what the default branch still has open.
    if ledger.ref != entry.ref:
        message = f"'{file.file}': it is of {ledger.ref}, and {entry.ref} is listed"
        raise _wrong(entry.repository, message)
    _require_age(file, entry, ledger, clock)
    # The age alone does not tell: an old commit can be issued again today.
    if ledger.sequence < entry.sequence:
        message = f"'{file.file}': its sequence {ledger.sequence} is below {entry.sequence}"
        raise UnusableLedger("ledger-rolled-back", message, entry.repository)
    for name in entry.routes:
        # one that only a pattern allows need not be there: not named is not held
        if not is_pattern(name) and in_full(settings.repository, name) not in ledger.routes:
            message = f"'{file.file}': it does not name the route '{name}'"
            raise UnusableLedger("ledger-silent", message, entry.repository)
    return ledger


def require_ledger(file: HandedStatement, settings: Settings, clock: Clock) -> Ledger:
    """As `read_ledger`, for a verb that has no verdict. Raises `UsageError`."""
    try:
        return read_ledger(file, settings, clock)
    except UnusableLedger as error:
        raise UsageError(
            f"{error.code}: {error.message}", help=f"pmlint rule {error.code}"
        ) from None


def _listed(file: HandedStatement, settings: Settings) -> tuple[LedgerSetting, dict[str, Any]]:
    """The entry of the base that a file is meant for, and the file's data, both of the right
    shape.
    """
    data = _json(file)
    statement = data.get("statement") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(statement, dict):
        # what `pmlint ledger` printed, before `pmlint sign`: the likely slip of a first set-up
        if isinstance(data, dict) and data.get("kind") == "ledger":
            raise UnusableLedger("ledger-unsigned", f"'{file.file}': it is not signed")
        raise _wrong("", f"'{file.file}': not a signed ledger")
    for kind, part in (("signed", data), ("ledger", statement)):
        if problems := check(kind, part):  # type: ignore[arg-type]
            raise _wrong("", f"'{file.file}': {problems[0].message}")
    # Whoever forges a ledger may write any name here: it only says which keys are asked.
    name = str(statement["repository"])
    entry = next((one for one in settings.ledgers if one.repository == name), None)
    if entry is None:
        raise _wrong("", f"'{file.file}': the base does not list the repository '{name}'")
    if not settings.repository:
        raise _nameless(settings, entry)
    return entry, data


def _nameless(settings: Settings, entry: LedgerSetting) -> UnusableLedger:
    """No ledger can be asked for our routes: nobody over there knows what we are called."""
    return UnusableLedger(
        "ledger-missing",
        "'repository' is not set, so no ledger can name the routes of this project",
        entry.repository,
        f'name this project at the beginning of {settings.file}, repository = "HOST/OWNER/NAME", '
        "in a change of its own",
    )


def unsigned_ledger(file: HandedStatement) -> dict[str, Any] | None:
    """The statement of a ledger that waits for its signature; None where a file is not one."""
    try:
        data = _json(file)
    except UnusableLedger:
        return None
    is_ledger = isinstance(data, dict) and data.get("kind") == "ledger"
    return data if is_ledger and not check("ledger", data) else None


def _json(file: HandedStatement) -> Any:
    if file.problem is not None:
        raise UnusableLedger("ledger-missing", f"'{file.file}': {file.problem}")
    if len(file.data) > LARGEST_LEDGER:
        message = f"'{file.file}': larger than {LARGEST_LEDGER >> 20} MiB"
        raise UnusableLedger("ledger-missing", message)
    try:
        return read_json_strictly(file.data)
    except ValueError as error:
        raise UnusableLedger("ledger-missing", f"'{file.file}': {error}") from None


def _wrong(repository: str, message: str) -> UnusableLedger:
    return UnusableLedger("ledger-wrong-source", message, repository)


def _require_signature(file: HandedStatement, entry: LedgerSetting, data: dict[str, Any]) -> None:
    try:
        verify_by_keys(data["statement"], data["signature"], entry.signers, LEDGER_NAMESPACE)
    except InvalidSignature as error:
        message = f"'{file.file}': {error}"
        raise UnusableLedger("ledger-unsigned", message, entry.repository) from None
    except UsageError as error:
        # without ssh-keygen nobody can tell, and nothing judged is not a pass
        message = f"'{file.file}': {error.message}"
        raise UnusableLedger("ledger-unsigned", message, entry.repository) from None


def _require_age(file: HandedStatement, entry: LedgerSetting, ledger: Ledger, clock: Clock) -> None:
    age = clock.moment - ledger.as_of
    when = ledger.as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    if age > timedelta(seconds=entry.seconds):
        message = f"'{file.file}': issued at {when}, more than {entry.max_age} ago"
        raise UnusableLedger("ledger-stale", message, entry.repository)
    if -age > _AHEAD:
        message = f"'{file.file}': issued at {when}, which is in the future"
        raise UnusableLedger("ledger-stale", message, entry.repository)


def held_here(ledgers: JudgedLedgers, settings: Settings, route: str) -> tuple[Hold, ...]:
    """What the ledgers that count hold of a route of ours, as far as the base lets them."""
    name = in_full(settings.repository, route)
    return tuple(
        hold
        for ledger in ledgers.accepted
        if covered_by_any(entry_of(settings, ledger).routes, route)
        for hold in ledger.routes.get(name, ())
    )


def entry_of(settings: Settings, ledger: Ledger) -> LedgerSetting:
    """The entry by which a ledger counts."""
    return next(one for one in settings.ledgers if one.repository == ledger.repository)


def warnings(ledgers: JudgedLedgers, settings: Settings, known: Iterable[str]) -> Iterator[str]:
    """Holds that hold nothing: of a route that we do not have, or that the base keeps from the
    ledger. Over there nobody can see that.
    """
    routes = tuple(known)
    for ledger in ledgers.accepted:
        patterns = entry_of(settings, ledger).routes
        for full, holds in ledger.routes.items():
            repository, _, route = full.partition("//")
            if repository != settings.repository or not holds:
                continue
            if route not in routes:
                near = nearest(route, routes)
                more = f"; {near}" if near else ""
                yield f"{ledger.repository} holds '{route}', which is not a route here{more}"
            elif not covered_by_any(patterns, route):
                yield f"{ledger.repository} holds '{route}', which 'routes' of its entry leaves out"


def unlisted(
    ledgers: JudgedLedgers, settings: Settings, route: str, postmortems: Iterable[ForeignName]
) -> Iterator[UnusableLedger]:
    """Repositories whose postmortems a route names, and whose ledger says nothing of it."""
    listed = {entry.repository for entry in settings.ledgers}
    refused = {problem.repository for problem in ledgers.problems}
    for name in postmortems:
        ledger = ledgers.find(name.repository)
        if name.repository in refused:
            continue  # said by itself
        names = f"the route '{route}' names {name}, and"
        if ledger is None and name.repository in listed:
            message = f"{names} no ledger of its repository was given"
            yield UnusableLedger("ledger-missing", message, name.repository)
        elif ledger is None:
            yield UnusableLedger(
                "ledger-missing",
                f"{names} no ledger of its repository is listed",
                name.repository,
                f"list {name.repository} with its 'signers' under [[tool.pmlint.ledgers]] in a "
                "change of its own, then give the ledger that it publishes: pmlint gate --ledger "
                "FILE",
            )
        elif (full := in_full(settings.repository, route)) not in ledger.routes:
            yield UnusableLedger(
                "ledger-silent",
                f"{names} its ledger does not name the route",
                name.repository,
                f"let {name} name {full} under 'routes', and give the ledger that is issued then; "
                f"or take the link out in a change of its own: pmlint amend {route} --remove "
                f"postmortems.{name} --reason REASON --approved-by HANDLE",
            )
