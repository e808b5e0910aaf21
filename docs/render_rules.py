"""Writes `docs/rules/` from the text that ``pmlint rule`` prints: ``python docs/render_rules.py
[--check]``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from page_text import escaped, structured
from written_folder import write_folder

from pmlint.check.pages import RulePage, pages
from pmlint.cli.codes import GROUPS, group_of
from pmlint.model.resources import folder
from pmlint.parsing.tree import WorkTree
from pmlint.policy.folder import load_policies
from pmlint.project.settings import Settings

HERE = Path(__file__).parent / "rules"
FIXABLE = frozenset(("cut-by-comment", "schema", "syntax", "unknown-person"))
"""What `pmlint.edit.fixes` and the rules themselves have a fix for, in some of their findings."""


HEAD = """\
# Rules and policies

What `pmlint check` may say, in the groups of `pmlint rules`. `pmlint rule ID` prints a page in the terminal.
A rule is built in, a policy is a file that a repository may replace; *fixable* is what `pmlint check --fix` repairs.
"""
ABOUT = {
    "shape": "Whether a document can be read, and has its parts.",
    "links": "Whether what one document says of another is there.",
    "time": "Clocks, days and deadlines.",
    "evidence": "What shows that something happened, or was done.",
    "answers": "What the review answers a failure with.",
    "words": "Sentences that promise, blame or say nothing. These warn.",
    "gate": "What binds a route; `pmlint gate` judges changes of it, with [refusals](../refusals/README.md) of its own.",
}


def wanted() -> dict[str, str]:
    """Every file of the folder with its text."""
    shipped = load_policies(
        WorkTree(folder("policies")), Settings(policies="none"), date(2026, 1, 1)
    )
    known = pages(shipped)
    groups = {group: [name for name in known if group_of(name) == group] for group in GROUPS}
    files = {}
    for name, page in known.items():
        others = [other for other in groups[group_of(name)] if other != name]
        files[f"{name}.md"] = structured(name, page.text) + neighbours(group_of(name), others)
    # What runs are found to be is no rule: 'runs' and other groups of codes can be empty here.
    listed = [item for item in groups.items() if item[1]]
    return files | {"README.md": HEAD + "".join(_group(known, *item) for item in listed)}


def neighbours(group: str, others: list[str]) -> str:
    """The end of a page: what else is in its group."""
    links = " · ".join(f"[{other}]({other}.md)" for other in others)
    return f"\n## In the group {group}\n\n{links}\n"


def _group(known: Mapping[str, RulePage], group: str, names: list[str]) -> str:
    rows = "\n".join(
        f"| [{name}]({name}.md) | {known[name].info.level} | {_origin(known[name])} | {escaped(known[name].info.title)} |"
        for name in names
    )
    return f"\n## {group.capitalize()}\n\n{ABOUT[group]}\n\n| id | level | kind | title |\n|---|---|---|---|\n{rows}\n"


def _origin(page: RulePage) -> str:
    kind = "rule" if page.origin == "built in" else "policy"
    return f"{kind}, fixable" if page.info.id in FIXABLE else kind


if __name__ == "__main__":
    sys.exit(write_folder(HERE, wanted()))
