"""``pmlint new``: a skeleton that fails the check until a person fills it in."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import click

from pmlint.check.engine import check_tree
from pmlint.cli.names import require_any_route, require_word
from pmlint.cli.options import evaluation_date
from pmlint.cli.project import Project, find
from pmlint.edit.record import handle, known_people
from pmlint.edit.skeleton import TRIGGERS, postmortem, slug
from pmlint.errors import UsageError
from pmlint.init.identity import email
from pmlint.init.plan import Plan, PlannedChange
from pmlint.init.write import write
from pmlint.model import People
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import INVISIBLE
from pmlint.project.days import today
from pmlint.project.files import folder_for_new, in_folder, is_postmortem_path, shown_folders
from pmlint.project.ids import next_id
from pmlint.project.index import Index
from pmlint.project.patterns import walk

_ID = re.compile(r"([A-Z][A-Z0-9]*)-([0-9]{4})-([0-9]{3,9})(?![0-9])", re.IGNORECASE)
EXAMPLES = """
\b
Examples:
  pmlint new "Refund route paid 23 refunds" --route refund-triage
  pmlint new "Wrong fare quoted" --severity customer-visible-defect --stdout
  pmlint new --from-issue issue.md                               from the text of an issue form
  gh issue view 12 --json title,body,url,createdAt | pmlint new --from-issue -
"""


class NewAnswers(NamedTuple):
    """What the command line says of a new postmortem; texts are empty where it says nothing."""

    title: str
    routes: tuple[str, ...]
    author: str
    severity: str | None
    trigger: str | None
    issue: str


@click.command("new", epilog=EXAMPLES)
@click.argument("title", required=False, default="")
@click.option("--route", "routes", multiple=True, metavar="ROUTE", help="A route that failed.")
@click.option(
    "--author",
    metavar="HANDLE",
    default="",
    help="Who writes the review (default: the known person with git's mail address).",
)
@click.option("--severity", metavar="SEVERITY", help="What it did.")
@click.option("--trigger", type=click.Choice(TRIGGERS), help="Why it is reviewed.")
@click.option(
    "--folder", metavar="DIR", default="", help="Folder of the new file (default: configured)."
)
@click.option(
    "--from-issue",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    default="",
    help="Read an issue: the answers of its form, or a tracker's export; '-': standard input.",
)
@click.option("--stdout", is_flag=True, help="Print the skeleton; write nothing.")
@evaluation_date
def command(
    title: str,
    routes: tuple[str, ...],
    author: str,
    severity: str | None,
    trigger: str | None,
    folder: str,
    from_issue: str,
    stdout: bool,
    now: str | None,
) -> None:
    """Create a postmortem skeleton; it fails the check until it is filled in.

    It has the next free id, and a placeholder for everything that a page needs.
    """
    project = find()
    clock = today(now, project.settings.timezone)
    day = clock.day
    index = check_tree(project.tree, project.settings, clock).repository_index
    told = told_facts(
        project, index, NewAnswers(title, routes, author, severity, trigger, from_issue)
    )
    name = free_id(project, index, day.year)
    text = postmortem(name, day, told, project.settings.severity_words)
    text += str(told.get("body", ""))
    if stdout:
        click.echo(text, nl=False)
        return
    end = slug(str(told.get("title", "")))
    path = in_folder(new_folder(project, folder), f"{name}{'-' if end else ''}{end}.md")
    write(project.root, Plan((PlannedChange(path, None, text),), ()))
    shown = os.path.relpath(os.path.join(project.root, path)).replace(os.sep, "/")
    places = sum(1 for line in text.splitlines() if "TODO" in line)
    click.echo(terminal(f"wrote {shown}"))
    click.echo(terminal(f"next: fill in its {places} places; 'pmlint check {shown}' lists them"))


def told_facts(project: Project, index: Index, asked: NewAnswers) -> dict[str, object]:
    """What is known of the front matter: the answers of the issue, and over them the options.

    Raises `UsageError` for a route or a person that does not exist.
    """
    told = _answers(asked.issue) if asked.issue else {}
    if asked.severity is not None:
        require_word(asked.severity, project.settings.severity_words, "--severity")
    for route in asked.routes:
        require_any_route(_line(route), project, index, "--route")
    said = {
        "title": _line(asked.title),
        "routes": list(asked.routes),
        "severity": asked.severity,
        "trigger": asked.trigger,
    }
    told |= {name: value for name, value in said.items() if value}
    if who := _author(project, asked.author, known_people(project.tree, project.settings)):
        told["authors"] = [who]
    return told


def new_folder(project: Project, asked: str) -> str:
    """The folder that ``--folder`` names, from the current one, else the configured one.

    Raises `UsageError` for one in which a postmortem would not be read.
    """
    if not asked:
        return folder_for_new(project.settings.postmortems, "postmortems")
    path = os.path.relpath(os.path.abspath(asked), project.root).replace(os.sep, "/")
    if not is_postmortem_path(in_folder(path, "PM-2026-001.md"), project.settings):
        folders = shown_folders(project.settings.postmortems)
        raise UsageError(
            f"--folder '{asked}' is not a folder of postmortems",
            help=f"postmortems are in {folders}",
        )
    return path


def _answers(file: str) -> dict[str, object]:
    from pmlint.init.issue_form import read

    with click.open_file(file, "rb") as opened:
        return read(opened.read(), "" if file == "-" else file)


def _line(text: str) -> str:
    """A text on one line. Raises `UsageError` for what a reviewer can't see."""
    if re.search(INVISIBLE, text):
        raise UsageError(f"'{text}' has an invisible character", help="type it again")
    return " ".join(text.split())


def _author(project: Project, author: str, people: People | None) -> str:
    """The handle that ``--author`` names, else that of the person with the mail address that git
    has; empty where nobody has it.
    """
    if author:
        return handle(author, people, "--author")
    address = email(project.root, os.environ).casefold()
    return next(
        (
            person.handle
            for person in (people.all if people else ())
            if address and person.email.casefold() == address
        ),
        "",
    )


def free_id(project: Project, index: Index, year: int, also: Sequence[str] = ()) -> str:
    """The id after the highest of this year that is used or named, also in ``also``, with the
    letters that most postmortems have.
    """
    ids = [facts.id for facts in index.postmortems]
    letters = Counter(match[1].upper() for name in ids if (match := _ID.match(name))).most_common(1)
    prefix = letters[0][0] if letters else "PM"
    taken = [*ids, *also, *(name for facts in index.postmortems for name in facts.recurrence_of)]
    taken += [name for linked in index.links().values() for name in linked]
    settings = project.settings
    for entry in (*walk(project.tree, settings.postmortems), *project.tree.walk("evidence")):
        taken += entry.path.split("/")
    return next_id(settings.ids, taken, year, prefix)
