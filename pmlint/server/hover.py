"""What is said of the field, the value or the finding under the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from lsprotocol.types import Hover, MarkupContent, MarkupKind

from pmlint.finding import Finding
from pmlint.model import CLOCKS
from pmlint.model.postmortem import Clocks
from pmlint.model.vocabulary import STRENGTH
from pmlint.parsing.escape import markdown
from pmlint.place import Path
from pmlint.server.draft import Draft
from pmlint.server.fields import described, field, link, names, types
from pmlint.server.outline import Slot
from pmlint.server.view import View


def hover(draft: Draft, view: View, offset: int) -> Hover | None:
    """The findings at a place with the pages of their rules, then the field; None where there is
    nothing to say.
    """
    slot = draft.slot(offset)
    found = (
        [finding for finding in view.findings(draft.file) if _covers(finding, draft, offset)]
        # Places of the last run are wrong in a text that has changed since.
        if _current(draft, view)
        else []
    )
    parts = [_finding(finding, view) for finding in found] + list(
        _field(draft, view, slot) if slot else ()
    )
    if not parts:
        return None
    place = None
    if slot:
        on_key = slot.key and slot.key[0] <= offset <= slot.key[1]
        place = draft.range(*(slot.key if on_key and slot.key else (slot.start, slot.end)))
    return Hover(MarkupContent(MarkupKind.Markdown, "\n\n---\n\n".join(parts)), place)


def _current(draft: Draft, view: View) -> bool:
    """Whether the text has not changed since it was judged."""
    return view.texts.get(draft.file) == draft.source.text


def _covers(finding: Finding, draft: Draft, offset: int) -> bool:
    span = finding.span
    return (
        draft.source.offset(span.row, span.column)
        <= offset
        <= draft.source.offset(span.end_row, span.end_column)
    )


def _finding(finding: Finding, view: View) -> str:
    page = view.pages.get(finding.code)
    said = f"**{finding.level} {finding.code}**: {markdown(finding.message)}"
    # The page of a rule says more than the help of its finding: why, and both examples.
    if page:
        return f"{said}\n\n{page.text}"
    return f"{said}\n\n{markdown(finding.help)}" if finding.help else said


def _field(draft: Draft, view: View, slot: Slot) -> Iterator[str]:
    """The description of a field, what its value means, what it names, what follows from it."""
    keys = names(slot.path)
    part = field(draft.kind, slot.path) if draft.kind else None
    if part is None or not keys or draft.kind is None:
        return
    named = (
        field(
            draft.kind,
            Path(slot.path[: max(at for at, step in enumerate(slot.path) if step == keys[-1]) + 1]),
        )
        or part
    )
    lines = [
        f"**{keys[-1]}**: {named['description']}" if named.get("description") else f"**{keys[-1]}**"
    ]
    if "enum" in part:
        lines += ["", *(_value(keys[-1], value, slot.text) for value in part["enum"])]
    elif types(part) == ["object"] and part.get("required"):
        lines += ["", f"Needs: {', '.join(part['required'])}."]
    yield "\n".join(lines)
    if slot.text and (about := summary(link(draft.kind, slot.path), slot.text, view)):
        yield about
    if (
        keys[0] == "clocks"
        and draft.kind == "postmortem"
        and (said := gaps(draft.postmortem.clocks))
    ):
        yield "\n".join(f"- {line}" for line in said)


def _value(name: str, value: str, current: str) -> str:
    shown = f"**`{value}`**" if value == current else f"`{value}`"
    means = meaning(name, value)
    return f"- {shown}: {means}" if means else f"- {shown}"


def meaning(name: str, value: str) -> str:
    """What a value of a closed list means; a layer with its strength."""
    means = described(name, value)
    strength = (
        ("Weaker, never enough alone.", "Intermediate.", "Stronger.")[STRENGTH[value]]
        if name == "layer" and value in STRENGTH
        else ""
    )
    return f"{means} {strength}".strip()


def summary(kind: str, name: str, view: View) -> str:
    """One line on what a name means: a route with what holds it, a postmortem with its status, a
    person; empty where it is unknown.
    """
    index = view.index
    if kind == "route" and name in index.route_by_id:
        route = index.route_by_id[name]
        known = f"{markdown(route.title or name)} {route.state}"
        # Before all postmortems are read, nobody knows that none holds it.
        if not view.is_whole:
            return known
        held = [f"{hold.postmortem} {hold.subject or hold.kind}" for hold in index.held_by(name)]
        return f"{known}, held by {', '.join(held)}" if held else f"{known}, not held"
    if kind == "postmortem" and name in index.postmortem_by_id:
        facts = index.postmortem_by_id[name]
        return f"{markdown(facts.title or name)} {facts.status}, {facts.severity}"
    if kind == "person" and view.handles.get(name):
        return markdown(view.handles[name])
    if kind == "rule" and name in view.pages:
        return view.pages[name].info.title
    return ""


def gaps(clocks: Clocks) -> list[str]:
    """The time between the clocks that are known: each to the next, and from the first warning to
    the containment.
    """
    known = [(name, moment) for name in CLOCKS if (moment := clocks.moment(name))]
    pairs = list(pairwise(known))
    moments = dict(known)
    if {"first_warning", "first_impact", "containment"} <= moments.keys():
        at = next(number for number, pair in enumerate(pairs) if pair[1][0] == "containment")
        pairs.insert(
            at + 1,
            (("first_warning", moments["first_warning"]), ("containment", moments["containment"])),
        )
    return [
        f"`{one}` to `{other}`: {duration(second - first)}"
        for (one, first), (other, second) in pairs
    ]


def duration(gap: timedelta) -> str:
    """A length of time in its largest units: ``1 d 2 h``, ``53 min 50 s``; one that runs backwards
    says so.
    """
    seconds = round(abs(gap).total_seconds())
    parts = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}")
    shown = " ".join(parts[:2]) or "0 s"
    return f"{shown} backwards" if gap < timedelta(0) else shown
