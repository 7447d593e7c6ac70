"""Settings, from the environment alone."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    database_url: str
    redis_url: str
    cache_seconds: int = 60

    @classmethod
    def from_environment(cls) -> Settings:
        try:
            database_url = os.environ["DATABASE_URL"]
        except KeyError:
            raise SystemExit("DATABASE_URL is not set; see .env.example") from None
        return cls(
            database_url=database_url,
            redis_url=os.environ.get("REDIS_URL", ""),
            cache_seconds=int(os.environ.get("CACHE_SECONDS", "60")),
        )
