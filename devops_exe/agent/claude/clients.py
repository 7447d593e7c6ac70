"""The SDK's client for an address: the provider's own API, any server of it, or a platform.

``bedrock://REGION`` and ``vertex://PROJECT/REGION`` are reached through the SDK's own clients
with the platform's own credentials; they need an extra (``devops-exe[bedrock]``,
``devops-exe[vertex]``) and were built after the SDK's documentation: no test of ours has
spoken to either service.

Redirects are not followed: a conversation goes where the user said and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import TypeAlias

    import httpx2
    from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicVertex

    Client: TypeAlias = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex

    from devops_exe.agent.claude.settings import ClaudeSettings

# Seconds: to connect, between two pieces of an answer, to send. The SDK's ten minutes would
# leave a person in front of a dead line.
CONNECT, READ, WRITE, POOL = 5.0, 90.0, 30.0, 5.0

LARGEST_REFUSAL = 256 * 1024
"""Bytes of an error's body that are read; what it says stands at its beginning."""


def client_of(settings: ClaudeSettings) -> Client:
    """The client for the address of ``settings``; its own retries are off.

    Raises:
        EngineError: the platform's extra is not installed.
        UserError: address or key cannot be right.
    """
    import httpx2
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    timeout = httpx2.Timeout(
        connect=CONNECT, read=min(READ, settings.timeout_seconds), write=WRITE, pool=POOL
    )
    transport = DefaultAsyncHttpxClient(
        timeout=timeout, follow_redirects=False, event_hooks={"response": [_short_refusal]}
    )
    common: dict[str, Any] = {"max_retries": 0, "timeout": timeout, "http_client": transport}
    platform, place = settings.platform()
    if platform == "bedrock":
        return _bedrock(place[0], common)
    if platform == "vertex":
        return _vertex(place[0], place[1], common)
    key, token = settings.credentials()
    return AsyncAnthropic(api_key=key, auth_token=token, base_url=settings.endpoint(), **common)


def _bedrock(region: str, common: dict[str, Any]) -> AsyncAnthropicBedrock:
    _needs("botocore", "bedrock")
    from anthropic import AsyncAnthropicBedrock

    return AsyncAnthropicBedrock(aws_region=region, **common)


def _vertex(project: str, region: str, common: dict[str, Any]) -> AsyncAnthropicVertex:
    _needs("google.auth", "vertex")
    from anthropic import AsyncAnthropicVertex

    return AsyncAnthropicVertex(project_id=project, region=region, **common)


def _needs(package: str, extra: str) -> None:
    import importlib

    try:
        importlib.import_module(package)
    except ImportError:
        raise EngineError(
            f"{extra}:// needs a package that is not installed ({package})",
            where="--base-url",
            fix=f"pip install 'devops-exe[{extra}]'",
            code="extra_missing",
        ) from None


async def _short_refusal(response: httpx2.Response) -> None:
    """An error's body is read to a bound: a server may send one without an end."""
    if response.status_code >= 300:
        response.stream = _cut_stream(response.stream)


def _cut_stream(stream: Any) -> Any:
    import httpx2

    class Cut(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = LARGEST_REFUSAL
            async for piece in stream:
                yield piece[:left]
                left -= len(piece)
                if left <= 0:
                    return

        async def aclose(self) -> None:
            await stream.aclose()

    return Cut()
