"""How good the word rules are: ``python -m bench.words [--corpus DIR]`` on labelled sentences from
real postmortems.

Each sentence is one action's title without ``done_when``, or one finding's statement without a
failed control, and goes through the rules as they are. A hit is right where the label is no good
answer (no system cause); ``own`` is the share of the rule's own labels. Exits 1 where a floor of
`FLOORS` is missed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from pmlint.model import Postmortem
from pmlint.model.references import artefacts
from pmlint.model.vocabulary import LAYERS
from pmlint.parsing.tree import WorkTree
from pmlint.project.index import Index
from pmlint.project.settings import Settings
from pmlint.rules.prose import RULES, prompt_only
from pmlint.rules.prose.investigate_only import finds_out
from pmlint.rules.prose.layer_contradiction import anchored, contradiction
from pmlint.rules.prose.reading import title_passage
from pmlint.rules.rule import Context

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
WEAK = frozenset(
    {"prompt-only", "training-or-warning", "praise", "vague", "investigate-only", "dashboard-only"}
)
BLAMING = frozenset({"blame-person", "blame-model", "vague"})
OWN = {
    "exhortation": {"training-or-warning"},
    "praise": {"praise"},
    "investigate-only": {"investigate-only"},
    "behavioural-norm": {"prompt-only", "training-or-warning"},
    "prompt-wording": {"prompt-only"},
    "vague-action": {"vague"},
    "vow": {"training-or-warning", "vague"},
    "blame": {"blame-person"},
    "convenient-story": {"blame-model"},
    "vague-cause": {"vague"},
    "counterfactual": {"blame-person", "blame-model"},
}
"""The labels that each detector is there to find; the last four read causes."""
CAUSE_RULES = {"blame": "blame-person", "convenient-story": "blame-model", "vague-cause": "vague"}
"""Which class a cause is given by the first rule that speaks; none means a system cause."""
LAYER_OF = {
    "retrieval": "retrieval-filter",
    "scope": "autonomy-scope",
    "evidence": "evidence-capture",
    "elimination": "remove",
}


class Floor(NamedTuple):
    """The least precision, lower end of its 95% interval, and recall."""

    precision: float
    lower: float
    recall: float


FLOORS = {
    "exhortation": Floor(0.95, 0.85, 0.45),
    "praise": Floor(0.95, 0.75, 0.70),
    "investigate-only": Floor(0.95, 0.85, 0.80),
    "behavioural-norm": Floor(0.95, 0.85, 0.35),
    "prompt-wording": Floor(0.90, 0.80, 0.20),
    "vague-action": Floor(0.90, 0.85, 0.70),
    "vow": Floor(0.80, 0.40, 0.02),
    "blame": Floor(0.95, 0.85, 0.80),
    "convenient-story": Floor(0.95, 0.85, 0.50),
    "vague-cause": Floor(0.90, 0.70, 0.80),
    "counterfactual": Floor(0.80, 0.05, 0.0),
    "union": Floor(0.95, 0.90, 0.70),
    "cause class": Floor(0.85, 0.80, 0.0),
    "cause good or bad": Floor(0.88, 0.85, 0.0),
    "structural not contradicted": Floor(0.97, 0.94, 0.0),
}
"""What the public sentences must reach: somewhat below what they do reach, so that a bad term fails
and a new sentence does not.
"""


class Row(NamedTuple):
    """A line of the table: ``right`` of ``hits``, the share of its own labels, and ``found`` of
    ``wanted``.
    """

    name: str
    hits: int
    right: int
    own: float
    found: int
    wanted: int

    @property
    def reached(self) -> Floor:
        """What is measured, as a floor."""
        precision = self.right / self.hits if self.hits else 1.0
        recall = self.found / self.wanted if self.wanted else 1.0
        return Floor(precision, wilson(self.right, self.hits)[0], recall)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share after Wilson; (0, 1) where nothing was counted."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def sentences(corpus: Path, kind: str) -> list[dict[str, Any]]:
    """The labelled sentences of a kind, ``actions`` or ``causes``; none where the corpus is absent."""
    return [
        json.loads(line)
        for file in sorted(corpus.glob(f"{kind}*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
        if line
    ]


def detectors() -> dict[str, Callable[[str], bool]]:
    """Each detector by its name, as a question to one sentence."""
    context = Context(date(2026, 1, 1), Settings(), Index((), ()), None, WorkTree("."))

    def asks(
        check: Callable[[Postmortem, Context], Iterator[object]], key: str
    ) -> Callable[[str], bool]:
        return lambda text: any(True for _ in check(_document(text, key), context))

    rules: dict[str, Any] = {rule.id: rule.check for rule in RULES if rule.id in OWN}
    found = {
        name: asks(check, "cause" if name in (*CAUSE_RULES, "counterfactual") else "action")
        for name, check in rules.items()
    }
    return {**found, "prompt-wording": prompt_only}


def _document(text: str, key: str) -> Postmortem:
    if key == "action":
        return Postmortem({"actions": [{"id": "A1", "title": text, "findings": ["F1"]}]})
    return Postmortem({"findings": [{"id": "F1", "statement": text}]})


def measure(actions: list[dict[str, Any]], causes: list[dict[str, Any]]) -> list[Row]:
    """Every row of the table."""
    rows: list[Row] = []
    weak_hits: set[str] = set()
    said: dict[str, set[str]] = {}
    for name, speaks in detectors().items():
        about_causes = name in CAUSE_RULES or name == "counterfactual"
        hits = [item for item in (causes if about_causes else actions) if speaks(item["text"])]
        said[name] = {item["id"] for item in hits}
        weak_hits |= set() if about_causes else said[name]
        rows.append(
            _row(
                name,
                hits,
                BLAMING if about_causes else WEAK,
                OWN[name],
                causes if about_causes else actions,
            )
        )
    rows.append(
        _row("union", [item for item in actions if item["id"] in weak_hits], WEAK, WEAK, actions)
    )
    return [*rows, *_cause_rows(causes, said), _contradicted(actions)]


def _row(
    name: str,
    hits: list[dict[str, Any]],
    bad: Iterable[str],
    own: Iterable[str],
    all: list[dict[str, Any]],
) -> Row:
    found = sum(item["label"] in own for item in hits)
    right = sum(item["label"] in bad for item in hits)
    return Row(
        name,
        len(hits),
        right,
        found / len(hits) if hits else 1.0,
        found,
        sum(item["label"] in own for item in all),
    )


def _cause_rows(causes: list[dict[str, Any]], said: dict[str, set[str]]) -> Iterator[Row]:
    given = {
        item["id"]: next(
            (kind for rule, kind in CAUSE_RULES.items() if item["id"] in said[rule]), "system-cause"
        )
        for item in causes
    }
    exact = sum(given[item["id"]] == item["label"] for item in causes)
    rough = sum(
        (given[item["id"]] == "system-cause") == (item["label"] == "system-cause")
        for item in causes
    )
    for name, right in (("cause class", exact), ("cause good or bad", rough)):
        yield Row(name, len(causes), right, right / len(causes), right, len(causes))


def _contradicted(actions: list[dict[str, Any]]) -> Row:
    true = [(item["text"], layer) for item in actions if (layer := layer_of(item))]
    kept = sum(not contradicts(text, layer) for text, layer in true)
    return Row("structural not contradicted", len(true), kept, kept / len(true), kept, len(true))


def layer_of(item: dict[str, Any]) -> str:
    """The layer of a structural action, from its note; empty where the note names none of ours."""
    if item["label"] != "structural":
        return ""
    names = item["note"].replace("/", " ").replace("+", " ").split()
    known = set(LAYERS["stronger"] + LAYERS["intermediate"])
    return next(
        (LAYER_OF.get(name, name) for name in names if LAYER_OF.get(name, name) in known), ""
    )


def contradicts(text: str, layer: str) -> bool:
    """Whether a title under a structural layer is spoken of: its words are something else, or
    nothing of them belongs to the layer.
    """
    title = title_passage(text)
    other = contradiction(title) or finds_out(title) or title.said("behavioural-norm")
    return other is not None or not (anchored(text, layer) or artefacts(text))


def confusion(actions: list[dict[str, Any]]) -> Iterator[str]:
    """Declared layer (columns) against words (rows): the share in percent of the texts that
    contradict the layer.
    """
    layers = [
        layer
        for layer in (*LAYERS["stronger"], *LAYERS["intermediate"])
        if layer not in ("code-fix", "config")
    ]
    groups: dict[str, list[str]] = {}
    for item in actions:
        name = layer_of(item) or (item["label"] if item["label"] != "structural" else "")
        if name:
            groups.setdefault(name, []).append(item["text"])
    yield f"{'':20} {'n':>4}  " + " ".join(layer[:6].rjust(6) for layer in layers)
    order = [*layers, *sorted(WEAK), "other"]
    for name in sorted((name for name in groups if name in order), key=order.index):
        texts = groups[name]
        shares = [
            100 * sum(contradicts(text, layer) for text in texts) / len(texts) for layer in layers
        ]
        yield f"{name:20} {len(texts):4}  " + " ".join(f"{share:6.0f}" for share in shares)
    weak = [item["text"] for item in actions if item["label"] in WEAK]
    random = sum(contradicts(text, layer) for text in weak for layer in layers) / (
        len(weak) * len(layers)
    )
    fitting = sum(all(contradicts(text, layer) for layer in layers) for text in weak) / len(weak)
    yield f"weak answers contradicted: {random:.0%} with a layer at random, {fitting:.0%} with the layer that fits best"


def report(rows: list[Row]) -> tuple[list[str], list[str]]:
    """The table, and the floors that are missed."""
    lines = [f"{'rule':28} {'hits':>5} {'precision':>10} {'95%':>13} {'own':>5} {'recall':>7}"]
    missed: list[str] = []
    for row in rows:
        low, high = wilson(row.right, row.hits)
        reached = row.reached
        recall = f"{reached.recall:7.2f}" if row.name in OWN or row.name == "union" else ""
        lines.append(
            f"{row.name:28} {row.hits:5} {reached.precision:10.2f}   {low:.2f} - {high:.2f} {row.own:5.2f} {recall}".rstrip()
        )
        for what, least, value in zip(Floor._fields, FLOORS[row.name], reached, strict=True):
            if value < least:
                missed.append(f"{row.name}: {what} {value:.2f} is below its floor {least:.2f}")
    return lines, missed


def main() -> int:
    """Print the table and the confusion; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.words", description="Measure the word rules on labelled sentences."
    )
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, help="folder of actions*.jsonl and causes*.jsonl"
    )
    corpus: Path = parser.parse_args().corpus
    actions, causes = sentences(corpus, "actions"), sentences(corpus, "causes")
    if not actions or not causes:
        print(f"no sentences in {corpus}: nothing is measured")
        return 0
    lines, missed = report(measure(actions, causes))
    print(
        f"{len(actions)} actions, {len(causes)} causes; labels {dict(Counter(item['label'] for item in actions + causes).most_common())}"
    )
    print(*lines, "", *confusion(actions), sep="\n")
    print(*(f"\nmissed: {line}" for line in missed), sep="")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
