"""Neighbours of Claude Code: log events and transcripts."""

from __future__ import annotations

import json
from typing import Any

from tests.runs.neighbours import (
    END,
    PROMPT,
    Neighbour,
    claude,
    decided,
    lines,
    logs,
    result,
    row,
    use,
)


def outcome(success: bool, **more: object) -> dict[str, Any]:
    told = {"tool_name": "Bash", "tool_use_id": "t1", "success": str(success).lower(), **more}
    return claude("tool_result", 3, told)


CLAUDE = {
    "claude logs: refused by a person, and its result says so": Neighbour(
        (
            lines(
                logs(
                    claude(
                        "tool_decision",
                        2,
                        {
                            "decision": "reject",
                            "source": "user_reject",
                            "tool_name": "Bash",
                            "tool_use_id": "t1",
                        },
                    ),
                    outcome(False, decision_type="reject", decision_source="user_reject"),
                    service="claude-code",
                )
            ),
        ),
        outcomes=("unknown",),
        blocked=("Bash",),
        decisions=("rejection/person",),
    ),
    "claude logs: accepted by a rule, and done": Neighbour(
        (
            lines(
                logs(
                    decided("accept", "config"),
                    outcome(True, decision_type="accept", decision_source="config"),
                    service="claude-code",
                )
            ),
        ),
        outcomes=("unknown",),
        succeeded=("Bash",),
        decisions=("approval/machine",),
    ),
    "transcript: a question to the user that has no answer yet": Neighbour(
        (lines(PROMPT, use("t1", "AskUserQuestion", 1)),),
        outcomes=("unknown",),
        waiting=("AskUserQuestion",),
        decisions=("question/",),
    ),
    "transcript: a question to the user that was answered": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "AskUserQuestion", 1),
                result("t1", 9, toolUseResult={"questions": [], "answers": {"Which?": "A"}}),
                END,
            ),
        ),
        succeeded=("AskUserQuestion",),
    ),
    "transcript: three at once, two refused with the first": Neighbour(
        (
            lines(
                PROMPT,
                *(use(id, name, 1) for id, name in (("a", "Read"), ("b", "Bash"), ("c", "Edit"))),
                result("a", 2),
                *(
                    result(
                        id,
                        3,
                        True,
                        toolUseResult="Error: The user doesn't want to take this action right now.",
                    )
                    for id in "bc"
                ),
                END,
            ),
        ),
        succeeded=("Read",),
        blocked=("Bash", "Edit"),
        decisions=("rejection/person", "rejection/person"),
    ),
    "transcript: broken off by the user while a tool ran": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                result(
                    "t1",
                    2,
                    True,
                    "[Request interrupted by user for tool use]",
                    toolUseResult="Error: [Request interrupted by user for tool use]",
                ),
                row("user", 3, [{"type": "text", "text": "[Request interrupted by user]"}]),
            ),
        ),
        outcomes=("unknown",),
        blocked=("Bash",),
        decisions=("cancellation/person",),
    ),
    "transcript: cut off in the last row": Neighbour(
        (lines(PROMPT, use("t1", "Bash", 1)) + json.dumps(result("t1", 2))[:60].encode(),),
        outcomes=("unknown",),
        unrecorded=("Bash",),
        findings=("trace-truncated",),
    ),
}
