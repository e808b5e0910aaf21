"""The gate's answer as data: below the gate, which makes it, and the formats, which print it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pmlint.finding import Finding
from pmlint.project.holds import Hold


class RouteVerdict(NamedTuple):
    """The gate's answer for one route: the flags that give it trust (``restart: false → true``),
    all that holds it, and its file.
    """

    route: str
    verdict: Literal["allowed", "refused", "unjudged"]
    flags: tuple[str, ...] = ()
    held_by: tuple[Hold, ...] = ()
    file: str = ""


class UsedLedger(NamedTuple):
    """A ledger of another repository that counted: of which commit, and when it was issued."""

    repository: str
    commit: str
    sequence: int
    as_of: str


class Author(NamedTuple):
    """Who made a change: the login that the forge named, or where the line of a commit decided, the
    name in it and that commit. ``by`` is the pattern, or the handle of the people file, by which it
    is an agent.
    """

    login: str
    agent: bool
    by: str = ""
    commit: str = ""


class Verdict(NamedTuple):
    """The gate's answer for a change.

    ``cases`` are refusals that belong to no single route, or why nothing could be judged;
    ``judged`` names what was compared (``target``, ``head``, ``merge tree``, ``policy tree``) by
    full object ids. ``refusals`` is all that is refused or could not be judged, as findings; where
    it is empty the formats make findings of ``routes`` and ``cases``. ``ledgers`` are those of
    other repositories that counted for a restart; ``warnings`` decide nothing. ``author`` is None
    where nobody named one.
    """

    verdict: Literal["allowed", "refused", "unjudged"]
    routes: tuple[RouteVerdict, ...] = ()
    cases: tuple[str, ...] = ()
    judged: Mapping[str, str] = {}
    refusals: tuple[Finding, ...] = ()
    ledgers: tuple[UsedLedger, ...] = ()
    warnings: tuple[str, ...] = ()
    author: Author | None = None
