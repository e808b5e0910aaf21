"""YAML 1.1 and 1.2, as platforms write it."""

from __future__ import annotations

from pmlint.parsing.platform_yaml import YamlBounds, parse_platform_yaml
from pmlint.parsing.source import Source
from pmlint.place import Path, Span, Where
from pmlint.project.registry.reader import (
    MAX_DEPTH,
    MAX_NODES,
    Flaw,
    ForeignDocument,
    ForeignFile,
)


class YamlReader:
    """``.yaml`` and ``.yml``."""

    endings = (".yaml", ".yml")

    def read(self, source: Source) -> ForeignFile:
        """The documents of a file. Raises `Malformed`."""
        return read_yaml_part(source, 0, len(source.text))


def read_yaml_part(source: Source, start: int, end: int) -> ForeignFile:
    """The documents in the characters ``start`` to ``end``; their places begin with their number.

    Raises `Malformed`.
    """
    parsed = parse_platform_yaml(source, start, end, YamlBounds(MAX_DEPTH, MAX_NODES))
    documents = (
        ForeignDocument(data, Path((number,))) for number, data in enumerate(parsed.documents)
    )
    if len(parsed.documents) != 1:
        flaws = tuple(Flaw(at, problem) for at, problem in parsed.flaws)
        return ForeignFile(tuple(documents), parsed.locate, lambda: flaws)
    # The places of a file with one document are those of the document: no number before them.
    below = tuple(Flaw(Path(at[1:]), problem) for at, problem in parsed.flaws if at[0] == 0)

    def locate(at: Path | Where) -> Span:
        where = at if isinstance(at, Where) else Where(at)
        return parsed.locate(where._replace(path=Path((0, *where.path))))

    document = ForeignDocument(parsed.documents[0], Path())
    return ForeignFile((document,), locate, lambda: below)
