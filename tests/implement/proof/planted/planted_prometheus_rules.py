# ruff: noqa: E501 - a planted error is one line
KIND = "prometheus-rules"
PATH = "observability/prometheus/web.rules.yml"
GOOD = """\
groups:
  - name: web-slo
    interval: 30s
    rules:
      - record: job:http_errors:ratio_rate5m
        expr: sum(rate(http_requests_total{job="web",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="web"}[5m]))
      - record: job:http_errors:ratio_rate1h
        expr: sum(rate(http_requests_total{job="web",code=~"5.."}[1h])) / sum(rate(http_requests_total{job="web"}[1h]))
      - alert: WebBurnsBudget
        expr: job:http_errors:ratio_rate5m > 0.0144 and job:http_errors:ratio_rate1h > 0.0144
        for: 2m
        labels:
          severity: page
        annotations:
          summary: web burns its budget ({{ $value | humanizePercentage }} errors)
"""
ERRORS = {
    "a series that nobody records": ("ratio_rate5m > 0.0144", "ratio_rate10m > 0.0144", "recorded-series"),
    "PromQL that is none": ('{job="web",code=~"5.."}[5m]))', '{job="web",code=~"5.."}[5m])', "promtool check rules"),
    "a rate of an instant": ('"web"}[1h]))\n      - alert', '"web"}))\n      - alert', "promtool check rules"),
    "no duration": ("for: 2m", "for: two", "rule-names"),
    "no known severity": ("severity: page", "severity: loud", "rule-names"),
    "no word for the person it wakes": ("        annotations:\n          summary: web burns its budget ({{ $value | humanizePercentage }} errors)\n", "", "rule-names"),
    "a template that never closes": ("humanizePercentage }}", "humanizePercentage }", "rule-names"),
    "a function that no template has": ("humanizePercentage", "humanisePercentage", "promtool check rules"),
    "an unknown key": ("interval: 30s", "intervall: 30s", "promtool check rules"),
    "a series recorded twice": ("record: job:http_errors:ratio_rate1h", "record: job:http_errors:ratio_rate5m", "recorded-series"),
    "a name that is no level": ("record: job:http_errors:ratio_rate1h", "record: http_errors_1h", "rule-names"),
    "PromQL that the parser refuses": ("job:http_errors:ratio_rate5m > 0.0144", "job:http_errors:ratio_rate5m >> 0.0144", "promql-parser"),
}  # fmt: skip
