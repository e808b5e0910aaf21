"""What a test run says, by the JUnit XML that pytest writes.

1. A failure is a test that ran and did not hold. An error is one that could not run, such as a
   missing import: on broken code it shows nothing, so it is none of the names.
2. A skipped test and an expected failure, which pytest writes as one, are not contained: a warning.
3. A document type is refused: it could name other files, or expand without end.
4. So is what pytest does not write, and a suite that counts other endings than its cases have: an
   ending that this reader does not know would be a test that passed.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from xml.parsers import expat

from pmlint.errors import UsageError

LARGEST = 1 << 20
"""The most bytes of a report: a replay has a few tests."""
Ending = Literal["passed", "failed", "skipped", "error"]
_ENDINGS: dict[str, Ending] = {"failure": "failed", "skipped": "skipped", "error": "error"}
_WORST: tuple[Ending, ...] = ("passed", "skipped", "failed", "error")
_COUNTS = {"failures": "failure", "skipped": "skipped", "errors": "error"}
"""The counts of a suite, by the elements that they count. ``tests`` is none of them: pytest counts
a test twice that passes and errs at its end.
"""
_WITHIN: dict[str, tuple[str, ...]] = {
    "": ("testsuites", "testsuite"),
    "testsuites": ("testsuite",),
    "testsuite": ("testcase", "properties"),
    "testcase": ("properties", "system-out", "system-err", *_ENDINGS),
    "properties": ("property",),
}
"""What pytest writes, by the element around it."""


class PlayedTest(NamedTuple):
    """One test: the dotted module, its name with its class before it, and how it ended."""

    module: str
    name: str
    ending: Ending


class PlayedRun(NamedTuple):
    """A run of tests, and when it was over."""

    cases: tuple[PlayedTest, ...]
    finished: datetime


def read_junit(data: bytes, module: str) -> PlayedRun:
    """The cases of a module, such as ``tests.replays.test_pm``; what else ran is left out.

    Raises `UsageError` for what is not the report of a run.
    """
    if len(data) > LARGEST:
        raise UsageError(f"larger than {LARGEST >> 20} MiB", help="run the replay alone")
    reader = _Reader(module)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UsageError(f"not XML: {error}", help="pytest --junit-xml=FILE") from None
    if reader.finished is None:
        raise UsageError("no suite says when it ran", help="pytest --junit-xml=FILE")
    names = [case.name for case in reader.cases]
    if len(names) > len(set(names)):
        # which of the two would count nobody can tell
        twice = next(name for name in names if names.count(name) > 1)
        raise UsageError(f"two tests are called '{twice}'", help="give each test its own name")
    return PlayedRun(tuple(reader.cases), reader.finished)


def _refuse(*declaration: object) -> None:
    raise UsageError("it has a document type", help="pytest --junit-xml=FILE writes none")


class _Reader:
    """Collects the cases of one module while the text is parsed."""

    def __init__(self, module: str) -> None:
        self.cases: list[PlayedTest] = []
        self.finished: datetime | None = None
        self._module = module
        self._case: PlayedTest | None = None
        self._around: list[str] = [""]
        self._said: dict[str, str] = {}
        self._found = Counter[str]()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag not in _WITHIN.get(self._around[-1], ()):
            where = f" in a {self._around[-1]}" if self._around[-1] else ""
            raise UsageError(f"it has a {tag}{where}", help="pytest --junit-xml=FILE writes none")
        self._around.append(tag)
        self._found[tag] += 1
        if tag == "testsuite":
            self._said, self._found = attributes, Counter()
            ended = _ended(attributes)
            if ended is not None:
                self.finished = max(ended, self.finished or ended)
        elif tag == "testcase":
            self._case = _case(attributes, self._module)
        elif tag in _ENDINGS and self._case is not None:
            # A test that fails, and whose end fails as well, has two: the worse counts.
            worse = max(self._case.ending, _ENDINGS[tag], key=_WORST.index)
            self._case = self._case._replace(ending=worse)

    def end(self, tag: str) -> None:
        self._around.pop()
        if tag == "testsuite":
            self._require_counts()
        if tag == "testcase" and self._case is not None:
            self.cases.append(self._case)
            self._case = None

    def _require_counts(self) -> None:
        """Raise `UsageError` where a suite counts other endings than its cases have."""
        for name, tag in _COUNTS.items():
            said = self._said.get(name, str(self._found[tag]))
            if said != str(self._found[tag]):
                raise UsageError(
                    f'a suite says {name}="{said}", and its cases have {self._found[tag]}',
                    help="pytest --junit-xml=FILE",
                )


def _case(attributes: dict[str, str], module: str) -> PlayedTest | None:
    """A case of the module; None for any other test, and for a module that was not collected."""
    parts = attributes.get("classname", "").split(".")
    wanted = module.split(".")
    # pytest names a module from its own root, which may lie above the project
    for start in range(len(parts) - len(wanted) + 1):
        if parts[start : start + len(wanted)] == wanted:
            inside = parts[start + len(wanted) :]
            return PlayedTest(module, "::".join([*inside, attributes.get("name", "")]), "passed")
    return None


def _ended(attributes: dict[str, str]) -> datetime | None:
    """When a suite was over: it says when it began, and how many seconds it took."""
    try:
        began = datetime.fromisoformat(attributes["timestamp"])
        took = timedelta(seconds=float(attributes.get("time", "0")))
        # pytest before 8.0 writes the clock of the machine, which is UTC in a CI
        return (began if began.tzinfo else began.replace(tzinfo=UTC)).astimezone(UTC) + took
    except (KeyError, ValueError, OverflowError):
        return None
