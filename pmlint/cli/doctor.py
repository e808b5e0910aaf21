"""``pmlint doctor``: what `check` can't see, whether the gate binds."""

from __future__ import annotations

import json
import sys
from collections import Counter

import click

from pmlint.cli.project import find, page, require_files
from pmlint.errors import UsageError
from pmlint.parsing.escape import terminal

EXAMPLES = """
\b
Examples:
  pmlint doctor
  pmlint doctor --settings rules.json   what GitHub answers to
                                        gh api repos/OWNER/NAME/rules/branches/main
  pmlint doctor --settings protected_branches.json --settings project.json
  pmlint doctor --exit-zero             to read it, such as in a job that must not fail
"""
MARKS = {"yes": "ok", "no": "NO", "unknown": "?"}
_MOST_BYTES = 4 << 20


@click.command("doctor", epilog=EXAMPLES)
@click.option(
    "--settings",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="JSON of the forge's API: branch rules or a ruleset of GitHub; protected branches, "
    "project or approvals of GitLab. Several, if it is repeated.",
)
@click.option(
    "--exit-zero", is_flag=True, help="Exit 0 even if something does not hold, or is not known."
)
@click.pass_context
def command(context: click.Context, files: tuple[str, ...], exit_zero: bool) -> None:
    """Say whether the gate binds on this forge: one line a question, with the next step.

    Exit codes: 0 all hold, 1 one does not, or is not known, 2 something cannot be read. Without
    --settings the questions to the forge are not known.
    """
    from pmlint.doctor.files import ask_files, is_asked
    from pmlint.doctor.forge import ask_forge
    from pmlint.doctor.steps import steps_of
    from pmlint.init.ci import find_ci
    from pmlint.output.listing import wrapped

    project = find()
    require_files(project.root, project.settings, is_asked)
    answers = [*ask_files(project.tree, project.settings)]
    read = [_json(file) for file in files]
    for file, data in zip(files, read, strict=True):
        try:
            list(ask_forge([data]))
        except UsageError as error:
            raise UsageError(error.message, file=file, help=error.help) from None
    systems = find_ci(project.tree)
    answers += ask_forge(read, steps_of(systems[0] if systems else ""))
    for answer in answers:
        after = "" if answer.verdict == "yes" else f"; next: {answer.next}"
        line = f"{answer.question}: {answer.fact}{after}"
        # A line a question for scripts; a terminal cuts words where it ends.
        width = page(project.root, "never").width if sys.stdout.isatty() else len(line) + 4
        mark = f"{MARKS[answer.verdict]:<4}"
        click.echo("\n".join(wrapped(terminal(f"{mark}{line}"), width, 0, len(mark))))
    counts = Counter(answer.verdict for answer in answers)
    click.echo(
        f"{counts['yes']} of {len(answers)} hold, {counts['no']} do not, "
        f"{counts['unknown']} are not known"
    )
    # What nobody could ask is no yes: a script that waits for 0 must not pass without an export.
    context.exit(0 if exit_zero or counts["yes"] == len(answers) else 1)


def _json(file: str) -> object:
    """The data of a file. Raises `UsageError` for what is not JSON."""
    with open(file, "rb") as opened:
        data = opened.read(_MOST_BYTES)
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise UsageError(
            "this is not JSON", file=file, help="save the answer of the forge's API as it is"
        ) from None
