"""The summary is missing, or is not a sentence.

Most readers see the summary alone: in the list, in the chat, a year later. Three words there are a
title, and none are a form.

Fix: say in one sentence what happened and what it did to the business.

Bad::
    summary: Refund trouble
Good::
    summary: The refund route paid 23 customers twice, because no control looked at the amount.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, is_sentence, known_words
from pmlint.place import Path
from pmlint.rules.repeats import words_of_routes
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """A summary of at least six words. A placeholder in it is a finding of its own."""
    summary = postmortem.summary
    known = known_words("document") | words_of_routes(postmortem)
    if has_placeholder(summary) or is_sentence(summary, known):
        return
    written = postmortem.data.get("summary")
    if isinstance(written, str) and written.strip():
        message = f"the summary '{summary.strip()}' is not a sentence"
    elif written is None or isinstance(written, str):
        message = "the summary is missing"
    else:  # it has the wrong shape, which the schema says
        return
    at = Path() / "summary" if "summary" in postmortem.data else Path()
    yield Problem(message, at, help="say in one sentence what happened and what it did")


RULE = Rule("summary-missing", Level.ERROR, "postmortem", check, __doc__)
