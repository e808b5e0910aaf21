"""The shape of the source: each figure of `bench.shape` at its goal, once it has been reached."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.english import offenders, offenders_in_page
from bench.shape import FIGURES, comments, long_lines, repeated_types
from bench.source import Figure, Module, modules
from bench.statements import counted_truths, filled_arguments, nested_conditionals, walruses


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    source = modules()
    return {figure.name: figure for figure in (make(source) for make in FIGURES)}


@pytest.mark.parametrize(
    "name",
    [
        "root",
        "layers",
        "nested",
        "long-lines",
        "walruses",
        "comments",
        "functions",
        "truths",
        "arguments",
        "dependencies",
        "types",
        "english",
    ],
)
def test_a_goal_is_held(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    assert figure.met, "\n".join(
        (f"{figure.value:g} {figure.what}, {figure.goal}", *figure.offenders)
    )


def module(text: str) -> list[Module]:
    return [Module("pmlint/check/a.py", text, ast.parse(text))]


def test_what_each_figure_counts() -> None:
    assert nested_conditionals(module("a = 1 if b else (2 if c else 3)\n")).offenders == (
        "pmlint/check/a.py:1",
    )
    assert nested_conditionals(module("a = 1 if b else 3\n")).met
    assert long_lines(module(f"a = '{'x' * 100}'\n")).offenders == (
        "pmlint/check/a.py:1 has 106 columns",
    )
    assert walruses(module("if (a := b):\n    pass\n")).met
    assert not walruses(module("c = (a := b) + (d := e)\n")).met
    assert counted_truths(module("a = [1] * (b == 2)\nc = d + bool(e)\n")).offenders == (
        "pmlint/check/a.py:1",
        "pmlint/check/a.py:2",
    )
    assert counted_truths(module("a = b + (c or 0)\n")).met
    assert filled_arguments(module("def f(a, b):\n    a.append(b)\n")).offenders == (
        "pmlint/check/a.py:1 f fills 'a'",
    )
    assert filled_arguments(module("def f(a):\n    a[0] = 1\n")).value == 1
    assert filled_arguments(
        module("def f(a):\n    a = list(a)\n    a.append(1)\n    return a\n")
    ).met
    assert repeated_types(module("class A: pass\nclass A: pass\n")).offenders == (
        "A: pmlint/check/a.py:1, pmlint/check/a.py:2",
    )


def test_a_comment_counts_once_and_a_pragma_never() -> None:
    lines = "a = 1\n" * 50
    assert comments(module(f"# why\n# and more\n{lines}# another\n")).value == 4
    assert comments(module(f"import a  # noqa: F401\n{lines}b = a  # type: ignore[x]\n")).value == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('Problem("this is no date")', 1),
        ("Problem(f\"there is no route '{name}'\")", 0),
        ('UsageError("x", help="it stands on a line of its own")', 1),
        ('click.option("--jobs", help="Number of processes; found by itself.")', 1),
        ("def f():\n    'What was said of it.'\n", 1),
        ("Problem(\"say 'it is no date'\")", 0),
        ('anything("this is no date")', 0),
    ],
)
def test_banned_forms_are_seen_where_users_read_them(text: str, count: int) -> None:
    assert len(offenders("a.py", ast.parse(text))) == count


ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    # the contract is a copy, and says which forms are banned
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if "spec" not in page.parts),
]


def test_pages_are_in_plain_english() -> None:
    assert [
        one
        for page in PAGES
        for one in offenders_in_page(page.name, page.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("# A\n\nIt stands\nhere.\n", ["a.md:3 'stands' (is)"]),
        ('```\nIt stands.\n```\n`stands` and "stands"\n', []),
        ("```\nx\n```\n\nThe file is\ngone.\n", ["a.md:5 'is gone' (was removed)"]),
        ("There is no file. It is no longer there.\n", []),
    ],
)
def test_banned_forms_of_a_page(page: str, found: list[str]) -> None:
    assert offenders_in_page("a.md", page) == found
