"""``pmlint why ROUTE``: is this route held, by what, and what would release it."""

from __future__ import annotations

import click

from pmlint.cli.base_project import require_committed_project
from pmlint.cli.completion import route_ids
from pmlint.cli.held import holds_of
from pmlint.cli.ledgers import held_by_ledgers, left_out
from pmlint.cli.options import evaluation_date, statements
from pmlint.cli.project import Project, below, find
from pmlint.errors import UsageError
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.output.verdict import hold as sentence
from pmlint.parsing.escape import terminal
from pmlint.project.days import Today, clock, today
from pmlint.project.holds import Hold
from pmlint.project.ids import id_of_file
from pmlint.project.index import Index, facts_at
from pmlint.project.repositories import full_name, is_foreign_name
from pmlint.tables.collect import source_of

EXAMPLES = """
\b
Examples:
  pmlint why refund-triage
  pmlint why refund-triage --now 2026-11-24
  pmlint why mail-desk --ledger ledger.signed.json    and what other repositories hold
  pmlint why github.com/acme/mail//mail-desk      what postmortems here hold over there
"""


@click.command("why", epilog=EXAMPLES)
@click.argument("route", shell_complete=route_ids)
@statements
@evaluation_date
def command(
    route: str,
    budgets: str | None,
    replays: str | None,
    ledgers: tuple[str, ...],
    now: str | None,
) -> None:
    """Say whether ROUTE is held, by which actions of which postmortems, and what would release it.

    In a git repository proofs are looked up as `pmlint gate` looks them up: on HEAD.
    """
    project = find()
    require_committed_project(project.root)
    day = today(now, project.settings.timezone)
    route = full_name(route, project.settings.repositories)
    index = _around(project, route)
    _introduce(index, route)
    holds, where = _looked_up(project, route, day, (budgets, replays), now)
    # Outside a repository what is written is all there is (docs/spec/gate.md, 2).
    holds = index.held_by(route) if holds is None else holds
    elsewhere = held_by_ledgers(project.settings, ledgers, (route,), now)
    holds += elsewhere.holds[route]
    source = source_of(project.tree, index, project.settings, day)
    holds = holds_of(source._replace(landed={route: holds})).get(route, ())
    for hold in holds:
        click.echo(
            f"  held by {terminal(sentence(hold))}\n    to release: {terminal(hold.release)}"
        )
    if not holds:
        linked = ", ".join(facts.id for facts in index.linked(route))
        why = f"; settled: {linked}" if linked else ", no postmortem is linked"
        click.echo(terminal(f"free: nothing holds it{why}"))
    click.echo(terminal(where))
    if not is_foreign_name(route):
        # Not to stderr: without it "free" is a guess, and a program reads the answer alone.
        for line in left_out(elsewhere.not_given, "answer"):
            click.echo(line)


def _introduce(index: Index, route: str) -> None:
    """Print what is known of a route. Raises `UsageError` where nothing is."""
    known = index.route_by_id.get(route)
    if known is not None:
        flags = ", ".join(flag.name for flag in known.raised) or "none"
        state, owner = known.state or "of unknown state", known.owner or "nobody"
        click.echo(terminal(f"{route} is {state}, owner {owner}; restart flags up: {flags}"))
        return
    if is_foreign_name(route) and index.linked(route):
        click.echo(terminal(f"{route} is a route of another repository"))
        return
    from pmlint.cli.names import of_other_repositories
    from pmlint.model.suggestions import nearest

    raise UsageError(
        f"there is no route '{route}'",
        help=of_other_repositories(route, index)
        or nearest(route, index.route_by_id)
        or "'pmlint routes' lists them",
    )


def _around(project: Project, route: str) -> Index:
    """All routes, and the postmortems that are linked to one of them from either side.

    To read all 1,000 of a repository takes six times as long, to judge them twelve times.
    """
    side = Snapshot(project.tree, project.settings, Memory())
    names = {name for place in side.routes.get(route, ()) for name in place.postmortems}
    files = {*side.mentioning({route, *names})}
    # of one that can't be read only the file's name says which it is
    files |= {path for path in side.files if id_of_file(path, project.settings.ids) in names}
    entries = (side.files[path] for path in sorted(files))
    facts = (facts_at(project.tree, project.settings, entry) for entry in entries)
    return Index(side.registry.routes, facts)


def _looked_up(
    project: Project,
    route: str,
    day: Today,
    statements: tuple[str | None, str | None],
    now: str | None,
) -> tuple[tuple[Hold, ...] | None, str]:
    """What the gate would say of a restart against HEAD, and where it looked; None where there is
    no commit to look at. ``statements`` are the files of budgets and of replays.
    """
    from pmlint.gate.case import GateChange
    from pmlint.gate.statements import hand_over
    from pmlint.gate.verdict import holds_now
    from pmlint.git import Repository

    try:
        with Repository(project.root, below(project.root)) as repository:
            head = repository.resolve("HEAD")
            budgets, replays = (hand_over(file) if file else None for file in statements)
            change = GateChange(repository, head, "", project.tree, day)
            change = change._replace(budgets=budgets, replays=replays, clock=clock(now))
            holds = holds_now(change, route)
            return holds, f"proofs were looked up on HEAD, {head[:12]}"
    except UsageError as error:
        # The folder's full name says nothing to whoever is in it, and differs on each machine.
        reason = error.message.replace(repr(project.root), "this folder")
        return None, f"proofs were not looked up: {reason}"
