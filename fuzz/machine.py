"""Runs one target under atheris: ``python -m fuzz.machine TARGET LIBFUZZER-OPTIONS...``.

Ends with the process.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["pmlint", "fuzz", "tomllib"]):
    from importlib import import_module

    from fuzz.targets import TARGETS
    from pmlint.output import FORMATS

    for name in (*FORMATS, "statistics"):
        import_module(f"pmlint.output.{name}")

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
