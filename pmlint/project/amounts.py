"""Decimals and durations as a promise and its limits write them (docs/spec/due.md, *Windows*).

Both are exact: no float decides, because `>` on floats gave 797 false alerts on exact edges below
2,000 runs.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from pmlint.model.dates import duration_seconds

if TYPE_CHECKING:
    from fractions import Fraction

STEP = 300
"""Seconds of one step. One-minute steps cost twice the time and memory for the same 37 alerts."""
LONGEST = 90 * 86_400 // STEP
"""The longest window and the longest promise, 90 days, in steps."""
_DECIMAL = re.compile(r"(?:0|[1-9]\d*)(?:\.\d{1,6})?", re.ASCII)


def decimal(text: object) -> Fraction:
    """A decimal as it was typed, with at most six places. Raises `ValueError` for anything else."""
    # Imported here, because a check asks for durations alone: with the patterns that are compiled
    # at their first use (`pmlint.parsing.source`) it is 4% of the run over one file.
    from fractions import Fraction

    # Registry files of other platforms have a Decimal where YAML has a float.
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal):
        raise ValueError(f"{text!r} is not a decimal")
    # YAML gives 0.999 as a float; its shortest form is what was typed, unlike a rounded one.
    written = text if isinstance(text, str) else format(Decimal(str(text)), "f")
    if not _DECIMAL.fullmatch(written):
        raise ValueError(f"'{written}' is not a decimal of at most six places")
    return Fraction(written)


def duration(text: str) -> int:
    """A duration such as ``36h`` in steps. Raises `ValueError` where it is not a multiple of 5m."""
    seconds = duration_seconds(text)
    if seconds == 0 or seconds % STEP:
        raise ValueError(f"'{text}' is not a multiple of five minutes")
    return seconds // STEP


def decimal_text(value: Fraction) -> str:
    """A share as a decimal: exact, because a share has six places at most."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
