"""The emitted rules say to Prometheus what `pmlint due` says: judged by promtool on the vectors of
the pager.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from tests.outside import outside
from tests.runs.test_due import ROUTE

VECTORS = outside("burn", "vectors.json")


def judged_by_promtool(test: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What promtool makes of a test of `rules.yml`, whose annotations are prose that no test
    repeats.
    """
    lines = Path("rules.yml").read_text(encoding="utf-8").splitlines()
    rules = json.loads("\n".join(line for line in lines if not line.startswith("#")))
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    Path("rules.yml").write_text(json.dumps(rules))
    Path("test.yml").write_text(json.dumps(test))
    return subprocess.run(["promtool", "test", "rules", "test.yml"], capture_output=True, text=True)


@pytest.mark.skipif(not VECTORS, reason="the vectors beside the checkout are not there")
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.slow
def test_promtool_agrees_with_every_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert VECTORS
    (tmp_path / "routes").mkdir()
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "pmlint.toml").write_text(
        '[due]\nmin_bad = 1\n[due.prometheus]\nkind = "samples"\n'
    )
    series, alerts = [], []
    for route in json.loads(VECTORS.read_text(encoding="utf-8"))["routes"]:
        name = route["route"]
        text = (
            ROUTE.format(state="running")
            .replace("mail-desk", name)
            .replace("0.999", route["objective"])
            .replace(", rescues: 0.02", "")
        )
        (tmp_path / "routes" / f"{name}.yaml").write_text(text)
        for metric, field in (("agent_runs", "runs"), ("agent_runs_bad", "bad")):
            values = " ".join(f"{part[field]}x{part['repeat'] - 1}" for part in route["minutes"])
            series.append({"series": f'{metric}{{route="{name}"}}', "values": values})
        alerts += [
            {
                "route": name,
                "severity": one["severity"],
                "factor": one["factor"],
                "budget": "failures",
            }
            for one in route["alerts"]
        ]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["due", "--emit", "prometheus", "-o", "rules.yml"])
    assert done.exit_code == 0, done.exception
    minutes = 31 * 24 * 60
    test = {
        "rule_files": ["rules.yml"],
        # Half a minute off the samples, and once: Prometheus before 3.0 counts both edges of a
        # window.
        "evaluation_interval": f"{minutes - 1}m30s",
        "tests": [{
            "interval": "1m", "input_series": series,
            "alert_rule_test": [{"eval_time": f"{minutes - 1}m30s", "alertname": "RouteBurn", "exp_alerts": [{"exp_labels": one} for one in alerts]}],
        }],
    }  # fmt: skip
    judged = judged_by_promtool(test)
    assert judged.returncode == 0, (judged.stdout + judged.stderr)[-3000:]
    assert len(alerts) == 37


COUNTERS = {
    "steady": ("0+10x120", "0+1x120"),
    # a process that starts anew counts from 0 again, and what it counted before is not lost
    "restarted": ("0+10x60 0+10x59", "0+1x60 0+1x59"),
    "with-a-gap": ("0+10x50 _x20 710+10x48", "0+1x50 _x20 71+1x48"),
}
"""Counters of runs and of bad ones, a sample a minute: each fires by every pair."""
SILENT = {
    "restarted-and-well": ("0+10x60 0+10x59", "5x60 0x59"),
    "too-few": ("0+10x120", "0x117 1 2 2"),
    "without-runs": ("0x120", "0x120"),
    "never-bad": ("0+10x120", ""),
}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.slow
def test_counters_fire_over_restarts_and_gaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "postmortems").mkdir()
    series = []
    for name, counters in {**COUNTERS, **SILENT}.items():
        text = ROUTE.format(state="running").replace("mail-desk", name)
        (tmp_path / "routes" / f"{name}.yaml").write_text(text.replace(", rescues: 0.02", ""))
        for metric, values in zip(("agent_runs", "agent_runs_bad"), counters, strict=True):
            if values:
                series.append({"series": f'{metric}{{route="{name}"}}', "values": values})
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["due", "--emit", "prometheus", "-o", "rules.yml"])
    assert done.exit_code == 0, done.exception
    pairs = (("page", "14.4"), ("page", "6"), ("ticket", "3"), ("ticket", "1"))
    alerts = [
        {"exp_labels": {"route": route, "budget": "failures", "severity": severity, "factor": by}}
        for route in COUNTERS
        for severity, by in pairs
    ]
    when = "119m30s"
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": when,
        "tests": [{
            "interval": "1m", "input_series": series,
            "alert_rule_test": [{"eval_time": when, "alertname": "RouteBurn", "exp_alerts": alerts}],
        }],
    }  # fmt: skip
    judged = judged_by_promtool(test)
    assert judged.returncode == 0, (judged.stdout + judged.stderr)[-3000:]


def test_counters_use_increase_and_both_budgets_have_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "routes" / "mail-desk.yaml").write_text(ROUTE.format(state="running"))
    (tmp_path / "pmlint.toml").write_text('[due.prometheus]\nruns = "runs_total"\n')
    monkeypatch.chdir(tmp_path)
    text = CliRunner().invoke(commands, ["due", "--emit", "prometheus"]).stdout
    rules = json.loads("\n".join(line for line in text.splitlines() if not line.startswith("#")))[
        "groups"
    ][0]["rules"]
    assert {rule["labels"]["budget"] for rule in rules if "alert" in rule} == {
        "failures",
        "rescues",
    }
    assert 'sum(increase(runs_total{route="mail-desk"}[1h]))' in {
        rule["expr"] for rule in rules if "record" in rule
    }
    if shutil.which("promtool"):
        (tmp_path / "rules.yml").write_text(text)
        subprocess.run(
            ["promtool", "check", "rules", "rules.yml"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
