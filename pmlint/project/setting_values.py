"""How the value of each setting is read, and what of it is refused beyond its shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.model.dates import duration_seconds, parse_date
from pmlint.model.headings import setting_name, shipped_headings
from pmlint.model.schema import schema
from pmlint.model.suggestions import one_letter_apart
from pmlint.model.vocabulary import SEVERITIES
from pmlint.parsing.markdown import plain_title
from pmlint.parsing.tree import normal
from pmlint.place import Path, Where
from pmlint.project.configuration_file import ConfigurationFile, frozen
from pmlint.project.days import time_zone
from pmlint.project.ids import compile_form
from pmlint.project.repositories import MalformedName, is_alias, repository_name
from pmlint.project.settings import (
    DrillSettings,
    FlagSettings,
    GateSettings,
    LedgerSetting,
    RegistrySource,
    ReplaySettings,
    ReportSettings,
    RuleSettings,
    SettingAmendment,
    Settings,
)


def _folders(configuration: ConfigurationFile, name: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(
        _one_path(
            configuration, Path((name, number) if isinstance(value, list) else (name,)), str(item)
        )
        for number, item in enumerate(listed)
    )


def _one_path(configuration: ConfigurationFile, at: Path, text: str) -> str:
    """A path or pattern below the root, without ``./`` and a slash at its end; '.' is the root."""
    # '.' is the root itself, for a repository that is nothing but postmortems.
    if text.strip("./") == "" and ".." not in text and not text.startswith("/"):
        return ""
    path = normal(text)
    if path is None or ".." in text.split("/"):
        raise configuration.refuse(
            f"'{text}' is outside the project",
            at,
            "write it from the folder of this file, with /",
        )
    return path


def _paths_of(name: str) -> Callable[[ConfigurationFile, Any], tuple[str, ...]]:
    return lambda configuration, value: _folders(configuration, name, value)


def _path_of(name: str) -> Callable[[ConfigurationFile, Any], str]:
    return lambda configuration, value: _one_path(configuration, Path((name,)), str(value))


def _severity_words(configuration: ConfigurationFile, value: dict[str, str]) -> Mapping[str, str]:
    for word in value:
        # 'near-miss = "control-breach"' would turn a word of the format around.
        if word in SEVERITIES and value[word] != word:
            raise configuration.refuse(
                f"'{word}' is a severity of the format",
                Path(("severities", word)).key,
                "give your own word another name",
            )
    return MappingProxyType(value)


def _sections(
    configuration: ConfigurationFile, value: dict[str, list[str]]
) -> Mapping[str, tuple[str, ...]]:
    """Own headings, each of one section: one of two would be found for either, and missed."""
    owners = {heading: setting_name(title) for heading, title in shipped_headings().items()}
    for section, headings in value.items():
        for number, heading in enumerate(headings):
            title = plain_title(heading)
            owner = owners.setdefault(title, section)
            if title and owner == section:
                continue
            raise configuration.refuse(
                f"'{heading}' is the heading of '{owner}'" if title else f"'{heading}' has no word",
                Path(("sections", section, number)),
                f"name a heading that only '{section}' has",
            )
    return MappingProxyType(frozen(value))


def _forms(configuration: ConfigurationFile, value: list[str]) -> tuple[str, ...]:
    for number, form in enumerate(value):
        try:
            compile_form(form)
        except UsageError as error:
            raise configuration.refuse(error.message, Path(("ids", number)), error.help) from None
    return tuple(value)


def _extra(configuration: ConfigurationFile, value: list[str]) -> tuple[str, ...]:
    """Bare keys for site generators: none that could be a misspelt field."""
    for number, name in enumerate(value):
        for field in schema("postmortem")["properties"]:
            if one_letter_apart(name, field):
                raise configuration.refuse(
                    f"'{name}' is within one letter of the field '{field}'",
                    Path(("extra_fields", number)),
                    "give it another name, so that a misspelt field is still found",
                )
    return tuple(value)


def _zone(configuration: ConfigurationFile, value: str) -> str:
    try:
        time_zone(value)
    except UsageError as error:
        raise configuration.refuse(error.message, Path(("timezone",)), error.help) from None
    return value


def _rules(configuration: ConfigurationFile, value: dict[str, Any]) -> Mapping[str, RuleSettings]:
    return MappingProxyType(
        {name: _rule(configuration, name, rule) for name, rule in value.items()}
    )


def _rule(configuration: ConfigurationFile, name: str, rule: dict[str, str]) -> RuleSettings:
    level = rule.get("level", "")
    if level == "off" and not rule.get("reason", "").strip():
        raise configuration.refuse(
            f"'{name}' is off without a reason",
            Path(("rules", name)).key,
            'add reason = "why", for the next reader',
        )
    return RuleSettings(
        Level[level.upper()] if level in ("error", "warning") else None,
        level == "off",
        rule.get("reason", ""),
    )


def _gate(configuration: ConfigurationFile, value: dict[str, Any]) -> GateSettings:
    for number, pattern in enumerate(value.get("agents", ())):
        if not any(char.isalnum() for char in pattern):
            # A pattern such as '*' would make everybody an agent, and every approval void.
            raise configuration.refuse(
                f"the pattern '{pattern}' of agents has no letter or digit",
                Path(("gate", "agents", number)),
                "name the logins of agents, such as '*[bot]' or 'claude*'",
            )
    return GateSettings(**frozen(value), names_agents="agents" in value)


def _report(configuration: ConfigurationFile, value: dict[str, Any]) -> ReportSettings:
    fields = frozen(value)
    if "containment" in value:
        fields["containment"] = duration_seconds(value["containment"])
    if "extra_css" in value:
        at = Path(("report", "extra_css"))
        fields["extra_css"] = _one_path(configuration, at, value["extra_css"])
    return ReportSettings(**fields)


def _flags(configuration: ConfigurationFile, value: dict[str, Any]) -> FlagSettings:
    fields = frozen(value)
    if "file" in value:
        fields["file"] = _one_path(configuration, Path(("flags", "file")), value["file"])
    return FlagSettings(**fields)


def _sources(
    configuration: ConfigurationFile, value: list[dict[str, Any]]
) -> tuple[RegistrySource, ...]:
    # Imported here: a repository whose routes are its own has no paths or expressions to compile.
    from pmlint.project.setting_sources import read_sources_setting

    return read_sources_setting(configuration, value)


def _amendments(
    configuration: ConfigurationFile, value: list[dict[str, Any]]
) -> tuple[SettingAmendment, ...]:
    return tuple(
        SettingAmendment(
            parse_date(entry["on"]),
            entry["field"],
            entry.get("from"),
            entry.get("to"),
            entry["reason"],
            entry["approved_by"],
        )
        for entry in value
    )


def _repository(configuration: ConfigurationFile, value: str) -> str:
    return _repository_at(configuration, Path(("repository",)), value)


def _repository_at(configuration: ConfigurationFile, at: Path | Where, text: str) -> str:
    """The name of a repository in a setting. Raises `UsageError` for anything else."""
    try:
        return repository_name(text)
    except MalformedName as error:
        raise configuration.refuse(error.message, at, error.help) from None


def _own_name(text: str) -> str | None:
    """Our own name as others write it; None where the setting is refused."""
    try:
        return repository_name(text)
    except MalformedName:
        return None


def _repositories(configuration: ConfigurationFile, value: dict[str, str]) -> Mapping[str, str]:
    table = configuration.table
    own = _own_name(str(table.get("repository", ""))) if isinstance(table, dict) else None
    known: dict[str, str] = {}
    for alias, text in value.items():
        at = Path(("repositories", alias))
        name = _repository_at(configuration, at, text)
        if not is_alias(alias):
            raise configuration.refuse(
                f"'{alias}' is not an alias", at.key, "write a word without '.', '/', ':' and '@'"
            )
        # one repository under two names would be two to whoever compares links
        if name in known.values():
            raise configuration.refuse(f"'{name}' has two aliases", at, "keep one of them")
        if name == own:
            raise configuration.refuse(
                f"'{name}' is this repository", at, "remove it: own routes need no repository"
            )
        known[alias] = name
    return MappingProxyType(known)


def _ledgers(
    configuration: ConfigurationFile, value: list[dict[str, Any]]
) -> tuple[LedgerSetting, ...]:
    found: list[LedgerSetting] = []
    for number, entry in enumerate(value):
        at = Path(("ledgers", number, "repository"))
        name = _repository_at(configuration, at, entry["repository"])
        if any(name == other.repository for other in found):
            raise configuration.refuse(
                f"'{name}' has two ledgers", at, "keep one entry for each repository"
            )
        found.append(LedgerSetting(**frozen(entry) | {"repository": name}))
    return tuple(found)


READERS: Mapping[str, Callable[[ConfigurationFile, Any], object]] = {
    "postmortems": _paths_of("postmortems"),
    "routes": _paths_of("routes"),
    "exclude": _paths_of("exclude"),
    "policies": _path_of("policies"),
    "people": _path_of("people"),
    "baseline": _path_of("baseline"),
    "ids": _forms,
    "severities": _severity_words,
    "sections": _sections,
    "extra_fields": _extra,
    "timezone": _zone,
    "since": lambda configuration, value: parse_date(value),
    "fail_level": lambda configuration, value: Level[value.upper()],
    "rules": _rules,
    "horizon": lambda configuration, value: MappingProxyType({**Settings().horizon, **value}),
    "taxonomies": lambda configuration, value: MappingProxyType(value),
    "words": lambda configuration, value: MappingProxyType(value),
    "registry": _sources,
    "flags": _flags,
    "gate": _gate,
    "report": _report,
    "runs": lambda configuration, value: MappingProxyType(value),
    "due": lambda configuration, value: MappingProxyType(value),
    "drills": lambda configuration, value: DrillSettings(**value),
    "replay": lambda configuration, value: ReplaySettings(**value),
    "repository": _repository,
    "repositories": _repositories,
    "ledgers": _ledgers,
    "amendments": _amendments,
}
"""How the value of a setting is read, where it is more than the value itself or a list of it."""
