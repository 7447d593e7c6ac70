"""The command line's options: one table, read by the parser, the help and the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from devops_exe.ground.errors import UserError
from devops_exe.ground.near import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

OptionKind = Literal["text", "count", "seconds", "flag", "choice", "optional"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Attributes:
        name: long name without dashes.
        kind: what its value is; ``optional`` may stand without one.
        summary: what it does, in a line.
        value: the value's name in the help.
        choices: of a choice.
        environment: whether ``DEVOPS_EXE_NAME`` sets it too.
    """

    name: str
    kind: OptionKind
    summary: str
    value: str = ""
    choices: tuple[str, ...] = ()
    environment: bool = True

    @property
    def variable(self) -> str:
        """Name of its environment variable."""
        return "DEVOPS_EXE_" + self.name.upper().replace("-", "_")


ENGINES = ("auto", "claude", "offline", "scripted", "recorded")
"""Who may answer; ``scripted`` and ``recorded`` belong to ``eval`` and answer nothing else."""

OPTIONS: tuple[Option, ...] = (
    Option("engine", "choice", "who answers", "NAME", ENGINES),
    Option("model", "text", "model of the claude engine", "NAME"),
    Option("base-url", "text", "server of the Messages API", "URL"),
    Option("repo", "text", "repository to assess", "DIR"),
    Option("width", "count", "width of the document, 39 to 100", "N"),
    Option("json", "flag", "one JSON object an answer"),
    Option("json-lines", "flag", "one JSON object an event"),
    Option("color", "choice", "colours", "WHEN", ("auto", "always", "never")),
    Option("ascii", "flag", "ASCII on the screen"),
    Option("plain", "flag", "no boxes, no live area: for screen readers"),
    Option(
        "notify", "choice", "when a question waits or a long phase ends", "HOW",
        ("bell", "title", "off"),
    ),
    Option("editing", "choice", "keys of the line", "MODE", ("emacs", "vi")),
    Option("mode", "choice", "what may be written", "MODE", ("ask", "plan", "auto-edit")),
    Option(
        "yes", "flag", "yes to files inside the named folder, and to a drill", environment=False
    ),
    Option("quiet", "flag", "the answer alone"),
    Option("debug", "flag", "everything, also into the log"),
    Option("read-only", "flag", "write no file"),
    Option("confirm", "text", "carry out the plan with this id", "PLAN_ID"),
    Option("max-rounds", "count", "round trips a turn may take", "N"),
    Option("max-tokens", "count", "tokens a turn may take", "N"),
    Option("timeout", "seconds", "seconds a turn may take", "SECONDS"),
    Option("resume", "optional", "go on with a session, the latest without an id", "ID"),
    Option("continue", "flag", "go on with the latest session"),
    Option("version", "flag", "print the version", environment=False),
    Option("help", "flag", "print this help", environment=False),
    # of single sub-commands
    Option(
        "schema", "flag", "calc: JSON Schema of a calculator; assess: of its answer",
        environment=False,
    ),
    Option("artifacts", "text", "validate: consistency of a tree", "DIR", environment=False),
    Option("out", "text", "implement: folder to write to", "DIR", environment=False),
    Option("pin", "flag", "implement: resolve pins", environment=False),
    Option(
        "format",
        "text",
        "export: html, markdown, json or text; assess: mermaid or svg",
        "FORMAT",
        environment=False,
    ),
    Option("origin", "flag", "config: where each value comes from", environment=False),
    Option("prometheus", "text", "watch: server to read", "URL", environment=False),
    Option("act", "flag", "watch: carry out", environment=False),
    Option("repeat", "count", "eval: trials of each case", "N", environment=False),
    Option("jobs", "count", "eval: cases played at a time", "N", environment=False),
    Option("threshold", "text", "eval: share that must pass", "SHARE", environment=False),
    Option("baseline", "text", "eval: run to compare with", "FILE", environment=False),
    Option("save-baseline", "flag", "eval: keep this run as the baseline", environment=False),
    Option("fresh", "flag", "eval: do not go on with an interrupted run", environment=False),
    Option("record", "flag", "eval: take the requests as they are now", environment=False),
)  # fmt: skip
"""Every option, in the order of the help."""

_BY_NAME = {option.name: option for option in OPTIONS}


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The command line, parsed.

    Attributes:
        options: name to value as given; a flag is ``"true"``.
        words: everything else, in order.
        literal: whether ``--`` came first, so that no word is a sub-command.
    """

    options: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    literal: bool = False

    def flag(self, name: str) -> bool:
        """Whether a flag was given."""
        return self.options.get(name) == "true"


def parse_arguments(arguments: Sequence[str]) -> CommandLine:
    """Parse the arguments of the executable; options may stand anywhere before ``--``.

    A word with one dash (``-5``, ``-``) is a word: options are long.

    Raises:
        UserError: an unknown option, a missing value, a value where none belongs.
    """
    options: dict[str, str] = {}
    words: list[str] = []
    literal = False
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            # after a word the mark is the line's own: "/devops -- pipeline" names a system
            literal = not words
            words += rest if literal else ["--", *rest]
            break
        if word in {"-h", "-V"}:
            options[{"-h": "help", "-V": "version"}[word]] = "true"
            continue
        if not word.startswith("--"):
            words.append(word)
            continue
        name, given, value = word[2:].partition("=")
        option = _BY_NAME.get(name)
        if option is None:
            raise _unknown(name)
        options[name] = _value(option, value if given else None, rest)
    return CommandLine(options, tuple(words), literal=literal)


def _value(option: Option, given: str | None, rest: list[str]) -> str:
    if option.kind == "flag":
        if given is not None and given not in {"true", "false"}:
            raise UserError(
                f"it takes no value, {given!r} was given",
                where=f"--{option.name}",
                fix=f"write --{option.name}",
            )
        return given or "true"
    if given is None and option.kind == "optional":
        follows = bool(rest) and not rest[0].startswith(("-", "/")) and _is_id(rest[0])
        return rest.pop(0) if follows else ""
    if given is None:
        if not rest or rest[0].startswith("--"):
            raise UserError(
                "it needs a value",
                where=f"--{option.name}",
                fix=f"write --{option.name} {option.value}",
            )
        given = rest.pop(0)
    if option.kind == "choice" and given not in option.choices:
        raise UserError(
            f"{given!r} is none of its values",
            where=f"--{option.name}",
            fix=f"use one of {', '.join(option.choices)}",
        )
    if option.kind == "count" and not (given.isascii() and given.isdigit()):
        raise UserError(
            f"{given!r} is no whole number",
            where=f"--{option.name}",
            fix=f"write for example --{option.name} 80",
        )
    if option.kind == "seconds":
        _seconds(option, given)
    return given


def _seconds(option: Option, given: str) -> None:
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise UserError(
            f"{given!r} is no number of seconds",
            where=f"--{option.name}",
            fix=f"write for example --{option.name} 120",
        )


def _is_id(word: str) -> bool:
    """Whether a word may name a session: one word, no command.

    A line of plain words behind ``--resume`` is quoted; a bare word that names no session is
    refused rather than taken for a line of the latest one.
    """
    return bool(word) and not any(character.isspace() for character in word)


def _unknown(name: str) -> UserError:
    near = nearest(name, _BY_NAME)
    return UserError(
        f"there is no option --{name}",
        where="command line",
        fix=f"did you mean --{near}?" if near else "see devops-exe --help",
    )
