"""TOML: numbers as they are written, dates as texts that no flag can be."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from pmlint.parsing.source import Source
from pmlint.parsing.toml import read_toml
from pmlint.parsing.values import Ambiguous
from pmlint.place import Path
from pmlint.project.registry.reader import ForeignDocument, ForeignFile, require_bounds


class TomlReader:
    """``.toml``."""

    endings = (".toml",)

    def read(self, source: Source) -> ForeignFile:
        """The one document of a file. Raises `Malformed`."""
        document = read_toml(source, _number)
        data = _values(document.data)
        require_bounds(source, data)
        return ForeignFile((ForeignDocument(data, Path()),), document.locate, tuple)


def _number(text: str) -> object:
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return Ambiguous(text, "the exponent is too large")
    # TOML has 'nan' and 'inf', of which nobody can say whether they are more.
    return number if number.is_finite() else Ambiguous(text, f"{text} is not a number")


def _values(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _values(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_values(item) for item in value]
    if isinstance(value, date | datetime | time):
        return Ambiguous(value.isoformat(), "a date is neither up nor down")
    return value
