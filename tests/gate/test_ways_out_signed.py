"""The way out of each refusal about a signature or an approval, followed to the letter in a real
repository with real keys: each step of the help is done as it is written, and the same gate allows
the change.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.attack_data import make_keys
from tests.gate.two_repositories import Answer, run
from tests.gate.world import ALERT, POSTMORTEM, ROUTE, TODAY, World

SIGNED = '[gate]\nsigned_routes = ["refund-triage"]\n'
FILE = "signoffs/refund-triage.json"
SIGN = ("signoff", "refund-triage", "--key", "KEY")
OPEN = "before anything is settled"
WORDS = {"REASON": "The vendor ships late.", "HANDLE": "@eva", "COMMIT|PATH|URI": ALERT}
ANOTHER = POSTMORTEM.replace("001-refunds", "002-again")


class SignedWorld(World):
    """The owner of the route, and the owner of an action, have keys; changes are made on
    ``change``, at one day.
    """

    def __init__(self, root: Path, template: Path, keys: Path, settings: str, *known: str) -> None:
        super().__init__(root, template)
        self.keys = keys
        for name in known:
            self.add_key(name)
        self.write("pmlint.toml", settings)
        self.commit()

    def add_key(self, name: str, key: str = "") -> None:
        public = (self.keys / f"{key or name}.pub").read_text().strip()
        said = f"name: {name.title()}"
        self.edit("people.yaml", (f"{said}}}", f'{said}, allowed_signer: "{public}"}}'))

    def begin(self) -> None:
        self.commit()
        self.git("checkout", "-q", "-B", "change")

    def land(self) -> str:
        """Merge what is there, and begin the next change."""
        if self.git("rev-parse", "--abbrev-ref", "HEAD") == "main":
            return super().land()
        commit = self.commit()
        self.git("checkout", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", "merge", "change")
        self.git("checkout", "-q", "-B", "change")
        return commit

    def run(self, *words: str) -> Answer:
        named = {"KEY": str(self.keys / "maria"), "FILE": str(self.keys / "maria"), **WORDS}
        return run(*(named.get(word, word) for word in words), "--now", TODAY.isoformat())

    @property
    def approvals(self) -> Path:
        """The file that a workflow hands over, beside the repository."""
        return self.root.parent / "approvals.json"

    def gate(self, *more: str) -> Answer:
        """Commit, and ask."""
        self.commit()
        return self.ask(*more)

    def ask(self, *more: str) -> Answer:
        return self.run(
            *("gate", "--base", "main", "--head", "change", "--output-format", "json"), *more
        )

    def follow(self, help: str) -> None:
        """Do each step of a way out; one that nobody can do fails."""
        for step in help.split("; "):
            self._step(step)

    def _step(self, step: str) -> None:
        if gone := re.fullmatch(r"take (\S+) out", step):
            self.delete(gone[1])
        elif restored := re.fullmatch(r"restore (\S+)", step):
            self.git("checkout", "-q", "main", "--", restored[1])
        elif re.fullmatch(
            r"add the key of @maria to people.yaml as 'allowed_signer' in a change of its own", step
        ):
            self._in_a_change_of_its_own(lambda: self.add_key("maria"))
        elif step == "merge the review first, accepted":
            assert self.gate().exit == 0
            self.land()
        elif step == "sign in the change that restores 'refund-triage'":
            pass  # the one after this change
        else:
            command = re.fullmatch(
                r"(?:(?:as the last step of this change )?let @maria run )?pmlint (.+)", step
            )
            assert command is not None, f"nobody can do this: {step}"
            ran = self.run(*shlex.split(command[1]))
            assert ran.exit == 0, ran

    def _in_a_change_of_its_own(self, edit: Callable[[], None]) -> None:
        self.commit()
        self.git("checkout", "-q", "main")
        edit()
        self.commit()
        self.git("checkout", "-q", "change")


def again(world: SignedWorld) -> None:
    """Restored with a signature, stopped, and restored as it was before, on one day."""
    world.restart()
    world.run(*SIGN)
    world.land()
    world.edit(ROUTE, ("restart: true", "restart: false"))
    world.land()
    world.restart()


def signed_with(*edits: tuple[str, str]) -> Callable[[SignedWorld], None]:
    """Restored, and signed by what was edited afterwards."""

    def situation(world: SignedWorld) -> None:
        world.restart()
        world.run(*SIGN)
        world.edit(FILE, *edits)

    return situation


def changed_after(world: SignedWorld) -> None:
    signed_with()(world)
    world.edit(ROUTE, ("title: Refund triage", "title: Triage of refunds"))


def reused(world: SignedWorld) -> None:
    again(world)
    world.write(FILE, world.read(FILE) + "\n")


def older(world: SignedWorld) -> None:
    """The first of two signatures, after the second."""
    again(world)
    first = world.read(FILE)
    world.run(*SIGN)
    world.land()
    world.edit(ROUTE, ("restart: true", "restart: false"))
    world.land()
    world.restart()
    world.write(FILE, first)


def removed(world: SignedWorld) -> None:
    signed_with()(world)
    world.land()
    world.delete(FILE)


def linked(world: SignedWorld) -> None:
    world.restart()
    (world.root / "signoffs").mkdir()
    (world.root / FILE).symlink_to("../pmlint.toml")


def owner_moves(world: SignedWorld) -> None:
    world.restart()
    world.edit(ROUTE, ('owner: "@maria"', 'owner: "@tom"'))
    world.run(
        *("amend", "refund-triage", "--owner", "@tom", "--reason", "REASON"),
        *("--approved-by", "HANDLE"),
    )


def key_moves(world: SignedWorld) -> None:
    world.restart()
    text = world.read("people.yaml")
    old, new = ((world.keys / f"{name}.pub").read_text().strip() for name in ("maria", "noor"))
    world.write("people.yaml", text.replace(old, new))
    world.run(
        *("amend", "configuration", "--set", f"people.@maria.allowed_signer={new}"),
        *("--reason", "REASON", "--approved-by", "HANDLE"),
    )


def no_longer_signed(world: SignedWorld) -> None:
    world.restart()
    world.write("pmlint.toml", "")
    world.run(
        *("amend", "configuration", "--set", "gate.signed_routes.refund-triage=null"),
        *("--reason", "REASON", "--approved-by", "HANDLE"),
    )


def with_a_new_review(world: SignedWorld) -> None:
    text = world.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002")
    world.write(ANOTHER, re.sub(r"(met: )true, proof: \[.*?\]\}", r"\1false}", text, count=1))
    for name in ("outcome.md", "propose-only.md"):
        path = f"evidence/PM-2026-00{{}}/{name}"
        world.write(path.format(2), world.read(path.format(1)))
    world.run(*SIGN)


SITUATIONS: dict[str, Callable[[SignedWorld], object]] = {
    "there is none": SignedWorld.restart,
    "the owner has no key": SignedWorld.restart,
    "used, on one day": again,
    "used, and a line longer": reused,
    "used, and another since": older,
    "expired": signed_with(("2026-10-29", "2026-10-14")),
    "by another": signed_with(("@maria", "@tom")),
    "longer than it was signed": signed_with(("2026-10-29", "2026-10-30")),
    "names no postmortem": signed_with(('"PM-2026-001"', "")),
    "no text": signed_with(('"signature"', '"sig"')),
    "changed after it": changed_after,
    "removed": removed,
    "a link": linked,
    "the owner moves, too": owner_moves,
    "the key moves, too": key_moves,
    "signed no longer": no_longer_signed,
    "without a restart": lambda world: world.write(FILE, "{}"),
    OPEN: lambda world: world.run(*SIGN),
    "with a new review": with_a_new_review,
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize("name", SITUATIONS)
def test_way_out_of_a_signature(
    name: str, template: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = () if name == "the owner has no key" else ("maria",)
    world = SignedWorld(tmp_path / "repository", template, keys, SIGNED, *known)
    monkeypatch.chdir(world.root)
    if name == OPEN:
        world.land()  # what closes the action is there, and it is not closed
    else:
        world.ready()
    world.begin()
    SITUATIONS[name](world)
    refused = world.gate()
    helps = [one["help"] for one in refused.data["refusals"]]
    assert (refused.exit, set(refused.codes)) == (1, {"signature-invalid"}), refused.text
    world.follow(helps[0])
    answer = world.gate()
    assert answer.exit == 0, (helps, answer.text)


def test_a_new_last_day_makes_a_new_signature(
    template: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same restart on the same day; one that the owner chose is not exchanged for another."""
    world = SignedWorld(tmp_path / "repository", template, keys, SIGNED, "maria")
    monkeypatch.chdir(world.root)
    world.ready()
    world.begin()
    again(world)
    chosen = world.run(*SIGN, "--expires", "2026-10-29")
    assert chosen == (
        2,
        "@maria signed this very restart of 'refund-triage' before; help: choose another last day: "
        "--expires 2026-10-30",
    )
    assert world.gate().exit == 1
    assert world.run(*SIGN, "--expires", "2026-10-30").exit == 0
    assert world.gate().exit == 0


def approve(world: SignedWorld, mode: str) -> None:
    """What @maria does where she is asked to approve this commit."""
    if mode == "signature":
        ran = run("approve", "--as", "@maria", "--key", str(world.keys / "maria"))
        assert ran.exit == 0, ran
        world.approvals.write_text(ran.text)
        return
    given = {"login": "maria", "state": "APPROVED", "commit": world.git("rev-parse", "HEAD")}
    world.approvals.write_text(json.dumps([given]))


def accepted(world: SignedWorld) -> None:
    world.edit(POSTMORTEM, ("status: in-review", "status: accepted"))


def newcomer(world: SignedWorld) -> None:
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')


APPROVED = {
    "accepted-without-approval": (
        accepted,
        "ask an eligible person to approve this commit, then run the gate again",
    ),
    "person-added": (
        newcomer,
        "ask a known person to approve this commit, then run the gate again",
    ),
    "not-verified": (
        World.close,
        "name a known person who is not its owner, under any handle; where approvals are required "
        "that person makes or approves this commit",
    ),
}


@pytest.mark.parametrize("mode", ["forge", "signature"])
@pytest.mark.parametrize("code", APPROVED)
def test_way_out_by_an_approval(
    code: str,
    mode: str,
    template: Path,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = f'[gate]\napprovals = "{mode}"\n'
    world = SignedWorld(tmp_path / "repository", template, keys, settings, "maria", "tom")
    monkeypatch.chdir(world.root)
    if code == "accepted-without-approval":
        world.edit(POSTMORTEM, ("status: accepted", "status: in-review"))
    world.land()
    world.begin()
    edit, help = APPROVED[code]
    edit(world)
    refused = world.gate("--author", "tom")
    (refusal,) = refused.data["refusals"]
    assert (refused.exit, refusal["code"], refusal["help"]) == (1, code, help)
    approve(world, mode)
    answer = world.ask("--author", "tom", "--approvals", str(world.approvals))
    assert answer.exit == 0, answer.text
