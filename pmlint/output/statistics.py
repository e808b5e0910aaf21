"""How often each rule was hit (``--statistics``)."""

from __future__ import annotations

import json
from collections import Counter

from pmlint.check.report import Report
from pmlint.parsing.escape import terminal


def render(name: str, report: Report) -> str:
    """A line a rule, the most frequent first: count, level, code and title; as JSON where ``name``
    is a JSON format.

    A rule that is an error in one postmortem and a warning in a draft has two lines.
    """
    counts = Counter((finding.code, finding.level) for finding in report.counted)
    fixable = Counter(
        (finding.code, finding.level) for finding in report.counted if finding.fix is not None
    )
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    if name in ("json", "jsonl"):
        data = [
            {
                "code": code,
                "level": str(level),
                "count": counts[code, level],
                "fixable": fixable[code, level],
            }
            for code, level in ranked
        ]
        return json.dumps(data, indent=2) + "\n"
    width = max((len(str(number)) for number in counts.values()), default=0)
    wide = max((len(terminal(code)) for code, _ in ranked), default=0)
    lines = []
    for code, level in ranked:
        rule = report.rule(code)
        title = f"{terminal(rule.title)} " if rule is not None and rule.title else ""
        fixes = f"({fixable[code, level]} with `--fix`)" if fixable[code, level] else ""
        head = f"{counts[code, level]:>{width}}  {level!s:7}  {terminal(code):{wide}}"
        lines.append(f"{head}  {title}{fixes}".rstrip())
    return "\n".join([*lines, str(report.summary), ""])
