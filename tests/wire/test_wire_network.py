"""Proxies and authorities of one's own; what the two seconds of the SDK's import may not cost."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
import sys
from contextlib import suppress

import pytest
from loopback import Loopback, whole
from wire_script import Box, Run, says, settings, turn

from devops_exe.agent.claude.engine import ClaudeEngine
from devops_exe.agent.conversation import Conversation

NAME = "models.example"
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A private authority and a server certificate of its, made for these tests."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "ext").write_text(f"subjectAltName=DNS:{NAME},IP:127.0.0.1\n")
    new = "openssl req -newkey rsa:2048 -nodes -batch"
    usage = "-addext keyUsage=critical,keyCertSign"
    signer = "-CA ca.pem -CAkey ca.key -CAcreateserial"
    for command in (
        f"{new} -x509 -days 2 -keyout ca.key -out ca.pem -subj /CN=Test {usage}",
        f"{new} -keyout key.pem -out csr.pem -subj /CN={NAME}",
        f"openssl x509 -req -in csr.pem {signer} -days 2 -extfile ext -out cert.pem",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


def tls(authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    return context


class Proxy:
    """A forward proxy that leads every name to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []
        self._tasks: set[asyncio.Task] = set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0].decode())
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        if head.startswith(b"CONNECT"):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            there_writer.write(head)
        try:
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        finally:
            there_writer.close()
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()


def ask(url: str) -> list:
    async def main() -> list:
        async with ClaudeEngine(settings(base_url=url), "", Box()) as engine:
            return await turn(engine, Conversation(), "hello")

    return main()


class TlsLoopback(Loopback):
    def __init__(self, context: ssl.SSLContext, *scripts: list) -> None:
        super().__init__(*scripts)
        self._context = context

    async def __aenter__(self) -> TlsLoopback:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self


@openssl
def test_a_private_authority_is_trusted_when_it_is_named(authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.pem"))

    async def main() -> list:
        async with TlsLoopback(tls(authority), whole(says("good"))) as server:
            return await ask(f"https://127.0.0.1:{server.port}")

    assert Run(asyncio.run(main()), Conversation(), []).text == "good"


@openssl
def test_an_authority_not_known_is_said_at_once(authority, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    async def main() -> list:
        async with TlsLoopback(tls(authority), whole(says("good"))) as server:
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)
            return await ask(f"https://127.0.0.1:{server.port}")

    run = Run(asyncio.run(main()), Conversation(), [])
    assert (run.error.code, run.retries) == ("certificate", [])
    assert "SSL_CERT_FILE" in run.error.fix


@openssl
def test_https_through_a_proxy(router, authority, monkeypatch):
    # The mock does not know CONNECT; sockets are held to this machine all the same.
    router.stop()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "ca.pem"))

    async def main() -> tuple[list, list]:
        async with (
            TlsLoopback(tls(authority), whole(says("good"))) as server,
            Proxy(server.port) as proxy,
        ):
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            return await ask(f"https://{NAME}"), proxy.asked

    events, asked = asyncio.run(main())
    assert Run(events, Conversation(), []).text == "good", events
    assert asked == [f"CONNECT {NAME}:443 HTTP/1.1"]


def test_a_proxy_that_is_not_there(router, monkeypatch, no_waiting):
    # The mock does not know CONNECT; sockets are held to this machine all the same.
    router.stop()
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    run = Run(asyncio.run(ask(f"https://{NAME}")), Conversation(), [])
    assert run.error.code == "unreachable"
    assert len(run.retries) == 4


# ── apart from the SDK ───────────────────────────────────────────────────────────────────────
def child(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout


def test_importing_the_engine_does_not_import_the_sdk():
    heavy = '{"anthropic", "httpx2", "tenacity", "pydantic"}'
    out = child(
        "import sys, devops_exe.agent.claude.engine, devops_exe.agent.store\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    assert out.strip() == "[]"


def test_the_loader_imports_in_a_thread_and_gives_collecting_back():
    out = child(
        "import gc, sys, time\n"
        "from devops_exe.agent.claude import loader\n"
        "begun = time.perf_counter(); loader.start(); loader.start()\n"
        "print(time.perf_counter() - begun < 0.2, 'anthropic.resources' in sys.modules)\n"
        "import asyncio; asyncio.run(loader.loaded())\n"
        "print('anthropic' in sys.modules, gc.isenabled())"
    )
    assert out.split() == ["True", "False", "True", "True"]


def test_the_bytes_of_the_prefix_are_the_same_in_every_process():
    code = (
        "import json, sys; sys.path.insert(0, 'tests/wire')\n"
        "from devops_exe.agent.claude.request import Prefix\n"
        "tools = [{'name': n, 'input_schema': {'type': 'object'}} for n in ('b', 'a')]\n"
        "print(json.dumps(Prefix('Persona.', tools).fields(cached=True)))"
    )
    outs = {child(code) for _ in range(2)}
    assert len(outs) == 1
    assert [tool["name"] for tool in json.loads(outs.pop())["tools"]] == ["b", "a"]
