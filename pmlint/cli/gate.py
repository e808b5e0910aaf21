"""``pmlint gate``: judges a change to the repository."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

import click

from pmlint.check.report import Report, Summary
from pmlint.check.verdict import Verdict
from pmlint.cli.base_project import place_of, project_of_base
from pmlint.cli.options import evaluation_date, organisation_demands, output_file, statements
from pmlint.cli.project import page, require_files, root_of
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.gate.approvals import GivenApproval, read_approvals
from pmlint.gate.bases import Commit
from pmlint.gate.case import GateChange
from pmlint.gate.events import Asked, asked, nothing_staged
from pmlint.gate.reading import must_be_readable
from pmlint.gate.signing import InvalidSignature, approval_statement, verify
from pmlint.gate.statements import hand_over
from pmlint.gate.verdict import judge
from pmlint.git import Repository, Unjudged
from pmlint.model import People
from pmlint.output import FORMATS, choose, publish, render
from pmlint.parsing.tree import Tree, WorkTree
from pmlint.place import Span
from pmlint.project.configuration import load
from pmlint.project.days import clock, today
from pmlint.project.organisation import Organisation, files_of, read_organisation
from pmlint.project.people import known_people
from pmlint.project.settings import Settings

EXAMPLES = """
\b
Examples:
  pmlint gate                                     what CI or the hook asks, else what is staged
  pmlint gate --base origin/main --head HEAD      may this branch merge?
  pmlint gate --worktree                          and with what is not staged yet?
  pmlint gate --output-format json -o verdict.json
"""


@click.command("gate", epilog=EXAMPLES)
@click.option(
    "--base", metavar="REV", help="Revision that would take the change (default: detected from CI)."
)
@click.option("--head", metavar="REV", help="Revision of the change (default: HEAD).")
@click.option("--staged", is_flag=True, help="Judge what is staged, against --base or HEAD.")
@click.option(
    "--worktree", is_flag=True, help="Judge the files as they are, against --base or HEAD."
)
@click.option("--repo", metavar="DIR", default=".", help="The repository.")
@click.option(
    "--approvals",
    metavar="FILE",
    help="Approvals that a trusted workflow fetched: [{login, state, commit}].",
)
@click.option("--author", metavar="LOGIN", help="Who made the change.")
@statements
@organisation_demands
@evaluation_date
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    help="Output format (default: detected from CI or terminal).",
)
@output_file
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Use colours (default: auto).",
)
def command(
    base: str | None,
    head: str | None,
    staged: bool,
    worktree: bool,
    repo: str,
    approvals: str | None,
    author: str | None,
    budgets: str | None,
    replays: str | None,
    ledgers: tuple[str, ...],
    policies: str | None,
    now: str | None,
    output_format: str | None,
    output_file: str | None,
    color: str,
) -> None:
    """Judge a change: does it weaken what blocks a route, or restore a held route?

    Exit codes: 0 allowed, 1 refused, 2 it could not be judged, which counts as refused.
    """
    if sum((head is not None, staged, worktree)) > 1:
        raise UsageError(
            "--head, --staged and --worktree exclude each other", help="keep one of them"
        )
    today(now)  # a text that is not a day is said before anything is read
    name = output_format or choose(os.environ, sys.stdout.isatty())
    try:
        wanted = _wanted(base, head, staged or worktree)
        given = _Given(approvals, author or wanted.author, budgets, replays, ledgers, policies, now)
        verdict = _verdict(wanted, repo, given, worktree=worktree)
    except UsageError as error:
        # A verdict and not a message alone, so that every format says why nothing was judged.
        verdict = _unjudged(error)
    _print(verdict, name, output_file, color)
    if verdict.verdict != "allowed":
        raise click.exceptions.Exit(1 if verdict.verdict == "refused" else 2)


class _Given(NamedTuple):
    """What the options hand over beside the change: files that a trusted workflow made, who made
    the change, and when it is judged.
    """

    approvals: str | None
    author: str
    budgets: str | None
    replays: str | None
    ledgers: tuple[str, ...]
    policies: str | None
    now: str | None


def _verdict(wanted: Asked, repo: str, given: _Given, *, worktree: bool) -> Verdict:
    """Judge what is asked. Raises `UsageError` where nobody can tell."""
    with Repository(repo) as repository:
        # The first commit of a repository: there is no base that could be weakened.
        if wanted.base == Commit("HEAD") and repository.refs.is_unborn:
            return Verdict("allowed", judged={"base": "nothing is committed yet"})
        target, commit = wanted.commits(repository)
        # From here on paths are those of the project that the base has.
        repository.below = project_of_base(repository, target, repo) or ""
        result = _result(repository, repo, target, commit, worktree)
        # Outside a CI and with nothing staged the gate would look at nothing and be green.
        if not wanted.by and not commit and repository.staged() == repository.tree_id(target):
            raise nothing_staged()
        # By the settings of the base: a change cannot turn signatures off for itself.
        demands = read_organisation(files_of(given.policies)) if given.policies else None
        approvals = _approvals(given.approvals, repository.tree(target), commit, demands)
        # The base says when a day ends, as it says everything else that judges.
        day = today(given.now, _settings(repository.tree(target)).timezone)
        return judge(
            GateChange(
                repository,
                target,
                commit,
                result,
                day,
                given.author,
                approvals,
                wanted.in_queue,
                hand_over(given.budgets) if given.budgets else None,
                hand_over(given.replays) if given.replays else None,
                clock(given.now),
                tuple(map(hand_over, given.ledgers)),
                organisation=demands,
            )
        )


def _wanted(base: str | None, head: str | None, uncommitted: bool) -> Asked:
    if uncommitted:
        return Asked(Commit(base or "HEAD"), "", by="the options")
    if base or head:
        if not base:
            raise UsageError(
                "--head needs --base", help="name the base: --base origin/main", code="no-revisions"
            )
        return Asked(Commit(base), head or "HEAD", by="the options")
    return asked(os.environ)


def _result(repository: Repository, folder: str, target: str, commit: str, worktree: bool) -> Tree:
    """The tree that would be: the merge result, what is staged, or what lies there."""
    if worktree:
        root = os.path.join(place_of(folder).top, *filter(None, repository.below.split("/")))
        require_files(root, _settings(WorkTree(root)))
        return WorkTree(root)
    if not commit:
        return repository.tree(repository.staged())
    merge = repository.merge(target, commit)
    if merge.conflicts:
        raise Unjudged(
            f"the merge is in conflict: {', '.join(merge.conflicts[:5])}",
            help="resolve the conflict: merge the base branch into this branch",
            code="merge-conflict",
        )
    return repository.tree(merge.tree)


def _settings(tree: Tree) -> Settings:
    """The settings of a tree, of which the gate says as a refusal where nobody can read them.

    Raises `UsageError` with the code ``unreadable-configuration``.
    """
    with must_be_readable():
        return load(tree)


def _approvals(
    path: str | None, target: Tree, head: str, demands: Organisation | None
) -> tuple[GivenApproval, ...]:
    """The approvals that count: with signatures only those that verify against the signers on the
    target.
    """
    given = read_approvals(path) if path else []
    settings = _settings(target)
    settings = demands.tightened(settings) if demands else settings
    if settings.gate.approvals == "signature":
        people = known_people(target, settings)
        statement = approval_statement(head)
        given = [entry for entry in given if _is_signed(entry, statement, people)]
    return tuple(given)


def _is_signed(entry: GivenApproval, statement: bytes, people: People | None) -> bool:
    try:
        verify(statement, entry.signature, f"@{entry.login.lstrip('@')}", people)
    except InvalidSignature:
        return False
    return True


def _unjudged(error: UsageError) -> Verdict:
    """What could not be judged, and why: a finding where the reason has a code."""
    place = f"{error.file}: " if error.file else ""
    if error.file and error.span:
        place = f"{error.file}:{error.span.row}:{error.span.column}: "
    code = f"{error.code}: " if error.code else ""
    case = f"{code}{place}{error.message}" + (f"; {error.help}" if error.help else "")
    if not error.code:
        return Verdict("unjudged", cases=(case,))
    span = error.span or Span()
    finding = Finding(error.code, Level.ERROR, error.message, error.file, span, help=error.help)
    return Verdict("unjudged", cases=(case,), refusals=(finding,))


def _print(verdict: Verdict, name: str, target: str | None, color: str) -> None:
    counts = Summary(
        int(verdict.judged.get("postmortems", 0)), int(verdict.judged.get("routes", 0))
    )
    report = Report((), counts, verdict=verdict)
    text = render(name, report, page(root_of("."), "never" if target else color))
    if target:
        from pmlint.parsing.writing import output

        output(target, text)
        return
    sys.stdout.write(text)
    # Before the summary is published, which may fail: what was found has been said by then.
    sys.stdout.flush()
    publish(name, report, os.environ)
