"""Time to restore data, and data lost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from devops_exe.design.operation import (
    CalculatorInput,
    CalculatorOutput,
    NonNegative,
    Positive,
    missing,
)


class DataInput(CalculatorInput):
    """What there is to restore, and how it was saved."""

    op: Literal["data"] = Field("data", description="the operation")
    data_gib: NonNegative = Field(description="data to restore, GiB")
    restore_mib_per_second: Positive = Field(description="rate of a restore, MiB per second")
    backup_interval_minutes: NonNegative | None = Field(
        None, description="from one backup to the next, minutes; required without a lag"
    )
    backup_duration_minutes: NonNegative = Field(0, description="length of a backup, minutes")
    log_replay_seconds: NonNegative = Field(0, description="replay of logs after it, seconds")
    provision_seconds: NonNegative = Field(0, description="a new instance before it, seconds")
    replication_lag_seconds: NonNegative | None = Field(
        None, description="lag of a replica that takes over, seconds; it rules the RPO"
    )


class DataOutput(CalculatorOutput):
    """Restore time and data lost."""

    restore_seconds: float = Field(description="provision, restore and replay, seconds")
    restore_minutes: float = Field(description="the same in minutes")
    rpo_minutes: float = Field(description="data lost at worst, minutes")
    rpo_expected_minutes: float = Field(description="data lost on average, minutes")


def data(given: DataInput) -> DataOutput:
    """How long a restore takes and how much data is lost.

    ``restore = GiB * 1024 / rate + replay + provision``; the RPO is the replication lag where
    there is one, else ``interval + duration`` at worst and ``interval / 2 + duration`` on
    average.

    Source: ISO 22300 (RTO, RPO); NIST SP 800-34.

    Raises:
        CalculatorError: ``missing_field`` with neither a lag nor a backup interval.

    >>> data(DataInput(data_gib=500, restore_mib_per_second=200,
    ...                backup_interval_minutes=60)).restore_seconds
    2560.0
    >>> data(DataInput(data_gib=1, restore_mib_per_second=1024,
    ...                replication_lag_seconds=30)).rpo_minutes
    0.5
    """
    restore = (
        given.data_gib * 1024 / given.restore_mib_per_second
        + given.log_replay_seconds
        + given.provision_seconds
    )
    if given.replication_lag_seconds is not None:
        worst = expected = given.replication_lag_seconds / 60
    elif given.backup_interval_minutes is not None:
        worst = given.backup_interval_minutes + given.backup_duration_minutes
        expected = given.backup_interval_minutes / 2 + given.backup_duration_minutes
    else:
        missing("backup_interval_minutes", "give it, or replication_lag_seconds")
    return DataOutput(
        restore_seconds=restore,
        restore_minutes=restore / 60,
        rpo_minutes=worst,
        rpo_expected_minutes=expected,
    )
