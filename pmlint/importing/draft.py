"""The draft that an old review makes, and a ledger of what was found, taken and left.

1. What is not there stays ``TODO`` or ``{unknown: TODO}``: no layer, no severity and no class is
   chosen, and no clock is made of a sentence.
2. The text of the old review stays below the front matter, and at its end the old front matter, so
   that nothing is lost when the old file is removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pmlint.edit.skeleton import ReportedEvent, postmortem
from pmlint.edit.value import inline
from pmlint.importing.actions import find_actions
from pmlint.importing.facts import find_facts
from pmlint.importing.found import (
    Imported,
    ImportedAction,
    LedgerEntry,
    parts_of,
    reviews_in,
)
from pmlint.importing.names import meaning
from pmlint.importing.reading import OldReview
from pmlint.importing.timeline import find_events
from pmlint.parsing.source import MAX_BYTES


def read_old(review: OldReview, handles: Mapping[str, str], today: date) -> Imported:
    """What an old review says. ``handles`` has the handle of each known name, handle and address,
    in lower case.
    """
    parts = parts_of(review)
    actions = find_actions(parts, handles)
    events = find_events(parts)
    facts = find_facts(review, parts, handles, today)
    headed = [part for part in parts if part.section.path]
    found = [LedgerEntry(part.section.heading, part.heading, part.kind) for part in headed]
    taken = [
        *facts.taken,
        *(LedgerEntry(action.row, action.title, "action") for action in actions.actions),
        *(LedgerEntry(event.row, event.event, "event") for event in events),
    ]
    left = [*facts.left, *actions.left]
    left += [
        LedgerEntry(part.section.heading, part.heading, "kept as text")
        for part in headed
        if not part.kind and part.section.text.strip()
    ]
    if review.invisible:
        left.append(LedgerEntry(1, f"{review.invisible} invisible characters", "removed"))
    if review.unread:
        why = f"kept as text: it cannot be read ({review.unread})"
        left.append(LedgerEntry(1, "front matter", why))
    return Imported(
        facts.fields, actions.actions, tuple(events), tuple(found), tuple(taken), tuple(left)
    )


def why_not(review: OldReview) -> str | None:
    """Why an old file makes no draft; None where it makes one."""
    name = review.file.rpartition("/")[2].casefold()
    parts = parts_of(review)
    is_index = name in ("readme.md", "index.md", "_index.md")
    if not review.body.strip():
        return "it has no text"
    # Hugo keeps the text of a folder in _index.md.
    if re.search(r"\btemplate\b|^_(?!index)|modèle|vorlage|plantilla", name.replace("-", " ")):
        return "it is a template by its name"
    # A folder for each review has its text in README.md; an index has no timeline and no actions.
    if is_index and not any(part.kind in ("timeline", "actions") for part in parts):
        return "it is an index: no timeline and no actions"
    several = reviews_in(parts)
    if several:
        names = ", ".join(f"'{title}'" for title in several[:3])
        return f"it has {len(several)} reviews ({names}): split it into a file for each"
    return None


def reads_like_review(review: OldReview) -> bool:
    """Whether a file that nobody named is an old review: it has a timeline, actions or an impact,
    or front matter with a day or a summary.
    """
    kinds = {part.kind for part in parts_of(review) if part.is_own}
    fields = {meaning("front_matter", str(key)) for key in review.front_matter}
    return bool(kinds & {"timeline", "actions", "impact"} or fields & {"opened", "summary"})


def render(name: str, today: date, review: OldReview, imported: Imported) -> str:
    """The text of the draft: our front matter, and below it the text of the old review."""
    fields = dict(imported.fields)
    opened = fields.pop("opened", None)
    fields["x-imported-from"] = review.file
    fields["timeline"] = tuple(ReportedEvent(one.at or None, one.event) for one in imported.events)
    text = postmortem(name, opened if isinstance(opened, date) else today, fields)
    if opened is None:
        text = text.replace(f"\nopened: {today.isoformat()}\n", "\nopened: TODO\n", 1)
    if imported.actions:
        start, end = text.index("actions:   #"), text.index("restart:\n")
        head = text[start : text.index("\n", start) + 1]
        rows = "".join(_action_lines(n, one) for n, one in enumerate(imported.actions, 1))
        text = text[:start] + head + rows + text[end:]
    body = review.body.strip("\n")
    parts = [text, body, *_front_matter_below(review, imported)]
    return "\n".join(part.removesuffix("\n") + "\n" for part in parts if part)


def is_too_large(text: str) -> bool:
    """Whether a draft is larger than what `check` reads of a document."""
    return len(text.encode()) > MAX_BYTES


def _front_matter_below(review: OldReview, imported: Imported) -> list[str]:
    """The old front matter as a block of code, where some of it became no field."""
    is_left = any(entry.what.startswith("front matter") for entry in imported.left)
    if not is_left:
        return []
    longest = max((len(run) for run in re.findall(r"`+", review.front_text)), default=0)
    fence = "`" * max(3, longest + 1)
    language = "toml" if review.front_text.startswith("+") else "yaml"
    lines = review.front_text.rstrip("\n").split("\n")[1:-1]
    block = "\n".join(lines)
    return [f"The front matter of {review.file}:\n\n{fence}{language}\n{block}\n{fence}\n"]


def _action_lines(number: int, action: ImportedAction) -> str:
    fields: dict[str, Any] = {
        "id": f"A{number}",
        "title": action.title,
        "layer": "TODO",
        "findings": ["F1"],
        "owner": action.owner or "TODO",
        "deadline": action.deadline or "TODO",
        "done_when": action.done_when or "TODO",
    }
    fields |= {"status": action.status} if action.status else {}
    fields |= {"issue": action.issue} if action.issue else {}
    lines = [f"{name}: {inline(value)}" for name, value in fields.items()]
    return "  - " + "\n    ".join(lines) + "\n"
