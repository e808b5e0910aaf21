"""Approvals by the forge, by signature, and sign-offs by SSH keys."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from pmlint.check.verdict import Verdict
from pmlint.cli import main
from pmlint.gate.approvals import GivenApproval
from pmlint.gate.case import GateChange
from pmlint.gate.signing import InvalidSignature, approval_statement, sign, statement, verify
from pmlint.gate.verdict import judge
from pmlint.git import Repository
from pmlint.model import People
from tests.gate.two_repositories import run
from tests.gate.world import ALERT, POSTMORTEM, ROUTE, TODAY, World, codes, said

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
        ((GivenApproval("maria", "APPROVED", ""),), "tom", True),
        ((GivenApproval("Maria", "approved", ""),), "tom", True),
        ((GivenApproval("maria", "APPROVED", ""),), "maria", False),
        ((GivenApproval("tom", "APPROVED", ""),), "maria", False),  # the owner of the action
        ((GivenApproval("stranger", "APPROVED", ""),), "tom", False),
        ((GivenApproval("maria", "COMMENTED", ""),), "tom", False),
        (
            (
                GivenApproval("maria", "APPROVED", ""),
                GivenApproval("maria", "CHANGES_REQUESTED", ""),
            ),
            "tom",
            False,
        ),
        (
            (
                GivenApproval("maria", "CHANGES_REQUESTED", ""),
                GivenApproval("maria", "APPROVED", ""),
            ),
            "tom",
            True,
        ),
        ((GivenApproval("maria", "APPROVED", "0" * 40),), "tom", False),  # stale
    ],
)
def test_closing_needs_an_approval_at_this_head(
    world: World, given: tuple[GivenApproval, ...], author: str, allowed: bool
) -> None:
    closing(world)
    verdict = world.verdict(approvals=given, author=author)
    assert (verdict.verdict == "allowed") == allowed, said(verdict)


def test_an_approver_of_this_change_is_not_one(world: World) -> None:
    closing(world)
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')
    verdict = world.verdict(approvals=(GivenApproval("new", "APPROVED", ""),), author="maria")
    assert "not-verified: A2 is closed, but no eligible person" in said(verdict)


def test_a_weakening_may_be_approved_but_not_with_a_restart(world: World) -> None:
    off = '[rules.action-owner]\nlevel = "off"\nreason = "we are few"\n'
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.write("pmlint.toml", FORGE + off)
    good = (GivenApproval("maria", "APPROVED", ""),)
    assert world.verdict(author="tom").verdict == "refused"
    assert world.verdict(author="tom", approvals=good).verdict == "allowed"
    world.restart()
    assert "policies-and-restart: policy 'action-owner' changes" in said(
        world.verdict(author="tom", approvals=good)
    )


def test_who_made_the_change_may_have_verified_it(world: World) -> None:
    world.land()
    world.close()
    assert world.verdict(author="maria").verdict == "allowed"
    assert "A2 is closed, but it is verified by @tom, its own owner" in said(
        closed_by(world, "@tom")
    )
    assert "A2 is closed, but it names '@bot[bot]', an agent" in said(closed_by(world, "@bot[bot]"))


def closed_by(world: World, verifier: str) -> Verdict:
    """The verdict on the same closing by another verifier."""
    text = world.read(POSTMORTEM)
    head, _, tail = text.rpartition('verified_by: "@maria"')
    world.write(POSTMORTEM, f'{head}verified_by: "{verifier}"{tail}')
    verdict = world.verdict()
    world.write(POSTMORTEM, text)
    return verdict


def key(folder: Path, name: str) -> tuple[str, str]:
    """A private key's file and the public key."""
    file = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)], check=True
    )
    return str(file), file.with_suffix(".pub").read_text().strip()


def test_signatures(tmp_path: Path) -> None:
    private, public = key(tmp_path, "maria")
    other, _ = key(tmp_path, "other")
    people = People(
        [{"handle": "@maria", "allowed_signer": public}, {"handle": "@tom"}], "people.yaml"
    )
    what = statement("refund-triage", ["PM-2026-002", "PM-2026-001"], b"id: refund-triage\n", TODAY)
    assert b'"postmortems":["PM-2026-001","PM-2026-002"]' in what
    signature = sign(what, private)
    verify(what, signature, "@maria", people)
    two = People([{"handle": "@maria", "allowed_signer": public + "\n* " + public}], "p")
    for data, given, handle, known in (
        (what.replace(b"001", b"003"), signature, "@maria", people),
        (what, sign(what, other), "@maria", people),
        (what, "nonsense", "@maria", people),
        (what, signature, "@maria", two),
    ):
        with pytest.raises(InvalidSignature):
            verify(data, given, handle, known)
    for handle in ("@tom", "@stranger"):
        with pytest.raises(InvalidSignature, match="no allowed_signer"):
            verify(what, signature, handle, people)


@pytest.fixture
def signed(world: World, tmp_path: Path) -> tuple[World, str, str]:
    """A route that asks for a signature, ready but for it; the key of its owner, and one of
    somebody else.
    """
    private, public = key(tmp_path, "maria")
    other, _ = key(tmp_path, "other")
    world.write(
        "people.yaml",
        world.read("people.yaml").replace(
            "name: Maria}", f'name: Maria, allowed_signer: "{public}"}}'
        ),
    )
    world.write("pmlint.toml", '[gate]\nsigned_routes = ["refund-triage"]\n')
    world.ready()
    return world, private, other


def signoff(world: World, private: str, *words: str) -> tuple[int, str]:
    """The exit code of ``pmlint signoff`` in a repository, and what it says."""
    output = io.StringIO()
    command = [
        "pmlint",
        "signoff",
        "refund-triage",
        "--key",
        private,
        "--now",
        TODAY.isoformat(),
        *words,
    ]
    with (
        chdir(world.root),
        redirect_stdout(output),
        redirect_stderr(output),
        patch.object(sys, "argv", command),
        pytest.raises(SystemExit) as left,
    ):
        main()
    assert isinstance(left.value.code, int)
    return left.value.code, output.getvalue()


def test_a_signed_route_restarts_with_its_owners_signature(signed: tuple[World, str, str]) -> None:
    world, private, other = signed
    world.restart()
    assert "there is no signoffs/refund-triage.json" in said(world.verdict())
    code, output = signoff(world, other)
    assert code == 2
    assert "the signature is not by @maria" in output
    assert signoff(world, private)[0] == 0
    assert world.verdict().verdict == "allowed", said(world.verdict())


def test_a_review_of_a_signed_route_is_compared_until_it_is_signed(
    signed: tuple[World, str, str],
) -> None:
    world, private, _ = signed
    file = world.read(POSTMORTEM)

    def reworded() -> list[str]:
        world.edit(POSTMORTEM, ("14 days", "4 days"))
        return codes(world.verdict())

    # everything is closed and met, and nobody has signed: there is no stretch in which nothing is
    # watched
    assert reworded() == ["condition-changed"]
    world.git("checkout", "-q", "main")
    world.write(POSTMORTEM, file)
    world.restart()
    assert signoff(world, private)[0] == 0
    assert world.verdict().verdict == "allowed"
    world.git("checkout", "-q", "main")
    world.git("merge", "-q", "--ff-only", "change")
    assert reworded() == []


def test_a_sign_off_is_for_this_file_these_postmortems_and_a_time(
    signed: tuple[World, str, str],
) -> None:
    world, private, _ = signed
    world.restart()
    assert signoff(world, private, "--expires", "2026-10-20")[0] == 0
    world.edit(ROUTE, ("autonomy: act-with-approval", "autonomy: act"))
    assert "the signature is not by @maria" in said(world.verdict())
    world.edit(ROUTE, ("autonomy: act", "autonomy: act-with-approval"))
    file = "signoffs/refund-triage.json"
    text = world.read(file)
    world.edit(file, ("2026-10-20", "2026-12-20"))
    assert "the signature is not by @maria" in said(world.verdict())
    world.write(file, text.replace("2026-10-20", "2026-10-14"))
    assert "expired on 2026-10-14" in said(world.verdict())
    world.write(file, text.replace('"PM-2026-001"', ""))
    assert "does not name PM-2026-001" in said(world.verdict())
    world.write(file, "{}")
    assert "is not a sign-off" in said(world.verdict())


def test_a_key_that_the_change_itself_brings_does_not_sign(
    signed: tuple[World, str, str], tmp_path: Path
) -> None:
    world, _, other = signed
    public = Path(other).with_suffix(".pub").read_text().strip()
    text = world.read("people.yaml")
    start = text.index("ssh-ed25519")
    world.write("people.yaml", text[:start] + public + text[text.index('"', start) :])
    world.restart()
    code, output = signoff(world, other)
    assert (code, "the signature is not by @maria" in output) == (2, True)
    names, last = ["PM-2026-001"], date(2026, 10, 29)
    forged = {
        "by": "@maria",
        "expires": last.isoformat(),
        "postmortems": names,
        "signature": sign(
            statement("refund-triage", names, world.read(ROUTE).encode(), last), other
        ),
    }
    world.write("signoffs/refund-triage.json", json.dumps(forged))
    assert "while the signature is not by @maria" in said(world.verdict())


def test_approvals_by_signature(world: World, tmp_path: Path) -> None:
    from pmlint.cli.gate import _approvals

    private, public = key(tmp_path, "maria")
    world.write(
        "people.yaml",
        world.read("people.yaml").replace(
            "name: Maria}", f'name: Maria, allowed_signer: "{public}"}}'
        ),
    )
    closing(world, '[gate]\napprovals = "signature"\n')
    world.git("checkout", "-q", "-B", "change")
    head = world.commit()
    file = tmp_path / "approvals.json"
    for signature, counts in (
        (sign(approval_statement(head), private), 1),
        (sign(approval_statement("0" * 40), private), 0),
        ("", 0),
    ):
        file.write_text(
            json.dumps(
                [{"login": "maria", "state": "APPROVED", "commit": head, "signature": signature}]
            )
        )
        with Repository(str(world.root)) as repository:
            assert (
                len(_approvals(str(file), repository.tree(repository.resolve("main")), head, None))
                == counts
            )
    assert POSTMORTEM
    assert ALERT


def test_what_the_gate_judges_by_needs_an_approval(world: World) -> None:
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')
    assert "person-added: @new: the person @new was added, and no eligible person" in said(
        world.verdict(author="tom")
    )
    assert (
        world.verdict(author="tom", approvals=(GivenApproval("maria", "APPROVED", ""),)).verdict
        == "allowed"
    )


def test_a_sign_off_needs_its_owner_behind_the_head(world: World) -> None:
    world.ready()
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.sign()
    world.restart()
    assert "@maria neither made nor approved this commit" in said(world.verdict(author="tom"))
    assert (
        world.verdict(author="tom", approvals=(GivenApproval("maria", "APPROVED", ""),)).verdict
        == "allowed"
    )
    assert world.verdict(author="maria").verdict == "allowed"


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '[{"login": "a"}]', '"x"'])
def test_approvals_that_are_none(tmp_path: Path, text: str) -> None:
    from pmlint.errors import UsageError
    from pmlint.gate.approvals import read_approvals

    file = tmp_path / "approvals.json"
    with pytest.raises(UsageError, match="cannot be read"):
        read_approvals(str(file))
    file.write_text(text)
    if text == "{}":
        assert read_approvals(str(file)) == []
    else:
        with pytest.raises(UsageError, match="not a list of approvals"):
            read_approvals(str(file))


def test_a_key_that_is_none(signed: tuple[World, str, str]) -> None:
    world, _, _ = signed
    code, output = signoff(world, "nowhere")
    assert code == 2
    assert "ssh-keygen can't sign with 'nowhere'" in output
    assert signoff(world, "nowhere", "--expires", "2020-01-01")[0] == 2


def test_approve_prints_what_the_gate_takes(world: World, tmp_path: Path) -> None:
    import sys

    def pmlint(*words: str) -> subprocess.CompletedProcess[str]:
        code = "from pmlint.cli import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=world.root,
            capture_output=True,
            text=True,
            check=False,
        )

    private, public = key(tmp_path, "maria")
    world.write(
        "people.yaml",
        world.read("people.yaml").replace(
            "name: Maria}", f'name: Maria, allowed_signer: "{public}"}}'
        ),
    )
    closing(world, '[gate]\napprovals = "signature"\n')
    world.write("pmlint.toml", '[gate]\napprovals = "signature"\n')
    world.git("stash", "-q", "--", POSTMORTEM)
    world.commit()
    world.git("checkout", "-q", "-b", "change")
    world.git("stash", "pop", "-q")
    world.commit()
    file = tmp_path / "approvals.json"
    words = (
        "gate",
        "--base",
        "main",
        "--head",
        "change",
        "--author",
        "tom",
        "--approvals",
        str(file),
        "--now",
        TODAY.isoformat(),
    )
    done = pmlint("approve", "--as", "@maria", "--key", private)
    assert done.returncode == 0, done.stderr
    file.write_text(done.stdout)
    assert pmlint(*words).returncode == 0, pmlint(*words).stdout
    file.write_text(done.stdout.replace('"login": "maria"', '"login": "tom"'))
    assert pmlint(*words).returncode == 1
    done = pmlint("approve", "--as", "@tom", "--key", private)
    assert (done.returncode, done.stdout) == (2, "")
    assert "@tom has no allowed_signer" in done.stderr


def test_the_keys_of_the_base_approve(
    world: World, tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the gate: a key that comes with the change approves the next one, and one that the
    change takes out still approves this one.
    """
    monkeypatch.chdir(world.root)
    maria, tom = (str(keys / name) for name in ("maria", "tom"))

    def people(**signers: str) -> str:
        lines = (
            f'- {{handle: "@{name}", allowed_signer: "{Path(f"{key}.pub").read_text().strip()}"}}\n'
            for name, key in signers.items()
        )
        return "".join(lines)

    world.write("people.yaml", people(maria=maria, tom=maria))
    world.write("pmlint.toml", '[gate]\napprovals = "signature"\n')
    world.commit()
    world.git("checkout", "-q", "-b", "change")
    world.write("people.yaml", people(maria=tom, tom=tom))
    world.commit()
    for name, key, code in (("maria", maria, 0), ("maria", tom, 2), ("tom", tom, 2)):
        done = run("approve", "--as", f"@{name}", "--key", key)
        assert done.exit == code, (name, done)
    assert "a new key counts once it is merged" in done.text
    # the way out, to the letter
    world.git("checkout", "-q", "main")
    world.git("merge", "-q", "--ff-only", "change")
    world.git("checkout", "-q", "-b", "next")
    assert run("approve", "--as", "@tom", "--key", tom).exit == 0


def test_an_approval_counts_for_the_merge_that_a_queue_makes_of_it(world: World) -> None:
    closing(world)
    world.git("stash", "-q", "--", POSTMORTEM)
    world.commit()
    world.git("checkout", "-q", "-b", "request")
    world.git("stash", "pop", "-q")
    approved = world.commit()
    world.git("checkout", "-q", "main")
    world.write("other.txt", "x\n")
    main = world.commit()
    world.git("checkout", "-q", "-b", "queue")
    world.git("merge", "-q", "--no-ff", "-m", "queue", "request")
    good = (GivenApproval("maria", "APPROVED", approved),)

    def judged() -> str:
        with Repository(str(world.root)) as repository:
            head = repository.resolve("queue")
            return said(
                judge(GateChange(repository, main, head, repository.tree(head), TODAY, "tom", good))
            )

    assert judged() == "allowed"
    world.write("more.txt", "x\n")
    world.git("add", "-A")
    world.git("commit", "-q", "--amend", "--no-edit")
    assert "neither made nor approved this commit" in judged()
