"""The judgement over whole changes, where the catalogue has none of the kind: what is read, who is asked, what was compared."""

from __future__ import annotations

import pytest

from pmlint.git import Unjudged
from pmlint.project.settings import UsageError
from tests.gate.catalogue import DONE, SECOND, SIGNED, UP, file, gone, p, r
from tests.gate.memory import ALLOWED, STARTED, MemoryWorld, lines
from tests.gate.world import ALERT, POSTMORTEM, ROUTE

LAND = "land it in a change of its own, then record the proof and a verifier who is not its owner; then restart"
MEET = "meet it, and record that in a change of its own"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def second(world: MemoryWorld, *pairs: tuple[str, str]) -> None:
    """Another postmortem of the same kind."""
    world.write(
        SECOND, world.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002").replace("evidence/PM-2026-002", "evidence/PM-2026-001")
    )
    world.edit(SECOND, *pairs)


# what goes away


def test_what_holds_nothing_may_go(ready: MemoryWorld) -> None:
    assert lines(ready, gone(POSTMORTEM)) == ALLOWED
    assert lines(ready, r(UP)) == [
        "refused",
        f"refused {STARTED}",
        "  PM-2026-001 | review |  |  | None | it is gone, or can't be read, in the result | put it back as it is on the target",
    ]


def test_a_route_that_nothing_holds_may_go(ready: MemoryWorld) -> None:
    assert lines(ready, gone(ROUTE)) == ALLOWED


def test_nothing_is_left(world: MemoryWorld) -> None:
    for path in (POSTMORTEM, ROUTE):
        left = MemoryWorld()
        left.delete(path)
        left.commit()
        left.files.clear()
        with pytest.raises(Unjudged) as error:
            left.verdict()
        assert error.value.message == "nothing is left to judge: the result has neither postmortems nor routes"
        assert error.value.help == "put them back"
    world.files.clear()
    world.commit()
    assert lines(world) == ALLOWED


def test_only_routes_or_only_postmortems_are_left(ready: MemoryWorld) -> None:
    ready.delete(POSTMORTEM)
    assert lines(ready) == ALLOWED
    ready.commit()
    second(MemoryWorld())
    assert lines(ready) == ALLOWED


# what can't be read


def test_a_route_file_that_breaks_is_named(world: MemoryWorld) -> None:
    world.edit(ROUTE, ("tools: {", "tools: {{"))
    with pytest.raises(UsageError) as error:
        world.verdict()
    assert (error.value.file, error.value.span and error.value.span[:2]) == (ROUTE, (8, 1))
    assert error.value.message.startswith("this is not YAML: ")
    assert error.value.help == "check the indentation, the quotes and the brackets from here upwards"
    world.commit()
    assert lines(world, file("README.md", "x")) == ALLOWED


def test_a_route_file_of_the_wrong_shape_is_no_reason_to_stop(world: MemoryWorld) -> None:
    assert lines(world, r(("title: Refund triage", "titel: Refund triage"))) == ALLOWED


def test_a_problem_without_a_remedy_gets_one(world: MemoryWorld) -> None:
    world.write(POSTMORTEM, "x" * 300_000)
    with pytest.raises(UsageError, match="too large") as error:
        world.verdict()
    assert (error.value.file, error.value.help) == (POSTMORTEM, "the gate judges only what it can read")


# twins


def test_an_untouched_twin_is_seen(world: MemoryWorld) -> None:
    world.write("postmortems/z.md", world.read(POSTMORTEM))
    world.commit()
    assert lines(world, p(("title: Refund route", "title: The refund route"))) == [
        "refused",
        "duplicate-postmortem: PM-2026-001 stands in two files: postmortems/z.md and postmortems/PM-2026-001-refunds.md",
    ]


def test_a_file_that_only_speaks_of_a_postmortem_is_no_twin(world: MemoryWorld) -> None:
    second(world, ("## Timeline", "## Timeline\nAs in PM-2026-001."), ("routes: [refund-triage]", "routes: []"))
    world.write("postmortems/broken.md", "PM-2026-001\n")
    world.commit()
    assert lines(world, p(("title: Refund route", "title: The refund route"))) == ALLOWED


def test_of_two_with_one_id_the_open_one_counts(ready: MemoryWorld) -> None:
    ready.write("postmortems/a.md", MemoryWorld().read(POSTMORTEM))
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == [
        "refused",
        "duplicate-postmortem: PM-2026-001 stands in two files: postmortems/a.md and postmortems/PM-2026-001-refunds.md",
        f"refused {STARTED}",
        f"  PM-2026-001 | action | A2 | @tom | 2026-10-30 | open | {LAND}",
        f"  PM-2026-001 | condition | R1 |  | None | the restart condition is not met | {MEET}",
        "  PM-2026-001 | sign-off |  |  | None | the restart is not signed off | have the owner of the route sign it off: pmlint signoff",
        "  PM-2026-001 | review |  |  | None | it does not pass the check: 1 error | pmlint check postmortems/a.md",
    ]


# what may follow, what is new, what is gone


def test_an_action_that_goes_with_the_restart(world: MemoryWorld) -> None:
    world.meet()
    world.commit()
    world.edit(POSTMORTEM, ("  - id: A2", "  - id: A3"), SIGNED)
    assert lines(world, r(UP)) == [
        "refused",
        "action-removed: PM-2026-001 A2 is open on the target and gone in the result",
        "no-longer-passes: postmortems/PM-2026-001-refunds.md:57: early-signoff: the restart is signed, and A3 is open",
        f"refused {STARTED}",
        f"  PM-2026-001 | action | A2 | @tom | 2026-10-30 | it is gone in the result | {LAND}",
        f"  PM-2026-001 | action | A3 | @tom | 2026-10-30 | open | {LAND}",
    ]


def test_an_early_restart_that_a_stranger_approved(world: MemoryWorld) -> None:
    early = '    after_restart: {reason: "The cap holds.", approved_by: "%s"}\n'
    world.meet()
    world.edit(POSTMORTEM, (DONE, DONE + early % "@stranger"))
    world.commit()
    assert lines(world, p(SIGNED), r(UP))[-2] == f"  PM-2026-001 | action | A2 | @tom | 2026-10-30 | open | {LAND}"
    world.edit(POSTMORTEM, ("@stranger", "@eva"))
    world.commit()
    world.edit(ROUTE, ("restart: true", "restart: false"))
    world.commit()
    assert lines(world, r(UP)) == ["allowed", f"allowed {STARTED}"]


def test_a_closing_that_is_new_with_its_action(ready: MemoryWorld) -> None:
    text = (
        '  - {id: A3, title: Stop the route above 9 rescues, layer: kill-switch, findings: [F1], owner: "@eva", deadline: 2026-10-30, '
        'done_when: test_stop passes, status: done, proof: [{path: %s}], verified_by: "@tom"}\n'
    )
    ready.edit(POSTMORTEM, ("restart:\n", text % ALERT + "restart:\n"), SIGNED)
    assert lines(ready, r(UP)) == ["allowed", f"allowed {STARTED}"]
    ready.edit(
        POSTMORTEM,
        ("title: Stop the route", "title: Halt the route"),
        (f'{{path: {ALERT}}}], verified_by: "@tom"}}', '{path: none}], verified_by: "@tom"}'),
    )
    assert lines(ready) == [
        "refused",
        "closed-without-proof: PM-2026-001 A3: the proof none is no file in the result",
        f"refused {STARTED}",
        "  PM-2026-001 | action | A3 | @eva | 2026-10-30 | it is closed in this very change, but the proof none is no file on the target | "
        + LAND,
        "  PM-2026-001 | review |  |  | None | it does not pass the check: 1 error | pmlint check postmortems/PM-2026-001-refunds.md",
    ]


def test_two_phases(world: MemoryWorld) -> None:
    world.write("pmlint.toml", "[gate]\ntwo_phase = true\n")
    world.meet()
    world.land()
    world.close()
    assert lines(world, p(SIGNED), r(UP))[-1] == (
        f"  PM-2026-001 | action | A2 | @tom | 2026-10-30 | it is closed in this very change, and two_phase asks for two | {LAND}"
    )


def test_a_withdrawn_review_holds_until_it_is_unlinked(ready: MemoryWorld) -> None:
    ready.edit(POSTMORTEM, ("status: accepted", 'status: withdrawn\nwithdrawn: {reason: "Another route failed.", approved_by: "@eva"}'))
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == [
        "refused",
        f"refused {STARTED}",
        "  PM-2026-001 | review |  |  | None | its status on the target is 'withdrawn' | "
        "close its actions, then unlink it in a change of its own",
    ]


# links


def test_a_postmortem_that_only_mentions_a_route_does_not_hold_it(ready: MemoryWorld) -> None:
    second(
        ready, ("routes: [refund-triage]", "routes: [other]"), ("status: accepted", "status: draft"), ("## Timeline", "## refund-triage")
    )
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == ["allowed", f"allowed {STARTED}"]


def test_a_postmortem_that_links_only_from_its_side_holds(ready: MemoryWorld) -> None:
    second(ready, ("status: accepted", "status: draft"))
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == [
        "refused",
        f"refused {STARTED}",
        "  PM-2026-002 | review |  |  | None | its status on the target is 'draft' | have it accepted first",
        "  PM-2026-002 | sign-off |  |  | None | the restart is not signed off | have the owner of the route sign it off: pmlint signoff",
    ]


def test_one_that_cannot_be_read_on_the_target_holds_what_it_mentions(ready: MemoryWorld) -> None:
    ready.write("postmortems/PM-2026-009-x.md", "PM-2026-009: refund-triage\n")
    ready.commit()
    assert lines(ready, p(SIGNED), r(UP)) == [
        "refused",
        f"refused {STARTED}",
        "  PM-2026-009 | review |  |  | None | it can't be read on the target | have the review merged first, and accepted",
    ]
