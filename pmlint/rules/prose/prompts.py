"""Whether a title changes nothing but what a model reads.

It does where it speaks of a prompt, an instruction, an example, of a model that checks itself or of
another model, or where it names a file that a model reads. It does not where something outside of
the model enforces, and where the file is handled as data (deleted, copied, locked).
"""

from __future__ import annotations

from functools import cache

from pmlint.model.ends import places
from pmlint.model.named_paths import (
    is_instruction_file,
    may_name_instructions,
    reads_like_instructions,
)
from pmlint.rules.prose.languages import language_of
from pmlint.rules.prose.lexicon import Group, Match
from pmlint.rules.prose.named import verbs_of_change
from pmlint.rules.prose.passage import Passage
from pmlint.rules.prose.terms import language_data, parser_of
from pmlint.rules.prose.text import END, Words

_CONTENT = frozenset(
    ": about saying stating telling that always never must regarding "
    "dass que para qu'il qu'elle ne no não nicht".split()
)
"""Words after which a prompt's own content follows: what it says of tests and gates is as soft as
the rest of it.
"""
_TOUCHING = frozenset(
    "touches touch changes change edits edit modifies modify alters alter reads read opens open "
    "names name misses toca modifica cambia touche altera muda".split()
)
"""Verbs of whoever handles a text: "a pull request that touches the prompt" does not quote it."""
_ACCESS = frozenset(
    "access write writes edits edit changes change commits pushes path paths link links diff "
    "zugriff schreibzugriff änderungen acceso cambios accès modifications acesso mudanças".split()
)
"""What leads to a file without writing a rule into it: "deny the agent access to AGENTS.md"."""
_CLAUSE = frozenset(
    "that which who when if unless whenever dass die wenn falls que cuando si qui quand "
    "quando".split()
)
"""Words that begin a clause of its own: "a hook that denies writes to AGENTS.md" is a hook."""
_ARTICLES = frozenset("the our your its a an der die das den dem el la los las le les o os".split())
"""Words between a preposition and its noun; behind "to" they tell a place and no purpose."""
_AND = frozenset("and und y et e".split())
_FILE = Group(
    "prompt-wording",
    "en",
    {
        "terms": (),
        "reason": "is read by a model, which may follow it or not",
        "replacement": "put the rule where it can refuse, such as a permission or a check in CI",
    },
)


def prompt_match(passage: Passage) -> Match | None:
    """The words about a prompt, where no other words of the text name what enforces it, or handle
    the file as data.
    """
    match = passage.said("prompt-wording")
    if match is None or _is_governed(passage, match):
        match = _file(passage)
        return None if match is None or _is_governed(passage, match) else match
    return match


def _is_governed(passage: Passage, match: Match) -> bool:
    """Whether other words than those about a prompt enforce something, or handle it as data."""
    start, end = _content(passage.words, match)
    languages = _read_for(passage, match)
    said = range(match.first, match.last)
    # "Delete the prompt file", "scan prompts for injection": code that handles the text is a
    # control, wherever it is named, and so is what enforces, if it is named outside of the words.
    handles = [one for name in languages for one in passage.all("handling", name)]
    enforces = [one for name in languages for one in passage.all("enforcing", name)]
    governs = [one for one in enforces if one.first not in said]
    # Of a file the match is what is written into it, too.
    governs += [one for one in handles if match.group is not _FILE or one.first not in said]
    # "so that tests are run" and "to ignore empty rows" are what the text says, and as soft.
    return any(not start <= one.first < end for one in governs)


def _read_for(passage: Passage, match: Match) -> tuple[str, ...]:
    """The languages in which words that silence a match are sought: that of its term, and for a
    file, whose name is the same in each, that of the text, or all where the text does not tell.
    """
    if match.group is not _FILE:
        return (match.group.language,)
    own = language_of(passage.bag, passage.text)
    return (own,) if own in passage.languages else passage.languages


def _file(passage: Passage) -> Match | None:
    """The tokens of a file that a model reads, also where it is written as code."""
    text = passage.text
    if not may_name_instructions(text):
        return None
    path = next((one for one in places(text) if _is_read_by_a_model(one)), None)
    # The path may have been put together from a link or an escape; then there is nothing to
    # underline.
    if path is None or path not in text:
        return None
    start = text.index(path)
    spans = passage.words.spans
    inside = [
        number for number, (first, last) in enumerate(spans) if first <= start + 1 and last > start
    ]
    if not inside:
        return None
    first, last = _written_into(passage, inside[0]) or (inside[0], inside[0] + 1)
    return Match(first, last, _FILE, "a file that a model reads")


def _written_into(passage: Passage, at: int) -> tuple[int, int] | None:
    """The tokens of what is written into the file at a token: "add a gate to AGENTS.md" makes no
    gate. None where nothing is, and where a clause of its own says what holds.
    """
    tokens = passage.words.tokens
    for language in _read_for(passage, Match(at, at + 1, _FILE)):
        into, put = _classes(language)
        # "in AGENTS.md", "into the AGENTS.md", and in Japanese the particle behind it
        near = (at - 1, at - 2) if tokens[max(at - 1, 0)] in _ARTICLES else (at - 1,)
        near = (at + 1,) if language == "ja" else near
        joint = next((one for one in near if 0 <= one < len(tokens) and tokens[one] in into), None)
        if joint is None or tokens[joint - 1] in _ACCESS or not _CLAUSE.isdisjoint(tokens[:at]):
            continue
        written = [one for one, token in enumerate(tokens) if token in put]
        if written:
            return 0, max(at, *written) + 1
    return None


@cache
def _classes(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a language that lead into a text, and the verbs of writing into one."""
    classes = language_data(language)["classes"]
    return frozenset(classes["into"].split()), frozenset(classes["put"].split())


def _is_read_by_a_model(path: str) -> bool:
    return is_instruction_file(path) or reads_like_instructions(path)


def _content(words: Words, match: Match) -> tuple[int, int]:
    """The tokens of the same sentence that say what the prompt says: all that somebody is told
    ("urge the agent to run the tests" runs none), or what is behind the first word that opens it.
    """
    tokens, language = words.tokens, match.group.language
    if _speech(language).isdisjoint((tokens[match.first], tokens[match.last - 1])):
        return _opened(tokens, match)
    first, last = words.sentence(match.first)
    if language == "ja":  # the verb is the last word, and what it says comes before
        return first, match.last
    # "... and revoke its token" is what somebody does besides
    doing = (at for at in range(match.last, last - 1) if tokens[at] in _AND)
    making = verbs_of_change(language)
    return match.last, next((at for at in doing if tokens[at + 1] in making), last)


@cache
def _speech(language: str) -> frozenset[str]:
    """The verbs of a language for telling somebody something; a team's own words have none."""
    return parser_of(language).part("@speech")[1] if language else frozenset()


def _opened(tokens: list[str], match: Match) -> tuple[int, int]:
    """The tokens behind the first word that opens what a prompt says, which may be the end of the
    match ("a rule that").
    """
    behind = range(match.last, len(tokens))
    said = [
        token
        for at, token in enumerate(tokens[match.first : match.last + 1], match.first)
        if token not in _CONTENT or tokens[at + 1 : at + 2] == [] or tokens[at + 1] not in _TOUCHING
    ]
    # "change the prompt to reject ..." asks the model for it, too; "add it to CODEOWNERS" does not
    aim = tokens[match.last + 1 : match.last + 2]
    to_place = match.group is _FILE and (aim == ["codeowners"] or not _ARTICLES.isdisjoint(aim))
    opened = not _CONTENT.isdisjoint(said[:-1]) or (said[-1:] == ["to"] and not to_place)
    opens = (at for at in behind if tokens[at] in _CONTENT or _opens(tokens, at))
    start = match.last if opened else next(opens, len(tokens))
    end = next((at for at in behind if at >= start and tokens[at] in END), len(tokens))
    return start, end


def _opens(tokens: list[str], index: int) -> bool:
    """Whether a sentence ends here, or "to require" begins what the prompt asks for."""
    return tokens[index] in END or (tokens[index] == "require" and tokens[index - 1] == "to")
