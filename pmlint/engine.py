"""Documents × schema × rules → findings, in order. The only place that decides levels and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pmlint.document import Document, read_postmortem, read_yaml
from pmlint.finding import Finding, Level, Problem
from pmlint.model import People, Postmortem
from pmlint.place import Span
from pmlint.registry import Registry, pointer, read_routes, syntax
from pmlint.report import Report, Summary, summarize
from pmlint.repository import Index, PostmortemFacts, facts_of, unreadable
from pmlint.rule import Context, Rule
from pmlint.rules import RULES
from pmlint.schema import check as check_shape
from pmlint.settings import Settings
from pmlint.source import Malformed, Source, decode
from pmlint.tree import Entry, Tree, not_a_file
from pmlint.vocabulary import rank


@dataclass(frozen=True, slots=True)
class Judged:
    """The report of a run, and the index of the repository that was judged."""

    report: Report
    index: Index


def check_tree(tree: Tree, settings: Settings, today: date, *, only: frozenset[str] | None = None, instead: Source | None = None) -> Judged:
    """Check a whole tree; ``only`` names the files whose findings are wanted, ``instead`` replaces the content of one file.

    Raises `UsageError` where the configuration is wrong.
    """
    return _Run(tree, settings, today, only, instead).judge()


def postmortem_files(tree: Tree, settings: Settings) -> list[Entry]:
    """Every ``.md`` below the folder of postmortems except ``README.md``."""
    return [
        entry for entry in tree.walk(settings.postmortems) if entry.path.endswith(".md") and entry.path.rpartition("/")[2] != "README.md"
    ]


class _Run:
    def __init__(self, tree: Tree, settings: Settings, today: date, only: frozenset[str] | None, instead: Source | None) -> None:
        self.tree = tree
        self.settings = settings
        self.today = today
        self.only = only
        self.instead = instead
        self.findings: list[Finding] = []
        self.sources: dict[str, Source] = {}

    def judge(self) -> Judged:
        registry = read_routes(self.tree, self.settings)
        self.sources.update(registry.sources)
        self.findings += registry.findings
        people = self.people()
        context = Context(self.today, self.settings, Index(registry.routes, ()), people, self.tree)
        files = self.files()
        facts = [self.postmortem(entry, context) for entry in files]
        index = Index(registry.routes, facts)
        self.repository(registry, replace(context, index=index))
        kept = tuple(sorted(filter(self.wanted, map(self.leveled, self.findings)), key=lambda finding: finding.order))
        counted = len(files) if self.only is None else sum(1 for entry in files if entry.path in self.only)
        summary = summarize(kept, counted, len(registry.routes))
        return Judged(Report(kept, summary, self.source, fail_level=self.settings.fail_level), index)

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

    def people(self) -> People | None:
        file = self.settings.people
        if self.tree.entry(file) is None:
            return None
        try:
            source = self.sources[file] = decode(file, self.tree.read(file))
            document = read_yaml(source, "people")
        except Malformed as error:
            self.findings.append(syntax(file, error))
            return None
        self.findings += [syntax(file, problem) for problem in document.problems]
        self.findings += [
            self.found("schema", Level.ERROR, problem, document.locate, file, "") for problem in check_shape("people", document.data)
        ]
        return People(document.data, file)

    def postmortem(self, entry: Entry, context: Context) -> PostmortemFacts:
        """Judge one postmortem and keep its facts."""
        file = entry.path
        try:
            source = self.read(entry)
            document = read_postmortem(source)
        except Malformed as error:
            self.findings.append(syntax(file, error))
            return unreadable(file)
        postmortem = Postmortem(document.data, file, document.body)
        found = [syntax(file, problem) for problem in document.problems]
        said = {finding.span for finding in found}  # a text that could be two things has been spoken of
        shape = [
            self.found("schema", Level.ERROR, problem, document.locate, file, postmortem.id)
            for problem in check_shape("postmortem", document.data)
        ]
        found += [finding for finding in shape if finding.span not in said]
        if not found and not self.at_peace(postmortem):
            found += self.rules(postmortem, document, context)
        if found:
            self.sources[file] = source
        self.findings += found
        return facts_of(postmortem)

    def at_peace(self, postmortem: Postmortem) -> bool:
        """Whether a postmortem is older than the day from which the team judges."""
        since = self.settings.since
        return since is not None and postmortem.opened is not None and postmortem.opened < since

    def rules(self, postmortem: Postmortem, document: Document, context: Context) -> Iterator[Finding]:
        for rule in RULES:
            if rule.of == "postmortem":
                check: Callable[[Any, Context], Iterable[Problem]] = rule.check
                for problem in check(postmortem, context):
                    level = binding(rule, postmortem.status, problem)
                    yield self.found(rule.id, level, problem, document.locate, postmortem.file, postmortem.id)

    def repository(self, registry: Registry, context: Context) -> None:
        status = {facts.file: facts.status for facts in context.index.postmortems}
        names = {facts.file: facts.id for facts in context.index.postmortems}
        for rule in RULES:
            if rule.of != "repository":
                continue
            check: Callable[[Any, Context], Iterable[Problem]] = rule.check
            for problem in check(context.index, context):
                locate = registry.locate.get(problem.file) or self.locator(problem.file)
                level = binding(rule, status.get(problem.file, "accepted"), problem)
                self.findings.append(self.found(rule.id, level, problem, locate, problem.file, names.get(problem.file, "")))

    def locator(self, file: str) -> Callable[[Any], Span]:
        """Where paths stand in a postmortem that has been read before: it is read again rather than kept."""
        source = self.instead if self.instead is not None and self.instead.file == file else self.source(file)
        if source is None:
            return lambda at: Span()
        self.sources[file] = source
        return read_postmortem(source).locate

    def found(self, code: str, level: Level, problem: Problem, locate: Callable[[Any], Span], file: str, name: str) -> Finding:
        inside = problem.subject and problem.subject != name
        subject = f"{name}#{problem.subject}" if name and inside else name or problem.subject
        return Finding(code, level, problem.message, file, locate(problem.at), pointer(problem.at), subject, problem.help, fix=problem.fix)

    def leveled(self, finding: Finding) -> Finding:
        told = self.settings.rules.get(finding.code)
        return finding._replace(level=told.level) if told and told.level and finding.code not in ("syntax", "schema") else finding

    def wanted(self, finding: Finding) -> bool:
        if self.only is not None and finding.path not in self.only:
            return False
        if finding.code in ("syntax", "schema"):
            return True
        told = self.settings.rules.get(finding.code)
        if (told and told.off) or finding.code in self.settings.ignore:
            return False
        return not self.settings.select or finding.code in self.settings.select


def binding(rule: Rule, status: str, problem: Problem) -> Level:
    """The level of a problem: an error is a warning until the status from which the rule binds, and in a withdrawn postmortem."""
    level = problem.level or rule.level
    if level is Level.ERROR and rule.binds_from != "draft" and (rank(status) < rank(rule.binds_from) or status == "withdrawn"):
        return Level.WARNING
    return level


def clean(summary: Summary, fail_level: Level) -> bool:
    """Whether a run with this summary passes."""
    return not summary.errors and (fail_level is Level.ERROR or not summary.warnings)
