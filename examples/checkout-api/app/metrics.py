"""What Prometheus reads: requests by route and status, their seconds, what the cache gave."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """One registry an application, so that two of them in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests", "Requests answered", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "http_request_duration_seconds", "Seconds a request took", ["method", "route"],
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.cache = Counter(
            "order_cache_reads", "Reads of an order, by whether the cache had it", ["result"],
            registry=self.registry,
        )  # fmt: skip

    async def observe(
        self, request: Request, proceed: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        start = time.perf_counter()
        status = 500
        try:
            response = await proceed(request)
            status = response.status_code
            return response
        finally:
            # The route's pattern, not the path: an order's id would make a series each.
            route = getattr(request.scope.get("route"), "path", "unknown")
            self.requests.labels(request.method, route, str(status)).inc()
            self.seconds.labels(request.method, route).observe(time.perf_counter() - start)

    def exposition(self) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)
