"""One change of a document's data, and the data that it amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, NamedTuple

from pmlint.place import Path


class Change(NamedTuple):
    """Set the value at a path, append it to the list there, or remove what stands there.

    A missing field is added at the end of its mapping, or ``first``; missing mappings around it are
    added with it. A collection is replaced only with ``whole``, because its comments go with it.
    Where the last element of a collection is removed, the collection is removed, too.
    """

    at: Path
    value: object = None
    append: bool = False
    first: bool = False
    remove: bool = False
    whole: bool = False


def expected_data(data: object, changes: Iterable[Change]) -> object:
    """The data with the changes, made without the text: what both ways agree on is right."""
    whole = deepcopy(data)
    for change in changes:
        _put(whole, change)
    return whole


def _put(whole: object, change: Change) -> None:
    """Make a change in data."""
    if change.remove:
        _take(whole, change.at)
        return
    parent: Any = whole
    for step in change.at[:-1]:
        if isinstance(parent, dict) and parent.get(step) is None:
            parent[step] = {}
        parent = parent[step]
    last: Any = change.at[-1]
    if change.append:
        before = parent.get(last) if isinstance(parent, dict) else parent[last]
        parent[last] = [*(before or []), change.value]
    elif change.first and last not in parent:
        others = dict(parent)
        parent.clear()
        parent.update({last: change.value, **others})
    else:
        parent[last] = change.value


def _take(whole: object, at: Path) -> None:
    """Remove the value at a path, and the collections that it leaves empty."""
    parent: Any = whole
    for step in at[:-1]:
        parent = parent[step]
    if len(parent) == 1 and len(at) > 1:
        _take(whole, Path(at[:-1]))
    else:
        del parent[at[-1]]
