"""What a change does to the jobs, pipelines and hooks that run pmlint (docs/spec/gate.md, 9).

Pure functions from two sets of files to `WorkflowChange`; the record ``workflow`` of
transitions.yaml says what frees one.

1. A **unit** is the whole job, hook or script that names pmlint, or that calls a file of the
   repository that does, with what decides whether it runs: triggers, defaults, filters.
2. What is free is folded first: names, time limits, permissions, options that only say where output
   goes, later steps. Versions and digests are taken out and compared by themselves.
3. A unit is compared with the one that is most like it, wherever its file is now. A unit whose
   likeness is nowhere was removed.
4. A file that two readers may read differently (a duplicate key) is compared as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from pmlint.gate.workflows.systems import Files, units_of
from pmlint.gate.workflows.unit import Field, Keys, Pin, PipelineFile, Unit
from pmlint.place import Span


class WorkflowChange(NamedTuple):
    """One thing that a unit demands less, or that is no longer as it was.

    ``file`` and ``span`` are of the merge result, or of the base with ``side``; ``unit`` names what
    changed (``job 'pmlint'``), ``field`` is the row of the table (``job.if``), ``before`` and
    ``after`` are what it holds, None where it is absent.
    """

    file: str
    unit: str
    field: str
    before: object
    after: object
    span: Span = Span()
    side: str = ""

    @property
    def message(self) -> str:
        """What changed, as a sentence without a full stop."""
        if self.field == ".":
            return f"{self.unit}, which runs pmlint, was removed"
        if self.before is None:
            return f"'{self.field}' of {self.unit} was added"
        verb = "was removed" if self.after is None else "was changed"
        return f"'{self.field}' of {self.unit} {verb}"


_FREE_WHEN_REMOVED = re.compile(
    r"on\.[^.]+\..+|job\.needs\[.*|(?:job|job\.steps\[\])\.(?:if|continue-on-error)"
    r"|job\.allow_failure|\(hooks\) .*"
)
_FREE_WHEN_ADDED = re.compile(r"on\.[^.]+|job\.steps\[\]\.with\.sarif")


def workflow_changes(base: Files, merged: Files) -> Iterator[WorkflowChange]:
    """Everything that a change takes from the jobs and hooks that run pmlint, in their order.

    The files are those of `is_watched`, by path.
    """
    before, files = units_of(base)
    now, merged_files = units_of(merged)
    for unit in before:
        pairs = [
            (list(_compared(unit, other, merged_files[other.file])), other)
            for other in now
            if other.system == unit.system and _folder(other) == _folder(unit)
        ]
        if not pairs:
            span = files[unit.file].span(_unit_keys(unit))
            yield WorkflowChange(unit.file, unit.name, ".", unit.name, None, span, "base")
            continue
        found, _ = min(
            pairs,
            key=lambda pair: (len(pair[0]), pair[1].file != unit.file, pair[1].name != unit.name),
        )
        yield from found


def _folder(unit: Unit) -> str:
    """GitHub runs no workflow of ``.forgejo``; Forgejo none of ``.gitea`` where it has its own."""
    return unit.file.partition("/")[0] if unit.system == "GitHub" else ""


def _unit_keys(unit: Unit) -> Keys:
    named = unit.name.partition("'")[2].rstrip("'")
    return ("jobs", named) if unit.system == "GitHub" else (named,)


def _compared(before: Unit, now: Unit, file: PipelineFile) -> Iterator[WorkflowChange]:
    """What a unit lacks of another."""
    yield from _fields_compared(before.fields, now.fields, now, file)
    mine, theirs = ([_key(step) for step in unit.steps] for unit in (before, now))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for what, low, high, first, last in matcher.get_opcodes():
        pairs = min(high - low, last - first)
        for offset in range(pairs):
            steps = before.steps[low + offset], now.steps[first + offset]
            yield from _fields_compared(steps[0], steps[1], now, file)
        for step in before.steps[low + pairs : high] if what != "equal" else ():
            at = next(iter(now.steps[-1].values())).at[:-1] if now.steps else ()
            yield WorkflowChange(
                now.file, now.name, "job.steps[]", _shown(step), None, file.span(at)
            )
        for step in now.steps[first + pairs : last] if what != "equal" else ():
            at = next(iter(step.values())).at
            yield WorkflowChange(
                now.file, now.name, "job.steps[]", None, _shown(step), file.span(at)
            )


def _shown(step: Mapping[str, Field]) -> object:
    """A step as a message shows it: a line of a script, or its fields."""
    fields = {name.rpartition("[]")[2].lstrip("."): field.shown for name, field in step.items()}
    return next(iter(fields.values())) if len(fields) == 1 else fields


def _key(step: Mapping[str, Field]) -> str:
    return json.dumps(
        {name: field.value for name, field in step.items()}, sort_keys=True, default=str
    )


def _fields_compared(
    before: Mapping[str, Field], now: Mapping[str, Field], unit: Unit, file: PipelineFile
) -> Iterator[WorkflowChange]:
    for name in dict.fromkeys((*before, *now)):
        old, new = before.get(name), now.get(name)
        if old is None:
            assert new is not None
            if not _FREE_WHEN_ADDED.fullmatch(name):
                yield WorkflowChange(unit.file, unit.name, name, None, new.shown, file.span(new.at))
        elif new is None:
            # Without `always()` a job is skipped where one that it needs fails, and a skipped one
            # passes.
            runs_anyway = name == "job.if" and re.search(r"(always|cancelled)\(\)", str(old.value))
            if runs_anyway or not _FREE_WHEN_REMOVED.fullmatch(name):
                span = file.span(old.at)
                yield WorkflowChange(unit.file, unit.name, name, old.shown, None, span)
        elif old.value != new.value or not _pins_allow(old.pins, new.pins):
            span = file.span(new.at)
            yield WorkflowChange(unit.file, unit.name, name, old.shown, new.shown, span)


def _pins_allow(before: tuple[Pin, ...], now: tuple[Pin, ...]) -> bool:
    return len(before) == len(now) and all(
        old.allows(new) for old, new in zip(before, now, strict=True)
    )
