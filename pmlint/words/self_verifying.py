"""The proof of an action is the text that promises it.

A merged postmortem, a lessons file, a changed prompt and a test that only opens one of them show that somebody wrote something
down. None of them runs against the route.

Fix: name what runs against the route, such as a test that replays the failure.

Bad::
    actions: [{id: A1}, {id: A2, done_when: docs/lessons.md is merged with 3 new lessons}]
Good::
    actions: [{id: A1}, {id: A2, done_when: tests/docs/test_limits.py fails where docs/limits.md differs from the 12 limits of the gateway}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Action, Postmortem
from pmlint.rule import Context, Rule
from pmlint.source import Malformed
from pmlint.words.reading import open_actions, read
from pmlint.words.say import WAIVE, say

_SOFT = re.compile(
    r"(?:^|/)(?:claude|agents?|gemini|skill|soul|memory|lessons?|lessons?[-_]learned|learnings|copilot-instructions|system[-_]prompt)\.(?:md|txt|mdc)$"
    r"|(?:^|/)\.(?:cursorrules|clinerules|windsurfrules)$|(?:^|/)(?:prompts?|lessons)/[^/]+\.(?:md|txt|j2|ya?ml)$|(?:^|[/._-])prompt\.(?:md|txt|j2)$",
    re.IGNORECASE,
)
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+|[\w-]+\.(?:md|txt|py|ts|js|rb|sh|mdc)\b|\.\w+rules\b")
_TEST = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|spec))\.(?:py|ts|js|rb|sh)$")
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([\w.]+)|require\(['\"]([\w./-]+)['\"]\)", re.MULTILINE)
_READERS = frozenset("__future__ pathlib os os.path re io pytest unittest json yaml typing fs path node:fs node:path sys".split())
_LARGEST = 64 * 1024
_HELP = f"name what runs against the route, such as 'tests/agents/test_refund_scope.py fails for a refund of 200.01 EUR'; {WAIVE}"


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """What ``done_when`` says, the paths that it names, and the paths of the proof."""
    for action, end in read(postmortem, context).ends:
        if match := end.said("self-proof"):
            yield say(end, match, action.id)
            continue
        for found in _PATH.finditer(end.text):
            if why := _soft(found[0], postmortem, context, alone=len(_PATH.findall(end.text)) == 1):
                yield Problem(f"'{found[0]}' {why}", (action.at / "done_when").chars(*found.span()), action.id, _HELP)
                break
    for action in open_actions(postmortem):
        yield from _proofs(action, postmortem, context)


def _proofs(action: Action, postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    for proof in action.proof:
        if proof.path and (why := _soft(proof.path, postmortem, context, alone=len(action.proof) == 1)):
            yield Problem(f"'{proof.path}' {why}", proof.at / "path", action.id, _HELP)


def _soft(path: str, postmortem: Postmortem, context: Context, *, alone: bool) -> str:
    """Why a path proves nothing; empty where it may. Another path beside a soft one may be the proof."""
    if alone and path == postmortem.file:
        return "is this postmortem"
    if alone and path.endswith(".md") and path.startswith(f"{context.settings.postmortems}/"):
        return "is a postmortem"
    if alone and _SOFT.search(path):
        return "is a lessons or prompt file"
    if _TEST.search(path) and _only_opens(path, context):
        return "only opens a lessons, prompt or postmortem file"
    return ""


def _only_opens(path: str, context: Context) -> bool:
    """Whether a test names such a file, and imports nothing that could run the route."""
    try:
        text = context.tree.read(path, _LARGEST).decode("utf-8", "replace")
    except Malformed:
        return False
    imports = {name for pair in _IMPORT.findall(text) for name in pair if name}
    quoted = [name for name in re.findall(r"[\"']([^\"'\n]+)[\"']", text)]
    names = any(_SOFT.search(name) or re.search(r"postmortems?/|PM-\d{4}-\d+", name) for name in quoted)
    return names and imports <= _READERS and "subprocess" not in text


RULE = Rule("self-verifying", Level.ERROR, "postmortem", check, __doc__)
