"""Write man/devops-exe.1 from the tables of calls, options, slash commands and statuses.

python scripts/man_docs.py            # writes the page
python scripts/man_docs.py --check    # exit 1 when it has drifted
"""

from __future__ import annotations

import sys

from pages import ROOT, write_or_check

from devops_exe import __version__
from devops_exe.ground.options import OPTIONS, Option
from devops_exe.terminal.commands import COMMANDS, GROUPS
from devops_exe.terminal.keys import KEYS
from devops_exe.terminal.replies.helping import environment_rows, status_rows
from devops_exe.terminal.usage import CALLS, EXAMPLES, own_options

PAGE = ROOT / "man" / "devops-exe.1"

FILES: tuple[tuple[str, str], ...] = (
    ("$XDG_CONFIG_HOME/devops-exe/config.toml", "your settings; mode 0600 where it holds a key"),
    ("$XDG_CONFIG_HOME/devops-exe/permissions.toml", "your rules: deny, ask, allow"),
    ("$XDG_DATA_HOME/devops-exe/consents.toml", "what you answered with always"),
    (".devops-exe.toml", "settings of the working folder; it may tighten, never loosen"),
    ("$XDG_DATA_HOME/devops-exe/sessions.db", "the stored sessions"),
    ("$XDG_STATE_HOME/devops-exe/history", "lines typed at the prompt, without secrets"),
    ("$XDG_STATE_HOME/devops-exe/debug.log", "what --debug writes, without secrets"),
)


def escaped(text: str) -> str:
    """Text of a line of roff: backslashes and dashes kept, no line a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    for character, name in (("…", "..."), ("’", "\\(cq"), ("“", "\\(lq"), ("”", "\\(rq")):
        text = text.replace(character, name)
    text = "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in text)
    return f"\\&{text}" if text.startswith(".") else text


def page() -> str:
    """The whole page."""
    lines = [
        f'.TH DEVOPS\\-EXE 1 "" "devops\\-exe {escaped(__version__)}" "User Commands"',
        ".SH NAME",
        escaped("devops-exe - a DevOps architect whose every figure is computed"),
        ".SH SYNOPSIS",
    ]
    for call, _, built in CALLS:
        if built:
            words = call if call.startswith("devops-exe") else f"devops-exe {call}"
            lines += [f".B {escaped(words)}", ".br"]
    lines = [
        *lines[:-1],
        ".SH DESCRIPTION",
        "Turns a system in plain words, or a repository, into a deployment blueprint.",
        "Every figure comes from a calculator, and the ledger says from which inputs.",
        "Without a key written rules answer; with one, a language model reads and writes.",
        ".SH SUB\\-COMMANDS",
    ]
    for call, what, built in CALLS:
        if built and not call.startswith("devops-exe"):
            lines += _entry(call, what)
            own = _options(own_options(call.split()[0]))
            lines += [".RS", *own, ".RE"] if own else []
    lines += [".SH OPTIONS", *_options([one for one in OPTIONS if ": " not in one.summary])]
    lines.append(".SH SLASH COMMANDS")
    for group in GROUPS:
        shown = [one for one in COMMANDS if one.group == group and not one.hidden]
        if shown:
            lines.append(f".SS {escaped(group)}")
        for command in shown:
            also = "".join(f", /{name}" for name in command.aliases)
            lines += _entry(command.title + also, command.summary)
    lines.append(".SH KEYS")
    for key in KEYS:
        lines += _entry(key.shown, key.does)
    lines.append(".SH EXIT STATUS")
    for number, meaning in status_rows():
        lines += _entry(number, meaning)
    lines.append(".SH ENVIRONMENT")
    for name, meaning in environment_rows():
        lines += _entry(name, meaning)
    lines.append(".SH FILES")
    for name, meaning in FILES:
        lines += _entry(name, meaning)
    lines.append(".SH EXAMPLES")
    lines += [".nf", *map(escaped, EXAMPLES), ".fi"]
    lines += [".SH NOTES", escaped("No telemetry, no update check; no network before a model"),
              "that you configured is asked."]  # fmt: skip
    return "\n".join(lines) + "\n"


def _entry(name: str, what: str) -> list[str]:
    return [".TP", f".B {escaped(name)}", escaped(what)]


def _options(options: list[Option]) -> list[str]:
    lines = []
    for one in options:
        value = f" {one.value}" if one.value else ""
        value = f" [{one.value}]" if one.kind == "optional" else value
        choices = f" ({', '.join(one.choices)})" if one.choices else ""
        lines += _entry(f"--{one.name}{value}", f"{one.summary}{choices}")
    return lines


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    return write_or_check(PAGE, page(), __file__, arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
