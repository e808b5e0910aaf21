"""``pmlint completion``: the script that completes commands in a shell, and what it offers.

A key press must not wait: ids come from names of files where they can. Nothing is ever written to
the standard error, where it would land in the line that somebody is typing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import click
from click.shell_completion import CompletionItem

from pmlint.cli.project import Project, find
from pmlint.errors import UsageError
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed
from pmlint.project.days import today
from pmlint.project.files import postmortem_files
from pmlint.project.ids import id_of_file

SHELLS = ("bash", "zsh", "fish")
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Offered = Iterable[tuple[str, str]]
"""Values with what is said of them."""
EXAMPLES = """
\b
Examples:
  eval "$(pmlint completion bash)"                                in ~/.bashrc
  eval "$(pmlint completion zsh)"                                 in ~/.zshrc
  pmlint completion fish > ~/.config/fish/completions/pmlint.fish
"""


@click.command("completion", epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    It completes verbs, options and their values, files, ids, routes, handles, branches and rules.
    """
    from pmlint.cli.shell_scripts import script

    click.echo(script(shell), nl=False)


def _completer(offer: Callable[[Project, click.Context], Offered]) -> Completer:
    """A completer of click from pairs of value and help; a broken repository completes nothing and
    says nothing.
    """

    def complete(
        context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        # --select takes several ids with commas, and the shell knows one word.
        before, comma, last = incomplete.rpartition(",")
        try:
            pairs = list(offer(find(), context))
        except (UsageError, Malformed, OSError):
            return []
        return [
            CompletionItem(before + comma + name, help=terminal(help))
            for name, help in pairs
            if _offered(name) and name.startswith(last)
        ]

    return complete


def _offered(name: str) -> bool:
    """Whether a shell takes it as one word: a file that anybody may have written must not complete
    to a command.
    """
    return re.fullmatch(r"[\w.@/-]+", name) is not None


def paths(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Leave it to the shell to complete names of files."""
    return [CompletionItem(incomplete, type="file")]


def _routes(project: Project, context: click.Context) -> Offered:
    from pmlint.project.registry import read_routes

    # Read, not taken from names of files: a mapped route has no file of its own.
    routes = read_routes(project.tree, project.settings).routes
    return sorted({route.id: route.state for route in routes}.items())


def _rules(project: Project, context: click.Context) -> Offered:
    from pmlint.cli.codes import code_pages

    return ((name, page.title) for name, page in code_pages(project, today(None).day).items())


def _postmortems(project: Project, context: click.Context) -> Offered:
    """By the names of the files, which begin with the ids: reading them all would take too long for
    a key press.
    """
    for entry in postmortem_files(project.tree, project.settings):
        name = entry.path.rpartition("/")[2].removesuffix(".md")
        found = id_of_file(entry.path, project.settings.ids)
        yield found, name.removeprefix(found).strip("-").replace("-", " ")


def _records(project: Project, context: click.Context) -> Offered:
    # The other verbs with a record write postmortems only.
    if context.info_name != "amend":
        return _postmortems(project, context)
    others = [*_routes(project, context), ("configuration", project.settings.file)]
    return [*_postmortems(project, context), *others]


def _subjects(project: Project, context: click.Context, *kinds: str) -> Iterator[tuple[str, str]]:
    """What is inside the postmortem that the line names before."""
    from pmlint.edit.record import find_postmortem

    found = find_postmortem(project.tree, project.settings, str(context.params.get("record")))
    if "action" in kinds:
        yield from ((action.id, f"{action.status}: {action.title}") for action in found.actions)
    if "condition" in kinds:
        yield from ((one.id, one.text) for one in found.restart.conditions)


def _moves(project: Project, context: click.Context) -> Offered:
    """Statuses and actions; behind an action its own statuses."""
    from pmlint.cli.move import STATES, STATUSES

    # What stands before the cursor is parsed already: an action is there, so its status is next.
    if context.params.get("target"):
        return ((state, "") for state in STATES)
    statuses = [(status, "") for status in STATUSES]
    return [*statuses, *_subjects(project, context, "action")]


def _handles(project: Project, context: click.Context) -> Offered:
    from pmlint.edit.record import known_people

    people = known_people(project.tree, project.settings)
    return ((person.handle, person.name) for person in (people.all if people else ()))


def _revisions(project: Project, context: click.Context) -> Offered:
    """Branches, remote branches and tags."""
    from pmlint.cli.project import below
    from pmlint.git import Repository

    with Repository(project.root, below(project.root)) as repository:
        names = repository.refs.names()
    return [("HEAD", ""), *((name, "") for name in names)]


def _closed_list(name: str) -> Completer:
    def offer(project: Project, context: click.Context) -> Offered:
        from pmlint.model.vocabulary import STRENGTH

        values = {"layer": tuple(STRENGTH), "severity": project.settings.severity_words}
        return ((value, "") for value in values[name])

    return _completer(offer)


route_ids = _completer(_routes)
"""Completes ids of routes."""
rule_ids = _completer(_rules)
"""Completes ids of rules and codes, also the last of several with commas between them."""
postmortem_ids = _completer(_postmortems)
"""Completes ids of postmortems."""
handles = _completer(_handles)
"""Completes handles of the people file."""
revisions = _completer(_revisions)
"""Completes branches and tags."""

OFFERS: dict[str, Completer] = {
    "action": _completer(lambda project, context: _subjects(project, context, "action")),
    "condition": _completer(lambda project, context: _subjects(project, context, "condition")),
    "subject": _completer(
        lambda project, context: _subjects(project, context, "action", "condition")
    ),
    "target": _completer(_moves),
    "record": _completer(_records),
    "postmortem": postmortem_ids,
    "route": route_ids,
    "routes": route_ids,
    "name": rule_ids,
    "select": rule_ids,
    "ignore": rule_ids,
    "layer": _closed_list("layer"),
    "severity": _closed_list("severity"),
    **dict.fromkeys(("approved_by", "author", "by", "handle", "owner", "verified_by"), handles),
    **dict.fromkeys(("base", "branch", "head", "revision", "since"), revisions),
    **dict.fromkeys(
        (
            "approvals",
            "budgets",
            "file",
            "files",
            "folder",
            "from_issue",
            "keep",
            "key",
            "ledger",
            "output_file",
            "paths",
            "policies",
            "proof",
            "replays",
            "repo",
            "settings",
            "stdin_filename",
        ),
        paths,
    ),
}
"""What a parameter offers, by its name in the code: a verb that calls it the same gets the same."""
