"""The paths that a text names, and which files a model reads: by name, suffix, folder or a
team's own list (`docs/spec/language.md`, section 1; the names are data, `schema/words/ends.json`).
"""

from __future__ import annotations

import re
from functools import cache

from pmlint.model.end_words import pattern, spaced, words_of


def slashed(text: str) -> tuple[str, ...]:
    """Words with a slash and no suffix: folders where the tree has them, else mere words."""
    return tuple(dict.fromkeys(path for path in split_paths(text)[0] if not has_suffix(path)))


def split_paths(text: str) -> tuple[tuple[str, ...], str]:
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

    quiet = text.replace("\0", " ")
    quiet = spaced(pattern("address").sub(" ", quiet) if "://" in quiet else quiet)
    rest = pattern("path").sub(keep, quiet)
    return tuple(found), rest


def _is_path(word: str) -> bool:
    """Whether a word is a path: it has a slash and a letter, or a known suffix, or a known name."""
    if word.lower() in words_of("control_names") or word.lower() in words_of(
        "instruction", "names"
    ):
        return True
    bare = word.partition("::")[0]
    if "/" in bare:
        if bare[0].isdigit() and not suffix_of(bare):
            return False  # 3/day is a rate
        return not bare.startswith("@") and any(char.isalpha() for char in bare)
    return suffix_of(bare) in _known_suffixes()


@cache
def _known_suffixes() -> frozenset[str]:
    kinds = (words_of("suffixes", kind) for kind in ("control", "record", "prose"))
    return frozenset().union(*kinds, words_of("instruction", "suffixes"))


def suffix_of(path: str) -> str:
    """The suffix of a path in lower case, without its dot; empty where it has none."""
    name = path.partition("::")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name.strip(".") else ""


def has_suffix(path: str) -> bool:
    """Whether a path has a suffix, or a name that is known without one, such as ``Makefile``."""
    name = path.rpartition("/")[2].lower()
    known = (words_of("control_names"), words_of("instruction", "names"))
    return bool(suffix_of(path)) or any(name in names for names in known)


def may_name_instructions(text: str) -> bool:
    """Whether a text may name a file that a model reads: False where none of the names, suffixes
    and folders of such files is there, which saves taking its paths apart.
    """
    return any(map(text.lower().__contains__, _named_like_instructions()))


@cache
def _named_like_instructions() -> frozenset[str]:
    kinds = ("names", "suffixes", "folders", "likely_names", "likely_folders")
    return frozenset().union(*(words_of("instruction", kind) for kind in kinds))


def is_instruction_file(path: str, extra: tuple[str, ...] = ()) -> bool:
    """Whether a file holds what a model reads: by its name, its suffix or its folder, or because a
    team's own list (``instruction_files``: names, folders, or patterns with ``*``) has it.

    Never by a word inside a name: ``alerts/agents.yaml`` is an alert rule. Hooks and permissions
    below ``.claude`` are run by the program around the model, so they are controls.
    """
    plain = path.lower().strip("/").removeprefix("./")
    name = plain.rpartition("/")[2]
    if any(map(f"/{plain}/".__contains__, _in_slashes("controls"))):
        return False
    if name in words_of("instruction", "names") or name.endswith(_suffixes()):
        return True
    if any(map(f"/{plain.rpartition('/')[0]}/".__contains__, _in_slashes("folders"))):
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
    return name in words_of("instruction", "likely_names") or any(
        map(f"/{folders}/".__contains__, _in_slashes("likely_folders"))
    )


@cache
def _in_slashes(kind: str) -> tuple[str, ...]:
    """The folders of a kind as they are sought in a path."""
    return tuple(f"/{folder}/" for folder in words_of("instruction", kind))


@cache
def _suffixes() -> tuple[str, ...]:
    return tuple(f".{suffix}" for suffix in words_of("instruction", "suffixes"))


def _listed(path: str, name: str, own: str) -> bool:
    if "*" in own:
        from fnmatch import fnmatchcase  # its patterns are compiled; few teams need it

        return fnmatchcase(path, own) or fnmatchcase(name, own)
    return _below(path, own) or name == own


def _below(path: str, folder: str) -> bool:
    return path == folder or f"/{path}/".find(f"/{folder}/") >= 0
