"""Imports ``anthropic`` in a thread: its two seconds pass while the user types."""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
import threading
import time
from contextlib import suppress

from devops_exe.ground.errors import EngineError

_lock = threading.Lock()
_threads: list[threading.Thread] = []
_hurry = threading.Event()

_MOMENT_SECONDS = 0.001
"""How long the import makes way before each of its modules: long enough for another thread to
take the interpreter."""


def start(*, politely: bool = False) -> None:
    """Begin the import, once; returns at once.

    A daemon thread: leaving the program does not wait for it.

    Args:
        politely: somebody types meanwhile: the import makes way between its modules, so that a
            key need not wait for the interpreter, until ``loaded`` is awaited.
    """
    if not politely:
        _hurry.set()
    with _lock:
        if not _threads and "anthropic" not in sys.modules:
            _threads.append(threading.Thread(target=_import, name="load-anthropic", daemon=True))
            _threads[0].start()


async def loaded() -> None:
    """Wait for the import without blocking the loop.

    Raises:
        EngineError: the package is missing or broken.
    """
    _hurry.set()
    start()
    while _threads and _threads[0].is_alive():
        await asyncio.sleep(0.02)
    try:
        importlib.import_module("anthropic")
    except Exception as error:
        raise EngineError(
            f"the Anthropic SDK cannot be loaded ({error})",
            where="anthropic",
            fix="install devops-exe again, or use --engine offline",
            code="sdk_missing",
        ) from error


def _import() -> None:
    # The import makes half a million objects that all live on: collecting between them
    # costs 0.2 s and finds nothing.
    collecting = gc.isenabled()
    gc.disable()
    polite = _MakesWay()
    sys.meta_path.insert(0, polite)
    try:
        with suppress(Exception):
            importlib.import_module("anthropic")
            # Touched here so that the first turn does not pay for it.
            importlib.import_module("anthropic.resources.messages")
    finally:
        sys.meta_path.remove(polite)
        if collecting:
            gc.freeze()  # else the next collection walks them all, and a key waits for it
            gc.enable()


class _MakesWay:
    """Finds no module: it only lets the interpreter go for a moment before each."""

    def find_spec(self, *_: object) -> None:
        if threading.current_thread() in _threads and not _hurry.is_set():
            time.sleep(_MOMENT_SECONDS)
