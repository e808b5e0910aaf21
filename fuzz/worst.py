"""The worst inputs found: what each costs a whole ``pmlint check``, and how that grows with its
size.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench.measure import Command, Failed, Run, run

BASE = Path(__file__).parents[1] / "tests" / "cases" / "base"
SECONDS = 2
"""What a hostile file may cost (docs/spec/security.md, budgets)."""
MEGABYTES = 256
PATIENCE = 30
"""After so many seconds a run is ended."""
POSTMORTEM = (
    (BASE / "postmortems" / "PM-2026-001-refunds.md")
    .read_text(encoding="utf-8")
    .replace("PM-2026-001", "PM-2026-002", 1)
)
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
    return "".join(
        line.replace("#", str(number)) for number in range(size // (len(line) + 4 * ("#" in line)))
    )


def postmortem(*changes: str) -> Files:
    """The second postmortem of the base with texts replaced: one, by another, one, by another."""
    text = POSTMORTEM
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return {"postmortems/PM-2026-002.md": text}


def body(unit: str) -> Callable[[int], Files]:
    """A body that repeats one text."""
    return lambda size: {"postmortems/PM-2026-002.md": POSTMORTEM + fill(unit, size)}


def field(name: str, unit: str) -> Callable[[int], Files]:
    """A field of the postmortem that repeats one text."""
    return lambda size: postmortem(f"{name}: ", f"{name}: {fill(unit, size)} ")


def items(*lists: str) -> Callable[[int], Files]:
    """More items of lists of the postmortem, before their first: the name of one, its item, the
    name of one, its item.
    """
    part = len(lists) // 2

    def added(size: int) -> Iterator[str]:
        for above, line in zip(lists[::2], lists[1::2], strict=True):
            yield from (f"{above}:\n", f"{above}:\n{numbered(line, size // part)}")

    return lambda size: postmortem(*added(size))


def listed(field: str, item: str) -> Callable[[int], Files]:
    """More elements at the beginning of a list on one line."""
    return lambda size: postmortem(f"{field}: [", f"{field}: [{numbered(item + ', ', size)}")


def action(name: str, unit: str, before: str = "", after: str = "") -> Callable[[int], Files]:
    """A field of an action that repeats one text, as a quoted text."""
    start = POSTMORTEM.index(f"    {name}: ")
    line = POSTMORTEM[start : POSTMORTEM.index("\n", start)]
    return lambda size: postmortem(
        line, f"    {name}: {json.dumps(before + fill(unit, size) + after, ensure_ascii=False)}"
    )


def beside(*inputs: Callable[[int], Files]) -> Callable[[int], Files]:
    """Inputs in different files of one repository, each with its part of the size."""
    return lambda size: {
        path: text for one in inputs for path, text in one(size // len(inputs)).items()
    }


def route(field: str, unit: str) -> Callable[[int], Files]:
    """More lines or elements below a field of the route."""
    text = (BASE / "routes" / "refund-triage.yaml").read_text(encoding="utf-8")
    assert field in text
    return lambda size: {
        "routes/refund-triage.yaml": text.replace(field, field + numbered(unit, size), 1)
    }


def top(line: str) -> Callable[[int], Files]:
    """More lines at the top of the front matter."""
    return lambda size: postmortem("---\n", f"---\n{numbered(line, size)}")


def mapped(name: str, text: Callable[[int], str]) -> Callable[[int], Files]:
    """A file of another platform."""
    return lambda size: {"pmlint.toml": MAPPING, f"agents/{name}": text(size)}


def settings(text: Callable[[int], str]) -> Callable[[int], Files]:
    """A configuration."""
    return lambda size: {
        "pmlint.toml": text(size),
        "agents/a.json": "{}",
        f"agents/{'a' * 200}": "{}",
    }


def toml(before: str, item: str, after: str) -> Callable[[int], Files]:
    """A configuration with a long list."""
    return lambda size: {"pmlint.toml": before + numbered(item, size) + after}


def policy(condition: str, each: str = "", message: str = "no") -> Callable[[int], Files]:
    """A policy of the repository."""
    text = (BASE.parents[2] / "policies" / "no-structural-action.yaml").read_text(encoding="utf-8")
    start, end = text.index("require:"), text.index("message:")
    over = f"each: {json.dumps(each)}\n" if each else ""
    whole = f"{text[:start]}{over}require: {json.dumps(condition)}\n{text[end:]}".replace(
        "no-structural-action", "mine"
    )
    whole = re.sub("(?m)^message: .*$", lambda found: f"message: {json.dumps(message)}", whole)
    return lambda size: {"policies/mine.yaml": whole}


def bomb(size: int) -> str:
    """Nine lists of nine aliases of the list above: 9^9 values."""
    rows = (
        f"{name}: &{name} [{','.join([f'*{above}'] * 9)}]\n"
        for above, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(rows)


SMALL = "  - {id: B#, title: x, layer: alert, status: open}\n"
CANCELLED = "  - {id: B#, title: x, layer: limits, status: cancelled, cancelled: {reason: x, approved_by: '@eva'}}\n"
WAIVER = "  - {rule: NAME, until: 2026-12-01, reason: later, approved_by: '@eva'}\n"
DIGEST = "0" * 64
ACTION = (
    '  - {id: B#, title: Cap it, layer: alert, owner: "@tom", deadline: 2026-10-30, status: open}\n'
)
LISTS = json.loads((BASE.parents[2] / "schema" / "words" / "en.json").read_text(encoding="utf-8"))[
    "lists"
]
EVERY_WORD = (
    " ".join(
        sorted(
            {
                cue
                for groups in LISTS.values()
                for group in groups
                for cue in group.get("cues", "").split()
            }
        )
    )
    + " "
)
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
    "waivers": lambda size: postmortem("---\n", "---\nwaivers:\n" + fill(WAIVER.replace("NAME", "vague-action"), size)),
    "waivers of unknown rules": lambda size: postmortem("---\n", "---\nwaivers:\n" + numbered(WAIVER.replace("NAME", "a-rul#"), size)),
    "waivers and findings": lambda size: postmortem(
        "---\n", "---\nwaivers:\n" + fill(WAIVER.replace("NAME", "layer-contradiction").replace("@eva", "@tom"), size // 2),
        "actions:\n", "actions:\n" + numbered(ACTION, size // 2),
    ),
    "waivers and placeholders": lambda size: {
        "postmortems/PM-2026-002.md": POSTMORTEM.replace(
            "---\n", "---\nwaivers:\n" + fill(WAIVER.replace("NAME", "vague-action"), size // 2), 1
        )
        + fill("TODO ", size // 2)
    },
    "ignored rules and placeholders": beside(body("TODO "), toml("ignore = [", '"vague-action", ', "]\n")),
    "a long id": lambda size: {
        "postmortems/PM-2026-002.md": POSTMORTEM.replace("PM-2026-002", f"PM-2026-{fill('0', size // 2)}", 1) + fill("TODO ", size // 2)
    },
    "one route again and again": beside(
        lambda size: postmortem("[refund-triage]", f"[{fill('refund-triage, ', size)}]"), route("postmortems: [", "PM-2026-#, ")
    ),
    "actions that investigate": items("actions", ACTION.replace("Cap it", "Investigate it")),
    "actions that train": items("actions", ACTION.replace("Cap it", "Remind everybody to be careful")),
    "actions that improve": items("actions", ACTION.replace("Cap it", "Improve it").replace("alert", "communication")),
    "actions cancelled by one of very many": lambda size: postmortem(
        '["@dana"]', "[" + numbered("'@dem#', ", size // 2) + "]", "actions:\n", "actions:\n" + numbered(CANCELLED, size // 2)
    ),
    "amendments": lambda size: postmortem(
        "    status: open\n",
        "    status: open\n    amendments:\n"
        + fill("      - {on: 2026-10-10, field: deadline, from: 2026-10-30, to: 2026-12-01, reason: x, approved_by: '@olu'}\n", size),
    ),
    "findings that actions name, unknown": lambda size: postmortem(
        "findings: [F1]\n    control", f"findings: [{numbered('G#0000000000, ', size // 2)}]\n    control",
        "findings:\n", "findings:\n" + numbered("  - {id: F#9, class: other, statement: x}\n", size // 2),
    ),
    "findings times actions": items("findings", "  - {id: G#, class: exceeded-authority, statement: x}\n", "actions", SMALL),
    "unknown controls": beside(
        items("failed_controls", "  - {control: refund-approva#, expected: prevent, why: x, findings: [F1]}\n"),
        route("controls:\n", "  - {id: refund-approv#, layer: limits, guards: prevent, description: x}\n"),
    ),
    "earlier postmortems, unknown": lambda size: postmortem("---\n", f"---\nrecurrence_of: [{numbered('PM-2026-#, ', size)}]\n"),
    "postmortems of a route, unknown": route("postmortems: [", "PM-2026-#, "),
    "taxonomies, unknown": beside(
        lambda size: postmortem("---\n", f"---\ntaxonomy: [{numbered('mine#:abd, ', size)}]\n"),
        toml("[taxonomies]\n", 'mime# = ["a"]\n', ""),
    ),
    "ids of a taxonomy, unknown": beside(
        lambda size: postmortem("---\n", f"---\ntaxonomy: [{numbered('mine:abd#, ', size)}]\n"),
        toml("[taxonomies]\nmine = [", '"abc#", ', "]\n"),
    ),
    "evidence again and again": listed("outcome", f"{{path: evidence/PM-2026-001/outcome.md, sha256: '{DIGEST}'}}"),
    "evidence that is not there": listed("outcome", f"{{path: evidence/a#.md, sha256: '{DIGEST}'}}"),
    "the path of an agent": items("agent_path", "  - {step: tool, name: a, note: human error}\n"),
    "a timeline out of order": items(
        "timeline", "  - {at: 2026-09-12T06:04:10Z, event: x, evidence: tool_log}\n  - {at: 2026-09-12T05:04:10Z, event: x}\n"
    ),
    "unknown routes": lambda size: postmortem("[refund-triage]", f"[{numbered('refund-triag#, ', size)}]"),
    "unknown people": lambda size: {
        **postmortem('["@dana"]', "[" + numbered("'@dem#', ", size // 2) + "]"),
        "people.yaml": numbered("- {handle: '@dan#'}\n", size // 2),
    },
    "placeholders": body("TODO "),
    "placeholders on a line of other letters": body("é TODO "),
    "placeholders in a field": field("summary", "TODO "),
    "placeholders in code": body("```\nTODO\n"),
    "'be careful' as one sentence": body("be careful "),
    "'be careful' as paragraphs": body("We should be careful.\n\n"),
    "'human error'": body("human error "),
    "a title of 'remind everybody to'": field("title", "remind everybody to "),
    "a title of every word that is read": action("title", EVERY_WORD),
    "a title of quotations that don't end": action("title", "„one two ", "improve "),
    "a title of slashes": action("title", "a/", "improve "),
    "a title of one word and a link": action("title", "a", "improve ", " x://y"),
    "an end of at signs": action("done_when", "@", "", " /"),
    "an end of commas": action("done_when", "1,"),
    "an end of one word": action("done_when", "a", "", " test"),
    "an end of paths": lambda size: postmortem("done_when: ", "done_when: " + numbered("a/# ", size)),
    "proofs by one test": beside(listed("proof", "{path: tests/test_a.py}"), lambda size: {"tests/test_a.py": "x = 'a'\n" * 8000}),
    "a test of line feeds": beside(action("done_when", "tests/test_a.py "), lambda size: {"tests/test_a.py": "\n" * min(size, 65536)}),
    "phrases of a team": beside(action("title", "abc "), toml("[words]\nadd = {vague-action = [", '"abc d#", ', "]}\n")),
    "a long phrase of a team": beside(action("title", "a "), toml('[words]\nadd = {vague-action = ["', "a ", 'b"]}\n')),
    "phrases that a team removed": beside(
        items("actions", ACTION.replace("Cap it", "Improve the monitoring").replace("alert", "communication")),
        toml("[words]\nremove = {vague-action = [", '"monitor ab#", ', "]}\n"),
    ),
    "a statement of blame": field("statement", "the engineer failed to "),
    "headings": body("# a\n"),
    "a long heading": lambda size: postmortem(
        "## Timeline\n", "## " + fill("a", size // 2) + "\n" + fill("### b\n\nwe should be careful\n\n", size // 2) + "## Timeline\n"
    ),
    "comments in a section": lambda size: postmortem("## Timeline\n", f"## Timeline\n{fill('<!---->', size)}\n"),
    "stars": body("*a **b "),
    "links that don't end": body("[a]("),
    "HTML that does not end": body("<a <!-- "),
    "routes without id, foreign": mapped("a.json", lambda size: '{"agents": [' + fill("{}, ", size // 3) + "{}]}"),
    "routes, foreign": mapped("a.json", lambda size: '{"agents": [' + numbered('{"name": "n#"}, ', size // 2) + "{}]}"),
    "mappings of other platforms": lambda size: {"pmlint.toml": fill(MAPPING, size), "agents/a.yaml": "agents:\n- {name: x}\n"},
    "restart flags and routes": lambda size: {
        "pmlint.toml": MAPPING.replace('["spec.replicas > 0"]', f"[{numbered(chr(34) + 'on#' + chr(34) + ', ', 210)}]"),  # almost 20
        "agents/a.json": '{"agents": [' + numbered('{"name": "n#"}, ', size * 3 // 4) + "{}]}",
    },
    "routes and open actions": lambda size: {
        "pmlint.toml": MAPPING + 'postmortems = "pm"\n',
        "agents/a.json": '{"agents": [' + numbered('{"name": "n#", "pm": ["PM-2026-002"]}, ', size // 2) + "{}]}",
        **items("actions", ACTION)(size // 2),
    },
    "CODEOWNERS": lambda size: {"people.yaml": "", ".github/CODEOWNERS": numbered("/a#/**/b @dan#\n", size)},
    "a pattern of stars, CODEOWNERS": lambda size: {"people.yaml": "", ".github/CODEOWNERS": f"{fill('*a', size)} @dana\n"},
    "a key of 100,000 parts, TOML": mapped("a.toml", lambda size: f"a{'.a' * (size // 2)} = 1\n"),
    "a restart flag of blanks": settings(lambda size: MAPPING.replace("spec.replicas > 0", fill(" ", size))),
    "a pattern of stars": settings(lambda size: MAPPING.replace("agents/*", "agents/" + "*a" * (size // 2000) + "b")),
    "loops in loops, policy": policy(f"{NUMBERS}.all(a, {NUMBERS}.all(b, {NUMBERS}.all(c, a + b + c >= 0)))"),
    "lists of lists, policy": beside(items("actions", SMALL), policy("size(postmortem.actions.map(a, a.id)) < 0", "postmortem.actions")),
    "lists in a message, policy": beside(
        items("actions", SMALL), policy("false", "postmortem.actions", "{postmortem.actions.map(a, a.id).size()}")
    ),
    "lists of lists of 900, policy": beside(
        lambda size: items("actions", SMALL)(min(size, 45_000)), policy("size(postmortem.actions.map(a, a.id)) < 0", "postmortem.actions")
    ),
    "a long text again and again, policy": beside(
        field("summary", "ab@c 1 "), policy(f"{NUMBERS}.all(a, {NUMBERS}.all(b, size(artefacts(postmortem.summary)) >= 0))")
    ),
    "a message of expressions, policy": lambda size: policy("true", "", numbered("{#}", size))(size),
    "5,000 brackets, policy": policy("(" * 5000 + "true" + ")" * 5000),
    "a pattern that goes back, policy": policy("'" + "a" * 20000 + "'.matches('(a*)*$')"),
}  # fmt: skip
SIZE = 200_000
"""About how many characters an input has."""


def cost(name: str, size: int = SIZE) -> Cost:
    """Check a repository with an input, at full and at half its size.

    Raises `bench.measure.Failed` where it crashes.
    """
    with tempfile.TemporaryDirectory() as folder:
        costs = []
        for part, wanted in ((Path(folder, "half"), size // 2), (Path(folder, "full"), size)):
            shutil.copytree(BASE, part)
            files = CALLS[name](wanted)
            for path, text in files.items():
                (part / path).parent.mkdir(exist_ok=True)
                (part / path).write_text(text, encoding="utf-8")
                if not text:
                    (part / path).unlink()  # of the base
            check = "-m pmlint check --no-cache --now 2026-10-15 --output-format sarif"
            words = ("timeout", "--signal=KILL", str(PATIENCE), sys.executable, *check.split())
            costs.append(run(Command(words, part, (0, 1, 2), {"PYTHONPATH": str(BASE.parents[2])})))
    return Cost(sum(map(len, files.values())), costs[1], costs[0])


def table() -> None:
    """Print what each input costs, and by how much that grows when the input becomes twice as long."""
    print("| input | characters | seconds | MB | twice as long | |\n|---|--:|--:|--:|--:|---|")
    for name in CALLS:
        try:
            size, full, half = cost(name)
        except Failed as failed:
            killed = "exit code -9" in str(failed) or "exit code 137" in str(failed)
            print(
                f"| {name} | {SIZE:,} | {f'more than {PATIENCE}' if killed else failed} | | | over |",
                flush=True,
            )
            continue
        over = "over " if full.cpu > SECONDS or full.memory > MEGABYTES << 20 else ""
        print(
            f"| {name} | {size:,} | {full.cpu:.2f} | {full.memory / (1 << 20):.0f} | × {full.cpu / half.cpu:.1f} | {over}|",
            flush=True,
        )
