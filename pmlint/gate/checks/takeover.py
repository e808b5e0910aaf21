"""A route that gains what a held one has, and so counts as the held one (docs/spec/gate.md, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.ledgers import held_by_ledgers, stray_refusals
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.refusal import Refusal
from pmlint.gate.settled import Settled
from pmlint.gate.values import covers
from pmlint.model import Route
from pmlint.parsing.source import Malformed


def taken_over(case: Case, settled: Settled, pair: PlacePair) -> Iterator[Refusal]:
    """What a place takes of held routes, while they are held."""
    after = pair.after
    rows = case.table.rows("place" if after.mapped else "route")
    if not rows.fact("(takes over a held route)").asks("added"):
        return
    for name, taken in works_taken(case, pair):
        blocking = {hold.postmortem for hold in held_by_ledgers(case, name)}
        if settled.is_held(name) and settled.restart_holds(after, frozenset((name,))):
            linked = case.linked([name])
            blocking.update(one for one in linked if settled.blocks(one) or _is_new(case, one))
        elif not blocking:
            yield from stray_refusals(case, name)
            continue
        missing = sorted(blocking - set(_links(case, after)))
        if not missing and not after.runs:
            continue  # a successor that is linked and stays off is welcome
        yield Refusal(
            "route-cloned",
            f"'{after.id}' takes {taken} of the held route '{name}'",
            after.file,
            after.place("tools") if not after.mapped else after.at,
            subject=after.id,
            field="(takes over a held route)",
            after=after.id,
            values={
                "route": name,
                "postmortem": ", ".join(missing or sorted(blocking)),
            },
        )


def _is_new(case: Case, name: str) -> bool:
    return case.version(case.base, name) is None and case.version(case.merged, name) is not None


def _links(case: Case, route: Route) -> Iterator[str]:
    """The postmortems that a route of the merge result is linked to, by either side."""
    yield from route.postmortems
    for path in case.merged.mentioning([route.id]):
        read = case.merged.read(path)
        if not isinstance(read, Malformed) and route.id in read.routes:
            yield read.id


def works_taken(case: Case, pair: PlacePair) -> Iterator[tuple[str, str]]:
    """The other routes of the base that a place gains the work of, with what it gains."""
    before, after = pair
    every = _tools(before)
    gained = _gained(before, after)
    for name, old in sorted(case.base.routes.items()):
        if name == after.id:
            continue
        for other in old:
            shared = [
                tool
                for tool in gained
                if any(covers([tool], own) or covers([own], tool) for own in other.write_tools)
            ]
            if shared:
                yield name, ", ".join(dict.fromkeys(map(str, shared)))
                break
            if not other.mapped and not other.write_tools and other.read_tools:
                has = all(covers(_tools(after), tool) for tool in other.read_tools)
                if has and not all(covers(every, tool) for tool in other.read_tools):
                    yield name, "all tools"
                    break
            if other.mapped and after.mapped and _does_its_work(before, after, other):
                yield name, "the work"
                break


def _tools(route: Route | None) -> list[object]:
    """All tools of a place, of any kind that its file names: the list says nothing of what a tool
    does, and one that writes may stand among those that read.
    """
    if route is None:
        return []
    lists = route.data.get("tools")
    named = lists.values() if isinstance(lists, Mapping) else ()
    other = [tool for tools in named if isinstance(tools, list) for tool in tools]
    return [*route.read_tools, *route.write_tools, *other]


def _gained(before: Route | None, after: Route) -> list[object]:
    """The tools that a place has and had not, or that it may now write with."""
    write = list(before.write_tools) if before else []
    new = [tool for tool in _tools(after) if not covers(_tools(before), tool)]
    return [*new, *(tool for tool in after.write_tools if not covers(write, tool))]


def _does_its_work(before: Route | None, after: Route, other: Route) -> bool:
    """Whether a mapped place does what another one does: by its target, else by its trust."""
    target = getattr(other, "target", "")
    if target or getattr(after, "target", ""):
        had = getattr(before, "target", "") if before else ""
        return bool(target) and getattr(after, "target", "") == target and had != target
    told = [value for value in other.trust.values() if isinstance(value, str | list) and value]
    if not told or (before is not None and _has_all(before, other)):
        return False
    return _has_all(after, other)


def _has_all(route: Route, other: Route) -> bool:
    """Whether a place has all trust fields of another, equal or wider."""
    for name, value in other.trust.items():
        if name not in route.trust:
            return False
        has = route.trust[name]
        if isinstance(has, list) and isinstance(value, list):
            # As of files of ours: another case, or a pattern that covers it, is the same tool.
            if not all(covers(has, item) for item in value):
                return False
        elif places.is_wider(has, value):
            return False
    return True
