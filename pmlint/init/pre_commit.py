"""Adding hooks to a `.pre-commit-config.yaml` by its lines, so that every byte of it stays,
comments too.
"""

from __future__ import annotations

import re

from pmlint.init.texts import text

_OURS = re.compile(r"^\s*-?\s*id:\s*['\"]?pmlint\b", re.MULTILINE)
_REPOS = re.compile(r"repos:\s*(?P<flow>\[\s*\])?\s*(#.*)?")
_ITEM = re.compile(r"(?P<indent> *)-(\s|$)")


def present(config: str) -> bool:
    """Whether a configuration has a hook of pmlint."""
    return _OURS.search(config) is not None


def add(config: str) -> str | None:
    """The configuration with our hooks at the end of its ``repos``; None where it is not written as
    a block list.
    """
    end = "\r\n" if "\r\n" in config else "\n"
    lines = config.splitlines(keepends=True)
    at = next(
        (number for number, line in enumerate(lines) if _REPOS.fullmatch(line.rstrip())), None
    )
    if at is None:
        return None if config.strip() else f"repos:{end}{_hooks('  ', end)}"
    item = next((_ITEM.match(line) for line in lines[at + 1 :] if _says(line)), None)
    header = _REPOS.fullmatch(lines[at].rstrip())
    # A block list cannot follow an empty one in brackets, which is a value of its own.
    if header and header["flow"]:
        lines[at] = re.sub(r"\s*\[\s*\]", "", lines[at], count=1)
    elif item is None:
        return None
    indent = item["indent"] if item and not (header and header["flow"]) else "  "
    last = _last(lines, at, indent)
    if not lines[last].endswith("\n"):
        lines[last] += end
    return "".join([*lines[: last + 1], _hooks(indent, end), *lines[last + 1 :]])


def _says(line: str) -> bool:
    """Whether a line is more than blank or a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _last(lines: list[str], start: int, indent: str) -> int:
    """The last line of the list that begins below ``start``, its items at ``indent``."""
    last = start
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not _says(line):
            continue
        depth = len(line) - len(line.lstrip(" "))
        # Comments do not end a list: they may stand in any column.
        if depth < len(indent) or (depth == len(indent) and not _ITEM.match(line)):
            break
        last = number
    return last


def _hooks(indent: str, end: str) -> str:
    return "".join(f"{indent}{line}{end}" for line in text("pre-commit.yaml").splitlines())
