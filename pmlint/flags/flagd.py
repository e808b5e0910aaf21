"""The text of a flagd file (https://flagd.dev/reference/flag-definitions).

1. Always ``ENABLED``: a flag that is disabled, or missing, gives callers their own default (tried
   with both evaluators: a default of True stays True, and nothing is raised).
2. No targeting: one rule turned a tenth of the cases on, and other cases in each implementation.
3. One line a flag, sorted, in ASCII: the same tree gives the same bytes, and a diff shows a route.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pmlint.flags.decide import RouteFlags
from pmlint.flags.registry import FlagSet
from pmlint.model.vocabulary import AUTONOMY

SCHEMA = "https://flagd.dev/schema/v0/flags.json"


def flag_names(route: str) -> tuple[str, str]:
    """The names of a route's flags: whether it runs, and at which autonomy."""
    return f"route.{route}.run", f"route.{route}.autonomy"


def render(flags: FlagSet) -> str:
    """The file of all routes."""
    metadata = {"flagSetId": "pmlint-routes", "registry": flags.registry}
    # Sorted by the name that callers ask for, so that a diff shows one flag a line.
    lines = sorted(entry for route in flags.routes for entry in _entries(route))
    listed = ",\n".join(f"    {_json(name)}: {_json(flag)}" for name, flag in lines)
    return (
        f'{{\n  "$schema": {_json(SCHEMA)},\n  "metadata": {_json(metadata)},\n'
        f'  "flags": {{\n{listed}\n  }}\n}}\n'
    )


def _entries(route: RouteFlags) -> Iterator[tuple[str, Mapping[str, object]]]:
    run, autonomy = flag_names(route.route)
    metadata = {
        name: text
        for name, text in (
            ("heldBy", route.held_by),
            ("limitedBy", route.limited),
            ("unread", route.unread),
        )
        if text
    }
    if route.autonomy is not None:
        yield autonomy, _flag({name: name for name in AUTONOMY}, route.autonomy, metadata)
    yield run, _flag({"on": True, "off": False}, "on" if route.runs else "off", metadata)


def _flag(
    variants: Mapping[str, object], default: str, metadata: Mapping[str, str]
) -> Mapping[str, object]:
    flag = {"state": "ENABLED", "variants": variants, "defaultVariant": default}
    return {**flag, "metadata": metadata} if metadata else flag


def _json(value: object) -> str:
    return json.dumps(value)
