"""A repository whose texts are hostile: each text in each field that takes it, as real documents."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Any

CORPUS: dict[str, Any] = json.loads(
    Path(__file__).with_name("hostile.json").read_text(encoding="utf-8")
)


def write_hostile_repository(folder: Path) -> None:
    """Write a postmortem for each text, with the bodies, addresses, handles and ids in turn."""
    for name in ("postmortems", "routes"):
        (folder / name).mkdir(parents=True)
    handles, ids, uris, bodies = (
        list(CORPUS[name].values()) for name in ("handles", "ids", "uris", "bodies")
    )
    people = [{"handle": handle, "name": handle, "email": "a@example.org"} for handle in handles]
    (folder / "people.yaml").write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
    for number, route in enumerate(ids):
        data = {"id": route, "title": route, "owner": handles[number % len(handles)], "state": "running", "restart": True,
                "autonomy": route, "tools": {"read": [route], "write": [route]},
                "controls": [{"id": route, "layer": route, "guards": route, "description": route}]}  # fmt: skip
        (folder / "routes" / f"{number:02}.yaml").write_text(
            json.dumps(data, ensure_ascii=False), encoding="utf-8"
        )
    turn = zip(
        CORPUS["texts"].values(),
        cycle(bodies),
        cycle(ids),
        cycle(handles),
        cycle(uris),
        strict=False,
    )
    for number, (text, body, id, handle, uri) in enumerate(turn):
        data = _review(
            text,
            id if number < len(ids) else f"PM-2026-{number:03}",
            handle,
            uri,
            ids[number % len(ids)],
        )
        front = json.dumps(data, ensure_ascii=False)
        path = folder / "postmortems" / f"PM-2026-{number:03}.md"
        path.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")


def _review(text: str, id: str, handle: str, uri: str, route: str) -> dict[str, Any]:
    proof = [{"uri": uri, "sha256": "0" * 64}]
    return {
        "id": id, "title": text, "status": "accepted", "severity": "near-miss", "trigger": text, "opened": "2026-11-01",
        "authors": [handle], "routes": [route], "summary": text,
        "impact": {"description": text, "customers": {"unknown": text}, "cost": {"unknown": text}},
        "clocks": {name: {"unknown": text} for name in ("route_start", "first_warning", "first_impact", "containment")},
        "timeline": [{"at": "2026-10-30T09:00:00Z", "event": text, "evidence": "outcome"}],
        "agent_path": [{"step": "tool", "name": text, "note": text, "evidence": "outcome"}],
        "evidence": {"outcome": [{"uri": uri, "sha256": "0" * 64}], "tool_log": {"missing": text, "action": "A1"}},
        "findings": [{"id": "F1", "class": text, "statement": text}],
        "failed_controls": [{"control": text, "expected": text, "why": text, "findings": ["F1"]}],
        "actions": [{"id": "A1", "title": text, "layer": "permissions", "findings": ["F1"], "control": text, "owner": handle,
                     "deadline": "2026-11-20", "done_when": text, "status": "open", "proof": proof}],
        "restart": {"conditions": [{"id": "R1", "text": text, "met": False, "proof": proof}],
                    "signoff": {"by": handle, "on": "2026-11-02"}},
        "amendments": [{"on": "2026-11-03", "field": text, "from": text, "to": text, "reason": text, "approved_by": handle}],
        "taxonomy": [f"mast:{text}"],
        "waivers": [{"rule": text, "reason": text, "approved_by": handle, "until": "2026-12-10"}],
    }  # fmt: skip
