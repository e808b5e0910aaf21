"""``pmlint sign``: a machine signs a statement, and nothing is written that the gate would not
take.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.gate.statements import hand_over, usable_statement
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.people import known_people
from tests.gate.attack_data import make_keys
from tests.gate.test_statements import BUDGETS


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def desk(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose people file has a machine, and a person with a key."""
    public = {name: (keys / f"{name}.pub").read_text().strip() for name in ("ci", "eva")}
    (tmp_path / "pmlint.toml").write_text('people = "people.yaml"\n')
    (tmp_path / "people.yaml").write_text(
        f'- {{handle: "@ci", signs: [budgets], allowed_signer: "{public["ci"]}"}}\n'
        f'- {{handle: "@eva", allowed_signer: "{public["eva"]}"}}\n'
    )
    (tmp_path / "budgets.json").write_text(json.dumps(BUDGETS, indent=2))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(commands, ["sign", *words], standalone_mode=False)
    if isinstance(answer.exception, UsageError):
        return 2, f"{answer.exception.message}; help: {answer.exception.help}"
    assert answer.exception is None, answer.exception
    return answer.exit_code, answer.output


def test_what_it_prints_the_gate_takes(desk: Path, keys: Path) -> None:
    code, text = run("budgets.json", "--key", str(keys / "ci"), "--by", "@ci")
    data = json.loads(text)
    assert (code, data["by"], data["kind"], data["statement"]) == (0, "@ci", "signed", BUDGETS)
    (desk / "signed.json").write_text(text)
    tree = WorkTree(str(desk))
    people = known_people(tree, load(tree))
    found = usable_statement("budgets", "signature", hand_over("signed.json"), tree, people)
    assert found.data == BUDGETS


def test_it_writes_a_file(desk: Path, keys: Path) -> None:
    code, text = run(
        "budgets.json", "--key", str(keys / "ci"), "--by", "ci", "-o", "budgets/2026-10-15.json"
    )
    assert (code, text) == (0, "wrote budgets/2026-10-15.json\n")
    assert json.loads((desk / "budgets/2026-10-15.json").read_text())["statement"] == BUDGETS


def test_a_person_signs_no_statement(desk: Path, keys: Path) -> None:
    assert run("budgets.json", "--key", str(keys / "eva"), "--by", "@eva") == (
        2,
        "@eva has no 'budgets' under 'signs' in the people file; help: the people file needs the machine and its key: "
        '- {handle: "@eva", signs: [budgets], allowed_signer: "ssh-ed25519 AAAA..."}',
    )


def test_another_key_is_refused_before_anything_is_written(desk: Path, keys: Path) -> None:
    code, text = run("budgets.json", "--key", str(keys / "eva"), "--by", "@ci", "-o", "signed.json")
    assert (code, text.partition(";")[0]) == (2, "the signature is not by @ci over this statement")
    assert not (desk / "signed.json").exists()


def test_what_is_no_statement_is_not_signed(desk: Path, keys: Path) -> None:
    (desk / "note.json").write_text('{"version": 1.5}')
    assert run("note.json", "--key", str(keys / "ci"), "--by", "@ci") == (
        2,
        "'note.json': 1.5 is not an integer; help: sign what 'pmlint due --output-format json', 'pmlint replay state' or 'pmlint ledger' wrote",
    )
