"""The series of the instrumentation that is generated, by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devops_exe.implement.series import Series

if TYPE_CHECKING:
    from devops_exe.implement.subject import Subject

OTEL_PORT = 9464
"""Port of the Prometheus exporter: OpenTelemetry specification, OTEL_EXPORTER_PROMETHEUS_PORT."""

OTEL_LANGUAGES = frozenset({"python", "javascript", "typescript", "java", "kotlin", "csharp"})
"""Languages with zero-code instrumentation that exports HTTP server metrics."""

OTEL = Series(
    requests="http_server_request_duration_seconds_count",
    code_label="http_response_status_code",
    bad='http_response_status_code=~"5.."',
    bucket="http_server_request_duration_seconds_bucket",
    route_label="http_route",
    source="generated instrumentation, OpenTelemetry (http.server.request.duration)",
    metrics_port=OTEL_PORT,
)
"""Names of the OpenTelemetry HTTP semantic conventions as Prometheus has them."""

CLIENT = Series(route_label="route", source="generated instrumentation, Prometheus client")
"""Names of the generated middlewares, where a language has no zero-code instrumentation."""


def generated_series(subject: Subject) -> Series:
    """The names that the generated instrumentation of the subject's language exports."""
    return OTEL if subject.language in OTEL_LANGUAGES else CLIENT
