"""Writes `docs/refusals/`, a page for each code of the gate: ``python docs/render_refusals.py
[--check]``.

A page is what ``pmlint rule CODE`` prints, and from the catalogue that the tests play an attack
with its honest twin, as the changes of files that a reviewer would see.
"""

from __future__ import annotations

import difflib
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from page_text import escaped, structured
from written_folder import write_folder

HERE = Path(__file__).parent / "refusals"
ROOT = HERE.parents[1]
# The catalogue is played with the hands of its tests, which are a package of the checkout.
sys.path.insert(0, str(ROOT))

from pmlint.cli.codes import Explained, refusal_pages  # noqa: E402
from tests.gate import DATA  # noqa: E402
from tests.gate.attack_data import BASE, Repository  # noqa: E402

CATALOGUES = {
    "attacks.yaml": ("attacks", "agents"),
    "trust_attacks.yaml": ("trust",),
    "replay_attacks.yaml": ("replay",),
}
"""The files of attacks, and the sections of each."""
TABLE = ROOT / "schema/transitions.yaml"
HIDDEN = ("mode", "crlf")
"""Edits that leave the text of a file alone."""
LONGEST = 24
"""Lines of a change that a page shows; of a longer one its beginning."""
HEAD = """\
# Refusals of the gate

What `pmlint gate` may refuse, by what the change is about. Each is a finding with a code, a place and a way out; `pmlint rule CODE`
prints its page in the terminal. *Refused* is exit code 1, *unjudged* exit code 2.
"""


def wanted() -> dict[str, str]:
    """Every file of the folder with its text."""
    entries = list(_entries())
    known = refusal_pages()
    files = {
        f"{code}.md": structured(code, page.text) + examples(entries, code)
        for code, page in known.items()
    }
    return files | {"README.md": HEAD + "".join(groups(known))}


def _entries() -> Iterator[dict[str, Any]]:
    """Every attack."""
    for name, sections in CATALOGUES.items():
        text = (DATA / name).read_text(encoding="utf-8")
        catalogue: dict[str, Any] = yaml.safe_load(text)
        for section in sections:
            yield from catalogue[section]


def groups(known: dict[str, Explained]) -> Iterator[str]:
    """The groups of the table, each with its codes."""
    text = TABLE.read_text(encoding="utf-8").partition("\ncodes:")[2].partition("\nrecords:")[0]
    for part in re.split(r"^  # ", text, flags=re.MULTILINE)[1:]:
        title, *lines = part.splitlines()
        codes = [match[1] for line in lines if (match := re.match(r"  ([a-z-]+):", line))]
        rows = "\n".join(
            f"| [{code}]({code}.md) | {known[code].level} | {escaped(known[code].title)} |"
            for code in codes
        )
        yield f"\n## {title[0].upper()}{title[1:]}\n\n| code | verdict | what is refused |\n|---|---|---|\n{rows}\n"


def examples(entries: list[dict[str, Any]], code: str) -> str:
    """An attack of the catalogue that this code refuses, and its honest twin."""
    found = [entry for entry in entries if entry.get("code") == code and _is_shown(entry)]
    if not found:
        return ""
    # A single change with a twin reads best.
    # `way` is for a test alone, so how long it is says nothing about the example.
    entry = min(found, key=lambda one: ("twin" not in one, len(str({**one, "way": ""}))))
    change = changed(entry)
    parts = [
        "## A change that is refused",
        f"{entry['name'][0].upper()}{entry['name'][1:]}{_handed(entry)}:",
        change,
    ]
    if "twin" in entry and _is_shown(entry["twin"]):
        parts.append("## A change that is allowed")
        twin = {"before": entry.get("before", []), **entry["twin"]}
        honest = changed(twin)
        if honest == change:
            parts.append(f"The same change{_handed(twin)}.")
        else:
            parts.append(honest)
    return "\n" + "\n\n".join([*parts, "Both are played by a test, in a repository of git."]) + "\n"


def _handed(entry: dict[str, Any]) -> str:
    """What is handed over beside the change, by the name that the catalogue has for it."""
    named = [f"{kind} '{entry[kind]}'" for kind in ("budgets", "replays") if kind in entry]
    said = f", with the statement of {' and '.join(named)}" if named else ""
    approvers = [f"`{name}`" for name in entry.get("approvals", ()) if isinstance(name, str)]
    return f"{said}, approved by {' and '.join(approvers)}" if approvers else said


def _is_shown(entry: dict[str, Any]) -> bool:
    """Whether a change shows as a change of files: no history of several commits, and no
    statement that somebody signs.
    """
    edits = entry.get("edits", [])
    told = str((entry.get("before"), edits))
    is_signed = "by signature" in told or "statement" in told
    return (
        bool(edits) and not is_signed and not any(verb in edit for edit in edits for verb in HIDDEN)
    )


class _Shown(Repository):
    """The files of a change without a history: a commit that they name is the same on each page."""

    def revision(self, name: str) -> str:
        return f"9c41d07{0:033}"


def changed(entry: dict[str, Any]) -> str:
    """The edits of an entry as the changes of files that they make."""
    with tempfile.TemporaryDirectory() as folder:
        repository = _Shown(Path(folder), Path(folder))
        for path, text in BASE.items():
            repository.write(path, text)
        for edits in entry.get("before", []):
            repository.play(edits)
        before = _texts(Path(folder))
        repository.play(entry["edits"])
        after = _texts(Path(folder))
    lines = [
        line for path in sorted(before.keys() | after.keys()) for line in _diff(path, before, after)
    ]
    lines = [*lines[:LONGEST], "..."] if len(lines) > LONGEST + 1 else lines
    return "\n".join(["```diff", *lines, "```"])


def _texts(root: Path) -> dict[str, str]:
    """The text of each file below a folder; of a link where it leads."""
    files = [file for file in root.rglob("*") if file.is_symlink() or file.is_file()]
    return {file.relative_to(root).as_posix(): _shown(file) for file in files}


def _shown(file: Path) -> str:
    if file.is_symlink():
        return f"(a symbolic link to {file.readlink()})"
    return file.read_text(encoding="utf-8", errors="replace")


def _diff(path: str, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    sides = [
        f"{'ab'[number]}/{path}" if path in side else "/dev/null"
        for number, side in enumerate((before, after))
    ]
    texts = [side.get(path, "").splitlines() for side in (before, after)]
    for line in difflib.unified_diff(*texts, *sides, n=2, lineterm=""):
        yield re.sub(r"^@@.*", "@@", line)


if __name__ == "__main__":
    sys.exit(write_folder(HERE, wanted()))
