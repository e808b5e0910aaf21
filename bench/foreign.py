"""Real files of platforms through our readers: ``python -m bench.foreign FOLDER...``.

Every file below the folders that a reader takes is read, by kind. Templates (``{{ }}`` that does
not parse), files encrypted by git-crypt or sops, and lock files are left out. What we refuse is
read by another reader as well (PyYAML without our rules, json, tomllib): where that one reads it,
we are wrong, and the command exits 1. Folders are clones of public repositories; nothing of them is
kept.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from pmlint.parsing.source import Malformed
from pmlint.project.registry.reader import decode_foreign
from pmlint.project.registry.readers import reader_for

LEFT_OUT = re.compile(
    r"(?:^|/)(?:node_modules|\.git)/|(?:package-lock|composer)\.json$|-lock\.yaml$"
)
KINDS: tuple[tuple[str, str, bytes], ...] = (
    # The name of the kind, what the path has, and what the file says.
    ("kagent", r"\.ya?ml$", rb"(?m)^kind: Agent\s*$"),
    ("Argo Rollouts", r"\.ya?ml$", rb"(?m)^kind: Rollout\s*$"),
    ("CronJob", r"\.ya?ml$", rb"(?m)^kind: CronJob\s*$"),
    ("Helm values", r"values[^/]*\.ya?ml$", b""),
    ("compose", r"compose[^/]*\.ya?ml$", rb"(?m)^services:"),
    ("CrewAI", r"(?:agents|tasks|crew)\.(?:ya?ml|jsonc?)$", b""),
    ("Dify", r"\.ya?ml$", rb"(?m)^kind: app\s*$"),
    ("flagd", r"\.(?:json|ya?ml)$", rb"\"?defaultVariant\"?:"),
    ("LaunchDarkly", r"\.json$", rb"\"fallthrough\""),
    ("Unleash", r"\.json$", rb"\"featureEnvironments\"|\"featureStrategies\""),
    ("n8n", r"\.json$", rb"\"n8n-nodes-base\.|@n8n/"),
    ("LangGraph", r"langgraph[^/]*\.json$", rb"\"graphs\""),
    ("AutoGen", r"\.json$", rb"\"provider\": *\"autogen"),
    ("MCP", r"mcp[^/]*\.json$", rb"\"(?:mcpS|s)ervers\""),
    ("Claude Code", r"\.claude/settings[^/]*\.json$", b""),
    ("agentic workflows", r"workflows/[^/]*\.md$", b""),
    ("Terraform", r"\.tfvars\.json$", b""),
    ("OpenAI assistants", r"assistants?[^/]*\.json$", b""),
)


class ReadFile(NamedTuple):
    """A file and its kind; why we refuse it (empty: it is read), and whether others read it."""

    path: Path
    kind: str
    refusal: str
    is_read_elsewhere: bool


def read_all(folder: Path) -> Iterator[ReadFile]:
    """Every file below a folder that a reader takes."""
    for above, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(above, name)
            shown = path.as_posix()
            if reader_for(name) is None or LEFT_OUT.search(shown) or path.is_symlink():
                continue
            data = path.read_bytes()
            has_front_matter = re.match(rb"---\r?\n.*?\n---", data, re.DOTALL) is not None
            is_data = has_front_matter or not name.lower().endswith(".md")
            if is_data and not is_unreadable_for_all(name, data):
                yield _read(path, kind_of(shown, data), data)


def is_unreadable_for_all(name: str, data: bytes) -> bool:
    """Whether a file is encrypted, or is a template that is no YAML before it is rendered."""
    if data.startswith(b"\0GITCRYPT") or (b"sops:" in data and b"ENC[" in data):
        return True
    if not name.endswith((".yaml", ".yml")) or b"{{" not in data:
        return False
    # Alone, a placeholder is a mapping in a mapping, which every reader takes.
    return not _is_read(".yaml", data) or bool(re.search(rb"(?m)^[^#\"'\n]*[:\[-]\s*\{\{", data))


def kind_of(path: str, data: bytes) -> str:
    """The kind of a file, by its path and what it says."""
    for kind, name, says in KINDS:
        if re.search(name, path, re.IGNORECASE) and re.search(says, data):
            return kind
    return "other"


def _read(path: Path, kind: str, data: bytes) -> ReadFile:
    reader = reader_for(path.name)
    assert reader is not None
    try:
        reader.read(decode_foreign(path.name, data))
    except Malformed as error:
        return ReadFile(path, kind, error.message, _is_read(path.suffix.lower(), data))
    return ReadFile(path, kind, "", True)


def _is_read(ending: str, data: bytes) -> bool:
    """Whether another reader reads a file."""
    try:
        text = data.decode("utf-8-sig")
        if ending == ".toml":
            tomllib.loads(text)
        elif ending == ".jsonl":
            [json.loads(line) for line in text.splitlines() if line.strip()]
        elif ending.startswith(".json"):
            json.loads(text)
        else:
            front = text.split("\n---", 1)[0].removeprefix("---") if ending == ".md" else text
            list(yaml.parse(front, Loader=yaml.CSafeLoader))
    except (ValueError, yaml.YAMLError, RecursionError):
        return False
    return True


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.foreign",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    found = [one for folder in parser.parse_args().folders for one in read_all(folder)]
    files, read = Counter(one.kind for one in found), Counter()
    read.update(one.kind for one in found if not one.refusal)
    print("| kind | files | read |\n|---|---:|---:|")
    for kind, count in sorted(files.items()):
        print(f"| {kind} | {count:,} | {read[kind]:,} |")
    print(f"| all | {len(found):,} | {sum(read.values()):,} |\n")
    for one in found:
        if one.refusal:
            also = "others read it" if one.is_read_elsewhere else "nobody reads it"
            print(f"{also}: {one.path}: {one.refusal}")
    sys.exit(1 if any(one.refusal and one.is_read_elsewhere for one in found) else 0)


if __name__ == "__main__":
    main()
