"""Text of the template is still there, or a reason says nothing.

A review that says TODO has not been written, and "unknown: ?" answers nobody. Both look complete in
a list, and nobody comes back to them.

Fix: write what belongs there; where nobody knows it, say why.

Bad::
    summary: "TODO: what happened"
Good::
    summary: The refund route paid 23 customers twice, because no control looked at the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import (
    STILL_HERE,
    has_placeholder,
    is_hollow,
    is_same,
    placeholders,
    says_something,
)
from pmlint.place import Path, in_body
from pmlint.rules.rule import Context, Rule

REASONS = ("unknown", "missing", "why", "reason")
"""The fields that hold a reason, wherever they are."""
_WORD = re.compile(r"[^\W_]+")
_MANY = 3
"""One text in so many fields that ask different things answers none of them; twice is terse."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Texts of the front matter, the reasons among them, and the body outside of code."""
    for path, text in _texts(postmortem.data):
        found = list(placeholders(text))
        for start, end in found:
            yield Problem(
                f"the placeholder '{text[start:end]}' {STILL_HERE}",
                path.chars(start, end),
                help="write what belongs here",
            )
        # One finding for one value: the placeholder is the plainer one.
        if found or path[-1] not in REASONS:
            continue
        if not says_something(text, _known_before(path, postmortem)):
            yield Problem(f"'{text.strip()}' is not a reason", path, help="say why in a few words")
    yield from _hollow_titles(postmortem)
    yield from _repeated_by_actions(postmortem)
    yield from _repeated_everywhere(postmortem)
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
            names.update(("absent", *_WORD.findall(control.name.casefold())))
    return frozenset(names)


def _hollow_titles(postmortem: Postmortem) -> Iterator[Problem]:
    """Titles and a description that name nothing (``x``, ``n/a``); what is left out or empty is the
    schema's to say.
    """
    titles = [(postmortem.title, postmortem.at / "title", "say what happened, in one line")]
    titles += [
        (action.title, action.at / "title", "say what changes, in one line")
        for action in postmortem.actions
    ]
    ids = frozenset(action.id.casefold() for action in postmortem.actions)
    impact = postmortem.impact
    # Alone it is the whole impact, and empty-section asks for one.
    if impact.data.keys() & {"customers", "cost"}:
        help = "say what was damaged, or leave it out where the summary says it"
        titles.append((impact.description, impact.at / "description", help))
    for text, path, help in titles:
        if text and is_hollow(text, ids) and not has_placeholder(text):
            yield Problem(f"'{text.strip()}' says nothing", path, help=help)


def _repeated_by_actions(postmortem: Postmortem) -> Iterator[Problem]:
    """Actions that repeat what went wrong in the place of what changes."""
    wrong = {"the title of the postmortem": postmortem.title}
    wrong |= {f"the statement of {one.id}": one.statement for one in postmortem.findings}
    for action in postmortem.actions:
        if has_placeholder(action.title) or is_hollow(action.title):
            continue  # one value, one finding
        for name, text in wrong.items():
            if is_same(action.title, text):
                yield Problem(
                    f"{action.id} repeats {name}",
                    action.at / "title",
                    action.id,
                    help="say what changes, so that it does not happen again",
                )


def _repeated_everywhere(postmortem: Postmortem) -> Iterator[Problem]:
    """One text that answers many questions, at the last field that it is in."""
    for fields in _answers(postmortem):
        if len(fields) >= _MANY:
            yield Problem(
                f"one text is the answer to {', '.join(fields)}",
                list(fields.values())[-1],
                help="say in each field what it asks for",
            )


def _answers(postmortem: Postmortem) -> Iterable[dict[str, Path]]:
    """The fields that a text answers, for each text; of its places in one kind of field the first.
    A summary and a description may repeat the title: short is fine.
    """
    said = [(postmortem.title, "'title'", postmortem.at / "title")]
    said += [(one.event, "'timeline'", one.at / "event") for one in postmortem.timeline]
    said += [(one.statement, "'findings'", one.at / "statement") for one in postmortem.findings]
    said += [(one.why, "'failed_controls'", one.at / "why") for one in postmortem.failed_controls]
    for action in postmortem.actions:
        said.append((action.title, "'actions'", action.at / "title"))
        said.append((action.done_when, "'done_when'", action.at / "done_when"))
    found: dict[str, dict[str, Path]] = {}
    for text, name, at in said:
        words = " ".join(_WORD.findall(text.casefold()))
        if words and not has_placeholder(text):
            found.setdefault(words, {}).setdefault(name, at)
    return found.values()


def _texts(data: object) -> Iterator[tuple[Path, str]]:
    """Every text with its path, in the order of the document; fields of one's own are left out."""
    # A list of what is left instead of a call for each level: the reader lets 64 levels in, and the
    # generator of each would be asked for every text below it.
    left: list[tuple[Path, object]] = [(Path(), data)]
    while left:
        at, value = left.pop()
        if isinstance(value, str):
            yield at, value
        elif isinstance(value, dict):
            inner = [(at / key, item) for key, item in value.items() if key[:2] != "x-"]
            left.extend(reversed(inner))
        elif isinstance(value, list):
            left.extend((at / number, value[number]) for number in reversed(range(len(value))))


RULE = Rule("placeholder", Level.ERROR, "postmortem", check, __doc__, "draft")
