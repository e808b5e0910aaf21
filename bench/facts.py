"""The gate on 200 routes that promise something, one of them restarted: without a statement of
budgets, with one, and with one that a machine signed (docs/spec/trust.md, *Figures to reach*).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench.corpus import NOW
from bench.measure import Command, Run, cpu, interleave
from bench.stage import Outcome, Stage, Table

_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")
_ROUTES = 200
_MODES = ("off", "file", "signature")
_ROUTE = """\
id: route-{number}
title: Route {number}
owner: "@maria"
state: paused
restart: false
autonomy: observe
tools: {{read: [orders.get], write: [mail.send.{number}]}}
slo: {{objective: 0.99, window: 30d, rescues: 0.02}}
"""


def suite(stage: Stage) -> Outcome:
    """CPU of each mode; the figures are milliseconds more than without a statement."""
    if not stage.knows("gate", "--budgets"):
        return Outcome(notes=["facts are not measured: the gate takes no statement"])
    commands = {f"budgets {mode}": _gate(stage, mode) for mode in _MODES}
    runs = interleave(commands, max(9, stage.rounds))
    table = Table(f"Gate, {_ROUTES} routes with a promise, one restarted", runs, "budgets off")
    more = {mode: _more(runs[f"budgets {mode}"], runs["budgets off"]) for mode in _MODES[1:]}
    notes = [f"budgets by {mode}: {value:.1f} ms of CPU more" for mode, value in more.items()]
    figures = {f"gate-facts-{mode}": value for mode, value in more.items()}
    return Outcome([table], figures=figures, notes=notes)


def _more(runs: list[Run], against: list[Run]) -> float:
    """How many milliseconds of CPU more, in the middle of the pairs."""
    return 1000 * median(cpu(one) - cpu(other) for one, other in zip(runs, against, strict=True))


def _gate(stage: Stage, mode: str) -> Command:
    """A repository whose base asks for statements in a mode, and the gate over a restart in it."""
    root = stage.folder / f"facts-{mode}" / "repository"
    (root / "routes").mkdir(parents=True)
    key = root.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    signer = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    for number in range(_ROUTES):
        (root / f"routes/route-{number}.yaml").write_text(_ROUTE.format(number=number))
    (root / "people.yaml").write_text(
        f'- {{handle: "@maria"}}\n- {{handle: "@ci", signs: [budgets], allowed_signer: "{signer}"}}\n'
    )
    (root / "pmlint.toml").write_text(f'people = "people.yaml"\n[gate]\nbudgets = "{mode}"\n')
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", ".")
    _git(root, "commit", "-q", "-m", "The repository")
    words = ["gate", "--base=main", "--head=change", f"--now={NOW}"]
    if mode != "off":
        words.append(f"--budgets={_statement(stage, root, key, signed=mode == 'signature')}")
    _git(root, "checkout", "-q", "-b", "change")
    restarted = root / "routes/route-7.yaml"
    restarted.write_text(
        restarted.read_text().replace("paused", "running").replace("observe", "act")
    )
    _git(root, "commit", "-q", "-a", "-m", "Restart")
    _git(root, "checkout", "-q", "main")
    return stage.pmlint(root, *words)


def _statement(stage: Stage, root: Path, key: Path, *, signed: bool) -> Path:
    """What `pmlint due` would say of the repository: all routes within their budgets."""
    from pmlint.project.run_tables import digest
    from pmlint.project.settings import Settings

    data = {
        "version": 1,
        "kind": "budgets",
        "as_of": f"{NOW}T06:00:00Z",
        "commit": _git(root, "rev-parse", "HEAD"),
        "settings": digest(Settings()),
        "history": True,
        "routes": list(_entries()),
    }
    file = root.parent / "budgets.json"
    file.write_text(json.dumps(data))
    if signed:
        out = root.parent / "signed.json"
        command = stage.pmlint(root, "sign", str(file), f"--key={key}", "--by=@ci", "-o", str(out))
        subprocess.run(command.words, cwd=root, check=True, capture_output=True)
        return out
    return file


def _entries() -> Iterator[dict[str, Any]]:
    for number in range(_ROUTES):
        yield {
            "route": f"route-{number}",
            "answer": "within",
            "slo": {"objective": "0.99", "window": "30d", "rescues": "0.02"},
            "runs": 1000,
            "budgets": [
                {"budget": "failures", "count": 1, "allowed": 10, "spent": False},
                {"budget": "rescues", "count": 4, "allowed": 20, "spent": False},
            ],
            "firing": [],
            "episodes": [],
        }


def _git(root: Path, *words: str) -> str:
    done = subprocess.run([*_GIT, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()
