"""Routes in files of other platforms: mapped, with positions, and never read as off where nobody
can tell.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.errors import UsageError
from pmlint.model import native_route
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.registry import Registry, read_routes

BASE = Path(__file__).parents[2] / "cases" / "base"
SETTINGS = """\
[[registry]]
files = "deploy/**/*.{kind}"
{each}id = "metadata.name"
owner = "metadata.labels.owner"
restart_flags = ["spec.enabled", {{flag = "spec.replicas > 0", absent = "down"}}, {{flag = "spec.mode in ['auto', 'live']", absent = "down"}}]
trust = ["spec.maxSpend"]
"""
YAML = """\
defaults: &d {maxSpend: 10}
agents:
  - metadata: {name: refund-agent, labels: {owner: "@maria"}}
    spec: {enabled: false, <<: *d}
"""
JSON = '{"agents": [\n  {"metadata": {"name": "refund-agent"},\n   "spec": {"enabled": false, "maxSpend": 10}}]}\n'
TOML = '[[agents]]\nmetadata = {name = "refund-agent"}\nspec = {enabled = false, maxSpend = 10}\n'


def repository(root: Path, kind: str, text: str, each: str = "agents[*]") -> WorkTree:
    (root / "deploy" / "eu").mkdir(parents=True)
    (root / "deploy" / "eu" / f"agents.{kind}").write_text(text)
    (root / "pmlint.toml").write_text(
        SETTINGS.format(kind=kind, each=f'each = "{each}"\n' if each else "")
    )
    return WorkTree(str(root))


def mapped(root: Path, settings: str, **files: str) -> Registry:
    """What a registry finds with one source and these files."""
    for name, text in files.items():
        (root / name.replace("__", "/")).parent.mkdir(parents=True, exist_ok=True)
        (root / name.replace("__", "/")).write_text(text, encoding="utf-8")
    (root / "pmlint.toml").write_text("[[registry]]\n" + settings)
    tree = WorkTree(str(root))
    return read_routes(tree, load(tree))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("yaml", YAML), ("json", JSON), ("toml", TOML), ("md", "---\n" + YAML + "---\n# x\n")],
)
def test_each_format_gives_the_same_route(tmp_path: Path, kind: str, text: str) -> None:
    tree = repository(tmp_path, kind, text)
    registry = read_routes(tree, load(tree))
    assert registry.findings == ()
    (route,) = registry.routes
    assert (route.id, route.mapped, route.runs, route.trust) == (
        "refund-agent",
        True,
        False,
        {"spec.maxSpend": 10},
    )


def test_json_lines(tmp_path: Path) -> None:
    text = '{"metadata": {"name": "one"}, "spec": {"enabled": true}}\n\n{"metadata": {"name": "two"}, "spec": {"enabled": false}}\n'
    tree = repository(tmp_path, "jsonl", text, "")
    registry = read_routes(tree, load(tree))
    assert [(route.id, route.runs) for route in registry.routes] == [("one", True), ("two", False)]
    assert registry.locate["deploy/eu/agents.jsonl"](registry.routes[1].flags[0].at)[:2] == (3, 51)


def test_a_mapping_has_a_handful_of_flags(tmp_path: Path) -> None:
    tree = repository(tmp_path, "yaml", YAML)
    text = (tmp_path / "pmlint.toml").read_text()
    (tmp_path / "pmlint.toml").write_text(
        text.replace("restart_flags = [", "restart_flags = [" + '"spec.on", ' * 18)
    )
    with pytest.raises(UsageError, match=r"'restart_flags' has 21 entries, more than 20") as caught:
        load(tree)
    assert caught.value.span is not None
    assert caught.value.span.row == 6


@pytest.mark.parametrize(
    ("spec", "raised"),
    [
        ("{enabled: true}", "spec.enabled"),
        ("{enabled: TRUE}", "spec.enabled"),
        ("{enabled: false, replicas: 2}", "spec.replicas > 0"),
        ("{enabled: false, replicas: 0, mode: live}", "spec.mode in ['auto', 'live']"),
        ("{enabled: false, replicas: 0, mode: manual}", ""),
        ("{enabled: yes}", "spec.enabled"),
        ("{enabled: off}", "spec.enabled"),
        ("{enabled: 1}", "spec.enabled"),
        ('{enabled: false, replicas: "2"}', "spec.replicas > 0"),
        ("{}", ""),
        ("{enabled: null}", ""),
    ],
)
def test_what_counts_as_raised(tmp_path: Path, spec: str, raised: str) -> None:
    tree = repository(tmp_path, "yaml", f"metadata: {{name: refund-agent}}\nspec: {spec}\n", "")
    (route,) = read_routes(tree, load(tree)).routes
    assert ", ".join(flag.name for flag in route.raised) == raised


def test_several_documents(tmp_path: Path) -> None:
    text = "metadata: {name: one}\nspec: {enabled: false}\n---\nmetadata: {name: two}\nspec: {enabled: false}\n---\n"
    tree = repository(tmp_path, "yaml", text, "")
    assert [route.id for route in read_routes(tree, load(tree)).routes] == ["one", "two"]


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        (
            "json",
            JSON.replace("false", "true"),
            "deploy/eu/agents.json:3:24: error restart-with-open-actions: 'spec.enabled' restores",
        ),
        (
            "yaml",
            YAML.replace("false", "true"),
            "deploy/eu/agents.yaml:4:21: error restart-with-open-actions: 'spec.enabled' restores",
        ),
        (
            "toml",
            TOML.replace("false", "true"),
            "deploy/eu/agents.toml:3:19: error restart-with-open-actions: 'spec.enabled' restores",
        ),
        (
            "json",
            '{"agents": [{"metadata": {"name": "a", "name": "b"}}]}',
            "deploy/eu/agents.json:1:40: error syntax: duplicate key 'name' (first on line 1)",
        ),
        ("json", '{"agents": [', "deploy/eu/agents.json:1:13: error syntax: this is not JSON"),
        (
            "yaml",
            "agents: [{metadata: {name: x}}, {spec: {}}]",
            "deploy/eu/agents.yaml:1:34: error schema: there is no route id at 'metadata.name'",
        ),
        (
            "yaml",
            "a: &a [x, x]\n"
            + "".join(
                f"k{n}: &k{n} [*{'a' if n == 0 else f'k{n - 1}'}, *{'a' if n == 0 else f'k{n - 1}'}]\n"
                for n in range(30)
            ),
            "the file has more than 200,000 values, aliases expanded",
        ),
        ("yaml", "a: &a [*a]\n", "names no anchor above it"),
        ("yaml", "a: {{ .Values.x }}\n{{- if x }}\n", "this is a Helm template, not YAML"),
        ("toml", "agents = ", "error syntax: this is not TOML"),
        (
            "yaml",
            "agents: [{metadata: {name: on}}]",
            "deploy/eu/agents.yaml:1:28: error syntax: 'metadata.name' is on, not a text",
        ),
        (
            "yaml",
            "agents: [{metadata: {name: 7}}]",
            "deploy/eu/agents.yaml:1:28: error syntax: 'metadata.name' is 7, not a text",
        ),
        ("yaml", 'agents: [{metadata: {name: "a\\u200b"}}]', "'\\u200b' is an invisible character"),
        (
            "yaml",
            "agents: [{metadata: {name: a}, spec: {maxSpend: 0o17}}]",
            "error syntax: '0o17' is not the same number to every reader",
        ),
        (
            "yaml",
            "agents: [{metadata: {name: a}, spec: {maxSpend: 2026-01-01}}]",
            "'2026-01-01' is a date to some readers",
        ),
        (
            "yaml",
            "agents: [{metadata: {name: a}, spec: !Ref {maxSpend: 1}}]",
            "the tag '!Ref' is the platform's own",
        ),
        (
            "json",
            '{"agents": [{"metadata": {"name": "a"}, "spec": {"maxSpend": NaN}}]}',
            "error syntax: NaN is not JSON",
        ),
    ],
)
def test_findings_in_mapped_files(tmp_path: Path, kind: str, text: str, printed: str) -> None:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    postmortem = tmp_path / "postmortems" / "PM-2026-001-refunds.md"
    postmortem.write_text(
        postmortem.read_text().replace(
            "routes: [refund-triage]", "routes: [refund-triage, refund-agent]"
        )
    )
    tree = repository(tmp_path, kind, text)
    assert printed in render("concise", check_tree(tree, load(tree), date(2026, 10, 15)).report)


@pytest.mark.parametrize(
    "text",
    [
        "metadata: {name: a}\nspec: {enabled: false}\non: [y, n, 0o17, 012, 12:30, 1_000, .nan, 2026-01-01]\n80: x\n? [a, b]\n: c\n",
        "metadata: {name: a}\nspec: {enabled: false}\nx: !Ref y\nz: !vault |\n  abc\nw: !!binary aGk=\n",
        "metadata: {name: a}\nspec: {enabled: false}\nx: 1\nx: 2\n",
        "%YAML 1.1\n---\nmetadata: {name: a}\nspec: {enabled: false}\n",
        'metadata: {name: a}\nspec: {enabled: false}\ntext: "\\u200b\\u202e"\n',
        "\ufeffmetadata: {name: a}\nspec: {enabled: false}\n",
        "metadata: {name: a}\r\nspec: {enabled: false}\r\n",
        "metadata: {name: !!str a}\nspec: {enabled: !!bool false}\n",
        "base: &b {enabled: false}\nmetadata: {name: a}\nspec: {<<: [*b, {enabled: true}]}\n",
        "a: &n x\nmetadata: {name: a}\nspec: {enabled: false}\n*n : 1\n",
    ],
)
def test_everything_that_is_yaml_outside_the_mapped_fields(tmp_path: Path, text: str) -> None:
    registry = mapped(
        tmp_path,
        'files = "a.yaml"\nid = "metadata.name"\nrestart_flags = ["spec.enabled"]\n',
        **{"a.yaml": text},
    )
    assert registry.findings == ()
    (route,) = registry.routes
    assert (route.id, [flag.state for flag in route.flags]) == ("a", ["down"])


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("kind == 'Agent'", ["a", "d"]),
        ("kind != 'Agent'", ["b"]),
        ("spec.on", ["c"]),
        ("$key in ['x']", []),
        ("'x' in spec.list", ["d"]),
    ],
)
def test_where(tmp_path: Path, where: str, ids: list[str]) -> None:
    text = "name: a\nkind: Agent\n---\nname: b\nkind: Other\n---\nname: c\nspec: {on: true}\n---\nname: d\nkind: agent\nspec: {list: [x]}\n"
    found = mapped(
        tmp_path, f'files = "a.yaml"\nid = "name"\nwhere = "{where}"\n', **{"a.yaml": text}
    )
    if where == "kind != 'Agent'":
        ids = ["b", "d"]  # 'agent' differs only in case: unclear is in
    assert [route.id for route in found.routes] == ids


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ('each = "desks[*]"\nid = "$key"', ["mail", "phone"]),
        ('each = "desks[*]"\nid = "name"', ["m"]),
        ('id = "$stem"', ["agents"]),
        ('id = "$folder"', ["eu"]),
        ('id = "$file"', ["eu/agents.prod.yaml"]),
        ("id = \"'mail-desk'\"", ["mail-desk"]),
    ],
)
def test_where_an_id_comes_from(tmp_path: Path, source: str, ids: list[str]) -> None:
    text = "desks:\n  mail: {name: m}\n  phone: {}\n"
    found = mapped(
        tmp_path,
        f'files = "eu/*.yaml"\n{source}\nowner = "@maria"\n',
        **{"eu__agents.prod.yaml": text},
    )
    assert [route.id for route in found.routes] == ids
    assert {route.owner for route in found.routes} == {"@maria"}


def test_a_file_of_ours_beside_a_platform(tmp_path: Path) -> None:
    found = mapped(
        tmp_path,
        'files = "a.yaml"\nid = "name"\nrestart_flags = ["on"]\n',
        **{
            "a.yaml": "name: mail-desk\non: true\n",
            "routes__mail-desk.yaml": 'id: mail-desk\ntitle: Mail\nowner: "@maria"\n',
        },
    )
    assert found.findings == ()
    assert sorted((route.file, route.runs, route.owner) for route in found.routes) == [
        ("a.yaml", True, ""),
        ("routes/mail-desk.yaml", False, "@maria"),
    ]


def test_an_entry_is_recognised(tmp_path: Path) -> None:
    text = "desks:\n  a: {name: x, on: true, label: l}\n  b: {name: z, on: false, label: l}\n  c: {name: x, on: true, label: l}\n"
    found = mapped(
        tmp_path,
        'files = "a.yaml"\neach = "desks[*]"\nid = "name"\nrestart_flags = ["on"]\n',
        **{"a.yaml": text},
    )
    one, two, three = (route.entry for route in found.routes)
    assert one is not None
    assert two is not None
    assert three is not None
    assert (one.is_same(two), one.is_same(three), one.has_same_others(two)) == (False, True, True)
    assert one.others == {"label": "l"}


def test_twins_and_values_of_flags(tmp_path: Path) -> None:
    text = "name: a\nspec: {enabled: false, Enabled: true}\n"
    (route,) = mapped(
        tmp_path,
        'files = "a.yaml"\nid = "name"\nrestart_flags = ["spec.enabled"]\n',
        **{"a.yaml": text},
    ).routes
    assert (route.flags[0].value, route.flags[0].twins) == (False, ("Enabled",))


@pytest.mark.parametrize(
    ("image", "target"),
    [
        ("ghcr.io/acme/desk:1.2", "ghcr.io/acme/desk"),
        ("ghcr.io:443/acme/desk@sha256:0123abcd", "ghcr.io:443/acme/desk"),
        ("ghcr.io:443/acme/desk", "ghcr.io:443/acme/desk"),
        ("desk:1@sha256:01", "desk"),
    ],
)
def test_a_target_without_tag_or_digest(tmp_path: Path, image: str, target: str) -> None:
    (route,) = mapped(
        tmp_path,
        'files = "a.yaml"\nid = "name"\ntarget = "image"\n',
        **{"a.yaml": f"name: a\nimage: {image}\n"},
    ).routes
    assert route.target == target


@pytest.mark.parametrize(
    ("flag", "column"),
    [
        ("spec.", 5),
        ("spec.replicas >", 16),
        ("spec.mode in 'auto'", 14),
        ("a == b", 6),
        ("a b", 3),
        ("!a == 1", 1),
        ("", 1),
    ],
)
def test_a_wrong_flag_is_a_usage_error(tmp_path: Path, flag: str, column: int) -> None:
    (tmp_path / "pmlint.toml").write_text(
        f'[[registry]]\nfiles = "deploy/**/*.yaml"\nid = "metadata.name"\nrestart_flags = ["{flag}"]\n'
    )
    with pytest.raises(UsageError) as caught:
        load(WorkTree(str(tmp_path)))
    assert caught.value.span is not None
    assert caught.value.span[:2] == (4, 18 + column) if flag else (4, 18)


@pytest.mark.parametrize(
    ("name", "path"),
    [("each", "a.[*]"), ("id", "a[*].b"), ("owner", "a..b"), ("trust", "a[x]"), ("where", "== 1")],
)
def test_a_wrong_path_is_a_usage_error(tmp_path: Path, name: str, path: str) -> None:
    value = f'["{path}"]' if name == "trust" else f'"{path}"'
    other = 'id = "a"\n' if name != "id" else ""
    (tmp_path / "pmlint.toml").write_text(
        f'[[registry]]\nfiles = "*.yaml"\n{other}{name} = {value}\n'
    )
    with pytest.raises(UsageError, match="column"):
        load(WorkTree(str(tmp_path)))


FLAGS = "state: paused\nrestart: false\nautonomy: act-with-approval\n"
SOURCE = """\
[[registry]]
files = "deploy/*.yaml"
id = "name"
restart_flags = ["enabled"]
"""


def _beside_a_source(
    root: Path, left: str, source: str, platform: str = "enabled: false"
) -> list[str]:
    """What is found of the repository of the cases with fewer flags in its route's file, and a
    platform's file of the same id.
    """
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    route = root / "routes" / "refund-triage.yaml"
    route.write_text(route.read_text().replace(FLAGS, left))
    (root / "deploy").mkdir()
    (root / "deploy" / "refunds.yaml").write_text(f"name: refund-triage\n{platform}\n")
    (root / "pmlint.toml").write_text(source)
    tree = WorkTree(str(root))
    report = check_tree(tree, load(tree), date(2026, 10, 15)).report
    return [f"{found.path} {found.code}: {found.message}" for found in report.findings]


@pytest.mark.parametrize(
    ("left", "source", "platform", "found"),
    [
        ("", SOURCE, "enabled: false", []),
        ("autonomy: suggest\n", SOURCE, "enabled: false", []),
        (
            "",
            SOURCE,
            "enabled: true",
            [
                "deploy/refunds.yaml restart-with-open-actions: 'enabled' restores 'refund-triage' while PM-2026-001 A2 is open"
            ],
        ),
        (
            "restart: false\n",
            SOURCE.replace('restart_flags = ["enabled"]\n', ""),
            "enabled: false",
            [
                "routes/refund-triage.yaml schema: 'route' has no 'autonomy'",
                "routes/refund-triage.yaml schema: 'route' has no 'state'",
            ],
        ),
        (
            "restart: true\n",
            SOURCE,
            "enabled: false",
            [
                "routes/refund-triage.yaml restart-with-open-actions: 'restart' restores 'refund-triage' while PM-2026-001 A2 is open"
            ],
        ),
    ],
)
def test_flags_are_asked_of_our_file_unless_a_source_gives_them(
    tmp_path: Path, left: str, source: str, platform: str, found: list[str]
) -> None:
    assert _beside_a_source(tmp_path, left, source, platform) == found


def test_a_flag_that_is_nowhere_counts_as_up() -> None:
    data = {"id": "a", "owner": "@a", "state": "paused"}
    assert native_route(data, "a.yaml").runs
    assert not native_route(data, "a.yaml", is_mapped=True).runs
