"""A handle in another case, or without its @, is the same person on every forge, and so in the
gate: nothing moves. Another person is another owner, in a native route, a mapped one and an action.
"""

from __future__ import annotations

import pytest

from tests.gate.memory_repository import MemoryRepository

PLACES = {
    "a route": ("route", 'owner: "{}"', "@maria", "route-owner-changed"),
    "a mapped route": ("desks", 'name: payout\n    owner: "{}"', "@maria", "route-owner-changed"),
    "an action": ("pm", 'owner: "{}"\n    deadline: 2026-10-30', "@tom", "owner-changed"),
    "a verifier": ("pm", 'verified_by: "{}"', "@tom", ""),
}


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("other", ["@Upper", "bare", "@kim"])
def test_who_a_handle_names(name: str, other: str) -> None:
    file, place, handle, code = PLACES[name]
    new = {"@Upper": handle.title(), "bare": handle.removeprefix("@")}.get(other, other)
    edits = [{file: {place.format(handle): place.format(new)}}]
    verdict = MemoryRepository().verdict(edits, "lee")
    moved = code if other == "@kim" and code else ""
    # the schema of a postmortem asks for the @
    broken = "no-longer-passes" if other == "bare" and file == "pm" else ""
    codes = {refusal.code for refusal in verdict.refusals}
    assert codes == set(filter(None, (moved, broken)))
