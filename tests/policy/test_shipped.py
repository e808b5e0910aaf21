"""The policies that ship are loaded from `schema/policies.json`, which says what the files of `policies` say.

Their joined questions are compiled beforehand into `schema/compiled.json`. ``PMLINT_WRITE_POLICIES=1 pytest tests/policy/test_shipped.py``
writes both anew.
"""

from __future__ import annotations

import json
import os
from binascii import a2b_base64, b2a_base64
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from pmlint.model.resources import folder
from pmlint.parsing.tree import WorkTree
from pmlint.policy import language
from pmlint.policy.file import Policy, from_plain
from pmlint.policy.folder import read_folder
from pmlint.policy.judge import question

FILE = Path(__file__).parents[2] / "schema" / "policies.json"
COMPILED = FILE.with_name("compiled.json")
ENGINE = "0.1.3"
"""The engine that wrote the compiled questions: another may write them otherwise."""
AGAIN = "run: PMLINT_WRITE_POLICIES=1 pytest tests/policy/test_shipped.py"


def policies() -> list[Policy]:
    return sorted(read_folder(WorkTree(folder("policies")), "", shipped=True), key=lambda policy: policy.id)


def questions() -> dict[str, str]:
    kinds = ("postmortem", "route", "change")
    groups = ([policy for policy in policies() if policy.applies_to == kind] for kind in kinds)
    return {kind: question(group) for kind, group in zip(kinds, groups, strict=True) if group}


def compiled(text: str) -> bytes:
    written: bytes = language._environment().compile(text).serialize()
    return written


def same_bytes(one: bytes, other: bytes) -> bool:
    """Whether two written expressions are the same but for the order of their tables, which has no order."""
    return sorted(one) == sorted(other)


def test_the_file_says_what_the_folder_says() -> None:
    text = "[\n" + ",\n".join(json.dumps(policy.plain, ensure_ascii=False) for policy in policies()) + "\n]\n"
    if os.environ.get("PMLINT_WRITE_POLICIES"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text, AGAIN
    assert [from_plain(said) for said in json.loads(text)] == policies()


def test_the_questions_are_compiled_from_these_policies() -> None:
    if os.environ.get("PMLINT_WRITE_POLICIES"):
        ready = {text: b2a_base64(compiled(text), newline=False).decode() for text in questions().values()}
        COMPILED.write_text(json.dumps(ready, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    found = json.loads(COMPILED.read_text(encoding="utf-8"))
    assert list(found) == list(questions().values()), AGAIN
    for text, ready in found.items():
        expression = language._environment().deserialize(a2b_base64(ready))
        if version("cel-expr-python") == ENGINE:
            assert same_bytes(expression.serialize(), compiled(text)), AGAIN


def test_a_check_compiles_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    real = language._environment()
    without = SimpleNamespace(deserialize=real.deserialize)  # and nothing that compiles
    monkeypatch.setattr(language, "_environment", lambda: without)
    language.compile_expression.cache_clear()
    for text in questions().values():
        assert language.compile_expression(text) is not None


def test_an_engine_that_writes_otherwise_compiles_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    (text, *_) = questions().values()
    monkeypatch.setattr(language, "_beforehand", lambda: {text: b2a_base64(b"no expression").decode()})
    language.compile_expression.cache_clear()
    assert same_bytes(language.compile_expression(text).serialize(), compiled(text))
    language.compile_expression.cache_clear()
