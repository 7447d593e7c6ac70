"""Consent to an act: what options and rules answer, and what a person is shown and asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from devops_exe.ground.errors import NobodyToAsk, UserError
from devops_exe.terminal import permissions
from devops_exe.terminal.question import NO, NOTHING, YES, Act, Answer, Nobody, nobody
from devops_exe.terminal.view.changes import show_text
from devops_exe.terminal.view.wrap import paragraphs, wrap

if TYPE_CHECKING:
    from devops_exe.ground.settings import Settings
    from devops_exe.terminal.question import Desk


def decide(desk: Desk, act: Act) -> Answer:
    """Whether an act may be done: rules and options first, then a person.

    Raises:
        UserError: it is refused (``--read-only``, mode plan, a rule, another plan's id).
        NobodyToAsk: it must be asked, and nobody is there; nothing was done.
    """
    permissions.refuse(desk.settings, act)
    if _confirmed(desk.settings, act):
        return Answer(yes=True)
    if act.level != "plain":
        return _typed(desk, act)
    if permissions.allowed(desk.settings, act):
        _show(desk, replace(act, text=""))
        return Answer(yes=True)
    return _asked(desk, act)


def _confirmed(settings: Settings, act: Act) -> bool:
    """Whether ``--confirm`` names this very plan.

    Raises:
        UserError: it names another.
    """
    given = settings.text("confirm")
    if not given or not act.plan:
        return False
    if given != act.plan:
        raise UserError(
            f"the plan's id is {act.plan}; {NOTHING}",
            where=f"--confirm {given[:40]}",
            fix="look at what would run now, and give its id",
            code="plan_mismatch",
        )
    return True


def _typed(desk: Desk, act: Act) -> Answer:
    wanted = "yes" if act.level == "word" else act.names
    if isinstance(desk.question, Nobody):
        raise NobodyToAsk(
            f"nobody is there to answer: {act.question}",
            where="standard input",
            fix=f"run it at a terminal, or give --confirm {act.plan or 'PLAN_ID'}",
        )
    _show(desk, act, whole=True)
    said = desk.question.words(f"{act.question} Type {wanted} to go on")
    if " ".join(said.split()) == wanted:
        return Answer(yes=True)
    plain = said.casefold().rstrip(".!") in {"", *NO, *YES}
    return _no(desk, act, Answer(yes=False, reason="" if plain else said))


def _asked(desk: Desk, act: Act) -> Answer:
    if isinstance(desk.question, Nobody):
        raise nobody(act.question)
    while True:
        shown = act
        whole, clean = _show(desk, act)
        here = permissions.can_be_remembered(act)

        def view(shown: Act = shown, clean: bool = clean, here: bool = here) -> bool:
            _show(desk, shown, whole=True)
            return clean and here

        answer = desk.question.confirm(
            act.question,
            always=here and whole and clean,
            view=None if whole else view,
            edit=act.edit is not None,
        )
        if not (answer.edit and act.edit is not None):
            break
        act = act.edit()
        permissions.refuse(desk.settings, act)
    if answer.always:
        for line in permissions.remember(act):
            desk.screen.err(paragraphs(line, desk.screen.terminal.line), "dim")
    return answer if answer.yes else _no(desk, act, answer)


def _no(desk: Desk, act: Act, answer: Answer) -> Answer:
    if answer.reason:
        desk.carry(f"I said no to “{act.question}”: {answer.reason}")
    return answer


def _show(desk: Desk, act: Act, *, whole: bool = False) -> tuple[bool, bool]:
    """Show an act; whether all of its text was shown, and whether it can be shown as it is."""
    from devops_exe.ground.text import cells

    width = desk.screen.terminal.line
    for line in act.summary:
        fits = cells(line) <= width - 2
        desk.screen.err(f"  {line}" if fits else "\n".join(wrap(line, width, "  ", "      ")))
    return show_text(desk.screen, act.text, whole=whole)
