"""The file name does not begin with the postmortem's id.

People find a postmortem by its id, and a file of another name hides it from them.

Fix: rename the file, ``PM-2026-001-what-happened.md``.

Bad::
    id: PM-2026-007
    route: {postmortems: [PM-2026-007]}
Good::
    id: PM-2026-001
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The name must be the id, alone or followed by ``-`` and a few words."""
    name = postmortem.file.rpartition("/")[2].removesuffix(".md")
    # With the dash: PM-2026-0010.md must not pass for PM-2026-001. Verbs find a postmortem by the
    # name of its file first (`pmlint.edit.record`).
    if name != postmortem.id and not name.startswith(f"{postmortem.id}-"):
        yield Problem(
            f"the file '{name}.md' holds '{postmortem.id}'",
            Path() / "id",
            help=f"name it '{postmortem.id}-in-a-few-words.md'",
        )


RULE = Rule("filename-id", Level.ERROR, "postmortem", check, __doc__, "draft")
