"""The headings of a postmortem's body: the sections of the format that are not there yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import CompletionItem, CompletionItemKind, TextEdit

from pmlint.model.headings import section_titles, setting_name
from pmlint.parsing.markdown import plain_title, sections
from pmlint.rules.facts.empty_section import SECTIONS
from pmlint.server.draft import Draft
from pmlint.server.view import View

_BEGUN = re.compile(r"(#{1,6})[ \t]*([^\n#]*)")


def headings(draft: Draft, view: View, offset: int) -> list[CompletionItem]:
    """The headings that may be written on the line at ``offset``, at the level that was begun."""
    text = draft.source.text
    start = text.rfind("\n", 0, offset) + 1
    begun = _BEGUN.fullmatch(text, start, offset)
    if begun is None:
        return []
    # Without this line, whose half of a heading is none of those that are there.
    end = len(text) if (stop := text.find("\n", offset)) < 0 else stop
    body = text[draft.front[1] : start] + text[end:]
    there = {plain_title(section.title) for section in sections(body)}
    place = draft.range(start, end)
    names = list(_missing(there, view))
    if begun[2].rstrip() in (name for name, _ in names):
        return []  # typed whole: Enter is a new line
    return [
        CompletionItem(
            name,
            kind=CompletionItemKind.Text,
            detail=help,
            sort_text=f"{number:04}",
            filter_text=f"{begun[1]} {name}",
            text_edit=TextEdit(place, f"{begun[1]} {name}"),
        )
        for number, (name, help) in enumerate(names)
    ]


def _missing(there: set[str], view: View) -> Iterator[tuple[str, str]]:
    """The sections that are not there, by the team's first word for each, else by its own name."""
    titles = section_titles(view.settings.sections)
    written = {titles[heading] for heading in there if heading in titles}
    for title, (_, help) in SECTIONS.items():
        own = view.settings.sections.get(setting_name(title), ())
        if title not in written:
            yield (own[0] if own else title), help
