"""What the gate is asked, who agreed, and what is signed: each part by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pmlint.gate import signing
from pmlint.gate.approvals import Approval, Approvals, read_approvals
from pmlint.gate.signing import approval_statement, sign, signoff_problem, statement, verify
from pmlint.model import People, Route
from pmlint.project.settings import UsageError

TODAY = date(2026, 10, 15)
A, B = "a" * 40, "b" * 40
PEOPLE = People([{"handle": "@maria"}, {"handle": "@tom"}, {"handle": "@eva"}, {"handle": "@Xenia"}], "people.yaml")


def given(*entries: tuple[str, str, str]) -> list[Approval]:
    return [Approval(*entry) for entry in entries]


@pytest.mark.parametrize(
    ("name", "not_one_of", "landed", "problem"),
    [
        ("@maria", (), False, ""),
        ("@Maria", (), False, ""),
        ("", (), False, "names nobody"),
        ("platform team", (), False, "names 'platform team', which is a group"),
        ("@stranger", (), False, "@stranger is not in people.yaml on the target"),
        ("@maria", ("", "@MARIA"), False, "@maria is the author or the owner"),
        ("@tom", (), False, "@tom is the author or the owner"),
        ("@tom", (), True, ""),
        ("@tom", ("@tom",), True, "@tom is the author or the owner"),
    ],
)
def test_who_may_vouch_in_a_file(name: str, not_one_of: tuple[str, ...], landed: bool, problem: str) -> None:
    assert Approvals("recorded", PEOPLE, "tom", (A,), ()).person_problem(name, not_one_of, landed=landed) == problem


def test_without_a_roster_or_an_author_everybody_may() -> None:
    assert Approvals("recorded", None, "", (A,), ()).person_problem("@stranger", ("",)) == ""


NOBODY = "nobody on the target's roster beside the author and the owner approved this head"


@pytest.mark.parametrize(
    ("entries", "not_one_of", "missing"),
    [
        ((), (), NOBODY),
        ((("maria", "APPROVED", A),), (), ""),
        ((("@maria", "approved", A),), (), ""),
        ((("maria", "APPROVED", B),), (), ""),
        ((("maria", "APPROVED", A),), ("@maria",), NOBODY),
        ((("maria", "APPROVED", A), ("eva", "APPROVED", A)), ("@maria",), ""),
        ((("maria", "COMMENTED", A),), (), NOBODY),
        ((("tom", "APPROVED", A),), (), NOBODY),
        ((("Xenia", "APPROVED", A),), (), ""),
        ((("Xenia", "APPROVED", A), ("xenia", "DISMISSED", A)), (), NOBODY),
        ((("maria", "APPROVED", A), ("@Maria ", "DISMISSED", A)), (), NOBODY),
        (
            (("maria", "APPROVED", "c"), ("eva", "APPROVED", "c"), ("tom", "OPEN", "c")),
            (),
            f"{NOBODY}; maria, eva approved an older commit",
        ),
    ],
)
def test_who_approved(entries: tuple[tuple[str, str, str], ...], not_one_of: tuple[str, ...], missing: str) -> None:
    approvals = Approvals("forge", PEOPLE, "tom", (A, B), given(*entries))
    assert approvals.needed
    assert approvals.missing(not_one_of) == missing
    recorded = Approvals("recorded", PEOPLE, "tom", (A, B), given(*entries))
    assert not recorded.needed
    assert recorded.missing(not_one_of) == ""


def test_who_stands_behind_a_head() -> None:
    forge = Approvals("forge", PEOPLE, "tom", (A,), given(("maria", "APPROVED", A), ("eva", "APPROVED", B)))
    assert [forge.vouches(name) for name in ("@tom", "@maria", "@eva", "@dana")] == [True, True, False, False]
    assert Approvals("recorded", PEOPLE, "tom", (A,), ()).vouches("@dana")


def test_approvals_are_read(tmp_path: Path) -> None:
    file = tmp_path / "approvals.json"
    entry = {"login": "tom", "state": "APPROVED", "commit": A}
    file.write_text(json.dumps([entry, {**entry, "signature": "x"}]), encoding="utf-8-sig")
    assert read_approvals(str(file)) == [Approval("tom", "APPROVED", A), Approval("tom", "APPROVED", A, "x")]
    for text in ("{", '[{"login": "tom", "state": "APPROVED"}]', "[1]", '["x"]', "1"):
        file.write_text(text)
        with pytest.raises(UsageError) as error:
            read_approvals(str(file))
        assert (error.value.message, error.value.file) == ("this is no list of approvals", str(file))
        assert error.value.help == 'write [{"login": "tom", "state": "APPROVED", "commit": "<full id>"}]'


def test_approvals_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_approvals(str(tmp_path / "none.json"))
    assert error.value.message == "the approvals can't be read: no such file or directory"
    assert (error.value.file, error.value.help) == (str(tmp_path / "none.json"), "check the path")


# signatures


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Private keys' files and public keys."""
    found = {}
    for name in ("Xenia", "other"):
        file = tmp_path_factory.mktemp("keys") / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)], check=True)
        found[name] = (str(file), file.with_suffix(".pub").read_text().strip())
    return found


def test_statements() -> None:
    digest = "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"
    assert statement("r", ["B", "A"], b"aaa", TODAY) == (
        f'{{"expires":"2026-10-15","postmortems":["A","B"],"registry":"{digest}","route":"r"}}'.encode()
    )
    assert approval_statement(A) == f'{{"approves":"{A}"}}'.encode()


def test_a_signature_is_by_one_key_over_one_statement(
    keys: dict[str, tuple[str, str]], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    private, public = keys["Xenia"]
    people = People([{"handle": "@Xenia", "allowed_signer": f" {public} "}, {"handle": "@tom", "allowed_signer": " "}], "p")
    monkeypatch.chdir(Path(private).parent)
    before = sorted(Path().iterdir())
    signature = sign(b"what", "Xenia")
    assert signature.startswith("-----BEGIN SSH SIGNATURE-----\n")
    assert verify(b"what", signature, "@Xenia", people) == ""
    wrong = "the signature is not by @Xenia over this route, these postmortems and this file"
    assert verify(b"other", signature, "@Xenia", people) == wrong
    assert verify(b"what", sign(b"what", keys["other"][0]), "@Xenia", people) == wrong
    assert verify(b"what", "nonsense", "@Xenia", people) == wrong
    for handle, roster in (("@tom", people), ("@eva", people), ("@Xenia", None)):
        assert verify(b"what", signature, handle, roster) == f"{handle} has no allowed_signer in the people file on the target"
    broken = People([{"handle": "@Xenia", "allowed_signer": f"{public}\n* {public}"}], "p")
    assert verify(b"what", signature, "@Xenia", broken) == "the allowed_signer of @Xenia has a line break"
    assert sorted(Path().iterdir()) == before
    assert capfd.readouterr() == ("", "")


def test_a_signature_for_another_purpose_is_none(keys: dict[str, tuple[str, str]]) -> None:
    private, public = keys["Xenia"]
    people = People([{"handle": "@Xenia", "allowed_signer": public}], "p")
    for purpose, good in (("git", False), ("pmlint", True)):
        words = ["ssh-keygen", "-q", "-Y", "sign", "-f", private, "-n", purpose]
        signature = subprocess.run(words, input=b"what", check=True, capture_output=True).stdout.decode()
        assert (verify(b"what", signature, "@Xenia", people) == "") == good


def test_signing_says_what_it_lacks(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ssh-keygen"
    program.write_text("#!/bin/sh\nprintf 'wrong \\377\\nmore\\nand more\\n' >&2\nprintf said\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(signing, "program", lambda name: str(program))
    with pytest.raises(UsageError) as error:
        sign(b"what", "key")
    assert error.value.message == "ssh-keygen can't sign with 'key': wrong \ufffd"
    assert error.value.help == "name a private key with --key"
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(signing, "program", lambda name: None if name == "ssh-keygen" else sys.executable)
    with pytest.raises(UsageError) as error:
        sign(b"what", "key")
    assert (error.value.message, error.value.help) == ("there is no ssh-keygen", "install OpenSSH 8.2 or newer")


ROUTE = Route(id="r", file="routes/r.yaml", owner="@Xenia")
SIGNED = {"expires": "2026-10-15", "postmortems": ["A", "B"], "by": "@Xenia", "signature": ""}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, "there is no signoffs/r.json"),
        ("{", "signoffs/r.json is no sign-off"),
        ("[]", "signoffs/r.json is no sign-off"),
        ({}, "signoffs/r.json is no sign-off"),
        ({**SIGNED, "expires": "2026-10-14"}, "the sign-off has expired on 2026-10-14"),
        ({**SIGNED, "expires": "never"}, "the sign-off has expired on never"),
        ({**SIGNED, "by": "@tom"}, "the sign-off is by @tom, not by the owner of record @Xenia"),
        ({**SIGNED, "postmortems": ["B"]}, "the sign-off does not speak of A, C"),
        ({**SIGNED, "postmortems": ["A", "B", "C"]}, "the signature is not by @Xenia over this route, these postmortems and this file"),
    ],
)
def test_sign_offs_that_do_not_free(keys: dict[str, tuple[str, str]], data: object, problem: str) -> None:
    people = People([{"handle": "@Xenia", "allowed_signer": keys["Xenia"][1]}], "p")
    text = data if data is None or isinstance(data, str) else json.dumps(data)
    assert signoff_problem(text, ROUTE, b"id: r\n", ["C", "A"], people, TODAY) == problem


def test_a_sign_off_frees_until_its_last_day(keys: dict[str, tuple[str, str]]) -> None:
    private, public = keys["Xenia"]
    people = People([{"handle": "@Xenia", "allowed_signer": public}], "p")
    signature = sign(statement("r", ["A", "B"], b"id: r\n", TODAY), private)
    text = json.dumps({**SIGNED, "by": " @xenia ", "signature": signature})
    assert signoff_problem(text, ROUTE, b"id: r\n", ["A"], people, TODAY) == ""
    assert signoff_problem(text, ROUTE._replace(owner=""), b"id: r\n", ["A"], people, TODAY) == (
        "the sign-off is by  @xenia , not by the owner of record nobody"
    )
