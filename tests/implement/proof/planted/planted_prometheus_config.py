KIND = "prometheus-config"
PATH = "observability/prometheus/prometheus.yml"
BESIDE = {"observability/prometheus/web.rules.yml": ("text", "groups: []\n")}
GOOD = """\
global:
  scrape_interval: 15s
  evaluation_interval: 30s
rule_files: [web.rules.yml]
scrape_configs:
  - job_name: web
    scrape_timeout: 10s
    metrics_path: /metrics
    static_configs:
      - targets: ["127.0.0.1:8080"]
  - job_name: pods
    kubernetes_sd_configs:
      - role: pod
"""
ERRORS = {
    "rules that are not there": ("web.rules.yml", "wob.rules.yml", "scrape-jobs"),
    "a job twice": ("job_name: pods", "job_name: web", "scrape-jobs"),
    "it waits longer than its interval": (
        "scrape_timeout: 10s",
        "scrape_timeout: 20s",
        "scrape-jobs",
    ),
    "a job without a target": (
        '    static_configs:\n      - targets: ["127.0.0.1:8080"]\n',
        "",
        "scrape-jobs",
    ),
    "no duration": ("scrape_timeout: 10s", "scrape_timeout: ten", "scrape-jobs"),
    "an unknown key": ("metrics_path", "metric_path", "promtool check config"),
    "a role that nobody has": ("role: pod", "role: pad", "promtool check config"),
}
