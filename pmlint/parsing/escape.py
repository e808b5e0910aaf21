"""Text of users made harmless, one encoder for each place where it is shown (docs/spec/security.md,
*Outputs*).
"""

from __future__ import annotations

import re

from pmlint.parsing.source import INVISIBLE

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN = f"[\n\t]|{INVISIBLE}"


def terminal(text: str) -> str:
    """For a terminal: every control, bidirectional or zero-width character as its escape; one line
    stays one line.
    """
    # Nearly every text is plain ASCII: 0.1 us instead of 1.3 us for the pattern.
    return text if text.isascii() and text.isprintable() else re.sub(_UNSEEN, _named, text)


def _named(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def command(text: str) -> str:
    """For the message of a GitHub workflow command; ``##[`` would start one of the old form in the
    middle of a line.
    """
    return (
        re.sub(INVISIBLE, _named, text)
        # The percent sign comes first, because the other escapes write one.
        .replace("%", "%25")
        .replace("\n", "%0A")
        .replace("##[", "## [")
    )


def command_property(text: str) -> str:
    """For a property of a GitHub workflow command, where colons and commas separate."""
    return command(text).replace(":", "%3A").replace(",", "%2C")


def azure(text: str) -> str:
    """For the message of an Azure logging command. The agent finds ``##vso[`` and ``##[`` anywhere
    in a line, and reads ``%AZP25`` as a percent sign (agent 2.170).
    """
    shown = re.sub(INVISIBLE, _named, text).replace("%", "%AZP25")
    return shown.replace("\n", "%0A").replace("##", "# #")


def azure_property(text: str) -> str:
    """For a property of an Azure logging command, where semicolons and brackets end it."""
    return azure(text).replace(";", "%3B").replace("]", "%5D")


def markdown(text: str) -> str:
    """For Markdown on a forge: a code span, in which nothing is markup, HTML, a link, a mention or
    a reference to an issue.
    """
    # Two fences with nothing between them are text to CommonMark, so nothing becomes a blank.
    safe = terminal(text).strip() or " "
    fence = "`" * (max(map(len, re.findall("`+", safe)), default=0) + 1)
    # A backtick at an end would join the fence; of such blanks CommonMark shows none.
    pad = " " if "`" in (safe[0], safe[-1]) else ""
    return f"{fence}{pad}{safe}{pad}{fence}"


def xml(text: str) -> str:
    """For XML, which has no way to write controls, and for the pages that show it; quoting is left
    to the writer of the XML.
    """
    return re.sub(INVISIBLE, _named, text)


def sarif(text: str) -> str:
    """For a SARIF message, where brackets make links."""
    return text.replace("[", "\\[").replace("]", "\\]")


def uri(path: str) -> str:
    """A path relative to the root as a relative URI; bytes of a file's name that are not UTF-8 come
    back as they were.
    """
    # Only formats for viewers write addresses: a check on a terminal does without this import.
    from urllib.parse import quote

    def raw(char: str) -> bytes:
        return char.encode(
            # Python reads a byte of a name that is not UTF-8 as U+DC80 to U+DCFF. Any other
            # surrogate stands for no byte, and must not end the run.
            "utf-8",
            "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass",
        )

    return quote(path, safe="/") if path.isascii() else quote(b"".join(map(raw, path)), safe="/")
