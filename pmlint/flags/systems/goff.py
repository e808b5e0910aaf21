"""GO Feature Flag (https://gofeatureflag.org/docs/configure_flag/flag_format).

1. The file is a map of flags and nothing else, so the id of the registry has no place in it.
2. Never ``disable``, and no targeting or rollout: a flag that is disabled gives callers their own
   default (tried with its evaluator: a default of True stays True, and nothing is raised).
3. JSON is YAML, which its relay proxy and its providers read by default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

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

_KNOWN = {"variations", "defaultRule", "metadata"}
_CALLER = {"targetingKey": "pmlint"}
"""Providers refuse to ask without a key; no flag of ours looks at it."""


class _GoFeatureFlag(FlagSystem):
    title = "GO Feature Flag"
    provider = "gofeatureflag-python-provider"
    extra = "goff"

    def render(self, flags: FlagSet) -> str:
        listed = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(_flag(value, reasons(route)))}"
            for name, value, route in values(flags)
        )
        return f"{{\n{listed}\n}}\n"

    def read(self, text: str) -> dict[str, WrittenFlag]:
        return {name: WrittenFlag(_read(flag), flag) for name, flag in object_of(text).items()}

    def evaluator(self, text: str) -> Evaluate:
        from gofeatureflag_python_provider.wasm.model import WasmFlagContext, WasmInput

        wasm = _wasm()
        try:
            flags = object_of(text)
        except UnreadableFlags:
            flags = {}  # a provider without flags gives each caller its own default

        def evaluate(name: str, default: bool | str) -> object:
            flag = flags.get(name)
            if not isinstance(flag, dict):
                return default
            context = WasmFlagContext(defaultSdkValue=default)
            asked = WasmInput(flagKey=name, flag=flag, evalContext=_CALLER, flagContext=context)
            answer = wasm.evaluate(asked)
            # The provider raises for an error and another type, and the SDK answers the default.
            is_usable = not answer.errorCode and isinstance(answer.value, type(default))
            return answer.value if is_usable else default

        return evaluate


@cache
def _wasm() -> Any:
    """The WebAssembly module that its providers run in their own process; it has no flags of its
    own.
    """
    # To compile it takes 0.6 s of CPU, to ask it 0.3 ms.
    from gofeatureflag_python_provider.wasm import EvaluateWasm

    found = EvaluateWasm(pool_size=1)
    found.initialize()
    return found


def _flag(value: bool | str, metadata: Mapping[str, str]) -> Mapping[str, object]:
    flag = {"variations": variants_of(value), "defaultRule": {"variation": value_of(value)}}
    return {**flag, "metadata": metadata} if metadata else flag


def _read(flag: object) -> str:
    # Any other key chooses among callers, by a rule, a share, a time, or their own default.
    if not isinstance(flag, dict) or flag.keys() - _KNOWN:
        return "unclear"
    variations, rule = flag.get("variations"), flag.get("defaultRule")
    if not isinstance(variations, dict) or not isinstance(rule, dict) or len(rule) != 1:
        return "unclear"
    name = rule.get("variation")
    return value_of(variations.get(name)) if isinstance(name, str) else "unclear"


SYSTEM = _GoFeatureFlag()
