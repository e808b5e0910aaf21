"""A file of settings: its table, and where each key of it is, which an error about it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.toml import TomlDocument, dates_as_texts, read_toml
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span, Where
from pmlint.project.settings import NAMES


class ConfigurationFile(NamedTuple):
    """A file of settings that could be read: its table, and where the keys of the table are."""

    file: str
    table: object
    locate: Callable[[Path | Where], Span]

    def refuse(self, message: str, path: Path | Where, help: str) -> UsageError:
        """The error about one setting, at its place."""
        return UsageError(message, file=self.file, span=self.locate(path), help=help)


def configuration_files(tree: Tree) -> Iterator[ConfigurationFile]:
    """Every file at the root of a tree that configures pmlint. Raises `UsageError` for one that
    can't be read.
    """
    for name in NAMES:
        if tree.entry(name) is None:
            continue
        try:
            document = parse_configuration(name, tree.read(name))
        except Malformed as error:
            raise UsageError(error.message, file=name, span=error.span, help=error.help) from None
        configuration = configuration_in(name, document)
        if configuration is not None:
            yield configuration


def parse_configuration(file: str, data: bytes) -> TomlDocument:
    """The bytes of a file as TOML. Raises `UsageError`, with its place."""
    try:
        return read_toml(decode(file, data))
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def configuration_in(file: str, document: TomlDocument) -> ConfigurationFile | None:
    """The settings in a file; None where a `pyproject.toml` says nothing of pmlint."""
    if file.rpartition("/")[2] == NAMES[1]:
        return ConfigurationFile(file, dates_as_texts(document.data), document.locate)
    tool = document.data.get("tool")
    if not isinstance(tool, dict) or "pmlint" not in tool:
        return None

    def locate(at: Path | Where) -> Span:
        where = at if isinstance(at, Where) else Where(at)
        below = where._replace(path=Path(("tool", "pmlint", *where.path)))
        return document.locate(below)

    return ConfigurationFile(file, dates_as_texts(tool["pmlint"]), locate)


def frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with its lists as tuples, since settings are never changed."""
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
