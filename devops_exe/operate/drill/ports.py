"""Ports of loopback: a free one, and what answers at one."""

from __future__ import annotations

import http.client
import socket


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def status_of(port: int, path: str) -> int:
    """Status of a request; 0 where there is no answer within half a second."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
