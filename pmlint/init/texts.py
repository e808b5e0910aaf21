"""The texts that `pmlint init` writes; they stand in the folder `templates`."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import dirname, join

from pmlint import __version__
from pmlint.model.resources import read_json

FOR_PEOPLE = "verified_by, approved_by, signoff, met: true, done, accepted, a waiver"
"""What no agent writes, in the words that agents read (docs/spec/agents.md, *In the gate*)."""


def text(name: str, **names: str) -> str:
    """A template with the version of this pmlint, the closed lists and ``names`` filled in."""
    with open(join(dirname(__file__), "templates", name), encoding="utf-8") as file:
        template = file.read()
    lists = read_json("vocabulary.json")
    template = template.replace("@SEVERITY@", _options(lists["severity"])).replace(
        "@TRIGGER@", _options(lists["trigger"])
    )
    # With @ and not in braces: workflows are full of ${{ }}.
    fixed = {"version": __version__, "for_people": FOR_PEOPLE}
    for key, value in {**fixed, **names}.items():
        template = template.replace(f"@{key.upper()}@", value)
    return template


def _options(names: Iterable[str]) -> str:
    return "\n".join(f"        - {name}" for name in names)
