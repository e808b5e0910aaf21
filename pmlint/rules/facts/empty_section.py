"""A section of the body is empty, or missing where the front matter does not say it.

The front matter is what is checked; the body is what the next team reads. A heading without a story
is a form, not a review.

Fix: write the section, a few sentences are enough; or take the heading out where the front matter
says it all.

Bad::
    body: |
      ## Business impact
      23 customers.
      ## Timeline
Good::
    body: |
      ## Business impact
      23 customers were refunded twice, and each wrote a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.headings import section_titles
from pmlint.model.saying import is_hollow, is_same, placeholders
from pmlint.parsing.markdown import Section, plain_title
from pmlint.place import Path, in_body
from pmlint.rules.rule import Context, Rule

SECTIONS = {
    "Business impact": ("impact", "say what was damaged or threatened, with numbers"),
    "Timeline": ("timeline", "tell what happened in order, and what could first be seen"),
    "Agent path": ("agent_path", "say which prompts, tools, sources and approvals were involved"),
    "Failed controls": ("failed_controls", "say which controls should have held, and why not"),
    "Permanent changes": ("actions", "say what must change before the restart"),
}
"""The field of the front matter that says the same as a section, and what to write in it."""
_ASKED = ("timeline", "agent_path", "failed_controls")
"""The fields that a rule of their own asks for, whatever the body says."""
_ALIKE = 0.85
"""How alike a heading is that means a section: 'Failed contols', and not 'Timeline of the fix'."""

_WORD = re.compile(r"\w")
_QUESTION = re.compile(r"[^.!?]*[?\uff1f]")
"""The question of a template, alone."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The five sections of the format, in any order, at any level of heading."""
    names = section_titles(context.settings.sections)
    headings = {plain_title(section.title): section for section in postmortem.sections}
    found: dict[str, list[Section]] = {}
    for heading, section in headings.items():
        if heading in names:
            found.setdefault(names[heading], []).append(section)
    # A heading that is another section is not a misspelt one.
    others = {heading: one for heading, one in headings.items() if heading not in names}
    for title, (field, help) in SECTIONS.items():
        if title in found:
            for section in found[title]:
                yield from _written(postmortem, section, title, help)
            continue
        near = _near(title, postmortem.body, others)
        if near is not None:
            start, end = near
            written = postmortem.body[start:end].strip()
            yield Problem(
                f"'{written}' is not the heading of a section",
                in_body(start, end),
                title,
                help=_heading(title, written),
            )
        elif not _says(postmortem, field):
            yield Problem(
                f"the section '{title}' is missing, and '{field}' is empty",
                in_body(0, 0) if postmortem.body.strip() else Path(),
                title,
                help=f"{_way_out(title, field)}: {help}",
            )


def _way_out(title: str, field: str) -> str:
    """What answers the wish: the field alone where another rule asks for it, too."""
    # A heading alone would leave `timeline-missing` as it is.
    return f"fill in '{field}'" if field in _ASKED else f"fill in '{field}', or add '## {title}'"


def _says(postmortem: Postmortem, field: str) -> bool:
    """Whether the front matter says what a section would: an impact by a number, or in words."""
    impact = postmortem.impact
    # Asked one by one, so that a value of the wrong shape is noted as a gap.
    if field != "impact" or any(name in impact.data for name in ("customers", "cost")):
        return bool(postmortem.data.get(field))
    return not is_hollow(impact.description)


def _near(title: str, body: str, headings: Mapping[str, Section]) -> tuple[int, int] | None:
    """Where a heading is that is almost this one, or a line that is meant as one and is not
    rendered as one (``##Timeline``, one that is indented, escaped or in a comment).
    """
    # loaded here, because most documents have all their sections
    from difflib import get_close_matches

    for alike in get_close_matches(title.casefold(), headings, 1, _ALIKE):
        return headings[alike].heading_start, headings[alike].heading_end
    return _meant(title, body)


def _meant(title: str, body: str) -> tuple[int, int] | None:
    """The first line that has marks of a heading, a title and not one other word."""
    # Line by line: one pattern over the body took the square of the marks, 100,000 of which
    # on one line were 60 seconds.
    wanted = re.compile(re.escape(title), re.IGNORECASE)
    start = 0
    for line in body.split("\n"):
        match = wanted.search(line) if "#" in line else None
        if match and "#" in line[: match.start()] and not _WORD.search(wanted.sub("", line, 1)):
            return start, start + len(line)
        start += len(line) + 1
    return None


def _written(postmortem: Postmortem, section: Section, title: str, help: str) -> Iterator[Problem]:
    """A section that is there says something; a placeholder in it is a finding of its own."""
    content = _without_comments(postmortem.body[section.start : section.end])
    lines = [line for line in content.split("\n") if not line.lstrip().startswith("#")]
    text = "\n".join(lines).strip()
    # "n/a" and "-" count as empty: a heading over them reads as if somebody had looked.
    heading = frozenset(title.casefold().split())
    if next(placeholders(text), None):
        return
    if is_hollow(text, heading):
        message = f"the section '{title}' is empty"
    elif _QUESTION.fullmatch(text):
        message = f"the section '{title}' asks, and does not answer"
    elif is_same(text, postmortem.title):
        message = f"the section '{title}' repeats the title"
    else:
        return
    yield Problem(
        message,
        in_body(section.heading_start, section.heading_end),
        title,
        help=f"{help}; or remove the heading",
    )


def _without_comments(content: str) -> str:
    """The text without HTML comments; one that is not closed hides what follows (CommonMark)."""
    kept: list[str] = []
    at = 0
    while (start := content.find("<!--", at)) >= 0:
        kept.append(content[at:start])
        end = content.find("-->", start)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join((*kept, content[at:]))


def _heading(title: str, written: str) -> str:
    """How a line becomes the heading of a section."""
    if written == f"## {title}":
        # Markdown renders it as code: it is indented by four blanks, or between fences.
        return "take it out of the code: begin the line with '##', outside of fences"
    return f"did you mean '## {title}'?"


RULE = Rule("empty-section", Level.ERROR, "postmortem", check, __doc__, "in-review")
