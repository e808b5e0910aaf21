"""The one page of a postmortem for people: six sections in Markdown, from front matter and body.

What the front matter says is printed as lines and tables, and a section of the body follows as it
is written. Times of the clocks are shown as they are written; the gaps between them are derived,
because typed durations and clocks disagree (docs/spec/format.md, *The other fields*).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from pmlint.model import Action, Postmortem
from pmlint.model.dates import Distance, Interval, gap, parse_interval
from pmlint.model.headings import section_titles
from pmlint.model.postmortem import CLOCKS
from pmlint.parsing.escape import terminal
from pmlint.parsing.markdown import plain_title, sections

SECTIONS = (
    "Summary",
    "Business impact",
    "Timeline",
    "Agent path",
    "Failed controls",
    "Permanent changes",
)
"""The six sections of the page (docs/spec/source.md, 6 and 17)."""
# Inside a word CommonMark takes an underscore as it is, so 'first_warning' needs no backslash.
_MARK_UP = re.compile(r"([\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w))")


def page(postmortem: Postmortem, own: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> str:
    """The page of a postmortem, ending in a line feed. Texts of the front matter are escaped.

    ``own`` are the team's names of sections, by the kebab-case name of the English one.
    """
    # The format has a field for the summary, and a body may have such a heading all the same.
    titles = {**section_titles(own), "summary": "Summary"}
    written: dict[str, str] = {}
    for section in sections(postmortem.body):
        if title := titles.get(plain_title(section.title)):
            prose = postmortem.body[section.start : section.end].strip()
            written[title] = written.get(title) or prose
    parts = {
        "Summary": _summary(postmortem),
        "Business impact": _impact(postmortem),
        "Timeline": _timeline(postmortem),
        "Agent path": _path(postmortem),
        "Failed controls": _controls(postmortem),
        "Permanent changes": _changes(postmortem),
    }
    lines = [f"# {_plain(postmortem.id)}: {_plain(postmortem.title)}", ""]
    for title in SECTIONS:
        lines += [f"## {title}", "", *parts[title]]
        # The body is Markdown that the author wrote, and stays so; only what is unseen is escaped.
        if prose := written.get(title, ""):
            lines += ["", *map(terminal, prose.split("\n"))]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(postmortem: Postmortem) -> Iterator[str]:
    routes, authors = ", ".join(postmortem.routes), ", ".join(postmortem.authors)
    yield _plain(postmortem.summary) or "No summary."
    yield ""
    yield from _table(
        ("Status", "Severity", "Trigger", "Opened", "Routes", "Authors"),
        [
            (
                postmortem.status,
                postmortem.severity,
                postmortem.trigger,
                _shown(postmortem.data.get("opened", "not recorded")),
                routes or "none",
                authors or "nobody",
            )
        ],
    )


def _impact(postmortem: Postmortem) -> Iterator[str]:
    impact = postmortem.impact.data
    if postmortem.impact.description:
        yield _plain(postmortem.impact.description)
        yield ""
    yield f"- Customers: {_value(impact.get('customers', 'not recorded'))}"
    cost = impact.get("cost")
    if isinstance(cost, dict) and "amount" in cost:
        yield f"- Cost: {_value(cost.get('amount'))} {_value(cost.get('currency'))}"
    else:
        yield f"- Cost: {_value('not recorded' if cost is None else cost)}"


def _timeline(postmortem: Postmortem) -> Iterator[str]:
    """The clocks with the gap from the one before, then the events."""
    data = postmortem.clocks.data
    rows: list[tuple[str, ...]] = []
    before: Interval | None = None
    for clock in CLOCKS:
        known = parse_interval(data.get(clock))
        apart = gap(before, known) if before is not None and known is not None else None
        rows.append((clock.replace("_", " "), _shown(data.get(clock)), _gap(apart)))
        # A clock that nobody has set is passed over, so that the next gap is still shown.
        before = known or before
    yield from _table(("Clock", "When", "After the one before"), rows)
    if postmortem.timeline:
        yield ""
        for event in postmortem.timeline:
            yield f"- {_value(event.data.get('at'))}: {_plain(event.event)}"


def _path(postmortem: Postmortem) -> Iterator[str]:
    for number, step in enumerate(postmortem.agent_path, 1):
        note = f": {_plain(step.note)}" if step.note else ""
        yield f"{number}. {_plain(step.step)} {_plain(step.name)}{note}"
    if not postmortem.agent_path:
        yield "No step."


def _controls(postmortem: Postmortem) -> Iterator[str]:
    for control in postmortem.failed_controls:
        kind = "" if control.control else " (absent)"
        expected = f", expected to {_plain(control.expected)}" if control.expected else ""
        yield f"- {_plain(control.name)}{kind}{expected}: {_plain(control.why)}"
    if not postmortem.failed_controls:
        yield "No failed control."


def _changes(postmortem: Postmortem) -> Iterator[str]:
    yield from _table(
        ("Action", "Change", "Layer", "Owner", "Deadline", "Status"),
        [_action(action) for action in postmortem.actions],
    )
    for action in postmortem.actions:
        if action.done_when:
            yield ""
            yield f"{_plain(action.id)} is done when {_plain(action.done_when)}"
    conditions = postmortem.restart.conditions
    if conditions:
        yield ""
        yield "Before the restart:"
        yield ""
        for condition in conditions:
            mark = "x" if condition.met else " "
            yield f"- [{mark}] {_plain(condition.id)}: {_plain(condition.text)}"


def _action(action: Action) -> tuple[str, ...]:
    deadline = action.deadline.isoformat() if action.deadline else "none"
    status = action.status or "open"
    return (action.id, action.title, action.layer, action.owner or "nobody", deadline, status)


def _gap(apart: Distance | None) -> str:
    """A gap in words: exact, within bounds, or unknown."""
    if apart is None or (apart.at_least is None and apart.at_most is None):
        return ""
    least, most = apart.at_least, apart.at_most
    if least == most and least is not None:
        return duration(least)
    if most is None:
        return f"at least {duration(least or 0)}"
    # A gap of these clocks is never below 0, so 'from 0' says nothing.
    if not least:
        return f"at most {duration(most)}"
    return f"{duration(least)} to {duration(most)}"


def duration(seconds: int) -> str:
    """Seconds as people say them, in the two largest units: ``1 day 3 h``, ``27 min 50 s``."""
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    parts = []
    for name, size in (("day", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            plural = "s" if name == "day" and number > 1 else ""
            parts.append(f"{number} {name}{plural}")
    return sign + (" ".join(parts[:2]) or "0 s")


def _value(value: object) -> str:
    """A value as it is written, escaped."""
    return _plain(_shown(value))


def _shown(value: object) -> str:
    """A value as it is written; what is not known says why, with its bounds."""
    if isinstance(value, dict):
        word = "unknown" if "unknown" in value else "suggested"
        bounds = [
            f"{name.replace('_', ' ')} {value[name]}"
            for name in ("not_before", "not_after")
            if name in value
        ]
        return "; ".join([f"{word}: {value.get(word)}", *bounds])
    # null is a clock that has not struck (docs/spec/format.md, 'Clocks hold what people know').
    return "not yet" if value is None else str(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for line in (head, ("---",) * len(head), *rows):
        cells = line if line[0] == "---" else [_plain(cell) for cell in line]
        yield f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """A text of the front matter that shows as it is, on one line."""
    return _MARK_UP.sub(r"\\\1", terminal(" ".join(text.split())))
