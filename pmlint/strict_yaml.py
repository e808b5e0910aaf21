"""YAML text → plain data, and a tree of nodes that knows where every key and value stands. The only module that knows yaml.

Reads libyaml's event stream (PyYAML's C parser) and composes it here: `yaml.CSafeLoader` crashes on deep nesting, keeps the last
of two equal keys and turns ``no`` into false. Scalars follow the YAML 1.2 core schema, and whatever YAML 1.1 would read otherwise
is refused, so that the text means the same to every reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

from pmlint.place import Span
from pmlint.source import Malformed, Source

MAX_DEPTH = 64
MAX_NODES = 20_000
MAX_DIGITS = 16
"""More digits than a double can tell apart are a text in disguise."""

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
_DATE_LIKE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ].*)?", re.ASCII)
_NUMBER_LIKE = re.compile(
    r"[-+]?(\.?[0-9][0-9_,.]*([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.inf|\.Inf|\.INF|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)|\.nan|\.NaN|\.NAN",
    re.ASCII,
)
_WORDS: dict[str, object] = {"": None, "null": None, "~": None, "true": True, "false": False}
_TWO_MEANINGS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
    if form not in _WORDS
) | {"=", "<<"}


class Node(NamedTuple):
    """A value in the text: offsets of its first character and past its last; children by key or index, keys by their own offsets.

    ``style`` is YAML's: ``'`` or ``"`` quoted, ``|`` or ``>`` block, empty for plain scalars and collections.
    """

    start: int
    end: int
    style: str = ""
    children: dict[str | int, Node] | None = None
    keys: dict[str, tuple[int, int]] | None = None


class Parsed(NamedTuple):
    """What was read, and what is wrong with it although it could be read."""

    data: object
    node: Node
    problems: tuple[Malformed, ...]


def parse(source: Source, start: int = 0, end: int | None = None) -> Parsed:
    """Read one document from the characters ``start`` to ``end`` of a source.

    Raises `Malformed` for what can't be read at all: broken syntax, more than `MAX_DEPTH` levels or `MAX_NODES` nodes.
    """
    return _Composer(source, start, len(source.text) if end is None else end).compose()


def parse_foreign(source: Source) -> Parsed:
    """Read a file of another platform: anchors, aliases and merge keys are expanded under the same budgets.

    Several documents in one file are read as a list. Raises `Malformed`.
    """
    return _ForeignComposer(source, 0, len(source.text)).compose_all()


class _Composer:
    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.base = start
        self.text = source.text[start:end]
        self.nodes = 0
        self.problems: list[Malformed] = []
        self.parser: Any = CParser(self.text)  # its stubs know only one kind of event
        self.event: Callable[[], Any] = self.parser.get_event

    def compose(self) -> Parsed:
        try:
            self.event()  # the stream begins
            opening = self.event()
            if type(opening).__name__ == "StreamEndEvent":
                return Parsed(None, Node(self.base, self.base), ())
            if opening.version or opening.tags:
                self.say(opening, "a directive stands in the document", "remove the line that begins with '%'")
            data, node = self.value(self.event(), 0)
            self.event()  # the document ends
            following = self.event()
            if type(following).__name__ != "StreamEndEvent":
                self.say(following, "a second document begins here", "keep one document in a file")
        except YAMLError as error:
            raise self.broken(error) from None
        return Parsed(data, node, tuple(self.problems))

    def value(self, event: Any, depth: int) -> tuple[object, Node]:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Malformed(
                f"the document has more than {MAX_NODES:,} values", self.span(event), help="move raw data into the evidence folder"
            )
        if depth > MAX_DEPTH:
            raise _too_deep(self.span(event))
        if isinstance(event, AliasEvent):
            self.say(event, f"'*{event.anchor}' is an alias", "write the value itself: a reader sees one place at a time")
            return None, self.node(event)
        if event.anchor is not None:
            self.say(event, f"'&{event.anchor}' is an anchor", "write the value out where it is needed")
        if event.tag is not None:
            self.say(event, f"{event.tag!r} is a tag", "remove it: the format knows every type")
        if isinstance(event, ScalarEvent):
            return self.scalar(event), self.node(event)
        if isinstance(event, MappingStartEvent):
            return self.mapping(event, depth)
        assert isinstance(event, SequenceStartEvent)
        return self.sequence(event, depth)

    def mapping(self, opening: Any, depth: int) -> tuple[object, Node]:
        data: dict[str, object] = {}
        children: dict[str | int, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        last = opening.end_mark.index
        while type(event := self.event()).__name__ != "MappingEndEvent":
            key = self.key(event, depth)
            value, node = self.value(self.event(), depth + 1)
            if key is None:
                continue
            if key in data:
                row = self.source.position(keys[key][0])[0]
                self.say(event, f"the key {key!r} stands here twice; the first is on line {row}", "keep one of them")
                continue
            data[key] = value
            children[key] = node
            keys[key] = (self.base + event.start_mark.index, self.base + event.end_mark.index)
            last = node.end - self.base
        end = event.end_mark.index if opening.flow_style else last
        return data, Node(self.base + opening.start_mark.index, self.base + end, "", children, keys)

    def key(self, event: Any, depth: int) -> str | None:
        if not isinstance(event, ScalarEvent):
            self.say(event, "a key is a list, a mapping or an alias", "use a plain word as the key")
            self.value(event, depth + 1)
            return None
        if event.anchor is not None or event.tag is not None:
            self.say(event, "a key has an anchor or a tag", "use a plain word as the key")
        plain = event.style is None or event.style == ""
        name: str = event.value
        if name == "<<" and plain:
            self.say(event, "'<<' merges another mapping", "write the fields out where they are needed")
            return None
        # `on` is a field of the format (signoff.on); as a key it has one meaning, so only other forms are refused
        if plain and name != "on" and not isinstance(_plain(name), str):
            self.say(event, f"the key {_shown(name)} is not a text", "put it in quotes")
        return name

    def sequence(self, opening: Any, depth: int) -> tuple[object, Node]:
        data: list[object] = []
        children: dict[str | int, Node] = {}
        last = opening.end_mark.index
        while type(event := self.event()).__name__ != "SequenceEndEvent":
            value, node = self.value(event, depth + 1)
            children[len(data)] = node
            data.append(value)
            last = node.end - self.base
        end = event.end_mark.index if opening.flow_style else last
        return data, Node(self.base + opening.start_mark.index, self.base + end, "", children)

    def scalar(self, event: Any) -> object:
        text: str = event.value
        if event.style in ("'", '"', "|", ">"):
            return text
        found = _plain(text)
        if isinstance(found, _Unclear):
            self.say(event, f"{_shown(text)} {found.why}", found.help)
            return text
        return found

    def node(self, event: Any) -> Node:
        style = getattr(event, "style", None) or ""
        start, end = event.start_mark.index, event.end_mark.index
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Node(self.base + start, self.base + end, style)

    def span(self, event: Any) -> Span:
        start = self.base + event.start_mark.index
        return self.source.span(start, max(start + 1, self.base + event.end_mark.index))

    def say(self, event: Any, message: str, help: str) -> None:
        self.problems.append(Malformed(message, self.span(event), help=help))

    def broken(self, error: YAMLError) -> Malformed:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        offset = min(len(self.source.text), self.base + (mark.index if mark else 0))
        reason = getattr(error, "problem", None) or str(error)
        if "nesting depth" in reason:  # newer libyaml has a limit of its own and meets it first, as it reads ahead
            return _too_deep(self.source.span(offset, offset + 1))
        return Malformed(f"this is not YAML: {reason}", self.source.span(offset, offset + 1), help=_remedy(str(reason)))


class _ForeignComposer(_Composer):
    """Expands what other platforms use; a scalar of two meanings stays a text, and whoever asks for a truth value must refuse it."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, start, end)
        self.anchors: dict[str, tuple[object, Node, int]] = {}

    def compose_all(self) -> Parsed:
        found: list[tuple[object, Node]] = []
        try:
            self.event()  # the stream begins
            while type(self.event()).__name__ != "StreamEndEvent":
                self.anchors.clear()
                found.append(self.value(self.event(), 0))
                self.event()  # the document ends
        except YAMLError as error:
            raise self.broken(error) from None
        found = [(data, node) for data, node in found if data is not None]
        if len(found) == 1:
            return Parsed(*found[0], tuple(self.problems))
        children: dict[str | int, Node] = {number: node for number, (_, node) in enumerate(found)}
        return Parsed([data for data, _ in found], Node(0, len(self.text), "", children), tuple(self.problems))

    def value(self, event: Any, depth: int) -> tuple[object, Node]:
        if isinstance(event, AliasEvent):
            known = self.anchors.get(str(event.anchor))
            if known is None:
                raise Malformed(f"'*{event.anchor}' names no anchor above it", self.span(event), help="define the anchor first")
            self.nodes += known[2]
            if self.nodes > MAX_NODES:
                raise Malformed(f"the aliases expand to more than {MAX_NODES:,} values", self.span(event), help="write the values out")
            return known[0], known[1]
        before = self.nodes
        anchor = event.anchor
        event.anchor = event.tag = None
        data, node = super().value(event, depth)
        if anchor is not None:
            self.anchors[anchor] = (data, node, self.nodes - before)
        return data, node

    def key(self, event: Any, depth: int) -> str | None:
        return "<<" if isinstance(event, ScalarEvent) and event.value == "<<" and not event.style else super().key(event, depth)

    def mapping(self, opening: Any, depth: int) -> tuple[object, Node]:
        data, node = super().mapping(opening, depth)
        assert isinstance(data, dict)
        assert node.children is not None
        assert node.keys is not None
        if "<<" in data:
            merged, source = data.pop("<<"), node.children.pop("<<")
            pairs = zip(merged, (source.children or {}).values(), strict=False) if isinstance(merged, list) else ((merged, source),)
            for other, where in pairs:
                for name, value in other.items() if isinstance(other, dict) else ():
                    if name not in data:
                        data[name] = value
                        node.children[str(name)] = (where.children or {}).get(name, where)
                        node.keys[name] = (where.keys or {}).get(name, (where.start, where.end))
        return data, node

    def scalar(self, event: Any) -> object:
        found = _plain(event.value) if not event.style else event.value
        return event.value if isinstance(found, _Unclear) else found


def _too_deep(span: Span) -> Malformed:
    return Malformed(f"the document is nested more than {MAX_DEPTH} levels deep", span, help="flatten it")


class _Unclear(NamedTuple):
    why: str
    help: str


def _plain(text: str) -> object:
    """The value of a plain scalar, or why it has none."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _TWO_MEANINGS:
        return _Unclear("is not the same to every YAML reader", "write true or false, or put the text in quotes")
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    if len(text) > 400 and _NUMBER_LIKE.fullmatch(text):
        return _Unclear("has too many digits", "put it in quotes")
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < MAX_DIGITS else _Unclear("has too many digits to be the same number everywhere", "put it in quotes")
    if _FLOAT.fullmatch(text):
        return float(text) if len(text) <= MAX_DIGITS + 1 else _Unclear("has too many digits", "put it in quotes")
    if _DATE_LIKE.fullmatch(text):
        return text
    if _NUMBER_LIKE.fullmatch(text):
        return _Unclear("is a number to some YAML readers and a text to others", "write a plain decimal number, or put the text in quotes")
    return text


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _remedy(reason: str) -> str:
    if "tab" in reason or "cannot start any token" in reason:
        return "indent with spaces, and put a text that begins with a special character in quotes"
    if "mapping values" in reason:
        return "put a text with ': ' in it in quotes"
    return "check the indentation, the quotes and the brackets from here upwards"


def text_span(source: Source, node: Node, value: str, start: int, end: int) -> tuple[int, int]:
    """Offsets in the text of the characters ``start`` to ``end`` of a scalar's value; all of the scalar where they can't be told."""
    wanted = value[start:end]
    raw = source.text[node.start : node.end]
    if not wanted or start >= end:
        return node.start, node.end
    first = _nth(raw, wanted, value[:start].count(wanted))
    if first is not None:
        return node.start + first, node.start + first + len(wanted)
    # folded text: a space of the value may be a line break with indentation in the file
    pattern = r"\s+".join(re.escape(word) for word in wanted.split())
    before = len(re.findall(pattern, value[:start]))
    for number, match in enumerate(re.finditer(pattern, raw)):
        if number == before:
            return node.start + match.start(), node.start + match.end()
    return node.start, node.end


def _nth(raw: str, wanted: str, number: int) -> int | None:
    at = -1
    for _ in range(number + 1):
        at = raw.find(wanted, at + 1)
        if at < 0:
            return None
    return at
