"""Changes of a document's data as edits of its text: comments, quotes, line ends and
indentation stay as they are.

Each edit is made from where the reader saw the values, and counts only when the edited text reads
back as the data with that one change. Where it does not (YAML has corners that no person writes),
the edit is refused and the text left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pmlint.edit.change import Change, expected_data
from pmlint.edit.value import inline
from pmlint.errors import UsageError
from pmlint.finding import Edit
from pmlint.parsing.document import Document, read_as
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.yaml_nodes import Node
from pmlint.place import Path

WIDTH = 120
"""A list that would make a longer line, in characters, is written with one item a line."""

_LINE_END = re.compile(r"\r?\n|\Z")
_BLANK_LINE = re.compile(r"\r?\n[ \t]*(?=\r?\n)")
_FLOW = ("[", "{")


def apply(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that do not overlap; edits at the same place come in their order."""
    parts: list[str] = []
    done = 0
    # By the start alone: sorted is stable, so two texts for the same place keep their order.
    for start, end, new in sorted(edits, key=lambda edit: edit.start):
        parts += (text[done:start], new)
        done = end
    return "".join((*parts, text[done:]))


def changed(document: Document, *changes: Change) -> Document:
    """The document after changes made one after another.

    Raises `UsageError` where one can't be made in the text.
    """
    # One after another: each edit is made from places in the text that the one before it left.
    for change in changes:
        document = _read_back(document, [change], [edit_of(document, change)])
    return document


def changed_at_once(document: Document, changes: Sequence[Change]) -> Document:
    """The document after changes that don't touch each other, read back once.

    Raises `UsageError` where one can't be made in the text.
    """
    return _read_back(document, changes, [edit_of(document, change) for change in changes])


def edit_of(document: Document, change: Change) -> Edit:
    """The edit that makes a change, which is not yet read back.

    Raises `UsageError` where it can't be made.
    """
    if change.remove:
        return removing(document, change.at)
    # `restart: ` with nothing behind it is null to YAML, and takes fields like a mapping that is
    # missing.
    if _is_absent(document, change.at[:-1]):
        value = [change.value] if change.append else change.value
        around = Change(Path(change.at[:-1]), {str(change.at[-1]): value})
        return edit_of(document, around)
    if change.append:
        return appending(document, change.at, change.value)
    if change.whole:
        return replacing(document, change.at, change.value)
    return setting(document, change.at, change.value, first=change.first)


def setting(document: Document, at: Path, value: object, *, first: bool = False) -> Edit:
    """The edit that makes a scalar another one, or adds a field to a mapping.

    Raises `UsageError` for anything else.
    """
    parent, node = node_at(document, at[:-1]), node_at(document, at)
    text = document.source.text
    if node is None and parent is not None and parent.keys is not None:
        return (
            _put_first(text, parent, str(at[-1]), value)
            if first
            else _added(text, parent, str(at[-1]), value)
        )
    if node is None or parent is None or node.children:
        raise _refused(document, at, "is missing or is a collection, and can't be set")
    # An empty value has no characters of its own to replace.
    if node.start == node.end:
        return _filled(text, parent, at, node, inline(value))
    written = inline(value, node.style)
    if node.style in ("|", ">"):  # a comment after the sign that opens the block stays
        _, mark, comment = _first_line(text, node).partition(" #")
        written += mark + comment
    return Edit(node.start, node.end, written)


def replacing(document: Document, at: Path, value: object) -> Edit:
    """The edit that makes whatever stands at a path another value, or adds it where it is missing.

    Raises `UsageError` where it can't be made.
    """
    node, parent = node_at(document, at), node_at(document, at[:-1])
    text = document.source.text
    if node is None or not node.children:
        return setting(document, at, value)
    if text[node.start] in _FLOW:
        return Edit(node.start, node.end, inline(value))
    if parent is None or not parent.keys:
        raise _refused(document, at, "can't be replaced")
    # a block collection begins on the line below its key, so the edit begins behind the colon
    colon = text.index(":", parent.keys[str(at[-1])][1])
    return Edit(colon + 1, last_line_end(text, node), f" {inline(value)}")


def removing(document: Document, at: Path) -> Edit:
    """The edit that removes what stands at a path, with its lines.

    Raises `UsageError` where nothing stands there.
    """
    parent, node = node_at(document, at[:-1]), node_at(document, at)
    if node is None or parent is None or not parent.children:
        raise _refused(document, at, "is missing, and can't be removed")
    # An empty block collection cannot be written: "actions:" alone is null, which is another value.
    if len(parent.children) == 1 and len(at) > 1:
        return removing(document, Path(at[:-1]))
    text = document.source.text
    start = parent.keys[str(at[-1])][0] if parent.keys else node.start
    names = list(parent.children)
    number = names.index(at[-1])
    if text[parent.start] in _FLOW:
        if number:
            return Edit(parent.children[names[number - 1]].end, node.end, "")
        return Edit(start, _start(parent, names[1]), "")
    line = text.rfind("\n", 0, start) + 1
    if parent.keys is None and not text[line:start].strip():
        # an item below its dash: the dash is in the column where the list begins
        margin = column(text, parent)
        while line and text[line + margin] != "-":
            line = text.rfind("\n", 0, line - 1) + 1
        start = line + margin + 1
    # Where two things are on one line ("? a : b", a list in a list) neither line can go.
    if text[line:start].strip() not in ("", "-"):
        raise _refused(document, at, "can't be removed")
    if parent.keys and text[line:start].strip():  # the first field, behind the dash of a list
        return Edit(start, _start(parent, names[1]), "")
    # Its line end goes with it, or an empty line would be left in its place.
    end = _LINE_END.match(text, last_line_end(text, node))
    assert end is not None
    return Edit(line, end.end(), "")


def _start(parent: Node, name: str | int) -> int:
    """Where a child begins, with its key."""
    if parent.keys:
        return parent.keys[str(name)][0]
    assert parent.children
    return parent.children[name].start


def _is_absent(document: Document, at: Iterable[str | int]) -> bool:
    """Whether a path has no value, or null."""
    node = node_at(document, at)
    if node is None:
        return True
    text = document.source.text[node.start : node.end]
    return node.children is None and not node.style and text in ("", "null", "~")


def appending(document: Document, at: Path, value: object) -> Edit:
    """The edit that appends to a list; a missing list is added.

    Raises `UsageError` where something else stands.
    """
    node = node_at(document, at)
    text = document.source.text
    if node is None or _is_absent(document, at):
        return setting(document, at, [value])
    if node.children is None or node.keys is not None:
        raise _refused(document, at, "is not a list")
    if text[node.start] in _FLOW:
        return _put_last(node, inline(value))
    last = list(node.children.values())[-1]
    margin = column(text, node)
    # As the item above it is written: teams keep their list in one style, and the diff shows only
    # the item.
    in_block = isinstance(value, dict) and value and last.keys and text[last.start] not in _FLOW
    lines = (
        [f"{inline(key)}: {inline(item)}" for key, item in value.items()]
        if in_block and isinstance(value, dict)
        else [inline(value)]
    )
    return _new_lines(
        text,
        node,
        [" " * margin + "- " + lines[0], *(" " * (margin + 2) + line for line in lines[1:])],
    )


def unified(file: str, before: str, after: str) -> str:
    """The difference of two texts of a file as ``git apply`` takes it; empty where none is."""
    # Imported when asked: only --diff needs it.
    from difflib import unified_diff

    def lines() -> Iterator[str]:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        for line in unified_diff(old, new, f"a/{terminal(file)}", f"b/{terminal(file)}"):
            # Without this line `git apply` takes the patch for a broken one.
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

    return "".join(lines())


def node_at(document: Document, at: Iterable[str | int]) -> Node | None:
    """The node at a path; None where there is nothing."""
    node: Node | None = document.node
    for step in at:
        node = (node.children or {}).get(step) if node else None
    return node


def _filled(text: str, parent: Node, at: Path, node: Node, written: str) -> Edit:
    """The edit of an empty value, which stands right behind its colon or dash, or (in flow style)
    before the next sign.
    """
    key = (parent.keys or {}).get(str(at[-1]))
    colon = ":" if key and ":" not in text[key[1] : node.start] else ""
    gap = "" if not colon and text[node.start - 1].isspace() else " "
    return Edit(node.start, node.end, colon + gap + written)


def _added(text: str, mapping: Node, name: str, value: object) -> Edit:
    key = inline(name)
    if text[mapping.start] in _FLOW:
        return _put_last(mapping, f"{key}: {inline(value)}")
    indent = " " * column(text, mapping)
    lines = [f"{indent}{key}: {inline(value)}"]
    if isinstance(value, list) and len(lines[0]) > WIDTH:
        lines = [f"{indent}{key}:", *(f"{indent}  - {inline(item)}" for item in value)]
    return _new_lines(text, mapping, lines)


def _put_first(text: str, mapping: Node, name: str, value: object) -> Edit:
    """The edit that adds a field before all others."""
    written = f"{inline(name)}: {inline(value)}"
    if text[mapping.start] in _FLOW:
        offset = mapping.start + 1
        gap = "" if text[offset].isspace() else " "
        comma = f",{gap}" if mapping.children else ""
        return Edit(offset, offset, written + comma)
    # A file from Windows keeps its line ends: one odd line would show in every later diff.
    end = "\r\n" if "\r\n" in text else "\n"
    return Edit(mapping.start, mapping.start, written + end + " " * column(text, mapping))


def _put_last(node: Node, written: str) -> Edit:
    """The edit that puts an item behind the last of a flow collection, before a comma that may
    stand there.
    """
    end = list(node.children.values())[-1].end if node.children else node.start + 1
    return Edit(end, end, f", {written}" if node.children else written)


def _new_lines(text: str, node: Node, lines: list[str]) -> Edit:
    """The edit that adds lines below a block collection, behind a comment on its last line."""
    offset = last_line_end(text, node)
    end = _LINE_END.match(text, offset)
    assert end is not None
    line_end = end[0] or ("\r\n" if "\r\n" in text else "\n")
    return Edit(offset, offset, "".join(line_end + line for line in lines))


def last_line_end(text: str, node: Node) -> int:
    """Where the last line of a node ends, behind a comment that may stand there and before its line
    end.
    """
    end = _LINE_END.search(text, node.end)
    assert end is not None
    offset = end.start()
    last = node
    while last.children:
        last = list(last.children.values())[-1]
    # "|+" keeps the blank lines below it, so a field put between would change the text.
    if last.style in ("|", ">") and "+" in _first_line(
        text, last
    ):  # the blank lines below belong to this text
        while blank := _BLANK_LINE.match(text, offset):
            offset = blank.end()
    return offset


def column(text: str, node: Node) -> int:
    """How many characters come before a node on its line."""
    return node.start - (text.rfind("\n", 0, node.start) + 1)


def _first_line(text: str, node: Node) -> str:
    return text[node.start : node.end].partition("\n")[0].rstrip("\r")


def _read_back(document: Document, changes: Sequence[Change], edits: Iterable[Edit]) -> Document:
    """The edited document.

    Raises `UsageError` where it is not the old one with just these changes.
    """
    source = document.source
    # What the reader did not take whole has gaps, and an edit of it could be one too many.
    if document.unclear:
        problem = document.unclear[0]
        raise UsageError(
            problem.message,
            file=source.file,
            span=problem.span,
            help=f"correct this first: {problem.help}",
        )
    try:
        after = decode(source.file, apply(source.text, edits).encode(), keeps_marks=True)
        found = read_as(document.kind, after)
    except (Malformed, UnicodeEncodeError):
        raise _refused(document, changes[0].at, "can't be written here") from None
    # as texts, because True == 1 and the order of fields counts
    if (
        found.unclear
        or repr(found.data) != repr(expected_data(document.data, changes))
        or found.body != document.body
    ):
        raise _refused(document, changes[0].at, "can't be written here")
    return found


def _refused(document: Document, at: Path, why: str) -> UsageError:
    return UsageError(
        f"'{at.pointer}' {why}",
        file=document.source.file,
        span=document.locate(at),
        help="the file is as it was: make this change by hand",
    )
