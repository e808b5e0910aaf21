"""Approvals by the forge, by signature, and sign-offs by SSH keys."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pmlint.gate.approvals import Approval
from pmlint.gate.signing import approval_statement, sign, statement, verify
from pmlint.model import People
from tests.gate.world import ALERT, POSTMORTEM, ROUTE, TODAY, World, said

FORGE = '[gate]\napprovals = "forge"\n'


def closing(world: World, mode: str = FORGE) -> None:
    """A branch that closes A2 with a proof, in a repository that asks for approvals."""
    world.write("pmlint.toml", mode)
    world.land()
    world.close()


@pytest.mark.parametrize(
    ("given", "author", "allowed"),
    [
        ((), "tom", False),
        ((Approval("maria", "APPROVED", ""),), "tom", True),
        ((Approval("Maria", "approved", ""),), "tom", True),
        ((Approval("maria", "APPROVED", ""),), "maria", False),
        ((Approval("tom", "APPROVED", ""),), "maria", False),  # the owner of the action
        ((Approval("stranger", "APPROVED", ""),), "tom", False),
        ((Approval("maria", "COMMENTED", ""),), "tom", False),
        ((Approval("maria", "APPROVED", ""), Approval("maria", "CHANGES_REQUESTED", "")), "tom", False),
        ((Approval("maria", "CHANGES_REQUESTED", ""), Approval("maria", "APPROVED", "")), "tom", True),
        ((Approval("maria", "APPROVED", "0" * 40),), "tom", False),  # stale
    ],
)
def test_closing_needs_an_approval_at_this_head(world: World, given: tuple[Approval, ...], author: str, allowed: bool) -> None:
    closing(world)
    verdict = world.verdict(approvals=given, author=author)
    assert (verdict.verdict == "allowed") == allowed, said(verdict)


def test_an_approver_of_this_change_is_not_one(world: World) -> None:
    closing(world)
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')
    assert "nobody on the target's roster" in said(world.verdict(approvals=(Approval("new", "APPROVED", ""),), author="tom"))


def test_a_weakening_may_be_approved_but_not_with_a_restart(world: World) -> None:
    off = '[rules.action-owner]\nlevel = "off"\nreason = "we are few"\n'
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.write("pmlint.toml", FORGE + off)
    good = (Approval("maria", "APPROVED", ""),)
    assert world.verdict(author="tom").verdict == "refused"
    assert world.verdict(author="tom", approvals=good).verdict == "allowed"
    world.restart()
    assert "configuration-weakened" in said(world.verdict(author="tom", approvals=good))


def test_the_author_does_not_vouch_in_recorded_mode_either(world: World) -> None:
    world.land()
    world.close()
    assert world.verdict().verdict == "allowed"
    assert "closed-without-proof: PM-2026-001 A2: @maria is the author or the owner" in said(world.verdict(author="maria"))


def key(folder: Path, name: str) -> tuple[str, str]:
    """A private key's file and the public key."""
    file = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)], check=True)
    return str(file), file.with_suffix(".pub").read_text().strip()


def test_signatures(tmp_path: Path) -> None:
    private, public = key(tmp_path, "maria")
    other, _ = key(tmp_path, "other")
    people = People([{"handle": "@maria", "allowed_signer": public}, {"handle": "@tom"}], "people.yaml")
    what = statement("refund-triage", ["PM-2026-002", "PM-2026-001"], b"id: refund-triage\n", TODAY)
    assert b'"postmortems":["PM-2026-001","PM-2026-002"]' in what
    signature = sign(what, private)
    assert verify(what, signature, "@maria", people) == ""
    assert verify(what.replace(b"001", b"003"), signature, "@maria", people)
    assert verify(what, sign(what, other), "@maria", people)
    assert "no allowed_signer" in verify(what, signature, "@tom", people)
    assert "no allowed_signer" in verify(what, signature, "@stranger", people)
    assert verify(what, "nonsense", "@maria", people)
    assert verify(what, signature, "@maria", People([{"handle": "@maria", "allowed_signer": public + "\n* " + public}], "p"))


@pytest.fixture
def signed(world: World, tmp_path: Path) -> tuple[World, str, str]:
    """A route that asks for a signature, ready but for it; the key of its owner, and one of somebody else."""
    private, public = key(tmp_path, "maria")
    other, _ = key(tmp_path, "other")
    world.write("people.yaml", world.read("people.yaml").replace("name: Maria}", f'name: Maria, allowed_signer: "{public}"}}'))
    world.write("pmlint.toml", '[gate]\nsigned_routes = ["refund-triage"]\n')
    world.ready()
    return world, private, other


def signoff(world: World, private: str, *words: str) -> subprocess.CompletedProcess[str]:
    import sys

    code = "from pmlint.cli import main; main()"
    command = [sys.executable, "-c", code, "signoff", "refund-triage", "--key", private, "--now", TODAY.isoformat(), *words]
    return subprocess.run(command, cwd=world.root, capture_output=True, text=True, check=False)


def test_a_signed_route_restarts_with_its_owners_signature(signed: tuple[World, str, str]) -> None:
    world, private, other = signed
    world.restart()
    assert "there is no signoffs/refund-triage.json" in said(world.verdict())
    done = signoff(world, other)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "the signature is not by @maria" in done.stderr
    assert signoff(world, private).returncode == 0
    assert world.verdict().verdict == "allowed", said(world.verdict())


def test_a_sign_off_is_for_this_file_these_postmortems_and_a_time(signed: tuple[World, str, str]) -> None:
    world, private, _ = signed
    world.restart()
    assert signoff(world, private, "--expires", "2026-10-20").returncode == 0
    world.edit(ROUTE, ("autonomy: act-with-approval", "autonomy: act"))
    assert "the signature is not by @maria" in said(world.verdict())
    world.edit(ROUTE, ("autonomy: act", "autonomy: act-with-approval"))
    file = "signoffs/refund-triage.json"
    text = world.read(file)
    world.edit(file, ("2026-10-20", "2026-12-20"))
    assert "the signature is not by @maria" in said(world.verdict())
    world.write(file, text.replace("2026-10-20", "2026-10-14"))
    assert "has expired" in said(world.verdict())
    world.write(file, text.replace('"PM-2026-001"', ""))
    assert "does not speak of PM-2026-001" in said(world.verdict())
    world.write(file, "{}")
    assert "is no sign-off" in said(world.verdict())


def test_a_key_that_the_change_itself_brings_does_not_sign(signed: tuple[World, str, str], tmp_path: Path) -> None:
    world, _, other = signed
    public = Path(other).with_suffix(".pub").read_text().strip()
    text = world.read("people.yaml")
    start = text.index("ssh-ed25519")
    world.write("people.yaml", text[:start] + public + text[text.index('"', start) :])
    world.restart()
    signoff(world, other)
    assert world.verdict().verdict == "refused"


def test_approvals_by_signature(world: World, tmp_path: Path) -> None:
    from pmlint.cli.gate import _approvals
    from pmlint.git import Repository

    private, public = key(tmp_path, "maria")
    world.write("people.yaml", world.read("people.yaml").replace("name: Maria}", f'name: Maria, allowed_signer: "{public}"}}'))
    closing(world, '[gate]\napprovals = "signature"\n')
    world.git("checkout", "-q", "-B", "change")
    head = world.commit()
    file = tmp_path / "approvals.json"
    for signature, counts in ((sign(approval_statement(head), private), 1), (sign(approval_statement("0" * 40), private), 0), ("", 0)):
        import json

        file.write_text(json.dumps([{"login": "maria", "state": "APPROVED", "commit": head, "signature": signature}]))
        with Repository(str(world.root)) as repository:
            assert len(_approvals(str(file), repository.tree(repository.resolve("main")), head)) == counts
    assert POSTMORTEM
    assert ALERT


def test_what_the_gate_judges_by_needs_an_approval(world: World) -> None:
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')
    assert "approval-missing: people.yaml is what the gate judges by" in said(world.verdict(author="tom"))
    assert world.verdict(author="tom", approvals=(Approval("maria", "APPROVED", ""),)).verdict == "allowed"


def test_a_sign_off_needs_its_owner_behind_the_head(world: World) -> None:
    world.ready()
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.sign()
    world.restart()
    assert "@maria neither made this change nor approved this head" in said(world.verdict(author="tom"))
    assert world.verdict(author="tom", approvals=(Approval("maria", "APPROVED", ""),)).verdict == "allowed"
    assert world.verdict(author="maria").verdict == "allowed"


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '[{"login": "a"}]', '"x"'])
def test_approvals_that_are_none(tmp_path: Path, text: str) -> None:
    from pmlint.gate.approvals import read_approvals
    from pmlint.settings import UsageError

    file = tmp_path / "approvals.json"
    with pytest.raises(UsageError, match="can't be read"):
        read_approvals(str(file))
    file.write_text(text)
    if text == "{}":
        assert read_approvals(str(file)) == []
    else:
        with pytest.raises(UsageError, match="no list of approvals"):
            read_approvals(str(file))


def test_a_key_that_is_none(signed: tuple[World, str, str]) -> None:
    world, _, _ = signed
    done = signoff(world, "nowhere")
    assert done.returncode == 2
    assert "ssh-keygen can't sign with 'nowhere'" in done.stderr
    assert signoff(world, "nowhere", "--expires", "2020-01-01").returncode == 2
