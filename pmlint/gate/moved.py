"""What the gate sees move in a record, for whoever writes the decision about it
(docs/spec/gate.md, 4): the name of a field and its values are those that its refusal asks for.
"""

from __future__ import annotations

from typing import NamedTuple

from pmlint.gate.comparison import Comparison, flat
from pmlint.gate.transitions import transitions
from pmlint.project.plain import element_name


class MovedField(NamedTuple):
    """A field that was changed, as an amendment says it: an element by its name, None for what is
    absent.
    """

    before: object
    after: object


def moved_fields(record: str, name: str, base: object, now: object) -> list[MovedField]:
    """What is weakened at a name, between two versions of a record of the table, such as
    ``postmortem``.
    """
    table = transitions()
    changes = flat(Comparison(table, table.rows(record)).changes(base, now))
    return [
        MovedField(element_name(change.before), element_name(change.after))
        for change in changes
        if change.loosens and change.name == name
    ]
