"""The pages of the codes that `evidence`, `runs` and `due` print (docs/spec/runs.md, *Bad input*,
and docs/spec/due.md, *Findings*).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_ERROR = "error; exit code 1, in `due` 2"
_REFUSED = "exit code 2, nothing of the file counts"
_WARNING = "warning; the rest counts"


class RunCode(NamedTuple):
    """What a code says, why that matters, what to do, and how serious it is."""

    title: str
    why: str
    fix: str
    level: str


RUN_CODES: Mapping[str, RunCode] = {
    "trace-truncated": RunCode(
        "A file of traces is empty or cut off",
        "Its writer was stopped, or still writes. What the last line would have said is not known.",
        "export the file again once the run has ended.",
        _WARNING,
    ),
    "trace-unreadable": RunCode(
        "A line of a file of traces cannot be read",
        "It is not JSON, not of the format of its file, or its compression is broken.",
        "the message names the line; export it again. The other lines are read.",
        _ERROR,
    ),
    "trace-unknown": RunCode(
        "A file is in no known format of traces",
        "A file is known by its content. Nothing is guessed from its name.",
        "the help lists the formats that were tried; write rows of runs (docs/spec/runs.md).",
        _REFUSED,
    ),
    "trace-mixed": RunCode(
        "A file holds several formats",
        "Two readers would read one file differently.",
        "write one format to a file.",
        _REFUSED,
    ),
    "trace-clock": RunCode(
        "A time in a trace cannot be",
        "It ends before it starts, has no offset, or is before 2000 or after tomorrow. The event "
        "is kept without its time, and moves no clock.",
        "correct the clock of the machine that wrote it.",
        _WARNING,
    ),
    "trace-conflict": RunCode(
        "A span came twice with other content",
        "The first counts. The same content twice counts once and is no finding.",
        "export each span once, when it has ended.",
        _WARNING,
    ),
    "trace-too-large": RunCode(
        "A file of traces is above a limit",
        "A line over 16 MiB, a file over 4 GiB, 8 GiB or 20 times its size decompressed, more than "
        "64 levels, a run of more than a million events, or a file of the pack over 64 MiB.",
        "split the file, or name fewer runs.",
        _REFUSED,
    ),
    "run-unreadable": RunCode(
        "A row of runs cannot be read",
        "A column is missing, an outcome is unknown, or a count is not a count.",
        "the message names the column and the value; correct the view or the export.",
        _REFUSED,
    ),
    "run-unassigned": RunCode(
        "Runs belong to no known route",
        "They are counted and named, never dropped: what nobody declared runs all the same.",
        "declare the route, map the name in `[tool.pmlint.runs] names`, or use `--route`.",
        "warning",
    ),
    "run-file-twice": RunCode(
        "Two files of runs have the same bytes",
        "Counted twice they would spend a budget twice, so they count once.",
        "name the file once, or delete the copy.",
        "warning",
    ),
    "no-runs": RunCode(
        "There is no run of the route in the range",
        "A pack without a run would prove nothing.",
        "the message names the routes and days that were seen; widen `--from` and `--to`, or use "
        "`--route`.",
        "error, exit code 1",
    ),
    "secret-in-evidence": RunCode(
        "A text of the traces looks like a secret",
        "A pack is committed and read by many. Nothing is written; the place is named, never the "
        "secret.",
        "revoke the key, take it out of the trace, or leave out `--content`.",
        "error, exit code 1, nothing written",
    ),
    "owed-postmortem": RunCode(
        "A review is owed, and no postmortem answers it",
        "A visible defect, a breach, an unsafe action, a near miss, repeated rescue or a budget "
        "that is spent too fast asks for one (docs/spec/due.md, *Triggers*).",
        "`pmlint new TITLE --route ROUTE --trigger TRIGGER`, then move it to `in-review`; or name "
        "the episode in a review that covers it (`episodes`).",
        "warning within `grace`, then error",
    ),
    "budget-exceeded": RunCode(
        "A route has spent a budget",
        "It failed, or was rescued, more often than its `slo` allows.",
        "lower its autonomy or pause it; the help says when it would be within again.",
        "error at `act`, warning at `act-with-approval`",
    ),
    "autonomy-exceeded": RunCode(
        "Runs had more autonomy than the registry allows",
        "The runtime does not read the registry, so pausing the route there stops nothing.",
        "make the runtime read it, or pause the route.",
        "error",
    ),
    "runs-stale": RunCode(
        "The runs of a route cannot be judged",
        "The newest run is too old, the route has none, too many outcomes are unknown, or rows are "
        "after now. Nothing judged is not a pass.",
        "name newer runs, or judge an old log at its end with `--now`, as the help writes it.",
        "error, exit code 2",
    ),
}


def run_page(code: RunCode) -> str:
    """The page of a code in the form of the other pages."""
    lines = [f"{code.title}.", "", code.why, "", f"Fix: {code.fix}", "", f"Level: {code.level}."]
    return "\n".join([*lines, "", "Waive: it can't be waived."])
