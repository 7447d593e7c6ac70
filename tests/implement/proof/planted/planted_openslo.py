# ruff: noqa: E501 - a planted error is one line
KIND = "openslo"
PATH = "observability/openslo/web.yaml"
GOOD = """\
apiVersion: openslo/v1
kind: Service
metadata:
  name: web
spec:
  description: the shop
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-availability
  displayName: Availability of web
spec:
  service: web
  indicator:
    metadata:
      name: web-good-requests
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: sum(http_requests_total{job="web",code!~"5.."})
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(http_requests_total{job="web"})
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: good
      target: 0.999
"""
ERRORS = {
    "an unknown key": ("timeWindow:", "timeWindw:", "openslo-specification"),
    "a kind that is none": ("kind: SLO", "kind: SLOs", "openslo-specification"),
    "a target in percent": ("target: 0.999", "target: 99.9", "openslo-objectives"),
    "no duration": ("duration: 28d", "duration: 28days", "openslo-objectives"),
    "a method that is none": ("Occurrences", "Occurences", "openslo-objectives"),
    "a service that is not there": ("service: web", "service: wbe", "openslo-references"),
    "a ratio without a whole": ("        total:\n", "        bad:\n", "openslo-objectives"),
    "a window that is two things": ("      isRolling: true\n", "      isRolling: true\n      calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}\n", "openslo-objectives"),
    "PromQL that is none": ('code!~"5.."})', 'code!~"5.."}', "promql-parser"),
    "a name that is none": ("name: web-availability", "name: Web availability", "openslo-specification"),
}  # fmt: skip
