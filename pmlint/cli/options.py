"""Kinds of option values that more than one verb takes."""

from __future__ import annotations

from typing import Any

import click


class KnownChoice(click.Choice[str]):
    """A choice that names the nearest value for one that does not exist."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.choices:
            return str(value)
        from pmlint.model.suggestions import nearest

        near = nearest(str(value), list(self.choices))
        listed = f"one of {', '.join(self.choices)}"
        self.fail(f"there is no '{value}'; {near or listed}", param, ctx)
