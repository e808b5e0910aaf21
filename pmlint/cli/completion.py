"""``pmlint completion``: the script that completes commands in a shell, and the ids that it offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from pmlint.cli.project import Project, find, today
from pmlint.errors import UsageError
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed
from pmlint.project.files import postmortem_files
from pmlint.project.ids import id_of_file

SHELLS = ("bash", "zsh", "fish")
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
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
    """Print the script that makes SHELL complete verbs, options, routes, rules, postmortems and
    actions.
    """
    from pmlint.cli import commands

    found = get_completion_class(shell)
    assert found is not None
    click.echo(
        ShellComplete.source(found(commands, {}, "pmlint", "_PMLINT_COMPLETE"))
    )  # that of bash would run bash to ask its age


def _completer(offer: Callable[[Project, click.Context], Iterable[tuple[str, str]]]) -> Completer:
    """A completer of click from pairs of value and help; a broken repository completes nothing and
    says nothing.
    """

    def complete(
        context: click.Context, parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
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


def _routes(project: Project, context: click.Context) -> Iterable[tuple[str, str]]:
    from pmlint.project.registry import read_routes

    return sorted(
        (route.id, route.state) for route in read_routes(project.tree, project.settings).routes
    )


def _rules(project: Project, context: click.Context) -> Iterable[tuple[str, str]]:
    from pmlint.check.pages import pages
    from pmlint.policy.folder import load_policies

    known = pages(load_policies(project.tree, project.settings, today(None)))
    return ((name, page.info.title) for name, page in known.items())


def _postmortems(project: Project, context: click.Context) -> Iterable[tuple[str, str]]:
    """By the names of the files, which begin with the ids: reading them all would take too long for
    a key press.
    """
    for entry in postmortem_files(project.tree, project.settings):
        name = entry.path.rpartition("/")[2].removesuffix(".md")
        found = id_of_file(entry.path, project.settings.ids)
        yield found, name.removeprefix(found).strip("-").replace("-", " ")


def _actions(project: Project, context: click.Context) -> Iterable[tuple[str, str]]:
    """The actions that can still be closed or amended, of the postmortem that the line names."""
    from pmlint.edit.action import find_postmortem

    actions = find_postmortem(
        project.tree, project.settings, str(context.params.get("postmortem"))
    ).actions
    return (
        (action.id, action.title)
        for action in actions
        if action.status not in ("done", "cancelled")
    )


route_ids = _completer(_routes)
"""Completes ids of routes."""
rule_ids = _completer(_rules)
"""Completes ids of rules and policies, also the last of several with commas between them."""
postmortem_ids = _completer(_postmortems)
"""Completes ids of postmortems."""
action_ids = _completer(_actions)
"""Completes ids of actions; needs a parameter `postmortem` before it."""
