"""What holds for every text and every change: the data with that one change, and every other
character as it was.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any, ClassVar

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pmlint.edit import Change, apply, changed, edit_of, reordered
from pmlint.edit.value import inline
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import INVISIBLE, decode
from pmlint.place import Path

KEYS = st.sampled_from(["id", "owner", "on", "status", "a b", "no", "ключ", "x: z", "-", "𐐀"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "yes",
        "1e3",
        "1234567",
        "12e4567",
        "0x1f",
        "2026-09-04",
        "@maria",
        "a: b",
        "a #b",
        "- a",
        "~",
        "",
        " a",
        "it's",
        "...",
        "-",
        "1:30",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=10,
    ),
    min_size=1,
    max_size=4,
)


class Hand:
    """Somebody who writes YAML in every style, with comments that can be counted."""

    def __init__(self, data: st.DataObject) -> None:
        self.draw = data.draw
        self.comments = 0

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def comment(self) -> str:
        if self.one_of(False, False, True):
            self.comments += 1
            return f"{self.one_of(' ', '   ')}# comment {self.comments}: [x]"
        return ""

    def lines(self, count: int = 0) -> str:
        """Lines between others: blank ones and comments of any indentation that is allowed."""
        found = ""
        while self.one_of(False, False, False, True):
            found += self.one_of("", " " * count + (self.comment().strip())) + "\n"
        return found

    def scalar(self, value: object) -> str:
        if value is None:
            return str(self.one_of("null", "~"))
        if isinstance(value, str):
            if self.one_of(False, True) and value.isprintable() and not re.search(INVISIBLE, value):
                return "'" + value.replace("'", "''") + "'"
            return inline(value, self.one_of("", '"'))
        return inline(value)

    def flow(self, value: object) -> str:
        space = self.one_of("", " ", "\n        ", "  # in flow\n        ")
        if isinstance(value, dict):
            parts = [f"{self.scalar(key)}: {self.flow(item)}" for key, item in value.items()]
        elif isinstance(value, list):
            parts = [self.flow(item) for item in value]
        else:
            return self.scalar(value)
        comma = self.one_of(", ", ",\n        ", " , ")
        tail = self.one_of("", ",", " ") if parts else ""
        first, last = ("{", "}") if isinstance(value, dict) else ("[", "]")
        return first + space.replace("  #", " #") + comma.join(parts) + tail + space + last

    def block(self, value: object, indent: int) -> str:
        """A value behind ``key:`` or ``-``, with its line end."""
        if value is None and self.one_of(False, True):
            return self.comment() + "\n"
        if (
            isinstance(value, str)
            and value.isascii()
            and value.isalpha()
            and self.one_of(False, True)
        ):
            sign = self.one_of("|-", ">-")
            return f" {sign}{self.comment()}\n{' ' * (indent + 2)}{value}\n" + self.one_of("", "\n")
        if (
            isinstance(value, str)
            and value.endswith("\n\n")
            and value.strip().isalpha()
            and value.isascii()
            and value[0].isalpha()
        ):
            return f" |+\n{' ' * (indent + 2)}" + value
        if not value or not isinstance(value, (dict, list)) or self.one_of(False, False, True):
            return f" {self.flow(value)}{self.comment()}\n"
        deeper = indent + self.one_of(1, 2, 4)
        if isinstance(value, list) and self.one_of(False, True):
            deeper = indent
        return self.comment() + "\n" + self.lines(deeper) + self.collection(value, deeper)

    def collection(self, value: object, indent: int) -> str:
        pad = " " * indent
        if isinstance(value, dict):
            return "".join(
                f"{pad}{self.scalar(key)}:{self.block(item, indent)}{self.lines(indent)}"
                for key, item in value.items()
            )
        assert isinstance(value, list)
        found = ""
        for item in value:
            if isinstance(item, dict) and item and self.one_of(False, True):
                gap = self.one_of(" ", "   ")
                found += f"{pad}-{gap}{self.collection(item, indent + 1 + len(gap)).lstrip()}"
            else:
                found += f"{pad}-{self.block(item, indent + 1) if item else ' ' + self.flow(item) + self.comment() + chr(10)}"
        return found


def written(data: dict[str, object], draw: st.DataObject, kind: str) -> Document:
    hand = Hand(draw)
    text = hand.lines() + hand.collection(data, 0)
    if kind == "postmortem":
        text = f"---\n{text}---\n# Body\n\nstatus: 'x' \n"
    elif hand.one_of(False, True):
        text = text.rstrip("\n")
    if hand.one_of(False, True):
        text = text.replace("\n", "\r\n")
    source = decode("a.md", text.encode())
    document = read_postmortem(source) if kind == "postmortem" else read_yaml(source, "route")
    assume(document.data == data and not document.problems)
    return document


def places(value: object, at: Path = Path()) -> list[tuple[Path, object]]:
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [(at, value), *(place for step, item in pairs for place in places(item, at / step))]


def some_change(data: dict[str, object], draw: st.DataObject) -> tuple[Change, object]:
    """A change of the data that can be asked for, and the data after it."""
    after: Any = deepcopy(data)
    at, old = draw.draw(st.sampled_from(places(data)))
    value = draw.draw(VALUES)
    if isinstance(old, dict):
        at /= draw.draw(KEYS)
        assume(at[-1] not in old)
        old = None
    append = isinstance(old, list)
    parent = after
    for step in at[:-1]:
        parent = parent[step]
    first = at[-1] not in parent and draw.draw(st.booleans()) if isinstance(parent, dict) else False
    others = {name: parent.pop(name) for name in list(parent)} if first else {}
    parent[at[-1]] = [*parent[at[-1]], value] if append else value
    if first:
        parent.update(others)
    return Change(at, value, append, first), after


@given(DATA, st.sampled_from(["postmortem", "route"]), st.data())
@settings(max_examples=700, deadline=None)
def test_only_the_change_changes(data: dict[str, object], kind: str, draw: st.DataObject) -> None:
    before = written(data, draw, kind)
    change, expected = some_change(data, draw)
    edit = edit_of(before, change)
    after = changed(before, change)

    assert json.dumps(after.data) == json.dumps(expected)
    assert after.body == before.body
    text, new = before.source.text, after.source.text
    assert new == text[: edit.start] + edit.text + text[edit.end :] == apply(text, [edit])
    assert "#" not in text[edit.start : edit.end] or text[edit.start : edit.end].count(
        "# comment"
    ) == edit.text.count("# comment")
    assert "\n" not in new.replace("\r\n", "") or "\r\n" not in new


def lines_of(text: str) -> list[str]:
    """The lines in any order, without their indentation and the dash of a list, which stands before
    the first field of an item.
    """
    return sorted(line.strip().removeprefix("-").strip() for line in text.splitlines())


@given(DATA, st.sampled_from(["postmortem", "route"]), st.data())
@settings(max_examples=300, deadline=None)
def test_an_order_moves_lines_and_changes_none(
    data: dict[str, object], kind: str, draw: st.DataObject
) -> None:
    before = written(data, draw, kind)
    at = draw.draw(st.sampled_from([at for at, value in places(data) if isinstance(value, dict)]))
    mapping: Any = data
    for step in at:
        mapping = mapping[step]
    order = draw.draw(st.permutations(list(mapping)))
    after = reordered(before, at, order)
    moved: Any = after.data
    for step in at:
        moved = moved[step]

    assert json.dumps(after.data, sort_keys=True) == json.dumps(before.data, sort_keys=True)
    assert after.body == before.body
    assert list(moved) == list(order) or after is before
    old, new = before.source.text, after.source.text
    assert lines_of(new) == lines_of(old)
    assert new.count("\r\n") == old.count("\r\n")
    assert reordered(after, at, order) is after or after is before


@given(VALUES)
@settings(max_examples=500, deadline=None)
def test_a_value_is_the_same_to_other_readers(value: object) -> None:
    text = inline(value)
    assert not re.search(INVISIBLE, text)
    assert yaml.load(f"[{text}]", DatesAreTexts) == [value]


class DatesAreTexts(yaml.SafeLoader):
    """PyYAML, which is a reader of YAML 1.1, but for dates: no text of YAML 1.2 is one."""

    yaml_implicit_resolvers: ClassVar = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@given(DATA, st.sampled_from(["postmortem", "route"]), st.data())
@settings(max_examples=200, deadline=None)
def test_a_removal_takes_one_value_and_nothing_beside(
    data: dict[str, object], kind: str, draw: st.DataObject
) -> None:
    before = written(data, draw, kind)
    at = draw.draw(st.sampled_from([at for at, _ in places(data) if at]))
    expected: Any = deepcopy(data)
    while True:
        parent = expected
        for step in at[:-1]:
            parent = parent[step]
        if len(parent) > 1 or len(at) == 1:
            break
        at = Path(at[:-1])  # with its last element the collection goes, too
    del parent[at[-1]]
    assume(expected)
    after = changed(before, Change(at, remove=True))
    assert json.dumps(after.data) == json.dumps(expected)
    assert after.body == before.body
    edit, text = edit_of(before, Change(at, remove=True)), before.source.text
    assert (edit.text, after.source.text) == ("", text[: edit.start] + text[edit.end :])
