"""Text of the template is still there, or a reason says nothing.

A review that says TODO has not been written, and "unknown: ?" answers nobody. Both look complete in
a list, and nobody comes back to them. Nor does a text that another field has already: an action
that repeats the title, two actions of one title, a reason that is the finding again.

Fix: write what belongs there; where nobody knows it, say why.

Bad::
    summary: "TODO: what happened"
Good::
    summary: The refund route paid 23 customers twice, because no control looked at the amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import (
    STILL_HERE,
    has_placeholder,
    is_hollow,
    known_words,
    may_hold_placeholder,
    placeholders,
    says_something,
    words_of,
)
from pmlint.place import Path, in_body
from pmlint.rules.repeats import ids_of, repeated_texts, words_of_routes
from pmlint.rules.rule import Context, Rule

REASONS = ("unknown", "missing", "why", "reason")
"""The fields that hold a reason, wherever they are."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Texts of the front matter, the reasons among them, and the body outside of code."""
    texts = list(_texts(postmortem.data))
    # All at once first: most documents have none.
    held = may_hold_placeholder("\n".join(text for _, text in texts))
    for trail, text in texts:
        found = list(placeholders(text)) if held else []
        # One finding for one value: the placeholder is the plainer one.
        if not found and trail[-1] not in REASONS:
            continue
        path = _path(trail)
        for start, end in found:
            yield Problem(
                f"the placeholder '{text[start:end]}' {STILL_HERE}",
                path.chars(start, end),
                help="write what belongs here",
            )
        if not found and not says_something(text, _known_before(path, postmortem)):
            yield Problem(f"'{text.strip()}' is not a reason", path, help="say why in a few words")
    yield from _hollow_titles(postmortem)
    yield from repeated_texts(postmortem)
    if next(placeholders(postmortem.body), None):
        # pyromark takes longer to import than most documents to check
        from pmlint.parsing.markdown import prose

        text = prose(postmortem.body)
        for start, end in placeholders(text):
            yield Problem(
                f"the placeholder '{text[start:end]}' {STILL_HERE}",
                in_body(start, end),
                help="write what belongs here",
            )


def _known_before(path: Path, postmortem: Postmortem) -> frozenset[str]:
    """The words that a reason only repeats: the names of its fields (``containment: {unknown:
    "containment unknown"}``), and of the control that it is about.
    """
    names = {part for step in path for part in str(step).split("_")}
    names |= {name.removesuffix("s") for name in names}
    for control in postmortem.failed_controls:
        if path == control.at / "why":
            names.update(("absent", *words_of(control.name), *known_words("document", "why")))
    return frozenset(names)


def _hollow_titles(postmortem: Postmortem) -> Iterator[Problem]:
    """Titles and a description that name nothing (``x``, ``Incident``, the route alone); what is
    left out or empty is the schema's to say.
    """
    own = known_words("document") | words_of_routes(postmortem)
    titles = [(postmortem.title, postmortem.at / "title", own, "say what happened, in one line")]
    ids = known_words("action") | ids_of(postmortem)
    help = "say what changes, in one line"
    titles += [(one.title, one.at / "title", ids, help) for one in postmortem.actions]
    impact = postmortem.impact
    # Alone it is the whole impact, and empty-section asks for one.
    if impact.data.keys() & {"customers", "cost"}:
        help = "say what was damaged, or leave it out where the summary says it"
        titles.append((impact.description, impact.at / "description", known_words("impact"), help))
    for text, path, known, help in titles:
        if text and is_hollow(text, known) and not has_placeholder(text):
            yield Problem(f"'{text.strip()}' says nothing", path, help=help)


_Trail = tuple[Any, ...]
"""The trail of what is around a value, and the last step of its path; empty at the top."""


def _texts(data: object) -> Iterator[tuple[_Trail, str]]:
    """Every text with its trail, in the order of the document; fields of one's own are left out."""
    # A list of what is left instead of a call for each level: the reader lets 64 levels in, and the
    # generator of each would be asked for every text below it. Trails instead of paths, which few
    # texts are asked for: 3% of the instructions of a document.
    left: list[tuple[_Trail, object]] = [((), data)]
    while left:
        trail, value = left.pop()
        if isinstance(value, str):
            yield trail, value
        elif isinstance(value, dict):
            inner = [((trail, key), item) for key, item in value.items() if key[:2] != "x-"]
            left.extend(reversed(inner))
        elif isinstance(value, list):
            inner = [((trail, number), item) for number, item in enumerate(value)]
            left.extend(reversed(inner))


def _path(trail: _Trail) -> Path:
    """The path at the end of a trail."""
    steps = []
    while trail:
        trail, step = trail
        steps.append(step)
    return Path(reversed(steps))


RULE = Rule("placeholder", Level.ERROR, "postmortem", check, __doc__, "draft")
