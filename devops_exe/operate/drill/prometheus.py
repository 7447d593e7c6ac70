"""Prometheus on loopback: its configuration, and what the drill asks it."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from devops_exe.operate.drill.rules import duration

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.operate.drill.model import Clock


def configuration(clock: Clock, job: str, edge_port: int, rules: Path) -> str:
    """The configuration file: one target, the router's counters. JSON is YAML."""
    interval = duration(clock.scrape)
    return json.dumps(
        {
            "global": {
                "scrape_interval": interval,
                "scrape_timeout": interval,
                "evaluation_interval": duration(clock.evaluation),
            },
            "rule_files": [str(rules)],
            "scrape_configs": [
                {
                    "job_name": job,
                    "honor_labels": True,
                    "static_configs": [{"targets": [f"127.0.0.1:{edge_port}"]}],
                }
            ],
        }
    )


def arguments(binary: str, folder: Path, port: int) -> list[str]:
    """The command line."""
    return [
        binary,
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/tsdb",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]


class Prometheus:
    """A running Prometheus, by its HTTP interface; one connection is kept."""

    def __init__(self, port: int, version_label: str = "version") -> None:
        self.port = port
        self.version_label = version_label
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)

    def firing(self) -> dict[str, str]:
        """Alerts that fire: name to when they became active; those of v1 alone left out."""
        found = {}
        for alert in (self._get("/api/v1/alerts") or {}).get("alerts", []):
            labels = alert["labels"]
            if alert["state"] == "firing" and labels.get(self.version_label, "v2") == "v2":
                found[labels["alertname"]] = alert["activeAt"]
        return found

    def number(self, query: str) -> float | None:
        """The first value of an instant query; None where it yields nothing."""
        answer = self._get(f"/api/v1/query?query={quote(query)}") or {}
        for one in answer.get("result", []):
            return float(one["value"][1])
        return None

    def ready(self, folder: Path) -> bool:
        """Whether it serves, and is the one of this folder: another may have the port."""
        flags = self._get("/api/v1/status/flags") or {}
        return flags.get("config.file") == f"{folder}/prometheus.yml"

    def _get(self, path: str) -> dict[str, Any] | None:
        for _ in range(2):  # the kept connection may have been closed
            try:
                self._line.request("GET", path)
                answer = self._line.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                self._line.close()
                continue
            if answer.status != 200:
                return None
            try:
                data: dict[str, Any] = json.loads(body)["data"]
            except (ValueError, KeyError, TypeError):
                return None
            return data
        return None

    def close(self) -> None:
        """Close the connection."""
        self._line.close()
