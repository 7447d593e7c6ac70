"""What the Claude engine must know: which server, which key, which model, which limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from devops_exe.ground.errors import EngineError, UserError

DEFAULT_MODEL = "claude-sonnet-5-5"
DEFAULT_BASE_URL = "https://api.anthropic.com"

# What is sent where a server of one's own asks for no key: the header must not be empty.
PLACEHOLDER_KEY = "no-key-needed"

# Platforms that serve the models under addresses of their own, and what names a place there.
_PLATFORMS = {"bedrock": "REGION", "vertex": "PROJECT/REGION"}
_PLACE = re.compile(r"[a-z0-9][a-z0-9.:-]*", re.ASCII)

# Days on which the provider stops serving a model (its published deprecations, November 2026;
# a test compares them with the SDK's list). A name begins with one of these: dated names end
# with their alias. Of those long gone only that they are gone is ever said.
END_OF_LIFE: dict[str, date] = {
    "claude-2": date(2026, 6, 15),
    "claude-3-": date(2026, 6, 15),
    "claude-opus-4-0": date(2026, 6, 15),
    "claude-opus-4-2025": date(2026, 6, 15),
    "claude-sonnet-4-0": date(2026, 6, 15),
    "claude-sonnet-4-2025": date(2026, 6, 15),
    "claude-mythos-preview": date(2026, 6, 30),
    "claude-sonnet-4-5": date(2026, 11, 30),
    "claude-opus-4-5": date(2027, 1, 22),
}


@dataclass(frozen=True, slots=True)
class ClaudeSettings:
    """Settings of the engine.

    Attributes:
        api_key: key of the service; None where there is none.
        auth_token: bearer token, used where there is no key.
        base_url: any server of the Messages API, ``bedrock://REGION`` or
            ``vertex://PROJECT/REGION``; None is the provider's own.
        model: name of the model, as the server knows it.
        max_rounds: replies of the model in one turn, at most.
        max_tokens: tokens of one turn, read and written, at most.
        timeout_seconds: seconds of one turn, waiting included, at most.
        reply_tokens: length of one reply, at most.
        attempts: how often one reply is asked for, at most.
        thinking: ask for adaptive thinking.
    """

    api_key: str | None = None
    auth_token: str | None = None
    base_url: str | None = None
    model: str = DEFAULT_MODEL
    max_rounds: int = 16
    max_tokens: int = 400_000
    timeout_seconds: float = 600.0
    reply_tokens: int = 16_000
    attempts: int = 5
    thinking: bool = False

    @property
    def host(self) -> str:
        """The server as a user knows it: scheme and host, no path, no password."""
        platform, place = self.platform()
        if platform:
            return f"{platform}://{'/'.join(place)}"
        parts = urlsplit(self.endpoint())
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}"

    def platform(self) -> tuple[str, tuple[str, ...]]:
        """``bedrock`` and its region, ``vertex`` and its project and region, or neither.

        Raises:
            UserError: region or project are missing or cannot be ones.
        """
        scheme, mark, rest = (self.base_url or "").strip().partition("://")
        if not mark or scheme.lower() not in _PLATFORMS:
            return "", ()
        scheme, place = scheme.lower(), tuple(rest.strip("/").split("/"))
        form = _PLATFORMS[scheme]
        if len(place) != form.count("/") + 1 or not all(_PLACE.fullmatch(one) for one in place):
            raise UserError(
                f"{(self.base_url or '').strip()!r} is no address on this platform",
                where="--base-url",
                fix=f"write it as {scheme}://{form}",
                code="bad_base_url",
            )
        return scheme, place

    def endpoint(self) -> str:
        """The base URL, without the ``/v1`` that the client adds itself.

        Raises:
            UserError: it is no URL of a web server and no platform's address.
        """
        given = (self.base_url or DEFAULT_BASE_URL).strip()
        if self.platform()[0]:
            return given
        try:
            parts = urlsplit(given)
            sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
            _ = parts.port
        except ValueError:
            sound = False
        if not sound or any(character.isspace() for character in given):
            raise UserError(
                f"{given!r} is no web address",
                where="--base-url",
                fix="write it as http://HOST:PORT or https://HOST, bedrock://REGION or"
                " vertex://PROJECT/REGION",
                code="bad_base_url",
            )
        path = given.rstrip("/")
        for tail in ("/messages", "/v1"):
            path = path.removesuffix(tail)
        return path

    def credentials(self) -> tuple[str | None, str | None]:
        """Key and token to send: exactly one of them is not None.

        A platform has credentials of its own: there both are None.

        Raises:
            EngineError: there is neither, and the server is the provider's own.
            UserError: the key holds characters that no header can carry.
        """
        if self.platform()[0]:
            return None, None
        key = _checked(self.api_key, "ANTHROPIC_API_KEY")
        if key:
            return key, None
        token = _checked(self.auth_token, "ANTHROPIC_AUTH_TOKEN")
        if token:
            return None, token
        if self.base_url:
            return PLACEHOLDER_KEY, None
        raise EngineError(
            "the claude engine needs a key and there is none",
            where="ANTHROPIC_API_KEY",
            fix="export ANTHROPIC_API_KEY=…, or name a server with --base-url,"
            " or use --engine offline, which needs neither",
            code="no_key",
        )

    def model_warning(self, today: date) -> str | None:
        """What to say of a model near or past the end of its life; None of a current one."""
        for alias, end in END_OF_LIFE.items():
            if not self.model.startswith(alias):
                continue
            if end < today:
                return f"model {self.model} is no longer served: use {DEFAULT_MODEL}"
            return f"model {self.model} ends on {end.isoformat()}: use {DEFAULT_MODEL}"
        return None


def _checked(secret: str | None, where: str) -> str | None:
    """``secret`` without the blanks around it, which a copied key often brings along."""
    if secret is None or not secret.strip():
        return None
    secret = secret.strip()
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise UserError(
            "the key holds a blank or a character that no key has",
            where=where,
            fix="copy it again, in one line",
            code="bad_key",
        )
    return secret
