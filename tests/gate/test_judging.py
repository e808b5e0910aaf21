"""The judgement over whole changes, where the catalogue has none of the kind: what is read, who is
asked, what was compared.
"""

from __future__ import annotations

import pytest

from pmlint.gate.verdict import judge
from pmlint.parsing.overlay import FilesTree
from tests.gate.memory import ALLOWED, MemoryWorld, deleted, in_postmortem, in_route, lines, written
from tests.gate.memory_repository import MemoryRepository
from tests.gate.world import ALERT, POSTMORTEM, ROUTE, TEST

SECOND = "postmortems/PM-2026-002-second.md"
DONE = "    done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes\n    status: open\n"
SIGNED = ("restart:\n", 'restart:\n  signoff: {by: "@maria", on: 2026-10-15}\n')
UP = ("restart: false", "restart: true")
HELD = "route-held: held route 'refund-triage': the restart flag moves from false to true while "


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def second(world: MemoryWorld, *pairs: tuple[str, str]) -> None:
    """Another postmortem of the same kind."""
    world.write(
        SECOND,
        world.read(POSTMORTEM)
        .replace("PM-2026-001", "PM-2026-002")
        .replace("evidence/PM-2026-002", "evidence/PM-2026-001"),
    )
    world.edit(SECOND, *pairs)


# what is not looked at


def test_a_file_that_no_postmortem_rests_on_has_none_of_them_judged(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write("log.txt", "one\n")  # `log` stands in the text of the postmortem
    assert "log" in world.read(POSTMORTEM)
    world.commit()
    with monkeypatch.context() as patch:
        patch.setattr("pmlint.gate.case.check_documents", None)
        assert lines(world, written("log.txt", "two\n")) == ALLOWED


# what goes away


def test_a_settled_postmortem_goes_when_no_route_names_it(ready: MemoryWorld) -> None:
    ready.sign()
    ready.commit()
    assert lines(ready, deleted(POSTMORTEM))[0] == "refused"
    assert (
        lines(
            ready,
            lambda world: world.write(POSTMORTEM, kept),
            in_postmortem(("routes: [refund-triage]", "routes: []")),
            in_route(("[PM-2026-001]", "[]")),
        )
        == ALLOWED
    )
    ready.commit()
    assert lines(ready, deleted(POSTMORTEM)) == ALLOWED


kept = ""


@pytest.fixture(autouse=True)
def signed_text() -> None:
    """What a settled postmortem looks like, so that one that was deleted can come back."""
    global kept
    world = MemoryWorld()
    world.ready()
    world.sign()
    kept = world.read(POSTMORTEM)


def test_a_route_that_nothing_holds_may_go(ready: MemoryWorld) -> None:
    ready.sign()
    ready.commit()
    assert lines(ready, deleted(ROUTE)) == ALLOWED


def test_nothing_is_left(world: MemoryWorld) -> None:
    world.files.clear()
    told = lines(world)
    assert told[0] == "unjudged"
    assert (
        "nothing-judged: nothing is left to judge: the merge result has neither postmortems nor routes"
        in told
    )
    world.commit()
    assert lines(world) == ALLOWED


# what can't be read


def test_a_route_file_that_breaks_is_named(world: MemoryWorld) -> None:
    world.edit(ROUTE, ("tools: {", "tools: {{"))
    verdict = world.verdict()
    assert verdict.verdict == "unjudged"
    (refusal,) = verdict.refusals
    assert (refusal.code, refusal.path, refusal.span[:2]) == ("unreadable-file", ROUTE, (8, 1))
    assert refusal.help == (
        "close the quotes and brackets before this place, and put a text with an apostrophe in double quotes; "
        "if 'routes/' is not pmlint's, name another folder in the configuration: routes = \"agents/routes\""
    )
    world.commit()
    assert lines(world, written("README.md", "x")) == ALLOWED


# what postmortems rest on


def test_the_evidence_of_the_second_is_asked_where_the_first_goes(world: MemoryWorld) -> None:
    second(world)
    world.commit()
    evidence = "evidence/PM-2026-001/outcome.md"
    assert f"evidence-changed: PM-2026-002: the evidence {evidence} was changed" in lines(
        world, deleted(POSTMORTEM), written(evidence, "x\n")
    )


def test_a_fix_that_was_removed_has_two_ways_out(world: MemoryWorld) -> None:
    world.delete(TEST)
    (refusal,) = [one for one in world.verdict().refusals if one.code == "proof-changed"]
    assert refusal.help == (
        f"restore {TEST}, or open it again: pmlint move PM-2026-001 A1 in-progress; to rename it, "
        "move it as it is and the path of the proof with it, and edit it in the next change"
    )


def test_each_switch_is_asked_for_its_layer() -> None:
    """Also the one behind a switch that stays what it is."""
    repository = MemoryRepository()
    first = "controls:\n  - {id: stop"
    halt = (
        'controls:\n  - {id: halt, layer: kill-switch, guards: contain, description: "it halts in 9 '
        'seconds", drills: [{"on": 2026-09-02, seconds: 9, by: "@tom", proof: [{path: docs/runbook.md}]}]}'
        "\n  - {id: stop"
    )
    repository.prepare([[{"do": "drills asked for"}, {"archive": {first: halt}}]])
    edit = {"archive": {"id: stop, layer: kill-switch": "id: stop, layer: verifier"}}
    verdict = repository.verdict([edit], MemoryRepository.author)
    assert "'archive' stop: it was a kill-switch, and would not be tried as verifier" in {
        refusal.message for refusal in verdict.refusals
    }


# twins


def test_an_untouched_twin_is_seen(world: MemoryWorld) -> None:
    world.write("postmortems/z.md", world.read(POSTMORTEM))
    world.commit()
    assert (
        "duplicate-postmortem: PM-2026-001 is the id of two files: postmortems/PM-2026-001-refunds.md and postmortems/z.md"
        in lines(world, in_postmortem(("title: Refund route", "title: The refund route")))
    )


def test_a_file_that_only_speaks_of_a_postmortem_is_no_twin(world: MemoryWorld) -> None:
    second(
        world,
        ("## Timeline", "## Timeline\nAs in PM-2026-001."),
        ("routes: [refund-triage]", "routes: []"),
    )
    world.write("postmortems/broken.md", "PM-2026-001\n")
    world.commit()
    assert (
        lines(world, in_postmortem(("title: Refund route", "title: The refund route"))) == ALLOWED
    )


# what may follow, what is new, what is gone


def test_an_action_that_goes_with_the_restart(world: MemoryWorld) -> None:
    world.meet()
    world.commit()
    world.edit(POSTMORTEM, ("  - id: A2", "  - id: A3"), SIGNED)
    told = lines(world, in_route(UP))
    assert "action-removed: A2: 'id' moves from A2 to A3" in told
    assert f"{HELD}PM-2026-001 A2 holds it (it was removed), and 2 more do" in told
    assert "  PM-2026-001#A3: it is new, and open" in told


def test_an_early_restart_that_somebody_approved(world: MemoryWorld) -> None:
    early = '    after_restart: {reason: "The cap holds.", approved_by: "@eva"}\n'
    world.meet()
    world.commit()
    world.edit(POSTMORTEM, (DONE, DONE + early), SIGNED)
    assert f"{HELD}PM-2026-001 A2 holds it (open)" in lines(world, in_route(UP))
    world.edit(ROUTE, ("restart: true", "restart: false"))
    world.commit()
    assert lines(world, in_route(UP)) == ALLOWED


def test_a_closing_that_is_new_with_its_action(ready: MemoryWorld) -> None:
    text = (
        '  - {id: A3, title: Stop the route above 9 rescues, layer: kill-switch, findings: [F1], owner: "@eva", deadline: 2026-10-30, '
        f'done_when: {ALERT} fails above 9 rescues, status: done, proof: [{{path: %s}}], verified_by: "@tom"}}\n'
    )
    ready.edit(POSTMORTEM, ("restart:\n", text % ALERT + "restart:\n"), SIGNED)
    assert lines(ready, in_route(UP)) == ALLOWED
    ready.edit(
        POSTMORTEM,
        (f'{{path: {ALERT}}}], verified_by: "@tom"}}', '{path: none}], verified_by: "@tom"}'),
    )
    assert "closed-without-proof: A3 is closed, but the proof none is not a file" in lines(ready)


def test_two_phases(world: MemoryWorld) -> None:
    world.write("pmlint.toml", "[gate]\ntwo_phase = true\n")
    world.meet()
    world.land()
    world.close()
    assert lines(world, in_postmortem(SIGNED), in_route(UP)) == [
        "refused",
        f"{HELD}PM-2026-001 A2 holds it (it is closed in this very change, and 'two_phase' asks for two)",
        "  PM-2026-001#A2: it is closed in this very change, and 'two_phase' asks for two",
    ]


# links


def test_a_postmortem_that_only_mentions_a_route_does_not_hold_it(ready: MemoryWorld) -> None:
    second(
        ready,
        ("routes: [refund-triage]", "routes: [other]"),
        ("status: accepted", "status: draft"),
        ("## Timeline", "## refund-triage"),
    )
    ready.commit()
    assert lines(ready, in_postmortem(SIGNED), in_route(UP)) == ALLOWED


def test_a_postmortem_that_links_only_from_its_side_holds(ready: MemoryWorld) -> None:
    second(ready, ("status: accepted", "status: draft"))
    ready.commit()
    assert lines(ready, in_postmortem(SIGNED), in_route(UP)) == [
        "refused",
        f"{HELD}PM-2026-002 holds it (its status is 'draft' on the base), and 1 more does",
        "  PM-2026-002: its status is 'draft' on the base",
        "  PM-2026-002: the restart is not signed off",
    ]


def test_one_that_cannot_be_read_on_the_base_holds_what_it_mentions(ready: MemoryWorld) -> None:
    ready.write("postmortems/PM-2026-009-x.md", "PM-2026-009: refund-triage\n")
    ready.commit()
    assert (
        lines(ready, in_postmortem(SIGNED), in_route(UP))[1]
        == f"{HELD}PM-2026-009 holds it (it cannot be read on the base)"
    )


# what was compared


def test_what_was_compared_is_named(world: MemoryWorld) -> None:
    change = world.change("tom")
    alike = {"base": world.target, "policies": world.target, "approvals": "recorded"}
    alike |= {"routes": "1", "postmortems": "1"}
    tree = {"head": change.head, "merge result": change.head, "author": "tom"}
    found = dict(judge(change).judged)
    assert int(found.pop("rules")) > 50
    assert found == {**alike, **tree}
    left = judge(change._replace(head="", author="", result=FilesTree(world.files)))
    found = dict(left.judged)
    assert int(found.pop("rules")) > 50
    there = {"head": "what is not committed yet", "merge result": "the work tree"}
    assert found == {**alike, **there, "author": "not named"}
