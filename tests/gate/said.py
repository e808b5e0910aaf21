"""What a change is told, whole: each refusal with its place, its words and its way out, and what
became of each route. Kept in a file beside the tests that ``pytest --update`` writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Finding, Related
from pmlint.gate.transitions import transitions
from tests.gate import DATA
from tests.gate.attack_data import Case

KNOWN = {
    name.upper()
    for info in transitions().codes.values()
    for name in re.findall(r"\{(\w+)\}", f"{info.help} {info.of_condition}")
} - {"HANDLE", "PLACE"}
"""The words that ways out fill in; but a person, and the place of an action that names none."""


class SaidFile:
    """Lines by the name of a case."""

    def __init__(self, name: str) -> None:
        self._file = DATA / name
        text = self._file.read_text("utf-8") if self._file.exists() else "{}"
        self._texts: dict[str, list[str]] = json.loads(text)

    def check(self, name: str, lines: list[str], update: bool, usual: str = "") -> None:
        """Hold what is said of a case against what was said of it before, which is not kept where
        it is the same as of a ``usual`` case.
        """
        if update:
            self._texts.pop(name, None)
            if lines != self._texts.get(usual):
                self._texts[name] = lines
            text = json.dumps(dict(sorted(self._texts.items())), indent=1, ensure_ascii=False)
            self._file.write_text(f"{text}\n", "utf-8")
        assert lines == self._texts.get(name, self._texts.get(usual))

    def check_verdict(self, case: Case, verdict: Verdict, update: bool, name: str = "") -> None:
        """Hold an honest change allowed, and an attack refused by one of its codes, as `check`;
        ``name`` is what it is kept by where that is not its own.
        """
        found = {refusal.code for refusal in verdict.refusals}
        if not case.codes:
            assert (verdict.verdict, found) == ("allowed", set())
            return
        assert verdict.verdict != "allowed"
        assert found & set(case.codes), found
        self.check(name or case.name, said(verdict), update, case.name)

    @property
    def names(self) -> set[str]:
        return set(self._texts)


def said(verdict: Verdict) -> list[str]:
    """All that a change is told; what blocks several fields of a route is listed once."""
    assert [one.help for one in verdict.refusals if is_unfilled(one.help)] == []
    lines = dict.fromkeys(line for refusal in verdict.refusals for line in _refusal(refusal))
    return [*lines, *map(_route, verdict.routes)]


def is_unfilled(way_out: str) -> bool:
    """Whether a way out still has a word in capitals that the gate knows a value of."""
    words = set(re.findall(r"[A-Z]+", way_out.replace("COMMIT|PATH|URI", "")))
    return bool(words & KNOWN)


def _refusal(refusal: Finding) -> Iterator[str]:
    moved = f"{refusal.field}: {refusal.before!r} -> {refusal.after!r}"
    span = refusal.span
    at = refusal.pointer or f":{span.row}:{span.column}"
    place = f"{refusal.path}{at} {refusal.side}".rstrip()
    text = f"{refusal.message}; {refusal.help}"
    yield f"{refusal.code} of {refusal.subject} at {place}; {moved}; {text}"
    yield from map(_related, refusal.related)


def _related(one: Related) -> str:
    day = f" until {one.deadline}" if one.deadline else ""
    place = f"{one.path}:{one.span.row}:{one.span.column}"
    return f"  {one.subject} at {place}: {one.reason}; {one.owner}{day}; {one.release}"


def _route(route: RouteVerdict) -> str:
    by = ", ".join(f"{hold.kind} {hold.subject}".strip() for hold in route.held_by)
    flags = "; ".join(route.flags)
    return f"  {route.route} in {route.file} is {route.verdict}: {flags}; held by {by or 'nothing'}"
