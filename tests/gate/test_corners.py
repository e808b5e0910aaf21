"""Corners of the judgement, each shown by a mutant that once lived in it."""

from __future__ import annotations

import pytest

from pmlint.gate.approvals import Approval
from pmlint.gate.judge import judge
from tests.gate.catalogue import (
    DONE,
    FILTER,
    SECOND,
    SIGNED,
    UP,
    WAIVER,
    amended,
    clone,
    file,
    gone,
    p,
    r,
    vague,
)
from tests.gate.memory import ALLOWED, STARTED, MemoryWorld, lines, told
from tests.gate.world import ALERT, POSTMORTEM, ROUTE

TITLE = p(("title: Refund route", "title: The refund route"))
NOTES = "routes/notes.yaml"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def test_a_postmortem_may_name_a_route_that_is_nowhere(world: MemoryWorld) -> None:
    world.edit(POSTMORTEM, ("routes: [refund-triage]", "routes: [refund-triage, nowhere]"))
    world.commit()
    assert lines(world, TITLE) == ALLOWED
    assert lines(world, p((", nowhere]", "]"))) == [
        "refused",
        "link-removed: PM-2026-001 no longer names the route 'nowhere' while it holds",
    ]


def test_a_closed_review_that_still_holds_may_not_break(ready: MemoryWorld) -> None:
    ready.edit(POSTMORTEM, ("status: accepted", "status: closed"), ("met: true, proof: [{path: evidence/PM-2026-001/outcome.md}]", "met: false"))
    ready.commit()
    found = lines(ready, gone("evidence/PM-2026-001/tool_log.md"))
    assert [line.split(": ")[0] for line in found[1:]] == ["no-longer-passes"]


def test_a_waiver_on_the_target_counts(world: MemoryWorld) -> None:
    world.edit(POSTMORTEM, ("summary: The refund", "summary: TODO The refund"), ("restart:\n", WAIVER % ("@eva", "2026-11-30")))
    world.commit()
    assert lines(world, TITLE) == ALLOWED


def test_a_waiver_no_longer_counts_once_its_approver_owns_the_action(world: MemoryWorld) -> None:
    text = WAIVER.replace("rule: placeholder", "rule: action-done-when") % ("@eva", "2026-11-30")
    world.edit(POSTMORTEM, (DONE, DONE.replace("above 3 rescues in 10 minutes", "early")), ("restart:\n", text))
    world.commit()
    assert lines(world, TITLE) == ALLOWED
    moved = amended("owner", "@tom", "@eva", "@maria") + '    owner: "@eva"\n'
    assert [line.split(": ")[:3] for line in lines(world, p(('    owner: "@tom"\n', moved)))][1:] == [
        ["no-longer-passes", "postmortems/PM-2026-001-refunds.md:55", "action-done-when"],
    ]


def test_a_route_file_is_no_evidence(world: MemoryWorld) -> None:
    world.edit(POSTMORTEM, ("## Timeline", f"## Timeline\nSee {ROUTE} and {SECOND}."))
    world.write(
        SECOND, world.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002").replace("evidence/PM-2026-002", "evidence/PM-2026-001")
    )
    world.commit()
    found = lines(world, r(UP, ("id: refund-approval", "id: approval")))
    assert [line for line in found if not line.startswith("  ")] == ["refused", f"refused {STARTED}, control refund-approval is gone"]


def test_what_cannot_be_read_is_open_where_there_are_routes(world: MemoryWorld) -> None:
    world.write(POSTMORTEM, "prose\n")
    world.commit()
    assert lines(world, file("pmlint.toml", 'ignore = ["placeholder"]\n')) == [
        "refused",
        "configuration-weakened: 'placeholder' is ignored",
    ]


def test_a_policy_of_the_change_does_not_judge_it(world: MemoryWorld) -> None:
    strict = FILTER.replace("size(postmortem.routes) > 0", "size(postmortem.routes) > 5").replace("  - {fails: 0}\n", "")
    strict += "  - {fails: 0, set: {routes: [a, b, c, d, e, f]}}\n"
    assert lines(world, TITLE, file("policies/named-route.yaml", strict)) == ALLOWED


def test_a_place_of_a_route_is_compared_with_itself(ready: MemoryWorld) -> None:
    ready.write("routes/a.yaml", ready.read(ROUTE).replace("restart: false", "restart: true").replace("paused", "running"))
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == ["allowed", f"allowed {STARTED}"]


def test_a_tool_that_a_route_had_is_not_taken(world: MemoryWorld) -> None:
    clone("notes", "paused")(world)
    world.commit()
    assert lines(world, lambda world: world.edit(NOTES, UP)) == ["allowed", f"allowed notes in {NOTES}: restart: down → up"]


def test_a_held_route_that_takes_a_tool_is_held_by_its_own(world: MemoryWorld) -> None:
    clone("notes", tools="[notes.write]")(world)
    world.commit()
    found = lines(world, r(("[refunds.create]", "[refunds.create, notes.write]")))
    assert found[1] == f"refused {STARTED.split(':')[0]}: tools.write: + notes.write, takes notes.write of notes"
    assert found[2].startswith("  PM-2026-001 | action | A2 | @tom | 2026-10-30 | open | ")


def test_the_tools_of_every_place_of_a_route_count(world: MemoryWorld) -> None:
    world.write("routes/z.yaml", world.read(ROUTE).replace("[refunds.create]", "[refunds.cancel]"))
    world.commit()
    assert lines(world, clone("notes", "paused", tools="[refunds.cancel]")) == [
        "refused",
        "route-cloned: 'notes' takes over the tools of the held 'refund-triage'; link it to PM-2026-001",
    ]


def test_a_free_route_that_goes_hides_no_other(world: MemoryWorld) -> None:
    clone("a", tools="[notes.write]")(world)
    world.commit()
    assert lines(world, gone("routes/a.yaml"), gone(ROUTE)) == [
        "refused",
        "route-removed: 'refund-triage' is held, and its place is gone in the result; set its state to retired instead",
    ]


def test_a_clone_beside_two_postmortems(world: MemoryWorld) -> None:
    world.write(
        SECOND, world.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002").replace("evidence/PM-2026-002", "evidence/PM-2026-001")
    )
    world.commit()
    cloned = "route-cloned: 'notes' takes over the tools of the held 'refund-triage'; link it to "
    assert lines(world, clone("notes", "paused")) == ["refused", f"{cloned}PM-2026-001, PM-2026-002"]
    assert lines(world, clone("notes", "paused", link="[PM-2026-002]")) == ["refused", f"{cloned}PM-2026-001"]


def test_a_clone_beside_what_the_same_change_closes(world: MemoryWorld) -> None:
    world.land()
    world.close()
    world.meet()
    assert lines(world, clone("notes", "paused")) == [
        "refused",
        "route-cloned: 'notes' takes over the tools of the held 'refund-triage'; link it to PM-2026-001",
    ]


def test_a_file_that_cannot_be_read_is_known_by_its_name(ready: MemoryWorld) -> None:
    ready.write("postmortems/2026/x-y/PM-2026-009.md", "PM-2026-009: refund-triage\n")
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP))[2:] == [
        "  PM-2026-009 | review |  |  | None | it can't be read on the target | have the review merged first, and accepted"
    ]


def test_what_was_broken_before_is_counted_with_the_restart(world: MemoryWorld) -> None:
    vague(world)
    assert lines(world, p(SIGNED), r(UP))[-1] == (
        "  PM-2026-001 | review |  |  | None | it does not pass the check: 1 error | pmlint check postmortems/PM-2026-001-refunds.md"
    )


def test_a_file_may_be_named_otherwise_than_its_review(world: MemoryWorld) -> None:
    world.move(POSTMORTEM, "postmortems/refunds.md")
    world.commit()
    assert lines(world, lambda world: world.edit("postmortems/refunds.md", ("title: Refund route", "title: The refund route"))) == ALLOWED


def test_a_closing_by_a_commit_of_the_change_itself(world: MemoryWorld) -> None:
    world.write(ALERT, "a: 1\n")
    world.close(f'commit: "{len(world.objects.commits) + 1:040x}"')
    assert lines(world) == ALLOWED


def test_what_is_not_committed_has_no_commit_of_its_own(world: MemoryWorld) -> None:
    world.close('commit: "ffffffffff"')
    change = world.change(approvals=(Approval("maria", "APPROVED", ""),))
    assert told(judge(change._replace(head="")))[1] == "closed-without-proof: PM-2026-001 A2: the commit ffffffffff is not in the result"
    world.land()
    world.edit(POSTMORTEM, ("ffffffffff", world.objects.add({})))
    change = world.change()
    assert told(judge(change._replace(head="")))[1].endswith("is not in the result")
