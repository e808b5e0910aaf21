"""What a run demands of documents: rules, policies and levels, by the configuration."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pmlint.check.levels import Filter
from pmlint.model import Postmortem
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import is_irregular, load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.configuration import require_rules
from pmlint.project.settings import Settings
from pmlint.rules import RULES
from pmlint.rules.rule import Rule


class Demands(NamedTuple):
    """What is asked of each document; ``ids`` are the rules and policies that there are."""

    settings: Settings
    filter: Filter
    policies: PolicySet
    ids: frozenset[str]

    def asks(self, rule: Rule, postmortem: Postmortem) -> bool:
        """Whether a rule is asked of a postmortem: one that it waives as well, since a waiver that
        is of no use is a finding.
        """
        if self.filter.selects(rule.id):
            return True
        return any(waiver.rule == rule.id for waiver in postmortem.waivers)

    def predates(self, postmortem: Postmortem) -> bool:
        """Whether a postmortem is older than the day from which the team judges."""
        since = self.settings.since
        return since is not None and postmortem.opened is not None and postmortem.opened < since


def demands_of(
    tree: Tree,
    settings: Settings,
    today: date,
    only: frozenset[str] | None = None,
    policies: PolicySet | None = None,
    documents: int = 0,
) -> Demands:
    """What is demanded in a tree, by its policies or by those from elsewhere.

    ``only`` names the files whose findings are wanted, ``documents`` is how many are judged. Raises
    `UsageError` for a policy that is wrong, and where the configuration names a rule that does not
    exist.
    """
    selection = Filter(settings, only)
    # A folder that is a link is a finding of `pmlint.project.named`, beside all the others.
    own = not is_irregular(tree, settings.policies)
    policies = policies or load_policies(
        tree, settings, today, selection.asks, own=own, documents=documents
    )
    ids = _ids(policies)
    # With those that ship and are off: turning a policy off must not make its name a wrong one.
    require_rules(tree, settings, ids | policies.shipped)
    return Demands(settings, selection, policies, ids)


def known_ids(tree: Tree, settings: Settings, today: date) -> frozenset[str]:
    """The ids of all rules and policies of a tree, also of those that are off."""
    policies = load_policies(tree, settings, today)
    return _ids(policies) | policies.shipped


def _ids(policies: PolicySet) -> frozenset[str]:
    rules = (rule.id for rule in RULES)
    return frozenset((*rules, *(policy.id for policy in policies.policies)))
