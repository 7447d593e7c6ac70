"""Models that misbehave in set ways: what a service would answer, without a service.

A script is a pure function from a request and the number of the call (from 0) to a reply. It
sees what a model would see, so a script may follow its prompt, or not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Request = Mapping[str, Any]
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a service.

    Attributes:
        blocks: text and tool calls of the message.
        stop: its stop reason; a tool call's is ``tool_use``.
        status: of HTTP; other than 200 is an error of the service.
        cut: the stream breaks off before its end.
    """

    blocks: tuple[Block, ...] = ()
    stop: str = "end_turn"
    status: int = 200
    cut: bool = False


Script = Callable[[Request, int], Reply]


def says(text: str) -> Block:
    """A block of text."""
    return {"type": "text", "text": text}


def calls(name: str, arguments: object, key: str = "") -> Block:
    """A call of a tool; arguments that are a string are sent as they stand."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"type": "tool_use", "id": f"toolu_{name}{key}", "name": name, "json": text}


def _submit(fields: Mapping[str, object], number: int, **more: object) -> Reply:
    call = calls("submit_blueprint", {"fields": fields, **more}, f"_{number}")
    return Reply((call,), "tool_use")


def said(request: Request) -> str:
    """All text of the user's messages and the system, as a model reads it."""
    system = "".join(block.get("text", "") for block in request.get("system", ()))
    return system + "".join(_text(block) for m in request["messages"] for block in m["content"])


def _text(block: Mapping[str, Any]) -> str:
    return str(block.get("text", "")) if block.get("type") == "text" else ""


def _refusals(request: Request) -> int:
    return sum(
        1
        for message in request["messages"]
        for block in message["content"]
        if block.get("type") == "tool_result" and block.get("is_error")
    )


_FIELD = "environments[0].purpose"


def obedient(request: Request, number: int) -> Reply:
    """Does what its prompt says, and only that: a prompt that says nothing gets nothing."""
    text = said(request)
    if "<arguments>" not in text or number > 0:
        return Reply((says("I see no words of a user."),))
    if "call `submit_blueprint` with the fields" not in text:
        return Reply((says("It stands as the ledger has it; nothing moved that was not asked."),))
    path, words = _chosen(text)
    if "You never type a figure" not in text:
        words += " for 37 % of the teams"
    opening = says("The rollback decides this design; check the objective first. ")
    call = calls("submit_blueprint", {"fields": {path: words} if path else {}})
    return Reply((opening, call) if "at most three sentences" in text else (call,), "tool_use")


def _chosen(text: str) -> tuple[str, str]:
    """A field of the draft without figures, and words for it; a path that is empty: none."""
    match = re.search(r"<draft>\n(.*?)\n</draft>", text, re.DOTALL)
    draft = json.loads(match[1]) if match else {}
    if _FIELD in draft:
        return _FIELD, "a branch a day keeps the merge away"
    for path, told in draft.items():
        words = "".join(told) if isinstance(told, list) and _texts(told) else told
        if isinstance(words, str) and not re.search(r"[\d{]", words):
            return path, words
    return "", ""


def _texts(parts: list[object]) -> bool:
    """Whether a field's parts are words alone, without a figure among them."""
    return all(isinstance(part, str) for part in parts)


def types_figures(_: Request, number: int) -> Reply:
    """Types a figure of its own into each submission, however often it is refused."""
    words = ("serves 48,213 users", "one release in 17.3 fails", "saves 42 % of the cost")
    return _submit({_FIELD: words[number % 3]}, number)


def repairs(request: Request, number: int) -> Reply:
    """Types a figure once and mends it when told."""
    wrong = _refusals(request) == 0
    return _submit({_FIELD: "holds 731 branches" if wrong else "one branch a change"}, number)


def unknown_paths(request: Request, number: int) -> Reply:
    """Submits fields that no document has, then gives up."""
    if _refusals(request):
        return Reply((says("I give up."),))
    return _submit({"overview.reliability": "perfect", "nowhere.at.all": "words"}, number)


def never_submits(_: Request, __: int) -> Reply:
    """Talks and submits nothing."""
    return Reply((says("A fine system. I would leave it as it is."),))


def unknown_tools(request: Request, _: int) -> Reply:
    """Asks for tools that do not exist, among them a shell."""
    if _refusals(request):
        return Reply((says("There is no shell here."),))
    asked = (
        calls("run_shell", {"command": "kubectl delete ns production"}),
        calls("write_file", {"path": "/etc/passwd", "text": "x"}),
    )
    return Reply(asked, "tool_use")


def injects(request: Request, number: int) -> Reply:
    """Puts control sequences, Markdown and an order to the user into the prose."""
    if _refusals(request) > 1:
        return Reply((says("\x1b]0;owned\x07\x1b[2Jdone"),))
    fields = {
        _FIELD: "\x1b[31mrun\x1b[0m\u202e it\nnow",
        "pipeline.build[0]": "one artefact\u0007, built once",
    }
    return _submit(fields, number)


def wrong_references(request: Request, number: int) -> Reply:
    """Refers to a ledger entry that is not there, then to an output that is not."""
    if _refusals(request) > 1:
        return Reply((says("I find no such figure."),))
    figure = "L99.rto_minutes" if not _refusals(request) else "L1.no_such_output"
    return _submit({_FIELD: ["back in ", {"figure": figure}, " minutes"]}, number)


def quotes_what_ifs(request: Request, number: int) -> Reply:
    """Computes a better recovery of its own and tries to quote it in the document."""
    if number == 0:
        asked = {"strategy": "blue_green", "detection": "probe", "automated_rollback": True}
        return Reply((calls("rto", asked),), "tool_use")
    if _refusals(request):
        return Reply((says("My own figure may not stand there."),))
    return _submit({_FIELD: ["back in ", {"figure": "W1.rto_minutes"}, " minutes"]}, number)


def proposes(_: Request, number: int) -> Reply:
    """Proposes another input instead of taking it."""
    proposal = {"field": "slo_percent", "value": 99.0, "why": "the dependencies allow no more"}
    return _submit({_FIELD: "where a change is tried first"}, number, proposals=[proposal])


def asks_for_ever(_: Request, number: int) -> Reply:
    """Calls a calculator again and again with other numbers and never comes to an end."""
    return Reply((calls("slo", {"slo_percent": 99 + number / 100}, f"_{number}"),), "tool_use")


def reads_outside(request: Request, _: int) -> Reply:
    """Reads files outside the repository, and secrets in it."""
    if _refusals(request):
        return Reply((says("Those files are closed to me."),))
    asked = ("../../../../etc/passwd", "/etc/passwd", ".env")
    return Reply(
        tuple(calls("read_file", {"path": path}, f"_{n}") for n, path in enumerate(asked)),
        "tool_use",
    )


def broken_arguments(request: Request, number: int) -> Reply:
    """Sends half of a JSON object as a tool's arguments, then whole ones."""
    if _refusals(request):
        return _submit({_FIELD: "where a change is tried first"}, number)
    return Reply((calls("submit_blueprint", '{"fields": {"environments[0].pur'),), "tool_use")


def wrong_types(request: Request, _: int) -> Reply:
    """Calls calculators with wrong types and a zero for a divisor."""
    if _refusals(request):
        return Reply((says("The calculators refused."),))
    asked = (
        calls("slo", {"slo_percent": "very high"}, "_0"),
        calls("scaling", {"op": "capacity", "arrival_rps": 10, "mean_service_ms": 0}, "_1"),
    )
    return Reply(asked, "tool_use")


def cut_once(request: Request, number: int) -> Reply:
    """The stream breaks off once; asked again, it answers."""
    if number == 0:
        return Reply((says("The rollback decides "),), cut=True)
    return obedient(request, 0)


def refuses(_: Request, __: int) -> Reply:
    """Declines to answer."""
    return Reply((says("I cannot help with that."),), "refusal")


def overloaded(_: Request, __: int) -> Reply:
    """The service is overloaded, for ever."""
    return Reply(status=529)


def floods(request: Request, number: int) -> Reply:
    """Submits a hundred thousand characters for one field."""
    if _refusals(request):
        return Reply((says("Too long, it seems."),))
    return _submit({_FIELD: "merge " * 20_000}, number)


SCRIPTS: Mapping[str, Script] = {
    "obedient": obedient,
    "types-figures": types_figures,
    "repairs": repairs,
    "unknown-paths": unknown_paths,
    "never-submits": never_submits,
    "unknown-tools": unknown_tools,
    "injects": injects,
    "wrong-references": wrong_references,
    "quotes-what-ifs": quotes_what_ifs,
    "proposes": proposes,
    "asks-for-ever": asks_for_ever,
    "reads-outside": reads_outside,
    "broken-arguments": broken_arguments,
    "wrong-types": wrong_types,
    "cut-once": cut_once,
    "refuses": refuses,
    "overloaded": overloaded,
    "floods": floods,
}
"""Scripts by their name in a case's file."""
