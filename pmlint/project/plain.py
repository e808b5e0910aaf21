"""Settings as plain data, and what an element of a list is called (docs/spec/gate.md, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pmlint.finding import Level

_NAMES = (
    *("id", "handle", "text", "event", "statement", "title", "rule", "flag", "control"),
    *("absent", "path", "name", "repository", "sha256", "on"),
)


def plain(value: Any) -> Any:
    """A setting as mappings, lists and scalars; what is empty is absent."""
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Level):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value] or None
    return None if value == "" else value


def element_name(value: object) -> object:
    """What an element is named by: the first of its texts that names it, else the whole of it."""
    if isinstance(value, Mapping):
        texts = (value.get(name) for name in _NAMES)
        return next((text for text in texts if isinstance(text, str)), value)
    return value


def element_names(value: Mapping[str, object]) -> tuple[object, ...]:
    """Every text by which an amendment may name an element."""
    return tuple(value[name] for name in _NAMES if isinstance(value.get(name), str))
