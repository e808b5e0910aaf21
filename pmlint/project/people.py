"""Who may be named in a postmortem: the people file, else the persons of CODEOWNERS.

The only module that knows codeowners.
"""

from __future__ import annotations

from pmlint.finding import Finding, Level
from pmlint.model import People
from pmlint.model.schema import check as check_shape
from pmlint.parsing.document import read_yaml
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.project.registry import pointer, syntax
from pmlint.project.settings import Settings

CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where forges look, in their order."""


def read_people(
    tree: Tree, settings: Settings, sources: dict[str, Source], findings: list[Finding]
) -> People | None:
    """The roster of a tree; None where there is none, or where it is no closed list: CODEOWNERS
    with teams or mail addresses.

    Adds the people file to ``sources``, and what is wrong with it to ``findings``.
    """
    file = settings.people
    if tree.entry(file) is None:
        return _code_owners(tree)
    try:
        source = sources[file] = decode(file, tree.read(file))
        document = read_yaml(source, "people")
    except Malformed as error:
        findings.append(syntax(file, error))
        return None
    findings += [syntax(file, problem) for problem in document.problems]
    for problem in check_shape("people", document.data):
        span = document.locate(problem.at)
        findings.append(
            Finding(
                "schema",
                Level.ERROR,
                problem.message,
                file,
                span,
                pointer(problem.at),
                help=problem.help,
            )
        )
    return People(document.data, file)


def _code_owners(tree: Tree) -> People | None:
    file = next((file for file in CODEOWNERS if tree.entry(file) is not None), None)
    if file is None:
        return None
    from codeowners import CodeOwners

    try:
        rules = CodeOwners(decode(file, tree.read(file)).text).paths
    except (Malformed, ValueError):
        return None
    owners = {owner for rule in rules for owner in rule[2]}
    if not owners or any(kind != "USERNAME" for kind, _ in owners):
        return None
    return People([{"handle": handle} for _, handle in sorted(owners)], file)
