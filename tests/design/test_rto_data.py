"""Restore time and data lost, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from devops_exe.design import registry
from devops_exe.ground.errors import CalculatorError


def run(**given: object) -> dict[str, Any]:
    return dict(registry.run("rto", {"op": "data", **given}).outputs)


def test_restore_by_hand() -> None:
    # 500 GiB at 200 MiB/s are 2560 s; + 300 s of logs + 140 s for a new instance = 50 min
    answer = run(
        data_gib=500,
        restore_mib_per_second=200,
        backup_interval_minutes=60,
        backup_duration_minutes=10,
        log_replay_seconds=300,
        provision_seconds=140,
    )
    assert answer == {
        "restore_seconds": 3000,
        "restore_minutes": 50,
        "rpo_minutes": 70,
        "rpo_expected_minutes": 40,
    }


def test_defaults_add_nothing() -> None:
    answer = run(data_gib=1, restore_mib_per_second=1024, backup_interval_minutes=1440)
    assert answer["restore_seconds"] == 1
    assert (answer["rpo_minutes"], answer["rpo_expected_minutes"]) == (1440, 720)


@pytest.mark.parametrize("interval", [{}, {"backup_interval_minutes": 60}])
@pytest.mark.parametrize("lag", [0, 30, 90.0])
def test_a_replica_rules_the_data_lost(lag: float, interval: dict[str, float]) -> None:
    answer = run(data_gib=0, restore_mib_per_second=1, replication_lag_seconds=lag, **interval)
    assert answer["rpo_minutes"] == answer["rpo_expected_minutes"] == lag / 60


@pytest.mark.parametrize(
    ("given", "code", "where"),
    [
        ({"data_gib": 1, "restore_mib_per_second": 1}, "missing_field", "backup_interval_minutes"),
        (
            {
                "data_gib": 1,
                "restore_mib_per_second": 1,
                "backup_interval_minutes": None,
                "replication_lag_seconds": None,
            },
            "missing_field",
            "backup_interval_minutes",
        ),
        ({"data_gib": 1, "backup_interval_minutes": 1}, "missing_field", "restore_mib_per_second"),
        ({"restore_mib_per_second": 1, "backup_interval_minutes": 1}, "missing_field", "data_gib"),
        (
            {"data_gib": 1, "restore_mib_per_second": 0, "backup_interval_minutes": 1},
            "invalid_input",
            "restore_mib_per_second",
        ),
        (
            {"data_gib": -1, "restore_mib_per_second": 1, "backup_interval_minutes": 1},
            "invalid_input",
            "data_gib",
        ),
        (
            {"data_gib": 1, "restore_mib_per_second": 1, "replication_lag_seconds": -1},
            "invalid_input",
            "replication_lag_seconds",
        ),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(CalculatorError) as caught:
        run(**given)
    assert (caught.value.code, caught.value.where) == (code, where)
