"""The command line: one file per verb, imported when it is called."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from pmlint import __version__

VERBS = {
    "check": "Check postmortems, routes, people, policies and configuration.",
    "gate": "Judge a change: may it merge?",
    "audit": "Name the changes of a branch that the gate would have refused.",
    "why": "Say whether a route is held, by what, and what would release it.",
    "show": "Print a postmortem as one page for people.",
    "routes": "List the routes: state, open actions, held or free.",
    "actions": "List the open actions, the oldest deadline first.",
    "waivers": "List the waivers, the first to expire first.",
    "rules": "List the rules.",
    "rule": "Explain a rule or any other code.",
    "new": "Create a postmortem skeleton; it fails the check until it is filled in.",
    "move": "Change the status of a postmortem, if the rules of the new status pass.",
    "close": "Record that an action has landed, with its proof.",
    "meet": "Mark a restart condition as met, with proof.",
    "cancel": "Cancel an action, with a reason and an approver.",
    "amend": "Change a field, with the reason and the approver recorded.",
    "signoff": "Sign off the restart of a route.",
    "approve": "Approve a change by signature.",
    "sign": "Sign a statement of budgets or replays, or a ledger.",
    "ledger": "Issue what postmortems here hold in other repositories.",
    "evidence": "Show which runs each route made, by its traces.",
    "runs": "Print one row for each run in files of traces.",
    "due": "Show which routes owe a postmortem, by their runs.",
    "flags": "Write the flags that turn held routes off.",
    "replay": "Play an incident against the repaired route.",
    "fleet": "Judge many repositories, keep their rows, and ask them questions.",
    "report": "Write a static site: what is held, late, or comes back.",
    "export": "Write postmortems, actions, routes and findings as tables.",
    "init": "Set up pmlint in a repository.",
    "import": "Make drafts of old Markdown postmortems.",
    "doctor": "Say whether the gate binds on this forge.",
    "baseline": "Record existing findings so that only new ones are reported.",
    "policy": "Test policies by their own examples.",
    "schema": "Print the JSON Schema of a kind of document.",
    "server": "Serve editors: the language server.",
    "mcp": "Serve agents: tools that check and propose, and write no file.",
    "completion": "Print the completion script for a shell.",
    "demo": "Play an incident, a refused restart, the fix and an allowed restart.",
}


class Verbs(click.Group):
    """The verbs of this installation; the help is known without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        # A verb whose file is missing is not offered: an installation may leave verbs out.
        here = os.path.dirname(__file__)
        return [verb for verb in VERBS if os.path.exists(os.path.join(here, f"{verb}.py"))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        # Imported when it is called: `check` must not pay for what other verbs import
        # (docs/spec/performance.md).
        command: click.Command = import_module(f"pmlint.cli.{cmd_name}").command
        command.context_settings.setdefault(
            "auto_envvar_prefix", "PMLINT"
        )  # PMLINT_NOW, the same for every verb
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            # Imported here, because only a typing error needs it.
            from difflib import get_close_matches

            near = get_close_matches(args[0], known, 1)
            ctx.fail(
                f"there is no command {args[0]!r}"
                + (f"; did you mean '{near[0]}'?" if near else "")
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()  # here, where it can still be said that it fails
        except BrokenPipeError:  # click would leave with exit code 1, as if there were findings
            raise click.exceptions.Exit(2) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, VERBS[verb]) for verb in self.list_commands(ctx)])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="pmlint %(version)s")
def commands() -> None:
    """Postmortems as code for AI agents: a linter, and a gate that keeps a route off until its
    fixes have landed.

    Exit codes: 0 clean or allowed, 1 findings or refused, 2 it could not be judged.
    """


def main() -> None:
    """Run the command line: the one boundary for what goes wrong.

    Never exits 0 when something did.
    """
    from pmlint.cli import process
    from pmlint.errors import UsageError

    # Before the signals are set: a key press that is given up must end at once and say nothing.
    if "_PMLINT_COMPLETE" in os.environ:
        from pmlint.cli.shells import answer

        answer(commands)
        return
    try:
        process.prepare()
        code = commands.main(
            standalone_mode=False
        )  # an exit code where a verb left by `Exit`, else what the verb returned: None
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        # The standard error may be closed or full, and the exit code is what counts then.
        with suppress(OSError):
            error.show()
        sys.exit(2)
    except UsageError as error:
        place = f"{error.file}: " if error.file else ""
        if error.file and error.span:
            place = f"{error.file}:{error.span.row}:{error.span.column}: "
        _say(f"error: {place}{error.message}" + (f"\n  help: {error.help}" if error.help else ""))
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
    except OSError as error:
        _say(f"error: {error.filename or 'the output'}: {(error.strerror or str(error)).lower()}")
    except Exception:
        # Some libraries turn a signal's exception into one of their own.
        if process.interrupted:
            _say("interrupted")
        import traceback

        _say(
            f"error: internal error in pmlint {__version__}; please report it with this traceback\n"
            f"{traceback.format_exc()}"
        )
    finally:
        process.end()
        process.drop_output()


def _say(text: str) -> None:
    from pmlint.parsing.escape import terminal

    with suppress(OSError):  # nobody reads it
        for line in text.split("\n"):
            print(terminal(line), file=sys.stderr)
    sys.exit(2)
