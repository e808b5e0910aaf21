"""The same failure came back, and the review does not say so.

Where the same route fails at the same control, or by the same class of finding, the earlier fix did
not hold. Answering with the same kind of fix makes a third time likely.

Fix: name the earlier postmortem in ``recurrence_of``, and answer with an action of a stronger
layer.

Bad::
    others:
      - file: postmortems/PM-2026-002-again.md
        id: PM-2026-002
        opened: 2026-10-01
        actions: [{id: A1, title: Take the right to refund from the token}, {id: A2,
          title: Stop the route above 3 rescues in an hour}]
Good::
    others:
      - file: postmortems/PM-2026-002-again.md
        id: PM-2026-002
        opened: 2026-10-01
        recurrence_of: [PM-2026-001]
        actions: [{id: A1, title: Take the right to refund from the token}, {id: A2,
          title: Stop the route above 3 rescues in an hour}]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pmlint.finding import Level, Problem
from pmlint.place import Path
from pmlint.project.index import Index, PostmortemFacts
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Compares each postmortem with the earlier ones of its routes that share something with it."""
    by_failure = cache(lambda route: _by_failure(index.linked(route)))
    for facts in index.postmortems:
        told = frozenset(facts.recurrence_of)
        alike = (
            other
            for route in facts.routes
            # By a table of failures, made once for each route: comparing each postmortem with each
            # other one takes the square of their number.
            for failure in _failures(facts)
            for other in by_failure(route).get(failure, ())
            # `recurrence_of` cannot name what has no id yet.
            if other.id
        )
        for other in {
            other.id: other for other in alike if other.id not in told and _before(other, facts)
        }.values():
            message = f"{min(_failures(facts) & _failures(other))[1]} failed before, in {other.id}"
            yield Problem(
                message,
                Path() / "routes",
                other.id,
                help=f"add 'recurrence_of: [{other.id}]'",
                file=facts.file,
            )
        for number, name in enumerate(facts.recurrence_of):
            past = index.postmortem_by_id.get(name)
            # From 2 on a layer refuses by itself; a second answer of that kind may be right, and
            # beside the first one it is not weaker.
            if past and past is not facts and _best(facts) <= _best(past) and _best(past) < 2:
                message = f"the answer is no stronger than the one of {name}"
                help = "add an action of a stronger layer, such as permissions, verifier or limits"
                yield Problem(
                    message, Path() / "recurrence_of" / number, name, help=help, file=facts.file
                )


def _before(other: PostmortemFacts, facts: PostmortemFacts) -> bool:
    if (
        other.status in ("draft", "withdrawn")
        or facts.status == "withdrawn"
        # Without a day nobody knows which of the two came first.
        or not other.opened
        or not facts.opened
    ):
        return False
    return (other.opened, other.id) < (facts.opened, facts.id)


def _by_failure(
    linked: tuple[PostmortemFacts, ...],
) -> dict[tuple[int, str], list[PostmortemFacts]]:
    found: dict[tuple[int, str], list[PostmortemFacts]] = {}
    for facts in linked:
        for failure in _failures(facts):
            found.setdefault(failure, []).append(facts)
    return found


def _failures(facts: PostmortemFacts) -> frozenset[tuple[int, str]]:
    """The controls that failed and the classes of failure as they are written, controls first."""
    controls = ((0, f"the control '{name}'") for name in facts.failed_controls if name)
    classes = (
        (1, f"the same route by '{name}'")
        for name in facts.classes.values()
        # "other" is what is left when no class fits; two of those have nothing in common.
        if name not in ("", "other")
    )
    return frozenset((*controls, *classes))


def _best(facts: PostmortemFacts) -> int:
    return max(
        (action.strength for action in facts.actions if action.status != "cancelled"), default=0
    )


RULE = Rule("repeat-failure", Level.ERROR, "repository", check, __doc__)
