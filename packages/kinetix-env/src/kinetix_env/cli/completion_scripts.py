"""Completion scripts from a table: the words that may follow each command.

Each finds the longest command at the start of the line, offers its words, and leaves paths to the shell."""

from collections.abc import Callable, Mapping, Sequence

__all__ = ["SCRIPTS"]

Words = Mapping[str, Sequence[str]]

BASH = """\
_kinetix() {{
  local line=${{COMP_LINE:0:COMP_POINT}} current words
  current=${{line##*[[:space:]]}}
  read -r -a words <<< "${{line%"$current"}}"
  case "${{words[*]:1}} " in
{cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  # bash takes a colon for the end of a word: leave out what stands before it
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${{COMPREPLY[@]#"${{current%:*}}:"}}")
  fi
}}
complete -o bashdefault -o default -F _kinetix kinetix
"""

ZSH = """\
#compdef kinetix
_kinetix() {{
  local before="${{(j: :)words[2,CURRENT-1]}} " found
  case "$before" in
{cases}
  esac
  compadd -- ${{=found}}
  _files
}}
compdef _kinetix kinetix
"""

FISH = """\
function __kinetix_command
  set -l before (commandline -opc)[2..-1]
  switch "$before "
{cases}
  end
end
{lines}
"""


def _longest_first(words: Words) -> list[str]:
    return sorted(words, key=lambda name: (-len(name.split()), name))


def _start(name: str) -> str:
    """The quoted start of a line that belongs to a command."""
    return f'"{name} "*' if name else "*"


def _bash(words: Words) -> str:
    cases = [f'    {_start(name)}) words="{" ".join(words[name])}" ;;' for name in _longest_first(words)]
    return BASH.format(cases="\n".join(cases))


def _zsh(words: Words) -> str:
    cases = [f'    {_start(name)}) found="{" ".join(words[name])}" ;;' for name in _longest_first(words)]
    return ZSH.format(cases="\n".join(cases))


def _fish(words: Words) -> str:
    names = _longest_first(words)
    cases = [f"    case '{name} *'\n      echo '{name}'" for name in names if name]
    cases.append("    case '*'\n      echo ''")
    ask = """complete -c kinetix -n 'test "$(__kinetix_command)" = "{}"' -a '{}'"""
    lines = [ask.format(name, " ".join(words[name])) for name in names]
    return FISH.format(cases="\n".join(cases), lines="\n".join(lines))


SCRIPTS: Mapping[str, Callable[[Words], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
