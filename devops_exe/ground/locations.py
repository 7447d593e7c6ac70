"""Where files of the user's live: the one place that knows the platform's folders.

========  ======================  ===============================  ==========================
what      Linux and others        macOS                            override
========  ======================  ===============================  ==========================
config    ``$XDG_CONFIG_HOME``    ~/Library/Application Support    ``DEVOPS_EXE_CONFIG_DIR``
data      ``$XDG_DATA_HOME``      ~/Library/Application Support    ``DEVOPS_EXE_DATA_DIR``
state     ``$XDG_STATE_HOME``     ~/Library/Application Support    ``DEVOPS_EXE_STATE_DIR``
cache     ``$XDG_CACHE_HOME``     ~/Library/Caches                 ``DEVOPS_EXE_CACHE_DIR``
========  ======================  ===============================  ==========================

Each is followed by ``devops-exe``; an override is the folder itself. An XDG variable that is
set wins on macOS too; one that is not an absolute path is ignored, as the XDG Base Directory
Specification 0.8 demands. Nothing here touches the disk but ``private_folder``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "devops-exe"

Kind = Literal["config", "data", "state", "cache"]

_XDG: dict[Kind, str] = {
    "config": ".config",
    "data": ".local/share",
    "state": ".local/state",
    "cache": ".cache",
}
_MAC: dict[Kind, str] = {
    "config": "Library/Application Support",
    "data": "Library/Application Support",
    "state": "Library/Application Support",
    "cache": "Library/Caches",
}


def config_dir(environment: Mapping[str, str] | None = None) -> Path:
    """Folder of the user's settings file; of another environment where one is given."""
    return _folder("config", environment)


def data_dir() -> Path:
    """Folder of what must not be lost: sessions, remembered consents."""
    return _folder("data")


def state_dir() -> Path:
    """Folder of what may be lost without harm: input history, logs."""
    return _folder("state")


def cache_dir() -> Path:
    """Folder of what can be made again."""
    return _folder("cache")


def config_file(environment: Mapping[str, str] | None = None) -> Path:
    """The user's settings file."""
    return config_dir(environment) / "config.toml"


def permissions_file() -> Path:
    """The user's rules of what may be written and run."""
    return config_dir() / "permissions.toml"


def consents_file() -> Path:
    """Rules that were answered with always; the program writes it."""
    return data_dir() / "consents.toml"


def sessions_file() -> Path:
    """The database of sessions."""
    return data_dir() / "sessions.db"


def history_file() -> Path:
    """The lines typed at the prompt."""
    return state_dir() / "history"


def log_file() -> Path:
    """The log that ``--debug`` writes."""
    return state_dir() / "debug.log"


def private_folder(folder: Path) -> Path:
    """``folder``, made where it is missing, readable by its owner alone (0700).

    Only the last part gets that mode; parents are the platform's and keep theirs. A folder
    that is there already is left as it is.

    Raises:
        UserError: it cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot make this folder ({error.strerror or error})",
            where=str(folder),
            fix="make it writable, or name another with DEVOPS_EXE_DATA_DIR",
            code="folder_not_writable",
        ) from None
    return folder


def _folder(kind: Kind, environment: Mapping[str, str] | None = None) -> Path:
    given = os.environ if environment is None else environment
    home = None if environment is None else environment.get("HOME")
    override = given.get(f"DEVOPS_EXE_{kind.upper()}_DIR")
    if override:
        return Path(override).expanduser()
    variable = f"XDG_{kind.upper()}_HOME"
    base = given.get(variable, "")
    if base and Path(base).is_absolute():
        return Path(base) / APP
    return _home(kind, home) / (_MAC if sys.platform == "darwin" else _XDG)[kind] / APP


def _home(kind: Kind, home: str | None) -> Path:
    try:
        return Path(home) if home else Path.home()
    except RuntimeError:
        raise UserError(
            "no home folder is known",
            where="environment",
            fix=f"set HOME or DEVOPS_EXE_{kind.upper()}_DIR",
            code="no_home",
        ) from None
