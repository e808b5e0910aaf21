"""Random histories against a model: the gate never gives trust back while a linked action is open, and always does once all landed.

``PMLINT_MODEL_SEEDS=200 PMLINT_MODEL_STEPS=50 pytest tests/gate/test_model.py`` plays 10,000 changes.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import yaml

from pmlint.errors import UsageError
from tests.gate.world import ROUTE, World, said

SEEDS = int(os.environ.get("PMLINT_MODEL_SEEDS", "4"))
STEPS = int(os.environ.get("PMLINT_MODEL_STEPS", "15"))
LAYERS = {"A1": "permissions", "A2": "alert", "A3": "limits"}
ENDS = {
    "A1": "answers 403 to a refund of 200.01 EUR",
    "A2": "pages @maria above 3 rescues in 10 minutes",
    "A3": "ends a run at 40 USD",
}
"""What each fix shows when it is done, of the kind that its layer takes."""
NAMES = tuple(LAYERS)
FILE = "postmortems/PM-2026-001-refunds.md"


def fix(name: str) -> str:
    return f"fixes/{name}.yaml"


class Play:
    """A repository and what is true of it: which fixes have landed on main, which actions are closed there, whether the route runs."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.landed: set[str] = set()
        self.closed: set[str] = set()
        self.running = False
        front, _, body = world.read(FILE).removeprefix("---\n").partition("\n---\n")
        self.data = yaml.load(front, yaml.BaseLoader)
        self.body = body
        template = {name: value for name, value in self.data["actions"][1].items() if name != "id"}
        self.data["actions"] = [
            {
                **template,
                "id": name,
                "layer": layer,
                "title": f"{layer} for refunds, number {name}",
                "done_when": f"{fix(name)} {ENDS[name]}",
            }
            for name, layer in LAYERS.items()
        ]
        self.data["actions"][0]["control"] = "refund-approval"
        del self.data["restart"]["conditions"]
        self.data["impact"]["customers"] = 23
        self.write(self.data)
        world.commit()

    def write(self, data: dict[str, object]) -> None:
        def plain(value: object) -> object:
            if isinstance(value, dict):
                return {name: plain(item) for name, item in value.items()}
            if isinstance(value, list):
                return [plain(item) for item in value]
            return value

        front = yaml.safe_dump(plain(data), sort_keys=False, allow_unicode=True).replace(
            "customers: '23'", "customers: 23"
        )
        front = front.replace("amount: '4140.50'", "amount: 4140.50").replace(
            "restart: 'null'", "restart: null"
        )
        self.world.write(FILE, f"---\n{front}---\n{self.body}")

    def change(self) -> tuple[set[str], set[str], bool, bool]:
        """Make a random change: what has landed, what is closed and whether the route runs after it, and whether it takes away."""
        landed, closed, running, taken = set(self.landed), set(self.closed), self.running, False
        data = yaml.safe_load(yaml.safe_dump(self.data))
        for _ in range(self.random.randint(1, 3)):
            name = self.random.choice(NAMES)
            action = next((action for action in data["actions"] if action["id"] == name), None)
            match self.random.choice(
                (
                    "land",
                    "close",
                    "close",
                    "reopen",
                    "restart",
                    "restart",
                    "stop",
                    "unlink",
                    "remove",
                    "relabel",
                    "revert",
                )
            ):
                case "land":
                    self.world.write(fix(name), "limit: 1\n")
                    landed.add(name)
                case "close" if action:
                    action |= {
                        "status": "done",
                        "proof": [{"path": fix(name)}],
                        "verified_by": "@maria",
                    }
                    closed.add(name)
                case "reopen" if action:
                    action["status"] = "open"
                    closed.discard(name)
                case "restart":
                    running = True
                case "stop":
                    running = False
                case "unlink":
                    data["routes"] = []
                    taken = taken or self.closed & self.landed != set(NAMES)
                case "remove" if action:
                    data["actions"].remove(action)
                    taken = True
                case "relabel" if action:
                    taken = taken or (
                        name not in self.closed & self.landed and action["layer"] != "training"
                    )
                    action["layer"] = "training"
                case "revert":
                    (self.world.root / fix(name)).unlink(missing_ok=True)
                    landed.discard(name)
        self.write(data)
        route = (
            self.world.read(ROUTE)
            .replace("restart: true", "restart: false")
            .replace("postmortems: [PM-2026-001]", "postmortems: []")
        )
        self.world.write(ROUTE, route.replace("restart: false", f"restart: {str(running).lower()}"))
        self.pending = data
        return landed, closed, running, taken

    def step(self) -> None:
        landed, closed, running, taken = self.change()
        try:
            verdict = self.world.verdict(how="branch")
            allowed, answer = verdict.verdict == "allowed", said(verdict)
        except UsageError as error:
            allowed, answer = False, error.message
        linked = bool(
            self.data["routes"]
        )  # a review that holds nothing may be unlinked, and says nothing of the route from then on
        if allowed:
            assert not (taken and linked), answer
            if linked and running and not self.running:
                # everything is closed after it, each closing had its proof on the target before, and the proof is still there
                assert closed >= set(NAMES), answer
                assert self.landed >= set(NAMES), answer
            self.world.git("checkout", "-q", "main")
            self.world.git("merge", "-q", "--ff-only", "change")
            self.landed, self.closed, self.running, self.data = (
                landed,
                closed,
                running,
                self.pending,
            )
        else:
            self.world.git("checkout", "-q", "main")
            self.world.git("clean", "-fdq")

    def finish(self) -> None:
        """However it went: land what is missing, close it as what it was meant to be, restart; that must be allowed."""
        for name in NAMES:
            self.world.write(fix(name), "limit: 1\n")
        self.world.commit()
        data = self.pending = yaml.safe_load(yaml.safe_dump(self.data))
        for action in data["actions"]:
            name = action["id"]
            action |= {
                "status": "done",
                "layer": LAYERS[name],
                "proof": [{"path": fix(name)}],
                "verified_by": "@maria",
            }
        self.write(data)
        assert self.world.verdict().verdict == "allowed"
        self.world.git("checkout", "-q", "main")
        self.world.git("merge", "-q", "--ff-only", "change")
        self.world.write(ROUTE, self.world.read(ROUTE).replace("restart: false", "restart: true"))
        verdict = self.world.verdict()
        assert verdict.verdict == "allowed", said(verdict)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_history_gives_trust_back_too_early(world: World, seed: int, tmp_path: Path) -> None:
    play = Play(world, seed)
    for _ in range(STEPS):
        play.step()
    play.finish()
