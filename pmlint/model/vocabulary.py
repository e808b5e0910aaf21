"""The closed lists of the format (`schema/vocabulary.json`), in the order that has a meaning where
one has.
"""

from __future__ import annotations

from pmlint.model.resources import read_json

_LISTS = read_json("vocabulary.json")

STATUSES: tuple[str, ...] = tuple(_LISTS["status"])
SEVERITIES: tuple[str, ...] = tuple(_LISTS["severity"])
EVIDENCE_KINDS: tuple[str, ...] = tuple(_LISTS["evidence"])
STATES: tuple[str, ...] = tuple(_LISTS["state"])
"""From no trust to full trust."""
AUTONOMY: tuple[str, ...] = tuple(_LISTS["autonomy"])
"""From no trust to full trust."""
LAYERS: dict[str, tuple[str, ...]] = {
    strength: tuple(names) for strength, names in _LISTS["layers"].items()
}
"""``stronger``, ``intermediate`` and ``weaker`` layers (after the VA/IHI RCA2 action hierarchy)."""
STRUCTURAL = frozenset(LAYERS["stronger"] + LAYERS["intermediate"])
STRENGTH: dict[str, int] = {
    name: rank for rank, names in enumerate(reversed(LAYERS.values())) for name in names
}
"""2 for a stronger layer, 1 for an intermediate one, 0 for a weaker one."""
CLASSES: dict[str, dict[str, object]] = _LISTS["classes"]
"""Finding classes: layers that are ``weak`` alone, and ``accepted`` alternatives, each a list of
layers that are needed together.
"""


def rank(status: str) -> int:
    """How far a postmortem's status has come: 0 for a draft, and for an unknown status."""
    # An unknown status is a finding of the schema: to what binds from a status on it is a draft.
    return STATUSES.index(status) if status in STATUSES else 0
