"""Questions to a person, and consent to what writes files or acts on a system.

Whoever asks builds an :class:`Act` and calls :func:`consent`; nothing else decides::

    answer = consent(app, Act(
        "Write 9 files under ./out?",
        summary=("+ k8s/rollout.yaml  61", …),      # always shown
        text=difference,                            # up to 40 lines; v shows all of it
        folder=Path("out"), paths=paths,
    ))
    if not answer.yes:
        return Reply(f"nothing was written: {answer.reason}")

============  =====================================  =======================  ==================
level         at a terminal                          without one              for
============  =====================================  =======================  ==================
``plain``     y (or a rule, or the mode, allows it)  ``--yes``, ``--confirm`` files; a drill
``word``      the whole word ``yes``                 ``--confirm PLAN_ID``    a drill that starts
                                                                              the user's command
``names``     the names of system and environment    ``--confirm PLAN_ID``    what acts on a
                                                                              system
============  =====================================  =======================  ==================

``--yes`` covers writing files inside ``folder`` (links followed) and a plain act without files.
``--confirm`` counts where it is the act's own plan id; another id is refused. ``--read-only`` and
mode ``plan`` refuse all of them. Without a terminal nothing is asked: :class:`NobodyToAsk`, exit
status 4, nothing done. A no with other words carries them as its reason, which also goes to the
model with the next line. End of input is a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from devops_exe.ground.errors import NobodyToAsk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from devops_exe.ground.settings import Settings
    from devops_exe.terminal.view.screen import Screen

Level = Literal["plain", "word", "names"]
"""How a person must say yes."""

Kind = Literal["write", "run", "drill", "execute"]
"""What an act does; the permission rules name the same words."""

NOTHING = "nothing was done"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        yes: whether it was a yes.
        reason: the words of a no that were no plain no.
        always: whether the same need not be asked again.
        edit: neither yet: the person wants to edit first.
    """

    yes: bool
    reason: str = ""
    always: bool = False
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, as a person sees it before it is done.

    Attributes:
        question: one line that ends in a question mark: ``Write 9 files under ./out?``.
        summary: lines that are always shown, one a file or command.
        text: all of it: a unified difference, the files or the commands. Up to 40 lines are
            shown, ``v`` shows the rest.
        kind: what it does.
        folder: the folder that the user named, where files are written; it is what ``--yes`` and
            ``a`` cover. None where no folder was named.
        paths: files that it writes.
        commands: commands that it runs.
        level: how a yes must be said.
        names: what is to be typed at level ``names``: ``checkout-api production``.
        plan: id of the plan, the hash of exactly what would run; empty where there is none.
        edit: called for ``e``: lets the person edit and answers the act as it is then; None
            where nothing can be edited.
    """

    question: str
    summary: tuple[str, ...] = ()
    text: str = ""
    kind: Kind = "write"
    folder: Path | None = None
    paths: tuple[Path, ...] = ()
    commands: tuple[str, ...] = ()
    level: Level = "plain"
    names: str = ""
    plan: str = ""
    edit: Callable[[], Act] | None = None


class Desk(Protocol):
    """Who asks: the application, or a sub-command with the same three things."""

    @property
    def settings(self) -> Settings:
        """Of this call."""
        ...

    @property
    def screen(self) -> Screen:
        """Where the act is shown."""
        ...

    @property
    def question(self) -> Question:
        """Who can be asked."""
        ...

    def carry(self, words: str) -> None:
        """Words that go to the model with the next line."""
        ...


class Question(Protocol):
    """The port through which anything asks."""

    def confirm(
        self,
        text: str,
        *,
        default: bool = False,
        always: bool = False,
        view: Callable[[], bool] | None = None,
        edit: bool = False,
        values: bool = False,
    ) -> Answer:
        """Ask a question with yes and no, and what else is offered.

        Args:
            text: the question.
            default: what an empty line means.
            always: whether ``a`` is offered.
            view: shows all of it, for ``v``; answers whether ``a`` may be offered from then on.
            edit: whether ``e`` is offered.
            values: whether other words are a value of the person's own, of one letter too.

        Raises:
            NobodyToAsk: nobody is there; nothing was done.
        """
        ...

    def words(self, text: str) -> str:
        """Ask for words; empty when none were given.

        Raises:
            NobodyToAsk: nobody is there; nothing was done.
        """
        ...


class Nobody:
    """Where no person sits: every question ends in exit status 4."""

    def confirm(
        self,
        text: str,
        *,
        default: bool = False,
        always: bool = False,
        view: Callable[[], bool] | None = None,
        edit: bool = False,
        values: bool = False,
    ) -> Answer:
        """There is nobody."""
        del default, always, view, edit, values
        raise nobody(text)

    def words(self, text: str) -> str:
        """There is nobody."""
        raise nobody(text)


YES, NO, _ALWAYS = frozenset({"y", "yes"}), frozenset({"n", "no"}), frozenset({"a", "always"})
_VIEW, _EDIT = frozenset({"v", "view"}), frozenset({"e", "edit"})
_MEANINGS = (
    ("y", "do it"),
    ("n", "do nothing"),
    ("v", "show all of it"),
    ("a", "do it, and ask no more for files of this folder; /permissions lists it"),
    ("e", "open it in your editor first"),
)
_MOST_ASKED = 20
"""Times a question is put again before it counts as a no: nobody answers in earnest."""


class Person:
    """Asks through a function that shows a prompt and returns a line.

    End of input is a no, an empty line the default. One letter that is no key here is asked
    again; more words than that are a no and its reason.

    Args:
        read: shows a prompt and returns the line; raises EOFError at the end of input.
        tell: shows a line of explanation.
        columns: cells of the terminal: where question and keys do not fit one line, the keys
            stand on the next.
    """

    def __init__(
        self,
        read: Callable[[str], str],
        tell: Callable[[str], None] | None = None,
        columns: Callable[[], int] | None = None,
    ) -> None:
        self.ended = False
        self._read = read
        self._tell = tell or (lambda _: None)
        self._columns = columns or (lambda: 200)

    def confirm(
        self,
        text: str,
        *,
        default: bool = False,
        always: bool = False,
        view: Callable[[], bool] | None = None,
        edit: bool = False,
        values: bool = False,
    ) -> Answer:
        """Ask; the capital letter marks the default."""
        for _ in range(_MOST_ASKED):
            offered = "yn" + "v" * (view is not None) + "a" * always + "e" * edit
            try:
                said = self._read(self._prompt(text, offered, default=default)).strip()
            except EOFError:
                return Answer(yes=False)
            word = said.casefold().rstrip(".!")
            if word in _VIEW and view is not None:
                always = view() or always
            elif word == "?":
                self._explain(offered)
            elif (answer := _meant(said, word, offered, default=default)) is not None:
                return answer
            elif values and not said.startswith(("/", "!")) and word not in _ALWAYS | _EDIT | _VIEW:
                return Answer(yes=False, reason=said)
            else:
                self._tell(_unknown(word, offered))
        return Answer(yes=False)

    def words(self, text: str) -> str:
        """Ask for words; ``ended`` says whether the input ended instead."""
        self.ended = False
        try:
            return self._read(f"{text} › ").strip()
        except EOFError:
            self.ended = True
            return ""

    def _prompt(self, text: str, offered: str, *, default: bool) -> str:
        from devops_exe.ground.text import cells

        keys = "[Y]es [n]o" if default else "[y]es [N]o"
        keys += "".join(
            f" {name}"
            for key, name in (("v", "[v]iew"), ("a", "[a]lways here"), ("e", "[e]dit"))
            if key in offered
        )
        keys += " [?]" if len(offered) > 2 else ""
        line = f"{text} {keys} › "
        return line if cells(line) < self._columns() - 3 else f"{text}\n  {keys} › "

    def _explain(self, offered: str) -> None:
        for key, meaning in _MEANINGS:
            if key in offered:
                self._tell(f"  {key}  {meaning}")
        self._tell("  any other words are a no, and its reason")


def _meant(said: str, word: str, offered: str, *, default: bool) -> Answer | None:
    """The answer that a line is; None where it must be asked again."""
    if not said:
        return Answer(yes=default)
    if word in YES:
        return Answer(yes=True)
    if word in NO:
        return Answer(yes=False)
    if word in _ALWAYS:
        return Answer(yes=True, always=True) if "a" in offered else None
    if word in _EDIT:
        return Answer(yes=False, edit=True) if "e" in offered else None
    if len(said) == 1 or word in _VIEW or said.startswith(("/", "!")):
        return None
    return Answer(yes=False, reason=said)


def _unknown(word: str, offered: str) -> str:
    if word in _ALWAYS:
        return "  always is not offered: not all of it has been shown, or it is no file of here"
    if word.startswith(("/", "!")):
        return f"  answer first (Enter is a no), then {word.split(maxsplit=1)[0]}"
    keys = ", ".join([*offered, "?"])
    return f"  {word} is no key here: {keys}, or words that say why not"


def nobody(text: str) -> NobodyToAsk:
    """The error of a question that nobody is there to answer."""
    return NobodyToAsk(
        f"nobody is there to answer: {text}",
        where="standard input",
        fix="run it at a terminal, or give --yes where it covers this",
    )


def consent(desk: Desk, act: Act) -> Answer:
    """Whether an act may be done: rules and options first, then a person.

    Raises:
        UserError: it is refused (``--read-only``, mode plan, a rule, another plan's id).
        NobodyToAsk: it must be asked, and nobody is there; nothing was done.
    """
    from devops_exe.terminal.consenting import decide

    return decide(desk, act)
