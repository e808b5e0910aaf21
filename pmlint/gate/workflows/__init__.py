"""What a change does to the jobs, pipelines and hooks that run pmlint (docs/spec/gate.md, 9).

Pure functions from two sets of files to `WorkflowChange`; the record ``workflow`` of
transitions.yaml says what frees one.

1. A **unit** is the whole job, hook or script that names pmlint, or that calls a file of the
   repository that does, with what decides whether it runs: triggers, defaults, filters. Where no
   job names it and what all of them have does, each is one.
2. What is free is folded first: names, time limits, permissions, options that only say where output
   goes, later steps. Versions and digests are taken out and compared by themselves.
3. A unit is compared with the one that is most like it, wherever its file is now. A unit whose
   likeness is nowhere was removed.
4. A file that two readers may read differently (a duplicate key) is compared as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from pmlint.gate.transitions import RowDirection, TransitionRow
from pmlint.gate.values import loosening_end
from pmlint.gate.workflows.rows import fact_of, is_asked, row_of
from pmlint.gate.workflows.systems import Files, units_of
from pmlint.gate.workflows.unit import Field, Keys, Pin, PipelineFile, Unit
from pmlint.place import Span


class WorkflowChange(NamedTuple):
    """One thing that a unit demands less, or that is no longer as it was.

    ``row`` of the table asks for it, ``direction`` is how the field moved. ``file`` and ``span``
    are of the merge result, or of the base with ``side``; ``unit`` names what changed (``job
    'pmlint'``), ``field`` the field (``job.if``), ``before`` and ``after`` are what it holds, None
    where it is absent.
    """

    row: TransitionRow
    direction: RowDirection
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
            row = fact_of(".")
            if is_asked(row, "removed"):
                yield WorkflowChange(
                    row, "removed", unit.file, unit.name, ".", unit.name, None, span, "base"
                )
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
        if what != "equal":
            yield from _steps_removed(before.steps[low + pairs : high], now, file)
            yield from _steps_added(now.steps[first + pairs : last], now, file)


def _steps_removed(
    steps: Sequence[Mapping[str, Field]], now: Unit, file: PipelineFile
) -> Iterator[WorkflowChange]:
    row = row_of("job.steps[]")
    at = next(iter(now.steps[-1].values())).at[:-1] if now.steps else ()
    for step in steps if is_asked(row, "removed") else ():
        shown = _shown(step)
        yield WorkflowChange(
            row, "removed", now.file, now.name, "job.steps[]", shown, None, file.span(at)
        )


def _steps_added(
    steps: Sequence[Mapping[str, Field]], now: Unit, file: PipelineFile
) -> Iterator[WorkflowChange]:
    # what is behind the last step that names pmlint is no part of a unit
    row = fact_of("job.steps[] before the last that names pmlint")
    for step in steps if is_asked(row, "added") else ():
        at = next(iter(step.values())).at
        yield WorkflowChange(
            row, "added", now.file, now.name, "job.steps[]", None, _shown(step), file.span(at)
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
        row = row_of(name)
        moved = _direction(row, name, old, new)
        if moved is None or not is_asked(row, moved):
            continue
        here = new or old
        span = file.span(here.at) if here is not None else Span()
        shown = [None if side is None else side.shown for side in (old, new)]
        yield WorkflowChange(row, moved, unit.file, unit.name, name, shown[0], shown[1], span)


def _direction(
    row: TransitionRow, name: str, old: Field | None, new: Field | None
) -> RowDirection | None:
    """How a field moves; None where it stays, but for what is free and was taken out before."""
    if old is not None and new is not None:
        if old.value == new.value and _pins_allow(old.pins, new.pins):
            return None
        return loosening_end(row) if row.by == "version" else "changed"
    if row.by in ("version", "command"):
        # a step that runs something else has no version to compare with
        return loosening_end(row)
    if new is not None:
        return "added"
    # Without `always()` a job is skipped where one that it needs fails, and a skipped one passes.
    if (
        name == "job.if"
        and old is not None
        and re.search(r"(always|cancelled)\(\)", str(old.value))
    ):
        return "changed"
    return "removed"


def _pins_allow(before: tuple[Pin, ...], now: tuple[Pin, ...]) -> bool:
    return len(before) == len(now) and all(
        old.allows(new) for old, new in zip(before, now, strict=True)
    )
