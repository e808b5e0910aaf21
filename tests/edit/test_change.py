"""Exact texts before and after one change, in the styles that people write."""

from __future__ import annotations

import pytest

from pmlint.edit import Change, apply, changed, unified
from pmlint.errors import UsageError
from pmlint.finding import Edit
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Source
from pmlint.place import Path


def read(front: str, end: str = "\n") -> Document:
    return read_postmortem(Source("a.md", f"---\n{front}\n---\nbody: x\n".replace("\n", end)))


def at(pointer: str) -> Path:
    return Path(int(step) if step.isdigit() else step for step in pointer.split("/"))


SET = [
    ("status: open  # since May", "status", "done", "status: done  # since May"),
    ('owner: "@a" # x', "owner", "@b", 'owner: "@b" # x'),
    ("owner: '@a'", "owner", "@b's", "owner: '@b''s'"),
    ("owner: a", "owner", "@b", 'owner: "@b"'),
    ("owner: a", "owner", "yes", 'owner: "yes"'),
    ("owner: a", "owner", "1234567", 'owner: "1234567"'),
    ("on: a", "on", "2026-09-04", "on: 2026-09-04"),
    ("deadline:", "deadline", "2026-09-04", "deadline: 2026-09-04"),
    ("deadline:   # soon\nb: 1", "deadline", "2026-09-04", "deadline: 2026-09-04   # soon\nb: 1"),
    ("deadline: null", "deadline", "2026-09-04", "deadline: 2026-09-04"),
    ("a: {d: , e: 1}", "a/d", "x", "a: {d: x, e: 1}"),
    ("a: {d, e: 1}", "a/d", "x", "a: {d: x, e: 1}"),
    ('a: {"d":}', "a/d", 1, 'a: {"d": 1}'),
    ("a:\n- \n- x", "a/0", "w", "a:\n- w \n- x"),
    ("a: [x, w ]", "a/1", True, "a: [x, true ]"),
    ("a: |\n  x\n  y\n\n# z\nb: 1", "a", "w", "a: w\n\n# z\nb: 1"),
    ("a: >-  # why\n  x\nb: 1", "a", "w: v", 'a: "w: v" # why\nb: 1'),
    ("a: x\n  y # c", "a", None, "a: null # c"),
    ("a: []", "a", "x", "a: x"),
    (
        "a:\n  - id: A1\n    t: é𐐀\n    s: open\n",
        "a/0/s",
        "done",
        "a:\n  - id: A1\n    t: é𐐀\n    s: done\n",
    ),
]

ADD = [
    (
        "a:\n  - id: A1 # one\n\n    # two\n  - id: A2",
        "a/0/s",
        "done",
        "a:\n  - id: A1 # one\n    s: done\n\n    # two\n  - id: A2",
    ),
    ("a:\n  - id: A1\nb: 1", "a/0/s", "done", "a:\n  - id: A1\n    s: done\nb: 1"),
    ("a: [{id: A1}]", "a/0/s", "@x", 'a: [{id: A1, s: "@x"}]'),
    ("a: {}", "a/s", [1, {"b": None}], "a: {s: [1, {b: null}]}"),
    ("a: { }", "a/s", 1, "a: {s: 1 }"),
    ("a: {\n  id: A1, # c\n}", "a/s", 1, "a: {\n  id: A1, s: 1, # c\n}"),
    ("a: {id}", "a/s", 1, "a: {id, s: 1}"),
    ("a: {id: }", "a/on", 1, 'a: {id: , "on": 1}'),
    ("a:\n  b: |+\n    x\n\n\nc: 1", "a/s", 1, "a:\n  b: |+\n    x\n\n\n  s: 1\nc: 1"),
    ("a:\n    b: >\n      x\n\nc: 1", "a/s", 1, "a:\n    b: >\n      x\n    s: 1\n\nc: 1"),
    ("a: 1", "long", ["x" * 60, "y" * 60], f"a: 1\nlong:\n  - {'x' * 60}\n  - {'y' * 60}"),
]

APPEND = [
    ("a: [x]", "a", "w", "a: [x, w]"),
    ("a: []", "a", "w", "a: [w]"),
    ("a: [x, ]", "a", {"commit": "4be1f0c"}, "a: [x, {commit: 4be1f0c}, ]"),
    ("a: [\n  x,  # c\n]", "a", "w", "a: [\n  x, w,  # c\n]"),
    ("a:\n- x # c\n\n# d\nb: 1", "a", "w", "a:\n- x # c\n- w\n\n# d\nb: 1"),
    ("a:\n  - {x: 1}\n", "a", {"x": 2}, "a:\n  - {x: 1}\n  - {x: 2}\n"),
    (
        "a:\n  - x: 1\n    w: 1\n",
        "a",
        {"x": 2, "w": "a: b"},
        'a:\n  - x: 1\n    w: 1\n  - x: 2\n    w: "a: b"\n',
    ),
    ("a:\nb: 1", "a", "x", "a: [x]\nb: 1"),
    ("a: null", "a", "x", "a: [x]"),
    ("b: 1", "a", "x", "b: 1\na: [x]"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("before", "pointer", "value", "after", "append"),
    [(*row, False) for row in SET + ADD] + [(*row, True) for row in APPEND],
)
def test_one_change(
    before: str, pointer: str, value: object, after: str, append: bool, end: str
) -> None:
    document = changed(read(before, end), Change(at(pointer), value, append))
    assert document.source.text == f"---\n{after}\n---\nbody: x\n".replace("\n", end)


def test_a_file_that_is_all_yaml_without_a_last_line_end() -> None:
    document = read_yaml(Source("people.yaml", '- handle: "@a"\n- {handle: "@b"}'), "people")
    first = changed(document, Change(at("0/name"), "A"), Change(at("1/name"), "B b"))
    assert first.source.text == '- handle: "@a"\n  name: A\n- {handle: "@b", name: B b}'
    route = read_yaml(Source("r.yaml", "id: a\r\nstate: paused"), "route")
    assert (
        changed(route, Change(at("title"), "A")).source.text == "id: a\r\nstate: paused\r\ntitle: A"
    )


@pytest.mark.parametrize(
    ("front", "change", "message"),
    [
        ("a: {b: 1}", Change(at("a"), 1), "'/a' is missing or is a collection, and can't be set"),
        ("a: [x]", Change(at("a/1"), 1), "'/a/1' is missing or is a collection, and can't be set"),
        ("a: x", Change(at("a"), 1, append=True), "'/a' is not a list"),
        ("a: {b: 1}", Change(at("a"), 1, append=True), "'/a' is not a list"),
        ("a: [b: 1]", Change(at("a/0/c"), 1), "'/a/0/c' can't be written here"),
        ("a: x", Change(at("a"), "\ud800"), "'/a' can't be written here"),
        ("a: x", Change(at("a"), 1e300), "'/a' can't be written here"),
        ("? a\n? b", Change(at("a"), 1), "'/a' can't be written here"),
        ("a: yes\nb: 1", Change(at("b"), 1), "'yes' is not the same to every YAML reader"),
    ],
)
def test_what_can_not_be_made_is_refused(front: str, change: Change, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        changed(read(front), change)
    assert refused.value.message == message
    assert refused.value.file == "a.md"
    assert refused.value.help


def test_edits_at_one_place_keep_their_order() -> None:
    assert apply("abc", [Edit(2, 3, "!"), Edit(1, 1, "1"), Edit(1, 1, "2")]) == "a12b!"


def test_the_difference_keeps_carriage_returns_and_a_missing_line_end() -> None:
    assert unified(
        "a.md", "a\r\nb", "a\r\nc"
    ) == "--- a/a.md\n+++ b/a.md\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n" + (
        "\\ No newline at end of file\n"
    )
