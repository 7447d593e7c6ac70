"""The series of the instrumentation that is generated, by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.observability.instrumentation import OTEL_PORT, served_by_gunicorn
from devops_exe.implement.series import Series
from devops_exe.implement.stack import stack_of

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject


def _otel(metric: str) -> Series:
    """Names of the OpenTelemetry HTTP semantic conventions as an exporter writes them."""
    return Series(
        requests=f"{metric}_count",
        code_label="http_response_status_code",
        bad='http_response_status_code=~"5.."',
        bucket=f"{metric}_bucket",
        route_label="http_route",
        source="generated instrumentation, OpenTelemetry (http.server.request.duration)",
        metrics_port=OTEL_PORT,
    )


def _named(requests: str, code: str, bucket: str, route: str, library: str) -> Series:
    return Series(
        requests=requests,
        code_label=code,
        bad=f'{code}=~"5.."',
        bucket=bucket,
        route_label=route,
        source=f"generated instrumentation, {library}",
    )


def generated_series(subject: Subject) -> Series:
    """The names that the generated instrumentation of the subject's language exports."""
    stack = stack_of(subject)
    if stack.language == "python" and served_by_gunicorn(stack):
        return Series(route_label="route", source="generated instrumentation, prometheus-client")
    return _BY_LANGUAGE.get(stack.language, Series())


_BY_LANGUAGE = {
    "python": _otel("http_server_request_duration_seconds"),
    "java": _otel("http_server_request_duration_seconds"),
    "kotlin": _otel("http_server_request_duration_seconds"),
    # the exporter of OpenTelemetry JS writes no unit into the name; the values are seconds
    "node": _otel("http_server_request_duration"),
    "go": Series(source="generated instrumentation, client_golang"),
    "ruby": _named(
        "http_server_requests_total",
        "code",
        "http_server_request_duration_seconds_bucket",
        "path",
        "prometheus-client",
    ),
    "dotnet": _named(
        "http_requests_received_total",
        "code",
        "http_request_duration_seconds_bucket",
        "endpoint",
        "prometheus-net",
    ),
    "rust": _named(
        "axum_http_requests_total",
        "status",
        "axum_http_requests_duration_seconds_bucket",
        "endpoint",
        "axum-prometheus",
    ),
    "php": Series(route_label="route", source="generated instrumentation, prometheus_client_php"),
    "elixir": Series(source="generated instrumentation, prom_ex (telemetry_metrics)"),
}
"""Names by the stack's language; those of a snippet hold once a person has added it."""
