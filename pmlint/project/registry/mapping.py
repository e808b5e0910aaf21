"""From an entry of a platform's file to a route, as its source says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from pmlint.model import RestartFlag, Route
from pmlint.model.mapped import MappedField, RouteEntry
from pmlint.parsing.source import Malformed
from pmlint.parsing.values import MISSING, Ambiguous, shown
from pmlint.project.registry.reader import ForeignDocument, ForeignFile
from pmlint.project.selector import (
    ALL,
    NAMES,
    Expression,
    Selected,
    Step,
    Steps,
    Subject,
    compile_expression,
    compile_path,
    constant,
)
from pmlint.project.settings import FieldSetting, FlagSetting, RegistrySource

_NOTHING: Mapping[str, object] = MappingProxyType({})
_TAG = re.compile(r"(?:@[A-Za-z0-9:+.-]+|:[A-Za-z0-9_.-]+)+$")


class CompiledFlag(NamedTuple):
    """A restart flag of a source, ready to be asked."""

    setting: FlagSetting
    test: Expression


class CompiledField(NamedTuple):
    """A path of ``trust`` or ``guards``, ready to be followed."""

    setting: FieldSetting
    steps: Steps


class CompiledSource(NamedTuple):
    """A source with its paths and expressions compiled."""

    source: RegistrySource
    each: Steps
    where: Expression | None
    flags: tuple[CompiledFlag, ...]
    trust: tuple[CompiledField, ...]
    guards: tuple[CompiledField, ...]

    @property
    def name(self) -> str:
        """What tells this source from the others, in base and merge result alike."""
        return f"{','.join(self.source.files)} {self.source.each} {self.source.where}".strip()

    def named_steps(self) -> Iterator[Steps]:
        """Every path that the source names below an entry."""
        source = self.source
        for text in (source.id, source.owner, source.target, source.postmortems, source.slo):
            if text and constant(text) is None:
                yield compile_path(text)
        yield from (flag.test.steps for flag in self.flags)
        yield from (field.steps for field in (*self.trust, *self.guards))


def compile_source(source: RegistrySource) -> CompiledSource:
    """Compile a source. Raises `SelectorError` for a path or an expression that is not one."""

    def fields(settings: tuple[FieldSetting, ...]) -> tuple[CompiledField, ...]:
        return tuple(CompiledField(setting, compile_path(setting.path)) for setting in settings)

    for text in (source.id, source.owner, source.target, source.postmortems, source.slo):
        if text and constant(text) is None:
            compile_path(text)
    return CompiledSource(
        source,
        compile_path(source.each) if source.each else (),
        compile_expression(source.where) if source.where else None,
        tuple(
            CompiledFlag(setting, compile_expression(setting.flag))
            for setting in source.restart_flags
        ),
        fields(source.trust),
        fields(source.guards),
    )


def entries(compiled: CompiledSource, file: str, document: ForeignDocument) -> Iterator[Subject]:
    """The entries of a document: elements of ``each``, or the document itself."""
    *folders, name = file.split("/")
    known = {
        "$file": file,
        # Up to the first dot: 'mail.prod.yaml' and 'mail.yaml' are one route.
        "$stem": name.partition(".")[0] or name,
        "$folder": folders[-1] if folders else "",
    }
    whole = Subject(document.data, document.at, known)
    for found in whole.select(compiled.each):
        # An entry that 'each' finds in no document is a finding of `pmlint.project.named`.
        if found.value is not MISSING:
            key = str(found.at[-1]) if found.at != document.at else ""
            yield Subject(found.value, found.at, {**known, "$key": key})


def is_meant(compiled: CompiledSource, subject: Subject) -> bool:
    """Whether an entry is one of the source's: ``where`` holds, or can't be judged."""
    return compiled.where is None or compiled.where.holds(subject)


def route_of(
    compiled: CompiledSource, subject: Subject, file: str, foreign: ForeignFile
) -> tuple[Route, list[Malformed]]:
    """The route of an entry, and what is wrong with its mapped fields."""
    source = compiled.source
    entry = EntryReader(subject, foreign)
    trusted, guarded = entry.fields(compiled.trust), entry.fields(compiled.guards)
    links, slo = entry.links(source.postmortems), entry.promise(source.slo)
    places = {
        field: subject.value(compile_path(text)).at
        for field, text in (
            ("id", source.id),
            ("owner", source.owner),
            ("postmortems", source.postmortems),
            ("slo", source.slo),
        )
        if text and constant(text) is None
    }
    route = Route(
        id=entry.text(source.id),
        file=file,
        at=subject.at,
        owner=entry.text(source.owner),
        flags=tuple(entry.flags(compiled)),
        postmortems=links,
        trust={field.name: field.value for field in trusted if field.value is not MISSING},
        fields=places,
        mapped=True,
        trusted=trusted,
        guarded=guarded,
        target=_target(source, subject),
        slo=slo,
        entry=RouteEntry(compiled.name, subject.data, _others(compiled, subject.data)),
    )
    return route, entry.problems


class EntryReader:
    """Reads the mapped fields of one entry, and keeps what is wrong with them in ``problems``."""

    def __init__(self, subject: Subject, foreign: ForeignFile) -> None:
        self._subject = subject
        self._foreign = foreign
        self.problems: list[Malformed] = []

    def text(self, path: str) -> str:
        """A field that must be a text, or a constant; empty where it is not there or not mapped."""
        known = constant(path) if path else ""
        if known is not None:
            return known
        steps = compile_path(path)
        # Names of the entry are not in the file, so nothing in it can be wrong with them.
        if len(steps) == 1 and steps[0] in NAMES:
            value = self._subject.value(steps).value
            return str(value) if value is not MISSING else ""
        found = self._value(path)
        if found.value is None or isinstance(found.value, str):
            return found.value or ""
        self._wrong(path, found, "a text", "put it in quotes")
        return ""

    def fields(self, fields: tuple[CompiledField, ...]) -> tuple[MappedField, ...]:
        """The fields of ``trust`` or ``guards``, missing ones among them."""
        found: list[MappedField] = []
        for field in fields:
            selected = self._subject.value(field.steps)
            self.problems += _unclear_parts(selected, self._subject, field.steps, self._foreign)
            setting = field.setting
            found.append(MappedField(setting.path, selected.value, selected.at, setting.order))
        return tuple(found)

    def flags(self, compiled: CompiledSource) -> Iterator[RestartFlag]:
        """The restart flags, each up, down or unclear."""
        for setting, test in compiled.flags:
            judged = test.judge(self._subject, setting.absent)
            if not test.is_presence:
                for one in self._subject.select(test.steps):
                    self.problems += self._foreign.flaws_of(one.at, one.value)
            yield RestartFlag(
                test.text,
                judged.state != "down",
                judged.at,
                judged.why if judged.state == "unclear" else "",
                judged.value,
                tuple(_twins(self._subject, test.steps)),
            )

    def links(self, path: str) -> tuple[str, ...]:
        """The linked postmortems: a list of texts, or one text with commas, as labels hold it."""
        found = self._value(path)
        listed = found.value
        # Labels and annotations of Kubernetes hold texts alone.
        if isinstance(listed, str):
            listed = [part.strip() for part in listed.split(",") if part.strip()]
        if isinstance(listed, list) and all(isinstance(link, str) for link in listed):
            return tuple(listed)
        if listed is not None:
            self._wrong(path, found, "a list of ids", "write a list of ids of postmortems")
        return ()

    def promise(self, path: str) -> Mapping[str, object]:
        """What the route promises: a table as a file of ours has it (docs/spec/due.md)."""
        found = self._value(path)
        if isinstance(found.value, dict):
            return MappingProxyType(found.value)
        if found.value is not None:
            shape = "a table with objective, window, rescues"
            self._wrong(path, found, shape, "write {objective: 0.99, window: 30d}")
        return _NOTHING

    def _value(self, path: str) -> Selected:
        """The value of a path; None where nothing is mapped, or nothing is there."""
        if not path:
            return Selected(None, self._subject.at)
        found = self._subject.value(compile_path(path))
        if found.value is MISSING or found.value is None:
            return found._replace(value=None)
        self.problems += self._foreign.flaws_of(found.at, found.value)
        return found

    def _wrong(self, path: str, found: Selected, shape: str, help: str) -> None:
        words = f"'{path}' is {shown(found.value)}, not {shape}"
        self.problems.append(Malformed(words, self._foreign.locate(found.at), help=help))


def _unclear_parts(
    selected: Selected, subject: Subject, steps: Steps, foreign: ForeignFile
) -> Iterator[Malformed]:
    """What has no one meaning in a mapped field: a restart is decided by comparing it."""
    for one in subject.select(steps):
        yield from foreign.flaws_of(one.at, one.value)
        for value, at in _scalars(one):
            if isinstance(value, Ambiguous):
                yield Malformed(value.why, foreign.locate(at), help="put it in quotes")


def _scalars(selected: Selected) -> Iterator[Selected]:
    pending = [selected]
    while pending:
        value, at = pending.pop()
        if isinstance(value, dict):
            pending += [Selected(item, at / name) for name, item in value.items()]
        elif isinstance(value, list):
            pending += [Selected(item, at / number) for number, item in enumerate(value)]
        else:
            yield Selected(value, at)


def _twins(subject: Subject, steps: Steps) -> Iterator[str]:
    """Keys beside a mapped one that differ from it only in case: one of two readers takes them."""
    # Helm and Go fold case when they decode, YAML readers do not.
    if not steps or not isinstance(steps[-1], str) or ALL in steps:
        return
    above = subject.select(steps[:-1])[0].value
    for key in above if isinstance(above, dict) else ():
        if key != steps[-1] and key.casefold() == steps[-1].casefold():
            yield key


def _target(source: RegistrySource, subject: Subject) -> str:
    """What runs, without its tag or digest."""
    if not source.target:
        return ""
    value = subject.value(compile_path(source.target)).value
    if value is MISSING or value is None:
        return ""
    # A newer tag of the same image is the same agent; another image is another one.
    return _TAG.sub("", value) if isinstance(value, str) else shown(value, 10_000)


def _others(compiled: CompiledSource, data: object) -> object:
    """An entry without what its source names."""
    for steps in compiled.named_steps():
        data = _without(data, steps)
    return data


def _without(data: object, steps: Steps) -> object:
    if not steps:
        return data
    step, rest = steps[0], steps[1:]
    if isinstance(data, dict):
        return {
            name: _without(item, rest) if rest and _is_at(step, name) else item
            for name, item in data.items()
            if rest or not _is_at(step, name)
        }
    if isinstance(data, list):
        return [
            _without(item, rest) if rest and _is_at(step, number) else item
            for number, item in enumerate(data)
            if rest or not _is_at(step, number)
        ]
    return data


def _is_at(step: Step, key: str | int) -> bool:
    return step is ALL or step == key or (isinstance(key, str) and str(step) == key)
