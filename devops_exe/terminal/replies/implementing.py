"""``/implement [DIR]`` and ``devops-exe implement FILE --out DIR``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import DevopsExeError, ExitStatus, UserError
from devops_exe.terminal.commands import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.blueprint.finding import Finding
    from devops_exe.ground.options import CommandLine
    from devops_exe.ground.settings import Settings
    from devops_exe.implement.changes import Change
    from devops_exe.implement.implementation import Implementation
    from devops_exe.implement.proof.result import Proof
    from devops_exe.implement.writing import Written
    from devops_exe.terminal.app import App

WHERE = "implement"


def implement(app: App, arguments: str) -> Reply:
    """``/implement [DIR]``: the files of the document last shown; this folder without DIR.

    Raises:
        UserError: there is no document, its platform's files are not built, or the folder
            cannot be written.
    """
    dossier = app.current("/implement")
    words = arguments.split()
    if len(words) > 1:
        raise UserError(
            f"{' '.join(words[1:])[:60]!r} is too much",
            where="/implement",
            fix="name one folder without blanks: /implement ./out",
        )
    folder = Path(words[0]).expanduser() if words else app.session.repository or Path()
    return carry(app, dossier, folder)


def implement_command(line: CommandLine, settings: Settings, read: Callable[[str], str]) -> int:
    """``devops-exe implement FILE --out DIR``.

    Args:
        line: words and options of the call.
        settings: of the call.
        read: reads FILE.

    Raises:
        UserError: FILE holds no document, no folder is named, or it cannot be written.
    """
    from devops_exe.terminal.dossiers import desk, dossier_named, tell, terminable

    words = line.words[1:]
    if len(words) != 1 or not line.options.get("out"):
        raise UserError(
            "FILE and --out DIR belong here",
            where=WHERE,
            fix="write devops-exe implement FILE --out DIR: FILE is what --json printed, or a "
            "session's id",
        )
    dossier = dossier_named(words[0], read, WHERE)
    app = desk(settings, WHERE)
    try:
        with terminable():
            reply = carry(app, dossier, Path(line.options["out"]), pin=line.flag("pin"))
        return tell(app, WHERE, " ".join(words), reply)
    finally:
        app.close()


def carry(app: App, dossier: Dossier, folder: Path, *, pin: bool = False) -> Reply:
    """Generate, prove, show, ask, write.

    Args:
        app: whose settings, screen and person.
        dossier: what is carried out.
        folder: where to.
        pin: whether what is unpinned is asked for where there is a network.

    Raises:
        UserError: nothing can be generated, or the folder cannot be written.
        NobodyToAsk: nobody is there to say yes; nothing was written.
    """
    from devops_exe.implement.changes import plan_changes
    from devops_exe.implement.implementation import implement as generate
    from devops_exe.implement.records import with_records

    _check_folder(folder)
    made = generate(dossier, folder)
    if pin:
        made = _pinned(app, made)
    proof, findings = _proved(app, _as_it_stands(made, plan_changes(made.artefacts, folder)))
    artefacts = with_records(made.artefacts, proof)
    changes = _without_times(plan_changes(artefacts, folder))
    told = [
        *_listed(app, changes, proof),
        *_summary(app, proof),
        *_notes(app, made, dossier, findings),
    ]
    if not app.json:
        # what is to be written is shown before anybody is asked
        app.screen.out("\n".join(told))
    written, refusal = _written(app, changes, folder)
    status = ExitStatus.FINDINGS if proof.failed or _errors(findings) else ExitStatus.OK
    if isinstance(refusal, DevopsExeError):
        app.screen.err(refusal.repl_line() if app.chatting else refusal.line(), "bad")
        status = refusal.status
    ending = ["", _ending(written, changes, refusal)]
    data = _data(made, changes, proof, findings, written)
    if isinstance(refusal, DevopsExeError):
        data["error"] = refusal.as_object()
    text = "\n".join([*told, *ending] if app.json else ending)
    return Reply(text, data=data, status=status)


def _as_it_stands(made: Implementation, changes: Sequence[Change]) -> Implementation:
    """The files as the folder will have them: an edited one with its author's text.

    What is deployed is proved, and not what was left unwritten.
    """
    from dataclasses import replace

    from devops_exe.implement.changes import EDITED

    stays = {c.path: c.before for c in changes if c.reason == EDITED and c.before}
    return replace(
        made, artefacts=tuple(replace(a, text=stays.get(a.path, a.text)) for a in made.artefacts)
    )


def _without_times(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes; where no file changes, the record of the last proof stays as well.

    Proving the same files again differs in its times alone, which is no reason to write.
    """
    from devops_exe.implement.records import RECORDS

    if any(change.writes for change in changes if change.path not in RECORDS):
        return tuple(changes)
    return tuple(c for c in changes if c.path not in RECORDS or c.status == "new")


def _check_folder(folder: Path) -> None:
    from devops_exe.implement.changes import refuse_folder

    refuse_folder(folder)


def _pinned(app: App, made: Implementation) -> Implementation:
    """The files with commits and digests, as far as the network answers."""
    from dataclasses import replace

    from devops_exe.ground.clock import now
    from devops_exe.implement.pin_resolution import resolve

    found = resolve(made.artefacts, network=True, date=now().date().isoformat())
    for pin in found.pins:
        app.aside(f"pinned {pin.name} {pin.tag}")
    for reference, why in found.failures:
        app.aside(f"! {reference} stays as it is: {why}")
    return replace(made, artefacts=tuple(found.artefacts))


def _proved(app: App, made: Implementation) -> tuple[Proof, tuple[Finding, ...]]:
    from devops_exe.implement.consistency.check import check
    from devops_exe.implement.implementation import tree_of, world_of
    from devops_exe.implement.proof import prove

    quiet = app.settings.flag("quiet") or app.json
    if not quiet:
        app.aside(f"proving {len(made.artefacts)} files")
    proof = prove(made.artefacts, context=tree_of(made, theirs_only=True))
    return proof, check(world_of(made))


def _errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.severity == "error")


# ── what a person sees ───────────────────────────────────────────────────────────────────────


def _listed(app: App, changes: Sequence[Change], proof: Proof) -> list[str]:
    """Every file: what becomes of it, its lines, and who proved it."""
    from devops_exe.ground.text import cells, pad

    width = min(_WIDEST_PATH, max((cells(change.path) for change in changes), default=0))
    lines: list[str] = []
    for change in changes:
        verdict = proof.verdicts.get(change.path)
        said = verdict.text if verdict is not None else change.artefact.why
        if change.status == "kept":
            said = f"{change.reason}; as it stands: {said}" if said else change.reason
        first = f"{_mark(change, proof)} {pad(change.path, width)} {change.artefact.lines:4}  "
        lines += _wrapped(app, said, first, " " * 6)
    return lines


_WIDEST_PATH = 44


def _mark(change: Change, proof: Proof) -> str:
    from devops_exe.implement.changes import MARKS

    verdict = proof.verdicts.get(change.path)
    if verdict is not None and verdict.standing == "failed":
        return "✗"
    if verdict is not None and verdict.standing == "not proven":
        return "!"
    return MARKS[change.status]


def _wrapped(app: App, text: str, first: str = "", rest: str = "  ") -> list[str]:
    """A line, broken at the terminal's width where a person reads it."""
    if not app.screen.terminal.read_by_a_person:
        return [f"{first}{text}".rstrip()]
    from devops_exe.terminal.view.wrap import wrap

    return wrap(text, app.width, first, rest)


def _summary(app: App, proof: Proof) -> list[str]:
    counts: dict[str, int] = {}
    for verdict in proof.verdicts.values():
        counts[verdict.standing] = counts.get(verdict.standing, 0) + 1
    words = {
        "proved": "proved by the field's own tools",
        "checked": "checked by own rules",
        "not proven": "NOT PROVEN",
        "failed": "FAILED",
    }
    said = ", ".join(f"{counts[key]} {words[key]}" for key in words if key in counts)
    lines = ["", *_wrapped(app, f"{said} in {proof.seconds:.1f} s")]
    for why in proof.skipped:
        lines += _wrapped(app, why, "  skipped: ", "    ")
    return lines


def _notes(
    app: App, made: Implementation, dossier: Dossier, findings: Sequence[Finding]
) -> list[str]:
    from devops_exe.blueprint.finding import errors
    from devops_exe.terminal.reports import finding_line

    lines: list[str] = []
    blocked = errors(dossier.findings)
    if blocked:
        count = f"{len(blocked)} finding{'s' if len(blocked) > 1 else ''}"
        told = f"the document itself has {count}: {blocked[0].message}"
        lines += _wrapped(app, told, "! ")
    told = _elsewhere(made)
    if told:
        lines += _wrapped(app, told, "! ")
    for finding in findings:
        lines += _wrapped(app, finding_line(finding))
    for path, reason in made.kept:
        lines += _wrapped(app, f"{path}  {reason}", "= ")
    for note in made.notes:
        lines += _wrapped(app, note, "· ")
    return ["", *lines] if lines else []


def _elsewhere(made: Implementation) -> str:
    """That the folder is not the repository that the document was read from, else nothing.

    Start command, health check, tests and variables are read from the folder; an empty one beside
    the repository gets the stack's defaults, and would not say so.
    """
    subject = made.subject
    read = any(fact.origin == "repository" for fact in subject.profile.facts.values())
    if not read or (subject.reading is not None and subject.reading.facts):
        return ""
    return (
        "the folder holds no source of the repository that the document was made from: start "
        "command, health check, tests and variables are the stack's defaults; write into the "
        "repository itself (--out .) to have its own"
    )


def _written(
    app: App, changes: Sequence[Change], folder: Path
) -> tuple[Written | None, DevopsExeError | str]:
    """Ask, then write; what was written, or why nothing was."""
    from devops_exe.implement.writing import write
    from devops_exe.terminal.question import Act, consent

    wanted = [change for change in changes if change.writes]
    if not wanted:
        return None, "every file is there already"
    # what touches a file that is there comes first; new files follow, for whoever views all
    order = sorted(changes, key=lambda change: change.before is None)
    shown = "\n".join(change.difference() for change in order if change.status != "same")
    count = f"{len(wanted)} file{'' if len(wanted) == 1 else 's'}"
    act = Act(
        f"Write {count} under {place(folder)}?",
        text=shown,
        kind="write",
        folder=folder,
        paths=tuple(folder / change.path for change in wanted),
    )
    try:
        answer = consent(app, act)
    except DevopsExeError as refusal:
        return None, refusal
    if not answer.yes:
        return None, f"nothing was written{f': {answer.reason}' if answer.reason else ''}"
    return write(changes, folder), ""


def place(folder: Path) -> str:
    """A folder as a shell would be given it: ``./out`` where it is below this one."""
    text = str(folder)
    return text if text.startswith(("/", "~", ".")) else f"./{text}"


def _ending(written: Written | None, changes: Sequence[Change], why: DevopsExeError | str) -> str:
    if written is None:
        reason = why if isinstance(why, str) else why.message
        return f"Nothing was written: {reason}" if not reason.startswith("nothing") else reason
    kept = sum(change.status == "kept" for change in changes)
    left = f", {kept} of yours left alone" if kept else ""
    return (
        f"✓ {len(written.paths)} files under {place(written.folder)}{left}; /undo takes them back"
    )


def _data(
    made: Implementation,
    changes: Sequence[Change],
    proof: Proof,
    findings: Sequence[Finding],
    written: Written | None,
) -> dict[str, Any]:
    by_path = {change.path: change for change in changes}
    return {
        "artifacts": [
            {
                "path": path,
                "text": change.artefact.text,
                "status": change.status,
                "verdict": proof.verdicts[path].text if path in proof.verdicts else "",
            }
            for path, change in by_path.items()
        ],
        "proof": json.loads(proof.as_json()),
        "findings": [finding.as_json() for finding in findings],
        "kept": [{"path": path, "reason": reason} for path, reason in made.kept],
        "notes": list(made.notes),
        "written": list(written.paths) if written is not None else [],
        "undo": written.id if written is not None else None,
    }
