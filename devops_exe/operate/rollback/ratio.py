"""The last look, where a Prometheus is named: the error ratio is below the alert's threshold.

It is asked by ``promtool query instant``, a program like every other of the plan, over the short
window of the alert that sees a total outage first; it is asked again until that window has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from devops_exe.ground.errors import UserError
from devops_exe.implement.series import Series
from devops_exe.operate.rollback.model import (
    Check,
    Expectation,
    Invocation,
    Selection,
    Step,
    Wanted,
)

if TYPE_CHECKING:
    from devops_exe.blueprint.draft import Context

SLACK_SECONDS = 60
"""Beyond the window: a scrape, and the pods that still end."""


def ratio_step(context: Context, url: str, number: int) -> Step:
    """The step that asks ``url`` for the error ratio.

    Raises:
        UserError: it is no address, or holds a password, which would be shown.
    """
    server = _server(url)
    alerts = context.plan.entry("alerts")
    at = f"alerts[{context.alert()}]"
    threshold = alerts.number(f"{at}.error_ratio_threshold")
    window = alerts.number(f"{at}.short_window_seconds")
    series = Series(job=context.name)
    seconds = f"{window:.0f}s"
    query = (
        f"sum(rate({series.failed()}[{seconds}])) / sum(rate({series.every()}[{seconds}])) "
        f"or 0 * sum(rate({series.every()}[{seconds}]))"
    )
    below = Wanted("below", (f"{threshold:.12g}",))
    return Step(
        number=number,
        title="verify that the error ratio is below the alert's threshold",
        kind="reads",
        invocation=Invocation(("promtool", "query", "instant", "-o", "json", server, query)),
        changes="nothing: it only reads",
        checks=(
            Check(
                invocation=Invocation(
                    ("promtool", "query", "instant", "-o", "json", server, query)
                ),
                within=window + SLACK_SECONDS,
                expect=(Expectation(Selection(take=("value",)), "any", below),),
            ),
        ),
        seen=f"the error ratio over {seconds} is below {threshold:.4g}",
        back="page the incident lead if it is not",
    )


def _server(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.username is not None:
        raise UserError(
            "it is no address that can be shown",
            where="--prometheus",
            fix="write http://host:9090, without user and password",
            code="bad_url",
        )
    return url.rstrip("/")
