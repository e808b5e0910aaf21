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
