"""The setting ``registry``: the sources that map routes in files of other platforms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pmlint.errors import UsageError
from pmlint.place import Path, Span
from pmlint.project.configuration_file import ConfigurationFile, frozen
from pmlint.project.selector import (
    SelectorError,
    compile_expression,
    compile_path,
    compile_single,
    constant,
)
from pmlint.project.settings import FieldSetting, FlagSetting, RegistrySource

_Part = TypeVar("_Part")


def read_sources_setting(
    configuration: ConfigurationFile, value: list[dict[str, Any]]
) -> tuple[RegistrySource, ...]:
    """The sources of ``registry``. Raises `UsageError` for a path that does not compile."""
    for number, entry in enumerate(value):
        for at, text, compile_text in _selectors(Path(("registry", number)), entry):
            try:
                compile_text(text)
            except SelectorError as error:
                span = configuration.locate(at)
                # The text begins behind its quote.
                column = span.column + 1 + error.column
                place = Span(span.row, column, span.row, column + 1)
                raise UsageError(
                    error.message, file=configuration.file, span=place, help=error.help
                ) from None
        for at, message, help in _contradictions(Path(("registry", number)), entry):
            raise configuration.refuse(message, at, help)
    return tuple(map(registry_source, value))


def _contradictions(at: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """What a source says against itself: where, what, and what to do."""
    flags = [
        item if isinstance(item, str) else item["flag"] for item in entry.get("restart_flags", ())
    ]
    for number, flag in enumerate(flags):
        if f"!{flag}" in flags:
            message = f"'{flag}' and '!{flag}' are never both down"
            yield at / "restart_flags" / number, message, "keep the one that lets the route run"
    for name in ("trust", "guards"):
        for number, field in enumerate(entry.get(name, ())):
            order = field.get("order", ()) if isinstance(field, dict) else ()
            twice = next((text for text in order if order.count(text) > 1), None)
            if twice is not None:
                place = at / name / number / "order"
                yield place, f"'{twice}' is twice in the order", "keep one of them"


def _selectors(
    at: Path, entry: Mapping[str, Any]
) -> Iterator[tuple[Path, str, Callable[[str], object]]]:
    """Every path and expression of a source, with its place and what compiles it."""
    for name in ("each", "id", "owner", "target", "postmortems", "slo"):
        if entry.get(name) and constant(entry[name]) is None:
            yield at / name, entry[name], compile_path if name == "each" else compile_single
    if entry.get("where"):
        yield at / "where", entry["where"], compile_expression
    for name, inner, compile_text in (
        ("restart_flags", "flag", compile_expression),
        ("trust", "path", compile_path),
        ("guards", "path", compile_path),
    ):
        for number, item in enumerate(entry.get(name, ())):
            place = at / name / number
            if isinstance(item, str):
                yield place, item, compile_text
            else:
                yield place / inner, item[inner], compile_text


def registry_source(entry: Mapping[str, Any]) -> RegistrySource:
    """A source from its table, which the schema has passed."""
    parts = frozen(entry)
    for name in ("files", "exclude"):
        if name in entry:
            listed = entry[name] if isinstance(entry[name], list) else [entry[name]]
            # Shells complete './deploy', trees name 'deploy'.
            parts[name] = tuple(text.removeprefix("./") for text in listed)
    parts["restart_flags"] = _parts(entry.get("restart_flags", ()), FlagSetting)
    parts["trust"] = _parts(entry.get("trust", ()), FieldSetting)
    parts["guards"] = _parts(entry.get("guards", ()), FieldSetting)
    return RegistrySource(**parts)


def _parts(listed: Iterable[Any], kind: Callable[..., _Part]) -> tuple[_Part, ...]:
    """Entries that are a text, or a table whose first field is that text."""
    return tuple(
        kind(entry) if isinstance(entry, str) else kind(**frozen(entry)) for entry in listed
    )
