"""Streams with values of the wrong kind in any place: never a traceback, always a valid talk."""

from __future__ import annotations

import json
import random

import pytest
from wire_script import Box, asks, converse, faults, says, start, stop, stream, text, tool

from devops_exe.agent.events import ErrorRaised

WRONG = [None, 0, -1, 1.5, True, "", "x", [], {}, [1], {"a": 1}, "\ud800", "\x1b[31m", 10**30]
GOOD = [
    asks(("a", '{"x": 1}'), ("b", '{"y": "z"}'), words="hi "),
    says("one", "two"),
    [start(), *tool(0, "a", '{"q":', "2}"), *text(1, "after"), *stop("tool_use")],
]


def places(value, path=()):
    yield path
    if not isinstance(value, dict | list):
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(inner, (*path, key))


def spoiled(dice: random.Random) -> bytes:
    events = json.loads(json.dumps(dice.choice(GOOD)))
    for _ in range(dice.randint(0, 3)):
        *way, last = dice.choice([path for path in places(events) if path])
        target = events
        for key in way:
            target = target[key]
        if dice.random() < 0.3:
            del target[last]
        else:
            target[last] = json.loads(json.dumps(dice.choice(WRONG)))
        if not events:
            break
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


@pytest.mark.parametrize("seed", range(40))
def test_no_stream_brings_a_traceback_or_a_broken_conversation(router, no_waiting, seed):
    dice = random.Random(seed)
    box = Box(a="ok", b=lambda _: 1 / 0)
    run = converse(
        router, [stream(spoiled(dice)) for _ in range(40)], "x", "y", box=box, max_rounds=6
    )
    assert not faults(run.conversation.messages)
    assert not any(e.error.code == "engine_bug" for e in run.of(ErrorRaised))
    for request in run.requests:
        assert not faults(request["messages"])
    assert "\x1b" not in "".join(str(e) for e in run.events)
