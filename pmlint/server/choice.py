"""One thing that may be written at the cursor."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """A text that may be written, a note beside it, what it means in Markdown; a lower rank comes
    first.

    ``is_yaml``: the text is YAML as it stands, such as ``{unknown: ""}``, and gets no quotes.
    ``typed``: what an author writes who takes no suggestion, where the text has more than that.
    """

    text: str
    note: str = ""
    means: str = ""
    rank: int = 0
    is_yaml: bool = False
    typed: str = ""
