"""Whether a proof answers its action, is still there, and can be found again: each lack with its
code and words, beside what answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from pmlint.gate.case import Case
from pmlint.gate.proofs.closing import Closing, follows_its_file, is_unchanged
from pmlint.gate.proofs.history import BaseHistory
from pmlint.gate.proofs.record import record_lack
from pmlint.gate.refusal import Lack
from pmlint.model import Action, Postmortem
from pmlint.model.proof import Proof
from pmlint.model.restart import Condition
from pmlint.parsing.source import Malformed
from tests.gate.memory import MemoryWorld
from tests.gate.world import ALERT, POSTMORTEM, PROOF, TEST

FULL, OLD, HERE = "a" * 40, f"{1:040x}", f"{2:040x}"
ELSEWHERE = "https://runs.example/7"
DIGEST = "d" * 64
TEXT = "signal: rescues\nthreshold: 3\nreceiver: maria\n"
DONE_WHEN = "the alert refund-rescues pages @maria above 3 rescues in 10 minutes"


def said(lack: Lack | None) -> str | None:
    return None if lack is None else f"{lack.code}: {lack.reason}".removeprefix(": ")


# a record


@pytest.mark.parametrize(
    ("data", "lack"),
    [
        ({}, "the proof names no commit, path or record"),
        ({"uri": "  "}, "the proof names no commit, path or record"),
        ({"repository": " ", "commit": FULL}, "the proof names no commit, path or record"),
        ({"repository": 7, "commit": FULL}, "the proof names no commit, path or record"),
        ({"repository": "github.com/acme/x"}, "the proof needs the full id of its commit"),
        (
            {"repository": "github.com/acme/x", "commit": FULL[:39]},
            "the proof needs the full id of its commit",
        ),
        ({"repository": "github.com/acme/x", "commit": f" {FULL.upper()} "}, None),
        ({"repository": "github.com/acme/x", "commit": DIGEST}, None),
        ({"uri": f"https://x.example/acme/mail/commit/{FULL}"}, None),
        ({"uri": f"https://x.example/acme/mail/commit/{FULL}/files"}, "the proof needs sha256"),
        ({"uri": f"https://x.example/acme/mail/tree/{FULL}"}, "the proof needs sha256"),
        ({"uri": ELSEWHERE}, "the proof needs sha256"),
        ({"uri": ELSEWHERE, "sha256": " "}, "the proof needs sha256"),
        ({"uri": ELSEWHERE, "sha256": "d" * 63}, "the proof's sha256 is not a digest"),
        ({"uri": ELSEWHERE, "sha256": f" {DIGEST.upper()} "}, None),
        *(
            ({"uri": ELSEWHERE, "sha256": digest}, "the proof's sha256 is that of nothing")
            for digest in (
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  # no byte
                "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",  # a line break
                "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",  # {}
            )
        ),
    ],
)
def test_whether_a_record_can_be_found_again(data: Mapping[str, Any], lack: str | None) -> None:
    assert said(record_lack(Proof(data))) == lack


# a proof of an action that is closed


class Made:
    """A change that closes A2 by a proof, on a base that has some files besides."""

    def __init__(
        self,
        proof: Mapping[str, Any] | None,
        before: Mapping[str, str] | None = None,
        after: Mapping[str, str] | None = None,
        more: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.world = MemoryWorld()
        for path, text in (before or {}).items():
            self.world.write(path, text)
        if before:
            self.world.commit()
        for path, text in (after or {}).items():
            self.world.write(path, text)
        self.case = Case(self.world.change())
        found = self.case.base.read(POSTMORTEM)
        assert isinstance(found, Postmortem)
        self.read = found
        self.old = found.actions[1]
        proofs = [*([] if proof is None else [proof]), *more]
        self.new = Action({**self.old.data, "status": "done", "proof": proofs})

    def closing(self, before: Action | Condition | None, after: Action | Condition) -> Closing:
        return Closing(self.read, self.read, before, after)

    @property
    def lacks(self) -> tuple[str | None, str | None]:
        """What the base lacks, and what the merge result does."""
        closing, proofs = self.closing(self.old, self.new), self.case.proofs
        return (
            said(proofs.lacking(closing, proofs.on_base)),
            said(proofs.lacking(closing, proofs.in_result)),
        )


LANDED, NEW, OTHER = {ALERT: TEXT}, {ALERT: TEXT}, {"deploy/x.yaml": "x: 1\n"}
MISSING = "closed-without-proof"
NOT_FILE = f"{MISSING}: the proof {ALERT} is not a file"
UNCHANGED = "proof-elsewhere: the commit 000000000000 does not change refund-rescues"


@pytest.mark.parametrize(
    ("proof", "before", "after", "on_base", "in_result"),
    [
        (None, LANDED, None, f"{MISSING}: there is no proof", f"{MISSING}: there is no proof"),
        ({"path": ALERT}, LANDED, None, None, None),
        ({"path": ALERT}, None, NEW, NOT_FILE, None),
        ({"path": f"./{ALERT}"}, LANDED, None, None, None),
        (
            {"path": ALERT},
            {ALERT: " \n"},
            NEW,
            f"{MISSING}: the proof {ALERT} is empty",
            None,
        ),
        *(
            ({"path": path}, None, None, f"{MISSING}: {says}", f"{MISSING}: {says}")
            for path, says in (
                ("../x", "the proof ../x is outside the repository"),
                ("deploy", "the proof deploy is not a file"),
                (
                    POSTMORTEM,
                    f"the proof {POSTMORTEM} is a postmortem, which proves nothing about itself",
                ),
            )
        ),
        # at its place: by its name, or by what is in it
        (
            {"path": "deploy/x.yaml"},
            OTHER,
            None,
            "proof-elsewhere: deploy/x.yaml is not at refund-rescues",
            "proof-elsewhere: deploy/x.yaml is not at refund-rescues",
        ),
        (
            {"path": "deploy/x.yaml"},
            {"deploy/x.yaml": "- alert: refund-rescues\n"},
            None,
            None,
            None,
        ),
        # a commit
        ({"commit": HERE}, LANDED, None, None, None),
        ({"commit": f" {HERE.upper()} "}, LANDED, None, None, None),
        ({"commit": HERE}, OTHER, None, UNCHANGED, UNCHANGED),
        (
            {"commit": "abcdefabcdef"},
            None,
            None,
            f"{MISSING}: there is no commit abcdefabcdef",
            f"{MISSING}: there is no commit abcdefabcdef",
        ),
        (
            {"commit": "abc"},
            None,
            None,
            f"{MISSING}: there is no commit abc",
            f"{MISSING}: there is no commit abc",
        ),
        (
            {"commit": HERE},
            None,
            NEW,
            "proof-not-on-base: the commit 000000000000 is not on the base",
            "proof-not-on-base: the commit 000000000000 is not on the base",
        ),
        # a record elsewhere
        (
            {"uri": ELSEWHERE},
            None,
            None,
            f"{MISSING}: the proof needs sha256",
            f"{MISSING}: the proof needs sha256",
        ),
        (
            {"uri": ELSEWHERE, "sha256": DIGEST},
            None,
            None,
            "proof-not-on-base: the record was not on the base before",
            None,
        ),
        (
            {"repository": "github.com/acme/x", "commit": FULL},
            None,
            None,
            "proof-not-on-base: the record was not on the base before",
            None,
        ),
        # the id of what was there
        (
            {"path": ALERT, "blob": "1" * 40},
            LANDED,
            None,
            f"{MISSING}: the blob 111111111111 is not {ALERT} in this change",
            f"{MISSING}: the blob 111111111111 is not {ALERT} in this change",
        ),
    ],
)
def test_which_proof_answers(
    proof: Mapping[str, Any] | None,
    before: Mapping[str, str] | None,
    after: Mapping[str, str] | None,
    on_base: str | None,
    in_result: str | None,
) -> None:
    assert Made(proof, before, after).lacks == (on_base, in_result)


def test_one_proof_that_answers_is_enough_and_else_the_first_lack_is_said() -> None:
    lost, good = {"path": "deploy/none.yaml"}, {"path": ALERT}
    assert Made(lost, LANDED, more=[good]).lacks == (None, None)
    assert (
        Made(lost, LANDED, more=[{"path": "deploy/two.yaml"}]).lacks
        == (f"{MISSING}: the proof deploy/none.yaml is not a file",) * 2
    )
    # a forged id beside a good proof is one too many
    forged = {"path": TEST, "blob": "2" * 40}
    assert (
        Made(good, LANDED, more=[forged]).lacks
        == (f"{MISSING}: the blob 222222222222 is not {TEST} in this change",) * 2
    )


def test_the_id_of_a_file_as_it_is_in_the_change_counts() -> None:
    made = Made({"path": ALERT}, LANDED)
    blob = made.case.merged.identity(ALERT)
    assert Made({"path": ALERT, "blob": f" {blob.upper()} "}, LANDED).lacks == (None, None)
    # one that the base had before is not asked: it is measured against that one
    data = {**made.old.data, "proof": [{"path": ALERT, "blob": "1" * 40}]}
    known = made.closing(Action(data), Action({**data, "status": "done"}))
    proofs = made.case.proofs
    assert proofs.lacking(known, proofs.on_base) is None


# no place is named


def unplaced(proof: Mapping[str, Any], before: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The lacks of an action that names no place."""
    made = Made(proof, before)
    data = {"done_when": "nobody is refunded twice", "title": "Stop it"}
    old, new = Action({**made.old.data, **data}), Action({**made.new.data, **data})
    proofs = made.case.proofs
    closing = made.closing(old, new)
    assert proofs.places(closing) == ()
    return (
        said(proofs.lacking(closing, proofs.on_base)),
        said(proofs.lacking(closing, proofs.in_result)),
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("evidence/other/x.md", "x\n"),
        ("signoffs/x.json", "{1}\n"),
        ("routes/refund-triage.yaml", None),
        ("people.yaml", "- handle: '@x'\n"),
        ("pmlint-baseline.json", "[1]\n"),
        ("records/pm-2026-001/x.csv", "x\n"),
        ("docs/page.md", "as in pm-2026-001\n"),
        ("docs/page.TXT".lower(), "PM-2026-001 was bad\n"),
    ],
)
def test_where_no_place_is_named_records_of_the_incident_prove_nothing(
    path: str, text: str | None
) -> None:
    base = MemoryWorld().files
    content = base[path].decode() + "# x\n" if text is None else text
    record = f"proof-elsewhere: {path} is part of the incident's record"
    assert unplaced({"path": path}, {path: content}) == (record, record)
    nothing = "proof-elsewhere: the commit 000000000000 changes nothing but records"
    assert unplaced({"commit": HERE}, {path: content}) == (nothing, nothing)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/page.md", "how to refund\n"),
        ("src/refunds.py", "# PM-2026-001\n"),  # code may say why it is there
        ("evidences/x.md", "x\n"),
    ],
)
def test_where_no_place_is_named_other_files_count(path: str, text: str) -> None:
    assert unplaced({"path": path}, {path: text}) == (None, None)
    assert unplaced({"commit": HERE}, {path: text, "evidence/x.md": "x\n"}) == (None, None)


def test_a_word_with_a_slash_is_a_place_where_either_tree_has_it() -> None:
    made = Made(None, None, {"src/app/x.py": "x = 1\n"})
    named = {"done_when": "src/app keeps the cap, and/or deploy/gone does"}
    closing = made.closing(Action(named), Action(named))
    assert made.case.proofs.places(closing) == ("src/app",)


# newer than the action


def test_a_file_that_was_there_before_the_review_is_too_old() -> None:
    action = {"done_when": "tests/agents/test_refund_scope.py fails above 200 EUR"}
    made = Made({"path": TEST})
    old, new = Action({**made.old.data, **action}), Action({**made.new.data, **action})
    proofs = made.case.proofs
    lack = proofs.lacking(made.closing(old, new), proofs.in_result)
    assert said(lack) == f"proof-too-old: {TEST} is as it was when the action came to the base"
    # also one that was closed meanwhile, but none that is new or came closed
    closed = Action({**old.data, "status": "done"})
    assert proofs.lacking(made.closing(closed, new), proofs.in_result) == lack
    assert proofs.lacking(made.closing(None, new), proofs.in_result) is None
    came = made.read.actions[0]
    assert proofs.lacking(made.closing(came, new), proofs.in_result) is None
    alone = Closing(made.read, None, old, new)
    assert proofs.lacking(alone, proofs.in_result) is None
    again = Made({"path": TEST}, {TEST: "def test_other() -> None: ...\n"})
    assert again.case.proofs.lacking(again.closing(old, new), again.case.proofs.in_result) is None


def test_an_old_commit_is_too_old_but_for_what_an_eligible_person_wrote() -> None:
    action = {"done_when": "tests/agents/test_refund_scope.py fails above 200 EUR"}
    made = Made({"path": TEST})
    proofs = made.case.proofs

    def lack(**proof: Any) -> str | None:
        old = Action({**made.old.data, **action})
        new = Action({**made.new.data, **action, "proof": [{"commit": OLD, **proof}]})
        return said(proofs.lacking(made.closing(old, new), proofs.on_base))

    older = "proof-too-old: the commit 000000000000 was there before the action came to the base"
    assert lack() == older
    assert lack(older={"reason": "It was ready.", "approved_by": "@eva"}) is None
    assert lack(older={"reason": " ", "approved_by": "@eva"}) == older
    assert lack(older={"reason": "It was ready."}) == older
    assert lack(older={"approved_by": "@eva"}) == older
    assert lack(older="It was ready.") == older
    # neither an author of the postmortem nor the owner of the action
    assert lack(older={"reason": "It was ready.", "approved_by": "@dana"}) == older
    assert lack(older={"reason": "It was ready.", "approved_by": "@tom"}) == older
    assert lack(older={"reason": "It was ready.", "approved_by": "@nobody"}) == older


# still there


def test_what_landed_is_still_there() -> None:
    made = Made({"path": ALERT}, LANDED)
    made.world.delete(ALERT)
    made.world.write("src/new.py", "x = 1\n")
    case = Case(made.world.change())
    proofs = case.proofs

    def gone(proof: Mapping[str, Any] | None, layer: str = "alert") -> str | None:
        part = Action({"id": "A2", "layer": layer, "proof": [] if proof is None else [proof]})
        assert proofs.not_there(part, proofs.on_base) is None or proof in (None, {"commit": FULL})
        return said(proofs.not_there(part, proofs.in_result))

    assert gone(None) == "there is no proof"
    assert gone({"path": ALERT}) == f"the proof {ALERT} is not a file"
    assert gone({"path": ALERT}, "remove") == f"the proof {ALERT} is not a file"
    assert gone({"commit": HERE}) == "what the commit 000000000000 changed is no longer there"
    assert gone({"commit": HERE}, "remove") is None
    assert gone({"commit": HERE}, "substitute") is None
    assert gone({"commit": FULL}) == "the commit aaaaaaaaaaaa is not on the base"
    assert gone({"commit": FULL, "repository": "github.com/acme/x"}) is None
    assert gone({"uri": ELSEWHERE, "sha256": DIGEST}) is None
    condition = Condition({"id": "R1", "proof": [{"commit": HERE}]})
    assert said(proofs.not_there(condition, proofs.in_result)) == (
        "what the commit 000000000000 changed is no longer there"
    )


def test_a_fix_by_removal_may_change_nothing_that_is_left() -> None:
    world = MemoryWorld()
    world.write("src/old.py", "x = 1\n")
    world.commit()
    world.delete("src/old.py")
    removal = world.commit()
    case = Case(world.change())
    read = case.base.read(POSTMORTEM)
    assert isinstance(read, Postmortem)
    named = {**read.actions[1].data, "done_when": "src/old.py is away", "status": "done"}

    def lack(layer: str) -> str | None:
        new = Action({**named, "layer": layer, "proof": [{"commit": removal}]})
        closing = Closing(read, read, Action({**named, "status": "open"}), new)
        return said(case.proofs.lacking(closing, case.proofs.on_base))

    assert lack("remove") is None
    assert lack("code-fix") == (
        f"{MISSING}: what the commit 000000000000 changed is no longer there"
    )


def test_a_commit_that_was_taken_back_proves_nothing() -> None:
    world = MemoryWorld()
    world.write(ALERT, TEXT)
    world.write("deploy/x.yaml", "x: 1\n")
    landed = world.commit()
    taken = (
        "closed-without-proof: what the commit 000000000000 changed is again as it was before it"
    )

    def lack(**data: Any) -> str | None:
        case = Case(world.change())
        read = case.base.read(POSTMORTEM)
        assert isinstance(read, Postmortem)
        old = Action({**read.actions[1].data, **data, "layer": "remove"})
        new = Action({**old.data, "status": "done", "proof": [{"commit": landed}]})
        closing = Closing(read, read, old, new)
        return said(case.proofs.lacking(closing, case.proofs.in_result))

    unplaced = {"done_when": "nobody is refunded twice", "title": "Stop it"}
    assert (lack(), lack(**unplaced)) == (None, None)
    world.delete(ALERT)  # what is at the place of the action, and not all that the commit changed
    assert (lack(), lack(**unplaced)) == (taken, None)
    world.delete("deploy/x.yaml")
    assert (lack(), lack(**unplaced)) == (taken, taken)


# a record for a place


@pytest.mark.parametrize(
    ("done_when", "proof", "lack"),
    [
        (f"{ELSEWHERE} is green", {"uri": ELSEWHERE}, None),
        (
            "https://other.example/1 is green",
            {"uri": ELSEWHERE},
            "proof-elsewhere: the record is not https://other.example/1",
        ),
        (
            "deploy/alerts/x.yaml pages",
            {"uri": ELSEWHERE},
            "proof-elsewhere: a record elsewhere does not change deploy/alerts/x.yaml",
        ),
        ("terraform/x.yaml pages", {"uri": ELSEWHERE}, None),  # no folder of this repository
        ("the alert refund-rescues pages", {"uri": ELSEWHERE}, None),
    ],
)
def test_a_record_for_a_place(done_when: str, proof: Mapping[str, Any], lack: str | None) -> None:
    made = Made({**proof, "sha256": DIGEST}, LANDED)
    old = Action({**made.old.data, "done_when": done_when})
    new = Action({**made.new.data, "done_when": done_when})
    proofs = made.case.proofs
    assert said(proofs.lacking(made.closing(old, new), proofs.in_result)) == lack


def test_a_record_that_the_base_has_counts_there() -> None:
    proof = {"uri": ELSEWHERE, "sha256": DIGEST}
    made = Made(proof)
    old = Action({**made.old.data, "proof": [proof]})
    proofs = made.case.proofs
    assert proofs.lacking(made.closing(old, made.new), proofs.on_base) is None
    other = Action({**made.old.data, "proof": [{**proof, "sha256": "e" * 64}]})
    assert said(proofs.lacking(made.closing(other, made.new), proofs.on_base)) == (
        "proof-not-on-base: the record was not on the base before"
    )


# a condition


def test_a_condition_may_be_shown_by_evidence() -> None:
    made = Made(None, {PROOF: "14 days without a rescue\n"})
    proofs = made.case.proofs
    old = Condition({"id": "R1", "text": "14 days", "met": False})

    def lack(proof: Mapping[str, Any], after: Postmortem | None = None) -> str | None:
        new = Condition({**old.data, "met": True, "proof": [proof]})
        return said(proofs.lacking(made.closing(old, new), proofs.on_base))

    assert lack({"path": PROOF}) is None
    assert lack({"path": "evidence/none.md"}) == (
        "unproven-condition: the proof evidence/none.md is not a file"
    )
    outcome = "evidence/PM-2026-001/outcome.md"
    assert lack({"path": outcome}) == (
        f"proof-too-old: {outcome} is as it was when the condition came to the base"
    )
    assert lack({"commit": HERE}) is None


# the closing itself


def test_what_a_closing_is_of() -> None:
    made = Made({"path": ALERT})
    closing = made.closing(made.old, made.new)
    assert (closing.kind, closing.missing_code) == ("action", MISSING)
    assert closing.owners == ("@tom", "@tom")
    assert closing.was_open
    assert not closing._replace(before=None).was_open
    assert not closing._replace(before=made.new).was_open
    met = Condition({"id": "R1", "met": True})
    of_condition = made.closing(met, met)
    assert (of_condition.kind, of_condition.missing_code) == ("condition", "unproven-condition")
    assert of_condition.owners == ()
    assert not of_condition.was_open
    assert made.closing(Condition({"id": "R1"}), met).was_open
    assert of_condition.places(lambda path: True) == ()


def test_the_place_of_a_closing_is_that_of_the_base() -> None:
    def places(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[str, ...]:
        made = Made(None)
        old = None if before is None else Action(before)
        return made.closing(old, Action(after)).places(lambda path: False)

    assert places({"done_when": "src/a.py works"}, {"done_when": "src/b.py works"}) == ("src/a.py",)
    assert places(None, {"done_when": "src/b.py works"}) == ("src/b.py",)
    assert places({"done_when": "it works", "title": "src/a.py"}, {}) == ("src/a.py",)
    assert places({"done_when": "src/a.py works", "title": "src/b.py"}, {}) == ("src/a.py",)
    assert places({"done_when": "src/a.py works", "place": " deploy/x "}, {}) == (
        "src/a.py",
        "deploy/x",
    )
    assert places({"done_when": "it works", "place": " "}, {}) == ()
    assert places({"done_when": "it works", "place": 7}, {}) == ()


def test_unchanged_but_for_the_case_of_a_handle() -> None:
    one = Action({"owner": "@Tom", "status": "done", "verified_by": "@eva"})
    other = Action({"owner": "@tom", "status": "done", "verified_by": "@maria"})
    assert is_unchanged(one, other, "owner", "status")
    assert not is_unchanged(one, other, "owner", "verified_by")
    assert not is_unchanged(one, Action({"owner": None}), "owner")
    assert is_unchanged(one, other)


def test_a_proof_follows_its_file() -> None:
    world = MemoryWorld()
    world.write(ALERT, TEXT)
    world.write("deploy/second.yaml", "x: 2\n")
    world.commit()
    world.move(ALERT, "alerts/rescues.yaml")
    case = Case(world.change())
    base, merged = case.base, case.merged

    def follows(old: Mapping[str, Any], new: Mapping[str, Any], kind: Any = Action) -> bool:
        return follows_its_file(kind(old), kind(new), base, merged)

    before = {
        "status": "done",
        "met": True,
        "owner": "@tom",
        "proof": [{"path": ALERT, "blob": "1"}],
    }
    moved = {**before, "proof": [{"path": "alerts/rescues.yaml", "blob": "1"}]}
    assert follows(before, moved)
    assert follows(before, before)
    assert follows(before, moved, Condition)
    assert not follows({**before, "status": "open"}, {**moved, "status": "open"})
    assert not follows({**before, "met": False}, moved, Condition)
    assert not follows(before, {**moved, "owner": "@eva"})
    assert not follows(before, {**moved, "proof": [{"path": "deploy/second.yaml", "blob": "1"}]})
    assert not follows(before, {**moved, "proof": [{"path": "alerts/rescues.yaml"}]})
    assert not follows(before, {**moved, "proof": []})
    commit = {**before, "proof": [{"commit": FULL}]}
    assert not follows(commit, {**commit, "proof": [{"commit": OLD}]})
    gone = {**before, "proof": [{"path": "deploy/none.yaml"}]}
    assert not follows(gone, {**gone, "proof": [{"path": "deploy/nowhere.yaml"}]})


# what git says


def test_the_commit_that_brought_a_part() -> None:
    world = MemoryWorld()
    text = world.read(POSTMORTEM)
    world.write("README.md", "x\n")
    world.commit()
    added = '  - {id: A3, title: x, layer: alert, owner: "@tom", status: open}\nrestart:\n'
    world.write(POSTMORTEM, text.replace("restart:\n", added))
    third = world.commit()
    world.write(POSTMORTEM, world.read(POSTMORTEM).replace("status: open}", "status: done}"))
    world.commit()
    history = BaseHistory(world.objects, world.target)  # type: ignore[arg-type]
    read = Case(world.change()).base.read(POSTMORTEM)
    assert isinstance(read, Postmortem)
    assert [history.arrival(read, action) for action in read.actions] == [OLD, OLD, third]
    assert history.arrival(read, read.restart.conditions[0]) == OLD
    a1, a2, a3 = read.actions
    assert history.is_closed_at(OLD, read, a1)
    assert not history.is_closed_at(world.target, read, a2)
    assert not history.is_closed_at(third, read, a3)
    assert history.is_closed_at(world.target, read, a3)
    assert history.is_closed_at(OLD, read, a3) is False  # it was not there yet
    assert not history.is_closed_at(OLD, read, read.restart.conditions[0])
    assert [tree.revision for tree in history.trees_around(read)] == [OLD]
    assert history.is_on_line(OLD)
    assert history.is_on_line(world.target)
    assert not history.is_on_line(FULL)


def test_without_a_history_nobody_knows_when_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    world = MemoryWorld()
    read = Case(world.change()).base.read(POSTMORTEM)
    assert isinstance(read, Postmortem)
    history = BaseHistory(world.objects, world.target)  # type: ignore[arg-type]
    monkeypatch.setattr(world.objects, "first_parents", lambda commit, folder="": [])
    assert history.arrival(read, read.actions[0]) is None
    assert history.trees_around(read) == []


def test_a_postmortem_that_moved_came_where_it_was() -> None:
    world = MemoryWorld()
    world.write("postmortems/PM-2026-001-broken.md", "PM-2026-001\n")
    world.write(
        "postmortems/PM-2026-001.md",
        world.read(POSTMORTEM).replace("id: PM-2026-001", "id: PM-2026-002"),
    )
    world.commit()
    world.move(POSTMORTEM, "postmortems/PM-2026-001-moved.md")
    world.commit()
    read = Case(world.change()).base.read("postmortems/PM-2026-001-moved.md")
    assert isinstance(read, Postmortem)
    history = BaseHistory(world.objects, world.target)  # type: ignore[arg-type]
    assert history.arrival(read, read.actions[0]) == OLD
    assert history.is_closed_at(OLD, read, read.actions[0])


def test_what_a_commit_changed_beside_postmortems() -> None:
    world = MemoryWorld()
    world.write(ALERT, TEXT)
    world.write("docs/x.txt", "see refund-rescues\n")
    world.write("docs/y.txt", "y\n")
    world.edit(POSTMORTEM, ("title: Refund", "title: The refund"))
    commit = world.commit()
    history, side = BaseHistory(world.objects, commit), Case(world.change()).base  # type: ignore[arg-type]
    assert set(history.touched(commit)) == {ALERT, "docs/x.txt", "docs/y.txt", POSTMORTEM}
    assert history.touched_outside(commit, side) == [ALERT, "docs/x.txt", "docs/y.txt"]
    assert history.touched_at(("refund-rescues",), commit, side) == [ALERT, "docs/x.txt"]
    assert history.touched_at(("docs",), commit, side) == ["docs/x.txt", "docs/y.txt"]
    world.delete("docs/x.txt")
    removal = world.commit()
    later = BaseHistory(world.objects, removal)  # type: ignore[arg-type]
    # what was in it before it was removed counts
    assert later.touched_at(("refund-rescues",), removal, side) == ["docs/x.txt"]
    assert later.is_reachable(commit, (removal,))
    assert not later.is_reachable(removal, (commit,))
    assert later.is_reachable(removal, (commit, removal))
    assert not later.is_reachable(commit, ())


def test_what_cannot_be_read_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = MemoryWorld()
    world.write("docs/x.txt", "see refund-rescues\n")
    commit = world.commit()
    side = Case(world.change()).base
    history = BaseHistory(world.objects, commit)  # type: ignore[arg-type]
    assert history.touched_at(("refund-rescues",), commit, side) == ["docs/x.txt"]

    def submodule(name: str, limit: int = 0) -> bytes:
        raise Malformed("not a file")

    monkeypatch.setattr(world.objects, "blob", submodule)
    assert history.touched_at(("refund-rescues",), commit, side) == []
    assert history.touched_at(("XX",), commit, side) == []
    assert history.touched_at(("x.txt",), commit, side) == ["docs/x.txt"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (OLD, OLD),
        (f" {OLD.upper()}\n", OLD),
        (OLD[:39], None),  # the world in memory knows full ids alone
        ("0" * 6, None),
        ("main", None),
        ("", None),
        (f"{OLD}~1", None),
        ("f" * 65, None),
        ("f" * 40, None),
    ],
)
def test_a_commit_is_found_by_its_id_alone(name: str, found: str | None) -> None:
    world = MemoryWorld()
    assert BaseHistory(world.objects, world.target).find(name) == found  # type: ignore[arg-type]


# what a fix rests on


LINES = "".join(f"line {number} of refund-rescues\n" for number in range(10))
FIRST = {ALERT: "old: 1\n"}


class Fixed:
    """A fix of A2 in a file, and what a change makes of it."""

    def __init__(
        self, now: str | None, proof: Mapping[str, Any] | None = None, fix: str = LINES
    ) -> None:
        world = MemoryWorld()
        world.write(ALERT, "old: 1\n")
        world.commit()
        world.edit(POSTMORTEM, ("  - id: A2", "  - id: A9"))  # the action comes with the old file
        world.commit()
        world.write(ALERT, fix)
        self.fix = world.commit()
        self.blob = Case(world.change()).base.identity(ALERT)
        if now is None:
            world.delete(ALERT)
        else:
            world.write(ALERT, now)
        world.write(TEST, "def test_limit() -> None: ...\n# more\n")
        self.case = Case(world.change())
        found = self.case.base.read(POSTMORTEM)
        assert isinstance(found, Postmortem)
        self.read = found
        self.proof = {"commit": self.fix} if proof is None else proof

    def part(self, layer: str = "alert") -> Action:
        own = {name: self.blob if text == "$blob" else text for name, text in self.proof.items()}
        return Action({"id": "A9", "layer": layer, "status": "done", "proof": [own]})

    def undone(self, layer: str = "alert") -> str | None:
        places = ("refund-rescues", "deploy/none.yaml")
        part = self.part(layer)
        return said(self.case.fixes.undone(self.read, part, ALERT, places, self.case.merged))

    def replaced(self, layer: str = "alert") -> str | None:
        part = self.part(layer)
        return said(self.case.fixes.replaced(part, ("refund-rescues",), self.case.merged))

    def silenced(self) -> str | None:
        part = self.part()
        return said(self.case.fixes.silenced(part, ("refund-rescues",), self.case.merged))


HALF = "".join(LINES.splitlines(keepends=True)[:5])
LESS = "".join(LINES.splitlines(keepends=True)[:4])
NAMELESS = LINES.replace("refund-rescues", "x")
PARTS = "".join(f"line {number} of refund-rescues\n" for number in range(6)) + "x\n" * 9


@pytest.mark.parametrize(
    ("now", "undone", "replaced", "silenced"),
    [
        (LINES, None, None, None),
        (f"\n  {LINES}\nmore\n", None, None, None),
        (HALF, None, None, None),
        (PARTS, None, None, None),
        (LESS, "keeps 4 of 10 lines", f"{ALERT} keeps 4 of 10 lines", None),
        (" \n", "was emptied", f"{ALERT} was emptied", f"{ALERT} no longer names refund-rescues"),
        (None, "was removed", f"{ALERT} was removed", None),
        (
            "old: 1\n",
            "is again what it was before the fix",
            f"{ALERT} keeps 0 of 10 lines",
            f"{ALERT} no longer names refund-rescues",
        ),
        (
            NAMELESS,
            "keeps 0 of 10 lines",
            f"{ALERT} keeps 0 of 10 lines",
            f"{ALERT} no longer names refund-rescues",
        ),
    ],
)
@pytest.mark.parametrize("proof", [None, {"path": ALERT}, {"path": ALERT, "blob": "$blob"}])
def test_what_becomes_of_a_fix(
    now: str | None,
    undone: str | None,
    replaced: str | None,
    silenced: str | None,
    proof: Mapping[str, Any] | None,
) -> None:
    made = Fixed(now, proof)
    assert (made.undone(), made.replaced(), made.silenced()) == (undone, replaced, silenced)


def test_a_path_is_no_name_that_a_file_has_to_keep() -> None:
    assert Fixed(LINES, fix=f"# beside deploy/none.yaml\n{LINES}").undone() is None


def test_a_fix_that_takes_away_may_be_away() -> None:
    for layer in ("remove", "substitute"):
        assert Fixed(None).undone(layer) is None
        assert Fixed(None).replaced(layer) is None
        assert Fixed(LESS).undone(layer) == "keeps 4 of 10 lines"


def test_a_fix_is_measured_against_what_was_verified() -> None:
    """Two changes that each keep half of it would else take it apart."""
    world = MemoryWorld()
    world.write(ALERT, LINES)
    world.commit()
    blob = Case(world.change()).base.identity(ALERT)
    world.write(ALERT, HALF)
    world.commit()
    world.write(ALERT, "".join(HALF.splitlines(keepends=True)[:3]))
    case = Case(world.change())
    read = case.base.read(POSTMORTEM)
    assert isinstance(read, Postmortem)

    def undone(**proof: str) -> str | None:
        part = Action({"id": "A2", "proof": [proof]})
        return said(case.fixes.undone(read, part, ALERT, (), case.merged))

    assert undone(path=ALERT) is None
    assert undone(path=ALERT, blob=f" {blob.upper()} ") == "keeps 3 of 10 lines"
    assert undone(commit=HERE, blob=blob) == "keeps 3 of 10 lines"
    assert undone(commit=OLD, blob=blob) is None  # it is not that commit's file
    assert undone(commit="", blob=blob) is None
    assert undone(path=TEST, blob=blob) is None
    assert undone(path=ALERT, blob="f" * 40) is None  # git has no such id
    assert undone(path=ALERT, blob=blob[:39]) is None
    part = Action({"id": "A2", "proof": [{"path": "deploy/none.yaml"}]})
    assert case.fixes.undone(read, part, "deploy/none.yaml", (), case.merged) is None


def test_which_files_show_a_fix() -> None:
    made = Fixed(LINES)

    def files(places: tuple[str, ...], **proof: str) -> list[str]:
        return made.case.fixes.files(Proof(proof), places)

    assert files((), path=f"./{ALERT}") == [ALERT]
    assert files((), path="../x") == []
    assert files((), commit=made.fix) == [ALERT]
    assert files(("refund-rescues",), commit=made.fix) == [ALERT]
    assert files(("other",), commit=made.fix) == []
    assert files((), commit=made.fix, repository="github.com/acme/x") == []
    assert files((), commit=FULL) == []
    assert files(()) == []


def test_what_a_file_was_before_its_fix() -> None:
    made = Fixed("old: 1\n")
    now = made.case.merged.identity(ALERT)
    fixes, read = made.case.fixes, made.read

    def again(name: str = now, **proof: str) -> bool:
        return fixes.is_as_before(read, Action({"id": "A9", "proof": [proof]}), ALERT, name)

    assert again(commit=made.fix)
    assert again(path=ALERT, blob=made.blob)
    assert again(path=ALERT)  # as it was when the action came
    assert not again("", path=ALERT)
    assert not again(made.blob, path=ALERT)
    assert not again(commit=FULL)
    assert not again(commit=OLD)
    assert not again(path=TEST)
    assert not again(path="../x")
    assert not again()
    came = Action({"id": "A1", "proof": [{"path": ALERT}]})
    assert not fixes.is_as_before(read, came, ALERT, now)  # it arrived closed: that was the fix
