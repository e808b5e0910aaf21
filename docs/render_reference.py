"""Writes `docs/reference/` from the command line's help and the JSON Schemas, and the list of its
pages on the first page of the docs: ``python docs/render_reference.py [--check]``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.testing import CliRunner
from written_folder import write_folder

import pmlint
from pmlint.cli import commands
from pmlint.finding import Level
from pmlint.model.resources import read_json
from pmlint.model.validator import resolved
from pmlint.output import FORMATS as FORMATS_OF_OUTPUT
from pmlint.output import format_of
from pmlint.project.kinds import KINDS
from pmlint.project.run_tables import due_in_force, runs_in_force
from pmlint.project.settings import Settings
from pmlint.runs.settings import MetricNames
from pmlint.tables.dictionary import markdown as tables

HERE = Path(__file__).parent / "reference"
MEANINGS = json.loads(
    (Path(pmlint.__file__).parent / "server" / "values.json").read_text(encoding="utf-8")
)
WIDTH = 80
NUMBERS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "null": "`null`",
}
FORMATS = {"date": "day", "date-time": "moment", "moment-or-day": "day or moment"}
FIRST_PAGE = Path(__file__).parent / "README.md"
LIST_START = "<!-- reference: written by docs/render_reference.py -->"
LIST_END = "<!-- /reference -->"
HEAD = "<!-- Written by `python docs/render_reference.py`. -->"
PAGES = {
    "postmortem": (
        "The front matter of `postmortems/PM-2026-001-short-title.md`. The body below it has the sections "
        + ", ".join(f"*{name}*" for name in read_json("vocabulary.json")["section"])
        + "; from `in-review` on none of them may be empty. `pmlint new` writes the skeleton."
    ),
    "route": (
        "One file `routes/ID.yaml` for each route. Routes that another platform configures are "
        "[mapped](../guides/gating-a-foreign-route-file.md)."
    ),
    "people": (
        "The file `people.yaml`, a list. Where the file exists, every owner, verifier, approver and signer must be in it; "
        "where it does not, CODEOWNERS is read."
    ),
    "policy": "One file for each policy in the folder `policies/`; see [writing a policy](../guides/writing-a-policy.md).",
    "configuration": (
        "`pmlint check --show-settings` prints what is in force. The nearest of the two files counts, from the folder where "
        "pmlint runs up to the root of the repository; nothing is merged, and two in one folder are an error. "
        "In `pmlint.toml` the names of the tables have no `tool.pmlint.`: `[gate]` for `[tool.pmlint.gate]`."
    ),
    "output": (
        "`check` and `gate` print it; `verdict`, `routes`, `refusals`, `cases` and `judged` are there for `gate` alone. "
        "It is stable, and the same input gives the same bytes. Rows and columns count from 1, columns in code points."
    ),
}
for _kind in KINDS:
    PAGES.setdefault(_kind.name, f"One file for each in the folder `{_kind.default[0]}/`.")
SCHEMAS = {"configuration": "config", "output": "finding"}
OUTPUTS = {name: format_of(name).description for name in FORMATS_OF_OUTPUT}


class Section(NamedTuple):
    """An object of a schema: its heading, what it is, and the schema with its fields."""

    name: str
    schema: Mapping[str, Any]


def sections(root: Mapping[str, Any]) -> Iterator[Section]:
    """Every object with fields, from the outside in; one that is used in several places appears
    once, by its own name.
    """
    left, seen = [Section("", root)], set()
    while left:
        section = left.pop(0)
        body = section.schema
        if body["type"] == "array":
            body = resolved(body["items"], root)
        yield Section(section.name, body)
        for place, inner in inside(section.name, body):
            shared = inner.get("$ref", "")
            # By its own description: that of one field says nothing of the others that use it.
            inner = resolved({"$ref": shared} if shared else inner, root)
            is_section = "properties" in inner and (shared or inner.get("type") == "object")
            if is_section and shared not in seen:
                seen |= {shared} - {""}
                left.append(Section(shared.rpartition("/")[2] or place, inner))


def inside(name: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What may have fields of its own in an object: below its fields, and the elements of one that
    may be a list, too.
    """
    for field, value in body["properties"].items():
        yield from parts(f"{name}.{field}".lstrip("."), value)
    if "items" in body:
        yield from parts(f"{name}[]", body["items"])


def parts(place: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What may have fields of its own below a field: itself, its elements, the values under free
    names.
    """
    yield place, schema
    if "items" in schema:
        yield from parts(f"{place}[]", schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        yield from parts(f"{place}.NAME", schema["additionalProperties"])


def kind(schema: Mapping[str, Any], place: str) -> str:
    """What a value is, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return values(schema, place)
    if "type" not in schema:
        return "any value"
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return ", or ".join(one_kind(schema, place, name, alone=len(types) == 1) for name in types)


def values(schema: Mapping[str, Any], place: str) -> str:
    """A closed list: a link to what its values mean, or the values themselves."""
    name = place.rpartition(".")[2]
    if name in MEANINGS and set(schema["enum"]) <= MEANINGS[name].keys():
        return f"[one of {len(schema['enum'])} values](#{anchor(values_heading(place))})"
    return ", ".join(f"`{value}`" for value in schema["enum"])


def one_kind(schema: Mapping[str, Any], place: str, name: str, *, alone: bool) -> str:
    """One of the types that a value may have."""
    if name == "array":
        return f"list: {kind(schema['items'], place)}"
    if name == "object":
        if isinstance(schema.get("additionalProperties"), dict):
            return f"table: name to {kind(schema['additionalProperties'], f'{place}.NAME')}"
        if not alone:
            return "`{" + ", ".join(schema["properties"]) + "}`"
        return f"[fields](#{anchor(place)})" if "properties" in schema else "fields"
    return (
        FORMATS.get(schema.get("format", ""), NUMBERS[name]) if name == "string" else NUMBERS[name]
    )


def values_heading(place: str) -> str:
    """The heading over the meanings of a closed list; lists of the same name and values share it."""
    return f"Values of {place}"


def anchor(heading: str) -> str:
    """The fragment of a heading, as GitHub and the site make it."""
    return "".join(
        char for char in heading.lower().replace(" ", "-") if char.isalnum() or char in "-_"
    )


def table(section: Section, root: Mapping[str, Any], defaults: Mapping[str, str]) -> Iterator[str]:
    """The fields of an object, one row each; with a column of defaults where there are any."""
    required = section.schema.get("required", [])
    yield f"| field | value |{' default |' * bool(defaults)} meaning |"
    yield "|---|---|" + "---|" * bool(defaults) + "---|"
    for name, schema in section.schema["properties"].items():
        place = f"{section.name}.{name}".lstrip(".")
        told = schema.get("description") or resolved(schema, root).get("description", "")
        default = f" {defaults.get(place, '')} |" * bool(defaults)
        yield f"| `{name}`{' (required)' * (name in required)} | {cell(kind(schema, place))} |{default} {cell(told)} |"


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return text.replace("|", "\\|")


def meanings(found: list[Section]) -> Iterator[str]:
    """What the values of the closed lists mean."""
    for section in found:
        for name, schema in section.schema["properties"].items():
            place = f"{section.name}.{name}".lstrip(".")
            if "enum" in schema and values(schema, place).startswith("["):
                rows = (
                    f"| `{value}` | {cell(MEANINGS[name][value])} |" for value in schema["enum"]
                )
                yield f"## {values_heading(place)}\n\n| value | meaning |\n|---|---|\n" + "\n".join(
                    rows
                )


def defaults() -> dict[str, str]:
    """The default of every setting that has one, by its path."""
    found: dict[str, str] = {}

    def walk(place: str, value: object) -> None:
        # A table is a mapping or a tuple with names; a list of values has none.
        fields = value._asdict() if hasattr(value, "_asdict") else value
        if isinstance(fields, Mapping):
            for name, part in fields.items():
                walk(f"{place}.{name}".lstrip("."), part)
        # A limit of 0 is that of another setting, and its meaning says which.
        elif isinstance(value, bool) or value not in (None, (), "", 0):
            found[place] = f"`{toml(value.name.lower() if isinstance(value, Level) else value)}`"

    walk("", Settings())
    walk("runs", runs_in_force(Settings()))
    walk("due", due_in_force(Settings()) | {"prometheus": MetricNames()})
    return found


def toml(value: object) -> str:
    """A value as the configuration writes it; a table stands in its line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value)


def classes() -> str:
    """Which layers can answer which class of finding, and how strong each layer is."""
    lists = read_json("vocabulary.json")
    rows = []
    for name, told in lists["classes"].items():
        ways = told["accepted"]
        accepted = (
            "any stronger or intermediate layer"
            if ways == "structural"
            else ", ".join(" with ".join(way) for way in ways)
        )
        rows.append(f"| `{name}` | {', '.join(told['weak'])} | {accepted} |")
    strengths = "\n".join(
        f"| {name} | {', '.join(layers)} |" for name, layers in lists["layers"].items()
    )
    return (
        "## What answers a finding\n\nFrom `accepted` on each finding needs an action from a layer that can answer its class.\n\n"
        "| class | not enough alone | one of these is enough |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n\n"
        "Weaker layers never suffice alone:\n\n| strength | layers |\n|---|---|\n" + strengths
    )


def schema_page(name: str) -> str:
    """The page of one schema."""
    file = SCHEMAS.get(name, name)
    root = read_json(f"{file}.json")
    known = defaults() if name == "configuration" else {}
    blocks = [
        f"# {root['title']}",
        HEAD,
        f"{root['description']} {PAGES[name]}",
        f"`pmlint schema {file}` prints it as JSON Schema.",
    ]
    if name == "output":
        rows = "\n".join(f"| `{format}` | {told} |" for format, told in OUTPUTS.items())
        blocks += [
            f"## Formats\n\n| `--output-format` | what it is |\n|---|---|\n{rows}",
            "## The object",
        ]
    found = list(sections(root))
    for section in found:
        heading = [f"## {section.name}", section.schema["description"]] if section.name else []
        blocks += [*heading, "\n".join(table(section, root, known))]
    if name == "postmortem":
        blocks.append(classes())
    return "\n\n".join([*blocks, *meanings(found)]) + "\n"


def helps(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every command with the text that its ``--help`` prints."""
    done = CliRunner().invoke(
        commands, [*words, "--help"], prog_name="pmlint", terminal_width=WIDTH, color=False
    )
    yield " ".join(("pmlint", *words)), done.output.rstrip()
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from helps(inner, (*words, name))


def command_line() -> str:
    """The page of the command line."""
    intro = (
        "Exit codes are the same everywhere: **0** clean or allowed, **1** findings or refused, **2** it could not be judged. "
        "Findings go to the standard output, progress and errors to the standard error. "
        "An option can be given as a variable, too: `PMLINT_NOW` for `--now`, `PMLINT_OUTPUT_FORMAT` for `--output-format`."
    )
    blocks = [f"## {name}\n\n```text\n{told}\n```" for name, told in helps(commands)]
    return "\n\n".join(["# Command line", HEAD, intro, *blocks]) + "\n"


def wanted() -> dict[str, str]:
    """Every file of the folder with its text."""
    pages = {f"{name}.md": schema_page(name) for name in PAGES}
    exported = f"{HEAD}\n{tables().rstrip()}\n"
    return {"command-line.md": command_line()} | pages | {"tables.md": exported}


def listed(page: str) -> str:
    """The first page of the docs with a link to each file of the folder between its marks."""
    names = [file.removesuffix(".md") for file in wanted()]
    links = [f"[{name.replace('-', ' ').capitalize()}](reference/{name}.md) ·" for name in names]
    start, end = page.index(LIST_START) + len(LIST_START), page.index(LIST_END)
    return "\n".join([page[:start], *links, page[end:]])


def main() -> int:
    """Write the folder and the list of its pages, or with ``--check`` only say what differs; exit 1
    where something does.
    """
    before = FIRST_PAGE.read_text(encoding="utf-8")
    after = listed(before)
    if "--check" not in sys.argv:
        FIRST_PAGE.write_text(after, encoding="utf-8")
        before = after
    return write_folder(HERE, wanted()) or int(before != after)


if __name__ == "__main__":
    sys.exit(main())
