"""OpenSLO files: what a route promises, where a team keeps it in that form already.

Of ``openslo/v1``, kind ``SLO``, one rolling time window, ``Occurrences``, and one objective; all
else is refused, naming the field. No maintained reader of it exists in Python
(docs/spec/due.md, *What a route promises*).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from pmlint.parsing.document import Document, read_yaml
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.place import Path

_DAYS = {"h": Decimal(1) / 24, "d": Decimal(1), "w": Decimal(7)}
_SPEC = Path(("spec",))


class OpenSlo(NamedTuple):
    """An objective as a decimal below 1, and its window in whole days: ``0.999`` and ``30d``."""

    objective: str
    window: str


def read_openslo(tree: Tree, file: str) -> OpenSlo:
    """The promise in a file. Raises `Malformed` at the field that cannot be read."""
    document = read_yaml(decode(file, tree.read(file)), "policy")
    if document.problems:
        raise document.problems[0]
    data = document.data
    _require(document, data, Path(("apiVersion",)), ("openslo/v1",))
    _require(document, data, Path(("kind",)), ("SLO",))
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(spec, dict):
        raise _refused(document, _SPEC, "'spec' is missing")
    # Timeslices count minutes and not runs: the same figure would mean another promise.
    _require(document, spec, _SPEC / "budgetingMethod", ("Occurrences",))
    return OpenSlo(_objective(document, spec), _window(document, spec))


def _objective(document: Document, spec: dict[str, Any]) -> str:
    at = _SPEC / "objectives"
    objectives = spec.get("objectives")
    if not isinstance(objectives, list) or len(objectives) != 1:
        raise _refused(document, at, "'objectives' is not a list of one objective")
    one = objectives[0] if isinstance(objectives[0], dict) else {}
    name = "targetPercent" if "targetPercent" in one else "target"
    try:
        target = Decimal(str(one.get(name))) / (100 if name == "targetPercent" else 1)
    except InvalidOperation:
        raise _refused(document, at / 0, f"'{name}' is not a number") from None
    exponent = target.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 99
    if not Decimal("0.5") <= target < 1 or digits > 6:
        raise _refused(document, at / 0 / name, f"'{name}' is not a share from 0.5 to below 1")
    return format(target.normalize(), "f")


def _window(document: Document, spec: dict[str, Any]) -> str:
    at = _SPEC / "timeWindow"
    windows = spec.get("timeWindow")
    if not isinstance(windows, list) or len(windows) != 1 or not isinstance(windows[0], dict):
        raise _refused(document, at, "'timeWindow' is not a list of one window")
    if windows[0].get("isRolling") is not True:
        raise _refused(document, at / 0, "'isRolling' is not true")
    match = re.fullmatch(r"(\d{1,5})([hdw])", str(windows[0].get("duration")), re.ASCII)
    days = int(match[1]) * _DAYS[match[2]] if match else Decimal(0)
    if days != int(days) or not 7 <= days <= 90:
        raise _refused(document, at / 0 / "duration", "'duration' is not 7 to 90 whole days")
    return f"{int(days)}d"


def _require(document: Document, data: Any, at: Path, values: tuple[str, ...]) -> None:
    found = data.get(at[-1]) if isinstance(data, dict) else None
    if found not in values:
        raise _refused(document, at, f"'{at[-1]}' is not '{values[0]}'")


def _refused(document: Document, at: Path, message: str) -> Malformed:
    help = "see docs/spec/due.md for what is read, or write objective and window in the route"
    return Malformed(message, document.locate(at), help=help)
