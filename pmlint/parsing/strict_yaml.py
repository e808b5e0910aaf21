"""YAML text → plain data, with the place of every key and value (`pmlint.parsing.yaml_nodes`). The
only module that knows yaml, beside `pmlint.parsing.platform_yaml`.

Reads libyaml's event stream (PyYAML's C parser) and composes it here: `yaml.CSafeLoader` crashes on
deep nesting, keeps the last of two equal keys and turns ``no`` into false. Scalars follow the YAML
1.2 core schema, and whatever YAML 1.1 would read otherwise is refused, so that the text means the
same to every reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from sys import intern
from typing import Any

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
from yaml.tokens import (
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    KeyToken,
)

from pmlint.parsing.scalars import LONGEST_WORD, NUMERIC, Unclear, is_name, plain
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.yaml_nodes import NodePlace, Nodes, Parsed, extent
from pmlint.parsing.yaml_slips import slip
from pmlint.place import Span

# docs/spec/security.md, budgets: without a bound 200 kB of '[' end the process in PyYAML's loader,
# and 621 bytes of merge keys take `safe_load` 18 s.
MAX_DEPTH = 64
MAX_NODES = 20_000
_OPENING = (FlowMappingStartToken, FlowSequenceStartToken)
_IN_WORD = r"[^\s,\[\]{}]"
_NO_SIGN = rf"\?{_IN_WORD}"
# The sign first, which is found as fast as a text is copied; with the pattern of
# `document` that is 9% of the instructions of a document.
_MAY_BE_SIGN = re.compile(rf"\?(?<![\w.]\?){_IN_WORD}")
_CLOSING = (FlowMappingEndToken, FlowSequenceEndToken)


def parse(source: Source, start: int = 0, end: int | None = None) -> Parsed:
    """Read one document from the characters ``start`` to ``end`` of a source.

    Raises `Malformed` for what can't be read at all: broken syntax, more than `MAX_DEPTH` levels or
    `MAX_NODES` nodes.
    """
    return _Composer(source, start, len(source.text) if end is None else end).compose()


def parse_foreign(source: Source) -> Parsed:
    """Read a file of another platform: anchors, aliases and merge keys are expanded under the same
    budgets.

    Several documents in one file are read as a list. Raises `Malformed`.
    """
    return _ForeignComposer(source, 0, len(source.text)).compose()


class _Composer:
    """Events → data with its place."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.base = start
        self.text = source.text[start:end]
        self.nodes = 0
        self.problems: list[Malformed] = []
        self.event: Callable[[], Any] = CParser(self.text).get_event

    def compose(self) -> Parsed:
        try:
            data, place = self.documents()
        except YAMLError as error:
            raise self.broken(error) from None
        # Behind a word a '?' ends a question, which is nearly always, and before a blank it has one
        # meaning, such as in `a ? b : c` of CEL: no token is read for those.
        if _MAY_BE_SIGN.search(self.text):
            self.refuse_question_marks()
        return Parsed(data, tuple(self.problems), partial(Nodes(self.base, self.text).of, place))

    def documents(self) -> tuple[object, NodePlace]:
        """The one document of a file."""
        self.event()  # the stream begins
        opening = self.event()
        if opening.__class__ is StreamEndEvent:
            return None, (0, 0, "", None)
        # '%YAML 1.1' changes what a scalar means to whoever obeys it: 'yes' would be true again.
        if opening.version or opening.tags:
            self.say(
                opening,
                "a directive stands in the document",
                "remove the line that begins with '%'",
            )
        found = self.value(self.event(), 0)
        self.event()  # the document ends
        following = self.event()
        if following.__class__ is not StreamEndEvent:
            self.say(following, "a second document begins here", "keep one document in a file")
        return found

    def value(self, event: Any, depth: int) -> tuple[object, NodePlace]:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Malformed(
                f"the document has more than {MAX_NODES:,} values",
                self.span(event),
                help="move raw data into the evidence folder",
            )
        if depth > MAX_DEPTH:
            raise _too_deep(self.span(event))
        kind = event.__class__
        if kind is AliasEvent:
            self.say(
                event,
                f"'*{event.anchor}' is an alias",
                "write the value itself: a reader sees one place at a time",
            )
            return None, (event.start_mark.index, event.end_mark.index, "", None)
        if event.anchor is not None:
            self.say(
                event, f"'&{event.anchor}' is an anchor", "write the value out where it is needed"
            )
        if event.tag is not None:
            self.say(event, f"{event.tag!r} is a tag", "remove it: the format knows every type")
        if kind is ScalarEvent:
            return self.scalar(event), (
                event.start_mark.index,
                event.end_mark.index,
                event.style,
                None,
            )
        return (
            self.mapping(event, depth) if kind is MappingStartEvent else self.sequence(event, depth)
        )

    def mapping(self, opening: Any, depth: int) -> tuple[Any, NodePlace]:
        data: dict[str, object] = {}
        places: dict[str, tuple[int, int, NodePlace]] = {}
        take, room, is_again = self.event, depth < MAX_DEPTH, False
        while (name := take()).__class__ is not MappingEndEvent:
            key: str | None = name.value if name.__class__ is ScalarEvent else None
            if (
                key is None
                or name.anchor is not None
                or name.tag is not None
                or not (name.style or is_name(key))
            ):
                key = self.key(name, depth)
            event = take()
            kind = event.__class__
            if (
                kind is ScalarEvent
                and event.anchor is None
                and event.tag is None
                and room
                and self.nodes < MAX_NODES
            ):
                self.nodes += 1  # `value` for the most common case
                text = event.value
                value = (
                    text
                    if event.style or (len(text) > LONGEST_WORD and text[0] not in NUMERIC)
                    else self.scalar(event)
                )
                place: NodePlace = (event.start_mark.index, event.end_mark.index, event.style, None)
            else:
                value, place = self.value(event, depth + 1)
            if key is None:
                continue
            if key in data:
                # All fields of an entry whose dash was left out are there twice: one slip.
                if not is_again:
                    self.twice(name, key, places[key][0], depth)
                is_again = True
                continue
            is_again = False
            # Kept once, as all documents have the same names: 0.7 of the 4.6 kB that each leaves.
            key = intern(key)
            data[key] = value
            places[key] = name.start_mark.index, name.end_mark.index, place
        return data, extent(opening, name, places)

    def twice(self, name: Any, key: str, first: int, depth: int) -> None:
        row = self.source.position(self.base + first)[0]
        entry = "; where an entry of a list begins, write '- ' before it" if depth else ""
        self.say(name, f"duplicate key {key!r} (first on line {row})", f"keep one of them{entry}")

    def key(self, event: Any, depth: int) -> str | None:
        if event.__class__ is not ScalarEvent:
            self.say(event, "a key is a list, a mapping or an alias", "use a plain word as the key")
            # Read to its end all the same, so that the events behind it are not taken for others.
            self.value(event, depth + 1)
            return None
        if event.anchor is not None or event.tag is not None:
            self.say(event, "a key has an anchor or a tag", "use a plain word as the key")
        name: str = event.value
        if event.style or is_name(name):
            return name
        if name == "<<":
            self.say(
                event, "'<<' merges another mapping", "write the fields out where they are needed"
            )
            return None
        # `{customers: 1,200}` is 1, and a key behind the comma
        is_rest = len(name) == 3 and name.isdecimal()
        help = "write the number without a comma" if is_rest else "put it in quotes"
        self.say(event, f"the key {_shown(name)} is not a text", help)
        return name

    def sequence(self, opening: Any, depth: int) -> tuple[Any, NodePlace]:
        data: list[object] = []
        places: list[NodePlace] = []
        take = self.event
        while (event := take()).__class__ is not SequenceEndEvent:
            value, place = self.value(event, depth + 1)
            data.append(value)
            places.append(place)
        return data, extent(opening, event, places)

    def scalar(self, event: Any) -> object:
        text: str = event.value
        found = text if event.style else plain(text)
        if isinstance(found, Unclear):
            self.say(event, f"{_shown(text)} {found.why}", found.help)
            return text
        return found

    def refuse_question_marks(self) -> None:
        """YAML 1.2 reads the key of ``{?a: 1}`` as ``?a``, libyaml as ``a``."""
        tokens, depth = CParser(self.text), 0
        with suppress(YAMLError):  # behind a second document, where nothing has been read
            while (token := tokens.get_token()) is not None:
                if isinstance(token, _OPENING):
                    depth += 1
                elif isinstance(token, _CLOSING):
                    depth -= 1
                if (
                    depth
                    and isinstance(token, KeyToken)
                    and re.match(_NO_SIGN, self.text[token.start_mark.index :][:2])
                ):
                    self.say(
                        token,
                        "'?' begins a key here to some YAML readers and a text to others",
                        "remove it, or put the text in quotes",
                    )

    def span(self, event: Any) -> Span:
        start = self.base + event.start_mark.index
        return self.source.span(start, max(start + 1, self.base + event.end_mark.index))

    def say(self, event: Any, message: str, help: str) -> None:
        self.problems.append(Malformed(message, self.span(event), help=help))

    def broken(self, error: YAMLError) -> Malformed:
        reason = getattr(error, "problem", None) or str(error)
        found = slip(self.text, error, self.source.position(self.base)[0])
        span = self.source.span(self.base + found.at, self.base + found.at + 1)
        # Newer libyaml has a limit of its own and meets it first, as it reads ahead.
        if "nesting depth" in reason:
            return _too_deep(span)
        return Malformed(found.message, span, help=found.help)


class _ForeignComposer(_Composer):
    """Expands what other platforms use; a scalar of two meanings stays a text, and whoever asks for
    a truth value must refuse it.
    """

    def __init__(self, source: Source, start: int, end: int) -> None:
        super().__init__(source, start, end)
        self.anchors: dict[str, tuple[object, NodePlace, int]] = {}

    def documents(self) -> tuple[object, NodePlace]:
        found: list[tuple[object, NodePlace]] = []
        self.event()  # the stream begins
        while self.event().__class__ is not StreamEndEvent:
            self.anchors.clear()
            data, place = self.value(self.event(), 0)
            if data is not None:
                found.append((data, place))
            self.event()  # the document ends
        if len(found) == 1:
            return found[0]
        return [data for data, _ in found], (0, len(self.text), "", [place for _, place in found])

    def value(self, event: Any, depth: int) -> tuple[object, NodePlace]:
        if event.__class__ is AliasEvent:
            known = self.anchors.get(str(event.anchor))
            if known is None:
                raise Malformed(
                    f"'*{event.anchor}' names no anchor above it",
                    self.span(event),
                    help="define the anchor first",
                )
            self.nodes += known[2]
            if self.nodes > MAX_NODES:
                raise Malformed(
                    f"the aliases expand to more than {MAX_NODES:,} values",
                    self.span(event),
                    help="write the values out",
                )
            return known[0], known[1]
        before = self.nodes
        anchor = event.anchor
        event.anchor = event.tag = None
        data, place = super().value(event, depth)
        if anchor is not None:
            self.anchors[anchor] = (data, place, self.nodes - before)
        return data, place

    def key(self, event: Any, depth: int) -> str | None:
        return (
            "<<"
            if event.__class__ is ScalarEvent and event.value == "<<" and not event.style
            else super().key(event, depth)
        )

    def mapping(self, opening: Any, depth: int) -> tuple[Any, NodePlace]:
        data, place = super().mapping(opening, depth)
        if "<<" in data:
            start, end, _ = place[3]["<<"]
            if self.text[end - 1] in "\"'":
                span = self.source.span(start, end)
                fact = (
                    "'<<' in quotes merges another mapping to some YAML readers "
                    "and is a field to others"
                )
                self.problems.append(
                    Malformed(fact, span, help="write the fields out where they are needed")
                )
                return data, place
            merged, (_, _, where) = data.pop("<<"), place[3].pop("<<")
            for other, there in (
                zip(merged, where[3], strict=True)
                if isinstance(merged, list)
                else ((merged, where),)
            ):
                for name, value in other.items() if isinstance(other, dict) else ():
                    if name not in data:
                        data[name] = value
                        place[3][name] = there[3][name]
        return data, place

    def scalar(self, event: Any) -> object:
        found = event.value if event.style else plain(event.value)
        return event.value if isinstance(found, Unclear) else found


def _too_deep(span: Span) -> Malformed:
    return Malformed(
        f"the document is nested more than {MAX_DEPTH} levels deep", span, help="flatten it"
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
