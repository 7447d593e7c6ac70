# ruff: noqa: E501 - a planted error is one line
from pathlib import Path

_RULES = Path(__file__).with_name("planted_prometheus_rules.py").read_text(encoding="utf-8")
KIND = "prometheus-rule-tests"
PATH = "observability/prometheus/web.rules.test.yml"
BESIDE = {
    "observability/prometheus/web.rules.yml": (
        "prometheus-rules",
        _RULES.partition('"""\\\n')[2].partition('"""')[0],
    )
}
GOOD = """\
rule_files: [web.rules.yml]
evaluation_interval: 30s
tests:
  - name: fires with ten percent of errors
    interval: 30s
    input_series:
      - series: http_requests_total{job="web",code="200"}
        values: 0+90x240
      - series: http_requests_total{job="web",code="500"}
        values: 0+10x240
    alert_rule_test:
      - eval_time: 90m
        alertname: WebBurnsBudget
        exp_alerts:
          - exp_labels:
              severity: page
            exp_annotations:
              summary: web burns its budget (10% errors)
  - name: silent without errors
    interval: 30s
    input_series:
      - series: http_requests_total{job="web",code="200"}
        values: 0+100x240
      - series: http_requests_total{job="web",code="500"}
        values: 0+0x240
    alert_rule_test:
      - eval_time: 90m
        alertname: WebBurnsBudget
        exp_alerts: []
"""
ERRORS = {
    "silence is expected where it fires": ("values: 0+0x240", "values: 0+20x240", "promtool test"),
    "fire is expected where it is silent": ("values: 0+10x240", "values: 0+0x240", "promtool test"),
    "another label": ("severity: page", "severity: ticket", "promtool test"),
    "a series that the rules do not ask for": ('http_requests_total{job="web",code="500"}\n        values: 0+10', 'http_request_total{job="web",code="500"}\n        values: 0+10', "promtool test"),
    "an alert that no rule has": ("alertname: WebBurnsBudget\n        exp_alerts: []", "alertname: WebBurnsBudgets\n        exp_alerts: []", "tests-both-ways"),
    "rules that are not there": ("web.rules.yml", "wob.rules.yml", "tests-both-ways"),
    "no test of silence": ("        exp_alerts: []\n", "        exp_alerts:\n          - exp_labels: {severity: page}\n", "tests-both-ways"),
    "an unknown key": ("evaluation_interval", "evaluation_intervall", "promtool test"),
}  # fmt: skip
