"""Sub-commands that print a report: assess, validate, sessions, config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

from devops_exe.ground.errors import ExitStatus
from devops_exe.ground.text import sanitise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from devops_exe.blueprint.finding import Finding
    from devops_exe.ground.settings import Settings


_USUAL_WIDTH = 80


def assess_report(folder: str, settings: Settings, out: TextIO) -> int:
    """What the repository says, each fact with file and line.

    With ``--format mermaid`` or ``svg`` the dependency map alone, in that form.

    Raises:
        UserError: the folder is none, or the format.
    """
    from devops_exe.assess.repository import assess_repository
    from devops_exe.terminal.replies.assessing import dependencies, drawn

    form = settings.text("format") or "text"
    reading = assess_repository(Path(folder))
    if form not in ("text", "json"):
        print(drawn(reading, form), end="", file=out)
        return int(ExitStatus.OK)
    raw = reading.as_json()
    if settings.flag("json") or form == "json":
        print(json.dumps(raw, ensure_ascii=False), file=out)
        return int(ExitStatus.OK)
    facts = cast("list[dict[str, object]]", raw["facts"])
    width = max((len(str(fact["field"])) for fact in facts), default=0)
    for fact in facts:
        value = fact["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        role = "" if fact["role"] == "declared" else f" ({fact['role']})"
        line = f"{fact['field']!s:{width}}  {shown}{role}  {fact['where']}"
        print(sanitise(line), file=out)
    for line in dependencies(reading, settings.count("width") or _USUAL_WIDTH):
        print(sanitise(line), file=out)
    for title, key in (
        ("Contradictions", "contradictions"),
        ("Risks", "risks"),
        ("Questions", "questions"),
    ):
        items = cast("list[object]", raw[key])
        if items:
            print(f"\n{title}", file=out)
        for item in items:
            print(f"  {sanitise(_told(item))}", file=out)
    return int(ExitStatus.OK)


def _told(item: object) -> str:
    if isinstance(item, dict):
        return "; ".join(f"{key} {value}" for key, value in item.items() if value not in (None, ""))
    return str(item)


def validate_report(
    files: Sequence[str], settings: Settings, read: Callable[[str], str], out: TextIO
) -> int:
    """Findings of blueprints, any face; 1 when one is an error.

    Raises:
        UserError: a file cannot be read, or its JSON is no dossier.
    """
    from devops_exe.blueprint.finding import errors
    from devops_exe.blueprint.reread import findings_of

    status = ExitStatus.OK
    for name in files:
        findings = findings_of(read(name), name)
        if errors(findings):
            status = ExitStatus.FINDINGS
        if settings.flag("json"):
            found = [finding.as_json() for finding in findings]
            print(json.dumps({"file": name, "findings": found}, ensure_ascii=False), file=out)
            continue
        for finding in findings:
            print(sanitise(finding_line(finding, name if len(files) > 1 else "")), file=out)
        if not errors(findings):
            print(sanitise(f"{name}: valid"), file=out)
    return int(status)


def finding_line(finding: Finding, name: str = "") -> str:
    """A finding in one line."""
    where = f"{name}: {finding.path}" if name else finding.path
    return f"{finding.severity} {finding.code} {where}: {finding.message} → {finding.fix}"


def sessions_report(wanted: str | None, settings: Settings, out: TextIO) -> int:
    """The sessions, or one of them whole.

    Raises:
        UserError: no session has that id.
    """
    from devops_exe.agent.store import Store
    from devops_exe.ground.locations import sessions_file

    with Store.open(sessions_file()) as store:
        if wanted is None:
            listed = store.sessions()
            if settings.flag("json"):
                print(json.dumps(listed, ensure_ascii=False), file=out)
                return int(ExitStatus.OK)
            for row in listed:
                turns = f"{row['turns']} turn{'' if row['turns'] == 1 else 's'}"
                print(
                    sanitise(f"{row['id']}  {row['updated']}  {turns:>9}  {row['title']}"), file=out
                )
            return int(ExitStatus.OK)
        record = store.session(store.find(wanted))
    if settings.flag("json"):
        print(json.dumps(record, ensure_ascii=False), file=out)
        return int(ExitStatus.OK)
    for turn in record["turns"]:
        print(sanitise(f"› {turn['line']}\n{turn['text']}\n"), file=out)
    return int(ExitStatus.OK)


def config_report(settings: Settings, out: TextIO, *, origin: bool) -> int:
    """Every setting that has a value and, asked for, where it came from."""
    if settings.flag("json"):
        raw = {
            name: {"value": setting.value, "from": setting.whence, "where": setting.where}
            for name, setting in settings.listing.items()
        }
        print(json.dumps(raw, ensure_ascii=False), file=out)
        return int(ExitStatus.OK)
    for name, setting in settings.listing.items():
        whence = f"  {setting.whence} ({setting.where})" if origin else ""
        print(sanitise(f"{name} = {setting.value}{whence}"), file=out)
    return int(ExitStatus.OK)
