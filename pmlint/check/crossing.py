"""What needs all documents: the rules of the repository, waivers, the baseline, the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from pmlint.check.demands import Demands
from pmlint.check.gaps import Gap, about
from pmlint.check.levels import binding
from pmlint.check.postmortem import placed
from pmlint.check.report import Report, summarize
from pmlint.finding import Finding, Problem
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Entry, Tree
from pmlint.place import Path, Span
from pmlint.project.baseline import known, read_baseline
from pmlint.project.kinds import read_record
from pmlint.project.registry import Registry
from pmlint.project.waivers import waive
from pmlint.rules import RULES
from pmlint.rules.rule import Context, Rule

Locate = Callable[[Any], Span]


class Crossing(NamedTuple):
    """A problem that a rule of the repository finds in a file."""

    file: str
    rule: Rule
    problem: Problem


def crossings(of: str, context: Context) -> Iterator[Crossing]:
    """What the rules of a kind demand of the repository as a whole, in the order of the files."""
    index, found = context.repository_index, []
    for rule in RULES:
        if rule.of == of:
            check: Callable[[Any, Context], Iterable[Problem]] = rule.check
            found += [Crossing(problem.file, rule, problem) for problem in check(index, context)]
    yield from sorted(found, key=lambda one: one.file)


def placed_crossings(
    found: Iterable[Crossing],
    registry: Registry,
    context: Context,
    gaps: Mapping[str, tuple[Gap, ...]],
) -> Iterator[Finding]:
    """The findings of these problems, so that each file is read once for its places."""
    known = {facts.file: facts for facts in context.repository_index.postmortems}
    for file, group in groupby(found, key=lambda one: one.file):
        locate = registry.locate.get(file) or locator(file, context.tree)
        facts = known.get(file)
        places = frozenset(gap.at for gap in gaps.get(file, ()))
        for _, rule, problem in group:
            if not about(problem.at, places):
                level = binding(rule, facts.status if facts else "accepted", problem)
                yield placed(problem, rule.id, level, locate, file, facts.id if facts else "")


def locator(file: str, tree: Tree) -> Locate:
    """Where paths are in a file of ours: it is read again, since 5,000 trees of nodes are not
    kept.
    """
    try:
        document = read_record(decode(file, tree.read(file)))
    except Malformed:  # it can't be read: its finding says so, and this one is at its start
        return lambda at: Span()
    return document.locate


def waived(
    findings: list[Finding], context: Context
) -> tuple[list[Finding], frozenset[tuple[str, Path]]]:
    """The findings with those marked that somebody waived, and which waivers were of use."""
    postmortems = context.repository_index.postmortems
    waivers = {facts.file: facts.waivers for facts in postmortems if facts.waivers}
    if not waivers:
        return findings, frozenset()
    # By the subject of a finding: nobody waives what concerns an action of their own.
    owners = {
        f"{facts.id}#{action.id}": action.owner for facts in postmortems for action in facts.actions
    }
    marked, used = waive(findings, waivers, owners, context.today)
    return marked, frozenset(used)


def report_of(
    findings: Iterable[Finding],
    files: Iterable[Entry],
    demands: Demands,
    context: Context,
    sources: Callable[[str], Source | None],
) -> Report:
    """The findings that are wanted and not in the baseline, in order, and how many of what there
    are.
    """
    selection, settings = demands.filter, demands.settings
    # Sorted here, whoever found them, so that one input gives the same bytes with any number of
    # processes (docs/decisions/0007-forked-workers.md).
    wanted = sorted(
        filter(selection.wanted, map(selection.leveled, findings)), key=lambda found: found.order
    )
    baseline = read_baseline(context.tree, settings.baseline)
    kept = tuple(found for found in wanted if found.waived or known(found) not in baseline)
    # Entries are counted, not findings, as 'pmlint baseline' writes and checks them.
    left_out = {known(found) for found in wanted if not found.waived} & baseline
    counted = sum(1 for entry in files if selection.covers(entry.path))
    summary = summarize(kept, counted, len(context.repository_index.route_by_id), len(left_out))
    return Report(kept, summary, sources, fail_level=settings.fail_level)


class Sources:
    """The texts of the files of a tree, each read when a report first shows a line of it."""

    def __init__(self, tree: Tree, known: Mapping[str, Source]) -> None:
        self._tree = tree
        self._known: dict[str, Source | None] = dict(known)

    def __call__(self, file: str) -> Source | None:
        """The text of a file, None where it can't be read."""
        if file not in self._known:
            try:
                self._known[file] = decode(file, self._tree.read(file), keeps_marks=True)
            except Malformed:
                self._known[file] = None
        return self._known[file]
