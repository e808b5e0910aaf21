"""Places in TOML: the text at the place of every value reads as that value."""

from __future__ import annotations

import tomllib

import pytest

from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.toml import read_toml
from pmlint.place import Path

TEXTS = [
    'a = 1\nb = "x" # c = 2\n[t]\nc = [1, [2, "y,]"], {d = 3}]\n[t.u]\n"k.x" = true\n',
    "[[s]]\na = 1\n[[s.t]]\nb = 2\n[[s.t]]\nb = 3\n[[s]]\na = 4\n[[s.t]]\nb = 5\n",
    'a.b.c = """\nmany = 1\nlines"""\nd = \'\'\'x\n\'\'\'\ne = "q\\"uote"\nf = 2026-01-01\ng = 1.5e3 # end',
    "[a]\r\nb = 1\r\n\r\n[a.c]\r\nd = [\r\n  1, # one\r\n  2,\r\n]\r\n",
    "\"\\u00e9\" = 1\n'lit eral' = {x = {y = [1]}, z = 2}\n",
]


def leaves(value: object, at: Path = Path()) -> list[tuple[Path, object]]:
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in leaves(item, at / name)]
    if isinstance(value, list):
        return [leaf for number, item in enumerate(value) for leaf in leaves(item, at / number)]
    return [(at, value)]


@pytest.mark.parametrize("text", TEXTS)
def test_every_value_is_at_its_place(text: str) -> None:
    document = read_toml(Source("a.toml", text))
    for path, value in leaves(document.data):
        place = document.places[path]
        assert tomllib.loads(f"v = {text[place.start : place.end]}")["v"] == value, path


def test_of_what_is_not_there_the_nearest_is_shown() -> None:
    document = read_toml(Source("a.toml", "x = 1\n[a]\nb = 1\n"))
    assert tuple(document.locate(Path(("a", "nope", "deeper")))) == (2, 2, 2, 3)
    assert tuple(document.locate((Path(("a", "b"))).key)) == (3, 1, 3, 2)
    assert tuple(document.locate(Path(("nope",)))) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 101, "arrays are nested more than 100 levels deep"),
        (".".join("a" * 66) + " = 1", "a key has more than 64 parts"),
        ("a = ", "this is not TOML: "),
        ("a = " + "9" * 5000, "this is not TOML: exceeds the limit"),
        ("a = 1\na = 2", "this is not TOML: cannot overwrite a value"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_toml(Source("a.toml", text))
    assert caught.value.message.startswith(message)
