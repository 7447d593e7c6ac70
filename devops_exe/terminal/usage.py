"""The help of the command line, made from the tables of options and commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from devops_exe import __version__
from devops_exe.ground.options import OPTIONS, Option
from devops_exe.ground.text import pad
from devops_exe.terminal.commands import COMMANDS, GROUPS
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS: tuple[tuple[str, str, bool], ...] = (
    ("devops-exe", "the chat; in a pipe, an answer to each line", True),
    ("devops-exe LINE", "one answer: a slash command or plain words", True),
    ("calc [NAME]", "the calculators; JSON in, JSON out; --schema", True),
    ("assess DIR", "what a repository says, each fact with file and line", True),
    ("validate FILE…", "findings of a blueprint; --artifacts DIR: of a tree", True),
    ("sessions [ID]", "the stored sessions, or one whole", True),
    ("export FILE|SESSION", "another face of the same document", True),
    ("config [--origin]", "settings and where each comes from", True),
    ("doctor", "what is installed, and what each missing thing costs", True),
    ("completion bash|zsh|fish", "shell completion, static text", True),
    ("eval [CASES…]", "scripted eval runs; eval diff A B compares two", True),
    ("execute rollback FILE", "carries a rollback out: shown, agreed to, checked", True),
    ("implement FILE --out DIR", "writes the files and proves them; --pin", True),
    ("drill FILE", "runs the plan on this machine, predicted beside measured", True),
)
"""Ways to call the executable: words, what they do, and whether they are built."""

WIDTH = 80
"""Columns of the help."""

_OWN = re.compile(r"[a-z]+: ")
"""Begins the summary of an option that one sub-command alone has."""

EXAMPLES: tuple[str, ...] = (
    "devops-exe /devops checkout-api on EKS, 1200 rps, p99 250 ms, 99.95 %",
    "devops-exe --repo . /devops",
    "devops-exe --continue /why RTO",
    'echo \'{"op": "budget", "slo_percent": 99.95}\' | devops-exe calc slo',
)


def usage(words: Sequence[str] = ()) -> str:
    """The help as text; of one sub-command where its name is the first word."""
    named = [row for row in CALLS if words and row[0].split()[0] == words[0]]
    if named:
        return _of_one(named[0])
    lines = [f"DEVOPS.EXE {__version__}: a DevOps architect whose every figure is computed", ""]
    lines.append("USAGE")
    lines += [_row(call, what) for call, what, built in CALLS if built]
    lines += ["", "COMMANDS (devops-exe /NAME …, and in the chat)"]
    for group in GROUPS:
        shown = [f"/{one.name}" for one in COMMANDS if one.group == group and not one.hidden]
        if shown:
            lines += wrap(" ".join(shown), WIDTH, f"  {pad(group, 9)} ")
    lines += ["", "OPTIONS"]
    lines += [_option(one) for one in OPTIONS if not _OWN.match(one.summary)]
    lines += ["", "EXAMPLES", *(f"  {example}" for example in EXAMPLES), "", "MORE"]
    lines.append("  devops-exe /help COMMAND; topics: keys, exit-codes, environment, capabilities")
    return "\n".join(lines)


def _of_one(row: tuple[str, str, bool]) -> str:
    call, what, built = row
    name = call.split()[0]
    lines = [f"devops-exe {call}", f"  {what}"]
    if not built:
        lines.append("  not built yet")
    for command in COMMANDS:
        if command.name == name and command.words:
            for word, meaning in command.words:
                lines += wrap(meaning, WIDTH, f"  {pad(word, 24)} ")
    return "\n".join([*lines, *(_option(one) for one in own_options(name))])


def own_options(name: str) -> list[Option]:
    """Options that one sub-command has and not every call."""
    return [one for one in OPTIONS if re.search(rf"(?:^|; ){name}: ", one.summary)]


def _option(option: Option) -> str:
    value = f" {option.value}" if option.value else ""
    value = f" [{option.value}]" if option.kind == "optional" else value
    choices = f" ({', '.join(option.choices)})" if option.choices else ""
    return _row(f"--{option.name}{value}", f"{option.summary}{choices}")


def _row(left: str, right: str) -> str:
    return "\n".join(wrap(right, WIDTH, f"  {pad(left, 24)} "))
