"""The proof of an action is the text that promises it.

A merged postmortem, a lessons file, a changed prompt and a test that only opens one of them show
that somebody wrote a text. None of them runs against the route. An action whose end is a
text that a model reads is prompt wording, under any layer.

Fix: name what runs against the route, such as a test that replays the failure, or declare
``layer: prompt`` beside a control.

Bad::
    actions:
      - {id: A1}
      - id: A2
        layer: permissions
        done_when: CLAUDE.md says that a refund above 200 EUR is refused
Good::
    actions:
      - {id: A1}
      - id: A2
        layer: permissions
        done_when: tests/agents/test_refund_scope.py fails for a refund of 200.01 EUR
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.named_paths import is_instruction_file
from pmlint.parsing.source import Malformed
from pmlint.project.files import is_postmortem_path
from pmlint.rules.prose.layer_without_end import advice
from pmlint.rules.prose.passage import shorten
from pmlint.rules.prose.reading import Reading, read
from pmlint.rules.rule import Context, Rule

_READERS = frozenset(
    "__future__ pathlib os os.path re io pytest unittest json yaml typing fs path "
    "node:fs node:path sys".split()
)
"""What a test imports that only reads files."""
_IMPORT = r"(?m)^[^\S\n]*(?:from|import)\s+([\w.]+)|require\([\"']([\w./-]+)[\"']\)"
# A test that is longer does more than open a file, and a hostile one must not be read whole.
_LARGEST = 64 * 1024
_HELP = (
    "name what runs against the route, such as "
    "'tests/agents/test_refund_scope.py fails for a refund of 200.01 EUR'"
)


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """What ``done_when`` shows, the tests that it names, and the paths of the proof."""
    reading = read(postmortem, context)
    # Once a test, since one may be the proof of hundreds of actions.
    opens = cache(partial(_only_opens, context=context, own=reading.instructions))
    for action, end in reading.ends:
        shows = reading.shows_end(action)
        if not shows and "instruction" in reading.end_of(action).kinds:
            message = f"'{shorten(action.done_when)}' is read by a model, and refuses nothing"
            help = f"declare 'layer: prompt' beside a control, or {advice(action, frozenset())}"
            at = action.at / "done_when"
            yield Problem(message, at, action.id, help, expected=("prompt",))
            continue
        named = reading.end_of(action).files if _MARK.search(action.done_when) else ()
        for path in named:
            if opens(path):
                start = action.done_when.index(path)
                where = end.place(start, start + len(path))
                yield Problem(f"'{path}' {_OPENS}", where, action.id, _HELP)
                break
    for action in reading.actions:
        for proof in action.proof:
            # The gate asks each proof; here only what shows nothing at all is said.
            alone = len(action.proof) == 1  # another proof beside it may be the one that counts
            reason = _reason(proof.path, postmortem, context, reading) if alone else None
            if reason is None and opens(proof.path):
                reason = _OPENS
            if reason is not None:
                yield Problem(f"'{proof.path}' {reason}", proof.at / "path", action.id, _HELP)


_MARK = re.compile(r"[Tt]est|spec")
"""What each test that is looked into has in its name."""
_OPENS = "only opens a lessons, prompt or postmortem file"


def _reason(path: str, postmortem: Postmortem, context: Context, reading: Reading) -> str | None:
    """Why the path of a proof shows nothing; None where it may show something."""
    if path == postmortem.file:
        return "is this postmortem"
    if is_postmortem_path(path, context.settings):
        return "is a postmortem"
    if path and is_instruction_file(path, reading.instructions):
        return "is a prompt, which a model may follow or not"
    return "is a file of lessons" if _is_lessons(path) else None


def _is_lessons(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name.endswith((".md", ".txt", ".rst")) and "lesson" in name


def _only_opens(path: str, context: Context, own: tuple[str, ...]) -> bool:
    """Whether a test names such a file, and imports nothing that could run the route."""
    name = path.partition("::")[0].rpartition("/")[2].lower()
    marks = ("_test.", ".test.", ".spec.")
    if not name.startswith("test_") and not any(mark in name for mark in marks):
        return False
    try:
        text = context.tree.read(path.partition("::")[0], _LARGEST).decode("utf-8", "replace")
    except Malformed:
        return False
    # By its imports, since nothing of the repository is run or compiled: whatever calls the route
    # has to import something.
    imports = {name for pair in re.findall(_IMPORT, text) for name in pair if name}
    if not imports <= _READERS or "subprocess" in text:
        return False
    quoted: set[str] = set(re.findall(r"[\"']([^\"'\n]+)[\"']", text))
    return any(is_instruction_file(one, own) or _is_written_down(one) for one in quoted)


def _is_written_down(path: str) -> bool:
    return _is_lessons(path) or re.search(r"postmortems?/|PM-\d{4}-\d+", path) is not None


RULE = Rule("self-verifying", Level.ERROR, "postmortem", check, __doc__)
