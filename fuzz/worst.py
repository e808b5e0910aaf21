"""The worst inputs found: what each costs a whole ``pmlint check``, and how that grows with its size."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bench.measure import Command, Failed, Run, run

BASE = Path(__file__).parents[1] / "tests" / "cases" / "base"
SECONDS = 2
"""What a hostile file may cost (spec/security.md, budgets)."""
MEGABYTES = 256
POSTMORTEM = (BASE / "postmortems" / "PM-2026-001-refunds.md").read_text(encoding="utf-8").replace("PM-2026-001", "PM-2026-002", 1)
MAPPING = '[[registry]]\nfiles = "agents/*"\nid = "name"\neach = "agents[*]"\nrestart_flags = ["spec.replicas > 0"]\n'
Files = dict[str, str]


class Cost(NamedTuple):
    """What an input costs at full and at half size."""

    size: int
    full: Run
    half: Run


def fill(unit: str, size: int) -> str:
    """A text of that many characters."""
    return unit * (size // len(unit))


def numbered(line: str, size: int) -> str:
    """As many copies of a text as there is room for; ``#`` is the number of each."""
    return "".join(line.replace("#", str(number)) for number in range(size // (len(line) + 4 * ("#" in line))))


def postmortem(old: str, new: str) -> Files:
    """The second postmortem of the base with one text replaced by another."""
    assert old in POSTMORTEM
    return {"postmortems/PM-2026-002.md": POSTMORTEM.replace(old, new, 1)}


def body(unit: str) -> Callable[[int], Files]:
    """A body that repeats one text."""
    return lambda size: {"postmortems/PM-2026-002.md": POSTMORTEM + fill(unit, size)}


def field(name: str, unit: str) -> Callable[[int], Files]:
    """A field of the postmortem that repeats one text."""
    return lambda size: postmortem(f"{name}: ", f"{name}: {fill(unit, size)} ")


def items(above: str, line: str) -> Callable[[int], Files]:
    """More items of a list of the postmortem, before its first."""
    return lambda size: postmortem(f"{above}:\n", f"{above}:\n{numbered(line, size)}")


def top(line: str) -> Callable[[int], Files]:
    """More lines at the top of the front matter."""
    return lambda size: postmortem("---\n", f"---\n{numbered(line, size)}")


def mapped(name: str, text: Callable[[int], str]) -> Callable[[int], Files]:
    """A file of another platform."""
    return lambda size: {"pmlint.toml": MAPPING, f"agents/{name}": text(size)}


def settings(text: Callable[[int], str]) -> Callable[[int], Files]:
    """A configuration."""
    return lambda size: {"pmlint.toml": text(size), "agents/a.json": "{}", f"agents/{'a' * 200}": "{}"}


def policy(condition: str) -> Callable[[int], Files]:
    """A policy of the repository."""
    text = (BASE.parents[2] / "policies" / "no-structural-action.yaml").read_text(encoding="utf-8")
    start, end = text.index("require:"), text.index("message:")
    whole = f"{text[:start]}require: {json.dumps(condition)}\n{text[end:]}".replace("no-structural-action", "mine")
    return lambda size: {"policies/mine.yaml": whole}


def bomb(size: int) -> str:
    """Nine lists of nine aliases of the list above: 9^9 values."""
    rows = (f"{name}: &{name} [{','.join([f'*{above}'] * 9)}]\n" for above, name in zip("abcdefgh", "bcdefghi", strict=True))
    return "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(rows)


ACTION = '  - {id: B#, title: Cap it, layer: alert, owner: "@tom", deadline: 2026-10-30, status: open}\n'
NUMBERS = f"[{','.join(map(str, range(100)))}]"
CALLS: dict[str, Callable[[int], Files]] = {
    "aliases of aliases": top(bomb(0)),
    "aliases of aliases, foreign": mapped("a.yaml", bomb),
    "merge keys of merge keys, foreign": mapped(
        "a.yaml", lambda size: "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, size // 36))
    ),
    "200,000 brackets": field("summary", "["),
    "a line of 200 kB": field("summary", "a"),
    "a number of 200,000 digits": field("customers", "9"),
    "blanks": field("summary", "a" + " " * 999),
    "question marks": field("summary", "a ? "),
    "unknown fields": top("summar#: 1\n"),
    "one field again and again": top("status: accepted\n"),
    "empty actions": items("actions", "  - {   }\n"),
    "one action again and again": items("actions", ACTION.replace("#", "1")),
    "actions": items("actions", ACTION),
    "actions with dates to be fixed": items("actions", ACTION.replace("2026-10-30", "2026/10/30")),
    "actions with owners to be fixed": items("actions", ACTION.replace('"@tom"', "tom")),
    "findings": items("findings", "  - {id: G#, class: exceeded-authority, statement: x}\n"),
    "controls": items("failed_controls", "  - {control: refund-approva#, expected: prevent, why: x, findings: [F1]}\n"),
    "timeline": items("timeline", "  - {at: 2026-09-12T06:04:10Z, event: x, evidence: tool_log}\n"),
    "waivers": lambda size: postmortem(
        "---\n", "---\nwaivers:\n" + fill("  - {rule: vague-action, until: 2026-12-01, reason: later, approved_by: '@eva'}\n", size)
    ),
    "unknown routes": lambda size: postmortem("[refund-triage]", f"[{numbered('refund-triag#, ', size)}]"),
    "unknown people": lambda size: {
        **postmortem('["@dana"]', "[" + numbered("'@dem#', ", size // 2) + "]"),
        "people.yaml": numbered("- {handle: '@dan#'}\n", size // 2),
    },
    "placeholders": body("TODO "),
    "'be careful' as one sentence": body("be careful "),
    "'be careful' as paragraphs": body("We should be careful.\n\n"),
    "'human error'": body("human error "),
    "a title of 'remind everybody to'": field("title", "remind everybody to "),
    "a statement of blame": field("statement", "the engineer failed to "),
    "headings": body("# a\n"),
    "stars": body("*a **b "),
    "links that don't end": body("[a]("),
    "HTML that does not end": body("<a <!-- "),
    "routes without id, foreign": mapped("a.json", lambda size: '{"agents": [' + fill("{}, ", size // 3) + "{}]}"),
    "routes, foreign": mapped("a.json", lambda size: '{"agents": [' + numbered('{"name": "n#"}, ', size // 2) + "{}]}"),
    "a key of 100,000 parts, TOML": mapped("a.toml", lambda size: f"a{'.a' * (size // 2)} = 1\n"),
    "a restart flag of blanks": settings(lambda size: MAPPING.replace("spec.replicas > 0", fill(" ", size))),
    "a pattern of stars": settings(lambda size: MAPPING.replace("agents/*", "agents/" + "*a" * (size // 2000) + "b")),
    "loops in loops, policy": policy(f"{NUMBERS}.all(a, {NUMBERS}.all(b, {NUMBERS}.all(c, a + b + c >= 0)))"),
    "5,000 brackets, policy": policy("(" * 5000 + "true" + ")" * 5000),
    "a pattern that goes back, policy": policy("'" + "a" * 20000 + "'.matches('(a*)*$')"),
}  # fmt: skip
SIZE = 200_000
"""About how many characters an input has."""


def cost(name: str, size: int = SIZE) -> Cost:
    """Check a repository with an input, at full and at half its size. Raises `bench.measure.Failed` where it crashes."""
    with tempfile.TemporaryDirectory() as folder:
        costs = []
        for part, wanted in ((Path(folder, "half"), size // 2), (Path(folder, "full"), size)):
            shutil.copytree(BASE, part)
            files = CALLS[name](wanted)
            for path, text in files.items():
                (part / path).parent.mkdir(exist_ok=True)
                (part / path).write_text(text, encoding="utf-8")
            words = (
                "timeout",
                "30",
                sys.executable,
                "-m",
                "pmlint",
                "check",
                "--no-cache",
                "--now",
                "2026-10-15",
                "--output-format",
                "sarif",
            )
            costs.append(run(Command(words, part, (0, 1, 2), {"PYTHONPATH": str(BASE.parents[2])})))
    return Cost(sum(map(len, files.values())), costs[1], costs[0])


def table() -> None:
    """Print what each input costs, and by how much that grows when the input becomes twice as long."""
    print("| input | characters | seconds | MB | twice as long | |\n|---|--:|--:|--:|--:|---|")
    for name in CALLS:
        try:
            size, full, half = cost(name)
        except Failed as failed:
            print(f"| {name} | {SIZE:,} | | | | {str(failed)[-300:].splitlines()[0]} |", flush=True)
            continue
        over = "over" if full.cpu > SECONDS or full.memory > MEGABYTES << 20 else ""
        print(f"| {name} | {size:,} | {full.cpu:.2f} | {full.memory / (1 << 20):.0f} | × {full.cpu / half.cpu:.1f} | {over} |", flush=True)
