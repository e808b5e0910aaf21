"""Every rule by its id, with its page."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

from pmlint.report import RuleInfo
from pmlint.rules import RULES
from pmlint.settings import UsageError

FIXED = ("syntax", "schema")
"""Findings that are no rule's: they can't be selected, ignored or waived."""


def catalogue() -> dict[str, RuleInfo]:
    """The rules in the order of the docs."""
    return {rule.id: page(rule.id, rule.page)._replace(level=rule.level) for rule in reversed(RULES)}


def page(name: str, text: str) -> RuleInfo:
    """A rule's page cut into its parts: the title, why, and how to fix."""
    title, _, rest = text.strip().partition("\n")
    why, _, fix = rest.partition("\nFix:")
    fix = fix.partition("\nBad::")[0]
    return RuleInfo(name, title.rstrip("."), why.strip(), fix.strip())


def examples(text: str) -> dict[str, str]:
    """The bad and the good example of a page, as YAML that replaces fields of a valid postmortem."""
    _, _, rest = text.partition("\nBad::\n")
    bad, _, good = rest.partition("\nGood::\n")
    return {"bad": dedent(bad).rstrip() + "\n", "good": dedent(good).rstrip() + "\n"}


def require(names: Iterable[str], file: str = "") -> None:
    """Raise `UsageError` for the first name that is no rule."""
    known = [rule.id for rule in RULES]
    for name in names:
        if name not in known:
            from pmlint.schema import nearest

            raise UsageError(f"there is no rule '{name}'", file=file, help=nearest(name, known) or "'pmlint rules' lists them")
