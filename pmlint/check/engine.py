"""Documents × schema × rules → findings, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pmlint.check.levels import Filter, binding
from pmlint.check.report import Report, summarize
from pmlint.finding import Finding, Level, Problem
from pmlint.model import People, Postmortem, Route
from pmlint.model.schema import check as check_shape
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Entry, Tree, not_a_file
from pmlint.place import Path, Span
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.baseline import known, read_baseline
from pmlint.project.files import postmortem_files
from pmlint.project.index import Index, PostmortemFacts, facts_of, unreadable
from pmlint.project.people import read_people
from pmlint.project.registry import Registry, pointer, read_routes, syntax
from pmlint.project.settings import Settings, require_rules
from pmlint.project.waivers import waive
from pmlint.rules import RULES
from pmlint.rules.rule import Context

if TYPE_CHECKING:
    from pmlint.check.cache import Cache

ENOUGH = 50
"""With fewer documents a cache costs more than it saves."""
PART = 125
"""As many documents are worth a process of their own."""
_LONGEST_ID = 100
"""The most characters of an id that stand in each finding; no id that has the right form is longer."""


class Judged(NamedTuple):
    """The report of a run, the index of the repository that was judged, and the policies that
    counted.
    """

    report: Report
    index: Index  # type: ignore[assignment]  # nobody looks for the place of an element
    policies: PolicySet


def check_tree(
    tree: Tree,
    settings: Settings,
    today: date,
    *,
    only: frozenset[str] | None = None,
    instead: Source | None = None,
    cache_of: str | None = None,
    jobs: int = 1,
) -> Judged:
    """Check a whole tree; ``only`` names the files whose findings are wanted, ``instead`` replaces
    the content of one file.

    ``cache_of`` is the root of a repository whose clean documents may be remembered from run to
    run. ``jobs`` is in how many processes at most, 0 for as many as are at hand. Raises
    `UsageError` where the configuration is wrong.
    """
    return _Run(tree, settings, today, only, instead, cache_of=cache_of).judge(jobs)


def check_documents(
    tree: Tree,
    settings: Settings,
    today: date,
    files: Iterable[Entry],
    routes: Iterable[Route],
    *,
    policies: PolicySet,
    people: People | None,
) -> list[Finding]:
    """Check single postmortems by policies and a roster from elsewhere, without the questions that
    need all other documents.
    """
    run = _Run(tree, settings, today, None, None, policies)
    context = Context(today, settings, Index(routes, ()), people, tree, run.rule_ids())
    for entry in files:
        run.postmortem(entry, context)
    return list(filter(run.filter.wanted, map(run.filter.leveled, run.findings)))


class _Run:
    def __init__(
        self,
        tree: Tree,
        settings: Settings,
        today: date,
        only: frozenset[str] | None,
        instead: Source | None,
        policies: PolicySet | None = None,
        cache_of: str | None = None,
    ) -> None:
        self.tree = tree
        self.cache_of = cache_of
        self.cache: Cache | None = None
        self.settings = settings
        self.filter = Filter(settings, only)
        self.today = today
        self.instead = instead
        self.policies = policies or load_policies(tree, settings, today, self.filter.asks)
        self.findings: list[Finding] = []
        self.sources: dict[str, Source] = {}
        self.located: tuple[str, Callable[[Any], Span]] = "", lambda at: Span()

    def judge(self, jobs: int = 1) -> Judged:
        registry = read_routes(self.tree, self.settings)
        self.sources.update(registry.sources)
        self.findings += registry.findings
        people = read_people(self.tree, self.settings, self.sources, self.findings)
        ids = self.rule_ids()
        context = Context(
            self.today, self.settings, Index(registry.routes, ()), people, self.tree, ids
        )
        self.routes(registry)
        files = self.files()
        self.cache = self.opened_cache(files, registry)
        index = Index(registry.routes, self.documents(files, context, jobs))
        context = context._replace(index=index)
        self.repository("repository", registry, context)
        used = self.waive(index)
        self.repository("waivers", registry, context._replace(used_waivers=used))
        return Judged(self.report(files, index), index, self.policies)

    def documents(self, files: list[Entry], context: Context, jobs: int) -> list[PostmortemFacts]:
        """Judge all postmortems, many of them in several processes; their facts."""
        new = files if self.cache is None else self.cache.unknown(files)
        most = len(new) // PART if jobs != 1 and self.instead is None else 1
        if most > 1:
            from pmlint.check.parallel import processes, spread

            parts = spread(
                partial(self.part, context=context), files, min(jobs or processes(), most)
            )
        else:
            parts = [self.part(files, context)]
        self.findings += [finding for part in parts for finding in part[1]]
        if self.cache is not None:
            for part in parts:
                self.cache.add(part[2])
            self.cache.save()
        return [facts for part in parts for facts in part[0]]

    def part(
        self, files: Sequence[Entry], context: Context
    ) -> tuple[list[PostmortemFacts], list[Finding], dict[str, Any]]:
        """The facts of some postmortems, what is wrong with them, and what is to be remembered."""
        before, self.findings = self.findings, []
        facts = [self.remembered(entry, context) for entry in files]
        found, self.findings = self.findings, before
        return facts, found, self.cache.added if self.cache is not None else {}

    def rule_ids(self) -> frozenset[str]:
        """The ids of all rules and policies.

        Raises `UsageError` where the configuration names another one.
        """
        ids = {*(rule.id for rule in RULES), *(policy.id for policy in self.policies.policies)}
        settings = self.settings
        require_rules(
            (*settings.select, *settings.ignore, *settings.rules),
            ids | self.policies.shipped,
            settings.file,
        )
        return frozenset(ids)

    def report(self, files: list[Entry], index: Index) -> Report:
        """The findings that are wanted and not in the baseline, in order, and how many of what
        there are.
        """
        wanted = sorted(
            filter(self.filter.wanted, map(self.filter.leveled, self.findings)),
            key=lambda finding: finding.order,
        )
        baseline = read_baseline(self.tree, self.settings.baseline)
        kept = tuple(
            finding for finding in wanted if finding.waived or known(finding) not in baseline
        )
        counted = sum(1 for entry in files if self.filter.covers(entry.path))
        summary = summarize(kept, counted, len(index.routes), len(wanted) - len(kept))
        return Report(kept, summary, self.source, fail_level=self.settings.fail_level)

    def waive(self, index: Index) -> frozenset[tuple[str, Path]]:
        """Mark what somebody waived; which waivers were of use."""
        waivers = {facts.file: facts.waivers for facts in index.postmortems if facts.waivers}
        if not waivers:
            return frozenset()
        owners = {
            f"{facts.id}#{action.id}": action.owner
            for facts in index.postmortems
            for action in facts.actions
        }
        self.findings, used = waive(self.findings, waivers, owners, self.today)
        return frozenset(used)

    def files(self) -> list[Entry]:
        files = postmortem_files(self.tree, self.settings)
        if self.instead is not None and self.instead.file not in {entry.path for entry in files}:
            files.append(Entry(self.instead.file, "file"))
        return files

    def source(self, file: str) -> Source | None:
        if file not in self.sources:
            try:
                self.sources[file] = decode(file, self.tree.read(file))
            except Malformed:
                return None
        return self.sources[file]

    def read(self, entry: Entry) -> Source:
        if self.instead is not None and entry.path == self.instead.file:
            return self.instead
        if entry.kind != "file":
            raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
        return decode(entry.path, self.tree.read(entry.path))

    def opened_cache(self, files: list[Entry], registry: Registry) -> Cache | None:
        """The cache of this repository, where there are enough documents for one."""
        if self.cache_of is None or len(files) < ENOUGH:
            return None
        from pmlint.check.cache import Cache

        sources = sorted((file, source.text) for file, source in self.sources.items())
        return Cache(
            self.cache_of,
            (self.settings, self.today, self.policies.policies, sources, registry.routes),
        )

    def remembered(self, entry: Entry, context: Context) -> PostmortemFacts:
        """The facts of a postmortem, from the cache where it was clean before and nothing has
        changed.
        """
        cache = self.cache
        if (
            cache is None
            or entry.kind != "file"
            or (self.instead is not None and entry.path == self.instead.file)
        ):
            return self.postmortem(entry, context)
        from pmlint.check.cache import Watched

        try:
            data = self.tree.read(entry.path)
        except Malformed:
            return self.postmortem(entry, context)
        known = cache.facts(entry, data, self.tree)
        if known is not None:
            return known
        watched = Watched(self.tree)
        keep = partial(cache.keep, data, watched)
        return self.postmortem(entry, context._replace(tree=watched), keep)

    def postmortem(
        self,
        entry: Entry,
        context: Context,
        keep: Callable[[PostmortemFacts, Postmortem], None] = lambda facts, postmortem: None,
    ) -> PostmortemFacts:
        """Judge one postmortem; its facts, which ``keep`` is told where nothing is wrong."""
        file = entry.path
        try:
            source = self.read(entry)
            document = read_postmortem(source)
        except Malformed as error:
            self.findings.append(syntax(file, error))
            return unreadable(file, self.settings.ids)
        data = self.settings.as_judged(document.data)
        postmortem = Postmortem(data, file, document.body)
        found = [syntax(file, problem) for problem in document.problems]
        said = {
            finding.span for finding in found
        }  # a text that could be two things has been spoken of
        shape = [
            self.found("schema", Level.ERROR, problem, document.locate, file, postmortem.id)
            for problem in check_shape("postmortem", document.data, self.settings.own_words)
        ]
        found += [finding for finding in shape if finding.span not in said]
        if not found and not self.at_peace(postmortem):
            found += self.rules(postmortem, document, context)
        if found:
            self.sources[file] = source
        self.findings += found
        facts = facts_of(postmortem)
        if not found:
            keep(facts, postmortem)
        return facts

    def at_peace(self, postmortem: Postmortem) -> bool:
        """Whether a postmortem is older than the day from which the team judges."""
        since = self.settings.since
        return since is not None and postmortem.opened is not None and postmortem.opened < since

    def rules(
        self, postmortem: Postmortem, document: Document, context: Context
    ) -> Iterator[Finding]:
        waived = {waiver.rule for waiver in postmortem.waivers}
        for rule in RULES:
            if rule.of == "postmortem" and (self.filter.selects(rule.id) or rule.id in waived):
                check: Callable[[Any, Context], Iterable[Problem]] = rule.check
                for problem in check(postmortem, context):
                    level = binding(rule, postmortem.status, problem)
                    yield self.found(
                        rule.id, level, problem, document.locate, postmortem.file, postmortem.id
                    )
        for policy, problem in self.policies.postmortem(
            self.settings.as_judged(document.data), lambda: _named(postmortem, context.index)
        ):
            level = binding(policy, postmortem.status, problem)
            yield self.found(
                policy.id, level, problem, document.locate, postmortem.file, postmortem.id
            )

    def routes(self, registry: Registry) -> None:
        """Judge the routes by policies; one whose shape is wrong has been spoken of."""
        spoken = {finding.path for finding in registry.findings}
        for route in registry.routes:
            if route.file not in spoken:
                for policy, problem in self.policies.route(route):
                    locate = registry.locate.get(route.file) or self.locator(route.file)
                    self.findings.append(
                        self.found(policy.id, policy.level, problem, locate, route.file, route.id)
                    )

    def repository(self, of: str, registry: Registry, context: Context) -> None:
        status = {facts.file: facts.status for facts in context.index.postmortems}
        names = {facts.file: facts.id for facts in context.index.postmortems}
        for rule in RULES:
            if rule.of != of:
                continue
            check: Callable[[Any, Context], Iterable[Problem]] = rule.check
            for problem in check(context.index, context):
                locate = registry.locate.get(problem.file) or self.locator(problem.file)
                level = binding(rule, status.get(problem.file, "accepted"), problem)
                self.findings.append(
                    self.found(
                        rule.id, level, problem, locate, problem.file, names.get(problem.file, "")
                    )
                )

    def locator(self, file: str) -> Callable[[Any], Span]:
        """Where paths stand in a file of ours that has been read before: it is read again rather
        than kept.
        """
        if self.located[0] != file:
            source = (
                self.instead
                if self.instead is not None and self.instead.file == file
                else self.source(file)
            )
            if source is None:
                return lambda at: Span()
            try:
                self.located = (
                    file,
                    (
                        read_postmortem(source)
                        if file.endswith(".md")
                        else read_yaml(source, "route")
                    ).locate,
                )
            except Malformed:  # it has changed since, and can no longer be read
                return lambda at: Span()
            self.sources[file] = source
        return self.located[1]

    def found(
        self,
        code: str,
        level: Level,
        problem: Problem,
        locate: Callable[[Any], Span],
        file: str,
        name: str,
    ) -> Finding:
        name = name if len(name) <= _LONGEST_ID else ""
        inside = problem.subject and problem.subject != name
        subject = f"{name}#{problem.subject}" if name and inside else name or problem.subject
        return Finding(
            code,
            level,
            problem.message,
            file,
            locate(problem.at),
            pointer(problem.at),
            subject,
            problem.help,
            fix=problem.fix,
            expected=problem.expected,
            by=problem.by,
            related=problem.related,
        )


def _named(postmortem: Postmortem, index: Index) -> list[Route]:
    return [index.route_by_id[name] for name in postmortem.routes if name in index.route_by_id]
