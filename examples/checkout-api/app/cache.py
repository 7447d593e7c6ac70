"""A cache that may be lost at any moment: a read then costs a query, never an error."""

from __future__ import annotations

import logging
from typing import Protocol

import redis

log = logging.getLogger(__name__)


class Cache(Protocol):
    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...

    def close(self) -> None: ...


class NoCache:
    """Where no REDIS_URL is set."""

    def get(self, key: str) -> str | None:
        return None

    def put(self, key: str, value: str) -> None:
        return None

    def close(self) -> None:
        return None


class RedisCache:
    """Redis, with timeouts short enough that a hanging cache does not hang a request."""

    def __init__(self, url: str, seconds: int) -> None:
        self._client = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=0.2, socket_connect_timeout=0.2
        )
        self._seconds = seconds

    def get(self, key: str) -> str | None:
        try:
            found = self._client.get(key)
        except redis.RedisError as error:
            log.warning("cache not read: %s", error)
            return None
        return str(found) if found is not None else None

    def put(self, key: str, value: str) -> None:
        try:
            self._client.set(key, value, ex=self._seconds)
        except redis.RedisError as error:
            log.warning("cache not written: %s", error)

    def close(self) -> None:
        self._client.close()


def connect(url: str, seconds: int) -> Cache:
    return RedisCache(url, seconds) if url else NoCache()
