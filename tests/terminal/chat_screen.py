"""The chat on a real pseudo-terminal, its screen read by an emulator: for several test files."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable

PROMPT = "› "
DRIVER = str(Path(__file__).with_name("chat_driver.py"))


class Chat:
    """A running chat and its screen."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 30, program: tuple[str, ...] = (),
        **environment: str,
    ) -> None:  # fmt: skip
        self.screen = pyte.HistoryScreen(columns, rows, history=2000)
        self.bytes = pyte.ByteStream(self.screen)
        self.raw = b""
        self.process = pexpect.spawn(
            sys.executable,
            [*(program or ("-m", "devops_exe.cli")), *arguments],
            dimensions=(rows, columns),
            env={**os.environ, **environment},
            timeout=20,
        )

    def lines(self) -> list[str]:
        """All lines, those scrolled away first."""
        gone = [
            "".join(row[column].data for column in range(self.screen.columns))
            for row in self.screen.history.top
        ]
        return [line.rstrip() for line in (*gone, *self.screen.display)]

    def text(self) -> str:
        return "\n".join(self.lines())

    def last(self) -> str:
        """The line the cursor is in."""
        return str(self.screen.display[self.screen.cursor.y]).rstrip()

    def read(self, seconds: float = 0.05) -> None:
        try:
            data = self.process.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            return
        self.raw += data
        self.bytes.feed(data)
        if b"\x1b[6n" in data:  # the prompt asks where the cursor is
            self.process.send(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")

    def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"never came; the screen:\n{self.text()}"
            self.read()

    def see(self, text: str, seconds: float = 20.0) -> None:
        self.until(lambda: text in self.text(), seconds)

    def ready(self) -> None:
        """An empty prompt waits; open questions behind a document are passed over."""
        passed = 0

        def waits() -> bool:
            nonlocal passed
            if self.last() == PROMPT.rstrip():
                return True
            asked = " ".join(self.text().split()).count("skip all ends the asking")
            if self.last().endswith("›") and asked > passed:
                passed = asked
                self.type("skip all\r")
            return False

        self.until(waits)

    def type(self, text: str) -> None:
        self.process.send(text)

    def say(self, line: str, answer: str) -> None:
        """Send a line and wait for a new ``answer`` and the next prompt."""
        before = self.text().count(answer)
        self.type(f"{line}\r")
        self.until(lambda: self.text().count(answer) > before)
        self.ready()

    def end(self) -> int:
        """Wait for the end and answer the status (minus the signal, where one ended it)."""
        self.until(lambda: not self.process.isalive())
        self.read()
        self.process.close()
        status, number = self.process.exitstatus, self.process.signalstatus
        return int(status) if status is not None else -int(number or 0)


def start(chats: list[Chat], *arguments: str, **more: object) -> Chat:
    chat = Chat(*arguments, **more)  # type: ignore[arg-type]
    chats.append(chat)
    chat.ready()
    return chat
