"""A tree of documents to a report, in four steps.

1. *Parse*: routes and people are read once (`read_surroundings`), postmortems one by one.
2. *Facts*: what other documents need to know of each is collected in an `Index`.
3. *Demands*: the schema, rules and policies are asked of each postmortem (`check.postmortem`), then
   the rules of the whole repository.
4. *Findings*: what somebody waived is marked, what is in the baseline is left out (`report_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pmlint.check.batch import Batch, Reader, Work, judge_part, judge_postmortems
from pmlint.check.crossing import (
    Crossing,
    Sources,
    crossings,
    locator,
    placed_crossings,
    report_of,
    waived,
)
from pmlint.check.demands import Demands, demands_of
from pmlint.check.postmortem import finding
from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.model import People, Route
from pmlint.parsing.source import Source
from pmlint.parsing.tree import Entry, Tree
from pmlint.policy.judge import PolicySet
from pmlint.project.days import Today, exactly
from pmlint.project.digests import Digests
from pmlint.project.files import postmortem_files
from pmlint.project.index import Index
from pmlint.project.kinds import misshapen
from pmlint.project.named import named_nothing, nested_projects, unknown_signed_routes
from pmlint.project.people import read_people_file
from pmlint.project.registry import Registry, read_routes
from pmlint.project.settings import Settings
from pmlint.rules.rule import Context

if TYPE_CHECKING:
    from pmlint.check.cache import Cache
    from pmlint.check.known_routes import KnownRoutes

ENOUGH = 50
"""With fewer documents a cache costs more than it saves."""


class Judged(NamedTuple):
    """The report of a run, the index of the repository that was judged, the policies that counted,
    and the run itself, so that one document can be judged again.
    """

    report: Report
    repository_index: Index
    policies: PolicySet
    run: TreeRun
    crossing: tuple[Crossing, ...]
    note: str = ""
    """What the run did not check and why, once."""


class Surroundings(NamedTuple):
    """What postmortems are judged in: routes, people, what is wrong with them, and their texts."""

    registry: Registry
    people: People | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, Source]
    note: str = ""
    """Why names are not checked, where there are people of whom nobody can tell."""


def check_tree(
    tree: Tree,
    settings: Settings,
    today: date | Today,
    *,
    only: frozenset[str] | None = None,
    cache_of: str | None = None,
    jobs: int = 1,
    whole: bool = False,
    policies: PolicySet | None = None,
    reader: Reader | None = None,
) -> Judged:
    """Check a whole tree; ``only`` names the files whose findings are wanted. ``whole`` also looks
    for projects below it, which takes a walk over everything. ``policies`` are those from
    elsewhere, in the place of the tree's own.

    ``cache_of`` is the root of a repository whose clean documents may be remembered from run to
    run. ``jobs`` is in how many processes at most, 0 for as many as are at hand. ``reader`` reads
    along, which needs one process and no cache. Raises `UsageError` where the configuration is
    wrong.
    """
    assert reader is None or (jobs == 1 and cache_of is None), "else some are read elsewhere"
    day = exactly(today)
    files = postmortem_files(tree, settings)
    demands = demands_of(tree, settings, day.unended, only, policies, len(files))
    routes = _known_routes(cache_of, files)
    around = read_surroundings(tree, settings, routes)
    context = context_of(tree, settings, day, around, demands)
    cache = _opened_cache(cache_of, routes, demands, context, around)
    part = judge_postmortems(files, Work(demands, context, cache, reader), jobs)
    others = [*around.findings, *misshapen(tree, settings)]
    others += named_nothing(tree, settings, around.registry.matches)
    ids = {route.id for route in around.registry.routes}
    others += unknown_signed_routes(tree, settings, ids)
    if whole:
        others += nested_projects(tree, settings)
    known = {one.path: one for one in files}
    run = TreeRun(known, Work(demands, context), around, part, tuple(others))
    return _judged_whole(run) if cache is None else _remembered_whole(run, cache)


def context_of(
    tree: Tree, settings: Settings, today: Today, around: Surroundings, demands: Demands
) -> Context:
    """What a rule may ask about one postmortem; the index has no other one, so that none can
    depend on the order in which they are judged.
    """
    return Context(
        today,
        settings,
        Index(around.registry.routes, ()),
        around.people,
        tree,
        Digests(),
        demands.ids,
        half_named=_half_named(around, demands),
    )


class TreeRun(NamedTuple):
    """What was read and judged, before the questions that need all documents; ``others`` are the
    findings that are not a postmortem's own. Where not all postmortems were read
    (`check.again.begin`), nothing that needs all of them is asked.
    """

    files: Mapping[str, Entry]
    work: Work
    around: Surroundings
    part: Batch
    others: tuple[Finding, ...]
    is_whole: bool = True


class Conclusion(NamedTuple):
    """What came of a run; ``crossing`` is what the rules of the repository ask."""

    report: Report
    repository_index: Index
    crossing: tuple[Crossing, ...]


def conclude(run: TreeRun, crossing: tuple[Crossing, ...] | None = None) -> Conclusion:
    """The report of a run: what the rules of the repository ask, waivers, levels, the baseline.

    ``crossing`` is what the rules of the repository are known to ask; left out, they are asked.
    """
    registry, part, demands = run.around.registry, run.part, run.work.demands
    index = Index(registry.routes, part.facts)
    context = run.work.context._replace(repository_index=index)
    if crossing is None:
        crossing = tuple(crossings("repository", context)) if run.is_whole else ()
    findings = [*run.others, *part.findings]
    findings += placed_crossings(crossing, registry, context, part.gaps)
    findings, used = waived(findings, context)
    context = context._replace(used_waivers=used)
    # Last, because whether a waiver was of use is known when all else has spoken.
    unused = crossings("waivers", context) if run.is_whole else ()
    findings += placed_crossings(unused, registry, context, part.gaps)
    sources = Sources(context.tree, run.around.sources)
    report = report_of(findings, run.files.values(), demands, context, sources)
    return Conclusion(report, index, crossing)


def _judged_whole(run: TreeRun) -> Judged:
    """A run with what is asked of its routes and of the repository as a whole."""
    work = run.work
    objections = judge_routes(run.around.registry, work.demands, work.context.tree)
    return judged_run(run._replace(others=(*run.others, *objections)))


def _remembered_whole(run: TreeRun, cache: Cache) -> Judged:
    """The same, asked anew where the cache does not know that nothing was wrong."""
    from pmlint.check.cache import Watched

    work, documents = run.work, len(run.files)
    tree = work.context.tree
    if cache.knows_whole(documents, tree):
        judged = judged_run(run, ())
    else:
        watched = Watched(tree)
        noting = work._replace(context=work.context._replace(tree=watched))
        judged = _judged_whole(run._replace(work=noting))
        if not judged.crossing and judged.run.others == run.others:
            cache.keep_whole(documents, watched)
    cache.save()
    # Who asks on, as an editor does, need not be watched.
    return judged._replace(run=judged.run._replace(work=work))


def judged_run(run: TreeRun, crossing: tuple[Crossing, ...] | None = None) -> Judged:
    """A run with its conclusion; ``crossing`` as `conclude` takes it."""
    report, index, crossing = conclude(run, crossing)
    return Judged(report, index, run.work.demands.policies, run, crossing, run.around.note)


def check_documents(
    tree: Tree,
    settings: Settings,
    today: date | Today,
    files: Iterable[Entry],
    routes: Iterable[Route],
    *,
    policies: PolicySet,
    people: People | None,
) -> list[Finding]:
    """Check single postmortems by policies and people from elsewhere, without the questions that
    need all other documents.
    """
    day = exactly(today)
    demands = demands_of(tree, settings, day.unended, policies=policies)
    context = Context(day, settings, Index(routes, ()), people, tree, Digests(), demands.ids)
    part = judge_part(list(files), Work(demands, context))
    return list(filter(demands.filter.wanted, map(demands.filter.leveled, part.findings)))


def read_surroundings(
    tree: Tree, settings: Settings, routes: KnownRoutes | None = None
) -> Surroundings:
    """The routes and the people of a tree; ``routes`` is what is remembered of their files."""
    registry = read_routes(tree, settings, routes)
    if routes is not None:
        routes.save()
    found = read_people_file(tree, settings)
    sources = {**registry.sources, **({found.file: found.source} if found.source else {})}
    findings = (*registry.findings, *found.findings)
    return Surroundings(registry, found.people, findings, sources, found.unchecked)


def _half_named(around: Surroundings, demands: Demands) -> frozenset[str]:
    """Whom the people file names without a handle; nobody where the run does not report on that
    file: what no finding speaks of is not passed over elsewhere.
    """
    people = around.people
    if people is None:
        return frozenset()
    wanted = filter(demands.filter.wanted, around.findings)
    is_reported = any(found.path == people.file for found in wanted)
    return people.half_named if is_reported else frozenset()


def judge_routes(registry: Registry, demands: Demands, tree: Tree) -> Iterator[Finding]:
    """What policies demand of routes; nothing of a value whose shape is wrong."""
    # Places by file: a value of the wrong shape has its finding, and policies do not add another.
    wrong: dict[str, list[str]] = {}
    for one in registry.findings:
        wrong.setdefault(one.path, []).append(one.pointer or "")
    native = {route.id for route in registry.routes if not route.mapped}
    for route in registry.routes:
        # A file of ours has the owner and the controls of what a platform's file maps.
        if route.mapped and route.id in native:
            continue
        spoken = wrong.get(route.file, ())
        objections = list(demands.policies.route(route))
        if objections:
            locate = registry.locate.get(route.file) or locator(route.file, tree)
            for policy, problem in objections:
                found = finding(locate, route, policy.id, policy.level, problem)
                if not _overlap(found.pointer or "", spoken):
                    yield found


def _overlap(pointer: str, others: Iterable[str]) -> bool:
    """Whether a place is, contains or lies below one of the others."""
    return any(
        f"{pointer}/".startswith(f"{one}/") or one.startswith(f"{pointer}/") for one in others
    )


def _known_routes(root: str | None, files: Sequence[Entry]) -> KnownRoutes | None:
    """What is remembered of the routes of this repository, where there are enough documents for a
    cache.
    """
    if root is None or len(files) < ENOUGH:
        return None
    from pmlint.check.kept import installation
    from pmlint.check.known_routes import KnownRoutes

    return KnownRoutes(root, installation())


def _opened_cache(
    root: str | None,
    routes: KnownRoutes | None,
    demands: Demands,
    context: Context,
    around: Surroundings,
) -> Cache | None:
    """The cache of this repository, where its routes are remembered, too."""
    if root is None or routes is None:
        return None
    from pmlint.check.cache import Cache

    texts = sorted((file, source.text) for file, source in around.sources.items())
    key = (
        routes.installation,
        context.settings,
        context.today,
        demands.policies.policies,
        texts,
        context.repository_index.routes,
        context.half_named,
    )
    return Cache(root, key)
