"""The baseline: findings that were there when a team began, by postmortem, rule and subject.

It may only shrink.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.registry.reader import decode_foreign
from pmlint.project.waivers import UNWAIVABLE

MAX_BYTES = 16 * 1024 * 1024
"""The largest baseline that is read: about 160,000 entries. A team with old postmortems writes more
than the 256 KiB of a document, and must be able to read what it wrote.
"""


class Known(NamedTuple):
    """One known finding: the postmortem (its file, where it has no id), the rule, and what inside
    it is meant (``A2``, or empty).
    """

    postmortem: str
    rule: str
    subject: str


def known(finding: Finding) -> Known | None:
    """The entry of a finding; None for one that no baseline may hold."""
    if finding.code in UNWAIVABLE - {"schema"}:
        return None
    name, _, inside = finding.subject.partition("#")
    return Known(
        name or finding.path,
        finding.code,
        inside or (finding.pointer or "" if finding.code == "schema" else ""),
    )


def read_baseline(tree: Tree, file: str) -> frozenset[Known]:
    """The entries of a baseline; none where there is no such file, or no name.

    Raises `UsageError` for anything else than a baseline.
    """
    if not file or tree.entry(file) is None:
        return frozenset()
    try:
        text = decode_foreign(file, tree.read(file, MAX_BYTES), MAX_BYTES).text
        data = json.loads(text)
        if data["version"] != 1:
            raise UsageError(
                f"this baseline has the version {data['version']!r}",
                file=file,
                help="update pmlint",
            )
        return frozenset(
            Known(str(entry["postmortem"]), str(entry["rule"]), str(entry["subject"]))
            for entry in data["known"]
        )
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None
    # Whatever else a file of this name holds: a run must not take it for an empty baseline.
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            "this is not a baseline",
            file=file,
            help="'pmlint baseline' writes one; delete this file first",
        ) from None


def written(entries: frozenset[Known]) -> str:
    """A baseline as text: one entry a line, in order, so that two branches rarely meet in one
    place.
    """
    lines = ",\n".join(f"    {_line(entry)}" for entry in sorted(entries))
    return '{\n  "version": 1,\n  "known": [\n' + lines + ("\n" if lines else "") + "  ]\n}\n"


def _line(entry: Known) -> str:
    """An entry on one line; what can't be seen or encoded is escaped, as in a path from git."""
    # A path of git may hold bytes that are not UTF-8 (lone surrogates), which no file can.
    is_plain = all(part.isprintable() for part in entry)
    return json.dumps(entry._asdict(), ensure_ascii=not is_plain)
