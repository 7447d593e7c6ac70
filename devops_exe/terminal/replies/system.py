"""Who answers, what it took, and the settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import UserError
from devops_exe.ground.options import OPTIONS
from devops_exe.ground.prices import money
from devops_exe.ground.text import cut, pad
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.showing import price_of
from devops_exe.terminal.view.progress import cost_of
from devops_exe.terminal.view.quantity import short_count
from devops_exe.terminal.view.wrap import paragraphs, wrap
from devops_exe.terminal.writers import ENGINES, label, waits, writer_of

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def engine(app: App, arguments: str) -> Reply:
    """Say who answers, or change it."""
    name = arguments.strip().lower()
    if not name:
        told = paragraphs(f"{label(app.session.writer)} answers", app.width)
        return Reply(told, data=dict(app.session.writer.name))
    if name not in ENGINES:
        raise UserError(
            f"{name[:40]!r} is no engine",
            where="/engine",
            fix=f"use one of {', '.join(ENGINES)}",
            code="unknown_engine",
        )
    before = app.settings
    app.set("engine", name)
    try:
        app.use(writer_of(app.settings))
    except Exception:
        app.settings = before
        raise
    return Reply(f"{label(app.session.writer)} answers from now on")


def model(app: App, arguments: str) -> Reply:
    """Say which model answers, or change it."""
    name = arguments.strip()
    present = app.settings.text("model") or "none"
    if not name:
        idle = "" if waits(app.session.writer) else "; the offline engine uses none"
        return Reply(paragraphs(f"{present}{idle}", app.width), data={"model": present})
    app.set("model", name)
    if waits(app.session.writer):
        app.use(writer_of(app.settings))
        return Reply(f"{label(app.session.writer)} answers from now on")
    return Reply(f"{name}; it counts once /engine claude answers")


def context(app: App, arguments: str) -> Reply:
    """What was sent to a model, secrets already replaced: a list, or one message whole.

    Raises:
        UserError: there is no such message.
    """
    from devops_exe.agent import prompts

    messages = _sent(app)
    if not messages:
        told = "nothing was sent: no model was asked in this session"
        return Reply(paragraphs(told, app.width), data={"messages": 0})
    wanted = arguments.strip().lower()
    if wanted == "all" or wanted.isdecimal():
        return _whole(messages, wanted)
    if wanted:
        raise UserError(
            f"{wanted[:40]!r} is no message", where="/context", fix="write /context N, or all"
        )
    system = prompts.system_text()
    size = len(json.dumps(messages, ensure_ascii=False).encode())
    total = f"{len(messages)} messages, {size / 1024:.1f} KiB, go with the next question to "
    lines = [
        f"0  system     persona and rules, prompts {prompts.version()}, {_kib(system)}; the tools",
        *(f"{number}  {_line(message)}" for number, message in enumerate(messages, 1)),
        f"{total}{_where(app)}; /context N prints one",
    ]
    data = {"messages": len(messages), "bytes": size, "prompts": prompts.version()}
    return Reply("\n".join(cut(line, max(39, app.width)) for line in lines), data=data)


def _sent(app: App) -> list[dict[str, Any]]:
    memory = app.session.memory
    as_json = getattr(memory, "to_json", None)
    memory = as_json() if callable(as_json) else memory
    messages = memory.get("messages") if isinstance(memory, dict) else None
    return messages if isinstance(messages, list) else []


def _whole(messages: list[dict[str, Any]], wanted: str) -> Reply:
    from devops_exe.agent import prompts

    first: list[dict[str, Any]] = [{"role": "system", "content": [{"text": prompts.system_text()}]}]
    every = [*first, *messages]
    if wanted == "all":
        return Reply("\n\n".join(map(_text, every)), data=every)
    if int(wanted) >= len(every):
        raise UserError(
            f"there is no message {int(wanted)}",
            where="/context",
            fix=f"name one up to {len(messages)}",
        )
    return Reply(_text(every[int(wanted)]), data=every[int(wanted)])


def _text(message: dict[str, Any]) -> str:
    parts = [f"── {message.get('role')}"]
    for block in message.get("content", []):
        if "text" in block:
            parts.append(str(block["text"]))
        else:
            parts.append(json.dumps(block, ensure_ascii=False, indent=1))
    return "\n".join(parts)


def _line(message: dict[str, Any]) -> str:
    blocks = message.get("content", [])
    kinds = [str(block.get("type")) for block in blocks]
    told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    said = next((str(block["text"]) for block in blocks if "text" in block), "")
    size = _kib(json.dumps(blocks, ensure_ascii=False))
    return f"{pad(str(message.get('role')), 10)} {told}, {size}: {' '.join(said.split())[:60]}"


def _kib(text: str) -> str:
    return f"{len(text.encode()) / 1024:.1f} KiB"


def _where(app: App) -> str:
    settings = getattr(app.session.writer, "settings", None)
    return str(getattr(settings, "host", "the model"))


def cost(app: App, arguments: str) -> Reply:
    """Tokens of this session; money only at prices of the user's own configuration."""
    del arguments
    used = [result.usage for result in app.session.results]
    total = {
        "turns": len(used),
        "round_trips": sum(one.round_trips for one in used),
        "input_tokens": sum(one.input_tokens for one in used),
        "output_tokens": sum(one.output_tokens for one in used),
        "cache_read_tokens": sum(one.cache_read_tokens for one in used),
        "cache_write_tokens": sum(one.cache_write_tokens for one in used),
    }
    if not total["round_trips"]:
        told = "no token was used: the offline engine asks no service"
        return Reply(paragraphs(told, app.width), data=total)
    sent = total["input_tokens"] + total["cache_read_tokens"] + total["cache_write_tokens"]
    text = (
        f"in {short_count(sent)} (cached {short_count(total['cache_read_tokens'])}) · "
        f"out {short_count(total['output_tokens'])} · "
        f"{_many(total['round_trips'], 'round trip')} · {_many(total['turns'], 'turn')}"
    )
    data: dict[str, int | float] = dict(total)
    dollars, unpriced = _paid(app)
    if dollars > 0:
        data["usd"] = round(dollars, 6)
        text += f" · {money(dollars)}"
    if unpriced:
        text += (
            f"\nno price is known for {', '.join(unpriced)}: [prices.MODEL] in your config.toml "
            "(input, output; US dollars for a million tokens)"
        )
    return Reply(paragraphs(text, app.width), data=data)


def _many(count: float, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _paid(app: App) -> tuple[float, list[str]]:
    """US dollars of this session, and the models that have no price."""
    dollars, unpriced = 0.0, {}
    for result in app.session.results:
        if not result.usage.round_trips:
            continue
        price = price_of(app, result)
        if price is None:
            unpriced[str(result.engine.get("model"))] = True
        else:
            dollars += cost_of(result.usage, price)
    return dollars, list(unpriced)


def config(app: App, arguments: str) -> Reply:
    """Each setting that has a value, and where it came from."""
    del arguments
    listed = app.settings.listing
    order = [option.name for option in OPTIONS if option.name in listed]
    rows = [
        (name, listed[name].value, f"{listed[name].whence}: {listed[name].where}")
        for name in (*order, *app.settings.priced)
    ]
    lines: list[str] = []
    for name, value, where in rows:
        lines += wrap(where, app.width, f"{pad(name, 12)} {pad(value, 22)} ")
    data = {name: {"value": value, "from": where} for name, value, where in rows}
    return Reply("\n".join(lines), data=data)


def doctor(app: App, arguments: str) -> Reply:
    """What is installed and set, and what each missing thing costs."""
    del arguments
    import os
    from dataclasses import asdict

    from devops_exe.ground.errors import ExitStatus
    from devops_exe.terminal.doctor import checks, lines

    found = checks(app.settings, app.screen.terminal, os.environ)
    failed = any(one.state == "fail" for one in found)
    return Reply(
        "\n".join(lines(found, app.width)),
        data=[asdict(one) for one in found],
        status=ExitStatus.FINDINGS if failed else ExitStatus.OK,
    )


def quit_(app: App, arguments: str) -> Reply:
    """Leave."""
    del app, arguments
    return Reply(leave=True)
