"""``export FILE|SESSION --format``: another face of the same document."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

from devops_exe.ground.errors import ExitStatus, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devops_exe.ground.settings import Settings

FORMATS: tuple[str, ...] = ("text", "json")
PICTURES: tuple[str, ...] = ("mermaid", "svg")
"""Forms of the dependency map; of the chat, and of ``assess --format``."""

LATER: Mapping[str, str] = {"markdown": "text", "html": "text", "md": "text"}
"""Formats that are not built yet, and the nearest that is."""

_STORED_ONLY = frozenset({"stated", "reading", "kind", "said"})


def checked_format(form: str, where: str) -> str:
    """A format that is built.

    Raises:
        UserError: it is none; the fix names the nearest.
    """
    if form in LATER:
        raise UserError(
            f"{form}: not built yet",
            where=where,
            fix=f"use {LATER[form]}, which is nearest, or json, which holds everything",
            code="not_built",
        )
    if form not in FORMATS:
        raise UserError(
            f"{form[:40]!r} is no format" if form else "no format is named",
            where=where,
            fix=f"use one of {', '.join(FORMATS)}",
            code="unknown_format",
        )
    return form


def export_report(
    name: str, settings: Settings, form: str | None, read: Callable[[str], str]
) -> int:
    """Print the document of a file or of a stored session in a format.

    Args:
        name: FILE (``-`` is standard input) or the id or title of a session.
        settings: for ``--width`` and ``--json``.
        form: as asked for; text where nothing is.
        read: reads FILE.

    Raises:
        UserError: nothing is called so, it holds no document, or the format cannot be had.
    """
    form = checked_format(form or ("json" if settings.flag("json") else "text"), "--format")
    if _is_file(name):
        text = read(name)
        raw = _object(text, name) if text.lstrip().startswith("{") else None
        if raw is None:
            sys.stdout.write(_of_text(text, form, name))
            return int(ExitStatus.OK)
    else:
        raw = _stored(name)
    if form == "json":
        shown = {key: value for key, value in raw.items() if key not in _STORED_ONLY}
        sys.stdout.write(f"{json.dumps(shown, ensure_ascii=False, indent=2)}\n")
    else:
        sys.stdout.write(f"{_printed(raw, settings, name)}\n")
    return int(ExitStatus.OK)


def _is_file(name: str) -> bool:
    if name == "-" or "/" in name or Path(name).exists():
        return True
    return re.fullmatch(r".*\.(json|txt|text|md)", name) is not None


def _of_text(text: str, form: str, name: str) -> str:
    from devops_exe.blueprint.reread import document_part

    document = document_part(text)
    if "DEVOPS BLUEPRINT" not in document:
        raise UserError("it holds no document", where=name, fix="name a blueprint, or a session")
    if form == "json":
        raise UserError(
            "a printed document has no ledger to write as JSON",
            where=name,
            fix="name the session it came from (devops-exe sessions lists them)",
            code="no_ledger",
        )
    return document.rstrip("\n") + "\n"


def _object(text: str, name: str) -> Mapping[str, object]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UserError(
            f"it is no JSON: {problem}", where=name, fix="give what --json printed"
        ) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("document"), dict):
        raise UserError(
            "the JSON holds no document", where=name, fix="give what --json printed for a blueprint"
        )
    return cast("Mapping[str, object]", raw)


def _stored(name: str) -> Mapping[str, object]:
    from devops_exe.agent.store import Store
    from devops_exe.ground.locations import sessions_file

    with Store.open(sessions_file()) as store:
        key = store.find(name)
        results = store.results(key)
    if not results:
        raise UserError(
            f"session {key} holds no document",
            where="export",
            fix="name another; devops-exe sessions lists them",
            code="no_document",
        )
    return results[-1]


def _printed(raw: Mapping[str, object], settings: Settings, name: str) -> str:
    """The text face, at the width asked for; else as it was printed."""
    width = settings.count("width")
    text = raw.get("text")
    if width is None and isinstance(text, str) and text.startswith("DEVOPS BLUEPRINT"):
        return text
    from devops_exe.blueprint.render import render
    from devops_exe.blueprint.reread import document_of

    blueprint, _ = document_of(cast("Mapping[str, object]", raw["document"]), name)
    return render(blueprint, width or 80)
