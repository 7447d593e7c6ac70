KIND = "otel-collector"
PATH = "observability/otel/collector.yaml"
GOOD = """\
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 127.0.0.1:4317
processors:
  memory_limiter:
    check_interval: 1s
    limit_mib: 256
  batch: {}
exporters:
  prometheus:
    endpoint: 127.0.0.1:9464
extensions:
  health_check: {}
service:
  extensions: [health_check]
  pipelines:
    metrics:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [prometheus]
"""
ERRORS = {
    "a receiver that nobody declared": ("receivers: [otlp]", "receivers: [otpl]", "otel-pipelines"),
    "an exporter that nobody uses": (
        "exporters:\n  prometheus",
        "exporters:\n  debug: {}\n  prometheus",
        "otel-pipelines",
    ),
    "a pipeline without an end": ("      exporters: [prometheus]\n", "", "otel-pipelines"),
    "a signal that is none": ("    metrics:\n", "    metric:\n", "otel-pipelines"),
    "an extension that nobody declared": (
        "extensions: [health_check]",
        "extensions: [pprof]",
        "otel-parts",
    ),
    "the limit of memory comes too late": (
        "[memory_limiter, batch]",
        "[batch, memory_limiter]",
        "otel-parts",
    ),
    "a key that no collector has": (
        "processors:\n  memory",
        "processor:\n  memory",
        "otel-pipelines",
    ),
    "a key twice": ("  batch: {}\n", "  batch: {}\n  batch: {}\n", "readable"),
}
