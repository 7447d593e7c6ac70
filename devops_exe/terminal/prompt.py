"""The prompt: editing, menu, history, keys. Imported only where a person sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.text import sanitise
from devops_exe.terminal.completion import completer
from devops_exe.terminal.history import Lines, prompt_history
from devops_exe.terminal.mentions import typed_mention
from devops_exe.terminal.pastes import Pastes
from devops_exe.terminal.permissions import MODES, mode_of
from devops_exe.terminal.view.ascii import to_ascii

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.key_binding.key_processor import KeyPress, KeyPressEvent
    from prompt_toolkit.output import ColorDepth, Output
    from prompt_toolkit.styles import BaseStyle

    from devops_exe.terminal.app import App


class PromptReader:
    """Lines from the prompt."""

    def __init__(
        self,
        app: App,
        lines: PromptSession[str],
        questions: PromptSession[str],
        pastes: Pastes,
    ) -> None:
        self._app = app
        self._lines = lines
        self._questions = questions
        self._pastes = pastes

    def line(self) -> str:
        """The next line, folded pastes whole."""
        self._typed_ahead()
        typed = self._lines.prompt("> " if self._app.screen.terminal.ascii else "› ")
        return self._pastes.whole(typed)

    def _typed_ahead(self) -> None:
        """What was typed while the turn ran comes first, as if it were typed now."""
        typed = self._app.keys.take() if self._app.keys is not None else b""
        if not typed:
            return
        from prompt_toolkit.input.typeahead import store_typeahead
        from prompt_toolkit.input.vt100_parser import Vt100Parser

        presses: list[KeyPress] = []
        parser = Vt100Parser(presses.append)
        parser.feed(typed.decode("utf-8", "ignore"))
        parser.flush()
        store_typeahead(self._lines.input, presses)

    def ask(self, prompt: str) -> str:
        """An answer to a question; it does not enter the history, nor was it typed before."""
        from prompt_toolkit.input.typeahead import clear_typeahead

        clear_typeahead(self._questions.input)
        text = sanitise(prompt)
        return self._questions.prompt(to_ascii(text) if self._app.screen.terminal.ascii else text)


def prompt_reader(app: App) -> PromptReader:
    """The prompt of a conversation."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application.current import get_app
    from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
    from prompt_toolkit.filters import Condition
    from prompt_toolkit.output import create_output
    from prompt_toolkit.shortcuts import CompleteStyle

    lines = Lines()
    lines.trim()
    output: Output = create_output(stdout=app.screen.stderr)
    depth = _depth(app)
    dots = ". " if app.screen.terminal.ascii else "… "

    def continued(width: int, number: int, wrapped: int) -> str:
        del width, number
        return "  " if wrapped else dots

    def completes() -> bool:
        """Room for the menu is kept while it may open, and not below plain words."""
        text = get_app().current_buffer.document.text_before_cursor
        return text.lstrip().startswith("/") or typed_mention(text) is not None

    pastes = Pastes()
    session: PromptSession[str] = PromptSession(
        completer=completer(app),
        complete_while_typing=Condition(completes),
        bottom_toolbar=lambda: toolbar_text(app),
        vi_mode=editing_of(app) == "vi",
        complete_style=CompleteStyle.COLUMN,
        reserve_space_for_menu=6,
        history=prompt_history(lines),
        auto_suggest=AutoSuggestFromHistory(),
        multiline=True,
        prompt_continuation=continued,
        key_bindings=bindings(pastes, app),
        enable_open_in_editor=True,
        enable_suspend=True,
        tempfile_suffix=".txt",
        color_depth=depth,
        style=_style(),
        output=output,
    )
    questions: PromptSession[str] = PromptSession(output=output, color_depth=depth)
    return PromptReader(app, session, questions, pastes)


def editing_of(app: App) -> str:
    """``emacs`` or ``vi``.

    Raises:
        UserError: the setting is neither.
    """
    if "editing" not in app.settings.values:
        return "emacs"
    return app.settings.choice("editing", ("emacs", "vi"))


def _depth(app: App) -> ColorDepth | None:
    from prompt_toolkit.output import ColorDepth

    return None if app.screen.terminal.colour_err else ColorDepth.DEPTH_1_BIT


def _style() -> BaseStyle:
    from prompt_toolkit.styles import Style

    return Style.from_dict(
        {
            "completion-menu": "noinherit",
            "completion-menu.completion": "noinherit",
            "completion-menu.completion.current": "noinherit reverse",
            "completion-menu.meta.completion": "noinherit ansibrightblack",
            "completion-menu.meta.completion.current": "noinherit reverse",
            "scrollbar.background": "noinherit",
            "scrollbar.button": "noinherit reverse",
            "auto-suggestion": "ansibrightblack",
            "bottom-toolbar": "noreverse ansibrightblack",
            "bottom-toolbar.text": "noreverse",
        }
    )


def bindings(pastes: Pastes | None = None, app: App | None = None) -> KeyBindings:
    """The keys of :mod:`devops_exe.terminal.keys` that are not the library's own."""
    from prompt_toolkit.filters import (
        completion_is_selected,
        emacs_mode,
        has_completions,
        is_searching,
    )
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys

    folded = Pastes() if pastes is None else pastes

    keys = KeyBindings()

    @keys.add("enter", filter=completion_is_selected)
    @keys.add("right", filter=completion_is_selected)
    def accept(event: KeyPressEvent) -> None:
        """Take the chosen item; nothing is sent."""
        event.current_buffer.complete_state = None

    @keys.add("enter", filter=~completion_is_selected & ~is_searching)
    def submit(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=emacs_mode)
    @keys.add("c-j")
    def newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("escape", filter=has_completions)
    def close(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()

    @keys.add(Keys.BracketedPaste)
    def paste(event: KeyPressEvent) -> None:
        """Long text as a mark; the same text again opens it. Nothing is sent."""
        buffer = event.current_buffer
        mark = folded.unfolds(event.data, buffer.text)
        if mark is None:
            buffer.insert_text(folded.fold(event.data, buffer.text))
        else:
            at = buffer.text.index(mark)
            text = folded.whole(mark)
            buffer.text = buffer.text[:at] + text + buffer.text[at + len(mark) :]
            buffer.cursor_position = at + len(text)

    @keys.add("c-c", filter=~is_searching)
    def interrupt(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.text:
            buffer.append_to_history()
            buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt(), style="class:aborting")

    if app is not None:
        _bind_to(app, keys)
    return keys


def _bind_to(app: App, keys: KeyBindings) -> None:
    """The keys that change or show something of the conversation."""
    from prompt_toolkit.application import run_in_terminal
    from prompt_toolkit.filters import has_completions

    @keys.add("s-tab", filter=~has_completions)
    def mode(event: KeyPressEvent) -> None:
        cycle_mode(app)
        event.app.invalidate()

    @keys.add("c-o")
    def details(event: KeyPressEvent) -> None:
        del event
        run_in_terminal(lambda: show_details(app))


def cycle_mode(app: App) -> None:
    """Plan, ask, auto-edit, and plan again."""
    at = MODES.index(mode_of(app.settings))
    app.set("mode", MODES[(at + 1) % len(MODES)], "Shift-Tab")


def show_details(app: App) -> None:
    """The tools of the last turn, whole."""
    from devops_exe.terminal.view.tools import group_lines

    for line in group_lines(app.events, app.screen.terminal.line):
        app.screen.err(line, "dim")


_HINTS = ("Shift-Tab: mode", "Ctrl-O: tools", "Alt-Enter: new line", "Ctrl-R: search")


def toolbar_text(app: App) -> str:
    """Below the prompt: what may be written, and as many keys as fit.

    The columns are those of now, not of the start: a window may have been drawn wider.
    """
    from prompt_toolkit.application.current import get_app

    mode = "read-only" if app.settings.flag("read-only") else mode_of(app.settings)
    told = {"plan": "plan: nothing is written", "auto-edit": "auto-edit: files of this folder"}
    columns = get_app().output.get_size().columns
    text = f" {told.get(mode, mode)}"
    for hint in _HINTS:
        longer = f"{text} · {hint}"
        if len(longer) >= columns:
            break
        text = longer
    return to_ascii(text) if app.screen.terminal.ascii else text
