"""``pmlint close``: records that an action has landed, with its proof and who verified it."""

from __future__ import annotations

import re

import click

from pmlint.cli.completion import action_ids, postmortem_ids
from pmlint.cli.project import Project, find
from pmlint.edit import Change, changed, unified
from pmlint.edit.action import Target, find_action, handle, read_people
from pmlint.errors import UsageError
from pmlint.model import Postmortem
from pmlint.parsing.escape import terminal
from pmlint.parsing.tree import normal
from pmlint.project.holds import open_reason, same

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
EXAMPLES = """
\b
Examples:
  pmlint close PM-2026-001 A2 --proof 4be1f0c --verified-by @tom
  pmlint close PM-2026-001 A2 --proof tests/test_refund_scope.py --verified-by @tom --diff
  pmlint close PM-2026-001 A2 --proof https://ci.example/run/81 --sha256 9f2c... --verified-by @tom
"""


@click.command("close", epilog=EXAMPLES)
@click.argument("postmortem", shell_complete=postmortem_ids)
@click.argument("action", shell_complete=action_ids)
@click.option(
    "--proof", required=True, metavar="COMMIT|PATH|URI", help="What shows that it has landed."
)
@click.option(
    "--sha256", metavar="DIGEST", default="", help="The SHA-256 of what stands at the URI."
)
@click.option(
    "--verified-by", required=True, metavar="HANDLE", help="Who checked it: not the owner."
)
@click.option("--diff", is_flag=True, help="Show what would change and write nothing.")
def command(
    postmortem: str, action: str, proof: str, sha256: str, verified_by: str, diff: bool
) -> None:
    """Set ACTION of POSTMORTEM to done, with its proof and its verifier; the rest of the file stays
    as it is.
    """
    project = find()
    target = find_action(project.tree, project.settings, postmortem, action)
    _open(target)
    verifier = handle(verified_by, read_people(project.tree, project.settings))
    if same(verifier, target.action.owner):
        raise UsageError(
            f"'{verifier}' owns {action} and can't verify it",
            help="name somebody else who checked it",
        )
    piece = _proof(project, target, proof, sha256)
    at = target.action.at
    changes = [Change(at / "status", "done"), Change(at / "verified_by", verifier)]
    if piece not in [one.data for one in target.action.proof]:
        changes.insert(1, Change(at / "proof", piece, append=True))
    before, after = target.document.source, changed(target.document, *changes)
    if diff:
        click.echo(unified(before.file, before.text, after.source.text), nl=False)
        return
    from pmlint.parsing.writing import replace

    replace(project.root, before.file, before.text, after.source.text)
    kind, shown = next(iter(piece.items()))
    click.echo(
        terminal(
            f"wrote {before.file}: {action} is done, proof {kind} {shown}, verified by {verifier}"
        )
    )
    click.echo(terminal(f"next: {_next(Postmortem(after.data))}"))


def _open(target: Target) -> None:
    action = target.action
    if action.status in ("done", "cancelled"):
        help = (
            "its proof and verifier stand in the file"
            if action.status == "done"
            else "its reason and approver stand in the file"
        )
        span = target.document.locate(action.at / "status")
        raise UsageError(
            f"{action.id} is already {action.status}",
            file=target.postmortem.file,
            span=span,
            help=help,
        )


def _proof(project: Project, target: Target, text: str, digest: str) -> dict[str, str]:
    """A proof as it stands in the file. Raises `UsageError` for what can't be looked at later."""
    if _URI.fullmatch(text) and text.isprintable():
        if not re.fullmatch("[0-9a-fA-F]{64}", digest):
            raise UsageError(
                f"the proof '{text}' needs its digest",
                help="add --sha256 with the 64 hexadecimal digits of its content",
            )
        return {"uri": text, "sha256": digest.lower()}
    if digest:
        raise UsageError(
            "--sha256 belongs to a URI",
            help="leave it out: git knows the content of commits and paths",
        )
    if re.fullmatch("[0-9a-fA-F]{7,64}", text):
        return {"commit": text.lower()}
    path = normal(text)
    entry = project.tree.entry(path) if path else None
    if path is None or entry is None:
        raise UsageError(
            f"the proof '{text}' is no commit, no file and no URI",
            help="write 7 to 64 hexadecimal digits, the path of a file from the repository's root, or https://... with --sha256",
        )
    if entry.kind != "file" or not entry.size or path == target.postmortem.file:
        what = (
            "no regular file"
            if entry.kind != "file"
            else "an empty file"
            if not entry.size
            else "the postmortem itself"
        )
        raise UsageError(
            f"the proof '{text}' is {what}",
            help="name the file that made the change, or that tests it",
        )
    return {"path": path}


def _next(postmortem: Postmortem) -> str:
    left = [action.id for action in postmortem.actions if open_reason(action, postmortem)]
    if left:
        return f"commit it; still open in {postmortem.id}: {', '.join(left)}"
    route = postmortem.routes[0] if postmortem.routes else "ROUTE"
    return f"commit and merge it, then restart in a change of its own; 'pmlint why {route}' says what still holds it"
