"""YAML of platforms: values that readers disagree about, places, and bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmlint.parsing.platform_yaml import PlatformYaml, YamlBounds, parse_platform_yaml, plain_value
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.values import Ambiguous
from pmlint.place import Path


def parsed(text: str, depth: int = 100, nodes: int = 200_000) -> PlatformYaml:
    return parse_platform_yaml(Source("a.yaml", text), 0, len(text), YamlBounds(depth, nodes))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("NULL", None),
        ("", None),
        ("12", 12),
        ("-1.50", Decimal("-1.50")),
        ("1.5e3", Decimal("1.5e3")),
        ("on-call", "on-call"),
        ("1.2.3.4", "1.2.3.4"),
        ("-x", "-x"),
    ],
)
def test_what_has_one_meaning(text: str, value: object) -> None:
    found = plain_value(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "On",
        "NO",
        "y",
        "0o17",
        "017",
        "0x1f",
        "1_000",
        "12:30",
        ".nan",
        "-.inf",
        "2026-01-01",
        "1e3",
    ],
)
def test_what_has_two(text: str) -> None:
    assert isinstance(plain_value(text), Ambiguous)


def test_places() -> None:
    text = "a: 1\nb:\n  - {c: x, d: [1, 2]}\n---\ne: |\n  many\n  lines\n"
    found = parsed(text)
    lines = text.split("\n")
    for path, shown in (
        ((0, "a"), "1"),
        ((0, "b", 0, "c"), "x"),
        ((0, "b", 0, "d", 1), "2"),
        ((0, "b"), "b"),
        ((1, "e"), "|"),
    ):
        span = found.locate(Path(path))
        assert lines[span.row - 1][span.column - 1 : span.end_column - 1] == shown, path


def test_merge_keys_and_anchors() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 9}\n'<<': plain\n"
    (data,) = parsed(text).documents
    assert data == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3, "z": 4},
        "c": {"x": 9, "y": 2, "z": 4},
        "<<": "plain",
    }


def test_flaws_have_their_path() -> None:
    found = parsed("a: 1\nb: {c: 1, c: 2}\nd: !x [1]\n").flaws
    assert [(at, problem.message) for at, problem in found] == [
        (Path((0, "b", "c")), "duplicate key 'c' (first on line 2)"),
        (Path((0, "d")), "the tag '!x' is the platform's own"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 200 + "]" * 200, "the file is nested more than 100 levels deep"),
        ("[" + "1," * 20 + "]", "the file has more than 10 values"),
        ("a: *b\n", "'*b' names no anchor above it"),
        ("a: [", "this is not YAML"),
        ("a: {{ .Values.x }}: [\n", "this is a Helm template, not YAML"),
        # These YAML reads, as a mapping whose key is a mapping.
        ("a: {{ .Values.x }}\n", "this is a Helm template, not YAML"),
        ("{{ .Values.name }}:\n  a: 1\n", "this is a Helm template, not YAML"),
        ("a: [{{ .Values.x }}]\n", "this is a Helm template, not YAML"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        parsed(text, nodes=10 if "10" in message and "100" not in message else 200_000)
    assert caught.value.message.startswith(message)
