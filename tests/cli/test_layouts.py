"""Every writing verb on every layout: the same change of the data, and nothing else in the file.

A layout is the same review as another hand or another system would have written it.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable

import pytest

from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import decode
from tests.cli.desk import ALERT, FILE, Desk

ID = "PM-2026-001"
OTHER = "PM-2025-004"
BY = ("--approved-by", "@Ines")
WHY = ("--reason", "the vendor ships it two weeks later")

CLOSE = ("close", ID, "A2", "--proof", ALERT, "--verified-by", "@maria")
MEET = ("meet", ID, "R1", "--proof", ALERT)
SIGN = ("signoff", "refund-triage", "--by", "@maria")
START = ("move", ID, "A2", "in-progress")
STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "start": (START,),
    "reopen what is in progress": (START, ("move", ID, "A2", "open")),
    "reopen what is done": (CLOSE, ("move", ID, "A2", "open")),
    "close": (CLOSE,),
    "meet": (MEET,),
    "cancel": (("cancel", ID, "A2", *WHY, *BY),),
    "withdraw": (("move", ID, "withdrawn", *WHY, *BY),),
    "amend a deadline": (("amend", ID, "A2", "--deadline", "2026-11-06", *WHY, *BY),),
    "amend it again": (
        ("amend", ID, "A2", "--deadline", "2026-11-06", *WHY, *BY),
        ("amend", ID, "A2", "--deadline", "2026-11-09", *WHY, *BY),
    ),
    "amend a condition": (
        ("amend", ID, "R1", "--text", "30 days in propose-only with 0 rescues", *WHY, *BY),
    ),
    "amend the owner": (("amend", ID, "A2", "--owner", "@maria", *WHY, *BY),),
    "link a recurrence": (("amend", ID, "--add", f"recurrence_of={OTHER}"),),
    "sign off": (CLOSE, MEET, SIGN),
    "finish": (CLOSE, MEET, SIGN, ("move", ID, "closed", "--restarted", "2026-10-15")),
}
"""For each step the verbs that lead to it, and last the one that is tried on the layouts."""


def commented(text: str) -> str:
    """A comment behind each field of the front matter and one above each, counted."""
    front, body = text.split("\n---\n", 1)
    lines = front.split("\n")
    found = [lines[0]]
    for number, line in enumerate(lines[1:]):
        blanks = line[: len(line) - len(line.lstrip())]
        found += [f"{blanks}# above {number}: [x", f"{line}   # behind {number}: {{y"]
    return "\n".join(found) + "\n---\n" + body


def quoted_keys(text: str) -> str:
    front, body = text.split("\n---\n", 1)
    return re.sub(r"(?m)^( *(?:- )?)(\w+):", r'\1"\2":', front) + "\n---\n" + body


def flow(text: str) -> str:
    """The actions and conditions as flow mappings on one line each, the lists around them too."""
    found = []
    for line in text.split("\n"):
        if line.startswith("  - id: A"):
            found.append("  - {" + line.strip()[2:] + "}")
        elif line.startswith("      - {") and found[-1].startswith("  - {id: A"):
            found[-1] = f"{found[-1][:-1]}[{line.strip()[2:]}]}}"
        elif line == "    amendments:":
            found[-1] = f"{found[-1][:-1]}, amendments: }}"
        elif (
            line.startswith("    ")
            and found[-1].startswith("  - {id: A")
            and not line.startswith("    -")
        ):
            name, value = line.strip().split(": ", 1)
            value = (
                value
                if value[0] in '"[{'
                else f'"{value}"'
                if name in ("title", "done_when")
                else value
            )
            found[-1] = found[-1][:-1] + f", {name}: {value}}}"
        else:
            found.append(line)
    return "\n".join(found)


def block(text: str) -> str:
    """The condition, the evidence and the lists as blocks."""
    text = re.sub(
        r'(?m)^    - \{id: (R1), text: "([^"]*)", met: (\w+)(?:, [^\n]*)?\}$',
        lambda one: (
            one[0]
            if "proof" in one[0]
            else f'    - id: {one[1]}\n      text: "{one[2]}"\n      met: {one[3]}'
        ),
        text,
    )
    text = text.replace("routes: [refund-triage]", "routes:\n- refund-triage")
    return text.replace("    findings: [F1]\n", "    findings:\n      - F1\n")


LAYOUTS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "comments": commented,
    "quoted keys": quoted_keys,
    "flow": flow,
    "block": block,
    "without a newline at the end": lambda text: text.removesuffix("\n"),
    "without a body": lambda text: text.split("\n---\n", 1)[0] + "\n---",
    "all at once": lambda text: (
        commented(block(quoted_keys(text))).replace("\n", "\r\n").removesuffix("\r\n")
    ),
}


COMMENT = re.compile(r"# (?:above|behind) [0-9]+: [\[{].")


def data_of(text: str) -> object:
    return read_postmortem(decode(FILE, text.encode())).data


def prepare(desk: Desk, step: str) -> tuple[str, ...]:
    """Everything before the last verb of a step, as merged changes; the last verb."""
    other = desk.read().replace(ID, OTHER).replace("evidence/PM-2025-004", f"evidence/{ID}")
    desk.write(
        f"postmortems/{OTHER}-refunds.md", other.replace("routes: [refund-triage]", "routes: []")
    )
    desk.land_alert()
    *before, last = STEPS[step]
    for words in before:
        assert desk.run(*words).code == 0, words
        desk.commit(" ".join(words[:3]))
    if step == "finish":
        desk.edit(
            "state: paused\nrestart: false",
            "state: running\nrestart: true",
            "routes/refund-triage.yaml",
        )
        desk.commit("Restart the route")
    return last


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("step", STEPS)
def test_a_verb_changes_what_it_sets_and_nothing_else(step: str, layout: str, desk: Desk) -> None:
    last = prepare(desk, step)
    plain = desk.read()
    assert desk.run(*last).code == 0
    wanted = data_of(desk.read())
    changed = LAYOUTS[layout](plain)
    assert data_of(changed) == data_of(plain)
    desk.write(FILE, changed)
    desk.commit("Another hand")
    ran = desk.run(*last)
    assert (ran.code, ran.error) == (0, ""), ran.output
    assert "\nnext: " in ran.output
    after = desk.read()
    assert data_of(after) == wanted
    lost = Counter(changed.splitlines(keepends=True)) - Counter(after.splitlines(keepends=True))
    assert sum(lost.values()) <= 5, lost
    gone = Counter(COMMENT.findall(changed)) - Counter(COMMENT.findall(after))
    # what is behind a field goes with it: the proof, the day and the verifier of what is open again
    assert sum(gone.values()) <= (3 if step == "reopen what is done" else 0)
    assert all(comment.startswith("# behind") for comment in gone)
    assert after.count("\n") - after.count("\r\n") == (
        0 if "\r\n" in changed else after.count("\n")
    )
    assert after.endswith("\n") == changed.endswith("\n")
    assert desk.git("status", "--porcelain") == f"M {FILE}"
    desk.git("checkout", "--quiet", ".")
    assert desk.read() == changed


@pytest.mark.parametrize("step", STEPS)
def test_a_file_with_an_anchor_is_refused_and_left_as_it_was(step: str, desk: Desk) -> None:
    last = prepare(desk, step)
    desk.edit("findings: [F1]\n    control", "findings: &f [F1]\n    control")
    before = desk.read()
    ran = desk.run(*last)
    assert ran.code in (1, 2)
    assert "anchor" in ran.error + ran.output, ran
    assert desk.read() == before


@pytest.mark.parametrize("step", STEPS)
def test_a_file_with_a_byte_order_mark_is_refused_and_left_as_it_was(step: str, desk: Desk) -> None:
    last = prepare(desk, step)
    desk.write(FILE, "\ufeff" + desk.read())
    desk.commit("Another editor")
    ran = desk.run(*last)
    assert (
        ran.code,
        "the file begins with a byte order mark\n  help: save it as UTF-8 without" in ran.output,
    ) == (1, True), ran
    assert desk.git("status", "--porcelain") == ""


ROUTE = "routes/refund-triage.yaml"
ROUTES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "without a newline at the end": lambda text: text.removesuffix("\n"),
    "comments": lambda text: text.replace("\n", "   # behind\n"),
    "quoted keys": lambda text: re.sub(r"(?m)^(\w+):", r'"\1":', text),
}


@pytest.mark.parametrize("layout", ROUTES)
def test_the_owner_signs_a_route_of_each_layout_with_a_key(
    layout: str, desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key = tmp_path_factory.mktemp("keys") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    desk.edit(
        '- {handle: "@maria"}', f'- {{handle: "@maria", allowed_signer: "{public}"}}', "people.yaml"
    )
    desk.write(ROUTE, ROUTES[layout](desk.read(ROUTE)))
    desk.commit("The key of the owner")
    ran = desk.run("signoff", "refund-triage", "--key", str(key))
    assert (ran.code, ran.error) == (0, ""), ran
    assert ran.output == (
        "wrote signoffs/refund-triage.json\nnext: merge it by 2026-10-29; @maria signed PM-2026-001\n"
    )
    assert desk.git("status", "--porcelain") == "?? signoffs/"


def test_a_route_with_a_byte_order_mark_is_not_signed(desk: Desk) -> None:
    desk.write(ROUTE, "\ufeff" + desk.read(ROUTE))
    desk.commit("Another editor")
    ran = desk.run("signoff", "refund-triage", "--key", "key")
    assert ran.code in (1, 2)
    assert desk.git("status", "--porcelain") == ""
