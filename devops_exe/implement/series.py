"""The series that rules, analyses, panels and gates ask for: one name everywhere.

A repository that exports its own HTTP metrics keeps them; elsewhere the generated
instrumentation exports the names that :mod:`devops_exe.implement.observability` gives it.
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
        bucket: histogram of seconds (``…_bucket``); empty where there is none.
        job: value of the label ``job`` in production; ``NAME-staging`` and the like elsewhere,
            which is the namespace there.
        version_label: label of the release (its image's tag), on every series.
        hash_label: label of the pod template's hash, by which a canary is told from the
            stable version.
        metrics_path: where they are scraped.
        source: who exports them (``the repository, app/metrics.py:20``; ``generated
            instrumentation``).
        counted: matcher of the requests that count at all, without the probes; empty where
            every request does.
        route_label: label of the route's pattern; empty where there is none.
        bucket_counted: whether the histogram has the label that ``counted`` asks for.
        metrics_port: the port they are scraped at where it is another than the process's own.
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
    counted: str = ""
    route_label: str = ""
    bucket_counted: bool = True
    metrics_port: int | None = None

    @property
    def port_name(self) -> str:
        """Name of the container's port that is scraped."""
        return "http" if self.metrics_port is None else "metrics"

    def every(self, *matchers: str, job: str = "") -> str:
        """Selector of the requests that count, with more matchers.

        >>> Series(job="shop", counted='route!="/healthz"').every('version="1"')
        'http_requests_total{job="shop",route!="/healthz",version="1"}'
        """
        return self._selector(self.requests, job, self.counted, *matchers)

    def failed(self, *matchers: str, job: str = "") -> str:
        """Selector of the requests that count against the objective.

        >>> Series(job="shop").failed()
        'http_requests_total{job="shop",code=~"5.."}'
        """
        return self._selector(self.requests, job, self.counted, self.bad, *matchers)

    def buckets(self, *matchers: str, job: str = "") -> str:
        """Selector of the histogram's buckets; empty where there is no histogram."""
        if not self.bucket:
            return ""
        counted = self.counted if self.bucket_counted else ""
        return self._selector(self.bucket, job, counted, *matchers)

    def _selector(self, metric: str, job: str, *matchers: str) -> str:
        inner = ",".join(m for m in (f'job="{job or self.job}"', *matchers) if m)
        return f"{metric}{{{inner}}}"
