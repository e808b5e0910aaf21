"""``pmlint demo``: a month of runs that owes a review, its evidence, a refused restart, the fix,
the sign-off and an allowed restart, in a temporary repository.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from datetime import date

import click

from pmlint.cli.project import page
from pmlint.model.resources import read_text

TODAY = date(2026, 10, 15)
FILE = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
ALERT = "deploy/alerts/refund-rescues.yaml"
RUNS, TRACE = "runs/2026-09.jsonl", "traces/refund-20260912.jsonl"
SLO = "slo: {objective: 0.995, rescues: 0.02}\n"
# Everybody who is named in the story, or the check would call them unknown.
PEOPLE = "".join(
    f'- {{handle: "@{name.lower()}", name: {name}}}\n' for name in ("Dana", "Maria", "Tom")
)


EXAMPLES = """
\b
Examples:
  pmlint demo
  pmlint demo --keep story      and look at the repository afterwards
"""


@click.command("demo", epilog=EXAMPLES)
@click.option(
    "--keep",
    metavar="DIR",
    help="Play it in this folder, which must be empty or absent, and keep it.",
)
def command(keep: str | None) -> None:
    """Play the whole story with real git in a temporary repository: what the gate refuses, and what
    it allows.
    """
    from pmlint.errors import UsageError

    if keep is None:
        with tempfile.TemporaryDirectory(prefix="pmlint-demo-") as folder:
            _Play(folder).tell()
        return
    # The story makes a repository and commits all that lies there.
    if os.path.isdir(keep) and os.listdir(keep):
        raise UsageError(f"'{keep}' is not empty", help="name a new folder")
    os.makedirs(keep, exist_ok=True)
    _Play(keep).tell()
    click.echo(f"\nIt stays in {keep}.")


class _Play:
    """The repository of the story.

    GitPython makes it; the gate itself judges it through `pmlint.git`.
    """

    def __init__(self, folder: str) -> None:
        # Imported by those who tell the story alone: GitPython is 177 million instructions, as many
        # as `python -c "import yaml"` (docs/spec/performance.md).
        from git import Actor, Repo

        self.folder = folder
        self.repo = Repo.init(folder, initial_branch="main")
        self.actor = Actor("Demo", "demo@example.org")

    def tell(self) -> None:
        """The story, step by step."""
        self.notice()
        self.press()
        self.repair()

    def notice(self) -> None:
        """What the runs show, and the review of it."""
        self.say(
            "1. Three routes ran for a month. The log of their runs says which one owes a review, "
            "before anybody complains."
        )
        self.watch()
        self.commit("Three routes and the log of their runs")
        self.run("due", "--now", "2026-09-12")
        self.say("2. The trace of one case becomes the evidence, and the clocks that it shows.")
        title = "Refund route paid 23 refunds above its limit"
        self.run("evidence", TRACE, "--new", title, "--now", "2026-09-14")
        self.say(
            "3. The route is paused, and people write what no trace says: whom it hit, which "
            "control let it through, what changes. One fix has landed, one is open; the review is "
            "merged."
        )
        self.review()
        self.commit("The incident and its postmortem")
        self.run("check", "--now", f"{TODAY}")

    def press(self) -> None:
        """What is tried under pressure, and refused."""
        self.say("4. Under pressure, somebody turns the route on again.")
        self.branch("restart")
        self.edit(ROUTE, "restart: false", "restart: true")
        self.commit("Turn refunds on again")
        self.gate("restart")
        self.say("5. What else could be tried: mark the action as done, with nothing to show.")
        self.branch("paperwork")
        self.edit(
            FILE,
            "10 minutes\n    status: open",
            '10 minutes\n    status: done\n    verified_by: "@maria"',
        )
        self.commit("Done!")
        self.gate("paperwork")

    def repair(self) -> None:
        """The honest way, which is allowed."""
        self.say(
            "6. The fix lands, and then the review records it: the alert's file is the proof, and "
            "another person verified it."
        )
        # By force: nothing of the attempt may stay.
        self.repo.heads["main"].checkout(force=True)
        self.write(ALERT, "signal: rescues\nthreshold: 3 in 10 minutes\nreceiver: '@maria'\n")
        self.commit("Page the owner above 3 rescues in 10 minutes")
        self.branch("record")
        fields = ("status: done", f"proof: [{{path: {ALERT}}}]", 'verified_by: "@maria"')
        proof = "\n    ".join(("10 minutes", *fields))
        self.edit(FILE, "10 minutes\n    status: open", proof)
        self.edit(FILE, "met: false", f"met: true, proof: [{{path: {ALERT}}}]")
        self.commit("Record that the alert has landed, and that the restart condition is met")
        self.gate("record")
        self.repo.heads["main"].checkout()
        self.repo.git.merge("--quiet", "--ff-only", "record")
        self.say("7. The owner of the route signs it off, and turns it on.")
        self.branch("restart-again")
        self.edit(
            FILE,
            "restart:\n  conditions",
            'restart:\n  signoff: {by: "@maria", on: 2026-10-15}\n  conditions',
        )
        self.edit(ROUTE, "restart: false", "restart: true")
        self.commit("Sign off, and turn refunds on")
        self.gate("restart-again")

    def watch(self) -> None:
        """The files of the first commit: the routes as they ran, and what they left behind."""
        from pmlint.runs.month import FLEET, month_of_runs, trace_of_case

        route = read_text("examples/route.yaml")
        route = route.replace("state: paused\nrestart: false", "state: running\nrestart: true")
        route = re.sub(r"postmortems: .*\n", SLO, route)
        for habit in FLEET:
            title = habit.route.replace("-", " ").capitalize()
            text = route.replace("refund-triage", habit.route).replace("Refund triage", title)
            self.write(f"routes/{habit.route}.yaml", text)
        self.write(RUNS, month_of_runs())
        self.write(TRACE, trace_of_case())
        self.write("people.yaml", PEOPLE)
        self.write("pmlint.toml", "")
        self.write("tests/agents/test_refund_scope.py", "def test_refund_above_the_limit(): ...\n")

    def review(self) -> None:
        """The review that people wrote, with the evidence of the pack, and the paused route."""
        for draft in os.listdir(os.path.join(self.folder, "postmortems")):
            os.remove(os.path.join(self.folder, "postmortems", draft))
        # The example ships with files and digests of its own.
        text = read_text("examples/postmortem.md").replace(".md", ".jsonl")
        for path in set(re.findall(r"path: (evidence/\S+?\.jsonl)", text)):
            with open(os.path.join(self.folder, path), "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            text = re.sub(
                rf'(path: {re.escape(path)}, sha256: ")[0-9a-f]+', rf"\g<1>{digest}", text
            )
        self.write(FILE, text)
        self.write(ROUTE, f"{read_text('examples/route.yaml')}{SLO}")

    def say(self, text: str) -> None:
        click.echo(f"\n{text}")

    def write(self, path: str, text: str) -> None:
        target = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def edit(self, path: str, old: str, new: str) -> None:
        with open(os.path.join(self.folder, path), encoding="utf-8") as file:
            text = file.read()
        assert old in text
        self.write(path, text.replace(old, new, 1))

    def commit(self, message: str) -> None:
        self.repo.git.add("-A")
        # The hooks and the name of whoever plays it stay out of the story.
        self.repo.index.commit(message, author=self.actor, committer=self.actor, skip_hooks=True)

    def branch(self, name: str) -> None:
        self.repo.create_head(name, "main", force=True).checkout(force=True)

    def run(self, *words: str) -> None:
        """Run pmlint in the repository, and print what it prints; it may find something."""
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        click.echo(f"   $ pmlint {shown}")
        done = subprocess.run(
            [sys.executable, "-m", "pmlint", *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        click.echo("".join(f"   {line}\n" for line in done.stdout.splitlines() if line), nl=False)

    def gate(self, head: str) -> None:
        """Judge a branch, as ``pmlint gate`` does, and print what it prints."""
        from pmlint.check.report import Report, Summary
        from pmlint.gate.case import GateChange
        from pmlint.gate.verdict import judge
        from pmlint.git import Repository
        from pmlint.output import render

        click.echo(f"   $ pmlint gate --base main --head {head}")
        with Repository(self.folder) as repository:
            target, commit = repository.resolve("main"), repository.resolve(head)
            merge = repository.merge(target, commit)
            verdict = judge(
                GateChange(repository, target, commit, repository.tree(merge.tree), TODAY)
            )
        text = render(
            "text",
            Report((), Summary(1, 3), verdict=verdict._replace(judged={})),
            page(self.folder, "auto")._replace(here=""),
        )
        click.echo("".join(f"   {line}\n" for line in text.splitlines() if line), nl=False)
