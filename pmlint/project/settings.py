"""The configuration: ``[tool.pmlint]`` of `pyproject.toml`, or `pmlint.toml`, as
`schema/config.json` describes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any, NamedTuple

from pmlint.errors import UsageError as UsageError
from pmlint.finding import Level
from pmlint.model.dates import parse_date
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span, Where

_EMPTY: Mapping[str, Any] = MappingProxyType({})
_LONG_KEY = r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}"""
NAMES = ("pyproject.toml", "pmlint.toml")


class RegistrySource(NamedTuple):
    """Where routes live in files of another platform (spec/format.md, *Routes that live
    elsewhere*).
    """

    files: str
    id: str
    each: str = ""
    owner: str = ""
    restart_flags: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    postmortems: str = ""


class RuleSettings(NamedTuple):
    """What the configuration says of one rule or policy: its level, or off with a reason."""

    level: Level | None = None
    off: bool = False
    reason: str = ""


class GateSettings(NamedTuple):
    """``[tool.pmlint.gate]``: where approvals come from, whether closing and restarting are always
    two changes, signed routes.
    """

    approvals: str = "recorded"
    two_phase: bool = False
    signed_routes: tuple[str, ...] = ()


class Settings(NamedTuple):
    """All settings, with their defaults.

    Paths are relative to the root; ``file`` is where they were read, empty for the defaults.
    """

    file: str = ""
    postmortems: str = "postmortems"
    routes: str = "routes"
    policies: str = "policies"
    people: str = "people.yaml"
    baseline: str = "pmlint-baseline.json"
    since: date | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_level: Level = Level.ERROR
    max_files: int = 20_000
    """The most postmortems that are read (spec/security.md, budgets)."""
    rules: Mapping[str, RuleSettings] = _EMPTY
    horizon: Mapping[str, int] = MappingProxyType(
        {
            "near-miss": 90,
            "internal-impact": 90,
            "customer-visible-defect": 60,
            "control-breach": 30,
        }
    )
    """The most days from opening to a deadline, by severity."""
    slow_containment_minutes: int = 60
    """From first warning to containment; more needs an action that shortens it."""
    taxonomies: Mapping[str, tuple[str, ...]] = _EMPTY
    words: Mapping[str, Any] = _EMPTY
    registry: tuple[RegistrySource, ...] = ()
    gate: GateSettings = GateSettings()


def load(tree: Tree) -> Settings:
    """The settings of a tree: of its root's `pmlint.toml`, or of ``[tool.pmlint]`` in its
    `pyproject.toml`.

    Raises `UsageError` for both at once, for a file that can't be read, and for anything that
    `schema/config.json` refuses.
    """
    found: list[tuple[str, Source, dict[str, Any]]] = []
    for name in NAMES:
        if tree.entry(name) is None:
            continue
        try:
            source = decode(name, tree.read(name))
            data = _texts(read_toml(source.text))
        except Malformed as error:
            raise UsageError(error.message, file=name, span=error.span, help=error.help) from None
        except (
            ValueError,
            RecursionError,
        ) as error:  # a ValueError: an integer of more digits than Python reads
            raise _toml_error(name, error) from None
        tool = data.get("tool")
        table = (
            data
            if name == "pmlint.toml"
            else tool.get("pmlint")
            if isinstance(tool, dict)
            else None
        )
        if table is not None:
            found.append((name, source, table))
    if len(found) > 1:
        raise UsageError(
            "the configuration stands in two files: pyproject.toml and pmlint.toml",
            help="keep one of them",
        )
    return from_table(*found[0]) if found else Settings()


def read_toml(text: str) -> dict[str, Any]:
    """The data of TOML. Raises `ValueError`, also for a key of very many parts, which the reader
    takes the square of their time for.
    """
    import tomllib

    if re.search(_LONG_KEY, text):
        raise ValueError("a key has more than 64 parts")
    return tomllib.loads(text)


def from_table(file: str, source: Source, table: object) -> Settings:
    """The settings of a configuration's table.

    Raises `UsageError` for anything that `schema/config.json` refuses.
    """
    from pmlint.model.schema import check

    for problem in check("config", table):
        path = problem.at.path if isinstance(problem.at, Where) else problem.at
        raise UsageError(problem.message, file=file, span=_line(source, path), help=problem.help)
    assert isinstance(table, dict)
    values = _frozen(table)
    values["rules"] = MappingProxyType(
        {name: _rule(file, source, name, rule) for name, rule in table.get("rules", {}).items()}
    )
    values["registry"] = tuple(
        RegistrySource(**_frozen(entry)) for entry in table.get("registry", ())
    )
    if "fail_level" in table:
        values["fail_level"] = Level[table["fail_level"].upper()]
    if "since" in table:
        values["since"] = parse_date(str(table["since"]))
    if "horizon" in table:
        values["horizon"] = MappingProxyType({**Settings().horizon, **table["horizon"]})
    if "gate" in table:
        values["gate"] = GateSettings(**_frozen(table["gate"]))
    for name in ("taxonomies", "words"):
        if name in table:
            values[name] = MappingProxyType(table[name])
    return Settings(file=file, **values)


def require_rules(names: Iterable[str], known: Collection[str], file: str = "") -> None:
    """Raise `UsageError` for the first name that is no rule or policy."""
    for name in names:
        if name not in known:
            from pmlint.model.suggestions import nearest

            raise UsageError(
                f"there is no rule '{name}'",
                file=file,
                help=nearest(name, known) or "'pmlint rules' lists them",
            )


def _texts(value: Any) -> Any:
    """A value of TOML with its dates and times as texts, which is how the schema knows them."""
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }


def _rule(file: str, source: Source, name: str, rule: dict[str, str]) -> RuleSettings:
    level = rule.get("level", "")
    if level == "off" and not rule.get("reason", "").strip():
        raise UsageError(
            f"'{name}' is off without a reason",
            file=file,
            span=_line(source, Path(("rules", name))),
            help='add reason = "why", for the next reader',
        )
    return RuleSettings(
        Level[level.upper()] if level in ("error", "warning") else None,
        level == "off",
        rule.get("reason", ""),
    )


def _line(source: Source, path: Path) -> Span:
    """The first line that holds the last name of a path: TOML is read without positions."""
    for step in reversed(path):
        found = re.search(
            rf"^[^#\n]*?(?<![\w-]){re.escape(str(step))}(?![\w-])", source.text, re.MULTILINE
        )
        if isinstance(step, str) and found:
            return source.span(found.end() - len(step), found.end())
    return Span()


def _toml_error(file: str, error: Exception) -> UsageError:
    place = re.search(r" \(at line (\d+), column (\d+)\)", str(error))
    span = Span(int(place[1]), int(place[2]), int(place[1]), int(place[2]) + 1) if place else None
    reason = str(error)[: place.start()] if place else str(error)
    return UsageError(
        f"this is not TOML: {reason[:1].lower()}{reason[1:]}",
        file=file,
        span=span,
        help="check the line",
    )
