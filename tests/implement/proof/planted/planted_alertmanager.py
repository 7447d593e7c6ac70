# ruff: noqa: E501 - a planted error is one line
KIND = "alertmanager"
PATH = "observability/alertmanager/alertmanager.yml"
GOOD = """\
route:
  receiver: tickets
  group_by: [alertname, service]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - matchers: [severity="page"]
      receiver: pager
receivers:
  - name: tickets
    webhook_configs:
      - url: http://tickets.internal:8080/alerts
  - name: pager
    pagerduty_configs:
      - routing_key_file: /etc/alertmanager/secrets/pagerduty
inhibit_rules:
  - source_matchers: [severity="page"]
    target_matchers: [severity="ticket"]
    equal: [service]
"""
ERRORS = {
    "a receiver that is not there": ("receiver: pager\n", "receiver: pagers\n", "alert-routes"),
    "a receiver that no route reaches": ("receiver: pager\n", "receiver: tickets\n", "alert-routes"),
    "it repeats more often than it groups": ("repeat_interval: 4h", "repeat_interval: 1m", "alert-routes"),
    "a route that nobody reaches": ('    - matchers: [severity="page"]\n', '    - receiver: tickets\n    - matchers: [severity="page"]\n', "alert-routes"),
    "the first route has matchers": ("  group_wait", '  matchers: [a="b"]\n  group_wait', "alert-routes"),
    "a key in the file": ("routing_key_file: /etc/alertmanager/secrets/pagerduty", "routing_key: abcdefabcdefabcdefabcdefabcdefab", "alert-routes"),
    "no duration": ("group_wait: 30s", "group_wait: soon", "amtool check-config"),
    "an unknown key": ("group_by:", "groupby:", "amtool check-config"),
    "a matcher that is none": ('target_matchers: [severity="ticket"]', "target_matchers: [severity is ticket]", "amtool check-config"),
}  # fmt: skip
