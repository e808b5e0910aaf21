"""What a test run says: failures, errors, what was skipped, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmlint.errors import UsageError
from pmlint.replay.junit import LARGEST, PlayedRun, PlayedTest, read_junit

MODULE = "tests.replays.test_pm"
AT = 'timestamp="2026-11-27T02:10:30.5+00:00" time="0.5"'


def report(cases: str, at: str = AT) -> bytes:
    return f'<?xml version="1.0"?><testsuites><testsuite name="pytest" {at}>{cases}</testsuite></testsuites>'.encode()


def case(name: str, inside: str = "", module: str = MODULE) -> str:
    return f'<testcase classname="{module}" name="{name}" time="0">{inside}</testcase>'


ENDINGS = {
    "passed": "",
    "failed": '<failure message="no"/>',
    "error": '<error message="no module"/>',
    "skipped": '<skipped type="pytest.xfail"/>',
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending(ending: str) -> None:
    run = read_junit(report(case("test_a", ENDINGS[ending])), MODULE)
    assert run == PlayedRun(
        (PlayedTest(MODULE, "test_a", ending),), datetime(2026, 11, 27, 2, 10, 31, tzinfo=UTC)
    )


def test_of_two_endings_the_worse_counts() -> None:
    run = read_junit(report(case("test_a", ENDINGS["failed"] + ENDINGS["error"])), MODULE)
    assert run.cases[0].ending == "error"


def test_other_modules_are_left_out() -> None:
    cases = [
        case("test_a"),
        case("test_b", module="tests.replays.test_pm_2"),
        case("test_c", module="agents.tests.replays.test_pm.TestRefunds"),
        # a module that could not be collected
        '<testcase classname="" name="tests.replays.test_pm" time="0"><error message="import"/></testcase>',
    ]
    run = read_junit(report("".join(cases)), MODULE)
    assert [one.name for one in run.cases] == ["test_a", "TestRefunds::test_c"]


def test_the_clock_of_an_older_pytest_is_utc() -> None:
    run = read_junit(report("", 'timestamp="2026-11-27T02:10:30" time="1"'), MODULE)
    assert run.finished == datetime(2026, 11, 27, 2, 10, 31, tzinfo=UTC)


REFUSED = {
    "a document type": b'<!DOCTYPE a [<!ENTITY b "c">]><testsuites/>',
    "a document type in UTF-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><testsuites/>'.encode(
        "utf-16"
    ),
    "no XML": b"2 passed in 0.01s",
    "half of it": report(case("test_a"))[:-20],
    "no suite": b"<testsuites/>",
    "a suite without a time": report("", ""),
    "a time that is none": report("", 'timestamp="yesterday"'),
    "a time without an end": report("", 'timestamp="2026-11-27T02:10:30+00:00" time="1e300"'),
    "two tests of one name": report(case("test_a") + case("test_a")),
    "too much": b" " * (LARGEST + 1),
}


def counted(cases: str, **counts: int) -> bytes:
    said = " ".join(f'{name}="{number}"' for name, number in counts.items())
    return report(cases, f"{AT} {said}")


INSIDE = '<properties><property name="a" value="b"/></properties><system-out>no</system-out>'
FORGED = {
    # what is refused, and its honest twin
    "a case in a case, which takes its failure away": (
        report(case("test_a", ENDINGS["failed"] + case("test_b"))),
        report(case("test_a", ENDINGS["failed"]) + case("test_b")),
    ),
    "a suite in a case": (
        report(case("test_a", f"<testsuite {AT}>{case('test_b')}</testsuite>")),
        report(case("test_a")),
    ),
    "a test that failed, ran again, and passed": (
        report(case("test_a", '<flakyFailure message="no"/>')),
        report(case("test_a", INSIDE)),
    ),
    "an ending in capitals": (
        report(case("test_a", '<Failure message="no"/>')),
        report(case("test_a", '<failure message="no"/>')),
    ),
    "an ending of another language": (
        report(case("test_a", '<x:failure xmlns:x="urn:x" message="no"/>')),
        report(case("test_a")),
    ),
    "a suite that counts a failure more than its cases have": (
        counted(case("test_a"), tests=1, failures=1, errors=0, skipped=0),
        counted(case("test_a", ENDINGS["failed"]), tests=1, failures=1, errors=0, skipped=0),
    ),
    "a suite that counts a skipped test more than its cases have": (
        counted(case("test_a"), tests=1, failures=0, errors=0, skipped=1),
        counted(case("test_a", ENDINGS["skipped"]), tests=1, skipped=1),
    ),
    "a failure behind its case": (
        report(case("test_a") + ENDINGS["failed"]),
        report("<properties/>" + case("test_a")),
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_report_is_refused(name: str) -> None:
    forged, honest = FORGED[name]
    assert read_junit(honest, MODULE).cases
    with pytest.raises(UsageError):
        read_junit(forged, MODULE)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(UsageError):
        read_junit(REFUSED[name], MODULE)


def test_what_pytest_writes(tmp_path: Path) -> None:
    (tmp_path / "tests" / "replays").mkdir(parents=True)
    (tmp_path / "tests" / "replays" / "test_pm.py").write_text(
        "import pytest\n\n\ndef test_good(): pass\n\n\ndef test_bad(): assert False\n\n\n"
        "@pytest.mark.skip\ndef test_left_out(): pass\n\n\n@pytest.mark.xfail\ndef test_expected(): assert False\n\n\n"
        "@pytest.fixture\ndef torn(): raise OSError\n\n\ndef test_torn(torn): pass\n\n\n"
        "class TestOne:\n    @pytest.mark.parametrize('n', [1])\n    def test_in_a_class(self, n): pass\n\n\n"
        "@pytest.mark.xfail(strict=True)\ndef test_unexpected(): pass\n\n\n"
        "@pytest.fixture\ndef undone():\n    yield\n    raise OSError\n\n\ndef test_undone(undone): pass\n\n\n"
        "def test_told(record_property): record_property('a', 1), print('b')\n"
    )
    for name, text in (
        ("skipped", "import pytest\npytest.skip(allow_module_level=True)"),
        ("torn", "import nothing"),
    ):
        (tmp_path / "tests" / f"test_{name}.py").write_text(text)
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--junit-xml", "r.xml"]
    words += ["--continue-on-collection-errors", "tests"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=tmp_path, check=False, capture_output=True
    )
    run = read_junit((tmp_path / "r.xml").read_bytes(), MODULE)
    assert {one.name: one.ending for one in run.cases} == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_left_out": "skipped",
        "test_expected": "skipped",
        "test_torn": "error",
        "TestOne::test_in_a_class[1]": "passed",
        "test_unexpected": "failed",
        "test_undone": "error",
        "test_told": "passed",
    }
