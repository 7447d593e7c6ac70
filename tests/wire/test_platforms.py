"""Bedrock and Vertex: the SDK's own clients, built and played against a mocked transport.

Neither service was ever asked: what is proved is the address, the credentials' way, the
framing and what a user reads.
"""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import sys
import types
import zlib

import httpx
import pytest
from wire_app import Server, Stand
from wire_script import Box, Run, asks, says, settings, stream, turn

from devops_exe.agent.claude import clients
from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.conversation import Conversation
from devops_exe.ground.errors import ExitStatus, UserError

BEDROCK = "https://bedrock-runtime.eu-west-1.amazonaws.com"
VERTEX = "https://europe-west1-aiplatform.googleapis.com"


def play(box=None, **changes) -> Run:
    conversation = Conversation()

    async def main() -> list:
        async with ClaudeEngine(settings(api_key=None, **changes), "P.", box or Box()) as engine:
            return await turn(engine, conversation, "hello")

    return Run(asyncio.run(main()), conversation, [])


@pytest.mark.parametrize(
    ("url", "platform", "place"),
    [
        ("bedrock://eu-west-1", "bedrock", ("eu-west-1",)),
        ("Bedrock://us-east-1/", "bedrock", ("us-east-1",)),
        ("vertex://my-project/europe-west1", "vertex", ("my-project", "europe-west1")),
        ("vertex://acme.example:shop/global", "vertex", ("acme.example:shop", "global")),
        ("https://bedrock.example", "", ()),
        (None, "", ()),
    ],
)
def test_addresses(url, platform, place):
    assert settings(base_url=url).platform() == (platform, place)


@pytest.mark.parametrize(
    "url",
    ["bedrock://", "bedrock://a/b", "bedrock://EU WEST", "vertex://p", "vertex://p/r/x",
     "vertex://p/../r", "bedrock://x@evil.example", "vertex://p/r?x=1"],
)  # fmt: skip
def test_addresses_that_are_none(url):
    with pytest.raises(UserError) as caught:
        ClaudeEngine(settings(base_url=url), "", Box())
    assert caught.value.code == "bad_base_url"
    assert "REGION" in caught.value.fix


@pytest.mark.parametrize(
    ("url", "extra"), [("bedrock://eu-west-1", "bedrock"), ("vertex://p/europe-west1", "vertex")]
)
def test_a_missing_extra_is_one_line(url, extra, monkeypatch):
    for name in ("botocore", "google.auth"):
        monkeypatch.setitem(sys.modules, name, None)
    with Stand(url) as stand:
        assert stand.say("hello") == ExitStatus.ENGINE
    (line,) = [line for line in stand.err.splitlines() if line.startswith("devops-exe: ")]
    assert f"pip install 'devops-exe[{extra}]'" in line
    assert "not installed" in line


def test_no_key_is_asked_for_and_none_is_sent():
    for url in ("bedrock://eu-west-1", "vertex://p/europe-west1"):
        assert settings(base_url=url, api_key="sk-secret").credentials() == (None, None)


# ── Vertex ───────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def google(monkeypatch):
    """A ``google.auth`` whose default credentials are a token of ours."""
    credentials = types.SimpleNamespace(token="ya-token", expired=False, refresh=lambda _: None)
    auth = types.ModuleType("google.auth")
    auth.default = lambda **_: (credentials, "their-project")
    transport = types.ModuleType("google.auth.transport.requests")
    transport.Request = lambda *_, **__: object()
    modules = {
        "google": types.ModuleType("google"),
        "google.auth": auth,
        "google.auth.transport": types.ModuleType("google.auth.transport"),
        "google.auth.transport.requests": transport,
    }
    modules["google"].auth = auth
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return auth


def test_a_turn_on_vertex(router, google):
    path = "/v1/projects/shop/locations/europe-west1/publishers/anthropic/models/"
    route = router.post(f"{VERTEX}{path}claude-sonnet-5-5:streamRawPredict").mock(
        side_effect=[stream(asks(("a", "{}"))), stream(says("good"))]
    )
    box = Box(a="b")
    run = play(box, base_url="vertex://shop/europe-west1")
    assert (run.done, run.text) == ("end_turn", "good"), run.events
    assert box.called == [("a", {})]
    request = route.calls[0].request
    assert request.headers["authorization"] == "Bearer ya-token"
    assert "model" not in json.loads(request.content)


def test_vertex_without_a_login_is_one_line(router, google):
    def nobody(**_):
        raise RuntimeError("Your default credentials were not found.")

    google.default = nobody
    error = play(base_url="vertex://shop/europe-west1").error
    assert (error.code, error.status) == ("no_credentials", ExitStatus.ENGINE)
    assert "log in" in error.fix
    assert error.where == "vertex://shop/europe-west1"


# ── Bedrock ──────────────────────────────────────────────────────────────────────────────────
def test_bedrocks_client_is_built_as_ours_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore", types.ModuleType("botocore"))
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token")
    client = clients.client_of(settings(base_url="bedrock://eu-west-1", api_key=None))
    assert str(client.base_url).startswith(BEDROCK)
    assert client.max_retries == 0
    assert client._client.follow_redirects is False
    assert client.timeout.read == clients.READ


def frame(event: dict, kind: str = "chunk") -> bytes:
    """One message of the AWS event stream encoding."""
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(event).encode()).decode()}).encode()
    headers = b""
    for name, value in (
        (":event-type", kind), (":content-type", "application/json"), (":message-type", "event"),
    ):  # fmt: skip
        headers += struct.pack("!B", len(name)) + name.encode()
        headers += struct.pack("!BH", 7, len(value)) + value.encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def test_a_turn_on_bedrock(router, monkeypatch):
    pytest.importorskip("botocore", reason="devops-exe[bedrock] is not installed")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token")

    def framed(events: list[dict]) -> httpx.Response:
        kind = {"content-type": "application/vnd.amazon.eventstream"}
        return httpx.Response(200, content=b"".join(map(frame, events)), headers=kind)

    half = b"".join(map(frame, says("x")[:3]))
    kind = {"content-type": "application/vnd.amazon.eventstream"}
    route = router.post(f"{BEDROCK}/model/anthropic.claude/invoke-with-response-stream").mock(
        side_effect=[
            framed(asks(("a", '{"x": 1}'))),
            httpx.Response(200, content=half, headers=kind),
            framed(says("good")),
        ]
    )
    box = Box(a="b")
    run = play(box, base_url="bedrock://eu-west-1", model="anthropic.claude")
    assert run.done == "end_turn", run.events
    assert run.text.endswith("good")
    assert box.called == [("a", {"x": 1})]
    assert len(run.retries) == 1
    assert route.calls[0].request.headers["authorization"] == "Bearer token"


def test_the_plain_client_still_answers_beside_them():
    from loopback import whole

    with Server(whole(says("good"))) as server, Stand(server.url) as stand:
        assert stand.say("hello") == ExitStatus.OK
