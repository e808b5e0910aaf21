"""``pmlint new``: writes a postmortem that is honestly red until a person fills it."""

from __future__ import annotations

import os
import re
from collections import Counter

import click

from pmlint.check.engine import check_tree
from pmlint.cli.completion import route_ids
from pmlint.cli.project import Project, find, today
from pmlint.edit.action import handle
from pmlint.edit.skeleton import TRIGGERS, postmortem, slug
from pmlint.init.identity import email
from pmlint.init.plan import Change, Plan
from pmlint.init.write import write
from pmlint.model import People
from pmlint.model.vocabulary import SEVERITIES
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import INVISIBLE
from pmlint.project.files import folder_for_new, in_folder
from pmlint.project.ids import next_id
from pmlint.project.index import Index
from pmlint.project.patterns import walk
from pmlint.project.people import read_people
from pmlint.project.settings import UsageError

_ID = re.compile(r"([A-Z][A-Z0-9]*)-([0-9]{4})-([0-9]{3,9})(?![0-9])", re.IGNORECASE)
EXAMPLES = """
\b
Examples:
  pmlint new "Refund route paid 23 refunds" --route refund-triage
  pmlint new "Wrong fare quoted" --severity customer-visible-defect --trigger customer-visible-defect
  pmlint new --from-issue issue.md                               from the text of an issue form
  gh issue view 12 --json body -q .body | pmlint new --from-issue -
"""


@click.command("new", epilog=EXAMPLES)
@click.argument("title", required=False, default="")
@click.option(
    "--route",
    "routes",
    multiple=True,
    metavar="ROUTE",
    help="A route that failed.",
    shell_complete=route_ids,
)
@click.option(
    "--author",
    metavar="HANDLE",
    default="",
    help="Who writes the review; found by the mail address that git has.",
)
@click.option("--severity", type=click.Choice(SEVERITIES), help="What it did.")
@click.option("--trigger", type=click.Choice(TRIGGERS), help="Why it is reviewed.")
@click.option(
    "--from-issue",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Fill in the answers of the issue form; '-' reads them.",
)
@click.option("--now", metavar="DATE", help="What day it is.")
def command(
    title: str,
    routes: tuple[str, ...],
    author: str,
    severity: str | None,
    trigger: str | None,
    from_issue: str | None,
    now: str | None,
) -> None:
    """Write a postmortem with the next free id; its placeholders fail the check until a person
    fills them.
    """
    project = find()
    day = today(now, project.settings.timezone)
    told = _answers(from_issue) if from_issue else {}
    said = {
        "title": _line(title),
        "routes": [_line(route) for route in routes],
        "severity": severity,
        "trigger": trigger,
    }
    told |= {name: value for name, value in said.items() if value}
    if who := _author(project, author, read_people(project.tree, project.settings, {}, [])):
        told["authors"] = [who]
    name = _free(project, check_tree(project.tree, project.settings, day).index, day.year)
    end = slug(str(told.get("title", "")))
    folder = folder_for_new(project.settings.postmortems, "postmortems")
    path = in_folder(folder, f"{name}{'-' if end else ''}{end}.md")
    write(project.root, Plan((Change(path, None, postmortem(name, day, told)),), ()))
    click.echo(terminal(f"wrote {path}; 'pmlint check {path}' says what is left to do"))
    if undecided := [field for field in ("severity", "trigger") if field not in told]:
        click.echo(f"decide {' and '.join(undecided)} first: only then the rules are asked")


def _answers(file: str) -> dict[str, object]:
    from pmlint.init.issue_form import read

    with click.open_file(file, "rb") as opened:
        return read(opened.read(), "" if file == "-" else file)


def _line(text: str) -> str:
    """A text on one line. Raises `UsageError` for what a reviewer can't see."""
    if re.search(INVISIBLE, text):
        raise UsageError(f"an invisible character stands in '{text}'", help="type it again")
    return " ".join(text.split())


def _author(project: Project, author: str, people: People | None) -> str:
    """The handle that ``--author`` names, else that of the person with the mail address that git
    has; empty where nobody has it.
    """
    if author:
        return handle(author, people)
    address = email(project.root, os.environ).casefold()
    return next(
        (
            person.handle
            for person in (people.all if people else ())
            if address and person.email.casefold() == address
        ),
        "",
    )


def _free(project: Project, index: Index, year: int) -> str:
    """The id after the highest of this year that is used or spoken of, with the letters that most
    postmortems have.
    """
    ids = [facts.id for facts in index.postmortems]
    letters = Counter(match[1].upper() for name in ids if (match := _ID.match(name))).most_common(1)
    prefix = letters[0][0] if letters else "PM"
    taken = [*ids, *(name for facts in index.postmortems for name in facts.recurrence_of)]
    taken += [name for linked in index.links().values() for name in linked]
    settings = project.settings
    for entry in (*walk(project.tree, settings.postmortems), *project.tree.walk("evidence")):
        taken += entry.path.split("/")
    return next_id(settings.ids, taken, year, prefix)
