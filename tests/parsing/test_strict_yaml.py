"""The strict reading of YAML, message by message and place by place; and the reading of other
platforms' files.
"""

from __future__ import annotations

from typing import Any

import pytest

from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.strict_yaml import MAX_DEPTH, MAX_NODES, parse, parse_foreign
from pmlint.parsing.yaml_nodes import Node, ScalarTexts
from pmlint.place import Span

START = "write the value itself: a reader sees one place at a time"


def problems(
    text: str, start: int = 0, end: int | None = None
) -> list[tuple[str, tuple[int, ...], str]]:
    found = parse(Source("a.yaml", text), start, end)
    return [(problem.message, tuple(problem.span), problem.help) for problem in found.problems]


QUESTION = (
    "'?' begins a key here to some YAML readers and a text to others",
    "remove it, or put the text in quotes",
)


@pytest.mark.parametrize(
    ("text", "data", "message", "span", "help"),
    [
        (
            "%YAML 1.2\n---\na: 1\n",
            {"a": 1},
            "a directive stands in the document",
            (1, 1, 2, 4),
            "remove the line that begins with '%'",
        ),
        (
            "%TAG ! x:\n---\na: 1\n",
            {"a": 1},
            "a directive stands in the document",
            (1, 1, 2, 4),
            "remove the line that begins with '%'",
        ),
        (
            "a: 1\n---\nb: 1\n",
            {"a": 1},
            "a second document begins here",
            (2, 1, 2, 4),
            "keep one document in a file",
        ),
        (
            "a: &x 1\n",
            {"a": 1},
            "'&x' is an anchor",
            (1, 4, 1, 8),
            "write the value out where it is needed",
        ),
        (
            "a: &x [1]\n",
            {"a": [1]},
            "'&x' is an anchor",
            (1, 4, 1, 8),
            "write the value out where it is needed",
        ),
        ("a: *x\n", {"a": None}, "'*x' is an alias", (1, 4, 1, 6), START),
        ("- *x\n", [None], "'*x' is an alias", (1, 3, 1, 5), START),
        (
            "a: !!str 1\n",
            {"a": 1},
            "'tag:yaml.org,2002:str' is a tag",
            (1, 4, 1, 11),
            "remove it: the format knows every type",
        ),
        (
            "a: !x {}\n",
            {"a": {}},
            "'!x' is a tag",
            (1, 4, 1, 8),
            "remove it: the format knows every type",
        ),
        (
            "&x a: 1\n",
            {"a": 1},
            "a key has an anchor or a tag",
            (1, 1, 1, 5),
            "use a plain word as the key",
        ),
        (
            "!x a: 1\n",
            {"a": 1},
            "a key has an anchor or a tag",
            (1, 1, 1, 5),
            "use a plain word as the key",
        ),
        (
            "? [a]\n: 1\nb: 2\n",
            {"b": 2},
            "a key is a list, a mapping or an alias",
            (1, 3, 1, 4),
            "use a plain word as the key",
        ),
        ("*x : 1\n", {}, "'*x' is an alias", (1, 1, 1, 3), START),
        (
            "<<: {a: 1}\n",
            {},
            "'<<' merges another mapping",
            (1, 1, 1, 3),
            "write the fields out where they are needed",
        ),
        ('"<<": 1\n', {"<<": 1}, "", (), ""),
        ("1: a\n", {"1": "a"}, "the key '1' is not a text", (1, 1, 1, 2), "put it in quotes"),
        ("{? : a}\n", {"": "a"}, "the key '' is not a text", (1, 4, 1, 5), "put it in quotes"),
        ("yes: a\n", {"yes": "a"}, "the key 'yes' is not a text", (1, 1, 1, 4), "put it in quotes"),
        ("on: a\n'1': b\n", {"on": "a", "1": "b"}, "", (), ""),
        (
            "a: 1\nb: 2\na: 3\n",
            {"a": 1, "b": 2},
            "duplicate key 'a' (first on line 1)",
            (3, 1, 3, 2),
            "keep one of them",
        ),
        (
            "a: yes\n",
            {"a": "yes"},
            "'yes' is not the same to every YAML reader",
            (1, 4, 1, 7),
            "write true or false, or put the text in quotes",
        ),
        (
            "a: 0x12345\n",
            {"a": "0x12345"},
            "'0x12345' is a number to some YAML readers and a text to others",
            (1, 4, 1, 11),
            "write a plain decimal number, or put the text in quotes",
        ),
        (
            "- 0x1\n",
            ["0x1"],
            "'0x1' is a number to some YAML readers and a text to others",
            (1, 3, 1, 6),
            "write a plain decimal number, or put the text in quotes",
        ),
        (
            "a: " + "9" * 41,
            {"a": "9" * 41},
            f"'{'9' * 37}...' has too many digits to be the same number everywhere",
            (1, 4, 1, 45),
            "put it in quotes",
        ),
        (
            "a: " + "9" * 40,
            {"a": "9" * 40},
            f"'{'9' * 40}' has too many digits to be the same number everywhere",
            (1, 4, 1, 44),
            "put it in quotes",
        ),
        ("{?a: 1}\n", {"a": 1}, QUESTION[0], (1, 2, 1, 3), QUESTION[1]),
        ("a: [1,\n ?b : 2]\n", {"a": [1, {"b": 2}]}, QUESTION[0], (2, 2, 2, 3), QUESTION[1]),
        ("", None, "", (), ""),
        ("# a\n", None, "", (), ""),
        ("a:\nb: ''\nc: 'yes'\n", {"a": None, "b": "", "c": "yes"}, "", (), ""),
        ("abcdef: 123456\nb: longword\n", {"abcdef": 123456, "b": "longword"}, "", (), ""),
    ],
)
def test_what_is_wrong(
    text: str, data: object, message: str, span: tuple[int, ...], help: str
) -> None:
    assert parse(Source("a.yaml", text)).data == data
    said = problems(text)
    if message.startswith("'*x' is an alias") and text.startswith("*x"):
        assert said.pop(0) == (
            "a key is a list, a mapping or an alias",
            span,
            "use a plain word as the key",
        )
    assert said == ([(message, span, help)] if message else [])
    behind = [
        (one, (span[0] + 1, span[1], span[2] + 1, span[3]), two)
        for one, span, two in problems(text)
    ]
    if not message.startswith("duplicate key 'a'"):
        assert problems(f"\n{text}more", 1, 1 + len(text)) == behind


def test_where_a_key_stood_first() -> None:
    assert problems("---\nb: 1\na: 1\na: 2\n---\n", 4, 19) == [
        ("duplicate key 'a' (first on line 3)", (4, 1, 4, 2), "keep one of them")
    ]
    assert problems('? "a\n  b"\n: 1\n? a b\n: 2\n') == [
        ("duplicate key 'a b' (first on line 1)", (4, 3, 4, 6), "keep one of them")
    ]


def test_a_second_document_is_not_read() -> None:
    assert problems("a: 1\n---\nb: &x\n") == [
        ("a second document begins here", (2, 1, 2, 4), "keep one document in a file")
    ]
    assert problems("--- a\n...\n") == []
    for broken in ("[", "'x"):
        assert problems(f"[a?]\n--- {{?b: 1}}\n--- {broken}\n") == [
            ("a second document begins here", (2, 1, 2, 4), "keep one document in a file"),
            (QUESTION[0], (2, 6, 2, 7), QUESTION[1]),
        ]


@pytest.mark.parametrize("reader", [parse, parse_foreign])
@pytest.mark.parametrize(
    ("text", "message", "place", "help"),
    [
        (
            "a: [\n",
            "this is not YAML: did not find expected node content",
            (2, 1, 2, 2),
            "check the indentation, the quotes and the brackets from here upwards",
        ),
        (
            "a:\n\tb: 1\n",
            "the line is indented with a tab",
            (2, 1, 2, 2),
            "indent it with spaces",
        ),
        (
            "a: b\n\tc\n",
            "the line is indented with a tab",
            (2, 1, 2, 2),
            "indent it with spaces",
        ),
        (
            "a: b: c\n",
            "a text with ': ' in it needs quotes",
            (1, 5, 1, 6),
            "put a text with ': ' in it in quotes",
        ),
        ("a: 'x\n", "the quotes that begin here do not end", (1, 4, 1, 5), "close them"),
        (
            "a: @x\n",
            "a text that begins with '@' needs quotes",
            (1, 4, 1, 5),
            'put it in quotes, as in "@x"',
        ),
    ],
)
def test_what_is_no_yaml(
    reader: Any, text: str, message: str, place: tuple[int, ...], help: str
) -> None:
    with pytest.raises(Malformed) as error:
        reader(Source("a.yaml", text))
    assert (error.value.message, error.value.help) == (message, help)
    assert tuple(error.value.span) == place


def test_broken_behind_other_text() -> None:
    with pytest.raises(Malformed) as error:
        parse(Source("a.yaml", "---\na: b: c\n---\n"), 4, 12)
    assert tuple(error.value.span) == (2, 5, 2, 6)


def test_characters_that_libyaml_refuses() -> None:
    with pytest.raises(Malformed, match="this is not YAML: unacceptable character #x0001") as error:
        parse(Source("a.yaml", "---\na: \x01\n---\n"), 4, 9)
    assert tuple(error.value.span) == (2, 1, 2, 2)


DEEP = f"the document is nested more than {MAX_DEPTH} levels deep"
MANY = "the document has more than 20,000 values"


@pytest.mark.parametrize("reader", [parse, parse_foreign])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth(reader: Any, opening: str, closing: str) -> None:
    for levels, good in ((MAX_DEPTH, True), (MAX_DEPTH + 1, True), (MAX_DEPTH + 2, False)):
        text = opening * (levels - 1) + ("[]" if opening == "[" else "{}") + closing * (levels - 1)
        if good:
            assert reader(Source("a.yaml", text)).problems == ()
            continue
        with pytest.raises(Malformed) as error:
            reader(Source("a.yaml", text))
        assert (error.value.message, error.value.help) == (DEEP, "flatten it")
        assert error.value.span == Span(
            1, 1 + len(opening) * (levels - 1), 1, 2 + len(opening) * (levels - 1)
        )


def test_depth_of_a_scalar() -> None:
    for text in ("[" * 65 + "a" + "]" * 65, "{a: " * 65 + "a" + "}" * 65):
        with pytest.raises(Malformed, match=DEEP):
            parse(Source("a.yaml", text))
    for text in ("[" * 64 + "a" + "]" * 64, "{a: " * 64 + "a" + "}" * 64):
        parse(Source("a.yaml", text))
    for text in ("[" * 66 + "]" * 66, "[" * 5_000):  # libyaml may have a limit of its own
        with pytest.raises(Malformed, match=DEEP) as error:
            parse(Source("a.yaml", text))
        row, column, end_row, end_column = error.value.span
        assert (row, end_row, end_column - column) == (1, 1, 1)


@pytest.mark.parametrize("reader", [parse, parse_foreign])
def test_depth_of_a_key(reader: Any) -> None:
    assert reader(Source("a.yaml", f"? {'[' * 64}{']' * 64}\n: 1\n")).data == {}
    with pytest.raises(Malformed, match=DEEP) as error:
        reader(Source("a.yaml", f"? {'[' * 65}{']' * 65}\n: 1\n"))
    assert error.value.span == Span(1, 67, 1, 68)


@pytest.mark.parametrize("reader", [parse, parse_foreign])
def test_number_of_values(reader: Any) -> None:
    for values, mappings in ((MAX_NODES - 1, False), (MAX_NODES - 1, True)):
        items = [f"k{number}: v" if mappings else "- v" for number in range(values)]
        reader(Source("a.yaml", "\n".join(items)))
        items.append(items[0].replace("k0", "more"))
        with pytest.raises(Malformed) as error:
            reader(Source("a.yaml", "\n".join(items)))
        assert (error.value.message, error.value.help) == (
            MANY,
            "move raw data into the evidence folder",
        )
        assert error.value.span.row == MAX_NODES


# where everything stands


def test_places() -> None:
    text = "# x\nid: PM-1\nlist: [a, {b: 'c'}]\nmore:\n  - |\n    text\n    here\n  - d:\nend: ''\n"
    node = parse(Source("a.yaml", text)).where()

    def shown(node: Node) -> Any:
        inside = (
            None
            if node.children is None
            else {name: shown(child) for name, child in node.children.items()}
        )
        keys = (
            None
            if node.keys is None
            else {name: text[start:end] for name, (start, end) in node.keys.items()}
        )
        return (
            text[node.start : node.end],
            node.style,
            *([] if inside is None else [inside]),
            *([] if keys is None else [keys]),
        )

    assert shown(node) == (
        text.removeprefix("# x\n").removesuffix("\n"),
        "",
        {
            "id": ("PM-1", ""),
            "list": (
                "[a, {b: 'c'}]",
                "",
                {0: ("a", ""), 1: ("{b: 'c'}", "", {"b": ("'c'", "'")}, {"b": "b"})},
            ),
            "more": (
                "- |\n    text\n    here\n  - d:",
                "",
                {0: ("|\n    text\n    here", "|"), 1: ("d:", "", {"d": ("", "")}, {"d": "d"})},
            ),
            "end": ("''", "'"),
        },
        {"id": "id", "list": "list", "more": "more", "end": "end"},
    )
    assert parse(Source("a.yaml", "")).where() == Node(0, 0)
    behind = parse(Source("a.yaml", "---\na: [b]\n---\n"), 4, 11).where()
    assert behind == Node(
        4, 10, "", {"a": Node(7, 10, "", {0: Node(8, 9, "", None, None)}, None)}, {"a": (4, 5)}
    )
    assert parse(Source("a.yaml", "---\na: >\n  b\n\n---\n"), 4, 14).where().children == {
        "a": Node(7, 12, ">")
    }
    assert parse(Source("a.yaml", "a: *x\n")).where().children == {"a": Node(3, 5)}
    assert parse(Source("a.yaml", "[]")).where() == Node(0, 2, "", {}, None)
    assert parse(Source("a.yaml", "{}")).where() == Node(0, 2, "", {}, {})
    assert parse(Source("a.yaml", "? [a]\n: 1\n")).where() == Node(0, 0, "", {}, {})


def found(text: str, value: str, start: int, end: int) -> str:
    source = Source("a.yaml", text)
    node = parse(source).where()
    assert node.children is not None
    first, last = ScalarTexts(source, node.children["a"], value).span(start, end)
    return f"{first}: {text[first:last]}"


def test_characters() -> None:
    assert found("a: one two one", "one two one", 8, 11) == "11: one"
    assert found("a: one two one", "one two one", 0, 3) == "3: one"
    assert found("a: one two one", "one two one", 3, 7) == "6:  two"
    assert found("a: one two one", "one two one", 3, 3) == "3: one two one"
    assert found("a: one two one", "one two one", 5, 3) == "3: one two one"
    assert found("a: one two one", "one two one", 50, 60) == "3: one two one"
    assert found("a: 'one'", "one", 50, 60) == "3: 'one'"
    assert found("a: aaaa", "aaaa", 2, 4) == "5: aa"
    assert found("a: one\n  two", "one two", 2, 5) == "5: e\n  t"
    assert found("a: one\n  two one\n  two", "one two one two", 8, 15) == "13: one\n  two"
    assert found("a: one\n  two one\n  two", "one two one two", 0, 7) == "3: one\n  two"
    assert found("a: 'it''s'", "it's", 0, 4) == "3: 'it''s'"
    assert found("a: 'it''s b\n  c'", "it's b c", 5, 8) == "10: b\n  c"
    assert found('a: "\\u0061 (b"', "a (b", 0, 4) == '3: "\\u0061 (b"'


# files of other platforms


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: &x [1, {b: 2}]\nc: *x\n", {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("a: !x 1\nb: !!str no\n", {"a": 1, "b": "no"}),
        ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", {"a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}}),
        ("<<: [{p: 1}, {p: 2, q: 3}]\n", {"p": 1, "q": 3}),
        ("<<: 1\na: 2\n", {"a": 2}),
        ("&x <<: {a: 1}\n", {"a": 1}),
        ("<<: [1, {p: 1}]\na: 2\n", {"a": 2, "p": 1}),
        ("a: yes\nb: 0x1\nc: 'yes'\nd: 7\n", {"a": "yes", "b": "0x1", "c": "yes", "d": 7}),
        ("- yes\n- 7\n- '7'\n- ''\n", ["yes", 7, "7", ""]),
        ("a: 1\n---\n# nothing\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("---\n---\na: 1\n", {"a": 1}),
        ("", []),
        ("%YAML 1.1\n---\na: 1\n", {"a": 1}),
    ],
)
def test_foreign_files(text: str, data: object) -> None:
    parsed = parse_foreign(Source("a.yaml", text))
    assert parsed.data == data
    assert parsed.problems == ()


MERGE = "'<<' in quotes merges another mapping to some YAML readers and is a field to others"
OUT = "write the fields out where they are needed"


@pytest.mark.parametrize(
    ("text", "data", "message", "span", "help"),
    [
        ("1: a\n", {"1": "a"}, "the key '1' is not a text", (1, 1, 1, 2), "put it in quotes"),
        (
            "? [a]\n: 1\nb: 2\n",
            {"b": 2},
            "a key is a list, a mapping or an alias",
            (1, 3, 1, 4),
            "use a plain word as the key",
        ),
        (
            "&x a: 1\n",
            {"a": 1},
            "a key has an anchor or a tag",
            (1, 1, 1, 5),
            "use a plain word as the key",
        ),
        ("a: 1\n'<<': {p: 1}\n", {"a": 1, "<<": {"p": 1}}, MERGE, (2, 1, 2, 5), OUT),
        ('{"<<": {p: 1}}\n', {"<<": {"p": 1}}, MERGE, (1, 2, 1, 6), OUT),
    ],
)
def test_keys_of_foreign_files(
    text: str, data: object, message: str, span: tuple[int, ...], help: str
) -> None:
    parsed = parse_foreign(Source("a.yaml", text))
    assert parsed.data == data
    assert [
        (problem.message, tuple(problem.span), problem.help) for problem in parsed.problems
    ] == [(message, span, help)]


def test_places_in_foreign_files() -> None:
    text = "a: &x {p: 1}\nb: *x\nc: {<<: *x, q: 2}\n"
    node = parse_foreign(Source("a.yaml", text)).where()
    assert node.children is not None
    assert node.children["b"] is node.children["a"]
    assert node.children["a"] == Node(3, 12, "", {"p": Node(10, 11)}, {"p": (7, 8)})
    assert node.children["c"] == Node(
        22, 36, "", {"q": Node(34, 35), "p": Node(10, 11)}, {"q": (31, 32), "p": (7, 8)}
    )
    many = parse_foreign(Source("a.yaml", "a: 1\n---\nb: 2\n")).where()
    assert many == Node(
        0,
        14,
        "",
        {
            0: Node(0, 4, "", {"a": Node(3, 4)}, {"a": (0, 1)}),
            1: Node(9, 13, "", {"b": Node(12, 13)}, {"b": (9, 10)}),
        },
    )


@pytest.mark.parametrize(
    ("text", "message", "span", "help"),
    [
        ("a: *x\n", "'*x' names no anchor above it", (1, 4, 1, 6), "define the anchor first"),
        ("a: &x [*x]\n", "'*x' names no anchor above it", (1, 8, 1, 10), "define the anchor first"),
        (
            "a: &x 1\n---\nb: *x\n",
            "'*x' names no anchor above it",
            (3, 4, 3, 6),
            "define the anchor first",
        ),
    ],
)
def test_aliases_of_nothing(text: str, message: str, span: tuple[int, ...], help: str) -> None:
    with pytest.raises(Malformed) as error:
        parse_foreign(Source("a.yaml", text))
    assert (error.value.message, tuple(error.value.span), error.value.help) == (message, span, help)


def test_aliases_count_as_what_they_stand_for() -> None:
    hundred = f"a: &a [{','.join('x' * 98)}]\n"  # 99 values, and the mapping and the list of aliases around it
    text = hundred + "b:\n" + "- *a\n" * 201
    assert MAX_NODES == 20_000
    assert isinstance(parse_foreign(Source("a.yaml", text)).data, dict)
    with pytest.raises(Malformed) as error:
        parse_foreign(Source("a.yaml", text + "- *a\n"))
    assert (error.value.message, error.value.help) == (
        "the aliases expand to more than 20,000 values",
        "write the values out",
    )
    assert tuple(error.value.span) == (204, 3, 204, 5)
