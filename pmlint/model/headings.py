"""Which heading is which section of the body: by its English name, by one that ships in another
language (`schema/vocabulary.json`, docs/spec/format.md, *Words of one's own*), or by a team's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from pmlint.model.resources import read_json
from pmlint.parsing.markdown import plain_title


@cache
def shipped_headings() -> Mapping[str, str]:
    """Each heading that ships, folded by `plain_title`, with the English title of its section."""
    lists = read_json("vocabulary.json")
    # Folding parses what looks like Markdown, so each name is folded once and not by document.
    found = {plain_title(title): title for title in lists["section"]}
    for title, languages in lists["headings"].items():
        for names in languages.values():
            found.update((plain_title(name), title) for name in names)
    return MappingProxyType(found)


def section_titles(own: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Each folded heading with the title of its section. ``own`` are the team's headings, by the
    kebab-case name of the section; the configuration refuses one that another section has.
    """
    if not own:
        return shipped_headings()  # as it is: 1% of the instructions of a document
    names = dict(shipped_headings())
    for title in dict.fromkeys(shipped_headings().values()):
        names.update((plain_title(word), title) for word in own.get(setting_name(title), ()))
    return names


def setting_name(title: str) -> str:
    """How the configuration calls a section: ``agent-path``."""
    return title.lower().replace(" ", "-")
