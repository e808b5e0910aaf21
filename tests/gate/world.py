"""A real repository for the gate: a paused route, a postmortem with one landed and one open action,
and edits by name.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from pmlint.check.verdict import Verdict
from pmlint.gate.approvals import GivenApproval
from pmlint.gate.case import GateChange
from pmlint.gate.verdict import judge
from pmlint.git import Repository
from pmlint.parsing.tree import WorkTree
from tests.git_folder import GitFolder

BASE = Path(__file__).parents[1] / "cases" / "base"
POSTMORTEM = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
TEST = "tests/agents/test_refund_scope.py"
ALERT = "deploy/alerts/refund-rescues.yaml"
PROVED = ("proof: [{path: evidence/PM-2026-001/outcome.md}]", f"proof: [{{path: {TEST}}}]")
"""A1 is done by what it names; the case of the rules has no tests of its own."""
PROOF = "evidence/PM-2026-001/propose-only.md"
"""What shows that the restart condition is met."""
MET = ("met: false}", f"met: true, proof: [{{path: {PROOF}}}]}}")
TODAY = date(2026, 10, 15)


class World(GitFolder):
    """A repository in a folder: ``main`` is the target, changes are made on a branch or left in the
    work tree.
    """

    def __init__(self, root: Path, template: Path | None = None) -> None:
        super().__init__(root)
        if template is not None:
            shutil.copytree(template, root, dirs_exist_ok=True)
            return
        shutil.copytree(BASE, root, dirs_exist_ok=True)
        self.write(TEST, "def test_limit() -> None: ...\n")
        self.edit(POSTMORTEM, PROVED)
        (root / "pmlint.toml").touch()
        self.git("init", "-q", "-b", "main")
        self.commit()

    def edit(self, path: str, *pairs: tuple[str, str]) -> None:
        """Replace texts in a file; each must be there."""
        text = self.read(path)
        for old, new in pairs:
            assert old in text, f"{path} has no {old!r}"
            text = text.replace(old, new, 1)
        self.write(path, text)

    def move(self, old: str, new: str) -> None:
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()

    def restart(self) -> None:
        """Raise the restart flag."""
        self.edit(ROUTE, ("restart: false", "restart: true"))

    def close(self, proof: str = f"path: {ALERT}", verifier: str = "@maria") -> None:
        """Close the open action A2."""
        self.edit(
            POSTMORTEM,
            (
                "pages @maria above 3 rescues in 10 minutes\n    status: open",
                f'pages @maria above 3 rescues in 10 minutes\n    status: done\n    proof: [{{{proof}}}]\n    verified_by: "{verifier}"',
            ),
        )

    def land(self) -> str:
        """Land the fix of A2; the commit's id."""
        self.write(ALERT, "signal: rescues\nthreshold: 3\nreceiver: maria\n")
        return self.commit()

    def meet(self) -> None:
        """Meet the restart condition, with its proof."""
        self.write(PROOF, "14 days without a rescue\n")
        self.edit(POSTMORTEM, MET)

    def sign(self, by: str = "@maria") -> None:
        """Sign the restart off."""
        self.edit(
            POSTMORTEM, ("restart:\n", f'restart:\n  signoff: {{by: "{by}", on: 2026-10-15}}\n')
        )

    def ready(self) -> None:
        """Land the fix, close A2, meet the condition: what is left is the sign-off and the restart."""
        self.land()
        self.close()
        self.meet()
        self.commit()

    def verdict(
        self,
        *,
        how: str = "branch",
        author: str = "",
        approvals: tuple[GivenApproval, ...] = (),
        base: str = "",
    ) -> Verdict:
        """Judge what is in the work tree against ``main``: as a commit on a branch, as what is
        staged, or as it lies there.
        """
        base = base or self.git("rev-parse", "main")
        head = ""
        if how == "branch":
            self.git("checkout", "-q", "-B", "change")
            head = self.commit()
        elif how == "staged":
            self.git("add", "-A")
        with Repository(str(self.root)) as repository:
            target = repository.resolve(base)
            if how == "branch":
                merge = repository.merge(target, head)
                assert not merge.conflicts
                result = repository.tree(merge.tree)
            else:
                result = (
                    repository.tree(repository.staged())
                    if how == "staged"
                    else WorkTree(str(self.root))
                )
            at_head = tuple(entry._replace(commit=entry.commit or head) for entry in approvals)
            return judge(GateChange(repository, target, head, result, TODAY, author, at_head))


def said(verdict: Verdict) -> str:
    """Everything that a verdict says, as text."""
    lines = [f"{refusal.code}: {refusal.message}" for refusal in verdict.refusals]
    holds = [
        f"{route.route} ({', '.join(route.flags)}): {hold.postmortem} {hold.subject}: {hold.reason}"
        for route in verdict.routes
        for hold in route.held_by
    ]
    return "\n".join([verdict.verdict, *lines, *holds])


def codes(verdict: Verdict) -> list[str]:
    """The codes of a verdict's refusals, each once, in the order of the alphabet."""
    return sorted({refusal.code for refusal in verdict.refusals})
