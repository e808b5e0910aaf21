"""Who is known, eligible and agreed, each reason in its words; and what a sign-off file says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmlint.errors import UsageError
from pmlint.gate.approvals import Approvals, GivenApproval, UnreadableApprovals, read_approvals
from pmlint.gate.refusal import Lack
from pmlint.gate.signing import (
    InvalidSignature,
    earlier_signoffs,
    read_signoff,
    require_signoff,
    require_unused,
    sign,
    signed_names,
    statement,
    verify,
    verify_statement,
)
from pmlint.model import People, Route
from tests.gate.attack_data import make_keys
from tests.gate.memory import Objects

HEAD, OLD = "a" * 40, "b" * 40
PEOPLE = People(
    [
        {"handle": "@maria", "email": "Maria@acme.example"},
        {"handle": "@maria-acme", "email": "maria@acme.example"},
        {"handle": "@tom"},
        {"handle": "@eva"},
        {"handle": "@ci", "kind": "agent"},
    ],
    "people.yaml",
)


def approvals(
    *given: tuple[str, str, str],
    mode: str = "forge",
    author: str = "",
    people: People | None = PEOPLE,
    **more: Any,
) -> Approvals:
    entries = [GivenApproval(*entry) for entry in given]
    return Approvals(mode, people, author, (HEAD,), entries, ("*-agent",), **more)


def said(lack: Lack | None) -> str | None:
    return None if lack is None else lack.reason


@pytest.mark.parametrize(
    ("name", "lack"),
    [
        ("@maria", None),
        ("@Maria", None),
        ("maria", None),
        ("", "nobody is named"),
        ("@acme/refunds", "it names '@acme/refunds', a group"),
        ("@ci", "@ci is an agent"),
        ("@refund-agent", "it names '@refund-agent', an agent"),
        ("@acme-agent", "it names '@acme-agent', an agent"),
        ("@stranger", "@stranger is not in people.yaml on the base"),
    ],
)
def test_who_is_known(name: str, lack: str | None) -> None:
    found = approvals()
    assert said(found.not_known(name)) == lack
    # who is not known may approve nothing; what landed was asked when it came
    assert said(found.not_eligible(name, ())) == lack
    landed = said(found.not_eligible(name, (), landed=True))
    assert landed == (None if name.strip() else "nobody approved it")


def test_without_a_people_file_every_person_is_known() -> None:
    assert approvals(people=None).not_known("@stranger") is None
    assert said(approvals(people=None).not_known("@x-agent")) == "it names '@x-agent', an agent"
    assert (approvals().knows_people, approvals(people=None).knows_people) == (True, False)


def test_who_is_an_agent() -> None:
    found = approvals()
    assert found.agent_pattern("@ci") == "@ci"
    assert found.agent_pattern("CI") == "@ci"
    assert found.agent_pattern("refund-agent") == "*-agent"
    assert found.agent_pattern("@maria") == ""
    assert (found.is_agent("@ci"), found.is_agent("@maria")) == (True, False)


def test_who_may_approve() -> None:
    found = approvals(author="maria")
    assert said(found.not_eligible("@maria", ())) == "@maria is the author of the change"
    assert said(found.not_eligible("@maria-acme", ())) == (
        "@maria-acme is the author of the change"  # one address is one person
    )
    assert found.not_eligible("@maria", (), landed=True) is None
    assert found.not_eligible("@eva", ("@tom", " ", "")) is None
    for landed in (False, True):
        lack = found.not_eligible("@eva", ("@tom", "@Eva"), landed=landed)
        assert said(lack) == "@eva is an author or an owner of it"
    assert approvals().not_eligible("@maria", ()) is None


MARIA, EVA = ("maria", "APPROVED", HEAD), ("Eva", "approved", HEAD)


def test_who_has_agreed() -> None:
    nobody = "@tom neither made nor approved this commit"
    assert said(approvals(MARIA).not_agreed("@tom")) == nobody
    assert approvals(MARIA).not_agreed("@maria-acme") is None
    assert approvals(author="tom").not_agreed("@Tom") is None
    assert approvals().not_agreed("") is not None  # nobody made it, and nobody is no author
    assert approvals(MARIA, mode="recorded").not_agreed("@tom") is None
    assert approvals(MARIA, is_proposed=False).not_agreed("@tom") is None
    assert said(approvals(("tom", "APPROVED", OLD)).not_agreed("@tom")) == nobody
    assert said(approvals(("tom", "DISMISSED", HEAD)).not_agreed("@tom")) == nobody


def test_whether_somebody_has_approved() -> None:
    nobody = "no eligible person other than the author and the owner has approved this commit"
    assert approvals(EVA).not_approved(()) is None
    assert approvals(EVA).not_approved(("@tom",), by="@eva") is None
    assert said(approvals().not_approved(())) == nobody
    assert said(approvals(EVA).not_approved(iter(["@eva"]))) == nobody
    assert said(approvals(EVA, author="eva").not_approved(())) == nobody
    assert said(approvals(EVA).not_approved((), by="@tom")) == "@tom has not approved this commit"
    stale = [("eva", "APPROVED", OLD), ("tom", "APPROVED", OLD)]
    older = "; eva, tom approved an older one"
    assert said(approvals(*stale).not_approved(())) == nobody + older
    assert said(approvals(*stale).not_approved((), by="@tom")) == (
        f"@tom has not approved this commit{older}"
    )
    # the last word of each person counts, by whichever of their handles
    taken_back = ("maria-acme", "CHANGES_REQUESTED", HEAD)
    assert said(approvals(MARIA, taken_back).not_approved(())) == nobody
    assert approvals(taken_back, MARIA).not_approved(()) is None
    assert approvals(mode="recorded").not_approved(()) is None
    assert approvals(is_proposed=False).not_approved(()) is None


def test_the_file_of_approvals(tmp_path: Path) -> None:
    file = tmp_path / "approvals.json"
    entry = {"login": "tom", "state": "APPROVED", "commit": HEAD}
    file.write_text(json.dumps([entry, {**entry, "signature": "x"}]))
    assert read_approvals(str(file)) == [
        GivenApproval("tom", "APPROVED", HEAD),
        GivenApproval("tom", "APPROVED", HEAD, "x"),
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"login": "tom"}]', "7", '["x"]', "[" * 100_000]
)
def test_what_is_no_list_of_approvals(text: str, tmp_path: Path) -> None:
    file = tmp_path / "approvals.json"
    file.write_text(text)
    with pytest.raises(UnreadableApprovals) as error:
        read_approvals(str(file))
    found = error.value
    assert (found.message, found.file, found.code) == (
        "not a list of approvals",
        str(file),
        "unreadable-approvals",
    )
    assert found.help == ('write [{"login": "tom", "state": "APPROVED", "commit": "<full id>"}]')


def test_approvals_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableApprovals) as error:
        read_approvals(str(tmp_path / "none.json"))
    assert (error.value.message, error.value.help) == (
        "the approvals cannot be read: no such file or directory",
        "check the path",
    )


# what a sign-off file says

ROUTE = Route("refund-triage", "", owner="@maria")
REGISTRY = b"id: refund-triage\n"
TODAY = date(2026, 10, 15)
FILE = "signoffs/refund-triage.json"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def signers(keys: Path) -> People:
    def person(handle: str, key: str, **more: Any) -> dict[str, Any]:
        text = (keys / f"{key}.pub").read_text().strip()
        return {"handle": handle, "allowed_signer": f" {text} ", **more}

    return People(
        [
            person("@maria", "maria"),
            person("@eva", "eva", allowed_signer="a\nb"),
            person("@ci", "ci", kind="agent", signs=["budgets"]),
            {"handle": "@tom", "allowed_signer": " "},
        ],
        "people.yaml",
    )


def signed(
    keys: Path,
    names: tuple[str, ...] = ("PM-2026-001",),
    expires: str = "2026-10-29",
    by: str = "@maria",
    **more: Any,
) -> str:
    what = statement("refund-triage", names, REGISTRY, date.fromisoformat(expires))
    data: Mapping[str, Any] = {
        **{"by": by, "expires": expires, "postmortems": list(names), "route": "refund-triage"},
        "signature": sign(what, str(keys / "maria")),
    }
    return json.dumps({**data, **more})


def refused(text: str | None, people: People, needed: tuple[str, ...] = ("PM-2026-001",)) -> str:
    try:
        require_signoff(text, ROUTE, REGISTRY, needed, people, TODAY)
    except InvalidSignature as error:
        return str(error)
    return ""


def test_which_sign_off_frees_a_route(keys: Path, signers: People) -> None:
    assert refused(signed(keys), signers) == ""
    assert refused(signed(keys, expires="2026-10-15"), signers) == ""
    assert refused(signed(keys, ("PM-2026-002", "PM-2026-001")), signers) == ""
    assert refused(signed(keys, by="@Maria"), signers) == ""
    assert refused(None, signers) == f"there is no {FILE}"
    assert refused(signed(keys, expires="2026-10-14"), signers) == (
        "the sign-off expired on 2026-10-14"
    )
    assert refused(signed(keys, by="@eva"), signers) == (
        "the sign-off is by @eva, and the owner of record is @maria"
    )
    assert refused(signed(keys), signers, ("PM-2026-003", "PM-2026-001", "PM-2026-002")) == (
        "the sign-off does not name PM-2026-002, PM-2026-003"
    )
    other = "the signature is not by @maria over this route, these postmortems and this file"
    assert refused(signed(keys, expires="2026-10-29", signature="x"), signers) == other
    assert refused(signed(keys, postmortems=["PM-2026-001", "PM-2026-009"]), signers) == other
    nobody = ROUTE._replace(owner="")
    with pytest.raises(InvalidSignature, match="and the owner of record is nobody"):
        require_signoff(signed(keys), nobody, REGISTRY, (), signers, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "7", "null", "[" * 100_000),
        '{"expires": "2026-10-29", "postmortems": 7, "signature": "x", "by": "@maria"}',
        '{"expires": "2026-10-29", "postmortems": [], "by": "@maria"}',
        '{"expires": "2026-10-29", "postmortems": [], "signature": "x"}',
        '{"postmortems": [], "signature": "x", "by": "@maria"}',
    ],
)
def test_what_is_no_sign_off(text: str) -> None:
    with pytest.raises(InvalidSignature) as error:
        read_signoff("signoffs/x.json", text)
    assert str(error.value) == "signoffs/x.json is not a sign-off"


def test_a_last_day_that_is_none_is_over(keys: Path, signers: People) -> None:
    text = signed(keys).replace('"expires": "2026-10-29"', '"expires": "soon"')
    assert refused(text, signers) == "the sign-off expired on soon"


def test_which_postmortems_a_sign_off_names() -> None:
    assert signed_names(b'{"postmortems": ["PM-2026-001", 7]}') == {"PM-2026-001", "7"}
    for data in (b"", b"{", b"{}", b"[]", b'{"postmortems": 7}', b"\xff", b"[" * 100_000):
        assert signed_names(data) == frozenset()


def test_a_sign_off_is_good_once(keys: Path, signers: People) -> None:
    names = ("PM-2026-001", "PM-2026-002")
    text = signed(keys, names)

    def used(*earlier: str) -> str:
        try:
            require_unused(text, earlier, ROUTE, REGISTRY, signers)
        except InvalidSignature as error:
            return str(error)
        return ""

    assert used() == ""
    says = f"{FILE} is used: it was on the base before"
    assert used(text) == says
    assert used("{", text + "\n") == says
    assert used(signed(keys, names[::-1])) == says  # the same names in another order
    assert used(signed(keys, names[:1]), signed(keys, names, "2026-10-30")) == ""
    assert used(text.replace(json.loads(text)["signature"][30:60], "x" * 30)) == ""


def test_who_may_sign_what(keys: Path, signers: People) -> None:
    what = b"{}"
    signature = sign(what, str(keys / "maria"))
    verify(what, signature, "@maria", signers)

    def says(handle: str, people: People | None = signers) -> str:
        with pytest.raises(InvalidSignature) as error:
            verify(what, signature, handle, people)
        return str(error.value)

    none = "has no allowed_signer in the people file on the base"
    assert says("@ci") == "@ci is not a person"
    assert says("@eva") == "the allowed_signer of @eva has a line break"
    assert says("@tom") == f"@tom {none}"
    assert says("@stranger") == f"@stranger {none}"
    assert says("@maria", None) == f"@maria {none}"
    with pytest.raises(
        InvalidSignature, match="@maria has no 'budgets' under 'signs' in the people"
    ):
        verify_statement({}, signature, "@maria", signers, "budgets")
    with pytest.raises(InvalidSignature, match="not by @ci over this statement"):
        verify_statement({}, signature, "@ci", signers, "budgets")
    machine = sign(what, str(keys / "ci"), "pmlint-budgets")
    verify_statement({}, machine, "@ci", signers, "budgets")
    with pytest.raises(InvalidSignature, match="@ci has no 'replays' under 'signs'"):
        verify_statement({}, machine, "@ci", signers, "replays")


def test_what_ssh_keygen_refuses(
    keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as error:
        sign(b"{}", str(tmp_path / "none"))
    assert error.value.message.startswith(f"ssh-keygen can't sign with '{tmp_path / 'none'}': ")
    assert "\n" not in error.value.message
    assert error.value.help == "name a private key with --key"
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError) as error:
        sign(b"{}", str(keys / "maria"))
    assert (error.value.message, error.value.help) == (
        "there is no ssh-keygen",
        "install OpenSSH 8.2 or newer",
    )


def test_earlier_texts_of_a_sign_off_file() -> None:
    objects = Objects()
    objects.add({FILE: b"first"})
    objects.add({FILE: b"x" * (33 << 20), "other": b"1"})
    base = objects.add({FILE: b"third\xff"})
    found = list(earlier_signoffs(objects, base, "refund-triage"))  # type: ignore[arg-type]
    # one that is too large is none, on the base as in a change
    assert found == ["third\ufffd", "first"]
    assert list(earlier_signoffs(objects, objects.add({}), "other")) == [""]  # type: ignore[arg-type]
