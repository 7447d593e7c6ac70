"""Alertmanager: who hears of which alert, and after how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.emit import Noted
from devops_exe.implement.observability.durations import duration

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

SECRETS = "/etc/alertmanager/secrets"
"""Folder of the mounted Secret: no address or key stands in the file."""

GROUP_INTERVAL, REPEAT_INTERVAL = "5m", "4h"
"""Alertmanager's own defaults (configuration reference, ``route``)."""


def alertmanager_config(subject: Subject) -> dict[str, object]:
    """Routes by severity: a page wakes somebody, a ticket waits for the morning."""
    wait = subject.given("group_wait_seconds")
    return {
        "route": {
            "receiver": "ticket",
            "group_by": Noted(
                ["job"], "one notification an incident: the service's and its versions' alerts"
            ),
            "group_wait": Noted(duration(float(wait.value)), wait.reference),
            "group_interval": Noted(GROUP_INTERVAL, "Alertmanager's default"),
            "repeat_interval": Noted(REPEAT_INTERVAL, "Alertmanager's default"),
            "routes": [
                {"matchers": ['severity="page"'], "receiver": "page"},
                {"matchers": ['severity="ticket"'], "receiver": "ticket"},
            ],
        },
        "inhibit_rules": [
            Noted(
                {
                    "source_matchers": ['severity="page"'],
                    "target_matchers": ['severity="ticket"'],
                    "equal": ["job"],
                },
                "who is paged for a service needs no ticket of the same service",
            )
        ],
        "receivers": [_page(), _ticket(subject)],
    }


def _page() -> dict[str, object]:
    return {
        "name": "page",
        "pagerduty_configs": [
            {
                "routing_key_file": f"{SECRETS}/pagerduty-routing-key",
                "severity": "critical",
                "details": {"runbook": "{{ .CommonAnnotations.runbook }}"},
            }
        ],
    }


def _ticket(subject: Subject) -> dict[str, object]:
    text = "{{ range .Alerts }}{{ .Annotations.description }} {{ .Annotations.runbook }}\n{{ end }}"
    return {
        "name": "ticket",
        "slack_configs": [
            {
                "api_url_file": f"{SECRETS}/slack-webhook-url",
                "channel": f"#{subject.name}",
                "title": "{{ .CommonAnnotations.summary }}",
                "text": text,
                "send_resolved": True,
            }
        ],
    }
