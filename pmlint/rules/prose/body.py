"""The body below the front matter: its paragraphs and items, and which lists are read in which
section.
"""

from __future__ import annotations

from functools import lru_cache

from pmlint.parsing.markdown import Section

BODY = (
    "exhortation",
    "convenient-story",
    "vague-cause",
    "blame",
    "counterfactual",
    "vow",
    "abusive-language",
)
"""The lists that are read somewhere in the body."""
_IN_SECTIONS = {
    "exhortation": ("permanent changes", "action"),
    "vague-cause": ("cause", "failed controls", "why", "contributing"),
}
_NOT_IN_SECTIONS = {
    "convenient-story": ("timeline", "agent path", "impact", "what happened"),
    "counterfactual": (
        "permanent changes",
        "prevent",
        "lucky",
        "action",
        "next time",
        "lessons",
        "restart",
    ),
}
"""The timeline and the agent's path may observe; a section on prevention may say what should have
been.
"""


_TITLE_READ = 200
"""How many characters of a heading tell what its section is about: the text of one stands in all
sections below it.
"""


class Block:
    """A paragraph or an item of the body: its section, its characters ``start`` to ``end``, its
    lines ``first`` to ``last``.
    """

    __slots__ = ("end", "first", "last", "section", "start")

    def __init__(self, section: str, start: int, end: int, first: int, last: int) -> None:
        self.section = section
        self.start = start
        self.end = end
        self.first = first
        self.last = last


def blocks(body: str, sections: tuple[Section, ...]) -> list[Block]:
    """Paragraphs and list items: a blank line ends one, an item or a row of a table begins one;
    headings are none.
    """
    headings = {section.heading_start: section for section in sections}
    found: list[Block] = []
    at, name, parent, joins = 0, "", "", False
    for number, line in enumerate(body.split("\n")):
        end = at + len(line)
        bare = line.lstrip()
        if at in headings:
            section, joins = headings[at], False
            title = section.title[:_TITLE_READ].casefold()
            # A heading of level 3 belongs to the section around it: "Root cause" below "Timeline"
            # may observe as the timeline may.
            parent = title if section.level <= 2 else parent
            name = f"{parent} / {title}"
        elif not bare:
            joins = False
        # Wrapped lines are joined, because a phrase may go over the end of a line.
        elif joins and not _begins_item(bare):
            found[-1].end, found[-1].last = end, number + 1
        else:
            found.append(Block(name, at, end, number, number + 1))
            joins = True
        at = end + 1
    return found


@lru_cache(maxsize=1024)
def lists_of(section: str) -> tuple[str, ...]:
    """The lists that are read in a section of the body; the names are those of the section and of
    the one around it.
    """
    lists = {"blame", "vow", "abusive-language"}
    for name, titles in _IN_SECTIONS.items():
        if any(title in section for title in titles):
            lists.add(name)
    for name, titles in _NOT_IN_SECTIONS.items():
        if not any(title in section for title in titles):
            lists.add(name)
    return tuple(name for name in BODY if name in lists)


def _begins_item(line: str) -> bool:
    """Whether a line without its indentation begins an item, a quotation or a row of a table."""
    mark = line.split(maxsplit=1)[0]
    # "•" is no item in Markdown, but it is what people paste from documents.
    return line[0] in ">|" or mark in "-*+•" or (mark[-1] in ".)" and mark[:-1].isdigit())
