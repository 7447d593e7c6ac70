# ruff: noqa: E501 - a planted error is one line
KIND = "grafana"
PATH = "observability/grafana/web.json"
GOOD = """\
{
  "title": "web",
  "uid": "web-slo",
  "schemaVersion": 39,
  "tags": ["slo"],
  "time": {"from": "now-6h", "to": "now"},
  "annotations": {"list": []},
  "templating": {"list": [{"name": "job", "type": "textbox", "query": "web"}]},
  "panels": [
    {
      "id": 1,
      "title": "Errors",
      "type": "timeseries",
      "datasource": {"type": "prometheus", "uid": "prometheus"},
      "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
      "targets": [
        {"refId": "A", "expr": "sum(rate(http_requests_total{job=\\"$job\\"}[$__rate_interval]))"}
      ]
    },
    {
      "id": 2,
      "title": "Budget",
      "type": "stat",
      "datasource": {"type": "prometheus", "uid": "prometheus"},
      "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8},
      "targets": [{"refId": "A", "expr": "1 - job:http_errors:ratio_rate30d / 0.001"}]
    }
  ]
}
"""
ERRORS = {
    "a panel over another": ('{"x": 12,', '{"x": 6,', "grafana-panels"),
    "a panel beyond the grid": ('"w": 12, "h": 8},\\n      "targets": [{'.replace("\\n", "\n"), '"w": 30, "h": 8},\n      "targets": [{', "grafana-panels"),
    "a place that is text": ('{"x": 0,', '{"x": "0",', "grafana-panels"),
    "an id twice": ('"id": 2', '"id": 1', "grafana-panels"),
    "a type that nobody has": ('"type": "stat"', '"type": "state"', "grafana-panels"),
    "an unknown key": ('"tags"', '"tag"', "grafana-dashboard"),
    "no title": ('  "title": "web",\n', "", "grafana-dashboard"),
    "a version that is text": ('"schemaVersion": 39', '"schemaVersion": "39"', "grafana-dashboard"),
    "a variable that nobody declared": ("$job", "$jobs", "grafana-targets"),
    "a query without a letter": ('{"refId": "A", "expr": "1', '{"expr": "1', "grafana-targets"),
    "a query of nothing": ('"1 - job:http_errors:ratio_rate30d / 0.001"', '""', "grafana-targets"),
    "PromQL that is none": ("[$__rate_interval]))", "[$__rate_interval])", "promql-parser"),
    "no JSON": ('"tags": ["slo"],', '"tags": ["slo"]', "readable"),
}  # fmt: skip
