"""What stands above a line: which routes a postmortem holds and by what, and by what a route is
held.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol.types import CodeLens, Command

from pmlint.place import Path
from pmlint.project.holds import Hold
from pmlint.server.draft import Draft
from pmlint.server.view import View


def lenses(draft: Draft, view: View) -> list[CodeLens]:
    """The lenses of a document, as it was last judged."""
    return [
        CodeLens(draft.field(path), command=Command(title, ""))
        for path, title in _titles(draft, view)
    ]


def _titles(draft: Draft, view: View) -> Iterator[tuple[Path, str]]:
    index = view.index
    for facts in index.postmortems:
        if facts.file == draft.file:
            held = ", ".join(_short(hold) for hold in facts.holds)
            # A link may be written on either side (docs/spec/gate.md, 1).
            linked = [route.id for route in index.routes if facts in index.linked(route.id)]
            for route in dict.fromkeys([*facts.routes, *linked]):
                yield (
                    Path() / "routes",
                    f"holds {route}: {held}" if held else f"does not hold {route}",
                )
    for one in index.routes:
        if one.file == draft.file:
            holds = index.held_by(one.id)
            for hold in holds:
                yield one.place("id"), f"held by {hold.postmortem} {_short(hold)}"
            if not holds:
                yield one.place("id"), "not held"


def _short(hold: Hold) -> str:
    """One hold in a few words: ``A2 (open, @tom)``."""
    details = ", ".join(
        filter(None, (hold.reason, hold.owner, f"until {hold.deadline}" if hold.deadline else ""))
    )
    return f"{hold.subject or hold.kind} ({details})"
