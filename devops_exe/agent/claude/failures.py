"""The one place that turns what the SDK, the network and the service raise into our errors.

Two questions are asked of an error: is another attempt worth it (``judge``), and what does
the user read when it is not (``explain``). Facts behind the answers: a cut stream comes out
of the SDK as a raw transport error and not as one of its own; an error in mid-stream carries
status 200, so its type decides and not its status.
"""

from __future__ import annotations

import ssl
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from devops_exe.agent.claude.reply import BrokenStream, StreamError
from devops_exe.agent.retry import LONGEST_WAIT
from devops_exe.ground.clock import now
from devops_exe.ground.errors import DevopsExeError, EngineError

if TYPE_CHECKING:
    from devops_exe.agent.claude.settings import ClaudeSettings

# Types of error that pass by themselves, and how they are called.
_PASSING = {
    "overloaded_error": "overloaded",
    "rate_limit_error": "rate limit",
    "api_error": "error of the service",
    "timeout_error": "timeout at the service",
}
_STATUS_WORDS = {
    408: "timeout at the service",
    409: "conflict",
    429: "rate limit",
    500: "error of the service",
    502: "bad gateway",
    503: "service unavailable",
    504: "timeout at the gateway",
    529: "overloaded",
}


class WebPage(Exception):
    """The server answered 200 with something that is no answer of a Messages API."""

    def __init__(self, content_type: str) -> None:
        super().__init__(content_type)
        self.content_type = content_type


def judge(error: BaseException) -> tuple[bool, str]:
    """Whether another attempt is worth it, and the reason in a word or two."""
    import anthropic
    import httpx2

    if isinstance(error, StreamError):
        return error.kind in _PASSING, _PASSING.get(error.kind, error.kind)
    if isinstance(error, anthropic.APIStatusError):
        status = error.status_code
        reason = _PASSING.get(str(error.type)) or _STATUS_WORDS.get(status, "refused")
        wish = error.response.headers.get("x-should-retry")
        if wish in {"true", "false"}:
            return wish == "true", f"{reason} ({status})"
        passing = str(error.type) in _PASSING or status in {408, 409, 429} or status >= 500
        return passing, f"{reason} ({status})"
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
        return True, "no answer in time"
    if isinstance(error, anthropic.APIConnectionError):
        return _certificate(error) is None, _connection_words(error)
    if isinstance(error, BrokenStream | httpx2.TransportError | httpx2.DecodingError):
        return True, "the connection broke"
    return False, type(error).__name__


def retry_after(error: BaseException) -> float | None:
    """Seconds for which the service asked: ``retry-after-ms``, or seconds, or a date."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = response.headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) / divisor
        except ValueError:
            try:
                seconds = (parsedate_to_datetime(value) - now()).total_seconds()
            except (ValueError, TypeError):
                continue
        if seconds == seconds:  # NaN is no answer
            return max(0.0, seconds)
    return None


def explain(error: BaseException, settings: ClaudeSettings) -> DevopsExeError:
    """The error as the user reads it, with what to do."""
    import anthropic
    import httpx2

    where = settings.host
    if isinstance(error, DevopsExeError):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _status_error(error, settings)
    if isinstance(error, StreamError):
        reason = _PASSING.get(error.kind, error.kind)
        detail = f": {error.message}" if error.message else ""
        return _engine_error(f"the service stopped: {reason}{detail}", where, "service_failed")
    if isinstance(error, WebPage):
        return EngineError(
            f"this is no Messages API: it answers with {_kind_of_page(error.content_type)}",
            where=where,
            fix="give the address of a Messages API with --base-url",
            code="not_an_api",
        )
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException):
        return _engine_error("no answer in time", where, "timeout")
    if isinstance(error, anthropic.APIConnectionError):
        return _unreachable(error, where)
    if isinstance(error, httpx2.TransportError):
        return _engine_error("the connection broke in mid-answer", where, "connection_lost")
    if isinstance(error, httpx2.DecodingError):
        error = BrokenStream("it is not packed as it says")
    if isinstance(error, BrokenStream):
        return _engine_error(f"the answer was no whole one: {error}", where, "broken_stream")
    if settings.platform()[0]:
        # The platforms' packages raise what they like where nobody has logged in.
        return _no_credentials(f"the platform's credentials could not be used ({error})", where)
    return _engine_error(
        f"the engine failed ({type(error).__name__}: {error})", where, "engine_bug"
    )


def is_too_long(error: BaseException) -> bool:
    """Whether the service says that the conversation no longer fits."""
    status = getattr(error, "status_code", None)
    words = _words(error).lower()
    return status == 413 or (
        status == 400
        and ("too long" in words or "context window" in words or "too many tokens" in words)
    )


def refused_field(error: BaseException, fields: tuple[str, ...]) -> str | None:
    """Which of ``fields`` a server refuses to know, judged by a 400 that names it."""
    if getattr(error, "status_code", None) not in {400, 422}:
        return None
    words = _words(error)
    return next((name for name in fields if name in words), None)


def _status_error(error: Any, settings: ClaudeSettings) -> EngineError:
    status, kind, where = error.status_code, str(error.type), settings.host
    words = _words(error)
    if status == 401 and settings.platform()[0]:
        return _no_credentials("the platform does not accept these credentials", where)
    if status == 401:
        return EngineError(
            "the service does not accept the key",
            where="ANTHROPIC_API_KEY" if settings.api_key else "ANTHROPIC_AUTH_TOKEN",
            fix="set a valid key, or use --engine offline",
            code="wrong_key",
        )
    if status == 404:
        return _not_found(words, settings)
    if 300 <= status < 400 and (there := error.response.headers.get("location")):
        return EngineError(
            f"it redirects to {there[:200]}, which is not followed: what you say goes where you"
            " said and nowhere else",
            where=where,
            fix="give that address with --base-url if it is the right one",
            code="redirected",
        )
    if status == 403:
        return EngineError(
            f"the key is not allowed to do this{_after_colon(words)}",
            where=where,
            fix="use a key with this right, or another model",
            code="not_allowed",
        )
    if status == 402:
        return EngineError(
            f"the account must be paid{_after_colon(words)}",
            where=where,
            fix="mend its billing, or use --engine offline",
            code="payment_required",
        )
    if is_too_long(error):
        return EngineError(
            "the conversation no longer fits the model",
            where=f"--model {settings.model}",
            fix="start anew with /new, or use a model with a larger context",
            code="context_full",
        )
    asked = retry_after(error)
    reason = _PASSING.get(kind) or _STATUS_WORDS.get(status)
    if reason:
        waits = (
            f", and asks for {asked:.0f} s of patience; over {LONGEST_WAIT:.0f} s is not waited"
            if asked is not None and asked > LONGEST_WAIT
            else ""
        )
        return _engine_error(
            f"{reason} ({status}){_after_colon(words)}{waits}", where, _code(reason)
        )
    return EngineError(
        f"the service refused the request ({status}){_after_colon(words)}",
        where=where,
        fix="check --model and --base-url, or use --engine offline",
        code="bad_request",
    )


def _no_credentials(message: str, where: str) -> EngineError:
    return EngineError(
        message,
        where=where,
        fix="log in with the platform's own tool, or use --engine offline",
        code="no_credentials",
    )


def _not_found(words: str, settings: ClaudeSettings) -> EngineError:
    about_model = "model" in words.lower() or settings.model in words
    if about_model or settings.base_url is None:
        return EngineError(
            f"there is no model {settings.model} here",
            where="--model",
            fix="name one that the server has",
            code="unknown_model",
        )
    return EngineError(
        f"nothing answers at /v1/messages (404){_after_colon(words)}",
        where=settings.host,
        fix="give the address of a Messages API with --base-url, or a model it has with --model",
        code="not_an_api",
    )


def _unreachable(error: BaseException, where: str) -> EngineError:
    certificate = _certificate(error)
    if certificate is not None:
        return EngineError(
            f"its certificate is not trusted ({certificate.verify_message})",
            where=where,
            fix="name your authority's file with SSL_CERT_FILE",
            code="certificate",
        )
    return _engine_error(_connection_words(error), where, "unreachable")


def _connection_words(error: BaseException) -> str:
    """What kept the connection from coming about, from the causes down to the system's."""
    seen: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(seen) < 12:
        seen.append(f"{type(cause).__name__} {cause}".lower())
        cause = cause.__cause__ or cause.__context__
    whole = " ".join(seen)
    for sign, words in (
        ("proxy", "the proxy cannot be reached or refuses"),
        ("refused", "the connection was refused"),
        ("gaierror", "the name cannot be resolved"),
        ("name or service", "the name cannot be resolved"),
        ("unreachable", "the network cannot reach it"),
        ("disconnected", "the server hung up without an answer"),
        ("reset", "the server broke the connection"),
        ("all connection attempts failed", "the connection was refused"),
        ("remoteprotocolerror", "what answers there does not speak HTTP"),
    ):
        if sign in whole:
            return words
    return "no connection came about"


def _certificate(error: BaseException) -> ssl.SSLCertVerificationError | None:
    cause: BaseException | None = error
    for _ in range(12):
        if cause is None:
            break
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause
        cause = cause.__cause__ or cause.__context__
    return None


def _words(error: BaseException) -> str:
    """What the service said, short enough for a line."""
    said = getattr(error, "api_message", None)
    body = getattr(error, "body", None)
    if not isinstance(said, str) or not said:
        # Other servers have other forms: {"error": "…"}, {"detail": "…"}, {"message": "…"}.
        forms = body if isinstance(body, dict) else {}
        told = [forms.get(name) for name in ("error", "detail", "message")]
        said = next((one for one in (body, *told) if isinstance(one, str)), "")
    if "<html" in said.lower() or "<!doctype" in said.lower():
        return "a web page"
    return said if len(said) <= 300 else f"{said[:300]}…"


def _after_colon(words: str) -> str:
    return f": {words}" if words else ""


def _code(reason: str) -> str:
    return reason.replace(" ", "_")


def _engine_error(message: str, where: str, code: str) -> EngineError:
    return EngineError(
        message, where=where, fix="try again later, or use --engine offline", code=code
    )


def _kind_of_page(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return "a web page" if kind in {"text/html", "application/xhtml+xml"} else kind or "no type"
