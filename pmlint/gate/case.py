"""One change to judge: base and merge result, and what the base says about judging them.

Everything here is read from the base but the records themselves, which are read on both sides
(docs/spec/gate.md, 1): the change writes neither its judge nor its approvers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from pmlint.check.engine import check_documents
from pmlint.check.organisation import demanded_codes, organisation_policies, without_waiver
from pmlint.finding import Finding, Level
from pmlint.gate.approvals import Approvals, GivenApproval
from pmlint.gate.budgets import BudgetAnswers
from pmlint.gate.grounds import Grounds
from pmlint.gate.ledgers.judgement import JudgedLedgers, judge_ledgers
from pmlint.gate.proofs.fixes import Fixes
from pmlint.gate.proofs.history import BaseHistory
from pmlint.gate.proofs.judgement import Proofs
from pmlint.gate.reading import must_be_readable, reading_settings
from pmlint.gate.replays import ReplayAnswers
from pmlint.gate.snapshot import Memory, Read, Snapshot, name_of
from pmlint.gate.statements import HandedStatement
from pmlint.gate.transitions import Transitions, transitions
from pmlint.git import GitTree, Repository
from pmlint.model import People, Postmortem, Route
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.configuration import load
from pmlint.project.days import Clock, Today, clock_of, exactly
from pmlint.project.foreign import is_foreign
from pmlint.project.holds import holds
from pmlint.project.organisation import Organisation
from pmlint.project.patterns import fixed_folder
from pmlint.project.people import read_people_file
from pmlint.project.repositories import SEPARATOR, ForeignName, is_foreign_name
from pmlint.project.settings import Settings
from pmlint.project.waivers import facts_of_waiver, waive


class GateChange(NamedTuple):
    """What is asked: the full ids of base and head (empty for a tree that is no commit), the merge
    result, and who asks. ``in_queue``: of a merge queue, whose event names no author.
    ``budgets``, ``replays`` and ``ledgers`` are the statements that a workflow hands over,
    ``clock`` the moment by which their age is judged: without it the end of ``today``.
    ``is_proposed`` is false for an edit that nobody could approve yet.
    """

    repository: Repository
    base: str
    head: str
    result: Tree
    today: date | Today
    author: str = ""
    approvals: tuple[GivenApproval, ...] = ()
    in_queue: bool = False
    budgets: HandedStatement | None = None
    replays: HandedStatement | None = None
    clock: Clock | None = None
    ledgers: tuple[HandedStatement, ...] = ()
    is_proposed: bool = True
    organisation: Organisation | None = None


class Case:
    """Both sides of a change, and what is known of them.

    Raises `UsageError` where the base's configuration, policies or people can't be read.
    """

    def __init__(self, change: GateChange, memory: Memory | None = None) -> None:
        self.change = change
        self.repairs_people = False
        tree = change.repository.tree(change.base)
        self.written = load(tree)
        """The settings as the base has them, to be compared; ``settings`` has what the organisation
        adds, which no change of this repository moves.
        """
        demands = change.organisation
        self.settings = demands.tightened(self.written) if demands else self.written
        if demands:
            # Nothing is judged by half of it: what is wrong with it is said at once.
            organisation_policies(demands, self.settings, exactly(change.today).unended)
        self._memory = memory = memory or Memory()
        self.base = Snapshot(tree, self.settings, memory)
        reading = reading_settings(self.base, change.result, memory)
        self.merged = Snapshot(change.result, reading, memory)
        self.today = exactly(change.today)
        self.clock = change.clock or clock_of(self.today.day)
        # The change that sets pmlint up beside the policies/ of OPA or Laravel: its base has no
        # configuration, and no file of ours in the default folder, so no policy to weaken.
        own = bool(self.settings.file) or not is_foreign(tree, self.settings.policies, "policy")
        with must_be_readable():
            self.policies: PolicySet = load_policies(
                tree, self.settings, self.today.unended, own=own
            )
        self.people = self._people(tree)
        self.approvals = Approvals(
            self.settings.gate.approvals,
            self.people,
            change.author,
            self._heads(),
            change.approvals,
            self.agents,
            is_proposed=change.is_proposed,
        )
        self.history = BaseHistory(change.repository, change.base)
        self.fixes = Fixes(self.history, self.base)
        self.proofs = Proofs(
            self.history,
            self.base,
            self.merged,
            self.approvals,
            head=change.head,
            keeps_commits=self.settings.gate.keeps_commits,
        )
        self.table: Transitions = transitions()
        self._errors: dict[tuple[bool, str, str], list[Finding]] = {}

    def _people(self, tree: Tree) -> People | None:
        """The people of the base; nobody at all where their file can't be read, so that the change
        that repairs it may merge, and nothing with it that needs a person. One that stays
        unreadable is refused where people are compared.
        """
        found = read_people_file(tree, self.settings)
        # a name that stands in half a file is known to one reader alone
        if found.unreadable is None and all(item.code != "syntax" for item in found.findings):
            return found.people
        self.repairs_people = True
        return People([], found.file)

    @property
    def grounds(self) -> Grounds:
        """What the answers of statements are handed."""
        return Grounds(self.base, self.merged, self.people, self.clock, self.history, self.fixes)

    @cached_property
    def budgets(self) -> BudgetAnswers:
        """What the statement of budgets says of the routes of the base."""
        return BudgetAnswers(self.grounds, self.change.budgets)

    @cached_property
    def replays(self) -> ReplayAnswers:
        """What the statement of replays says of postmortems."""
        return ReplayAnswers(self.grounds, self.change.replays)

    @property
    def agents(self) -> tuple[str, ...]:
        """The patterns of agents that the base lists, or the default."""
        return self.settings.gate.agents

    def _heads(self) -> tuple[str, ...]:
        """The commits at which an approval counts: the head, and what a merge queue merged to make
        it.
        """
        change = self.change
        queued = ""
        if change.head and change.approvals:
            queued = change.repository.merged_alone(change.base, change.head)
        return tuple(filter(None, (change.head, queued)))

    @cached_property
    def touched(self) -> frozenset[str]:
        """The paths of files of the base that were removed or differ in the merge result."""
        return frozenset(self.base.beside(self.merged))

    @cached_property
    def pairs(self) -> dict[str, tuple[Read | None, Read | None]]:
        """Every postmortem whose file the change touches, by its id: on the base and in the merge
        result. Of two files with one id the first counts; the twin is refused by itself.
        """
        before: dict[str, Read] = {}
        after: dict[str, Read] = {}
        for path in sorted(self.base.files.keys() | self.merged.files.keys()):
            if self.base.identity(path) == self.merged.identity(path):
                continue
            for side, found in ((self.base, before), (self.merged, after)):
                if path in side.files:
                    read = side.read(path)
                    found.setdefault(name_of(read, path, self.settings.ids), read)
        return {
            name: (before.get(name), after.get(name))
            for name in sorted(before.keys() | after.keys())
        }

    def version(self, side: Snapshot, name: str) -> Read | None:
        """A postmortem on one side, by its id; of two with one id the one that blocks."""
        reads = [read for _, read in side.versions(name)]
        readable = [read for read in reads if isinstance(read, Postmortem)]
        if readable:
            return min(readable, key=lambda read: not any(holds(read)))
        return reads[0] if reads else None

    def postmortem(self, side: Snapshot, name: str) -> Postmortem | None:
        """A postmortem on one side that can be read."""
        read = self.version(side, name)
        return read if isinstance(read, Postmortem) else None

    def linked(self, routes: Iterable[str]) -> list[str]:
        """The ids of all postmortems that are linked to one of the routes, on either side of
        either tree; those that can't be read and name one are among them.
        """
        names = set(routes)
        found: set[str] = set()
        for side in (self.base, self.merged):
            for path in side.mentioning(names):
                read = side.read(path)
                if isinstance(read, Malformed) or names & set(read.routes):
                    found.add(name_of(read, path, self.settings.ids))
            for name in names:
                for route in side.routes.get(name, ()):
                    # what another repository holds its ledger says, at a restart
                    found.update(one for one in route.postmortems if not is_foreign_name(one))
        return sorted(found)

    @cached_property
    def ledgers(self) -> JudgedLedgers:
        """The ledgers that were given, judged by what the base lists; asked for a restart alone."""
        return judge_ledgers(self.change.ledgers, self.settings, self.clock)

    @property
    def foreign_routes(self) -> frozenset[str]:
        """The routes of other repositories that a postmortem of the merge result names."""
        reads = map(self.merged.read, self.merged.files)
        named = (read.routes for read in reads if isinstance(read, Postmortem))
        return frozenset(filter(is_foreign_name, chain.from_iterable(named)))

    def foreign_postmortems(self, route: str) -> tuple[ForeignName, ...]:
        """The postmortems of other repositories that a route names, on either side."""
        found: dict[ForeignName, None] = {}
        for side in (self.base, self.merged):
            for place in side.routes.get(route, ()):
                for name in place.postmortems:
                    repository, _, id = name.partition(SEPARATOR)
                    if id:
                        found[ForeignName(repository, id)] = None
        return tuple(found)

    def routes_of(self, name: str) -> tuple[str, ...]:
        """The ids of all routes that are linked to a postmortem, on either side of either tree."""
        found: dict[str, None] = {}
        for side in (self.base, self.merged):
            read = self.postmortem(side, name)
            found.update(dict.fromkeys(read.routes if read else ()))
            found.update(dict.fromkeys(sorted(side.routes_of_postmortem.get(name, ()))))
        return tuple(found)

    def is_named(self, name: str) -> bool:
        """Whether a route names a postmortem in its own file, on either side.

        What a settled postmortem says of its routes goes with it.
        """
        return any(side.routes_of_postmortem.get(name) for side in (self.base, self.merged))

    @cached_property
    def former_route_files(self) -> tuple[str, ...]:
        """The ids of what the files of routes held before the base changed or deleted them."""
        folders = {path.rpartition("/")[0] for path in self.base.registry.sources}
        change = self.change
        return tuple(
            change.repository.log.former_blobs(change.base, sorted(folders)) if folders else ()
        )

    def routes_at(self, tree: GitTree) -> dict[str, list[Route]]:
        """Every place of a route in an older tree, read as the base is."""
        return Snapshot(tree, self.settings, self._memory).routes

    def owner_of_record(self, route: str) -> str:
        """The owner on the base: of the native file where there is one, else of the first place;
        of a route that is new, what the merge result says.
        """
        places = self.base.routes.get(route) or self.merged.routes.get(route, [])
        native = [place for place in places if not place.mapped]
        return next((place.owner for place in (*native, *places) if place.owner.strip()), "")

    def errors(self, side: Snapshot, read: Postmortem, waived_by: Postmortem) -> list[Finding]:
        """The errors of a postmortem that nobody waived on the base."""
        key = (side is self.base, read.file, waived_by.file)
        if key not in self._errors:
            self._errors[key] = self._found(side, read, waived_by)
        return self._errors[key]

    def _found(self, side: Snapshot, read: Postmortem, waived_by: Postmortem) -> list[Finding]:
        waivers = tuple(facts_of_waiver(waiver, waived_by) for waiver in waived_by.waivers)
        owners = {f"{read.id}#{action.id}": action.owner for action in read.actions}
        found = self._asked(side, read, side.settings, self.policies)
        marked, _ = waive(found, {read.file: waivers}, owners, self.today)
        if (demands := self.change.organisation) is not None:
            policies = self._demanded_policies
            strict = self._asked(side, read, demands.demanding(side.settings), policies)
            codes = demanded_codes(demands, policies)
            theirs, _ = waive(strict, {read.file: waivers}, owners, self.today)
            # Behind the repository's own, so that one which both demand counts unwaived.
            marked += [
                without_waiver(one, demands, waivers, self.today)
                for one in theirs
                if one.code in codes
            ]
        return [
            finding for finding in marked if finding.level is Level.ERROR and not finding.waived
        ]

    def _asked(
        self, side: Snapshot, read: Postmortem, settings: Settings, policies: PolicySet
    ) -> list[Finding]:
        """What the rules, and some policies, find in one postmortem."""
        return check_documents(
            side.tree,
            settings,
            self.today,
            [side.files[read.file]],
            side.registry.routes,
            policies=policies,
            people=self.people,
        )

    # Read once for a change: each postmortem of a restart is judged by them.
    @cached_property
    def _demanded_policies(self) -> PolicySet:
        """The policies of the second pass; raises `UsageError` where the demands are wrong."""
        assert self.change.organisation is not None
        return organisation_policies(self.change.organisation, self.settings, self.today.unended)

    def deleted(self, name: str) -> str | None:
        """When a postmortem that the base names but has not was deleted; None where it never was
        there.
        """
        folders = tuple(map(fixed_folder, self.settings.postmortems))
        commit = self.change.repository.log.deleted(self.change.base, name, folders)
        return f"it was deleted in {commit[:7]}" if commit else None
