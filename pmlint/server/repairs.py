"""The repairs that an editor offers for a finding: one right answer each, and never one that
spreads a slip.

1. What is written is known: to the people file, a route, the postmortem itself, or the format.
2. A key or an item that is there already is not written again.
3. Where the slip may be at home (a route whose file has another name, a name that is used once as
   it is declared and twice as it is not), nothing is offered: a person decides which one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from os.path import basename

from lsprotocol.types import CodeAction, CodeActionKind, Range, TextEdit, WorkspaceEdit

from pmlint.edit.value import inline
from pmlint.finding import Edit, Finding, Fix
from pmlint.model.suggestions import nearest
from pmlint.parsing.source import Source
from pmlint.place import Path
from pmlint.server.diagnostics import diagnostic
from pmlint.server.draft import Draft
from pmlint.server.fields import link
from pmlint.server.outline import Slot
from pmlint.server.view import View

_MEANT = re.compile(r"did you mean '([^']+)'\?")


def repairs(draft: Draft, view: View, place: Range, uri: str) -> list[CodeAction]:
    """The repairs of what is wrong at a place; ``uri`` is the document's address as the editor
    writes it.
    """
    start, end = draft.offset(place.start), draft.offset(place.end)
    found = []
    for finding in view.fixable(draft.file):
        span = finding.span
        first, last = (
            draft.source.offset(span.row, span.column),
            draft.source.offset(span.end_row, span.end_column),
        )
        # Also where they only touch: an editor asks with an empty range at the cursor.
        if start <= last and first <= end:
            for fix in fixes(finding, draft.source):
                if any(_spreads(edit, draft, view) for edit in fix.edits):
                    continue
                edits = [
                    TextEdit(draft.range(edit.start, edit.end), edit.text) for edit in fix.edits
                ]
                found.append(
                    CodeAction(
                        fix.title[:1].upper() + fix.title[1:],
                        kind=CodeActionKind.QuickFix,
                        diagnostics=[diagnostic(finding, draft, view)],
                        is_preferred=True,
                        edit=WorkspaceEdit(changes={uri: edits}),
                    )
                )
    return found


def fixes(finding: Finding, source: Source) -> Iterable[Fix]:
    """The fix of a finding, else the name that it takes to be meant."""
    return [finding.fix] if finding.fix else list(_meant(finding, source))


def _meant(finding: Finding, source: Source) -> Iterator[Fix]:
    """``did you mean 'x'?`` as an edit of the word that the message quotes and that stands at the
    finding's place.
    """
    found = _MEANT.search(finding.help)
    span = finding.span
    # The place of a collection is all of its lines, and the word may stand there many times.
    if found is None or span.row != span.end_row:
        return
    start, end = source.offset(span.row, span.column), source.offset(span.end_row, span.end_column)
    shown = source.text[start:end]
    style = shown[0] if shown[:1] in ('"', "'") and shown[-1:] == shown[:1] else ""
    word = shown.strip(style) if style else shown
    quoted = re.findall(r"'([^']+)'", finding.message)
    # Of a closed list a word of another tool may fit two values, and what it decides is not a
    # spelling: 'done' of a review is said to mean 'closed', and the author closes it.
    if finding.expected and not nearest(word, [found[1]]):
        return
    if word in quoted:
        yield Fix(f"write '{found[1]}'", (Edit(start, end, inline(found[1], style)),))
        return
    # The name may be a part of what is underlined, such as the list in "owasp-asi:ASI22"; twice
    # would be a guess.
    parts = [part for part in quoted if word.count(part) == 1]
    if parts:
        first = start + shown.index(parts[-1])
        yield Fix(f"write '{found[1]}'", (Edit(first, first + len(parts[-1]), found[1]),))


def _spreads(edit: Edit, draft: Draft, view: View) -> bool:
    """Whether an edit may write a slip once more, or something that is there already."""
    slot = draft.outline.at(edit.start)
    if slot is None:
        return False
    slots, parent = draft.outline.slots, Path(slot.path[:-1])
    if slot.key == (edit.start, edit.end):
        return parent / edit.text in slots
    text = draft.source.text
    meant = text[slot.start : edit.start] + edit.text + text[edit.end : slot.end]
    meant = meant.strip("\"'")
    if isinstance(slot.path[-1], int):
        others = (one for one in slots.values() if Path(one.path[:-1]) == parent)
        if any(other.text == meant for other in others):
            return True
    kind = link(draft.kind, slot.path)
    return bool(kind) and (
        _has_another_name(kind, meant, view) or _is_outnumbered(slot, meant, draft)
    )


def _has_another_name(kind: str, name: str, view: View) -> bool:
    """Whether the file in which a route or a postmortem is written has another name."""
    index = view.index
    if kind == "route" and name in index.route_by_id:
        route = index.route_by_id[name]
        # A platform's file has many routes, and the name of none.
        return not route.mapped and not _begins(route.file, name)
    if kind == "postmortem" and name in index.postmortem_by_id:
        return not _begins(index.postmortem_by_id[name].file, name)
    return False


def _begins(file: str, name: str) -> bool:
    """Whether the name of a file begins with a whole name: ``refund-triage.yaml`` not with
    ``refund-triag``.
    """
    return re.match(rf"{re.escape(name)}(?!\w)", basename(file)) is not None


def _is_outnumbered(slot: Slot, meant: str, draft: Draft) -> bool:
    """Whether the document has the word that would go in several places, and the other in none."""
    links = [one for one in draft.outline.slots.values() if link(draft.kind, one.path)]
    # Twice in one list is one slip, pasted.
    fields = {
        Path(one.path[:-1]) if isinstance(one.path[-1], int) else one.path
        for one in links
        if one.text == slot.text
    }
    return len(fields) > 1 and not any(one.text == meant for one in links)
