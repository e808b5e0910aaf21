"""Editing the YAML that people write by hand: one field changes, and every other byte stays as it
was.
"""

from pmlint.edit.change import Change
from pmlint.edit.edits import (
    appending,
    apply,
    changed,
    changed_at_once,
    edit_of,
    setting,
    unified,
)
from pmlint.edit.order import ordered, reordered

__all__ = [
    "Change",
    "appending",
    "apply",
    "changed",
    "changed_at_once",
    "edit_of",
    "ordered",
    "reordered",
    "setting",
    "unified",
]
