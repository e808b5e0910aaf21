"""What is free is taken out of a value: comments, options of output, defaults, and pins."""

from __future__ import annotations

import re
from typing import Any

from pmlint.gate.workflows.unit import Field, Keys, Pin

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}|--hash=sha256:[0-9a-f]{64}|@[0-9a-f]{40}(?![0-9a-f])")
# `==` pins anything; `@` and `:` only what is called pmlint: behind other names they are ports,
# hosts and paths, where a greater number is another place.
_NUMBER = re.compile(r"((?<=[\w\]])==|(?<=pmlint)[@:])v?(\d+(?:\.\d+)*)(?![\w.])")
_OUTPUT = re.compile(
    r"\s+(?:--(?:output-format|output-file|color)(?:=|\s+)|-o\s+)(?:\"[^\"]*\"|'[^']*'|[^\s|&;<>]+)"
)


def fold(text: str) -> tuple[str, tuple[Pin, ...]]:
    """A command without comments, without options that only say where the output of pmlint goes,
    and with its pins taken out.
    """
    lines = []
    for line in text.replace("\\\n", " ").splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        lines.append(_OUTPUT.sub("", bare) if "pmlint" in bare else bare)
    return _unpinned("\n".join(lines))


def _unpinned(text: str) -> tuple[str, tuple[Pin, ...]]:
    pins: list[Pin] = []

    def digest(match: re.Match[str]) -> str:
        pins.append(Pin(digest=True))
        return "@*" if match[0].startswith("@") else "--hash=*"

    def number(match: re.Match[str]) -> str:
        pins.append(Pin(_numbers(match[2])))
        return f"{match[1]}*"

    return _NUMBER.sub(number, _DIGEST.sub(digest, text)), tuple(pins)


def _reference(text: str) -> tuple[str, tuple[Pin, ...]]:
    """An action or repository without its ref, and the ref."""
    if text.startswith("docker://"):
        return _image(text)
    name, _, ref = text.partition("@")
    return name, (ref_pin(ref),)


def ref_pin(ref: str) -> Pin:
    """The pin that a git ref is: numbers, a commit, or else its name."""
    if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", ref):
        return Pin(digest=True)
    match = re.fullmatch(r"v?(\d+(?:\.\d+)*)", ref)
    return Pin(_numbers(match[1])) if match else Pin(name=ref or "none")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def _image(text: str) -> tuple[str, tuple[Pin, ...]]:
    """An image without its tag and digest: ``python:3.13-slim`` is ``python:*-slim`` at 3.13."""
    bare, digests = re.subn(r"@sha256:[0-9a-f]{64}$", "", text)
    match = re.fullmatch(r"(.*[:-])v?(\d+(?:\.\d+)*)((?:-[\w.-]+)?)", bare)
    name = f"{match[1]}*{match[3]}" if match else bare
    # With a digest the tag beside it says nothing.
    if digests:
        return name, (Pin(digest=True),)
    return name, (Pin(_numbers(match[2])) if match else Pin(name=bare),)


_IMAGES = frozenset(("image", "runs-on", "vmImage", "container"))


def _folded(value: Any, key: str) -> tuple[Any, tuple[Pin, ...]]:
    """A value without what is free by the meaning of its key, and its pins."""
    if isinstance(value, str):
        if key == "uses":
            return _reference(value)
        return _image(value) if key in _IMAGES else fold(value)
    if key == "args" and isinstance(value, list):
        # As one command, since an option and its value are two elements.
        return fold(" ".join(["pmlint", *map(str, value)]))
    if isinstance(value, dict):
        parts = {name: _folded(one, _inner(key, str(name))) for name, one in value.items()}
        pins = tuple(pin for _, own in parts.values() for pin in own)
        return {name: text for name, (text, _) in parts.items()}, pins
    if isinstance(value, list):
        items = [_folded(one, key) for one in value]
        return [text for text, _ in items], tuple(pin for _, own in items for pin in own)
    return value, ()


def _inner(key: str, name: str) -> str:
    """The key that says what a value means: an image may be a mapping with its name."""
    return key if key in _IMAGES and name in ("name", "image") else name


def folded_field(value: Any, at: Keys, key: str = "") -> Field:
    """A value as a field, folded by what its key means."""
    return Field(*_folded(value, key), at, value)


def flat_fields(data: Any, prefix: str, at: Keys, free: frozenset[str]) -> dict[str, Field]:
    """The fields of a mapping, without those that are free."""
    if not isinstance(data, dict):
        return {prefix.rstrip("."): Field(data, (), at, data)}
    return {
        f"{prefix}{key}": folded_field(value, (*at, key), str(key))
        for key, value in data.items()
        if key not in free
    }


def without_defaults(fields: dict[str, Field]) -> dict[str, Field]:
    """Without what is the default: ``continue-on-error: false``, ``allow_failure: false``."""
    usual = {"continue-on-error": False, "allow_failure": False, "when": "on_success"}
    return {
        name: field
        for name, field in fields.items()
        if not (name.rpartition(".")[2] in usual and field.value == usual[name.rpartition(".")[2]])
    }
