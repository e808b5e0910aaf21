"""YAML as platforms write it → plain data with places: several documents, anchors, merge keys,
tags and keys of any type.

`pmlint.parsing.strict_yaml` refuses what readers disagree about; here it is kept: a scalar without
one meaning becomes `Ambiguous`, and what is wrong with a part is a flaw at its path, for whoever
maps that part. Keys are the texts that are written: ``on`` stays ``on``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain, starmap
from typing import Any, NamedTuple

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.values import Ambiguous
from pmlint.place import Path, Span, Where

_WORDS: dict[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What YAML 1.1 and 1.2 agree about."""
_TWO_MEANINGS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off")
    for form in (word, word.capitalize(), word.upper())
)
# Not 010, which is 8 to YAML 1.1 and 10 to 1.2; not more than 1,000 digits, of which `int` would
# refuse 4,300 with an error of its own.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,999})", re.ASCII)
_DECIMAL = re.compile(
    r"[-+]?(?:0|[1-9][0-9]{0,999})\.[0-9]{1,999}(?:[eE][-+]?[0-9]{1,4})?", re.ASCII
)
_NUMBER_LIKE = re.compile(
    r"[-+]?(?:\.?[0-9][0-9_,.]*(?:[eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+|\.(?:inf|Inf|INF)"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt \t][0-9].*)", re.ASCII)
_CORE_TAG = "tag:yaml.org,2002:"
# The tag '!' alone makes a text of any scalar (YAML 1.2.2, 6.9.1).
_TEXT_TAGS = ("!", f"{_CORE_TAG}str")
_PLAIN_TAGS = tuple(f"{_CORE_TAG}{name}" for name in ("int", "float", "bool", "null"))
_COLLECTION_TAGS = tuple(f"{_CORE_TAG}{name}" for name in ("map", "seq"))


class YamlBounds(NamedTuple):
    """How much of a file is read: levels, and values with aliases expanded."""

    depth: int
    nodes: int


class YamlPlace(NamedTuple):
    """Where a value is: offsets, and for a collection the places of what is in it, by key or
    number, with the offsets of each key.
    """

    start: int
    end: int
    children: dict[str | int, YamlPlace] | None = None
    keys: dict[str, tuple[int, int]] | None = None


class PlatformYaml(NamedTuple):
    """What was read: the documents, their places, and each flaw with its path below a document's
    number.
    """

    documents: tuple[object, ...]
    places: tuple[YamlPlace, ...]
    flaws: tuple[tuple[Path, Malformed], ...]
    source: Source

    def locate(self, at: Path | Where) -> Span:
        """The span of a value or a key; the first step of a path is the number of the document.

        Of a collection that has a key, the key; of what is not there, the nearest thing around it.
        """
        where = at if isinstance(at, Where) else Where(at)
        if not where.path or not isinstance(where.path[0], int):
            return Span()
        if where.path[0] >= len(self.places):
            return Span()
        place, key = self.places[where.path[0]], None
        is_whole = True
        for step in where.path[1:]:
            child = (place.children or {}).get(step)
            if child is None:
                is_whole = False
                break
            key = (place.keys or {}).get(str(step))
            place = child
        start, end = place.start, place.end
        if key is not None and (where.part == "key" or not is_whole or place.children is not None):
            start, end = key
        elif place.keys:
            start, end = next(iter(place.keys.values()))
        line_end = self.source.text.find("\n", start, end)
        end = end if line_end < 0 else line_end
        return self.source.span(start, max(end, min(start + 1, len(self.source.text))))


def parse_platform_yaml(source: Source, start: int, end: int, bounds: YamlBounds) -> PlatformYaml:
    """Read the documents in the characters ``start`` to ``end``.

    Raises `Malformed` for broken syntax and for more than ``bounds`` allow.
    """
    return _Reader(source, start, end, bounds).read()


class _Anchor(NamedTuple):
    data: object
    place: YamlPlace
    nodes: int


class _Reader:
    """Events → data with its place."""

    def __init__(self, source: Source, start: int, end: int, bounds: YamlBounds) -> None:
        self.source = source
        self.base = start
        self.text = source.text[start:end]
        self.bounds = bounds
        self.nodes = 0
        self.flaws: list[tuple[Path, Malformed]] = []
        self.anchors: dict[str, _Anchor] = {}
        self.take: Callable[[], Any] = CParser(self.text).get_event

    def read(self) -> PlatformYaml:
        documents: list[object] = []
        places: list[YamlPlace] = []
        try:
            self.take()  # the stream begins
            # libyaml may give an error far into the file: what was read before it is dropped,
            # because half of a file could hide the half that restores a route.
            while self.take().__class__ is not StreamEndEvent:
                # An anchor ends with its document (YAML 1.2.2, 3.2.2.2).
                self.anchors.clear()
                data, place = self.value(self.take(), Path((len(documents),)))
                if data is not None:
                    documents.append(data)
                    places.append(place)
                self.take()  # the document ends
        except YAMLError as error:
            raise self.broken(error) from None
        return PlatformYaml(tuple(documents), tuple(places), tuple(self.flaws), self.source)

    def value(self, event: Any, at: Path) -> tuple[object, YamlPlace]:
        self.count(event, 1)
        if len(at) > self.bounds.depth:
            raise Malformed(
                f"the file is nested more than {self.bounds.depth} levels deep",
                self.span(event),
                help="map a file with less in it",
            )
        if event.__class__ is AliasEvent:
            return self.alias(event)
        before = self.nodes
        if event.__class__ is ScalarEvent:
            data: object = self.scalar(event, at)
            place = self.place(event)
        elif event.__class__ is MappingStartEvent:
            self.judge_tag(event, at)
            data, place = self.mapping(event, at)
        else:
            self.judge_tag(event, at)
            data, place = self.sequence(event, at)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchor(data, place, self.nodes - before + 1)
        return data, place

    def alias(self, event: Any) -> tuple[object, YamlPlace]:
        known = self.anchors.get(event.anchor)
        if known is None:
            raise Malformed(
                f"'*{event.anchor}' names no anchor above it",
                self.span(event),
                help="define the anchor first",
            )
        # An alias counts as much as it expands to: 249 bytes of aliases of aliases took a validator
        # 9 s (docs/spec/security.md, budgets).
        self.count(event, known.nodes)
        return known.data, known.place

    def count(self, event: Any, more: int) -> None:
        self.nodes += more
        if self.nodes > self.bounds.nodes:
            raise Malformed(
                f"the file has more than {self.bounds.nodes:,} values, aliases expanded",
                self.span(event),
                help="map a file with less in it",
            )

    def mapping(self, opening: Any, at: Path) -> tuple[object, YamlPlace]:
        data: dict[str, object] = {}
        children: dict[str | int, YamlPlace] = {}
        keys: dict[str, tuple[int, int]] = {}
        merged: list[tuple[object, YamlPlace]] = []
        while (event := self.take()).__class__ is not MappingEndEvent:
            name = self.key(event, at)
            value, place = self.value(self.take(), at / name)
            if name == "<<" and not event.style:
                merged.append((value, place))
                continue
            if name in data:
                self.flaw(at / name, event, *_twice(name, self.source, keys[name][0]))
                continue
            data[name] = value
            children[name] = place
            keys[name] = self.offsets(event)
        # Last, because a field that is written out wins, wherever in the mapping '<<' is; of two
        # merged ones the first.
        for name, value, place, key in chain.from_iterable(starmap(merged_fields, merged)):
            if name not in data:
                data[name], children[name], keys[name] = value, place, key
        return data, YamlPlace(*self.extent(opening, event, children), children, keys)

    def key(self, event: Any, at: Path) -> str:
        """A key as it is written: of a list or mapping its text, of an alias the anchor's."""
        kind: type = event.__class__
        if kind is ScalarEvent:
            if event.anchor is not None:
                self.anchors[event.anchor] = _Anchor(event.value, self.place(event), 1)
            start = event.start_mark.index
            if self.text[start - 1 : start] == "?" and start > 0:
                # YAML 1.2 reads the key of {?a: 1} as '?a', libyaml as 'a'.
                self.flaw(at / event.value, event, f"the key '{event.value}' follows a '?'", "")
            return str(event.value)
        if kind is AliasEvent:
            known = self.anchors.get(event.anchor)
            return str(known.data) if known is not None else f"*{event.anchor}"
        start = event.start_mark.index
        # '{{ .Values.x }}' is a mapping whose key is a mapping to YAML, and nobody writes that one.
        if kind is MappingStartEvent and self.text[start - 1 : start + 1] == "{{":
            raise _template(self.span(event))
        _, place = self.value(event, at / "?")
        return self.text[start : max(start + 1, place.end - self.base)].strip()

    def sequence(self, opening: Any, at: Path) -> tuple[object, YamlPlace]:
        data: list[object] = []
        children: dict[str | int, YamlPlace] = {}
        while (event := self.take()).__class__ is not SequenceEndEvent:
            value, children[len(data)] = self.value(event, at / len(data))
            data.append(value)
        return data, YamlPlace(*self.extent(opening, event, children), children)

    def scalar(self, event: Any, at: Path) -> object:
        text: str = event.value
        tag = event.tag
        if tag in _TEXT_TAGS or (tag is None and event.style):
            return text
        if tag is None:
            return plain_value(text)
        if tag in _PLAIN_TAGS:
            value = plain_value(text)
            return Ambiguous(text, f"{tag} is not a number") if isinstance(value, str) else value
        return Ambiguous(f"{tag} {text}".strip(), f"the tag '{tag}' is the platform's own")

    def judge_tag(self, event: Any, at: Path) -> None:
        """Note a tag of the platform's own on a list or mapping: it may mean anything."""
        if event.tag is not None and event.tag not in (*_COLLECTION_TAGS, "!"):
            self.flaw(at, event, f"the tag '{event.tag}' is the platform's own", "")

    def flaw(self, at: Path, event: Any, message: str, help: str) -> None:
        advice = help or "map another field, or write it without"
        self.flaws.append((at, Malformed(message, self.span(event), help=advice)))

    def place(self, event: Any) -> YamlPlace:
        start, end = self.offsets(event)
        # libyaml ends a block where the next token begins, behind blank lines and comments.
        if event.style in ("|", ">"):
            end = start + len(self.text[start - self.base : end - self.base].rstrip())
        return YamlPlace(start, end)

    def offsets(self, event: Any) -> tuple[int, int]:
        return self.base + event.start_mark.index, self.base + event.end_mark.index

    def extent(
        self, opening: Any, closing: Any, children: dict[str | int, YamlPlace]
    ) -> tuple[int, int]:
        """Offsets of a collection: a block ends with its last child, as libyaml reads on."""
        start = self.base + opening.start_mark.index
        if opening.flow_style:
            return start, self.base + closing.end_mark.index
        if not children:
            return start, self.base + opening.end_mark.index
        return start, max(start, next(reversed(children.values())).end)

    def span(self, event: Any) -> Span:
        start, end = self.offsets(event)
        return self.source.span(start, max(start + 1, end))

    def broken(self, error: YAMLError) -> Malformed:
        mark = getattr(error, "problem_mark", None)
        offset = min(len(self.source.text), self.base + (mark.index if mark else 0))
        span = self.source.span(offset, offset + 1)
        # Charts keep templates and values under one suffix, so the pattern often takes in both.
        if "{{" in self.text:
            return _template(span)
        reason = getattr(error, "problem", None) or str(error)
        return Malformed(f"this is not YAML: {reason}", span, help="check the line")


def _template(span: Span) -> Malformed:
    return Malformed(
        "this is a Helm template, not YAML",
        span,
        help="map its values: files = 'charts/*/values*.yaml'",
    )


def merged_fields(
    value: object, place: YamlPlace
) -> Iterator[tuple[str, object, YamlPlace, tuple[int, int]]]:
    """The fields that '<<' merges, of a mapping or of several: name, value, place and key."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from merged_fields(item, (place.children or {})[number])
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name, item, (place.children or {})[name], (place.keys or {})[name]


def plain_value(text: str) -> object:
    """The value of a plain scalar, where YAML 1.1 and 1.2 agree about it; else `Ambiguous`."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _TWO_MEANINGS:
        why = f"'{text}' is a text to some readers and a truth value to others"
        return Ambiguous(text, why)
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _DATE.match(text):
        return Ambiguous(text, f"'{text}' is a date to some readers and a text to others")
    # An address or a version (1.1.1.1) is a text to every reader.
    if text.count(".") > 1 and ":" not in text:
        return text
    # The pattern backtracks over long runs of digits, and nobody counts with such a number.
    if len(text) > 100 or not _NUMBER_LIKE.fullmatch(text):
        return text
    return Ambiguous(text, f"'{text}' is not the same number to every reader")


def _twice(name: str, source: Source, first: int) -> tuple[str, str]:
    row = source.position(first)[0]
    return f"duplicate key {name!r} (first on line {row})", "keep one of them"
