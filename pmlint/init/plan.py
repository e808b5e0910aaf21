"""What `pmlint init` would change in a repository: new files, and lines at the end of files that
are there (docs/spec/adopt.md, *pmlint init*).

It looks before it writes (`pmlint.init.survey`): nothing of somebody else is touched, and what it
writes makes no repository red. A second run changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pmlint.init import pre_commit
from pmlint.init.agents import agents as agents_files
from pmlint.init.ci import NAMES, find_ci, job_files, jobs
from pmlint.init.old_reviews import old_reviews
from pmlint.init.repository import (
    DeclinedChange,
    FoundRepository,
    Plan,
    PlannedChange,
    PlatformPlace,
)
from pmlint.init.survey import (
    ELSEWHERE,
    find_folder,
    find_people,
    find_place,
    find_platforms,
    mapping,
)
from pmlint.init.texts import text
from pmlint.parsing.tree import Tree
from pmlint.project.files import folder_for_new
from pmlint.project.foreign import is_foreign
from pmlint.project.kinds import POLICY, POSTMORTEM, ROUTE
from pmlint.project.patterns import walk
from pmlint.project.people import read_people_file
from pmlint.project.settings import Settings

__all__ = ["Plan", "PlannedChange", "plan"]

CODE_OWNERS = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
EXAMPLE_OWNER = "@example-owner"
ATTRIBUTES = "evidence/** -text"
"""With autocrlf git would turn line ends in evidence, and its digest would not fit any more."""


def plan(
    tree: Tree,
    settings: Settings,
    today: date,
    *,
    ci: tuple[str, ...] | None = None,
    owners: tuple[str, ...] = (),
    report: bool = False,
    replay: bool = False,
    agents: tuple[str, ...] = (),
) -> Plan:
    """What is missing in the repository. ``ci`` names systems of `pmlint.init.ci.NAMES`; None means
    those that are found. ``report`` asks for jobs that publish the report, ``replay`` for jobs
    that replay incidents, ``agents`` (of `pmlint.init.agents.NAMES`) for the files that tell agents
    how to write postmortems.

    ``owners`` are those who have to review changes to what the gate judges by. Raises `UsageError`
    for a file that is there and can't be read.
    """
    here = _surveyed(tree, settings, today, find_ci(tree) if ci is None else ci, owners)
    here = here._replace(report=report, replay=replay, agents=agents)
    changes: list[PlannedChange] = []
    declined: list[PlannedChange] = []
    notes: list[str] = []
    # In the order in which a reader of --diff wants to see them.
    for step in (
        _folders,
        _configuration,
        _attributes,
        _hooks,
        jobs,
        _code_owners,
        agents_files,
        _old_reviews,
        _platforms,
    ):
        for item in step(here):
            if isinstance(item, PlannedChange):
                changes.append(item)
            elif isinstance(item, DeclinedChange):
                declined.append(item.change)
            else:
                notes.append(item)
    if not here.ci and ci is None:
        notes.append(f"no CI was found: `pmlint init --ci {'|'.join(NAMES)}` writes its job")
    return Plan(tuple(changes), tuple(notes), tuple(declined))


def _surveyed(
    tree: Tree, settings: Settings, today: date, ci: tuple[str, ...], owners: tuple[str, ...]
) -> FoundRepository:
    """The repository with its folders: of the configuration, or where there is none, of a look."""
    if settings.file:
        place = PlatformPlace(folder_for_new(settings.postmortems, "postmortems"))
        routes, policies = settings.routes[0], settings.policies
    else:
        place = find_place(tree, settings)
        routes = find_folder(tree, settings.routes[0], "route")
        policies = find_folder(tree, settings.policies, "policy")
    people = settings.people if settings.file else find_people(tree, settings.people)
    return FoundRepository(tree, settings, place, routes, policies, people, ci, owners, today)


def _folders(here: FoundRepository) -> Iterator[PlannedChange | str]:
    yield from here.new(f"{here.place.folder}/README.md", POSTMORTEM.template)
    yield from here.new("evidence/README.md", "evidence.md")
    # A configuration that says nothing of a folder of somebody else: no file of ours in there.
    if not is_foreign(here.tree, here.policies, "policy"):
        yield from here.new(f"{here.policies}/README.md", POLICY.template)
    if here.people != here.settings.people:
        listed = here.persons or (EXAMPLE_OWNER,)
        people = "\n".join(f'- {{handle: "{person}"}}' for person in listed)
        yield from here.new(here.people, "people.yaml", people=people)
    has_routes = any(
        entry.path.endswith((".yaml", ".yml")) for entry in walk(here.tree, _route_folders(here))
    )
    if has_routes or here.settings.registry or is_foreign(here.tree, here.routes, "route"):
        return
    owner = _route_owner(here)
    if owner is None:
        yield f"{here.people} names nobody who could own a route: add one, and run this again"
        return
    yield from here.new(f"{here.routes}/example-route.yaml", ROUTE.template, owner=owner)


def _route_owner(here: FoundRepository) -> str | None:
    """Who owns the example of a route: somebody whom the check knows, or a stand-in where names are
    not checked. None where a people file names nobody.
    """
    asked = next(iter(here.persons), EXAMPLE_OWNER)
    found = read_people_file(here.tree, here.settings._replace(people=here.people))
    # Whoever is asked for gets the lines of CODEOWNERS below, and is known by them.
    if found.people is None or (here.persons and found.file != here.people):
        return asked
    known = [person.handle for person in found.people.all if person.kind == "person"]
    return asked if asked in known else next(filter(None, known), None)


def _route_folders(here: FoundRepository) -> tuple[str, ...]:
    return here.settings.routes if here.settings.file else (here.routes,)


def _configuration(here: FoundRepository) -> Iterator[PlannedChange | str]:
    if here.settings.file:
        return
    lines = ['fail_level = "error"']
    if here.place.folder not in here.settings.postmortems:
        lines.append(f'postmortems = "{here.place.folder}"')
    for name, default, place in (
        ("routes", here.settings.routes[0], here.routes),
        ("policies", here.settings.policies, here.policies),
        ("people", here.settings.people, here.people),
    ):
        if place != default:
            lines.append(f'{name} = "{place}"')
            theirs = default if name == "people" else f"{default}/"
            yield (
                f"{theirs} has {'nothing' if name == 'people' else 'no file'} of pmlint's shape "
                f'and stays untouched: {here.configuration} says {name} = "{place}"'
            )
    # As a comment: a tool that decides on its own what is not judged would be trusted too much.
    if here.place.since:
        lines += [
            "# Only postmortems opened since are judged; take the # away to exempt older ones.",
            f'# since = "{here.today}"',
        ]
    yield from here.place.notes
    if here.configuration == "pyproject.toml":
        lines = ["[tool.pmlint]", *lines]
    yield here.appended(here.configuration, "\n".join([*lines, ""]))


def _attributes(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The line that keeps git from turning line ends in evidence."""
    before = here.text(".gitattributes") or ""
    known = [line.split() for line in before.splitlines()]
    if not any(words[:1] == [ATTRIBUTES.split()[0]] for words in known):
        yield here.appended(".gitattributes", f"{ATTRIBUTES}\n")


def _hooks(here: FoundRepository) -> Iterator[PlannedChange | str]:
    path = ".pre-commit-config.yaml"
    before = here.text(path)
    # Whatever version or stage it names: the team has decided.
    if before is not None and pre_commit.present(before):
        return
    after = pre_commit.add(before or "")
    if after is None:
        hooks = text("pre-commit.yaml")
        yield f"`repos` of {path} is not a block list: add the hooks by hand\n{hooks}".rstrip()
    else:
        yield PlannedChange(path, before, after)


def _code_owners(here: FoundRepository) -> Iterator[PlannedChange | str]:
    path = next(
        (path for path in CODE_OWNERS if here.tree.entry(path)),
        ".github/CODEOWNERS" if "github" in here.ci else "CODEOWNERS",
    )
    before = here.text(path) or ""
    if not before and not here.ci and not here.owners:
        return
    # Comments count: whoever has put a line out of force has read it.
    known = {line.lstrip("# ").split(" ")[0] for line in before.splitlines()}
    missing = [pattern for pattern in _judged(here) if pattern not in known]
    if not missing:
        return
    # Of several lines the last that fits is the one that counts in CODEOWNERS.
    everything = re.findall(r"^\*[ \t]+(\S.*?)[ \t\r]*$", before, re.MULTILINE)
    owner = " ".join(here.owners) or (everything[-1] if everything else "")
    if not owner:
        yield f"name in {path} who owns what the gate judges by: the lines are there, as comments"
    lines = [f"{pattern} {owner}" if owner else f"# {pattern} @who-decides" for pattern in missing]
    yield here.appended(path, "\n".join(["# What the gate of pmlint judges by:", *lines, ""]))


def _judged(here: FoundRepository) -> list[str]:
    """The patterns of everything that the gate judges by."""
    return [
        f"/{here.place.folder}/",
        f"/{here.policies}/",
        "/schema/",
        *(f"/{folder}/" for folder in _route_folders(here)),
        f"/{here.configuration}",
        f"/{here.people}",
        *(f"/{file}" for file in job_files(here)),
    ]


def _old_reviews(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """What imports old postmortems; only before there is a configuration, which may leave them."""
    if not here.settings.file:
        yield from old_reviews(here.tree, (*here.settings.postmortems, *ELSEWHERE))


def _platforms(here: FoundRepository) -> Iterator[PlannedChange | str]:
    """The mapping of each platform whose files are there: printed, and never written unasked."""
    person = next(iter(here.persons), "")
    for platform, files in find_platforms(here.tree, here.settings):
        copied = mapping(platform, files, here.configuration, person)
        number = files[0] if len(files) == 1 else f"{len(files)} files"
        yield (
            f"{number} of {platform.name}: to make what runs there a route, copy this into "
            f"{here.configuration}\n{copied}"
        )
