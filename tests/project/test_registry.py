"""Routes in files of other platforms: mapped, with positions, and never read as off where nobody can tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.registry import read_routes
from pmlint.project.settings import UsageError, load

BASE = Path(__file__).parents[1] / "cases" / "base"
SETTINGS = """\
[[registry]]
files = "deploy/**/*.{kind}"
each = "{each}"
id = "metadata.name"
owner = "metadata.labels.owner"
restart_flags = ["spec.enabled", "spec.replicas > 0", "spec.mode in ['auto', 'live']"]
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
    (root / "pmlint.toml").write_text(SETTINGS.format(kind=kind, each=each))
    return WorkTree(str(root))


@pytest.mark.parametrize(("kind", "text"), [("yaml", YAML), ("json", JSON), ("toml", TOML)])
def test_each_format_gives_the_same_route(tmp_path: Path, kind: str, text: str) -> None:
    tree = repository(tmp_path, kind, text)
    registry = read_routes(tree, load(tree))
    assert registry.findings == []
    (route,) = registry.routes
    assert (route.id, route.mapped, route.runs, route.trust) == ("refund-agent", True, False, {"spec.maxSpend": 10})


def test_a_mapping_has_a_handful_of_flags(tmp_path: Path) -> None:
    tree = repository(tmp_path, "yaml", YAML)
    text = (tmp_path / "pmlint.toml").read_text()
    (tmp_path / "pmlint.toml").write_text(text.replace("restart_flags = [", "restart_flags = [" + '"spec.on", ' * 18))
    with pytest.raises(UsageError, match=r"'restart_flags' has 21 entries, more than 20") as caught:
        load(tree)
    assert caught.value.span is not None
    assert caught.value.span.row == 6


@pytest.mark.parametrize(
    ("spec", "raised"),
    [
        ("{enabled: true}", "spec.enabled"),
        ("{enabled: false, replicas: 2}", "spec.replicas > 0"),
        ("{enabled: false, replicas: 0, mode: live}", "spec.mode in ['auto', 'live']"),
        ("{enabled: false, replicas: 0, mode: manual}", ""),
        ("{enabled: yes}", "spec.enabled"),
        ("{enabled: off}", "spec.enabled"),
        ("{enabled: 1}", "spec.enabled"),
        ('{enabled: false, replicas: "2"}', "spec.replicas > 0"),
        ("{}", "spec.enabled"),
        ("{enabled: null}", "spec.enabled"),
    ],
)
def test_what_counts_as_raised(tmp_path: Path, spec: str, raised: str) -> None:
    tree = repository(tmp_path, "yaml", f"metadata: {{name: refund-agent}}\nspec: {spec}\n", "")
    (route,) = read_routes(tree, load(tree)).routes
    assert ", ".join(flag.name for flag in route.raised) == raised


def test_several_documents(tmp_path: Path) -> None:
    text = "metadata: {name: one}\nspec: {enabled: false}\n---\nmetadata: {name: two}\nspec: {enabled: false}\n"
    tree = repository(tmp_path, "yaml", text, "")
    assert [route.id for route in read_routes(tree, load(tree)).routes] == ["one", "two"]


@pytest.mark.parametrize(
    ("kind", "text", "printed"),
    [
        ("json", JSON.replace("false", "true"), "deploy/eu/agents.json:3:24: error restart-with-open-actions: 'spec.enabled' gives"),
        ("yaml", YAML.replace("false", "true"), "deploy/eu/agents.yaml:4:21: error restart-with-open-actions: 'spec.enabled' gives"),
        ("yaml", YAML.replace("false", "on"), "deploy/eu/agents.yaml:4:21: error restart-with-open-actions: 'spec.enabled' gives"),
        (
            "json",
            '{"agents": [{"metadata": {"name": "a", "name": "b"}}]}',
            "deploy/eu/agents.json:1:40: error syntax: the key 'name' stands here twice",
        ),
        ("json", '{"agents": [', "deploy/eu/agents.json:1:13: error syntax: this is not JSON"),
        ("yaml", "agents: [{spec: {}}]", "deploy/eu/agents.yaml:1:11: error schema: there is no route id at 'metadata.name'"),
        (
            "yaml",
            "a: &a [x, x]\n"
            + "".join(f"k{n}: &k{n} [*{'a' if n == 0 else f'k{n - 1}'}, *{'a' if n == 0 else f'k{n - 1}'}]\n" for n in range(30)),
            "expand to more than 20,000 values",
        ),
        ("yaml", "a: &a [*a]\n", "names no anchor above it"),
        ("toml", "agents = ", "error syntax: this is not TOML"),
    ],
)
def test_findings_in_mapped_files(tmp_path: Path, kind: str, text: str, printed: str) -> None:
    import shutil

    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    postmortem = tmp_path / "postmortems" / "PM-2026-001-refunds.md"
    postmortem.write_text(postmortem.read_text().replace("routes: [refund-triage]", "routes: [refund-triage, refund-agent]"))
    tree = repository(tmp_path, kind, text)
    assert printed in render("concise", check_tree(tree, load(tree), date(2026, 10, 15)).report)


@pytest.mark.parametrize("flag", ["spec.", "spec.replicas >", "spec.mode in 'auto'", "a == b", "", "a b"])
def test_a_wrong_flag_is_a_usage_error(tmp_path: Path, flag: str) -> None:
    tree = repository(tmp_path, "yaml", "metadata: {name: a}\n", "")
    (tmp_path / "pmlint.toml").write_text(f'[[registry]]\nfiles = "deploy/**/*.yaml"\nid = "metadata.name"\nrestart_flags = ["{flag}"]\n')
    with pytest.raises(UsageError):
        read_routes(tree, load(tree))
