"""A policy means the same with both engines: what they do otherwise is closed, or refused when a
policy loads.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmlint.errors import UsageError
from pmlint.model.resources import folder
from pmlint.parsing.tree import WorkTree
from pmlint.policy import engines
from pmlint.policy.engines import ENGINES, MANY, Engine, load
from pmlint.policy.folder import load_policies
from pmlint.policy.grammar import DEEPEST, parse, walk
from pmlint.policy.language import Failed, bind, compile_expression, evaluate
from pmlint.policy.patterns import portable
from pmlint.policy.steps import MOST, check_steps, plan
from pmlint.project.settings import Settings
from tests.policy.expressions import differences

TODAY = date(2026, 10, 15)
DOCUMENT: dict[str, Any] = {
    "owner": None,
    "title": "é€x",
    "count": 2,
    "share": 1.5,
    "big": 2**63,
    "names": ["a", None, 3],
    "map": {"b": 1, "a": 2, "c": 3},
    "rows": [{"n": 0}, {"n": 1}],
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "cpp":
        pytest.importorskip("cel_expr_python")
    return load(request.param)


def answer(engine: Engine, text: str) -> Any:
    """What an engine says of `DOCUMENT`, or ``(reason, offset)``."""
    try:
        compiled = compile_expression.__wrapped__(text, engine)
        return evaluate(compiled, bind({"postmortem": DOCUMENT}, engine))
    except Failed as failed:
        return failed.reason, failed.offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size(postmortem.title)", 3),  # bytes in the one, characters in the other
        ("postmortem.title.size()", 3),
        ("[0, 1].exists(i, 1 / i == 1)", True),  # an error that a later element absorbs
        ("[0, 1].all(i, 1 / i != 1)", False),
        ("[0].exists(i, 1 / i == 1)", ("division by zero", None)),
        ("postmortem.rows.exists(r, 1 / r.n == 1)", True),
        ("postmortem.rows.exists(r, postmortem.rows.exists(s, 1 / r.n == s.n))", True),
        ("postmortem.names.exists(n, n.startsWith('a'))", True),
        ("postmortem.map.map(k, k)", ["a", "b", "c"]),  # in an order that changed from run to run
        ("postmortem.map.filter(k, postmortem.map[k] > 1)", ["a", "c"]),
        (
            "postmortem.names + postmortem.map",
            ("the types do not fit", None),
        ),  # its keys in the one
        ("1.5 in postmortem.map", False),
        ("string(123456789012.5)", "123456789012.5"),
        ("string(true)", "true"),
        ("string(timestamp('2026-10-15T06:00:00+02:00'))", "2026-10-15T04:00:00Z"),
        ("int('12') + int(1.9)", 13),
        ("int('1e3')", ("this is not a whole number", None)),
        ("double('0.5')", 0.5),
        ("timestamp('2026-10-15')", ("this is not a moment such as 2026-10-15T06:00:00Z", None)),
        ("duration('90m') == duration('1h30m')", True),
        (
            "minutes_at_least('2026-10-15T06:00:00Z', {'unknown': 'late', 'not_before': '2026-10-15T08:00:00Z'})",
            120.0,
        ),
        (
            "minutes_at_most('2026-10-15T06:00:00Z', {'unknown': 'late', 'not_before': '2026-10-15T08:00:00Z'})",
            None,
        ),
        ("postmortem.owner.name", ("the types do not fit", None)),
        ("postmortem.nobody", ("there is no field 'nobody'", None)),
        ("postmortem.names[7]", ("there is no element 7", None)),
        ("postmortem.count + 9223372036854775807", ("the number is too large", None)),
        ("postmortem.title.matches(r'^\\w')", False),  # ASCII, as RE2 has it
        ("1 == '1'", ("a whole number never equals a text", 2)),
        ("1 < 1.5", ("'<' does not take a whole number and a number", 2)),
        ("true ? 1 : 'a'", ("one answer is a whole number, the other a text", 5)),
        ("1u == 1", ("syntax error: unexpected 'u'", 1)),
        ("b'abc' == b'abc'", ("bytes are not supported", 0)),
        ("postmortem.?owner", ("syntax error: unexpected '?'", 11)),
        (
            "'a'.matches(postmortem.title)",
            ("the pattern of 'matches' must be written in quotes", 12),
        ),
        ("'a'.matches('a++')", ("a repeat is followed by another repeat", 12)),
        ("size(postmortem.title, 1)", ("'size' takes 1 argument, not 2", 0)),
        ("type(postmortem)", ("a type can only be compared, as in type(it.owner) == string", 0)),
        ("postmortem.title == // the name\n 'é€x'", True),
    ],
)
def test_what_engines_do_otherwise(engine: Engine, text: str, expected: object) -> None:
    assert answer(engine, text) == expected


def test_every_example_of_the_shipped_policies(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pmlint.policy import judge
    from pmlint.policy.examples import run_examples

    monkeypatch.setattr(judge, "chosen", lambda **asked: engine)
    outcomes = list(
        run_examples(load_policies(WorkTree(folder("policies")), Settings(policies="none"), TODAY))
    )
    assert len(outcomes) > 40
    assert [(one.policy.id, one.number, one.wrong) for one in outcomes if one.wrong] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_random_expression_has_two_answers(seed: int) -> None:
    pytest.importorskip("cel_expr_python")
    found, kinds = differences(seed, 1_000)
    assert found == []
    assert kinds["bool"] > 100
    assert kinds["refused"] > 50


def test_a_wrong_name_of_an_engine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    engines.chosen.cache_clear()
    monkeypatch.setenv("PMLINT_CEL", "rist")
    with pytest.raises(UsageError) as raised:
        engines.chosen()
    engines.chosen.cache_clear()
    assert (raised.value.message, raised.value.help) == (
        "PMLINT_CEL is 'rist'",
        "set it to cpp or rust",
    )


@pytest.mark.parametrize(
    ("blocked", "documents", "expected"),
    [
        ("", MANY, "cpp"),
        ("", MANY - 1, "rust"),
        ("cel_expr_python", MANY, "rust"),
    ],
)
def test_the_extra_is_used_for_many_where_it_can_be_imported(
    blocked: str, documents: int, expected: str
) -> None:
    pytest.importorskip("cel_expr_python")
    code = f"""
import sys
sys.modules.update(dict.fromkeys({blocked!r}.split()))
from datetime import date
from pmlint.policy.judge import PolicySet
from pmlint.project.settings import Settings
policies = PolicySet((), Settings(), date(2026, 10, 15), documents={documents})
print(type(policies._engine).__module__.rpartition(".")[2])
"""
    assert ran(code) == expected


def test_the_extension_is_loaded_without_its_command_line() -> None:
    code = """
import sys
from pmlint.policy.engines import load
load("rust")
print(*sorted({"cel.cli", "typer", "rich", "prompt_toolkit", "pygments"} & sys.modules.keys()))
"""
    assert ran(code) == ""


def ran(code: str) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_a_function_that_fails_prints_nothing() -> None:
    code = """
from pmlint.policy.engines import load
from pmlint.policy.language import Failed, bind, compile_expression, evaluate
engine = load("rust")
try:
    evaluate(compile_expression("int('x')", engine), bind({}, engine))
except Failed as failed:
    print(failed.reason)
"""
    assert ran(code) == "this is not a whole number"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 12 + "true" + ")" * 12,
        "[" * 12 + "]" * 12,
        "1" + " + 1" * DEEPEST,
        "true" + " && true" * 500,
        "!" * 40 + "true",
    ],
)
def test_what_nests_as_deep_as_it_may_has_an_answer(engine: Engine, text: str) -> None:
    assert not isinstance(answer(engine, text), tuple)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(" * 5000 + "true" + ")" * 5000, f"the expression nests deeper than {DEEPEST}"),
        ("1" + " + 1" * 5000, f"more than {DEEPEST} operators in a row"),
        ("!" * 5000 + "true", f"more than {DEEPEST} signs in a row"),
        ("postmortem" + ".a" * 5000, f"more than {DEEPEST} fields in a row"),
        (
            "[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, true)))))",
            "macros nest at most 4 deep",
        ),
    ],
)
def test_what_nests_deeper_is_refused(engine: Engine, text: str, reason: str) -> None:
    assert answer(engine, text)[0] == reason


def test_the_steps_are_bounded_before_anything_runs(engine: Engine) -> None:
    numbers = {"postmortem": {"a": list(range(101)), "b": [1]}}
    deep = "postmortem.a.all(x, postmortem.a.all(y, postmortem.a.all(z, x + y + z >= 0)))"
    compiled = compile_expression.__wrapped__(deep, engine)
    with pytest.raises(Failed, match=r"^this could take 1,040,603 steps, more than 200,000$"):
        evaluate(compiled, bind(numbers, engine))
    short = "postmortem.a.all(x, postmortem.a.all(y, postmortem.b.all(z, x + y + z >= 0)))"
    assert evaluate(compile_expression.__wrapped__(short, engine), bind(numbers, engine)) is True


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("postmortem.a.all(x, x.b.all(y, true))", 2 + 2 * 3),
        ("(postmortem.a + postmortem.a).all(x, true)", 4),
        ("postmortem.a.filter(x, true).all(y, y.b.exists(z, true))", 2 + 2 * (1 + 3)),
        ("[1, 2, 3].all(postmortem, postmortem == 1)", 3),
    ],
)
def test_the_bound_is_not_below_the_steps(text: str, most: int) -> None:
    from pmlint.policy.steps import _Bound

    variables = {"postmortem": {"a": [{"b": [1, 2, 3]}, {"b": []}]}}
    assert most <= _Bound(variables).steps(plan(parse(text))) <= MOST


def test_a_document_of_ordinary_size_is_within_the_bound() -> None:
    node = parse("postmortem.a.all(x, postmortem.a.all(y, x != y))")
    check_steps(plan(node), {"postmortem": {"a": list(range(400))}})


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\d+", "[0-9]+"),
        (r"[\d-]", "[0-9-]"),
        (r"\S", r"[^ \t\n\f\r]"),
        (r"a{2,3}?", "a{2,3}?"),
        (r"(?i)maria", "(?i)maria"),
        (r"[^\d\]]", r"[^0-9\]]"),
    ],
)
def test_a_pattern_is_written_for_both_engines(pattern: str, expected: str) -> None:
    assert portable(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"\bword", r"'\b' does not mean the same to both engines"),
        (r"\<word", "write '<' without a backslash"),
        (r"(?P<name>a)", "of '(?' a pattern may have (?: and (?i)"),
        (r"(?=a)", "of '(?' a pattern may have (?: and (?i)"),
        (r"a{,3}", "braces hold one or two numbers up to 1000"),
        (r"a{1001}", "braces hold one or two numbers up to 1000"),
        (r"[a[b]]", "put a backslash before '[' inside of brackets"),
        (r"[a&&b]", "'&&' inside of brackets differs between engines"),
        (r"[]a]", "put a backslash before ']' inside of brackets"),
        (r"a**", "a repeat is followed by another repeat"),
        (
            r"(a",
            "this is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (r"[a", "a bracket is not closed"),
    ],
)
def test_a_pattern_with_two_meanings_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        portable(pattern)


def test_a_tree_keeps_every_character() -> None:
    text = "[1].exists(x, (x == 1 && has(postmortem.a)) ? true : !false) // end"
    node = parse(text)
    assert text[node.start : node.end] == text.removesuffix(" // end")
    for part in walk(node):
        for inner in part.parts:
            assert part.start <= inner.start < inner.end <= part.end


WITHOUT_AN_ENGINE = """
import importlib.machinery as machinery, sys
sys.modules["cel_expr_python"] = None
known = machinery.PathFinder.find_spec
machinery.PathFinder.find_spec = staticmethod(lambda name, *rest: None if name == "cel" else known(name, *rest))
sys.argv = ["pmlint", *sys.argv[1:]]
from pmlint.__main__ import main
main()
"""


@pytest.mark.parametrize("words", [("check", "--no-cache"), ("policy", "test")])
def test_without_an_engine_nothing_is_judged(tmp_path: Path, words: tuple[str, ...]) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(
        [sys.executable, "-m", "pmlint", "init", "--ci", "none"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_AN_ENGINE, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: no engine for policies can be imported: common-expression-language is not installed\n"
        "  help: pip install common-expression-language; it needs Rust where it has no wheel (musl, Windows on arm64)\n"
    )
