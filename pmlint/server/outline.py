"""The fields of a YAML text that is still being typed: where each stands, and what stands at the
cursor.

The strict reader refuses a text with one open bracket. This one never refuses: it follows
indentation, dashes, keys, quotes and brackets line by line, and drops what stays open at the next
line that can't belong to it. For a text that the strict reader takes, both see the same fields in
the same places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, NamedTuple

from pmlint.parsing.strict_yaml import MAX_DEPTH
from pmlint.place import Path, Step

_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#\[\]{},"'&*!|>%@`-][^#\n]*?|-[^\s#][^#\n]*?)"""
    r"[ \t]*:(?=[ \t\r\n]|$)"
)
_COMMENT = re.compile(r"(?:^|[ \t])#")


class Slot(NamedTuple):
    """A field or an item: where its value starts and ends (quotes included), its text without
    quotes, where its key stands.

    The text of a collection is empty; items of lists have no key.
    """

    path: Path
    start: int
    end: int
    text: str = ""
    key: tuple[int, int] | None = None

    def covers(self, offset: int) -> bool:
        """Whether a place lies in the key or in the value, or right behind one of them."""
        return self.start <= offset <= self.end or (
            self.key is not None and self.key[0] <= offset <= self.key[1]
        )


class OpenLevel:
    """An open block collection: its column, its path, the item or field that came last."""

    def __init__(self, column: int, path: Path, is_list: bool, last: Path | None = None) -> None:
        self.column = column
        self.path = path
        self.is_list = is_list
        self.last = last
        self.count = 0


class Flow:
    """An open bracket: what it belongs to, how many items are complete, the key that waits for its
    value, the word that waits.
    """

    def __init__(self, path: Path, is_list: bool) -> None:
        self.path = path
        self.is_list = is_list
        self.count = 0
        self.key: tuple[str, int, int] | None = None
        self.word: tuple[str, int, int] | None = None
        self.nested = False

    @property
    def child(self) -> Path:
        """The place of what is read next; the collection itself where a key comes next."""
        name = self.key[0] if self.key else None
        step: Step | None = self.count if self.is_list else name
        return self.path if step is None else self.path / step


class Outline:
    """The fields of the characters ``start`` to ``end`` of a text, by path.

    What is open at the end: the block collections (``levels``), the brackets (``flow``), the
    ``quote`` with its start and what to do with its text, and the ``block`` of text (``|``) with
    the column that ends it.
    """

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.slots: dict[Path, Slot] = {}
        self.levels = [OpenLevel(-1, Path(), False, Path())]
        self.flow: list[Flow] = []
        self.quote: tuple[str, int, Callable[[str, int, int], None]] | None = None
        self.block: tuple[int, Path] | None = None
        end = len(text) if end is None else end
        while start < end:
            stop = text.find("\n", start, end)
            stop = end if stop < 0 else stop
            # Windows ends lines with CR and LF; the CR is no part of a value.
            self._line(start, stop - 1 if text.endswith("\r", start, stop) else stop)
            start = stop + 1

    @cached_property
    def data(self) -> Any:
        """The fields as plain data in which every scalar is a text: for the model's views."""
        children: dict[Path, list[Step]] = {}
        for path in self.slots:
            if path:
                children.setdefault(Path(path[:-1]), []).append(path[-1])

        def value(path: Path) -> Any:
            steps = children.get(path)
            if steps is None:
                return self.slots[path].text if path in self.slots else {}
            # Items are put in their order, so no number is left out.
            if isinstance(steps[0], int):
                return [value(path / step) for step in steps]
            return {step: value(path / step) for step in steps}

        return value(Path())

    def at(self, offset: int) -> Slot | None:
        """The innermost field whose key or value covers a place."""
        found = [slot for slot in self.slots.values() if slot.covers(offset)]
        # An item covers the fields in it: the longest path is the innermost.
        return max(found, key=lambda slot: len(slot.path), default=None)

    def _line(self, start: int, end: int) -> None:
        stripped = self.text[start:end].lstrip(" ")
        at = end - len(stripped)
        column = at - start
        if self.block is not None:
            if not stripped.strip() or column > self.block[0]:
                self._extend(self.block[1], at, end)
                return
            self.block = None
        if self.flow or self.quote:
            if not stripped or not self._abandoned(at, end, column):
                self.inside(at, end)
                return
            self.drop(at)
        if stripped.strip() and not stripped.startswith("#"):
            self._item(at, end, column)

    def _abandoned(self, at: int, end: int, column: int) -> bool:
        """Whether a line can't belong to what is open above it: it is no deeper, and begins a field
        or an item of its own.
        """
        # A word alone may go on with a text in quotes; a key at this column cannot.
        begins = _KEY.match(self.text, at, end) or self.text[at:end].startswith(("- ", "---"))
        return column <= self.levels[-1].column and bool(begins)

    def drop(self, at: int) -> None:
        """Close what is open in brackets and quotes; a word that waits there counts."""
        for flow in reversed(self.flow):
            self._complete(flow, at)
        self.flow, self.quote = [], None

    def _item(self, at: int, end: int, column: int) -> None:
        inner = self.dash(at, end)
        if inner is not None:
            level = self.level(column, True)
            level.last = level.path / level.count
            level.count += 1
            self._put(Slot(level.last, inner, inner))
            # The strict reader refuses deeper texts; here a line of dashes must not end the stack.
            if inner < end and self.text[inner] != "#" and len(self.levels) < MAX_DEPTH:
                self._item(inner, end, column + inner - at)
            return
        match = _KEY.match(self.text, at, end)
        if match is None:
            self._bare(at, end, column)
            return
        level = self.level(column, False)
        level.last = level.path / _plain(match[1])
        self._put(Slot(level.last, match.end(), match.end(), "", match.span(1)))
        self._value(level.last, match.end(), end)

    def dash(self, at: int, end: int) -> int | None:
        """Where the content of an item begins, None where the line is not an item."""
        if self.text[at] != "-" or (at + 1 < end and self.text[at + 1] not in " \t"):
            return None
        inner = at + 1
        while inner < end and self.text[inner] in " \t":
            inner += 1
        return inner

    def level(self, column: int, is_list: bool) -> OpenLevel:
        """The open collection at a column, a new one where there is none: whatever is deeper is
        closed.
        """
        levels = self.levels
        while levels[-1].column > column or (
            # YAML lets a list stand in the column of its key, and the next key ends it.
            levels[-1].column == column and levels[-1].is_list and not is_list
        ):
            levels.pop()
        top = levels[-1]
        if top.column != column or top.is_list != is_list:
            levels.append(OpenLevel(column, top.path if top.last is None else top.last, is_list))
        return levels[-1]

    def _bare(self, at: int, end: int, column: int) -> None:
        """A line without a key: the value of the field above it, or more of its text, or a key that
        is not complete.
        """
        if any(level.column == column for level in self.levels):
            return
        while self.levels[-1].column > column:
            self.levels.pop()
        last = self.levels[-1].last or Path()
        slot = self.slots.get(last)
        if slot is not None and slot.start < slot.end:
            self._extend(last, at, end)
        else:
            self._value(last, at, end)

    def _value(self, path: Path, at: int, end: int) -> None:
        while at < end and self.text[at] in " \t":
            at += 1
        if at == end or self.text[at] == "#":
            return
        first = self.text[at]
        if first in "|>":
            self.block = self.levels[-1].column, path
            self._put(Slot(path, at, at + 1))
        elif first in "[{\"'":
            self._put(Slot(path, at, at))
            self.inside(at, end, path)
        else:
            comment = _COMMENT.search(self.text, at, end)
            stop = comment.start() if comment else end
            text = self.text[at:stop].rstrip()
            self._put(Slot(path, at, at + len(text), text))

    def inside(self, at: int, end: int, path: Path | None = None) -> None:
        """Read on in brackets or quotes; ``path`` is the field where they are opened."""
        while at < end:
            flow = self.flow[-1] if self.flow else None
            character = self.text[at]
            if self.quote:
                at = self._quoted(at, end)
            elif character in " \t":
                at += 1
            elif character == "#" and self.text[at - 1] in " \t\n":
                return
            elif character in "\"'" and (flow is None or flow.word is None):
                self.quote = (
                    character,
                    at,
                    self._word if flow else partial(self._quoted_value, path or Path()),
                )
                at += 1
            elif character in "[{":
                # A line of 200,000 brackets costs nothing then.
                if len(self.flow) == MAX_DEPTH:
                    return
                place = flow.child if flow else path or Path()
                if flow:
                    flow.nested = True
                    self._put(Slot(place, at, at, "", flow.key[1:] if flow.key else None))
                self.flow.append(Flow(place, character == "["))
                at += 1
            elif flow is None:
                return  # the value is complete
            elif character in ",]}:":
                at = self._sign(flow, character, at, end)
            else:
                at = self._plain_word(at, end)

    def _quoted(self, at: int, end: int) -> int:
        assert self.quote is not None
        quote, start, done = self.quote
        while at < end:
            if quote == '"' and self.text[at] == "\\":
                at += 2
            elif self.text[at] != quote:
                at += 1
            elif quote == "'" and self.text.startswith("''", at, end):
                at += 2
            else:
                self.quote = None
                done(_plain(self.text[start : at + 1]), start, at + 1)
                return at + 1
        return end

    def _sign(self, flow: Flow, character: str, at: int, end: int) -> int:
        if character == ":":
            follows = self.text[at + 1] if at + 1 < end else " "
            # Behind a word in quotes a colon needs no blank ({"a":1} as JSON writes it); in a plain
            # one it is a part of it (12:30).
            if follows not in " \t,[]{}" and not (flow.word and self.text[flow.word[1]] in "\"'"):
                return self._plain_word(at, end)
            if not flow.is_list and flow.key is None:
                flow.key, flow.word = flow.word or ("", at, at), None
            return at + 1
        self._complete(flow, at)
        if character != ",":
            self.flow.pop()
            slot = self.slots.get(flow.path)
            if slot is not None:
                self.slots[flow.path] = slot._replace(end=at + 1)
        return at + 1

    def _complete(self, flow: Flow, at: int) -> None:
        """Keep the item or the field of a bracket that ends here."""
        text, start, end = flow.word or ("", at, at)
        if (flow.is_list and flow.word) or (flow.key and not flow.nested):
            self._put(Slot(flow.child, start, end, text, flow.key[1:] if flow.key else None))
        if flow.word or flow.nested:
            flow.count += 1
        flow.key = flow.word = None
        flow.nested = False

    def _word(self, text: str, start: int, end: int) -> None:
        flow = self.flow[-1]
        flow.word = (
            (f"{flow.word[0]} {text}", flow.word[1], end) if flow.word else (text, start, end)
        )

    def _plain_word(self, at: int, end: int) -> int:
        stop = at
        while stop < end and self.text[stop] not in ",[]{}":
            if self.text[stop] == ":" and (stop + 1 == end or self.text[stop + 1] in " \t,[]{}"):
                break
            if self.text[stop] == "#" and self.text[stop - 1] in " \t":
                break
            stop += 1
        text = self.text[at:stop].rstrip()
        self._word(text, at, at + len(text))
        # At least one character on, or a sign that begins no word would be read for ever.
        return max(stop, at + 1)

    def _quoted_value(self, path: Path, text: str, start: int, end: int) -> None:
        self._put(Slot(path, start, end, text))

    def _put(self, slot: Slot) -> None:
        known = self.slots.get(slot.path)
        # Of a key that is there twice the first stays; the strict reader says what is wrong.
        if known is None or known.start == known.end:
            self.slots[slot.path] = slot._replace(key=slot.key or (known.key if known else None))

    def _extend(self, path: Path, at: int, end: int) -> None:
        slot = self.slots[path]
        text = self.text[at:end].strip()
        if text:
            self.slots[path] = slot._replace(
                end=at + len(self.text[at:end].rstrip()), text=f"{slot.text} {text}".strip()
            )


def _plain(text: str) -> str:
    """A word of the text without its quotes."""
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if text[:1] == '"' else text
