"""The judgement over whole changes: what is given to which route, who agrees to it, and what was compared."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pmlint.check.verdict import RouteVerdict
from pmlint.gate.approvals import Approval
from pmlint.gate.judge import Change, holds_now, judge
from pmlint.gate.signing import sign, statement
from pmlint.git import GitTree
from pmlint.parsing.tree import WorkTree
from pmlint.project.holds import Hold
from tests.gate.catalogue import (
    AGENTS,
    CHANGE,
    FILTER,
    MAPPED,
    SIGNED,
    UP,
    both,
    clone,
    file,
    gone,
    moved,
    p,
    r,
)
from tests.gate.memory import ALLOWED, STARTED, MemoryWorld, lines, told
from tests.gate.world import POSTMORTEM, ROUTE, TODAY

FORGE = '[gate]\napprovals = "forge"\n'
LACK = "nobody on the target's roster beside the author and the owner approved this head"
GOOD = (Approval("maria", "APPROVED", ""),)


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_what_was_compared(world: MemoryWorld) -> None:
    world.restart()
    change = world.change()
    verdict = judge(change)
    rules = verdict.judged["rules"]
    assert dict(verdict.judged) == {
        "target": f"{1:040x}",
        "head": f"{2:040x}",
        "merge tree": f"{2:040x}",
        "policy tree": f"{1:040x}",
        "routes": "1",
        "postmortems": "1",
        "rules": rules,
    }
    assert int(rules) > 40
    assert verdict.routes[0]._replace(held_by=()) == RouteVerdict("refund-triage", "refused", ("restart: down → up",), (), ROUTE)


def on_disk(world: MemoryWorld, folder: Path) -> Change:
    """What has been edited, as it lies in a folder and in no commit."""
    for path, data in world.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return world.change()._replace(head="", result=WorkTree(str(folder)))


def test_a_work_tree(world: MemoryWorld, tmp_path: Path) -> None:
    world.restart()
    world.delete("evidence/PM-2026-001/tool_log.md")
    (tmp_path / "evidence/PM-2026-001/tool_log.md").mkdir(parents=True)
    verdict = judge(on_disk(world, tmp_path))
    assert told(verdict)[:3] == [
        "refused",
        "no-longer-passes: postmortems/PM-2026-001-refunds.md:29: evidence-digest: "
        "'evidence/PM-2026-001/tool_log.md' is not a regular file but a folder",
        f"refused {STARTED}",
    ]
    assert (verdict.judged["head"], verdict.judged["merge tree"]) == ("what is not committed yet", "the work tree")


def test_a_work_tree_in_which_nothing_changed(world: MemoryWorld, tmp_path: Path) -> None:
    assert told(judge(on_disk(world, tmp_path))) == ALLOWED


def test_what_would_hold_a_route(world: MemoryWorld) -> None:
    change = world.change()
    held = holds_now(change._replace(result=change.repository.tree(change.target)), "refund-triage")
    assert [(hold.kind, hold.subject) for hold in held] == [("action", "A2"), ("condition", "R1"), ("sign-off", "")]
    assert isinstance(held[0], Hold)


# evidence


def test_evidence_that_changes_beside_its_postmortem(world: MemoryWorld) -> None:
    found = lines(world, file("evidence/PM-2026-001/tool_log.md", "other\n"))
    assert found[1].startswith("no-longer-passes: postmortems/PM-2026-001-refunds.md:29: evidence-digest: ")
    assert len(found) == 2


def test_evidence_of_what_holds_nothing(ready: MemoryWorld) -> None:
    assert lines(ready, gone("evidence/PM-2026-001/tool_log.md")) == ALLOWED


def test_a_file_that_a_postmortem_only_mentions(world: MemoryWorld) -> None:
    world.edit(POSTMORTEM, ("## Timeline", "## Timeline\nSee notes.md."))
    world.write("notes.md", "x")
    world.write("postmortems/PM-2026-003-broken.md", "notes.md")
    world.commit()
    assert lines(world, gone("notes.md")) == ALLOWED


def test_what_breaks_together_with_its_evidence_is_said_once(world: MemoryWorld) -> None:
    both(gone("evidence/PM-2026-001/tool_log.md"), p(("title: Refund route", "title: The refund route")))(world)
    assert len(lines(world)) == 2


def test_an_error_that_was_there_before_is_not_new(world: MemoryWorld) -> None:
    world.edit(POSTMORTEM, ("summary: The refund", "summary: TODO The refund"))
    world.commit()
    assert lines(world, p(("title: Refund route", "title: The refund route"))) == ALLOWED
    assert lines(world, p(("trigger: repeated-rescue\n", "")))[1:] == [
        "no-longer-passes: postmortems/PM-2026-001-refunds.md:2: schema: 'postmortem' has no 'trigger'"
    ]


# policies about changes


def test_a_policy_about_changes_that_only_warns(world: MemoryWorld) -> None:
    world.write("policies/no-silent-title.yaml", CHANGE.replace("level: error", "level: warning"))
    world.commit()
    assert lines(world, p(("title: Refund route", "title: The refund route"))) == ALLOWED


def test_a_policy_about_new_postmortems(ready: MemoryWorld) -> None:
    text = CHANGE.replace("base != null && head != null", "base == null").replace("base.title == head.title", "head.status == 'draft'")
    text = text.replace("{fails: 0}", "{fails: 0, set: {status: draft}}").replace(", base: {title: Old one}", "")
    ready.write("policies/no-silent-title.yaml", text)
    ready.commit()
    new = ready.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002").replace("evidence/PM-2026-002", "evidence/PM-2026-001")
    assert lines(ready, file("postmortems/PM-2026-002-second.md", new)) == [
        "refused",
        "no-silent-title: PM-2026-002: the title changes to Refund route paid 23 refunds above its limit",
    ]


# names


@pytest.mark.parametrize("folder", ["postmortems", "routes", "policies"])
def test_names_that_differ_by_case(folder: str) -> None:
    world = MemoryWorld()
    world.write(f"{folder}/README.md", "a")
    world.write(f"{folder}/Readme.md", "---\nid: PM-2026-009\n---\n")
    world.write("notes/a.md", "a")
    world.write("notes/A.md", "a")
    if folder != "postmortems":
        world.delete(f"{folder}/Readme.md")
        world.write(f"{folder}/sub/README.md", "a")
        world.write(f"{folder}/SUB/README.md", "a")
        one, other = f"{folder}/SUB/README.md", f"{folder}/sub/README.md"
    else:
        one, other = f"{folder}/README.md", f"{folder}/Readme.md"
    assert f"look-alike-name: {one} and {other} are one file where case does not count" in lines(world)


# routes


def test_a_free_route_gains_a_tool_of_a_held_one(world: MemoryWorld) -> None:
    clone("notes", tools="[notes.write]")(world)
    world.commit()
    world.edit("routes/notes.yaml", ("[notes.write]", "[notes.write, refunds.create]"))
    assert lines(world)[1] == ("refused notes in routes/notes.yaml: tools.write: + refunds.create, takes refunds.create of refund-triage")


def test_a_new_route_with_the_tool_of_a_held_one(world: MemoryWorld) -> None:
    cloned = "route-cloned: 'notes' takes over the tools of the held 'refund-triage'; link it to PM-2026-001"
    assert lines(world, clone("notes", "paused")) == ["refused", cloned]
    assert lines(world, clone("notes", "paused", tools='["refunds.*"]')) == ["refused", cloned]
    assert lines(world, clone("notes", "paused", tools="[notes.write]")) == ALLOWED
    running = lines(world, clone("notes"))
    assert running[1] == cloned
    assert running[2] == (
        "refused notes in routes/notes.yaml: restart: absent → up, state: retired → running, autonomy: observe → act, "
        "tools.write: + refunds.create, takes refunds.create of refund-triage"
    )


def test_a_new_route_with_the_tool_of_a_free_one(ready: MemoryWorld) -> None:
    assert lines(ready, clone("notes", "paused")) == ALLOWED
    assert lines(ready, clone("notes"))[0] == "refused"  # it lacks the sign-off


def test_a_route_in_two_places(ready: MemoryWorld) -> None:
    ready.write("routes/z.yaml", ready.read(ROUTE))
    ready.commit()
    assert lines(ready, p(SIGNED), lambda world: world.edit("routes/z.yaml", UP)) == [
        "allowed",
        "allowed refund-triage in routes/z.yaml: restart: down → up",
    ]


def test_a_link_that_one_place_keeps(world: MemoryWorld) -> None:
    world.write("routes/z.yaml", world.read(ROUTE))
    world.edit(POSTMORTEM, ("routes: [refund-triage]", "routes: []"))
    world.commit()
    assert lines(world, r(("[PM-2026-001]", "[]"))) == ALLOWED
    assert lines(world, lambda world: world.edit("routes/z.yaml", ("[PM-2026-001]", "[]"))) == [
        "refused",
        "link-removed: 'refund-triage' no longer names PM-2026-001, which holds it",
    ]


def test_links_of_what_holds_nothing(ready: MemoryWorld) -> None:
    assert lines(ready, p(("routes: [refund-triage]", "routes: []")), r(("[PM-2026-001]", "[]"))) == ALLOWED


def test_links_to_nothing(world: MemoryWorld) -> None:
    world.edit(ROUTE, ("[PM-2026-001]", "[PM-2026-001, PM-2026-404]"))
    world.commit()
    assert lines(world, r((", PM-2026-404]", "]"))) == ALLOWED
    world.commit()
    world.edit(ROUTE, ("[PM-2026-001]", "[PM-2026-001, PM-2026-404]"))
    assert "  PM-2026-404 | review |  |  | None | it is not on the target yet | have the review merged first, and accepted" in lines(
        world, r(UP)
    )


def test_a_held_route_that_moves_to_another_platform(world: MemoryWorld) -> None:
    both(file("pmlint.toml", MAPPED), file("deploy/agents.yaml", AGENTS.replace("payout", "refund-triage")), gone(ROUTE))(world)
    assert "route-removed: 'refund-triage' is held, and its place is gone in the result; set its state to retired instead" in lines(world)
    assert lines(MemoryWorld(), moved(ROUTE, "routes/deep/er/refund-triage.yaml")) == ALLOWED


# sign-offs and approvals


def test_a_route_without_conditions_needs_no_sign_off(ready: MemoryWorld) -> None:
    start, end = ready.read(POSTMORTEM).index("restart:\n"), ready.read(POSTMORTEM).index("---\n## Business")
    ready.write(POSTMORTEM, ready.read(POSTMORTEM)[:start] + ready.read(POSTMORTEM)[end:])
    ready.commit()
    assert lines(ready, r(UP)) == ["allowed", f"allowed {STARTED}"]


@pytest.mark.parametrize(
    ("by", "lack"),
    [
        (" ", "the restart is not signed off"),
        ("@tom", "it is signed off by @tom, not by the owner of record @maria"),
        ("@Maria", ""),
    ],
)
def test_who_signs_off(ready: MemoryWorld, by: str, lack: str) -> None:
    ready.sign(by)
    told_lines = lines(ready, r(UP, ('owner: "@maria"', 'owner: "@tom"')))
    expected = f"  PM-2026-001 | sign-off |  |  | None | {lack} | have the owner of the route sign it off: pmlint signoff"
    assert (expected in told_lines) == bool(lack)


def test_a_new_route_is_signed_off_by_its_own_owner(ready: MemoryWorld) -> None:
    ready.sign("@tom")
    clone("notes", link="[PM-2026-001]")(ready)
    assert "it is signed off by @tom, not by the owner of record @maria" in "\n".join(lines(ready))
    clone("notes", link="[PM-2026-001]")(ready)
    ready.edit("routes/notes.yaml", ('owner: "@maria"', 'owner: ""'))
    assert "it is signed off by @tom, not by the owner of record nobody" in "\n".join(lines(ready))
    ready.edit("routes/notes.yaml", ('owner: ""', 'owner: "@tom"'))
    assert lines(ready)[0] == "allowed"


def test_a_sign_off_where_names_are_not_enough(ready: MemoryWorld) -> None:
    ready.write("pmlint.toml", FORGE)
    ready.commit()
    both(p(SIGNED), r(UP))(ready)
    lack = "  PM-2026-001 | sign-off |  |  | None | @maria neither made this change nor approved this head | "
    assert lines(ready, author="tom")[-1] == lack + "have the owner of the route sign it off: pmlint signoff"
    assert lines(ready, author="tom", approvals=GOOD) == ["allowed", f"allowed {STARTED}"]
    assert lines(ready, author="maria") == ["allowed", f"allowed {STARTED}"]


def test_an_approval_of_what_a_queue_merged(world: MemoryWorld) -> None:
    world.write("pmlint.toml", FORGE)
    world.commit()
    world.write("people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n')
    old = (Approval("maria", "APPROVED", "f" * 40),)
    assert lines(world, author="tom") == ["refused", f"approval-missing: people.yaml is what the gate judges by: {LACK}"]
    assert lines(world, author="tom", approvals=old) == [
        "refused",
        f"approval-missing: people.yaml is what the gate judges by: {LACK}; maria approved an older commit",
    ]
    world.objects.queued[world.target, f"{len(world.objects.commits) + 1:040x}"] = "f" * 40
    assert lines(world, author="tom", approvals=old) == ALLOWED


def test_an_approved_weakening_is_not_approved_with_a_restart(ready: MemoryWorld) -> None:
    ready.write("pmlint.toml", FORGE)
    ready.commit()
    both(p(SIGNED), r(UP), file("pmlint.toml", ""))(ready)
    assert lines(ready, author="tom", approvals=GOOD)[1:] == [
        "configuration-weakened: approvals need only be written down",
        f"allowed {STARTED}",
    ]


def test_where_nothing_is_open_much_may_be_weakened(ready: MemoryWorld) -> None:
    ready.write("policies/named-route.yaml", FILTER)
    ready.commit()
    assert lines(ready, gone("policies/named-route.yaml")) == ALLOWED
    ready.edit(ROUTE, UP)
    assert lines(ready, p(SIGNED))[:2] == ["refused", "policy-weakened: 'named-route' is gone or off"]


def test_a_route_that_asks_for_a_signature(ready: MemoryWorld, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text().strip()
    ready.edit("people.yaml", ("name: Maria", f'name: Maria, allowed_signer: "{public}"'))
    ready.write("pmlint.toml", '[gate]\nsigned_routes = ["refund-triage"]\n')
    ready.commit()

    def lack() -> str:
        return lines(ready)[-1].removeprefix("  PM-2026-001 | sign-off |  |  | None | ").partition(" | ")[0]

    ready.edit(ROUTE, UP)
    assert lack() == "there is no signoffs/refund-triage.json"
    signature = sign(statement("refund-triage", ["PM-2026-001"], ready.files[ROUTE], TODAY), str(key))
    data = {"expires": TODAY.isoformat(), "postmortems": ["PM-2026-001"], "by": "@maria", "signature": signature}
    ready.write("signoffs/refund-triage.json", json.dumps(data))
    assert lines(ready) == ["allowed", f"allowed {STARTED}"]
    ready.edit(ROUTE, ('owner: "@maria"', 'owner: "@tom"'))
    assert lack() == "the signature is not by @maria over this route, these postmortems and this file"
    ready.files["signoffs/refund-triage.json"] = b"\xff"
    assert lack() == "signoffs/refund-triage.json is no sign-off"


def test_the_result_of_a_change_is_a_tree_of_git(world: MemoryWorld) -> None:
    assert isinstance(world.change().result, GitTree)
