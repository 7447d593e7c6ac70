"""Turns of a conversation: run, stopped, stored, shown."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from devops_exe.agent.events import Notice
from devops_exe.ground.errors import ExitStatus, Interrupted, UserError
from devops_exe.terminal import offers
from devops_exe.terminal.replies.asking import Asking
from devops_exe.terminal.showing import show
from devops_exe.terminal.turn import Turn, drive, event_object
from devops_exe.terminal.writers import waits

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

    from devops_exe.agent.events import Event
    from devops_exe.agent.request import Request
    from devops_exe.agent.session import Writer
    from devops_exe.ground.errors import DevopsExeError
    from devops_exe.terminal.app import App

WARN_AT = 0.8
"""Share of a turn's seconds after which they are told of."""


class Turns:
    """Runs the turns of an application, and holds the event loop that drives an engine."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._runner: asyncio.Runner | None = None
        self._said_rules = False
        self._asking = Asking(app)

    def close(self) -> None:
        """Let go of the event loop."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def let_go(self, writer: Writer) -> None:
        """Close the connections of an engine."""
        aclose = getattr(writer, "aclose", None)
        if self._runner is not None and callable(aclose):
            self._runner.run(aclose())

    def run(self, request: Request, line: str, *, again: bool = False) -> ExitStatus:
        """Answer a line; ``again`` where its turn failed and its phases are to be kept."""
        app = self._app
        turn = self._new(request)
        before = len(app.session.results)
        app.events, app.failed = turn.events, line
        try:
            self._drive(turn, line, again=again)
        except UserError as error:
            turn.progress.stop()
            instead = offers.system(app, error, line)
            if instead is None:
                raise
            return app.again(instead)
        except (KeyboardInterrupt, Interrupted):
            return self._interrupted(turn, line)
        finally:
            turn.progress.stop()
            for event in app.events if app.log else ():
                app.note("event", json.dumps(event_object(event), default=str))
        result = app.session.results[-1] if len(app.session.results) > before else None
        text = result.text if result is not None else turn.stream.text
        app.record.keep(app.session, line, text, result)
        self._said_rules = show(app, turn, request, result, said=self._said_rules)
        app.failed = line if turn.error is not None else ""
        if turn.error is not None:
            return self._failed(turn, turn.error, line)
        if turn.proposed and app.chatting:
            offers.proposals(app, turn.proposed)
            result = app.session.results[-1]
        if result is not None and result.dossier is not None:
            self._asking.answering(self._asking.after(result.dossier))
        healthy = result is None or result.dossier is None or result.dossier.healthy
        return ExitStatus.OK if healthy else ExitStatus.FINDINGS

    def _failed(self, turn: Turn, error: DevopsExeError, line: str) -> ExitStatus:
        """Tell of the failure, and how to go on."""
        app = self._app
        status = app.fail(error)
        ruled = offers.rules(app, turn, line)
        if ruled is not None:
            return ruled
        if app.chatting and app.failed and app.session.resumable:
            app.aside("· /retry asks again; what was computed is kept")
        return status

    def _new(self, request: Request) -> Turn:
        app = self._app
        return Turn(
            app.screen,
            chat=request.kind == "chat",
            quiet=app.settings.flag("quiet"),
            silent=app.settings.flag("json"),
            events=app.settings.flag("json-lines"),
            awaited="claude" if waits(app.session.writer) else "",
            stops="Esc to interrupt" if app.keys is not None else "Ctrl-C to stop",
        )

    def _drive(self, turn: Turn, line: str, *, again: bool) -> None:
        app = self._app
        events = app.session.answer(line, again=again)
        with ExitStack() as stack:
            if not waits(app.session.writer):
                if app.keys is not None:
                    stack.enter_context(app.keys.listening())
                for event in drive(events):
                    turn.show(event)
                return
            if self._runner is None:
                import asyncio

                self._runner = asyncio.Runner()
            loop = self._runner.get_loop()

            def details() -> None:
                loop.call_soon_threadsafe(turn.details)

            if app.keys is not None:
                stack.enter_context(app.keys.listening(details=details))
            self._runner.run(_consume(events, turn.show, app.settings.seconds("timeout")))

    def _interrupted(self, turn: Turn, line: str) -> ExitStatus:
        """Keep what was said, marked."""
        app = self._app
        turn.finish()
        app.screen.err("⎿ interrupted", "warn")
        if turn.stream.text:
            app.record.keep(app.session, line, f"{turn.stream.text}\n⎿ interrupted")
        if app.json:
            error = Interrupted("interrupted", where="turn", fix="ask again")
            app.screen.raw_out(app.dump({"error": error.as_object()}))
        return ExitStatus.INTERRUPTED


async def _consume(
    events: AsyncIterator[Event], show_: Callable[[Event], None], seconds: float | None
) -> None:
    """Show each event; tell of the turn's seconds when four fifths of them are over."""
    import asyncio

    warning = None
    if seconds is not None:
        told = Notice(f"{WARN_AT * seconds:.0f} of the turn's {seconds:.0f} seconds are used")
        loop = asyncio.get_running_loop()
        warning = loop.call_later(WARN_AT * seconds, show_, told)
    try:
        async for event in events:
            show_(event)
    finally:
        if warning is not None:
            warning.cancel()
