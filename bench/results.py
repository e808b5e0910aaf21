"""What came out, as Markdown: tables, counts, the goals beside the figures, the machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.measure import Run, ratio
from bench.peers import Peers
from bench.stage import Outcome, Table


def table(one: Table) -> Iterator[str]:
    """CPU time, memory and ratios of each command, medians with the smallest and largest in
    brackets.
    """
    yield f"### {one.title}"
    yield f"| command | CPU ms | wall ms | peak MB | CPU against {one.against} |"
    yield "|---|---:|---:|---:|---:|"
    for name, runs in one.runs.items():
        each = ratio(runs, one.runs[one.against])
        against = (
            "1"
            if name == one.against
            else f"{_figure(each.median)} ({_figure(each.low)}–{_figure(each.high)})"
        )
        yield f"| {name} | {_spread(runs)} | {median(run.wall for run in runs) * 1e3:,.0f} | {_megabytes(runs):,.1f} | {against} |"
    yield ""


def counts(found: dict[str, int]) -> Iterator[str]:
    """Instructions, in millions."""
    if found:
        yield "### Instructions executed (cachegrind)"
        yield "| command | million |"
        yield "|---|---:|"
        yield from (f"| {name} | {count / 1e6:,.0f} |" for name, count in found.items())
        yield ""


def goals(figures: dict[str, float]) -> Iterator[str]:
    """Each goal beside what was measured; for one that is missed, why."""
    listed: list[dict[str, Any]] = json.loads(Path(__file__).with_name("goals.json").read_text())
    missed = []
    yield "| work | goal | stretch | measured | |"
    yield "|---|---:|---:|---:|---|"
    for goal in listed:
        found = figures.get(goal["figure"])
        shown = "–" if found is None else _figure(found)
        if found is None:
            verdict = "not measured in this run"
        elif found <= goal["goal"]:
            verdict = "met"
        else:
            verdict = "**missed**"
            missed.append(goal)
        yield f"| {goal['work']} | ≤ {goal['goal']} | {goal.get('stretch', '')} | {shown} | {verdict} |"
    yield ""
    for goal in missed:
        yield f"- **Missed: {goal['work']}.** {goal.get('cause') or 'The cause is not known.'}"
    yield ""


def machine(peers: Peers) -> Iterator[str]:
    """What it ran on, and the versions of what it ran."""
    git = subprocess.run(
        ("git", "--version"), capture_output=True, text=True, check=True
    ).stdout.strip()
    yield f"- {os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()}, Python {platform.python_version()}, {git}"
    yield "- " + ", ".join(f"{name} {version}" for name, version in sorted(peers.versions.items()))


def document(command: str, peers: Peers, outcomes: dict[str, Outcome]) -> str:
    """All of it, as `RESULTS.md` keeps it."""
    figures = {
        name: value for outcome in outcomes.values() for name, value in outcome.figures.items()
    }
    lines = [
        "# Measurements",
        "",
        f"Printed by `{command}`, which installs the peers and writes the corpora itself. {_HOW}",
        "",
    ]
    lines += [*machine(peers), "", "## Goals", "", *goals(figures), "## Tables", ""]
    for outcome in outcomes.values():
        lines += section(outcome)
    took = ", ".join(f"{name} {outcome.seconds:,.0f}" for name, outcome in outcomes.items())
    lines.append(f"Seconds of the clock that each suite took: {took}.")
    return "\n".join(lines).rstrip() + "\n"


def section(outcome: Outcome) -> list[str]:
    """The tables, counts and notes of one suite."""
    lines = [line for one in outcome.tables for line in table(one)] + list(counts(outcome.counts))
    return (
        lines + [f"- {note}" for note in dict.fromkeys(outcome.notes)] + [""] * bool(outcome.notes)
    )


_HOW = (
    "CPU is user and system time; figures are medians, in brackets the smallest and the largest; a ratio is the median of the ratios of "
    "runs of the same round. Peers read the front matter cut out by hand, with dates in quotes; yamllint and ryl run without their rules "
    "on the length of lines, the order of keys and quotes, so that every tool finds nothing."
)


def _spread(runs: list[Run]) -> str:
    each = [run.cpu * 1e3 for run in runs]
    return f"{median(each):,.0f} ({min(each):,.0f}–{max(each):,.0f})"


def _megabytes(runs: list[Run]) -> float:
    return median(run.memory for run in runs) / 1e6


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next(
        (line.partition(": ")[2] for line in lines if line.startswith("model name")),
        platform.machine(),
    )
