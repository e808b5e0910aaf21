"""flagd (https://flagd.dev/reference/flag-definitions).

1. Always ``ENABLED``: a flag that is disabled, or missing, gives callers their own default (tried
   with both evaluators: a default of True stays True, and nothing is raised).
2. No targeting: one rule turned a tenth of the cases on, and other cases in each implementation.
3. One line a flag, sorted, in ASCII: the same tree gives the same bytes, and a diff shows a route.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

from pmlint.flags.registry import FlagSet
from pmlint.flags.systems.interface import (
    Evaluate,
    FlagSystem,
    UnreadableFlags,
    WrittenFlag,
    object_of,
    reasons,
    value_of,
    values,
    variants_of,
)

_SCHEMA = "https://flagd.dev/schema/v0/flags.json"


class _Flagd(FlagSystem):
    title = "flagd"
    provider = "openfeature-flagd-core"
    extra = "flags"

    def render(self, flags: FlagSet) -> str:
        metadata = {"flagSetId": "pmlint-routes", "registry": flags.registry}
        lines = [
            f"    {json.dumps(name)}: {json.dumps(_flag(value, reasons(route)))}"
            for name, value, route in values(flags)
        ]
        listed = ",\n".join(lines)
        return (
            f'{{\n  "$schema": {json.dumps(_SCHEMA)},\n  "metadata": {json.dumps(metadata)},\n'
            f'  "flags": {{\n{listed}\n  }}\n}}\n'
        )

    def read(self, text: str) -> dict[str, WrittenFlag]:
        flags = object_of(text).get("flags")
        if not isinstance(flags, dict):
            raise UnreadableFlags("it has no 'flags'")
        return {str(name): WrittenFlag(_read(flag), flag) for name, flag in flags.items()}

    def evaluator(self, text: str) -> Evaluate:
        # The evaluator that providers of flagd run in their own process.
        from openfeature.contrib.tools.flagd.core import FlagdCore
        from openfeature.exception import OpenFeatureError

        core = FlagdCore()
        # A provider that cannot read its file has no flags, and each caller gets its own default.
        with suppress(OpenFeatureError, ValueError):
            core.set_flags(text)

        def evaluate(name: str, default: bool | str) -> object:
            try:
                if isinstance(default, bool):
                    return core.resolve_boolean_value(name, default).value
                return core.resolve_string_value(name, default).value
            except OpenFeatureError:
                return default

        return evaluate


def _flag(value: bool | str, metadata: Mapping[str, str]) -> Mapping[str, object]:
    flag = {
        "state": "ENABLED",
        "variants": variants_of(value),
        "defaultVariant": value_of(value),
    }
    return {**flag, "metadata": metadata} if metadata else flag


def _read(flag: object) -> str:
    # Both answer by the caller: its default, and the context that it sends.
    if not isinstance(flag, dict) or flag.get("state") != "ENABLED" or "targeting" in flag:
        return "unclear"
    variants, default = flag.get("variants"), flag.get("defaultVariant")
    if not isinstance(variants, dict) or not isinstance(default, str):
        return "unclear"
    return value_of(variants.get(default))


SYSTEM = _Flagd()
