"""Turns of the whole application: the cached prefix, repairs, budgets, a service that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from loopback import whole
from wire_app import SYSTEM, Server, Stand
from wire_script import asks, refusal, says

from devops_exe.ground.errors import ExitStatus

MARK = b',"cache_control":{"type":"ephemeral"}'
SLO = ("slo", '{"slo_percent": 99.9}')


def submits(fields: dict) -> list:
    return whole(asks(("submit_blueprint", json.dumps({"fields": fields}))))


def prefix(body: bytes) -> bytes:
    """What the service caches before the messages: tools, system, model, in their own order."""
    asked = json.loads(body)
    return json.dumps([asked[name] for name in ("tools", "system", "model")]).encode()


def messages(body: bytes) -> bytes:
    """The messages of a request without the moving mark and without the list's end."""
    return (
        json.dumps(json.loads(body)["messages"], separators=(",", ":"))
        .encode()
        .replace(MARK, b"")[:-1]
    )


def test_the_prefix_has_the_same_bytes_in_every_turn():
    lines = [SYSTEM, "and with 3,000 rps?", "/pipeline", "why not canary?", "/scale 900 rps"]
    replies = [submits({}), whole(says("More.")), submits({}), whole(says("No.")), submits({})]
    with Server(*replies) as server, Stand(server.url) as stand:
        for line in lines:
            assert stand.say(line) == ExitStatus.OK, stand.err
        bodies = server.loopback.bodies
    assert len(bodies) == len(lines)
    assert len({prefix(body) for body in bodies}) == 1
    tools, system, _ = json.loads(prefix(bodies[0]))
    assert system[0]["cache_control"] == {"type": "ephemeral"}
    assert tools[-1]["cache_control"] == {"type": "ephemeral"}
    assert bodies[0].count(b'"cache_control"') == 3
    # Nothing that changes is in it, and what was said before is said again unchanged.
    assert b"checkout-api on EKS" not in prefix(bodies[0])
    for before, after in pairwise(bodies):
        assert messages(after).startswith(messages(before))


def test_the_prefix_has_the_same_bytes_in_every_process(tmp_path):
    with Server(*[submits({})] * 2) as server:
        for seed in ("1", "2"):
            folder = tmp_path / seed
            folder.mkdir()
            done = subprocess.run(
                [sys.executable, "-m", "devops_exe.cli", "--base-url", server.url, SYSTEM],
                env={
                    **os.environ,
                    "PYTHONHASHSEED": seed,
                    "DEVOPS_EXE_DATA_DIR": str(folder),
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "SOURCE_DATE_EPOCH": "1795000000",
                },
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stderr
        one, two = server.loopback.bodies
    assert prefix(one) == prefix(two)
    # The same line at the same moment: the whole request is the same.
    assert one == two


def test_usage_shows_what_the_cache_read_and_took():
    reply = whole(says("Yes.", cache_read_input_tokens=9000, cache_creation_input_tokens=700))
    with Server(reply, reply) as server, Stand(server.url) as stand:
        assert stand.say("is it?") == ExitStatus.OK
        assert "in 9.7k (cached 9.0k) · out 7 · " in stand.err
        stand.say("/cost")
        assert "cached 9.0k" in stand.out
    with Server(reply) as server, Stand(server.url, "--json") as stand:
        stand.say("is it?")
        usage = json.loads(stand.out)["usage"]
    assert usage["cache_read_tokens"] == 9000
    assert usage["cache_write_tokens"] == 700


# ── repair ───────────────────────────────────────────────────────────────────────────────────
WORSE = {"monitoring.alerts[0]": "page: error ratio > 3.7 % over 9 min"}
BAD = {"monitoring.alerts[0]": "page: error ratio > 0.72 % over 9 min"}


def test_the_best_of_four_submissions_is_shown_with_its_findings_and_status_one():
    replies = [submits(WORSE), submits(BAD), submits(WORSE), submits(WORSE)]
    with Server(*replies) as server, Stand(server.url) as stand:
        assert stand.say(SYSTEM) == ExitStatus.FINDINGS
        assert len(server.requests) == 4
        told = server.requests[1]["messages"][-1]["content"][0]
    assert told["is_error"]
    assert "unsupported_figure" in told["content"]
    assert "monitoring.alerts[0]" in told["content"]
    assert "9 min" in told["content"]
    assert "Pipeline Blocked" in stand.out
    assert "✗ error unsupported_figure" in stand.out
    assert "3.7" not in stand.out
    assert stand.say("/validate") == ExitStatus.FINDINGS


def test_a_mended_document_is_status_nought():
    with Server(submits(BAD), submits({})) as server, Stand(server.url) as stand:
        assert stand.say(SYSTEM) == ExitStatus.OK
    assert "Pipeline Active" in stand.out


# ── budgets ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("flags", "script", "said"),
    [
        (("--max-rounds", "1"), whole(asks(SLO)), "--max-rounds: the limit of 1 reply ended"),
        (("--max-tokens", "15"), whole(asks(SLO)), "--max-tokens: the limit of 15 tokens ended"),
        (("--timeout", "0.4"), ["hang"], "--timeout: the limit of 0.4 s ended"),
        ((), whole(asks(SLO)), "the same calls of slo in 3 rounds running, which ended"),
    ],
    ids=["rounds", "tokens", "seconds", "same calls"],
)
def test_each_limit_says_itself_and_what_exists_is_printed(flags, script, said):
    with Server(*[script] * 9) as server, Stand(server.url, *flags) as stand:
        assert stand.say(SYSTEM) == ExitStatus.ENGINE
    assert stand.out.startswith("DEVOPS BLUEPRINT\n")
    assert "DevOps Status: " in stand.out
    last = stand.err.splitlines()[-1]
    assert last.startswith("devops-exe: ")
    assert said in last
    assert "the words are the plan's own rules" in stand.err


def test_a_limit_after_a_submission_keeps_the_submission():
    fields = {**BAD, "environments[0].purpose": "a branch a day keeps the merge away"}
    with Server(submits(fields)) as server, Stand(server.url, "--max-rounds", "1") as stand:
        assert stand.say(SYSTEM) == ExitStatus.ENGINE
    assert "a branch a day keeps the merge away" in " ".join(stand.out.split())
    assert "the best submission stands" in stand.err


# ── a service that fails ─────────────────────────────────────────────────────────────────────
def answer(status: int, kind: str) -> list:
    made = refusal(status, kind)
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
    return [f"{head}content-length: {len(made.content)}\r\n\r\n".encode() + made.content]


@pytest.mark.parametrize("engine", ["claude", "auto"])
def test_a_refused_key_is_one_line_and_status_three(engine, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-wrong")
    script = answer(401, "authentication_error")
    with Server(script) as server, Stand(server.url, "--engine", engine) as stand:
        assert stand.say("how are you?") == ExitStatus.ENGINE
    assert stand.out == ""
    assert stand.err == (
        "devops-exe: ANTHROPIC_API_KEY: the service does not accept the key; "
        "set a valid key, or use --engine offline\n"
    )
    assert "sk-wrong" not in stand.err


class Agrees:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def confirm(self, text: str, *, default: bool = False) -> object:
        from devops_exe.terminal.question import Answer

        self.asked.append(text)
        return Answer(yes=True)


@pytest.mark.parametrize("status", [401, 402, 403, 404, 500, 529])
def test_the_chat_offers_the_rules_and_says_what_failed(status, no_waiting):
    with Server(*[answer(status, "x")] * 5) as server, Stand(server.url) as stand:
        stand.app.chatting = True
        question = stand.app.question = Agrees()
        stand.say("why canary?")
        assert question.asked == ["Go on with the offline rules?"]
        assert stand.err.splitlines()[-1]
        assert "✗ " in stand.err
        assert stand.app.session.writer.name["name"] == "offline"
        assert stand.say(SYSTEM) == ExitStatus.OK


def test_a_limit_of_ones_own_offers_nothing():
    with Server(whole(asks(SLO))) as server, Stand(server.url, "--max-rounds", "1") as stand:
        stand.app.chatting = True
        question = stand.app.question = Agrees()
        assert stand.say("why?") == ExitStatus.ENGINE
    assert question.asked == []


def test_a_service_that_repeats_the_key_does_not_show_it(monkeypatch):
    key = "my-own-key-0123456789"
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    body = json.dumps({"type": "error", "error": {"type": "x", "message": f"bad: {key}"}}).encode()
    head = f"HTTP/1.1 400 X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    with Server([f"{head}\r\n\r\n".encode() + body]) as server, Stand(server.url) as stand:
        assert stand.say("how are you?") == ExitStatus.ENGINE
    assert key not in stand.err
    assert "‹secret:api-key›" in stand.err


def test_one_connection_serves_a_conversation_and_is_closed_with_it():
    with Server(*[whole(says("good"))] * 4) as server, Stand(server.url) as stand:
        for line in ("one", "two", "three"):
            assert stand.say(line) == ExitStatus.OK
        assert server.loopback.connections == 1
        wire = stand.app.session.writer._wire
        stand.app.set("engine", "offline")
        assert stand.say("/engine offline") == ExitStatus.OK
        assert wire._client is None
        assert stand.say("/engine claude") == ExitStatus.OK
        assert stand.say("four") == ExitStatus.OK
        assert server.loopback.connections == 2
