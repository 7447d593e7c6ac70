"""A calculator called by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError
from devops_exe.terminal.commands import Reply
from devops_exe.terminal.replies.explaining import assigned
from devops_exe.terminal.view.entry import outputs_lines
from devops_exe.terminal.view.wrap import wrap

if TYPE_CHECKING:
    from devops_exe.terminal.app import App


def calc(app: App, arguments: str) -> Reply:
    """``/calc NAME FIELD=VALUE…``; without a name, the calculators."""
    from devops_exe.design import registry

    name, _, rest = arguments.partition(" ")
    if not name:
        lines: list[str] = []
        for one in registry.OPERATIONS:
            lines += wrap(one.summary, app.width, f"{one.name:22} ")
        names = [one.name for one in registry.OPERATIONS]
        return Reply("\n".join(lines), data=names)
    calculator, _, op = name.partition(".")
    registry.find(calculator, op or None)
    inputs: dict[str, object] = {"op": op} if op else {}
    rest = rest.strip()
    if rest.startswith("{"):
        inputs |= _object(rest)
    elif rest:
        inputs |= {field: value_of(text) for field, text in assigned(rest, "/calc").items()}
    answer = registry.run(calculator, inputs)
    lines = outputs_lines(answer.outputs, app.width)
    lines += wrap(answer.operation.formula, app.width, "Formula  ")
    lines += wrap(answer.operation.source, app.width, "Source   ")
    for warning in answer.warnings:
        lines += wrap(warning, app.width, "! ")
    return Reply("\n".join([answer.operation.name, *lines]), data=answer.as_json())


def value_of(text: str) -> object:
    """A typed value: JSON where it is some (a number, true, a list), else the text.

    >>> value_of("99.95"), value_of("25%"), value_of("1,200")
    (99.95, '25%', 1200)
    """
    for candidate in (text, text.replace(",", "") if text[:1].isdigit() else text):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return text


def _object(text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UserError(
            f"the input is no JSON: {problem}",
            where="/calc",
            fix="write FIELD=VALUE, or one JSON object",
            code="invalid_input",
        ) from None
    assert isinstance(read, dict)
    return read
