"""``[tool.pmlint.runs]`` and ``[tool.pmlint.due]`` as they are in force: with their defaults.

`pmlint.runs.settings` reads them for the verbs that count runs. The gate counts nothing, but it
compares both tables, and asks by which of them a statement was made (docs/spec/trust.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pmlint.model.resources import read_json
from pmlint.project.settings import Settings

RUNS: Mapping[str, Any] = {
    "max_age": "24h",
    "max_unknown": 0.2,
    "source": [{"files": "runs/**"}],
}
DUE: Mapping[str, Any] = {
    "rescued_by": ["rescues", "corrections"],
    "repeated": {"count": 3, "within": "7d", "share": 0.02},
    "min_bad": 3,
    "grace": "5d",
    "join": "24h",
    "pairs": [
        {"share": 0.02, "long": "1h", "short": "5m", "severity": "page"},
        {"share": 0.05, "long": "6h", "short": "30m", "severity": "page"},
        {"share": 0.1, "long": "1d", "short": "2h", "severity": "ticket"},
        {"share": 0.1, "long": "3d", "short": "6h", "severity": "ticket"},
    ],
}


def runs_in_force(settings: Settings) -> dict[str, Any]:
    """How traces become runs: what the configuration says, over the defaults."""
    names = {
        meaning: [entry["name"] for entry in read_json("traces.json")["names"][meaning]]
        for meaning in ("run", "route")
    }
    return {**names, **RUNS, **settings.runs}


def due_in_force(settings: Settings) -> dict[str, Any]:
    """When a review is owed: what the configuration says, over the defaults."""
    repeated = {**DUE["repeated"], **settings.due.get("repeated", {})}
    return {**DUE, **settings.due, "repeated": repeated}


def digest(settings: Settings) -> str:
    """The SHA-256 of both tables in force, in one canonical form, so that a statement says by what
    it was made.
    """
    tables = {"due": _plain(due_in_force(settings)), "runs": _plain(runs_in_force(settings))}
    text = json.dumps(tables, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    # A float's text differs between languages; six places are all that a decimal may have.
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
