"""From the files of a tree to its settings (docs/spec/adopt.md, *Configuration*).

What the file says is either wrong by itself, which is a `UsageError` with its place, or names
something that is not there, which is a finding of `pmlint.project.named`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Problem
from pmlint.model.schema import check
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span, Where
from pmlint.project.configuration_file import (
    ConfigurationFile,
    configuration_files,
    configuration_in,
    parse_configuration,
)
from pmlint.project.setting_values import READERS
from pmlint.project.settings import NAMES, Settings


def load(tree: Tree) -> Settings:
    """The settings of a tree: of its root's `pmlint.toml`, or of ``[tool.pmlint]`` in its
    `pyproject.toml`; the defaults where it has neither.

    Raises `UsageError` for both at once, for a file that can't be read, and for anything that
    `schema/config.json` refuses.
    """
    found = list(configuration_files(tree))
    # Nothing is merged: which of two files counts would be a guess.
    if len(found) > 1:
        raise UsageError(
            "both pyproject.toml and pmlint.toml configure pmlint", help="keep one of them"
        )
    return _settings(found[0]) if found else Settings()


def from_text(file: str, text: bytes) -> Settings:
    """The settings that the text of a configuration file amounts to. Raises as `load` does."""
    document = parse_configuration(file, text)
    configuration = configuration_in(file, document)
    return _settings(configuration) if configuration else Settings()


def locate_setting(tree: Tree, settings: Settings, path: Path | Where) -> Span:
    """Where a setting is in its file: read again, because only what is wrong needs a place."""
    return setting_locator(tree, settings)(path)


def setting_locator(tree: Tree, settings: Settings) -> Callable[[Path | Where], Span]:
    """Where settings are in their file, which is read once, for a caller that asks often."""
    try:
        document = (
            parse_configuration(settings.file, tree.read(settings.file)) if settings.file else None
        )
    except (Malformed, UsageError):  # it changed since it was read
        document = None
    configuration = configuration_in(settings.file, document) if document else None
    return configuration.locate if configuration else lambda path: Span()


def require_rules(tree: Tree, settings: Settings, known: Collection[str]) -> None:
    """Raise `UsageError`, at its line, for the first name that is not a rule or a policy."""
    for at, name in _named_rules(settings):
        if name not in known:
            from pmlint.model.suggestions import nearest

            raise UsageError(
                f"there is no rule '{name}'",
                file=settings.file,
                span=locate_setting(tree, settings, at) if settings.file else None,
                help=nearest(name, known) or "'pmlint rules' lists them",
            )


def _named_rules(settings: Settings) -> Iterator[tuple[Path | Where, str]]:
    for field, names in (("select", settings.select), ("ignore", settings.ignore)):
        for number, name in enumerate(names):
            yield Path((field, number)), name
    for name in settings.rules:
        yield Path(("rules", name)).key, name


def _settings(configuration: ConfigurationFile) -> Settings:
    """The settings of a table. Raises `UsageError` for anything that the schema refuses."""
    table = configuration.table
    for problem in check("config", table):
        raise configuration.refuse(problem.message, problem.at, _help(configuration, problem))
    assert isinstance(table, dict)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    values |= {
        name: read(configuration, table[name]) for name, read in READERS.items() if name in table
    }
    return Settings(file=configuration.file, **values)


def _help(configuration: ConfigurationFile, problem: Problem) -> str:
    """What to do about a setting of the wrong shape, in TOML: help for records is in YAML."""
    # Imported here: only a configuration that is wrong needs the words for it.
    from pmlint.model.remedies import AS_LIST

    at = problem.at.path if isinstance(problem.at, Where) else problem.at
    name = str(at[-1]) if at else ""
    if name in ("tool", "pmlint") and len(at) == 1:
        return f"remove the heading: the settings of {NAMES[1]} have none"
    value = _value_at(configuration.table, at)
    if problem.help == AS_LIST:
        return f"write [[{name}]]"
    if isinstance(value, str) and problem.help == f"write [{value}]":
        return f'write ["{value}"]'
    return problem.help


def _value_at(table: Any, at: Path) -> Any:
    """The value at a path of tables; None below a list, of which no help is put into TOML."""
    for step in at:
        table = table.get(step) if isinstance(table, dict) else None
    return table
