"""The verdict over a change: target and result, read as the target says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from pmlint.check.engine import check_documents
from pmlint.check.verdict import RouteVerdict, Verdict
from pmlint.finding import Finding, Level
from pmlint.gate import trust
from pmlint.gate.approvals import Approval, Approvals
from pmlint.gate.holding import Holding, Read
from pmlint.gate.loosening import Loosening
from pmlint.gate.proof import Proofs
from pmlint.gate.side import Memory, Side
from pmlint.gate.signing import FOLDER, signoff_problem
from pmlint.gate.weakening import judged_by, weakened
from pmlint.git import GitTree, Repository, Unjudged
from pmlint.model import Postmortem, Route
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import load_policies
from pmlint.project.holds import Hold, same
from pmlint.project.ids import id_of_file
from pmlint.project.patterns import walk
from pmlint.project.people import known_people
from pmlint.project.settings import UsageError, load
from pmlint.project.waivers import facts_of_waiver, waive
from pmlint.rules import RULES


class Change(NamedTuple):
    """What is asked: the full ids of target and head (empty for a tree that is no commit), the
    resulting tree, and who asks.
    """

    repository: Repository
    target: str
    head: str
    result: Tree
    today: date
    author: str = ""
    approvals: tuple[Approval, ...] = ()


def judge(change: Change) -> Verdict:
    """Whether a change may merge. Raises `UsageError` (or `Unjudged`) where nobody can tell."""
    return _Judge(change).verdict()


def holds_now(change: Change, route: str) -> tuple[Hold, ...]:
    """What would hold a route if the change restarted it.

    Raises `UsageError` where nobody can tell.
    """
    run = _Judge(change)
    place = run.result.routes[route][0]
    verdict = run.route((place, [], frozenset((route,))))
    return verdict.held_by


class _Judge:
    def __init__(self, change: Change) -> None:
        self.change = change
        target = change.repository.tree(change.target)
        self.settings = load(target)
        memory = Memory({}, {})
        self.target = Side(target, self.settings, memory)
        self.result = Side(change.result, self.settings, memory)
        self.policies = load_policies(target, self.settings, change.today)
        self.people = known_people(target, self.settings)
        queued = (
            change.repository.merged_alone(change.target, change.head)
            if change.head and change.approvals
            else None
        )
        heads = tuple(filter(None, (change.head, queued)))
        self.approvals = Approvals(
            self.settings.gate.approvals, self.people, change.author, heads, change.approvals
        )
        tips = (change.target, *([change.head] if change.head else []))
        proofs = Proofs(change.repository, (change.target,), target, self.settings, "on the target")
        coming = Proofs(change.repository, tips, change.result, self.settings, "in the result")
        self.holding = Holding(self.settings, proofs, coming, self.approvals, self.errors)
        self.loosening = Loosening(self.holding, self.approvals)
        self.before: dict[str, Postmortem | Malformed] = {}
        self.after: dict[str, Postmortem] = {}
        self.doubled: list[tuple[str, str, str]] = []
        self._compare()

    def verdict(self) -> Verdict:
        """Everything that is refused, and every route that is given trust."""
        if (
            not self.result.files
            and not self.result.routes
            and (self.target.files or self.target.routes)
        ):
            raise Unjudged(
                "nothing is left to judge: the result has neither postmortems nor routes",
                help="put them back",
            )
        cases = [*self.postmortem_cases(), *self.route_cases(), *self.name_cases()]
        routes = [self.route(item) for item in self.given()]
        cases += self.weakening_cases(bool(routes))
        refused = bool(cases) or any(route.verdict == "refused" for route in routes)
        return Verdict(
            "refused" if refused else "allowed", tuple(routes), tuple(cases), self.judged()
        )

    def _compare(self) -> None:
        """Read both versions of every postmortem that the change touches.

        Raises `UsageError` where the new one can't be read.
        """
        for path in sorted(self.target.files.keys() | self.result.files.keys()):
            if self.target.identity(path) == self.result.identity(path):
                continue
            if path in self.target.files:
                read = self.target.read(path)
                self.before[_name(read, path, self.settings.ids)] = read
            if path in self.result.files:
                read = self.result.read(path)
                if isinstance(read, Malformed):
                    raise UsageError(
                        read.message,
                        file=path,
                        span=read.span,
                        help=read.help or "the gate judges only what it can read",
                    )
                if read.id in self.after:
                    self.doubled.append((read.id, self.after[read.id].file, path))
                self.after[read.id] = read
        known = {
            finding.path for finding in self.target.registry.findings if finding.code == "syntax"
        }
        for finding in self.result.registry.findings:
            if finding.code == "syntax" and finding.path not in known:
                raise UsageError(
                    finding.message, file=finding.path, span=finding.span, help=finding.help
                )

    @cached_property
    def touched(self) -> frozenset[str]:
        """The paths of files that were on the target and are gone or different in the result."""
        ids = getattr(self.target.tree, "ids", {})
        other = getattr(self.change.result, "ids", None)
        return frozenset(
            path
            for path, identity in ids.items()
            if not identity.startswith("folder")
            and (other.get(path) if other is not None else self.result.identity(path)) != identity
        )

    def postmortem_cases(self) -> Iterator[str]:
        """Postmortems that disappear, are weakened or break."""
        self.doubled += [(twin.id, twin.file, self.after[twin.id].file) for twin in self._twins()]
        for name, one, other in self.doubled:
            yield f"duplicate-postmortem: {name} stands in two files: {one} and {other}"
        for name in sorted(self.before.keys() | self.after.keys()):
            before, after = self.before.get(name), self.after.get(name)
            if after is None:
                if self.holding.is_open(before):
                    yield f"postmortem-removed: {name} holds, and is gone or has another id in the result; an id is never taken back"
            elif before is None:
                yield from self.loosening.cases(Postmortem({"id": name}), after)
                yield from self.demanded(name, None, after)
            elif isinstance(before, Postmortem):
                yield from self.loosening.cases(before, after)
                yield from self.links(before, after)
                yield from self.broken(before, after)
                yield from self.demanded(name, before, after)
        yield from self.evidence_cases()

    def demanded(self, name: str, before: Postmortem | None, after: Postmortem) -> Iterator[str]:
        """What the policies about changes say."""
        for policy, problem in self.policies.change(before.data if before else None, after.data):
            if policy.level is Level.ERROR:
                yield f"{policy.id}: {name}: {problem.message}"

    def links(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        """Routes that a postmortem no longer names and that do not name it either."""
        for name in before.routes if self.holding.is_open(before) else ():
            kept = any(before.id in route.postmortems for route in self.result.routes.get(name, ()))
            if name not in after.routes and not kept:
                yield f"link-removed: {before.id} no longer names the route '{name}' while it holds"

    def _twins(self) -> list[Postmortem]:
        """The postmortems that the change does not touch, but that have the id of one that it does."""
        mentioning = self.result.mentioning(self.after)
        untouched = [
            path for path in mentioning if self.target.identity(path) == self.result.identity(path)
        ]
        reads = [self.result.read(path) for path in untouched]
        return [read for read in reads if isinstance(read, Postmortem) and read.id in self.after]

    def broken(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        """Errors of an accepted postmortem that it had not on the target."""
        if before.status not in ("accepted", "closed") or not self.holding.is_open(before):
            return
        known = {
            (finding.code, finding.subject)
            for finding in self.findings(self.target, before, before)
        }
        for finding in self.findings(self.result, after, before):
            if (finding.code, finding.subject) not in known:
                yield f"no-longer-passes: {finding.path}:{finding.span.row}: {finding.code}: {finding.message}"

    def evidence_cases(self) -> Iterator[str]:
        """Evidence of postmortems that hold, gone or changed while they themselves stay as they
        are.
        """
        outside = [
            path
            for path in self.touched
            if path not in self.target.files and path not in self.target.registry.sources
        ]
        for path in self.result.mentioning(outside):
            read = self.result.read(path)
            if self.target.identity(path) == self.result.identity(path) and isinstance(
                read, Postmortem
            ):
                yield from self.broken(read, read)

    def findings(self, side: Side, read: Postmortem, waived_by: Postmortem) -> list[Finding]:
        """The errors of a postmortem that nobody waived on the target."""
        entry = side.files[read.file]
        routes = side.registry.routes
        found = check_documents(
            side.tree,
            self.settings,
            self.change.today,
            [entry],
            routes,
            policies=self.policies,
            people=self.people,
        )
        waivers = {
            read.file: tuple(facts_of_waiver(waiver, waived_by) for waiver in waived_by.waivers)
        }
        owners = {f"{read.id}#{action.id}": action.owner for action in read.actions}
        marked, _ = waive(found, waivers, owners, self.change.today)
        return [
            finding for finding in marked if finding.level is Level.ERROR and not finding.waived
        ]

    def errors(self, after: Postmortem, before: Postmortem) -> int:
        """How many errors a postmortem has in the result."""
        return len(self.findings(self.result, after, before))

    def given(self) -> Iterator[tuple[Route, list[str], frozenset[str]]]:
        """Every route of the result that is given something: what, and the ids of the routes as
        which it counts.
        """
        for name, places in self.result.routes.items():
            old = self.target.routes.get(name, [])
            for route in places:
                before = next(
                    (other for other in old if other.file == route.file), old[0] if old else None
                )
                flags = trust.given(before, route)
                counts = {name}
                if taken := self.taken(before, route):
                    counts |= taken.keys()
                    flags += [
                        f"takes {tool} of {other}"
                        for other, tools in taken.items()
                        for tool in tools
                        if before or flags
                    ]
                if flags:
                    yield route, flags, frozenset(counts)

    def taken(self, before: Route | None, after: Route) -> dict[str, list[str]]:
        """The other routes of the target whose tools a route gains."""
        gained = trust.gained(before, after)
        if not gained:
            return {}
        bare = after._replace(write_tools=tuple(gained))
        others = [
            (name, place)
            for name, places in self.target.routes.items()
            if name != after.id
            for place in places
        ]
        return {name: tools for name, place in others if (tools := trust.shared(bare, place))}

    def linked(self, names: Iterable[str]) -> list[str]:
        """The ids of all postmortems that are linked to one of the routes, on either side of either
        tree.
        """
        names = set(names)
        found: set[str] = set()
        for side in (self.target, self.result):
            for path in side.mentioning(names):
                read = side.read(path)
                if isinstance(read, Malformed) or names & set(read.routes):
                    found.add(_name(read, path, self.settings.ids))
            found.update(
                link
                for name in names
                for route in side.routes.get(name, ())
                for link in route.postmortems
            )
        return sorted(found)

    def versions(self, name: str) -> tuple[Read, Read]:
        """A postmortem on the target and in the result, by its id; of two with one id, the one that
        is not closed.
        """
        return self._version(self.target, name), self._version(self.result, name)

    def _version(self, side: Side, name: str) -> Read:
        reads = [side.read(path) for path in side.mentioning([name])]
        found: list[Read] = [
            read for read in reads if isinstance(read, Malformed) or read.id == name
        ]
        found = [read for read in found if isinstance(read, Postmortem)] or found
        return min(
            found,
            key=lambda read: isinstance(read, Postmortem) and not self.holding.is_open(read),
            default=None,
        )

    def route(self, item: tuple[Route, list[str], frozenset[str]]) -> RouteVerdict:
        """The verdict on a route that is given something."""
        route, flags, counts = item
        held: list[Hold] = []
        names = self.linked(counts)
        for name in names:
            before, after = self.versions(name)
            held += self.holding.holds(
                name, before, after, lambda was, now: self.signoff(route, was, now, names)
            )
        return RouteVerdict(
            route.id, "refused" if held else "allowed", tuple(flags), tuple(held), route.file
        )

    def signoff(self, route: Route, before: Postmortem, after: Postmortem, names: list[str]) -> str:
        """What a restart's sign-off lacks: the owner of record on the target, and a signature where
        the route asks for one.
        """
        record = self.target.routes.get(route.id, [route])[0]
        if route.id not in self.settings.gate.signed_routes and not before.restart.conditions:
            return ""
        if route.id in self.settings.gate.signed_routes:
            text = None
            file = f"{FOLDER}/{route.id}.json"
            if self.change.result.entry(file) is not None:
                text = self.change.result.read(file).decode(errors="replace")
            registry = self.change.result.read(route.file)
            return signoff_problem(text, record, registry, names, self.people, self.change.today)
        by = after.restart.signoff.by
        if not by.strip():
            return "the restart is not signed off"
        if not same(by, record.owner):
            return (
                f"it is signed off by {by}, not by the owner of record {record.owner or 'nobody'}"
            )
        return (
            ""
            if self.approvals.vouches(by)
            else f"{by} neither made this change nor approved this head"
        )

    def route_cases(self) -> Iterator[str]:
        """Held routes that disappear, lose a link, or are copied beside the hold."""
        for name, places in sorted(self.target.routes.items()):
            now = self.result.routes.get(name)
            if now is None:
                if self.held(name):
                    yield f"route-removed: '{name}' is held, and its place is gone in the result; set its state to retired instead"
                continue
            kept = {link for route in now for link in route.postmortems}
            for link in sorted({link for route in places for link in route.postmortems} - kept):
                before, after = self.versions(link)
                still = isinstance(after, Postmortem) and name in after.routes
                if not still and self.holding.is_open(before):
                    yield f"link-removed: '{name}' no longer names {link}, which holds it"
        for name, places in sorted(self.result.routes.items()):
            for route in places if name not in self.target.routes else ():
                linked = set(self.linked([name]))
                for other in self.taken(None, route):
                    if missing := sorted(set(self.held(other)) - linked):
                        yield f"route-cloned: '{name}' takes over the tools of the held '{other}'; link it to {', '.join(missing)}"

    def held(self, name: str) -> list[str]:
        """The postmortems that hold a route on the target."""
        return [
            link for link in self.linked([name]) if self.holding.is_open(self.versions(link)[0])
        ]

    def name_cases(self) -> Iterator[str]:
        """Names that differ only by case: on another file system the one would stand for the other."""
        settings = self.settings
        folders = (*settings.postmortems, *settings.routes, settings.policies)
        seen: dict[str, str] = {}
        for entry in walk(self.change.result, folders):
            other = seen.setdefault(entry.path.casefold(), entry.path)
            if other != entry.path:
                yield f"look-alike-name: {other} and {entry.path} are one file where case does not count"

    def weakening_cases(self, restarts: bool) -> list[str]:
        """What is weakened, where something is open or a route is given trust in the same change."""
        if self.approvals.needed and not restarts:
            lack = self.approvals.missing()
            paths = judged_by(self.target, self.result) if lack else []
            return [
                f"approval-missing: {path} is what the gate judges by: {lack}" for path in paths
            ]
        cases = weakened(
            self.target, self.result, self.policies, self.change.today, restarts=restarts
        )
        return cases if cases and (restarts or self.anything_open) else []

    @cached_property
    def anything_open(self) -> bool:
        """Whether any postmortem on the target holds.

        Where there is no route and none can be read, it is prose from before pmlint.
        """
        reads = [self.target.read(path) for path in self.target.files]
        if not self.target.routes and not any(isinstance(read, Postmortem) for read in reads):
            return False
        return any(map(self.holding.is_open, reads))

    def judged(self) -> dict[str, str]:
        """What was compared, by full ids, and how much of it there was."""
        result = self.change.result
        return {
            "target": self.change.target,
            "head": self.change.head or "what is not committed yet",
            "merge tree": result.revision if isinstance(result, GitTree) else "the work tree",
            "policy tree": self.change.target,
            "routes": str(len(self.result.registry.routes)),
            "postmortems": str(len(self.result.files)),
            "rules": str(len(self.policies.policies) + len(RULES)),
        }


def _name(read: Read, path: str, forms: tuple[str, ...]) -> str:
    """The id of a postmortem; of one that can't be read, the beginning of its file's name."""
    if isinstance(read, Postmortem) and read.id:
        return read.id
    return id_of_file(path, forms)
