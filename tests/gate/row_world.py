"""The repository of `mail_desk.yaml` as data, in memory: a value is set by its path, and a change
of it is judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

from pmlint.check.verdict import Verdict
from pmlint.gate.approvals import GivenApproval
from pmlint.gate.case import GateChange
from pmlint.gate.statements import HandedStatement
from pmlint.gate.verdict import judge
from tests.gate.attack_data import BASE, statement_of
from tests.gate.memory import Objects
from tests.yaml_file import FastLoader

ABSENT = "(absent)"
REHEARSAL = "evidence/PM-2026-007/rehearsal.md"
TODAY = date(2026, 10, 15)
FILES = {
    "postmortem": "postmortems/PM-2026-007-mail-desk.md",
    "route": "routes/mail-desk.yaml",
    "place": "deploy/desks.yaml",
    "people": "people.yaml",
    "configuration": "pmlint.toml",
    "policy": "policies/cost-is-stated.yaml",
    "baseline": "pmlint-baseline.json",
    "workflow": ".github/workflows/postmortems.yml",
    "hooks": ".pre-commit-config.yaml",
}
Edits = Mapping[str, str | Mapping[str, str] | None]
"""What happens to files, by path: a new text, texts that are replaced, or None: it is removed."""
MORE: Mapping[str, list[Mapping[str, Any]]] = {
    # what the review of mail_desk.yaml has not: parts that may go without another rule asking for
    # them
    "findings": [{"id": "F3", "class": "other", "statement": "The pause took five days."}],
    "failed_controls": [
        {"absent": "page", "expected": "detect", "why": "nobody was paged", "findings": ["F3"]}
    ],
    "actions": [
        {
            "id": "A4",
            "title": "Page @eva in src/desk/page.py within 10 minutes",
            "layer": "alert",
            "findings": ["F3"],
            "control": "page",
            "owner": "@kim",
            "deadline": "2026-11-10",
            "done_when": "the alert slow-pause in src/desk/page.py pages @eva within 10 minutes",
            "status": "open",
        },
        {
            "id": "A5",
            "title": "Store which list a reply was made from in src/desk/lists.py",
            "layer": "evidence-capture",
            "findings": ["F2"],
            "control": "page",
            "owner": "@kim",
            "deadline": "2026-11-10",
            "done_when": "src/desk/lists.py stores 100 of 100 lists",
            "status": "open",
        },
    ],
}


class _Texts(FastLoader):
    """YAML 1.2, whose dates stay the texts that they are written as."""


_OTHER = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
_Texts.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] not in _OTHER]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# the triggers of a workflow are below `on`, which is a truth value of YAML 1.1 alone
_Texts.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def read_texts(text: str) -> Any:
    return yaml.load(text, _Texts)


class RowWorld:
    """Records as data, the other files as text; ``author`` is who makes the change."""

    def __init__(self, mode: str) -> None:
        self.texts = {
            **BASE,
            "replays/mail-desk.yaml": "one\n",
            REHEARSAL: "50 replies, 0 corrected.\n",
        }
        front, _, self.body = (
            self.texts[FILES["postmortem"]].removeprefix("---\n").partition("\n---\n")
        )
        self.records: dict[str, Any] = {
            name: read_texts(self.texts[path])
            for name, path in FILES.items()
            if name not in ("postmortem", "configuration")
        }
        self.records["postmortem"] = read_texts(front)
        for name, parts in MORE.items():
            self.records["postmortem"][name] += json.loads(json.dumps(parts))
        self.records["configuration"] = _settings(mode)
        self.mode = mode
        self._edits: list[Edits] = []

    def edit(self, edits: Edits) -> None:
        """Edit files, those of records too, as they are written."""
        self._edits.append(edits)

    def put(self, record: str, path: str, value: Any) -> None:
        """Set the value of a path; `ABSENT` removes it, ``+`` appends."""
        if not path:
            self.records[record] = None
            return
        if path == "(body)":
            self.body = value
            return
        *around, last = _steps(path)
        node = self.records[record]
        for step in around:
            node = _below(node, step)
        if isinstance(node, list):
            if last == "+":
                node.append(value)
                return
            at = _index(node, last)
            node[at : at + 1] = [] if value == ABSENT else [value]
        elif value == ABSENT:
            node.pop(last, None)
        else:
            node[last] = value

    def get(self, record: str, path: str) -> Any:
        """The value of a path; `ABSENT` where there is none."""
        node = self.records[record]
        for step in _steps(path):
            if isinstance(node, Mapping) and step not in node:
                return ABSENT
            node = _below(node, step)
        return node

    def files(self) -> dict[str, bytes]:
        found = dict(self.texts)
        for name, path in FILES.items():
            data = self.records[name]
            if data is None:
                del found[path]
            elif name == "postmortem":
                found[path] = f"---\n{_yaml(data)}---\n{self.body}"
            elif name == "people":
                found[path] = "".join(f"- {json.dumps(person)}\n" for person in data)
            elif name == "baseline":
                found[path] = json.dumps(data)
            else:
                found[path] = _toml(data) if name == "configuration" else _yaml(data)
        for edits in self._edits:
            _edit(found, edits)
        return {path: text.encode() for path, text in found.items()}


def _edit(files: dict[str, str], edits: Edits) -> None:
    for path, edit in edits.items():
        if edit is None:
            del files[path]
        elif isinstance(edit, str):
            files[path] = edit
        else:
            for old, new in edit.items():
                assert files[path].count(old) == 1, f"{path} has {old!r} not once:\n{files[path]}"
                files[path] = files[path].replace(old, new)


def verdict(
    base: RowWorld,
    after: RowWorld,
    author: str = "lee",
    approver: str = "",
    budgets: Mapping[str, Any] | None = None,
) -> Verdict:
    """What is said of the change from one world to the other, approved at its head by somebody or
    by nobody; ``budgets`` is what the statement says that is handed over, beside the honest one.
    """
    objects = Objects()
    target = objects.add(base.files())
    approvals = [GivenApproval(approver, "APPROVED", "")] if approver else []
    return judged(objects, target, after.files(), author, approvals, budgets)


def judged(
    objects: Objects,
    target: str,
    after: Mapping[str, bytes],
    author: str,
    given: Iterable[GivenApproval] = (),
    budgets: Mapping[str, Any] | None = None,
    replays: str = "",
) -> Verdict:
    """What is said of a commit with the files of ``after`` on top of the ``target``, the last one
    of the base; an approval that names no commit is at its head.
    """
    head = objects.add(dict(after))
    approvals = tuple(one._replace(commit=one.commit or head) for one in given)
    change = GateChange(objects, target, head, objects.tree(head), TODAY, author, approvals)  # type: ignore[arg-type]
    if budgets is not None:
        data = statement_of(objects.tree(target), target, budgets)
        text = budgets["raw"] if "raw" in budgets else json.dumps(data)
        change = change._replace(budgets=HandedStatement("budgets.json", text.encode()))
    if replays:
        change = change._replace(replays=HandedStatement("replays.json", replays.encode()))
    return judge(change)


def _settings(mode: str) -> dict[str, Any]:
    return {
        "policies": "policies",
        "people": "people.yaml",
        "baseline": "pmlint-baseline.json",
        "since": "2026-01-01",
        "horizon": {"customer-visible-defect": 90},
        "gate": {"approvals": mode},
        "registry": [
            {
                "files": "deploy/desks.yaml",
                "each": "desks[*]",
                "id": "name",
                "owner": "owner",
                "restart_flags": ["enabled", "replicas > 0"],
                "trust": ["tools", "max_spend"],
                "postmortems": "reviews",
            }
        ],
    }


def _steps(path: str) -> list[str]:
    return path.split(".") if path else []


def _below(node: Any, step: str) -> Any:
    return node[_index(node, step)] if isinstance(node, list) else node[step]


def _index(items: list[Any], step: str) -> int:
    if step.isdigit():
        return int(step)
    for at, item in enumerate(items):
        if step in (item.get("id"), item.get("handle")):
            return at
    raise KeyError(step)


def _yaml(data: Mapping[str, Any]) -> str:
    return "".join(
        f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in data.items()
    )


def _toml(data: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_inline(value)}\n" for name, value in data.items())


def _inline(value: Any) -> str:
    """A value of TOML in one line; a day is a day there, and no text."""
    if isinstance(value, Mapping):
        pairs = (
            f"{json.dumps(name)} = {_inline(item)}"
            for name, item in value.items()
            if item is not None
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return value
    return json.dumps(value)
