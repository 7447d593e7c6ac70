"""The application over strings against a server of our own that plays faults on a thread."""

from __future__ import annotations

import asyncio
import io
import threading
from typing import TYPE_CHECKING

from loopback import Loopback

from devops_exe.ground.options import parse_arguments
from devops_exe.ground.settings import read_settings
from devops_exe.terminal.app import App

if TYPE_CHECKING:
    from devops_exe.ground.errors import ExitStatus

SYSTEM = "/devops checkout-api on EKS, 1200 rps, one pod does 60 rps, p99 250 ms, 99.95 %"


class Server:
    """``Loopback`` on a thread, so that an application may drive a loop of its own."""

    def __init__(self, *scripts: list) -> None:
        self.loopback = Loopback(*scripts)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.loopback.__aenter__(), self._loop).result(5)
        self.url = self.loopback.url
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end(self) -> None:
        self.loopback._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def requests(self) -> list[dict]:
        return self.loopback.requests


class Told(io.StringIO):
    """A stream that may pretend to be a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str:
        return "utf-8"


class Stand:
    """An application whose streams are strings, against ``url``."""

    def __init__(self, url: str, *flags: str, terminal: bool = False) -> None:
        self.stdout, self.stderr = Told(terminal=terminal), Told(terminal=terminal)
        settings = read_settings(parse_arguments(["--base-url", url, *flags]))
        self.app = App.create(
            settings, stdin=Told(terminal=terminal), stdout=self.stdout, stderr=self.stderr
        )

    def __enter__(self) -> Stand:
        return self

    def __exit__(self, *_: object) -> None:
        self.app.close()

    def say(self, line: str) -> ExitStatus:
        """Answer a line, the streams emptied before."""
        for stream in (self.stdout, self.stderr):
            stream.seek(0)
            stream.truncate()
        return self.app.answer(line)

    @property
    def out(self) -> str:
        return self.stdout.getvalue()

    @property
    def err(self) -> str:
        return self.stderr.getvalue()

    @property
    def messages(self) -> list[dict]:
        """The conversation as it would be sent next."""
        return self.app.session.memory.messages
