"""The configuration: ``[tool.pmlint]`` of `pyproject.toml`, or `pmlint.toml`, as `schema/config.json` describes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from pmlint.finding import Level
from pmlint.moment import parse_date
from pmlint.place import Path, Span
from pmlint.source import Malformed, Source, decode
from pmlint.tree import Tree

_EMPTY: Mapping[str, Any] = MappingProxyType({})
NAMES = ("pyproject.toml", "pmlint.toml")


class UsageError(Exception):
    """The user's configuration or command is wrong: exit 2, with the place where there is one and what to do."""

    def __init__(self, message: str, *, file: str = "", span: Span | None = None, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.span = span
        self.help = help


@dataclass(frozen=True, slots=True)
class RegistrySource:
    """Where routes live in files of another platform (spec/format.md, *Routes that live elsewhere*)."""

    files: str
    id: str
    each: str = ""
    owner: str = ""
    restart_flags: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    postmortems: str = ""


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What the configuration says of one rule or policy: its level, or off with a reason."""

    level: Level | None = None
    off: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GateSettings:
    """``[tool.pmlint.gate]``: where approvals come from, whether closing and restarting are always two changes, signed routes."""

    approvals: str = "recorded"
    two_phase: bool = False
    signed_routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, with their defaults. Paths are relative to the root; ``file`` is where they were read, empty for the defaults."""

    file: str = ""
    postmortems: str = "postmortems"
    routes: str = "routes"
    policies: str = "policies"
    people: str = "people.yaml"
    baseline: str = ""
    since: date | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_level: Level = Level.ERROR
    max_files: int = 20_000
    rules: Mapping[str, RuleSettings] = field(default_factory=lambda: _EMPTY)
    horizon: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {"near-miss": 90, "internal-impact": 90, "customer-visible-defect": 60, "control-breach": 30}
        )
    )
    """The most days from opening to a deadline, by severity."""
    slow_containment_minutes: int = 60
    """From first warning to containment; more needs an action that shortens it."""
    taxonomies: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _EMPTY)
    words: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    registry: tuple[RegistrySource, ...] = ()
    gate: GateSettings = GateSettings()
    templates: tuple[str, ...] = ()


def load(tree: Tree) -> Settings:
    """The settings of a tree: of its root's `pmlint.toml`, or of ``[tool.pmlint]`` in its `pyproject.toml`.

    Raises `UsageError` for both at once, for a file that can't be read, and for anything that `schema/config.json` refuses.
    """
    found: list[tuple[str, Source, dict[str, Any]]] = []
    for name in NAMES:
        if tree.entry(name) is None:
            continue
        try:
            source = decode(name, tree.read(name))
            data = tomllib.loads(source.text)
        except Malformed as error:
            raise UsageError(error.message, file=name, span=error.span, help=error.help) from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise UsageError(*_toml_error(name, error)) from None
        table = data if name == "pmlint.toml" else data.get("tool", {}).get("pmlint")
        if table is not None:
            found.append((name, source, table))
    if len(found) > 1:
        raise UsageError("the configuration stands in two files: pyproject.toml and pmlint.toml", help="keep one of them")
    return from_table(*found[0]) if found else Settings()
