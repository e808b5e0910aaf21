"""The repository as it was last judged, with the open documents as they stand in the editor."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import date
from functools import cached_property
from os.path import join
from pathlib import Path as File
from sys import modules
from typing import Protocol

from pmlint.check.again import begin, retype, settle
from pmlint.check.engine import check_tree
from pmlint.check.pages import RulePage, pages
from pmlint.edit.fixes import attach
from pmlint.finding import Finding
from pmlint.model import People
from pmlint.model.resources import folder
from pmlint.parsing.overlay import Overlay
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.days import Today, exactly
from pmlint.project.index import Index, unreadable
from pmlint.project.kinds import POSTMORTEM, kind_at
from pmlint.project.people import read_people_file
from pmlint.project.settings import Settings
from pmlint.rules import RULES
from pmlint.server.kept import kept
from pmlint.server.turns import RestingTree, Turns


class FoundProject(Protocol):
    """A repository on disk: its root, its files, its settings."""

    @property
    def root(self) -> str:
        """The folder, absolute."""

    @property
    def tree(self) -> Tree:
        """Its files."""

    @property
    def settings(self) -> Settings:
        """Its configuration."""


class View:
    """What is known of a repository. ``texts`` are the open documents by file; raises `UsageError`
    for a wrong configuration.

    ``is_early``: the open documents are judged alone, before anything is known of the others.
    A run over all documents rests while it is not its turn (``turns``).
    ``uses_cache``: what a run of `check` remembers is used, and what this one finds is remembered.
    Of an open document that can't be read at the moment, the index keeps what was known ``before``.
    """

    def __init__(
        self,
        project: FoundProject,
        texts: Mapping[str, str],
        today: date | Today,
        before: View | None = None,
        *,
        is_early: bool = False,
        uses_cache: bool = False,
        turns: Turns | None = None,
    ) -> None:
        self.root = project.root
        self.settings = project.settings
        self.texts = texts
        self.today = exactly(today)
        self.tree = Overlay(project.tree, texts)
        self.project = project
        if is_early:
            judged = begin(self.tree, self.settings, self.today, texts)
        else:
            cache_of = self.root if uses_cache and self._has_saved_surroundings() else None
            tree = self.tree if turns is None else RestingTree(project.tree, texts, turns)
            judged = check_tree(tree, self.settings, self.today, cache_of=cache_of)
        self.run = judged.run
        self.crossing = judged.crossing
        self.counted = tuple(judged.report.counted)
        self.index: Index = judged.repository_index
        self.carried: dict[str, tuple[Finding, ...]] = {}
        if before is not None:
            self._carry(before)

    def _carry(self, before: View) -> None:
        """Keep what was known of the open documents that can't be read at the moment: while a
        bracket is open, its routes would seem free, and everything else in it would seem right.
        """
        broken = self._unreadable()
        if broken:
            self.index = _kept(self.index, before.index, broken)
        self.carried = {
            file: tuple(
                kept(
                    (one for one in before.findings(file) if one.code != "syntax"),
                    before.texts[file],
                    self.texts[file],
                )
            )
            for file in broken
            if file in before.texts
        }

    def _unreadable(self) -> set[str]:
        """The open documents of which nothing can be read."""
        refused = {one.path for one in self.counted if one.code == "syntax"} & self.texts.keys()
        if not refused:
            return refused
        forms = self.settings.ids
        read = {route.file for route in self.run.around.registry.routes}
        read |= {
            one.file
            for one in self.run.part.facts
            if one.file in refused and one != unreadable(one.file, forms)
        }
        return refused - read

    def _has_saved_surroundings(self) -> bool:
        """Whether the open routes, people and policies are as they are on disk: others would make
        every document a new one, and put away what the cache of `check` has.
        """
        around = (file for file in self.texts if kind_at(file, self.settings) is not POSTMORTEM)
        return all(self._is_saved(file) for file in around)

    def _is_saved(self, file: str) -> bool:
        try:
            return self.tree.read(file) == self.project.tree.read(file)
        except Malformed:  # never saved, or too large
            return False

    @property
    def is_whole(self) -> bool:
        """Whether all documents are known, and not only those that are open."""
        return self.run.is_whole

    def findings(self, file: str) -> list[Finding]:
        """What is wrong with a file, without what somebody waived."""
        found = [finding for finding in self.counted if finding.path == file]
        carried = self.carried.get(file)
        if carried is None:
            return found
        # What other documents ask of it has no place in a text that can't be read.
        here = (finding for finding in found if finding.code == "syntax")
        return sorted((*here, *carried), key=lambda finding: finding.order)

    def knows(self, file: str) -> bool:
        """Whether a file is a postmortem that was judged, and can be judged again alone."""
        return file in self.run.files

    def changed(self, texts: Mapping[str, str]) -> list[str]:
        """The open documents whose text is another than was judged."""
        return [file for file, text in texts.items() if self.texts.get(file) != text]

    def retyped(self, texts: Mapping[str, str]) -> View:
        """The repository with these open documents, of which those that have changed are judged
        again, each alone. Raises `KeyError` for one that it does not know.
        """
        # A copy, with the pages and people that are known: no postmortem changes them.
        view = copy(self)
        view.texts = texts
        view.tree = Overlay(self.project.tree, texts)
        for file in self.changed(texts):
            again = retype(view.run, view.crossing, view.tree, file)
            found = [one for one in again.findings if not one.waived]
            view.run = again.run
            view.counted = (*(one for one in view.counted if one.path != file), *found)
            view.index = again.repository_index
        view._carry(self)
        return view

    def settled(self) -> View:
        """The same repository after the questions that need all documents."""
        view = copy(self)
        conclusion = settle(self.run)
        view.crossing = conclusion.crossing
        view.counted = tuple(conclusion.report.counted)
        return view

    def fixable(self, file: str) -> tuple[Finding, ...]:
        """The same, each with the fix that it may have."""
        return attach(self.findings(file), self.source)

    def source(self, file: str) -> Source | None:
        """The text of a file, None where it can't be read."""
        try:
            return decode(file, self.tree.read(file))
        except Malformed:
            return None

    @cached_property
    def people(self) -> People | None:
        """The people file, None where there is none."""
        # A people file that is half typed knows nobody for a moment; the finding says so.
        return read_people_file(self.tree, self.settings).people

    @property
    def handles(self) -> dict[str, str]:
        """Handles with names: of the people file, else of those who own something here."""
        if self.people is not None:
            return {person.handle: person.name for person in self.people.all if person.handle}
        owners = {action.owner for facts in self.index.postmortems for action in facts.actions}
        return dict.fromkeys(
            sorted({*owners, *(route.owner for route in self.index.routes)} - {""}), ""
        )

    @cached_property
    def policies(self) -> PolicySet:
        """The policies that count here."""
        return load_policies(self.tree, self.settings, self.today.unended)

    @cached_property
    def pages(self) -> dict[str, RulePage]:
        """The pages of the rules and policies that count here, by id."""
        return pages(self.policies)

    @cached_property
    def homes(self) -> dict[str, str]:
        """Where each rule and policy is written, by id: a path on this machine, which an editor can
        open.
        """
        # Reversed, because two rules may share an id, and the first one's file has the page.
        found = {rule.id: str(modules[rule.check.__module__].__file__) for rule in reversed(RULES)}
        for policy in self.policies.policies:
            found[policy.id] = join(
                folder("policies") if policy.shipped else self.root, policy.file
            )
        return found

    def uri(self, file: str) -> str:
        """The address of a file of the repository."""
        return address(join(self.root, file))


def address(path: str) -> str:
    """The address of a file on this machine."""
    return File(path).absolute().as_uri()


def _kept(index: Index, before: Index, broken: set[str]) -> Index:
    """An index with the facts and routes of some files as they were before; what was not known then
    stays as it is.
    """
    facts = {one.file: one for one in index.postmortems}
    facts |= {one.file: one for one in before.postmortems if one.file in broken}
    routes = [one for one in index.routes if one.file not in broken]
    return Index([*routes, *(one for one in before.routes if one.file in broken)], facts.values())
