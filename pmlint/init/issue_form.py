"""Reading the issue form of `templates/issue-form.yml` as GitHub renders it: a heading ``###
Label`` and the answer below.
"""

from __future__ import annotations

import re

from pmlint.edit.skeleton import Typed
from pmlint.errors import UsageError
from pmlint.model.dates import parse_date, parse_moment
from pmlint.parsing.source import Malformed, decode
from pmlint.place import Span

LABELS = {
    "Title": "title",
    "Routes": "routes",
    "Severity": "severity",
    "Trigger": "trigger",
    "Summary": "summary",
    "Impact": "impact.description",
    "Customers affected": "impact.customers",
    "Route start": "clocks.route_start",
    "First warning": "clocks.first_warning",
    "First impact": "clocks.first_impact",
    "Containment": "clocks.containment",
}
"""The labels of the form, in its order, and where their answers go in a postmortem."""
NO_ANSWER = "_No response_"

_HEADING = re.compile(r"### (.+?)\s*")


def read(text: str | bytes, file: str = "") -> dict[str, object]:
    """The front matter that the answers of a rendered form make; what was not answered is left out.

    A number of customers or a clock that is given in words becomes a `Typed`: the words are kept,
    and nobody makes a moment up. Raises `UsageError` for a text that is not a rendering of the
    form: an answer cannot smuggle in a second heading of the form, and invisible characters are
    refused.
    """
    try:
        source = decode(file, text.encode() if isinstance(text, str) else text)
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None
    answers: dict[str, list[str]] = {}
    label = ""
    for row, line in enumerate(source.text.splitlines(), 1):
        heading = _HEADING.fullmatch(line)
        if heading and heading[1] in LABELS:
            label = heading[1]
            # An answer is free text of anybody: with "### Severity" in it, it would answer another
            # question.
            if label in answers:
                raise UsageError(
                    f"duplicate heading '{label}'",
                    file=file,
                    span=Span(row, 1, row, len(line) + 1),
                    help="remove one",
                )
            answers[label] = []
        elif label:
            answers[label].append(line)
    if not answers:
        raise UsageError(
            "this is not the issue form: it has none of its headings",
            file=file,
            help=_what_else(source.text),
        )
    return _front_matter({label: "\n".join(lines).strip() for label, lines in answers.items()})


def _what_else(text: str) -> str:
    """What to do with a text that is not a rendering of the form."""
    # An export of GitHub, GitLab, Jira or Linear, whose title and text have other names in each.
    if text.lstrip().startswith(("{", "[")):
        return "save the text of the issue alone: gh issue view 12 --json body -q .body"
    return "save the text of the issue as it is; 'pmlint import FILE' reads a review without form"


def _front_matter(answers: dict[str, str]) -> dict[str, object]:
    data: dict[str, object] = {}
    for label, at in LABELS.items():
        answer = answers.get(label, "")
        if answer and answer != NO_ANSWER:
            parent, _, key = at.rpartition(".")
            target = data.setdefault(parent, {}) if parent else data
            assert isinstance(target, dict)
            target[key] = _value(at, answer)
    return data


def _value(at: str, answer: str) -> object:
    if at == "routes":
        return [name for name in re.split(r"[\s,]+", answer) if name]
    if at == "impact.customers":
        # ASCII digits only, and not so many that Python refuses to read them.
        return int(answer) if re.fullmatch(r"[0-9]{1,12}", answer) else Typed(answer)
    if at.startswith("clocks."):
        is_time = parse_moment(answer) is not None or parse_date(answer) is not None
        return answer if is_time else Typed(answer)
    return answer
