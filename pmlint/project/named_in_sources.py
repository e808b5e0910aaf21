"""What a registry source names and no mapped file has: a pattern, a path, a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from pmlint.model.suggestions import nearest
from pmlint.parsing.values import MISSING
from pmlint.place import Path
from pmlint.project.patterns import matches
from pmlint.project.registry import SourceMatch
from pmlint.project.registry.readers import reader_for, what_instead
from pmlint.project.selector import Steps, Subject, compile_expression, compile_path, constant
from pmlint.project.settings import RegistrySource

_MOST_PATHS = 2_000
"""Of so many paths of a platform's files the nearest to a misspelt one is sought."""


class NamedNothing(NamedTuple):
    """A setting that names nothing: what is wrong, its place in the configuration, what to do."""

    message: str
    at: Path
    help: str


def named_in_source(number: int, match: SourceMatch) -> Iterator[NamedNothing]:
    """What a registry source names and no file has, at its place in the configuration."""
    source, base = match.source, Path(("registry", number))
    yield from _files(source, base, match)
    # The files that were not read have findings of their own.
    if not match.documents:
        return
    if source.each and not match.entries:
        help = _nearest_path(source.each, match.documents)
        yield NamedNothing(f"no file has '{source.each}'", base / "each", help)
        return
    if not match.meant:
        help = "correct the condition: absent fields are out, and texts are compared literally"
        yield NamedNothing(f"no entry has {source.where}", base / "where", help)
        return
    for at, text, steps in _named_paths(source, base):
        if not any(_is_there(subject, steps) for subject in match.meant):
            help = _nearest_path(text, match.meant, _declared(at, text))
            yield NamedNothing(f"no entry has '{text}'", at, help)


def _declared(at: Path, text: str) -> str:
    """How a path that may come later is written, where the setting can say so."""
    if at[2] == "restart_flags":
        return f', or say what its absence means: {{flag = "{text}", absent = "down"}}'
    if at[2] in ("trust", "guards"):
        return f', or say that it may come later: {{path = "{text}", optional = true}}'
    return ""


def _files(source: RegistrySource, base: Path, match: SourceMatch) -> Iterator[NamedNothing]:
    for number, pattern in enumerate(source.files):
        at = base / "files" / number if len(source.files) > 1 else base / "files"
        found = [file for file in match.files if matches(pattern, file)]
        if not found:
            yield NamedNothing(f"no file matches '{pattern}'", at, "correct the pattern")
        unread = [file for file in found if reader_for(file) is None]
        if unread:
            message = f"'{unread[0]}' is in no format that is read"
            yield NamedNothing(message, at, what_instead(unread[0]))


def _named_paths(source: RegistrySource, base: Path) -> Iterator[tuple[Path, str, Steps]]:
    """Every path of a source that some entry must have, with its place in the configuration."""
    # 'postmortems' and 'slo' come with the first review and the first promise.
    for name, text in (("id", source.id), ("owner", source.owner), ("target", source.target)):
        if text and constant(text) is None and not text.startswith("$"):
            yield base / name, text, compile_path(text)
    for number, flag in enumerate(source.restart_flags):
        test = compile_expression(flag.flag)
        # What absence means was said, so the field may come later.
        if not flag.absent and not test.is_presence:
            yield base / "restart_flags" / number / "flag", flag.flag, test.steps
    for name, fields in (("trust", source.trust), ("guards", source.guards)):
        for number, field in enumerate(fields):
            if not field.optional:
                yield base / name / number / "path", field.path, compile_path(field.path)


def _is_there(subject: Subject, steps: Steps) -> bool:
    return subject.value(steps).value is not MISSING


def _nearest_path(text: str, subjects: Iterable[Subject], declared: str = "") -> str:
    """The path that was meant, of those that the entries have; else what to do about it."""
    found = chain.from_iterable(_paths(subject.data, "") for subject in subjects)
    known = dict.fromkeys(islice(found, _MOST_PATHS))
    shown = "'pmlint check --show-settings' shows entries"
    return nearest(text, known) or f"correct the path{declared}; {shown}"


def _paths(data: object, prefix: str) -> Iterator[str]:
    """The paths below a value as a configuration writes them."""
    if isinstance(data, dict):
        for name, value in data.items():
            path = f"{prefix}.{name}" if prefix else str(name)
            yield path
            if isinstance(value, dict | list):
                yield f"{path}[*]"
            yield from _paths(value, path)
    elif isinstance(data, list):
        # Elements of a list are alike, and one file may hold 200,000 values.
        for value in data[:20]:
            yield from _paths(value, f"{prefix}[*]")
