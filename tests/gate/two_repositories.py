"""Two real repositories: reviews of one hold a route of the other by a signed ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.gate.signing import LEDGER_NAMESPACE, canonical, sign
from tests.gate.world import POSTMORTEM, World
from tests.git_folder import GitFolder

NOW = "2026-10-15T12:00:00Z"
REVIEWS = "github.com/acme/reviews"
MAIL = "github.com/acme/mail"
ROUTE = """\
id: mail-desk
title: Answers to customers
owner: "@tom"
state: paused
restart: false
autonomy: observe
tools: {read: [mail.read], write: [mail.send]}
"""


class Reviews(World):
    """The repository with the postmortem, which names a route here and one elsewhere."""

    def __init__(self, root: Path, template: Path) -> None:
        super().__init__(root, template)
        self.write("pmlint.toml", f'repository = "{REVIEWS}"\n[repositories]\nmail = "{MAIL}"\n')
        self.edit(
            POSTMORTEM, ("routes: [refund-triage]", "routes: [refund-triage, mail//mail-desk]")
        )
        self.commit()


class Mail(GitFolder):
    """The repository with the route, in which the ledger is listed."""

    def __init__(self, root: Path, key: str, more: str = "") -> None:
        super().__init__(root)
        self.write(
            "pmlint.toml",
            f'repository = "{MAIL}"\n[[ledgers]]\nrepository = "{REVIEWS}"\nsigners = ["{key}"]\n{more}',
        )
        self.write("routes/mail-desk.yaml", ROUTE)
        self.git("init", "-q", "-b", "main")
        self.commit()

    def restart(self) -> None:
        """Raise the flag on a branch."""
        self.git("checkout", "-q", "-b", "change")
        self.write(
            "routes/mail-desk.yaml",
            ROUTE.replace("restart: false", "restart: true").replace("paused", "running"),
        )
        self.commit()


class Answer(NamedTuple):
    """What a command said: exit code, standard output, and the error of its usage."""

    exit: int
    text: str

    @property
    def data(self) -> Any:
        return json.loads(self.text)

    @property
    def codes(self) -> list[str]:
        return [refusal["code"] for refusal in self.data["refusals"]]


def run(*words: str) -> Answer:
    done = CliRunner().invoke(commands, list(words), standalone_mode=False, catch_exceptions=True)
    if isinstance(done.exception, UsageError):
        error = done.exception
        return Answer(2, f"{error.message}; help: {error.help}")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    code = done.return_value if isinstance(done.return_value, int) else done.exit_code
    return Answer(code, done.stdout)


def signed(
    statement: dict[str, Any], key: Path, namespace: str = LEDGER_NAMESPACE
) -> dict[str, Any]:
    """A statement in its envelope, as `pmlint sign` writes it."""
    signature = sign(canonical(statement), str(key), namespace)
    return {
        "version": 1,
        "kind": "signed",
        "by": "@ci-reviews",
        "statement": statement,
        "signature": signature,
    }
