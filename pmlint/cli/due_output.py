"""What `pmlint due` prints: a table for people, Markdown, or annotations of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pmlint.cli.table import table
from pmlint.finding import Finding, Level
from pmlint.model.counting import count
from pmlint.parsing import escape
from pmlint.parsing.escape import terminal
from pmlint.runs.budgets import BudgetState
from pmlint.runs.due import OwedReview, RouteDue
from pmlint.runs.sources import CountedRuns
from pmlint.runs.statement import day, span

_HEAD = ("route", "answer", "runs", "bad", "rescued", "owes")


def _text(judged: Sequence[RouteDue], counted: CountedRuns, findings: Sequence[Finding]) -> str:
    shown = [one for one in judged if one.answer != "no-slo" or one.unanswered or one.firing]
    text = f"{table(_HEAD, list(_aligned(shown)))}\n" if shown else ""
    details = [line for one in shown for line in _details(one)]
    return text + "".join(f"{terminal(line)}\n" for line in (*details, *_footer(judged, counted)))


def _aligned(shown: Sequence[RouteDue]) -> Iterator[tuple[str, ...]]:
    """The rows, with figures that end at one place, so that a large one is seen to be large, and a
    row for each review that a route owes.
    """
    columns = [[f"{one.counts[place]:,}" for one in shown] for place in range(3)]
    widths = [max(map(len, column)) for column in columns]
    for n, one in enumerate(shown):
        counts = (column[n].rjust(width) for column, width in zip(columns, widths, strict=True))
        first, *others = [_short(owed) for owed in one.unanswered] or ["-"]
        yield (one.route.id, one.answer, *counts, first)
        yield from (("", "", "", "", "", owed) for owed in others)


def _short(owed: OwedReview) -> str:
    grace = "grace ended" if owed.is_late else "grace until"
    return f"{owed.episode.trigger} since {day(owed.episode.first)}, {grace} {owed.grace_until}"


def _details(one: RouteDue) -> Iterator[str]:
    """What is spent and what burns, in words."""
    name, runs = one.route.id, one.counts.runs
    for state in filter(_is_spent, one.budgets):
        window = span(one.promise.allowances[0].window)
        text = f"  {name} {state.budget}: {state.counted:,} of {runs:,} runs in {window}"
        again = ""
        if state.within_again:
            again = f"; within budget again on {day(state.within_again)} at the latest"
        yield f"{text}, {state.allowed:,} allowed{again}"
    for fired in one.firing:
        pair, budget = fired.pair, fired.budget
        windows = " and ".join(
            f"{counts.of(budget):,} of {counts.runs:,} runs in {span(length)}"
            for counts, length in ((fired.long, pair.long), (fired.short, pair.short))
        )
        yield f"  {name} {budget}: {pair.severity}, {windows}"


def _is_spent(state: BudgetState) -> bool:
    return state.spent


def _footer(judged: Sequence[RouteDue], counted: CountedRuns) -> Iterator[str]:
    silent = sum(one.answer == "no-slo" and not one.unanswered for one in judged)
    parts = []
    if silent:
        parts.append(f"{count(silent, 'route')} {'have' if silent != 1 else 'has'} no slo")
    if counted.unassigned:
        names = f": {', '.join(map(repr, counted.names[:5]))}" if counted.names else ""
        verb = "belong" if counted.unassigned != 1 else "belongs"
        parts.append(f"{count(counted.unassigned, 'run')} {verb} to no known route{names}")
    if parts:
        yield "; ".join(parts)


def _markdown(judged: Sequence[RouteDue], counted: CountedRuns, findings: Sequence[Finding]) -> str:
    lines = ["| " + " | ".join(_HEAD) + " |", "|---|---|---:|---:|---:|---|"]
    for one in judged:
        owes = ", ".join(_short(owed) for owed in one.unanswered) or "-"
        cells = (one.route.id, one.answer, *map(str, one.counts[:3]), owes)
        lines.append("| " + " | ".join(map(escape.markdown, cells)) + " |")
    details = [f"- {line.strip()}" for one in judged for line in _details(one)]
    details += [f"- {line}" for line in _footer(judged, counted)]
    return "\n".join([*lines, *([""] if details else []), *details, ""])


def _github(judged: Sequence[RouteDue], counted: CountedRuns, findings: Sequence[Finding]) -> str:
    """The findings as annotations of a workflow."""
    lines = []
    for finding in findings:
        level = "error" if finding.level is Level.ERROR else "warning"
        place = f"file={escape.command_property(finding.path)},line={finding.span.row}"
        title = escape.command_property(finding.code)
        text = f"{finding.message}; help: {finding.help}" if finding.help else finding.message
        lines.append(f"::{level} {place},title={title}::{escape.command(text)}\n")
    return "".join(lines)


WRITERS: Mapping[str, Callable[[Sequence[RouteDue], CountedRuns, Sequence[Finding]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "github": _github,
}
