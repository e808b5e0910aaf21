"""Agents as authors: they draft and make it safer, and never say that a person looked
(docs/spec/agents.md).

1. An agent's change is one whose author matches; each commit between base and head whose author, or
   a line of it, matches answers for what that commit alters.
2. The table's column ``agents`` says what it may not do: ``tighten`` nothing that loosens,
   ``nothing`` no edit at all. A new record is compared with nothing.
3. What is done, or met, was said by a person of its proof: to add one, exchange it or take it away
   is no draft, but where it only follows its file.
4. Nothing frees it, in no mode of approvals; the rest of the change may merge without it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from pmlint.check.verdict import Author
from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.lines import altered_line
from pmlint.gate.checks.workflows import watched_on_both
from pmlint.gate.comparison import Comparison, FieldChange, flat
from pmlint.gate.proofs.closing import follows_its_file, is_closed
from pmlint.gate.refusal import Refusal
from pmlint.gate.signing import FOLDER, STATEMENT_NAMESPACES
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.gate.workflows import workflow_changes
from pmlint.model import Postmortem
from pmlint.parsing.source import Malformed
from pmlint.project.agents import matches_agent
from pmlint.project.kinds import KINDS, single_files
from pmlint.project.settings import NAMES

_VERSIONS = ("uses", "rev", "run", "image", "script", "additional_dependencies")
"""Fields of jobs in which a newer version of pmlint is no edit of the judge."""


_PROOFS = ("actions[].proof[]", "restart.conditions[].proof[]")
"""What a person verified, or met a condition by: with another proof they said something else."""
LEDGERS = "ledgers"
"""Where ledgers of other repositories are kept, beside `budgets` and `replays`."""


def agent_refusals(case: Case) -> Iterator[Refusal]:
    """What an agent did that only a person may do."""
    author = case.change.author
    if author and case.approvals.is_agent(author):
        yield from overreaches(case, author)
        return
    if not case.change.head:
        return
    whole: list[Refusal] | None = None
    history = case.change.repository.log.commits_between(case.change.base, case.change.head)
    for commit, parent, names in history:
        agent = next((name for name in names if matches_agent(name, case.agents)), None)
        if agent is None or not parent:
            continue
        whole = list(overreaches(case, agent)) if whole is None else whole
        altered = {
            (one.subject, one.field) for one in overreaches(_of(case, parent, commit), agent)
        }
        for refusal in whole:
            # what a person changed back, or the base has by now, is no part of this change
            if (refusal.subject, refusal.field) in altered:
                message = f"{refusal.message} (commit {commit[:12]})"
                decided = {**refusal.values, "agent": agent, "commit": commit}
                yield refusal._replace(message=message, values=decided)


def author_of(case: Case, refusals: Iterable[Refusal]) -> Author | None:
    """Who made the change: an agent of a refused commit, else whom the forge names."""
    for refusal in refusals:
        if refusal.code == "agent-overreach" and "commit" in refusal.values:
            agent = refusal.values["agent"]
            by = matches_agent(agent, case.agents) or ""
            return Author(agent, True, by, refusal.values["commit"])
    login = case.change.author
    if not login:
        return None
    pattern = case.approvals.agent_pattern(login)
    return Author(login, bool(pattern), pattern)


def _of(case: Case, parent: str, commit: str) -> Case:
    """The same case over what one commit alters."""
    other = copy.copy(case)
    memory = Memory()
    repository = case.change.repository
    other.base = Snapshot(repository.tree(parent), case.settings, memory)
    other.merged = Snapshot(repository.tree(commit), case.settings, memory)
    for name in ("pairs", "touched"):
        other.__dict__.pop(name, None)
    return other


def overreaches(case: Case, agent: str) -> Iterator[Refusal]:
    """Everything of a change that no agent may make."""
    yield from _postmortems(case, agent)
    yield from _routes(case, agent)
    yield from _files(case, agent)


def _postmortems(case: Case, agent: str) -> Iterator[Refusal]:
    rows = case.table.rows("postmortem")
    for name, (before, after) in case.pairs.items():
        if not isinstance(after, Postmortem):
            continue
        old = before if isinstance(before, Postmortem) else None
        comparison = Comparison(case.table, rows)
        changes = comparison.changes(old.data if old else {}, after.data, fresh=old is None)
        verified = _verified(case, old, after) if old else frozenset()
        for change in flat(changes):
            # to reopen takes the closing's own fields out: that introduces nothing
            gone = change.direction == "removed" and change.row.agents == "tighten"
            swaps = change.row.field in _PROOFS and (change.at[0], change.part) in verified
            if swaps or (not gone and _is_for_a_person(change)):
                yield _refusal(agent, change, after.file, name)


def _verified(case: Case, before: Postmortem, after: Postmortem) -> frozenset[tuple[str, str]]:
    """The actions that stay done and the conditions that stay met, by their list and id, but for
    those whose proof only follows its file.
    """
    both = (
        ("actions", before.actions, after.actions),
        ("restart", before.restart.conditions, after.restart.conditions),
    )
    found = set()
    for where, old, new in both:
        known = {part.id: part for part in old if is_closed(part)}
        for part in new:
            was = known.get(part.id)
            if was is None or not is_closed(part):
                continue
            if not follows_its_file(was, part, case.base, case.merged):
                found.add((where, part.id))
    return frozenset(found)


def _is_for_a_person(change: FieldChange) -> bool:
    row = change.row
    if row.agents == "nothing":
        return True
    if row.agents != "tighten":
        return False
    # a document that arrives accepted, or an action that arrives done, was never anything else
    arrives = row.to is not None and change.direction in ("added", "raised", "changed")
    return arrives or change.direction in row.loosens


def _routes(case: Case, agent: str) -> Iterator[Refusal]:
    for name in sorted(case.merged.routes):
        for pair in places.pairs(case.base, case.merged, name):
            before, after = pair
            if before is None and not after.runs:
                continue
            rows = case.table.rows("place" if after.mapped else "route")
            different = places.mapped_direction if after.mapped else None
            old = places.contents(before) if before else {**after.data, **places.NOTHING}
            for change in flat(
                Comparison(case.table, rows, different).changes(old, places.contents(after))
            ):
                if _is_for_a_person(change):
                    at = change.at if not after.mapped else after.at
                    yield _refusal(agent, change._replace(at=at), after.file, name)


def _files(case: Case, agent: str) -> Iterator[Refusal]:
    """What later changes are judged by: tightening does not excuse it, the judge is rewritten."""
    settings = case.settings
    judges = [kind for kind in KINDS if kind.is_judge and not kind.is_one_file]
    paths = [*single_files(settings), settings.baseline, *NAMES]
    if case.people is not None:
        paths.append(case.people.file)
    # a statement that an agent writes would be a fact that nobody looked up
    folders = (FOLDER, *STATEMENT_NAMESPACES, LEDGERS)
    for folder in (*(place for kind in judges for place in kind.places(settings)), *folders):
        for side in (case.base, case.merged):
            paths += [entry.path for entry in side.tree.walk(folder)]
    for path in dict.fromkeys(paths):
        if path and case.base.identity(path) != case.merged.identity(path):
            if path == NAMES[0] and not _is_configured(case):
                continue
            yield _file(case, agent, path, path)
    before, now = watched_on_both(case)
    for one, other in ((before, now), (now, before)) if before != now else ():
        for change in workflow_changes(one, other):
            version = one is now and change.field.rpartition(".")[2] in _VERSIONS
            if not version:
                yield _file(case, agent, change.file, change.unit)


def _is_configured(case: Case) -> bool:
    """Whether a project's `pyproject.toml` configures pmlint, and not only the project."""
    return any(map(_configures, (case.base, case.merged)))


def _configures(side: Snapshot) -> bool:
    """Whether a side has it; one that cannot be read may."""
    if side.tree.entry(NAMES[0]) is None:
        return False
    try:
        return b"[tool.pmlint" in side.tree.read(NAMES[0])
    except Malformed:
        return True


def _file(case: Case, agent: str, path: str, subject: str) -> Refusal:
    is_there = case.merged.tree.entry(path) is not None
    return Refusal(
        "agent-overreach",
        f"{subject}: '{agent}' is an agent, and what later changes are judged by is for a person",
        path,
        span=altered_line(case.base.tree, case.merged.tree, path),
        side="" if is_there else "base",
        subject=subject,
        field=path,
        values={"path": path},
    )


def _refusal(agent: str, change: FieldChange, file: str, name: str) -> Refusal:
    part = f"{name} {change.part}" if change.part else name
    field = change.row.field.rpartition(".")[2].removesuffix("[]").removesuffix("{}")
    return Refusal(
        "agent-overreach",
        f"{part}: '{agent}' is an agent, and '{field}' is for a person",
        file,
        change.at,
        subject=f"{name}#{change.part}" if change.part else name,
        field=change.row.field,
        before=change.before,
        after=change.after,
    )
