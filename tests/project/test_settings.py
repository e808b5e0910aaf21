"""Settings: every key, what is refused and where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pmlint.errors import UsageError
from pmlint.parsing.tree import WorkTree
from pmlint.place import Path as Pointer
from pmlint.project.configuration import load, locate_setting
from pmlint.project.settings import FieldSetting, FlagSetting

SOURCE = '[[registry]]\nfiles = "a"\nid = "$key"\n'


def settings_of(root: Path, text: str, name: str = "pmlint.toml"):  # type: ignore[no-untyped-def]
    (root / name).write_text(text, encoding="utf-8")
    return load(WorkTree(str(root)))


def test_one_folder_or_several(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "").postmortems == ("postmortems",)
    assert settings_of(tmp_path, 'postmortems = "./docs/incidents/"').postmortems == (
        "docs/incidents",
    )
    assert settings_of(tmp_path, 'routes = ["routes", "services/*/routes"]').routes == (
        "routes",
        "services/*/routes",
    )
    assert settings_of(tmp_path, 'routes = "."').routes == ("",)


def test_what_agents_are_by_default(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "").gate.agents == ("*[bot]",)
    gate = settings_of(tmp_path, '[gate]\nagents = ["claude*"]\nkeeps_commits = true').gate
    assert (gate.agents, gate.keeps_commits, gate.names_agents) == (("claude*",), True, True)


def test_own_words(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        'ids = ["INC-{number}"]\nextra_fields = ["layout"]\n[severities]\nSEV1 = "control-breach"\n[sections]\nagent-path = ["Weg"]\n',
    )
    assert found.own_words == (r"^(INC\-([0-9]{1,9}))$", ("SEV1",), ("layout",), ("INC-{number}",))
    assert found.sections == {"agent-path": ("Weg",)}
    assert found.as_judged({"severity": "SEV1"}) == {"severity": "control-breach"}
    assert found.as_judged({"severity": "near-miss"}) == {"severity": "near-miss"}


def test_amendments(tmp_path: Path) -> None:
    text = '[[amendments]]\non = 2026-11-02\nfield = "fail_level"\nfrom = "warning"\nto = "error"\nreason = "a"\napproved_by = "@b"\n'
    assert settings_of(tmp_path, text).amendments == (
        (date(2026, 11, 2), "fail_level", "warning", "error", "a", "@b"),
    )


def test_a_registry_source(tmp_path: Path) -> None:
    (source,) = settings_of(
        tmp_path,
        '[[registry]]\nfiles = "./deploy/*.yaml"\nexclude = ["deploy/x*"]\nid = "$key"\n'
        'restart_flags = ["enabled", {flag = "replicas > 0", absent = "up"}]\n'
        'trust = ["tools", {path = "mode", order = ["plan", "auto"], optional = true}]\nguards = ["deny"]\n',
    ).registry
    assert (source.files, source.exclude) == (("deploy/*.yaml",), ("deploy/x*",))
    assert source.restart_flags == (FlagSetting("enabled"), FlagSetting("replicas > 0", "up"))
    assert source.trust == (FieldSetting("tools"), FieldSetting("mode", ("plan", "auto"), True))
    assert source.guards == (FieldSetting("deny"),)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('fail_levle = "error"', (1, 1), "'fail_levle' is not a field of 'configuration'"),
        ('[gate]\napprovel = "forge"', (2, 1), "'approvel' is not a field of 'gate'"),
        (
            '[[registry]]\nfiles = "a"\nid = "b"\n[[registry]]\nfiles = "a"\nidd = "b"\nid = "c"',
            (6, 1),
            "'idd' is not a field",
        ),
        (
            '[sections]\nagent-path = ["Weg", "4. **Timeline**:"]',
            (2, 22),
            "'4. **Timeline**:' is the heading of 'timeline'",
        ),
        (
            '[sections]\nagent-path = ["Weg"]\ntimeline = ["Verlauf", "weg"]',
            (3, 24),
            "'weg' is the heading of 'agent-path'",
        ),
        (
            '[sections]\nagent-path = ["Zeitleiste"]',
            (2, 15),
            "'Zeitleiste' is the heading of 'timeline'",
        ),
        ('[sections]\ntimeline = ["🔥"]', (2, 13), "'🔥' has no word"),
        (
            '[severities]\n"near-miss" = "control-breach"',
            (2, 1),
            "'near-miss' is a severity of the format",
        ),
        ('people = ""', (1, 10), "'people' is empty"),
        ("ids = []", (1, 7), "'ids' is empty"),
        (f"{SOURCE}restart_flags = []", (4, 17), "'restart_flags' is empty"),
        (f'{SOURCE}each = ""', (4, 8), "'each' is empty"),
        (SOURCE.replace("$key", "$kee"), (3, 7), "'$kee' is not a path: column 1"),
        (f'{SOURCE}where = "$kind == 1"', (4, 10), "'$kind == 1' is not a path: column 1"),
        (f'{SOURCE}restart_flags = ["on", "!on"]', (4, 18), "'on' and '!on' are never both down"),
        (
            f'{SOURCE}trust = [{{path = "mode", order = ["a", "b", "a"]}}]',
            (4, 34),
            "'a' is twice in the order",
        ),
        ("fail_level = 'eror'", (1, 14), "'fail_level' is 'eror', not one of the closed list"),
        ('a = 1\npostmortems = ["p", "../q"]', (1, 1), "'a' is not a field"),
        ('postmortems = ["p", "../q"]', (1, 21), "'../q' is outside the project"),
        ('routes = "/etc"', (1, 10), "'/etc' is outside the project"),
        ('people = "a\\\\b"', (1, 10), "'a\\b' is outside the project"),
        ('ids = ["INC"]', (1, 8), "'INC' is not a form of ids"),
        ('ids = ["PM-{number}-{number}"]', (1, 8), "'PM-{number}-{number}' is not a form of ids"),
        (
            'extra_fields = ["layout", "sumary"]',
            (1, 27),
            "'sumary' is within one letter of the field 'summary'",
        ),
        (
            'extra_fields = ["rotues"]',
            (1, 17),
            "'rotues' is within one letter of the field 'routes'",
        ),
        ('timezone = "Europe/Berln"', (1, 12), "'Europe/Berln' is not a time zone"),
        ('timezone = "../../etc/passwd"', (1, 12), "'../../etc/passwd' is not a time zone"),
        (
            '[gate]\nagents = ["x", "*"]',
            (2, 16),
            "the pattern '*' of agents has no letter or digit",
        ),
        (
            '[gate]\nagents = ["*[]*"]',
            (2, 11),
            "the pattern '*[]*' of agents has no letter or digit",
        ),
        ('[severities]\nSEV1 = "huge"', (2, 8), "'SEV1' is 'huge', not one of the closed list"),
        ('[sections]\nagent_path = ["x"]', (2, 1), "'agent_path' is not a field of 'sections'"),
        (
            "[rules]\naction-owner = {level = 'off'}",
            (2, 1),
            "'action-owner' is off without a reason",
        ),
        ('[[amendments]]\nfield = "a"', (1, 3), "'amendment' has no 'approved_by'"),
        ('fail_level = "error', (1, 20), "this is not TOML: "),
        ("[registry]", (1, 2), "'registry' is a mapping, but must be a list"),
    ],
)
def test_what_is_refused_and_where(
    tmp_path: Path, text: str, place: tuple[int, int], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of(tmp_path, text)
    assert caught.value.message.startswith(message), caught.value.message
    assert caught.value.file == "pmlint.toml"
    assert caught.value.span is not None
    assert caught.value.span[:2] == place


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of(tmp_path, 'fail_levle = "error"')
    assert caught.value.help == "did you mean 'fail_level'?"
    with pytest.raises(UsageError) as caught:
        settings_of(tmp_path, 'timezone = "Europe/Berln"')
    assert caught.value.help == "did you mean 'Europe/Berlin'?"


def test_places_in_pyproject(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path, '[project]\nroutes = "x"\n[tool.pmlint]\nroutes = ["a", "b"]\n', "pyproject.toml"
    )
    assert found.file == "pyproject.toml"
    assert locate_setting(WorkTree(str(tmp_path)), found, Pointer(("routes", 1)))[:2] == (4, 16)


def test_two_files_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.pmlint]\n")
    with pytest.raises(UsageError, match=r"both pyproject\.toml and pmlint\.toml configure pmlint"):
        settings_of(tmp_path, "")
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    assert settings_of(tmp_path, "").file == "pmlint.toml"


def test_every_key_misspelt_is_named(tmp_path: Path) -> None:
    """One letter less of each key, at the top and in the tables: each is an error that names the
    right one.
    """
    from pmlint.model.schema import schema

    fields = schema("config")["properties"]
    tables = {
        "": fields,
        "gate": fields["gate"]["properties"],
        "words": fields["words"]["properties"],
    }
    for table, keys in tables.items():
        for key in keys:
            wrong = key[:-1] if key[:-1] not in keys else key + "x"
            with pytest.raises(UsageError) as caught:
                settings_of(tmp_path, f"[{table}]\n{wrong} = 1\n" if table else f"{wrong} = 1\n")
            assert f"'{wrong}' is not a field" in caught.value.message
            assert f"'{key}'" in caught.value.help, (wrong, caught.value.help)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        (
            "[tool.pmlint]\nroutes = 'routes'",
            "remove the heading: the settings of pmlint.toml have none",
        ),
        (
            "[pmlint]\nroutes = 'routes'",
            "remove the heading: the settings of pmlint.toml have none",
        ),
        ("[registry]\nfiles = 'a'", "write [[registry]]"),
        ("[gate]\nagents = 'bot'", 'write ["bot"]'),
        ("[sections]\nagent-path = 'Weg'", 'write ["Weg"]'),
    ],
)
def test_the_help_is_toml(tmp_path: Path, text: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of(tmp_path, text)
    assert caught.value.help == help
