"""Judges that nobody here wrote: ``python -m bench.judges [FOLDER] [--write]``.

The official JSON-Schema-Test-Suite (draft 2020-12) judges both validators, each without a
connection; the YAML test suite judges the strict reader. FOLDER holds `json-schema-test-suite` and
`yaml-test-suite`; what differs is listed with its reason. Exits 1 where a difference has no reason:
a text that must be refused and is not, another value than the suite's, or a crash.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.strict_yaml import parse

_REASONS: dict[str, dict[str, dict[str, str]]] = json.loads(
    Path(__file__).with_name("reasons.json").read_text()
)
_REMOTES = "http://localhost:1234/"


class Verdict(NamedTuple):
    """One case of a suite: whether we agree with it, and what we said."""

    case: str
    agrees: bool
    kind: str
    said: str = ""


def schema_cases(suite: Path) -> Iterator[tuple[str, Any, Any, bool]]:
    """Name, schema, data and the right answer of each required test of draft 2020-12."""
    for file in sorted((suite / "tests" / "draft2020-12").glob("*.json")):
        for group in json.loads(file.read_text()):
            for test in group["tests"]:
                yield (
                    f"{file.stem}: {group['description']}: {test['description']}",
                    group["schema"],
                    test["data"],
                    test["valid"],
                )


def schemas(suite: Path) -> dict[str, list[Verdict]]:
    """What each validator answers.

    References to other documents are served from the suite's folder, everything else is refused.
    """
    remotes = {
        _REMOTES + file.relative_to(suite / "remotes").as_posix(): json.loads(file.read_text())
        for file in sorted((suite / "remotes").rglob("*.json"))
    }
    found: dict[str, list[Verdict]] = {}
    for name, build in (("jsonschema-rs", _rust(remotes)), ("jsonschema", _python(remotes))):
        found[name] = [_schema_verdict(build, *case) for case in schema_cases(suite)]
    return found


def _schema_verdict(
    build: Callable[[Any], Callable[[Any], bool]], case: str, schema: Any, data: Any, right: bool
) -> Verdict:
    try:
        answer = build(schema)(data)
    except (ValueError, LookupError, RecursionError, re.error) as error:
        return Verdict(case, False, "refused", f"{type(error).__name__}: {error}")
    return Verdict(
        case, answer == right, "same" if answer == right else "accepted" if answer else "rejected"
    )


def _rust(remotes: dict[str, Any]) -> Callable[[Any], Callable[[Any], bool]]:
    import jsonschema_rs

    registry = jsonschema_rs.Registry(list(remotes.items()), draft=jsonschema_rs.Draft202012)

    def refuse(address: str) -> Any:
        raise ValueError(f"a reference to {address}")

    def build(schema: Any) -> Callable[[Any], bool]:
        valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(
            schema, registry=registry, retriever=refuse
        ).is_valid
        return valid

    return build


def _python(remotes: dict[str, Any]) -> Callable[[Any], Callable[[Any], bool]]:
    from jsonschema import Draft202012Validator
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing import Resource
    from referencing.jsonschema import DRAFT202012

    registry = REGISTRY.with_resources(
        (name, Resource.from_contents(content, DRAFT202012)) for name, content in remotes.items()
    )

    def build(schema: Any) -> Callable[[Any], bool]:
        valid: Callable[[Any], bool] = Draft202012Validator(schema, registry=registry).is_valid
        return valid

    return build


def texts(suite: Path) -> list[Verdict]:
    """What the strict reader makes of each text of the YAML test suite."""
    return [_text_verdict(file.parent, suite) for file in sorted(suite.rglob("in.yaml"))]


def _text_verdict(folder: Path, suite: Path) -> Verdict:
    case = folder.relative_to(suite).as_posix()
    bad = (folder / "error").exists()
    try:
        parsed = parse(decode(case, (folder / "in.yaml").read_bytes()))
    except Malformed as error:
        return Verdict(case, bad, "refused" if bad else "strict", error.message)
    if parsed.problems:
        return Verdict(case, bad, "refused" if bad else "strict", parsed.problems[0].message)
    if bad:
        return Verdict(case, False, "accepted")
    wanted = _documents(folder / "in.json")
    same = wanted is None or wanted == [parsed.data] or (not wanted and parsed.data is None)
    return Verdict(
        case,
        same,
        "same" if same else "value",
        "" if same else f"read as {json.dumps(parsed.data)}",
    )


def _documents(file: Path) -> list[Any] | None:
    """The values that a text stands for; None where JSON can't say them."""
    if not file.exists():
        return None
    left, found = file.read_text().strip(), []
    while left:
        value, end = json.JSONDecoder().raw_decode(left)
        found.append(value)
        left = left[end:].strip()
    return found


def reason(suite: str, verdict: Verdict) -> str:
    """Why we differ, by the case, else by what we said; empty where nobody has said why."""
    known = _REASONS[suite]
    return known["cases"].get(verdict.case) or next(
        (why for part, why in known["said"].items() if part in verdict.said), ""
    )


def report(found: dict[str, list[Verdict]]) -> Iterator[str]:
    """The table of agreement and the table of differences, as Markdown."""
    yield "| judge | judged | cases | agreed | differ |\n|---|---|---:|---:|---:|"
    for name, verdicts in found.items():
        agreed = sum(verdict.agrees for verdict in verdicts)
        judge = (
            "YAML test suite"
            if name == "strict reader"
            else "JSON-Schema-Test-Suite, draft 2020-12"
        )
        yield f"| {judge} | {name} | {len(verdicts):,} | {agreed:,} | {len(verdicts) - agreed:,} |"
    for name, verdicts in found.items():
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for verdict in verdicts:
            if not verdict.agrees:
                groups[
                    verdict.kind, reason(name, verdict) or f"**no reason known**: {verdict.said}"
                ].append(verdict.case)
        if groups:
            yield f"\n## {name}\n\n| cases | we | reason | which |\n|---:|---|---|---|"
            for (kind, why), cases in sorted(groups.items(), key=lambda item: -len(item[1])):
                yield f"| {len(cases)} | {_WE[kind]} | {why} | {', '.join(cases)} |"


_HEAD = """# Independent judges

Printed by `python -m bench.judges --write`. A difference without a reason makes the command fail; the reasons stand in `reasons.json`.

"""
_WE = {
    "strict": "refuse what the suite accepts",
    "accepted": "accept what the suite refuses",
    "rejected": "refuse what the suite accepts",
    "value": "read another value",
    "refused": "refuse the schema",
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.judges",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(__file__).parents[2] / "shared" / "judges"
    )
    parser.add_argument("--write", action="store_true", help="keep the tables in bench/JUDGES.md")
    options = parser.parse_args()
    if not options.folder.is_dir():
        sys.exit(
            f"error: there is no folder '{options.folder}'; name the one that holds the two suites"
        )
    found = {
        **schemas(options.folder / "json-schema-test-suite"),
        "strict reader": texts(options.folder / "yaml-test-suite"),
    }
    text = "\n".join(report(found)) + "\n"
    if options.write:
        Path(__file__).with_name("JUDGES.md").write_text(_HEAD + text)
    else:
        print(text)
    unexplained = Counter(
        name
        for name, verdicts in found.items()
        for one in verdicts
        if not one.agrees and not reason(name, one)
    )
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
