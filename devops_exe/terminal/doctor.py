"""What is installed and set, and what each missing thing costs; nothing is changed."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from devops_exe import __version__
from devops_exe.ground import locations
from devops_exe.ground.errors import DevopsExeError, ExitStatus, UserError
from devops_exe.ground.settings import PROJECT_FILE
from devops_exe.ground.text import pad, sanitise
from devops_exe.terminal.clipboard import program
from devops_exe.terminal.view.ascii import to_ascii
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from devops_exe.ground.settings import Settings
    from devops_exe.terminal.capability import Terminal

State = Literal["ok", "warn", "fail"]

MARKS: Mapping[State, str] = {"ok": "ok  ", "warn": "!   ", "fail": "FAIL"}

_PACKAGES: tuple[tuple[str, str, State, str], ...] = (
    ("pydantic", "pydantic", "fail", "nothing can be computed without it"),
    ("yaml", "PyYAML", "fail", "no repository can be read without it"),
    ("prompt_toolkit", "prompt_toolkit", "warn", "the chat has plain lines, no menu"),
    ("wcwidth", "wcwidth", "fail", "wide characters cannot be measured"),
    ("anthropic", "anthropic", "warn", "the claude engine cannot be used; offline answers"),
    ("tenacity", "tenacity", "warn", "the claude engine cannot be used; offline answers"),
)

_PROGRAMS: tuple[tuple[str, str], ...] = (
    ("git", "the menu of @ lists the folder, not what is tracked first"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what.
        state: ``ok``, ``warn`` (something is missed) or ``fail`` (something cannot work).
        what: what was found.
        fix: what mends it; empty where nothing is to be mended.
    """

    name: str
    state: State
    what: str
    fix: str = ""


def checks(
    settings: Settings | DevopsExeError, terminal: Terminal, environment: Mapping[str, str]
) -> list[Check]:
    """Everything that is looked at, in the order of the report.

    Args:
        settings: of this call, or why there are none.
        terminal: what the streams can do.
        environment: variables of the process.
    """
    return [
        _python(),
        *_packages(),
        *_terminal(terminal),
        *_config(settings, environment),
        _key(settings, environment),
        *_folders(),
        *_programs(environment),
        *_drill_tools(),
        *_proof_tools(),
        Check("network", "ok", "no telemetry, no update check, nothing before a model is asked"),
    ]


def doctor_report(settings: Settings | DevopsExeError, terminal: Terminal, out: TextIO) -> int:
    """Print the checks; 1 where one failed."""
    found = checks(settings, terminal, os.environ)
    failed = any(one.state == "fail" for one in found)
    wants_json = not isinstance(settings, DevopsExeError) and settings.flag("json")
    if wants_json:
        raw = {"schema": "devops-exe/1", "healthy": not failed, "checks": list(map(asdict, found))}
        print(json.dumps(raw, ensure_ascii=False), file=out)
    else:
        text = sanitise("\n".join(lines(found, terminal.line)))
        print(to_ascii(text) if terminal.ascii else text, file=out)
    return int(ExitStatus.FINDINGS if failed else ExitStatus.OK)


def lines(found: Sequence[Check], width: int) -> list[str]:
    """A line a check, its remedy below it."""
    told: list[str] = []
    for one in found:
        told += wrap(one.what, width, f"{MARKS[one.state]} {pad(one.name, 14)} ", " " * 8)
        if one.fix:
            told += wrap(one.fix, width, "     → ", "       ")
    return told


def _drill_tools() -> Iterator[Check]:
    """What a drill runs."""
    from devops_exe.operate.drill.ports import TOOLS, find_tools

    try:
        found = find_tools()
    except UserError as missing:
        yield Check("drill", "warn", f"{missing.message}: nothing can be drilled", missing.fix)
        return
    yield Check("drill", "ok", ", ".join(found[name] for name in TOOLS if name in found))


def _proof_tools() -> Iterator[Check]:
    """Who proves generated files; each that is missing with the line that installs it."""
    from devops_exe.implement.proof import available

    there: list[str] = []
    missing: dict[str, list[str]] = {}
    for one in available():
        if one.there:
            there.append(f"{one.tool} {one.version}")
        else:
            missing.setdefault(one.install, []).append(one.tool)
    if there:
        yield Check("proof", "ok", ", ".join(there))
    for install, names in missing.items():
        told = f"missing: {', '.join(names)}; what they alone would prove is NOT PROVEN"
        yield Check("proof", "warn", told, install)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    told = f"devops-exe {__version__} on Python {version} ({sys.executable})"
    return Check("python", "ok", told)


def _packages() -> Iterator[Check]:
    for module, name, state, cost in _PACKAGES:
        if importlib.util.find_spec(module) is None:
            yield Check(name, state, f"missing: {cost}", "install devops-exe again")
            continue
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = "version unknown"
        yield Check(name, "ok", version)


def _terminal(terminal: Terminal) -> Iterator[Check]:
    if not terminal.interactive:
        yield Check("terminal", "ok", "none: answers go to a file or a pipe, nothing is asked")
    elif terminal.dumb:
        yield Check(
            "terminal", "warn", "TERM=dumb: plain lines, no menu", "export TERM=xterm-256color"
        )
    elif terminal.columns < 39:
        yield Check(
            "terminal", "warn", f"{terminal.columns} columns: documents are 39 wide", "widen it"
        )
    else:
        yield Check("terminal", "ok", f"{terminal.columns} columns, documents {terminal.width}")
    yield Check("colour", "ok", "on" if terminal.colour_out else "off")
    if terminal.ascii:
        yield Check(
            "characters", "warn", "ASCII only: boxes are drawn with + - |",
            "set a UTF-8 locale (export LANG=C.UTF-8), unless --ascii is meant",
        )  # fmt: skip
    else:
        yield Check("characters", "ok", "UTF-8")


def _config(settings: Settings | DevopsExeError, environment: Mapping[str, str]) -> Iterator[Check]:
    if isinstance(settings, DevopsExeError):
        yield Check("settings", "fail", f"{settings.where}: {settings.message}", settings.fix)
        return
    for name, path in (
        ("user file", locations.config_file(environment)),
        ("project file", Path(PROJECT_FILE)),
    ):
        yield Check(name, "ok", f"{path}{'' if path.exists() else ' (none)'}")
    for warning in settings.warnings:
        yield Check("settings", "warn", warning, "mend or remove that line")
    yield _rules()
    named = [
        f"{name} ({one.whence})" for name, one in settings.values.items() if one.whence != "default"
    ]
    yield Check("settings", "ok", f"{', '.join(named) or 'defaults'}: devops-exe config --origin")


def _rules() -> Check:
    """The files of permission rules: how many rules, or why they cannot be read."""
    from devops_exe.terminal.permission_rules import read_rules

    try:
        rules, warnings = read_rules()
    except DevopsExeError as error:
        return Check("permissions", "fail", f"{error.where}: {error.message}", error.fix)
    if warnings:
        return Check("permissions", "warn", warnings[0], "mend or remove that line")
    told = f"{len(rules)} rule{'' if len(rules) == 1 else 's'} in files"
    return Check("permissions", "ok", f"{told}: /permissions")


def _key(settings: Settings | DevopsExeError, environment: Mapping[str, str]) -> Check:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        if environment.get(name, "").strip():
            return Check("key", "ok", f"{name} is set (it is never shown)")
    if not isinstance(settings, DevopsExeError):
        if settings.key:
            return Check("key", "ok", f"in {settings.key.where} (it is never shown)")
        if settings.text("base-url"):
            return Check("key", "ok", "none; a server is named, and gets a placeholder")
    return Check(
        "key", "warn", "none: written rules answer, not a language model",
        "export ANTHROPIC_API_KEY=…, or name a server with --base-url URL",
    )  # fmt: skip


def _folders() -> Iterator[Check]:
    for name, folder, variable, cost in (
        ("sessions", locations.data_dir, "DEVOPS_EXE_DATA_DIR", "no session is kept"),
        ("state", locations.state_dir, "DEVOPS_EXE_STATE_DIR", "no history, no log"),
    ):
        try:
            place = folder()
        except DevopsExeError as error:
            yield Check(name, "fail", f"{error.message}: {cost}", error.fix)
            continue
        if _writable(place):
            yield Check(name, "ok", f"{place}{'' if place.exists() else ' (made when needed)'}")
        else:
            fix = f"make it writable, or name another with {variable}"
            yield Check(name, "fail", f"{place} cannot be written: {cost}", fix)


def _writable(folder: Path) -> bool:
    for place in (folder, *folder.parents):
        if place.exists():
            return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    return False


def _programs(environment: Mapping[str, str]) -> Iterator[Check]:
    path = environment.get("PATH")
    for name, cost in _PROGRAMS:
        found = shutil.which(name, path=path)
        if found:
            yield Check(name, "ok", found)
        else:
            yield Check(name, "warn", f"not found: {cost}", f"install {name}")
    editor = environment.get("VISUAL") or environment.get("EDITOR")
    yield Check("editor", "ok", editor or "none named: Ctrl-X Ctrl-E takes nano, vi or emacs")
    copies = program(environment)
    yield Check(
        "clipboard", "ok", copies[0] if copies else "no program: /copy asks the terminal (OSC 52)"
    )
