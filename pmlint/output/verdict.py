"""The gate's verdict in words: as lines for people, and as findings for the formats that know
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.check.report import Report
from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Finding, Level
from pmlint.output.style import Style
from pmlint.parsing.escape import terminal
from pmlint.project.holds import Hold


def headline(verdict: Verdict) -> str:
    """The verdict as one sentence without user text."""
    if verdict.verdict == "allowed":
        return "allowed: the change weakens no hold and restores no held route"
    if verdict.verdict == "refused":
        return "refused: the change weakens a hold or restores a held route"
    return "unjudged: the change could not be judged, so it may not merge"


def hold(one: Hold) -> str:
    """Who holds, what is missing, and until when, not yet escaped."""
    who = " ".join(part for part in (one.postmortem, one.subject) if part) or one.kind
    facts = [one.reason]
    if one.owner:
        facts.append(f"owner {one.owner}")
    if one.deadline:
        facts.append(f"deadline {one.deadline.isoformat()}")
    return f"{who}: {', '.join(facts)}"


def route_line(route: RouteVerdict) -> str:
    """A route with its flags as one sentence, not yet escaped."""
    given = f" ({', '.join(route.flags)})" if route.flags else ""
    return f"route '{route.route}'{given}"


def lines(verdict: Verdict, style: Style) -> Iterator[str]:
    """The verdict for a terminal: each refused route, what holds it and the way out; then the
    refusals beside routes.
    """
    paint = {"allowed": style.good, "refused": style.bad, "unjudged": style.doubtful}
    # refusals that are findings are printed as such, with their places, and not a second time
    for route in () if verdict.refusals else verdict.routes:
        yield f"{paint[route.verdict](route.verdict)} {terminal(route_line(route))}"
        for one in route.held_by:
            yield f"  held by {terminal(hold(one))}"
            yield f"    {style.bold('to release')}: {terminal(one.release)}"
    for case in () if verdict.refusals else verdict.cases:
        yield f"{paint[verdict.verdict](verdict.verdict)} {terminal(case)}"
    for warning in verdict.warnings:
        yield f"{style.doubtful('warning')} {terminal(warning)}"
    for used in verdict.ledgers:
        yield style.faint(terminal(f"ledger: {used.repository} {used.commit}, {used.as_of}"))
    for name, revision in verdict.judged.items():
        if name in ("routes", "postmortems", "rules"):
            continue  # how many is in the last line
        yield style.faint(f"{terminal(name)}: {terminal(revision)}")
    word, _, rest = headline(verdict).partition(":")
    yield f"{paint[verdict.verdict](word)}:{rest}"


def refusals(report: Report) -> tuple[Finding, ...]:
    """What the gate did not allow, in its own words."""
    return report.verdict.refusals if report.verdict is not None else ()


def all_findings(report: Report) -> list[Finding]:
    """What counts in a report, with what the gate did not allow: its refusals, or where it made
    none findings ``gate-refused`` and ``gate-unjudged``.
    """
    verdict = report.verdict
    if verdict is None:
        return report.counted
    if verdict.refusals:
        return [*report.counted, *verdict.refusals]
    found = [_finding(route) for route in verdict.routes if route.verdict != "allowed"]
    if verdict.verdict != "allowed":
        found += [
            Finding(f"gate-{verdict.verdict}", Level.ERROR, case, "")
            for case in verdict.cases or (() if found else (headline(verdict),))
        ]
    return [*report.counted, *found]


def _finding(route: RouteVerdict) -> Finding:
    held = "; ".join(hold(one) for one in route.held_by)
    message = (
        f"{route_line(route)} is held by {held}"
        if held
        else f"{route_line(route)} is {route.verdict}"
    )
    ways = "; ".join(dict.fromkeys(one.release for one in route.held_by))
    return Finding(
        f"gate-{route.verdict}", Level.ERROR, message, route.file, subject=route.route, help=ways
    )
