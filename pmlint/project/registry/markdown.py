"""Markdown: its front matter, as YAML. A file without one has no document."""

from __future__ import annotations

import re

from pmlint.parsing.source import Malformed, Source
from pmlint.project.registry.reader import ForeignFile
from pmlint.project.registry.yaml import read_yaml_part

# From the start of a line: a comment "# ---" in a real workflow ended its front matter, and what
# was below it was not read.
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


class MarkdownReader:
    """``.md``."""

    endings = (".md",)

    def read(self, source: Source) -> ForeignFile:
        """The front matter of a file. Raises `Malformed`, also for one that is not closed."""
        opening = _FENCE.match(source.text)
        # A README beside workflows is no workflow.
        if opening is None:
            return read_yaml_part(source, 0, 0)
        closing = _FENCE.search(source.text, opening.end())
        if closing is None:
            raise Malformed(
                "the front matter is not closed",
                source.span(0, 3),
                help="put a line '---' below the last field",
            )
        return read_yaml_part(source, opening.end(), closing.start())
