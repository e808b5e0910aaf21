"""A text goes on behind a ``#``, which YAML reads as a comment.

"Paid out #23 twice" ends before the ``#`` for every tool, and nobody sees it: the file looks whole,
the page and the list do not.

Fix: put the text in quotes. A comment that is meant is set off by two blanks, or has a line of its
own.

Bad::
    edits: {"title: Refund route paid 23 refunds above its limit": "title: Refund route paid
      order #23 twice"}
Good::
    title: "Refund route paid order #23 twice"
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pmlint.finding import Edit, Fix, Level, Problem
from pmlint.model import Postmortem
from pmlint.parsing.document import TEXT_FIELDS, Cut
from pmlint.rules.rule import Context, Rule


def cut_texts(postmortem: Postmortem) -> list[Cut]:
    """The texts for people among what a comment cuts off."""
    return [cut for cut in postmortem.cuts if cut.at[-1:] and cut.at[-1] in TEXT_FIELDS]


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Plain texts with a comment behind them that is set off by less than two blanks."""
    for cut in cut_texts(postmortem):
        fix = None
        if not cut.is_inline:  # what is behind it in a flow mapping may be other fields
            quoted = json.dumps(cut.whole, ensure_ascii=False)
            fix = Fix("put the text in quotes", (Edit(cut.start, cut.end, quoted),))
        fact = f"ends before '{cut.comment}', which YAML reads as a comment"
        if cut.is_whole:
            fact = f"is empty, because YAML reads '{cut.comment}' as a comment"
        yield Problem(f"'{cut.at[-1]}' {fact}", cut.at, help="put the text in quotes", fix=fix)


RULE = Rule("cut-by-comment", Level.ERROR, "postmortem", check, __doc__, "draft")
