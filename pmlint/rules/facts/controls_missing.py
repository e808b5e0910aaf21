"""No control is named that should have stopped the failure.

A review that names no control cannot say why the workflow was allowed to be wrong for so long.

Fix: name the control of the route that did not hold, or ``absent`` with a name for the one that was
not there, and the findings that it explains.

Bad::
    failed_controls: []
    actions: [{id: A1, control: null}, {id: A2}]
Good::
    failed_controls: [{absent: daily-cap, expected: contain, why: "no control counted refunds",
      findings: [F1]}]
    actions: [{id: A1, control: null}, {id: A2}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one failed control, named or absent, that names a finding."""
    written = postmortem.data.get("failed_controls")
    if not isinstance(written, (list, type(None))):
        return  # it has the wrong shape, which the schema says
    controls = postmortem.failed_controls
    if any(control.findings for control in controls):
        return  # one without a name is a finding of unknown-control
    if controls and not postmortem.findings:
        return  # there is none to name, which findings-missing says
    at = Path() / "failed_controls" if "failed_controls" in postmortem.data else Path()
    if not controls:
        message = "no failed control is named"
        help = "add 'failed_controls' with 'control: ID', or 'absent: NAME' if there was none"
    else:
        message = "no failed control names a finding"
        help = "add 'findings: [F1]' to the control that should have stopped it"
    yield Problem(message, at, help=help)


RULE = Rule("controls-missing", Level.ERROR, "postmortem", check, __doc__)
