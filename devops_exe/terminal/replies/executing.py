"""``/execute rollback`` and ``devops-exe execute rollback FILE``: shown, agreed to, carried out."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import DevopsExeError, ExitStatus, Interrupted, UserError
from devops_exe.operate.rollback.planning import WHERE, plan_of, stated_words
from devops_exe.operate.rollback.telling import dry_run, outcome_lines
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.dossiers import desk, restored_named, tell, terminable
from devops_exe.terminal.view.wrap import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.ground.options import CommandLine
    from devops_exe.ground.settings import Settings
    from devops_exe.operate.rollback.carrying import Hands, Outcome, Said
    from devops_exe.operate.rollback.model import RollbackPlan, Step
    from devops_exe.operate.rollback.pointing import Pointing
    from devops_exe.terminal.app import App
    from devops_exe.terminal.view.screen import Style

_MARKS: Mapping[str, tuple[str, Style]] = {
    "ran": ("    $ ", "dim"),
    "waits": ("    … ", "warn"),
    "agrees": ("  ✓ ", "good"),
    "stops": ("  ✗ ", "bad"),
    "skips": ("  · ", "dim"),
}


def execute(app: App, arguments: str) -> Reply:
    """``/execute rollback [NAME=VALUE…] [resume|anew]``: the rollback of the document last shown.

    Raises:
        UserError: something else is asked for, or the rollback cannot be carried out.
    """
    words = arguments.split()
    _only_rollback(words)
    dossier = app.current("/execute rollback")
    return carry(app, dossier, words[1:], resume=False)


def execute_command(line: CommandLine, settings: Settings, read: Callable[[str], str]) -> int:
    """``devops-exe execute rollback FILE [NAME=VALUE…] [anew]``, with ``--confirm``, ``--resume``.

    Args:
        line: words and options of the call.
        settings: of the call.
        read: reads FILE.

    Raises:
        UserError: FILE holds no document, or its rollback cannot be carried out.
    """
    words = list(line.words[1:])
    _only_rollback(words)
    name, rest, resume = _file_of(words[1:], line)
    found = restored_named(name, read, WHERE)
    dossier = found.dossier
    app = desk(settings, WHERE)
    try:
        if found.warning:
            app.screen.err(f"! {name}: {found.warning}", "warn")
        reply = carry(app, dossier, rest, resume=resume)
        answered = replace(reply, data={"data": reply.data})
        return tell(app, "execute", " ".join(words), answered)
    finally:
        app.close()


def _only_rollback(words: Sequence[str]) -> None:
    if words[:1] != ["rollback"]:
        raise UserError(
            f"{words[0][:40]!r} cannot be carried out"
            if words
            else "what to carry out is not said",
            where="execute",
            fix="write execute rollback; a rollback is what can be carried out",
            code="unknown_act",
        )


def _file_of(words: Sequence[str], line: CommandLine) -> tuple[str, list[str], bool]:
    """FILE, the words behind it, and whether to go on; ``--resume`` may have taken FILE."""
    resume = "resume" in line.options
    rest = list(words)
    taken = line.options.get("resume", "")
    if taken and "=" in taken:
        rest.append(taken)
    elif taken:
        rest.insert(0, taken)
    if not rest or "=" in rest[0]:
        raise UserError(
            "no document is named",
            where=WHERE,
            fix="write devops-exe execute rollback FILE: what --json printed, or a session's id",
        )
    return rest[0], rest[1:], resume


# ── one rollback ─────────────────────────────────────────────────────────────────────────────


def carry(app: App, dossier: Dossier, words: Sequence[str], *, resume: bool) -> Reply:
    """Show the rollback, have it agreed to, carry it out.

    Args:
        app: whose settings, screen and person.
        dossier: whose rollback.
        words: ``NAME=VALUE``, and ``resume`` or ``anew``.
        resume: whether to go on with one that was begun.

    Raises:
        UserError: it cannot be carried out as it is.
        Interrupted: Ctrl-C; the journal says where it stands.
    """
    from devops_exe.operate.rollback.journal import unfinished
    from devops_exe.terminal.question import Act, consent

    resume = resume or bool({"resume", "--resume"}.intersection(words))
    anew = "anew" in words
    stated = stated_words([w for w in words if w not in {"resume", "--resume", "anew"}])
    folder = str(Path.cwd())
    server = app.settings.text("prometheus") or ""
    plan = plan_of(dossier, stated, folder=folder, prometheus=server)
    shown = dry_run(plan)
    if not app.json:
        person = app.screen.terminal.read_by_a_person
        app.screen.out(paragraphs(shown, app.width) if person else shown)
    for finding in dossier.findings:
        # a plan that falls short of a target is still the way back: said, not refused
        if finding.severity == "error":
            app.screen.err(f"! the plan has a finding: {finding.message}", "warn")
    for other, when in unfinished(plan.system, plan.environment, plan.id):
        told = f"! rollback {other} of {plan.name} was begun {when} and is not finished"
        app.screen.err(told, "warn")
    act = Act(
        f"Carry this rollback out on {plan.name}?",
        kind="execute",
        commands=tuple(step.invocation.shown() for step in plan.steps if step.invocation),
        level="names",
        names=plan.name,
        plan=plan.id,
    )
    try:
        answer = consent(app, act)
        _all_there(plan)
    except DevopsExeError as error:
        return _refused(app, plan, shown, error)
    if not answer.yes:
        said = f": {answer.reason}" if answer.reason else ""
        if answer.reason:
            said += f" (to go on, type {plan.name})"
        return Reply(f"Nothing was run{said}", data=_data(plan))
    return _carried(app, plan, _hands(app, plan, stated, folder), resume=resume, anew=anew)


def _refused(app: App, plan: RollbackPlan, shown: str, error: DevopsExeError) -> Reply:
    """The dry run stands; why no more was done goes beside it."""
    app.screen.err(error.repl_line() if app.chatting else error.line(), "bad")
    data = {**_data(plan), "error": error.as_object()}
    return Reply(shown if app.json else "", data=data, status=error.status)


def _data(plan: RollbackPlan) -> dict[str, object]:
    return {"plan": plan.as_json(), "ran": False}


def _all_there(plan: RollbackPlan) -> None:
    """Every program of the plan can be found, so that none is missed half way.

    Raises:
        UserError: one is not.
    """
    import shutil

    missing = [name for name in plan.programs() if shutil.which(name) is None]
    if missing:
        raise UserError(
            f"not on PATH: {', '.join(missing)}; nothing was run",
            where=WHERE,
            fix=f"install {', '.join(missing)}, or carry the steps out by hand",
            code="program_missing",
        )


def _hands(app: App, plan: RollbackPlan, stated: Mapping[str, str], folder: str) -> Hands:
    import time

    from devops_exe.ground.clock import now, timestamp
    from devops_exe.operate.rollback.carrying import Hands
    from devops_exe.operate.rollback.pointing import pointing
    from devops_exe.operate.rollback.running import run
    from devops_exe.terminal.question import Person

    programs = tuple(s.invocation.argv[0] for s in plan.steps if s.invocation)

    def point() -> Pointing:
        return pointing(programs, namespace=stated.get("NAMESPACE", ""), folder=folder)

    def done_by_hand(step: Step) -> bool:
        # elsewhere than at a terminal the plan's id was given, and the plan says what that says
        if not isinstance(app.question, Person):
            return True
        return app.question.confirm(f"By hand: {step.hand}. Is it done?").yes

    return Hands(
        run=run,
        sleep=time.sleep,
        monotonic=time.monotonic,
        now=lambda: timestamp(now()),
        point=point,
        done_by_hand=done_by_hand,
    )


def _carried(app: App, plan: RollbackPlan, hands: Hands, *, resume: bool, anew: bool) -> Reply:
    from devops_exe.operate.rollback.carrying import carry_out
    from devops_exe.operate.rollback.journal import Journal, journal_file

    if anew:
        journal_file(plan.id).unlink(missing_ok=True)

    def said(kind: Said, step: Step, words: str) -> None:
        if kind == "step":
            app.screen.err(f"{step.number}/{len(plan.steps)} {step.title}", "bold")
            return
        mark, style = _MARKS[kind]
        if not (app.settings.flag("quiet") and kind == "ran"):
            app.screen.err(f"{mark}{words or 'as wanted'}", style)

    with Journal.open(plan.id, resume=resume) as journal:
        path = journal.path
        try:
            # the chat has its own way to be terminated
            with nullcontext() if app.chatting else terminable(_terminated):
                outcome = carry_out(plan, hands, journal, said)
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted at step {journal.progress.begun or len(journal.progress.done) + 1} "
                f"of {len(plan.steps)}",
                where=str(path),
                fix="the same call with --resume looks at that step first and goes on",
            ) from None
    return _ended(outcome, path)


def _terminated(number: int) -> SystemExit:
    del number
    return SystemExit(int(ExitStatus.TERMINATED))


def _ended(outcome: Outcome, path: Path) -> Reply:
    stopped = outcome.stopped
    data = {
        "plan": outcome.plan.as_json(),
        "ran": True,
        "done": list(outcome.done),
        "stopped_at": stopped.number if stopped else None,
        "why": outcome.why or None,
        "kept": dict(outcome.kept),
        "journal": str(path),
    }
    status = ExitStatus.OK if stopped is None else ExitStatus.FINDINGS
    return Reply(
        f"{outcome_lines(outcome)}\n  Journal: {path}", data=data, status=status, kept=True
    )
