"""A document: its text, its data, and the one place that turns a path into rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from pmlint.parsing.source import BOM, JOINERS, Malformed, Source
from pmlint.parsing.strict_yaml import parse
from pmlint.parsing.yaml_nodes import Node, ScalarTexts
from pmlint.place import Path, Span, Where

DocumentName = Literal["postmortem", "route", "people", "policy"]
"""The kinds of documents that a repository keeps (`pmlint.project.kinds`)."""
# Blanks behind the dashes match, so that such a line is refused at its place: some readers take it
# for a fence, and would see other front matter.
_FENCE = re.compile(r"---[ \t]*\r?$", re.MULTILINE)


TEXT_FIELDS = frozenset(
    "title summary description unknown event name note missing statement why done_when place "
    "reason text because message fix".split()
)
"""The fields that hold a text for people; in all others each character counts."""


class Cut(NamedTuple):
    """A plain text with a comment behind it: its place, offsets of the text and of the end of its
    line, the line's text from there on, and the comment.

    ``is_inline`` says that it is in a flow mapping or list.
    """

    at: Path
    start: int
    end: int
    whole: str
    comment: str
    is_inline: bool

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of the text: the field is empty."""
        return self.whole == self.comment


_CUT = re.compile(r"#(?:(?<= #)[^ \r\n]|(?<=[^ ] #) )")
"""A comment that a person may have meant as text: two blanks before ``# `` set one off."""
_BEHIND = re.compile(r"( +)(#[^\r\n]*)")


class Document:
    """A document that could be read; ``problems`` is what is wrong with its YAML all the same."""

    def __init__(
        self, kind: DocumentName, source: Source, front_matter: tuple[int, int] | None = None
    ) -> None:
        self.kind = kind
        self.source = source
        # a byte order mark at the start of a YAML file is not a part of its first key
        first = 1 if source.text.startswith(BOM) else 0
        start, end = front_matter or (first, len(source.text))
        parsed = parse(source, start, end)
        self.data = parsed.data
        self._where = parsed.where
        self.problems = (*source.marks, *parsed.problems, *self._hidden(source.text[start:end]))
        self._last: tuple[Node, ScalarTexts] | None = None
        self.body_start = (
            len(source.text) if front_matter is None else _after_line(source.text, end)
        )
        self.body = source.text[self.body_start :]
        self._front = (start, end)
        # A people file is a list; what else it may be is the schema's to say.
        if self.data is None or (kind != "people" and not isinstance(self.data, dict)):
            raise self._wrong_top()

    @property
    def unclear(self) -> tuple[Malformed, ...]:
        """The problems that keep a verb from editing it: all but a byte order mark, which every
        verb keeps (docs/spec/adopt.md, *Windows*).
        """
        return tuple(one for one in self.problems if one not in self.source.byte_order_mark)

    @cached_property
    def node(self) -> Node:
        """Where every key and value is: worked out when somebody asks."""
        return self._where()

    def _hidden(self, text: str) -> Iterator[Malformed]:
        """Joiners in what is not a text for people: a key, an id, a handle, a path, a link."""
        # Places are worked out only where there is a joiner: 75 us a document, and hardly any has
        # one.
        if not any(joiner in text for joiner in JOINERS):
            return
        left: list[tuple[object, Node, str]] = [(self.data, self.node, "")]
        while left:
            value, node, name = left.pop()
            keys = value.keys() if isinstance(value, dict) else ()
            is_text = name in TEXT_FIELDS or name[:2] == "x-"
            names = [key for key in keys if any(joiner in key for joiner in JOINERS)]
            unseen = isinstance(value, str) and any(joiner in value for joiner in JOINERS)
            if names or (unseen and not is_text):
                yield Malformed(
                    f"an invisible character is in '{name or names[0]}'",
                    self.source.span(node.start, max(node.end, node.start + 1)),
                    help="remove it: two names that look the same must be the same",
                )
            children = node.children or {}
            if isinstance(value, dict):
                left += [(value[key], children[key], key) for key in keys if key in children]
            elif isinstance(value, list):
                left += [
                    (item, children[number], name)
                    for number, item in enumerate(value)
                    if number in children
                ]

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """The plain texts of the front matter that a comment may have cut off."""
        # few files have such a comment, and to find the place of every value takes its time
        return tuple(self._cuts(self.node, Path())) if _CUT.search(self.source.text) else ()

    def _cuts(self, node: Node, at: Path, *, is_inline: bool = False) -> Iterator[Cut]:
        text = self.source.text
        for step, child in (node.children or {}).items():
            inside = is_inline or text[node.start : node.start + 1] in ("{", "[")
            yield from self._cuts(child, at / step, is_inline=inside)
        behind = _BEHIND.match(text, node.end)
        if node.children is not None or node.style or behind is None:
            return
        blanks, comment = behind.groups()
        is_glued = comment[1:2] not in (" ", "")
        # Of a field without a value a comment says what belongs there, unless it is one word with
        # its '#': `summary: #4711 was paid twice` was meant as the text.
        is_empty = node.start == node.end
        if is_glued or (len(blanks) == 1 and not is_empty):
            start = behind.start(2) if is_empty else node.start
            comment = comment.rstrip()
            end = behind.start(2) + len(comment)
            yield Cut(at, start, end, text[start:end], comment, is_inline)

    def _wrong_top(self) -> Malformed:
        start = self._front[0]
        if self.data is None:
            what = "the front matter is empty" if self.kind == "postmortem" else "the file is empty"
            return Malformed(
                what,
                self.source.span(start, start + 1),
                help="'pmlint new' writes a postmortem to start from",
            )
        kind = "list" if isinstance(self.data, list) else "single value"
        return Malformed(
            f"the document is a {kind}, not fields",
            self.source.span(self.node.start, self.node.start + 1),
            help="write 'field: value' lines, beginning with 'id:'",
        )

    def locate(self, at: Path | Where) -> Span:
        """The span of a value, a key, characters of a value or of the body; of the nearest thing
        around it where it does not exist.

        A value of several lines is shown by its first line.
        """
        where = at if isinstance(at, Where) else Where(at)
        if where.part == "body":
            start, end = where.chars or (0, 0)
            return self._first_line(self.body_start + start, self.body_start + end)
        node, key, missing = self._find(where.path)
        if missing or (where.part == "key" and key is None):
            start, end = self._head(node, key)
        elif where.part == "key" and key is not None:
            start, end = key
        elif where.chars is not None:
            value = self._value(where.path)
            start, end = (
                self._texts(node, value).span(*where.chars)
                if isinstance(value, str)
                else (node.start, node.end)
            )
        # A whole mapping underlined would hide what is wrong with it: its key is enough.
        elif node.children is not None:
            start, end = self._head(node, key)
        else:
            start, end = node.start, node.end
            # A value that is not written ("owner:") has no characters: its key is shown.
            if start == end and key is not None:
                start, end = key
        return self._first_line(start, end)

    def _texts(self, node: Node, value: str) -> ScalarTexts:
        """The places of a scalar; those of the last one are kept, since findings about one text
        come together.
        """
        if self._last is None or self._last[0] is not node:
            self._last = node, ScalarTexts(self.source, node, value)
        return self._last[1]

    def _find(self, path: Path) -> tuple[Node, tuple[int, int] | None, bool]:
        node, key = self.node, None
        for step in path:
            child = (node.children or {}).get(step)
            if child is None:
                return node, key, True
            key = (node.keys or {}).get(str(step)) if isinstance(step, str) else None
            node = child
        return node, key, False

    def _head(self, node: Node, key: tuple[int, int] | None) -> tuple[int, int]:
        """Where a collection is shown: its own first key (so that an item of a list is seen), else
        the key that names it.
        """
        if key is not None:
            return key
        if node.keys:
            return next(iter(node.keys.values()))
        return node.start, max(node.end, node.start + 1)

    def _value(self, path: Path) -> object:
        value = self.data
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int):
                value = value[step]
            else:
                return None
        return value

    def _first_line(self, start: int, end: int) -> Span:
        stop = self.source.text.find("\n", start, end)
        # The carriage return of CRLF is a part of the line end: no editor has a column for it.
        if stop >= 0:
            end = stop if stop == start or self.source.text[stop - 1] != "\r" else stop - 1
        size = len(self.source.text)
        if start >= size:
            return self.source.span(start, start)
        return self.source.span(start, max(end, min(start + 1, size)))


def read_postmortem(source: Source) -> Document:
    """Read a postmortem: YAML between two lines ``---``, then Markdown. Raises `Malformed`."""
    return Document("postmortem", source, _front_matter(source))


def read_body(source: Source) -> str:
    """The Markdown of a postmortem, without reading its YAML. Raises `Malformed`."""
    return source.text[_after_line(source.text, _front_matter(source)[1]) :]


def _front_matter(source: Source) -> tuple[int, int]:
    """Where the YAML begins and ends, in characters. Raises `Malformed`."""
    text = source.text
    opening = _FENCE.match(text, 1 if text.startswith(BOM) else 0)
    if not text.strip():
        raise Malformed("the file is empty", help="'pmlint new' writes a postmortem to start from")
    if opening is None:
        raise Malformed(
            "there is no front matter: the first line is not '---'",
            source.span(0, 1),
            help="begin with '---', the fields, and '---' again; 'pmlint new' shows them all",
        )
    closing = _closing(text)
    if closing is None:
        raise Malformed(
            "the front matter is not closed: no second line '---'",
            # The opening fence: nobody can say where the closing one belongs.
            Span(1, 1, 1, 4),
            help="put a line '---' below the last field",
        )
    for fence in (opening, closing):
        if fence[0].rstrip("\r") != "---":
            raise Malformed(
                "blanks follow '---'",
                source.span(fence.start(), fence.end()),
                help="remove them: not every reader takes such a line for a fence",
            )
    return _after_line(text, opening.end()), closing.start()


def _closing(text: str) -> re.Match[str] | None:
    """The second fence: sought as a text, which is much faster than the pattern."""
    # A pattern with '^' tries every line: 36 us for a document of 8 KB, and 3 us this way.
    at = text.find("\n---")
    while at >= 0:
        if found := _FENCE.match(text, at + 1):
            return found
        at = text.find("\n---", at + 1)
    return None


def read_yaml(source: Source, kind: DocumentName) -> Document:
    """Read a route, people or policy file.

    Raises `Malformed`.
    """
    return Document(kind, source)


def read_as(kind: DocumentName, source: Source) -> Document:
    """Read a file as a kind of document. Raises `Malformed`."""
    # A postmortem alone has a body below its fields, so it alone is Markdown.
    return read_postmortem(source) if kind == "postmortem" else read_yaml(source, kind)


def _after_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1
