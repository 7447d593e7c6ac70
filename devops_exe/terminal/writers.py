"""Who answers: the offline rules, or Claude through the Anthropic SDK."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, cast

from devops_exe.agent.session import OfflineWriter
from devops_exe.ground.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devops_exe.agent.session import Writer
    from devops_exe.ground.settings import Settings

ENGINES: tuple[str, ...] = ("auto", "claude", "offline")


def _nothing_to_use() -> EngineError:
    return EngineError(
        "the claude engine needs a key or a server, and there is neither",
        where="--engine claude",
        fix="export ANTHROPIC_API_KEY=…, or name a server with --base-url URL; without either "
        "--engine offline answers every command",
        code="no_key",
    )


def claude_is_set(settings: Settings, environment: Mapping[str, str] | None = None) -> bool:
    """Whether a key, a token or a base URL is there."""
    environment = os.environ if environment is None else environment
    keys = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    return bool(settings.text("base-url") or settings.key) or any(
        environment.get(key, "").strip() for key in keys
    )


def engine_of(settings: Settings) -> str:
    """``claude`` or ``offline``; ``auto`` is claude where a key or a base URL is set.

    Raises:
        EngineError: claude was asked for and nothing that it needs is there.
        UserError: the engine is none of the three.
    """
    asked = settings.choice("engine", ENGINES) if "engine" in settings.values else "auto"
    if asked == "offline":
        return "offline"
    if claude_is_set(settings):
        return "claude"
    if asked == "claude":
        raise _nothing_to_use()
    return "offline"


def writer_of(settings: Settings) -> Writer:
    """The engine that the settings choose.

    Raises:
        EngineError: claude was asked for and cannot be had.
    """
    if engine_of(settings) == "offline":
        return OfflineWriter()
    try:
        module = importlib.import_module("devops_exe.agent.claude_writer")
    except ModuleNotFoundError as problem:
        if settings.text("engine") in {None, "auto"}:
            return OfflineWriter()
        raise EngineError(
            f"the claude engine cannot be loaded ({problem.name} is missing)",
            where="--engine claude",
            fix="install devops-exe again, or use --engine offline",
            code="engine_missing",
        ) from None
    return cast("Writer", module.ClaudeWriter.create(settings))


def waits(writer: Writer) -> bool:
    """Whether this engine waits for anything: then an event loop drives it."""
    return writer.name["name"] != "offline"


def label(writer: Writer) -> str:
    """The engine in a few words: ``claude (claude-sonnet-5-5)``."""
    model = writer.name["model"]
    return f"{writer.name['name']} ({model})" if model else "offline (rules, no model)"
