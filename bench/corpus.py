"""A seeded generator of valid repositories: ``python -m bench.corpus DIR --documents N --routes R
--seed S``.

The same arguments write the same bytes. All is clean under ``pmlint check --now 2026-10-15``,
unless a finding is asked for, or ``--spread``: then gaps, lateness, owners and restarts differ as
they do in a real repository, so that a picture of them can be judged.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

NOW = "2026-10-15"
FINDINGS = {
    "rule": ("T06:58:00Z\n  restart", "T06:20:00Z\n  restart"),
    "schema": ("\ntrigger: ", "\ntriger: x\ntrigger: "),
    "repository": ("recurrence_of: [", "recurrence_of: [PM-2020-001, "),
}
"""How one finding is put into a document: a contradiction of clocks, an unknown field, a link that
leads nowhere.
"""
POOL = 20
"""How many packs of evidence there are; documents share them, so that their number stays small."""

_TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("texts.json").read_text())
_KINDS = ("instructions", "retrieval", "tool_log", "interventions", "outcome")
_CLOCKS = ("route_start", "first_warning", "first_impact", "containment")
_PEOPLE = ("@dana", "@maria", "@tom", "@ines", "@olu", "@priya", "@jonas", "@hanna")
_DATE = re.compile(r"(?<=: )([0-9]{4}-[0-9]{2}-[0-9]{2}[T0-9:Z]*)")
_FIRST, _DAYS = date(2026, 1, 2), 270
_OPEN_SINCE = date(2026, 9, 5)
"""Postmortems opened since then still have an open action, within its deadline on the day `NOW`."""


class _Plan(NamedTuple):
    """What differs from postmortem to postmortem: the clocks as they are written, the moments of
    the timeline, days to the deadlines, days to the restart (None: not restarted), and how many of
    the last actions are open.
    """

    clocks: Mapping[str, str]
    moments: tuple[datetime, ...]
    deadline: int
    restart: int | None
    still_open: int


def write(
    folder: Path,
    documents: int,
    routes: int,
    seed: int = 7,
    finding: str = "",
    *,
    spread: bool = False,
) -> None:
    """Write a repository of ``documents`` postmortems of 8 KB about ``routes`` routes into an empty
    folder.

    A route's later postmortems name all earlier ones, so ``routes`` below a tenth of ``documents``
    makes long front matter.
    """
    for name in ("postmortems", "routes", "evidence/shared"):
        (folder / name).mkdir(parents=True)
    random = Random(f"{seed} {documents} {routes}")
    (folder / "people.yaml").write_text(
        "".join(f'- {{handle: "{one}", name: {one[1:].capitalize()}}}\n' for one in _PEOPLE)
    )
    if documents > 10_000:
        (folder / "pmlint.toml").write_text("max_files = 500000\n")
    packs = [_pack(folder, number, random) for number in range(POOL)]
    for number in range(routes):
        (folder / f"routes/{_route(number)}.yaml").write_text(_route_file(number))
    for number in range(documents):
        name = _name(number)
        opened = _FIRST + timedelta(number * _DAYS // documents)
        # Of its own, so that what is drawn here changes nothing of a repository without spread.
        plan = _drawn(opened, Random(f"{seed} {number}")) if spread else _alike(opened)
        text = _postmortem(number, opened, routes, random, packs[number % POOL], plan)
        if finding:
            old, new = FINDINGS[finding]
            assert text.count(old) == 1, f"{name} can't carry the finding '{finding}'"
            text = text.replace(old, new)
        (folder / f"postmortems/{name}-{_route(number % routes)}.md").write_text(text)


def cut(folder: Path) -> Path:
    """The front matter of each postmortem as a file of its own in ``front``, for tools that read
    only YAML.

    Dates are put in quotes, since most readers of YAML make no texts of them.
    """
    front = folder / "front"
    front.mkdir()
    for file in sorted((folder / "postmortems").iterdir()):
        text = file.read_text().split("---\n", 2)[1]
        (front / f"{file.stem}.yaml").write_text("---\n" + _DATE.sub(r'"\1"', text))
    return front


def _name(number: int) -> str:
    return f"PM-2026-{number + 1:03}"


def _incident(number: int) -> dict[str, Any]:
    incident: dict[str, Any] = _TEXTS["incidents"][number % len(_TEXTS["incidents"])]
    return incident


def _route(number: int) -> str:
    return f"{_incident(number)['route']}-{number + 1:04}"


def _route_file(number: int) -> str:
    incident = _incident(number)
    tools = ", ".join(f"{kind}: [{', '.join(names)}]" for kind, names in incident["tools"].items())
    # Whoever comes next tries the switch, since a drill by the owner does not count.
    by = _PEOPLE[(number + 1) % len(_PEOPLE)]
    drill = (
        f', drills: [{{"on": 2026-09-02, seconds: 140, by: "{by}", proof: [{{commit: 4be1f0c}}]}}]'
    )
    controls = "".join(
        f"  - {{id: {one['control']}, layer: {one['layers'][0]}, guards: {one['guards']}, "
        f"description: of the class {one['class']}{drill if one['layers'][0] == 'kill-switch' else ''}}}\n"
        for one in _TEXTS["failures"]
    )
    return (
        f'id: {_route(number)}\ntitle: {incident["title"]}, desk {number + 1}\nowner: "{_PEOPLE[number % len(_PEOPLE)]}"\n'
        f"state: paused\nrestart: false\nautonomy: act-with-approval\ntools: {{{tools}}}\ncontrols:\n{controls}"
    )


def _pack(folder: Path, number: int, random: Random) -> dict[str, tuple[str, str]]:
    """Writes five files of evidence, about 1 KB each: their paths and digests by kind."""
    pack = {}
    for kind in _KINDS:
        path = f"evidence/shared/{number:02}-{kind}.md"
        lines = "".join(
            f"- 06:{random.randrange(60):02} run {random.getrandbits(48):012x} called orders.get\n"
            for _ in range(24)
        )
        text = f"The {kind} of pack {number}.\n{lines}"
        (folder / path).write_text(text)
        pack[kind] = (path, sha256(text.encode()).hexdigest())
    return pack


def _alike(opened: date) -> _Plan:
    """The same gaps for all: 54 minutes from first warning to containment."""
    minutes = (0, 4, 31, 58)
    moments = [datetime.combine(opened - timedelta(2), time(6, minute)) for minute in minutes]
    clocks = dict(zip(_CLOCKS, map(_moment, moments), strict=True))
    at = tuple(moments[0].replace(minute=minute) for minute in (4, 31, 44, 58))
    return _Plan(clocks, at, 45, None, 1 if opened >= _OPEN_SINCE else 0)


def _drawn(opened: date, random: Random) -> _Plan:
    """Gaps by log-normal laws; of the clocks 12 in 100 are unknown, half of them with a bound;
    half of what is closed was restarted (docs/spec/report.md, *Figures*).
    """
    moments = [datetime.combine(opened - timedelta(random.randint(2, 9)), time(6))]
    # The median minutes of each gap, and how far they spread: some weeks are in the tail.
    for middle, sigma in ((4, 1.2), (20, 1.5), (60, 1.9)):
        minutes = middle * random.lognormvariate(0, sigma)
        moments.append(moments[-1] + timedelta(seconds=round(60 * minutes)))
    clocks = {}
    for name, moment in zip(_CLOCKS, moments, strict=True):
        clocks[name] = _moment(moment)
        if random.random() < 0.12:
            day = moment.date()
            bound = f", not_before: {day}, not_after: {day}" if random.random() < 0.5 else ""
            clocks[name] = f'{{unknown: "the log of that hour was not kept"{bound}}}'
    still_open = random.choice((0, 0, 0, 1, 1, 2)) if opened < _OPEN_SINCE else 2
    restart = random.choice((40, None)) if not still_open else None
    last = moments[3]
    at = (moments[1], moments[2], last - (last - moments[2]) / 3, last)
    return _Plan(clocks, at, random.choice((14, 30, 45, 60)), restart, still_open)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _postmortem(
    number: int,
    opened: date,
    routes: int,
    random: Random,
    pack: dict[str, tuple[str, str]],
    plan: _Plan,
) -> str:
    incident = _incident(number % routes)
    earlier = [_name(other) for other in range(number % routes, number, routes)]
    words: dict[str, Any] = {
        "route": _route(number % routes), "index": incident["index"], "tool": incident["tool"], "opened": opened,
        "count": random.randint(12, 48), "minutes": random.randint(21, 54), "days": random.randint(3, 9) * 10,
        "amount": 100 + number, "cost": f"{random.randint(1_000, 9_000)}.{random.randint(10, 99)}",
    }  # fmt: skip
    words["impact"] = incident["impact"].format(**words)
    words["Impact"] = words["impact"][:1].upper() + words["impact"][1:]
    failures = random.sample(_TEXTS["failures"], 2)
    words["control"] = failures[0]["control"]
    author, *people = random.sample(_PEOPLE, 4)
    front = [
        *_head(number, incident, words, author, earlier, opened),
        *_course(words, plan, opened, pack),
        *_answers(failures, words, people, opened, pack["outcome"][0], plan),
        *_restart(_PEOPLE[number % routes % len(_PEOPLE)], opened, pack["outcome"][0], plan),
    ]
    return "---\n" + "\n".join(front) + "\n---\n" + _body(words, random)


def _head(
    number: int,
    incident: dict[str, Any],
    words: dict[str, Any],
    author: str,
    earlier: list[str],
    opened: date,
) -> list[str]:
    return [
        f"id: {_name(number)}",
        f"title: {incident['title']} {incident['what'].format(**words)}",
        "status: accepted",
        "severity: customer-visible-defect",
        f"trigger: {incident['trigger']}",
        f"opened: {opened}",
        f'authors: ["{author}"]',
        f"routes: [{words['route']}]",
        f"summary: {words['Impact']}, before the token of the route was revoked.",
        "impact:",
        f"  description: {words['Impact']}.",
        f"  customers: {words['count']}",
        f"  cost: {{amount: {words['cost']}, currency: EUR}}",
        f"recurrence_of: [{', '.join(earlier)}]",
    ]


def _course(
    words: dict[str, Any], plan: _Plan, opened: date, pack: dict[str, tuple[str, str]]
) -> Iterator[str]:
    yield "clocks:"
    for name, value in plan.clocks.items():
        yield f"  {name}: {value}"
    restart = "null"
    if plan.restart is not None:
        restart = f"{opened + timedelta(plan.restart)}T09:00:00Z"
    yield f"  restart: {restart}"
    yield "timeline:"
    for event, moment, kind in zip(_TEXTS["timeline"], plan.moments, _KINDS[1:], strict=True):
        said = event.format(**words)
        yield f'  - {{at: {_moment(moment)}, event: "{said}", evidence: {kind}}}'
    yield "agent_path:"
    for step in _TEXTS["steps"]:
        yield '  - {{step: {step}, name: {name}, note: "{note}", evidence: {evidence}}}'.format(
            **{key: text.format(**words) for key, text in step.items()}
        )
    yield "evidence:"
    for kind, (path, digest) in pack.items():
        yield f'  {kind}: [{{path: {path}, sha256: "{digest}"}}]'


def _answers(
    failures: list[dict[str, Any]],
    words: dict[str, Any],
    people: list[str],
    opened: date,
    proof: str,
    plan: _Plan,
) -> Iterator[str]:
    yield "findings:"
    for number, one in enumerate(failures, 1):
        yield f'  - {{id: F{number}, class: {one["class"]}, statement: "{one["statement"].format(**words)}"}}'
    yield "failed_controls:"
    for number, one in enumerate(failures, 1):
        why = one["why"].format(**words)
        yield f'  - {{control: {one["control"]}, expected: {one["expected"]}, why: "{why}", findings: [F{number}]}}'
    yield "actions:"
    parts = [
        (finding, one, each)
        for finding, one in enumerate(failures, 1)
        for each in range(len(one["layers"]))
    ]
    owners = cycle(people)
    for place, (finding, one, each) in enumerate(parts, 1):
        yield f"  - id: A{place}"
        yield f"    title: {one['titles'][each].format(**words)}"
        yield f"    layer: {one['layers'][each]}"
        yield f"    findings: [F{finding}]"
        yield f"    control: {one['control']}"
        yield f'    owner: "{next(owners)}"'
        yield f"    deadline: {opened + timedelta(plan.deadline)}"
        yield f"    done_when: {one['done'][each].format(**words)}"
        if place > len(parts) - plan.still_open:
            yield "    status: open"
        else:
            yield f"    status: done\n    proof: [{{path: {proof}}}]"
            yield f'    verified_by: "{people[place % len(people)]}"'


def _restart(owner: str, opened: date, proof: str, plan: _Plan) -> Iterator[str]:
    condition = '{id: R1, text: "14 days in propose-only with 0 rescues", met: '
    yield "restart:\n  conditions:"
    if plan.still_open:
        yield f"    - {condition}false}}"
    else:
        yield f"    - {condition}true, proof: [{{path: {proof}}}]}}"
        yield f'  signoff: {{by: "{owner}", "on": {opened + timedelta(35)}}}'


def _body(words: dict[str, Any], random: Random) -> str:
    parts = []
    for title, sentences in _TEXTS["body"].items():
        skipped = random.randrange(1, len(sentences) * 3)  # a third of the sections lack a sentence
        kept = [
            sentence.format(**words)
            for number, sentence in enumerate(sentences)
            if number != skipped
        ]
        parts.append(f"## {title}\n" + "\n".join(kept) + "\n")
    return "\n".join(parts)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.corpus",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="a new or empty folder")
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--routes", type=int, help="default: one for five documents")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--finding",
        choices=FINDINGS,
        default="",
        help="put one finding of this kind into every document",
    )
    parser.add_argument(
        "--spread", action="store_true", help="let gaps, lateness, owners and restarts differ"
    )
    parser.add_argument(
        "--cut", action="store_true", help="cut the front matter out into DIR/front, too"
    )
    options = parser.parse_args()
    write(
        options.folder,
        options.documents,
        options.routes or max(1, options.documents // 5),
        options.seed,
        options.finding,
        spread=options.spread,
    )
    if options.cut:
        cut(options.folder)


if __name__ == "__main__":
    main()
