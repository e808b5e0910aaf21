"""A tree of documents to a report, in four steps.

1. *Parse*: routes and people are read once (`read_surroundings`), postmortems one by one.
2. *Facts*: what other documents need to know of each is collected in an `Index`.
3. *Demands*: the schema, rules and policies are asked of each postmortem (`check.postmortem`), then
   the rules of the whole repository.
4. *Findings*: what somebody waived is marked, what is in the baseline is left out (`report_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from pmlint.check.demands import Demands, demands_of
from pmlint.check.gaps import Gap, about
from pmlint.check.levels import binding
from pmlint.check.postmortem import finding, judge_postmortem, placed
from pmlint.check.report import Report, summarize
from pmlint.finding import Finding, Problem
from pmlint.model import People, Postmortem, Route
from pmlint.parsing.document import Document, read_postmortem
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Entry, Tree, not_a_file
from pmlint.place import Path, Span
from pmlint.policy.judge import PolicySet
from pmlint.project.baseline import known, read_baseline
from pmlint.project.days import Today, exactly
from pmlint.project.digests import Digests
from pmlint.project.files import postmortem_files
from pmlint.project.index import Index, PostmortemFacts, facts_of, unreadable
from pmlint.project.kinds import misshapen, read_record, syntax
from pmlint.project.named import named_nothing, nested_projects
from pmlint.project.people import read_people_file
from pmlint.project.registry import Registry, read_routes
from pmlint.project.settings import Settings
from pmlint.project.waivers import waive
from pmlint.rules import RULES
from pmlint.rules.rule import Context, Rule

if TYPE_CHECKING:
    from pmlint.check.cache import Cache

ENOUGH = 50
"""With fewer documents a cache costs more than it saves."""
PART = 125
"""As many documents are worth a process of their own."""
Locate = Callable[[Any], Span]


class Judged(NamedTuple):
    """The report of a run, the index of the repository that was judged, and the policies that
    counted.
    """

    report: Report
    repository_index: Index
    policies: PolicySet
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


class Work(NamedTuple):
    """What it takes to judge a postmortem."""

    demands: Demands
    context: Context
    cache: Cache | None = None


class Batch(NamedTuple):
    """What came of some postmortems, as plain data that can go from process to process."""

    facts: list[PostmortemFacts]
    findings: list[Finding]
    gaps: dict[str, tuple[Gap, ...]]
    remembered: dict[str, Any]


def check_tree(
    tree: Tree,
    settings: Settings,
    today: date | Today,
    *,
    only: frozenset[str] | None = None,
    cache_of: str | None = None,
    jobs: int = 1,
    whole: bool = False,
) -> Judged:
    """Check a whole tree; ``only`` names the files whose findings are wanted. ``whole`` also looks
    for projects below it, which takes a walk over everything.

    ``cache_of`` is the root of a repository whose clean documents may be remembered from run to
    run. ``jobs`` is in how many processes at most, 0 for as many as are at hand. Raises
    `UsageError` where the configuration is wrong.
    """
    day = exactly(today)
    files = postmortem_files(tree, settings)
    demands = demands_of(tree, settings, day.unended, only, documents=len(files))
    around = read_surroundings(tree, settings)
    routes = around.registry.routes
    index, ids = Index(routes, ()), demands.ids
    context = Context(day, settings, index, around.people, tree, Digests(), ids)
    cache = _opened_cache(cache_of, files, demands, context, around)
    part = judge_postmortems(files, Work(demands, context, cache), jobs)
    context = context._replace(repository_index=Index(routes, part.facts))
    findings = [*around.findings, *part.findings, *misshapen(tree, settings)]
    findings += named_nothing(tree, settings, around.registry.matches)
    if whole:
        findings += nested_projects(tree, settings)
    findings += judge_routes(around.registry, demands, tree)
    findings += judge_repository("repository", around.registry, context, part.gaps)
    findings, used = _waived(findings, context)
    context = context._replace(used_waivers=used)
    # Last, because whether a waiver was of use is known when all else has spoken.
    findings += judge_repository("waivers", around.registry, context, part.gaps)
    sources = Sources(tree, around.sources)
    report = report_of(findings, files, demands, context, sources)
    return Judged(report, context.repository_index, demands.policies, around.note)


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
    part = _judge_part(list(files), Work(demands, context))
    return list(filter(demands.filter.wanted, map(demands.filter.leveled, part.findings)))


def read_surroundings(tree: Tree, settings: Settings) -> Surroundings:
    """The routes and the people of a tree."""
    registry = read_routes(tree, settings)
    found = read_people_file(tree, settings)
    sources = {**registry.sources, **({found.file: found.source} if found.source else {})}
    findings = (*registry.findings, *found.findings)
    return Surroundings(registry, found.people, findings, sources, found.unchecked)


def judge_postmortems(files: list[Entry], work: Work, jobs: int) -> Batch:
    """Judge all postmortems, many of them in several processes, and save the cache."""
    new = files if work.cache is None else work.cache.unknown(files)
    # Of what the cache knows only digests are taken: what is new must be worth a process.
    most = len(new) // PART if jobs != 1 else 1
    judge = partial(_judge_part, work=work)
    if most > 1:
        from pmlint.check.parallel import processes, spread

        parts = spread(judge, files, min(jobs or processes(), most))
    else:
        parts = [judge(files)]
    if work.cache is not None:
        for part in parts:
            work.cache.add(part.remembered)
        work.cache.save()
    return Batch(
        [facts for part in parts for facts in part.facts],
        [found for part in parts for found in part.findings],
        {file: gaps for part in parts for file, gaps in part.gaps.items()},
        {},
    )


def _judge_part(files: Sequence[Entry], work: Work) -> Batch:
    part = Batch([], [], {}, {})
    for entry in files:
        facts, findings, gaps = _remembered(entry, work)
        part.facts.append(facts)
        part.findings.extend(findings)
        if gaps:
            part.gaps[entry.path] = gaps
    return part._replace(remembered=work.cache.added if work.cache is not None else {})


_One = tuple[PostmortemFacts, Sequence[Finding], tuple[Gap, ...]]


def _remembered(entry: Entry, work: Work) -> _One:
    """A postmortem from the cache where it was clean before and nothing has changed, else judged
    anew.
    """
    cache, context = work.cache, work.context
    if cache is None or entry.kind != "file":
        return _judged(entry, work)
    from pmlint.check.cache import Watched

    try:
        data = context.tree.read(entry.path)
    except Malformed:
        return _judged(entry, work)
    facts = cache.facts(entry, data, context.tree)
    if facts is not None:
        return facts, (), ()
    watched = Watched(context.tree)
    keep = partial(cache.keep, data, watched)
    return _judged(entry, work._replace(context=context._replace(tree=watched)), keep)


def _judged(
    entry: Entry,
    work: Work,
    keep: Callable[[PostmortemFacts, Postmortem], None] = lambda facts, postmortem: None,
) -> _One:
    """A postmortem, read and judged; ``keep`` is given one that has nothing wrong."""
    file, settings = entry.path, work.demands.settings
    try:
        document = _parse(entry, work.context.tree)
    except Malformed as error:
        return unreadable(file, settings.ids), [syntax(file, error)], ()
    postmortem = Postmortem(settings.as_judged(document.data), file, document.body, document.cuts)
    judgement = judge_postmortem(document, postmortem, work.demands, work.context)
    facts = facts_of(postmortem)
    # Clean documents alone: a finding is shown with its line, and so the text is read anyway.
    if not judgement.findings:
        keep(facts, postmortem)
    return facts, judgement.findings, judgement.gaps


def _parse(entry: Entry, tree: Tree) -> Document:
    """Read a postmortem. Raises `Malformed` where it has no data."""
    if entry.kind != "file":
        raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
    return read_postmortem(decode(entry.path, tree.read(entry.path), keeps_marks=True))


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
            locate = registry.locate.get(route.file) or _locator(route.file, tree)
            for policy, problem in objections:
                found = finding(locate, route, policy.id, policy.level, problem)
                if not _overlap(found.pointer or "", spoken):
                    yield found


def _overlap(pointer: str, others: Iterable[str]) -> bool:
    """Whether a place is, contains or lies below one of the others."""
    return any(
        f"{pointer}/".startswith(f"{one}/") or one.startswith(f"{pointer}/") for one in others
    )


def judge_repository(
    of: str, registry: Registry, context: Context, gaps: Mapping[str, tuple[Gap, ...]]
) -> Iterator[Finding]:
    """What is demanded of the repository as a whole, file by file, so that each that has a finding
    is read once for its places.
    """
    known = {facts.file: facts for facts in context.repository_index.postmortems}
    found: list[tuple[str, Rule, Problem]] = []
    for rule in RULES:
        if rule.of == of:
            check: Callable[[Any, Context], Iterable[Problem]] = rule.check
            found += [
                (problem.file, rule, problem)
                for problem in check(context.repository_index, context)
            ]
    for file, group in groupby(sorted(found, key=lambda one: one[0]), key=lambda one: one[0]):
        locate = registry.locate.get(file) or _locator(file, context.tree)
        facts = known.get(file)
        places = frozenset(gap.at for gap in gaps.get(file, ()))
        for _, rule, problem in group:
            if not about(problem.at, places):
                level = binding(rule, facts.status if facts else "accepted", problem)
                yield placed(problem, rule.id, level, locate, file, facts.id if facts else "")


def _locator(file: str, tree: Tree) -> Locate:
    """Where paths are in a file of ours: it is read again, since 5,000 trees of nodes are not
    kept.
    """
    try:
        document = read_record(decode(file, tree.read(file)))
    except Malformed:  # it can't be read: its finding says so, and this one is at its start
        return lambda at: Span()
    return document.locate


def _waived(
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


def _opened_cache(
    root: str | None,
    files: Sequence[Entry],
    demands: Demands,
    context: Context,
    around: Surroundings,
) -> Cache | None:
    """The cache of this repository, where there are enough documents for one."""
    if root is None or len(files) < ENOUGH:
        return None
    from pmlint.check.cache import Cache

    texts = sorted((file, source.text) for file, source in around.sources.items())
    key = (
        context.settings,
        context.today,
        demands.policies.policies,
        texts,
        context.repository_index.routes,
    )
    return Cache(root, key)
