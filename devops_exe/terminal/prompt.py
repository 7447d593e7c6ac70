"""The prompt: editing, menu, history, keys. Imported only where a person sits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.ground.text import sanitise
from devops_exe.terminal.completion import completer
from devops_exe.terminal.history import Lines, prompt_history
from devops_exe.terminal.pastes import Pastes
from devops_exe.terminal.view.ascii import to_ascii

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent
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
        typed = self._lines.prompt("> " if self._app.screen.terminal.ascii else "› ")
        return self._pastes.whole(typed)

    def ask(self, prompt: str) -> str:
        """An answer to a question; it does not enter the history, nor was it typed before."""
        from prompt_toolkit.input.typeahead import clear_typeahead

        clear_typeahead(self._questions.input)
        text = sanitise(prompt)
        return self._questions.prompt(to_ascii(text) if self._app.screen.terminal.ascii else text)


def prompt_reader(app: App) -> PromptReader:
    """The prompt of a conversation."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
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

    pastes = Pastes()
    session: PromptSession[str] = PromptSession(
        completer=completer(app),
        complete_while_typing=True,
        vi_mode=editing_of(app) == "vi",
        complete_style=CompleteStyle.COLUMN,
        reserve_space_for_menu=6,
        history=prompt_history(lines),
        auto_suggest=AutoSuggestFromHistory(),
        multiline=True,
        prompt_continuation=continued,
        key_bindings=bindings(pastes),
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
        }
    )


def bindings(pastes: Pastes | None = None) -> KeyBindings:
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

    return keys
