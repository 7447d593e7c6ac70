"""The stage of one rollout: every part of it started, behind its supervisor."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from devops_exe.ground.errors import EngineError, UserError
from devops_exe.operate.drill import prometheus as prom
from devops_exe.operate.drill import router as routing
from devops_exe.operate.drill.history import history_seconds, openmetrics
from devops_exe.operate.drill.ports import TOOLS, find_tools, free_port, status_of
from devops_exe.operate.drill.prometheus import Prometheus
from devops_exe.operate.drill.router import Router
from devops_exe.operate.drill.timeline import KILL_AFTER_SECONDS, LINGER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from devops_exe.operate.drill.model import DrillPlan
    from devops_exe.operate.drill.parts import Parts

__all__ = ["TOOLS", "Stage", "find_tools"]

TRIES = 5
"""Ports that are tried where somebody else takes one in between."""

START_SECONDS = 20.0
"""A part of ours that is not up by then has failed."""


@dataclass(slots=True)
class Stage:
    """Parts of a running drill.

    Attributes:
        plan: what runs.
        parts: the supervisor.
        tools: paths of HAProxy and Prometheus.
        tick: called while waiting; raises to leave.
        faulty: the new version has the plan's fault.
        seed: of this run's load and replicas.
    """

    plan: DrillPlan
    parts: Parts
    tools: Mapping[str, str]
    tick: Callable[[], None]
    faulty: bool
    seed: int
    ports: dict[str, int] = field(default_factory=dict)
    issued: dict[str, float] = field(default_factory=dict)
    _router: Router | None = None
    _prometheus: Prometheus | None = None

    @property
    def folder(self) -> Path:
        """Working folder."""
        return self.parts.folder

    @property
    def router(self) -> Router:
        """The running router."""
        assert self._router is not None
        return self._router

    @property
    def prometheus(self) -> Prometheus:
        """The running Prometheus."""
        assert self._prometheus is not None
        return self._prometheus

    def set_up(self) -> None:
        """Router, Prometheus, the old version under load, and counters that were scraped.

        Raises:
            UserError: a command that will not start or is never ready.
            EngineError: a part of ours that does not start.
        """
        plan = self.plan
        folder = self.folder
        words = ["--announce", f"{folder}/edge.port", "--log", f"{folder}/{routing.LOG_SOCKET}"]
        bound = ["--slow-seconds", f"{plan.slow_seconds:g}"]
        bound += ["--names", json.dumps(asdict(plan.names))]
        self.parts.start_module("edge", "edge", [*words, *bound])
        self.launch(*plan.first.old)
        edge = self._announced("edge")
        (folder / "drill.rules.yml").write_text(plan.groups)
        self._start_router()
        self.await_ready(*plan.first.old)
        self.admit(*plan.first.old)
        self.router.weigh(dict.fromkeys(plan.first.old, routing.MAX_WEIGHT))
        self._start_load()
        self._fill_history(edge)
        self._start_prometheus(edge)
        self._await_scrapes()

    def launch(self, *names: str) -> None:
        """Start replicas; they are not ready yet."""
        for name in names:
            self.issued[name] = time.monotonic()
            if self.plan.command:
                self._launch_command(name)
            else:
                self._launch_own(name)

    def _launch_own(self, name: str, upstream: int = 0) -> None:
        plan, fault = self.plan, self.plan.fault
        new = name.startswith("v2")
        errors, latency = plan.baseline_errors, plan.service_seconds
        startup = plan.clock.startup
        if upstream:
            errors, latency, startup = 0.0, 0.0, 0.0
        if new and self.faulty:
            errors = fault.errors if fault.kind == "errors" else errors
            latency = fault.latency_seconds if fault.kind == "latency" else latency
            startup = 3 * plan.clock.deadline if fault.kind == "slow-start" else startup
        file = self.folder / f"{name}.port"
        file.unlink(missing_ok=True)
        words = ["--announce", str(file), "--version", name[:2]]
        words += ["--errors", f"{errors:.9g}", "--latency-ms", f"{latency * 1000:.6g}"]
        words += ["--ready-at", f"{self.issued[name] + startup:.6f}"]
        words += ["--linger", f"{LINGER * plan.clock.grace:.3f}", "--upstream", str(upstream)]
        words += ["--drain", f"{plan.timeout_seconds:.3f}"]
        words += ["--seed", str(self.seed * 100 + int(name.rpartition("-")[2]) + 50 * new)]
        self.parts.start_module(name, "server", words)

    def _launch_command(self, name: str) -> None:
        """The user's command; a fault of its answers is injected by a replica before it."""
        port = free_port()
        kind = self.plan.fault.kind if self.faulty and name.startswith("v2") else "none"
        before = kind in {"errors", "latency", "slow-start"}
        own = f"command-{name}" if before else name
        env = {"PORT": str(port), "VERSION": name[:2]}
        self.parts.start(own, self.plan.command, env)
        if before:
            self._launch_own(name, upstream=port)
            self._await_http(own, port, self.plan.health_path, time.monotonic())
        else:
            (self.folder / f"{name}.port").write_text(f"{port}\n")

    def await_ready(self, *names: str) -> list[str]:
        """Wait until replicas are ready.

        Returns:
            Those that are not by the deadline; empty where all are.
        """
        late = [name for name in names if not self._is_ready(name)]
        if late and not (self.faulty and late[0].startswith("v2")):
            raise UserError(
                f"{late[0]} is not ready after {self._patience(late[0]):.3g} s"
                f"{self._said(late[0])}",
                where="drill",
                fix=f"{self.plan.health_path} on PORT must answer below 500",
                code="never_ready",
            )
        return late

    def _is_ready(self, name: str) -> bool:
        """Whether a replica gets ready; a command that lost its port starts with another.

        Raises:
            UserError: the command has ended.
        """
        own = not self.plan.command or f"command-{name}" in self.parts.logs
        path = "/healthz" if own else self.plan.health_path
        for left in range(TRIES - 1, -1, -1):
            self.ports[name] = self._announced(name)
            try:
                return self._await_http(name, self.ports[name], path, self.issued[name])
            except UserError as problem:
                if own or not left or "in use" not in problem.message.lower():
                    raise
            self.parts.logs[name].unlink(missing_ok=True)
            self.launch(name)
        return False

    def _await_http(self, name: str, port: int, path: str, since: float) -> bool:
        """Whether a replica answers below 500 before its deadline.

        Raises:
            UserError: its process has ended.
        """
        until = since + self._patience(name)
        while time.monotonic() < until:
            if status_of(port, path) in range(1, 500):
                return True
            if not self.parts.running(name):
                raise UserError(
                    f"{name} ended before it was ready{self._said(name)}",
                    where="drill",
                    fix="the command must serve HTTP on the PORT of its environment",
                    code="command_failed",
                )
            self.wait(0.02)
        return False

    def _patience(self, name: str) -> float:
        """Seconds in which a replica must be ready.

        The plan's deadline decides over the fault that is about it; a replica of ours that this
        machine starts late is waited for, a command of the user's has real seconds.
        """
        if name.startswith("command-") or (
            self.plan.command and f"command-{name}" not in self.parts.logs
        ):
            return self.plan.ready_seconds
        if self.faulty and self.plan.fault.kind == "slow-start" and name.startswith("v2"):
            return self.plan.clock.deadline
        return max(START_SECONDS, self.plan.clock.deadline)

    def admit(self, *names: str) -> None:
        """Put replicas that are ready behind the router."""
        for name in names:
            self.router.admit(name, self.ports[name])

    def strike(self, names: tuple[str, ...]) -> None:
        """Inject a crash or a hang."""
        number = signal.SIGKILL if self.plan.fault.kind == "crash" else signal.SIGSTOP
        for name in names:
            self.parts.signal(name, number)

    def stop(self, *names: str) -> None:
        """Tell replicas to end; they answer what they have."""
        for name in names:
            self.parts.signal(name, signal.SIGTERM)

    def end(self, *names: str) -> None:
        """Tell replicas to end and wait until they are gone; after their grace without mercy.

        The grace is divided by the factor and requests are not: a replica that answers what it
        has is given the time for it, one that hangs is not.
        """
        self.stop(*names)
        until = time.monotonic() + self.plan.clock.grace + KILL_AFTER_SECONDS
        if self.plan.fault.kind != "hang":
            until += self.plan.timeout_seconds
        while any(self.parts.running(name) for name in names):
            if time.monotonic() > until:
                for name in names:
                    self.parts.signal(name, signal.SIGKILL)
                until += 5.0
            self.wait(0.02)

    def check(self) -> None:
        """Whether every part that the drill measures with still runs.

        Raises:
            EngineError: one has ended by itself (``part_failed``).
        """
        for name in ("haproxy", "prometheus", "edge", "load"):
            if not self.parts.running(name):
                raise EngineError(
                    f"{name} ended by itself{self._said(name)}",
                    where="drill",
                    fix="start the drill again",
                    code="part_failed",
                )

    def leave(self) -> None:
        """Close what is held open here; the processes are the supervisor's."""
        if self._prometheus is not None:
            self._prometheus.close()

    def wait(self, seconds: float) -> None:
        """Let time pass; the tick may raise."""
        self.tick()
        time.sleep(seconds)

    def _start_router(self) -> None:
        plan, folder = self.plan, self.folder
        routing.write_maps(plan.layout, folder)
        for _ in range(TRIES):
            port = free_port()
            text = routing.configuration(
                plan.layout,
                {"v1": plan.replicas, "v2": plan.new_most},
                port=port,
                folder=folder,
                server_timeout_ms=round(plan.timeout_seconds * 1000),
            )
            (folder / "haproxy.cfg").write_text(text)
            self.parts.start(
                "haproxy", [self.tools["haproxy"], "-db", "-f", f"{folder}/haproxy.cfg"]
            )
            router = Router(plan.layout, folder, port)
            if self._up("haproxy", router.up):
                self._router = router
                return
        raise self._failed("haproxy")

    def _start_prometheus(self, edge_port: int) -> None:
        rules = self.folder / "drill.rules.yml"
        plan = self.plan
        text = prom.configuration(plan.clock, plan.names.job, edge_port, rules)
        (self.folder / "prometheus.yml").write_text(text)
        for _ in range(TRIES):
            port = free_port()
            self.parts.start(
                "prometheus", prom.arguments(self.tools["prometheus"], self.folder, port)
            )
            server = Prometheus(port, plan.names.version_label)
            if self._up("prometheus", partial(server.ready, self.folder)):
                self._prometheus = server
                return
            server.close()
        raise self._failed("prometheus")

    def _fill_history(self, edge_port: int) -> None:
        """Blocks of health, where the service as a whole decides.

        They end when the load began: the first scrape then adds all requests since.
        """
        if not history_seconds(self.plan):
            return
        file = self.folder / "history.txt"
        with file.open("w") as out:
            out.writelines(openmetrics(self.plan, self.issued["load"], f"127.0.0.1:{edge_port}"))
        words = ["tsdb", "create-blocks-from", "openmetrics", str(file), f"{self.folder}/tsdb"]
        self.parts.start("history", [self.tools["promtool"], *words])
        until = time.monotonic() + START_SECONDS
        while self.parts.running("history") and time.monotonic() < until:
            self.wait(0.05)

    def _start_load(self) -> None:
        plan, folder = self.plan, self.folder
        words = ["--announce", f"{folder}/load.port", "--record", f"{folder}/load.txt"]
        words += ["--port", str(self.router.port), "--rps", f"{plan.rps:g}"]
        words += ["--timeout", f"{plan.timeout_seconds + 2:g}", "--seed", str(self.seed)]
        words += ["--users", str(routing.USERS)]
        words += ["--constant"] if plan.constant else []
        self.parts.start_module("load", "load", words)
        self._announced("load")
        self.issued["load"] = time.time()

    def _await_scrapes(self) -> None:
        """At least three scrapes of counters at zero: ``rate()`` misses no first error then."""
        until = time.monotonic() + START_SECONDS + 5 * self.plan.clock.scrape
        series = f"{self.plan.names.requests}{{{self.plan.names.labels('v2')}}}"
        query = f"count_over_time({series}[{60 + 6 * self.plan.clock.scrape:.0f}s])"
        while (self.prometheus.number(query) or 0) < 3:
            if time.monotonic() > until:
                raise self._failed("prometheus")
            self.wait(0.1)

    def _up(self, name: str, check: Callable[[], bool]) -> bool:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not self.parts.running(name):
                return False
            if check():
                return True
            self.wait(0.05)
        return False

    def _announced(self, name: str, of: str = "") -> int:
        file = self.folder / f"{name}.port"
        until = time.monotonic() + START_SECONDS
        while not file.exists():
            if time.monotonic() > until or not self.parts.running(of or name):
                raise self._failed(of or name)
            self.wait(0.01)
        return int(file.read_text())

    def _said(self, name: str) -> str:
        words = self.parts.last_lines(name)
        return f"; it said: {words}" if words else "; it said nothing"

    def _failed(self, name: str) -> EngineError:
        return EngineError(
            f"{name} does not start{self._said(name)}",
            where="drill",
            fix="start the drill again; where it stays so, run it with --debug",
            code="part_failed",
        )
