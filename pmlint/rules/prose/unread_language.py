"""The words of a document are in a language that no list covers.

The rules about words read the languages whose lists ship or that a team has added; elsewhere their
silence means nothing. Ends, layers, links and clocks are judged in every language.

Fix: nothing; or add phrases of your language under ``[tool.pmlint.words]``.

Bad::
    summary: >-
      Rutten betalade ut för mycket pengar till kunderna och det var inte möjligt att
      stoppa den från kontoret.
Good::
    summary: >-
      Die Route zahlte den Kunden zu viel Geld aus und wurde erst am Abend von der
      Bereitschaft angehalten.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The first field that is written in such a language, once a document."""
    found = read(postmortem, context).unread
    # Once a document and a warning: whoever writes in this language knows it after the first time.
    if found:
        language, at = found
        message = f"words in '{language}' are not read; ends and layers are"
        yield Problem(message, at, help="judge the words of this document by eye")


RULE = Rule("unread-language", Level.WARNING, "postmortem", check, __doc__)
