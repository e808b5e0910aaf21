"""The folders that ship with pmlint: ``schema`` and ``policies`` stand at the top for people and
inside the wheel.
"""

from __future__ import annotations

import json
from functools import cache
from os.path import dirname, isdir, join
from typing import Any


def folder(name: str) -> str:
    """The folder ``schema`` or ``policies`` of this installation: in the wheel, or at the top of a
    checkout.
    """
    # By path, because `importlib.resources` takes longer to import than these files to read.
    here = dirname(dirname(__file__))
    inside = join(here, "data", name)
    return inside if isdir(inside) else join(dirname(here), name)


@cache
def read_json(name: str) -> Any:
    """A JSON file of the folder ``schema``, read once."""
    with open(join(folder("schema"), name), encoding="utf-8") as file:
        return json.load(file)


def read_text(name: str) -> str:
    """A text file of the folder ``schema``."""
    with open(join(folder("schema"), name), encoding="utf-8") as file:
        return file.read()
