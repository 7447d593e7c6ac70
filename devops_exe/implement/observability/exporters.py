"""What HTTP metrics look like in source code, and what well-known exporters call theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATUS_LABELS = ("status", "status_code", "code", "http_status", "status_class", "statusCode")
"""Labels that libraries and people give the HTTP status."""

ROUTE_LABELS = ("route", "path", "handler", "endpoint", "uri", "view", "url")
"""Labels that they give the route."""

SOURCES = (
    ".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".rb", ".ru", ".java", ".kt", ".cs", ".php", ".rs",
    ".ex", ".exs", ".scala",
)  # fmt: skip
"""Endings of source files."""

ASIDE = re.compile(
    r"(?:\A|/)(?:tests?|spec|specs|__tests__|examples?|docs?|node_modules|vendor|third_party|"
    r"migrations|benchmarks?|e2e|scripts)/|(?:_test\.go|_spec\.rb|\.(?:test|spec)\.[jt]s|"
    r"(?:\A|/)test_[^/]*\.py)\Z"
)
"""Paths that are no part of the process that serves."""

MANIFESTS = re.compile(
    r"(?:.*/)?(?:requirements[^/]*\.txt|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|package\.json|"
    r"go\.mod|Gemfile|pom\.xml|build\.gradle(?:\.kts)?|[^/]*\.csproj|composer\.json|Cargo\.toml|"
    r"mix\.exs)"
)
"""Files that name dependencies."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """A library that exports HTTP metrics by itself once it is set up.

    Attributes:
        dependency: regular expression of its name in a manifest.
        requests, code_label, bucket, route_label: as of :class:`Series`.
        path: where it is scraped by default.
        bucket_route: whether the histogram has the route's label.
        used: regular expression of what sets it up, in the source; empty where the
            dependency alone does.
        environment: variables without which it does not export all of that.
        source: where the names are documented.
    """

    dependency: str
    requests: str
    code_label: str
    bucket: str
    route_label: str
    path: str = "/metrics"
    bucket_route: bool = True
    used: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    source: str = ""


EXPORTERS = (
    Exporter(
        r"prometheus[-_]fastapi[-_]instrumentator",
        "http_requests_total", "status", "http_request_duration_seconds_bucket", "handler",
        used=r"Instrumentator\(", source="trallnag/prometheus-fastapi-instrumentator, metrics.py",
    ),
    Exporter(
        r"starlette[-_]exporter",
        "starlette_requests_total", "status_code", "starlette_request_duration_seconds_bucket",
        "path", used=r"PrometheusMiddleware", source="stephenhillier/starlette_exporter, README",
    ),
    Exporter(
        r"prometheus[-_]flask[-_]exporter",
        # its counter has no path, by which probes are told from users
        "flask_http_request_duration_seconds_count", "status",
        "flask_http_request_duration_seconds_bucket", "path",
        used=r"PrometheusMetrics", source="rycus86/prometheus_flask_exporter, README",
    ),
    Exporter(
        r"django[-_]prometheus",
        "django_http_responses_total_by_status_view_method_total", "status",
        "django_http_requests_latency_seconds_by_view_method_bucket", "view",
        used=r"django_prometheus", source="korfuri/django-prometheus, middleware.py",
    ),
    Exporter(
        r"express-prom-bundle",
        "http_request_duration_seconds_count", "status_code",
        "http_request_duration_seconds_bucket", "path",
        used=r"includePath", source="jochen-schweizer/express-prom-bundle, README",
    ),
    Exporter(
        r"express-prom-bundle",
        "http_request_duration_seconds_count", "status_code",
        "http_request_duration_seconds_bucket", "",
        used=r"express-prom-bundle", source="jochen-schweizer/express-prom-bundle, README",
    ),
    Exporter(
        r"fastify-metrics",
        "http_request_duration_seconds_count", "status_code",
        "http_request_duration_seconds_bucket", "route",
        used=r"fastify-metrics", source="SkeLLLa/fastify-metrics, README",
    ),
    Exporter(
        r"quarkus-micrometer-registry-prometheus",
        "http_server_requests_seconds_count", "status", "", "uri", path="/q/metrics",
        source="Quarkus, Micrometer metrics",
    ),
    Exporter(
        r"micrometer-registry-prometheus",
        "http_server_requests_seconds_count", "status", "http_server_requests_seconds_bucket",
        "uri", path="/actuator/prometheus",
        environment=(
            ("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "health,prometheus"),
            (
                "MANAGEMENT_METRICS_DISTRIBUTION_PERCENTILES_HISTOGRAM_HTTP_SERVER_REQUESTS",
                "true",
            ),
        ),
        source="Spring Boot, Production-ready Features: Metrics",
    ),
    Exporter(
        r"prometheus-net\.AspNetCore",
        "http_requests_received_total", "code", "http_request_duration_seconds_bucket", "endpoint",
        used=r"UseHttpMetrics", source="prometheus-net/prometheus-net, README",
    ),
    Exporter(
        r"prometheus-client",
        "http_server_requests_total", "code", "http_server_request_duration_seconds_bucket",
        "path", used=r"Prometheus::Middleware::Collector", source="prometheus/client_ruby, README",
    ),
    Exporter(
        r"yabeda-rails",
        "rails_requests_total", "status", "rails_request_duration_seconds_bucket", "",
        used=r"", source="yabeda-rb/yabeda-rails, README",
    ),
    Exporter(
        r"prometheus_exporter",
        "ruby_http_requests_total", "status", "", "",
        used=r"PrometheusExporter::Middleware", source="discourse/prometheus_exporter, README",
    ),
    Exporter(
        r"axum-prometheus",
        "axum_http_requests_total", "status", "axum_http_requests_duration_seconds_bucket",
        "endpoint", used=r"PrometheusMetricLayer", source="Ptrskay3/axum-prometheus, README",
    ),
)  # fmt: skip
"""Libraries, the more specific first."""
