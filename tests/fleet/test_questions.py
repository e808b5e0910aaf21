"""What each question that ships answers, of three small repositories and one that is not there;
judged once.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench import fleet_world
from pmlint import __version__
from pmlint.fleet.ask import questions
from pmlint.fleet.listing import Listed
from pmlint.fleet.store import Store
from pmlint.fleet.task import FleetResult
from tests.fleet.conftest import ROOT, Fleet, invoke

DAY = "2026-11-24"
BASE = ROOT / "tests" / "cases" / "base"
REVIEW = "postmortems/PM-2026-001-refunds.md"
ROUTE = "routes/refund-triage.yaml"
WAIVER = """\
waivers:
  - {rule: vague-cause, reason: "named next week", approved_by: "@eva", until: 2026-12-01}
"""
ANSWERS = {
    "held": """\
repo          route          holds  oldest      owner   runs
acme/paused   refund-triage  3      2026-10-30  @maria  false
acme/running  refund-triage  3      2026-10-30  @maria  true
""",
    "running-while-held": """\
repo          route          owner   holds  oldest
acme/running  refund-triage  @maria  3      2026-10-30
""",
    "overdue": """\
repo          postmortem   action  owner  deadline    days  title
acme/paused   PM-2026-001  A2      @tom   2026-10-30  25    Page the route's owner above 3 rescues in 10 minutes
acme/running  PM-2026-001  A2      @tom   2026-10-30  25    Page the route's owner above 3 rescues in 10 minutes
""",
    "owners": """\
owner  open_actions  late  oldest      repositories
@tom   2             2     2026-10-30  2
""",
    "repeats": """\
class               times  repositories  routes  first
exceeded-authority  2      2             2       acme/paused//PM-2026-001
""",
    "loosened": """\
repo          rule            how     file         row  findings
acme/running  overdue-action  ignore  pmlint.toml  1    1
""",
    "waivers": """\
repo          postmortem   rule         until       days  approved_by  reason
acme/running  PM-2026-001  vague-cause  2026-12-01  7     @eva         named next week
""",
    "unowned": """\
repo         route  owner       state    runs
acme/nobody  faq    @acme/desk  running  true
""",
    "": """\
repositories:
status       repositories
judged       3
unreachable  1
by team:
team  repositories  held  running_while_held  overdue
desk  3             2     1                   2
mail  1             0     0                   0
""",
}


def world() -> dict[str, dict[str, str]]:
    """The files of each repository: a route that is held, one that runs all the same and whose
    configuration ignores what is demanded, and one that nobody owns.
    """
    paths = [path for path in BASE.rglob("*") if path.is_file()]
    base = {str(path.relative_to(BASE)): path.read_text(encoding="utf-8") for path in paths}
    running = base[ROUTE].replace("paused", "running").replace("restart: false", "restart: true")
    faq = running.replace("refund-triage", "faq").replace("postmortems: [PM-2026-001]\n", "")
    ignoring = {
        "pmlint.toml": 'ignore = ["overdue-action"]\n',
        REVIEW: base[REVIEW].replace("timeline:", f"{WAIVER}timeline:", 1),
        ROUTE: running,
    }
    nobody = {
        "people.yaml": base["people.yaml"],
        "routes/faq.yaml": faq.replace('"@maria"', '"@acme/desk"'),
    }
    return {"paused": base, "running": base | ignoring, "nobody": nobody}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("questions")
    lines = [{"url": f"file://{folder}/gone.git", "name": "acme/gone", "team": "mail"}]
    for name, files in world().items():
        source = folder / f"source-{name}"
        for path, text in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text, encoding="utf-8")
        fleet_world.bare(source, folder / f"{name}.git")
        lines.append({"url": f"file://{folder}/{name}.git", "name": f"acme/{name}", "team": "desk"})
    (folder / "org").mkdir()
    (folder / "org/org.toml").write_text('version = 1\nrequired_rules = ["overdue-action"]\n')
    fleet = Fleet(folder, lines)
    assert fleet.run("--policies", str(folder / "org"), "--now", DAY)[0] == 2
    return str(fleet.store)


def test_each_question_that_ships_is_asked() -> None:
    assert {*questions(), ""} == {*ANSWERS, "unjudged", "stale"}
    assert [name for name, one in questions().items() if not one.says.endswith("?")] == []


@pytest.mark.parametrize("question", ANSWERS)
def test_an_answer(question: str, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = [question] if question else []
    assert invoke("fleet", "ask", store, *words, "--now", DAY) == (0, ANSWERS[question])


def test_what_could_not_be_judged(store: str) -> None:
    code, text = invoke("fleet", "ask", store, "unjudged", "--output-format", "json")
    [row] = json.loads(text)
    assert (code, row.pop("judged_at")[:2]) == (0, "20")
    gone = Path(store).with_name("gone.git")
    assert row == {
        "repo": "acme/gone",
        "team": "mail",
        "status": "unreachable",
        "error": f"fatal: '{gone}' does not appear to be a git repository",
    }


def test_what_is_stale(tmp_path: Path) -> None:
    """By the last time that it was judged, though nobody could reach it yesterday."""
    now = datetime.now(UTC)
    judged = {"young": 6, "old": 8, "lost": 9}
    results = [(name, "judged", now - timedelta(days=days)) for name, days in judged.items()] + [
        (name, "unreachable", now - timedelta(days=1)) for name in ("lost", "never")
    ]
    store = Store(str(tmp_path / "store"))
    for name, status, moment in results:
        listed = Listed(f"acme/{name}", f"https://acme.example/{name}")
        store.write([FleetResult(listed, status, judged_at=moment)], __version__, "")
    words = "--now", now.date().isoformat(), "--output-format", "json"
    rows = json.loads(invoke("fleet", "ask", store.folder, "stale", *words)[1])
    assert [(row["repo"], row["status"], row["last_judged"] is None) for row in rows] == [
        ("acme/never", "unreachable", True),
        ("acme/lost", "unreachable", False),
        ("acme/old", "judged", False),
    ]
