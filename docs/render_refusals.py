"""Writes `docs/refusals/`, a page for each code of the gate: ``python docs/render_refusals.py
[--check]``.

A page is what ``pmlint rule CODE`` prints, and from the catalogue that the tests play an attack
with its honest twin.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from written_folder import write_folder

from pmlint.cli.codes import refusal_pages

HERE = Path(__file__).parent / "refusals"
TESTS = HERE.parents[1] / "tests/gate"
CATALOGUES = {"attacks.yaml": ("attacks", "agents"), "trust_attacks.yaml": ("trust",)}
"""The files of attacks, and the sections of each."""


def wanted() -> dict[str, str]:
    """Every file of the folder with its text."""
    entries = list(_entries())
    known = refusal_pages()
    files = {
        f"{code}.md": f"# {code}\n\n{page.text}\n{examples(entries, code)}"
        for code, page in known.items()
    }
    rows = "\n".join(
        f"| [{code}]({code}.md) | {page.level} | {page.title} |" for code, page in known.items()
    )
    head = "Written by `python docs/render_refusals.py`; `pmlint rule CODE` prints the same."
    table = f"| code | verdict | what is refused |\n|---|---|---|\n{rows}\n"
    return files | {"README.md": f"# Refusals of the gate\n\n{head}\n\n{table}"}


def _entries() -> Iterator[dict[str, Any]]:
    """Every attack, with the file that it is in."""
    for name, sections in CATALOGUES.items():
        catalogue: dict[str, Any] = yaml.safe_load((TESTS / name).read_text(encoding="utf-8"))
        for section in sections:
            yield from ({**entry, "file": name} for entry in catalogue[section])


def examples(entries: list[dict[str, Any]], code: str) -> str:
    """An attack of the catalogue that this code refuses, and its honest twin."""
    found = [entry for entry in entries if entry.get("code") == code]
    if not found:
        return ""
    # one that is a single change in each half reads best
    entry = min(found, key=lambda one: ("edits" not in one, "twin" not in one, len(str(one))))
    parts = [
        "",
        "## A change that is refused",
        "",
        f"{entry['name'][0].upper()}{entry['name'][1:]}:",
        "",
    ]
    parts += _block(entry)
    if "twin" in entry:
        parts += ["", "## A change that is allowed", ""]
        parts += _block(entry["twin"])
    return "\n".join([*parts, "", f"Both run as tests: `tests/gate/{entry['file']}`.", ""])


def _block(entry: dict[str, Any]) -> list[str]:
    """The edits of a change as YAML; `before` is what the base has besides."""
    names = ("before", "edits", "steps", "commits", "author", "approvals", "budgets")
    shown = {name: entry[name] for name in names if name in entry}
    text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=100)
    return ["```yaml", *text.rstrip().split("\n"), "```"]


if __name__ == "__main__":
    sys.exit(write_folder(HERE, wanted()))
