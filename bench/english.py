"""What users read in the source and in the docs, and the forms that plain English does without.

Messages, help and one-line docstrings: subject, verb, object, one word for one thing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

BANNED = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer|such|more)": "is not a",
    r"\bstands?\b": "is",
    r"\b(?:is|are|was) gone\b": "was removed",
    r"\btold\b|\bsaid\b": "reported",
    r"\bwhatever\b|\bwhoever\b": "any",
    r"\bnot looked (?:at|for)\b": "not checked",
    r"\bby itself\b|\bout by itself\b": "detected",
    r"\breads? otherwise\b": "was reworded",
    r"\bhas not the\b|\bhave not the\b": "does not match",
    r"\bin peace\b": "exempt",
    r"\bsomebody beside\b": "eligible approver",
    r"\bloosens?\b": "weakens",
    r"\broster\b": "people file",
    r"\bwrites? down\b": "record",
    r"\bthis is a fault\b|\bis a fault\b": "internal error",
    r"\bonly then\b": "until then",
    r"\bgets? (?:its|their) trust back\b|\bgives? .{0,30}trust back\b": "restores",
    r"\ba whole\b.{0,12}\brepository\b": "the repository",
}
"""A form as a pattern, and what to write instead (docs/spec/cli.md, messages)."""
BANNED_IN_PAGES = {
    r"(?<!there )\b(?:is|are|was|were) (?:no|none)\b(?! (?:longer|such|more))": "is not a",
    r"\bstands?\b": "is",
    r"\b(?:is|are|was|were) gone\b": "was removed",
    r"\btold\b": "notified, instructed",
    r"\b(?:is|are) said\b": "is reported",
    r"\bspeaks? (?:of|against)\b": "is about",
    r"\bwhatever\b|\bwho(?:m)?ever\b": "any, the person who",
    r"\bin peace\b": "exempt",
    r"\bin earnest\b": "in real use",
    r"\broster\b": "known people",
    r"\bsomebody beside\b": "a person other than",
    r"\bwr(?:ites?|ote|itten) (?:\w+ )?down\b": "record",
    r"\btrust back\b": "restores",
    r"\b(?:has|have) not the\b": "does not have the",
}
"""The same for the prose of pages, which may keep its voice but is read by strangers."""
CALLS = {
    "Problem",
    "Finding",
    "Refusal",
    "Related",
    "UsageError",
    "Malformed",
    "Unjudged",
    "Policy",
    "Wrong",
}
"""What takes a message, and help."""
CLICK = {"option", "command", "argument", "group", "echo", "UsageError", "BadParameter", "fail"}


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text for users with its line; the parts of an f-string are one text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in CALLS | CLICK:
            for value in (
                *node.args,
                *(
                    one.value
                    for one in node.keywords
                    if one.arg in (None, "help", "message", "short_help", "epilog")
                ),
            ):
                yield from _said(value)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            docstring = ast.get_docstring(node)
            if docstring and ("\n" not in docstring or _is_command(node)):
                yield node.body[0].lineno, docstring


def prose(page: str) -> str:
    """A page of Markdown without code, terminals and quotes, its lines kept."""
    page = re.sub(r"^(?:```.*?^```|<pre.*?</pre>)", _lines_of, page, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|\"[^\"]*\"", _lines_of, page)


def _lines_of(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def offenders_in_page(name: str, page: str) -> list[str]:
    """The places of a page that have a banned form, with their lines and what to write."""
    text = prose(page)
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} '{match[0]}' ({instead})"
        for pattern, instead in BANNED_IN_PAGES.items()
        # A form may be broken over two lines; with blanks for their ends each place stays where it
        # is.
        for match in re.finditer(pattern, text.replace("\n", " "), re.IGNORECASE)
    ]


def _is_command(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(
        isinstance(one, ast.Call) and _name(one.func) in ("command", "group")
        for one in node.decorator_list
    )


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _said(value: ast.expr) -> Iterator[tuple[int, str]]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def offenders(name: str, tree: ast.AST) -> list[str]:
    """The texts of a module that have a banned form, with their lines and what to write."""
    found = []
    for line, text in texts(tree):
        # a quoted example shows how not to write
        plain = re.sub(r"``[^`]*``|\"[^\"]*\"|'[^']*'", "", text)
        for pattern, instead in BANNED.items():
            if match := re.search(pattern, plain, re.IGNORECASE):
                found.append(
                    f"{name}:{line} '{match[0]}' ({instead}): {' '.join(text.split())[:70]}"
                )
    return list(dict.fromkeys(found))
