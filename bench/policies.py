"""What the shipped policies, and the rules about prose, cost for each document: a check with them
and one without.
"""

from __future__ import annotations

import json
import subprocess
from statistics import median

from bench.measure import Failed, Run, instructions, interleave, ratio
from bench.peers import ROOT
from bench.stage import Outcome, Stage, Table

_MORE = 8
"""So many files more tell what each takes from what is read once."""


def policies(stage: Stage) -> Outcome:
    """The cost of the policies that ship."""
    return _cost(stage, "policies", _groups(stage).keys() & _policies())


def words(stage: Stage) -> Outcome:
    """The cost of the rules about prose: for each document, and once for their lists."""
    ids = {rule for rule, group in _groups(stage).items() if group == "words"}
    many = _cost(stage, "words", ids)
    if not ids:
        return many
    commands = {
        "one file": stage.check(stage.corpus(1)),
        "one file, without": stage.check(stage.corpus(1, off=sorted(ids))),
    }
    interleave(commands, 1)  # so that every module has been compiled
    runs = interleave(commands, max(9, stage.rounds))
    using, without = many.tables[0].runs.values()
    each = median(_each(stage, using, without))
    # What one file costs is its own words and the lists of its language.
    start = median(
        1000 * (one.cpu - other.cpu) - each for one, other in zip(*runs.values(), strict=True)
    )
    counts, counted = _counted(stage, ids)
    return Outcome(
        [*many.tables, Table("Start-up of the words, one file", runs, "one file, without")],
        counts=counts,
        figures={"words-each": each, "words-start": start},
        notes=[*many.notes, f"their lists cost {start:,.1f} ms of CPU once", *counted],
    )


def _counted(stage: Stage, ids: set[str]) -> tuple[dict[str, int], list[str]]:
    """The same in instructions, which no load of the machine changes; nothing without valgrind."""
    counts: dict[str, int] = {}
    for documents, name in ((1, "one file"), (1 + _MORE, f"{1 + _MORE} files")):
        for off, of in ((set[str](), name), (ids, f"{name}, without")):
            count = instructions(stage.check(stage.corpus(documents, off=sorted(off))))
            if count is None:
                return {}, ["their instructions are not counted: valgrind is not installed"]
            counts[of] = count
    one, one_without, many, many_without = counts.values()
    each = ((many - many_without) - (one - one_without)) / _MORE / 1e6
    start = (one - one_without) / 1e6 - each
    return counts, [
        f"in instructions {each:,.1f} million for each document and {start:,.1f} million once, "
        f"of {one / 1e6:,.0f} million of one file"
    ]


def engines(stage: Stage) -> Outcome:
    """Each engine of CEL, for one postmortem and for many."""
    outcome = Outcome()
    for documents in (1, stage.documents):
        corpus = stage.corpus(documents)
        command = stage.check(corpus)
        commands = {
            name: command._replace(environment={**command.environment, "PMLINT_CEL": engine})
            for name, engine in (("cel-expr-python", "cpp"), ("common-expression-language", "rust"))
        }
        try:
            runs = interleave(commands, stage.few if documents > 1 else max(5, stage.rounds))
        except Failed as error:
            return Outcome(notes=[f"the second engine of policies is not measured: {error}"])
        title = f"Engines of policies, {documents:,} {'file' if documents == 1 else 'files'}"
        outcome.tables.append(Table(title, runs, "cel-expr-python"))
        second = ratio(runs["common-expression-language"], runs["cel-expr-python"]).median
        outcome.figures["engine-one" if documents == 1 else "engine-many"] = second
    return outcome


def _cost(stage: Stage, name: str, ids: set[str]) -> Outcome:
    if not ids:
        return Outcome(notes=[f"the cost of the {name} is not measured: `pmlint rules` lists none"])
    commands = {
        f"with {len(ids)} {name}": stage.check(stage.corpus(stage.documents)),
        "without": stage.check(stage.corpus(stage.documents, off=sorted(ids))),
    }
    runs = interleave(commands, stage.few)
    using, without = runs.values()
    return Outcome(
        [Table(f"Cost of the {name}, {stage.documents:,} files", runs, "without")],
        notes=[_note(stage, name, using, without)],
    )


def _note(stage: Stage, name: str, using: list[Run], without: list[Run]) -> str:
    each = sorted(1000 * one for one in _each(stage, using, without))
    return f"the {name} cost {median(each):,.0f} µs of CPU for each document ({each[0]:,.0f} to {each[-1]:,.0f})"


def _each(stage: Stage, using: list[Run], without: list[Run]) -> list[float]:
    """How many milliseconds of CPU each document takes more, by round."""
    return [
        1000 * (one.cpu - other.cpu) / stage.documents
        for one, other in zip(using, without, strict=True)
    ]


def _policies() -> set[str]:
    return {file.stem for file in (ROOT / "policies").glob("*.yaml")}


def _groups(stage: Stage) -> dict[str, str]:
    """The group of each id that `pmlint rules` lists.

    By its JSON: in the table a code of the configuration, which cannot be turned off, looks like a
    rule.
    """
    command = stage.pmlint(stage.corpus(1), "rules", "--output-format=json")
    said = subprocess.run(
        command.words, cwd=command.folder, capture_output=True, text=True, check=True
    ).stdout
    return {rule["id"]: rule["group"] for rule in json.loads(said)["rules"]}
