"""``pmlint check --show-settings``: what counts, and what the registry sources match."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

from pmlint.cli.project import Project, page
from pmlint.model.counting import count
from pmlint.output.listing import wrapped
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed
from pmlint.policy.folder import load_policies
from pmlint.project.days import today
from pmlint.project.registry import SourceMatch, read_routes
from pmlint.project.run_tables import due_in_force, runs_in_force
from pmlint.project.settings import Settings
from pmlint.runs.budgets import usable
from pmlint.runs.due import promise_of
from pmlint.runs.settings import MetricNames, due_settings
from pmlint.runs.statement import span


def show_settings(project: Project) -> None:
    """Print every setting, what the registry sources match, and where each policy is from."""
    settings = project.settings
    lines = [
        f"root: {project.root}",
        f"configuration: {settings.file or 'none, these are the defaults'}",
    ]
    lines += [f"{name}: {_shown(value)}" for name, value in _in_force(settings).items()]
    lines += [_matched(match) for match in read_routes(project.tree, settings).matches]
    lines += _left_out(project)
    policies = load_policies(project.tree, settings, today(None).day).policies
    for origin in sorted({policy.origin for policy in policies}):
        names = ", ".join(policy.id for policy in policies if policy.origin == origin)
        lines.append(f"policies, {origin}: {names}")
    for line in map(terminal, lines):
        # A line a setting for scripts; a terminal cuts words where it ends.
        width = page(project.root, "never").width if sys.stdout.isatty() else len(line)
        click.echo("\n".join(wrapped(line, width, 0, 2)))


def _in_force(settings: Settings) -> dict[str, object]:
    """Every setting with what counts where it is left out."""
    gate, report = settings.gate._asdict(), settings.report._asdict()
    del gate["names_agents"]  # whether 'agents' was written, and no setting
    seconds = settings.report.containment or 60 * settings.slow_containment_minutes
    report["containment"] = f"{seconds // 60}m"
    due = due_in_force(settings)
    metrics = MetricNames(**due.get("prometheus", {}))
    found = settings._asdict() | {
        "gate": gate,
        "report": report,
        "runs": runs_in_force(settings),
        "due": due | {"prometheus": metrics._asdict()},
    }
    del found["file"]
    return found


def _left_out(project: Project) -> Iterator[str]:
    """The pairs of windows that `pmlint due` leaves out of a route, for the window it promises."""
    due = due_settings(project.tree, project.settings)
    for route in read_routes(project.tree, project.settings).routes:
        try:
            promise = promise_of(route, project.tree, due)
        except (Malformed, ValueError):
            continue  # `slo-unreadable` is the finding of it
        if not promise.allowances:
            continue
        window = promise.allowances[0].window
        pairs = [pair for pair in due.pairs if pair not in usable(due.pairs, window)]
        named = ", ".join(f"{span(pair.long)} and {span(pair.short)}" for pair in pairs)
        if pairs:
            # 10 % of seven days in three days is a rate below the one that is promised.
            yield f"due, left out for {route.id}: {named}, below the rate of {span(window)}"


def _shown(value: object) -> str:
    """The value of a setting as people read it: lists with commas, tables by their names."""
    value = _named(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name} = {_shown(one)}" for name, one in _flat(value)) or "none"
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(map(_element, value)) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None or value == "" else str(value)


def _named(value: Any) -> object:
    """A table as a mapping; any other value as it is."""
    return value._asdict() if hasattr(value, "_asdict") else value


def _flat(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The values of a table and of the tables in it: ``repeated.count``."""
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{name}.{inner}", one) for inner, one in _flat(value))
        else:
            yield name, value


def _element(value: object) -> str:
    """An element of a list; each value of a table follows its name."""
    value = _named(value)
    if not isinstance(value, Mapping):
        return _shown(value)
    return " ".join(f"{name} {_shown(one)}" for name, one in _flat(value))


def _matched(match: SourceMatch) -> str:
    """What a registry source matched, on one line."""
    routes = ", ".join(dict.fromkeys(route.id for route in match.routes)) or "no route"
    return (
        f"registry source '{match.source.shown}': {count(len(match.files), 'file')}, "
        f"{len(match.meant)} of {len(match.entries)} entries: {routes}"
    )
