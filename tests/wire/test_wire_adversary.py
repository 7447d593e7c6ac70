"""Answers that no honest server gives, through the whole application.

Whatever comes: no traceback, the turn ends with the right status, the conversation is one the
API accepts, and what is printed steers no terminal.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import threading
import time

import pytest
from loopback import HEAD, begun, chunk, whole
from wire_app import SYSTEM, Server, Stand
from wire_script import asks, faults, says, sse, start, stop, text, tool

from devops_exe.ground.errors import ExitStatus

GOOD = says("good")
STREAM = sse(GOOD)


def http(status: int, body: bytes = b"", **headers: str | None) -> list:
    fields = {"content-length": str(len(body)), "content-type": "application/json"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{k}: {v}\r\n" for k, v in fields.items() if v is not None)
    return [f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("latin-1") + body]


def streamed(body: bytes, **headers: str | None) -> list:
    return http(200, body, **({"content_type": "text/event-stream"} | headers))


def sent(*events: dict) -> list:
    return whole(list(events))


def block(index: int, kind: str, **more: object) -> dict:
    found = {"type": kind, **more}
    return {"type": "content_block_start", "index": index, "content_block": found}


def delta(index: int, kind: str, **more: object) -> dict:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **more}}


def ends(index: int) -> dict:
    return {"type": "content_block_stop", "index": index}


def error(kind: str, message: object = "m") -> dict:
    return {"type": "error", "error": {"type": kind, "message": message}}


def refused(status: int, kind: str = "rate_limit_error", message: object = "m", **headers) -> list:
    return http(status, json.dumps(error(kind, message)).encode(), **headers)


def called(**more: object) -> list:
    return sent(start(), block(0, "tool_use", **more), ends(0), *stop("tool_use"))


def message(content: object) -> list:
    body = {**start()["message"], "content": content, "stop_reason": "end_turn"}
    return http(200, json.dumps(body).encode())


SLO = ("slo", '{"slo_percent": 99.9}')

ANSWERED = {
    "no content type": http(200, STREAM, content_type=None),
    "status 201": http(201, STREAM, content_type="text/event-stream"),
    "packed as it says": streamed(gzip.compress(STREAM), content_encoding="gzip"),
    "an encoding nobody knows": streamed(STREAM, content_encoding="rot13"),
    "longer content-length, whole stream": [
        *streamed(STREAM, content_length=str(len(STREAM) + 99)), "fin",
    ],
    "100 before": [b"HTTP/1.1 100 Continue\r\n\r\n", *streamed(STREAM)],
    "103 before": [b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", *streamed(STREAM)],
    "HTTP 1.0": [b"HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + STREAM, "fin"],
    "a second answer after it": [*streamed(STREAM), b"HTTP/1.1 200 OK\r\n\r\nmore"],
    "5,000 headers": streamed(STREAM, **{f"x{n}": "y" for n in range(5000)}),
    "byte order mark": streamed(b"\xef\xbb\xbf" + STREAM),
    "lines end with CR": streamed(STREAM.replace(b"\n", b"\r")),
    "no blank after the colon": streamed(STREAM.replace(b": ", b":")),
    "event without a type": streamed(b'data: {"a": 1}\n\n' + STREAM),
    "event line that lies": streamed(STREAM.replace(b"event: message_stop", b"event: error")),
    "ping that is no JSON": streamed(b"event: ping\ndata: {nope\n\n" + STREAM),
    "50,000 empty events": streamed(b"\n\n" * 50_000 + STREAM),
    "id and retry": streamed(b"id: 1\nretry: 99999999\n\n" + STREAM),
    "data in two lines": streamed(b'event: x\ndata: {"type":\ndata: "ping"}\n\n' + STREAM),
    "NUL bytes": streamed(b"\x00\x00" + STREAM),
    "error event without data": streamed(b"event: error\n\n" + STREAM),
    "[DONE] after it": streamed(STREAM + b"data: [DONE]\n\n"),
    "message_stop without message_delta": sent(start(), *text(0, "good"), stop()[1]),
    "two starts": sent(start(), *GOOD),
    "blocks after the end": sent(*GOOD, *text(1, "more")),
    "the whole twice": sent(*GOOD, *GOOD),
    "block without an end": sent(start(), *text(0, "good")[:-1], *stop()),
    "piece after the block's end": sent(
        start(), *text(0, "go"), delta(0, "text_delta", text="od"), *stop()
    ),
    "negative index": sent(start(), *text(-3, "good"), *stop()),
    "index beyond any integer": sent(start(), *text(10**20, "good"), *stop()),
    "indexes out of order": sent(start(), *text(5, "good"), *text(1, " "), *stop()),
    "a stop reason of 100 kB": sent(*says("good", reason="x" * 100_000)),
    "a stop reason with controls": sent(*says("good", reason="\x1b[2J\u202ex")),
    "a stop reason that is an object": sent(*says("good", reason={"a": 1})),
    "blocks of the service's own tools": sent(
        start(), block(0, "server_tool_use", id="s", name="web_search", input={}), ends(0),
        block(1, "web_search_tool_result", tool_use_id="s", content=[]), ends(1),
        *text(2, "good"), *stop(),
    ),
    "redacted thoughts": sent(
        start(), block(0, "redacted_thinking", data="x"), ends(0), *text(1, "good"), *stop()
    ),
    "usage beyond any budget": sent(*says("good", output_tokens=10**12)),
    "usage with a fraction": sent(
        start(), *text(0, "good"),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"},
         "usage": {"output_tokens": 1.5}}, stop()[1],
    ),
    "one piece, not streamed": message([{"type": "text", "text": "good"}]),
}  # fmt: skip

SILENT = {
    "message_stop alone": sent(stop()[1]),
    "empty content": sent(start(), *stop()),
    "blanks only": sent(*says("  \n ")),
    "invisible characters only": sent(*says("\u200b\u2066\u200f")),
    "thoughts only": sent(
        start(), block(0, "thinking", thinking="hm", signature="s"), ends(0), *stop()
    ),
    "a tool's piece in a text": sent(
        start(), block(0, "text", text=""), delta(0, "input_json_delta", partial_json="{}"),
        ends(0), *stop(),
    ),
    "a thought's piece in a text": sent(
        start(), block(0, "text", text=""), delta(0, "thinking_delta", thinking="\x1b[2Jhm"),
        ends(0), *stop(),
    ),
}  # fmt: skip

FAILED = {
    "a web page": http(200, b"<html>hi</html>", content_type="text/html"),
    "bytes of no kind": http(200, b"\x00\xff" * 999, content_type="application/octet-stream"),
    "not packed as it says": streamed(STREAM, content_encoding="gzip"),
    "not deflated": streamed(STREAM, content_encoding="deflate"),
    "packed and cut": streamed(gzip.compress(STREAM * 50)[:60], content_encoding="gzip"),
    "a refusal not packed as it says": http(500, b"no", content_encoding="gzip"),
    "shorter content-length": streamed(STREAM, content_length=str(len(STREAM) - 30)),
    "negative content-length": streamed(STREAM, content_length="-5"),
    "content-length of letters": streamed(STREAM, content_length="abc"),
    "a chunk without a size": [HEAD, b"zz\r\nhello\r\n", "fin"],
    "204": http(204),
    "205": http(205),
    "302 to nowhere": http(302),
    "304": http(304),
    "300": http(300, b"x"),
    "101": [b"HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n", "fin"],
    "429 until a day long gone": refused(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    "429 until a day that is none": refused(429, retry_after="Wed, 99 Oct 2099 07:28:00 GMT"),
    "429 until a day without a zone": refused(429, retry_after="21 Oct 2015 07:28:00"),
    "429 until the year 9999": refused(429, retry_after="Fri, 21 Oct 9999 07:28:00 GMT"),
    "429 for ever": refused(429, retry_after="1e400"),
    "429 for 400 digits of seconds": refused(429, retry_after="9" * 400),
    "429 for less than nothing": refused(429, retry_after="-99", retry_after_ms="-inf"),
    "500 with 5 MB of page": http(500, b"<html>" + b"x" * 5_000_000, content_type="text/html"),
    "503 with controls": refused(503, "api_error", "\x1b]0;x\x07 \x1b[2J bad\n\nlines\u202e"),
    "503 in no UTF-8": http(503, b"\xff\xfe\xfa"),
    "529 with an object for words": refused(529, "overloaded_error", {"a": 1}),
    "400 with a list": http(400, b"[1,2]"),
    "400 with null": http(400, b"null"),
    "400 with a text": http(400, b'"x"'),
    "400 with an error of a list": http(400, b'{"error":[1]}'),
    "400 as others say it": http(400, b'{"detail":"no such field"}'),
    "400 with a number for type": http(400, b'{"type":"error","error":{"type":5}}'),
    "400 as deep as JSON goes": http(400, b"[" * 100_000),
    "status 600": http(600, b"x"),
    "status 999": http(999, b"x"),
    "HTTP 0.9": [STREAM, "fin"],
    "another protocol": [b"SSH-2.0-OpenSSH_9.6\r\n", "fin"],
    "a header of 200 kB": [b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n", "fin"],
    "no blank line at the end": streamed(STREAM[:-1]),
    "an event that is null": streamed(b"data: null\n\n" + STREAM),
    "an error event of words": streamed(b"event: error\ndata: overloaded\n\n"),
    "[DONE] for an end": streamed(STREAM.partition(b"event: message_s")[0] + b"data: [DONE]\n\n"),
    "529 in mid-stream": sent(start(), *text(0, "half ")[:-1], error("overloaded_error")),
    "a lost key in mid-stream": sent(
        start(), *text(0, "half ")[:-1], error("authentication_error")
    ),
    "an error of a text": sent(start(), {"type": "error", "error": "boo"}),
    "an error of nothing": sent(start(), {"type": "error"}),
    "text for content": message("good"),
    "content of no blocks": message([None, 5, "x", {"type": "text"}]),
    "another API's answer": http(200, b'{"choices":[{"message":{"content":"hi"}}]}'),
    "half an answer": http(200, b'{"content": ['),
    "no answer": http(200),
    "an empty stream": streamed(b""),
    "lines of JSON": http(200, b"\n".join(json.dumps(e).encode() for e in GOOD)),
    # What ends these turns is the rule of the same calls, or the limit of replies.
    "a tool without input": called(id="a", name="slo"),
    "a tool without a name": called(id="a", input={}),
    "a tool without anything": called(),
    "a tool with a list for input": called(id="a", name="slo", input=[1]),
    "a tool with controls in name and id": called(id="a\x1b[2J", name="\x1b[31mslo\n", input={}),
    "a tool with a name of 5,000": called(id="i" * 5000, name="n" * 5000, input={}),
    "a tool with half its input": sent(start(), *tool(0, *SLO)[:-1], *stop("tool_use")),
    "text in a tool": sent(
        start(), block(0, "tool_use", id="a", name="slo", input={}),
        delta(0, "text_delta", text="x"), ends(0), *stop("tool_use"),
    ),
    "a tool and the end of the turn": sent(*asks(SLO, reason="end_turn")),
    "a tool and a refusal": sent(*asks(SLO, reason="refusal")),
    "a tool and a full context": sent(*asks(SLO, reason="model_context_window_exceeded")),
    "a tool and a pause": sent(*asks(SLO, reason="pause_turn")),
    "500 tools": sent(*asks(*(("slo", f'{{"slo_percent": 9{n % 10}.{n}}}') for n in range(500)))),
    "pauses for ever": sent(start(), *stop("pause_turn")),
}  # fmt: skip


def played(script: list, line: str = "how are you?") -> tuple[Stand, ExitStatus]:
    with Server(*[script] * 20) as server, Stand(server.url, "--max-rounds", "4") as stand:
        status = stand.say(line)
    assert "Traceback" not in stand.err
    assert "\x1b" not in stand.out + stand.err
    assert "\u202e" not in stand.out + stand.err
    assert not faults(stand.messages)
    return stand, status


@pytest.mark.parametrize("script", ANSWERED.values(), ids=ANSWERED)
def test_what_is_odd_and_whole_is_an_answer(no_waiting, script):
    stand, status = played(script)
    assert status == ExitStatus.OK, stand.err
    assert stand.out.strip() == "good"
    assert stand.messages[-1]["role"] == "assistant"


@pytest.mark.parametrize("script", SILENT.values(), ids=SILENT)
def test_an_answer_without_words_is_said_to_be_one(no_waiting, script):
    stand, status = played(script)
    assert status == ExitStatus.OK
    assert "answered with nothing" in stand.err
    assert stand.out.strip() == ""
    assert [message["role"] for message in stand.messages] == ["user"]


@pytest.mark.parametrize("script", FAILED.values(), ids=FAILED)
def test_what_is_no_answer_ends_the_turn_with_one_line(no_waiting, script):
    stand, status = played(script)
    assert status == ExitStatus.ENGINE
    last = stand.err.splitlines()[-1]
    assert last.startswith("devops-exe: ")
    assert "; " in last
    assert len(last) < 700
    assert stand.err.count("devops-exe: ") == 1
    for name in ("Error:", "Exception", "httpx", "anthropic."):
        assert name not in last
    half = "half" in stand.out
    assert half == any(b"half" in step for step in script if isinstance(step, bytes))


@pytest.mark.parametrize("name", ["529 in mid-stream", "a web page", "a tool without input"])
def test_a_document_whose_words_cannot_be_had_is_the_plans(no_waiting, name):
    stand, status = played(FAILED[name], SYSTEM)
    assert status == ExitStatus.ENGINE
    assert stand.out.startswith("DEVOPS BLUEPRINT\n")
    assert stand.err.splitlines()[-1].startswith("devops-exe: ")


# ── an end that has to be made ───────────────────────────────────────────────────────────────
ENDLESS = {
    "only headers": [b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n", "hang"],
    "headers and nothing": [HEAD, "hang"],
    "a byte now and then": [HEAD, *[x for b in STREAM[:80] for x in (chunk(b"%c" % b), 0.04)]],
    "pings": [HEAD, *[chunk(b"event: ping\ndata: {}\n\n"), 0.02] * 150],
    "half an answer and nothing": begun([start(), *text(0, "half a ")[:-1]], "hang"),
}  # fmt: skip


@pytest.mark.parametrize("script", ENDLESS.values(), ids=ENDLESS)
def test_the_seconds_end_it(script):
    begun_at = time.monotonic()
    with Server(script) as server, Stand(server.url, "--timeout", "0.6") as stand:
        assert stand.say("how are you?") == ExitStatus.ENGINE
    assert time.monotonic() - begun_at < 5
    assert "--timeout: the limit of 0.6 s ended the turn" in stand.err
    assert not faults(stand.messages)
    assert ("half a" in stand.out) == any(b"half" in s for s in script if isinstance(s, bytes))


class Endless(list):
    """A script without an end."""

    def __init__(self, first: bytes, piece: bytes) -> None:
        super().__init__([first])
        self.first, self.piece = first, piece

    def __iter__(self):
        yield self.first
        for _ in range(2000):
            yield self.piece


@pytest.mark.parametrize(
    "first",
    [
        HEAD,
        HEAD.replace(b"text/event-stream", b"application/json"),
        HEAD.replace(b"200 OK", b"400 No"),
    ],
    ids=["stream", "JSON", "refusal"],
)
def test_a_body_without_an_end_is_left(first, no_waiting, monkeypatch):
    monkeypatch.setattr("devops_exe.agent.claude.wire.LARGEST_REPLY", 3 * 1024 * 1024)
    script = Endless(first, chunk(b"data: " + b"x" * 1_000_000))
    with Server(*[script] * 5) as server, Stand(server.url) as stand:
        assert stand.say("how are you?") == ExitStatus.ENGINE
    assert len(stand.err.splitlines()[-1]) < 700


# ── where it is sent ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("there", ["http://elsewhere.example/v1/messages", "/v1/messages"])
def test_a_redirect_is_said_and_not_followed(status, there):
    with Server(http(status, location=there)) as server, Stand(server.url) as stand:
        assert stand.say("how are you?") == ExitStatus.ENGINE
        assert len(server.requests) == 1
    assert f"redirects to {there}" in stand.err


# ── the user's own interruption ──────────────────────────────────────────────────────────────
def interrupts() -> None:
    os.kill(os.getpid(), signal.SIGINT)


TALK = [start(), *text(0, "half ", "a word"), *tool(1, *SLO), *stop("tool_use")]


@pytest.mark.parametrize("at", range(len(TALK) + 1))
@pytest.mark.parametrize("line", ["how are you?", SYSTEM], ids=["chat", "document"])
def test_ctrl_c_after_any_event(at, line):
    again = whole(GOOD)
    hurt = [HEAD, *([chunk(sse(TALK[:at]))] if at else []), 0.05, interrupts, "hang"]
    with Server(hurt, again, again) as server, Stand(server.url) as stand:
        assert threading.current_thread() is threading.main_thread()
        assert stand.say(line) == ExitStatus.INTERRUPTED
        assert "⎿ interrupted" in stand.err
        assert "Traceback" not in stand.err
        assert not faults(stand.messages)
        assert stand.say("again") == ExitStatus.OK
        assert stand.out.strip() == "good"
        assert not faults(server.requests[-1]["messages"])


def test_ctrl_c_while_waiting_for_another_attempt():
    busy = refused(529, "overloaded_error", retry_after="30")

    def soon() -> None:
        threading.Timer(0.2, interrupts).start()

    with Server([soon, *busy], whole(GOOD)) as server, Stand(server.url) as stand:
        begun_at = time.monotonic()
        assert stand.say("how are you?") == ExitStatus.INTERRUPTED
        assert time.monotonic() - begun_at < 3
        assert "! retry 2/5 in 30 s · overloaded (529)" in stand.err
        assert stand.say("again") == ExitStatus.OK


# ── what the screen shows ────────────────────────────────────────────────────────────────────
CUT = begun([start(), *text(0, "half a ", "word")[:-1]], "fin")


def test_a_cut_answer_stays_marked_and_comes_whole_under_it(no_waiting):
    with Server(CUT, CUT, whole(GOOD)) as server, Stand(server.url, terminal=True) as stand:
        stand.app.screen.terminal = _without_colour(stand.app.screen.terminal)
        assert stand.say("how are you?") == ExitStatus.OK
        shown = stand.out
        assert shown == (
            "half a word\n⎿ cut off, asked again (2/5)\n"
            "half a word\n⎿ cut off, asked again (3/5)\ngood\n"
        )
        assert stand.app.session.results[-1].text == "good"
        assert stand.messages[-1]["content"] == [{"type": "text", "text": "good"}]
        assert "half" not in json.dumps(stand.app.record.store().session(stand.app.session.id))


def test_standard_output_has_the_whole_answer_alone_where_it_is_a_pipe(no_waiting):
    with Server(CUT, whole(GOOD)) as server, Stand(server.url) as stand:
        assert stand.say("how are you?") == ExitStatus.OK
    assert stand.out == "good\n"
    marked = stand.err.index("half a word\n⎿ cut off, asked again (2/5)\n! retry 2/5 in ")
    assert marked >= 0


def test_the_first_round_stays_where_the_second_is_cut(no_waiting):
    first = whole(asks(SLO, words="Let me see."))
    with Server(first, CUT, whole(GOOD)) as server, Stand(server.url) as stand:
        assert stand.say("how are you?") == ExitStatus.OK
    assert stand.out == "Let me see.\n\ngood\n"
    assert stand.app.session.results[-1].text == "Let me see.\n\ngood"


def _without_colour(terminal):
    from dataclasses import replace

    return replace(terminal, colour_out=False, colour_err=False)
