"""JSON Lines: an object a line, each a document; empty lines are left out."""

from __future__ import annotations

from pmlint.parsing.source import Malformed, Source
from pmlint.place import Path, Span, Where
from pmlint.project.registry.json import JsonText
from pmlint.project.registry.reader import MAX_NODES, Flaw, ForeignDocument, ForeignFile, too_many


class JsonLinesReader:
    """``.jsonl``: the first step of a place is the number of the document."""

    endings = (".jsonl",)

    def read(self, source: Source) -> ForeignFile:
        """The documents of a file. Raises `Malformed`."""
        texts: list[JsonText] = []
        start = 0
        # `splitlines` would also cut at U+2028, which JSON allows inside a text.
        for line in source.text.split("\n"):
            if line.strip():
                if len(texts) == MAX_NODES:
                    raise too_many(source, start)
                texts.append(_one_object(source, start, start + len(line)))
            start += len(line) + 1

        def locate(at: Path | Where) -> Span:
            where = at if isinstance(at, Where) else Where(at)
            if not where.path or not isinstance(where.path[0], int):
                return Span()
            text = texts[where.path[0]]
            return text.locate(where._replace(path=Path(where.path[1:])))

        def flaws() -> tuple[Flaw, ...]:
            return tuple(
                Flaw(Path((number, *flaw.at)), flaw.problem)
                for number, text in enumerate(texts)
                for flaw in text.flaws()
            )

        documents = (
            ForeignDocument(text.data, Path((number,))) for number, text in enumerate(texts)
        )
        return ForeignFile(tuple(documents), locate, flaws)


def _one_object(source: Source, start: int, end: int) -> JsonText:
    text = JsonText(source, start, end)
    if not isinstance(text.data, dict):
        raise Malformed(
            "a line is not an object",
            source.span(start, start + 1),
            help="write {...} on each line",
        )
    return text
