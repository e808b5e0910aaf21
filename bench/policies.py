"""What the shipped policies, and the rules about prose, cost for each document: a check with them
and one without.
"""

from __future__ import annotations

import json
import subprocess
from statistics import median

from bench.measure import Failed, Run, interleave, ratio
from bench.peers import ROOT
from bench.stage import Outcome, Stage, Table


def policies(stage: Stage) -> Outcome:
    """The cost of the policies that ship."""
    return _cost(stage, "policies", _groups(stage).keys() & _policies())


def words(stage: Stage) -> Outcome:
    """The cost of the rules about prose."""
    return _cost(
        stage, "words", {rule for rule, group in _groups(stage).items() if group == "words"}
    )


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
    each = sorted(
        (one.cpu - other.cpu) / stage.documents * 1e6
        for one, other in zip(using, without, strict=True)
    )
    return f"the {name} cost {median(each):,.0f} µs of CPU for each document ({each[0]:,.0f} to {each[-1]:,.0f})"


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
