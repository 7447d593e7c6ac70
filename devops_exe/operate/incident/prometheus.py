"""A Prometheus that the user named: what fires, and the share of failing requests.

It is asked for ``/api/v1/alerts`` and a few ``/api/v1/query_range``; nothing is written there. No
redirect is followed, an answer has a largest size, and all of it a time limit.
"""

from __future__ import annotations

import base64
import json
import math
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from devops_exe.ground.errors import EngineError, UserError
from devops_exe.operate.incident.alerts import alerts_of, read_alerts
from devops_exe.operate.incident.model import Facts, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST_ANSWER = 8 * 1024 * 1024
EACH_SECONDS = 5.0
ALL_SECONDS = 20.0
MOST_POINTS = 240
LONGEST_LOOK = timedelta(hours=24)
EARLIER = timedelta(minutes=15)

_REQUESTS = 'sum(rate(http_requests_total{{job="{job}"{code}}}[5m]))'
_CODES = (',code=~"5.."', ',status=~"5.."')


def queries(job: str) -> tuple[str, ...]:
    """Shares of failing requests of a job, by the usual names of the label.

    >>> queries("shop")[0].count('job="shop"')
    2
    """
    whole = _REQUESTS.format(job=job, code="")
    return tuple(f"{_REQUESTS.format(job=job, code=code)} / {whole}" for code in _CODES)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that points elsewhere is a failure: only what the user named is asked."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        """None: the redirect becomes an error of its status."""
        del args, more


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address.

    Attributes:
        base: scheme, host, port and path, without user and password.
        authorization: header for the user in the address; empty where there is none.
        loopback: whether it is this machine; no proxy is asked then.
    """

    base: str
    authorization: str
    loopback: bool

    @classmethod
    def of(cls, url: str) -> Server:
        """The server of a typed address.

        Raises:
            UserError: it is no http or https address.
        """
        try:
            parts = urllib.parse.urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
            parts = urllib.parse.SplitResult("", "", "", "", "")
        if parts.scheme not in {"http", "https"} or not host:
            raise UserError(
                "it is no address of a Prometheus",
                where="/incident URL",
                fix="write http://host:9090",
                code="bad_url",
            )
        path = re.sub(r"/(?:api/v1(?:/.*)?|graph|alerts|query)?/?\Z", "", parts.path)
        shown = f"[{host}]" if ":" in host else host
        authorization = ""
        if parts.username is not None:
            pair = f"{urllib.parse.unquote(parts.username)}:"
            pair += urllib.parse.unquote(parts.password or "")
            authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        base = f"{parts.scheme}://{shown}{f':{port}' if port else ''}{path}"
        loopback = host == "localhost" or host == "::1" or host.startswith("127.")
        return cls(base, authorization, loopback)


def read_prometheus(url: str, jobs: Iterable[str], now: datetime) -> Facts:
    """What fires there, and how many requests fail.

    Args:
        url: as the user typed it.
        jobs: values of the label ``job`` to ask for, besides those of the firing alerts.
        now: the present moment.

    Raises:
        UserError: the address is none.
        EngineError: the server does not answer, or not as a Prometheus does.
    """
    server = Server.of(url)
    until = time.monotonic() + ALL_SECONDS
    text = _get(server, "/api/v1/alerts", {}, until)
    try:
        facts = read_alerts(alerts_of(text), "prometheus")
    except UserError as problem:
        if problem.code != "empty_alerts":
            raise _failed(server, "its answer is none of a Prometheus") from None
        facts = Facts(notes=(f"nothing fires at {server.base}",), firing=())
    shares = _shares(server, [*jobs, *facts.systems], facts, now, until)
    notes = facts.notes
    if not shares:
        notes = (*notes, f"{server.base} has no http_requests_total by code for this job")
    return Facts(facts.events, (*facts.shares, *shares), notes, facts.firing, facts.systems)


def _shares(
    server: Server, jobs: list[str], facts: Facts, now: datetime, until: float
) -> tuple[Share, ...]:
    starts = [event.at for event in facts.events if event.at is not None]
    begin = max(min(starts, default=now) - EARLIER, now - LONGEST_LOOK)
    step = max(15, math.ceil((now - begin).total_seconds() / MOST_POINTS))
    # counted back from now: a fault of the last seconds has a point
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # it counts in milliseconds
    begin = now - timedelta(seconds=step * math.ceil((now - begin).total_seconds() / step))
    for job in list(dict.fromkeys(filter(None, jobs)))[:2]:
        if not re.fullmatch(r"[\w./:-]{1,100}", job):
            continue
        for query in queries(job):
            asked = {
                "query": query,
                "start": f"{begin.timestamp():.3f}",
                "end": f"{now.timestamp():.3f}",
                "step": str(step),
            }
            found = points(_get(server, "/api/v1/query_range", asked, until))
            if found:
                return found
    return ()


def points(text: str) -> tuple[Share, ...]:
    """The points of a range answer whose values are shares; others are left out."""
    try:
        raw = json.loads(text)
        series = raw["data"]["result"]
        pairs = series[0]["values"] if series else []
        read = [(float(at), float(value)) for at, value in pairs[: 2 * MOST_POINTS]]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return ()
    return tuple(
        Share(datetime.fromtimestamp(at, UTC), value, "prometheus")
        for at, value in read
        if 0 <= value <= 1 and 0 < at < 4e9
    )


def _get(server: Server, path: str, asked: Mapping[str, str], until: float) -> str:
    left = until - time.monotonic()
    if left <= 0:
        raise _failed(server, f"it did not answer within {ALL_SECONDS:.0f} s")
    query = f"?{urllib.parse.urlencode(asked)}" if asked else ""
    request = urllib.request.Request(f"{server.base}{path}{query}")  # noqa: S310 - http(s) only
    request.add_header("Accept", "application/json")
    if server.authorization:
        request.add_header("Authorization", server.authorization)
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if server.loopback:
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=min(EACH_SECONDS, left)) as answer:
            data = _bounded(answer, server, until)
    except urllib.error.HTTPError as problem:
        with problem:
            raise _failed(server, f"it answered with status {problem.code}") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise _failed(server, f"it cannot be reached ({reason})") from None
    return data.decode("utf-8", errors="replace")


def _bounded(answer: Any, server: Server, until: float) -> bytes:
    data = bytearray()
    while piece := answer.read1(65536):
        data += piece
        if len(data) > LARGEST_ANSWER:
            raise _failed(server, f"its answer is larger than {LARGEST_ANSWER // 2**20} MiB")
        if time.monotonic() > until:
            raise _failed(server, f"it did not answer within {ALL_SECONDS:.0f} s")
    return bytes(data)


def _failed(server: Server, what: str) -> EngineError:
    return EngineError(
        what, where=server.base, fix="check the address, or paste the alerts", code="no_prometheus"
    )
