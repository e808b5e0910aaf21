"""Tests of the gate: what is refused and allowed is data, in the folder ``catalogue``."""

from pathlib import Path

DATA = Path(__file__).parent / "catalogue"
