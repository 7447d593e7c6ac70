"""Shell completions as static text, from the tables of options, calls and slash commands.

Nothing of Python runs when Tab is pressed: the text holds every word. What depends on a
document (figures, sessions) is completed in the chat only, but for the names that are fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.ground.options import OPTIONS, Option
from devops_exe.terminal.commands import COMMANDS, Command
from devops_exe.terminal.usage import CALLS, own_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER, FILE = "folders", "files"
"""Marks: what follows is a folder, or a file, of this machine."""

_VALUES: Mapping[str, str] = {"repo": FOLDER, "out": FOLDER, "artifacts": FOLDER, "baseline": FILE}


def completion_script(shell: str) -> str:
    """The completion of one shell, ready to be sourced.

    Raises:
        UserError: there is none for that shell.
    """
    if shell not in SHELLS:
        raise UserError(
            f"there is no completion for {shell[:40]!r}" if shell else "no shell is named",
            where="completion",
            fix=f"name one of {', '.join(SHELLS)}",
            code="unknown_shell",
        )
    return SHELLS[shell]()


def sub_commands() -> tuple[tuple[str, str], ...]:
    """Built sub-commands and what each does."""
    rows = [(call.split()[0], what) for call, what, built in CALLS if built]
    return tuple(row for row in rows if row[0] != "devops-exe")


def _slashes() -> list[Command]:
    return [one for one in COMMANDS if not one.hidden]


def _value_of(option: Option) -> tuple[str, ...]:
    """What an option's value can be; one mark, or words; nothing where it is free."""
    return option.choices or ((_VALUES[option.name],) if option.name in _VALUES else ())


def words_after(first: str) -> tuple[str, ...]:
    """What can follow a first word: words, or one of the marks."""
    if first == "/devops":
        return tuple(one.name for one in COMMANDS if one.short)
    if first.startswith("/"):
        command = next((one for one in _slashes() if f"/{one.name}" == first), None)
        return _kinds(command.completes) if command is not None else ()
    return {
        "calc": _kinds("calculators"),
        "assess": (FOLDER,),
        "validate": (FILE,),
        "export": (FILE,),
        "eval": ("diff",),
        "completion": tuple(SHELLS),
    }.get(first, ())


def _kinds(kind: str) -> tuple[str, ...]:
    from devops_exe.design.assignment import known_fields
    from devops_exe.design.registry import CALCULATORS
    from devops_exe.terminal.completion import fixed_words

    if kind == "folders":
        return (FOLDER,)
    if kind == "figures":
        return _figures()
    if kind == "fields":
        return tuple(f"{name}=" for name in known_fields())
    if kind == "calculators":
        return tuple(CALCULATORS)
    return tuple(word for word in fixed_words(kind) if " " not in word)


def _figures() -> tuple[str, ...]:
    """A word for each figure: its name, or the first of its other names that is one word."""
    from devops_exe.blueprint.figures import NAMED

    words = ((one.name, *one.aliases) for one in NAMED)
    found = (next((word for word in each if " " not in word), "") for each in words)
    return tuple(dict.fromkeys(word for word in found if word))


def _common() -> list[Option]:
    """Options of every call."""
    single = {one.name for name, _ in sub_commands() for one in own_options(name)}
    return [one for one in OPTIONS if one.name not in single and ": " not in one.summary]


def _firsts() -> list[tuple[str, tuple[str, ...]]]:
    names = [name for name, _ in sub_commands()] + [f"/{one.name}" for one in _slashes()]
    return [(name, words) for name in names if (words := words_after(name))]


# ── bash ─────────────────────────────────────────────────────────────────────────────────


def bash() -> str:
    """For bash 3.2 and newer; needs no bash-completion."""
    names = [name for name, _ in sub_commands()]
    names += [f"/{one.name}" for one in _slashes()]
    valued = [f"--{one.name}" for one in OPTIONS if one.kind not in {"flag", "optional"}]
    lines = [
        "# bash completion of devops-exe: source it, or",
        '#   eval "$(devops-exe completion bash)"',
        "_devops_exe() {",
        '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
        '  local first="" i word options',
        '  [[ $cur == "=" ]] && cur=""',
        '  [[ $prev == "=" && $COMP_CWORD -gt 1 ]] && prev="${COMP_WORDS[COMP_CWORD-2]}"',
        "  COMPREPLY=()",
        "  case $prev in",
    ]
    for one in OPTIONS:
        if one.kind not in {"flag", "optional"}:
            lines.append(f"    --{one.name}) {_bash_offer(_value_of(one))}; return;;")
    lines += [
        "  esac",
        "  for ((i = 1; i < COMP_CWORD; i++)); do",
        '    word="${COMP_WORDS[i]}"',
        "    case $word in",
        f"      {'|'.join(valued)}) ((i++)); [[ ${{COMP_WORDS[i]}} == '=' ]] && ((i++));;",
        "      -*) ;;",
        '      *) first="$word"; break;;',
        "    esac",
        "  done",
        "  if [[ $cur == -* ]]; then",
        f'    options="{" ".join(f"--{one.name}" for one in _common())}"',
        "    case $first in",
    ]
    for name, _ in sub_commands():
        own = own_options(name)
        if own:
            shown = " ".join(f"--{one.name}" for one in own)
            lines.append(f'      {name}) options="$options {shown}";;')
    lines += [
        "    esac",
        '    COMPREPLY=($(compgen -W "$options" -- "$cur"))',
        "    return",
        "  fi",
        "  case $first in",
        f'    "") {_bash_offer(tuple(names))};;',
    ]
    lines += [f"    {name}) {_bash_offer(words)};;" for name, words in _firsts()]
    lines += ["  esac", "}", "complete -F _devops_exe devops-exe"]
    return "\n".join(lines)


def _bash_offer(words: tuple[str, ...]) -> str:
    if not words:
        return ":"
    if words[0] == FOLDER:
        return 'COMPREPLY=($(compgen -d -- "$cur"))'
    if words[0] == FILE:
        return 'COMPREPLY=($(compgen -f -- "$cur"))'
    return f'COMPREPLY=($(compgen -W "{" ".join(words)}" -- "$cur"))'


# ── zsh ──────────────────────────────────────────────────────────────────────────────────


def zsh() -> str:
    """For zsh's completion system: a file ``_devops-exe`` in ``$fpath``, or sourced."""
    lines = [
        "#compdef devops-exe",
        "# zsh completion of devops-exe: a file _devops-exe in $fpath, or",
        '#   eval "$(devops-exe completion zsh)"',
        "_devops_exe_first() {",
        "  local -a subs slashes",
        "  subs=(",
        *(f"    {_zsh_quoted(f'{name}:{what}')}" for name, what in sub_commands()),
        "  )",
        "  slashes=(",
        *(f"    {_zsh_quoted(f'/{one.name}:{one.summary}')}" for one in _slashes()),
        "  )",
        "  _describe -t subcommands 'sub-command' subs",
        "  _describe -t slashes 'slash command' slashes",
        "}",
        "_devops_exe_rest() {",
        "  case ${line[1]} in",
        *(f"    {name}) {_zsh_offer(words)};;" for name, words in _firsts()),
        "  esac",
        "}",
        "_devops_exe() {",
        "  local -a line",
        "  _arguments -s \\",
        *(f"    {_zsh_option(one)} \\" for one in OPTIONS),
        "    '1:command:_devops_exe_first' \\",
        "    '*:argument:_devops_exe_rest'",
        "}",
        'if [ "$funcstack[1]" = "_devops-exe" ]; then',
        '  _devops_exe "$@"',
        "else",
        "  compdef _devops_exe devops-exe",
        "fi",
    ]
    return "\n".join(lines)


def _zsh_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _zsh_offer(words: tuple[str, ...]) -> str:
    if words[0] == FOLDER:
        return "_files -/"
    if words[0] == FILE:
        return "_files"
    suffix = "-S '' " if words[0].endswith("=") else ""
    return f"compadd {suffix}-- {' '.join(words)}"


def _zsh_option(one: Option) -> str:
    summary = one.summary.replace("[", "(").replace("]", ")").replace(":", ",")
    if one.kind == "flag":
        return _zsh_quoted(f"--{one.name}[{summary}]")
    words = _value_of(one)
    action = ""
    if words:
        action = {FOLDER: "_files -/", FILE: "_files"}.get(words[0], f"({' '.join(words)})")
    colon = "::" if one.kind == "optional" else ":"
    return _zsh_quoted(f"--{one.name}[{summary}]{colon}{one.value or 'value'}:{action}")


# ── fish ─────────────────────────────────────────────────────────────────────────────────


def fish() -> str:
    """For fish 3 and newer."""
    lines = [
        "# fish completion of devops-exe: ~/.config/fish/completions/devops-exe.fish, or",
        "#   devops-exe completion fish | source",
        "complete -c devops-exe -f",
    ]
    first = "__fish_is_first_token"
    named = [*sub_commands(), *((f"/{one.name}", one.summary) for one in _slashes())]
    for name, what in named:
        lines.append(f"complete -c devops-exe -n {first} -a {name} -d {_fish_quoted(what)}")
    lines += [_fish_option(one, "") for one in _common()]
    for name, _ in sub_commands():
        lines += [_fish_option(one, _fish_seen(name)) for one in own_options(name)]
    for name, words in _firsts():
        lines.append(f"complete -c devops-exe -n {_fish_seen(name)} {_fish_offer(words)}")
    return "\n".join(lines)


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_seen(name: str) -> str:
    return _fish_quoted(f"__fish_seen_subcommand_from {name}")


def _fish_offer(words: tuple[str, ...]) -> str:
    if words[0] == FOLDER:
        return "-a '(__fish_complete_directories)'"
    if words[0] == FILE:
        return "-F"
    return f"-a {_fish_quoted(' '.join(words))}"


def _fish_option(one: Option, condition: str) -> str:
    when = f"-n {condition} " if condition else ""
    value = "" if one.kind in {"flag", "optional"} else "-r "
    words = _value_of(one)
    offer = f"{_fish_offer(words)} " if words else ""
    return (
        f"complete -c devops-exe {when}-l {one.name} {value}{offer}-d {_fish_quoted(one.summary)}"
    )


SHELLS: dict[str, Callable[[], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""Shells that have a completion."""
