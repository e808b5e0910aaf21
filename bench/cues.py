"""Write the cues of the word lists: ``python -m bench.cues [--check]``.

A group of terms is looked into where a text holds one of its cues, so that a clean document parses
no term at all. Of each term the words of the part that few texts hold become cues (``at`` has for
each of them the numbers of the terms that it points at). They are derived, and written beside the
terms because to find them at each start takes longer than to read the document. Run it after each
edit of ``schema/words``; a test compares.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pmlint.rules.prose.lexicon import LANGUAGES
from pmlint.rules.prose.terms import Endings, Parser, cue_words

FOLDER = Path(__file__).parents[1] / "schema" / "words"
SILENCERS = frozenset(
    "mechanism document watching enforcing enforced handling control praise-but then-change "
    "no-blame machine-subject no-one held changing control-absent machine-cause machine-doing story-goes-on no-x goes-into-detail said-unknown docs-as-data acting".split()
)
"""Lists that are asked for by others alone, and so need no cue."""
_COMMON = frozenset(
    "to of the a an that about on in for with and or is are was were be it its this not no we our "
    "i you by from as at any all do does did has have had will can could may if when "
    "der die das und zu de la le que en el les des o os に は が の と で も 的 了 在".split()
)
"""Words that every text holds: as cues they would let every text through."""


def _cost(cue: frozenset[bytes]) -> int:
    """How many texts a cue lets through, roughly."""
    words = [word.decode() for word in cue]
    short = sum(len(word) < 3 and word.isascii() for word in words)
    return 20 * sum(word in _COMMON for word in words) + len(words) + 2 * short


def _places(parser: Parser, term: str) -> Iterator[frozenset[bytes]]:
    """The words of each part of a term by which it can be found."""
    for piece in term.lstrip("^").split():
        kind, words = parser.part(piece)
        if kind != "word" or isinstance(words, Endings):
            continue
        cue = cue_words(words)
        if b"" not in cue:
            yield cue


def with_cues(language: str) -> str:
    """The text of a language's file with the cues that its terms need."""
    data = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    parser = Parser(data.get("classes", {}))
    for name, groups in data["lists"].items():
        if name not in SILENCERS:
            data["lists"][name] = [_group(parser, group) for group in groups]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _group(parser: Parser, group: dict[str, Any]) -> dict[str, Any]:
    cues: dict[str, list[int]] = {}
    for number, term in enumerate(group["terms"]):
        for word in min(_places(parser, term), key=_cost):
            cues.setdefault(word.decode(), []).append(number)
    words = sorted(cues)
    rest = {key: value for key, value in group.items() if key not in ("cues", "at")}
    # As two texts: to read a mapping with a list for each word takes 3% of the run over one file.
    numbers = (",".join(map(str, cues[word])) for word in words)
    return {"cues": " ".join(words), "at": " ".join(numbers), **rest}


def main() -> int:
    """Write the files, or with ``--check`` say which ones differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.cues", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 where a file differs"
    )
    check = parser.parse_args().check
    stale = [one for one in LANGUAGES if with_cues(one) != _text(one)]
    for language in stale:
        print(f"schema/words/{language}.json {'differs' if check else 'was written'}")
        if not check:
            (FOLDER / f"{language}.json").write_text(with_cues(language), "utf-8")
    return 1 if check and stale else 0


def _text(language: str) -> str:
    return (FOLDER / f"{language}.json").read_text("utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
