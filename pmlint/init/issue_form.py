"""Reading an issue: the form of `templates/issue-form.yml` as GitHub renders it, a heading ``###
Label`` and the answer below; alone, or as the text of a tracker's export.
"""

from __future__ import annotations

import re

from pmlint.edit.skeleton import Typed
from pmlint.errors import UsageError
from pmlint.init.tracker import TrackedIssue, is_export, read_export
from pmlint.model.dates import parse_date, parse_moment
from pmlint.parsing.source import BOM, Malformed, decode
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
    """The front matter that an issue makes: the answers of its form, or what a tracker's export
    says of it, with its text as ``body``. What was not answered is left out.

    A number of customers or a clock that is given in words becomes a `Typed`: the words are kept,
    and nobody makes a moment up. Raises `UsageError` for a text that is neither: an answer cannot
    smuggle in a second heading of the form, and invisible characters are refused.
    """
    # The exports of Jira begin with a byte order mark.
    data = text.encode() if isinstance(text, str) else text.removeprefix(BOM.encode())
    visible = _visible(data, file)
    if not is_export(visible):
        answers = _answers(visible, file)
        if not answers:
            raise UsageError(
                "this is not the issue form: it has none of its headings",
                file=file,
                help="save the text of the issue as it is, or the export of its tracker; "
                "'pmlint import FILE' reads a review without form",
            )
        return _front_matter(answers)
    issue = read_export(visible, file)
    _refuse_escaped(issue, file)
    return _of_export(issue, _answers(issue.text, file))


def _of_export(issue: TrackedIssue, answers: dict[str, str]) -> dict[str, object]:
    """What an export says, and over it the answers, where its text is a form."""
    said = {"title": issue.title, "x-issue": issue.address, "timeline": issue.events}
    if not answers and issue.text:
        said["body"] = f"\n{issue.text}\n"
    return {name: value for name, value in said.items() if value} | _front_matter(answers)


def _refuse_escaped(issue: TrackedIssue, file: str) -> None:
    """Raises `UsageError` for what an escape of JSON hides from who reads the file."""
    typed = [event.at.text for event in issue.events if isinstance(event.at, Typed)]
    events = [event.event for event in issue.events]
    for text in (issue.title, issue.text, issue.address, *typed, *events):
        try:
            decode(file, text.encode())
        except UnicodeEncodeError as error:
            half = f"\\u{ord(text[error.start]):04x}"
            raise UsageError(f"'{half}' is half of a character", file=file) from None
        except Malformed as error:
            raise UsageError(error.message, file=file, help=error.help) from None


def _visible(data: bytes, file: str) -> str:
    """The text of bytes. Raises `UsageError` for what is not text, and for what nobody sees."""
    try:
        return decode(file, data).text
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def _answers(text: str, file: str) -> dict[str, str]:
    """The answers of a rendered form by their labels; none where it has no heading of the form."""
    answers: dict[str, list[str]] = {}
    label = ""
    for row, line in enumerate(text.splitlines(), 1):
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
    return {label: "\n".join(lines).strip() for label, lines in answers.items()}


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
