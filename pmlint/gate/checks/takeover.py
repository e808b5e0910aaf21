"""A route that gains what a held one has, and so counts as the held one (docs/spec/gate.md, 7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

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
    for name, taken in works_taken(case, pair, partial(_when_reviewed, case, settled, pair)):
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


def _when_reviewed(case: Case, settled: Settled, pair: PlacePair, name: str) -> Iterator[Route]:
    """The places of a held route when the reviews that block it came to the base, and right before:
    a tool that it loses today would not be missed tomorrow (docs/spec/gate.md, 1).

    Only of one that does not run: from one that does, work moves and no route is restored.
    """
    if any(place.runs for place in case.base.routes[name]) or not _may_have_had(case, pair, name):
        return
    for review in case.linked([name]) if settled.is_held(name) else ():
        read = case.postmortem(case.base, review)
        if read is not None and settled.blocks(review):
            for tree in case.history.trees_around(read):
                yield from case.routes_at(tree).get(name, ())


def _may_have_had(case: Case, pair: PlacePair, name: str) -> bool:
    """Whether a file of routes that the base has changed named a route and what a place gains.

    Asked first: of 60 routes, to find the reviews of each took the gate 5 s, and this 10 ms.
    """
    stems = [re.split(r"[*?.]", text.casefold())[0] for text in _texts_gained(pair)]
    for blob in case.former_route_files:
        try:
            data = case.change.repository.blob(blob)
        except Malformed:
            return True  # too large to look at: the reviews say it
        text = data.decode("utf-8", "replace").casefold()
        # a pattern covers what it does not spell
        if name.casefold() in text and ("*" in text or any(stem in text for stem in stems)):
            return True
    return False


def _texts_gained(pair: PlacePair) -> Iterator[str]:
    """The names of tools that a place gains, and of a mapped one all that it is trusted with."""
    yield from map(str, _gained(*pair))
    if pair.after.mapped:
        for value in (_target(pair.after), *pair.after.trust.values()):
            yield from filter(None, map(str, value if isinstance(value, list) else (value,)))


def works_taken(
    case: Case, pair: PlacePair, earlier: Callable[[str], Iterable[Route]] = lambda name: ()
) -> Iterator[tuple[str, str]]:
    """The other routes of the base that a place gains the work of, with what it gains; ``earlier``
    has the places that such a route had besides.
    """
    if not _gains_something(pair):
        return
    for name, places_of_base in sorted(case.base.routes.items()):
        if name != pair.after.id:
            places_of_all = chain(places_of_base, earlier(name))
            taken = next(filter(None, (_taken(pair, other) for other in places_of_all)), None)
            if taken is not None:
                yield name, taken


def _gains_something(pair: PlacePair) -> bool:
    """Whether a place has anything that it had not: of one that has not, nothing is looked up."""
    before, after = pair
    if before is None or _gained(before, after):
        return True
    return after.mapped and (before.trust, _target(before)) != (after.trust, _target(after))


def _taken(pair: PlacePair, other: Route) -> str | None:
    """What a place gains of another one; None where that is not its work."""
    before, after = pair
    shared = [
        tool
        for tool in _gained(before, after)
        if any(covers([tool], own) or covers([own], tool) for own in other.write_tools)
    ]
    if shared:
        return ", ".join(dict.fromkeys(map(str, shared)))
    if not other.mapped and not other.write_tools and other.read_tools:
        has = all(covers(_tools(after), tool) for tool in other.read_tools)
        if has and not all(covers(_tools(before), tool) for tool in other.read_tools):
            return "all tools"
    if other.mapped and after.mapped and _does_its_work(before, after, other):
        return "the work"
    return None


def _target(route: Route | None) -> object:
    return getattr(route, "target", "")


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
    target = _target(other)
    if target or _target(after):
        return bool(target) and _target(after) == target and _target(before) != target
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
