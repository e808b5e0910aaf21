"""The configuration: ``[tool.pmlint]`` of `pyproject.toml`, or `pmlint.toml`, as
`schema/config.json` describes it (docs/spec/adopt.md, *Configuration*).

What the file says is either wrong by itself, which is a `UsageError` with its place, or names
something that is not there, which is a finding of `pmlint.project.named`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

from pmlint.errors import UsageError as UsageError
from pmlint.finding import Level
from pmlint.model.dates import parse_date
from pmlint.model.schema import OwnWords, check, schema
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.toml import TomlDocument, dates_as_texts, read_toml
from pmlint.parsing.tree import Tree, normal
from pmlint.place import Path, Span, Where
from pmlint.project.days import time_zone
from pmlint.project.ids import compile_form, schema_pattern
from pmlint.project.selector import (
    SelectorError,
    compile_expression,
    compile_path,
    compile_single,
    constant,
)

_EMPTY: Mapping[str, Any] = MappingProxyType({})
_Part = TypeVar("_Part")
NAMES = ("pyproject.toml", "pmlint.toml")


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

    @property
    def shown(self) -> str:
        """What messages call the source: its name, else its first pattern."""
        return self.name or self.files[0]


class RuleSettings(NamedTuple):
    """What the configuration says of one rule or policy: its level, or off with a reason."""

    level: Level | None = None
    off: bool = False
    reason: str = ""


class GateSettings(NamedTuple):
    """``[tool.pmlint.gate]``: where approvals come from, whether closing and restarting are always
    two changes, signed routes, logins of agents, and whether commits keep their ids.
    """

    approvals: str = "recorded"
    two_phase: bool = False
    signed_routes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ("*[bot]",)
    """Only a program has a login that ends in ``[bot]``: the forge guarantees it."""
    keeps_commits: bool = False
    names_agents: bool = False
    """Whether the file has ``agents``: the default list judges only an author that is given."""


class ReportSettings(NamedTuple):
    """``[tool.pmlint.report]``: title, address, the limit of the pictures in seconds (0: that of
    the rules), a file of CSS, and what is left out for publishing.
    """

    title: str = "Postmortems"
    base_url: str = ""
    containment: int = 0
    extra_css: str = ""
    hide: tuple[str, ...] = ()


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
    amendments: tuple[SettingAmendment, ...] = ()

    @property
    def own_words(self) -> OwnWords:
        """What the schema of postmortems has to allow besides the format."""
        return OwnWords(schema_pattern(self.ids), tuple(self.severities), self.extra_fields)

    def as_judged(self, data: object) -> object:
        """The data of a postmortem with an own severity replaced by the one that it means."""
        if not self.severities or not isinstance(data, dict):
            return data
        # What judges sees the severity of the format; what prints keeps the written word.
        meant = self.severities.get(str(data.get("severity")))
        return data | {"severity": meant} if meant else data


class _Configuration(NamedTuple):
    """A file of settings that could be read: its table, and where the keys of the table are."""

    file: str
    table: object
    locate: Callable[[Path | Where], Span]

    def refuse(self, message: str, path: Path | Where, help: str) -> UsageError:
        """The error about one setting, at its place."""
        return UsageError(message, file=self.file, span=self.locate(path), help=help)


def load(tree: Tree) -> Settings:
    """The settings of a tree: of its root's `pmlint.toml`, or of ``[tool.pmlint]`` in its
    `pyproject.toml`; the defaults where it has neither.

    Raises `UsageError` for both at once, for a file that can't be read, and for anything that
    `schema/config.json` refuses.
    """
    found = list(_configurations(tree))
    # Nothing is merged: which of two files counts would be a guess.
    if len(found) > 1:
        raise UsageError(
            "both pyproject.toml and pmlint.toml configure pmlint", help="keep one of them"
        )
    return _settings(found[0]) if found else Settings()


def from_text(file: str, text: bytes) -> Settings:
    """The settings that the text of a configuration file amounts to. Raises as `load` does."""
    document = _document(file, text)
    configuration = _configuration(file, document)
    return _settings(configuration) if configuration else Settings()


def locate_setting(tree: Tree, settings: Settings, path: Path | Where) -> Span:
    """Where a setting is in its file: read again, because only what is wrong needs a place."""
    return setting_locator(tree, settings)(path)


def setting_locator(tree: Tree, settings: Settings) -> Callable[[Path | Where], Span]:
    """Where settings are in their file, which is read once, for a caller that asks often."""
    try:
        document = _document(settings.file, tree.read(settings.file)) if settings.file else None
    except (Malformed, UsageError):  # it changed since it was read
        document = None
    configuration = _configuration(settings.file, document) if document else None
    return configuration.locate if configuration else lambda path: Span()


def require_rules(tree: Tree, settings: Settings, known: Collection[str]) -> None:
    """Raise `UsageError`, at its line, for the first name that is not a rule or a policy."""
    for at, name in _named_rules(settings):
        if name not in known:
            from pmlint.model.suggestions import nearest

            raise UsageError(
                f"there is no rule '{name}'",
                file=settings.file,
                span=locate_setting(tree, settings, at) if settings.file else None,
                help=nearest(name, known) or "'pmlint rules' lists them",
            )


def _named_rules(settings: Settings) -> Iterator[tuple[Path | Where, str]]:
    for field, names in (("select", settings.select), ("ignore", settings.ignore)):
        for number, name in enumerate(names):
            yield Path((field, number)), name
    for name in settings.rules:
        yield Path(("rules", name)).key, name


def _configurations(tree: Tree) -> Iterator[_Configuration]:
    for name in NAMES:
        if tree.entry(name) is None:
            continue
        try:
            document = _document(name, tree.read(name))
        except Malformed as error:
            raise UsageError(error.message, file=name, span=error.span, help=error.help) from None
        configuration = _configuration(name, document)
        if configuration is not None:
            yield configuration


def _document(file: str, data: bytes) -> TomlDocument:
    try:
        return read_toml(decode(file, data))
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def _configuration(file: str, document: TomlDocument) -> _Configuration | None:
    """The settings in a file; None where a `pyproject.toml` says nothing of pmlint."""
    if file.rpartition("/")[2] == NAMES[1]:
        return _Configuration(file, dates_as_texts(document.data), document.locate)
    tool = document.data.get("tool")
    if not isinstance(tool, dict) or "pmlint" not in tool:
        return None

    def locate(at: Path | Where) -> Span:
        where = at if isinstance(at, Where) else Where(at)
        below = where._replace(path=Path(("tool", "pmlint", *where.path)))
        return document.locate(below)

    return _Configuration(file, dates_as_texts(tool["pmlint"]), locate)


def _settings(configuration: _Configuration) -> Settings:
    """The settings of a table. Raises `UsageError` for anything that the schema refuses."""
    table = configuration.table
    for problem in check("config", table):
        raise configuration.refuse(problem.message, problem.at, problem.help)
    assert isinstance(table, dict)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    values |= {
        name: read(configuration, table[name]) for name, read in _READERS.items() if name in table
    }
    return Settings(file=configuration.file, **values)


def _folders(configuration: _Configuration, name: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(
        _one_path(
            configuration, Path((name, number) if isinstance(value, list) else (name,)), str(item)
        )
        for number, item in enumerate(listed)
    )


def _one_path(configuration: _Configuration, at: Path, text: str) -> str:
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


def _paths_of(name: str) -> Callable[[_Configuration, Any], tuple[str, ...]]:
    return lambda configuration, value: _folders(configuration, name, value)


def _path_of(name: str) -> Callable[[_Configuration, Any], str]:
    return lambda configuration, value: _one_path(configuration, Path((name,)), str(value))


def _severity_words(configuration: _Configuration, value: dict[str, str]) -> Mapping[str, str]:
    known = set(value.values())
    for word in value:
        # 'near-miss = "control-breach"' would turn a word of the format around.
        if word in known and value[word] != word:
            raise configuration.refuse(
                f"'{word}' is a severity of the format",
                Path(("severities", word)).key,
                "give your own word another name",
            )
    return MappingProxyType(value)


def _forms(configuration: _Configuration, value: list[str]) -> tuple[str, ...]:
    for number, form in enumerate(value):
        try:
            compile_form(form)
        except UsageError as error:
            raise configuration.refuse(error.message, Path(("ids", number)), error.help) from None
    return tuple(value)


def _extra(configuration: _Configuration, value: list[str]) -> tuple[str, ...]:
    """Bare keys for site generators: none that could be a misspelt field."""
    for number, name in enumerate(value):
        for field in schema("postmortem")["properties"]:
            if _within_one_letter(name, field):
                raise configuration.refuse(
                    f"'{name}' is within one letter of the field '{field}'",
                    Path(("extra_fields", number)),
                    "give it another name, so that a misspelt field is still found",
                )
    return tuple(value)


def _within_one_letter(one: str, other: str) -> bool:
    """Whether one letter added, dropped, changed or swapped makes one text the other."""
    if one == other:
        return True
    # A misspelt field must stay a finding: a key this near to one would swallow it.
    short, long = sorted((one, other), key=len)
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    if len(long) - len(short) == 1:
        return short[same:] == long[same + 1 :]
    if len(long) != len(short):
        return False
    swapped = long[same : same + 2][::-1]
    return short[same + 1 :] == long[same + 1 :] or (
        short[same : same + 2] == swapped and short[same + 2 :] == long[same + 2 :]
    )


def _zone(configuration: _Configuration, value: str) -> str:
    try:
        time_zone(value)
    except UsageError as error:
        raise configuration.refuse(error.message, Path(("timezone",)), error.help) from None
    return value


def _rules(configuration: _Configuration, value: dict[str, Any]) -> Mapping[str, RuleSettings]:
    return MappingProxyType(
        {name: _rule(configuration, name, rule) for name, rule in value.items()}
    )


def _rule(configuration: _Configuration, name: str, rule: dict[str, str]) -> RuleSettings:
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


def _gate(configuration: _Configuration, value: dict[str, Any]) -> GateSettings:
    for number, pattern in enumerate(value.get("agents", ())):
        if not any(char.isalnum() for char in pattern):
            # A pattern such as '*' would make everybody an agent, and every approval void.
            raise configuration.refuse(
                f"the pattern '{pattern}' of agents has no letter or digit",
                Path(("gate", "agents", number)),
                "name the logins of agents, such as '*[bot]' or 'claude*'",
            )
    return GateSettings(**_frozen(value), names_agents="agents" in value)


def _report(configuration: _Configuration, value: dict[str, Any]) -> ReportSettings:
    fields = _frozen(value)
    if "containment" in value:
        number, unit = int(value["containment"][:-1]), value["containment"][-1]
        fields["containment"] = number * {"m": 60, "h": 3600, "d": 86_400}[unit]
    if "extra_css" in value:
        at = Path(("report", "extra_css"))
        fields["extra_css"] = _one_path(configuration, at, value["extra_css"])
    return ReportSettings(**fields)


def _sources(
    configuration: _Configuration, value: list[dict[str, Any]]
) -> tuple[RegistrySource, ...]:
    for number, entry in enumerate(value):
        for at, text, compile_text in _selectors(Path(("registry", number)), entry):
            try:
                compile_text(text)
            except SelectorError as error:
                span = configuration.locate(at)
                # The text begins behind its quote.
                column = span.column + 1 + error.column
                place = Span(span.row, column, span.row, column + 1)
                raise UsageError(
                    error.message, file=configuration.file, span=place, help=error.help
                ) from None
    return tuple(map(registry_source, value))


def _selectors(
    at: Path, entry: Mapping[str, Any]
) -> Iterator[tuple[Path, str, Callable[[str], object]]]:
    """Every path and expression of a source, with its place and what compiles it."""
    for name in ("each", "id", "owner", "target", "postmortems"):
        if entry.get(name) and constant(entry[name]) is None:
            yield at / name, entry[name], compile_path if name == "each" else compile_single
    if entry.get("where"):
        yield at / "where", entry["where"], compile_expression
    for name, inner, compile_text in (
        ("restart_flags", "flag", compile_expression),
        ("trust", "path", compile_path),
        ("guards", "path", compile_path),
    ):
        for number, item in enumerate(entry.get(name, ())):
            place = at / name / number
            if isinstance(item, str):
                yield place, item, compile_text
            else:
                yield place / inner, item[inner], compile_text


def registry_source(entry: Mapping[str, Any]) -> RegistrySource:
    """A source from its table, which the schema has passed."""
    parts = _frozen(entry)
    for name in ("files", "exclude"):
        if name in entry:
            listed = entry[name] if isinstance(entry[name], list) else [entry[name]]
            # Shells complete './deploy', trees name 'deploy'.
            parts[name] = tuple(text.removeprefix("./") for text in listed)
    parts["restart_flags"] = _parts(entry.get("restart_flags", ()), FlagSetting)
    parts["trust"] = _parts(entry.get("trust", ()), FieldSetting)
    parts["guards"] = _parts(entry.get("guards", ()), FieldSetting)
    return RegistrySource(**parts)


def _parts(listed: Iterable[Any], kind: Callable[..., _Part]) -> tuple[_Part, ...]:
    """Entries that are a text, or a table whose first field is that text."""
    return tuple(
        kind(entry) if isinstance(entry, str) else kind(**_frozen(entry)) for entry in listed
    )


def _amendments(
    configuration: _Configuration, value: list[dict[str, Any]]
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


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }


_READERS: Mapping[str, Callable[[_Configuration, Any], object]] = {
    "postmortems": _paths_of("postmortems"),
    "routes": _paths_of("routes"),
    "exclude": _paths_of("exclude"),
    "policies": _path_of("policies"),
    "people": _path_of("people"),
    "baseline": _path_of("baseline"),
    "ids": _forms,
    "severities": _severity_words,
    "sections": lambda configuration, value: MappingProxyType(_frozen(value)),
    "extra_fields": _extra,
    "timezone": _zone,
    "since": lambda configuration, value: parse_date(value),
    "fail_level": lambda configuration, value: Level[value.upper()],
    "rules": _rules,
    "horizon": lambda configuration, value: MappingProxyType({**Settings().horizon, **value}),
    "taxonomies": lambda configuration, value: MappingProxyType(value),
    "words": lambda configuration, value: MappingProxyType(value),
    "registry": _sources,
    "gate": _gate,
    "report": _report,
    "amendments": _amendments,
}
"""How the value of a setting is read, where it is more than the value itself or a list of it."""
