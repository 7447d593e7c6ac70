"""The entry point: what the first word asks for, and one line for every error.

Nothing heavy is imported here: ``calc`` loads one calculator, ``--version`` nothing.
"""

from __future__ import annotations

import os
import sys

from devops_exe.ground.errors import DevopsExeError, ExitStatus, UserError

TYPE_CHECKING = False  # typing is not imported for --version
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from devops_exe.ground.options import CommandLine
    from devops_exe.ground.settings import Settings

LARGEST_INPUT = 16 * 1024 * 1024
"""Bytes read from standard input or from a file named on the command line."""

_OBJECTS_PER_COLLECTION = 250_000
"""New objects before the collector looks; Python's own 700 is for small programs."""

NOT_BUILT = ("watch", "mcp", "fleet", "install", "uninstall")
"""Sub-commands of the published interface that no release has brought yet."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the executable and answer its exit status.

    Without ``arguments`` those of the process are taken, and the process is taken to be the
    command's own: see :func:`_own_process`.
    """
    if arguments is not None:
        return _main(arguments)
    import gc

    _own_process()
    try:
        return _main(sys.argv[1:])
    finally:
        # the process ends here: its last collection need not walk what goes with it anyway
        gc.freeze()


def _own_process() -> None:
    """Spare the process what a short command never needs.

    Start-up makes tens of thousands of objects that live to the end; collections in between
    would find nothing. Plugins of pydantic may change what a model accepts, and finding them
    reads the metadata of every installed package: neither is wanted here.
    """
    import gc

    gc.set_threshold(_OBJECTS_PER_COLLECTION)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _main(arguments: Sequence[str]) -> int:
    line: CommandLine | None = None
    if sys.stderr is None:
        # closed by the caller: progress and warnings go nowhere, the answer still does
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stdout is None:
        return _nowhere_to_write()
    try:
        if arguments in (["--version"], ["-V"]):
            status = _version()
        else:
            from devops_exe.ground.options import parse_arguments

            line = parse_arguments(arguments)
            status = _run(line)
        sys.stdout.flush()
    except DevopsExeError as error:
        return _refused(error, line)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except BrokenPipeError:
        # the reader has gone: nothing is left to say, and nothing may be said about it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(status)


def _nowhere_to_write() -> int:
    """Standard output is closed: no answer would arrive."""
    print(
        "devops-exe: standard output: it is closed; open it, or send it to a file",
        file=sys.stderr,
    )
    return int(ExitStatus.USAGE)


def _refused(error: DevopsExeError, line: CommandLine | None) -> int:
    wants_json = line is not None and (
        line.flag("json") or line.flag("json-lines") or line.words[:1] == ("calc",)
    )
    if wants_json:
        import json

        print(json.dumps({"error": error.as_object()}, ensure_ascii=False))
    print(error.line(), file=sys.stderr)
    return int(error.status)


def _run(line: CommandLine) -> int:
    if line.flag("version"):
        return _version()
    if line.flag("help"):
        from devops_exe.terminal.usage import usage

        print(usage(line.words))
        return 0
    first = line.words[0] if line.words and not line.literal else ""
    if first in _SUB_COMMANDS:
        return _SUB_COMMANDS[first](line)
    if first in NOT_BUILT:
        raise UserError(
            "not built yet", where=first, fix="see devops-exe --help for what is", code="not_built"
        )
    return _answer(line)


def _version() -> int:
    from devops_exe import __version__

    print(f"devops-exe {__version__}")
    return 0


def settings_of(line: CommandLine) -> Settings:
    """The settings of a call; unknown keys of a file are warned of on standard error."""
    from devops_exe.ground.settings import read_settings

    settings = read_settings(line)
    for warning in settings.warnings:
        print(f"devops-exe: warning: {warning}", file=sys.stderr)
    return settings


def _answer(line: CommandLine) -> int:
    from devops_exe.terminal.app import App

    settings = settings_of(line)
    app = App.create(settings, stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)
    try:
        if line.words:
            text = " ".join(line.words)
            return app.answer(_standard_input() if text == "-" else text)
        if sys.stdin is None or sys.stdin.closed:
            raise UserError("there is no standard input", where="line", fix="give a LINE")
        if sys.stdin.isatty():
            return app.repl()
        return app.pipe(_lines())
    finally:
        app.close()


def _lines() -> list[str]:
    return _standard_input().splitlines()


def _standard_input() -> str:
    data = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    if len(data) > LARGEST_INPUT:
        raise UserError(
            f"it has more than {LARGEST_INPUT // 1024 // 1024} MiB",
            where="standard input",
            fix="send less",
        )
    return data.decode("utf-8", errors="replace")


def _calc(line: CommandLine) -> int:
    import json

    from devops_exe.design import registry

    names = line.words[1:]
    if not names:
        for operation in registry.OPERATIONS:
            print(f"{operation.name:22} {operation.summary}")
        return 0
    if len(names) > 1:
        raise UserError(
            f"{' '.join(names[1:])!r} is too much",
            where="calc",
            fix="give one name, and the input as JSON on standard input",
            code="invalid_input",
        )
    if line.flag("schema"):
        print(json.dumps(registry.schema(names[0]), indent=2, ensure_ascii=False))
        return 0
    registry.operations(names[0])
    answer = registry.run(names[0], _json_input())
    print(json.dumps(answer.as_json(), ensure_ascii=False, allow_nan=False))
    return 0


def _json_input() -> object:
    import json

    text = _standard_input()
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as problem:
        raise UserError(
            f"standard input is no JSON: {problem}",
            where="input",
            fix='give one JSON object, for example {"op": "…"}',
            code="invalid_input",
        ) from None


def _assess(line: CommandLine) -> int:
    if line.flag("schema") and len(line.words) == 1:
        import json

        from devops_exe.assess.answer_schema import answer_schema

        print(json.dumps(answer_schema(), indent=2, ensure_ascii=False))
        return 0
    from devops_exe.terminal.reports import assess_report

    return assess_report(_one_word(line, "assess", "DIR"), settings_of(line), sys.stdout)


def _validate(line: CommandLine) -> int:
    from devops_exe.terminal.reports import validate_report

    if line.options.get("artifacts"):
        from devops_exe.terminal.tree_report import tree_report

        folder = line.options["artifacts"]
        return tree_report(folder, line.words[1:], settings_of(line), sys.stdout)
    files = line.words[1:]
    if not files:
        raise UserError(
            "no file is named", where="validate", fix="give FILE, or - for standard input"
        )
    return validate_report(files, settings_of(line), _read_file, sys.stdout)


def _read_file(name: str) -> str:
    """The text of FILE; ``-`` is standard input.

    Raises:
        UserError: it cannot be read, or is too large.
    """
    if name == "-":
        return _standard_input()
    from pathlib import Path

    path = Path(name)
    try:
        if not path.is_file():
            what = "it is a folder" if path.is_dir() else "there is no such file"
            raise UserError(what, where=name, fix="name a file")
        if path.stat().st_size > LARGEST_INPUT:
            raise UserError("it is too large", where=name, fix="name a blueprint")
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise UserError(f"it cannot be read: {reason}", where=name, fix="name another") from None


def _sessions(line: CommandLine) -> int:
    from devops_exe.terminal.reports import sessions_report

    words = line.words[1:]
    return sessions_report(words[0] if words else None, settings_of(line), sys.stdout)


def _config(line: CommandLine) -> int:
    from devops_exe.terminal.reports import config_report

    return config_report(settings_of(line), sys.stdout, origin=line.flag("origin"))


def _doctor(line: CommandLine) -> int:
    from devops_exe.ground.settings import Settings, read_settings
    from devops_exe.terminal.capability import Terminal
    from devops_exe.terminal.doctor import doctor_report

    settings: Settings | DevopsExeError
    try:
        settings = read_settings(line)
        terminal = Terminal.detect(settings, sys.stdin, sys.stdout, sys.stderr)
    except DevopsExeError as error:
        settings = error
        terminal = Terminal.detect(Settings(), sys.stdin, sys.stdout, sys.stderr)
    return doctor_report(settings, terminal, sys.stdout)


def _completion(line: CommandLine) -> int:
    from devops_exe.terminal.shells import completion_script

    print(completion_script(" ".join(line.words[1:])))
    return 0


def _export(line: CommandLine) -> int:
    from devops_exe.terminal.exports import export_report

    name = _one_word(line, "export", "FILE|SESSION")
    return export_report(name, settings_of(line), line.options.get("format"), _read_file)


def _eval(line: CommandLine) -> int:
    from devops_exe.evals.command import command

    return command(line, settings_of(line))


def _implement(line: CommandLine) -> int:
    from devops_exe.terminal.replies.implementing import implement_command

    return implement_command(line, settings_of(line), _read_file)


def _drill(line: CommandLine) -> int:
    from devops_exe.terminal.replies.drilling import drill_command

    return drill_command(line, settings_of(line), _read_file)


def _execute(line: CommandLine) -> int:
    from devops_exe.terminal.replies.executing import execute_command

    return execute_command(line, settings_of(line), _read_file)


def _one_word(line: CommandLine, where: str, what: str) -> str:
    words = line.words[1:]
    if len(words) != 1:
        raise UserError(
            f"one {what} belongs here", where=where, fix=f"write devops-exe {where} {what}"
        )
    return words[0]


_SUB_COMMANDS: Mapping[str, Callable[[CommandLine], int]] = {
    "calc": _calc,
    "assess": _assess,
    "validate": _validate,
    "sessions": _sessions,
    "config": _config,
    "doctor": _doctor,
    "completion": _completion,
    "export": _export,
    "eval": _eval,
    "implement": _implement,
    "drill": _drill,
    "execute": _execute,
}

if __name__ == "__main__":
    sys.exit(main())
