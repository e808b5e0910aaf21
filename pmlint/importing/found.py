"""What is found in an old review, and the ledger of what was taken and what was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pmlint.importing.names import meaning
from pmlint.importing.reading import OldReview, OldSection, folded, shown


class ImportedAction(NamedTuple):
    """An action as the old review has it; a text is empty where it says nothing."""

    row: int
    title: str
    owner: str = ""
    deadline: str = ""
    status: str = ""
    done_when: str = ""
    issue: str = ""


class ImportedEvent(NamedTuple):
    """A row of a timeline: its moment or day (empty: unknown), and what happened."""

    row: int
    at: str
    event: str


class LedgerEntry(NamedTuple):
    """Something of the old review: its line, what it is, and what it was taken for, or why it was
    left.
    """

    row: int
    what: str
    became: str


class Imported(NamedTuple):
    """What could be read of an old review. ``fields`` are those of the front matter of a draft."""

    fields: Mapping[str, object]
    actions: tuple[ImportedAction, ...]
    events: tuple[ImportedEvent, ...]
    found: tuple[LedgerEntry, ...]
    taken: tuple[LedgerEntry, ...]
    left: tuple[LedgerEntry, ...]

    @property
    def clocks(self) -> int:
        """How many clocks the old review names."""
        clocks = self.fields.get("clocks")
        return len(clocks) if isinstance(clocks, dict) else 0


class ReviewPart(NamedTuple):
    """A part of the review by what it means: ``kind`` is a name of ``sections``, or empty."""

    section: OldSection
    kind: str
    is_own: bool
    """Whether its own heading means it, and not one above."""

    @property
    def heading(self) -> str:
        """How the ledger names it."""
        return f"section '{shown(self.section.path[-1])}'"


def parts_of(review: OldReview) -> list[ReviewPart]:
    """The parts of a review, each by its own heading, else by the nearest above it."""
    found: list[ReviewPart] = []
    for section in review.sections:
        kinds = [meaning("sections", folded(title)) for title in reversed(section.path)]
        kind = next((kind for kind in kinds if kind), "")
        found.append(ReviewPart(section, kind, bool(kinds) and bool(kinds[0])))
    return found


def reviews_in(parts: list[ReviewPart]) -> list[str]:
    """The headings of several reviews in one file; of a single review nothing.

    A review is a heading with two parts or more of its own, such as a timeline and actions: a log
    of incidents is one file with many.
    """
    below: dict[tuple[str, ...], set[str]] = {}
    rows: dict[tuple[str, ...], int] = {}
    for part in parts:
        path = part.section.path
        if not part.kind:
            # Two reviews of one name are two: the second heading begins anew.
            rows[path] = part.section.heading
        # What is below a heading of a kind is part of one review.
        if part.is_own and path[:-1] in rows:
            below.setdefault((*path[:-1], str(rows[path[:-1]])), set()).add(part.kind)
    whole = [path for path, kinds in below.items() if len(kinds) > 1]
    return [shown(path[-2]) for path in whole] if len(whole) > 1 else []
