"""raybootstrap completion"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bootstrap.cli.kinds import reading_command
from bootstrap.cli.shared import Shared
from bootstrap.errors import USAGE, BootstrapError

# Each asks `raybootstrap __complete WORDS… CURRENT`, which prints a candidate and its help in a line with a tab between
# them, or `:files` where a file is asked for. What it prints is never evaluated: it comes from a repository.
_BASH = r"""# bash completion for raybootstrap: source <(raybootstrap completion bash)
_raybootstrap() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o default
            return
        fi
        COMPREPLY+=("${line%%$'\t'*}")
    done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _raybootstrap raybootstrap
"""

_ZSH = r"""#compdef raybootstrap
# zsh completion for raybootstrap: source <(raybootstrap completion zsh), after compinit
_raybootstrap() {
    local line
    local -a found
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    _describe raybootstrap found
}
if [[ $funcstack[1] == _raybootstrap ]]; then
    _raybootstrap
else
    compdef _raybootstrap raybootstrap
fi
"""

_FISH = r"""# fish completion for raybootstrap: raybootstrap completion fish | source
function __raybootstrap_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l found ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if test "$found[1]" = :files
        __fish_complete_path "$current"
    else
        printf '%s\n' $found
    end
end
complete --command raybootstrap --no-files --arguments '(__raybootstrap_complete)'
"""

SCRIPTS = {'bash': _BASH, 'zsh': _ZSH, 'fish': _FISH}


def completion(
    shell: Annotated[str, typer.Argument(metavar='SHELL', help='bash, zsh or fish.')],
    *,
    shared: Shared,  # noqa: ARG001
) -> None:
    """Print the script that completes commands, options, environments, RayClusters and worker groups in a shell.

    \b
    Example:
      source <(raybootstrap completion bash)
    """
    if shell not in SCRIPTS:
        raise BootstrapError(f'{shell!a}: no such shell', ', '.join(SCRIPTS), exit_code=USAGE)
    sys.stdout.write(SCRIPTS[shell])


command = reading_command(completion)
