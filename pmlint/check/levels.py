"""Which findings are told, and how serious each is: by the configuration, by the status of the
postmortem, by what was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmlint.check.report import Summary
from pmlint.finding import Finding, Level, Problem
from pmlint.model.vocabulary import rank
from pmlint.project.settings import Settings
from pmlint.rules import RULES
from pmlint.rules.rule import Rule

if TYPE_CHECKING:
    from pmlint.policy.policy import Policy

_ALWAYS = ("syntax", "schema", "configuration-names-nothing", "not-a-regular-file")
"""What makes a document one, and a run one of this repository: nobody chooses its level, or to do
without.
"""

_ON_REQUEST = frozenset(rule.id for rule in RULES if not rule.by_default)
"""The rules that run where the settings select them or give them a level."""


class Filter:
    """What one run is to tell; ``only`` names the files whose findings are wanted, None stands for
    all.
    """

    def __init__(self, settings: Settings, only: frozenset[str] | None = None) -> None:
        self._rules = settings.rules
        self._select, self._ignore = frozenset(settings.select), frozenset(settings.ignore)
        self._only = only

    def selects(self, code: str) -> bool:
        """Whether the settings select a rule or policy."""
        told = self._rules.get(code)
        # Off before select: who turns a rule off with a reason has decided for every run.
        if (told and told.off) or code in self._ignore:
            return False
        if code in _ON_REQUEST and not (told and told.level):
            return code in self._select
        return not self._select or code in self._select

    def asks(self, code: str) -> bool:
        """Whether a policy must be asked: also of one that is not selected, it may be wanted
        whether a waiver of it was of use.
        """
        return self.selects(code) or self.selects("unused-waiver")

    def leveled(self, finding: Finding) -> Finding:
        """A finding with the level that the configuration gives its rule."""
        told = self._rules.get(finding.code)
        return (
            finding._replace(level=told.level)
            if told and told.level and finding.code not in _ALWAYS
            else finding
        )

    def wanted(self, finding: Finding) -> bool:
        """Whether a finding is of a file that was asked for, and of a rule that is selected."""
        return self.covers(finding.path) and (finding.code in _ALWAYS or self.selects(finding.code))

    def covers(self, file: str) -> bool:
        """Whether findings of a file are wanted."""
        return self._only is None or file in self._only


def binding(rule: Rule | Policy, status: str, problem: Problem) -> Level:
    """The level of a problem: an error is a warning until the status from which the rule binds, and
    in a withdrawn postmortem.
    """
    level = problem.level or rule.level
    if (
        level is Level.ERROR
        and rule.binds_from != "draft"
        # A withdrawn review is never accepted, so nothing in it has to be repaired for that.
        and (rank(status) < rank(rule.binds_from) or status == "withdrawn")
    ):
        return Level.WARNING
    return level


def clean(summary: Summary, fail_level: Level) -> bool:
    """Whether a run with this summary passes."""
    return not summary.errors and (fail_level is Level.ERROR or not summary.warnings)
