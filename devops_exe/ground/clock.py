"""The clock of the document: the system's, or SOURCE_DATE_EPOCH where set."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from devops_exe.ground.errors import UserError


def now() -> datetime:
    """The present moment with its offset.

    ``SOURCE_DATE_EPOCH`` (reproducible-builds.org) makes it a fixed moment in UTC.

    Raises:
        UserError: the variable is set and is not a whole number of seconds in range.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now().astimezone()
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise UserError(
            f"SOURCE_DATE_EPOCH is {epoch!r}",
            where="environment",
            fix="set it to whole seconds since 1970, or unset it",
        ) from None


def timestamp(moment: datetime) -> str:
    """ISO 8601 to the second, with offset (``2026-11-24T19:26:26+00:00``)."""
    return moment.isoformat(timespec="seconds")
