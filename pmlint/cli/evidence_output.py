"""What `pmlint evidence` prints of a pack: text, JSON, or Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.cli.table import table
from pmlint.cli.traces import finding_data
from pmlint.edit.filling import Filled
from pmlint.edit.value import inline
from pmlint.model.counting import count
from pmlint.output.json import VERSION
from pmlint.parsing.document import Document
from pmlint.parsing.escape import terminal
from pmlint.runs.event import TraceRun, timestamp
from pmlint.runs.pack import Gathered, PackFile

_DECISIONS = ("rescues", "corrections", "approvals")


class MadePack(NamedTuple):
    """A pack: the postmortem that it belongs to, its files, the front matter that goes with them,
    the document that was filled with it (None where nobody asked), and the files that differ.
    """

    name: str
    document: Document
    files: tuple[PackFile, ...]
    found: Mapping[str, Any]
    gathered: Gathered
    filled: Filled | None
    differing: tuple[PackFile, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The kinds that the traces don't carry."""
        evidence = self.found["evidence"]
        return tuple(kind for kind, said in evidence.items() if isinstance(said, dict))


def run_table(runs: Sequence[TraceRun]) -> str:
    """Runs as a table, in the order that they have."""
    head = ("run", "route", "started", "outcome", *_DECISIONS)
    rows = [
        (
            run.run,
            run.route,
            timestamp(run.started) or "-",
            run.outcome,
            *(str(getattr(run, name)) for name in _DECISIONS),
        )
        for run in runs
    ]
    return f"{table(head, rows)}\n"


def front_matter(found: Mapping[str, Any]) -> Iterator[str]:
    """The front matter as lines of YAML, a field a line."""
    for name, value in found.items():
        yield f"{name}:"
        if isinstance(value, Mapping):
            yield from (f"  {field}: {inline(inner)}" for field, inner in value.items())
        else:
            yield from (f"  - {inline(item)}" for item in value)


def _text(made: MadePack, written: Sequence[str]) -> str:
    lines = [f"wrote {path}" for path in written] or ["nothing changed"]
    if made.filled is None:
        lines = [*front_matter(made.found)]
    else:
        lines += _differences(made.filled)
    if made.missing:
        kinds = _listed(made.missing)
        lines.append(f"# missing: {kinds}; to capture them from now on, add below 'actions'")
        lines.append(f"#   - {inline(_action(made))}")
        lines.append(f"# and 'action: {_action(made)['id']}' to each of them")
    return "".join(f"{terminal(line)}\n" for line in lines)


def _differences(filled: Filled) -> Iterator[str]:
    for one in filled.differences:
        yield f"kept {one.at.pointer}: {inline(one.written)}"
        yield f"  the traces say: {inline(one.found)}"


def _json(made: MadePack, written: Sequence[str]) -> str:
    data = {
        "version": VERSION,
        "postmortem": made.name,
        "runs": [run.row() for run in made.gathered.runs],
        "files": [
            {
                "path": file.path,
                "sha256": file.sha256,
                "lines": len(file.lines),
                "differs": file in made.differing,
            }
            for file in made.files
        ],
        "written": list(written),
        "front_matter": made.found,
        "differences": [
            {"pointer": one.at.pointer, "written": one.written, "found": one.found}
            for one in (made.filled.differences if made.filled else ())
        ],
        "action": _action(made) if made.missing else None,
        "findings": list(map(finding_data, made.gathered.findings)),
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _markdown(made: MadePack, written: Sequence[str]) -> str:
    yaml = [terminal(line) for line in front_matter(made.found)]
    # A fence in a text of a trace must not end this one.
    longest = max((len(run) for line in yaml for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    runs = count(len(made.gathered.runs), "run")
    lines = [f"## Evidence of {made.name}: {runs}", "", f"{fence}yaml", *yaml, fence]
    if made.missing:
        lines += ["", f"Missing: {_listed(made.missing)}. The action that captures them:", ""]
        lines += [f"{fence}yaml", f"- {inline(_action(made))}", fence]
    return "\n".join(lines) + "\n"


PACK_WRITERS: Mapping[str, Callable[[MadePack, Sequence[str]], str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
}


def _action(made: MadePack) -> dict[str, object]:
    """The action to copy: its owner, day and proof are a person's to name."""
    data = made.document.data
    taken = {str(action.get("id")) for action in _maps(data, "actions")}
    number = next(n for n in range(1, len(taken) + 2) if f"A{n}" not in taken)
    lost = (f.get("id") for f in _maps(data, "findings") if f.get("class") == "cannot-reconstruct")
    return {
        "id": f"A{number}",
        "title": f"Keep {_listed(made.missing)} of each run",
        "layer": "evidence-capture",
        "findings": [next(lost, "TODO")],
        "owner": "TODO",
        "deadline": "TODO",
        "done_when": "TODO",
    }


def _maps(data: Any, name: str) -> list[dict[str, Any]]:
    listed = data.get(name) if isinstance(data, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _listed(kinds: Sequence[str]) -> str:
    """``instructions and retrieval``."""
    names = [kind.replace("_", " ") for kind in kinds]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
