"""The wire of the tests: every request is mocked, or goes to this machine, or fails."""

from __future__ import annotations

import asyncio

import anthropic  # noqa: F401 - its two seconds are no turn's
import pytest
import respx
from respx.models import AllMockedAssertionError
from wire_bridge import HTTPCore2Mocker


@pytest.fixture
def unmocked(monkeypatch):
    """The calls that nothing answered; they also raise where they are made."""
    seen: list[str] = []

    class Recorded(AllMockedAssertionError):
        def __init__(self, *words: object) -> None:
            super().__init__(*words)
            seen.append(str(words))

    monkeypatch.setattr("respx.router.AllMockedAssertionError", Recorded)
    return seen


@pytest.fixture(autouse=True)
def router(unmocked):
    """Mocks the SDK's transport; a call that no test expects fails it, loopback passes."""
    assert HTTPCore2Mocker.name == "httpcore2"
    with respx.mock(using="httpcore2", assert_all_called=False) as mock:
        mock.route(host="127.0.0.1", name="loopback").pass_through()
        yield mock
    assert not unmocked, "a call that no test expects would have left this machine"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    """No key of the person who runs the tests is ever sent."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in (
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "ALL_PROXY",
        "https_proxy",
        "http_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_waiting(monkeypatch):
    """Waits between attempts take no time; what was waited for is recorded."""
    waits: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float, *rest: object) -> None:
        if seconds > 0.05:
            waits.append(seconds)
            seconds = 0
        await real(seconds, *rest)

    monkeypatch.setattr("devops_exe.agent.claude.turn.asyncio.sleep", sleep)
    monkeypatch.setattr("devops_exe.agent.retry.FIRST_CEILING", 0.001)
    return waits
