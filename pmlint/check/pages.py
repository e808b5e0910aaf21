"""Every rule and policy by its id, with its page: what ``pmlint rule`` prints and `docs/rules`
shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from textwrap import dedent, indent
from typing import Any, NamedTuple

from pmlint.check.report import RuleInfo
from pmlint.policy.judge import PolicySet
from pmlint.policy.policy import Policy
from pmlint.project.named import CODES, CodePage
from pmlint.project.waivers import UNWAIVABLE
from pmlint.rules import RULES
from pmlint.rules.rule import Rule

PAGES = "https://github.com/pmlint/pmlint/blob/main/docs/rules/"
"""Where the pages of what ships can be read."""


class RulePage(NamedTuple):
    """What is said of a rule or policy; ``origin`` is where it comes from, ``examples`` write the
    bad and the good one; one that is not ``by_default`` runs where the settings ask for it.
    """

    info: RuleInfo
    origin: str
    binds_from: str
    examples: Mapping[str, Callable[[], str]]
    demand: str = ""
    by_default: bool = True

    @property
    def text(self) -> str:
        """The page in Markdown, without its heading."""
        info = self.info
        lines = [f"{info.title}.", "", info.why, "", f"Fix: {info.fix}"]
        if self.demand:
            lines += ["", "Demands:", "", indent(self.demand, "    ")]
        for word, example in self.examples.items():
            lines += ["", f"{word.capitalize()}:", "", indent(example().rstrip(), "    ")]
        bound = (
            f" From the status '{self.binds_from}' on; before it, a warning."
            if self.binds_from != "draft" and info.level.value > 1
            else ""
        )
        # A rule about words that has not earned its level (docs/spec/language.md, 2).
        asked = (
            ""
            if self.by_default
            else f" Off unless '[tool.pmlint.rules.{info.id}]' gives it a level."
        )
        lines += [
            "",
            f"Level: {info.level}.{bound}{asked}",
            "",
            f"Waive: {_waive(info.id)}",
            "",
            f"Source: {self.origin}",
        ]
        return "\n".join(lines)


def _waive(name: str) -> str:
    if name in UNWAIVABLE:
        return "it can't be waived."
    approver, until = "<not an author, not the owner>", "<at most 90 days>"
    fields = f"rule: {name}, reason: ..., approved_by: {approver}, until: {until}"
    return f"waivers: [{{{fields}}}]"


def pages(policies: PolicySet | None = None) -> dict[str, RulePage]:
    """The pages of all rules, and of the policies that count, by id."""
    found = {rule.id: rule_page(rule) for rule in RULES}
    found |= {page.code: _code_page(page) for page in CODES}
    found |= {policy.id: _policy_page(policy) for policy in (policies.policies if policies else ())}
    return dict(sorted(found.items()))


def rule_page(rule: Rule) -> RulePage:
    """The page of a rule: its module's docstring cut into its parts."""
    title, _, rest = rule.page.strip().partition("\n")
    why, _, fix = rest.partition("\nFix:")
    fix, _, _ = fix.partition("\nBad::\n")
    info = RuleInfo(
        rule.id, title.rstrip("."), why.strip(), fix.strip(), f"{PAGES}{rule.id}.md", rule.level
    )
    examples = {word: partial(_of_rule, text) for word, text in rule_examples(rule).items()}
    return RulePage(info, "built in", rule.binds_from, examples, by_default=rule.by_default)


def rule_examples(rule: Rule) -> dict[str, str]:
    """The bad and the good example of a rule, as overlays in YAML (`rules/rule.py`)."""
    _, _, shown = rule.page.partition("\nBad::\n")
    bad, _, good = shown.partition("\nGood::\n")
    return {"bad": dedent(bad).rstrip() + "\n", "good": dedent(good).rstrip() + "\n"}


def _of_rule(example: str) -> str:
    # It imports the writer of YAML, which only a page that is read needs.
    from pmlint.check.authored import authored_rule

    return authored_rule(example)


def _code_page(page: CodePage) -> RulePage:
    url = f"{PAGES}{page.code}.md"
    info = RuleInfo(page.code, page.title, page.why, page.fix, url, page.level)
    examples = {"bad": lambda: page.bad, "good": lambda: page.good}
    return RulePage(info, "built in", "draft", examples)


def _policy_page(policy: Policy) -> RulePage:
    url = f"{PAGES}{policy.id}.md" if policy.shipped else ""
    info = RuleInfo(policy.id, policy.title, policy.why, policy.fix, url, policy.level)
    demand = "\n".join(
        f"{name}: {' '.join(text.split())}"
        for name, text in (
            ("each", policy.each),
            ("when", policy.when),
            ("require", policy.require),
        )
        if text
    )
    bad = next(example for example in policy.examples if example["fails"])
    # No policy loads without one of each (docs/spec/policies.md, 'A policy file'). One that differs
    # in its settings alone shows nothing that an author can do.
    passing = [example for example in policy.examples if not example["fails"]]
    good = next((one for one in passing if one.get("set") != bad.get("set")), passing[0])
    kind = "route" if policy.applies_to == "route" else "postmortem"
    examples = {
        "bad": partial(_of_policy, kind, bad),
        "good": partial(_of_policy, kind, good),
    }
    return RulePage(info, policy.origin, policy.binds_from, examples, demand)


def _of_policy(kind: str, example: Mapping[str, Any]) -> str:
    from pmlint.check.authored import authored_policy

    return authored_policy(kind, example)
