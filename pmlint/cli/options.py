"""Options, and kinds of their values, that more than one verb takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])


class KnownChoice(click.Choice[str]):
    """A choice that names the nearest value for one that does not exist."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.choices:
            return str(value)
        from pmlint.model.suggestions import nearest

        near = nearest(str(value), list(self.choices))
        listed = f"one of {', '.join(self.choices)}"
        self.fail(f"there is no '{value}'; {near or listed}", param, ctx)


def output_format(formats: Sequence[str]) -> Callable[[_Command], _Command]:
    """The option ``--output-format`` of a verb that prints text unless another format is asked."""
    return click.option(
        "--output-format",
        type=click.Choice(formats),
        default="text",
        # PMLINT_OUTPUT_FORMAT names a format of `check`, which has others.
        allow_from_autoenv=False,
        help="Output format (default: text).",
    )


def evaluation_date(command: _Command) -> _Command:
    """The option ``--now``: the day that deadlines, waivers and clocks are judged on."""
    return click.option("--now", metavar="DATE", help="Date to evaluate against (default: today).")(
        command
    )


def printed_by_a_dash(
    context: click.Context, option: click.Parameter, file: str | None
) -> str | None:
    """The callback of ``-o``: ``-`` is the standard output, in every verb."""
    return None if file == "-" else file


def output_file(command: _Command) -> _Command:
    """The option ``--output-file`` of a verb whose answer a pipeline keeps."""
    return click.option(
        "-o",
        "--output-file",
        metavar="FILE",
        callback=printed_by_a_dash,
        help="Write to this file instead of standard output.",
    )(command)


def organisation_demands(command: _Command) -> _Command:
    """The option ``--policies``: what an organisation demands of a repository from outside it."""
    return click.option(
        "--policies", metavar="DIR", help="Demands of the organisation: org.toml and policies/."
    )(command)


def statements_of_facts(command: _Command) -> _Command:
    """The options ``--budgets`` and ``--replays``: facts that are handed over, because the gate
    looks up none of them itself.
    """
    options = (
        click.option(
            "--budgets",
            metavar="FILE",
            help="Statement of budgets: 'pmlint due --output-format json'.",
        ),
        click.option(
            "--replays", metavar="FILE", help="Statement of replays: 'pmlint replay state'."
        ),
    )
    # The last one first, as decorators apply: help lists them in the order above.
    for option in reversed(options):
        command = option(command)
    return command


def statements(command: _Command) -> _Command:
    """The options of `statements_of_facts`, and ``--ledger`` (as ``ledgers``)."""
    ledger = click.option(
        "--ledger",
        "ledgers",
        metavar="FILE",
        multiple=True,
        help="Signed ledger of another repository: 'pmlint ledger' and 'pmlint sign'.",
    )
    return statements_of_facts(ledger(command))
