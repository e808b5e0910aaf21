"""Completion in bash, zsh and fish: the scripts that they load, and the answer to one key press.

The scripts hand over the words before the cursor, one a line, and read ``type,value`` lines back.
Readline cuts words at ``=``, ``:`` and ``@``, so bash hands over the whole line and the characters
at which it cuts; the answer is what stands behind the last of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

if TYPE_CHECKING:
    from pmlint.cli.completion import Completer

VARIABLE = "_PMLINT_COMPLETE"
_BASH = """\
_pmlint_completion() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(_PMLINT_COMPLETE=bash PMLINT_LINE="${COMP_LINE:0:COMP_POINT}" \\
            PMLINT_BREAKS="$COMP_WORDBREAKS" "$1" 2>/dev/null); do
        case $line in
            file,*) compopt -o default; COMPREPLY=() ;;
            plain,*) COMPREPLY+=("${line#plain,}") ;;
        esac
    done
}
complete -o nosort -F _pmlint_completion pmlint
"""
_ZSH = """\
#compdef pmlint
_pmlint_completion() {
    local -a lines values
    local line
    lines=("${(@f)$(_PMLINT_COMPLETE=zsh \\
        PMLINT_WORDS="${(pj:\\n:)words[1,CURRENT-1]}"$'\\n'"$PREFIX" pmlint 2>/dev/null)}")
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    for line in $lines; do
        case $line in
            file,*) _files ;;
            plain,*) values+=("${line#plain,}") ;;
        esac
    done
    (( $#values )) && _describe -V 'pmlint' values
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _pmlint_completion "$@"
else
    compdef _pmlint_completion pmlint
fi
"""
_FISH = """\
function __pmlint_completion
    set -l token (commandline -ct)
    set -l option (string match -r -- '^--[^=]*=' $token)
    set -l words (commandline -opc) "$token"
    set -l lines (string join \\n -- $words | string collect --no-trim-newlines)
    for line in (_PMLINT_COMPLETE=fish PMLINT_WORDS=$lines pmlint 2>/dev/null)
        switch $line
            case 'file,*'
                for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' $token))
                    echo "$option"$path
                end
            case 'plain,*'
                echo "$option"(string sub -s 7 -- $line)
        end
    end
end
complete --no-files --command pmlint --arguments '(__pmlint_completion)'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script(shell: str) -> str:
    """The script that a shell loads."""
    return _SCRIPTS[shell]


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
    from pmlint.cli.completion import OFFERS

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
