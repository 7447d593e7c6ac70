"""The same conversations over a real socket, against a server that nobody here wrote."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from wire_script import Box, Run, faults, settings, turn

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.conversation import Conversation
from devops_exe.agent.events import ToolFinished

USAGE = {"input_tokens": 120, "output_tokens": 30}
FIXTURES = {
    "fixtures": [
        {"match": {"userMessage": "refuse me", "sequenceIndex": 0},
         "response": {"error": {"message": "slow", "type": "rate_limit_error"}, "status": 429}},
        {"match": {"userMessage": "overload", "sequenceIndex": 0},
         "response": {"error": {"message": "busy", "type": "overloaded_error"}, "status": 529}},
        {"match": {"userMessage": "wrong key"},
         "response": {"error": {"message": "invalid x-api-key", "type": "authentication_error"},
                      "status": 401}},
        {"match": {"userMessage": "cut me off", "sequenceIndex": 0},
         "response": {"content": "a long answer that never comes to its end " * 4},
         "truncateAfterChunks": 6},
        {"match": {"userMessage": "cut me off"}, "response": {"content": "Whole."}},
        {"match": {"userMessage": "refuse me"}, "response": {"content": "Welcome back."}},
        {"match": {"userMessage": "overload"}, "response": {"content": "Calm again."}},
        {"match": {"userMessage": "two tools", "hasToolResult": True},
         "response": {"content": "45 replicas, 21.6 minutes.", "usage": USAGE}},
        {"match": {"userMessage": "two tools"},
         "response": {"content": "Let me compute.", "usage": USAGE, "toolCalls": [
             {"name": "scaling", "arguments": {"rps": 1200, "per_pod": 60}},
             {"name": "slo", "arguments": {"percent": 99.95}}]}},
        {"match": {"userMessage": "think"},
         "response": {"content": "Blue-Green.", "reasoning": "Two sets of pods."}},
        {"match": {"userMessage": "hello"},
         "response": {"content": "Ship it – naïve ünïcode ✓", "usage": USAGE}},
    ]
}  # fmt: skip


def binary() -> str | None:
    """The server's executable: named, on the path, or where the install script puts it."""
    named = os.environ.get("DEVOPS_EXE_AIMOCK")
    if named:
        return named
    on_path = shutil.which("llmock")
    if on_path:
        return on_path
    # Tests have a home of their own; the script installs into the real one.
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    for cache in (os.environ.get("XDG_CACHE_HOME", ""), home / ".cache"):
        found = Path(cache or "/nonexistent") / "devops-exe/aimock/node_modules/.bin/llmock"
        if found.is_file():
            return str(found)
    return None


BINARY = binary()
if BINARY is None and os.environ.get("CI") != "true":
    pytest.skip("aimock is not installed (scripts/install_test_server.sh)", allow_module_level=True)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    assert BINARY, "CI must have aimock: scripts/install_test_server.sh"
    file = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    file.write_text(json.dumps(FIXTURES))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [BINARY, "-p", str(port), "-f", str(file), "-l", "30", "--log-level", "silent"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _await(port: int, server: subprocess.Popen) -> None:
    for _ in range(200):
        assert server.poll() is None, "aimock ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("aimock does not answer")


def talk(url: str, *lines: str, box: Box | None = None, **changes) -> Run:
    conversation, events = Conversation(), []

    async def main() -> None:
        where = settings(base_url=url, **changes)
        async with ClaudeEngine(where, "You are an architect.", box or Box()) as engine:
            for line in lines:
                events.extend(await turn(engine, conversation, line))

    asyncio.run(main())
    assert not faults(conversation.messages)
    return Run(events, conversation, [])


def test_words(url):
    run = talk(url, "hello")
    assert (run.done, run.text) == ("end_turn", "Ship it – naïve ünïcode ✓")
    assert (run.usage.input_tokens, run.usage.output_tokens) == (120, 30)


def test_two_tools_in_one_round(url):
    box = Box(scaling=lambda a: a["rps"] / a["per_pod"] * 2.25, slo="21.6 min")
    run = talk(url, "two tools", box=box)
    assert {name for name, _ in box.called} == {"scaling", "slo"}
    assert box.called[0][1] == {"rps": 1200, "per_pod": 60}
    assert [e.ok for e in run.of(ToolFinished)] == [True, True]
    assert [r["content"] for r in run.results] == ["45.0", "21.6 min"]
    assert run.text == "Let me compute.\n\n45 replicas, 21.6 minutes."
    assert run.usage.round_trips == 2


def test_a_conversation_of_several_turns(url):
    run = talk(url, "hello", "think", "hello", thinking=True)
    assert [m["role"] for m in run.conversation.messages] == ["user", "assistant"] * 3
    assert run.conversation.messages[3]["content"][-1]["text"] == "Blue-Green."


def test_a_rate_limit_is_waited_for(url, no_waiting):
    run = talk(url, "refuse me")
    assert (run.done, run.text, len(run.retries)) == ("end_turn", "Welcome back.", 1)
    assert "rate limit" in run.retries[0].reason


def test_an_overload_is_waited_for(url, no_waiting):
    run = talk(url, "overload")
    assert (run.done, run.text, len(run.retries)) == ("end_turn", "Calm again.", 1)


def test_a_cut_stream_is_asked_again(url, no_waiting):
    run = talk(url, "cut me off")
    assert run.done == "end_turn"
    assert (len(run.cuts), len(run.retries)) == (1, 1)
    assert run.conversation.messages[1]["content"] == [{"type": "text", "text": "Whole."}]


def test_a_wrong_key(url):
    run = talk(url, "wrong key")
    assert (run.done, run.error.code) == ("error", "wrong_key")


def test_what_the_server_does_not_know(url, no_waiting):
    run = talk(url, "no fixture for this")
    assert run.done == "error"
    assert "\n" not in run.error.line()


def test_the_server_saw_a_whole_request(url):
    talk(url, "hello", box=Box(slo="x"))
    with urllib.request.urlopen(f"{url}/__aimock/journal") as answer:
        journal = json.loads(answer.read())
    entries = journal if isinstance(journal, list) else journal["entries"]
    paths = {entry["path"] for entry in entries}
    assert paths == {"/v1/messages"}
