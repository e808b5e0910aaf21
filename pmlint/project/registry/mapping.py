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
from pmlint.place import Path
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
    problems: list[Malformed] = []
    name = _text(source.id, subject, foreign, problems)
    owner = _text(source.owner, subject, foreign, problems) if source.owner else ""
    trusted = _fields(compiled.trust, subject, foreign, problems)
    guarded = _fields(compiled.guards, subject, foreign, problems)
    places = {
        field: subject.value(compile_path(text)).at
        for field, text in (("id", source.id), ("owner", source.owner))
        if text and constant(text) is None
    }
    links, at = _links(source, subject, foreign, problems)
    slo, promised_at = _promise(source, subject, foreign, problems)
    return (
        Route(
            id=name,
            file=file,
            at=subject.at,
            owner=owner,
            flags=tuple(_flags(compiled, subject, foreign, problems)),
            postmortems=links,
            trust={field.name: field.value for field in trusted if field.value is not MISSING},
            fields=places
            | ({"postmortems": at} if source.postmortems else {})
            | ({"slo": promised_at} if source.slo else {}),
            mapped=True,
            trusted=trusted,
            guarded=guarded,
            target=_target(source, subject),
            slo=slo,
            entry=RouteEntry(compiled.name, subject.data, _others(compiled, subject.data)),
        ),
        problems,
    )


def _text(path: str, subject: Subject, foreign: ForeignFile, problems: list[Malformed]) -> str:
    """A field that must be a text, or a constant; empty where it is not there."""
    known = constant(path)
    if known is not None:
        return known
    steps = compile_path(path)
    found = subject.value(steps)
    # Names of the entry are not in the file, so nothing in it can be wrong with them.
    if len(steps) == 1 and steps[0] in NAMES:
        return str(found.value) if found.value is not MISSING else ""
    if found.value is MISSING or found.value is None:
        return ""
    problems += foreign.flaws_of(found.at, found.value)
    if isinstance(found.value, str):
        return found.value
    problems.append(
        Malformed(
            f"'{path}' is {shown(found.value)}, not a text",
            foreign.locate(found.at),
            help="put it in quotes",
        )
    )
    return ""


def _fields(
    fields: tuple[CompiledField, ...],
    subject: Subject,
    foreign: ForeignFile,
    problems: list[Malformed],
) -> tuple[MappedField, ...]:
    found: list[MappedField] = []
    for field in fields:
        selected = subject.value(field.steps)
        problems += _unclear_parts(selected, subject, field.steps, foreign)
        setting = field.setting
        found.append(MappedField(setting.path, selected.value, selected.at, setting.order))
    return tuple(found)


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


def _flags(
    compiled: CompiledSource,
    subject: Subject,
    foreign: ForeignFile,
    problems: list[Malformed],
) -> Iterator[RestartFlag]:
    for setting, test in compiled.flags:
        judged = test.judge(subject, setting.absent)
        if not test.is_presence:
            for one in subject.select(test.steps):
                problems += foreign.flaws_of(one.at, one.value)
        yield RestartFlag(
            test.text,
            judged.state != "down",
            judged.at,
            judged.why if judged.state == "unclear" else "",
            judged.value,
            tuple(_twins(subject, test.steps)),
        )


def _twins(subject: Subject, steps: Steps) -> Iterator[str]:
    """Keys beside a mapped one that differ from it only in case: one of two readers takes them."""
    # Helm and Go fold case when they decode, YAML readers do not.
    if not steps or not isinstance(steps[-1], str) or ALL in steps:
        return
    above = subject.select(steps[:-1])[0].value
    for key in above if isinstance(above, dict) else ():
        if key != steps[-1] and key.casefold() == steps[-1].casefold():
            yield key


def _links(
    source: RegistrySource, subject: Subject, foreign: ForeignFile, problems: list[Malformed]
) -> tuple[tuple[str, ...], Path]:
    """The linked postmortems: a list of texts, or one text with commas, as labels hold it."""
    if not source.postmortems:
        return (), subject.at
    found = subject.value(compile_path(source.postmortems))
    if found.value is MISSING or found.value is None:
        return (), found.at
    problems += foreign.flaws_of(found.at, found.value)
    listed = found.value
    # Labels and annotations of Kubernetes hold texts alone.
    if isinstance(listed, str):
        listed = [part.strip() for part in listed.split(",") if part.strip()]
    if isinstance(listed, list) and all(isinstance(link, str) for link in listed):
        return tuple(listed), found.at
    problems.append(
        Malformed(
            f"'{source.postmortems}' is {shown(found.value)}, not a list of ids",
            foreign.locate(found.at),
            help="write a list of ids of postmortems",
        )
    )
    return (), found.at


def _promise(
    source: RegistrySource, subject: Subject, foreign: ForeignFile, problems: list[Malformed]
) -> tuple[Mapping[str, object], Path]:
    """What the route promises: a table as a file of ours has it (docs/spec/due.md)."""
    if not source.slo:
        return _NOTHING, subject.at
    found = subject.value(compile_path(source.slo))
    if found.value is MISSING or found.value is None:
        return _NOTHING, found.at
    problems += foreign.flaws_of(found.at, found.value)
    if isinstance(found.value, dict):
        return MappingProxyType(found.value), found.at
    problems.append(
        Malformed(
            f"'{source.slo}' is {shown(found.value)}, not a table with objective, window, rescues",
            foreign.locate(found.at),
            help="write {objective: 0.99, window: 30d}",
        )
    )
    return _NOTHING, found.at


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
