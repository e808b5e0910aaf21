"""The answer to one key press in bash, zsh and fish, as the scripts of `shell_scripts` ask for it.

For bash, which cuts words by itself, it is what stands behind the last cut.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from pmlint.cli.completion import OFFERS, Completer

VARIABLE = "_PMLINT_COMPLETE"


def complete(commands: click.Group, environ: Mapping[str, str]) -> str:
    """The answer to a key press, as lines ``type,value``; zsh and fish get the help, too."""
    shell = environ[VARIABLE]
    words, breaks = _words(shell, environ)
    if not words:
        return ""
    args, incomplete = words[1:-1], words[-1]
    with_offers(commands)
    asked = ShellComplete(commands, {}, "pmlint", VARIABLE)
    items = asked.get_completions(args, incomplete)
    value = incomplete.partition("=")[2] if incomplete.startswith("--") else incomplete
    head = value[: _cut(value, breaks)]
    return "".join(f"{line}\n" for line in _lines(shell, items, head))


def _cut(value: str, breaks: str) -> int:
    """How many characters of a value readline leaves alone when it puts a completion in.

    It cuts behind a break, but in front of ``@``, which it counts to the word
    (``rl_special_prefixes`` of bash).
    """
    cut = max((value.rfind(sign) for sign in breaks if sign != "@"), default=-1) + 1
    return max(cut, value.rfind("@")) if "@" in breaks else cut


def with_offers(commands: click.Group) -> None:
    """Let every parameter offer what its name means (`OFFERS`)."""
    # Put around the verbs and not into them: what completes is imported for a key press alone.
    original = commands.get_command

    def get_command(context: click.Context, name: str) -> click.Command | None:
        command = original(context, name)
        for parameter in command.params if command else ():
            offer = OFFERS.get(parameter.name or "")
            if offer is not None and not isinstance(parameter.type, click.Choice):
                # In the object's own dictionary, since click declares it as a method.
                vars(parameter)["shell_complete"] = partial(_offered, offer, parameter)
        return command

    vars(commands)["get_command"] = get_command


def _offered(
    offer: Completer, parameter: click.Parameter, context: click.Context, incomplete: str
) -> list[CompletionItem]:
    return offer(context, parameter, incomplete)


def _words(shell: str, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The words up to the cursor, the last one unfinished, and where the shell cuts words."""
    if shell == "bash":
        line = environ.get("PMLINT_LINE", "")
        words = split_arg_string(line)
        if line[-1:].isspace():
            words.append("")
        return words, environ.get("PMLINT_BREAKS", "")
    lines = environ.get("PMLINT_WORDS", "")
    # fish ends its lines with one more, so that an empty last word is not lost with it.
    words = (lines.removesuffix("\n") if shell == "fish" else lines).split("\n")
    # Each word is parsed, because the shell hands it over with its quotes.
    return [(split_arg_string(word) or [""])[0] for word in words], ""


def _lines(shell: str, items: list[CompletionItem], head: str) -> Iterator[str]:
    for item in items:
        value = str(item.value)
        if item.type != "plain":
            yield f"file,{value}"
        elif not value.startswith(head):
            continue
        elif shell == "bash":
            yield f"plain,{value[len(head) :]}"
        else:
            about = " ".join((item.help or "").split())
            if shell == "zsh":  # _describe cuts at the first colon that is not escaped
                escaped = value.replace("\\", "\\\\").replace(":", "\\:")
                yield f"plain,{escaped}:{about}" if about else f"plain,{escaped}"
            else:
                yield f"plain,{value}\t{about}" if about else f"plain,{value}"


def answer(commands: click.Group) -> None:
    """Answer a key press on the standard output; any failure completes nothing."""
    try:
        text = complete(commands, os.environ)
    except Exception:  # a traceback would land in the line that somebody is typing
        return
    click.echo(text, nl=False)
