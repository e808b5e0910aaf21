"""Files of traces as lines: decompressed, bounded, and known by their content, never by their name.

What is wrong with a file is a finding at its line where the rest can be read, and a `TraceRefused`
where nothing of it counts (docs/spec/runs.md, *Bad input*).
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import time
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.place import Span
from pmlint.runs.decoding import json_of
from pmlint.runs.zstd import zstd_module

_BLOCK = 1 << 15
"""Bytes that are read at once. Rows of a block are decoded together: of a mebibyte they left the
caches of the processor, and counting them took twice as long.
"""
HEAD = 1 << 16
"""So many bytes of a file say which format it has."""
MAX_LINE = 16 << 20
MAX_FILE = 4 << 30
MAX_UNPACKED = 8 << 30
MAX_RATIO = 20
"""A decompressed file may be 20 times its size: JSON of traces shrinks to a tenth, a bomb more."""
_SMALL = 64 << 20
"""Below this size a ratio harms nobody: short files of repeated lines shrink to a hundredth."""
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FIRST = 946_684_800 * 10**9
"""2000-01-01 in nanoseconds: an earlier time is a clock that was never set."""
_DAY = 86_400 * 10**9
_Errors = tuple[type[Exception], ...]


_BEGINNINGS = (b"{", b"[", b"[{")
"""A first line of JSON that is written over several lines."""
MAX_DEPTH = 64
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))


class TraceLine(NamedTuple):
    """One line of a file, counted from 1, without its line end."""

    number: int
    data: bytes


class TraceRefused(UsageError):
    """A file of which nothing counts; ``code`` is the finding's, such as ``trace-unknown``."""

    def __init__(self, code: str, message: str, file: str, help: str, row: int = 0) -> None:
        span = Span(row, 1, row, 1) if row else None
        super().__init__(f"{code}: {message}", file=file, span=span, help=help)
        self.code = code


class TraceInput:
    """One file of traces that is being read; ``findings`` grow as lines turn out to be wrong."""

    def __init__(self, path: str, now: int | None = None) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.lines = 0
        self.skipped = 0
        self.is_cut = False
        """Whether the compressed file ends before its content does."""
        self._open_line = 0
        self._now = time.time_ns() if now is None else now
        self._stream, self._broken = _open(path)
        # Excel and Windows PowerShell write a byte order mark before UTF-8.
        self.head = self._block(HEAD).removeprefix(codecs.BOM_UTF8)
        if self.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = "the file is UTF-16, not UTF-8"
            raise TraceRefused("trace-unreadable", text, path, "write it as UTF-8")
        self._first = self.head

    def __enter__(self) -> TraceInput:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def read_lines(self) -> Iterator[TraceLine]:
        """Every line that is not blank. Raises `TraceRefused` for more than the limits allow."""
        for block in self.read_blocks():
            for line in lines_of(block):
                self.lines += 1
                yield line

    def read_blocks(self) -> Iterator[TraceLine]:
        """Some whole lines at a time, each with the number of the first. Raises as `read_lines`."""
        rest: list[bytes] = []
        held, number = 0, 1
        for block in self._blocks():
            # Bytes and not text: U+2028 inside a string ends no line of JSON.
            whole, end, last = block.rpartition(b"\n")
            if end:
                data = b"".join([*rest, whole])
                yield TraceLine(number, data)
                number += data.count(b"\n") + 1
                rest, held = [], 0
            rest.append(last)
            held += len(last)
            if held > MAX_LINE:
                raise self.too_large(f"line {number} is longer than 16 MiB")
        data = b"".join(rest)
        if data.strip():
            self._open_line = number
            yield TraceLine(number, data)

    def read_json(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every line that is a JSON object, with its number, and each object of a line that is an
        array of them. A file that is one object or array over several lines counts as one line.
        """
        broken: TraceLine | None = None
        lines = self.read_lines()
        for line in lines:
            if is_deep(line.data):
                raise self.too_large(f"line {line.number} is nested deeper than {MAX_DEPTH}")
            found = _objects(line.data)
            if found is None and self.lines == 1 and line.data.strip() in _BEGINNINGS:
                yield from self._whole(line, lines)
                return
            if broken is not None:
                self._report_broken(broken)
            broken = line if found is None else None
            for one in found or ():
                yield line.number, one
        if broken is not None and not self.leave_cut(broken):
            self._report_broken(broken)
        if not self.lines and not self.is_cut:
            self.report("trace-truncated", Level.WARNING, "the file is empty", TraceLine(1, b""))

    def leave_cut(self, line: TraceLine) -> bool:
        """Whether a line that cannot be read is the last one and half written, as a writer that is
        killed leaves it; that is recorded then.
        """
        data = line.data.strip()
        has_no_end = line.number == self._open_line or not data.endswith(b"}")
        is_cut = data[:1] in (b"{", b"[") and has_no_end
        if is_cut:
            self.skip_cut(line.number)
        return is_cut

    def skip_cut(self, line: int) -> None:
        """Record that the last line is half written, unless the whole file is known to be cut."""
        self.skipped += 1
        if not self.is_cut:
            text = "the last line is cut off"
            self.report("trace-truncated", Level.WARNING, text, TraceLine(line, b""))

    def read_rest(self) -> bytes:
        """All bytes of a file that has no lines. Raises `TraceRefused` above the limits."""
        return b"".join(self._blocks())

    def report(
        self, code: str, level: Level, message: str, line: TraceLine, help: str = ""
    ) -> None:
        """Record what is wrong with a line."""
        span = Span(line.number, 1, line.number, 1)
        self.findings.append(Finding(code, level, message, self.path, span, help=help))

    def clock(self, start: int, end: int, line: int) -> tuple[int, int]:
        """A start and an end that can be, in nanoseconds; 0 and 0, and a finding, for others. What
        has not ended has the end 0.
        """
        if _FIRST <= start <= (end or start) <= self._now + _DAY:
            return start, end
        message = "the times are before 2000, after tomorrow, or end before they start"
        self.report("trace-clock", Level.WARNING, message, TraceLine(line, b""))
        return 0, 0

    def too_large(self, message: str) -> TraceRefused:
        """The refusal of a file that is larger than what is read."""
        return TraceRefused("trace-too-large", message, self.path, "split the file")

    def _blocks(self) -> Iterator[bytes]:
        size = max(os.path.getsize(self.path), 1)
        total = 0
        block, self._first = self._first, b""
        while block or total == 0:
            total += len(block)
            if total > MAX_UNPACKED or (total > _SMALL and total > size * MAX_RATIO):
                raise self.too_large("the decompressed content is larger than 8 GiB or 20 times")
            yield block
            block = self._block(_BLOCK)
            if not block:
                return

    def _block(self, size: int) -> bytes:
        """As many bytes as there are, up to a size; of a compressed file that was cut off, those
        before the cut.
        """
        found: list[bytes] = []
        while size > 0 and not self.is_cut:
            try:
                # One read at a time: what was decompressed before the cut would be lost with it.
                part = self._stream.read1(size)
            except EOFError:
                self.is_cut = True
                text = "the compressed file is cut off, and is read up to there"
                self.findings.append(Finding("trace-truncated", Level.WARNING, text, self.path))
                break
            except self._broken as error:
                text = f"the file cannot be decompressed: {str(error).lower()}"
                raise TraceRefused("trace-unreadable", text, self.path, "write it anew") from None
            if not part:
                break
            found.append(part)
            size -= len(part)
        return b"".join(found)

    def _whole(
        self, first: TraceLine, others: Iterator[TraceLine]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """A file that is one object, or one array of them, over several lines."""
        data = b"\n".join([first.data, *(line.data for line in others)])
        if is_deep(data):
            raise self.too_large(f"the file is nested deeper than {MAX_DEPTH}")
        found = _objects(data)
        self.lines = 1
        if found is None:
            self.skipped += 1
            message = "the lines of the file together are not one JSON object or array"
            help = "write it anew, or one object a line"
            self.report("trace-unreadable", Level.ERROR, message, first, help)
        for one in found or ():
            yield first.number, one

    def _report_broken(self, line: TraceLine) -> None:
        self.skipped += 1
        message = "the line is not a JSON object"
        help = "every line is one object; the other lines are read"
        self.report("trace-unreadable", Level.ERROR, message, line, help)


def lines_of(block: TraceLine) -> Iterator[TraceLine]:
    """The lines of a block that are not blank."""
    for number, data in enumerate(block.data.split(b"\n"), start=block.number):
        if data.strip():
            yield TraceLine(number, data)


def is_deep(data: bytes) -> bool:
    """Whether JSON is nested deeper than `MAX_DEPTH`.

    Each round takes the innermost brackets away, which costs a twentieth of a walk over the values.
    """
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        fewer = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if not fewer:
            return False
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    # Brackets in texts have no partner, so what is left is only a reason to look.
    try:
        return _is_nested(json.loads(data), MAX_DEPTH)
    except RecursionError:
        return True
    except ValueError:
        return False


def _open(path: str) -> tuple[io.BufferedIOBase, _Errors]:
    """A file, decompressed, and what is raised while broken content is read."""
    try:
        raw = open(path, "rb")  # noqa: SIM115  # the input closes it
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        help = "name the files in it" if isinstance(error, IsADirectoryError) else ""
        raise UsageError(f"the file cannot be read: {reason}", file=path, help=help) from None
    # By content: exporters name compressed files .jsonl as often as not.
    magic = raw.read(4)
    raw.seek(0)
    if os.fstat(raw.fileno()).st_size > MAX_FILE:
        raise TraceRefused("trace-too-large", "the file is larger than 4 GiB", path, "split it")
    if magic.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw), (OSError, zlib.error)
    if magic == _ZSTD:
        return _zstd(raw, path)
    return raw, (OSError,)


def _zstd(raw: BinaryIO, path: str) -> tuple[io.BufferedIOBase, _Errors]:
    try:
        zstd = zstd_module()
    except ModuleNotFoundError:
        raise UsageError(
            "zstd files need an extra", file=path, help="pip install 'pmlint[traces]'"
        ) from None
    return zstd.ZstdFile(raw), (OSError, zstd.ZstdError)


def _objects(data: bytes) -> list[dict[str, Any]] | None:
    """The objects of a line: one, or an array of them; None for anything else."""
    found = json_of(data)
    listed = found if isinstance(found, list) else [found]
    return listed if listed and all(isinstance(one, dict) for one in listed) else None


def _is_nested(value: Any, most: int) -> bool:
    """Whether values are in each other more than ``most`` times: a level a round, no recursion."""
    level = [value]
    for _ in range(most + 1):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict | list):
                inner += one.values() if isinstance(one, dict) else one
        if not any(isinstance(one, dict | list) for one in level):
            return False
        level = inner
    return True
