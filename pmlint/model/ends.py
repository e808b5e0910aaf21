"""What a ``done_when`` shows: the kinds of end that it names, and the places where they land
(`docs/spec/language.md`, section 1; its words are data, `schema/words/ends.json`).

1. A text is read clause by clause, so that a file that was merged lends nothing to a refusal
   beside it, and the other way round.
2. A clause about a text that a model reads is an ``instruction``, and nothing else in it counts
   but a test that is named: words are asked of the model, a test is run against it.
3. A clause about a meeting, a training or a reading shows nothing but a test that it names.
4. A thing that merely exists, is merged or is documented shows its file where the file is the
   control itself, and none of its numbers.
5. Dates, deadlines, tickets, pull requests and commits show when something landed, not what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from pmlint.model.end_words import (
    DIGITS,
    SQL,
    Clause,
    WordClass,
    ends_data,
    has_word,
    pattern,
    search,
    word_class,
    words_of,
)
from pmlint.model.forms import month_number
from pmlint.model.named_paths import has_suffix, is_instruction_file, split_paths, suffix_of

_PASSIVE = 3
"""How many words stand at most before a verb in the passive: "nothing has been"."""


class EndKind(NamedTuple):
    """A kind of end that a layer takes: its id, what it is, and one that ships as an example."""

    id: str
    says: str
    example: str


def kinds_of(layer: str) -> tuple[EndKind, ...]:
    """The kinds of end that a structural layer takes, the best first; none for other layers."""
    data = ends_data()
    return tuple(EndKind(name, **data["kinds"][name]) for name in data["layers"].get(layer, ()))


def has_end_of(layer: str, kinds: frozenset[str]) -> bool:
    """Whether one of the kinds is an end of the layer; weaker layers take any."""
    taken = ends_data()["layers"].get(layer)
    return taken is None or not kinds.isdisjoint(taken)


def layers_that_take(kinds: frozenset[str]) -> tuple[str, ...]:
    """The structural layers of whose kinds of end one is among these, in the order of the data."""
    layers = ends_data()["layers"]
    return tuple(name for name in ends_data()["named_for"] if not kinds.isdisjoint(layers[name]))


class End:
    """A ``done_when``, each question about it answered once.

    ``extra`` are a team's own instruction files, as `is_instruction_file` takes them.
    """

    def __init__(self, text: str, extra: tuple[str, ...] = ()) -> None:
        self.text = text
        self._extra = extra

    @cached_property
    def _split(self) -> tuple[tuple[str, ...], str]:
        return split_paths(self.text)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The paths with a suffix that it names, each once."""
        return tuple(dict.fromkeys(filter(has_suffix, self._split[0])))

    @cached_property
    def _clauses(self) -> list[Clause]:
        return list(_clauses(*self._split))

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of end that it names, of `schema/words/ends.json`, and ``instruction`` where it
        names a text that a model reads.
        """
        found: set[str] = {"record"} if search("store", self.text) else set()
        # a key is sought beside a file alone: it shows nothing without one
        is_beside_file = bool(self._split[0])
        for clause in self._clauses:
            found |= _kinds_in(clause, self._extra, is_beside_file)
        return frozenset(_joined(found))

    def shows(self, layer: str) -> bool:
        """Whether it is an end of the layer."""
        # a test is asked for first: most layers take one, and the rest takes five times as long
        if layer not in ends_data()["layers"]:
            return True  # a weaker layer takes any
        takes_test = has_end_of(layer, frozenset(("test",)))
        if takes_test and any(_names_test(clause, self._extra) for clause in self._clauses):
            return True
        return has_end_of(layer, self.kinds)


def end_kinds(text: str, extra: tuple[str, ...] = ()) -> frozenset[str]:
    """The kinds of end that a text names, as `End`."""
    return End(text, extra).kinds


def shows_end_of(layer: str, text: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a text shows an end of the layer, as `End`."""
    return End(text, extra).shows(layer)


def places(text: str) -> tuple[str, ...]:
    """What a text names that a change can touch, each once: paths; ids of tests, evals, jobs,
    alerts and rules; addresses.

    A word with a slash is a path if its last part has a suffix, so ``and/or`` is none; see
    `slashed` for the words that only a tree can tell.
    """
    paths, rest = split_paths(text)
    found_addresses = pattern("address").findall(text) if "://" in text else ()
    addresses = [one.rstrip(".,;:") for one in found_addresses]
    named = [*_named_ids(rest, word_class("job")), *_named_ids(rest, word_class("alert"))]
    tests = pattern("test").findall(rest)
    found = [*addresses, *(path for path in paths if has_suffix(path)), *tests, *named]
    return tuple(dict.fromkeys(found))


def _clauses(paths: tuple[str, ...], rest: str) -> Iterator[Clause]:
    """The clauses of a text without its paths; marks inside a path or an address part nothing."""
    begin = 0
    for piece in pattern("clause").split(rest):
        end = begin + piece.count("\0")
        if piece.strip():
            yield Clause(piece.replace("\0", " · "), paths[begin:end])
        begin = end


def _kinds_in(clause: Clause, extra: tuple[str, ...], is_beside_file: bool) -> set[str]:
    found = {"test"} if _names_test(clause, extra) else set()
    # docs/spec/language.md, 1: an instruction file makes the action a prompt "whatever it says"
    if any(is_instruction_file(path, extra) for path in clause.paths):
        return found or {"instruction"}
    parted = Clause(clause.bare.replace("_", " "), ()) if "_" in clause.bare else clause
    if has_word("instruction", parted):  # system_prompt, too
        traces = "record" in _file_kinds(clause) | _value_kinds(clause, is_beside_file)
        return found or ({"trace", "instruction"} if traces else {"instruction"})
    if has_word("ritual", clause):
        return found  # "12 of 12 engineers have read src/cap.py" shows nothing of the file
    found |= _file_kinds(clause)
    if _refuses(clause):
        found.add("refusal")
    if not has_word("exists", clause):
        found |= _value_kinds(clause, is_beside_file)
        # a handle alone is nobody's duty
        if clause.is_long and search("handle", clause.bare):
            found.add("duty")
    return found


def _file_kinds(clause: Clause) -> set[str]:
    """What the files of a clause are: a control, an alert's rule, a record. Prose is none."""
    found: set[str] = set()
    for path in clause.paths:
        parts = re.split(r"[/._-]", path.lower())
        name = path.rpartition("/")[2].lower()
        named = name in words_of("control_names")
        code = named or suffix_of(path) in words_of("suffixes", "control")
        if not words_of("never_a_control").isdisjoint(parts):
            continue  # a dashboard shows; it refuses nothing and wakes nobody
        in_docs = not words_of("document_folders").isdisjoint(parts[:-2])
        if _is_test_file(path) or (code and in_docs):
            found.add("record")  # a test is asked for elsewhere; a list in docs/ refuses nothing
        elif code:
            found |= {"control", "record"}
            is_alert = any(
                part.startswith(("alert", "alarm", "monitor", "prometheus")) for part in parts
            )
            if is_alert or has_word("alert", clause):
                found.add("alert-rule")
        elif suffix_of(path) in words_of("suffixes", "record"):
            found.add("record")
    return found


def _value_kinds(clause: Clause, is_beside_file: bool) -> set[str]:
    """Numbers, settings, keys and records: what a clause states beyond existence."""
    found: set[str] = set()
    rate = _is_rate(clause)
    if rate or _measures(clause):
        found.add("number")
    bare = clause.dateless
    if search("setting", bare):
        found |= {"setting", "key"}
    elif is_beside_file and pattern("key").search(bare):
        found.add("key")
    named = pattern("name").search(bare) or search("handle", bare)
    if SQL.search(bare) or (has_word("record", clause) and named):
        found.add("record")
    receiver = search("receiver", bare) or has_word("receive", clause)
    if receiver and "number" in found and clause.is_long and (rate or has_word("compare", clause)):
        found.add("alarm")
    return found


def _joined(found: set[str]) -> Iterator[str]:
    """The kinds that are shown to others: pairs become the kind that needs both."""
    yield from found - {"key"}
    if {"control", "refusal"} <= found:
        yield "judge"
    if {"control", "key"} <= found:
        yield "entry"


def _names_test(clause: Clause, extra: tuple[str, ...]) -> bool:
    """Whether a clause names a test, an eval or a job, by path or by name."""
    if any(_is_test_file(path) and not is_instruction_file(path, extra) for path in clause.paths):
        return True
    if search("test", clause.bare) or search("runner", clause.bare):
        return True
    return has_word("job", clause) and any(True for _ in _named_ids(clause.bare, word_class("job")))


def _is_test_file(path: str) -> bool:
    bare = path.partition("::")[0].lower()
    *folders, name = bare.split("/")
    suffix = suffix_of(bare)
    if not name or (suffix and suffix not in words_of("suffixes", "control")):
        return False
    if ".github/workflows" in bare or name == ".gitlab-ci.yml":
        return True
    marked = re.search(r"^test[_-]|[_-]test\.|\.test\.|\.spec\.|_spec\.|[_-]evals?\.", name)
    return bool(marked) or bool(suffix and not words_of("test_folders").isdisjoint(folders))


def _named_ids(text: str, nouns: WordClass) -> Iterator[str]:
    """Names beside a noun such as "job" or "alert": before it, after it, or after its "id"."""
    words = re.findall(r"`[^`\s]+`|[^\s,;()\"“”]+", text)
    for index, word in enumerate(words):
        if not nouns.word(word.lower().strip(".:`'")):
            continue
        after = words[index + 1 : index + 3]
        if after and after[0].lower() in ("id", "named", "called"):
            after = after[1:]
        for near in (after[:1], words[index - 1 : index] if index else []):
            name = near[0].strip("`'.:") if near else ""
            if near and (near[0].startswith("`") or _is_name(name)):
                yield name
                break


def _is_name(word: str) -> bool:
    """Whether a word is an id: parts joined by ``-``, ``_`` or ``.``, with letters in it; no date,
    ticket or word of everyday such as "follow-up". "refunds-v3" is a name, "v3" says when.
    """
    bare = re.sub(r"(?<=[^\W\d]{3})[-_]v\d+$", "", word)
    if not pattern("name").fullmatch(word) or pattern("landing").search(bare):
        return False
    return any(char.isalpha() for char in word) and word.lower() not in words_of("not_names")


def _measures(clause: Clause) -> bool:
    """Whether a clause states a number with its unit that is neither a deadline nor a count of
    people, pages or meetings.
    """
    if clause.bare.isascii() and DIGITS.isdisjoint(clause.bare):
        return False
    bare = clause.undated
    if has_word("settles", clause) or _is_soft(clause):
        return False
    unit, deadline = word_class("paper_unit"), word_class("deadline")
    for match in pattern("number").finditer(bare):
        after = bare[match.end() :].lstrip() if match[0][-1].isdigit() else ""
        name = re.sub(r"^[<>=≤≥\d\s.,:/]+", "", match[0]).lower() or after[:1]
        if name in ("%", "st", "nd", "rd", "th"):
            name = _counted(bare[match.end() :]) or name
        if unit.word(name) or month_number(name):
            continue
        before = bare[: match.start()].split()[-1:]
        if before and deadline.word(before[0].lower()) and _is_span(name):
            continue
        return True
    return False


def _counted(after: str) -> str:
    """What a share or an ordinal is of, by the words behind it: "100% of all tickets" counts
    tickets, "12th November" is a day.
    """
    link = r"^\s*(?:(?:of|the|all|der|aller|de|des|del|los|las|les|dos|das)\s)*"
    return re.sub(link, "", after).partition(" ")[0].lower()


def _is_rate(clause: Clause) -> bool:
    """Whether a clause counts something within a span, such as "call 101 in a minute"; meetings and
    pages are counted by nobody's machine.
    """
    if DIGITS.isdisjoint(clause.bare):
        return False
    found = search("rate", clause.undated)
    counted = found["counted"].lower().split() if found else []
    return bool(found) and not any(map(word_class("paper_unit").word, counted))


def _is_soft(clause: Clause) -> bool:
    """Whether a clause puts a number on care, which nobody can count: "with more caution in 95% of
    cases". A bound beside it ("at most 2 s") is counted by somebody; a percent sign is none.
    """
    if not has_word("soft", clause):
        return False
    return not has_word("compare", Clause(clause.bare.replace("%", " "), ()))


def _is_span(unit: str) -> bool:
    """Whether a unit after "within" is the length of a project and not of a run."""
    return unit.startswith(tuple(words_of("project_units")))


def _refuses(clause: Clause) -> bool:
    """Whether a clause says that something is refused, and what.

    A model that refuses is a wish: "the agent rejects it" counts for nothing, "the agent gets 403"
    is the answer of somebody else.
    """
    if not clause.is_long:
        return False  # "answers 403" does not say what is refused
    code = search("code", clause.bare)
    if code:
        before = clause.bare[: code.start()].split()[-1:]
        if clause.is_spaceless or (before and word_class("answer").word(before[0].lower())):
            return True
    refuses = has_word("refuse", clause) or search("negated", clause.bare)
    return bool(refuses) and not _may_refuse(clause)


def _may_refuse(clause: Clause) -> bool:
    """Whether the subject of the first refusing verb is a model or people, who may do so or not:
    the word right before it; or nothing at all ("nothing was blocked so far").
    """
    model, people, refuse = word_class("model"), word_class("people"), word_class("refuse")
    if model.spaceless(clause) or people.spaceless(clause):
        return True
    for at, word in enumerate(clause.tokens[1:], 1):
        if refuse.word(word):
            before = clause.tokens[at - 1]
            is_nothing = at <= _PASSIVE and word_class("nothing").word(clause.tokens[0])
            return is_nothing or model.word(before) or people.word(before)
    return False
