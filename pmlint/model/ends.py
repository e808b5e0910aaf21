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
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pmlint.model.resources import read_json

_PATTERNS = {
    "path": r"(?<![\w.@{}*$~+/-])(?:/?[\w.@{}*$~+-]+(?:/[\w.@{}*$~+-]+)+/?(?:::[\w\[\]:-]+)?"
    r"|[\w.@{}*$~+-]+/(?!\w)|\.?[^\W.-]\w*(?:[.-]\w+)*\.[a-zA-Z]\w{0,9}(?:::[\w\[\]:-]+)?"
    r"|\.[a-z]{3,}\b|[A-Z]\w+)",
    "address": r"\b[a-zA-Z][a-zA-Z+.-]{1,15}://[^\s<>\"'`)\]]+",
    "test": r"\btest_\w+|\b\w+::\w[\w:]*|\b\w+_test\b|\bTest[A-Z]\w+|\b[A-Z]\w*Test\b",
    "runner": r"\b(?:pytest|jest|vitest|rspec|tox|nox|promptfoo"
    r"|(?:go|cargo|npm|npm run|mix) test)\s+\S",
    "store": r"\b(?!https?:)[a-z][a-z\d+.-]{1,15}://[^\s<>\"'`)\]]+",
    "clause": r"[;。；，、]|,(?=\s)|\.(?=\s|$)|\s[–—-]\s",
    "number": r"(?<![\w.#/-])(?<![\d.,],)(?:[<>=≤≥]\s*)?\d[\d.,:]*\s*(?:%|‰|/?[^\W\d_]+)"
    r"|[€$£¥]\s?\d",
    "date": r"\b\d{4}-\d\d(?:-\d\d)?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b",
    "landing": r"(?:\b(?:PR|MR|pull request|merge request|issue|commit)s?\s*)?[#!]\d+\b"
    r"|\b(?:PR|MR|build|version|v|commit|pull request|merge request)\s?\d[\w.]*"
    r"|\b[A-Z][A-Z\d]+-\d+\b|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b",
    "setting": r"(?<![\w.-])[a-zA-Z]\w*(?:[._-]\w+)*[\"'`]?\s*[=:]\s*[\"'`]?(?:-?\d|\[|[a-z][\w-]+)"
    r"|(?<![\w.])(?=\w*[._])\w+(?:\.\w+)* (?:is|:=) (?:-?\d|true\b|false\b|[\"'`])",
    "key": r"`[^`\s]+`|\b[^\W_]+_\w+|(?<![\w.])[a-z]\w*(?:\.[a-z]\w*)+\b|\b[a-z]+[A-Z]\w*"
    r"|\b[A-Z]\w*-[A-Z][\w-]*",
    "code": r"(?<![\w.])\b4\d\d\b|\b503\b",
    "handle": r"(?<![\w.])@[\w-]+(?:/[\w-]+)?",
    "receiver": r"(?<![\w.])[@#][a-zA-Z][\w/-]*",
    "name": r"`[^`\s]+`|(?<![\w.-])\w+(?:[-.]\w+)+|\b[^\W_]+_\w+",
    "token": r"\w+(?:['’.-]\w+)*|[<>≤≥%]",
}
_SQL = re.compile(r"\bselect\b.+\bfrom\b", re.IGNORECASE)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """A pattern, compiled when a text first asks for it: a start without an action pays nothing."""
    return re.compile(_PATTERNS[name])


def _is_spaceless(char: str) -> bool:
    """Whether a letter is of a script that puts no blank between words: kana and Han."""
    return "぀" <= char <= "鿿" or "豈" <= char <= "﫿"


def _spaced(text: str) -> str:
    """A text with blanks where a run of kana or Han begins and ends, so that a path or a number
    that touches one ends there. (Character classes of these ranges take 11 ms to compile.)
    """
    if text.isascii() or not any(map(_is_spaceless, text)):
        return text
    pieces: list[str] = []
    inside = False
    for char in text:
        if _is_spaceless(char) != inside:
            inside = not inside
            pieces.append(" ")
        pieces.append(char)
    return "".join(pieces)


class EndKind(NamedTuple):
    """A kind of end that a layer takes: its id, what it is, and one that ships as an example."""

    id: str
    says: str
    example: str


class WordClass:
    """Words and phrases of one closed class in all languages that ship.

    An entry is a word, a phrase of words, or with ``*`` at its end the beginning of a word; in
    scripts without blanks it is found anywhere.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._phrases: dict[str, list[str]] = {}
        starts: list[str] = []
        spaceless: list[str] = []
        for entry in entries:
            if _is_spaceless(entry[-1]):
                spaceless.append(entry)
            elif " " in entry:
                phrase = f" {entry} ".replace("* ", "")
                self._phrases.setdefault(entry.partition(" ")[0], []).append(phrase)
            elif entry.endswith("*"):
                starts.append(entry[:-1])
            else:
                self._words.add(entry)
        self._starts = tuple(starts)
        self._spaceless = tuple(spaceless)

    def word(self, token: str) -> bool:
        """Whether one word is of the class; in scripts without blanks, whether it begins so."""
        return token in self._words or token.startswith(self._starts + self._spaceless)

    def spaceless(self, clause: Clause) -> bool:
        """Whether a word of a script without blanks is in a clause."""
        return clause.is_spaceless and any(word in clause.bare for word in self._spaceless)

    def __call__(self, clause: Clause) -> bool:
        """Whether a clause holds a word of the class."""
        tokens = clause.tokens
        if not self._words.isdisjoint(tokens):
            return True
        if any(token.startswith(self._starts) for token in tokens):
            return True
        begun = self._phrases.keys() & set(tokens)
        if any(phrase in clause.plain for first in begun for phrase in self._phrases[first]):
            return True
        return self.spaceless(clause)


@cache
def _ends() -> Any:
    return read_json("words/ends.json")


@cache
def _words(name: str) -> WordClass:
    """A class of the data, over all languages: a done_when may be written in another language than
    the rest of its document.
    """
    texts: Iterable[str] = _ends()["words"][name].values()
    return WordClass(entry.strip() for text in texts for entry in text.split("|"))


@cache
def _list(*names: str) -> frozenset[str]:
    data = _ends()
    for name in names:
        data = data[name]
    return frozenset(data.split())


class Clause:
    """A clause of a ``done_when``: its text with a mark for each path, since the words of a path
    say nothing (``agents/`` is a folder and no model), its words in lower case, and the paths.
    """

    def __init__(self, bare: str, paths: tuple[str, ...]) -> None:
        self.bare = bare
        self.paths = paths
        lower = bare.lower().replace("’", "'")
        self.tokens: tuple[str, ...] = tuple(_pattern("token").findall(lower))
        self.plain = f" {' '.join(self.tokens)} "
        self.is_spaceless = not bare.isascii() and any(map(_is_spaceless, bare))

    @property
    def is_long(self) -> bool:
        """Whether there are words beside a name: in scripts without blanks one run may be many."""
        return len(self.tokens) >= 3 or self.is_spaceless


def kinds_of(layer: str) -> tuple[EndKind, ...]:
    """The kinds of end that a structural layer takes, the best first; none for other layers."""
    data = _ends()
    return tuple(EndKind(name, **data["kinds"][name]) for name in data["layers"].get(layer, ()))


def has_end_of(layer: str, kinds: frozenset[str]) -> bool:
    """Whether one of the kinds is an end of the layer; weaker layers take any."""
    taken = _ends()["layers"].get(layer)
    return taken is None or not kinds.isdisjoint(taken)


def layers_that_take(kinds: frozenset[str]) -> tuple[str, ...]:
    """The structural layers of whose kinds of end one is among these, in the order of the data."""
    layers = _ends()["layers"]
    return tuple(name for name in _ends()["named_for"] if not kinds.isdisjoint(layers[name]))


def end_kinds(text: str, extra: tuple[str, ...] = ()) -> frozenset[str]:
    """The kinds of end that a text names, of `schema/words/ends.json`, and ``instruction`` where it
    names a text that a model reads.

    ``extra`` are a team's own instruction files, as `is_instruction_file` takes them.
    """
    found: set[str] = {"record"} if "://" in text and _pattern("store").search(text) else set()
    for clause in _clauses(text):
        found |= _kinds_in(clause, extra)
    return frozenset(_joined(found))


def shows_end_of(layer: str, text: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a text shows an end of the layer."""
    # a test is asked for first: most layers take one, and the rest takes five times as long
    if has_end_of(layer, frozenset(("test",))) and any(
        _names_test(clause, extra) for clause in _clauses(text)
    ):
        return True
    return has_end_of(layer, end_kinds(text, extra))


def places(text: str) -> tuple[str, ...]:
    """What a text names that a change can touch, each once: paths; ids of tests, evals, jobs,
    alerts and rules; addresses.

    A word with a slash is a path if its last part has a suffix, so ``and/or`` is none; see
    `slashed` for the words that only a tree can tell.
    """
    paths, rest = _paths(text)
    addresses = [one.rstrip(".,;:") for one in _pattern("address").findall(text)]
    named = [*_named_ids(rest, _words("job")), *_named_ids(rest, _words("alert"))]
    tests = _pattern("test").findall(rest)
    found = [*addresses, *(path for path in paths if _has_suffix(path)), *tests, *named]
    return tuple(dict.fromkeys(found))


def slashed(text: str) -> tuple[str, ...]:
    """Words with a slash and no suffix: folders where the tree has them, else mere words."""
    return tuple(dict.fromkeys(path for path in _paths(text)[0] if not _has_suffix(path)))


def is_instruction_file(path: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a file holds what a model reads: by its name, its suffix or its folder, or because a
    team's own list (``instruction_files``: names, folders, or patterns with ``*``) has it.

    Never by a word inside a name: ``alerts/agents.yaml`` is an alert rule. Hooks and permissions
    below ``.claude`` are run by the program around the model, so they are controls.
    """
    plain = path.lower().strip("/").removeprefix("./")
    name = plain.rpartition("/")[2]
    if any(_below(plain, control) for control in _list("instruction", "controls")):
        return False
    if name in _list("instruction", "names"):
        return True
    if any(name.endswith(f".{suffix}") for suffix in _list("instruction", "suffixes")):
        return True
    folders = f"/{plain.rpartition('/')[0]}/"
    if any(f"/{folder}/" in folders for folder in _list("instruction", "folders")):
        return True
    return any(_listed(plain, name, own.lower().strip("/")) for own in extra)


def reads_like_instructions(path: str) -> bool:
    """Whether a Markdown file is most likely read by a model, by its name or its folder.

    Weaker than `is_instruction_file`: people read ``rules/style.md``, too, so words may warn of it
    and no end is refused for it.
    """
    plain = path.lower().strip("/").removeprefix("./")
    folders, _, name = plain.rpartition("/")
    if not name.endswith((".md", ".mdc")):
        return False
    likely = _list("instruction", "likely_folders")
    return name in _list("instruction", "likely_names") or any(
        f"/{folder}/" in f"/{folders}/" for folder in likely
    )


def _listed(path: str, name: str, own: str) -> bool:
    if "*" in own:
        from fnmatch import fnmatchcase  # its patterns are compiled; few teams need it

        return fnmatchcase(path, own) or fnmatchcase(name, own)
    return _below(path, own) or name == own


def _below(path: str, folder: str) -> bool:
    return path == folder or f"/{path}/".find(f"/{folder}/") >= 0


def _paths(text: str) -> tuple[tuple[str, ...], str]:
    """The paths of a text in their order, and the text with ``\\0`` for each and without
    addresses.
    """
    found: list[str] = []

    def keep(match: re.Match[str]) -> str:
        word = match[0].rstrip(".,;:")
        if not _is_path(word):
            return match[0]
        found.append(word.removeprefix("./"))
        return f"\0{match[0][len(word) :]}"

    quiet = _spaced(_pattern("address").sub(" ", text.replace("\0", " ")))
    rest = _pattern("path").sub(keep, quiet)
    return tuple(found), rest


def _is_path(word: str) -> bool:
    """Whether a word is a path: it has a slash and a letter, or a known suffix, or a known name."""
    if word.lower() in _list("control_names") or word.lower() in _list("instruction", "names"):
        return True
    bare = word.partition("::")[0]
    if "/" in bare:
        if bare[0].isdigit() and not _suffix(bare):
            return False  # 3/day is a rate
        return not bare.startswith("@") and any(char.isalpha() for char in bare)
    return _suffix(bare) in _known_suffixes()


@cache
def _known_suffixes() -> frozenset[str]:
    kinds = (_list("suffixes", kind) for kind in ("control", "record", "prose"))
    return frozenset().union(*kinds, _list("instruction", "suffixes"))


def _suffix(path: str) -> str:
    name = path.partition("::")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name.strip(".") else ""


def _has_suffix(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    known = (_list("control_names"), _list("instruction", "names"))
    return bool(_suffix(path)) or any(name in names for names in known)


def _clauses(text: str) -> Iterator[Clause]:
    """The clauses of a text; marks inside a path or an address part nothing."""
    paths, rest = _paths(text)
    begin = 0
    for piece in _pattern("clause").split(rest):
        end = begin + piece.count("\0")
        if piece.strip():
            yield Clause(piece.replace("\0", " · "), paths[begin:end])
        begin = end


def _kinds_in(clause: Clause, extra: tuple[str, ...]) -> set[str]:
    found = {"test"} if _names_test(clause, extra) else set()
    # language.md, 1: an instruction file makes the action a prompt "whatever it says"
    if any(is_instruction_file(path, extra) for path in clause.paths):
        return found or {"instruction"}
    if _words("instruction")(Clause(clause.bare.replace("_", " "), ())):  # system_prompt, too
        traces = "record" in _file_kinds(clause) | _value_kinds(clause)
        return found or ({"trace", "instruction"} if traces else {"instruction"})
    if _words("ritual")(clause):
        return found  # "12 of 12 engineers have read src/cap.py" shows nothing of the file
    found |= _file_kinds(clause)
    if _refuses(clause):
        found.add("refusal")
    if not _words("exists")(clause):
        found |= _value_kinds(clause)
        # a handle alone is nobody's duty
        if clause.is_long and _pattern("handle").search(clause.bare):
            found.add("duty")
    return found


def _file_kinds(clause: Clause) -> set[str]:
    """What the files of a clause are: a control, an alert's rule, a record. Prose is none."""
    found: set[str] = set()
    for path in clause.paths:
        parts = re.split(r"[/._-]", path.lower())
        name = path.rpartition("/")[2].lower()
        code = _suffix(path) in _list("suffixes", "control") or name in _list("control_names")
        if not _list("never_a_control").isdisjoint(parts):
            continue  # a dashboard shows; it refuses nothing and wakes nobody
        in_docs = not _list("document_folders").isdisjoint(parts[:-2])
        if _is_test_file(path) or (code and in_docs):
            found.add("record")  # a test is asked for elsewhere; a list in docs/ refuses nothing
        elif code:
            found |= {"control", "record"}
            is_alert = any(
                part.startswith(("alert", "alarm", "monitor", "prometheus")) for part in parts
            )
            if is_alert or _words("alert")(clause):
                found.add("alert-rule")
        elif _suffix(path) in _list("suffixes", "record"):
            found.add("record")
    return found


def _value_kinds(clause: Clause) -> set[str]:
    """Numbers, settings, keys and records: what a clause states beyond existence."""
    found: set[str] = set()
    if _measures(clause):
        found.add("number")
    bare = _pattern("date").sub(" ", clause.bare)
    if _pattern("setting").search(bare):
        found |= {"setting", "key"}
    elif _pattern("key").search(bare):
        found.add("key")
    named = _pattern("name").search(bare) or _pattern("handle").search(bare)
    if _SQL.search(bare) or (_words("record")(clause) and named):
        found.add("record")
    receiver = _pattern("receiver").search(bare) or _words("receive")(clause)
    if receiver and "number" in found and clause.is_long and _words("compare")(clause):
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
    if _pattern("test").search(clause.bare) or _pattern("runner").search(clause.bare):
        return True
    return any(True for _ in _named_ids(clause.bare, _words("job")))


def _is_test_file(path: str) -> bool:
    bare = path.partition("::")[0].lower()
    *folders, name = bare.split("/")
    suffix = _suffix(bare)
    if not name or (suffix and suffix not in _list("suffixes", "control")):
        return False
    if ".github/workflows" in bare or name == ".gitlab-ci.yml":
        return True
    marked = re.search(r"^test[_-]|[_-]test\.|\.test\.|\.spec\.|_spec\.|[_-]evals?\.", name)
    return bool(marked) or bool(suffix and not _list("test_folders").isdisjoint(folders))


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
    ticket or word of everyday such as "follow-up".
    """
    if not _pattern("name").fullmatch(word) or _pattern("landing").search(word):
        return False
    return any(char.isalpha() for char in word) and word.lower() not in _list("not_names")


def _measures(clause: Clause) -> bool:
    """Whether a clause states a number with its unit that is neither a deadline nor a count of
    people, pages or meetings.
    """
    bare = _pattern("landing").sub(" ", _pattern("date").sub(" ", clause.bare))
    if _words("settles")(clause) or _is_soft(clause):
        return False
    unit, deadline = _words("paper_unit"), _words("deadline")
    for match in _pattern("number").finditer(bare):
        after = bare[match.end() :].lstrip() if match[0][-1].isdigit() else ""
        name = re.sub(r"^[<>=≤≥\d\s.,:/]+", "", match[0]).lower() or after[:1]
        if unit.word(name):
            continue
        before = bare[: match.start()].split()[-1:]
        if before and deadline.word(before[0].lower()) and _is_span(name):
            continue
        return True
    return False


def _is_soft(clause: Clause) -> bool:
    """Whether a clause puts a number on care, which nobody can count: "with more caution in 95% of
    cases". A bound beside it ("at most 2 s") is counted by somebody; a percent sign is none.
    """
    if not _words("soft")(clause):
        return False
    return not _words("compare")(Clause(clause.bare.replace("%", " "), ()))


def _is_span(unit: str) -> bool:
    """Whether a unit after "within" is the length of a project and not of a run."""
    return unit.startswith(tuple(_list("project_units")))


def _refuses(clause: Clause) -> bool:
    """Whether a clause says that something is refused, and what.

    A model that refuses is a wish: "the agent rejects it" counts for nothing, "the agent gets 403"
    is the answer of somebody else.
    """
    if not clause.is_long:
        return False  # "answers 403" does not say what is refused
    code = _pattern("code").search(clause.bare)
    if code:
        before = clause.bare[: code.start()].split()[-1:]
        if clause.is_spaceless or (before and _words("answer").word(before[0].lower())):
            return True
    return _words("refuse")(clause) and not _model_refuses(clause)


def _model_refuses(clause: Clause) -> bool:
    """Whether the subject of the first refusing verb is a model: the word right before it."""
    model, refuse = _words("model"), _words("refuse")
    if model.spaceless(clause):
        return True
    for before, word in zip(clause.tokens, clause.tokens[1:], strict=False):
        if refuse.word(word):
            return model.word(before)
    return False
