"""A third list of neighbours: newest conventions, agents below agents, sub-agents, refusals.

The 30 were written before any of them was read; 5 were read wrongly then.
"""

from __future__ import annotations

from typing import Any

from tests.runs.neighbours import (
    AGENT,
    BY_USER,
    CHAIN,
    END,
    ERROR,
    FLOW_ROOT,
    HELLO,
    OPENAI_ROOT,
    OPENAI_TRACE,
    PAY,
    PROMPT,
    ROOT,
    SMITH_ROOT,
    Neighbour,
    answer,
    approved,
    asked,
    assessed,
    called,
    event,
    flow,
    flow_span,
    function,
    fuse,
    inference,
    inspect_tool,
    inspected,
    iso,
    lines,
    logs,
    record,
    request,
    result,
    row,
    rpc,
    sample,
    smith,
    span,
    spans,
    step,
    use,
    wire,
)

INTERRUPT = event("exception", {"exception.type": "langgraph.errors.GraphInterrupt"}, 4)
SUB = {"isSidechain": True, "agentId": "a748733"}


def denied(call: str, text: str) -> dict[str, Any]:
    """The result of a call that was not made, as versions without `permissionDecision` write it."""
    return result(call, 2, True, text, toolUseResult=f"Error: {text}")


CONVENTIONS = {
    "an agent as a tool: the tool's span holds the agent, which calls another tool": Neighbour(
        (
            lines(
                spans(
                    span(4, called("pay", "c2", '{"amount": 480}'), parent=3),
                    span(3, {**AGENT, "gen_ai.agent.name": "payer"}, parent=2),
                    span(2, called("ask_payer", "c1")),
                    ROOT,
                )
            ),
        ),
        succeeded=("ask_payer", "pay"),
    ),
    "a workflow that is named by the older attribute, and its service by another name": Neighbour(
        (
            lines(
                spans(
                    span(2, called("pay", "c1")),
                    span(
                        1,
                        {
                            "gen_ai.operation.name": "invoke_workflow",
                            "gen_ai.workflow.name": "Refund Triage",
                        },
                    ),
                    **{"service.name": "shop-backend"},
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "a plan, a search of its memory, and one call": Neighbour(
        (
            lines(
                spans(
                    span(2, {"gen_ai.operation.name": "plan"}),
                    span(3, {"gen_ai.operation.name": "search_memory"}),
                    span(4, asked(PAY)),
                    span(5, called("pay", "c1", '{"amount": 480}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "an answer that is fetched later asks for a call, which nobody made": Neighbour(
        (
            lines(
                spans(span(2, asked(PAY, **{"gen_ai.operation.name": "fetch_response"})), ROOT),
            ),
        ),
        unrecorded=("pay",),
    ),
    "the exception of a client as a log record, tried again and well": Neighbour(
        (
            lines(
                spans(span(2, {"gen_ai.operation.name": "chat"}), ROOT),
                logs(
                    record(
                        "gen_ai.client.operation.exception",
                        {"exception.type": "RateLimitError", "exception.message": "429"},
                    )
                ),
            ),
        ),
    ),
    "a call that the provider itself made": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {
                            "gen_ai.operation.name": "chat",
                            "gen_ai.output.messages": '[{"role": "assistant", "parts": '
                            '[{"type": "server_tool_call", "id": "s1", "name": "web_search"}, '
                            '{"type": "server_tool_call_response", "id": "s1"}]}]',
                        },
                    ),
                    ROOT,
                )
            ),
        ),
    ),
    "a score of nothing whose label is a pass": Neighbour(
        (
            lines(
                spans(ROOT),
                logs(
                    record(
                        "gen_ai.evaluation.result",
                        {
                            "gen_ai.evaluation.name": "toxicity",
                            "gen_ai.evaluation.score.value": 0.0,
                            "gen_ai.evaluation.score.label": "pass",
                        },
                    )
                ),
            ),
        ),
    ),
    "two proposals without ids, and one call that has one": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(("", "pay", {"amount": 480}), ("", "mail", {"to": "x"}))),
                    span(3, called("pay", "c9", '{"amount": 480}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
        unrecorded=("mail",),
    ),
}

NESTED = {
    "an agent below an agent, the tool below both": Neighbour(
        (
            lines(
                spans(
                    span(3, inference("TOOL", **{"tool.name": "pay"}), parent=2),
                    span(2, inference("AGENT", **{"agent.name": "payer"})),
                    span(1, inference("AGENT", **{"agent.name": "refund-triage"})),
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "one question that leaves a tool, its agent and its graph": Neighbour(
        (
            lines(
                spans(
                    span(3, inference("TOOL", **{"tool.name": "pay"}), 2, events=[INTERRUPT]),
                    span(2, inference("AGENT", **{"agent.name": "payer"}), events=[INTERRUPT]),
                    span(1, inference("CHAIN"), events=[INTERRUPT]),
                )
            ),
        ),
        outcomes=("unknown",),
        waiting=("pay",),
        decisions=("question/",),
    ),
    "an agent that failed below an agent that went on": Neighbour(
        (
            lines(
                spans(
                    span(3, inference("TOOL", **{"tool.name": "pay"}), 2, **ERROR),
                    span(2, inference("AGENT"), **ERROR),
                    CHAIN,
                )
            ),
        ),
        failed=("pay",),
    ),
}

SUB_AGENTS = {
    "a sub-agent in a file of its own, without its session": Neighbour(
        (
            lines(
                row("user", 0, "Look it up", **SUB),
                use("t2", "Read", 1, **SUB),
                result("t2", 2, **SUB),
                {**END, **SUB},
            ),
        ),
        outcomes=("unknown",),
        succeeded=("Read",),
    ),
    "a session, and its sub-agent in another file": Neighbour(
        (
            lines(PROMPT, use("t1", "Task", 1), result("t1", 20), END),
            lines(
                row("user", 2, "Look it up", **SUB),
                use("t2", "Read", 3, **SUB),
                result("t2", 4, **SUB),
                {**END, **SUB, "timestamp": iso(19)},
            ),
        ),
        succeeded=("Read", "Task"),
    ),
    "broken off in the middle of an answer": Neighbour(
        (
            lines(
                PROMPT,
                row("assistant", 2, [{"type": "text", "text": "I"}], message={"stop_reason": None}),
                row("user", 3, [{"type": "text", "text": "[Request interrupted by user]"}]),
            ),
        ),
        outcomes=("unknown",),
    ),
    "a rule refused it, in the words of an earlier version": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                denied("t1", "Permission to use Bash with command rm has been denied."),
                END,
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/machine",),
    ),
    "a person refused it and gave a reason": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                denied("t1", "The user doesn't want to proceed with this tool use. Use make."),
                use("t2", "Bash", 3),
                result("t2", 4, **BY_USER),
                END,
            ),
        ),
        succeeded=("Bash",),
        blocked=("Bash",),
        decisions=("rejection/person", "approval/person"),
    ),
    "compacted between a call and its result": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                {
                    "type": "system",
                    "subtype": "compact_boundary",
                    "sessionId": "s1",
                    "timestamp": iso(2),
                },
                row("user", 3, "It continues.", isCompactSummary=True),
                result("t1", 4),
                END,
            ),
        ),
        succeeded=("Bash",),
    ),
    "the interface failed twice, was tried again, and answered": Neighbour(
        (
            lines(
                PROMPT,
                *(
                    {
                        "type": "system",
                        "subtype": "api_error",
                        "level": "error",
                        "sessionId": "s1",
                        "timestamp": iso(second),
                    }
                    for second in (1, 2)
                ),
                END,
            ),
        ),
    ),
}

PLATFORMS = {
    "mlflow: still at work": Neighbour(
        (
            lines(
                flow(
                    flow_span(1, "AGENT", "refund-triage", {}, end_time_unix_nano=None),
                    flow_span(2, "TOOL", "pay", {}),
                    state="IN_PROGRESS",
                )
            ),
        ),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "mlflow: a judge could not judge": Neighbour(
        (
            lines(
                flow(
                    FLOW_ROOT,
                    assessments=(
                        assessed(
                            "safe",
                            None,
                            "LLM_JUDGE",
                            feedback={"value": None, "error": {"error_code": "TIMEOUT"}},
                        ),
                    ),
                )
            ),
        ),
    ),
    "mlflow: a judge's no, overridden by a person's yes": Neighbour(
        (
            lines(
                flow(
                    FLOW_ROOT,
                    assessments=(
                        assessed("correct", "no", "LLM_JUDGE", valid=False),
                        assessed("correct", "yes", overrides="a-1"),
                    ),
                )
            ),
        ),
    ),
    "langsmith: the root is pending": Neighbour(
        (lines({**SMITH_ROOT, "end_time": None, "status": "pending"}, smith("t", "tool", "pay")),),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "inspect: escalated by a policy, changed by a person": Neighbour(
        (
            inspected(
                sample(
                    approved("c1", "escalate", "policy"),
                    approved("c1", "modify", "maria"),
                    inspect_tool("c1", 3),
                )
            ),
        ),
        succeeded=("pay",),
        decisions=("question/machine", "edit/person"),
    ),
    "inspect: a call that failed hard, without an error of its own": Neighbour(
        (inspected(sample(inspect_tool("c1", 3, failed=True, error=None))),),
        failed=("pay",),
    ),
    "inspect: cancelled, a sample has no end": Neighbour(
        (inspected(sample(inspect_tool("c1", 3), completed_at=None), status="cancelled"),),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "openai: handed from one agent to another, which called": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                OPENAI_ROOT,
                step(2, {"type": "handoff", "from_agent": "refund-triage", "to_agent": "payer"}),
                step(3, {"type": "agent", "name": "payer"}),
                {**function(4), "parent_id": "span_3"},
            ),
        ),
        succeeded=("pay",),
    ),
    "openai: the list of tools of a server is no call": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(2, {"type": "mcp_tools", "server": "bank", "result": ["pay"]}),
                OPENAI_ROOT,
            ),
        ),
    ),
    "langfuse: a tool marked as an error by hand, its agent well": Neighbour(
        (
            lines(
                spans(
                    span(2, fuse("tool", level="ERROR"), name="pay"),
                    span(1, fuse("agent")),
                )
            ),
        ),
        failed=("pay",),
    ),
    "mcp: progress, a sample for the server, and then the answer": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                wire(2, "server-to-client", rpc(method="notifications/progress", params={})),
                wire(3, "server-to-client", rpc(id=1, method="sampling/createMessage", params={})),
                wire(4, "client-to-server", rpc(id=1, result={"role": "assistant"})),
                answer(1, 5),
            ),
        ),
        succeeded=("pay",),
    ),
    "mcp: a question by an address, declined": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                wire(
                    2,
                    "server-to-client",
                    rpc(id=7, method="elicitation/create", params={"mode": "url", "url": "x"}),
                ),
                wire(3, "client-to-server", rpc(id=7, result={"action": "decline"})),
                answer(1, 4),
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
}

NEWEST = CONVENTIONS | NESTED | SUB_AGENTS | PLATFORMS
