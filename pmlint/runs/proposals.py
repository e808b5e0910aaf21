"""The calls that a model proposed, in the shapes in which its answers are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.runs.event import TraceEvent, TraceSource, TraceSpan
from pmlint.runs.names import CHOICE, CONTENT, first_of, indexed, list_of, map_of, parsed

_NEAR = 1_000
"""So many of the last open proposals are compared with a call, which is made soon after it was
proposed: 100,000 that nobody carried out would be read 100,000 times.
"""


_AROUND = ("choices", "generations", "message", "kwargs", "output")
"""What an answer has its messages below, the outer ones first."""
_NESTED = 8


class Proposal(NamedTuple):
    """A call that a model asked for, before anybody knows whether it was made. ``arguments`` are as
    they were written: a text of JSON, or data.
    """

    call: str
    name: str
    arguments: object
    at: int
    source: TraceSource


def proposals_of(span: TraceSpan) -> list[Proposal]:
    """The calls that the span of a model proposed, in its order."""
    listed = first_of("proposals", span.attributes)
    if not listed and (span.events or span.is_log):
        listed = _told_in_events(span) or _choices(span)
    if listed:
        return [
            _proposal(span, call.get("id"), call.get("name"), call.get("arguments"))
            for call in _calls(parsed(listed))
        ]
    # OpenInference and Traceloop flatten their lists into the names of attributes.
    if "gen_ai.completion.0.role" in span.attributes:
        return [
            _proposal(span, call.get("id"), call.get("name"), call.get("arguments"))
            for message in indexed(span.attributes, "gen_ai.completion.")
            for call in indexed(message, "tool_calls.")
        ]
    return [
        _proposal(
            span,
            call.get("tool_call.id"),
            call.get("tool_call.function.name"),
            call.get("tool_call.function.arguments"),
        )
        for message in indexed(span.attributes, "llm.output_messages.")
        for call in indexed(message, "message.tool_calls.")
    ]


def _told_in_events(span: TraceSpan) -> Any:
    """What a model answered where an event of its span carries it: until version 1.37."""
    found = (first_of("proposals", event.attributes) for event in span.events)
    return next(filter(None, found), None)


def _choices(span: TraceSpan) -> Mapping[str, Any]:
    """What a model answered, where each choice is an event on its span, or a log record."""
    told = ((one.name, one.attributes) for one in (*span.events, *([span] if span.is_log else ())))
    found = [parsed(attributes.get(CONTENT)) for name, attributes in told if name == CHOICE]
    return {"choices": found} if found else {}


def _proposal(span: TraceSpan, call: object, name: object, arguments: object) -> Proposal:
    at = span.end or span.start
    return Proposal(str(call or ""), str(name or ""), arguments, at, span.source)


def unrecorded_of(proposal: Proposal) -> TraceEvent:
    """A call that was proposed, and of whose execution no trace tells."""
    last = proposal.at or None
    return TraceEvent(
        kind="tool",
        name=proposal.name,
        source=proposal.source,
        at=last,
        ended=last,
        status="unrecorded",
        call=proposal.call,
        arguments=tuple(sorted(map_of(parsed(proposal.arguments)))),
    )


def has_call(open: Sequence[Proposal], call: str) -> bool:
    """Whether one of the open proposals has this id."""
    return any(one.call == call for one in open[-_NEAR:])


def number_of(call: str, tool: str, arguments: object, open: Sequence[Proposal]) -> int | None:
    """Which of the open proposals a call carries out: by the id of the call, else (OpenInference
    has none on tool spans, some models give none) the first of the same name, and of these rather
    one with the same arguments.
    """
    near = range(max(len(open) - _NEAR, 0), len(open))
    same = [number for number in near if call and open[number].call == call]
    if same:
        return same[0]
    named = [n for n in near if open[n].name == tool and not (call and open[n].call)]
    equal = (n for n in named if _are_equal(open[n].arguments, arguments))
    return next(equal, named[0] if named else None)


def changed_arguments(proposed: object, made: object) -> tuple[str, ...]:
    """Pointers to arguments that were proposed and ran otherwise; one that was only added is a
    default. Where the trace has none of the call, nothing can be compared.
    """
    # Nearly all calls run as they were proposed: equal texts are not decoded.
    if proposed == made or not (ran := map_of(parsed(made))):
        return ()
    asked = map_of(parsed(proposed))
    return tuple(f"/{name}" for name in sorted(asked) if ran.get(name) != asked[name])


def _are_equal(proposed: object, made: object) -> bool:
    """Whether arguments say the same, each as a text of JSON or as data."""
    return proposed == made or map_of(parsed(proposed)) == map_of(parsed(made))


def _calls(content: Any) -> Iterator[Mapping[str, Any]]:
    """The tool calls in what a model answered, as ``id``, ``name`` and ``arguments``."""
    for message in _messages(content, _NESTED):
        for part in map(map_of, list_of(message.get("parts"))):
            if part.get("type") == "tool_call":
                yield part
        yield from map(_flat, list_of(message.get("tool_calls")))
        # Anthropic's client has its calls in the content, the interface Responses beside it.
        for block in map(map_of, list_of(message.get("content"))):
            if block.get("type") == "tool_use":
                yield {**block, "arguments": block.get("input")}
        if "toolName" in message:  # the AI SDK
            arguments = message.get("input", message.get("args"))
            id, name = message.get("toolCallId"), message["toolName"]
            yield {"id": id, "name": name, "arguments": arguments}
        if message.get("type") == "function_call":
            yield {**message, "id": message.get("call_id")}


def _messages(content: Any, most: int) -> Iterator[Mapping[str, Any]]:
    """The messages in what a model answered: choices and generations have them, LangChain wraps
    them, and the interface Responses lists them as ``output``.
    """
    if isinstance(content, list) and most:
        for one in content:
            yield from _messages(one, most - 1)
    elif isinstance(content, dict) and most:
        # Nearly all messages are of OpenTelemetry, and these are not looked into.
        is_message = "parts" in content
        inner = None if is_message else next(filter(None, map(content.get, _AROUND)), None)
        if isinstance(inner, dict | list):
            yield from _messages(inner, most - 1)
        else:
            yield content


def _flat(call: Any) -> Mapping[str, Any]:
    """A call of the OpenAI shape, with its name and arguments below ``function``, or of LangChain's
    with ``args``.
    """
    found = {**map_of(call), **map_of(map_of(call).get("function"))}
    return found if "arguments" in found else {**found, "arguments": found.get("args")}
