"""The text that ``pmlint rule CODE`` prints as a page with headings, for the `render_*.py` beside
it.

Every paragraph of the text is on the page: a label such as ``Fix:`` becomes a heading, an indented
block a fence, and what is compared a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from pmlint.cli import VERBS

LABELS = (
    "Fix",
    "Way out",
    "Of a restart condition",
    "Demands",
    "Bad",
    "Good",
    "What is compared",
    "Level",
    "Waive",
    "Source",
)
_LABEL = re.compile(rf"(?P<label>{'|'.join(LABELS)}):(?: (?P<text>.*))?", re.DOTALL)
_OF_A_FILE = re.compile(r"\n\n(?=# [\w/.-]+\.(?:md|toml|yaml)\b)")
"""Where the next file of an example begins."""
_ROW = re.compile(r"(?P<field>.*?): (?P<how>[^;]*)(?:; freed by (?P<by>.*))?")
_QUOTED = re.compile(r"'(pmlint [^']*)'")
_WORDS = (
    # a field and what it is set to, or a dotted name: `control=TO`, `routes.ROUTE`
    r"[\w.]+=[-\w|]+",
    r"-[-\w]+",
    "[A-Z|]+",
    r"\w+(?:\.\w+)+",
    r"\w+(?= -)",
    r"(?<=--output-format )json",
    r"(?<=move POSTMORTEM )[a-z]+",
    r"inbox\S*",
)
"""What a word of a command is; any other word is prose again."""
_COMMAND = re.compile(
    rf"(?<![`\w])pmlint (?:{'|'.join(VERBS)})(?: state| new)?(?: (?:{'|'.join(_WORDS)}))*"
)


def structured(name: str, text: str) -> str:
    """A page of Markdown."""
    parts = [f"# {name}"]
    label = ""
    for paragraph in _paragraphs(text):
        is_block = paragraph.startswith("    ")
        if not is_block and (match := _LABEL.fullmatch(paragraph)):
            label = match["label"]
            parts.append(f"## {label}")
            paragraph = match["text"] or ""
        if is_block:
            parts.append(_block(label, dedent(paragraph)))
        elif paragraph:
            parts.append(_text(label, paragraph))
    return "\n\n".join(parts) + "\n"


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; an indented block is one, also with empty lines in it."""
    found: list[str] = []
    for part in text.split("\n\n"):
        if found and part.startswith("    ") and found[-1].startswith("    "):
            found[-1] += f"\n\n{part}"
        else:
            found.append(part)
    return found


def _text(label: str, paragraph: str) -> str:
    if label == "Waive" and paragraph.startswith("waivers:"):
        return f"```yaml\n{paragraph}\n```"
    return escaped(
        paragraph if paragraph.startswith("pmlint ") else paragraph[0].upper() + paragraph[1:]
    )


def escaped(text: str) -> str:
    """A text with its commands as code and its angle brackets shown."""
    # Some texts have quotes around a command, as messages do, and say where it ends.
    text = _QUOTED.sub(r"`\1`", text.replace("``", "`"))
    text = _COMMAND.sub(lambda match: f"`{match[0]}`", text)
    outside = text.split("`")
    outside[::2] = [part.replace("<", "&lt;") for part in outside[::2]]
    return "`".join(outside)


def _block(label: str, block: str) -> str:
    if label == "What is compared":
        return "\n".join(
            ["| field | refused where it is | freed by |", "|---|---|---|", *_rows(block)]
        )
    return "\n\n".join(_fence(part) for part in _OF_A_FILE.split(block))


def _fence(block: str) -> str:
    kind = "toml" if block.startswith("# pmlint.toml\n") else "yaml"
    return f"```{kind}\n{block.rstrip()}\n```"


def _rows(block: str) -> Iterator[str]:
    for line in block.splitlines():
        match = _ROW.fullmatch(line)
        cells = (
            (f"`{match['field']}`", match["how"], match["by"] or "nothing")
            if match
            else (f"`{line}`", "", "")
        )
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
