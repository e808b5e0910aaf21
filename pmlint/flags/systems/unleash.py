"""Unleash: the state of its client API, from which each of its SDKs starts without a server.

1. ``run`` is a toggle with the strategy ``default``, which knows no callers; off is a toggle that
   is not enabled, and off over a fallback of True as well. A missing one is the fallback's.
2. ``autonomy`` is an enabled toggle with one variant of full weight, whose payload is the value.
3. Segments, constraints and rollouts are never written: they would choose among callers.
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
)

_EVERYBODY = [{"name": "default", "parameters": {}}]
_WEIGHT = 1000
"""The whole: Unleash counts the weights of variants in thousandths."""


class _Unleash(FlagSystem):
    title = "Unleash"
    # The engine that the SDKs of Unleash share; UnleashClient adds a thread and a cache on disk.
    provider = "yggdrasil-engine"
    extra = "unleash"

    def render(self, flags: FlagSet) -> str:
        listed = ",\n".join(
            f"    {json.dumps(_toggle(name, value, reasons(route)))}"
            for name, value, route in values(flags)
        )
        return (
            f'{{\n  "version": 2,\n  "registry": {json.dumps(flags.registry)},\n'
            f'  "features": [\n{listed}\n  ],\n  "segments": []\n}}\n'
        )

    def read(self, text: str) -> dict[str, WrittenFlag]:
        features = object_of(text).get("features")
        if not isinstance(features, list):
            raise UnreadableFlags("it has no 'features'")
        found: dict[str, WrittenFlag] = {}
        for toggle in features:
            name = str(toggle.get("name")) if isinstance(toggle, dict) else ""
            # Of two toggles of a name the evaluator takes one, and nobody reads which.
            value = "unclear" if name in found else _read(toggle)
            found[name] = WrittenFlag(value, toggle)
        return found

    def evaluator(self, text: str) -> Evaluate:
        from yggdrasil_engine.engine import UnleashEngine, YggdrasilError

        engine = UnleashEngine()
        # As a client does that was given a broken state: it goes on without one.
        with suppress(YggdrasilError, ValueError):
            engine.take_state(text)

        def evaluate(name: str, default: bool | str) -> object:
            if isinstance(default, bool):
                asked = engine.is_enabled(name, {}, fallback_function=lambda *_: default)
                return asked.is_enabled
            variant = engine.get_variant(name, {}).variant
            payload = variant.payload if variant is not None and variant.enabled else None
            return payload["value"] if payload else default

        return evaluate


def _toggle(name: str, value: bool | str, why: Mapping[str, str]) -> Mapping[str, object]:
    toggle = {"name": name, "type": "kill-switch" if isinstance(value, bool) else "operational"}
    described = "; ".join(f"{reason}: {text}" for reason, text in why.items())
    return {
        **toggle,
        **({"description": described} if described else {}),
        "enabled": value if isinstance(value, bool) else True,
        "strategies": _EVERYBODY,
        "variants": [] if isinstance(value, bool) else [_variant(value)],
    }


def _variant(value: str) -> Mapping[str, object]:
    payload = {"type": "string", "value": value}
    whole = {"weight": _WEIGHT, "weightType": "variable", "stickiness": "default"}
    return {"name": value, **whole, "payload": payload}


def _read(toggle: object) -> str:
    if not isinstance(toggle, dict) or not isinstance(toggle.get("enabled"), bool):
        return "unclear"
    enabled, variants = toggle["enabled"], toggle.get("variants", [])
    # A dependency of another toggle, a constraint or a rollout answers by something else.
    if enabled and (toggle.get("strategies") != _EVERYBODY or "dependencies" in toggle):
        return "unclear"
    if not variants:
        return value_of(enabled)
    if not enabled or not isinstance(variants, list) or not isinstance(variants[0], dict):
        return "unclear"
    payload = variants[0].get("payload")
    value = payload.get("value") if isinstance(payload, dict) else None
    return value if isinstance(value, str) and variants == [_variant(value)] else "unclear"


SYSTEM = _Unleash()
