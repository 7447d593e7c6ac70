"""What may be written and run: one place decides, and ``/permissions`` shows why.

Refusals come before questions, questions before leave: ``--read-only`` and mode plan, then the
rules of :mod:`devops_exe.terminal.permission_rules` (deny, ask, allow), then ``--yes``, then the
mode. Where nothing says anything it is asked. Nothing here runs a command: a line that begins
with ``!`` does, typed at a terminal, and so does a plan that a person agreed to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.question import NOTHING, Act, Answer, Person, consent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devops_exe.ground.settings import Settings
    from devops_exe.terminal.app import App
    from devops_exe.terminal.permission_rules import Rule

MODES: tuple[str, ...] = ("plan", "ask", "auto-edit")


def mode_of(settings: Settings) -> str:
    """The mode in force.

    Raises:
        UserError: the setting is none of the modes.
    """
    return settings.choice("mode", MODES) if "mode" in settings.values else "ask"


# ── what consent asks ────────────────────────────────────────────────────────────────────────


def refuse(settings: Settings, act: Act) -> None:
    """Refuse an act that no yes could allow.

    Raises:
        UserError: ``--read-only``, mode plan, or a rule denies it.
    """
    where = _subjects(act)[0] or act.kind
    if settings.flag("read-only"):
        whence = settings.values["read-only"]
        raise UserError(
            f"--read-only forbids it ({whence.whence}: {whence.where}); {NOTHING}",
            where=where,
            fix="start without it; what is only printed needs no leave",
            code="read_only",
        )
    if mode_of(settings) == "plan":
        verb = "writes no file" if act.kind == "write" else "carries nothing out"
        raise UserError(
            f"mode plan {verb}; {NOTHING}",
            where=where,
            fix="/permissions ask, or --mode ask",
            code="plan_mode",
        )
    for subject in _subjects(act):
        rule = _verdict(act, subject)
        if rule is not None and rule.verb == "deny":
            raise UserError(
                f"a rule denies it: {rule.action} {rule.pattern} ({rule.where}); {NOTHING}",
                where=subject or act.kind,
                fix="name another, or change the rule; /permissions lists them",
                code="denied",
            )


def allowed(settings: Settings, act: Act) -> bool:
    """Whether a plain act needs no question: by ``--yes``, a rule or the mode."""
    if settings.flag("yes") and _in_named_folder(act):
        return True
    subjects = _subjects(act)
    verdicts = [_verdict(act, subject) for subject in subjects]
    if any(rule is not None and rule.verb == "ask" for rule in verdicts):
        return False
    if act.kind == "write" and mode_of(settings) == "auto-edit" and all(map(inside, act.paths)):
        return bool(act.paths)
    return all(rule is not None and rule.verb == "allow" for rule in verdicts)


def can_be_remembered(act: Act) -> bool:
    """Whether ``a`` may be offered: files alone, all of them in the folder, and it in this one."""
    folder = act.folder
    if act.kind != "write" or folder is None or not act.paths or not inside(folder):
        return False
    if any((rule := _verdict(act, one)) and rule.verb == "ask" for one in _subjects(act)):
        return False  # a rule that asks would ask again
    return _in_named_folder(act)


def remember(act: Act) -> list[str]:
    """Allow files of the act's folder from now on; lines that say so, or why it failed."""
    from devops_exe.ground.locations import consents_file
    from devops_exe.terminal.permission_rules import remembered

    assert act.folder is not None
    try:
        rule = remembered(act.folder)
    except UserError as problem:
        return [f"! not remembered: {problem.message} ({problem.where})"]
    return [f"· from now on allowed: {rule} ({consents_file()})"]


def inside(path: Path) -> bool:
    """Whether a file lies in the working folder, links followed."""
    return is_within(path, Path.cwd())


def is_within(path: Path, folder: Path) -> bool:
    """Whether a file lies in a folder, links followed."""
    try:
        return path.expanduser().resolve().is_relative_to(folder.expanduser().resolve())
    except (OSError, RuntimeError):
        return False


def _in_named_folder(act: Act) -> bool:
    """Whether ``--yes`` covers it: files of the named folder, or a plain act without files."""
    if not act.paths:
        return act.kind == "drill"
    folder = act.folder
    return folder is not None and all(is_within(path, folder) for path in act.paths)


def _subjects(act: Act) -> list[str]:
    """What the rules are held against: paths, commands, or the act itself."""
    return [*map(str, act.paths), *act.commands] or [act.names]


def _verdict(act: Act, subject: str) -> Rule | None:
    """The rule that decides; what refuses or asks of a command holds for a plan's commands too."""
    from devops_exe.terminal.permission_rules import read_rules, verdict

    rules = read_rules()[0]
    own = verdict(rules, act.kind, subject)
    if act.kind == "run" or subject not in act.commands or (own and own.verb == "deny"):
        return own
    run = verdict([rule for rule in rules if rule.verb != "allow"], "run", subject)
    return run or own


# ── one file that the user named ─────────────────────────────────────────────────────────────


def may_write(app: App, path: Path, text: str = "") -> Answer:
    """Whether a file that the user named may be written; asks where a rule says so.

    A new file of this folder needs no question: its name was typed. What would change in a
    file that is there is shown before the question.

    Raises:
        UserError: it is refused, or cannot be written at all.
        NobodyToAsk: it must be asked, and nobody is there; nothing was done.
    """
    from devops_exe.terminal.view.changes import difference, text_of

    within, there = inside(path), path.exists()
    act = Act(
        f"{path} is there already. Write over it?" if there else f"Write {path}?",
        folder=Path.cwd() if within else None,
        paths=(path,),
    )
    refuse(app.settings, act)
    if not path.parent.is_dir():
        raise UserError(
            "its folder is not there", where=str(path), fix="name another file", code="not_writable"
        )
    if not within:
        return consent(app, Act(f"{path} is outside this folder. Write it?", paths=(path,)))
    rule = _verdict(act, str(path))
    if not there and (rule is None or rule.verb == "allow"):
        return Answer(yes=True)
    before = text_of(path) if there else ""
    same = there and before is not None and before.rstrip("\n") == text.rstrip("\n")
    if same and isinstance(app.question, Person):
        return Answer(yes=True)  # nothing changes; a script gets its refusal all the same
    if before is None:
        summary = ("what it holds is no text",)
        return consent(app, Act(act.question, summary, folder=None, paths=(path,)))
    changes = difference({path: before or None}, {path: text})
    return consent(app, Act(act.question, text=changes, folder=Path.cwd(), paths=(path,)))


# ── the list ─────────────────────────────────────────────────────────────────────────────────


def rules(settings: Settings) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Each rule: deny, ask or allow; what; and where it is set. And warnings of the files.

    Raises:
        UserError: a file of rules cannot be read.
    """
    from devops_exe.terminal.permission_rules import VERBS, read_rules

    written, warnings = read_rules()
    found = [*_of_the_call(settings), *_of_the_mode(settings), *_built_in()]
    found += [(rule.verb, f"{rule.action} {rule.pattern}", rule.where) for rule in written]
    if any(verb == "deny" and what == _NO_ACT for verb, what, _ in found):
        found = [one for one in found if one[0] == "deny"]
    return sorted(found, key=lambda one: VERBS.index(one[0])), warnings


_NO_ACT = "write any file, run any command"


def _of_the_call(settings: Settings) -> Iterator[tuple[str, str, str]]:
    read_only = settings.values.get("read-only")
    if read_only is not None and settings.flag("read-only"):
        yield "deny", _NO_ACT, f"{read_only.whence}: {read_only.where}"
    if settings.flag("yes"):
        yield "allow", "write files of the folder that you name; a plain drill", "flag: --yes"


def _of_the_mode(settings: Settings) -> Iterator[tuple[str, str, str]]:
    mode, setting = mode_of(settings), settings.values.get("mode")
    if setting is None or setting.whence == "default":
        where = f"mode {mode}, default"
    else:
        where = f"mode {mode}, {setting.whence}: {setting.where}"
    if mode == "plan":
        yield "deny", _NO_ACT, where
    elif mode == "auto-edit":
        yield "allow", "write files of this folder", where
    else:
        yield "ask", "write over a file of this folder that no rule allows", where


def _built_in() -> Iterator[tuple[str, str, str]]:
    yield "deny", "a model runs a command or writes a file", "built in"
    yield "ask", "write a file outside this folder (--yes covers the folder you name)", "built in"
    yield "ask", "run a drill; carry a plan out (its names typed, or --confirm)", "built in"
    yield "allow", "/export FILE writes a new file that you named", "built in"
    yield "allow", "!COMMAND runs what you typed, at a terminal only", "built in"
    yield "allow", "sessions, history and log in your own folders", "built in"
