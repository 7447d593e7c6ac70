"""What a drill finds on this machine: its tools, a free port, what answers at one."""

from __future__ import annotations

import http.client
import shutil
import socket
from typing import TYPE_CHECKING

from devops_exe.ground.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

TOOLS: Mapping[str, str] = {
    "haproxy": "apt-get install haproxy, or brew install haproxy",
    "prometheus": "apt-get install prometheus, or brew install prometheus",
    "promtool": "apt-get install prometheus, or brew install prometheus",
}
"""What a drill needs, with the line that installs it."""


def find_tools() -> dict[str, str]:
    """Paths of HAProxy and Prometheus.

    Raises:
        UserError: one of them is missing (``tool_missing``); the fix is its install line.
    """
    found = {}
    for name, line in TOOLS.items():
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")
        if path is None:
            raise UserError(
                f"{name} is not on this machine",
                where="drill",
                fix=line,
                code="tool_missing",
            )
        found[name] = path
    return found


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
