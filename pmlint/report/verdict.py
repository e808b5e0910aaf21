"""The gate's verdict in words, for the formats that people read."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.holds import Hold
from pmlint.report import RouteVerdict, Verdict
from pmlint.report.escape import terminal
from pmlint.report.style import Style


def headline(verdict: Verdict) -> str:
    """The verdict as one sentence without user text."""
    if verdict.verdict == "allowed":
        return "allowed: this change gives no held route its trust back"
    if verdict.verdict == "refused":
        return "refused: this change would loosen what holds a route, or give a held route its trust back"
    return "unjudged: the change could not be judged, so it may not merge"


def flags(route: RouteVerdict) -> str:
    """Which flags of a route give it trust."""
    return ", ".join(route.flags)


def hold(one: Hold) -> str:
    """Who holds, what is missing, and until when, not yet escaped."""
    who = " ".join(part for part in (one.postmortem, one.subject) if part)
    facts = [one.reason]
    if one.owner:
        facts.append(f"owner {one.owner}")
    if one.deadline:
        facts.append(f"deadline {one.deadline.isoformat()}")
    return f"{who}: {', '.join(facts)}"


def route_line(route: RouteVerdict) -> str:
    """A route with its flags as one sentence, not yet escaped."""
    given = f" ({flags(route)})" if route.flags else ""
    return f"route '{route.route}'{given}"


def lines(verdict: Verdict, style: Style) -> Iterator[str]:
    """The verdict for a terminal: each refused route, what holds it and the way out; then the refusals beside routes."""
    paint = {"allowed": style.good, "refused": style.bad, "unjudged": style.doubtful}
    for route in verdict.routes:
        yield f"{paint[route.verdict](route.verdict)} {terminal(route_line(route))}"
        for one in route.held_by:
            yield f"  held by {terminal(hold(one))}"
            yield f"    {style.bold('to release')}: {terminal(one.release)}"
    for case in verdict.cases:
        yield f"{paint[verdict.verdict](verdict.verdict)} {terminal(case)}"
    for name, revision in verdict.judged.items():
        yield style.faint(f"{terminal(name)}: {terminal(revision)}")
    word, _, rest = headline(verdict).partition(":")
    yield f"{paint[verdict.verdict](word)}:{rest}"
