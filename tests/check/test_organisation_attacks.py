"""Ways round what an organisation demands, written from docs/spec/fleet.md alone before any was
tried.

Each is a file of the repository, or a slip in the organisation's own folder; its honest twin is the
same try with what is allowed.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
DEMAND = 'version = 1\nrequired_rules = ["overdue-action"]\nlevels = {overdue-action = "error"}\n'
POLICY = (
    "id: no-triage\ntitle: No route is called so\nlevel: error\napplies_to: route\n"
    "require: route.id != 'refund-triage'\nmessage: it is called so\nat: route.id\nwhy: A name.\n"
    "fix: Rename it.\nexamples:\n  - {fails: 1, set: {id: refund-triage}}\n  - {fails: 0, set: {id: other}}\n"
)
WAIVER = 'waivers: [{rule: overdue-action, reason: "the vendor is late", approved_by: "@maria"%s}]\nrestart:\n  cond'


class Attack(NamedTuple):
    """Files of the organisation and of the repository, edits of its review, and what must be said."""

    org: dict[str, str]
    repository: Mapping[str, str] = MappingProxyType({})
    edits: tuple[tuple[str, str], ...] = ()
    exit: int = 1
    says: str = "error overdue-action"


VOW = 'version = 1\nrequired_rules = ["vow"]\nlevels = {vow = "error"}\n'
WITHIN = {"org.toml": 'version = 1\nmax_waiver_days = 30\nlevels = {overdue-action = "error"}\n'}
ATTACKS: dict[str, tuple[Attack, Attack]] = {
    "a level from which a run fails that is never reached": (
        Attack(
            {"org.toml": DEMAND},
            {"pmlint.toml": 'fail_level = "never"\n'},
            exit=2,
            says="'fail_level' is 'never'",
        ),
        Attack({"org.toml": DEMAND}, {"pmlint.toml": 'fail_level = "error"\n'}),
    ),
    "a waiver without an end": (
        Attack(WITHIN, edits=(("restart:\n  cond", WAIVER % ""),)),
        Attack(
            WITHIN, edits=(("restart:\n  cond", WAIVER % ", until: 2026-12-01"),), exit=0, says=""
        ),
    ),
    "a file that nobody can read, whose finding is ignored": (
        Attack(
            {"org.toml": DEMAND},
            {"pmlint.toml": 'ignore = ["syntax"]\n'},
            edits=(("---\n", "---\n\t- [\n"),),
            exit=2,
            says="there is no rule 'syntax'",
        ),
        Attack({"org.toml": DEMAND}, {"pmlint.toml": 'ignore = ["action-owner"]\n'}),
    ),
    "words of a demanded rule that a repository removes": (
        Attack(
            {"org.toml": VOW},
            {"pmlint.toml": '[words.remove]\nvow = ["seriously"]\n'},
            edits=(("## ", "We take this very seriously.\n\n## "),),
            says="vow",
        ),
        Attack(
            {"org.toml": VOW},
            edits=(("## ", "We take this very seriously.\n\n## "),),
            says="vow",
        ),
    ),
    "a language of a demanded rule that a repository leaves out": (
        Attack(
            {"org.toml": VOW},
            {"pmlint.toml": '[words]\nlanguages = ["de"]\n'},
            edits=(("## ", "We take this very seriously.\n\n## "),),
            says="vow",
        ),
        Attack(
            {"org.toml": VOW},
            {"pmlint.toml": '[words]\nlanguages = ["en", "de"]\n'},
            edits=(("## ", "We take this very seriously.\n\n## "),),
            says="vow",
        ),
    ),
    "a policy of the organisation that the repository ignores": (
        Attack(
            {"org.toml": "version = 1\n", "policies/no-triage.yaml": POLICY},
            {
                "pmlint.toml": 'ignore = ["no-triage"]\n',
                "policies/no-triage.yaml": POLICY.replace("!=", "=="),
            },
            says="no-triage",
        ),
        Attack({"org.toml": "version = 1\n", "policies/no-triage.yaml": POLICY}, says="no-triage"),
    ),
    "a policy of the organisation with another suffix": (
        Attack(
            {"org.toml": "version = 1\n", "policies/no-triage.yml": POLICY},
            says="no-triage",
        ),
        Attack(
            {
                "org.toml": "version = 1\n",
                "policies/no-triage.yaml": POLICY,
                "policies/README.md": "x",
            },
            says="no-triage",
        ),
    ),
    "a policy of the organisation beside its folder": (
        Attack(
            {"org.toml": "version = 1\n", "no-triage.yaml": POLICY},
            exit=2,
            says="no-triage.yaml",
        ),
        Attack({"org.toml": DEMAND, "README.md": "x"}),
    ),
    "a folder of policies under another name": (
        Attack(
            {"org.toml": "version = 1\n", "policy/no-triage.yaml": POLICY},
            exit=2,
            says="policy/no-triage.yaml",
        ),
        Attack({"org.toml": DEMAND, "docs/README.md": "x"}),
    ),
}


def played(attack: Attack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    repository, org = folder / "repository", folder / "org"
    shutil.copytree(BASE, repository)
    for top, files in ((org, attack.org), (repository, attack.repository)):
        for name, text in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text)
    file = repository / FILE
    for old, new in attack.edits:
        file.write_text(file.read_text().replace(old, new, 1))
    monkeypatch.chdir(repository)
    words = ["check", "--policies", str(org), "--output-format", "concise", "--now", "2026-11-20"]
    done = CliRunner().invoke(commands, words, standalone_mode=False)
    if isinstance(done.exception, UsageError):
        return 2, f"{done.exception.file}: {done.exception.message}"
    if done.exception is not None:
        raise done.exception
    return done.return_value or 0, done.stdout


@pytest.mark.parametrize("side", ["attack", "twin"])
@pytest.mark.parametrize("name", ATTACKS)
def test_a_way_round_leads_nowhere(
    name: str, side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ATTACKS[name][side == "twin"]
    code, said = played(case, tmp_path, monkeypatch)
    assert (code, case.says in said) == (case.exit, True), said
