"""Statements: which one counts, how strictly it is read, and whose signature it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pmlint.gate.signing import StatementKind, canonical, sign
from pmlint.gate.statements import HandedStatement, UnusableStatement, hand_over, usable_statement
from pmlint.model import People
from pmlint.parsing.tree import WorkTree
from tests.gate.attack_data import make_keys

BUDGETS: dict[str, Any] = {
    "version": 1,
    "kind": "budgets",
    "tool": "pmlint 0.2.0",
    "as_of": "2026-10-15T06:00:00Z",
    "commit": "9d1f0c" + "0" * 34,
    "settings": "0" * 64,
    "history": True,
    "sources": [],
    "unassigned": 12,
    "routes": [],
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def people(keys: Path) -> People:
    """A machine that signs budgets, one that signs replays, and a person with a key."""

    def entry(handle: str, key: str, **more: Any) -> dict[str, Any]:
        return {
            "handle": handle,
            "allowed_signer": (keys / f"{key}.pub").read_text().strip(),
            **more,
        }

    data = [
        entry("@ci", "ci", signs=["budgets"]),
        entry("@nightly", "noah", signs=["replays"]),
        entry("@eva", "eva"),
    ]
    return People(data, "people.yaml")


def handed(data: object) -> HandedStatement:
    text = data if isinstance(data, str) else json.dumps(data)
    return HandedStatement("budgets.json", text.encode())


def signed(
    key: Path, by: str = "@ci", namespace: str = "pmlint-budgets", **other: Any
) -> dict[str, Any]:
    signature = sign(canonical(BUDGETS), str(key), namespace)
    return {
        "version": 1,
        "kind": "signed",
        "by": by,
        "statement": {**BUDGETS, **other},
        "signature": signature,
    }


def refused(
    mode: Any,
    given: HandedStatement | None,
    root: Path,
    people: People | None = None,
    kind: StatementKind = "budgets",
) -> str:
    with pytest.raises(UnusableStatement) as error:
        usable_statement(kind, mode, given, WorkTree(str(root)), people)
    return f"{error.value.reason}: {error.value.message}"


def test_a_statement_that_is_handed_over_counts(tmp_path: Path) -> None:
    found = usable_statement("budgets", "file", handed(BUDGETS), WorkTree(str(tmp_path)), None)
    assert (found.file, dict(found.data)) == ("budgets.json", BUDGETS)


def test_by_file_its_envelope_is_only_opened(tmp_path: Path, keys: Path) -> None:
    given = handed(signed(keys / "eva"))
    assert usable_statement("budgets", "file", given, WorkTree(str(tmp_path)), None).data == BUDGETS


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("file", "missing: no statement of budgets was handed over"),
        (
            "signature",
            "missing: no statement of budgets was handed over, and the base has no budgets/*.json",
        ),
    ],
)
def test_without_a_statement_nothing_counts(mode: str, said: str, tmp_path: Path) -> None:
    assert refused(mode, None, tmp_path) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON: expecting value in line 1"),
        ("pmlint due: no runs", "not JSON: expecting value in line 1"),
        ('{"version": 1, "kind": "budgets", "version": 1}', "duplicate key 'version'"),
        ('{"version": 1.0}', "1.0 is not an integer"),
        ('{"version": 1e0}', "1e0 is not an integer"),
        ('{"version": NaN}', "NaN is not an integer"),
        ('{"version": -Infinity}', "-Infinity is not an integer"),
        ("[" * 100_000, "nested too deep"),
        (json.dumps({**BUDGETS, "version": 2}), "'version' is 2; the most is 1"),
        (json.dumps({**BUDGETS, "version": True}), "'version' is of the wrong type"),
        (json.dumps({**BUDGETS, "as_of": "2026-10-15"}), "'as_of' is not a moment"),
        (json.dumps({**BUDGETS, "commit": "main"}), "'commit'"),
        (json.dumps({**BUDGETS, "kind": "replays"}), "'kind'"),
        (json.dumps({**BUDGETS, "more": 1}), "'more'"),
        (json.dumps([BUDGETS]), ""),
    ],
)
def test_anything_else_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    found = refused("file", handed(text), tmp_path)
    assert found.startswith("unreadable: 'budgets.json': ")
    if said.startswith(("not", "dup", "1", "NaN", "-", "nested")):
        assert found == f"unreadable: 'budgets.json': {said}"


def test_bytes_that_are_no_text_and_too_many_of_them(tmp_path: Path) -> None:
    for data, said in (
        (b'{"kind": "\xff"}', "not UTF-8"),
        (b" " * ((16 << 20) + 1), "larger than 16 MiB"),
    ):
        given = HandedStatement("budgets.json", data)
        assert refused("file", given, tmp_path) == f"unreadable: 'budgets.json': {said}"


def test_a_file_that_is_not_there_is_said_where_it_is_needed(tmp_path: Path) -> None:
    given = hand_over(str(tmp_path / "none.json"))
    assert (
        refused("file", given, tmp_path)
        == f"unreadable: '{tmp_path}/none.json': no such file or directory"
    )


def test_a_machine_signs(tmp_path: Path, keys: Path, people: People) -> None:
    given = handed(signed(keys / "ci"))
    assert (
        usable_statement("budgets", "signature", given, WorkTree(str(tmp_path)), people).data
        == BUDGETS
    )


@pytest.mark.parametrize(
    ("envelope", "said"),
    [
        ({}, "is not signed"),
        ({"key": "eva", "by": "@eva"}, "@eva has no 'budgets' under 'signs' in the people file"),
        (
            {"key": "noah", "by": "@nightly"},
            "@nightly has no 'budgets' under 'signs' in the people file",
        ),
        (
            {"key": "ci", "by": "@nobody"},
            "@nobody has no allowed_signer in the people file on the base",
        ),
        ({"key": "eva", "by": "@ci"}, "the signature is not by @ci over this statement"),
        ({"key": "ci", "namespace": "pmlint"}, "the signature is not by @ci over this statement"),
        (
            {"key": "ci", "namespace": "pmlint-replay"},
            "the signature is not by @ci over this statement",
        ),
        ({"key": "ci", "unassigned": 0}, "the signature is not by @ci over this statement"),
    ],
)
def test_no_other_signature_counts(
    envelope: dict[str, Any], said: str, tmp_path: Path, keys: Path, people: People
) -> None:
    given = dict(envelope)
    data = signed(keys / given.pop("key"), **given) if given else BUDGETS
    told = said if said == "is not signed" else f": {said}"
    between = " " if told == said else ""
    assert (
        refused("signature", handed(data), tmp_path, people)
        == f"unsigned: 'budgets.json'{between}{told}"
    )


def test_the_newest_of_the_base_counts(tmp_path: Path, keys: Path, people: People) -> None:
    (tmp_path / "budgets" / "older").mkdir(parents=True)
    for day in ("13", "15", "14"):
        data = {**BUDGETS, "as_of": f"2026-10-{day}T06:00:00Z"}
        signature = sign(canonical(data), str(keys / "ci"), "pmlint-budgets")
        envelope = {
            "version": 1,
            "kind": "signed",
            "by": "@ci",
            "statement": data,
            "signature": signature,
        }
        (tmp_path / "budgets" / f"{day}.json").write_text(json.dumps(envelope))
    (tmp_path / "budgets" / "README.md").write_text("Signed by CI.\n")
    (tmp_path / "budgets" / "older" / "x.json").write_text("{}")
    found = usable_statement("budgets", "signature", None, WorkTree(str(tmp_path)), people)
    assert (found.file, found.data["as_of"]) == ("budgets/15.json", "2026-10-15T06:00:00Z")


def test_one_of_the_base_that_cannot_be_read_could_be_the_newest(
    tmp_path: Path, people: People
) -> None:
    (tmp_path / "budgets").mkdir()
    (tmp_path / "budgets" / "a.json").write_text("{}")
    assert refused("signature", None, tmp_path, people).startswith("unreadable: 'budgets/a.json': ")


def test_by_file_the_folder_of_the_base_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "budgets").mkdir()
    (tmp_path / "budgets" / "a.json").write_text(json.dumps(BUDGETS))
    assert refused("file", None, tmp_path) == "missing: no statement of budgets was handed over"


def test_one_of_the_base_that_is_too_large_is_not_passed_over(
    tmp_path: Path, people: People
) -> None:
    (tmp_path / "budgets").mkdir()
    (tmp_path / "budgets" / "a.json").write_bytes(b" " * ((16 << 20) + 1))
    assert refused("signature", None, tmp_path, people).startswith("unreadable: 'budgets/a.json': ")


def test_without_ssh_keygen_nothing_is_believed(
    tmp_path: Path, keys: Path, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = handed(signed(keys / "ci"))
    assert usable_statement("budgets", "signature", given, WorkTree(str(tmp_path)), people).data
    monkeypatch.setattr("pmlint.gate.signing.program", lambda name: None)
    said = refused("signature", given, tmp_path, people)
    assert said == "unsigned: 'budgets.json': there is no ssh-keygen"
