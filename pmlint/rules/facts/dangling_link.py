"""A link leads nowhere.

A review that names a route, an earlier postmortem, a finding or an action which does not exist
holds nothing and explains nothing.

Fix: correct the id, or write what it should name.

Bad::
    routes: [refund-triag]
Good::
    routes: [refund-triage]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.suggestions import Names, did_you_mean
from pmlint.parsing.tree import normal
from pmlint.place import Path
from pmlint.project.files import native_route_files
from pmlint.project.ids import id_of_file, is_postmortem_id
from pmlint.project.index import Index
from pmlint.project.repositories import is_foreign_name
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Links between documents, from both sides; what leads into another repository is not here."""
    # With 0 only the neighbours of a wrong name are compared: a repository may have thousands of
    # ids, and each wrong link asks.
    forms = context.settings.ids
    # A document whose id is wrong is the one that its file's name says: the schema speaks of its
    # id, and nobody is sent to a misspelt one.
    named = [facts.id for facts in index.postmortems if is_postmortem_id(facts.id, forms)]
    misnamed = {
        id_of_file(facts.file, forms)
        for facts in index.postmortems
        if not is_postmortem_id(facts.id, forms)
    }
    routes, postmortems = Names(index.route_by_id, 0), Names(named, 0)
    unread: frozenset[str] | None = None

    def is_known(name: str) -> bool:
        return name in index.postmortem_by_id or name in misnamed or is_foreign_name(name)

    for facts in index.postmortems:
        for number, name in enumerate(facts.routes):
            if name in index.route_by_id or is_foreign_name(name):
                continue
            unread = _unread(index, context) if unread is None else unread
            if name not in unread:
                yield _dangling("route", name, routes, Path() / "routes" / number, facts.file)
        for number, name in enumerate(facts.recurrence_of):
            at = Path() / "recurrence_of" / number
            if name == facts.id:
                yield Problem(
                    "a postmortem cannot be a recurrence of itself",
                    at,
                    name,
                    help="name an earlier postmortem, or take the id out",
                    file=facts.file,
                )
            elif not is_known(name):
                yield _dangling("postmortem", name, postmortems, at, facts.file, facts.id)
    # The other side is asked as well: the gate takes the links of both (docs/spec/gate.md, 1), so
    # one that names nothing would hold nothing.
    for route in index.routes:
        for number, name in enumerate(route.postmortems):
            if not is_known(name):
                yield _dangling(
                    "postmortem", name, postmortems, route.place("postmortems") / number, route.file
                )


def _unread(index: Index, context: Context) -> frozenset[str]:
    """The names of route files of ours without a route: of a file that can't be read `syntax`
    speaks, and its route is not missing.
    """
    read = {route.file for route in index.routes}
    files = (entry.path for entry in native_route_files(context.tree, context.settings))
    return frozenset(
        file.rpartition("/")[2].partition(".")[0] for file in files if file not in read
    )


def check_inside(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Links inside one postmortem, and duplicate ids."""
    findings = dict.fromkeys(finding.id for finding in postmortem.findings)
    actions = dict.fromkeys(action.id for action in postmortem.actions)
    controls = dict.fromkeys(control.name for control in postmortem.failed_controls)
    known_findings, known_actions, known_controls = (
        Names(findings, 0),
        Names(actions, 0),
        Names(controls, 0),
    )
    yield from _twice(postmortem)
    answered = [(part.at, part.findings) for part in postmortem.actions] + [
        (part.at, part.findings) for part in postmortem.failed_controls
    ]
    for at, names in answered:
        for number, name in enumerate(names):
            if name not in findings:
                yield _dangling("finding", name, known_findings, at / "findings" / number)
    declared = _declared(postmortem, context)
    for action in postmortem.actions:
        if action.control and action.control not in controls:
            near = known_controls.near(action.control)
            # of two spellings the one that a route declares is right: unknown-control says so of
            # the other, and to suggest that one here would spread it
            if action.control in declared and near:
                continue
            yield _dangling("failed control", action.control, known_controls, action.at / "control")
    for kind in postmortem.evidence:
        # An evidence kind without an action is a finding of `evidence-missing`.
        if kind.action and kind.action not in actions:
            yield _dangling("action", kind.action, known_actions, kind.at / "action")
    yield from _replay(postmortem, context)


def _declared(postmortem: Postmortem, context: Context) -> frozenset[str]:
    """The controls that the routes of a postmortem declare."""
    known = context.repository_index.route_by_id
    routes = [known[name] for name in postmortem.routes if name in known]
    return frozenset(control.id for route in routes for control in route.controls)


def _replay(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The script that plays the incident is a file of this repository."""
    replay = postmortem.restart.replay
    path = normal(replay.path)
    entry = context.tree.entry(path) if path else None
    # The script is looked for and never run: a check runs nothing of what it judges
    # (docs/spec/security.md).
    if replay.path and (entry is None or entry.kind != "file"):
        yield Problem(
            f"there is no file '{replay.path}'",
            replay.at / "path",
            help="add the file, or correct the path",
        )


def _twice(postmortem: Postmortem) -> Iterator[Problem]:
    parts = [(part.id, part.at) for part in postmortem.findings]
    parts += [(part.id, part.at) for part in postmortem.actions]
    parts += [(part.id, part.at) for part in postmortem.restart.conditions]
    parts += [(part.id, part.at) for part in postmortem.restart.stages]
    ids = {name for name, _ in parts}
    seen: set[str] = set()
    for name, at in parts:
        if name and name in seen:
            yield Problem(
                f"duplicate id '{name}'",
                at / "id",
                name,
                help=f"give it the next free id, such as {_free(name, ids)}",
            )
        seen.add(name)


def _free(name: str, ids: Collection[str]) -> str:
    """The next id of the same letter that nobody has."""
    letter = name[:1] or "A"
    # Above the highest and not in a gap: an id that was removed must not come back as another thing
    # (docs/spec/gate.md, 2).
    taken = [int(other[1:]) for other in ids if other[:1] == letter and other[1:].isdecimal()]
    return f"{letter}{max(taken, default=0) + 1}"


def _listed(name: str) -> str:
    """How several ids that are one text are written as a list."""
    ids = re.split(r"\s*[,;]\s*|\s+", name.strip())
    is_list = len(ids) > 1 and all(re.fullmatch(r"[A-Z][A-Z0-9-]*\d", one) for one in ids)
    return f"write them as a list: [{', '.join(ids)}]" if is_list else ""


def _dangling(
    kind: str, name: str, known: Names, at: Path, file: str = "", itself: str = ""
) -> Problem:
    """A link to something that does not exist; ``itself`` is never what was meant."""
    near = known.near(name) or _listed(name)
    if itself and near == did_you_mean(itself):
        near = ""
    return Problem(
        f"there is no {kind} '{name}'",
        at,
        name,
        help=near or f"correct the id, or add the {kind}",
        file=file,
    )


RULE = Rule("dangling-link", Level.ERROR, "repository", check, __doc__, "draft")
INSIDE = Rule("dangling-link", Level.ERROR, "postmortem", check_inside, __doc__, "draft")
