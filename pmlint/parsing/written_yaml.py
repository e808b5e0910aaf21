"""Data as YAML in the notation of our own documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

_WIDTH = 92
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T[\d:]+(Z|[+-]\d\d:\d\d))?")
_MOMENT = "tag:yaml.org,2002:timestamp"
_TEXT = "tag:yaml.org,2002:str"


def written(name: str, value: Any) -> str:
    """A field with its value, which holds what `strict_yaml` reads, as lines of YAML."""
    # None asks for flow style in the innermost collections, which the field itself must not be.
    flow = None if isinstance(value, list | dict) and value else False
    text: str = yaml.dump(
        {name: value},
        Dumper=_Notation,
        default_flow_style=flow,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
    )
    return text


class _Notation(yaml.SafeDumper):
    """As our own documents are written: days without quotes, other quotes double, a short innermost
    collection on one line, and lists set in below their key.
    """

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_mapping(self, *given: Any, **named: Any) -> yaml.MappingNode:
        node = super().represent_mapping(*given, **named)
        scalars = [scalar for pair in node.value for scalar in pair]
        node.flow_style = node.flow_style and _fits(scalars)
        return node

    def represent_sequence(self, *given: Any, **named: Any) -> yaml.SequenceNode:
        node = super().represent_sequence(*given, **named)
        node.flow_style = node.flow_style and _fits(node.value)
        return node


def _fits(scalars: list[yaml.ScalarNode]) -> bool:
    """Whether scalars can be written in flow style on one line: a moment has colons."""
    tags = {scalar.tag for scalar in scalars if ":" in scalar.value}
    return _MOMENT not in tags and sum(len(scalar.value) + 3 for scalar in scalars) < _WIDTH - 10


def _scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if _DAY.fullmatch(text):
        return dumper.represent_scalar(_MOMENT, text)
    resolve: Callable[..., str] = dumper.resolve
    is_text = resolve(yaml.ScalarNode, text, (True, False)) == _TEXT
    is_plain = is_text and dumper.analyze_scalar(text).allow_flow_plain
    return dumper.represent_scalar(_TEXT, text, style=None if is_plain else '"')


_Notation.add_representer(str, _scalar)
