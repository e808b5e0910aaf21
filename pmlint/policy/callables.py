"""The functions of policies as engines call them: by name, with a bound on what they read."""

from __future__ import annotations

from collections.abc import Callable

from pmlint.policy.functions import CONVERSIONS, FUNCTIONS

PREFIX = "pmlint_"
"""Before the name of a conversion, which no policy can write: its functions are a closed list."""
READ = 300_000
"""The most characters that functions read in one evaluation: a policy may call them again and
again.
"""


class ReadBudget:
    """The characters that functions may still read."""

    def __init__(self) -> None:
        self._left = READ

    def renew(self) -> None:
        """Begin an evaluation."""
        self._left = READ

    @property
    def is_spent(self) -> bool:
        """Whether too much was read since the evaluation began."""
        return self._left < 0

    def spend(self, argument: object) -> None:
        """Count an argument. Raises `ValueError` where too much is read."""
        if isinstance(argument, str):
            self._left -= len(argument)
            if self.is_spent:
                raise ValueError(f"the functions read more than {READ:,} characters")


BUDGET = ReadBudget()
"""One for the process: an evaluation ends before the next begins."""


def python_functions() -> dict[str, Callable[..., object]]:
    """Each function under the name by which expressions call it."""
    found = {name: _counted(function.call) for name, function in FUNCTIONS.items()}
    return found | {
        f"{PREFIX}{name}": _counted(function.call) for name, function in CONVERSIONS.items()
    }


def _counted(call: Callable[..., object]) -> Callable[..., object]:
    def counted(*arguments: object) -> object:
        # Counted before the call, because nothing stops a function that has begun to read.
        for argument in arguments:
            BUDGET.spend(argument)
        return call(*arguments)

    return counted
