"""The catalogue of docs/spec/security.md: attacks, each with the name of its refusal, beside honest changes of the same shape.

An attack that restarts the route as well is refused as a restart; here most do nothing but loosen, which must be refused by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from tests.gate.world import ALERT, MET, POSTMORTEM, ROUTE, TEST, World

Edit = Callable[[World], object]


class Entry(NamedTuple):
    """One change: its name, what makes it, what its verdict says (empty for an honest one), and what stands on the target before."""

    name: str
    edit: Edit
    says: str = ""
    before: Edit | None = None


DONE = "    done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes\n    status: open\n"
SECOND = "postmortems/PM-2026-002-second.md"
FILTER = """\
id: named-route
title: A postmortem names no route
level: error
applies_to: postmortem
require: size(postmortem.routes) > 0
message: it names no route
why: Nobody knows what to stop.
fix: Name it.
examples:
  - {fails: 1, set: {routes: []}}
  - {fails: 0}
"""


def p(*pairs: tuple[str, str]) -> Edit:
    return lambda world: world.edit(POSTMORTEM, *pairs)


def r(*pairs: tuple[str, str]) -> Edit:
    return lambda world: world.edit(ROUTE, *pairs)


def file(path: str, text: str) -> Edit:
    return lambda world: world.write(path, text)


def met(world: World) -> None:
    world.meet()


def both(*edits: Edit) -> Edit:
    return lambda world: [edit(world) for edit in edits]


def gone(path: str) -> Edit:
    return lambda world: world.delete(path)


def moved(old: str, new: str) -> Edit:
    return lambda world: world.move(old, new)


def closed(proof: str = f"path: {ALERT}", verifier: str = "@maria") -> Edit:
    return lambda world: world.close(proof, verifier)


def amended(
    field: str, old: str, new: str, approver: str = "@eva", reason: str = "The vendor ships late."
) -> str:
    return f'    amendments: [{{"on": 2026-10-14, field: {field}, from: "{old}", to: "{new}", reason: "{reason}", approved_by: "{approver}"}}]\n'


def linked(world: World) -> None:
    """A symbolic link in the place of the postmortem."""
    world.move(POSTMORTEM, "elsewhere.md")
    os.symlink("../elsewhere.md", world.root / POSTMORTEM)


def linked_folder(world: World) -> None:
    world.move("postmortems", "reviews")
    os.symlink("reviews", world.root / "postmortems")


def duplicate(world: World) -> None:
    text = (
        world.read(POSTMORTEM)
        .replace("status: accepted", "status: closed")
        .replace(DONE, "    status: cancelled\n")
    )
    world.write("postmortems/PM-2026-001-other.md", text)


def unlinked_second(world: World) -> None:
    """The open action moves to a postmortem that no route knows."""
    text = world.read(POSTMORTEM)
    start, end = text.index("  - id: A2"), text.index("restart:\n")
    world.write(
        SECOND,
        text.replace("id: PM-2026-001", "id: PM-2026-002").replace(
            "routes: [refund-triage]", "routes: []"
        ),
    )
    world.write(POSTMORTEM, text[:start] + text[end:])


def clone(
    name: str, state: str = "running", link: str = "[]", tools: str = "[refunds.create]"
) -> Edit:
    text = f'id: {name}\ntitle: Other\nowner: "@maria"\nstate: {state}\nrestart: {"true" if state == "running" else "false"}\nautonomy: act\ntools: {{read: [], write: {tools}}}\ncontrols: []\npostmortems: {link}\n'
    return file(f"routes/{name}.yaml", text)


def vague(world: World) -> None:
    """A postmortem that is ready but for an error of its own: a summary that says TODO."""
    world.edit(POSTMORTEM, ("summary: The refund", "summary: TODO The refund"))
    world.ready()


MOVED = "deadline: 2026-10-30\n    done_when: the alert"
WAIVER = 'waivers: [{rule: placeholder, reason: "It is the name of the queue.", approved_by: "%s", until: %s}]\nrestart:\n'
SIGNED = ("restart:\n", 'restart:\n  signoff: {by: "@maria", on: 2026-10-15}\n')
UP = ("restart: false", "restart: true")
MAPPED = '[[registry]]\nfiles = "deploy/agents.yaml"\neach = "agents[*]"\nid = "name"\nowner = "owner"\nrestart_flags = ["enabled", "replicas > 0"]\ntrust = ["max_spend", "scopes"]\npostmortems = "reviews"\n'
AGENTS = 'agents:\n  - name: payout\n    owner: "@maria"\n    enabled: false\n    replicas: 0\n    max_spend: 100\n    scopes: [read]\n    reviews: [PM-2026-001]\n'
CHANGE = """\
id: no-silent-title
title: A title changes
level: error
applies_to: change
when: base != null && head != null
require: base.title == head.title
message: "the title changes to {head.title}"
at: head.title
why: Links name it.
fix: Leave it.
examples:
  - {fails: 1, base: {title: Old one}}
  - {fails: 0}
"""
WORKFLOW = (
    "jobs:\n  gate:\n    steps:\n      - run: pip install pmlint==1.2.0\n      - run: pmlint gate\n"
)
HOOKS = "repos:\n  - repo: https://github.com/pmlint/pmlint\n    rev: v1.2.0\n    hooks: [{id: pmlint-gate}]\n"


def mapped(*pairs: tuple[str, str]) -> Edit:
    return lambda world: world.edit("deploy/agents.yaml", *pairs)


with_agents = both(file("pmlint.toml", MAPPED), file("deploy/agents.yaml", AGENTS))

ATTACKS = [
    # the postmortem goes away
    Entry("deleted", gone(POSTMORTEM), "postmortem-removed"),
    Entry(
        "moved out of the folder",
        moved(POSTMORTEM, "docs/PM-2026-001-refunds.md"),
        "postmortem-removed",
    ),
    Entry("another suffix", moved(POSTMORTEM, POSTMORTEM + ".bak"), "postmortem-removed"),
    Entry(
        "another case of the folder",
        moved(POSTMORTEM, "Postmortems/PM-2026-001-refunds.md"),
        "postmortem-removed",
    ),
    Entry("another id", p(("id: PM-2026-001", "id: PM-2026-101")), "postmortem-removed"),
    Entry(
        "another id and file",
        both(
            p(("id: PM-2026-001", "id: PM-2026-101")),
            moved(POSTMORTEM, "postmortems/PM-2026-101-refunds.md"),
        ),
        "postmortem-removed",
    ),
    Entry(
        "zero-width in the id", p(("id: PM-2026-001", "id: PM-2026-00\u200b1")), "unreadable-file"
    ),
    Entry("filler in the id", p(("id: PM-2026-001", "id: PM-2026-001\u3164")), "unreadable-file"),
    Entry("symbolic link", linked, "not-a-regular-file"),
    Entry("symbolic folder", linked_folder, "not-a-regular-file"),
    Entry("closed duplicate", duplicate, "duplicate-postmortem"),
    Entry(
        "two closed duplicates",
        both(
            duplicate,
            lambda world: world.write(
                "postmortems/PM-2026-001-z.md", world.read("postmortems/PM-2026-001-other.md")
            ),
        ),
        "duplicate-postmortem",
    ),
    Entry("not readable", p(("authors: [", "authors: [[")), "unreadable-file"),
    Entry("emptied", file(POSTMORTEM, ""), "unreadable-file"),
    Entry(
        "another encoding",
        lambda world: (world.root / POSTMORTEM).write_bytes(
            world.read(POSTMORTEM).encode("utf-16")
        ),
        "unreadable-file",
    ),
    Entry(
        "ambiguous twin by case",
        both(file("postmortems/pm-2026-001-REFUNDS.md", "---\nid: PM-2026-009\n---\n")),
        "look-alike-name",
    ),
    # links
    Entry(
        "link removed on both sides",
        both(p(("routes: [refund-triage]", "routes: []")), r(("[PM-2026-001]", "[]"))),
        "link-removed",
    ),
    Entry(
        "link removed on the last side",
        p(("routes: [refund-triage]", "routes: []")),
        "link-removed",
        r(("[PM-2026-001]", "[]")),
    ),
    Entry(
        "link removed in the route, the last side",
        r(("[PM-2026-001]", "[]")),
        "link-removed",
        p(("routes: [refund-triage]", "routes: []")),
    ),
    Entry(
        "look-alike route id",
        both(
            p(("routes: [refund-triage]", "routes: [refund-tri\u0430ge]")),
            r(("[PM-2026-001]", "[]")),
        ),
        "link-removed",
    ),
    Entry(
        "link removed and restart",
        both(p(("routes: [refund-triage]", "routes: []")), r(("[PM-2026-001]", "[]"), UP)),
        "A2: open",
    ),
    # actions and status
    Entry(
        "actions emptied",
        p(
            (DONE, DONE.replace("id", "id")),
            ("    control: refund-approval\n", ""),
            ("actions:\n", "actions_: []\nactions:\n"),
        ),
        "no-longer-passes",
    ),
    Entry(
        "action removed",
        lambda world: world.write(
            POSTMORTEM,
            world.read(POSTMORTEM).partition("  - id: A2")[0]
            + "restart:\n"
            + world.read(POSTMORTEM).partition("restart:\n")[2],
        ),
        "action-removed",
    ),
    Entry("action under a new id", p(("  - id: A2", "  - id: A3")), "action-removed"),
    Entry("action moved to an unlinked postmortem", unlinked_second, "action-removed"),
    Entry("status set back", p(("status: accepted", "status: draft")), "status-set-back"),
    Entry(
        "status set back to review", p(("status: accepted", "status: in-review")), "status-set-back"
    ),
    Entry("withdrawn", p(("status: accepted", "status: withdrawn")), "withdrawn-without-approval"),
    Entry(
        "withdrawn by its author",
        p(
            (
                "status: accepted",
                'status: withdrawn\nwithdrawn: {reason: "Another route failed.", approved_by: "@dana"}',
            )
        ),
        "withdrawn-without-approval",
    ),
    Entry(
        "withdrawn by a stranger",
        p(
            (
                "status: accepted",
                'status: withdrawn\nwithdrawn: {reason: "Another route failed.", approved_by: "@stranger"}',
            )
        ),
        "withdrawn-without-approval",
    ),
    Entry(
        "unknown status of an action",
        p(("10 minutes\n    status: open", "10 minutes\n    status: implemented")),
        "no-longer-passes",
    ),
    Entry(
        "severity lowered",
        p(("severity: customer-visible-defect", "severity: near-miss")),
        "severity-lowered",
    ),
    Entry("layer relabelled", p(("layer: alert", "layer: config")), "layer-changed"),
    Entry("layer weakened", p(("layer: alert", "layer: dashboard")), "layer-changed"),
    Entry("owner changed", p(('owner: "@tom"', 'owner: "@maria"')), "owner-changed"),
    Entry("deadline moved", p((MOVED, MOVED.replace("10-30", "11-10"))), "deadline-moved"),
    Entry(
        "deadline removed",
        p((MOVED, MOVED.replace("deadline: 2026-10-30\n    ", ""))),
        "deadline-moved",
    ),
    Entry(
        "deadline amended by its owner",
        p(
            (
                MOVED,
                amended("deadline", "2026-10-30", "2026-11-10", "@tom").lstrip()
                + "    "
                + MOVED.replace("10-30", "11-10"),
            )
        ),
        "deadline-moved",
    ),
    Entry(
        "deadline amended by the author",
        p(
            (
                MOVED,
                amended("deadline", "2026-10-30", "2026-11-10", "@Dana").lstrip()
                + "    "
                + MOVED.replace("10-30", "11-10"),
            )
        ),
        "deadline-moved",
    ),
    Entry(
        "deadline amended to another day",
        p(
            (
                MOVED,
                amended("deadline", "2026-10-30", "2026-11-01").lstrip()
                + "    "
                + MOVED.replace("10-30", "11-10"),
            )
        ),
        "deadline-moved",
    ),
    Entry(
        "deadline amended by a new person",
        both(
            p(
                (
                    MOVED,
                    amended("deadline", "2026-10-30", "2026-11-10", "@new").lstrip()
                    + "    "
                    + MOVED.replace("10-30", "11-10"),
                )
            ),
            lambda world: world.write(
                "people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n'
            ),
        ),
        "deadline-moved",
    ),
    Entry(
        "end weakened",
        p(
            (
                "pages @maria above 3 rescues in 10 minutes",
                "pages @maria above 90 rescues in 10 minutes",
            )
        ),
        "end-weakened",
    ),
    Entry(
        "finding unlinked",
        p(("layer: alert\n    findings: [F1]", "layer: alert\n    findings: []")),
        "finding-unlinked",
    ),
    Entry(
        "condition removed",
        p(
            (
                '  conditions:\n    - {id: R1, text: "14 days in propose-only with 0 rescues", met: false}\n',
                "  conditions: []\n",
            )
        ),
        "condition-removed",
    ),
    Entry(
        "condition changed",
        p(("14 days in propose-only", "1 day in propose-only")),
        "condition-changed",
    ),
    Entry(
        "author removed to approve",
        p(('authors: ["@dana"]', 'authors: ["@tom"]')),
        "author-removed",
    ),
    Entry(
        "early restart by the owner",
        p((DONE, DONE + '    after_restart: {reason: "It is fine.", approved_by: "@tom"}\n')),
        "early-restart-without-approval",
    ),
    Entry(
        "early restart and restart at once",
        both(
            p(
                (DONE, DONE + '    after_restart: {reason: "It is fine.", approved_by: "@eva"}\n'),
                SIGNED,
            ),
            r(UP),
        ),
        "A2: open",
        met,
    ),
    Entry(
        "cancelled",
        p(("10 minutes\n    status: open", "10 minutes\n    status: cancelled")),
        "cancelled-without-approval",
    ),
    Entry(
        "cancelled by its owner",
        p(
            (
                "10 minutes\n    status: open",
                '10 minutes\n    status: cancelled\n    cancelled: {reason: "Another route failed.", approved_by: "@tom"}',
            )
        ),
        "cancelled-without-approval",
    ),
    Entry(
        "cancelled and restarted",
        both(
            p(
                (
                    "10 minutes\n    status: open",
                    '10 minutes\n    status: cancelled\n    cancelled: {reason: "The cap does.", approved_by: "@eva"}',
                ),
                SIGNED,
            ),
            r(UP),
        ),
        "it is cancelled in this very change",
        met,
    ),
    # proofs
    Entry(
        "closed without proof",
        p(
            (
                "10 minutes\n    status: open",
                '10 minutes\n    status: done\n    verified_by: "@maria"',
            )
        ),
        "closed-without-proof",
    ),
    Entry(
        "closed by a missing path", closed("path: deploy/alerts/none.yaml"), "closed-without-proof"
    ),
    Entry(
        "closed by an empty file",
        both(file("empty.yaml", "\n"), closed("path: empty.yaml")),
        "closed-without-proof",
    ),
    Entry("closed by an absolute path", closed("path: /etc/passwd"), "closed-without-proof"),
    Entry("closed by a path outside", closed("path: ../../etc/passwd"), "closed-without-proof"),
    Entry("closed by a folder", closed("path: evidence"), "closed-without-proof"),
    Entry("closed by itself", closed(f"path: {POSTMORTEM}"), "closed-without-proof"),
    Entry("closed by an unknown commit", closed('commit: "4be1f0c"'), "closed-without-proof"),
    Entry("closed by a branch name", closed("commit: main"), "closed-without-proof"),
    Entry(
        "closed by a link without digest",
        closed('uri: "https://logs.example/1"'),
        "closed-without-proof",
    ),
    Entry(
        "verified by the owner",
        both(file(ALERT, "a: 1\n"), closed(verifier="@tom")),
        "not-verified",
    ),
    Entry(
        "verified by the owner in capitals",
        both(file(ALERT, "a: 1\n"), closed(verifier="@TOM")),
        "not-verified",
    ),
    Entry("verified by nobody", both(file(ALERT, "a: 1\n"), closed(verifier="")), "not-verified"),
    Entry(
        "verified by a stranger",
        both(file(ALERT, "a: 1\n"), closed(verifier="@stranger")),
        "not-verified",
    ),
    Entry(
        "verified by the team",
        both(file(ALERT, "a: 1\n"), closed(verifier="platform team")),
        "not-verified",
    ),
    Entry(
        "closure, proof and restart at once",
        both(file(ALERT, "a: 1\n"), closed(), p(SIGNED), r(UP)),
        "closed in this very change",
        met,
    ),
    Entry(
        "closure and restart by a record that nobody knew",
        both(closed(f'uri: "https://x.example/1", sha256: "{"0" * 64}"'), p(SIGNED), r(UP)),
        "the record was not on the base before",
        met,
    ),
    Entry(
        "condition met and restart at once",
        both(p(MET, SIGNED), r(UP)),
        "the restart condition is met in this very change",
        both(file(ALERT, "a: 1\n"), closed()),
    ),
    Entry(
        "signed off by somebody else",
        both(lambda world: world.sign("@tom"), r(UP)),
        "signed-by-another",
        lambda world: world.ready(),
    ),
    Entry(
        "signed off by a new owner",
        both(lambda world: world.sign("@tom"), r(UP, ('owner: "@maria"', 'owner: "@tom"'))),
        "signed-by-another",
        lambda world: world.ready(),
    ),
    Entry(
        "proof deleted with the restart",
        both(gone(ALERT), p(SIGNED), r(UP)),
        "does not pass the check",
        lambda world: world.ready(),
    ),
    Entry("evidence deleted", gone("evidence/PM-2026-001/tool_log.md"), "evidence-changed"),
    Entry(
        "evidence changed",
        file("evidence/PM-2026-001/tool_log.md", "nothing happened\n"),
        "evidence-changed",
    ),
    Entry(
        "two phases",
        both(closed(), p(SIGNED), r(UP)),
        "two_phase",
        both(file("pmlint.toml", "[gate]\ntwo_phase = true\n"), file(ALERT, "a: 1\n"), met),
    ),
    # the route
    Entry("restart", r(UP), "A2: open"),
    Entry("state", r(("state: paused", "state: running")), "route-held"),
    Entry("state limited", r(("state: paused", "state: limited")), "route-held"),
    Entry("unknown state", r(("state: paused", "state: Running")), "route-held"),
    Entry("autonomy", r(("autonomy: act-with-approval", "autonomy: act")), "route-held"),
    Entry("autonomy gone", r(("autonomy: act-with-approval\n", "")), "route-held"),
    Entry("write tool", r(("[refunds.create]", "[refunds.create, payouts.create]")), "route-held"),
    Entry("wildcard", r(("[refunds.create]", '["refunds.*"]')), "route-held"),
    Entry("read tool", r(("policy.search]", "policy.search, customers.get]")), "route-held"),
    Entry("control dropped", r(("controls:\n", "controls: []\nx_controls:\n")), "route-held"),
    Entry("control weaker", r(("layer: approval-gate", "layer: dashboard")), "route-held"),
    Entry("control later", r(("guards: prevent", "guards: contain")), "route-held"),
    Entry("control with another number", r(("above 50 EUR", "above 5000 EUR")), "control-changed"),
    Entry("flag as a word", r(("restart: false", 'restart: "true"')), "route-held"),
    Entry("flag as yes", r(("restart: false", "restart: yes")), "unreadable-file"),
    Entry("flag as on", r(("restart: false", "restart: on")), "unreadable-file"),
    Entry("flag as a number", r(("restart: false", "restart: 1")), "route-held"),
    Entry("flag twice", r(("restart: false", "restart: false\nrestart: true")), "unreadable-file"),
    Entry(
        "escaped key",
        r(("restart: false", 'restart: false\n"re\\u0073tart": true')),
        "unreadable-file",
    ),
    Entry("anchors", r(("restart: false", "restart: &a true")), "unreadable-file"),
    Entry(
        "key behind a line separator",
        r(("restart: false", "restart: false # x\u2028restart: true")),
        "unreadable-file",
    ),
    Entry("route deleted", gone(ROUTE), "route-removed"),
    Entry("route renamed", r(("id: refund-triage", "id: refund-triage-2")), "route-removed"),
    Entry("route in another case", moved(ROUTE, "Routes/refund-triage.yaml"), "route-removed"),
    Entry("route cloned", clone("refunds-new"), "route-cloned"),
    Entry("route cloned, paused", clone("refunds-new", "paused"), "route-cloned"),
    Entry(
        "route cloned by a wildcard", clone("refunds-new", "paused", tools='["*"]'), "route-cloned"
    ),
    Entry(
        "a second file of the route",
        both(
            lambda world: world.write(
                "routes/zz.yaml", world.read(ROUTE).replace("restart: false", "restart: true")
            )
        ),
        "route-held",
    ),
    Entry(
        "a free route takes the tool",
        lambda world: world.edit(
            "routes/free.yaml", ("[notes.write]", "[notes.write, refunds.create]")
        ),
        "route-cloned",
        clone("free", tools="[notes.write]"),
    ),
    Entry(
        "all at once: pay, close and unlink",
        both(
            closed("path: README.md"),
            r(UP, ("[PM-2026-001]", "[]")),
            p(("routes: [refund-triage]", "routes: []")),
        ),
        "closed-without-proof",
    ),
    # mapped routes
    Entry("mapped flag", mapped(("enabled: false", "enabled: true")), "route-held", with_agents),
    Entry("mapped replicas", mapped(("replicas: 0", "replicas: 1")), "route-held", with_agents),
    Entry(
        "mapped replicas as text",
        mapped(("replicas: 0", 'replicas: "zero"')),
        "route-held",
        with_agents,
    ),
    Entry(
        "mapped limit raised",
        mapped(("max_spend: 100", "max_spend: 101")),
        "route-held",
        with_agents,
    ),
    Entry("mapped limit removed", mapped(("    max_spend: 100\n", "")), "route-held", with_agents),
    Entry("mapped scope wider", mapped(("[read]", "[read, write]")), "route-held", with_agents),
    Entry(
        "mapped scope as an alias",
        mapped(("agents:", "base: &b [read, write]\nagents:"), ("scopes: [read]", "scopes: *b")),
        "route-held",
        with_agents,
    ),
    Entry(
        "mapped link removed",
        both(mapped(("reviews: [PM-2026-001]", "reviews: []"))),
        "link-removed",
        with_agents,
    ),
    Entry("mapped file deleted", gone("deploy/agents.yaml"), "route-removed", with_agents),
    Entry("mapping removed", file("pmlint.toml", ""), "configuration-weakened", with_agents),
    Entry(
        "mapping points elsewhere",
        file("pmlint.toml", MAPPED.replace("agents.yaml", "other.yaml")),
        "configuration-weakened",
        with_agents,
    ),
    # what the next change is judged by
    Entry(
        "policy deleted",
        gone("policies/named-route.yaml"),
        "policy-weakened",
        file("policies/named-route.yaml", FILTER),
    ),
    Entry(
        "policy emptied",
        file(
            "policies/named-route.yaml",
            FILTER.replace("size(postmortem.routes) > 0", "true || size(postmortem.routes) > 0"),
        ),
        "policy-weakened",
        file("policies/named-route.yaml", FILTER),
    ),
    Entry(
        "policy only a warning",
        file("policies/named-route.yaml", FILTER.replace("level: error", "level: warning")),
        "policy-weakened",
        file("policies/named-route.yaml", FILTER),
    ),
    Entry(
        "policy with since",
        file(
            "policies/named-route.yaml",
            FILTER.replace("level: error", "level: error\nsince: 2027-01-01"),
        ),
        "policy-weakened",
        file("policies/named-route.yaml", FILTER),
    ),
    Entry(
        "shipped policy shadowed",
        file("policies/action-owner.yaml", FILTER.replace("id: named-route", "id: action-owner")),
        "policy-weakened",
    ),
    Entry(
        "policy off",
        file("pmlint.toml", '[rules.action-owner]\nlevel = "off"\nreason = "we are few"\n'),
        "configuration-weakened",
    ),
    Entry(
        "rule ignored", file("pmlint.toml", 'ignore = ["placeholder"]\n'), "configuration-weakened"
    ),
    Entry(
        "rules selected",
        file("pmlint.toml", 'select = ["filename-id"]\n'),
        "configuration-weakened",
    ),
    Entry("since", file("pmlint.toml", 'since = "2026-12-01"\n'), "configuration-weakened"),
    Entry(
        "horizon",
        file("pmlint.toml", "[horizon]\ncontrol-breach = 900\n"),
        "configuration-weakened",
    ),
    Entry(
        "postmortems elsewhere",
        file("pmlint.toml", 'postmortems = "docs"\n'),
        "configuration-weakened",
    ),
    Entry(
        "two_phase taken away",
        file("pmlint.toml", ""),
        "configuration-weakened",
        file("pmlint.toml", "[gate]\ntwo_phase = true\n"),
    ),
    Entry(
        "baseline written",
        file(
            "pmlint-baseline.json",
            '{"version": 1, "known": [{"postmortem": "PM-2026-001", "rule": "placeholder", "subject": ""}]}',
        ),
        "baseline-grown",
    ),
    Entry(
        "key of a signer changed",
        lambda world: world.edit("people.yaml", ("ssh-ed25519 AAAA", "ssh-ed25519 BBBB")),
        "signer-changed",
        lambda world: world.write(
            "people.yaml",
            world.read("people.yaml").replace(
                "name: Maria}", 'name: Maria, allowed_signer: "ssh-ed25519 AAAA"}'
            ),
        ),
    ),
    Entry(
        "workflow without the gate",
        file(".github/workflows/ci.yml", WORKFLOW.replace("      - run: pmlint gate\n", "")),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "workflow deleted",
        gone(".github/workflows/ci.yml"),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "workflow commented out",
        file(
            ".github/workflows/ci.yml",
            WORKFLOW.replace("- run: pmlint gate", "# - run: pmlint gate"),
        ),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "gate may fail",
        file(".github/workflows/ci.yml", WORKFLOW.replace("pmlint gate", "pmlint gate || true")),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "older version pinned",
        file(".github/workflows/ci.yml", WORKFLOW.replace("1.2.0", "1.1.9")),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "older hook pinned",
        file(".pre-commit-config.yaml", HOOKS.replace("1.2.0", "1.0.0")),
        "workflow-weakened",
        file(".pre-commit-config.yaml", HOOKS),
    ),
    Entry(
        "a second configuration",
        both(file("pyproject.toml", "[tool.pmlint]\n")),
        "unreadable-configuration",
    ),
    Entry(
        "waiver and restart at once",
        both(p(("restart:\n", WAIVER % ("@eva", "2026-11-30")), SIGNED), r(UP)),
        "does not pass the check",
        vague,
    ),
    Entry(
        "waiver for oneself",
        p(("restart:\n", WAIVER % ("@dana", "2026-11-30"))),
        "no-longer-passes",
    ),
    Entry(
        "waiver without end",
        p(("restart:\n", WAIVER.replace(", until: %s", "") % "@eva")),
        "no-longer-passes",
    ),
    Entry(
        "waiver for everything",
        p(
            (
                "restart:\n",
                (WAIVER % ("@eva", "2026-11-30")).replace("rule: placeholder", 'rule: "*"'),
            )
        ),
        "no-longer-passes",
    ),
    Entry(
        "waiver that has expired",
        both(p(SIGNED), r(UP)),
        "does not pass the check",
        both(p(("restart:\n", WAIVER % ("@eva", "2026-10-01"))), vague),
    ),
    Entry(
        "not accepted on the target",
        both(p(("status: draft", "status: accepted"), SIGNED), r(UP)),
        "its status is 'draft' on the base",
        both(lambda world: world.ready(), p(("status: accepted", "status: draft"))),
    ),
    Entry(
        "not on the target at all",
        both(
            lambda world: world.write(
                SECOND, world.read(POSTMORTEM).replace("PM-2026-001", "PM-2026-002")
            ),
            p(SIGNED),
            r(UP),
        ),
        "it is not on the base yet",
        lambda world: world.ready(),
    ),
]

ATTACKS += [
    Entry("roster removed", gone("people.yaml"), "people-removed"),
    Entry(
        "containment slower",
        file("pmlint.toml", "slow_containment_minutes = 600\n"),
        "configuration-weakened",
    ),
    Entry(
        "a rule no longer raised",
        file("pmlint.toml", ""),
        "configuration-weakened",
        file("pmlint.toml", '[rules.copied-action]\nlevel = "error"\n'),
    ),
    Entry(
        "a rule made a warning",
        file("pmlint.toml", '[rules.placeholder]\nlevel = "warning"\n'),
        "configuration-weakened",
    ),
    Entry(
        "a rule no longer raised, its table kept",
        file("pmlint.toml", '[rules.copied-action]\nreason = "later"\n'),
        "configuration-weakened",
        file("pmlint.toml", '[rules.copied-action]\nlevel = "error"\n'),
    ),
    Entry(
        "version emptied",
        file(".github/workflows/ci.yml", WORKFLOW.replace("1.2.0", "")),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "script of CI without the gate",
        file(".ci/run", "make\n"),
        "workflow-weakened",
        file(".ci/run", "make\npmlint gate\n"),
    ),
    Entry(
        "words removed",
        file("pmlint.toml", '[words.remove]\nblame = ["careless"]\n'),
        "configuration-weakened",
    ),
    Entry(
        "approvals only recorded",
        file("pmlint.toml", ""),
        "configuration-weakened",
        file("pmlint.toml", '[gate]\napprovals = "forge"\n'),
    ),
    Entry(
        "signature no longer asked",
        file("pmlint.toml", ""),
        "configuration-weakened",
        file("pmlint.toml", '[gate]\nsigned_routes = ["refund-triage"]\n'),
    ),
    Entry(
        "policy about changes",
        p(("title: Refund route paid", "title: The refund route paid")),
        "no-silent-title",
        file("policies/no-silent-title.yaml", CHANGE),
    ),
    Entry(
        "policy stricter, with a restart",
        both(file("policies/named-route.yaml", FILTER), p(SIGNED), r(UP)),
        "policies-and-restart",
        lambda world: world.ready(),
    ),
    Entry(
        "control unlinked",
        p(("    control: refund-approval\n", "")),
        "control-unlinked",
        p(
            (
                '    status: done\n    proof: [{path: tests/agents/test_refund_scope.py}]\n    verified_by: "@tom"\n',
                "    status: open\n",
            )
        ),
    ),
    Entry(
        "mapped scopes as a mapping",
        mapped(("scopes: {read: true, write: false}", "scopes: {read: true, write: true}")),
        "route-held",
        both(with_agents, mapped(("scopes: [read]", "scopes: {read: true, write: false}"))),
    ),
    Entry(
        "mapped limit as a text",
        mapped(("max_spend: 100", 'max_spend: "no"')),
        "route-held",
        with_agents,
    ),
    Entry(
        "mapped scope named anew",
        mapped(("scopes: some", "scopes: all")),
        "route-held",
        both(with_agents, mapped(("scopes: [read]", "scopes: some"))),
    ),
]

CANCEL = '10 minutes\n    status: cancelled\n    cancelled: {reason: "The cap does it.", approved_by: "%s"}'
OPEN = "10 minutes\n    status: open"


def unreadable(world: World) -> None:
    """A postmortem on the target that nobody can read."""
    world.edit(POSTMORTEM, ("authors: [", "authors: [["))


def removed_again(world: World) -> None:
    """The fix of A2 landed by a commit, was recorded, and is gone again; the review is otherwise ready."""
    commit = world.land()
    world.edit(
        POSTMORTEM,
        (
            "the alert refund-rescues pages @maria above 3",
            f"the alert {ALERT} pages @maria above 3",
        ),
        MET,
    )
    world.edit(
        POSTMORTEM,
        (
            OPEN,
            f'10 minutes\n    status: done\n    proof: [{{commit: "{commit}"}}]\n    verified_by: "@maria"',
        ),
    )
    world.delete(ALERT)


def by_a_postmortem_commit(world: World) -> None:
    world.edit(POSTMORTEM, ("Refund route paid", "A refund route paid"))
    commit = world.commit()
    world.close(f'commit: "{commit}"')


ATTACKS += [
    Entry(
        "deleted and restarted",
        both(gone(POSTMORTEM), r(UP)),
        "it was removed, or cannot be read, in the merge result",
    ),
    Entry("unreadable on the target", r(UP), "it cannot be read on the base", unreadable),
    Entry("all deleted", both(gone(POSTMORTEM), gone(ROUTE)), "nothing-judged"),
    Entry(
        "condition removed with the restart",
        both(
            p(
                (
                    '  conditions:\n    - {id: R1, text: "14 days in propose-only with 0 rescues", met: true, proof: [{path: evidence/PM-2026-001/propose-only.md}]}\n',
                    "  conditions: []\n",
                ),
                ("restart:\n", "restart:\n"),
            ),
            r(UP),
        ),
        "condition-removed",
        lambda world: world.ready(),
    ),
    Entry(
        "condition rewritten with the restart",
        both(p(("14 days in propose-only", "1 day in propose-only"), SIGNED), r(UP)),
        "condition-changed",
        lambda world: world.ready(),
    ),
    Entry(
        "cancelled on the target by a stranger",
        both(p(SIGNED), r(UP)),
        "it does not pass the check",
        p((OPEN, CANCEL % "@stranger"), MET),
    ),
    Entry(
        "fix landed and was taken away again",
        both(p(SIGNED), r(UP)),
        "is no longer there",
        removed_again,
    ),
    Entry("closed by a commit of the review itself", by_a_postmortem_commit, "proof-elsewhere"),
    Entry(
        "deadline amended without a reason",
        p(
            (
                MOVED,
                amended("deadline", "2026-10-30", "2026-11-10", reason=" ").lstrip()
                + "    "
                + MOVED.replace("10-30", "11-10"),
            )
        ),
        "it has no reason or no day",
    ),
    Entry(
        "workflow as a link",
        both(
            gone(".github/workflows/ci.yml"),
            lambda world: os.symlink("/dev/null", world.root / ".github/workflows/ci.yml"),
        ),
        "workflow-weakened",
        file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "cancelled with a proof of nothing",
        p((OPEN, '10 minutes\n    status: done\n    proof: [{}]\n    verified_by: "@maria"')),
        "closed-without-proof",
    ),
]

PROSE = both(
    gone(POSTMORTEM),
    gone(ROUTE),
    file("postmortems/2019-outage.md", "# An outage\n\nIt was down.\n"),
)

ATTACKS += [
    Entry(
        "postmortems elsewhere, before there is a route",
        file("pmlint.toml", 'postmortems = "docs"\n'),
        "configuration-weakened",
        gone(ROUTE),
    ),
]

R1 = '{id: R1, text: "14 days in propose-only with 0 rescues", met: false}'
REWORDED = (
    '{"on": 2026-10-14, field: text, from: "14 days in propose-only with 0 rescues", to: "14 days in propose-only mode, with 0 rescues", '
    'reason: "It says what was meant.", approved_by: "@eva"}'
)
UNLINKED = 'amendments: [{"on": 2026-10-14, field: routes.notes, from: notes, to: null, reason: "Another route.", approved_by: "@eva"}]\n'

HONEST = [
    Entry(
        "adopted where old prose lies",
        both(
            file("pmlint.toml", 'postmortems = "postmortems/agents"\n'),
            file("postmortems/agents/.gitkeep", ""),
            file(
                "routes/notes.yaml",
                'id: notes\ntitle: Notes\nowner: "@maria"\nstate: paused\nrestart: false\nautonomy: suggest\n',
            ),
        ),
        before=PROSE,
    ),
    Entry(
        "the wrong route was linked, and somebody approved that",
        p(("routes: [refund-triage, notes]", "routes: [refund-triage]"), ("restart:\n", UNLINKED + "restart:\n")),
        before=both(p(("routes: [refund-triage]", "routes: [refund-triage, notes]")), clone("notes", "paused", tools="[notes.write]")),
    ),
    Entry(
        "unreadable on the target, repaired", p(("authors: [[", "authors: [")), before=unreadable
    ),
    Entry(
        "a file with odd names beside",
        both(file("notes/ü b.txt", "x\n"), file("routes/README.md", "# Routes\n")),
    ),
    Entry(
        "a typing error in a condition",
        p(("14 days in propose-only with 0 rescues", "14 days in propose-only with 0 resscues")),
    ),
    Entry(
        "condition made more precise, amended",
        p(
            (
                R1,
                R1.replace("with 0 rescues", "mode, with 0 rescues").replace(
                    "met: false", f"met: false, amendments: [{REWORDED}]"
                ),
            )
        ),
    ),
    Entry("nothing", lambda world: None),
    Entry(
        "an open action without its status", p(("10 minutes\n    status: open\n", "10 minutes\n"))
    ),
    Entry(
        "body text",
        p(
            (
                "23 customers were refunded twice, 4,140.50 EUR in all.",
                "Twenty-three customers were refunded twice.",
            )
        ),
    ),
    Entry(
        "another file name, same id", moved(POSTMORTEM, "postmortems/PM-2026-001-refunds-twice.md")
    ),
    Entry("a folder inside", moved(POSTMORTEM, "postmortems/2026/PM-2026-001-refunds.md")),
    Entry("title", p(("title: Refund route paid 23", "title: The refund route paid 23"))),
    Entry("an emoji", p(("Refund route paid 23", "Refund route paid 23 💶"))),
    Entry("link on one side only", r(("[PM-2026-001]", "[]"))),
    Entry(
        "another action",
        p(
            (
                "restart:\n",
                '  - {id: A3, title: Stop the route above 9 rescues, layer: kill-switch, findings: [F1], owner: "@eva", deadline: 2026-10-30, done_when: test_stop passes, status: open}\nrestart:\n',
            )
        ),
    ),
    Entry("started", p(("10 minutes\n    status: open", "10 minutes\n    status: in-progress"))),
    Entry(
        "withdrawn by another person",
        p(
            (
                "status: accepted",
                'status: withdrawn\nwithdrawn: {reason: "It belongs to another route.", approved_by: "@eva"}',
            )
        ),
    ),
    Entry(
        "severity raised",
        p(
            ("severity: customer-visible-defect", "severity: control-breach"),
            ("10-30", "10-13"),
            ("10-30", "10-14"),
        ),
    ),
    Entry("layer stronger", p(("layer: alert", "layer: limits"))),
    Entry(
        "owner amended",
        p(
            (MOVED, amended("owner", "@tom", "@maria").lstrip() + "    " + MOVED),
            ('owner: "@tom"', 'owner: "@maria"'),
        ),
    ),
    Entry(
        "deadline amended",
        p(
            (
                MOVED,
                amended("deadline", "2026-10-30", "2026-11-10").lstrip()
                + "    "
                + MOVED.replace("10-30", "11-10"),
            )
        ),
    ),
    Entry("deadline earlier", p((MOVED, MOVED.replace("10-30", "10-20")))),
    Entry(
        "end more precise",
        p(("above 3 rescues in 10 minutes", "above 3 rescues in 10 minutes, within 60 seconds")),
    ),
    Entry(
        "condition added",
        p(
            (
                "met: false}",
                'met: false}\n    - {id: R2, text: "3 replays end contained", met: false}',
            )
        ),
    ),
    Entry(
        "cancelled by another person",
        p(
            (
                "10 minutes\n    status: open",
                '10 minutes\n    status: cancelled\n    cancelled: {reason: "The cap does it.", approved_by: "@eva"}',
            )
        ),
    ),
    Entry(
        "early restart approved",
        p(
            (
                DONE,
                DONE
                + '    after_restart: {reason: "The cap holds meanwhile.", approved_by: "@eva"}\n',
            )
        ),
    ),
    Entry("closed with its proof", both(file(ALERT, "a: 1\n"), closed())),
    Entry("closed by a record", closed(f'uri: "https://x.example/1", sha256: "{"0" * 64}"')),
    Entry("condition met", met),
    Entry(
        "restart after all has landed", both(p(SIGNED), r(UP)), before=lambda world: world.ready()
    ),
    Entry(
        "closure and restart, proof first",
        both(closed(), p(SIGNED), r(UP)),
        before=both(file(ALERT, "a: 1\n"), met),
    ),
    Entry(
        "restart with an early approval on the target",
        both(p(SIGNED), r(UP)),
        before=both(
            met,
            p(
                (
                    DONE,
                    DONE
                    + '    after_restart: {reason: "The cap holds meanwhile.", approved_by: "@eva"}\n',
                )
            ),
        ),
    ),
    Entry(
        "restart after a cancellation",
        both(p(SIGNED), r(UP)),
        before=both(
            met,
            p(
                (
                    "10 minutes\n    status: open",
                    '10 minutes\n    status: cancelled\n    cancelled: {reason: "The cap does it.", approved_by: "@eva"}',
                )
            ),
        ),
    ),
    Entry("state down", r(("state: paused", "state: retired"))),
    Entry("autonomy down", r(("autonomy: act-with-approval", "autonomy: observe"))),
    Entry("tool taken away", r(("[refunds.create]", "[]"))),
    Entry(
        "control added",
        r(
            (
                "controls:\n",
                "controls:\n  - {id: cap, layer: limits, guards: contain, description: a daily cap}\n",
            )
        ),
    ),
    Entry(
        "control stronger",
        r(
            ("guards: prevent, description", "guards: prevent, description"),
            ("a person approves", "one person approves"),
        ),
    ),
    Entry("route moved to another file", moved(ROUTE, "routes/payments/refund-triage.yaml")),
    Entry("route title", r(("title: Refund triage", "title: Refunds"))),
    Entry("another route", clone("notes", tools="[notes.write]")),
    Entry("clone that is linked, paused", clone("refunds-new", "paused", link="[PM-2026-001]")),
    Entry(
        "mapped flag down",
        mapped(("enabled: true", "enabled: false")),
        before=both(with_agents, mapped(("enabled: false", "enabled: true"))),
    ),
    Entry("mapped limit lowered", mapped(("max_spend: 100", "max_spend: 50")), before=with_agents),
    Entry(
        "mapped file reformatted",
        mapped(("scopes: [read]", "scopes:\n      - read")),
        before=with_agents,
    ),
    Entry("mapping added", with_agents),
    Entry("policy added", file("policies/named-route.yaml", FILTER)),
    Entry(
        "policy reworded",
        file("policies/named-route.yaml", FILTER.replace("why: Nobody", "why: Then nobody")),
        before=file("policies/named-route.yaml", FILTER),
    ),
    Entry(
        "policy stricter",
        file("policies/named-route.yaml", FILTER.replace("level: warning", "level: error")),
        before=file("policies/named-route.yaml", FILTER.replace("level: error", "level: warning")),
    ),
    Entry(
        "rule that was off only warns",
        file("pmlint.toml", '[rules.placeholder]\nlevel = "warning"\n'),
        before=file("pmlint.toml", '[rules.placeholder]\nlevel = "off"\nreason = "we are few"\n'),
    ),
    Entry("horizon shorter", file("pmlint.toml", "[horizon]\ncontrol-breach = 10\n")),
    Entry("two_phase asked for", file("pmlint.toml", "[gate]\ntwo_phase = true\n")),
    Entry(
        "policy off when nothing is open",
        file("pmlint.toml", '[rules.action-owner]\nlevel = "off"\nreason = "we are few"\n'),
        before=both(lambda world: world.ready(), p(SIGNED)),
    ),
    Entry(
        "baseline pruned",
        file("pmlint-baseline.json", '{"version": 1, "known": []}'),
        before=file(
            "pmlint-baseline.json",
            '{"version": 1, "known": [{"postmortem": "PM-2026-001", "rule": "placeholder", "subject": ""}]}',
        ),
    ),
    Entry(
        "a person more",
        lambda world: world.write(
            "people.yaml", world.read("people.yaml") + '- {handle: "@new", name: New}\n'
        ),
    ),
    Entry(
        "newer version pinned",
        file(".github/workflows/ci.yml", WORKFLOW.replace("1.2.0", "1.10.0")),
        before=file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "newer hook pinned",
        file(".pre-commit-config.yaml", HOOKS.replace("1.2.0", "2.0.0")),
        before=file(".pre-commit-config.yaml", HOOKS),
    ),
    Entry(
        "workflow with another step",
        file(".github/workflows/ci.yml", WORKFLOW + "      - run: make\n"),
        before=file(".github/workflows/ci.yml", WORKFLOW),
    ),
    Entry(
        "waiver on the target before",
        both(p(SIGNED), r(UP)),
        before=both(p(("restart:\n", WAIVER % ("@eva", "2026-11-30"))), vague),
    ),
    Entry("code beside", file("src/refunds.py", "LIMIT = 200\n")),
    Entry(
        "a second postmortem",
        lambda world: world.write(
            SECOND, world.read(POSTMORTEM).replace("id: PM-2026-001", "id: PM-2026-002")
        ),
    ),
    Entry(
        "proof of a landed action improved",
        file(TEST, "import refunds\n\n\ndef test_limit() -> None: ...\n"),
    ),
    Entry(
        "line ends",
        lambda world: world.write(POSTMORTEM, world.read(POSTMORTEM).replace("\n", "\r\n")),
    ),
]
