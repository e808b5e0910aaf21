"""The front matter that goes with a pack (docs/spec/runs.md, *The front matter it proposes*).

1. A clock is suggested, never set, and only where the traces show it: the start of the route and
   the first warning. First impact, containment and restart are in no trace and are left out.
2. A kind that the traces don't carry is declared missing, without the action that would capture it
   from now on: a person names that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.runs.event import CORRECTIONS, TraceEvent, TraceRun, timestamp
from pmlint.runs.pack.files import PackFile, PackLine
from pmlint.runs.pack.privacy import encoded

MAX_EVENTS = 30
"""So many events of a timeline are read; the pack has the others."""
_STEPS = {"tool": "tool", "retrieval": "retrieval", "model": "prompt", "decision": "approval"}
_WORDS = {"unrecorded": "no execution recorded"}
_MISSING = {
    "instructions": "the traces carry no system instructions",
    "retrieval": "the traces record no retrieval",
    "tool_log": "the traces record no tool call",
    "interventions": "the traces record no decision",
}
_SHORT = "the system instructions are too short for a digest, and content was left out"


class _Shown(NamedTuple):
    """An event of the pack with its file and line."""

    event: TraceEvent
    file: PackFile
    line: int

    @property
    def source(self) -> str:
        return f"{self.file.name}:{self.line}"


def proposal(files: Sequence[PackFile], *, instructed: bool) -> dict[str, Any]:
    """The fields ``clocks``, ``timeline``, ``agent_path`` and ``evidence``; what has nothing to say
    is left out. ``instructed`` says whether the traces carry what the model was instructed, even
    where it is too short for a digest.
    """
    missing = dict(_missing(files, instructed))
    shown = [
        _Shown(line.of, file, line.number)
        for file in files
        for line in file.lines
        if isinstance(line.of, TraceEvent)
    ]
    shown.sort(key=_known)
    found = {
        "clocks": dict(_clocks(files, shown)),
        "timeline": list(_timeline(shown, missing))[:MAX_EVENTS],
        "agent_path": list(_path(shown, missing)),
        "evidence": {file.kind: _evidence(file, missing) for file in files},
    }
    return {name: value for name, value in found.items() if value}


def warning_of(event: TraceEvent) -> str:
    """Why an event is a warning; empty where it is none."""
    name = encoded(event.name)
    if event.status == "failed":
        return f"{name} failed" + (f": {encoded(event.error)}" if event.error else "")
    if event.decision in CORRECTIONS and event.decided_by == "person":
        return decided(event)
    if event.kind == "tool" and event.attempt == 3:
        return f"third attempt of {name} with the same arguments"
    return f"{name}: {event.warning}" if event.warning else ""


def decided(event: TraceEvent) -> str:
    """What was decided about which call, and by whom, as far as the trace says it."""
    by = f" by {event.by}" if event.by else ""
    # A decision that names no call has its own word for a name.
    about = "" if event.name == event.decision else f"{encoded(event.name)}: "
    return f"{about}{event.decision}{by}"


def _known(shown: _Shown) -> tuple[bool, int, str]:
    """By the moment at which an event was known: when it had ended."""
    known = shown.event.ended or shown.event.at
    return (known is None, known or 0, shown.source)


def _clocks(files: Sequence[PackFile], shown: Sequence[_Shown]) -> Iterator[tuple[str, Any]]:
    # Of what began together the outer one is named: an agent begins with its first call.
    starts = [
        (one.event.at, one.file.kind != "outcome", one.line, one.source, one.event.run)
        for one in shown
        if one.event.at is not None
    ]
    # A root that only groups others is not an event, and began before them all.
    starts += [
        (line.of.started, True, line.number, f"{file.name}:{line.number}", line.of.run)
        for file in files
        for line in file.lines
        if isinstance(line.of, TraceRun) and line.of.started is not None
    ]
    if starts:
        at, _, _, source, run = min(starts)
        yield "route_start", _suggested(at, f"first event of {encoded(run)}", source)
    for one in shown:
        known = one.event.ended or one.event.at
        if known is not None and (because := warning_of(one.event)):
            yield "first_warning", _suggested(known, because, one.source)
            return


def _suggested(at: int, because: str, source: str) -> dict[str, Any]:
    return {"suggested": timestamp(at), "because": because, "source": source}


def _timeline(shown: Sequence[_Shown], missing: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Warnings, and what people and machines decided."""
    for one in shown:
        event, known = one.event, one.event.ended or one.event.at
        text = warning_of(event)
        if not text and event.kind == "decision" and event.decision:
            text = decided(event)
        if text and known is not None:
            said = {"at": timestamp(known), "event": text}
            # An event that cites a kind that is declared missing contradicts itself.
            yield said if one.file.kind in missing else {**said, "evidence": one.file.kind}


def _path(shown: Sequence[_Shown], missing: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each tool, retrieval, model and decision once, in the order in which they began."""
    statuses: dict[tuple[str, str], Counter[str]] = {}
    attempts: dict[tuple[str, str], int] = {}
    kinds: dict[tuple[str, str], str] = {}
    for one in sorted(shown, key=lambda one: (one.event.at is None, one.event.at or 0, one.source)):
        event = one.event
        if event.kind not in _STEPS or (event.kind == "decision" and not event.decision):
            continue
        key = (_STEPS[event.kind], encoded(event.name))
        kinds[key] = one.file.kind
        attempts[key] = max(attempts.get(key, 0), event.attempt)
        word = event.decision if event.kind == "decision" else event.status
        statuses.setdefault(key, Counter())[_WORDS.get(word, word)] += 1
    for (step, name), counts in statuses.items():
        said = {"step": step, "name": name, "note": _note(counts, attempts[step, name])}
        kind = kinds[step, name]
        yield said if kind in missing else {**said, "evidence": kind}


def _note(counts: Counter[str], attempts: int) -> str:
    """``failed, 1 attempt``, or ``2 succeeded, 1 failed, 3 times``: what ran again with the same
    arguments is an attempt, and what merely ran again is none.
    """
    total = sum(counts.values())
    if len(counts) == 1:
        said = next(iter(counts))
    else:
        said = ", ".join(f"{count} {word}" for word, count in counts.items())
    if attempts == total:
        return f"{said}, {total} attempt{'s' if total != 1 else ''}"
    return f"{said}, {total} times" if total > 1 else said


def _missing(files: Sequence[PackFile], instructed: bool) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.kind == "instructions" and not any(map(_tells, file.lines)):
            # A model call without them says that a model was asked, and not what it was told.
            yield file.kind, _SHORT if instructed else _MISSING[file.kind]
        elif not file.lines:
            yield file.kind, _MISSING[file.kind]


def _tells(line: PackLine) -> bool:
    """Whether a row shows what a model was instructed, by a digest or by the text."""
    return isinstance(line.of, TraceEvent) and bool(line.of.sha256 or line.of.text)


def _evidence(file: PackFile, missing: Mapping[str, str]) -> object:
    if file.kind in missing:
        return {"missing": missing[file.kind]}
    return [{"path": file.path, "sha256": file.sha256}]
