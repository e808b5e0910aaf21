"""One policy file: read, checked in every word, compiled. A policy that is wrong never loads."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.model.dates import parse_date
from pmlint.model.schema import check
from pmlint.model.suggestions import nearest
from pmlint.parsing.document import Document, read_yaml
from pmlint.parsing.source import Malformed, Source
from pmlint.place import Path
from pmlint.policy import names
from pmlint.policy.complete import sample
from pmlint.policy.language import (
    FUNCTIONS,
    VARIABLES,
    Failed,
    compile_expression,
    evaluate,
    surroundings,
)
from pmlint.policy.policy import ELEMENT, Policy
from pmlint.project.settings import Settings

_PLACE = r"(?P<root>[a-z]+)(?P<rest>(?:\.[a-z_]\w*|\[\d+\])*(?:\[it\])?)"
_BRACE = r"\{\{|\}\}|[{}]"
_MOST = 50
"""The most expressions in a message: each is compiled and tried out."""
_STEP = r"\.([a-z_]\w*)|\[(\d+)\]|(\[it\])"


def read_policy(source: Source, *, shipped: bool = False) -> Policy:
    """Read a policy. One that ships is not tried on the sample again: the project's tests do that.

    Raises `UsageError` with the place, the fact and the remedy for anything that is wrong.
    """
    try:
        document = read_yaml(source, "policy")
    except Malformed as error:
        raise UsageError(
            error.message, file=source.file, span=error.span, help=error.help
        ) from None
    data = document.data
    assert isinstance(data, dict)
    for trouble in document.problems:
        raise UsageError(trouble.message, file=source.file, span=trouble.span, help=trouble.help)
    for problem in check("policy", data):
        raise UsageError(
            problem.message, file=source.file, span=document.locate(problem.at), help=problem.help
        )
    policy = Policy(
        id=data["id"],
        # Pages and lists set their own full stop.
        title=data["title"].rstrip("."),
        level=Level[data["level"].upper()],
        applies_to=data["applies_to"],
        binds_from=data.get("from", "accepted"),
        since=parse_date(data.get("since")),
        each=data.get("each", "").strip(),
        when=data.get("when", "").strip(),
        require=data["require"].strip(),
        message=_message(document, "message"),
        at=_place(
            document, data.get("at") or ("it" if "each" in data else _root(data["applies_to"]))
        ),
        why=data["why"].strip(),
        fix=data["fix"].strip(),
        examples=tuple(data["examples"]),
        file=source.file,
        help=_message(document, "help") if "help" in data else (data["fix"].strip(),),
        shipped=shipped,
    )
    # Those that ship are read at every start; tests try them as a user's own are tried here.
    if not shipped:
        _Check(document, policy).run()
    return policy


def _root(kind: str) -> str:
    return "head" if kind == "change" else kind


def _wrong(
    document: Document, field: str, message: str, help: str, start: int = 0, end: int = 0
) -> UsageError:
    """An error in a field of a policy, at characters of its text where they are known."""
    at = Path() / field
    where = at.chars(start, end) if end > start else at
    return UsageError(message, file=document.source.file, span=document.locate(where), help=help)


def _message(document: Document, field: str) -> tuple[str, ...]:
    """Plain texts and expressions of a field by turns; ``{{`` and ``}}`` are braces."""
    assert isinstance(document.data, dict)
    text: str = document.data[field]
    parts: list[str] = []
    plain: list[str] = []
    at = 0
    while brace := re.compile(_BRACE).search(text, at):
        plain.append(text[at : brace.start()])
        start, at = brace.span()
        if brace[0] in ("{{", "}}"):
            plain.append(brace[0][0])
            continue
        if brace[0] == "}":
            raise _wrong(
                document,
                field,
                "a brace is closed that was not opened",
                "write '}}' for a brace",
                start,
                at,
            )
        # By tokens, because a brace inside a text of the expression closes nothing.
        end = _closing(text, start)
        if end < 0:
            raise _wrong(
                document,
                field,
                "a brace is not closed",
                "close it after the expression",
                start,
                at,
            )
        if len(parts) == 2 * _MOST:
            raise _wrong(
                document,
                field,
                f"'{field}' has more than {_MOST} expressions",
                "say it in a sentence",
                start,
                end + 1,
            )
        parts += ["".join(plain), text[at:end]]
        plain, at = [], end + 1
    return (*parts, "".join((*plain, text[at:])))


_DEPTHS = {"{": 1, "}": -1}


def _closing(text: str, start: int) -> int:
    """Where the brace at ``start`` is closed; -1 where it is not."""
    depth = 0
    for token in names.scan(text, start):
        depth += _DEPTHS.get(token.text, 0)
        if depth == 0:
            return token.start
    return -1


def _place(document: Document, text: str) -> tuple[str, Path]:
    match = re.fullmatch(_PLACE, text)
    if match is None:
        raise _wrong(
            document,
            "at",
            f"'{text}' is not a place",
            "write 'it', 'it.owner', 'postmortem.status' or 'actions[0]' below one",
        )
    found = re.findall(_STEP, match["rest"])
    steps = [int(number) if number else name or element for name, number, element in found]
    return match["root"], Path(steps)


class _Check:
    """Everything that a policy says, tried out."""

    def __init__(self, document: Document, policy: Policy) -> None:
        self.document = document
        self.policy = policy
        # On a document with every field, so that a field that is not found is a misspelt one.
        documents: dict[str, object] = {kind: sample(kind) for kind in ("postmortem", "route")}
        settings = Settings()
        self.variables = surroundings(
            date(2026, 1, 1), settings.horizon, settings.slow_containment_minutes
        )
        self.variables |= {
            **documents,
            "routes": [documents["route"]],
            "base": documents["postmortem"],
            "head": documents["postmortem"],
        }

    def run(self) -> None:
        policy = self.policy
        if policy.each:
            listed = self.value("each", policy.each)
            if not isinstance(listed, list):
                raise self.wrong(
                    "each",
                    f"'each' is {_shown(listed)}, not a list",
                    "name a list, such as postmortem.actions",
                )
            # A filter may take none of the sample, which has one element in every list.
            self.variables["it"] = listed[0] if listed else None
        for field, text in (("when", policy.when), ("require", policy.require)):
            value = self.value(field, text) if text or field == "require" else True
            if not isinstance(value, bool):
                raise self.wrong(
                    field,
                    f"'{field}' is {_shown(value)}, not true or false",
                    "compare it, or ask 'size(...) > 0'",
                )
        for field, parts in (("message", policy.message), ("help", policy.help)):
            for part in parts[1::2]:
                value = self.value(field, part)
                if isinstance(value, (list, dict)):
                    raise self.wrong(
                        field,
                        f"'{{{part}}}' is {_shown(value)}, not a text",
                        "name one of its fields",
                    )
        self.place()
        self.examples()

    def wrong(
        self, field: str, message: str, help: str, start: int = 0, end: int = 0
    ) -> UsageError:
        return _wrong(self.document, field, message, help, start, end)

    def value(self, field: str, text: str) -> Any:
        """The value of an expression on the sample document."""
        data = self.document.data
        assert isinstance(data, dict)
        # Blanks around an expression were cut off, and places count from the field's own text.
        shift = data[field].find(text)
        failed: Failed | None = None
        try:
            compiled = compile_expression(text)
        except Failed as error:
            failed = error
        # First, because the nearest name helps more than the type that an engine misses.
        if failed is None or not failed.reason.startswith("syntax error"):
            self.known(field, text, shift)
        if failed is not None:
            start = shift + (failed.offset or 0)
            help = (
                "check brackets, quotes and operators: && || ! == in"
                if "syntax" in failed.reason
                else "compare like with like"
            )
            raise self.wrong(field, f"this is not CEL: {failed.reason}", help, start, start + 1)
        try:
            return evaluate(compiled, self.variables)
        except Failed as error:
            said = (
                f"there is no field '{error.field}' here"
                if error.field
                else f"this can't be evaluated: {error.reason}"
            )
            raise self.wrong(
                field, said, "compare only what has the same type; an absent field is null"
            ) from None

    def known(self, field: str, text: str, shift: int) -> None:
        """Refuse names that nothing has here: variables, ``it`` without ``each``, functions,
        fields, values of closed lists.
        """
        found = names.tokens(text)
        bound = {
            found[i + 2].text
            for i in range(len(found) - 2)
            if found[i].text in names.MACROS and found[i + 1].text == "("
        }
        for index, token in enumerate(found):
            name = token.text
            # a field, and what a macro names, is what the elements have and not a variable
            is_field = index > 0 and found[index - 1].text == "."
            if not re.match(r"[A-Za-z_]", name) or token.string is not None:
                continue
            if is_field or name in bound:
                continue
            called = index + 1 < len(found) and found[index + 1].text == "("
            unknown = self.unknown(field, name, called=called)
            if unknown is not None:
                message, help = unknown
                raise self.wrong(field, message, help, shift + token.start, shift + token.end)
        for wrong in (*names.misspelt(text), *names.never_equal(text)):
            raise self.wrong(
                field, wrong.message, wrong.help, shift + wrong.start, shift + wrong.end
            )

    def unknown(self, field: str, name: str, *, called: bool) -> tuple[str, str] | None:
        """What is wrong with a name and what to do; None where an expression may use it here."""
        applies_to = self.policy.applies_to
        if name == "it" and (not self.policy.each or field == "each"):
            return "there is no 'it' without 'each'", "add 'each'"
        if called:
            if name in names.CALLED:
                return None
            help = nearest(name, names.CALLED) or f"there are {', '.join(FUNCTIONS)}"
            return f"there is no function '{name}'", help
        kinds = VARIABLES.get(name, ())
        if name in names.CONSTANTS or applies_to in kinds:
            return None
        known = [other for other, of in VARIABLES.items() if applies_to in of]
        listed = f"there are {', '.join(known)}"
        if kinds:
            return f"'{name}' is not known to a policy of a {applies_to}", listed
        return f"there is no variable '{name}'", nearest(name, known) or listed

    def place(self) -> None:
        root, steps = self.policy.at
        allowed = [_root(self.policy.applies_to), *(["it"] if self.policy.each else [])]
        if root not in allowed:
            raise self.wrong(
                "at", f"a finding can't point at '{root}'", f"begin with {' or '.join(allowed)}"
            )
        value: Any = self.variables[root]
        if steps and steps[-1] == ELEMENT and not self.policy.each:
            raise self.wrong("at", "'[it]' names nothing without 'each'", "add 'each', or a field")
        for step in (step for step in steps if step != ELEMENT):
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                near = nearest(str(step), value) if isinstance(value, dict) else ""
                raise self.wrong(
                    "at",
                    f"no field '{step}'",
                    near or "'pmlint schema postmortem' lists the fields",
                ) from None

    def examples(self) -> None:
        failing = [example["fails"] > 0 for example in self.policy.examples]
        for wanted, word in ((True, "failing"), (False, "passing")):
            if wanted not in failing:
                help = f"add '- {{fails: {int(wanted)}, set: {{...}}}}'"
                raise self.wrong("examples", f"there is no {word} example", help)


def _shown(value: object) -> str:
    kinds: dict[type, str] = {
        str: "a text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a mapping",
        bool: "true or false",
    }
    return kinds.get(type(value), "null")
