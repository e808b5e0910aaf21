"""The grammar of CEL, as far as policies may use it: a text in, a tree with places out.

Two engines evaluate policies and their parsers differ in what they accept and in what they say.
Ours stands before both, so that a policy loads, or is refused at the same column, with either.
Left out, because the engines disagree or no policy needs it: bytes, unsigned numbers, optional
values, messages of protocol buffers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pmlint.policy.failed import Failed

MACROS = ("all", "exists", "exists_one", "filter", "map")
"""Methods whose first argument is the name of each element."""
DEEPEST = 60
"""The deepest nesting: cel-expr-python's parser gives up at 250 rules, of which a bracket takes
up to four.
"""
_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+|//[^\n]*)
  | (?P<string>[rR]?(?:\"\"\"(?s:.*?)(?<!\\)\"\"\"|'''(?s:.*?)(?<!\\)'''
               |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
  | (?P<double>(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<int>0x[0-9a-fA-F]+|\d+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>&&|\|\||[=!<>]=|[-+*/%!?:.,()\[\]{}<>])
    """,
    re.VERBOSE,
)
_RESERVED = frozenset(
    "as break const continue else for function if import let loop package namespace return var "
    "void while".split()
)
_RELATION = 3
_BINDS = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), _RELATION),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
}
"""How tightly each operator binds."""


class Token(NamedTuple):
    """A token: its kind (a group of the pattern, or ``end``), its text, its characters."""

    kind: str
    text: str
    start: int
    end: int


class SyntaxNode(NamedTuple):
    """A part of an expression.

    ``kind`` is a literal (``int double string bool null``), ``name``, ``select``, ``has``,
    ``index``, ``call``, ``method``, ``macro``, ``list``, ``map``, ``not``, ``negative``,
    ``binary``, ``and``, ``or`` or ``if``. ``value`` is the literal's text, the name, the field,
    the function or the operator; ``variable`` what a macro calls each element. ``start`` and
    ``end`` count characters of the text, ``mark`` is where an operator or a method's name stands.
    """

    kind: str
    value: str
    parts: tuple[SyntaxNode, ...]
    start: int
    end: int
    mark: int
    variable: str = ""


def parse(text: str) -> SyntaxNode:
    """The tree of an expression. Raises `Failed` with the place of what is not CEL."""
    parser = _Parser(text)
    node = parser.expression()
    if parser.token.kind != "end":
        raise parser.unexpected()
    return node


def walk(node: SyntaxNode) -> Iterator[SyntaxNode]:
    """A node and everything below it, in the order of the text."""
    yield node
    for part in node.parts:
        yield from walk(part)


def rewrite(text: str, node: SyntaxNode, instead: Callable[[SyntaxNode], str | None]) -> str:
    """The text of a node, in which ``instead`` gives the text of some nodes anew.

    What it gives None for keeps its own text around its rewritten parts.
    """
    given = instead(node)
    if given is not None:
        return given
    written: list[str] = []
    at = node.start
    for part in node.parts:
        written += [text[at : part.start], rewrite(text, part, instead)]
        at = part.end
    return "".join((*written, text[at : node.end]))


def _tokens(text: str) -> list[Token]:
    found = []
    at = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start != at:  # `finditer` passes over what is no token
            break
        at = end
        if match.lastgroup != "blank":
            found.append(Token(str(match.lastgroup), match[0], start, end))
    if at < len(text):
        quote = "a text is not closed" if text[at] in "\"'" else f"unexpected '{text[at]}'"
        raise Failed(f"syntax error: {quote}", at)
    return [*found, Token("end", "", len(text), len(text))]


class _Parser:
    """Recursive descent; operators by how tightly they bind. A method for each level, and a
    search for each token, took half as many instructions again: 3% of one file's run.
    """

    def __init__(self, text: str) -> None:
        self._following = iter(_tokens(text))
        self.token = next(self._following)
        self._depth = 0

    def unexpected(self) -> Failed:
        what = f"unexpected '{self.token.text}'" if self.token.text else "the expression ends early"
        return Failed(f"syntax error: {what}", self.token.start)

    def expression(self) -> SyntaxNode:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Failed(f"the expression nests deeper than {DEEPEST}", self.token.start)
        node = self._joined(1)
        # Before '?' stands no other condition: CEL's grammar lets it nest behind ':' alone.
        if self._is("?"):
            mark = self._next().start
            chosen = self._joined(1)
            self._take(":")
            other = self.expression()
            node = SyntaxNode("if", "?:", (node, chosen, other), node.start, other.end, mark)
        self._depth -= 1
        return node

    def _joined(self, least: int) -> SyntaxNode:
        """Operands with the operators between them that bind at least so tightly."""
        left = self._unary()
        # What binds more tightly has been taken by the operands: each round is a looser level.
        while (level := self._level()) >= least:
            left = self._chain(left, level) if level < _RELATION else self._binary(left, level)
        return left

    def _level(self) -> int:
        """How tightly the operator binds that comes next; 0 for any other token."""
        return _BINDS.get(self.token.text, 0)

    def _chain(self, first: SyntaxNode, level: int) -> SyntaxNode:
        """All that ``||`` or ``&&`` joins, as one node."""
        parts = [first]
        sign = self.token
        while self._level() == level:
            self._next()
            parts.append(self._joined(level + 1))
        kind = "or" if sign.text == "||" else "and"
        return SyntaxNode(kind, sign.text, tuple(parts), first.start, parts[-1].end, sign.start)

    def _binary(self, left: SyntaxNode, level: int) -> SyntaxNode:
        """Operators of one level, a node for each."""
        height = 0
        while self._level() == level:
            height += 1
            if height > DEEPEST:  # left-recursive: each operator is a level of the tree
                raise Failed(f"more than {DEEPEST} operators in a row", self.token.start)
            sign = self._next()
            right = self._joined(level + 1)
            left = SyntaxNode("binary", sign.text, (left, right), left.start, right.end, sign.start)
        return left

    def _unary(self) -> SyntaxNode:
        start = self.token.start
        signs = 0
        sign = self.token.text
        if sign in ("!", "-") and self.token.kind == "sign":
            while self._is(sign):
                self._next()
                signs += 1
                if signs > DEEPEST:
                    raise Failed(f"more than {DEEPEST} signs in a row", self.token.start)
            operand = self._member()
            kind = "not" if sign == "!" else "negative"
            return SyntaxNode(kind, sign * signs, (operand,), start, operand.end, start)
        return self._member()

    def _member(self) -> SyntaxNode:
        node = self._primary()
        height = 0
        while self.token.text in (".", "[") and self.token.kind == "sign":
            height += 1
            if height > DEEPEST:
                raise Failed(f"more than {DEEPEST} fields in a row", self.token.start)
            if self._next().text == "[":
                index = self.expression()
                end = self._take("]").end
                node = SyntaxNode("index", "[]", (node, index), node.start, end, index.start)
            else:
                node = self._field(node)
        return node

    def _field(self, target: SyntaxNode) -> SyntaxNode:
        name = self._name()
        if not self._is("("):
            return SyntaxNode("select", name.text, (target,), target.start, name.end, name.start)
        arguments, end = self._arguments(")")
        if name.text not in MACROS:
            parts = (target, *arguments)
            return SyntaxNode("method", name.text, parts, target.start, end, name.start)
        most = 3 if name.text == "map" else 2
        if not 2 <= len(arguments) <= most or arguments[0].kind != "name":
            raise Failed(f"'{name.text}' takes the name of an element and what to ask", name.start)
        if arguments[0].value in ("true", "false", "null"):
            raise Failed(f"'{arguments[0].value}' is not a name", arguments[0].start)
        # The name stays outside of ``parts``: it is not an expression that could be rewritten.
        parts = (target, *arguments[1:])
        called = arguments[0].value
        return SyntaxNode("macro", name.text, parts, target.start, end, name.start, called)

    def _primary(self) -> SyntaxNode:
        token = self.token
        if token.kind in ("string", "double", "int"):
            self._next()
            if self.token.kind == "name" and self.token.start == token.end:
                raise self.unexpected()  # 1u, 1abc
            return SyntaxNode(token.kind, token.text, (), token.start, token.end, token.start)
        if token.kind == "name":
            return self._named()
        if token.text == "(":
            self._next()
            node = self.expression()
            end = self._take(")").end
            # A bracket is a node of its own, so that a part's characters are all of its text.
            return SyntaxNode("bracket", "()", (node,), token.start, end, token.start)
        if token.text == "[":
            elements, end = self._arguments("]")
            return SyntaxNode("list", "[]", elements, token.start, end, token.start)
        if token.text == "{":
            return self._map()
        raise self.unexpected()

    def _named(self) -> SyntaxNode:
        name = self._name()
        if name.text in ("true", "false", "null"):
            kind = "null" if name.text == "null" else "bool"
            return SyntaxNode(kind, name.text, (), name.start, name.end, name.start)
        if not self._is("("):
            if self.token.kind == "string" and self.token.start == name.end:
                raise Failed("bytes are not supported", name.start)
            return SyntaxNode("name", name.text, (), name.start, name.end, name.start)
        arguments, end = self._arguments(")")
        if name.text == "has":
            if len(arguments) != 1 or arguments[0].kind != "select":
                raise Failed("'has' takes a field, such as has(it.owner)", name.start)
            return SyntaxNode("has", "has", arguments, name.start, end, name.start)
        return SyntaxNode("call", name.text, arguments, name.start, end, name.start)

    def _map(self) -> SyntaxNode:
        start = self._take("{").start
        parts: list[SyntaxNode] = []
        while not self._is("}"):
            parts.append(self.expression())
            self._take(":")
            parts.append(self.expression())
            if not self._is(","):
                break
            self._next()
        end = self._take("}").end
        return SyntaxNode("map", "{}", tuple(parts), start, end, start)

    def _arguments(self, close: str) -> tuple[tuple[SyntaxNode, ...], int]:
        """The expressions up to a closing sign, and where that ends; a list may end in a comma."""
        self._next()
        found: list[SyntaxNode] = []
        while not self._is(close):
            found.append(self.expression())
            if not self._is(","):
                break
            self._next()
            # CEL's own grammar lets a list and a map end in a comma, and arguments not.
            if close == ")" and self._is(close):
                raise self.unexpected()
        return tuple(found), self._take(close).end

    def _name(self) -> Token:
        if self.token.kind != "name" or self.token.text in _RESERVED:
            raise self.unexpected()
        return self._next()

    def _is(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign

    def _take(self, sign: str) -> Token:
        if not self._is(sign):
            raise self.unexpected()
        return self._next()

    def _next(self) -> Token:
        token = self.token
        self.token = next(self._following, token)
        return token
