"""How good the rules about words are: ``python -m bench.words [--part NAME] [--write]``.

Every labelled sentence becomes one small document of a folder, the engine judges it as a user's, and
what it says beyond what it says of a control document is counted. No sentence is ever printed. The
parts are read by name: ``public`` and ``public2`` were read while the rules were written, the
sentences of ``validation`` were not, so its figures are the ones that count; more parts may lie
beside them. At the end stands what is left of ``public`` and ``public2`` where a source may not
profit from its own words. ``--write`` puts the table into ``docs/words.md``. Exits 1 where a floor
of `FLOORS` is missed.

1. weak answers as the title of an action without ``done_when``: does a rule speak?
2. the same under a structural layer that is drawn by their id, with `PAPER` as their end: an error?
3. structural actions under their own layer with an end of its kind: blocked, or spoken of at all?
4. causes as the statement of a finding: does a rule speak of the bad ones alone?
5. clean sentences of a story, in the body and as the summary: false errors, false warnings.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

from pmlint.check.engine import check_tree
from pmlint.finding import Level
from pmlint.model.vocabulary import LAYERS
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings
from pmlint.rules.prose import RULES
from pmlint.rules.prose.answers import weak_answer
from pmlint.rules.prose.passage import Passage, cause_passage, title_passage

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
PAGE = Path(__file__).parents[1] / "docs" / "words.md"
BEGIN, END = "<!-- python -m bench.words --write: begin -->", "<!-- end -->"
PARTS = ("public", "public2", "validation")
WEAK = frozenset(
    "prompt-only training-or-warning praise vague investigate-only dashboard-only".split()
)
BAD_CAUSES = frozenset(("blame-person", "blame-model", "vague"))
WORD_RULES = frozenset(
    "exhortation praise investigate-only non-commitment behavioural-norm prompt-wording "
    "vague-action vow layer-contradiction".split()
)
"""The rules that read an action's words; `layer-without-end` reads its end."""
STRUCTURAL = (*LAYERS["stronger"], *LAYERS["intermediate"])
ALIAS = {
    "retrieval": "retrieval-filter",
    "scope": "autonomy-scope",
    "evidence": "evidence-capture",
    "elimination": "remove",
}
"""Names of layers in the notes of the labels that the format spells otherwise."""
PAPER = "PR #412 is merged"
PLAIN_END = "tests/agents/test_change.py fails when the change is taken out"
ENDS = {
    "permissions": "tests/policy/test_scope.py: the token gets 403 for a write",
    "tool-split": "tests/policy/test_tools.py: the reader has no write tool and gets 403",
    "approval-gate": "tests/policy/test_approval.py: a run without approval is refused",
    "autonomy-scope": "tests/policy/test_autonomy.py: acting on its own is refused",
    "isolation": "tests/policy/test_isolation.py fails when the two share a database",
    "kill-switch": "tests/agents/test_stop.py: the run halts within 5 s of the flag",
    "limits": "tests/agents/test_limit.py: call 101 within 1 min is rejected",
    "route-slow": "tests/agents/test_canary.py: 5% of the traffic for 24 h, then 100%",
    "freshness": "tests/agents/test_age.py: a source older than 7 days is rejected",
    "rollback": "tests/restore/test_drill.py restores yesterday's snapshot within 15 min",
    "alert": "alerts/refunds.yaml pages @dana when the error rate is above 2% for 10 min",
    "rescue-metric": "alerts/rescues.yaml lowers autonomy above 5 rescues in 24 h",
    "config": "deploy/values.yaml holds the key, and tests/test_values.py fails without it",
    "evidence-capture": "tests/agents/test_audit.py finds the record in audit.jsonl, kept 90 days",
    "ownership": "CODEOWNERS names @dana for routes/, checked by tests/test_owners.py",
    "source-ownership": "sources.yaml names @dana for each source, checked by tests/test_sources.py",
    "restart-gate": "tests/policy/test_restart.py: a restart without sign-off is refused",
}
"""An end of the kind that a layer takes; the other layers take `PLAIN_END`."""
TODAY = date(2026, 9, 10)
_PEOPLE = "".join(
    f'- {{handle: "@{name}", name: {name.title()}, email: {name}@example.org}}\n'
    for name in ("dana", "tom")
)
_BODY = {
    "Business impact": "12 orders were paid twice.",
    "Timeline": "The run began at 06:00 and was stopped at 06:40.",
    "Agent path": "The agent read the policy and called the refund tool.",
    "Failed controls": "The refund tool had no cap.",
    "Permanent changes": "The refund tool gets a cap.",
}


class Sentence(NamedTuple):
    """A labelled sentence: its id, text, source, kind (``action``, ``cause``, ``narrative``), label,
    structural layer (empty: none), language, and whether it is of a text about agents.
    """

    id: str
    text: str
    source: str
    kind: str
    label: str
    layer: str
    language: str
    is_agents: bool


class Place(NamedTuple):
    """Where a sentence stands in a document; what is not given is a valid text of its own."""

    title: str = ""
    layer: str = "limits"
    done_when: str | None = ENDS["limits"]
    statement: str = ""
    summary: str = ""
    story: str = ""


class Figure(NamedTuple):
    """A share: what it is of, ``hits`` of ``total``, and the goal (a least or a most share)."""

    name: str
    hits: int
    total: int
    least: float | None = None
    most: float | None = None

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share."""
        return wilson(self.hits, self.total)

    @property
    def is_met(self) -> bool:
        """Whether the share reaches its goal; of nothing it does."""
        share = self.share
        return share is None or (
            (self.least is None or share >= self.least)
            and (self.most is None or share <= self.most)
        )


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share after Wilson; (0, 1) where nothing was counted."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


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


def _drawn(sentence: Sentence) -> str:
    """A structural layer, drawn by the id: the same one in each run."""
    digest = hashlib.sha256(sentence.id.encode()).hexdigest()
    return STRUCTURAL[int(digest, 16) % len(STRUCTURAL)]


def _document(number: int, place: Place) -> str:
    action = {
        "id": "A1",
        "title": place.title or f"Cap the refund tool at {number} EUR per order in its scope",
        "layer": place.layer,
        "findings": ["F1"],
        "owner": "@tom",
        "deadline": "2026-10-30",
        "status": "open",
    }
    if place.done_when is not None:
        action["done_when"] = place.done_when
    statement = place.statement or f"The refund tool of route {number} took more than 50 EUR."
    clocks = {
        name: f"2026-09-01T06:{minute}:00Z"
        for name, minute in zip(
            ("route_start", "first_warning", "first_impact", "containment"),
            ("00", "31", "31", "40"),
            strict=True,
        )
    }
    front = {
        "id": f"PM-2026-{number:03d}",
        "title": f"Route {number} paid orders twice",
        "status": "accepted",
        "severity": "customer-visible-defect",
        "trigger": "near-miss",
        "opened": "2026-09-01",
        "authors": ["@dana"],
        "routes": [f"route-{number}"],
        "summary": place.summary or f"Route {number} paid 12 orders twice.",
        "impact": {"description": "12 orders were paid twice.", "customers": 12},
        "clocks": clocks,
        "findings": [{"id": "F1", "class": "other", "statement": statement}],
        "actions": [action],
    }
    head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())
    body = dict(_BODY)
    if place.story:
        body["Business impact"] += f"\n\n{place.story}"
    text = "\n".join(f"## {name}\n{paragraph}\n" for name, paragraph in body.items())
    return f"---\n{head}\n---\n{text}\n"


_WORDS = frozenset(rule.id for rule in RULES)
Said = list[tuple[Level, str]]
"""What is said of a document beyond its control: level and code of each finding."""


def judge(places: list[Place], control: Place) -> list[Said]:
    """What the engine says of each place beyond what it says of the control document."""
    if not places:
        return []
    with tempfile.TemporaryDirectory(prefix="words-") as folder:
        root = Path(folder)
        (root / "postmortems").mkdir()
        (root / "people.yaml").write_text(_PEOPLE, "utf-8")
        for number, place in enumerate((control, *places), 1):
            name = f"PM-2026-{number:03d}-x.md"
            (root / "postmortems" / name).write_text(_document(number, place), "utf-8")
        report = check_tree(WorkTree(folder), Settings(), TODAY).report
    found: dict[int, list[Any]] = defaultdict(list)
    for finding in report.findings:
        name = finding.path.rpartition("/")[2]
        if name.startswith("PM-2026-"):
            found[int(name.split("-")[2])].append(finding)
    usual = {(one.code, one.pointer) for one in found[1]}
    return [
        [(one.level, one.code) for one in found[number] if (one.code, one.pointer) not in usual]
        for number in range(2, len(places) + 2)
    ]


def _is_blocked(said: Said) -> bool:
    return any(level is Level.ERROR for level, _ in said)


def _of_words(said: Said) -> Said:
    """What the rules about words say: that a summary is too short is nothing about its words."""
    return [one for one in said if one[1] in _WORDS]


def measure(items: list[Sentence]) -> list[Figure]:
    """The figures of `docs/spec/language.md`, section 5, with their goals."""
    actions = [one for one in items if one.kind == "action"]
    return [*_weak(actions), *_good(actions), *_causes(items), *_narrative(items)]


def _weak(actions: list[Sentence]) -> Iterator[Figure]:
    weak = [one for one in actions if one.label in WEAK]
    bare = judge(
        [Place(title=one.text, layer="code-fix", done_when=None) for one in actions],
        Place(layer="code-fix", done_when=None),
    )
    spoken = [any(code in WORD_RULES for _, code in said) for said in bare]
    hits = [one for one, is_spoken in zip(actions, spoken, strict=True) if is_spoken]
    right = [one for one in hits if one.label in WEAK]
    yield Figure("weak answers, any word rule: precision", len(right), len(hits), least=0.9)
    yield Figure("weak answers, any word rule: recall", len(right), len(weak), least=0.5)
    for name, least, asked in (
        ("  of agents' texts: recall", 0.45, lambda one: one.is_agents),
        ("  prompt-only answers found", 0.6, lambda one: one.label == "prompt-only"),
    ):
        yield Figure(name, sum(map(asked, right)), sum(map(asked, weak)), least=least)
    dressed = judge(
        [Place(title=one.text, layer=_drawn(one), done_when=PAPER) for one in weak],
        Place(),  # with a good end: one of paper would hide what is said of paper
    )
    name = "weak answer, drawn layer, a merged pull request: error"
    yield Figure(name, sum(map(_is_blocked, dressed)), len(weak), least=0.97)


def _good(actions: list[Sentence]) -> Iterator[Figure]:
    good = [one for one in actions if one.layer]
    said = judge(
        [Place(one.text, one.layer, ENDS.get(one.layer, PLAIN_END)) for one in good], Place()
    )
    name = "good action, its layer, an end of its kind"
    yield Figure(f"{name}: error", sum(map(_is_blocked, said)), len(good), most=0.01)
    yield Figure(f"{name}: anything", sum(map(bool, said)), len(good), most=0.05)


def _causes(items: list[Sentence]) -> Iterator[Figure]:
    causes = [one for one in items if one.kind == "cause"]
    said = [_of_words(one) for one in judge([Place(statement=one.text) for one in causes], Place())]
    bad = [one.label in BAD_CAUSES for one in causes]
    right = sum(bool(found) and is_bad for found, is_bad in zip(said, bad, strict=True))
    yield Figure("bad causes: precision", right, sum(map(bool, said)), least=0.9)
    yield Figure("bad causes: recall", right, sum(bad), least=0.5)


def _narrative(items: list[Sentence]) -> Iterator[Figure]:
    clean = [one.text for one in items if one.kind == "narrative" and one.label == "clean"]
    for name, places in (
        ("body", [Place(story=text) for text in clean]),
        ("summary", [Place(summary=text) for text in clean]),
    ):
        said = [_of_words(one) for one in judge(places, Place())]
        blocked = sum(map(_is_blocked, said))
        warned = sum(bool(found) and not _is_blocked(found) for found in said)
        yield Figure(f"narrative in the {name}: false errors", blocked, len(clean), most=0.0)
        yield Figure(f"narrative in the {name}: false warnings", warned, len(clean), most=0.02)


Speaks = Callable[[str], tuple[str, frozenset[str]] | None]
"""A detector: the term by which it speaks of a text and the words that it matched; None: silent."""


def weak_by(text: str) -> tuple[str, frozenset[str]] | None:
    """The term and the words by which a title is a weak answer."""
    title = title_passage(text)
    weak = weak_answer(title)
    return _explained(title, weak.match) if weak else None


def bad_cause_by(text: str) -> tuple[str, frozenset[str]] | None:
    """The term and the words by which a cause is a bad one."""
    cause = cause_passage(text)
    for name in ("blame", "fault", "convenient-story", "vague-cause"):
        if match := cause.first(name):
            return _explained(cause, match)
    return None


def _explained(passage: Passage, match: Any) -> tuple[str, frozenset[str]]:
    tokens = passage.words.tokens
    ends = {tokens[match.first], tokens[match.last - 1]}  # between them a gap may hold any word
    return f"{match.group.list}: {match.term}", frozenset(word for word in ends if len(word) > 3)


def cross(items: list[Sentence], bad: frozenset[str], speaks: Speaks) -> tuple[Figure, Figure]:
    """Precision and recall of a detector where no source profits from its own words.

    A hit counts if its term speaks rightly in another source, too, and each word of four letters or
    more that it matched is in a sentence of another source. A wrong hit always counts.
    """
    sources: dict[str, set[str]] = defaultdict(set)
    terms: dict[str, set[str]] = defaultdict(set)
    hits = []
    for one in items:
        for word in set(title_passage(one.text).words.tokens):
            sources[word].add(one.source)
        if found := speaks(one.text):
            hits.append((one, *found))
            if one.label in bad:
                terms[found[0]].add(one.source)
    wrong = sum(one.label not in bad for one, _, _ in hits)
    right = sum(
        one.label in bad
        and bool(terms[term] - {one.source})
        and all(sources[word] - {one.source} for word in words)
        for one, term, words in hits
    )
    total = sum(one.label in bad for one in items)
    return Figure("precision", right, right + wrong), Figure("recall", right, total)


def row(figure: Figure) -> str:
    """A line of the table."""
    if figure.share is None:
        return f"  {figure.name:58}     –"
    low, high = figure.interval
    goal = f"≥ {figure.least:.2f}" if figure.least is not None else ""
    goal = f"≤ {figure.most:.2f}" if figure.most is not None else goal
    mark = "" if figure.is_met else "  missed"
    share = f"{figure.share:5.2f}  [{low:.2f} – {high:.2f}] {figure.hits:4}/{figure.total:<4}"
    return f"  {figure.name:58} {share} {goal}{mark}".rstrip()


def describe(part: str, items: list[Sentence], figures: list[Figure]) -> Iterator[str]:
    """The table of a part."""
    kinds = Counter(one.kind for one in items)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    yield f"{part}: {counted}, {len({one.source for one in items})} sources"
    yield from map(row, figures)


def crossed(items: list[Sentence]) -> Iterator[tuple[str, Figure]]:
    """The cross-validated figures, named."""
    for name, kind, bad, speaks in (
        ("weak answers", "action", WEAK, weak_by),
        ("bad causes", "cause", BAD_CAUSES, bad_cause_by),
    ):
        some = [one for one in items if one.kind == kind]
        for figure in cross(some, bad, speaks):
            yield f"{name}: {figure.name}", figure


FLOORS = {
    "weak answers: precision": 0.85,
    "weak answers: recall": 0.25,
    "bad causes: precision": 0.85,
    "bad causes: recall": 0.2,
}
"""What the cross-validated figures must reach, somewhat below what they do: a term that learns one
source's sentences does not help, and one that errs is seen.
"""


def missed(figures: Iterable[tuple[str, Figure]]) -> list[str]:
    """The cross-validated figures below their floor."""
    return [
        f"{name}: {figure.share:.2f} is below {FLOORS[name]:.2f}"
        for name, figure in figures
        if figure.share is not None and figure.share < FLOORS[name]
    ]


def markdown(parts: dict[str, list[Figure]]) -> str:
    """The figures of some parts side by side, as a Markdown table; the unseen part first."""
    names = sorted(parts, key=lambda name: name in ("public", "public2"))
    lines = [f"| figure | goal | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for figures in zip(*(parts[name] for name in names), strict=True):
        first = figures[0]
        goal = f"≥ {first.least:.2f}" if first.least is not None else f"≤ {first.most:.2f}"
        lines.append(f"| {first.name.strip()} | {goal} | {' | '.join(map(_cell, figures))} |")
    return "\n".join(lines)


def _cell(figure: Figure) -> str:
    if figure.share is None:
        return "–"
    low, high = figure.interval
    mark = "" if figure.is_met else " (missed)"
    return f"{figure.share:.2f} [{low:.2f} – {high:.2f}], {figure.hits} of {figure.total}{mark}"


def write(parts: dict[str, list[Figure]], day: date) -> None:
    """Put the table into the page, with the day on which it was measured."""
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    table = f"{BEGIN}\n\nMeasured on {day}.\n\n{markdown(parts)}\n\n{END}"
    PAGE.write_text(f"{head}{table}{tail}", "utf-8")


def main() -> int:
    """Print the tables, and the cross-validated figures; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.words", description="Measure the rules about words."
    )
    parser.add_argument("--part", action="append", help=f"default: {', '.join(PARTS)}")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder of the sentences")
    parser.add_argument("--write", action="store_true", help="put the table into docs/words.md")
    options = parser.parse_args()
    measured: dict[str, list[Figure]] = {}
    tuned: list[Sentence] = []
    for part in options.part or PARTS:
        items = sentences(part, options.corpus)
        if not items:
            print(f"{part}: not in {options.corpus}, so not measured")
            continue
        measured[part] = measure(items)
        print(*describe(part, items, measured[part]), "", sep="\n")
        tuned += items if part in ("public", "public2") else []
    if options.write:
        write(measured, date.today())
    figures = list(crossed(tuned)) if tuned else []
    if figures:
        print("public and public2, no source by its own words:")
        print(*(row(figure._replace(name=name)) for name, figure in figures), sep="\n")
    low = missed(figures)
    print(*(f"missed: {line}" for line in low), sep="\n")
    return 1 if low else 0


if __name__ == "__main__":
    raise SystemExit(main())
