"""What an organisation demands of each of its repositories (docs/spec/fleet.md, *The organisation's
policy*).

1. It comes from outside the checkout, as ``--policies DIR``: ``org.toml`` and ``policies/*.yaml``.
   No repository can loosen it, since none of its files has a say in it.
2. It is judged in addition, so the stricter value always wins: a repository may demand more.
3. What is wrong with it is exit code 2 for everybody: nothing is judged by half of it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.model.dates import parse_date
from pmlint.model.schema import check
from pmlint.parsing.overlay import FilesTree
from pmlint.parsing.source import MAX_BYTES
from pmlint.parsing.toml import dates_as_texts
from pmlint.project.configuration_file import ConfigurationFile, parse_configuration
from pmlint.project.setting_values import READERS
from pmlint.project.settings import GateSettings, LedgerSetting, RuleSettings, Settings

FILE = "org.toml"
FOLDER = "policies"
EVERY = "*"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_POLICY = re.compile(rb"^(?:applies_to|require):", re.MULTILINE)
_STATEMENTS = ("off", "file", "signature")


class Organisation(NamedTuple):
    """The demands of an organisation: ``digest`` is the SHA-256 of its files, ``tree`` has its
    policies; None is no demand.
    """

    digest: str
    tree: FilesTree
    required_rules: tuple[str, ...] = ()
    max_waiver_days: int | None = None
    agents: tuple[str, ...] = ()
    approvals: str = "recorded"
    levels: Mapping[str, Level] = _NOTHING
    horizon: Mapping[str, int] = _NOTHING
    slow_containment_minutes: int | None = None
    since: date | None = None
    ledgers: tuple[LedgerSetting, ...] = ()
    gate: Mapping[str, Any] = _NOTHING
    """``budgets``, ``replays`` and ``drills``, where they are demanded."""

    def tightened(self, settings: Settings) -> Settings:
        """The settings of a repository with what the organisation adds to its gate."""
        gate = settings.gate
        # Of one repository in both lists the organisation's entry counts: its keys, its routes.
        known = {entry.repository for entry in self.ledgers}
        ledgers = (*self.ledgers, *(one for one in settings.ledgers if one.repository not in known))
        # `forge` and `signature` are equally strict: a repository may choose between them.
        asked = gate.approvals if gate.approvals != "recorded" else self.approvals
        added = tuple(one for one in self.agents if one not in gate.agents)
        tight = gate._replace(
            approvals=asked,
            agents=(*gate.agents, *added),
            # Whoever demands agents also demands to know who made a change.
            names_agents=gate.names_agents or bool(added),
            **self._statements(gate),
        )
        return settings._replace(gate=tight, ledgers=ledgers)

    def _statements(self, gate: GateSettings) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, least in self.gate.items():
            own = getattr(gate, name)
            if isinstance(least, bool):
                found[name] = own or least
            else:
                found[name] = max(own, least, key=_STATEMENTS.index)
        return found

    def demanding(self, settings: Settings) -> Settings:
        """The settings of the second pass: where records are is the repository's, and nothing that
        it sets aside, turns off or exempts.
        """
        slow = settings.slow_containment_minutes
        # A stricter limit of the repository's own stays.
        least = {name: min(days, settings.horizon[name]) for name, days in self.horizon.items()}
        return settings._replace(
            select=(),
            ignore=(),
            since=self.since,
            baseline="",
            words=_stricter_words(settings.words),
            rules={name: RuleSettings(level) for name, level in self.levels.items()},
            horizon={**settings.horizon, **least},
            slow_containment_minutes=min(slow, self.slow_containment_minutes or slow),
        )


def files_of(folder: str) -> dict[str, bytes]:
    """The files of ``--policies DIR``, as plain data.

    Raises `UsageError` for what is not there, and for a policy where nobody reads it.
    """
    found: dict[str, bytes] = {}
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            found[FILE] = file.read()
        place = os.path.join(folder, FOLDER)
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            with open(os.path.join(place, name), "rb") as file:
                found[f"{FOLDER}/{name}"] = file.read()
        stray = next(_strays(folder), None)
    except OSError as error:
        raise UsageError(
            f"the organisation's policies cannot be read: {str(error.strerror).lower()}",
            file=error.filename or folder,
            help="name a folder with org.toml and policies/ (--policies)",
        ) from None
    if stray is not None:
        # Else a folder 'policy/', or none, is an organisation that demands nothing, without a word.
        raise UsageError(
            "this policy would demand nothing",
            file=stray,
            help=f"move it into '{os.path.join(folder, FOLDER)}'",
        )
    return found


def _strays(folder: str) -> Iterator[str]:
    """The policies beside the folder of policies: in ``folder``, and one level below."""
    with os.scandir(folder) as entries:
        beside = [one for one in entries if one.name != FOLDER and not one.name.startswith(".")]
    for entry in sorted(beside, key=lambda one: one.name):
        names = sorted(os.listdir(entry.path)) if entry.is_dir() else ("",)
        for path in (os.path.join(entry.path, name) if name else entry.path for name in names):
            # Other files of the organisation may be YAML, too: workflows, sites, tools.
            if path.endswith((".yaml", ".yml")) and os.path.isfile(path):
                with open(path, "rb") as file:
                    if _POLICY.search(file.read(MAX_BYTES)):
                        yield path


def read_organisation(files: Mapping[str, bytes]) -> Organisation:
    """The demands of an organisation. Raises `UsageError` for anything that the schema refuses."""
    document = parse_configuration(FILE, files[FILE])
    table = dates_as_texts(document.data)
    configuration = ConfigurationFile(FILE, table, document.locate)
    for problem in check("organisation", table):
        raise configuration.refuse(problem.message, problem.at, problem.help)
    assert isinstance(table, dict)
    # by the reader of a repository's own, which refuses a pattern that makes everybody an agent
    READERS["gate"](configuration, {"agents": table.get("agents", [])})
    ledgers = READERS["ledgers"](configuration, table.get("ledgers", []))
    assert isinstance(ledgers, tuple)
    levels = {name: Level[text.upper()] for name, text in table.get("levels", {}).items()}
    since = table.get("since")
    return Organisation(
        digest_of(files),
        FilesTree(files),
        tuple(table.get("required_rules", ())),
        table.get("max_waiver_days"),
        tuple(table.get("agents", ())),
        table.get("approvals", "recorded"),
        levels,
        table.get("horizon", {}),
        table.get("slow_containment_minutes"),
        parse_date(since) if since else None,
        ledgers,
        {name: table[name] for name in ("budgets", "replays", "drills") if name in table},
    )


def _stricter_words(words: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a repository may say of words: further files of instructions. Words that it removes, or
    adds to what excuses another, and languages that it leaves out make a rule silent.
    """
    return {name: value for name, value in words.items() if name == "instruction_files"}


def digest_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of files with their names: another name is another demand."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()
