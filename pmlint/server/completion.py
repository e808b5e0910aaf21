"""What may stand at the cursor: keys of the schema, values of closed lists, and the names that this
repository knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from lsprotocol.types import (
    CompletionItem,
    CompletionItemKind,
    InsertTextMode,
    MarkupContent,
    MarkupKind,
    TextEdit,
)

from pmlint.edit.value import inline
from pmlint.model import Action
from pmlint.model.ends import kinds_of
from pmlint.model.resources import read_json
from pmlint.model.vocabulary import CLASSES, STRENGTH, STRUCTURAL
from pmlint.place import Path
from pmlint.server import evidence
from pmlint.server.choice import Choice
from pmlint.server.cursor import Cursor
from pmlint.server.draft import Draft
from pmlint.server.fields import field, home, link, names, types
from pmlint.server.headings import headings
from pmlint.server.hover import meaning, summary
from pmlint.server.view import View

_PREFIXES = {"finding": "F", "action": "A"}
"""How the ids of a kind begin, by what the format's own examples do."""


def complete(draft: Draft, view: View, offset: int) -> list[CompletionItem]:
    """Everything that may be at a place, the likeliest first.

    Nothing where a value is typed whole: Enter would take it, or one that is like it, where its
    author wants a new line. So the editor has to ask again at each sign of a word.
    """
    if draft.kind == "postmortem" and 0 < draft.front[1] < offset:
        return headings(draft, view, offset)
    cursor = draft.cursor(offset)
    part = field(draft.kind, cursor.path) if cursor and draft.kind else None
    if cursor is None or part is None:
        return []
    path, lead, close = cursor.path, "", ""
    wholes = list(_wholes(part, path, draft)) if cursor.inline and not cursor.quote else []
    if "array" in types(part) and not cursor.quote and isinstance(part.get("items"), dict):
        if cursor.inline:
            lead, close = "[", "]"
        elif not cursor.flow:
            lead = "- "
        # Any number that no item has will do: the schema asks only whether it is one.
        path = path / len(draft.outline.slots)  # an item that is not there yet
        part = field(draft.kind, path) if draft.kind else None
    if part is None:
        return []
    choices = sorted(_values(part, path, draft, view, cursor), key=lambda one: one.rank)
    if draft.source.text[cursor.start : offset] in map(_typed, choices):
        return []
    items = [_item(choice, draft, cursor, lead, close) for choice in choices]
    if not cursor.inline and part.get("properties"):
        items += [_key(name, one, draft, cursor, lead) for name, one in _keys(part, draft, path)]
    items += [_item(choice, draft, cursor) for choice in wholes]
    # Editors sort by the label where nothing else is given, and the likeliest layer would be lost
    # among thirty.
    for number, item in enumerate(items):
        item.sort_text = f"{number:04}"
    return items


def _wholes(part: dict[str, Any], path: Path, draft: Draft) -> Iterator[Choice]:
    """Values in braces that stand for the whole field: that nobody knows it, or that it is
    missing.
    """
    known = part.get("properties", {})
    if "missing" in known:
        yield from evidence.missing(draft)
    if "unknown" in known:
        yield Choice('{unknown: ""}', "why nobody knows it", is_yaml=True)
    if "not_before" in known:
        yield Choice(
            '{unknown: "", not_before: , not_after: }',
            "why nobody knows it, and what is known all the same",
            is_yaml=True,
        )


def _keys(part: dict[str, Any], draft: Draft, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The keys that are not there yet, in the order of the format; those that must be there come
    first.
    """
    there = {str(slot[-1]) for slot in draft.outline.slots if slot[:-1] == path and slot}
    needed = part.get("required", [])
    # Sorted is stable: below those that must be there the format's own order stays.
    for name in sorted(part["properties"], key=lambda name: name not in needed):
        if name not in there:
            yield (
                name,
                {"needed": name in needed, **(field(draft.kind, path / name) or {})}
                if draft.kind
                else {},
            )


def _key(
    name: str, part: dict[str, Any], draft: Draft, cursor: Cursor, lead: str
) -> CompletionItem:
    colon = ":" if not cursor.flow and _opens_block(part) else ": "
    # The key is corrected and not typed anew; a second colon would break the line.
    if draft.source.text[cursor.end : cursor.end + 1] == ":":
        colon = ""
    return CompletionItem(
        name,
        kind=CompletionItemKind.Property,
        detail="needed" if part.get("needed") else None,
        documentation=_markup(part.get("description", "")),
        filter_text=name,
        text_edit=TextEdit(draft.range(cursor.start, cursor.end), lead + name + colon),
    )


def _opens_block(part: dict[str, Any]) -> bool:
    """Whether the value is written on lines of its own: fields, or a list of fields."""
    items = part.get("items", {})
    return (
        ("object" in types(part) and "string" not in types(part))
        or "$ref" in items
        or "properties" in items
    )


def _item(
    choice: Choice, draft: Draft, cursor: Cursor, lead: str = "", close: str = ""
) -> CompletionItem:
    written = choice.text if choice.is_yaml else _written(choice.text)
    text = choice.text if cursor.quote else lead + written + close
    if (
        cursor.inline
        and not cursor.quote
        # YAML reads "status:open" as one word.
        and draft.source.text[cursor.start - 1 : cursor.start] == ":"
    ):
        text = f" {text}"
    return CompletionItem(
        choice.text,
        kind=CompletionItemKind.Value,
        detail=choice.note or None,
        documentation=_markup(choice.means),
        filter_text=choice.text,
        # The second line of a piece of evidence has its own indent already.
        insert_text_mode=InsertTextMode.AsIs,
        text_edit=TextEdit(draft.range(cursor.start, cursor.end), text),
    )


def _typed(choice: Choice) -> str:
    """What an author has typed who has typed all of it."""
    return choice.typed or choice.text


def _written(text: str) -> str:
    # `inline` would put quotes around the two, because as texts they need them.
    return text if text in ("true", "false") else inline(text)


def _markup(text: str) -> MarkupContent | None:
    return MarkupContent(MarkupKind.Markdown, text) if text else None


def _values(
    part: dict[str, Any], path: Path, draft: Draft, view: View, cursor: Cursor
) -> Iterable[Choice]:
    """The values of a field: of its closed list, or names of the kind that it links to."""
    keys = names(path)
    if draft.kind == "postmortem" and keys[:1] == ("evidence",):
        return _evidence(keys, path, draft, view, cursor)
    if not cursor.inline and part.get("properties"):
        return ()
    if home(draft.kind, path) in _PREFIXES:
        return [_next_id(_PREFIXES[home(draft.kind, path)], draft, path)]
    if keys == ("actions", "layer"):
        return _layers(part["enum"], draft, path)
    if keys == ("actions", "done_when"):
        action = _action(draft, path)
        # Examples to write over: an end of the layer's own kind is what the rule will ask for.
        return [Choice(one.example, one.says) for one in kinds_of(action.layer if action else "")]
    if "enum" in part:
        return [Choice(value, means=meaning(keys[-1], value)) for value in part["enum"]]
    if types(part) == ["boolean"]:
        return [Choice("false"), Choice("true")]
    kind = link(draft.kind, path)
    return _people(draft, view, path) if kind == "person" else _names(kind, draft, view)


def _evidence(
    keys: tuple[str, ...], path: Path, draft: Draft, view: View, cursor: Cursor
) -> Iterable[Choice]:
    """A whole piece of evidence, or the path, the digest or the action of one."""
    if len(keys) == 2:
        # In quotes or braces a piece has begun already.
        return () if cursor.quote or not isinstance(path[-1], int) else evidence.pieces(draft, view)
    if keys[-1] == "path" and cursor.quote:
        return [Choice(one.path) for one in evidence.files(draft, view)]
    if keys[-1] == "path":
        column = _column(draft, path)
        return evidence.paths(draft, view, path, is_flow=cursor.flow, column=column)
    if keys[-1] == "sha256":
        return evidence.digest(draft, view, path)
    return _names(link(draft.kind, path), draft, view)


def _column(draft: Draft, path: Path) -> int:
    """The column, from 0, of the key at a path."""
    slot = draft.outline.slots.get(path)
    start = slot.key[0] if slot and slot.key else 0
    return start - draft.source.text.rfind("\n", 0, start) - 1


def _next_id(prefix: str, draft: Draft, path: Path) -> Choice:
    """The first id of a kind that is free at a path: ``A3``."""
    taken = {slot.text for place, slot in draft.outline.slots.items() if place != path}
    number = next(one for one in count(1) if f"{prefix}{one}" not in taken)
    return Choice(f"{prefix}{number}", "the next one that is free")


def _names(kind: str, draft: Draft, view: View) -> Iterator[Choice]:
    """The things of a kind that this postmortem or this repository knows."""
    index, postmortem = view.index, draft.postmortem
    if kind == "route":
        yield from (
            Choice(route.id, route.title, summary("route", route.id, view))
            for route in index.routes
        )
    elif kind == "postmortem":
        # The newest first: a recurrence is most often of the last one.
        others = (facts for facts in reversed(index.postmortems) if facts.file != draft.file)
        yield from (
            Choice(facts.id, facts.title, summary("postmortem", facts.id, view)) for facts in others
        )
    elif kind == "control":
        for route in (
            index.route_by_id[name] for name in postmortem.routes if name in index.route_by_id
        ):
            yield from (
                Choice(one.id, f"{one.layer}, {one.guards}", one.description)
                for one in route.controls
            )
    elif kind == "failed control":
        yield from (
            Choice(one.name, one.expected, one.why)
            for one in postmortem.failed_controls
            if one.name
        )
    elif kind == "finding":
        yield from (Choice(one.id, one.kind, one.statement) for one in postmortem.findings)
    elif kind == "action":
        yield from (Choice(one.id, one.layer, one.title) for one in postmortem.actions)
    elif kind == "rule":
        yield from (
            Choice(name, page.info.title, page.info.why) for name, page in view.pages.items()
        )
    elif kind == "taxonomy":
        yield from _taxonomies(view)


def _taxonomies(view: View) -> Iterator[Choice]:
    own = {name: {"ids": dict.fromkeys(ids, "")} for name, ids in view.settings.taxonomies.items()}
    shipped = {
        name: said for name, said in read_json("taxonomies.json").items() if isinstance(said, dict)
    }
    for name, said in {**shipped, **own}.items():
        ids = said.get("ids", {})
        for entry in ids:
            yield Choice(
                f"{name}:{entry}",
                ids[entry] if isinstance(ids, dict) else "",
                str(said.get("source", "")),
            )


def _people(draft: Draft, view: View, path: Path) -> Iterator[Choice]:
    """The people who may be here: nobody verifies or approves what is their own."""
    barred: set[str] = set()
    if names(path)[-1] in ("verified_by", "approved_by"):
        action = _action(draft, path)
        barred = {action.owner} if action else set()
        # Who wrote the review may verify a fix that is not theirs, and approves nothing in it
        # (docs/spec/gate.md, 4).
        barred |= set(draft.postmortem.authors) if names(path)[-1] == "approved_by" else set()
    for handle, name in view.handles.items():
        if handle not in barred:
            yield Choice(handle, name)


def _layers(layers: list[str], draft: Draft, path: Path) -> Iterator[Choice]:
    """The layers: first those that answer the findings of the action, last those that never do
    alone.
    """
    action = _action(draft, path)
    classes = {
        one.id: one.kind
        for one in draft.postmortem.findings
        if action and one.id in action.findings
    }
    for layer in layers:
        answers = [said for name, kind in classes.items() if (said := _answer(layer, name, kind))]
        note = "; ".join(answers)
        yield Choice(
            # Stronger layers first, since the first one that is offered is the one that is taken.
            layer,
            note,
            meaning("layer", layer),
            rank=0 if answers else 3 - STRENGTH.get(layer, 0),
        )


def _answer(layer: str, name: str, kind: str) -> str:
    """How a layer answers a finding: ``answers F1 (detected-late) with ownership``; empty where it
    does not.
    """
    accepted = CLASSES.get(kind, {}).get("accepted", ())
    if accepted == "structural":
        return f"answers {name} ({kind})" if layer in STRUCTURAL else ""
    for layers in accepted if isinstance(accepted, list) else ():
        if layer in layers:
            others = [other for other in layers if other != layer]
            return f"answers {name} ({kind})" + (f" with {', '.join(others)}" if others else "")
    return ""


def _action(draft: Draft, path: Path) -> Action | None:
    """The action in which a path lies."""
    return next(
        (action for action in draft.postmortem.actions if path[: len(action.at)] == action.at), None
    )
