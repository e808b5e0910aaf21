"""The formats that are read, in one tuple: adding one is a file beside this and a line here."""

from __future__ import annotations

from pmlint.project.registry.json import JsonReader
from pmlint.project.registry.jsonl import JsonLinesReader
from pmlint.project.registry.markdown import MarkdownReader
from pmlint.project.registry.reader import ForeignReader
from pmlint.project.registry.toml import TomlReader
from pmlint.project.registry.yaml import YamlReader

READERS: tuple[ForeignReader, ...] = (
    YamlReader(),
    JsonReader(),
    JsonLinesReader(),
    TomlReader(),
    MarkdownReader(),
)
ENDINGS: tuple[str, ...] = tuple(ending for reader in READERS for ending in reader.endings)
INSTEAD = {
    **dict.fromkeys((".tf", ".hcl", ".tfvars"), "map *.tfvars.json, which Terraform reads as well"),
    **dict.fromkeys((".env", ".ini", ".properties"), "map the YAML, JSON or TOML that sets it"),
    **dict.fromkeys(
        (".cue", ".jsonnet", ".star", ".py", ".ts", ".js"), "map the file that it writes"
    ),
}
"""What to map instead of a format that is a program, or has no types."""


def reader_for(path: str) -> ForeignReader | None:
    """The reader of a file, by the ending of its name in any case; None for what is not read."""
    # Windows writes 'DESKS.YAML'.
    name = path.lower()
    for reader in READERS:
        if name.endswith(reader.endings):
            return reader
    return None


def what_instead(path: str) -> str:
    """What to map instead of a file that is not read."""
    name = path.rpartition("/")[2].lower()
    for ending, advice in INSTEAD.items():
        if name.endswith(ending):
            return advice
    return f"map files that end in {', '.join(ENDINGS)}"
