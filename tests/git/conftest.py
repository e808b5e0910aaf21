"""The world of the gate's tests: what git answers is tried on the repository that a gate judges."""

from __future__ import annotations

from tests.gate.conftest import template, world

__all__ = ["template", "world"]
