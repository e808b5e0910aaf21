"""Every code that a verb prints, with its page: rules, policies, and what no rule finds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pmlint.check.pages import pages
from pmlint.cli.project import Project
from pmlint.policy.folder import load_policies

if TYPE_CHECKING:
    from pmlint.gate.transitions import CodeInfo


class Explained(NamedTuple):
    """What ``pmlint rule CODE`` prints of a code: its title, its text in Markdown, and where it
    comes from.
    """

    title: str
    text: str
    level: str = "error"
    origin: str = "built in"


FIXED = {
    "syntax": Explained(
        "A file cannot be read",
        """\
A file cannot be read.

It is not UTF-8, it is too large, its front matter is not closed, or its YAML is outside the strict
subset: no anchors, aliases and tags, no duplicate keys, no second document, no value that two YAML
readers read differently (yes, off, 0777, 1_000). Such a file would mean one thing to a reviewer and
another to the tool that acts on it.

Fix: the message names the line, and the help the text to write. `pmlint check --fix` repairs what
has one right answer.

Bad:

    title: &t Refunds     # an anchor
    title: Refunds        # the key again

Good:

    title: Refunds

Level: error, in every status. A file with this error has no other finding.

Waive: it can't be waived.""",
    ),
    "schema": Explained(
        "A field has the wrong name, shape or value",
        """\
A field has the wrong name, shape or value.

Names and values are closed lists, so that a typing error is an error and never a silent meaning.
`pmlint schema postmortem` prints the whole shape; docs/reference describes each field. A value of
the wrong shape counts as absent to the rules; for the gate it counts as open.

Fix: the message names the field, and the help the nearest name or the form. A key of your own
begins with `x-`.

Bad:

    severity: high
    dedline: 2026-11-15

Good:

    severity: customer-visible-defect
    deadline: 2026-11-15

Level: error, in every status.

Waive: it can't be waived.""",
    ),
    "configuration": Explained(
        "The configuration is wrong",
        """\
The configuration is wrong.

A setting that names nothing selects nothing, and a check that selects nothing would pass: so a
misspelt key, a folder that does not exist or an unknown rule is an error, and the exit code is 2.

Fix: the message names the setting and its line, and the help the nearest name.
`pmlint check --show-settings` prints what counts.

Bad:

    [tool.pmlint]
    fail_levle = "warning"

Good:

    [tool.pmlint]
    fail_level = "warning"

Level: exit code 2.

Waive: it can't be waived.""",
    ),
}
"""The codes that belong to no rule."""


def code_pages(project: Project, day: date) -> dict[str, Explained]:
    """The pages of all codes by code: rules, the policies of a project, and the fixed ones.

    Raises `UsageError` where a policy of the project cannot be read.
    """
    # The project's own policies too: a team reads the page of its rule by the same verb.
    policies = load_policies(project.tree, project.settings, day)
    found = {
        name: Explained(page.info.title, page.text, str(page.info.level), page.origin)
        for name, page in pages(policies).items()
    }
    # A rule wins over a refusal of the same code (`early-signoff`), since its page has examples.
    refusals = refusal_pages()
    for name in found.keys() & refusals.keys():
        # `check` and the gate ask the same question of a tree and of a change: both are said
        both = f"{found[name].text}\n\nIn the gate:\n\n{refusals[name].text}"
        found[name] = found[name]._replace(text=both)
    return dict(sorted({**refusals, **run_pages(), **found, **FIXED}.items()))


def run_pages() -> dict[str, Explained]:
    """The pages of what `evidence`, `runs` and `due` print."""
    from pmlint.runs.pages import RUN_CODES, run_page

    return {
        code: Explained(page.title, run_page(page), page.level.partition(" ")[0].rstrip(",;"))
        for code, page in RUN_CODES.items()
    }


def refusal_pages() -> dict[str, Explained]:
    """The pages of the refusals of the gate, from the table that decides them."""
    from pmlint.gate.transitions import transitions

    table = transitions()
    rows: dict[str, list[str]] = {}
    for record in table.records.values():
        for row in record.rows:
            if row.code:
                loosens = ", ".join(sorted(row.loosens))
                freed = f"; freed by {row.frees}" if row.frees else ""
                rows.setdefault(row.code, []).append(
                    f"    {record.name} {row.field}: {loosens}{freed}"
                )
    return {
        code: Explained(
            info.says.rstrip("."),
            _refusal_text(info, rows.get(code, [])),
            "unjudged" if info.unjudged else "refused",
        )
        for code, info in table.codes.items()
    }


def _refusal_text(info: CodeInfo, rows: list[str]) -> str:
    """The page of a refusal; what the gate fills in is in capitals."""
    from pmlint.gate.refusal import filled

    ways = [f"Way out: {filled(info.help, {'release': info.release})}", ""]
    if info.of_condition:
        ways += [f"Of a restart condition: {filled(info.of_condition, {})}", ""]
    compared = ["What is compared:", "", *rows, ""] if rows else []
    refused = "the gate refuses, exit code 1"
    level = "exit code 2, the change is not judged" if info.unjudged else refused
    lines = [info.says, "", *ways, *compared, f"Level: {level}.", ""]
    return "\n".join([*lines, "Waive: it can't be waived."])


GROUPS = ("shape", "links", "time", "evidence", "answers", "words", "runs", "gate")
"""The groups of codes, in the order in which somebody meets them."""
_GROUPED = {
    "links": "copied-action dangling-link duplicate-id filename-id foreign-name repeat-failure "
    "unknown-control unknown-person unknown-repository unknown-taxonomy unowned-route",
    "time": "bound-in-words clock-missing clock-order clock-suggested future-date overdue-action "
    "restart-clock slow-containment unsupported-clock",
    "evidence": "evidence-contradiction evidence-digest evidence-missing evidence-promise "
    "done-without-proof unproven-condition",
    "shape": "syntax schema configuration placeholder empty-section summary-missing "
    "findings-missing controls-missing path-missing timeline-missing routes-missing "
    "cut-by-comment invalid-waiver unused-waiver",
    "gate": "closed-while-open drill-overdue drill-too-slow early-signoff no-kill-switch "
    "restart-with-open-actions running-with-open-actions stage-exceeded stage-order "
    "stage-unmeasured staged-restart",
}
_GROUP_OF = {name: group for group, names in _GROUPED.items() for name in names.split()}


def group_of(code: str) -> str:
    """The group of a code: a rule about prose is about words, a policy about answers."""
    from pmlint.gate.transitions import transitions
    from pmlint.rules import RULES
    from pmlint.runs.pages import RUN_CODES

    if code in _GROUP_OF:
        return _GROUP_OF[code]
    if code in transitions().codes:
        return "gate"
    if code in RUN_CODES:
        return "runs"
    # By where the rule lies, so a new rule about words needs no entry here.
    module = next((rule.check.__module__ for rule in RULES if rule.id == code), "")
    return "words" if ".prose." in module else "answers"
