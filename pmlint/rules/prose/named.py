"""A cause, or a title, that names nothing which a change could touch.

Lists of bad causes learn sentences; what a good one names is learnt once: a component, code, a
number, a control that was absent, or why ("because", "so", "which"). A statement with none of them
is about whoever is its subject: a model, a person, or nothing at all. The words are data
(`schema/words/named.json`), and their burden is turned: a word that is not there makes a finding,
so a statement of a language that its function words do not tell is left alone.
"""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from typing import NamedTuple

from pmlint.model.references import artefacts
from pmlint.model.resources import read_json
from pmlint.rules.prose.languages import language_of
from pmlint.rules.prose.lexicon import Group, Match
from pmlint.rules.prose.passage import Passage
from pmlint.rules.prose.terms import forms, language_data
from pmlint.rules.prose.text import BREAK, is_spaceless

_VERB = 3
"""The most tokens from a subject to the verb: "the agent has since been"."""
_DONE_TO = {"en": 2}
"""How many components may be what a subject did it to: "the agent confused the branch with the
release". In public causes that no list found, 11 of 12 statements with one or two were bad ones; in
other languages there were too few to tell.
"""
_OWN_CLAUSE = frozenset("that which whose while when where until after".split())
"""Words behind which a component is the subject of its own clause: "a page that the crawler had
left out" tells what the crawler did. Only English allows components at all (`_DONE_TO`).
"""
_TELL = 2
"""How many function words tell the language of a title: by "un" alone French ones were read as
Spanish, whose words for components they do not have.
"""
_LONG = 14
"""The most tokens of a statement without a subject of ours; a longer one tells a story whose
component the data may not have.
"""
TERM = "names nothing"
"""What stands for a term: no word of it was learnt."""
_REASON = "names nothing that a change could touch: no component, limit or check"
_SHOWS = ("mechanism", "enforced", "enforcing", "handling", "control", "document")
"""The lists whose words name what holds, or a text for people."""
_GROUPS = {
    name: Group(name, "en", {"terms": (), "reason": _REASON, "replacement": replacement})
    for name, replacement in {
        "convenient-story": (
            "name the control that let '<X>' through, and list it in 'failed_controls'"
        ),
        "blame": "quote who says so, or name the control that let '<X>' through",
        "vague-action": "name the component, and what it will refuse, show or do about '<X>'",
        "vague-cause": "name the component, and what it did or let through at '<X>'",
    }.items()
}
_SPEAKS = Group(
    "prompt-wording",
    "en",
    {
        "terms": (),
        "reason": "speaks of a model, and names nothing outside of it that holds",
        "replacement": "put what it says of '<X>' where it can refuse, such as a permission",
    },
)
_BESIDE = {"en": 1}
"""How many components a title may name that is about a model: in English one, "the agent asks about
the invoice". Of 1,300 good titles none is spoken of; with two, or with one in other languages,
seven are.
"""
_HOLDS = ("mechanism", "enforced", "enforcing", "handling")
"""The lists whose words name what holds without the model, or handle its text as data."""


class _Words(NamedTuple):
    """The words of a language: components, what leads to a reason or an absence, what a machine
    does or is given, and who may be the subject.
    """

    parts: frozenset[str]
    reasons: frozenset[str]
    states: frozenset[str]
    agents: frozenset[str]
    persons: frozenset[str]
    reasons_in_bag: frozenset[bytes]
    parts_in_bag: frozenset[bytes]


def names_nothing(cause: Passage) -> Match | None:
    """What a statement begins with, where it names nothing; the list of the match's group is the
    rule that speaks for its subject.
    """
    text = cause.text
    if "`" in text or any(map(str.isdigit, text)):
        return None
    language = language_of(cause.bag, text)
    if language not in cause.languages or _names_at_once(cause.bag, language):
        return None
    if artefacts(text):
        return None
    words = _words(language)
    parts, reasons = _held(cause, words, language)
    if reasons:
        return None
    subject = _subject(cause, words, language)
    if subject is not None:
        at, name = subject
        does = cause.words.tokens[at + 1 : at + 1 + _VERB]
        is_bare = parts <= _DONE_TO.get(language, 0) and words.states.isdisjoint(does)
        is_bare = is_bare and not _has_acting_part(cause, words, language)
        return _match(cause, _GROUPS[name]) if is_bare else None
    is_bare = not parts and len(cause.words.tokens) <= _LONG
    return _match(cause, _GROUPS["vague-cause"]) if is_bare else None


def changes_nothing(title: Passage) -> Match | None:
    """What a title begins with, where it names neither a component nor a mechanism nor a verb of
    change: "clearer communication" is then all there is.
    """
    language = language_of(title.bag, title.text, _TELL)
    if language not in title.languages or _names_at_once(title.bag, language):
        return None
    is_bare = _is_bare(title, language, _SHOWS) and not _parts(title, language)
    return _match(title, _GROUPS["vague-action"]) if is_bare else None


def speaks_of_a_model(title: Passage) -> Match | None:
    """What a title begins with that is about a model or its text, and names neither a mechanism nor
    a verb of change: "the assistant greets by first name" asks a model for it.
    """
    language = language_of(title.bag, title.text)
    if language not in title.languages or not _holds_any(title, _model(language)):
        return None
    is_bare = _is_bare(title, language, _HOLDS)
    is_bare = is_bare and _parts(title, language) <= _BESIDE.get(language, 0)
    return _match(title, _SPEAKS) if is_bare else None


def _is_bare(title: Passage, language: str, holding: tuple[str, ...]) -> bool:
    """Whether a title has no number, no path, no verb of change, and no word of some lists."""
    text = title.text
    if "`" in text or any(map(str.isdigit, text)):
        return False
    # "the agent was restarted" is a machine that somebody handles
    done = verbs_of_change(language) | _running(language)
    if artefacts(text) or _holds_any(title, done):
        return False
    # A text of any language names its documents and its mechanisms in English, too.
    return not any(title.all(name, one) for name in holding for one in {language, "en"})


def _parts(title: Passage, language: str) -> int:
    """How many components a title names."""
    return _held(title, _words(language), language)[0]


def _holds_any(title: Passage, words: frozenset[str]) -> bool:
    """Whether a title holds one of some words."""
    if is_spaceless(title.text):
        return any(one in title.text for one in words)
    return not words.isdisjoint(title.words.bag)


@cache
def _model(language: str) -> frozenset[str]:
    """The words of a language for a model and for what it reads."""
    classes = language_data(language)["classes"]
    return frozenset(f"{classes['agent']} {classes.get('text', classes.get('modeltext'))}".split())


@cache
def _running(language: str) -> frozenset[str]:
    """The words of a language for a model that is started, run or stopped."""
    return frozenset(language_data(language)["classes"]["running"].split())


@cache
def verbs_of_change(language: str) -> frozenset[str]:
    """The verbs of change of a language, in English with their endings."""
    verbs = frozenset(language_data(language)["classes"]["making"].split())
    return verbs.union(*map(forms, verbs)) if language == "en" else verbs


def _names_at_once(bag: Set[bytes], language: str) -> bool:
    """Whether the words of a text tell already that it names something."""
    # Without its tokens: of 214 causes in a system of public reviews 206 end here.
    words = _words(language)
    return not words.reasons_in_bag.isdisjoint(bag) or len(words.parts_in_bag & bag) > _DONE_TO.get(
        language, 0
    )


def _held(cause: Passage, words: _Words, language: str) -> tuple[int, int]:
    """How many components, and how many words of a reason, a statement holds."""
    if is_spaceless(cause.text):
        # By characters: what lies between two words that are known is one token of many words.
        text = cause.text.lower()
        return sum(one in text for one in words.parts), sum(
            one in text for one in words.reasons | words.states
        )
    tokens = {piece for token in cause.words.bag for piece in _pieces(token)}
    return sum(_is_part(one, words, language) for one in tokens), len(words.reasons & tokens)


def _pieces(token: str) -> set[str]:
    """A token and what it is put together from: "auto-deploy", "l'écran"."""
    return {token, *token.replace("'", "' ").replace("-", " ").split()}


def _is_part(piece: str, words: _Words, language: str) -> bool:
    # A German compound ends with what it is: "Erstattungsschnittstelle".
    return piece in words.parts or (language == "de" and piece.endswith(_endings()))


def _subject(cause: Passage, words: _Words, language: str) -> tuple[int, str] | None:
    """The token of the model or person that is the subject, and the rule that speaks of it."""
    tokens = cause.words.tokens
    for at in sorted(cause.words.subjects):
        token = tokens[at] if at < len(tokens) else ""
        name = "convenient-story" if token in words.agents else "blame"
        is_ours = token in words.agents or token in words.persons
        # "the model endpoint" is no model, and "the database user" is nobody
        beside = (*tokens[at - 1 : at], *tokens[at + 1 : at + 2])
        if is_ours and not any(_is_part(one, words, language) for one in beside):
            return at, name
    return None


def _has_acting_part(cause: Passage, words: _Words, language: str) -> bool:
    """Whether a component is the subject of a clause of its own: "which the job had skipped"."""
    tokens = cause.words.tokens
    return any(
        token in _OWN_CLAUSE
        and tokens[at : at + 1] in (["the"], ["a"], ["our"], ["its"])
        and any(_is_part(one, words, language) for one in tokens[at + 1 : at + 2])
        and len(tokens) > at + 2
        and tokens[at + 2][0] not in BREAK
        for at, token in enumerate(tokens, 1)
    )


def _match(cause: Passage, group: Group) -> Match | None:
    """The first clause of the statement behind its label."""
    tokens = cause.words.tokens
    first = max(cause.words.starts)
    if first >= len(tokens):
        return None
    last = max(cause.words.clause(first)[1], first + 1)
    return Match(first, last, group, TERM)


@cache
def _words(language: str) -> _Words:
    named = read_json("words/named.json")
    own, english = named[language], named["en"]
    classes = language_data(language)["classes"]
    # A text of any language names its components in English, too.
    parts = frozenset(f"{own['parts']} {english['parts']}".split())
    reasons = frozenset(own["reasons"].split())
    return _Words(
        parts,
        reasons,
        frozenset(own["states"].split()),
        frozenset(classes["agent"].split()),
        frozenset(f"{classes['person']} {own['persons']}".split()),
        frozenset(word.encode() for word in reasons if word.isalpha()),
        frozenset(word.encode() for word in parts),
    )


@cache
def _endings() -> tuple[str, ...]:
    parts = read_json("words/named.json")["de"]["parts"].split()
    return tuple(part for part in parts if len(part) > 3)
