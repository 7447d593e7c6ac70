"""Texts of the instrumentation files; ``@NAME@`` is filled in."""

from __future__ import annotations

GUNICORN = '''
# @MARK@
"""HTTP metrics of all gunicorn workers together, at @PATH@ of the application's own port.

Read through GUNICORN_CMD_ARGS (--config). Works for WSGI applications and for ASGI ones under
uvicorn's worker; neither needs a change.
"""

import os
import time
from pathlib import Path

os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "/tmp/prometheus")
Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)

from prometheus_client import (  # noqa: E402 - the folder has to be there first
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

REQUESTS = Counter("http_requests_total", "Requests answered", ["method", "route", "code"])
SECONDS = Histogram("http_request_duration_seconds", "Seconds a request took", ["method", "route"])
METRICS_PATH = "@PATH@"


def exposition():
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry)


def record(method, route, code, start):
    REQUESTS.labels(method, route, code).inc()
    SECONDS.labels(method, route).observe(time.perf_counter() - start)


def wsgi_route(environ):
    """The route's pattern, not the path: an id in it would make a series each."""
    request = environ.get("werkzeug.request")
    rule = getattr(request, "url_rule", None)
    if rule is not None:
        return rule.rule
    try:
        from django.urls import resolve

        return "/" + resolve(environ.get("PATH_INFO", "/")).route
    except Exception:  # no Django, or no such route
        return "unknown"


def wsgi(application):
    def measured(environ, start_response):
        if environ.get("PATH_INFO") == METRICS_PATH:
            start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [exposition()]
        begin = time.perf_counter()
        seen = {"code": "500", "route": "unknown"}

        def started(status, headers, exc_info=None):
            # Flask forgets its request once it has answered
            seen.update(code=status.split(" ", 1)[0], route=wsgi_route(environ))
            return start_response(status, headers, exc_info)

        try:
            return application(environ, started)
        finally:
            record(environ.get("REQUEST_METHOD", ""), seen["route"], seen["code"], begin)

    return measured


def asgi(application):
    async def measured(scope, receive, send):
        if scope["type"] != "http":
            return await application(scope, receive, send)
        if scope["path"] == METRICS_PATH:
            headers = [(b"content-type", CONTENT_TYPE_LATEST.encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            return await send({"type": "http.response.body", "body": exposition()})
        begin, code = time.perf_counter(), ["500"]

        async def sent(message):
            if message["type"] == "http.response.start":
                code[0] = str(message["status"])
            await send(message)

        try:
            await application(scope, receive, sent)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            record(scope["method"], route, code[0], begin)

    return measured


def post_worker_init(worker):
    wrap = asgi if "uvicorn" in type(worker).__module__ else wsgi
    worker.wsgi = wrap(worker.wsgi)


def child_exit(server, worker):
    multiprocess.mark_process_dead(worker.pid)
'''
"""Hooks of gunicorn: the metrics of all worker processes together."""

REGISTER = """
// @MARK@
// Copied to @OUTSIDE@, beside the packages; NODE_OPTIONS loads it into every Node.js process of
// the container. Package managers are processes of their own (npm start): they would take the
// port of the metrics first.
const program = require("path").basename(process.argv[1] || "");

if (!/^(npm|npx|pnpm|yarn|corepack)/.test(program)) {
  const { NodeSDK } = require("@opentelemetry/sdk-node");
  const { getNodeAutoInstrumentations } = require("@opentelemetry/auto-instrumentations-node");
  // Probes and scrapes are no users: at low traffic they would hide a fault.
  const ignored = new Set(@IGNORED@);
  // Its own register.js would also listen to SIGTERM, and a process that listens does not end.
  new NodeSDK({
    instrumentations: getNodeAutoInstrumentations({
      "@opentelemetry/instrumentation-http": {
        ignoreIncomingRequestHook: (request) => ignored.has((request.url || "").split("?")[0]),
      },
    }),
  }).start();
}
"""
"""Loads OpenTelemetry into the application, not into npm."""

GRADLE = """
// @MARK@
// Init script: gradle --init-script THIS otelAgent copies OpenTelemetry's agent to @OUTSIDE@.
rootProject {
    configurations { otelAgent }
    repositories { mavenCentral() }
    dependencies { otelAgent "@AGENT@" }
    tasks.register("otelAgent", Copy) {
        from configurations.otelAgent
        into "@OUTSIDE@"
        rename { "opentelemetry-javaagent.jar" }
    }
}
"""
"""Init script that fetches the Java agent."""

GO = """
//go:build ignore

// @MARK@

// Package httpmetrics counts and times the requests of a handler for Prometheus.
//
// Move it into a package of its own without the line above, which keeps it out of the build
// until github.com/prometheus/client_golang is in go.mod; then wrap the handlers that users call:
//
//	mux.Handle("/", httpmetrics.Wrap(api))
//	mux.Handle("@PATH@", httpmetrics.Handler())
//
// Probes stay outside of Wrap: at low traffic they would hide a fault.
package httpmetrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	requests = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "http_requests_total",
		Help: "Requests answered",
	}, []string{"method", "code"})
	seconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "http_request_duration_seconds",
		Help:    "Seconds a request took",
		Buckets: prometheus.DefBuckets,
	}, []string{"method", "code"})
)

// Wrap measures what next answers.
func Wrap(next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerCounter(requests,
		promhttp.InstrumentHandlerDuration(seconds, next))
}

// Handler is what Prometheus scrapes.
func Handler() http.Handler {
	return promhttp.Handler()
}
"""
"""A package that wraps a handler."""

RUBY = """
# @MARK@
# Starts the application of config.ru behind Prometheus' middlewares, without a change of it:
#   bundle add prometheus-client
#   bundle exec puma observability/instrumentation/metrics.ru
require "prometheus/middleware/collector"
require "prometheus/middleware/exporter"

use Prometheus::Middleware::Collector
use Prometheus::Middleware::Exporter

application = Rack::Builder.parse_file("config.ru")
run application.is_a?(Array) ? application.first : application
"""
"""A rackup file around the application."""

STEPS = {
    "go": ("text", "import the package of httpmetrics.go and wrap the handler"),
    "ruby": (
        "sh",
        """bundle add prometheus-client
bundle exec puma observability/instrumentation/metrics.ru""",
    ),
    "dotnet": (
        "csharp",
        """// dotnet add package prometheus-net.AspNetCore
app.UseRouting();
app.UseHttpMetrics();   // after UseRouting, before the endpoints
app.MapMetrics();       // /metrics""",
    ),
    "rust": (
        "rust",
        """// cargo add axum-prometheus
let (layer, handle) = axum_prometheus::PrometheusMetricLayer::pair();
let app = app.route("/metrics", get(|| async move { handle.render() })).layer(layer);""",
    ),
    "elixir": (
        "elixir",
        """# telemetry_metrics_prometheus in mix.exs; in the supervision tree, of the event
# [:phoenix, :endpoint, :stop]:
#   counter http.requests.total (tags method, code)
#   distribution http.request.duration.seconds (tag method)""",
    ),
    "php": (
        "php",
        """// composer require promphp/prometheus_client_php, storage APCu or Redis
// a middleware counts and times every request, a route shows /metrics:
//   counter http_requests_total (method, route, code)
//   histogram http_request_duration_seconds (method, route)""",
    ),
}
"""What a person adds, by language: (language of the code block, text)."""
