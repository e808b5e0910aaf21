"""What is fuzzed: functions of bytes.

Each fails where anything else comes out than what its reader declares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path as File
from typing import Any
from unittest.mock import patch

from fuzz.formats import formats
from fuzz.traces import TRACE_TARGETS
from fuzz.tree import Files, inside
from pmlint.check import demands, engine
from pmlint.edit.fixes import attach, fixed
from pmlint.errors import UsageError
from pmlint.finding import Finding
from pmlint.model import Postmortem, native_route
from pmlint.model.schema import SchemaKind, check
from pmlint.output import render
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.strict_yaml import parse
from pmlint.place import Path
from pmlint.policy.examples import TODAY, run_examples, valid
from pmlint.policy.file import read_policy
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.policy.policy import Policy
from pmlint.project.configuration import load
from pmlint.project.index import facts_of
from pmlint.project.registry import read_routes
from pmlint.project.setting_sources import registry_source
from pmlint.project.settings import Settings

BASE = File(__file__).parents[1] / "tests" / "cases" / "base"
MOST = 60
"""The most paths of one document that are looked up."""


def read(file: str, data: bytes, reader: Callable[[Source], Document]) -> Document | None:
    """A document, or None where it is refused as it should be: with a message, at a place in the
    text.
    """
    source = Source(file, data.decode("utf-8", "replace"))
    try:
        source = decode(file, data)
        return reader(source)
    except Malformed as error:
        refused(source.text, error)
        return None


def refused(text: str, error: Malformed | UsageError) -> None:
    """A refusal has a message, and a place in the text if it has one."""
    assert error.message
    if error.span is not None:
        inside(text, error.span)


def paths(data: object, at: Path = Path()) -> Iterator[Path]:
    """Every path of a document's data."""
    yield at
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for step, value in items:
        yield from paths(value, at / step)


def located(document: Document) -> None:
    """Every value, key and problem stands in the text, and a plain key is where it is said to be."""
    text = document.source.text
    for problem in document.problems:
        inside(text, problem.span)
    for _, at in zip(range(MOST), paths(document.data), strict=False):
        inside(text, document.locate(at))
        inside(text, document.locate(at.chars(0, 1)))
        span = document.locate(at.key)
        inside(text, span)
        raw = document.source.line(span.row)[span.column - 1 : span.end_column - 1]
        if (
            at
            and isinstance(at[-1], str)
            and not document.problems
            and raw[:1] not in ("", *"'\"?|>")
        ):
            assert span.row != span.end_row or raw == at[-1] or "\n" in at[-1] or " " in at[-1], (
                f"{at} is not {raw!r}"
            )
    inside(text, document.locate(Path(("no", "such", 1))))


def shaped(kind: SchemaKind, document: Document) -> None:
    """What the schema says has a message and stands in the text."""
    for problem in check(kind, document.data):
        assert problem.message
        inside(document.source.text, document.locate(problem.at))


def postmortem(data: bytes) -> None:
    """The reader of postmortems, the schema and the model."""
    document = read("postmortems/a.md", data, read_postmortem)
    if document is not None:
        located(document)
        shaped("postmortem", document)
        facts_of(Postmortem(document.data, "postmortems/a.md", document.body))


def cut(data: bytes) -> None:
    """The front matter cut: what is read is what stands between the first two fences, and the rest
    is the body.
    """
    document = read("postmortems/a.md", data, read_postmortem)
    if document is None:
        return
    lines = (
        document.source.text.splitlines(keepends=True)
        if "\r" not in data.decode().replace("\r\n", "")
        else []
    )
    fences = [number for number, line in enumerate(lines) if line.rstrip("\r\n") == "---"]
    assert fences[0] == 0
    front, body = "".join(lines[1 : fences[1]]), "".join(lines[fences[1] + 1 :])
    assert document.body == body
    assert repr(parse(Source("a.yaml", front)).data) == repr(document.data)


def route(data: bytes) -> None:
    """The reader of routes, the schema and the model."""
    document = read("routes/a.yaml", data, lambda source: read_yaml(source, "route"))
    if document is not None:
        located(document)
        shaped("route", document)
        native_route(document.data, "routes/a.yaml")


def people(data: bytes) -> None:
    """The reader of the people file."""
    document = read("people.yaml", data, lambda source: read_yaml(source, "people"))
    if document is not None:
        located(document)
        shaped("people", document)


def policy(data: bytes) -> None:
    """The policy loader; what it accepts is judged on documents and tried on its own examples."""
    if document := read("policies/a.yaml", data, lambda source: read_yaml(source, "policy")):
        loaded(document.source)


def expression(data: bytes) -> None:
    """The policy loader, with a line of the input for each field that holds an expression."""
    parts = (*data.decode("utf-8", "replace").split("\n", 3), "", "", "", "")
    values = {
        "require": parts[0],
        "when": parts[1],
        "each": parts[2],
        "message": parts[3] or "it is wrong",
        "at": "postmortem.title",
    }
    values |= {
        "id": "a-b",
        "title": "A title",
        "level": "error",
        "applies_to": "postmortem",
        "why": "Because.",
        "fix": "Do it.",
    }
    text = "\n".join(f"{name}: {json.dumps(value)}" for name, value in values.items() if value)
    source = Source(
        "policies/a.yaml",
        f"{text}\nexamples: [{{fails: 1, set: {{title: x}}}}, {{fails: 0, set: {{}}}}]\n",
    )
    if (
        read("policies/a.yaml", source.text.encode(), lambda same: read_yaml(same, "policy"))
        is not None
    ):
        loaded(source)


def loaded(source: Source) -> None:
    """Load a policy; one that is accepted must judge whatever document comes."""
    try:
        found = read_policy(source)
    except UsageError as error:
        refused(source.text, error)
        return
    rules = PolicySet((found,), Settings(), TODAY)
    assert all(outcome.wrong is None or outcome.wrong for outcome in run_examples(rules))
    for one in (judged(rules, found), judged(rules, found, {})):
        assert all(problem.message for _, problem in one)


def judged(rules: PolicySet, found: Policy, document: Any = None) -> list[Any]:
    """What a policy says of a document, or of the valid one of its kind."""
    if found.applies_to == "route":
        return list(
            rules.route(
                native_route(valid("route") if document is None else document, "routes/a.yaml")
            )
        )
    data = valid("postmortem") if document is None else document
    return list(
        rules.change(valid("postmortem"), data)
        if found.applies_to == "change"
        else rules.postmortem(data)
    )


MAPPINGS = tuple(
    registry_source({"files": "agents/*", **table})
    for table in (
        {
            "id": "name",
            "owner": "owner",
            "restart_flags": ["spec.replicas > 0", "!spec.paused"],
            "postmortems": "postmortems",
        },
        {
            "id": "id",
            "each": "agents[*]",
            "restart_flags": ["enabled", "state in ['on', 'live']"],
            "trust": ["limits.rate"],
        },
        {"id": "['the name']", "each": "[*]", "restart_flags": ["a.b[0] == 'x'"]},
        {
            "id": "metadata.name",
            "each": "items[*].spec",
            "restart_flags": ["on != 1"],
            "trust": ["tools"],
        },
    )
)
SUFFIXES = ("yaml", "json", "toml")


def registry(data: bytes) -> None:
    """Files of other platforms: the first byte chooses the mapping and whether the rest is YAML,
    JSON or TOML.
    """
    first, rest = (data[0], data[1:]) if data else (0, b"")
    file = f"agents/a.{SUFFIXES[first % 3]}"
    found = read_routes(Files({file: rest}), Settings(registry=(MAPPINGS[first // 3 % 4],)))
    text = rest.decode("utf-8", "replace")
    for finding in found.findings:
        assert finding.message
        inside(text, finding.span)
    for one in found.routes[:MOST]:
        assert one.id
        for at in (one.at, *one.fields.values(), *(flag.at for flag in one.flags)):
            inside(text, found.locate[file](at))


def configuration(data: bytes) -> None:
    """The configuration, and what it says about files of other platforms."""
    files = Files({"pmlint.toml": data, "agents/a.yaml": b"name: a\nspec: {replicas: 1}\n"})
    try:
        read_routes(files, load(files))
    except UsageError as error:
        refused(data.decode("utf-8", "replace"), error)


@cache
def base() -> dict[str, bytes]:
    """A small valid repository."""
    return {
        file.relative_to(BASE).as_posix(): file.read_bytes()
        for file in BASE.rglob("*")
        if file.is_file()
    }


@cache
def shipped() -> PolicySet:
    """The policies that ship, loaded once."""
    return load_policies(Files({}), Settings(), TODAY)


def whole(data: bytes) -> None:
    """A whole check with the input as a second postmortem: all rules, policies, waivers and fixes."""
    file = "postmortems/PM-2026-002.md"
    with patch.object(demands, "load_policies", lambda *arguments, **options: shipped()):
        report = engine.check_tree(Files({**base(), file: data}), Settings(), TODAY).report
    text = data.decode("utf-8", "replace")
    for finding in report.findings:
        assert finding.message
        if finding.path == file:
            inside(text, finding.span)
    findings: tuple[Finding, ...] = attach(report.findings, report.source)
    for source in map(report.source, {finding.path for finding in findings if finding.fix}):
        assert source is not None
        decode(source.file, fixed(source, findings).encode())
    render("sarif", report._replace(findings=findings))
    render("text", report._replace(findings=findings))


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target
    for target in (
        postmortem,
        cut,
        route,
        people,
        policy,
        expression,
        registry,
        configuration,
        whole,
        formats,
        *TRACE_TARGETS,
    )
}
"""The targets by name."""
