"""The scripts that complete commands in bash, zsh and fish.

They hand over the words before the cursor, one a line, and read ``type,value`` lines back. Readline
cuts words at ``=``, ``:`` and ``@``, so bash hands over the whole line and the characters at which
it cuts.
"""

from __future__ import annotations

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
