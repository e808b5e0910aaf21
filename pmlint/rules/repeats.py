"""Texts of a postmortem that repeat another one of it, where each was asked for something else.

A form that is filled in with one sentence again and again looks complete, and each answer but one
is missing. Two texts are the same where their words are: case and signs do not count. A summary may
repeat the title, and an event the summary, since short is fine; three fields are never one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pmlint.finding import Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, is_hollow, is_same, words_of
from pmlint.place import Path, Where

_MANY = 3
"""One text in so many fields that ask different things answers none of them; twice is terse."""


def repeated_texts(postmortem: Postmortem) -> Iterator[Problem]:
    """Texts that say nothing because another field says the same; one finding for a place."""
    places: set[Path | Where] = set()
    for found in (_head, _controls, _titles_of_actions, _everywhere):
        for problem in found(postmortem):
            if problem.at not in places:
                places.add(problem.at)
                yield problem


def repeated(text: str, others: Mapping[str, str]) -> str | None:
    """The name of the first of other texts, by their names, that has the same words as a text."""
    # What is hollow or a placeholder is a finding of its own, and the plainer one.
    if has_placeholder(text) or is_hollow(text):
        return None
    return next((name for name, other in others.items() if is_same(text, other)), None)


def words_of_routes(postmortem: Postmortem) -> frozenset[str]:
    """The words of the names of its routes, which a title or a step only repeats."""
    return frozenset(word for route in postmortem.routes for word in words_of(route))


def ids_of(postmortem: Postmortem) -> frozenset[str]:
    """The ids of its findings and actions, folded, which name nothing by themselves."""
    ids = [one.id for one in postmortem.findings] + [one.id for one in postmortem.actions]
    return frozenset(name.casefold() for name in ids)


def _head(postmortem: Postmortem) -> Iterator[Problem]:
    """A title that is the severity, and an impact that is the title."""
    title, description = postmortem.title, postmortem.impact.description
    lists = {"its severity": postmortem.severity, "its trigger": postmortem.trigger}
    if name := repeated(title, lists):
        help = "say what happened, in one line"
        yield Problem(f"the title repeats {name}", postmortem.at / "title", help=help)
    lists["the title"] = title
    if name := repeated(description, lists):
        yield Problem(
            f"the impact repeats {name}",
            postmortem.impact.at / "description",
            help="say what was damaged; or leave it out where 'customers' or 'cost' says it",
        )


def _wrong(postmortem: Postmortem) -> dict[str, str]:
    """What went wrong, in the words of the title and of each finding."""
    texts = {f"the statement of {one.id}": one.statement for one in postmortem.findings}
    return {"the title of the postmortem": postmortem.title, **texts}


def _controls(postmortem: Postmortem) -> Iterator[Problem]:
    """Controls that did not hold because of what went wrong when they did not hold."""
    for control in postmortem.failed_controls:
        if name := repeated(control.why, _wrong(postmortem)):
            yield Problem(
                f"the reason repeats {name}",
                control.at / "why",
                control.name,
                help="say why this control did not stop it",
            )


def _titles_of_actions(postmortem: Postmortem) -> Iterator[Problem]:
    """Actions that repeat what went wrong in the place of what changes, or one another."""
    others = _wrong(postmortem)
    for action in postmortem.actions:
        own = {"its layer": action.layer, "the name of its control": action.control}
        if name := repeated(action.title, {**others, **own}):
            yield Problem(
                f"{action.id} repeats {name}",
                action.at / "title",
                action.id,
                help="say what changes, so that it does not happen again",
            )
        others[f"the title of {action.id}"] = action.title


def _everywhere(postmortem: Postmortem) -> Iterator[Problem]:
    """One text that answers many questions, at the last field that it is in."""
    for fields in _answers(postmortem):
        if len(fields) >= _MANY:
            yield Problem(
                f"one text is the answer to {', '.join(fields)}",
                list(fields.values())[-1],
                help="say in each field what it asks for",
            )


def _answers(postmortem: Postmortem) -> Iterable[dict[str, Path]]:
    """The fields that a text answers, for each text; of its places in one kind of field the first.

    Reasons count by their kind of field: two clocks, or two kinds of evidence, may be unknown or
    missing for one reason.
    """
    said = [(postmortem.title, "'title'", postmortem.at / "title")]
    said += [(one.event, "'timeline'", one.at / "event") for one in postmortem.timeline]
    said += [(one.statement, "'findings'", one.at / "statement") for one in postmortem.findings]
    said += [(one.why, "'failed_controls'", one.at / "why") for one in postmortem.failed_controls]
    for action in postmortem.actions:
        said.append((action.title, "'actions'", action.at / "title"))
        said.append((action.done_when, "'done_when'", action.at / "done_when"))
    for field, part in (("impact", postmortem.impact), ("clocks", postmortem.clocks)):
        for name, value in part.data.items():
            reason = value.get("unknown") if isinstance(value, Mapping) else None
            if isinstance(reason, str):
                said.append((reason, f"'{field}'", part.at / name / "unknown"))
    said += [(one.missing, "'evidence'", one.at / "missing") for one in postmortem.evidence]
    found: dict[str, dict[str, Path]] = {}
    for text, name, at in said:
        words = " ".join(words_of(text))
        if words and not has_placeholder(text):
            found.setdefault(words, {}).setdefault(name, at)
    return found.values()
