"""A setting inside a list, by the name that the gate gives it: a source of the registry by its id,
a word of a list by itself, a flag or a path by its text (docs/spec/gate.md, 4).

TOML is edited by lines, so such a value is changed by hand, and what was changed is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pmlint.project.plain import element_name


class ListedChange(NamedTuple):
    """What an element, or a field of one, was on the base and is now; None where it is absent."""

    before: object
    after: object


class _Listed(NamedTuple):
    """A value that a name means, what an amendment calls it, and the elements of lists on the way
    to it.
    """

    within: tuple[object, ...]
    value: object
    name: object


def listed_changes(name: str, base: object, now: object) -> list[ListedChange] | None:
    """What differs between two versions of the settings at a name; None where no list is on the way
    to it.
    """
    before, after = list(_values(base, name, ())), list(_values(now, name, ()))
    if not any(found.within for found in (*before, *after)):
        return None
    old, new = ({found.within: found for found in side} for side in (before, after))
    changes: list[ListedChange] = []
    for key in {**old, **new}:
        was, found = old.get(key), new.get(key)
        if was is not None and found is not None and was.value == found.value:
            continue
        changes.append(ListedChange(was and was.name, found and found.name))
        if was is not None and found is not None and was.name == found.name:
            # an element that keeps its name: where a list has no key, the gate sees one go
            changes.append(ListedChange(was.name, None))
    return changes


def _values(data: object, rest: str, within: tuple[object, ...]) -> Iterator[_Listed]:
    """Every value that the rest of a name means: a name may hold dots, and elements without an id
    have all one name.
    """
    if isinstance(data, Mapping) and rest:
        for key, value in data.items():
            if rest == key or rest.startswith(f"{key}."):
                yield from _values(value, rest[len(key) + 1 :], within)
    elif isinstance(data, list) and (rest or any(isinstance(item, Mapping) for item in data)):
        for item in data:
            yield from _of_element(item, rest, within)
    elif not rest and data is not None:
        yield _Listed(within, data, data)


def _of_element(item: object, rest: str, within: tuple[object, ...]) -> Iterator[_Listed]:
    known = element_name(item)
    inside = (*within, str(known))
    if not rest or rest == known:
        yield _Listed(inside, item, known)
    elif isinstance(item, Mapping):
        own = item.get("id")
        if own is None:
            yield from _values(item, rest, inside)
        elif rest.startswith(f"{own}."):
            yield from _values(item, rest[len(str(own)) + 1 :], inside)
