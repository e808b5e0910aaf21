"""The labelled sentences of a part, and what their labels mean."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any, NamedTuple

from pmlint.model.vocabulary import LAYERS

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

PARTS = ("public", "public2", "validation")
TUNED = frozenset(("public", "public2"))
"""The parts that were read while the rules were written."""

WEAK = frozenset(
    "prompt-only training-or-warning praise vague investigate-only dashboard-only".split()
)

BAD_CAUSES = frozenset(("blame-person", "blame-model", "vague"))

STRUCTURAL = (*LAYERS["stronger"], *LAYERS["intermediate"])

ALIAS = {
    "retrieval": "retrieval-filter",
    "scope": "autonomy-scope",
    "evidence": "evidence-capture",
    "elimination": "remove",
}
"""Names of layers in the notes of the labels that the format spells otherwise."""


class Sentence(NamedTuple):
    """A labelled sentence: its id, text, source, kind (``action``, ``cause``, ``narrative``),
    label, structural layer (empty: none), language, and whether it is of a text about agents.
    """

    id: str
    text: str
    source: str
    kind: str
    label: str
    layer: str
    language: str
    is_agents: bool


def sentences(part: str, corpus: Path = CORPUS) -> list[Sentence]:
    """The labelled sentences of a part; none where it is not there.

    A part that is kept unread (``NAME.b64``) is decoded in memory: its figures are printed, its
    sentences never.
    """
    packed = corpus / f"{part}.b64"
    if packed.exists():
        text = gzip.decompress(base64.b64decode(packed.read_bytes())).decode()
        return [_sentence(json.loads(line), "") for line in text.splitlines() if line]
    kinds = {"actions": "action", "causes": "cause", "narrative": "narrative"}
    return [
        _sentence(json.loads(line), kind)
        for stem, kind in kinds.items()
        for folder in (corpus, corpus / "second")
        for file in folder.glob(f"{stem}.{part}.jsonl")
        for line in file.read_text("utf-8").splitlines()
        if line
    ]


def _sentence(data: dict[str, Any], kind: str) -> Sentence:
    return Sentence(
        data["id"],
        data["text"],
        data["source_repo"],
        data.get("kind", kind),
        data["label"],
        _layer(data["label"], data.get("note") or ""),
        data.get("lang") or "en",
        bool(data.get("ai_agent")),
    )


def _layer(label: str, note: str) -> str:
    """The layer of a structural action, from its note; empty where that names none of ours."""
    names = note.replace("/", " ").replace("+", " ").split() if label == "structural" else []
    return next((ALIAS.get(one, one) for one in names if ALIAS.get(one, one) in STRUCTURAL), "")
