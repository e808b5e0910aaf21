"""The settings of a project, with their defaults: ``[tool.pmlint]`` of `pyproject.toml`, or
`pmlint.toml`, as `schema/config.json` describes it (docs/spec/adopt.md, *Configuration*).

`configuration` reads them; what each value must be is in `setting_values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from pmlint.finding import Level
from pmlint.model.dates import duration_seconds
from pmlint.model.schema import OwnWords
from pmlint.model.vocabulary import SEVERITIES
from pmlint.project.ids import schema_pattern
from pmlint.project.repositories import SEPARATOR, full_names

_EMPTY: Mapping[str, Any] = MappingProxyType({})
NAMES = ("pyproject.toml", "pmlint.toml")
"""The files that can configure pmlint."""


class FlagSetting(NamedTuple):
    """A restart flag of a source, and what a file without its field means; empty is unclear."""

    flag: str
    absent: Literal["up", "down", ""] = ""


class FieldSetting(NamedTuple):
    """A path of ``trust`` or ``guards``; ``order`` lists the texts it may have, least first.

    ``optional`` declares a path that no file has yet.
    """

    path: str
    order: tuple[str, ...] = ()
    optional: bool = False


class RegistrySource(NamedTuple):
    """Where routes are in files of another platform (docs/spec/adopt.md, *Routes in files of a
    platform*).
    """

    files: tuple[str, ...]
    id: str
    name: str = ""
    exclude: tuple[str, ...] = ()
    each: str = ""
    where: str = ""
    owner: str = ""
    restart_flags: tuple[FlagSetting, ...] = ()
    trust: tuple[FieldSetting, ...] = ()
    guards: tuple[FieldSetting, ...] = ()
    target: str = ""
    postmortems: str = ""
    slo: str = ""

    @property
    def shown(self) -> str:
        """What messages call the source: its name, else its first pattern."""
        return self.name or self.files[0]


class RuleSettings(NamedTuple):
    """What the configuration says of one rule or policy: its level, or off with a reason."""

    level: Level | None = None
    off: bool = False
    reason: str = ""


StatementMode = Literal["off", "file", "signature"]


class GateSettings(NamedTuple):
    """``[tool.pmlint.gate]``: where approvals come from, whether closing and restarting are always
    two changes, signed routes, logins of agents, whether commits keep their ids, and what a route
    has to show besides.
    """

    approvals: str = "recorded"
    two_phase: bool = False
    signed_routes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ("*[bot]",)
    """Only a program has a login that ends in ``[bot]``: the forge guarantees it."""
    keeps_commits: bool = False
    budgets: StatementMode = "off"
    replays: StatementMode = "off"
    """Which statements count (docs/spec/trust.md, *Statements*)."""
    drills: bool = False
    """Whether a restored route needs a kill switch that was tried in time."""
    names_agents: bool = False
    """Whether the file has ``agents``: the default list judges only an author that is given."""


class DrillSettings(NamedTuple):
    """``[tool.pmlint.drills]``: how old the last drill of a kill switch may be, and how many
    seconds it may take.
    """

    every: str = "90d"
    seconds: int = 300


class ReplaySettings(NamedTuple):
    """``[tool.pmlint.replay]``: how old the statement of a replay may be."""

    max_age: str = "30d"


class ReportSettings(NamedTuple):
    """``[tool.pmlint.report]``: title, address, the limit of the pictures in seconds (0: that of
    the rules), a file of CSS, and what is left out for publishing.
    """

    title: str = "Postmortems"
    base_url: str = ""
    containment: int = 0
    extra_css: str = ""
    hide: tuple[str, ...] = ()


class FlagSettings(NamedTuple):
    """``[tool.pmlint.flags]``: the file that `pmlint flags` writes and checks, and whether what
    holds a route turns it off (``off``) or is for the gate alone (``registry``).
    """

    file: str = ""
    held: Literal["off", "registry"] = "off"


class LedgerSetting(NamedTuple):
    """An entry of ``[[tool.pmlint.ledgers]]``: another repository whose signed ledger may hold
    routes of ours. ``max_age`` is as it is written; a ledger below ``sequence`` is an older one.
    """

    repository: str
    signers: tuple[str, ...]
    ref: str = "refs/heads/main"
    routes: tuple[str, ...] = ("*",)
    max_age: str = "24h"
    sequence: int = 0
    required: bool = True

    @property
    def seconds(self) -> int:
        """``max_age`` in seconds."""
        return duration_seconds(self.max_age)


class SettingAmendment(NamedTuple):
    """An entry of ``[[tool.pmlint.amendments]]``; None for what was or is absent."""

    on: date | None
    field: str
    before: object
    after: object
    reason: str
    approved_by: str


class Settings(NamedTuple):
    """All settings, with their defaults.

    Paths are relative to the root; ``file`` is where they were read, empty for the defaults.
    """

    file: str = ""
    postmortems: tuple[str, ...] = ("postmortems",)
    routes: tuple[str, ...] = ("routes",)
    exclude: tuple[str, ...] = ()
    policies: str = "policies"
    people: str = "people.yaml"
    baseline: str = "pmlint-baseline.json"
    ids: tuple[str, ...] = ()
    """Own forms of ids (`pmlint.project.ids`)."""
    severities: Mapping[str, str] = _EMPTY
    """Own words for severities, each with the one that it means."""
    sections: Mapping[str, tuple[str, ...]] = _EMPTY
    """Own names of the sections, by the kebab-case name of the English one."""
    extra_fields: tuple[str, ...] = ()
    timezone: str = ""
    since: date | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_level: Level = Level.ERROR
    max_files: int = 20_000
    """The most postmortems that are read (docs/spec/security.md, budgets)."""
    rules: Mapping[str, RuleSettings] = _EMPTY
    horizon: Mapping[str, int] = MappingProxyType(
        {
            "near-miss": 90,
            "internal-impact": 90,
            "customer-visible-defect": 60,
            "control-breach": 30,
        }
    )
    """The most days from opening to a deadline, by severity."""
    slow_containment_minutes: int = 60
    """From first warning to containment; more needs an action that shortens it."""
    taxonomies: Mapping[str, tuple[str, ...]] = _EMPTY
    words: Mapping[str, Any] = _EMPTY
    registry: tuple[RegistrySource, ...] = ()
    gate: GateSettings = GateSettings()
    report: ReportSettings = ReportSettings()
    flags: FlagSettings = FlagSettings()
    runs: Mapping[str, Any] = _EMPTY
    due: Mapping[str, Any] = _EMPTY
    """As they are written: `pmlint.runs.settings` reads both for the verbs that count runs."""
    drills: DrillSettings = DrillSettings()
    replay: ReplaySettings = ReplaySettings()
    repository: str = ""
    """What other repositories call this one: ``host/owner/name[/folder]``, case folded."""
    repositories: Mapping[str, str] = _EMPTY
    """Other repositories that links lead to, by their aliases."""
    ledgers: tuple[LedgerSetting, ...] = ()
    amendments: tuple[SettingAmendment, ...] = ()

    @property
    def own_words(self) -> OwnWords:
        """What the schema of postmortems has to allow besides the format."""
        severities = tuple(self.severities)
        return OwnWords(schema_pattern(self.ids), severities, self.extra_fields, tuple(self.ids))

    @property
    def severity_words(self) -> tuple[str, ...]:
        """The words that a severity may be written with: those of the format, then own ones."""
        return (*SEVERITIES, *(word for word in self.severities if word not in SEVERITIES))

    def as_judged(self, data: object) -> object:
        """The data of a postmortem with own severities replaced by those that they mean, also in
        its amendments, and links into other repositories in full.
        """
        if not isinstance(data, dict):
            return data
        # What judges sees the severity of the format; what prints keeps the written word.
        return self.in_full(data | self._severities_of(data) if self.severities else data)

    def _severities_of(self, data: dict[str, Any]) -> dict[str, Any]:
        """The fields of a postmortem that have an own severity, with the ones that they mean."""

        def meant(word: object) -> object:
            return self.severities.get(word, word) if isinstance(word, str) else word

        found = {"severity": meant(data["severity"])} if "severity" in data else {}
        amendments = data.get("amendments")
        if isinstance(amendments, list):
            # The gate compares from and to with what it sees of the severity before and after.
            found["amendments"] = [
                entry | {end: meant(entry[end]) for end in ("from", "to") if end in entry}
                if isinstance(entry, dict) and entry.get("field") == "severity"
                else entry
                for entry in amendments
            ]
        return found

    def in_full(self, data: object) -> object:
        """The data of a postmortem with its links into other repositories in full."""
        if not isinstance(data, dict):
            return data
        for field in ("routes", "recurrence_of"):
            names = data.get(field)
            if isinstance(names, list) and any(SEPARATOR in str(name) for name in names):
                data = data | {field: full_names(names, self.repositories)}
        return data
