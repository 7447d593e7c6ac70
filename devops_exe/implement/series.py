"""The series that rules, analyses, panels and gates ask for: one name everywhere.

A repository that exports its own HTTP metrics keeps them; elsewhere the generated
instrumentation exports the names below, which are those of the Prometheus client libraries'
HTTP middlewares.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """Names of the metrics of one HTTP service as Prometheus has them.

    Attributes:
        requests: counter of answered requests.
        code_label: its label that holds the HTTP status.
        bad: matcher of the requests that count against the objective.
        bucket: histogram of seconds (``…_bucket``).
        job: value of the label ``job``.
        version_label: label of the release (its image's tag), on every series.
        hash_label: label of the pod template's hash, by which a canary is told from the
            stable version.
        metrics_path: where they are scraped.
        source: who exports them (``the repository, app/metrics.py:20``; ``generated
            instrumentation``).
    """

    requests: str = "http_requests_total"
    code_label: str = "code"
    bad: str = 'code=~"5.."'
    bucket: str = "http_request_duration_seconds_bucket"
    job: str = "app"
    version_label: str = "version"
    hash_label: str = "pod_template_hash"
    metrics_path: str = "/metrics"
    source: str = "generated instrumentation"
