"""What the change leaves that nobody can judge (docs/spec/gate.md, 10): exit code 2, never a pass.

1. A base with records and a merge result without, or without the project, is no change to judge.
2. The configuration of the merge result names something that nothing has: asked there, so that the
   change that repairs it may merge.
3. A registry source that found routes and finds none: one path that is misspelt, and every route of
   a platform is watched no more.
4. Where the base lists agents, somebody must say who made a change that agents may not make.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.gate.case import Case
from pmlint.gate.checks.agents import overreaches
from pmlint.gate.refusal import Refusal
from pmlint.gate.snapshot import Snapshot
from pmlint.place import Path
from pmlint.project.configuration import load, locate_setting
from pmlint.project.named import NOTHING, named_nothing
from pmlint.project.registry import read_routes
from pmlint.project.settings import NAMES, RegistrySource, Settings


def unjudged_refusals(case: Case) -> Iterator[Refusal]:
    """Everything for which a change cannot be judged, beside what each check says of its files."""
    yield from _nothing_left(case)
    try:
        theirs = load(case.merged.tree)
    except UsageError:
        return  # said as `unreadable-configuration` where the configuration is compared
    yield from _names_nothing(case, theirs)
    yield from _matches_nothing(case, theirs)
    yield from _no_author(case)


def _nothing_left(case: Case) -> Iterator[Refusal]:
    had, has = (bool(side.files or side.routes) for side in (case.base, case.merged))
    # a project without records may still hold policies and people that others are judged by
    is_project_lost = bool(case.settings.file) and _is_empty(case.merged)
    if (had and not has) or is_project_lost:
        first = next(iter(case.base.files), None) or next(iter(case.base.registry.sources), "")
        yield Refusal(
            "nothing-judged",
            "nothing is left to judge: the merge result has neither postmortems nor routes",
            first or case.settings.file,
            side="base",
        )


def _is_empty(side: Snapshot) -> bool:
    """Whether a tree has no file at all; asked of its records first, since they have been read."""
    return not side.files and not side.registry.sources and not side.tree.walk("")


def _names_nothing(case: Case, theirs: Settings) -> Iterator[Refusal]:
    read = case.merged.settings
    same = (read.routes, read.registry, read.exclude) == (
        theirs.routes,
        theirs.registry,
        theirs.exclude,
    )
    registry = case.merged.registry if same else read_routes(case.merged.tree, theirs)
    for finding in named_nothing(case.merged.tree, theirs, registry.matches):
        if finding.code == NOTHING and finding.level is Level.ERROR:
            yield Refusal(
                "configuration-names-nothing",
                finding.message,
                finding.path,
                span=finding.span,
                help=finding.help,
                values={"path": finding.path},
            )


def _matches_nothing(case: Case, theirs: Settings) -> Iterator[Refusal]:
    if case.base.registry is case.merged.registry:
        return
    unreadable = {finding.path for finding in case.merged.registry.findings}
    pairs = zip(case.base.registry.matches, case.merged.registry.matches, strict=True)
    for number, (before, after) in enumerate(pairs):
        # a source that was removed is asked by its row, which an approval frees
        if not before.routes or after.routes or len(theirs.registry) <= number:
            continue
        if unreadable & set(after.files):
            continue  # the file is refused by itself
        yield Refusal(
            "mapping-matches-nothing",
            f"the registry source '{before.source.shown}' found routes on the base and finds none",
            theirs.file or NAMES[1],
            span=locate_setting(case.merged.tree, theirs, Path(("registry", number))),
            subject=before.source.shown,
            field="registry[]",
            help=_how_to_rename(before.source) if after.files else "",
            values={"field": "'files'"},
        )


def _how_to_rename(source: RegistrySource) -> str:
    """What to do where the file of a mapping is there, and its list is not.

    The change that renames the list is read by the base, which knows the old name alone.
    """
    return (
        f"restore what '{source.each}' names; to rename it let the file have both names first, "
        "change 'each' in the next change, and take the old name out in the third"
    )


def _no_author(case: Case) -> Iterator[Refusal]:
    """Hooks judge only an author that is given; a queue's changes were judged one by one."""
    change = case.change
    if change.author or not change.head or change.in_queue:
        return
    if not case.settings.gate.names_agents:
        return
    first = next(overreaches(case, "nobody"), None)
    if first is not None:
        yield Refusal(
            "no-author",
            "nobody says who made this change: --author LOGIN",
            first.file,
            first.at,
            first.span if first.at is None else None,
            subject=first.subject,
            field=first.field,
        )
