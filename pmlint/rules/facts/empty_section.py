"""A section of the body is missing or empty.

The front matter is what is checked; the body is what the next team reads. Five headings without a
story are a form, not a review.

Fix: write the section, a few sentences are enough.

Bad::
    body: |
      ## Business impact
      23 customers.
      ## Timeline
      ## Agent path
      One step.
      ## Failed controls
      One.
      ## Permanent changes
      Two.
Good::
    body: |
      ## Business impact
      23 customers.
      ## Timeline
      An hour.
      ## Agent path
      One step.
      ## Failed controls
      One.
      ## Permanent changes
      Two.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.vocabulary import SECTIONS
from pmlint.parsing.markdown import sections
from pmlint.place import in_body
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The five sections of the format, in any order, at any level of heading."""
    found = {section.title.casefold(): section for section in sections(postmortem.body)}
    for title in SECTIONS:
        section = found.get(title.casefold())
        if section is None:
            yield Problem(
                f"the section '{title}' is missing", in_body(0, 0), title, help=f"add '## {title}'"
            )
        elif _is_empty(postmortem.body[section.start : section.end]):
            at = in_body(section.heading_start, section.heading_end)
            yield Problem(
                f"the section '{title}' is empty",
                at,
                title,
                help="write what happened, a few sentences are enough",
            )


def _is_empty(content: str) -> bool:
    while (start := content.find("<!--")) >= 0:
        end = content.find("-->", start)
        content = content[:start] + (content[end + 3 :] if end >= 0 else "")
    return all(
        not line or line.isspace() or line.lstrip().startswith("#") for line in content.split("\n")
    )


RULE = Rule("empty-section", Level.ERROR, "postmortem", check, __doc__, "in-review")
