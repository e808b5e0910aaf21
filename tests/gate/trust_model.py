"""Random histories of a route on its way back, against a model of docs/spec/trust.md that knows
nothing of pmlint.

Budgets, stages, drills and replays are all asked for. Each step is one change, honest or not,
handed over with statements that are honest or not; the gate must allow it exactly where the model
does. In memory, about 15 ms a step:

    python -m tests.gate.trust_model [STEPS] [SEED]
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pmlint.gate.statements import HandedStatement
from pmlint.gate.verdict import judge
from pmlint.project.days import Clock
from tests.gate.attack_data import statement_of
from tests.gate.memory import MemoryWorld, told
from tests.gate.replay_data import put
from tests.gate.world import POSTMORTEM, ROUTE

STATES = ("paused", "limited", "running")
AUTONOMY = ("observe", "suggest", "act-with-approval", "act")
REPLAY, TEST = "tests/replays/test_pm_2026_001.py", "test_the_second_refund_is_refused"


class Stage(NamedTuple):
    name: str
    state: int
    autonomy: int
    days: int
    runs: int


STAGES = (Stage("S1", 1, 1, 7, 200), Stage("S2", 2, 2, 14, 0), Stage("S3", 2, 3, 0, 0))


class Drill(NamedTuple):
    on: date
    by: str = "@tom"
    seconds: int = 120


class Registry(NamedTuple):
    """What is written: the route by ranks, the stage that it names, and what its review demands."""

    state: int = 0
    flag: bool = False
    autonomy: int = 0
    stage: int | None = None
    since: date | None = None
    objective: int = 990
    """In thousandths."""
    demand: int = 200
    """Runs that S1 asks for."""
    drills: tuple[Drill, ...] = ()

    @property
    def level(self) -> tuple[int, int]:
        """How far the route goes: with its flag down nowhere."""
        return (self.state, self.autonomy) if self.flag else (0, 0)


class Facts(NamedTuple):
    """What is true on a day, and which statements are handed over."""

    day: date
    budget: str = "within"
    runs: int = 0
    rescued: int = 0
    statement: str = "honest"
    replay: str = "honest"


def is_above(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] > other[0] or one[1] > other[1]


def level_of(stage: int) -> tuple[int, int]:
    return STAGES[stage].state, STAGES[stage].autonomy


def next_stage(before: Registry) -> tuple[int, int | None] | None:
    """The stage that a route may enter and the one that it comes from; None where all are behind
    it.
    """
    last = len(STAGES) - 1
    if before.stage is None:
        return None if not is_above(level_of(last), before.level) else (0, None)
    if is_above(level_of(before.stage), before.level):
        return 0, None  # it went back, and begins anew
    return None if before.stage == last else (before.stage + 1, before.stage)


def is_earned(before: Registry, facts: Facts, stage: int) -> bool:
    assert before.since is not None
    demand = STAGES[stage]._replace(runs=before.demand) if stage == 0 else STAGES[stage]
    if (facts.day - before.since).days < demand.days:
        return False
    return stage > 0 or (facts.runs >= demand.runs > 0 and facts.rescued * 100 <= facts.runs)


def stage_allows(before: Registry, after: Registry, facts: Facts) -> bool:
    step = next_stage(before)
    if is_above(after.level, before.level):
        if step is None:
            return True
        entered, origin = step
        named = (after.stage, after.since) == (entered, facts.day)
        is_last = after.stage is None and entered == len(STAGES) - 1
        return (
            not is_above(after.level, level_of(entered))
            and (named or is_last)
            and (origin is None or is_earned(before, facts, origin))
        )
    if (before.stage, before.since) == (after.stage, after.since):
        return True
    if after.stage is None:
        return before.stage == len(STAGES) - 1
    return before.stage is not None and after.stage < before.stage and after.since == facts.day


def facts_allow(before: Registry, after: Registry, facts: Facts) -> bool:
    """What is asked of a route that is restored."""
    if facts.statement != "honest" or facts.budget == "owed" or facts.replay != "honest":
        return False
    at_floor = after.state <= 1 and after.autonomy <= 1
    if facts.budget in ("over", "page") and not at_floor:
        return False
    return any(
        drill.by == "@tom" and drill.seconds <= 300 and (facts.day - drill.on).days <= 90
        for drill in after.drills
    )


def is_allowed(before: Registry, after: Registry, facts: Facts) -> bool:
    """What the contract says of a change."""
    restores = (
        after.state > before.state or after.flag > before.flag or after.autonomy > before.autonomy
    )
    held = facts.statement != "honest" or facts.budget != "within"
    # Counted, because two drills of a day may be alike.
    old, new = Counter(before.drills), Counter(after.drills)
    if old - new or any(drill.on > facts.day for drill in new - old):
        return False
    if after.objective < before.objective and (restores or held):
        return False
    has_passed = (before.stage or 0) > 0 or next_stage(before) is None
    if after.demand < before.demand and not has_passed:
        return False
    if restores and not facts_allow(before, after, facts):
        return False
    return stage_allows(before, after, facts)


# moves


def entered(before: Registry, day: date, stage: int) -> Registry:
    state, autonomy = level_of(stage)
    return before._replace(state=state, flag=True, autonomy=autonomy, stage=stage, since=day)


def move(before: Registry, facts: Facts, name: str) -> Registry:
    """One change by its name."""
    day, step = facts.day, next_stage(before)
    target = step[0] if step is not None else 0
    skipped = min(target + 1, len(STAGES) - 1)
    drills = before.drills
    made: dict[str, Registry] = {
        "advance": entered(before, day, target),
        "advance to the end": entered(before, day, target)._replace(stage=None, since=None)
        if target == 2
        else before,
        "pause": before._replace(state=0, flag=False),
        "stop": before._replace(state=0, flag=False, autonomy=0),
        "go back": entered(before, day, before.stage - 1) if before.stage else before,
        "drill": before._replace(drills=(*drills, Drill(day))),
        "drill and advance": entered(before, day, target)._replace(drills=(*drills, Drill(day))),
        "tighten": before._replace(objective=min(before.objective + 1, 998)),
        "demand more": before._replace(demand=before.demand + 10),
        "leave the last": before._replace(stage=None, since=None),
        "skip": entered(before, day, skipped),
        "backdate": entered(before, day - timedelta(days=30), target),
        "rise without a name": entered(before, day, target)._replace(
            stage=before.stage, since=before.since
        ),
        "begin the stage anew": before._replace(since=day) if before.stage is not None else before,
        "come again at the old stage": entered(before, day, before.stage)
        if before.stage
        else before,
        "raise the flag": before._replace(flag=True),
        "raise the autonomy": before._replace(autonomy=min(before.autonomy + 1, 3)),
        "drill by the owner": before._replace(drills=(*drills, Drill(day, "@maria"))),
        "drill too slowly": before._replace(drills=(*drills, Drill(day, seconds=301))),
        "drill tomorrow": before._replace(drills=(*drills, Drill(day + timedelta(days=1)))),
        "shed a drill": before._replace(drills=drills[:-1]),
        "hurry a drill": before._replace(drills=(*drills[:-1], drills[-1]._replace(seconds=9)))
        if drills
        else before,
        "promise less": before._replace(objective=before.objective - 1),
        "promise less and advance": entered(before, day, target)._replace(
            objective=before.objective - 1
        ),
        "demand less": before._replace(demand=max(before.demand - 10, 10)),
    }
    return made[name]


MOVES = (
    *("advance",) * 6, *("drill and advance",) * 3, "advance to the end", "pause", "stop", "go back", "drill", "drill", "tighten", "demand more",
    "leave the last", "skip", "backdate", "rise without a name", "begin the stage anew", "come again at the old stage", "raise the flag",
    "raise the autonomy", "drill by the owner", "drill too slowly", "drill tomorrow", "shed a drill", "hurry a drill", "promise less",
    "promise less and advance", "demand less",
)  # fmt: skip
STATEMENTS: dict[str, dict[str, Any]] = {
    "honest": {},
    "stale": {"as_of": "2025-01-01T06:00:00Z"},
    "of the future": {"as_of": "2035-01-01T06:00:00Z"},
    "foreign": {"commit": "f" * 40},
    "of other settings": {"settings": "0" * 64},
}
BUDGETS: dict[str, dict[str, Any]] = {
    "within": {},
    "over": {
        "answer": "over",
        "budgets": [
            {
                "budget": "rescues",
                "count": 31,
                "allowed": 20,
                "spent": True,
                "within_again": "2027-12-14",
            }
        ],
    },
    "page": {
        "answer": "over",
        "firing": [
            {
                "budget": "failures",
                "severity": "page",
                "share": "0.02",
                "long": {"window": "1h", "runs": 40, "count": 12},
                "short": {"window": "5m", "runs": 8, "count": 3},
            }
        ],
    },
    "owed": {
        "episodes": [
            {
                "trigger": "near-miss",
                "from": "2026-09-20T09:35:00Z",
                "to": "2026-09-20T09:40:00Z",
                "runs": 1,
                "peak": {"count": 1, "of": 96},
                "answered_by": None,
                "draft": None,
                "grace_until": "2026-09-25",
            }
        ]
    },
}
REPLAYS: dict[str, tuple[str, str, Any]] = {
    "stale": ("green", "predicate.finishedOn", "2026-01-01T02:10:31Z"),
    "skipped": ("green", "predicate.warnedTests", ["test_another"]),
    "never red": ("red", "predicate.result", "PASSED"),
    "of another text": (
        "green",
        "predicate.configuration",
        [{"name": REPLAY, "digest": {"gitBlob": "0" * 40}}],
    ),
    "at another commit": (
        "red",
        "subject",
        [{"name": "git", "digest": {"gitCommit": f"{2:040x}"}}],
    ),
}


class TrustWorld(MemoryWorld):
    """The valid repository with a settled review that has stages and a replay."""

    def __init__(self) -> None:
        super().__init__()
        self.ready()
        self.sign()
        self.write("pmlint.toml", '[gate]\nbudgets = "file"\nreplays = "file"\ndrills = true\n')
        self.write("docs/runbook.md", "How to stop the route.\n")
        self.write(REPLAY, f"def {TEST}():\n    assert True\n")
        self.edit(
            POSTMORTEM,
            (
                "restart:\n",
                f'restart:\n  replay: {{path: {REPLAY}, broken_at: "{1:040x}"}}\n  stages: []\n',
            ),
        )
        self.route, self.review = self.read(ROUTE), self.read(POSTMORTEM)
        self.put(Registry())
        self.commit()

    def put(self, registry: Registry) -> None:
        """Write the files that say this."""
        stages = ", ".join(
            f"{{id: {one.name}, state: {STATES[one.state]}, autonomy: {AUTONOMY[one.autonomy]}{self._at_least(one, registry)}}}"
            for one in STAGES
        )
        self.write(POSTMORTEM, self.review.replace("stages: []", f"stages: [{stages}]"))
        named = (
            f"stage: {{postmortem: PM-2026-001, id: {STAGES[registry.stage].name}, since: {registry.since}}}\n"
            if registry.stage is not None
            else ""
        )
        drills = ", ".join(
            f'{{"on": {one.on}, seconds: {one.seconds}, by: "{one.by}", proof: [{{path: docs/runbook.md}}]}}'
            for one in registry.drills
        )
        stop = f'  - {{id: stop, layer: kill-switch, guards: contain, description: "the route stops in 300 seconds", drills: [{drills}]}}\n'
        text = self.route.replace("state: paused", f"state: {STATES[registry.state]}")
        text = text.replace("restart: false", f"restart: {str(registry.flag).lower()}")
        text = text.replace(
            "autonomy: act-with-approval",
            f"autonomy: {AUTONOMY[registry.autonomy]}\n{named}slo: {{objective: 0.{registry.objective}, window: 30d}}",
        )
        self.write(ROUTE, text.replace("postmortems:", f"{stop}postmortems:"))

    @staticmethod
    def _at_least(stage: Stage, registry: Registry) -> str:
        if stage.name == "S1":
            return f", at_least: {{days: {stage.days}, runs: {registry.demand}, rescues: 0.01}}"
        return f", at_least: {{days: {stage.days}}}" if stage.days else ""

    def ask(self, before: Registry, facts: Facts) -> list[str]:
        """What the gate says of the files as they are."""
        change = self.change()
        moment = datetime.combine(facts.day, datetime.min.time(), UTC) + timedelta(hours=12)
        budgets = (
            None
            if facts.statement == "none"
            else HandedStatement("budgets.json", self._budgets(before, facts))
        )
        replays = (
            None
            if facts.replay == "none"
            else HandedStatement("replays.json", self._replays(facts))
        )
        change = change._replace(
            today=facts.day, clock=Clock(moment, facts.day), budgets=budgets, replays=replays
        )
        return told(judge(change))

    def _budgets(self, before: Registry, facts: Facts) -> bytes:
        named = None
        if before.stage is not None:
            named = {
                "postmortem": "PM-2026-001",
                "id": STAGES[before.stage].name,
                "since": str(before.since),
                "runs": facts.runs,
                "bad": 0,
                "rescued": facts.rescued,
            }
        top = {"as_of": f"{facts.day}T06:00:00Z", **STATEMENTS[facts.statement]}
        route = {"stage": named, **BUDGETS[facts.budget]}
        data = statement_of(
            self.objects.tree(self.target), self.target, {"refund-triage": route, "top": top}
        )
        return json.dumps(data).encode()

    def _replays(self, facts: Facts) -> bytes:
        entry: dict[str, Any] = {"postmortem": "PM-2026-001"}
        blob = self.objects.blob_at(self.target, REPLAY)
        for half, commit, result, passed, failed in (
            ("red", f"{1:040x}", "FAILED", [], [TEST]),
            ("green", self.target, "PASSED", [TEST], []),
        ):
            entry[half] = {
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": "git", "digest": {"gitCommit": commit}}],
                "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
                "predicate": {
                    **{
                        "result": result,
                        "configuration": [{"name": REPLAY, "digest": {"gitBlob": blob}}],
                    },
                    **{
                        "passedTests": passed,
                        "warnedTests": [],
                        "failedTests": failed,
                        "finishedOn": f"{facts.day}T02:10:31Z",
                    },
                },
            }
        if facts.replay != "honest":
            half, field, value = REPLAYS[facts.replay]
            put(entry[half], field, value)
        return json.dumps({"version": 1, "kind": "replays", "replays": [entry]}).encode()


_HISTORY = 100
"""Steps of one history of `main`."""


class Walked(NamedTuple):
    """How often which move was allowed and refused, and what was judged otherwise than the contract
    says.
    """

    counts: Counter[tuple[str, str]]
    wrong: list[str]


def walk(steps: int, seed: int) -> Walked:
    """A history of so many changes; the gate's answer to each beside the model's."""
    chance = random.Random(seed)
    world, before, day = TrustWorld(), Registry(), date(2026, 10, 15)
    counts: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    for _ in range(steps):
        day += timedelta(days=chance.choice((0, 1, 4, 8, 15, 40)))
        runs = chance.choice((0, before.demand - 1, before.demand, 900))
        facts = Facts(
            day,
            chance.choice(("within",) * 6 + tuple(BUDGETS)),
            runs,
            chance.choice((0, runs // 100, runs // 100 + 1)),
            chance.choice(("honest",) * 12 + (*STATEMENTS, "none")),
            chance.choice(("honest",) * 14 + (*REPLAYS, "none")),
        )
        name = chance.choice(MOVES)
        after = move(before, facts, name)
        world.put(after)
        answer = world.ask(before, facts)
        allowed = is_allowed(before, after, facts)
        counts[name, "allowed" if allowed else "refused"] += 1
        if (answer[0] == "allowed") != allowed:
            wrong.append(
                f"{name}: the model says {allowed}\n{before}\n{after}\n{facts}\n"
                + "\n".join(answer)
            )
        if allowed:
            before = after
        world.put(before)
        world.commit()
    return Walked(counts, wrong)


def main() -> None:
    steps, seed = (int(word) for word in (*sys.argv[1:], *("2000", "1")[len(sys.argv) - 1 :]))
    counts: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    # Drills only grow, so that one long history would be slow and try little that is new.
    for number in range(-(-steps // _HISTORY)):
        walked = walk(min(_HISTORY, steps - number * _HISTORY), seed + number)
        counts += walked.counts
        wrong += walked.wrong
    for name in dict.fromkeys(MOVES):
        print(f"{name:30} {counts[name, 'allowed']:5} allowed {counts[name, 'refused']:5} refused")
    print(f"{steps:,} changes, {len(wrong)} judged otherwise than the contract says")
    print("\n\n".join(wrong[:3]))


if __name__ == "__main__":
    main()
