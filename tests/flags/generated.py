"""Registries by chance, each once while something holds its routes and once after its release, in
one git repository.

The expected flags come from what was drawn and not from pmlint. ``python -m tests.flags.generated
[COUNT]`` draws 1,000, writes their flags for each flag system, and asks the evaluators in Python
and in JavaScript.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pmlint.flags.registry import FlagSet, flag_set
from pmlint.flags.systems import SYSTEMS
from pmlint.flags.systems.interface import flag_names
from pmlint.gate.case import GateChange
from pmlint.git import Repository

BASE = Path(__file__).parents[1] / "cases" / "base"
REVIEW = (BASE / "postmortems" / "PM-2026-001-refunds.md").read_text(encoding="utf-8")
EVIDENCE = {
    str(file.relative_to(BASE)): file.read_text(encoding="utf-8")
    for file in sorted((BASE / "evidence").rglob("*.md"))
}
TODAY = date(2026, 10, 15)
STATES = ("running", "limited", "paused", "retired")
AUTONOMY = ("observe", "suggest", "act-with-approval", "act")
SOURCE = """[[registry]]
files = "deploy/agents.yaml"
each = "agents[*]"
id = "name"
owner = "owner"
restart_flags = ["enabled"]
trust = ["tools"]
postmortems = "reviews"
"""


class DrawnRoute(NamedTuple):
    """A route as it was drawn; ``autonomy`` is None for one in a file of a platform."""

    name: str
    is_up: bool
    state: str
    autonomy: str | None


class DrawnRegistry(NamedTuple):
    """The files of a registry while it is held and after its release, and what each flag is then."""

    held: dict[str, str]
    released: dict[str, str]
    held_values: dict[str, bool | str]
    released_values: dict[str, bool | str]


def draw(chance: random.Random) -> DrawnRegistry:
    """One registry: up to four routes, each with a review or none, each review open in its own way."""
    routes = [_route(chance, number) for number in range(chance.randint(1, 4))]
    files: dict[bool, dict[str, str]] = {True: dict(EVIDENCE), False: dict(EVIDENCE)}
    values: dict[bool, dict[str, bool | str]] = {True: {}, False: {}}
    entries = []
    for number, route in enumerate(routes, 1):
        review = f"PM-2026-{number:03}" if chance.random() < 0.8 else ""
        what = chance.choice(("action", "condition", "sign-off", "all", "not accepted", "nothing"))
        for is_held in (True, False):
            files[is_held].update(_review(review, route.name, what if is_held else "nothing"))
            stops = is_held and review and what in ("action", "condition", "sign-off", "all")
            values[is_held].update(_values(route, is_off=bool(stops)))
            if route.autonomy is not None:
                files[is_held].update(_native(route, review))
        if route.autonomy is None:
            up = str(route.is_up).lower()
            entries.append(
                f'  - {{name: {route.name}, owner: "@maria", enabled: {up}, tools: [a.b], reviews: [{review}]}}'
            )
    if entries:
        for side in files.values():
            side["deploy/agents.yaml"] = "agents:\n" + "\n".join(entries) + "\n"
            side["pmlint.toml"] = SOURCE
    return DrawnRegistry(files[True], files[False], values[True], values[False])


def _route(chance: random.Random, number: int) -> DrawnRoute:
    is_mapped = chance.random() < 0.3
    is_up = chance.random() < 0.8
    state = chance.choice(STATES[:2] if is_up else STATES[2:])
    return DrawnRoute(
        f"route-{number}", is_up, state, None if is_mapped else chance.choice(AUTONOMY)
    )


def _values(route: DrawnRoute, *, is_off: bool) -> Iterator[tuple[str, bool | str]]:
    run, autonomy = flag_names(route.name)
    yield run, route.is_up and not is_off
    if route.autonomy is not None:
        yield autonomy, "observe" if is_off else route.autonomy


def _native(route: DrawnRoute, review: str) -> Iterator[tuple[str, str]]:
    yield (
        f"routes/{route.name}.yaml",
        f'id: {route.name}\ntitle: A route\nowner: "@maria"\nstate: {route.state}\nrestart: {str(route.is_up).lower()}\n'
        f"autonomy: {route.autonomy}\ntools: {{read: [a.b], write: [c.d]}}\ncontrols: []\npostmortems: [{review}]\n",
    )


def _review(name: str, route: str, is_open: str) -> Iterator[tuple[str, str]]:
    if not name:
        return
    text = REVIEW.replace("PM-2026-001\n", f"{name}\n").replace("refund-triage", route)
    proof = "proof: [{path: evidence/PM-2026-001/outcome.md}]"
    if is_open not in ("action", "all", "not accepted"):
        text = text.replace(
            "minutes\n    status: open",
            f'minutes\n    status: done\n    {proof}\n    verified_by: "@Ines"',
        )
    if is_open not in ("condition", "all", "not accepted"):
        text = text.replace("met: false", f"met: true, {proof}")
    if is_open not in ("sign-off", "all", "not accepted"):
        text = text.replace("restart:\n", 'restart:\n  signoff: {by: "@maria", on: 2026-10-15}\n')
    if is_open == "not accepted":
        text = text.replace("status: accepted", "status: in-review")
    yield f"postmortems/{name}-refunds.md", text


def decided(
    folder: Path, registries: list[DrawnRegistry]
) -> list[tuple[FlagSet, dict[str, bool | str]]]:
    """The flags that pmlint decides for each registry, held and released in turn, with what each
    must be.
    """
    sides = [
        side
        for one in registries
        for side in ((one.held, one.held_values), (one.released, one.released_values))
    ]
    _import(folder, [files for files, _ in sides])
    found = []
    with Repository(str(folder)) as repository:
        for number, (_, values) in enumerate(sides):
            commit = repository.resolve(f"refs/heads/r{number}")
            change = GateChange(repository, commit, "", repository.tree(commit), TODAY)
            found.append((flag_set(change), values))
    return found


def _import(folder: Path, trees: list[dict[str, str]]) -> None:
    """A commit of its own for each tree, by one process of git."""
    words = ["git", "-C", str(folder)]
    around = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run([*words, "init", "-q", "-b", "main"], check=True, env=around)
    lines: list[bytes] = []
    for number, files in enumerate(trees):
        lines.append(
            b"commit refs/heads/r%d\ncommitter A <a@example.org> 1790000000 +0000\ndata 1\nx\n"
            % number
        )
        for path, text in files.items():
            data = text.encode()
            lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    subprocess.run(
        [*words, "fast-import", "--quiet"], input=b"".join(lines), check=True, env=around
    )


def wrong(count: int, seed: int, folder: Path, systems: Iterable[str] = SYSTEMS) -> list[str]:
    """Each flag of so many registries that an evaluator answers otherwise than it was drawn."""
    from tests.flags.evaluators import JAVASCRIPT, javascript_answers, python_answers

    chance = random.Random(seed)
    drawn = decided(folder, [draw(chance) for _ in range(count)])
    found = []
    for system in systems:
        # the caller's defaults are those in whose favour a broken flag would be
        questions = [
            (
                SYSTEMS[system].render(flags),
                {
                    name: True if isinstance(value, bool) else "act"
                    for name, value in values.items()
                },
            )
            for flags, values in drawn
        ]
        evaluators = (
            [python_answers, javascript_answers] if system in JAVASCRIPT else [python_answers]
        )
        for evaluator in evaluators:
            for (text, _), (_, values), answer in zip(
                questions, drawn, evaluator(system, questions), strict=True
            ):
                differing = [name for name, value in values.items() if answer[name] != value]
                found += [
                    f"{system}, {evaluator.__name__}: {name} is {answer[name]}\n{text}"
                    for name in differing
                ]
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        found = wrong(count, 1, Path(folder))
    print(
        f"{count:,} registries, held and released: {len(found)} flags differ, {time.process_time() - start:.0f} s of CPU"
    )
    print("\n".join(found[:3]))


if __name__ == "__main__":
    main()
