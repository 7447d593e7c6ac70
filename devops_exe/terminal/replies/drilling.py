"""``/drill`` and ``devops-exe drill FILE``: shown, agreed to, run, predicted beside measured."""

from __future__ import annotations

import re
import shlex
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import DevopsExeError, ExitStatus, UserError
from devops_exe.terminal.commands import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from devops_exe.blueprint.dossier import Dossier
    from devops_exe.ground.options import CommandLine
    from devops_exe.ground.settings import Settings
    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.report import DrillReport
    from devops_exe.operate.drill.rollout import DrillEvent
    from devops_exe.terminal.app import App
    from devops_exe.terminal.view.screen import Style

WHERE = "drill"

NUMBERS = ("errors", "latency_ms", "runs", "seconds", "factor", "rps", "seed")
"""Names whose values are numbers; ``errors`` is a share (``10%`` or ``0.1``)."""

NAMES = ("fault", *NUMBERS, "command", "health_path", "findings")

_STYLES: dict[str, Style] = {"alert": "warn", "rollback": "warn", "verified": "good"}


def drill(app: App, arguments: str) -> Reply:
    """``/drill [NAME=VALUE…]``: the plan of the document last shown.

    Raises:
        UserError: a value makes no sense, the plan has no strategy or has errors, or HAProxy or
            Prometheus is missing.
    """
    try:
        words = shlex.split(arguments)
    except ValueError as problem:
        raise UserError(f"{problem}", where="/drill", fix="close the quotation") from None
    return carry(app, app.current("/drill"), words)


def drill_command(line: CommandLine, settings: Settings, read: Callable[[str], str]) -> int:
    """``devops-exe drill FILE [NAME=VALUE…]``.

    Args:
        line: words and options of the call.
        settings: of the call.
        read: reads FILE.

    Raises:
        UserError: FILE holds no document, or its plan cannot be drilled.
    """
    from devops_exe.terminal.dossiers import desk, dossier_named, tell

    words = line.words[1:]
    if not words or re.match(r"\w+=", words[0]):
        raise UserError(
            "no document is named",
            where=WHERE,
            fix="write devops-exe drill FILE: what --json printed, or a session's id",
        )
    dossier = dossier_named(words[0], read, WHERE)
    app = desk(settings, WHERE)
    try:
        reply = carry(app, dossier, words[1:])
        return tell(app, WHERE, " ".join(words), reply)
    finally:
        app.close()


def carry(app: App, dossier: Dossier, words: Sequence[str]) -> Reply:
    """Show what would run, ask, run it, report.

    Args:
        app: whose settings, screen and person.
        dossier: whose plan.
        words: ``NAME=VALUE`` (:data:`NAMES`).

    Raises:
        UserError: it cannot be drilled as it is.
        NobodyToAsk: nobody is there to say yes; nothing was run.
        Interrupted: Ctrl-C; everything that ran is stopped.
    """
    from devops_exe.operate.drill.plan import drill_plan
    from devops_exe.operate.drill.predict import predict
    from devops_exe.operate.drill.stage import find_tools
    from devops_exe.terminal.question import Act, consent

    plan = drill_plan(dossier, **stated(words))
    find_tools()
    lines = [f"{number}. {text}" for number, text in enumerate(plan.lines(), 1)]
    act = Act(
        "Run this drill on 127.0.0.1?" if not plan.command else "Start this command of yours?",
        summary=(f"Plan {plan.id}: {plan.summary()}",),
        text="\n".join(lines),
        kind="drill",
        commands=(shlex.join(plan.command),) if plan.command else (),
        level="word" if plan.command else "plain",
        plan=plan.id,
    )
    data: dict[str, Any] = {"plan": {"id": plan.id, "lines": list(plan.lines())}, "ran": False}
    try:
        answer = consent(app, act)
    except DevopsExeError as refusal:
        shown = "\n".join([f"Plan {plan.id}: {plan.summary()}", *lines])
        if not app.json:  # the reason last: it is what the next line answers to
            app.screen.out(shown)
        app.screen.err(refusal.repl_line() if app.chatting else refusal.line(), "bad")
        return Reply(
            shown if app.json else "",
            data={**data, "error": refusal.as_object()},
            status=refusal.status,
        )
    if not answer.yes:
        return Reply(f"Nothing was run{f': {answer.reason}' if answer.reason else ''}", data=data)
    if not (app.settings.flag("quiet") or app.json):
        for line in lines if app.settings.flag("yes") else ():
            # nobody was asked, so nobody has seen it
            app.aside(f"  {line}")
        app.aside("· predicting what it should measure")
    prediction = predict(plan)
    return _reported(app, dossier, _run(app, plan, prediction))


def _run(app: App, plan: DrillPlan, prediction: Any) -> DrillReport:
    from devops_exe.operate.drill.run import run

    quiet = app.settings.flag("quiet") or app.json

    def tell(event: DrillEvent) -> None:
        if not quiet:
            mark = {"verified": "✓", "alert": "!", "rollback": "↺"}.get(event.kind, "·")
            more = "; its parts are started first" if event.kind == "setup" else ""
            said = f"  {mark} {event.seconds:6.1f} s  {event.text}{more}"
            app.screen.err(said, _STYLES.get(event.kind, "dim"))

    # Esc and Ctrl-C stop it, and what is typed ahead is no mess between the lines
    with app.keys.listening() if app.keys is not None else nullcontext():
        return run(plan, on_event=tell, prediction=prediction)


def _reported(app: App, dossier: Dossier, report: DrillReport) -> Reply:
    from devops_exe.operate.drill.kept import keep
    from devops_exe.operate.drill.report import report_text

    if report.failing:
        keep(dossier, report.drilled())
    status = ExitStatus.OK if report.held else ExitStatus.FINDINGS
    data = {"ran": True, **report.as_json()}
    return Reply(report_text(report, app.width).rstrip("\n"), data=data, status=status)


def stated(words: Sequence[str]) -> dict[str, Any]:
    """What the words state of a drill.

    >>> stated(["fault=latency", "errors=10%", "runs=3"])
    {'fault': 'latency', 'errors': 0.1, 'runs': 3}

    Raises:
        UserError: a word is no ``NAME=VALUE``, an unknown name, or a value that is no number.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        name = name.replace("-", "_")
        if not equals or name not in NAMES:
            raise _unknown(word, name)
        if name in NUMBERS:
            found[name] = _number(name, value)
        elif name == "command":
            found[name] = tuple(_split(value))
        elif name == "findings":
            _must(value == "ignore", name, value, "write findings=ignore, or leave it out")
            found["despite_findings"] = True
        else:
            _must(name != "health_path" or value[:1] == "/", name, value, f"write {name}=/healthz")
            found[name] = value
    return found


def _must(holds: bool, name: str, value: str, fix: str) -> None:
    if not holds:
        raise UserError(f"{value[:40]!r} is none", where=name, fix=fix)


def _split(value: str) -> list[str]:
    try:
        words = shlex.split(value)
    except ValueError as problem:
        raise UserError(f"{problem}", where="command", fix="close the quotation") from None
    _must(bool(words), "command", value, "write command='./serve --fast'")
    return words


def _unknown(word: str, name: str) -> UserError:
    from devops_exe.ground.near import nearest

    near = nearest(name, NAMES)
    known = ", ".join(f"{one}=" for one in NAMES)
    return UserError(
        f"{word[:60]!r} is nothing of a drill",
        where=WHERE,
        fix=f"did you mean {near}=?" if near else f"write NAME=VALUE with one of {known}",
        code="unknown_field",
    )


def _number(name: str, value: str) -> float | int:
    percent = value.endswith("%")
    try:
        number = float(value.rstrip("%"))
    except ValueError:
        number = float("nan")
    if number != number or number in {float("inf"), float("-inf")}:
        raise UserError(f"{value[:40]!r} is no number", where=name, fix=f"write {name}=3")
    if name in {"runs", "seed"}:
        if number != int(number):
            raise UserError(f"{value[:40]} is no whole number", where=name, fix=f"write {name}=3")
        return int(number)
    return number / 100 if percent else number
