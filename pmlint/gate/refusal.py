"""What the gate says no to: one refusal, with its place and its way out (docs/spec/gate.md, 11).

A check yields refusals, or returns ``Refusal | None``. What allows something says nothing at all:
no empty text, and no truth value that a lost ``not`` could turn round.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from pmlint.finding import Finding, Level, Related
from pmlint.gate.transitions import transitions
from pmlint.parsing.values import as_json
from pmlint.place import Path, Span, Where
from pmlint.project.holds import Hold

_NOTHING: Mapping[str, str] = MappingProxyType({})
PAGES = "https://github.com/pmlint/pmlint/blob/main/docs/refusals/"
"""Where the page of a code can be read."""


class Lack(NamedTuple):
    """Why something is not allowed, as words that end a message; ``code`` where it decides it."""

    reason: str
    code: str = ""


def spaced(lack: Lack) -> str:
    """The reason of a lack as the end of a sentence."""
    return lack.reason if lack.reason.startswith(",") else f" {lack.reason}".rstrip()


class Refusal(NamedTuple):
    """One thing that is refused, or that could not be judged.

    ``at`` is the place in ``file`` on ``side`` (the merge result, or the base alone); ``span``
    where rows are known without a document. ``values`` fill the braces of the way out that the
    table has for the code; ``help`` replaces it. ``holds`` is what blocks a route.
    """

    code: str
    message: str
    file: str
    at: Path | Where | None = None
    span: Span | None = None
    side: Literal["", "base"] = ""
    subject: str = ""
    field: str = ""
    before: object = None
    after: object = None
    related: tuple[Related, ...] = ()
    values: Mapping[str, str] = _NOTHING
    help: str = ""
    holds: tuple[Hold, ...] = ()

    @property
    def is_unjudged(self) -> bool:
        """Whether it says that something could not be judged, which is exit code 2."""
        info = transitions().codes.get(self.code)
        return info is not None and info.unjudged

    @property
    def way_out(self) -> str:
        """What to do, to the letter; what is not known stays a word in capitals."""
        info = transitions().codes.get(self.code)
        text = self.help or (info.help if info else "")
        if not self.help and info and info.of_condition and "condition" in self.values:
            text = info.of_condition
        return filled(text, self.values)

    def finding(self, span: Span) -> Finding:
        """The refusal as a finding at a span of its file."""
        known = self.code in transitions().codes
        at = self.at.path if isinstance(self.at, Where) else self.at
        return Finding(
            self.code,
            Level.ERROR,
            self.message,
            self.file,
            span,
            None if at is None else at.pointer,
            self.subject,
            self.way_out,
            f"{PAGES}{self.code}.md" if known else "",
            field=self.field,
            before=as_json(self.before),
            after=as_json(self.after),
            related=self.related,
            side=self.side,
        )


def cannot_be_read(code: str, finding: Finding) -> Refusal:
    """The refusal of a file that cannot be read, from what its reader found."""
    return Refusal(
        code,
        f"{finding.path}: {finding.message}",
        finding.path,
        span=finding.span,
        help=finding.help,
        values={"path": finding.path},
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """A way out with its braces filled; a name without a value is written in capitals."""
    text = text.replace("{{", "\0").replace("}}", "\1")
    text = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1]) or match[1].upper(), text)
    return text.replace("\0", "{").replace("\1", "}")


def as_argument(value: object) -> str:
    """A value as a word of a command, uncut, because people copy the way out."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | Mapping):
        return shlex.quote(json.dumps(value, ensure_ascii=False, default=str))
    return shlex.quote(str(value))


def shown(value: object) -> str:
    """A value as messages show it: short, and 'none' where there is none."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, list | Mapping):
        text = ", ".join(map(str, value)) or "nothing"
    return text if len(text) <= 60 else f"{text[:57]}..."
