"""What the reader makes of each text, word for word: scalars, sources, front matter, and where
everything stands.
"""

from __future__ import annotations

import pytest

from pmlint.parsing import scalars as scalar
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.scalars import Unclear, is_name, plain
from pmlint.parsing.source import MAX_BYTES, Malformed, Source, decode, refuse_invisible, too_large
from pmlint.place import Path, Span, Where, in_body

# scalars

TWO = Unclear(
    "is not the same to every YAML reader", "write true or false, or put the text in quotes"
)
HOUR = Unclear(
    "is a number to some YAML readers and a text to others",
    "put a text in quotes; a moment has its day too, as in 2026-09-30T06:58:00Z",
)
NUMBER = Unclear(
    "is a number to some YAML readers and a text to others",
    "write a plain decimal number, or put the text in quotes",
)
LONG = Unclear("has too many digits", "put it in quotes")
WIDE = Unclear("has too many digits to be the same number everywhere", "put it in quotes")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("null", None),
        ("~", None),
        ("true", True),
        ("false", False),
        *[
            (word, TWO)
            for word in "y Y n N yes Yes YES no No NO on On ON off Off OFF True TRUE False FALSE Null NULL = <<".split()
        ],
        *[
            (word, word)
            for word in "nULL yeS a none None + - . .. --- +a -a .a 1a 1.a ~~ === ١ ١٢".split()
        ],
        ("0", 0),
        ("-0", 0),
        ("+17", 17),
        ("-9", -9),
        ("123456789012345", 123456789012345),
        ("-12345678901234", -12345678901234),
        ("1234567890123456", WIDE),
        ("-123456789012345", WIDE),
        ("0.5", 0.5),
        ("-10.25", -10.25),
        ("1.000000000000001", 1.000000000000001),
        ("1.0000000000000001", LONG),
        *[
            (word, NUMBER)
            for word in (
                "00 01 -01 1. .5 +.5 1e3 1E3 1.5e3 1e+3 .5e-3 0x1F 0o17 0b101 0x_ .inf .Inf .INF -.inf +.INF .nan .NaN .NAN 1_000 1,000 "
                "1:59:59.5 1:5 1:30._5 00.5"
            ).split()
        ],
        *[(word, HOUR) for word in "1:30 06:58 12:30:45".split()],
        *[
            (word, word)
            for word in "1:60 1:300 .iNF .nAN -.nan 0xG 0o 0b357afe9 0b2 0o8 0o1f 1e 1e+ 1.5.e .e3 1: :30 0x".split()
        ],
        *[
            (word, word)
            for word in "2026-01-01 2026-1-1 2026-01-01T06:00:00Z 2026-01-01t1 2026-99-99".split()
        ],
        ("2026-01-01 06:00", "2026-01-01 06:00"),
        *[(word, word) for word in "2026-01 202-01-01 2026-01-012 2026-01-01x 20260-1-1".split()],
        ("9" * 400, WIDE),
        ("9" * 401, LONG),
        ("1." + "9" * 398, LONG),
        ("1" * 401 + "x", "1" * 401 + "x"),
        ("2026-01-01 " + "x" * 400, "2026-01-01 " + "x" * 400),
    ],
)
def test_scalars(text: str, value: object) -> None:
    scalar._remembered.cache_clear()
    scalar._is_short_name.cache_clear()
    found = plain(text)
    assert found == value
    assert type(found) is type(value)
    assert is_name(text) == (isinstance(value, str) or text == "on")


def test_a_scalar_is_remembered_with_its_kind() -> None:
    assert [plain("1"), plain("1.0"), plain("true"), plain("1")] == [1, 1.0, True, 1]
    assert [type(plain(text)) for text in ("1", "1.0", "true")] == [int, float, bool]


# sources


def test_positions() -> None:
    source = Source("a.md", "ab\r\n\ncde")
    assert source.line_starts == [0, 4, 5]
    assert [source.line(row) for row in range(1, 6)] == ["ab", "", "cde", "", ""]
    assert [source.position(offset) for offset in (0, 1, 3, 4, 5, 8)] == [
        (1, 1),
        (1, 2),
        (1, 4),
        (2, 1),
        (3, 1),
        (3, 4),
    ]
    assert source.span(1, 6) == Span(1, 2, 3, 2)
    assert [source.offset(row, column) for row, column in ((1, 1), (1, 3), (3, 2))] == [0, 2, 6]
    assert Source("a.md", "").line_starts == [0]
    assert Source("a.md", "\n").line(2) == ""
    assert [Source("a.md", "a X \t\nbX\r\n c\n").line(row) for row in (1, 2, 3)] == [
        "a X \t",
        "bX",
        " c",
    ]


def test_a_refusal_says_at_least_what_is_wrong() -> None:
    error = Malformed("x")
    assert (str(error), error.message, error.span, error.help, error.code) == (
        "x",
        "x",
        Span(1, 1, 1, 1),
        "",
        "syntax",
    )


def refusal(data: bytes) -> tuple[str, tuple[int, ...], str, str]:
    with pytest.raises(Malformed) as error:
        decode("a.md", data)
    return error.value.message, tuple(error.value.span), error.value.help, error.value.code


HIDDEN = "remove it: what a tool reads must be what a reviewer sees"
BOM = "save it as UTF-8 without a byte order mark"
LARGE = "a postmortem is a page or two: move raw logs and transcripts into its evidence folder"


@pytest.mark.parametrize(
    ("data", "message", "span", "help"),
    [
        (
            b"x" * (MAX_BYTES + 1),
            "the file has 262,145 bytes, more than the 262,144 that are read",
            (1, 1, 1, 1),
            LARGE,
        ),
        (b"\xff\xfea", "the file is UTF-16, not UTF-8", (1, 1, 1, 1), BOM),
        (b"\xfe\xffa", "the file is UTF-16, not UTF-8", (1, 1, 1, 1), BOM),
        (b"\xef\xbb\xbfa", "the file begins with a byte order mark", (1, 1, 1, 1), BOM),
        (b"ab\n\xc3\xbc\xff", "byte 0xff is not UTF-8", (2, 2, 2, 3), "save the file as UTF-8"),
        (b"\x0a\x80", "byte 0x80 is not UTF-8", (2, 1, 2, 2), "save the file as UTF-8"),
        (b"ab\n c\x00", "the invisible character U+0000 is in the text", (2, 3, 2, 4), HIDDEN),
        (
            "a\n\u200bb".encode(),
            "the invisible character U+200B is in the text",
            (2, 1, 2, 2),
            HIDDEN,
        ),
        (
            "\U0001d173".encode(),
            "the invisible character U+1D173 is in the text",
            (1, 1, 1, 2),
            HIDDEN,
        ),
        ("\ufff0".encode(), "the invisible character U+FFF0 is in the text", (1, 1, 1, 2), HIDDEN),
        (
            "ü\U000e0001".encode(),
            "the invisible character U+E0001 is in the text",
            (1, 2, 1, 3),
            HIDDEN,
        ),
        (
            b"a\r\nb\rc",
            "a carriage return without a line feed is in the text",
            (2, 2, 2, 3),
            HIDDEN,
        ),
        (b"a\n\nb\r", "a carriage return without a line feed is in the text", (3, 2, 3, 3), HIDDEN),
        (b"\n\x01\n\n", "the invisible character U+0001 is in the text", (2, 1, 2, 2), HIDDEN),
        (b"\x7f", "the invisible character U+007F is in the text", (1, 1, 1, 2), HIDDEN),
    ],
)
def test_bytes_that_are_refused(
    data: bytes, message: str, span: tuple[int, ...], help: str
) -> None:
    assert refusal(data) == (message, span, help, "syntax")


def test_bytes_that_are_read() -> None:
    for text in (
        "",
        "a\tb\r\n\n~ !",
        "ü 漢 💶\ufe0f é\n",
        "x" * MAX_BYTES,
        "a\r\n\u2060".removesuffix("\u2060"),
    ):
        source = decode("a.md", text.encode())
        assert (source.file, source.text) == ("a.md", text)
    assert (
        too_large(2_000, 1_000).message
        == "the file has 2,000 bytes, more than the 1,000 that are read"
    )
    with pytest.raises(Malformed, match=r"U\+D800"):
        refuse_invisible(Source("a.md", "\ud800"))


# the front matter


@pytest.mark.parametrize(
    ("text", "message", "span", "help"),
    [
        ("", "the file is empty", (1, 1, 1, 1), "'pmlint new' writes a postmortem to start from"),
        (
            " \n\n",
            "the file is empty",
            (1, 1, 1, 1),
            "'pmlint new' writes a postmortem to start from",
        ),
        (
            "# a\n---\n",
            "there is no front matter: the first line is not '---'",
            (1, 1, 1, 2),
            "begin with '---', the fields, and '---' again; 'pmlint new' shows them all",
        ),
        (
            "----\na: 1\n---\n",
            "there is no front matter: the first line is not '---'",
            (1, 1, 1, 2),
            "begin with '---', the fields, and '---' again; 'pmlint new' shows them all",
        ),
        (
            "---\na: 1\n",
            "the front matter is not closed: no second line '---'",
            (1, 1, 1, 4),
            "put a line '---' below the last field",
        ),
        (
            "---\na: 1\n---b\n ---",
            "the front matter is not closed: no second line '---'",
            (1, 1, 1, 4),
            "put a line '---' below the last field",
        ),
        (
            "--- \na: 1\n---\n",
            "blanks follow '---'",
            (1, 1, 1, 5),
            "remove them: not every reader takes such a line for a fence",
        ),
        (
            "---\na: 1\n---\t\r\n",
            "blanks follow '---'",
            (3, 1, 3, 6),
            "remove them: not every reader takes such a line for a fence",
        ),
        (
            "---\n---\n",
            "the front matter is empty",
            (2, 1, 2, 2),
            "'pmlint new' writes a postmortem to start from",
        ),
        (
            "---\n# a\n---\n",
            "the front matter is empty",
            (2, 1, 2, 2),
            "'pmlint new' writes a postmortem to start from",
        ),
        (
            "---\n\n- a\n---\n",
            "the document is a list, not fields",
            (3, 1, 3, 2),
            "write 'field: value' lines, beginning with 'id:'",
        ),
        (
            "---\n a\n---\n",
            "the document is a single value, not fields",
            (2, 2, 2, 3),
            "write 'field: value' lines, beginning with 'id:'",
        ),
    ],
)
def test_front_matter_that_is_refused(
    text: str, message: str, span: tuple[int, ...], help: str
) -> None:
    with pytest.raises(Malformed) as error:
        read_postmortem(Source("a.md", text))
    assert (error.value.message, tuple(error.value.span), error.value.help) == (message, span, help)


@pytest.mark.parametrize(
    ("text", "body", "start"),
    [
        ("---\na: 1\n---\nb\n", "b\n", 13),
        ("---\r\na: 1\r\n---\r\nb", "b", 16),
        ("---\na: 1\n---", "", 12),
        ("---\na: |\n  ---\n---\n---\n", "---\n", 19),
        ("---\na: x\n---b: 1\n---\nb\n---\n", "b\n---\n", 21),
    ],
)
def test_front_matter(text: str, body: str, start: int) -> None:
    document = read_postmortem(Source("a.md", text))
    assert isinstance(document.data, dict)
    assert "a" in document.data
    assert (document.kind, document.body, document.body_start, document.problems) == (
        "postmortem",
        body,
        start,
        (),
    )


def test_what_is_wrong_with_a_document_that_can_be_read() -> None:
    for text, row in (("---\na: &x 1\n---\nb: *x\n", 2), ("a: &x 1\n", 1)):
        document = (
            read_postmortem(Source("a", text))
            if row == 2
            else read_yaml(Source("a", text), "route")
        )
        assert [(problem.message, problem.span) for problem in document.problems] == [
            ("'&x' is an anchor", Span(row, 4, row, 8))
        ]


def test_other_kinds() -> None:
    for kind in ("route", "policy"):
        with pytest.raises(Malformed) as error:
            read_yaml(Source("a.yaml", "# a\n"), kind)  # type: ignore[arg-type]
        assert (error.value.message, error.value.span) == ("the file is empty", Span(1, 1, 1, 2))
        with pytest.raises(Malformed, match="the document is a list, not fields"):
            read_yaml(Source("a.yaml", "- a\n"), kind)  # type: ignore[arg-type]
    document = read_yaml(Source("a.yaml", "- a\n"), "people")
    assert (document.data, document.kind, document.body, document.body_start) == (
        ["a"],
        "people",
        "",
        4,
    )


# where everything stands

TEXT = """\
---
id: PM-1
list:
  - {a: 1, b: "two words"}
  - c: |
      first line
      second line
    d: []
empty:
map:
  x: 'it''s'
long: folded
  text here
---
body text
more
"""


@pytest.mark.parametrize(
    ("at", "span"),
    [
        (Path(), (2, 1, 2, 3)),
        (Path() / "id", (2, 5, 2, 9)),
        ((Path() / "id").key, (2, 1, 2, 3)),
        (Path() / "list", (3, 1, 3, 5)),
        (Path() / "list" / 0, (4, 6, 4, 7)),
        (Path() / "list" / 0 / "b", (4, 15, 4, 26)),
        ((Path() / "list" / 0 / "b").key, (4, 12, 4, 13)),
        ((Path() / "list" / 0 / "b").chars(4, 9), (4, 20, 4, 25)),
        ((Path() / "list" / 0).key, (4, 6, 4, 7)),
        (Path() / "list" / 1, (5, 5, 5, 6)),
        (Path() / "list" / 1 / "c", (5, 8, 5, 9)),
        ((Path() / "list" / 1 / "c").chars(11, 17), (7, 7, 7, 13)),
        (Path() / "list" / 1 / "d", (8, 5, 8, 6)),
        (Path() / "list" / 2, (3, 1, 3, 5)),
        (Path() / "list" / 1 / "e", (5, 5, 5, 6)),
        (Path() / "empty", (9, 1, 9, 6)),
        (Path() / "empty" / "x", (9, 1, 9, 6)),
        (Path() / "map", (10, 1, 10, 4)),
        (Path() / "map" / "x", (11, 6, 11, 13)),
        ((Path() / "map" / "x").chars(0, 2), (11, 7, 11, 9)),
        ((Path() / "map" / "x").chars(0, 4), (11, 6, 11, 13)),
        ((Path() / "long").chars(0, 15), (12, 7, 12, 13)),
        (Path() / "long", (12, 7, 12, 13)),
        (Path() / "none", (2, 1, 2, 3)),
        ((Path() / "none").key, (2, 1, 2, 3)),
        (Path() / "id" / "x", (2, 1, 2, 3)),
        (in_body(0, 4), (15, 1, 15, 5)),
        (in_body(5, 12), (15, 6, 15, 10)),
        (Where(Path(), "body"), (15, 1, 15, 2)),
        (in_body(15, 15), (17, 1, 17, 1)),
    ],
)
def test_where(at: Path | Where, span: tuple[int, ...]) -> None:
    assert tuple(read_postmortem(Source("a.md", TEXT)).locate(at)) == span


def test_where_in_lines_of_windows() -> None:
    document = read_postmortem(Source("a.md", TEXT.replace("\n", "\r\n")))
    assert tuple(document.locate(Path() / "long")) == (12, 7, 12, 13)
    assert tuple(document.locate(in_body(0, 20))) == (15, 1, 15, 10)


def test_where_without_a_front_matter() -> None:
    document = read_yaml(Source("a.yaml", "[]"), "people")
    assert tuple(document.locate(Path())) == (1, 1, 1, 3)
    assert tuple(document.locate(Path() / 0)) == (1, 1, 1, 3)
    assert tuple(document.locate(in_body(0, 1))) == (1, 3, 1, 3)
    assert tuple(read_yaml(Source("a.yaml", "[a, b]"), "people").locate(Path() / 0 / "x")) == (
        1,
        2,
        1,
        3,
    )
    assert tuple(read_yaml(Source("a.yaml", "- - x\n- {}\n"), "people").locate(Path() / 1)) == (
        2,
        3,
        2,
        5,
    )


def test_characters_that_stand_there_twice() -> None:
    document = Document("route", Source("a.yaml", "a: no go, no go\nb: [x\n,y]\n"))
    assert tuple(document.locate((Path() / "a").chars(7, 9))) == (1, 11, 1, 13)
    assert tuple(document.locate((Path() / "b").chars(0, 1))) == (2, 4, 2, 6)
    items = Document("people", Source("a.yaml", "- a b a\n"))
    assert tuple(items.locate((Path() / 0).chars(2, 3))) == (1, 5, 1, 6)


def test_characters_of_one_text_and_then_of_another() -> None:
    document = read_yaml(Source("a.yaml", "a: one two\nb: two one\n"), "route")
    places = [
        document.locate(Path((name,)).chars(*chars))
        for name, chars in (("a", (4, 7)), ("b", (4, 7)), ("b", (0, 3)), ("a", (0, 3)))
    ]
    assert places == [Span(1, 8, 1, 11), Span(2, 8, 2, 11), Span(2, 4, 2, 7), Span(1, 4, 1, 7)]


@pytest.mark.parametrize("text", ["1.2.3", "1.1.1.1", "27.11.2026"])
def test_a_version_an_address_and_a_dotted_date_are_texts(text: str) -> None:
    assert plain(text) == text
