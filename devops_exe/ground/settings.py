"""Settings: flag, environment, project file, user file, default, in that order.

The project file is ``.devops-exe.toml`` of the working folder, never of a folder given as
``--repo``. It may tighten and never loosen: it may not choose who answers, where requests
go, or what is run; a limit that it raises, or a ban that it lifts, is a warning and does not
count. A key of the service comes from the environment, or from a user file that nobody else
can read.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from devops_exe.ground.errors import UserError
from devops_exe.ground.locations import config_file
from devops_exe.ground.near import nearest
from devops_exe.ground.options import OPTIONS, CommandLine, Option
from devops_exe.ground.prices import Price, prices_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Whence = Literal["flag", "environment", "project file", "user file", "default"]

PROJECT_FILE = ".devops-exe.toml"

LARGEST_FILE = 256 * 1024
"""Bytes of a settings file; a pipe or a device in its place must hang nothing."""

_DEFAULTS: Mapping[str, str] = {
    "engine": "auto",
    "model": "claude-sonnet-5-5",
    "color": "auto",
    "notify": "bell",
    "editing": "emacs",
    "mode": "ask",
    "max-rounds": "16",
    "max-tokens": "400000",
    "timeout": "600",
}

_FORBIDDEN_IN_PROJECT = frozenset(
    {"engine", "model", "base-url", "prometheus", "commands", "confirm", "yes", "repo", "out",
     "api-key"}
)  # fmt: skip
_LIMITS = frozenset({"max-rounds", "max-tokens", "timeout"})
_BANS = frozenset({"read-only"})
_MODES = ("plan", "ask", "auto-edit")
_KEY = "api-key"
_TABLES = frozenset({"measured", "permissions"})
"""Tables of a project file that others read."""

_PRICES = "prices"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it came from."""

    value: str
    whence: Whence
    where: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting that has a value.

    Attributes:
        values: option name to its setting.
        warnings: unknown keys of the files, and what would loosen, each with its line.
        key: of the service, from the user file; it is in no listing.
        prices: of models, from the user file.
        priced: the same as they are listed.
    """

    values: Mapping[str, Setting] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    key: Setting | None = field(default=None, repr=False)
    prices: Mapping[str, Price] = field(default_factory=dict)
    priced: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def listing(self) -> dict[str, Setting]:
        """Everything that has a value, for a list; the key is not in it."""
        return {**self.values, **self.priced}

    def text(self, name: str) -> str | None:
        """The value of an option, or None."""
        setting = self.values.get(name)
        return setting.value if setting is not None and setting.value != "" else None

    def flag(self, name: str) -> bool:
        """Whether a flag is on."""
        return self.text(name) in {"true", "1", "yes", "on"}

    def count(self, name: str) -> int | None:
        """The value of a count.

        Raises:
            UserError: it is no whole number.
        """
        setting = self.values.get(name)
        if setting is None or setting.value == "":
            return None
        if not (setting.value.isascii() and setting.value.isdigit()):
            raise UserError(
                f"{setting.value!r} is no whole number",
                where=setting.where,
                fix=f"set {name} to a whole number",
            )
        return int(setting.value)

    def seconds(self, name: str) -> float | None:
        """The value of a time in seconds.

        Raises:
            UserError: it is no positive number.
        """
        setting = self.values.get(name)
        if setting is None or setting.value == "":
            return None
        try:
            value = float(setting.value)
        except ValueError:
            value = 0.0
        if not 0 < value < float("inf"):
            raise UserError(
                f"{setting.value!r} is no number of seconds",
                where=setting.where,
                fix=f"set {name} to a positive number",
            )
        return value

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """The value of a choice.

        Raises:
            UserError: it is none of the choices.
        """
        setting = self.values[name]
        if setting.value not in choices:
            raise UserError(
                f"{setting.value!r} is none of its values",
                where=setting.where,
                fix=f"use one of {', '.join(choices)}",
            )
        return setting.value


def read_settings(
    line: CommandLine, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Settings:
    """The settings of this call.

    Args:
        line: flags, which win.
        environment: ``DEVOPS_EXE_*``; the process's where None.
        folder: working folder; the process's where None.

    Raises:
        UserError: a file is no TOML, or the project file sets what it may not.
    """
    environment = os.environ if environment is None else environment
    warnings: list[str] = []
    prices: dict[str, Price] = {}
    project = _file(Path(folder or ".") / PROJECT_FILE, warnings)
    user = _user_file(environment, warnings, prices)
    key = user.pop(_KEY, None)
    priced = {name: user.pop(name) for name in list(user) if name.startswith(f"{_PRICES}.")}
    for name in list(project):
        if (looser := _loosens(name, project[name], user)) is not None:
            warnings.append(f"{project[name].where}: {looser}")
            del project[name]
    values: dict[str, Setting] = {}
    for option in OPTIONS:
        found = _find(option, line, environment, project, user)
        if found is not None:
            values[option.name] = found
    return Settings(values, tuple(warnings), key, prices, priced)


def _loosens(name: str, set_: Setting, user: Mapping[str, Setting]) -> str | None:
    """What a project file would loosen, in words; None where it does not."""
    own = user[name].value if name in user else _DEFAULTS.get(name, "")
    if name in _BANS and set_.value != "true" and own == "true":
        return f"a project file may not lift {name}; it stays"
    if name == "mode" and {set_.value, own} <= set(_MODES):
        looser = _MODES.index(set_.value) > _MODES.index(own)
        return f"a project file may tighten mode only; {own} stays" if looser else None
    if name in _LIMITS:
        try:
            raised = float(set_.value) > float(own)
        except ValueError:
            return None  # refused where it is read
        if raised:
            return f"a project file may lower {name}, not raise it; {own} stays"
    return None


def _find(
    option: Option,
    line: CommandLine,
    environment: Mapping[str, str],
    project: Mapping[str, Setting],
    user: Mapping[str, Setting],
) -> Setting | None:
    name = option.name
    if name in line.options:
        return Setting(line.options[name], "flag", f"--{name}")
    if option.environment and environment.get(option.variable):
        return Setting(environment[option.variable], "environment", option.variable)
    for source in (project, user):
        if name in source:
            return source[name]
    if name == "base-url" and environment.get("ANTHROPIC_BASE_URL"):
        return Setting(environment["ANTHROPIC_BASE_URL"], "environment", "ANTHROPIC_BASE_URL")
    if name in _DEFAULTS:
        return Setting(_DEFAULTS[name], "default", name)
    return None


def _user_file(
    environment: Mapping[str, str], warnings: list[str], prices: dict[str, Price]
) -> dict[str, Setting]:
    """The user's own file; none where no home folder is known."""
    try:
        path = config_file(environment)
    except UserError:
        return {}
    return _file(path, warnings, prices)


def _file(
    path: Path, warnings: list[str], prices: dict[str, Price] | None = None
) -> dict[str, Setting]:
    """The settings of a file; of a project's where ``prices`` is None."""
    import tomllib

    text = _text_of(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise UserError(
            f"it is no TOML: {problem}", where=str(path), fix="mend that line"
        ) from None
    project = prices is None
    known = {option.name: option for option in OPTIONS if option.environment}
    settings: dict[str, Setting] = {}
    for key, value in raw.items():
        name = key.replace("_", "-")
        where = f"{path}:{_line_of(text, key)}"
        if project and name in _FORBIDDEN_IN_PROJECT:
            raise UserError(
                f"a project file may not set {key}",
                where=where,
                fix="remove it, and set it by flag, environment or the user file",
            )
        if name == _KEY:
            settings[name] = _secret(path, str(value), where)
        elif name in known:
            whence: Whence = "project file" if project else "user file"
            settings[name] = Setting(_text(value), whence, where)
        elif prices is not None and key == _PRICES:
            found, wrong = prices_of(value)
            prices.update(found)
            for model, price in found.items():
                line = f"{path}:{_line_of(text, f'{key}.{model}')}"
                settings[f"{key}.{model}"] = Setting(price.words, "user file", line)
            warnings += [f"{where}: {one}" for one in wrong]
        elif not project or key not in _TABLES:
            warnings.append(f"{where}: unknown key {key}{_hint(key, name, known)}")
    return settings


def _hint(key: str, name: str, known: Mapping[str, Option]) -> str:
    if key == _PRICES:
        return "; prices belong to your own file"
    if key == "permissions":
        return "; write the rules to permissions.toml beside it"
    near = nearest(name, known)
    return f"; did you mean {near}?" if near else ""


def _text_of(path: Path) -> str:
    """The text of a settings file; empty where there is none.

    Raises:
        UserError: it is no text file of ordinary size.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST_FILE:
            raise UserError(
                "it is no regular file of ordinary size",
                where=str(path),
                fix=f"make it a text file of at most {LARGEST_FILE // 1024} KiB, or remove it",
            )
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(
            "it cannot be read", where=str(path), fix=f"make it a UTF-8 text file ({problem})"
        ) from None


def _secret(path: Path, value: str, where: str) -> Setting:
    """A key of the service, where nobody but the owner can read the file.

    Raises:
        UserError: somebody else can.
    """
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise UserError(
            "it holds a key and others can read it",
            where=where,
            fix=f"chmod 600 {path}, or export ANTHROPIC_API_KEY instead",
            code="key_readable",
        )
    return Setting(value, "user file", where)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[?\"?{re.escape(key)}\b", line):
            return number
    return 1
