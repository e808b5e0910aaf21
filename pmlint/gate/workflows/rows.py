"""The rows of the record ``workflow`` (`schema/transitions.yaml`) for the fields of a unit.

1. A field has the most specific row, as everywhere; one that no row names is judged by ``job.*``:
   the ``*`` of the record is about what is no part of a unit.
2. Names that the table never compares are left out when a unit is read.
"""

from __future__ import annotations

from pmlint.gate.transitions import RecordRows, RowDirection, TransitionRow, steps_of, transitions

_SAME = {"job.allow_failure": "job.continue-on-error"}
"""What GitLab calls a field that the table knows: to take it out only tightens."""


def _rows() -> RecordRows:
    return transitions().rows("workflow")


def fact_of(name: str) -> TransitionRow:
    """The row of a derived fact, or of the unit itself (``.``)."""
    return _rows().fact(name)


def row_of(name: str) -> TransitionRow:
    """The row of a field, such as ``job.if``, ``on.pull_request.paths`` or ``job.needs[build]``."""
    if name.startswith("include["):
        # what nobody here can read may run before, or instead; to take it out only tightens
        return fact_of("job.steps[] before the last that names pmlint")
    if name.startswith("(hooks)"):
        return next(row for row in _rows().rows if row.field.startswith("(hooks)"))
    top = node = _rows().fields
    for step in steps_of(_SAME.get(name, _without_element(name))):
        below = node.child(step)
        if below is None and node.whole:
            break
        if below is None or below is top.below["*"]:
            return top.below["job"].below["*"].rows[0]
        node = below
    return node.rows[0] if node.rows else top.below["job"].below["*"].rows[0]


def _without_element(name: str) -> str:
    """A field without the name of an element: ``job.needs[build]`` is ``job.needs[]``."""
    return "job.needs[]" if name.startswith("job.needs[") else name


def is_asked(row: TransitionRow, direction: RowDirection) -> bool:
    """Whether a row asks of a direction at all."""
    return row.when != "never" and direction in row.loosens


def free_names(prefix: str) -> frozenset[str]:
    """The names below a prefix, such as ``job.``, that the table never compares."""
    names = (
        row.field.removeprefix(prefix)
        for row in _rows().rows
        if row.when == "never" and row.field.startswith(prefix)
    )
    return frozenset(name for name in names if "." not in name and "[" not in name)
