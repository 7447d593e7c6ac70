"""The router: HAProxy on loopback, changed by its runtime socket.

Three layouts. ``weights``: one backend, the servers of both versions by weight (canary,
rolling, recreate). ``switch``: a backend a version, a map says which is live (blue-green).
``cohort``: a backend a version, users whose hash lies below a flag see the new one (A/B).
A changed weight takes effect with the next request and breaks no connection; no reload is
needed. Weights are whole numbers from 0 to 256, so a share is met as closely as they allow.
"""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devops_exe.ground.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

Layout = Literal["weights", "switch", "cohort"]

MAX_WEIGHT = 256
"""Largest weight of a server (HAProxy configuration manual, 5.2 weight)."""

USERS = 1000
"""Users that the load plays; a cohort is drawn from them."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of each old and each new server, and the share that they make.

    Attributes:
        old, new: weight of one server, 0 to 256.
        share: of the requests that the new version gets, 0 to 1.
    """

    old: int
    new: int
    share: float


def weights_for(share: float, old: int, new: int) -> Weights:
    """The weights that come closest to a share for ``old`` and ``new`` servers.

    >>> weights_for(0.05, 4, 2)
    Weights(old=247, new=26, share=0.05)
    >>> weights_for(1.0, 4, 2)
    Weights(old=0, new=256, share=1.0)
    """
    if share <= 0 or new == 0:
        return Weights(MAX_WEIGHT if old else 0, 0, 0.0)
    if share >= 1 or old == 0:
        return Weights(0, MAX_WEIGHT, 1.0)

    def made(pair: tuple[int, int]) -> float:
        return new * pair[1] / (old * pair[0] + new * pair[1])

    pairs = []
    for weight in range(1, MAX_WEIGHT + 1):
        # share = new*b / (old*a + new*b), solved for b
        exact = share * old * weight / (new * (1 - share))
        pairs += [(weight, b) for b in {int(exact), int(exact) + 1} if 1 <= b <= MAX_WEIGHT]
    if not pairs:
        pairs = [(MAX_WEIGHT, 1)] if share < 0.5 else [(1, MAX_WEIGHT)]
    best = min(pairs, key=lambda pair: (round(abs(made(pair) - share), 9), -pair[0] - pair[1]))
    return Weights(best[0], best[1], made(best))


def user_bucket(user: str) -> int:
    """The hundredth of the users that this one belongs to: HAProxy's ``djb2,mod(100)``.

    >>> 0 <= user_bucket("u17") < 100
    True
    """
    value = 5381
    for byte in user.encode():
        value = ((value << 5) + value + byte) & 0xFFFFFFFF
    return value % 100


def cohort_share(percent: float, users: int = USERS) -> float:
    """Share of the played users whose bucket lies below ``percent``."""
    return sum(user_bucket(f"u{n}") < percent for n in range(users)) / users


LOG_SOCKET = "log.sock"
"""Where HAProxy sends its log lines, in the drill's folder."""


def configuration(
    layout: Layout,
    slots: dict[str, int],
    *,
    port: int,
    folder: Path,
    server_timeout_ms: int,
) -> str:
    """The configuration file.

    HAProxy opens sockets to the nameservers of the machine unless ``resolvers default`` is
    stated; no name is resolved here, so none is asked, and nothing but loopback is spoken to.

    Args:
        layout: how traffic is divided.
        slots: servers of each version (``v1``, ``v2``); each starts in maintenance.
        port: where the door listens, on loopback.
        folder: of the sockets (the log's too, so that no port is bound for it) and the maps.
        server_timeout_ms: how long a replica may take before it is given up (504).
    """
    head = f"""global
  nbthread 1
  maxconn 2000
  no strict-limits
  stats socket {folder}/haproxy.sock mode 600 level admin
  log {folder}/{LOG_SOCKET} local0
resolvers default
  nameserver none 127.0.0.1:9
defaults
  mode http
  log global
  log-format "%s %ST %Ta"
  timeout connect 1s
  timeout client 30s
  timeout server {server_timeout_ms}ms
  retries 0
  balance roundrobin
frontend door
  bind 127.0.0.1:{port}
  http-after-response set-header x-served-by %[srv_name]
"""
    if layout == "weights":
        return head + "  default_backend app\n" + _backend("app", slots)
    if layout == "switch":
        head += f"  use_backend %[str(live),map({folder}/live.map,v1)]\n"
    else:
        head += (
            f"  http-request set-var(txn.below) str(percent),map({folder}/flag.map,0)\n"
            "  http-request set-var(txn.bucket) req.hdr(x-user),djb2,mod(100)\n"
            "  use_backend v2 if { var(txn.bucket),sub(txn.below) lt 0 }\n"
            "  default_backend v1\n"
        )
    return head + "".join(_backend(name, {name: count}) for name, count in slots.items())


def _backend(name: str, slots: dict[str, int]) -> str:
    lines = [f"backend {name}"]
    lines += [
        f"  server {version}-{number} 127.0.0.1:1 weight {MAX_WEIGHT} disabled"
        for version, count in slots.items()
        for number in range(1, count + 1)
    ]
    return "\n".join(lines) + "\n"


def write_maps(layout: Layout, folder: Path) -> None:
    """The maps that a layout reads when it starts: all traffic on the old version."""
    if layout == "switch":
        (folder / "live.map").write_text("live v1\n")
    if layout == "cohort":
        (folder / "flag.map").write_text("percent 0\n")


class Router:
    """A running HAProxy, by its runtime socket."""

    def __init__(self, layout: Layout, folder: Path, port: int) -> None:
        self.layout = layout
        self.folder = folder
        self.port = port

    def up(self) -> bool:
        """Whether it answers at its own socket: somebody else may listen at its port."""
        if not (self.folder / "haproxy.sock").exists():
            return False
        try:
            return "Version" in self.command("show info")
        except EngineError:
            return False

    def command(self, *commands: str) -> str:
        """Send commands; they are carried out in this order.

        Raises:
            EngineError: HAProxy does not answer, or refuses.
        """
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(5)
                line.connect(str(self.folder / "haproxy.sock"))
                line.sendall((";".join(commands) + "\n").encode())
                parts = []
                while data := line.recv(65536):
                    parts.append(data)
        except OSError as problem:
            raise EngineError(
                f"HAProxy's runtime socket does not answer ({problem})",
                where="drill",
                fix="start the drill again",
                code="router_failed",
            ) from None
        answer = b"".join(parts).decode("utf-8", "replace").strip()
        low = answer.lower()
        if any(word in low for word in ("no such", "unknown", "invalid", "require", "error")):
            raise EngineError(
                f"HAProxy refused {commands[0]!r}: {answer}",
                where="drill",
                fix="use HAProxy 2.4 or newer",
                code="router_failed",
            )
        return answer

    def admit(self, name: str, port: int) -> None:
        """Put a replica behind its slot, at weight 0 where weights divide the traffic."""
        server = f"{self._backend(name)}/{name}"
        weight = 0 if self.layout == "weights" else MAX_WEIGHT
        self.command(
            f"set server {server} addr 127.0.0.1 port {port}",
            f"set server {server} weight {weight}",
            f"set server {server} state ready",
        )

    def weigh(self, weights: dict[str, int]) -> None:
        """Set weights of servers, all in one call."""
        self.command(*(f"set server {self._backend(n)}/{n} weight {w}" for n, w in weights.items()))

    def withdraw(self, *names: str) -> None:
        """Send nothing more to these servers."""
        self.command(*(f"set server {self._backend(n)}/{n} state maint" for n in names))

    def switch(self, version: str) -> None:
        """All traffic to one version (layout ``switch``)."""
        self.command(f"set map {self.folder}/live.map live {version}")

    def flag(self, percent: int) -> None:
        """The cohort that sees the new version, percent of the users (layout ``cohort``)."""
        self.command(f"set map {self.folder}/flag.map percent {percent}")

    def probe(self) -> int:
        """Status of one request through the door; 0 where there is none."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            line.request("GET", "/", headers={"X-User": "probe"})
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            line.close()

    def _backend(self, name: str) -> str:
        return "app" if self.layout == "weights" else name.partition("-")[0]
