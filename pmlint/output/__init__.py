"""What a run has to say (`Report`) and the formats that say it, one module each, imported when it
is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Literal, NamedTuple

from pmlint.finding import Finding, Level
from pmlint.parsing.source import Source
from pmlint.project.holds import Hold

FORMATS = (
    "text",
    "concise",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "junit",
    "sarif",
    "rdjsonl",
    "markdown",
)


class RuleInfo(NamedTuple):
    """What a format may say of a rule or policy beside its findings; all texts but ``id`` may be
    empty.
    """

    id: str
    title: str = ""
    why: str = ""
    fix: str = ""
    url: str = ""
    level: Level = Level.ERROR


class Summary(NamedTuple):
    """What was judged and what came of it; ``errors`` and ``warnings`` are neither waived nor in
    the baseline.
    """

    postmortems: int = 0
    routes: int = 0
    errors: int = 0
    warnings: int = 0
    waived: int = 0
    baseline: int = 0

    @property
    def where(self) -> str:
        """How much was judged."""
        return f"{count(self.postmortems, 'postmortem')} and {count(self.routes, 'route')}"

    def __str__(self) -> str:
        set_aside = [f"{self.waived} waived"] * bool(self.waived) + [
            f"{self.baseline} in the baseline"
        ] * bool(self.baseline)
        tail = f" ({', '.join(set_aside)})" if set_aside else ""
        if not self.errors and not self.warnings:
            return f"All clean: {self.where}{tail}"
        found = [
            count(number, word)
            for number, word in ((self.errors, "error"), (self.warnings, "warning"))
            if number
        ]
        return f"Found {' and '.join(found)} in {self.where}{tail}"


class RouteVerdict(NamedTuple):
    """The gate's answer for one route: the flags that give it trust (``restart: false → true``),
    all that holds it, and its file.
    """

    route: str
    verdict: Literal["allowed", "refused", "unjudged"]
    flags: tuple[str, ...] = ()
    held_by: tuple[Hold, ...] = ()
    file: str = ""


class Verdict(NamedTuple):
    """The gate's answer for a change.

    ``cases`` are refusals that belong to no single route, or why nothing could be judged;
    ``judged`` names what was compared (``target``, ``head``, ``merge tree``, ``policy tree``) by
    full object ids.
    """

    verdict: Literal["allowed", "refused", "unjudged"]
    routes: tuple[RouteVerdict, ...] = ()
    cases: tuple[str, ...] = ()
    judged: Mapping[str, str] = {}


class Report(NamedTuple):
    """What a run found, in `Finding.order`; those that somebody waived are among them.

    ``source`` answers with the text of a file that has findings and ``rule`` with a rule's page
    (for a dictionary: its ``get``); both may answer None. ``fail_level`` is the level from which
    the run fails.
    """

    findings: tuple[Finding, ...]
    summary: Summary
    source: Callable[[str], Source | None] = lambda file: None
    rule: Callable[[str], RuleInfo | None] = lambda code: None
    verdict: Verdict | None = None
    fail_level: Level = Level.ERROR

    @property
    def counted(self) -> list[Finding]:
        """The findings that nobody waived."""
        return [finding for finding in self.findings if not finding.waived]

    @property
    def closing(self) -> str:
        """The last line of what people read."""
        clean = not self.summary.errors and not self.summary.warnings
        return (
            f"Judged {self.summary.where}"
            if clean and self.verdict is not None
            else str(self.summary)
        )


def summarize(
    findings: tuple[Finding, ...], postmortems: int, routes: int, baseline: int = 0
) -> Summary:
    """Count the findings of a run over so many files; ``baseline`` is how many were left out
    because they were known.
    """
    waived = sum(1 for finding in findings if finding.waived)
    errors = sum(1 for finding in findings if finding.level is Level.ERROR and not finding.waived)
    return Summary(postmortems, routes, errors, len(findings) - waived - errors, waived, baseline)


def count(number: int, word: str) -> str:
    """A number with its noun: ``1 error``, ``2 errors``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def render(name: str, report: Report, *, color: bool = False) -> str:
    """The report in a format of `FORMATS`, ending in a line feed where it is not empty; only
    ``text`` and ``concise`` know colours.
    """
    module = import_module(f"pmlint.output.{name}")
    text: str = (
        module.render(report, color) if name in ("text", "concise") else module.render(report)
    )
    return text


def choose(environ: Mapping[str, str], is_terminal: bool) -> str:
    """The format where none is asked for: that of the CI we run in, else for people on a terminal
    and for a pipe.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    if environ.get("GITLAB_CI") == "true":
        return "gitlab"
    return "text" if is_terminal else "concise"


def publish(name: str, report: Report, environ: Mapping[str, str]) -> None:
    """Write what a format says outside its own text: for ``github`` the step summary, where GitHub
    names its file.

    Raises `OSError` where that file can't be written.
    """
    path = environ.get("GITHUB_STEP_SUMMARY", "")
    if name == "github" and path:
        from pmlint.output.markdown import step_summary

        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(step_summary(report))
