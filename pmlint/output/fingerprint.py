"""What makes a finding the same finding in the next run: our own key, and GitHub's hash of the line
it stands on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from pmlint.finding import Finding

_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1
_OLDEST = pow(_BASE, _WINDOW, 1 << 64)
_LINE_FEED = 0x0A
_END = 0xFFFF


def stable(findings: Iterable[Finding]) -> list[str]:
    """A key for each finding by its postmortem, rule and subject; rows, columns, wording and file
    names may change under it.

    Where a document has several findings with the same key they are told apart by their order.
    """
    seen: Counter[str] = Counter()
    keys = []
    for finding in findings:
        # '1' is the version of the key: another one makes each known finding a new one.
        base = "\0".join(("1", finding.subject or finding.path, finding.code))
        seen[base] += 1
        keys.append(
            sha256(f"{base}\0{seen[base]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        )
    return keys


def line_hashes(text: str) -> list[str]:
    """GitHub's ``primaryLocationLineHash`` of every line, as `github/codeql-action` computes it
    from a file.

    A line's hash is a polynomial over the 100 UTF-16 code units from its start, blanks left out and
    line ends made equal, followed by how often that value has occurred; so a finding keeps its hash
    when lines before it come and go.
    """
    # Step by step as in codeql-action's src/fingerprints.ts, whose hashes must come out.
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate({0x20: None, 0x09: None})
    raw = clean.encode("utf-16-le", "surrogatepass")
    units = [*memoryview(raw).cast("H"), _END, *[0] * _WINDOW]
    value = 0
    for unit in units[:_WINDOW]:
        value = (value * _BASE + unit) & _MASK
    seen: Counter[int] = Counter()
    hashes = []
    starts = True
    # Rolled on unit by unit: to hash each window anew takes a hundred times as many steps.
    for first, following in zip(units, units[_WINDOW:], strict=False):
        if starts:
            seen[value] += 1
            hashes.append(f"{value:x}:{seen[value]}")
        starts = first == _LINE_FEED
        value = (value * _BASE + following - first * _OLDEST) & _MASK
    return hashes
