"""One postmortem: parse, facts, demands, findings.

All that is wrong is found in one run (docs/spec/format.md, all findings in one run). A value that
is wrong is one finding and a gap to everything else that is demanded; `pmlint.check.gaps` says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from pmlint.check.demands import Demands
from pmlint.check.gaps import MOST, Gap, Partial, about, always, certain, path_at, value_at
from pmlint.check.levels import binding
from pmlint.check.meant import gap_of, linked, unwritten
from pmlint.finding import Finding, Level, Problem
from pmlint.model import Postmortem, Route
from pmlint.model.owners import owner_problem
from pmlint.model.schema import check as check_shape
from pmlint.parsing.document import Document
from pmlint.parsing.source import Malformed
from pmlint.place import Path, Span, Where
from pmlint.policy.policy import Policy
from pmlint.project.kinds import pointer, syntax
from pmlint.rules import RULES
from pmlint.rules.facts import cut_by_comment
from pmlint.rules.rule import Context, Rule

_LONGEST_ID = 100
"""The most characters of an id in each finding; no id of the right form is longer."""
_RULES = tuple(rule for rule in RULES if rule.of == "postmortem")
_PLACEHOLDER = next(rule for rule in _RULES if rule.id == "placeholder")
_LINK_IDS = ("dangling-link", "unknown-control", "unknown-person", "cut-by-comment")
_LINKS = tuple(rule for rule in _RULES if rule.id in _LINK_IDS)
"""Rules that speak of a single value, which is a gap to all that is demanded after them."""
_OTHERS = tuple(rule for rule in _RULES if rule not in (_PLACEHOLDER, *_LINKS))


class Judgement(NamedTuple):
    """What is wrong with a postmortem, and the places whose values are wrong."""

    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]


def judge_postmortem(
    document: Document, postmortem: Postmortem, demands: Demands, context: Context
) -> Judgement:
    """Everything that is demanded of one postmortem, in no particular order."""
    exempt = demands.predates(postmortem)
    unclear = [(Gap(_place(document, problem)), problem) for problem in document.problems]
    unread = _places([gap for gap, _ in unclear])
    # First of all, because a value with TODO in it is a gap to everything that is demanded.
    placeholders = [] if exempt else _placeholders(postmortem, demands, context)
    left = [problem for problem in placeholders if not about(problem.at, unread)]
    text = document.source.text
    told = [gap for gap, _ in unclear] + [unwritten(_path(problem.at), text) for problem in left]
    spoken = _places(told)
    shape = check_shape("postmortem", document.data, demands.settings.own_words)
    if not exempt and demands.asks(cut_by_comment.RULE, postmortem):
        # 'cut-by-comment' has the fix of a text that is a comment as a whole
        emptied = {cut.at for cut in cut_by_comment.cut_texts(postmortem) if cut.is_whole}
        shape = [problem for problem in shape if problem.at not in emptied]
    gaps = _gaps(told, shape, document)
    found = partial(finding, document.locate, postmortem)
    findings = [syntax(postmortem.file, problem) for _, problem in unclear]
    findings += [
        found("schema", Level.ERROR, problem) for problem in shape if not about(problem.at, spoken)
    ]
    findings += _once_a_line(
        found(*_leveled(_PLACEHOLDER, postmortem, problem)) for problem in left
    )
    if not exempt:
        for asked, problem in _demanded(postmortem, gaps, demands, context):
            findings.append(found(*_leveled(asked, postmortem, problem)))
    return Judgement(tuple(findings), gaps)


def _once_a_line(placeholders: Iterable[Finding]) -> list[Finding]:
    """The first placeholder of each line: one wish is one finding (docs/spec/format.md). The other
    values of the line are gaps all the same, so nothing else speaks of them.
    """
    first: dict[int, Finding] = {}
    for one in placeholders:
        known = first.setdefault(one.span.row, one)
        if one.span.column < known.span.column:
            first[one.span.row] = one
    return list(first.values())


def finding(
    locate: Callable[[Any], Span],
    postmortem: Postmortem | Route,
    code: str,
    level: Level,
    problem: Problem,
) -> Finding:
    """A problem of a document with its rows and columns."""
    return placed(problem, code, level, locate, postmortem.file, postmortem.id)


def placed(
    problem: Problem,
    code: str,
    level: Level,
    locate: Callable[[Any], Span],
    file: str,
    name: str,
) -> Finding:
    """A problem at its rows and columns; ``name`` is the id of the document that it is about."""
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


def _leveled(
    asked: Rule | Policy, postmortem: Postmortem, problem: Problem
) -> tuple[str, Level, Problem]:
    return asked.id, binding(asked, postmortem.status, problem), problem


def _path(at: Path | Where) -> Path:
    return at.path if isinstance(at, Where) else at


def _placeholders(postmortem: Postmortem, demands: Demands, context: Context) -> list[Problem]:
    """The placeholders of a postmortem, before all else: each is the one finding for its value."""
    if not demands.asks(_PLACEHOLDER, postmortem):
        return []
    check: Callable[[Any, Context], Iterable[Problem]] = _PLACEHOLDER.check
    return [
        problem for problem in check(postmortem, context) if not _undecided(postmortem, problem)
    ]


def _undecided(postmortem: Postmortem, problem: Problem) -> bool:
    """Whether a placeholder is an owner who is to be decided: `action-owner` says that (spec/
    docs/spec/format.md, people). ``TODO`` is what `pmlint new` writes, a place to fill.
    """
    path = _path(problem.at)
    owner = value_at(postmortem.data, path)
    return path[-1:] == ("owner",) and owner != "TODO" and bool(owner_problem(owner))


def _places(gaps: Iterable[Gap]) -> frozenset[Path]:
    """The places of gaps in the front matter; those of the body are not there."""
    return frozenset(gap.at for gap in gaps if gap.at)


def _place(document: Document, problem: Malformed) -> Path:
    """The value that has two meanings."""
    source = document.source
    return path_at(document.node, source.text, source.offset(*problem.span[:2]))


def _gaps(told: list[Gap], shape: list[Problem], document: Document) -> tuple[Gap, ...]:
    """The places whose values are wrong, each with what is known of what was meant; not those of
    the body.
    """
    text = document.source.text
    known = [gap for problem in shape for gap in gap_of(problem, document.data, text)]
    found = {gap.at: gap for gap in (*told, *known)}  # what the schema knows of a place is more
    return tuple(gap for at, gap in found.items() if at)


def _demanded(
    postmortem: Postmortem, gaps: tuple[Gap, ...], demands: Demands, context: Context
) -> Iterator[tuple[Rule | Policy, Problem]]:
    """What rules and policies demand of a postmortem, those first that find what is a gap to the
    others.
    """
    links: list[Gap] = []
    first = [rule for rule in _LINKS if demands.asks(rule, postmortem)]
    for rule, problems in _objections(first, postmortem, gaps, context):
        yield from ((rule, problem) for problem in problems)
        links += _wrong_links(rule, problems, postmortem)
    gaps = (*gaps, *links)
    others = [rule for rule in _OTHERS if demands.asks(rule, postmortem)]
    for rule, problems in _objections(others, postmortem, gaps, context):
        yield from ((rule, problem) for problem in problems)
    yield from _policies(postmortem, gaps, demands, context)


def _objections(
    rules: Iterable[Rule], postmortem: Postmortem, gaps: tuple[Gap, ...], context: Context
) -> Iterator[tuple[Rule, list[Problem]]]:
    """What each of some rules finds that is there for every right value at the gaps."""
    # One view without the gaps for all rules, most of which find nothing in it: with a view for
    # each, a document with a finding of the schema takes 1.8 times the instructions.
    whole = _with(Partial(postmortem.data, gaps).data, postmortem) if gaps else postmortem
    for rule in rules:
        problems = list(_ask_rule(rule, whole, context, whole.data))
        if gaps and problems:
            problems = certain(partial(_ask_rule, rule, postmortem, context), postmortem.data, gaps)
        yield rule, problems


def _wrong_links(rule: Rule, problems: list[Problem], postmortem: Postmortem) -> list[Gap]:
    """The gaps that a rule of `_LINKS` found: a link that leads nowhere, a text that is cut off, a
    group or an agent in the place of a person.
    """
    # A waiver hides one finding, and must not hide what depends on it.
    waived = {waiver.rule for waiver in postmortem.waivers}
    if rule.id in waived or len(problems) > MOST:
        return []
    whole = {cut.at: cut.whole for cut in postmortem.cuts}
    return [
        gap
        for problem in problems
        if isinstance(problem.at, Path)
        for gap in _wrong_link(rule, problem.at, postmortem.data, whole)
    ]


def _wrong_link(
    rule: Rule, at: Path, data: Mapping[str, Any], whole: Mapping[Path, str]
) -> Iterator[Gap]:
    if rule.id == "cut-by-comment":
        yield Gap(at, (whole[at],))
    elif rule.id == "unknown-person":
        # A stranger may own and verify as far as other rules know; a group may not.
        if owner_problem(value_at(data, at)):
            yield unwritten(at, "")
    elif at[-1:] == ("control",) or at[-2:-1] == ("findings",) or at[:1] == ("evidence",):
        yield linked(at, data, str(data))


def _ask_rule(
    rule: Rule, postmortem: Postmortem, context: Context, data: object
) -> Iterable[Problem]:
    check: Callable[[Any, Context], Iterable[Problem]] = rule.check
    return check(_with(data, postmortem), context)


def _with(data: object, postmortem: Postmortem) -> Postmortem:
    """A postmortem with other data: a new view, since a view keeps what it has read."""
    if data is postmortem.data:
        return postmortem
    return Postmortem(data, postmortem.file, postmortem.body, postmortem.cuts)


def _policies(
    postmortem: Postmortem, gaps: tuple[Gap, ...], demands: Demands, context: Context
) -> Iterator[tuple[Policy, Problem]]:
    """What policies demand: all at once, and with gaps each that objects once more alone."""
    routes = partial(_linked, postmortem, context)
    data = Partial(postmortem.data, gaps).data if gaps else postmortem.data
    objections: dict[str, list[Problem]] = {}
    by_id: dict[str, Policy] = {}
    places = _places(gaps)
    for policy, problem in demands.policies.postmortem(data, routes):
        if not about(problem.at, places):
            by_id[policy.id] = policy
            objections.setdefault(policy.id, []).append(problem)

    def ask(only: str, data: object) -> list[Problem]:
        return [problem for _, problem in demands.policies.postmortem(data, routes, only)]

    for name, policy in by_id.items():
        # the engine converts a whole document, so what a policy reads is known by its text alone
        read = [gap for gap in gaps if _mentions(policy, gap)]
        left = always(objections[name], partial(ask, name), postmortem.data, gaps, read)
        yield from ((policy, problem) for problem in left)


def _mentions(policy: Policy, gap: Gap) -> bool:
    """Whether a policy names a field on the way to a gap."""
    words = {word for text in policy.expressions for word in re.findall(r"\w+", text)}
    return any(step in words for step in gap.at)


def _linked(postmortem: Postmortem, context: Context) -> list[Route]:
    known = context.repository_index.route_by_id
    return [known[name] for name in postmortem.routes if name in known]
