"""The second pass: what an organisation demands, over the same documents (docs/spec/fleet.md, *The
organisation's policy*).

1. What the repository sets aside (``select``, ``ignore``, ``since``, ``rules.*``, ``words``, the
   baseline, a policy of the same id) has no say in it; waivers have, but not of a required rule,
   and not for longer than the organisation lets them be.
2. A finding of both passes is one, at the stricter level.
3. What came back is counted by how it had been taken away: a row, and never a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from pmlint.check.crossing import locator
from pmlint.check.engine import Judged, check_tree
from pmlint.check.report import Report, summarize
from pmlint.errors import UsageError
from pmlint.finding import Finding
from pmlint.model.suggestions import nearest
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span
from pmlint.policy.folder import load_policies, shipped_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.baseline import known, read_baseline
from pmlint.project.configuration import setting_locator
from pmlint.project.configuration_file import configuration_files
from pmlint.project.days import Today
from pmlint.project.organisation import EVERY, FILE, FOLDER, Organisation
from pmlint.project.settings import Settings
from pmlint.project.waivers import WaiverFacts
from pmlint.rules import RULES

_HORIZON = frozenset(("action-deadline", "slow-containment"))
"""Policies that read the limits of the settings."""
FindingKey = tuple[str, str, Span, str]


class LoosenedDemand(NamedTuple):
    """What a file of the repository would have taken away: by what, where, and how many findings
    came back. Of a setting of the gate ``rule`` is its name, and no finding comes back.
    """

    rule: str
    how: str
    file: str
    row: int
    findings: int


class Demanded(NamedTuple):
    """A report of both passes, which findings the organisation demands, and what was loosened."""

    report: Report
    by_organisation: frozenset[FindingKey]
    loosened: tuple[LoosenedDemand, ...]

    def asks_for(self, finding: Finding) -> bool:
        """Whether the organisation demands a finding."""
        return key_of(finding) in self.by_organisation


def key_of(finding: Finding) -> FindingKey:
    """What a finding of two passes is known by."""
    return finding.code, finding.path, finding.span, finding.message


def organisation_policies(organisation: Organisation, settings: Settings, today: date) -> PolicySet:
    """The policies of the second pass: those that ship, and the organisation's.

    Raises `UsageError` for one that is wrong, and for a rule that does not exist.
    """
    demanding = organisation.demanding(settings)._replace(policies=FOLDER)
    policies = load_policies(organisation.tree, demanding, today)
    ids = {*(rule.id for rule in RULES), *(policy.id for policy in policies.policies)}
    for name in (*organisation.required_rules, *organisation.levels):
        if name not in ids and name != EVERY:
            help = nearest(name, ids) or "'pmlint rules' lists them"
            raise UsageError(f"there is no rule '{name}'", file=FILE, help=help)
    return policies


def demanded_codes(organisation: Organisation, policies: PolicySet) -> frozenset[str]:
    """The rules and policies that the organisation demands."""
    shipped = {policy.id: policy for policy in shipped_policies()}
    own = {one.id for one in policies.policies if not one.shipped or shipped.get(one.id) != one}
    every = {*(rule.id for rule in RULES), *(policy.id for policy in policies.policies)}
    found = {*organisation.required_rules, *organisation.levels, *own}
    # A limit without the policies that read it would bind nobody.
    if organisation.horizon or organisation.slow_containment_minutes is not None:
        found |= _HORIZON
    return frozenset(every if EVERY in found else found)


def judge_demands(
    tree: Tree, settings: Settings, today: Today, organisation: Organisation, judged: Judged
) -> Demanded:
    """Judge a tree once more by what an organisation demands; ``judged`` is the repository's own
    pass. Raises `UsageError` where the demands are wrong.
    """
    policies = organisation_policies(organisation, settings, today.unended)
    codes = demanded_codes(organisation, policies)
    strict = check_tree(tree, organisation.demanding(settings), today, policies=policies)
    merged = {key_of(finding): finding for finding in judged.report.findings}
    passes = _Passes(tree, settings, today, judged)
    came_back: dict[tuple[str, str], list[Finding]] = {}
    demanded: set[FindingKey] = set()
    for finding in strict.report.findings:
        # The second pass finds more, such as what a level of the repository had turned off.
        if finding.code not in codes:
            continue
        waivers = passes.waivers(finding)
        finding = without_waiver(finding, organisation, waivers, today)
        key = key_of(finding)
        demanded.add(key)
        old = merged.get(key)
        if (how := passes.how(finding, old)) is not None:
            came_back.setdefault((finding.code, how), []).append(finding)
        level = max(finding.level, old.level) if old else finding.level
        merged[key] = finding._replace(level=level)
    found = tuple(sorted(merged.values(), key=lambda finding: finding.order))
    summary = judged.report.summary
    counted = summarize(found, summary.postmortems, summary.routes, summary.baseline)
    report = judged.report._replace(findings=found, summary=counted)
    rows = (*passes.rows(came_back), *_loosened_gate(tree, organisation))
    return Demanded(report, frozenset(demanded), rows)


def without_waiver(
    finding: Finding, organisation: Organisation, waivers: Iterable[WaiverFacts], today: Today
) -> Finding:
    """A finding without its waiver, where the organisation lets that one not count; ``waivers`` are
    those of its file.
    """
    if not finding.waived:
        return finding
    required = organisation.required_rules
    untils = [one.until for one in waivers if one.rule == finding.code and one.until is not None]
    is_long = False
    if organisation.max_waiver_days is not None:
        # of several of one rule the longest: nobody knows which one was meant to count
        most = organisation.max_waiver_days
        is_long = any((until - today.latest).days > most for until in untils)
    counts = not is_long and finding.code not in required and EVERY not in required
    return finding if counts else finding._replace(waived="")


def _loosened_gate(tree: Tree, organisation: Organisation) -> Iterator[LoosenedDemand]:
    """What a repository sets for its gate below what the organisation demands; a default that
    nobody wrote takes nothing away. No finding comes back: the gate asks for the stricter value.
    """
    for configuration in configuration_files(tree):
        table = configuration.table
        gate = table.get("gate", {}) if isinstance(table, dict) else {}
        written = {
            # `forge` and `signature` are equally strict
            "approvals": gate.get("approvals") == "recorded" != organisation.approvals,
            "agents": "agents" in gate and not set(organisation.agents) <= set(gate["agents"]),
        }
        for name in (name for name, is_less in written.items() if is_less):
            place = configuration.locate(Path(("gate", name)))
            yield LoosenedDemand(name, name, configuration.file, place.row, 0)


class _Passes:
    """What the repository's own pass left out, and which file says so."""

    def __init__(self, tree: Tree, settings: Settings, today: Today, judged: Judged) -> None:
        self._tree = tree
        self._settings = settings
        self._judged = judged
        self._baseline = read_baseline(tree, settings.baseline)
        self._facts = {one.file: one for one in judged.repository_index.postmortems}

    def waivers(self, finding: Finding) -> tuple[WaiverFacts, ...]:
        """The waivers of the file of a finding."""
        facts = self._facts.get(finding.path)
        return facts.waivers if facts else ()

    def how(self, finding: Finding, old: Finding | None) -> str | None:
        """How a repository took a finding away, or made it milder; None where it did not."""
        settings, code = self._settings, finding.code
        if finding.waived:
            return None
        if known(finding) in self._baseline:
            return "baseline"
        if old is not None:
            if old.waived:
                return "waiver"
            is_milder = code in settings.rules and old.level < finding.level
            return "level" if is_milder else None
        if code in settings.rules and settings.rules[code].off:
            return "level"
        if code in settings.ignore:
            return "ignore"
        if settings.select and code not in settings.select:
            return "select"
        if self._is_exempt(finding):
            return "since"
        # Asked last: all else is a setting that somebody wrote, this a file that hides another.
        own = next((one for one in self._judged.policies.policies if one.id == code), None)
        if own is not None and not own.shipped:
            return "override"
        if code in _HORIZON:
            return "horizon"
        return "override" if self._settings.words else None

    def _is_exempt(self, finding: Finding) -> bool:
        facts, since = self._facts.get(finding.path), self._settings.since
        opened = facts.opened if facts else None
        return since is not None and opened is not None and opened < since

    def rows(self, came_back: dict[tuple[str, str], list[Finding]]) -> Iterator[LoosenedDemand]:
        """One row for each rule and way, in their order."""
        for (rule, how), findings in sorted(came_back.items()):
            file, row = self._place(rule, how, findings[0])
            yield LoosenedDemand(rule, how, file, row, len(findings))

    def _place(self, rule: str, how: str, finding: Finding) -> tuple[str, int]:
        settings = self._settings
        if how == "waiver":
            places = [one.at for one in self.waivers(finding) if one.rule == rule]
            at = places[0] if places else Path()
            return finding.path, locator(finding.path, self._tree)(at).row
        if how == "baseline":
            return settings.baseline, 1
        if how == "override":
            own = next((one for one in self._judged.policies.policies if one.id == rule), None)
            if own is not None and not own.shipped:
                return own.file, 1
            at = Path(("words",))
            return settings.file, setting_locator(self._tree, settings)(at).row
        at = Path(("rules", rule)) if how == "level" else Path((how,))
        return settings.file, setting_locator(self._tree, settings)(at).row
